"""worker: everything that time calls for, in one process: no cron, no timers.

Each job is a command of the register's own, in a process of its own: one that fails, hangs or eats memory takes nothing
else along, and whatever a command does it does whole or not at all. A job is never run twice at a time; one whose
moment passed while the machine was down is run when the worker starts.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any

import orjson
import structlog
import typer
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rekisteri.cli.frame import Frame, aside, screen, told_json
from rekisteri.ground import clock
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.ground.settings import Settings
from rekisteri.sources import banks

FILE = "worker.toml"
STATE = "worker-state.json"
LOCK = "worker.lock"
TICK_S = 1.0
GRACE_S = 20.0
"""How long a job may take to end when the worker is told to stop; then it is killed, as it may be at any moment."""
RESTARTS_S = (1, 5, 30, 120)
"""Before a job that always runs is started again, by how often in a row it has ended soon."""
SOON_S = 60.0
_log = structlog.get_logger("rekisteri.worker")


class Job(BaseModel):
    """One job: a command of the register and when it is run. Exactly one of ``always``, ``every`` and ``at``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    command: tuple[str, ...] = Field(min_length=1)
    always: bool = False
    """Run at all times; started again when it ends."""
    every: timedelta | None = Field(default=None, ge=timedelta(seconds=10), le=timedelta(days=1))
    at: time | None = None
    """Finnish time of day."""

    @property
    def told(self) -> str:
        """When it is run, in words."""
        return "always" if self.always else f"every {self.every}" if self.every else f"daily at {self.at:%H:%M}"


def jobs(settings: Settings) -> tuple[Job, ...]:
    """The jobs of a home: those of ``worker.toml``, else what its settings call for. Raises ``Rejected``."""
    path = settings.home / FILE
    if not path.exists():
        return tuple(_usual(settings))
    try:
        tables: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Rejected(f"{FILE} cannot be read: {error}.", field=FILE) from None
    return tuple(_job(name, table) for name, table in tables.items())


def _job(name: str, table: object) -> Job:
    try:
        made = Job.model_validate({**table, "name": name} if isinstance(table, dict) else table)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Rejected(f"{FILE}: [{name}] {where}: {first['msg']}.", field=name) from None
    if [made.always, made.every is not None, made.at is not None].count(True) != 1:
        raise Rejected(f"{FILE}: [{name}] needs exactly one of always, every and at.", field=name)
    return made


def _usual(settings: Settings) -> Iterator[Job]:
    """What a register needs of time: feeds, the night, VTJ and the banks where they are connected."""
    quarter = timedelta(minutes=15)
    yield Job(name="feeds", command=("feeds", "run"), always=True)
    if settings.alarm_url is not None:
        yield Job(name="alarms", command=("alarms", "--send"), every=timedelta(minutes=5))
    yield Job(name="nightly", command=("nightly",), at=time(2, 30))
    if settings.vtj_changes_url is not None:
        yield Job(name="vtj", command=("vtj", "follow"), every=quarter)
    if banks.ways(settings.home):
        yield Job(name="banks", command=("bank", "exchange"), every=quarter)


def due(job: Job, last: datetime | None, now: datetime) -> bool:
    """Whether a job that is not running is to be started; ``last`` is when it was started last."""
    if job.every is not None:
        return last is None or now - last >= job.every
    assert job.at is not None
    moment = datetime.combine(clock.day(now), job.at, clock.HELSINKI)
    if moment > now:
        moment = datetime.combine(clock.day(now) - timedelta(days=1), job.at, clock.HELSINKI)
    return last is None or last < moment


@dataclass(slots=True)
class _Running:
    process: subprocess.Popen[bytes]
    since: float


