"""Files handed in over the web: kept apart until they are taken or thrown away, run in the background.

A file is written to a private folder of the register, looked through without a trace first,
and removed when it has been taken, thrown away, or left lying. What is remembered here is
lost with the process, and nothing else is: the database has all of a delivery or nothing.
"""

from __future__ import annotations

import os
import secrets
import shutil
import traceback
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path, PurePath
from threading import Lock, Semaphore, Thread
from typing import BinaryIO
from uuid import UUID

import structlog

from rekisteri import parties
from rekisteri.access import Action, Organisation, Viewer, Write
from rekisteri.catalogue import Purpose
from rekisteri.ground import clock, numbers
from rekisteri.ground.errors import Conflict, Missing, RekisteriError
from rekisteri.sources import organisations
from rekisteri.sources.organisations import FaultRow, Report
from rekisteri.wiring import Register

FOLDER = "uploads"
FILE_NAME_MAX = 120
LEFT_LYING_S = 2 * 3600
AT_ONCE = 2
FAULTS_KEPT = 2_000
"""So many faults of a dry run can be read on the screen; the file of rows to mend has every one."""
COPY_BYTES = 1 << 20
MEND_NAME = ".mend.csv"
_log = structlog.get_logger("rekisteri.web")


class Stage(StrEnum):
    """Where a delivery stands."""

    RECEIVED = "received"
    CHECKING = "checking"
    CHECKED = "checked"
    TAKING = "taking"
    TAKEN = "taken"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Handover:
    """Who hands a file in, for what, and how it is to be read."""

    viewer: Viewer
    purpose: Purpose
    case: str | None
    organisation: Organisation
    full: bool
    allow_endings: bool = False


