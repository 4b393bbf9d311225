"""A delivery taken by a process of its own, that can be killed and whose memory can be measured."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import LiteralString

from rekisteri import wiring
from rekisteri.access import Action, Write
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.settings import Settings
from rekisteri.sources import organisations
from rekisteri.sources.organisations import beside, intake
from tests.builders import Wall, a_viewer


@dataclass(frozen=True, slots=True)
class Told:
    """What the process tells when the delivery is taken: its peak memory, and how many statements it took."""

    peak_mib: int
    statements: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """What to take, and after which statement to be killed."""

    url: str
    home: Path
    organisation_id: int
    path: Path
    chunk_rows: int
    dies_after: int | None = None
    """Statements."""
    dies_in_s: float = 0.0
    """Seconds after that statement, while others run."""
    beside: bool = False
    """Whether another process makes its sheets ready, however small it is."""


def deliver(delivery: Delivery) -> Told | None:
    """Take the delivery in a process of its own; None when it was killed."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([__name__])
    told = server.SimpleQueue()
    process = server.Process(target=_deliver, args=(delivery, told))
    process.start()
    process.join()
    if process.exitcode == -signal.SIGKILL:
        return None
    assert process.exitcode == 0
    found = told.get()
    assert isinstance(found, Told)
    return found


def _deliver(delivery: Delivery, told: SimpleQueue[Told]) -> None:
    intake.CHUNK_ROWS = delivery.chunk_rows
    if delivery.beside:
        beside.PROCESS_FROM_BYTES = 0
    counted = counted_statements(delivery.dies_after, delivery.dies_in_s)
    settings = Settings(
        database_url=delivery.url, home=delivery.home, artificial_hetu=True, ordinary_hetu=False, pool_size=2
    )
    request = organisations.Request(
        path=delivery.path, file_name=delivery.path.name, organisation_id=delivery.organisation_id,
        mapping=organisations.standard(), full=True, artificial_hetu=True, ordinary_hetu=False,
    )  # fmt: skip
    with (
        wiring.opened(settings, now=Wall()) as register,
        register.door.write(a_viewer(Role.MAINTAINER), Action.IMPORT_RUN, Purpose.UPKEEP) as tx,
    ):
        organisations.run(tx, register.vault, request, lambda rows: None)
    own, others = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    told.put(Told((own + others) // 1024, next(counted)))


def counted_statements(dies_after: int | None, dies_in_s: float) -> Iterator[int]:
    """Count the statements that change something, and arrange the death; the process is the test's own."""
    counter = count()
    run, pour = Write.run, Write.pour

    def reckon() -> None:
        if next(counter) == dies_after:
            threading.Timer(dies_in_s, os.kill, (os.getpid(), signal.SIGKILL)).start()

    def running(tx: Write, sql: LiteralString, **parameters: object) -> int:
        reckon()
        return run(tx, sql, **parameters)

    def pouring(tx: Write, sql: LiteralString, rows: bytes) -> None:
        reckon()
        pour(tx, sql, rows)

    Write.run = running  # type: ignore[method-assign, assignment]
    Write.pour = pouring  # type: ignore[method-assign, assignment]
    return counter
