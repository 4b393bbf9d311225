"""Statements in, parties out: identity, survivorship, history, provenance."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from rekisteri.access import Action
from rekisteri.catalogue import Disclosure, PartyKind, Purpose, Reason, Role
from rekisteri.parties import refresh_due
from rekisteri.wiring import operator
from tests.builders import (
    AAPO,
    AAPO_NEW,
    AAPO_TWIN,
    BEA,
    a_company,
    a_person,
    a_viewer,
    a_world,
    only,
)


def test_a_new_customer_can_be_read_with_the_source_of_every_value(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", phone="040 1234567")))
        card = world.card(party_id)
    assert (card.name, card.kind, card.turvakielto) == ("Kuvitteellinen Aapo Testi", PartyKind.PERSON, Disclosure.OFF)
    assert card.value("hetu") == "240360-****"
    assert card.value("birth_date") == "1960-03-24"
    assert card.value("phone") == "+358401234567"
    assert {shown.saying.organisation_id for shown in card.values} == {world.town.id}
    assert [(one.organisation_id, one.key, one.ended_on) for one in card.customerships] == [(world.town.id, "K1", None)]


def test_the_same_identity_code_of_two_organisations_is_one_party(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        first = only(world.take(world.town, a_person("K1")))
        world.clock.pass_days(1)
        second = only(
            world.take(world.water, a_person("900", permanent_address__street="Uusikuja 3", surname="KUVITTEELLINEN"))
        )
        card = world.card(first)
    assert first == second
    assert {(one.organisation_id, one.key) for one in card.customerships} == {
        (world.town.id, "K1"),
        (world.water.id, "900"),
    }
    street = next(shown for shown in card.values if shown.item == "permanent_address")
    assert isinstance(street.value, dict) and street.value["street"] == "Uusikuja 3", "among equals the latest wins"
    assert [saying.organisation_id for saying in street.others] == [world.town.id]


def test_two_rows_of_one_delivery_with_one_code_are_one_party(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        taken = world.take(world.town, a_person("K1"), a_person("K2"))
        assert len(set(taken.party_ids.values())) == 1
        assert (taken.new, taken.changed, taken.doubts) == (2, 0, [])


def test_codes_that_differ_by_the_century_sign_alone_are_two_people(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        taken = world.take(world.town, a_person("K1", AAPO), a_person("K2", AAPO_TWIN))
        assert len(set(taken.party_ids.values())) == 2


def test_a_customer_gets_a_first_code_and_no_second_card_is_born(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        known = only(world.take(world.town, a_person("K1")))
        without = only(world.take(world.water, a_person("900", None, turvakielto="")))
        assert without != known
        world.clock.pass_days(1)
        now = only(world.take(world.water, a_person("900")))
        assert now == known
        assert {one.key for one in world.card(known).customerships} == {"K1", "900"}
        before = world.card(without, known_at=world.clock.at - timedelta(hours=1))
        assert [one.key for one in before.customerships] == ["900"], "as it was known then"


def test_a_changed_code_waits_for_a_person_and_the_record_stays(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", AAPO)))
        taken = world.take(world.town, a_person("K1", AAPO_NEW, permanent_address__street="Toinen 1"))
        assert [(doubt.reason, doubt.party_id) for doubt in taken.doubts] == [(Reason.CHANGED_IDENTITY, party_id)]
        street = world.card(party_id).value("permanent_address")
        assert isinstance(street, dict) and street["street"] == "Esimerkkitie 7 A 12"


def test_a_code_whose_owner_bears_quite_another_name_waits_for_a_person(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        stranger = a_person("900", surname="Keksitty", first_names="Bea")
        taken = world.take(world.water, stranger)
        assert [(doubt.reason, doubt.party_id) for doubt in taken.doubts] == [(Reason.NAME_CONTRADICTS, party_id)]
        married = a_person("901", surname="Uusinimi")
        assert only(world.take(world.water, married)) == party_id


def test_identifiers_of_two_customers_on_one_row_wait_for_a_person(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1"), a_company("K2"))
        taken = world.take(world.water, a_person("900", ytunnus="2769790-1"))
        assert [doubt.reason for doubt in taken.doubts] == [Reason.MIXED_IDENTITY]


def test_a_person_and_an_organisation_never_meet_by_a_business_id(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_company("K1"))
        trader = a_person("900", None, ytunnus="2769790-1")
        taken = world.take(world.water, trader)
        assert [doubt.reason for doubt in taken.doubts] == [Reason.KIND_CONTRADICTS]


def test_a_customership_ends_and_begins_again_and_its_data_stays_readable(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        world.clock.pass_days(10)
        world.end(world.town, "K1")
        ended = world.card(party_id)
        assert ended.customerships[0].ended_on == world.clock.at.date()
        assert ended.value("surname") == "Kuvitteellinen", "kept for the years the law asks"
        assert world.find("kuvitteellinen", a_viewer(Role.INVOICER, world.town)) == []
        world.clock.pass_days(10)
        again = only(world.take(world.town, a_person("K1", phone="0401234567")))
        assert again == party_id
        assert world.card(party_id).customerships[0].ended_on is None
        assert [hit.party_id for hit in world.find("kuvitteellinen", a_viewer(Role.INVOICER, world.town))] == [party_id]


def test_both_times_can_be_asked(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        first_day = world.clock.at.date()
        party_id = only(world.take(world.town, a_person("K1")))
        known_then = world.clock.at
        second_day = world.clock.pass_days(30)
        world.take(world.town, a_person("K1", permanent_address__street="Uusikuja 3"))

        def street(**when: object) -> object:
            address = world.card(party_id, **when).value("permanent_address")  # type: ignore[arg-type]
            return address["street"] if isinstance(address, dict) else None

        assert street() == "Uusikuja 3"
        assert street(on=first_day) == "Esimerkkitie 7 A 12", "where the customer lived then"
        assert street(on=second_day, known_at=known_then) == "Esimerkkitie 7 A 12", "what we believed then"
        assert street(on=second_day + timedelta(days=1)) == "Uusikuja 3"


def test_a_correction_outranks_the_sources_until_it_ends(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", email="aapo@example.org")))
        world.clock.pass_days(1)
        until = world.clock.at.date() + timedelta(days=5)
        world.correct(party_id, "email", until, value="oikea@example.org")
        world.clock.pass_days(1)
        world.take(world.town, a_person("K1", email="aapo@example.org", phone="0401234567"))
        card = world.card(party_id)
        assert card.value("email") == "oikea@example.org", "the next file does not trample it"
        assert card.corrected == ["email"]
        world.clock.pass_days(10)
        assert world.card(party_id).value("email") == "aapo@example.org"


def test_a_corrected_identity_code_is_found_by_both_codes(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", AAPO)))
        world.clock.pass_days(1)
        world.correct(party_id, "hetu", value=AAPO_NEW)
        assert world.card(party_id).value("hetu") == "240360-****"
        assert [hit.party_id for hit in world.find(AAPO)] == [party_id], "the old code stays searchable"
        assert [hit.party_id for hit in world.find(AAPO_NEW)] == [party_id]
        assert only(world.take(world.water, a_person("900", AAPO_NEW))) == party_id


def test_every_identity_code_is_sealed_where_it_stands(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1", AAPO, custodian__name="Hoitaja Hulda", custodian__hetu=BEA))
        tables = world.sql(
            "select schemaname || '.' || quote_ident(tablename) from pg_tables where schemaname = 'parties'"
        )
        for (table,) in tables:
            dump = "\n".join(str(row) for row in world.sql(f"select t::text from {table} t"))
            for code in (AAPO, BEA):
                assert code not in dump
                assert code.encode().hex() not in dump


def test_what_is_kept_is_what_survives(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", collection_stop__reason="konkurssi")))
        world.take(world.water, a_person("900", collection_stop__reason="maksusuunnitelma"))
        card = world.card(party_id)
        kept = world.kept(party_id)
    stops = card.value("collection_stop")
    assert isinstance(stops, list)
    assert {stop["reason"] for stop in stops if isinstance(stop, dict)} == {"bankruptcy", "payment_plan"}
    assert kept == {one.item: one.value for one in card.values if one.item != "hetu"}


def test_a_viewer_never_learns_which_other_organisation_said_it(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        world.take(world.water, a_person("900", collection_stop__reason="maksusuunnitelma"))
        invoicer = a_viewer(Role.INVOICER, world.town)
        card = world.card(party_id, invoicer)
    assert [one.key for one in card.customerships] == ["K1"]
    stop = next(shown for shown in card.values if shown.item == "collection_stop")
    assert stop.saying.organisation_id is None
    assert stop.saying.key is None


def test_another_organisations_customer_is_missing(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id: UUID = only(world.take(world.town, a_person("K1")))
        stranger = a_viewer(Role.INVOICER, world.water)
        assert world.find("Kuvitteellinen", stranger) == []
        assert world.find(AAPO, stranger) == []
        assert world.find("K1", stranger) == []
        assert world.find(str(party_id), stranger) == []


def test_the_nightly_run_brings_the_kept_record_to_the_day(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", email="aapo@example.org")))
        world.correct(party_id, "email", world.clock.at.date() + timedelta(days=5), value="oikea@example.org")
        world.clock.pass_days(10)
        assert world.sql("select content ->> 'email' from parties.party") == [("oikea@example.org",)]

        def nightly() -> int:
            with world.register.door.write(operator(), Action.REGISTER_UPKEEP, Purpose.ADMINISTRATION) as tx:
                return refresh_due(tx, world.register.vault)

        assert (nightly(), nightly()) == (1, 0)
        assert world.sql("select content ->> 'email' from parties.party") == [("aapo@example.org",)]
