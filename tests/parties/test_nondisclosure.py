"""Turvakielto: on hides, unknown acts as on, silence never clears, nothing leaks by any road."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from rekisteri import parties
from rekisteri.access import Action, Viewer
from rekisteri.catalogue import COVERED, Disclosure, Purpose, Role
from rekisteri.ground.errors import Refused
from tests.builders import BEA, World, a_company, a_person, a_viewer, a_world, only

SECRET_STREET = "Salainenkuja"


def protected(world: World, party_id: UUID, viewer: Viewer) -> dict[str, object]:
    with world.register.door.read(viewer, Action.CUSTOMER_PROTECTED, viewer.purposes()[0]) as tx:
        shown = parties.protected(tx, world.register.vault, party_id)
    return {one.item: one.value for one in shown}


def everything_stored_in_clear(world: World) -> str:
    tables = world.sql(
        "select schemaname || '.' || quote_ident(tablename) from pg_tables where schemaname in ('parties', 'sources', 'audit')"
    )
    return "\n".join(str(row) for (table,) in tables for row in world.sql(f"select t::text from {table} t"))


def test_covered_values_are_apart_and_sealed_when_the_order_is_on(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        row = a_person("K1", BEA, turvakielto="k", permanent_address__street=f"{SECRET_STREET} 1", phone="0401234567")
        party_id = only(world.take(world.town, row))
        card = world.card(party_id)
        assert card.turvakielto is Disclosure.ON
        assert not COVERED & {shown.item for shown in card.values}
        stored = everything_stored_in_clear(world)
        assert SECRET_STREET not in stored and "salainenkuja" not in stored
        assert "401234567" not in stored
        opened = protected(world, party_id, world.maintainer)
    address = opened["permanent_address"]
    assert isinstance(address, dict) and address["street"] == f"{SECRET_STREET} 1"
    assert opened["phone"] == "+358401234567"


def test_an_order_that_comes_later_covers_the_past_too(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", BEA, permanent_address__street=f"{SECRET_STREET} 1")))
        world.clock.pass_days(1)
        world.take(world.water, a_person("900", BEA, turvakielto="k", permanent_address__street="Toinen 2"))
        card = world.card(party_id, known_at=world.clock.at)
        assert not COVERED & {shown.item for shown in card.values}
        assert world.find(SECRET_STREET) == []
        with world.register.door.read(world.maintainer, Action.CUSTOMER_HISTORY, Purpose.UPKEEP) as tx:
            told = parties.history(tx, world.register.vault, party_id)
        assert SECRET_STREET not in str(told)
        earlier = world.card(party_id, known_at=world.clock.at.replace(day=2))
        assert SECRET_STREET not in str(earlier), "looking back does not look behind the order"


def test_silence_and_another_source_never_clear_it(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", BEA, turvakielto="k")))
        world.clock.pass_days(1)
        world.take(world.town, a_person("K1", BEA, turvakielto="", phone="0401234567"))
        assert world.card(party_id).turvakielto is Disclosure.ON
        world.take(world.water, a_person("900", BEA, turvakielto="e"))
        assert world.card(party_id).turvakielto is Disclosure.ON
        world.end(world.town, "K1")
        assert world.card(party_id).turvakielto is Disclosure.ON
        assert "401234567" not in everything_stored_in_clear(world), "what comes while it is on is covered at once"


def test_only_who_said_it_may_take_it_back(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", BEA, turvakielto="k")))
        world.clock.pass_days(1)
        world.take(world.town, a_person("K1", BEA, turvakielto="e", permanent_address__street="Uusi 1"))
        card = world.card(party_id)
    assert card.turvakielto is Disclosure.OFF
    assert "Uusi 1" in str(card.value("permanent_address"))


def test_unknown_stays_with_who_said_it(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(
            world.take(world.town, a_person("K1", BEA, turvakielto="", permanent_address__street=f"{SECRET_STREET} 1"))
        )
        bare = a_person("900", BEA, turvakielto="")
        for part in ("street", "postcode", "town"):
            del bare[f"permanent_address.{part}"]
        world.take(world.water, bare)
        town, water = a_viewer(Role.INVOICER, world.town), a_viewer(Role.INVOICER, world.water)
        assert world.find(SECRET_STREET, town) == [], "others speak of the customer too"
        alone = only(
            world.take(world.town, a_person("K2", None, turvakielto="", permanent_address__street="Oma tie 5"))
        )
        assert [(hit.party_id, hit.address) for hit in world.find("Oma tie", town)] == [
            (alone, "Oma tie 5, 00999 HELSINKI")
        ]
        assert SECRET_STREET in str(world.card(party_id, town).value("permanent_address"))
        strange = world.card(party_id, water)
        assert SECRET_STREET not in str(strange)
        assert ("permanent_address", "turvakielto_unknown") in {(one.item, one.rule) for one in strange.withheld}
        assert world.find(SECRET_STREET, water) == []
        found = world.find("kuvitteellinen", water)
        assert [hit.address for hit in found] == [None]


def test_who_may_not_see_gets_the_same_whatever_the_secret_is(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        rows = [
            a_person("K1", BEA, turvakielto="k", permanent_address__street="Salainen 1", email="a@example.org"),
            a_person("K2", None, turvakielto="k"),
        ]
        del (
            rows[1]["permanent_address.street"],
            rows[1]["permanent_address.postcode"],
            rows[1]["permanent_address.town"],
        )
        first, second = (UUID(one) for one in world.take(world.town, *rows).party_ids.values())
        invoicer = a_viewer(Role.INVOICER, world.town)
        assert world.card(first, invoicer).withheld == world.card(second, invoicer).withheld
        with pytest.raises(Refused):
            protected(world, first, invoicer)


def test_a_maintainers_correction_counts_for_every_organisation(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", BEA, turvakielto="", email="vanha@example.org")))
        world.correct(party_id, "email", value="oikea@example.org")
        for viewer in (world.maintainer, a_viewer(Role.INVOICER, world.town)):
            assert world.card(party_id, viewer).value("email") == "oikea@example.org"


def test_an_organisation_has_no_non_disclosure(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_company("K1")))
        world.take(world.water, a_company("900", permanent_address__street="Uusi laituri 2"))
        card = world.card(party_id, a_viewer(Role.INVOICER, world.town))
        assert card.turvakielto is Disclosure.OFF
        assert "Uusi laituri 2" in str(card.value("permanent_address"))
        assert [hit.address for hit in world.find("keksitty laiva", a_viewer(Role.INVOICER, world.town))] == [
            "Uusi laituri 2, 20999 TURKU"
        ]


def test_a_correction_taken_back_is_shown_to_nobody(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", BEA, turvakielto="", email="oma@example.org")))
        world.correct(party_id, "email", value="vaara@example.org")
        world.clock.pass_days(1)
        with world.register.door.write(world.maintainer, Action.CUSTOMER_CORRECT, Purpose.UPKEEP) as tx:
            parties.withdraw(tx, world.register.vault, party_id, "email", reason="mistaken")
        for viewer in (world.maintainer, a_viewer(Role.INVOICER, world.town)):
            card = world.card(party_id, viewer)
            assert card.value("email") == "oma@example.org"
            assert "vaara@example.org" not in str(card)
