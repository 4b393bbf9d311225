"""What is not ours is inventoried, comes of registries with its digests, and is no later than the page promises."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.house.reading import keep
from tools import libraries
from tools.libraries import Library

LIMITS = (2, 7, 30, 90)
ONE = Library("pypi", "one", "1.0", ("0" * 64,))
TWO = Library("npm", "two", "2.0", ("1" * 64,))
DAY = date(2026, 3, 2)


def a_look(**said: Any) -> dict[str, Any]:
    behind: dict[str, list[str]] = {str(days): [] for days in LIMITS}
    look = {"looked_on": DAY.isoformat(), "of": libraries.digest([ONE, TWO]), "behind": behind, "holes": None}
    return look | said


def found(look: dict[str, Any], today: date = DAY) -> list[str]:
    return list(libraries.faults(look, [ONE, TWO], LIMITS, today))


def test_no_library_was_late_when_the_registries_were_asked() -> None:
    """As of that day, so that no test fails by a day that passes; ``make libraries`` asks anew, and tells of today."""
    look = json.loads(libraries.LOOK.read_text("utf-8"))
    limits = libraries.frames(libraries.PAGE.read_text("utf-8"))
    assert limits == LIMITS
    keep(
        "Libraries are renewed within the time frames:",
        libraries.faults(look, libraries.every(), limits, date.fromisoformat(look["looked_on"])),
    )


def test_the_law_sees_a_late_library_and_a_look_that_tells_nothing() -> None:
    late = {"2": ["one"], "7": [], "30": [], "90": []}
    assert found(a_look()) == []
    assert "nobody could say whether it has a hole" in found(a_look(behind=late))[0]
    assert found(a_look(behind=late, holes=[])) == [], (
        "newer versions may wait where it is known that they mend nothing"
    )
    assert found(a_look(behind=late, holes=["one"])) == [
        "one has a known hole, and could be renewed more than 2 days before"
    ]
    assert found(a_look(behind={days: ["two"] for days in late}, holes=[])) == [
        "two could be renewed more than 90 days before"
    ]
    assert "days ago" in found(a_look(), DAY + timedelta(days=libraries.LOOK_DAYS_MAX + 1))[0]
    assert "other versions" in found(a_look(of=libraries.digest([ONE, replace(TWO, version="2.1")])))[0]
    assert "other time frames" in found(a_look(behind={"2": [], "90": []}))[0]


def test_the_inventory_has_every_library_that_is_locked_vendored_or_installed() -> None:
    bom = libraries.sbom(libraries.every())
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    purls = [one["purl"] for one in bom["components"]]
    assert len(purls) == len(set(purls))
    there = {one["name"] for one in bom["components"]}
    project = tomllib.loads((libraries.ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    assert {re.split(r"[\[=<>]", one)[0] for one in wanted} <= there
    folders = {path.name for path in libraries.VENDORED.iterdir()}
    assert len([one for one in purls if one.startswith("pkg:npm/")]) == len(folders) >= 2
    assert all(one["properties"] for one in bom["components"]), "each with its digests"


@pytest.mark.parametrize(
    "line",
    [
        "odd @ https://example.fi/odd-1.0.tar.gz --hash=sha256:" + "0" * 64,
        "odd @ git+https://example.fi/odd.git@main",
        "-e ./odd",
        "--extra-index-url https://example.fi/simple",
        "odd==1.0",
        "odd>=1.0 --hash=sha256:" + "0" * 64,
    ],
)
def test_a_lock_that_takes_from_elsewhere_or_without_digests_is_none(line: str, tmp_path: Path) -> None:
    good = "good==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n    # via rekisteri\n"
    assert [one.purl for one in libraries.locked(good)] == ["pkg:pypi/good@1.0"]
    with pytest.raises(ValueError, match="no package of a registry"):
        list(libraries.locked(good + line + "\n"))
