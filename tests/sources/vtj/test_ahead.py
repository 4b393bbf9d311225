"""A page made ready beside another: believed only where what it was folded upon still stands; undone where nobody lays it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.ground.errors import Conflict, Rejected, Unavailable
from rekisteri.sources.vtj import follow_store
from rekisteri.sources.vtj.ahead import Step
from rekisteri.sources.vtj.follow import Run, alone
from rekisteri.sources.vtj.lay import Laying
from tests.builders import AAPO, BEA, CALLE, World, a_world
from tests.sources.vtj.asking import a_citizen, a_home
from tests.sources.vtj.following import Bureau, a_bureau, customers, follow


@pytest.fixture(name="meeting")
def _meeting(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Callable[[], None]]]:
    """What happens between a page being made ready and the lock being held, one a page."""
    happens: list[Callable[[], None]] = []
    locked = Run._locked

    def met(self: Run, step: Step) -> Laying:
        if happens:
            happens.pop(0)()
        return locked(self, step)

    monkeypatch.setattr(Run, "_locked", met)
    yield happens
    assert not happens


def open_acts(world: World) -> int:
    """Transactions that are open beside the one that asks."""
    (count,) = world.sql(
        """
        select count(*) from pg_stat_activity
        where datname = current_database() and state like 'idle in transaction%%' and pid <> pg_backend_pid()
        """
    )[0]
    assert isinstance(count, int)
    return count


def a_day_passes(world: World, bureau: Bureau) -> None:
    world.clock.pass_days(1)
    bureau.nation.today += timedelta(days=1)


def test_a_doubt_that_comes_between_is_not_lost(
    database_url: str, tmp_path: Path, meeting: list[Callable[[], None]]
) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen()) as bureau:
        party_id = customers(world, bureau.nation.people)[AAPO]
        follow(world, bureau)
        a_day_passes(world, bureau)
        bureau.nation.rename(bureau.nation.people[0], "Vaihtunut")

        def doubted() -> None:
            with world.register.door.write(world.maintainer, Action.VTJ_FOLLOW, Purpose.UPKEEP) as tx:
                follow_store.set_state(tx, [party_id], "doubt")

        meeting.append(doubted)
        report = follow(world, bureau)
        assert report.tally.counts["read"] == 1, "the doubt was seen, and the person read anew"
        assert (report.tally.counts["changes"], report.tally.counts["changed"]) == (1, 1)
        assert world.card(party_id).value("surname") == "Vaihtunut"


def test_what_is_said_between_is_what_the_page_is_folded_upon(
    database_url: str, tmp_path: Path, meeting: list[Callable[[], None]]
) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen()) as bureau:
        party_id = customers(world, bureau.nation.people)[AAPO]
        follow(world, bureau)
        a_day_passes(world, bureau)
        aapo = bureau.nation.people[0]
        bureau.nation.move(aapo, a_home("Uusikatu"))

        def said() -> None:
            """One thing more, by whatever else may lay VTJ's words."""
            with world.register.database.connection() as connection:
                connection.execute("reset role")
                connection.execute(
                    """
                    update parties.statement s set content = (s.content::jsonb || '{"email": "aapo@esimerkki.invalid"}')::json
                    from parties.record r join parties.source o on o.id = r.source_id
                    where r.id = s.record_id and o.kind = 'vtj' and r.party_id = %(party_id)s
                    """,
                    {"party_id": party_id},
                )
                connection.execute("set role rekisteri_app")

        meeting.append(said)
        follow(world, bureau)
        card = world.card(party_id)
        assert card.value("email") == "aapo@esimerkki.invalid"
        assert "Uusikatu" in str(card.value("permanent_address"))


def test_a_page_made_ready_is_undone_where_the_one_before_it_stops_the_run(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The wing gives its function out by the name of the module.
    monkeypatch.setattr(sys.modules[Run.__module__], "BUCKET_SIZE", 1)
    people = [a_citizen(), a_citizen(BEA), a_citizen(CALLE)]
    with a_world(database_url, tmp_path) as world, a_bureau(*people) as bureau:
        party_ids = customers(world, people)
        follow(world, bureau)
        a_day_passes(world, bureau)
        for one in bureau.nation.people:
            bureau.nation.die(one)
        assert follow(world, bureau, brake_least=0, brake_share=0.0).stopped is not None
        assert open_acts(world) == 0
        assert not any(world.card(one).value("deceased") for one in party_ids.values())
        assert follow(world, bureau, anyway=True).tally.counts["deaths"] == len(people)


def test_a_page_that_cannot_be_made_ready_leaves_no_act_open(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen()) as bureau:
        customers(world, bureau.nation.people)
        follow(world, bureau)

        def fails(*_: object) -> None:
            raise Unavailable("The words do not open.")

        monkeypatch.setattr(Laying, "changes", fails)
        with pytest.raises(Unavailable, match="do not open"):
            follow(world, bureau)
        assert open_acts(world) == 0


def test_too_few_connections_are_told_before_anything_is_asked(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen()) as bureau:
        monkeypatch.setattr(world.register.database, "size", 2)
        with pytest.raises(Rejected, match="REKISTERI_POOL_SIZE"):
            follow(world, bureau)
        assert bureau.server.asked == []


def test_two_runs_at_once_are_refused(database_url: str, tmp_path: Path) -> None:
    with (
        a_world(database_url, tmp_path) as world,
        a_bureau(a_citizen()) as bureau,
        alone(world.register.database),
        pytest.raises(Conflict, match="already"),
    ):
        follow(world, bureau)
