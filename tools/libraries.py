"""What is not ours: the inventory of it, and whether it is as new as the page of protections promises.

    python -m tools.libraries                  the look that was taken holds for this lock, and today; no network
    python -m tools.libraries --look           take a look: asks the registries, writes compliance/libraries.json
    python -m tools.libraries --sbom FILE      write the inventory as CycloneDX

Where no service can be asked which versions have holes, any newer version may mend one. So the strictest of the time frames
then holds for every library: nothing may stand in the lock for which a newer version could be had before it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from packaging.version import Version

ROOT = Path(__file__).parents[1]
LOCKS = tuple(sorted(path for path in ROOT.glob("*.lock") if path.name != "uv.lock"))
"""What is installed, by whoever installs it; uv's own lock is of the same, and stays on the machine."""
PAGE = ROOT / "docs" / "explanation" / "protections.md"
LOOK = ROOT / "compliance" / "libraries.json"
VENDORED = ROOT / "src" / "rekisteri" / "web" / "static" / "vendor"
LOOK_DAYS_MAX = 30
"""A look older than this tells nothing of today."""


@dataclass(frozen=True, slots=True)
class Library:
    """One thing that is not ours: where it comes from (``pypi``, ``npm``), its name, its version, its digests."""

    registry: str
    name: str
    version: str
    sha256: tuple[str, ...]

    @property
    def purl(self) -> str:
        """Its name as other tools know it (package URL)."""
        return f"pkg:{self.registry}/{self.name}@{self.version}"


def frames(page: str) -> tuple[int, ...]:
    """The time frames of the page, in days, the strictest first."""
    return tuple(int(days) for days in re.findall(r"\| (\d+) days \|", page))


def locked(text: str) -> Iterator[Library]:
    """The libraries of a lock. Raises ``ValueError`` for a line that is no version of a package with its digests."""
    for block in re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n?", "", text).strip()):
        head = re.match(r"([a-z0-9][a-z0-9.-]*)(?:\[[a-z,]+\])?==([^\s;\\]+)", block)
        digests = tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", block))
        if head is None or not digests:
            raise ValueError(f"no package of a registry with its version and digests: {block.splitlines()[0]}")
        yield Library("pypi", head[1], head[2], digests)


def vendored(folder: Path) -> Iterator[Library]:
    """What lies among the pages' own files."""
    for path in sorted(folder.glob("*/vendor.json")):
        said = json.loads(path.read_text("utf-8"))
        yield Library("npm", said["package"], said["version"], tuple(said["sha256"].values()))


def every() -> list[Library]:
    """All of it."""
    return [*(one for lock in LOCKS for one in locked(lock.read_text("utf-8"))), *vendored(VENDORED)]


def digest(libraries: Sequence[Library]) -> str:
    """Of which versions a look was taken."""
    return hashlib.sha256("\n".join(sorted(one.purl for one in libraries)).encode()).hexdigest()


def faults(look: Mapping[str, Any], libraries: Sequence[Library], limits: Sequence[int], today: date) -> Iterator[str]:
    """What does not hold of a look: of other versions, too old, or a library that is late.

    ``look["behind"]`` tells for each time frame the libraries for which a newer version could be had that long
    before; ``look["holes"]`` those with known holes, None where nobody could be asked.
    """
    if look["of"] != digest(libraries):
        yield "the look was taken of other versions than those of the lock; run `make libraries`"
        return
    age = (today - date.fromisoformat(look["looked_on"])).days
    if age > LOOK_DAYS_MAX:
        yield f"the look was taken {age} days ago; run `make libraries`"
    if set(look["behind"]) != {str(days) for days in limits}:
        yield "the look was taken for other time frames than those of the page"
        return
    for name in look["behind"][str(limits[0])]:
        if look["holes"] is None:
            yield f"{name} could be renewed more than {limits[0]} days before, and nobody could say whether it has a hole"
        elif name in look["holes"]:
            yield f"{name} has a known hole, and could be renewed more than {limits[0]} days before"
    for name in look["behind"][str(limits[-1])]:
        yield f"{name} could be renewed more than {limits[-1]} days before"


