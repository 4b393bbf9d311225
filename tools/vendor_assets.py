#!/usr/bin/env python3
"""Renew the vendored files from npm, and from PyPI, by package name and version.

    python tools/vendor_assets.py            fetch what ASSETS names, write files and vendor.json
    python tools/vendor_assets.py --check    only compare what is there with vendor.json

The register answers with its own files only: nothing is loaded from another origin, so what
the pages need stands in the tree, with its licence and its digest. Needs ``npm`` and ``pip`` (renewing
only) and nothing of the project itself.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = "vendor.json"


@dataclass(frozen=True, slots=True)
class Asset:
    """One package: which of its files go where, under what licence."""

    package: str
    version: str
    licence: str
    folder: str
    files: dict[str, str]
    texts: dict[str, str] = field(default_factory=dict)
    """Files that the package does not have, such as the terms of what is in it."""
    wheel: bool = False
    """Of PyPI, not of npm."""


FINVOICE_TERMS = """\
Finvoice3.0.xsd is the official schema of the Finvoice 3.0 message, as Finance Finland (Finanssiala ry, finvoice.info)
publishes it. Finvoice is a registered trade mark of Finance Finland, which holds the copyright in its descriptions; the
implementation guidelines and the DTD, XSD and XSL files are freely available and may be used freely, unaltered.

It stands here unaltered, for the tests alone: no part of the product contains it. It is taken from the wheel of
odoo-addon-account-edi-finvoice (LGPL-3.0), of which nothing else is here.
"""
STATIC = "src/rekisteri/web/static/vendor"
ASSETS = (
    Asset(
        "hds-core", "5.2.2", "MIT", f"{STATIC}/hds-core",
        {
            "lib/base.min.css": "base.min.css",
            "lib/components/all.min.css": "components.min.css",
            "LICENSE": "LICENSE",
        },
    ),
    Asset(
        "htmx.org", "2.0.11", "0BSD", f"{STATIC}/htmx",
        {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"},
    ),
    Asset(
        "axe-core", "4.14.1", "MPL-2.0", "tests/vendor/axe-core",
        {"axe.min.js": "axe.min.js", "LICENSE": "LICENSE", "LICENSE-3RD-PARTY.txt": "LICENSE-3RD-PARTY.txt"},
    ),
    Asset(
        "odoo-addon-account-edi-finvoice", "19.0.1.0.0.15", "Finance Finland: free use, unaltered", "tests/vendor/finvoice",
        {"odoo/addons/account_edi_finvoice/static/schema/Finvoice3.0.xsd": "Finvoice3.0.xsd"},
        {"LICENSE": FINVOICE_TERMS}, wheel=True,
    ),
)  # fmt: skip


def renew(asset: Asset) -> None:
    """Fetch one package and write its files, their digests and where they came from."""
    folder = ROOT / asset.folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        for inside, content in (_of_wheel if asset.wheel else _of_npm)(asset, name).items():
            (folder / asset.files[inside]).write_bytes(content)
    for outside, text in asset.texts.items():
        (folder / outside).write_text(text, encoding="utf-8")
    manifest = {
        "package": asset.package,
        "version": asset.version,
        "licence": asset.licence,
        "sha256": {outside: digest(folder / outside) for outside in sorted([*asset.files.values(), *asset.texts])},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def _of_npm(asset: Asset, folder: str) -> dict[str, bytes]:
    packed = subprocess.run(
        ["npm", "pack", "--silent", f"{asset.package}@{asset.version}"],
        cwd=folder, check=True, capture_output=True, text=True,
    ).stdout.split()[-1]  # fmt: skip
    found = {}
    with tarfile.open(Path(folder) / packed) as archive:
        for inside in asset.files:
            member = archive.extractfile(f"package/{inside}")
            assert member is not None, f"{asset.package} has no file {inside}"
            found[inside] = _plain(member.read())
    return found


def _of_wheel(asset: Asset, folder: str) -> dict[str, bytes]:
    subprocess.run(
        ["pip", "download", "--quiet", "--no-deps", f"{asset.package}=={asset.version}"], cwd=folder, check=True
    )
    (packed,) = Path(folder).glob("*.whl")
    with zipfile.ZipFile(packed) as archive:
        return {inside: archive.read(inside) for inside in asset.files}


def _plain(content: bytes) -> bytes:
    """Without the pointer to a source map, which is not vendored and would be asked for in vain."""
    lines = content.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith((b"/*# sourceMappingURL", b"//# sourceMappingURL")))


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def strayed(asset: Asset) -> list[str]:
    """Files of one asset that are not what its manifest says."""
    folder = ROOT / asset.folder
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if (manifest["package"], manifest["version"]) != (asset.package, asset.version):
        return [f"{asset.folder}: the manifest is of another version"]
    return [
        f"{asset.folder}/{name}"
        for name, expected in manifest["sha256"].items()
        if not (folder / name).exists() or digest(folder / name) != expected
    ]


def main() -> int:
    """Renew or check every asset; the exit code is the number of files that have strayed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only")
    if not parser.parse_args().check:
        for asset in ASSETS:
            renew(asset)
    found = [name for asset in ASSETS for name in strayed(asset)]
    for name in found:
        sys.stderr.write(f"not as vendored: {name}\n")
    return len(found)


if __name__ == "__main__":
    sys.exit(main())
