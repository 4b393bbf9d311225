"""The worker: runs what is due, once at a time, starts again what ends, and ends everything with itself."""

from __future__ import annotations

import os
import sys
import threading
import time as clock_time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from rekisteri.cli import worker as module
from rekisteri.cli.worker import Job, Worker, due, jobs
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.ground.settings import Settings

NIGHT = datetime(2026, 3, 3, 0, 30, tzinfo=UTC)
"""Half past two in Finland."""
APPEND = "import sys; open(sys.argv[1], 'a').write('x')"
STAY = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)"
PROGRAM = [sys.executable, "-S", "-c"]


@pytest.mark.parametrize(
    ("last", "now", "expected"),
    [
        (None, NIGHT, True),
        (NIGHT - timedelta(days=1), NIGHT - timedelta(minutes=1), False),
        (NIGHT - timedelta(days=1), NIGHT, True),
        (NIGHT, NIGHT + timedelta(hours=20), False),
        (NIGHT - timedelta(days=1), NIGHT + timedelta(hours=9), True),
        (NIGHT - timedelta(days=3), NIGHT - timedelta(hours=2), True),
    ],
)
def test_a_daily_job_is_due_once_from_its_time_on_and_after_the_machine_was_down(
    last: datetime | None, now: datetime, expected: bool
) -> None:
    assert due(Job(name="nightly", command=("nightly",), at=time(2, 30)), last, now) is expected


def test_a_job_at_intervals_is_due_when_the_interval_has_passed() -> None:
    job = Job(name="vtj", command=("vtj", "follow"), every=timedelta(minutes=15))
    assert due(job, None, NIGHT)
    assert not due(job, NIGHT, NIGHT + timedelta(minutes=14))
    assert due(job, NIGHT, NIGHT + timedelta(minutes=15))


def test_without_a_file_the_settings_say_what_is_needed(tmp_path: Path) -> None:
    assert [one.name for one in jobs(Settings(home=tmp_path))] == ["feeds", "nightly"]
    assert [one.name for one in jobs(Settings(home=tmp_path, vtj_changes_url="https://s.example"))][-1] == "vtj"
    (tmp_path / "banks.toml").write_text('[one]\nkind = "folder"\nbanks = ["NDEAFIHH"]\nin = "in"\nout = "out"\n')
    assert [one.name for one in jobs(Settings(home=tmp_path))][-1] == "banks"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[a]\ncommand = ["nightly"]', "exactly one"),
        ('[a]\ncommand = ["nightly"]\nalways = true\nat = 02:00:00', "exactly one"),
        ("[a]\ncommand = []\nalways = true", "command"),
        ('[a]\ncommand = ["nightly"]\nevery = 1', "every"),
        ('[a]\ncommand = ["nightly"]\nwhen = "soon"', "when"),
        ("[a", "cannot be read"),
        ("a = 1", "a"),
    ],
)
def test_a_file_of_jobs_that_does_not_hold_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / module.FILE).write_text(text)
    with pytest.raises(Rejected, match=fault):
        jobs(Settings(home=tmp_path))


def test_jobs_run_start_again_and_end_with_the_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TICK_S", 0.02)
    monkeypatch.setattr(module, "RESTARTS_S", (0, 0, 0))
    once, stays = tmp_path / "once", tmp_path / "stays"
    wanted = (
        Job(name="once", command=(APPEND, str(once)), at=time(0, 0)),
        Job(name="fails", command=("raise SystemExit(3)",), every=timedelta(hours=1)),
        Job(name="stays", command=(STAY, str(stays)), always=True),
    )
    with working(tmp_path, wanted):
        first = pids(stays, 1)[0]
        with pytest.raises(Conflict):
            Worker(tmp_path, wanted, PROGRAM).run()
        os.kill(first, 9)
        second = pids(stays, 2)[1]
        until(once.exists)
    assert not alive(second), "what it started ends with it"
    assert once.read_text() == "x"
    with working(tmp_path, wanted):
        pids(stays, 3)
    assert once.read_text() == "x", "the day's job is remembered"


@contextmanager
def working(home: Path, wanted: tuple[Job, ...]) -> Iterator[Worker]:
    """A worker at work, beside the test."""
    worker = Worker(home, wanted, PROGRAM)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stopped.set()
        thread.join()


def pids(path: Path, count: int) -> list[int]:
    """The processes that have written themselves down, when there are so many."""
    until(lambda: path.exists() and path.read_text().count("\n") >= count)
    return [int(line) for line in path.read_text().split()]


def alive(pid: int) -> bool:
    """Whether a process goes on."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def until(true: object) -> None:
    """Wait until something is so."""
    for _ in range(1500):
        if true():  # type: ignore[operator]
            return
        clock_time.sleep(0.02)
    raise AssertionError("it did not come true")
