"""Random lives: whatever happens, what was seen can be seen again, and what is kept is what survives."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rekisteri import parties
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.ground.errors import Missing
from rekisteri.parties import Card
from tests.builders import BEA, World, a_person, a_world

STREETS = ("Aapontie 1", "Beankuja 2", "Cellonkatu 3")
MAILS = ("a@example.org", "b@example.org", "")
STEPS = st.one_of(
    st.tuples(st.just("take"), st.sampled_from(["town", "water"]), st.sampled_from(STREETS), st.sampled_from(MAILS)),
    st.tuples(st.just("end"), st.sampled_from(["town", "water"])),
    st.tuples(st.just("correct"), st.sampled_from(MAILS[:2]), st.integers(0, 3)),
    st.tuples(st.just("withdraw")),
)


def live(world: World, step: Sequence[object]) -> None:
    """One thing that happens to the customer; what cannot happen just now does not."""
    match step:
        case ("take", organisation, street, mail):
            row = a_person("K", BEA, permanent_address__street=str(street), email=str(mail))
            world.take(getattr(world, str(organisation)), row)
        case ("end", organisation):
            world.end(getattr(world, str(organisation)), "K")
        case ("correct", mail, days):
            assert isinstance(days, int)
            until = date.fromordinal(world.clock.at.date().toordinal() + days) if days else None
            world.correct(the_party(world), "email", until, value=str(mail))
        case ("withdraw",):
            with world.register.door.write(world.maintainer, Action.CUSTOMER_CORRECT, Purpose.UPKEEP) as tx:
                parties.withdraw(tx, world.register.vault, the_party(world), "email", reason="mistaken")


def the_party(world: World) -> UUID:
    found = world.sql("select id from parties.party")
    if not found:
        raise Missing
    return UUID(str(found[0][0]))


def seen(card: Card) -> object:
    """What a card tells, without what is only about now."""
    return (
        [(shown.item, shown.value, shown.saying.statement_id) for shown in card.values],
        [
            (one.organisation_id, one.key, one.ended_on, [shown.value for shown in one.values])
            for one in card.customerships
        ],
    )


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=3, max_size=9))
def test_what_was_seen_can_be_seen_again(database_url: str, steps: list[Sequence[object]]) -> None:
    with tempfile.TemporaryDirectory() as home, a_world(database_url, Path(home)) as world:
        clear(world)
        album: list[tuple[date, datetime, object]] = []
        for step in steps:
            world.clock.pass_days(1)
            try:
                live(world, step)
                card = world.card(the_party(world))
            except Missing:
                continue
            kept = world.kept(the_party(world))
            shown = {one.item: one.value for one in card.values if one.item != "hetu"}
            if not any(end_passed(world)):
                assert kept == shown, "kept for speed, never different"
            album.append((world.clock.at.date(), world.clock.at, seen(card)))
            told_alike(world)
        for on, known_at, told in album:
            assert seen(world.card(the_party(world), on=on, known_at=known_at)) == told


def told_alike(world: World) -> None:
    """Many customers' words are read by a shorter way where it leads to the same: on any day, as known at any moment."""
    with world.register.door.read(world.maintainer, Action.CUSTOMER_READ, Purpose.UPKEEP) as tx:
        party_id = the_party(world)
        for back in (0, 1, 3):
            known_at = tx.at - timedelta(days=back)
            for ahead in (-400, -2, 0, 1, 400):
                on = tx.at.date() + timedelta(days=ahead)
                whole = parties.spoken(tx, parties.members(tx, [party_id], known_at), on, known_at)
                short = parties.clear_words(tx, [party_id], on, known_at)
                assert sorted(short) == sorted(word._replace(protected=None) for word in whole)


def end_passed(world: World) -> list[bool]:
    """Corrections whose last day went by since the record was refreshed: the nightly run's work."""
    rows = world.sql(
        "select r.ended_on from parties.record r join parties.source s on s.id = r.source_id where s.kind = 'maintainer'"
    )
    return [isinstance(ended, date) and ended <= world.clock.at.date() for (ended,) in rows]


def clear(world: World) -> None:
    """An empty register for the next life in the same database."""
    with world.register.database.connection() as connection:
        connection.execute("reset role")
        connection.execute(
            "truncate parties.party, parties.record, parties.statement, parties.protected, parties.identifier, "
            "parties.judgement, parties.work cascade"
        )
        connection.execute("set role rekisteri_app")
