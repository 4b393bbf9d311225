"""A run of following VTJ in a process of its own, that can be killed at any moment."""

from __future__ import annotations

import multiprocessing
import signal
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing.queues import SimpleQueue
from pathlib import Path

from rekisteri import wiring
from rekisteri.catalogue import Role
from rekisteri.ground.settings import Settings
from rekisteri.sources.vtj.client_changes import ChangesSetup
from rekisteri.sources.vtj.follow import Following, follow
from tests.builders import Wall, a_viewer
from tests.sources.delivering import counted_statements


@dataclass(frozen=True, slots=True)
class Flight:
    """What to follow, when, and after which statement to be killed."""

    url: str
    home: Path
    setup: ChangesSetup
    at: datetime
    dies_after: int | None = None
    """Statements that change something."""
    dies_in_s: float = 0.0
    """Seconds after that statement, while others run."""


def fly(flight: Flight) -> int | None:
    """One run in a process of its own: how many statements it took, or None when it was killed."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([__name__])
    told = server.SimpleQueue()
    process = server.Process(target=_fly, args=(flight, told))
    process.start()
    process.join()
    if process.exitcode == -signal.SIGKILL:
        return None
    assert process.exitcode == 0
    found = told.get()
    assert isinstance(found, int)
    return found


def _fly(flight: Flight, told: SimpleQueue[int]) -> None:
    counted = counted_statements(flight.dies_after, flight.dies_in_s)
    settings = Settings(
        database_url=flight.url, home=flight.home, artificial_hetu=True, ordinary_hetu=False, pool_size=3
    )
    with wiring.opened(settings, now=Wall(flight.at)) as register:
        follow(
            Following(
                register.database, register.door, register.vault, register.rules, flight.setup,
                replace(a_viewer(Role.MAINTAINER), handle="vtj", channel="job"), lambda _step, _done: None,
            )
        )  # fmt: skip
    told.put(next(counted))
