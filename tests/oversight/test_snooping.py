"""Odd looks are raised out of weeks of work, and most of what is raised is odd: measured, with floors."""

from __future__ import annotations

from pathlib import Path

from benchmarks.snooping import HELD_OUT, RECALL_GOAL, SET_ON, Size, oversight_sweep, seen_in
from rekisteri import wiring
from rekisteri.ground.settings import Settings
from tests.builders import WEAK_HASHER

SMALL = Size(customers=2400, clerks=10, days=26, looks=16, each=7)


def test_snooping_is_raised_and_work_is_not(database_url: str, tmp_path: Path) -> None:
    settings = Settings(database_url=database_url, home=tmp_path, artificial_hetu=True, ordinary_hetu=False)
    with wiring.opened(settings, hasher=WEAK_HASHER) as register:
        found = seen_in(register, tmp_path, SMALL, SET_ON)
        assert found.looks > 2000
        assert found.sessions >= 40
        assert found.recall >= RECALL_GOAL, found
        assert found.precision >= 0.6, found
        assert {"own", "household", "colleague", "idle", "canary", "spike", "night"} <= found.by_kind.keys()
        assert found.strangers_seen < found.strangers, "no rule can know every curiosity, and none pretends to"
        register.log.seal()
        assert oversight_sweep(register) > 0, "the sweeps' own events"
        assert oversight_sweep(register) == 0, "again it changes nothing"


def test_what_is_measured_is_not_what_the_limits_were_set_on() -> None:
    assert len(set(HELD_OUT) - {SET_ON}) >= 3 and SET_ON not in HELD_OUT