@dataclass(slots=True)
class Delivery:
    """One file under way. Written by its own thread only, once that has started."""

    ticket: str
    handover: Handover
    path: Path
    file_name: str
    lines: int
    begun_s: float
    stage: Stage = Stage.RECEIVED
    rows: int = 0
    report: Report | None = None
    faults: list[FaultRow] = field(default_factory=list)
    error: RekisteriError | None = None

    @property
    def mend_path(self) -> Path:
        """Where the file of rows to mend of a dry run lies."""
        return self.path.parent / MEND_NAME

    @property
    def running(self) -> bool:
        """Whether it is being looked through or taken just now."""
        return self.stage in (Stage.CHECKING, Stage.TAKING)

    @property
    def rate(self) -> int:
        """Rows a second so far."""
        return int(self.rows / max(clock.stopwatch() - self.begun_s, 0.001))

    @property
    def percent(self) -> int | None:
        """How much is done, where the number of lines is known."""
        return min(99, 100 * self.rows // self.lines) if self.lines else None

    @property
    def may_allow_endings(self) -> bool:
        """Whether it stopped because a full file lacks many customers: the viewer may say they have left."""
        return self.stage is Stage.FAILED and self.lacks_many

    @property
    def lacks_many(self) -> bool:
        """Whether what is wrong is that a full file lacks many customers: it is still asked for then."""
        return isinstance(self.error, Conflict) and self.handover.full


class Deliveries:
    """The files under way in this process."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._folder = register.settings.home / FOLDER
        self._kept: dict[str, Delivery] = {}
        self._lock = Lock()
        self._room = Semaphore(AT_ONCE)
        # What a process that was killed left behind belongs to nobody any more.
        shutil.rmtree(self._folder, ignore_errors=True)

    def receive(self, source: BinaryIO, file_name: str, handover: Handover) -> Delivery:
        """Write a file to the private folder; nothing is read of it yet."""
        self._sweep()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ticket = secrets.token_urlsafe(12)
        # Under its own name: a file that is refused whole is named in the refusal.
        name = _plain_name(file_name)
        path = self._folder / ticket / name
        path.parent.mkdir(mode=0o700)
        lines = 0
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink:
            while block := source.read(COPY_BYTES):
                lines += block.count(b"\n")
                sink.write(block)
        textual = path.suffix.lower() != ".xlsx"
        delivery = Delivery(ticket, handover, path, name, lines if textual else 0, clock.stopwatch())
        with self._lock:
            self._kept[ticket] = delivery
        return delivery

    def glance(self, account_id: UUID | None, ticket: str) -> Delivery:
        """How a delivery of an account stands at this moment, for a page to be made of. Raises ``Missing``.

        Its own thread goes on writing while the page is made. The stage is read first and
        written last, so the page never names a stage whose report or error is not there yet.
        """
        return replace(self.find(account_id, ticket))

    def find(self, account_id: UUID | None, ticket: str) -> Delivery:
        """A delivery of an account. Raises ``Missing`` when it is gone or another's."""
        with self._lock:
            found = self._kept.get(ticket)
        if found is None or found.handover.viewer.account_id != account_id:
            raise Missing("The file is no longer here; load it again.")
        return found

    def start(self, delivery: Delivery, *, dry: bool, allow_endings: bool = False) -> None:
        """Look through a file, or take it, in the background. Raises ``Conflict`` while it runs already."""
        with self._lock:
            if delivery.running:
                raise Conflict("The file is being taken already; wait for it to end.")
            delivery.stage = Stage.CHECKING if dry else Stage.TAKING
            delivery.rows = 0
            delivery.error = None
            delivery.faults = []
            delivery.begun_s = clock.stopwatch()
            delivery.handover = replace(
                delivery.handover, allow_endings=delivery.handover.allow_endings or allow_endings
            )
        Thread(target=self._run, args=(delivery, dry), name=f"delivery-{delivery.ticket}", daemon=True).start()

    def discard(self, delivery: Delivery) -> None:
        """Throw a file away. Raises ``Conflict`` while it is being read."""
        if delivery.running:
            raise Conflict("The file is being read; wait for it to end.")
        self._remove(delivery)

    def _run(self, delivery: Delivery, dry: bool) -> None:
        with self._room:
            delivery.begun_s = clock.stopwatch()
            ended = self._ended(delivery, dry)
            # Nobody is told that it has ended while a file of customers still lies there.
            if ended is Stage.TAKEN or (ended is Stage.FAILED and not delivery.lacks_many):
                self._unlink(delivery)
            delivery.stage = ended

    def _ended(self, delivery: Delivery, dry: bool) -> Stage:
        """Carry it out; how it ended."""
        try:
            self._carry_out(delivery, dry)
        except RekisteriError as error:
            delivery.error = error
        except Exception as error:
            frames = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
            _log.error("delivery_failed", error=type(error).__name__, frames=frames[-6:])
            delivery.error = RekisteriError("Something unexpected happened, and it has been noted. Try again.")
        else:
            return Stage.CHECKED if dry else Stage.TAKEN
        return Stage.FAILED

    def _carry_out(self, delivery: Delivery, dry: bool) -> None:
        register, handover = self._register, delivery.handover
        request = organisations.Request(
            path=delivery.path,
            file_name=delivery.file_name,
            organisation_id=handover.organisation.id,
            mapping=register.mapping(handover.organisation.code),
            full=handover.full,
            allow_endings=handover.allow_endings,
            artificial_hetu=register.settings.artificial_hetu,
            ordinary_hetu=register.settings.ordinary_hetu,
        )

        def progress(rows: int) -> None:
            delivery.rows = rows

        with register.door.write(handover.viewer, Action.IMPORT_RUN, handover.purpose, case=handover.case) as tx:
            if dry:
                tx.note(dry_run=True)
                with tx.rehearsal():
                    report = organisations.run(tx, register.vault, request, progress)
                    self._keep_faults(tx, delivery, report.batch_id)
            else:
                report = organisations.run(tx, register.vault, request, progress)
        parties.settle(register.database)
        delivery.report = report

    def _keep_faults(self, tx: Write, delivery: Delivery, batch_id: UUID) -> None:
        """What to mend, before the rehearsal's end undoes it."""
        found = organisations.fault_rows(tx, batch_id, limit=FAULTS_KEPT)
        delivery.faults = [replace(one, raw=None) for one in found]
        if found:
            text = organisations.mend_file(tx, self._register.vault, batch_id, delivery.handover.viewer.language)
            delivery.mend_path.touch(mode=0o600)
            delivery.mend_path.write_bytes(text)

    def _sweep(self) -> None:
        now = clock.stopwatch()
        with self._lock:
            old = [one for one in self._kept.values() if not one.running and now - one.begun_s > LEFT_LYING_S]
        for delivery in old:
            self._remove(delivery)

    def _remove(self, delivery: Delivery) -> None:
        with self._lock:
            self._kept.pop(delivery.ticket, None)
        self._unlink(delivery)

    def _unlink(self, delivery: Delivery) -> None:
        shutil.rmtree(delivery.path.parent, ignore_errors=True)


def _plain_name(file_name: str) -> str:
    """A file's name without folders, control characters, or anything like an identity code."""
    plain = "".join(sign for sign in PurePath(file_name.replace("\\", "/")).name if sign.isprintable())
    return numbers.without_hetu(plain).lstrip(".").encode()[-FILE_NAME_MAX:].decode(errors="ignore") or "aineisto"