def sbom(libraries: Sequence[Library]) -> dict[str, Any]:
    """The inventory, as CycloneDX 1.6."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "rekisteri", "bom-ref": "rekisteri"}},
        "components": [
            {
                "type": "library",
                "bom-ref": one.purl,
                "name": one.name,
                "version": one.version,
                "purl": one.purl,
                # Of a package with files for many machines, each file that may be installed.
                "properties": [{"name": "rekisteri:sha256", "value": value} for value in one.sha256],
            }
            for one in libraries
        ],
    }


def take_look(libraries: Sequence[Library], limits: Sequence[int], now: datetime) -> dict[str, Any]:
    """Ask the registries what could be had before each time frame, and the advisories of holes."""
    behind: dict[str, list[str]] = {}
    ours: dict[str, str] = {}
    for one in libraries:
        # Of a library with a version for each Python, the newest.
        ours[one.name] = str(max(Version(one.version), Version(ours.get(one.name, "0"))))
    on_npm = {one.name: _npm(one.name) for one in libraries if one.registry == "npm"}
    at_most = [f"{name}<={version}" for name, version in ours.items() if name not in on_npm]
    born = {name: at for name, (_, at) in _resolved(now, at_most, {}).items()}
    for days in limits:
        until = now - timedelta(days=days)
        # A version that is itself younger than the time frame is not late; what needs it must find it.
        young = {name: now for name, at in born.items() if at > until}
        newest = {name: version for name, (version, _) in _resolved(until, [], young).items() if name not in young}
        newest |= {name: _newest_of_line(ours[name], published, until) for name, published in on_npm.items()}
        behind[str(days)] = sorted(
            name for name, version in newest.items() if name in ours and Version(version) > Version(ours[name])
        )
    return {"looked_on": now.date().isoformat(), "of": digest(libraries), "behind": behind, "holes": _holes()}


def _resolved(until: datetime, at_most: Sequence[str], but: Mapping[str, datetime]) -> dict[str, tuple[str, datetime]]:
    """The versions a lock made at that moment would hold, and when each came; ``but`` are asked as of another.

    What the project pins by hand is let loose; ``at_most`` holds instead.
    """
    project = (ROOT / "pyproject.toml").read_text("utf-8").replace('dynamic = ["version"]', 'version = "0"')
    project = (
        re.sub(r'"([a-z0-9-]+)==[^"]+"', r'"\1"', project) + f"\n[tool.uv]\nconstraint-dependencies = {list(at_most)}\n"
    )
    with tempfile.TemporaryDirectory(prefix="rekisteri-libraries-") as folder:
        place = Path(folder)
        (place / "pyproject.toml").write_text(project, "utf-8")
        subprocess.run(
            [
                os.environ.get("UV", "uv"), "lock", "-q", "--project", folder, "--exclude-newer", until.isoformat(),
                *(f"--exclude-newer-package={name}={at.isoformat()}" for name, at in but.items()),
            ],
            check=True,
        )  # fmt: skip
        told = tomllib.loads((place / "uv.lock").read_text("utf-8"))["package"]
    found: dict[str, tuple[str, datetime]] = {}
    for one in told:
        files = [*one.get("wheels", ()), *([one["sdist"]] if "sdist" in one else ())]
        came = [datetime.fromisoformat(file["upload-time"]) for file in files if "upload-time" in file]
        if came and Version(one["version"]) > Version(found.get(one["name"], ("0", until))[0]):
            found[one["name"]] = (one["version"], min(came))
    return found


def _npm(name: str) -> dict[str, str]:
    told = subprocess.run(["npm", "view", name, "time", "--json"], check=True, capture_output=True, text=True).stdout
    return {version: at for version, at in json.loads(told).items() if version[0].isdigit()}


def _newest_of_line(version: str, published: Mapping[str, str], until: datetime) -> str:
    """The newest of the same major version, which its makers keep up beside the next."""
    line = Version(version).major
    there = [Version(one) for one, at in published.items() if datetime.fromisoformat(at) <= until and "-" not in one]
    return str(max((one for one in there if one.major == line), default=Version(version)))


def _holes() -> list[str] | None:
    """Libraries with known holes, asked by pip-audit; None where its service cannot be reached."""
    locks = [word for lock in LOCKS for word in ("-r", str(lock))]
    asked = ["tool", "run", "pip-audit", *locks, "--require-hashes", "--disable-pip", "-f", "json"]
    done = subprocess.run([os.environ.get("UV", "uv"), *asked], check=False, capture_output=True, text=True)
    try:
        told = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return None
    if any("skip_reason" in one for one in told):
        return None
    return sorted(one["name"] for one in told if one["vulns"])


def main(arguments: Sequence[str]) -> int:
    """Look, or hold the look; 1 where something is late."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--look", action="store_true", help="Ask the registries, and write the look.")
    parser.add_argument("--sbom", type=Path, help="Write the inventory here, as CycloneDX.")
    asked = parser.parse_args(arguments)
    libraries, limits, now = every(), frames(PAGE.read_text("utf-8")), datetime.now(UTC)
    if asked.sbom is not None:
        asked.sbom.write_text(json.dumps(sbom(libraries), indent=1) + "\n", "utf-8")
    if asked.look:
        LOOK.write_text(json.dumps(take_look(libraries, limits, now), indent=1) + "\n", "utf-8")
    wrong = list(faults(json.loads(LOOK.read_text("utf-8")), libraries, limits, now.date()))
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
