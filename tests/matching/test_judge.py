"""Merging, undoing and parting: every view comes back, and no order of acts opens what is covered."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rekisteri import matching, parties
from rekisteri.access import Action
from rekisteri.catalogue import Disclosure, Purpose, Role
from rekisteri.ground.errors import Conflict, Missing, Rejected
from tests.builders import AAPO, BEA, World, a_company, a_person, a_viewer, a_world

HOME = "Esimerkkitie 7 A 12"
OTHER = "Toinenkatu 5"


def merge(world: World, kept: UUID, lost: UUID, *, despite_codes: bool = False) -> UUID:
    with world.register.door.write(world.maintainer, Action.CUSTOMER_MERGE, Purpose.UPKEEP) as tx:
        return matching.merge(tx, world.register.vault, kept, lost, reason="sama ihminen", despite_codes=despite_codes)


def undo(world: World, kept: UUID, former: UUID) -> UUID:
    with world.register.door.write(world.maintainer, Action.CUSTOMER_MERGE, Purpose.UPKEEP) as tx:
        return matching.undo(tx, world.register.vault, kept, former, reason="eri ihmiset")


def party_of(world: World, key: str) -> UUID:
    return UUID(str(world.sql("select party_id from parties.record where key = %s", key)[0][0]))


def view(world: World, party_id: UUID) -> object:
    """What the card tells, but for the version and the moment."""
    card = world.card(party_id)
    return (
        card.party_id,
        card.name,
        card.turvakielto,
        [(one.item, one.value, one.saying.statement_id) for one in card.values],
        [(one.organisation_id, one.key, one.ended_on) for one in card.customerships],
        card.withheld,
    )


def test_two_customers_become_one_under_the_id_that_stays_and_the_other_id_leads_there(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1", AAPO))
        world.take(world.water, a_person("V1", None, email="aapo@example.org"))
        kept, lost = party_of(world, "K1"), party_of(world, "V1")
        assert merge(world, kept, lost) == kept
        card = world.card(kept)
        assert [one.key for one in card.customerships] == ["K1", "V1"]
        assert card.value("email") == "aapo@example.org"
        assert world.card(lost).party_id == kept
        invoicer = a_viewer(Role.INVOICER, world.water)
        assert world.card(lost, invoicer).party_id == kept
        assert [hit.party_id for hit in world.find("aapo@example.org")] == [kept]
        world.take(world.water, a_person("V1", None, email="uusi@example.org"))
        assert world.card(kept).value("email") == "uusi@example.org"
        assert world.sql("select kind, party_ids from parties.change where kind = 'merged'") == [
            ("merged", [kept, lost])
        ]


def test_an_undone_merge_takes_with_it_what_was_said_since_and_what_was_known_then_is_still_told(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1", AAPO))
        world.take(world.water, a_person("V1", BEA, surname="Toinen"))
        kept, lost = party_of(world, "K1"), party_of(world, "V1")
        world.clock.pass_days(1)
        before = world.clock.at
        world.clock.pass_days(1)
        merge(world, kept, lost, despite_codes=True)
        together = world.clock.at
        world.clock.pass_days(1)
        world.take(world.water, a_person("V1", BEA, surname="Kolmas"))
        assert party_of(world, "V1") == kept
        world.clock.pass_days(1)
        assert undo(world, kept, lost) == lost
        assert world.card(lost).value("surname") == "Kolmas"
        assert [one.key for one in world.card(kept).customerships] == ["K1"]
        world.take(world.water, a_person("V2", BEA, surname="Kolmas"))
        assert party_of(world, "V2") == lost
        world.clock.pass_days(1)
        assert [one.key for one in world.card(kept, known_at=together).customerships] == ["K1", "V1"]
        assert [one.key for one in world.card(lost, known_at=before).customerships] == ["V1"]


def test_what_makes_no_sense_is_refused_with_its_cure(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1", AAPO), a_person("K2", BEA), a_company("Y1"))
        world.take(world.water, a_person("V1", AAPO))
        one, two, company = (party_of(world, key) for key in ("K1", "K2", "Y1"))
        with pytest.raises(Conflict, match="identity codes differ"):
            merge(world, one, two)
        with pytest.raises(Rejected, match="never one customer"):
            merge(world, one, company)
        with pytest.raises(Rejected, match="one customer already"):
            merge(world, one, one)
        with pytest.raises(Missing):
            merge(world, one, UUID(int=7))
        with pytest.raises(Missing, match="no such merge"):
            undo(world, one, two)
        with world.register.door.write(world.maintainer, Action.CUSTOMER_MERGE, Purpose.UPKEEP) as tx:
            records = parties.records_of(tx, one)
        with (
            pytest.raises(Conflict, match="same identity code"),
            world.register.door.write(world.maintainer, Action.CUSTOMER_MERGE, Purpose.UPKEEP) as tx,
        ):
            matching.split(tx, world.register.vault, one, [records[0].record_id], reason="eri")
        assert world.sql("select count(*) from parties.judgement where verdict = 'not_same'") == [(0,)]


def test_some_records_part_to_a_customer_of_their_own(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1", AAPO))
        world.take(world.water, a_person("V1", None, surname="Veli"))
        merge(world, party_of(world, "K1"), party_of(world, "V1"))
        kept = party_of(world, "K1")
        with world.register.door.write(world.maintainer, Action.CUSTOMER_MERGE, Purpose.UPKEEP) as tx:
            (brother,) = [one.record_id for one in parties.records_of(tx, kept) if one.key == "V1"]
            fresh = matching.split(tx, world.register.vault, kept, [brother], reason="veli")
        assert world.card(fresh).value("surname") == "Veli"
        assert party_of(world, "V1") == fresh
        assert world.card(kept).value("surname") == "Kuvitteellinen"


ACTS = st.lists(st.sampled_from(["merge 0 1", "merge 1 0", "merge 1 2", "merge 2 0", "undo"]), min_size=1, max_size=4)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(acts=ACTS, protected=st.sampled_from([None, 0, 1, 2]))
def test_undoing_every_merge_restores_every_view_and_covers_all_along(
    database_url: str, tmp_path: Path, acts: list[str], protected: int | None
) -> None:
    """Three people, one of them maybe under an order; merges in any order, undone the last first."""
    with a_world(database_url, tmp_path) as world:
        mark = world.sql("select count(*) from parties.record")[0][0]
        keys = [f"{mark}-{number}" for number in range(3)]
        for number, (key, street) in enumerate(zip(keys, (HOME, OTHER, "Kolmastie 3"), strict=True)):
            order = "k" if number == protected else "e"
            world.take(world.town, a_person(key, None, permanent_address__street=street, turvakielto=order))
        people = [party_of(world, key) for key in keys]
        before = [view(world, one) for one in people]
        invoicer = a_viewer(Role.INVOICER, world.town)
        done: list[tuple[UUID, UUID]] = []
        for act in acts:
            world.clock.pass_days(1)
            if act == "undo":
                if done:
                    undo(world, *done.pop())
                continue
            first, second = (party_of(world, keys[int(one)]) for one in act.split()[1:])
            if first != second:
                merge(world, first, second)
                done.append((first, second))
            if protected is not None:
                held = party_of(world, keys[protected])
                assert world.card(held, invoicer).turvakielto is Disclosure.ON
                assert world.card(held, invoicer).value("permanent_address") is None
                assert not world.sql(
                    "select from parties.record r join parties.statement s on s.record_id = r.id "
                    "where r.party_id = %s and s.content::jsonb ? 'permanent_address'",
                    held,
                )
        for kept, lost in reversed(done):
            world.clock.pass_days(1)
            undo(world, kept, lost)
        assert [view(world, one) for one in people] == before
