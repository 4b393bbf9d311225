"""A wrong value stays in history, marked; a correction made before a merge is taken back by the id that stands."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekisteri import matching, parties
from rekisteri.access import Action
from rekisteri.catalogue import Purpose, SourceKind
from rekisteri.ground.errors import Missing
from rekisteri.parties.corrected import Heard, marks
from tests.builders import MORNING, World, a_person, a_world, only

TOWN, HAND = UUID(int=1), UUID(int=2)


def heard(record: UUID, number: int, value: str | None, at: int, source: SourceKind | None = None) -> Heard:
    kind = source or (SourceKind.MAINTAINER if record == HAND else SourceKind.ORGANISATION)
    content = None if value is None else {"email": value}
    return Heard(record, UUID(int=number), kind, content, date(2026, 3, 2), MORNING + timedelta(hours=at))


def test_the_value_that_stood_when_it_was_corrected_is_marked_and_said_again_marked_again() -> None:
    words = [
        heard(TOWN, 10, "earlier@x.fi", 0),
        heard(TOWN, 11, "wrong@x.fi", 1),
        heard(HAND, 12, "right@x.fi", 2),
        heard(TOWN, 13, "wrong@x.fi", 3),
        heard(TOWN, 14, "newer@x.fi", 4),
    ]
    found = marks(words)
    assert {statement.int for statement, _ in found} == {11, 13}
    mark = found[UUID(int=11), "email"]
    assert (mark.at, mark.statement_id, mark.withdrawn_on) == (words[2].recorded_at, UUID(int=12), None)


def test_a_correction_of_a_correction_marks_it_and_one_taken_back_says_so() -> None:
    words = [heard(TOWN, 10, "wrong@x.fi", 0), heard(HAND, 11, "slip@x.fi", 1), heard(HAND, 12, "right@x.fi", 2)]
    assert {(statement.int, mark.statement_id.int) for (statement, _), mark in marks(words).items()} == {
        (10, 12),
        (11, 12),
    }
    back = marks([*words, heard(HAND, 13, None, 3)])
    assert back[UUID(int=10), "email"].withdrawn_on == date(2026, 3, 2)


@given(st.lists(st.tuples(st.sampled_from([TOWN, HAND]), st.sampled_from(["a", "b", None])), max_size=12))
def test_nothing_is_marked_that_agrees_with_the_correction_or_before_there_was_one(
    said: list[tuple[UUID, str | None]],
) -> None:
    words = [heard(record, 100 + place, value, place) for place, (record, value) in enumerate(said)]
    by_statement = {word.statement_id: word for word in words}
    for (statement, item), mark in marks(words).items():
        wrong, right = by_statement[statement], by_statement[mark.statement_id]
        assert right.source is SourceKind.MAINTAINER
        assert wrong.content and right.content
        assert wrong.content[item] != right.content[item]


def corrected(world: World) -> list[tuple[object, bool]]:
    (party,) = world.sql("select party_id from parties.record order by id limit 1")
    with world.register.door.read(world.maintainer, Action.CUSTOMER_HISTORY, Purpose.UPKEEP) as tx:
        entries = parties.history(tx, world.register.vault, UUID(str(party[0])))
    return [(one.after, one.mark is not None) for entry in entries for one in entry.changes if one.item == "email"]


def test_the_history_and_the_card_mark_what_was_wrong(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party = only(world.take(world.town, a_person("K1", email="vanha@esimerkki.fi")))
        world.clock.pass_days(1)
        world.correct(party, "email", value="oikea@esimerkki.fi")
        assert sorted(corrected(world), key=str) == [("oikea@esimerkki.fi", False), ("vanha@esimerkki.fi", True)]
        shown = next(one for one in world.card(party).values if one.item == "email")
        assert [shown.corrects(other) for other in shown.others] == [True]


def test_a_correction_made_before_a_merge_is_taken_back_by_the_id_that_stands(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        one = only(world.take(world.town, a_person("K1", email="vanha@esimerkki.fi")))
        other = only(world.take(world.water, a_person("V1", None, surname="Toinen")))
        world.correct(one, "email", value="oikea@esimerkki.fi")
        with world.register.door.write(world.maintainer, Action.CUSTOMER_MERGE, Purpose.UPKEEP) as tx:
            matching.merge(tx, world.register.vault, other, one, reason="Same person")
        assert world.card(other).value("email") == "oikea@esimerkki.fi"
        world.clock.pass_days(1)
        with world.register.door.write(world.maintainer, Action.CUSTOMER_CORRECT, Purpose.UPKEEP) as tx:
            parties.withdraw(tx, world.register.vault, other, "email", reason="A slip")
        assert world.card(other).value("email") == "vanha@esimerkki.fi"
        with (
            pytest.raises(Missing),
            world.register.door.write(world.maintainer, Action.CUSTOMER_CORRECT, Purpose.UPKEEP) as tx,
        ):
            parties.withdraw(tx, world.register.vault, other, "email", reason="Again")