@dataclass(slots=True)
class Worker:
    """Runs jobs until told to stop. ``program`` is the command line that each job's command follows."""

    home: Path
    jobs: Sequence[Job]
    program: Sequence[str]
    now: clock.Clock = clock.now
    stopped: threading.Event = field(default_factory=threading.Event)
    _running: dict[str, _Running] = field(default_factory=dict)
    _ended: dict[str, tuple[float, int]] = field(default_factory=dict)
    """Of jobs that always run: when the last one ended, and how often in a row soon."""

    def run(self) -> None:
        """Start what is due, look after what runs, until stopped; then let every job end. Raises ``Conflict``."""
        with self._alone():
            state = self._remembered()
            try:
                while not self.stopped.is_set():
                    self._look(state)
                    self.stopped.wait(TICK_S)
            finally:
                self._end()

    def _look(self, state: dict[str, datetime]) -> None:
        for job in self.jobs:
            if job.name in self._running and not self._over(job):
                continue
            if self._may_again(job) if job.always else due(job, state.get(job.name), self.now()):
                state[job.name] = self.now()
                self._remember(state)
                self._start(job)

    def _start(self, job: Job) -> None:
        process = subprocess.Popen([*self.program, *job.command], stdin=subprocess.DEVNULL, stdout=sys.stderr)
        self._running[job.name] = _Running(process, clock.stopwatch())
        _log.info("job started", job=job.name, pid=process.pid)

    def _over(self, job: Job) -> bool:
        """Whether a running job has ended; what came of it is a line in the log."""
        running = self._running[job.name]
        code = running.process.poll()
        if code is None:
            return False
        took = clock.stopwatch() - running.since
        tell = _log.info if code == 0 else _log.error
        tell("job ended", job=job.name, code=code, seconds=round(took, 1))
        del self._running[job.name]
        _, soon = self._ended.get(job.name, (0.0, 0))
        self._ended[job.name] = (clock.stopwatch(), soon + 1 if took < SOON_S else 0)
        return True

    def _may_again(self, job: Job) -> bool:
        if job.name not in self._ended:
            return True
        ended, soon = self._ended[job.name]
        return clock.stopwatch() - ended >= (RESTARTS_S[min(soon, len(RESTARTS_S)) - 1] if soon else 0)

    def _end(self) -> None:
        """Tell every job to end, and wait for it a while."""
        for running in self._running.values():
            running.process.send_signal(signal.SIGTERM)
        deadline = clock.stopwatch() + GRACE_S
        for name, running in self._running.items():
            try:
                running.process.wait(max(0.0, deadline - clock.stopwatch()))
            except subprocess.TimeoutExpired:
                running.process.kill()
                running.process.wait()
                _log.error("job killed", job=name)
        self._running.clear()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One worker a home."""
        descriptor = os.open(self.home / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict("A worker of this home is running already; stop it first.") from None
            yield
        finally:
            os.close(descriptor)

    def _remembered(self) -> dict[str, datetime]:
        path = self.home / STATE
        if not path.exists():
            return {}
        return {name: datetime.fromisoformat(text) for name, text in orjson.loads(path.read_bytes()).items()}

    def _remember(self, state: dict[str, datetime]) -> None:
        fresh = self.home / f"{STATE}.new"
        fresh.write_bytes(orjson.dumps(state))
        fresh.replace(self.home / STATE)


def worker(
    context: typer.Context,
    show: Annotated[bool, typer.Option("--show", help="Only show the jobs and when they run.")] = False,
) -> None:
    """Do what time calls for, until ctrl-C: tell recipients, the nightly run, follow VTJ, exchange with the banks.

    The jobs are those of worker.toml in the home folder, else what the settings call for. VTJ and the banks are done as
    REKISTERI_ACCOUNT, with REKISTERI_PASSWORD. docs/how-to/run-the-worker.md tells more.
    """
    frame: Frame = context.obj
    found = jobs(frame.settings)
    if show:
        if frame.json:
            told_json([{"job": one.name, "command": list(one.command), "when": one.told} for one in found])
            return
        for one in found:
            screen().print(f"{one.name}: rekisteri {' '.join(one.command)}, {one.told}", markup=False, highlight=False)
        return
    aside().print(f"{len(found)} jobs. Ctrl-C ends them.")
    program = [sys.executable, "-c", "from rekisteri.cli import main; main()", "--home", str(frame.settings.home)]
    # The register stays open, and with it the embedded server that the jobs share.
    with frame.register():
        Worker(frame.settings.home, found, program).run()
