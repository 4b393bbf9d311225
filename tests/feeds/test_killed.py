"""The runner killed at any moment and started again: each event takes effect once, in order, and none is lost."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable
from pathlib import Path

from rekisteri import wiring
from rekisteri.ground import clock
from rekisteri.ground.settings import Settings
from rekisteri.simulators import InvoicingSystem, Misdeed
from tests.builders import World, a_company
from tests.feeds.told import a_told_world, declared

CUSTOMERS = 40
KILLS = 2
PATIENCE_S = 120


def test_killed_again_and_again_it_tells_each_event_once_and_loses_none(database_url: str, tmp_path: Path) -> None:
    system = InvoicingSystem()
    with system.open() as wire:
        told = declared(
            "town-hook", "kuusilahti", "webhook", url=f"http://localhost:{wire.port}/", fields=["organisation_name"]
        )
        with a_told_world(database_url, tmp_path, told) as world:
            world.clock.at = clock.now()
            system.secrets = world.register.deliverer.secrets.shown("town-hook")
            for turn in range(2):
                named = (a_company(f"T{n}", None, organisation_name=f"Yhtiö {n} {turn}") for n in range(CUSTOMERS))
                world.take(world.town, *named)
                world.clock.pass_days(1 / 86_400)
            wire.misbehave(*[Misdeed(delay_s=0.01)] * 4 * CUSTOMERS)
            for kill in range(1, KILLS + 1):
                server = multiprocessing.get_context("forkserver")
                server.set_forkserver_preload([__name__])
                runner = server.Process(target=run, args=(database_url, tmp_path))
                runner.start()
                wait_for(world, lambda kill=kill: len(system.met) >= kill * CUSTOMERS // KILLS)  # type: ignore[misc]
                runner.kill()
                runner.join()
                assert runner.exitcode == -signal.SIGKILL
            world.clock.at = clock.now()
            assert "town-hook" not in world.register.runner.round().failed
            assert world.sql("select state, count(*) from feeds.event group by state") == [("sent", 2 * CUSTOMERS)]
        assert len(system.met) == len(set(system.met)) == 2 * CUSTOMERS
        assert (system.disorder, system.forged) == ([], 0)
        assert {one["values"]["organisation_name"] for one in system.customers.values()} == {
            f"Yhtiö {n} 1" for n in range(CUSTOMERS)
        }


def run(url: str, home: Path) -> None:
    """Round after round, in a process of its own."""
    settings = Settings(database_url=url, home=home, artificial_hetu=True, ordinary_hetu=False, pool_size=4)
    with wiring.opened(settings) as register:
        while True:
            register.runner.round()


def wait_for(world: World, true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    began = clock.stopwatch()
    while not true():
        waited = clock.stopwatch() - began
        assert waited < PATIENCE_S, world.sql("select state, failure, count(*) from feeds.event group by 1, 2")
        time.sleep(0.005)
