"""Killing the taking of a bank's file at any moment and taking it again ends as if it had been taken once."""

from __future__ import annotations

import multiprocessing
import random
import signal
from multiprocessing.queues import SimpleQueue
from pathlib import Path

from rekisteri import wiring
from rekisteri.access import Action
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.settings import Settings
from rekisteri.sources import banks
from rekisteri.sources.banks import intake
from tests.builders import Wall, a_person, a_viewer, only
from tests.sources.banks.billing import Billing, a_billing
from tests.sources.banks.writing import OTHER, Told
from tests.sources.delivering import counted_statements

MESSAGES = 60
CHUNK = 7
MOMENTS = 8
STATEMENTS = 25
"""After one of the first so many it is killed; after the last few of all it may be too late."""
DIES_IN_S = 0.001
LEAVE_NOTHING = 2
"""So many deaths at least must come before the end."""

STANDING = """
select line from (
    select 'message ' || concat_ws('|', m.message_id, outcome, hold, rule, evidence, r.key is not null, length(e.sealed))
    from sources.bank_message m join sources.bank_evidence e on e.message_id = m.id left join parties.record r on r.id = m.record_id
    union all
    select 'file ' || concat_ws('|', state, message_count, repeated_count, held_count) from sources.bank_file
    union all
    select 'statement ' || concat_ws('|', r.key, s.content, length(s.sealed), s.valid, r.ended_on)
    from parties.statement s join parties.record r on r.id = s.record_id join parties.source c on c.id = r.source_id
    where c.kind = 'bank'
    union all
    select 'change ' || concat_ws('|', kind, items, sum(cardinality(party_ids))) from parties.change group by kind, items
    union all
    select 'event ' || concat_ws('|', action, outcome, subject_count) from audit.event where action = 'bank:import'
) as standing (line) order by line
"""


def a_days_file(billing: Billing) -> Path:
    """Some orders of one payer, over and over, and some that nobody is certain of."""
    return billing.file(
        *(
            Told(
                f"M{number}", address=OTHER if number % 3 else f"FI{number:02d}", hetu=None if number % 5 == 4 else "240360-909P",
                action="DELETE" if number % 7 == 6 else "ADD", said=f"2026-03-02T06:{number:02d}:00",
            )
            for number in range(MESSAGES)
        )
    )  # fmt: skip


def taken(url: str, home: Path, path: Path, dies_after: int | None = None, dies_in_s: float = 0.0) -> int | None:
    """Take the file in a process of its own: how many statements it took, None when it was killed."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([__name__])
    told = server.SimpleQueue()
    process = server.Process(target=_take, args=(url, home, path, dies_after, dies_in_s, told))
    process.start()
    process.join()
    if process.exitcode == -signal.SIGKILL:
        return None
    assert process.exitcode == 0
    return int(told.get())


def _take(
    url: str, home: Path, path: Path, dies_after: int | None, dies_in_s: float, told: SimpleQueue[int]
) -> None:  # fmt: skip
    intake.CHUNK = CHUNK
    counted = counted_statements(dies_after, dies_in_s)
    settings = Settings(database_url=url, home=home, artificial_hetu=True, ordinary_hetu=False, pool_size=2)
    with (
        wiring.opened(settings, now=Wall()) as register,
        register.door.write(a_viewer(Role.MAINTAINER), Action.BANK_IMPORT, Purpose.UPKEEP) as tx,
    ):
        banks.take(tx, register.vault, banks.Delivery(path, path.name, "upload"), lambda _: None)
    told.put(next(counted))


def test_killed_at_any_moment_it_leaves_nothing_and_again_ends_the_same(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        aapo = only(world.take(world.town, a_person("1")))
        path = a_days_file(billing)
        before = world.sql(STANDING)
        moments = random.Random(6)
        for killed in range(MOMENTS):
            moment = moments.randrange(STATEMENTS)
            assert taken(database_url, tmp_path, path, moment, moments.uniform(0, DIES_IN_S)) is None, moment
            if world.sql(STANDING) != before:
                # A quick machine: the commit had gone to the server already, so that below the whole must stand there.
                assert killed >= LEAVE_NOTHING, "it dies too late to say anything"
                break
        else:
            assert (taken(database_url, tmp_path, path) or 0) > STATEMENTS, "there was as much to be killed in"
        once = world.sql(STANDING)
        assert len(once) > len(before) + MESSAGES
        assert len(billing.orders(aapo)) == 1
        assert taken(database_url, tmp_path, path) is not None
        again = [line for line in world.sql(STANDING) if line not in once]
        assert [str(line[0]).split("|")[0] for line in again if "event" not in str(line[0])] == ["file repeated"]
