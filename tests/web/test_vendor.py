"""What is vendored is what was fetched, and stands with its licence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "src/rekisteri/web/static/vendor/hds-core",
    "src/rekisteri/web/static/vendor/htmx",
    "tests/vendor/axe-core",
    "tests/vendor/finvoice",
)


def test_every_vendored_file_is_as_its_manifest_says() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "tools" / "vendor_assets.py", "--check"], capture_output=True, text=True, check=False
    )
    assert checked.stderr == ""
    assert checked.returncode == 0


def test_every_vendored_package_stands_with_its_licence_and_nothing_unknown_beside_it() -> None:
    for folder in FOLDERS:
        there = {path.name for path in (ROOT / folder).iterdir()}
        manifest = json.loads((ROOT / folder / "vendor.json").read_text())
        assert "LICENSE" in there
        assert there == {*manifest["sha256"], "vendor.json"}


def test_no_vendored_style_or_script_asks_another_origin_for_a_file() -> None:
    for name in ("hds-core/base.min.css", "hds-core/components.min.css"):
        style = (ROOT / "src/rekisteri/web/static/vendor" / name).read_text()
        assert "url(http" not in style
        assert "@import" not in style
