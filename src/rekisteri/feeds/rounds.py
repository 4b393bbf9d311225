"""A round: gather what is new, deliver what is due, make the files whose time has come."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from rekisteri.catalogue import Recipient, Way
from rekisteri.feeds.deliver import Delivered, Deliverer
from rekisteri.feeds.files import Filer, Made
from rekisteri.feeds.gather import Gathered
from rekisteri.feeds.gathering import Gatherer
from rekisteri.ground.errors import RekisteriError

THREADS_MAX = 8
"""So many recipients are called at a time: a slow one keeps nobody waiting but itself."""
CONNECTIONS_A_THREAD = 2


@dataclass(slots=True)
class Round:
    """What one round did; ``failed`` names recipients for which it could not be done, and why."""

    gathered: Gathered = field(default_factory=Gathered)
    delivered: list[Delivered] = field(default_factory=list)
    files: list[Made] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def idle(self) -> bool:
        """Whether there was nothing to do."""
        sent = any(one.sent or one.failed for one in self.delivered)
        return not (self.gathered.news or sent or self.files or self.failed)


@dataclass(frozen=True, slots=True)
class Runner:
    """Makes rounds for the declared recipients."""

    gatherer: Gatherer
    deliverer: Deliverer
    filer: Filer
    recipients: Sequence[Recipient]

    def round(self) -> Round:
        """One round. What fails for one recipient is told and tried again; the others go on."""
        done = Round(self.gatherer.gather())
        called = [one for one in self.recipients if one.way is Way.WEBHOOK]
        if called:
            with ThreadPoolExecutor(min(len(called), THREADS_MAX)) as threads:
                for one, found in zip(called, threads.map(self._deliver, called), strict=True):
                    if isinstance(found, Delivered):
                        done.delivered.append(found)
                    else:
                        done.failed[one.name] = found
        for one in self.recipients:
            if one.way is Way.FILE:
                self._file(one, done)
        return done

    def _deliver(self, recipient: Recipient) -> Delivered | str:
        try:
            return self.deliverer.deliver(recipient)
        except RekisteriError as error:
            return error.message

    def _file(self, recipient: Recipient, done: Round) -> None:
        try:
            made = self.filer.make(recipient)
        except (RekisteriError, OSError) as error:
            done.failed[recipient.name] = error.message if isinstance(error, RekisteriError) else error.strerror or ""
            return
        if made is not None:
            done.files.append(made)
