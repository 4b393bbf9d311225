"""Who answers for a customer: custodians, a guardian, the contact of an estate; as parties where their code is known."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Action, Viewer
from rekisteri.catalogue import Role
from rekisteri.parties import Relation, RelationKind
from tests.builders import AAPO, BEA, CALLE, DIDRIK, EEVA, World, a_person, a_viewer, a_world, only

CHILD = EEVA


def related(world: World, party_id: UUID, viewer: Viewer | None = None, on: date | None = None) -> list[Relation]:
    who = viewer or world.maintainer
    with world.register.door.read(who, Action.CUSTOMER_READ, who.purposes()[0]) as tx:
        found = parties.relations(tx, world.register.vault, [party_id], on=on)
    return found.get(party_id, [])


def test_a_custodian_is_resolved_to_a_party_by_the_code_alone_and_only_within_reach(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        mother = only(world.take(world.water, a_person("1", AAPO)))
        child = only(
            world.take(world.town, a_person("7", CHILD, custodian__name="Kuvitteellinen Maija", custodian__hetu=AAPO))
        )
        (seen,) = related(world, child)
        assert (seen.kind, seen.name, seen.party_id) == (RelationKind.CUSTODIAN, "Kuvitteellinen Maija", mother)
        (narrow,) = related(world, child, a_viewer(Role.INVOICER, world.town))
        assert (narrow.name, narrow.party_id, narrow.organisation_id) == (seen.name, None, world.town.id)


def test_custodians_of_several_organisations_stand_together_each_once(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        father = only(world.take(world.town, a_person("1", BEA)))
        said = [
            (world.town, "7", {"custodian__name": "Isä Ilmari", "custodian__hetu": BEA}),
            (world.water, "70", {"custodian__name": "Ilmari Isä", "custodian__hetu": BEA}),
        ]
        for organisation, number, parts in said:
            taken = world.take(organisation, a_person(number, CHILD, **parts))
        child = only(taken)
        assert [one.party_id for one in related(world, child)] == [father]
        world.take(world.water, a_person("70", CHILD, custodian__name="Äiti Aino"))
        assert sorted(one.name for one in related(world, child)) == ["Isä Ilmari", "Äiti Aino"]
        narrow = related(world, child, a_viewer(Role.INVOICER, world.town))
        assert {one.name: one.organisation_id for one in narrow} == {"Isä Ilmari": world.town.id, "Äiti Aino": None}


def test_the_most_believed_source_that_names_custodians_names_them_all(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        child = only(world.take(world.town, a_person("7", CHILD, custodian__name="Entinen Huoltaja")))
        other = only(world.take(world.town, a_person("8", DIDRIK)))
        world.correct(child, "custodian", name="Oikea Huoltaja", hetu=DIDRIK)
        (seen,) = related(world, child)
        assert (seen.name, seen.party_id, seen.source) == ("Oikea Huoltaja", other, "maintainer")


def test_a_guardian_is_in_force_within_the_span_and_past_days_are_asked_alike(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        ward = only(
            world.take(
                world.town,
                a_person(
                    "9", CALLE, guardian__name="Valvoja Veera", guardian__phone="040 1234567",
                    guardian__valid_from="1.3.2026", guardian__valid_to="31.3.2026",
                ),
            )
        )  # fmt: skip
        (seen,) = related(world, ward)
        assert (seen.kind, seen.name, seen.phone) == (RelationKind.GUARDIAN, "Valvoja Veera", "+358401234567")
        assert (seen.valid_from, seen.valid_to) == (date(2026, 3, 1), date(2026, 3, 31))
        assert [one.name for one in related(world, ward, on=date(2026, 3, 31))] == ["Valvoja Veera"]
        assert related(world, ward, on=date(2026, 4, 1)) == []
        world.take(world.town, a_person("9", CALLE))
        world.clock.pass_days(1)
        assert related(world, ward) == []
        assert related(world, ward, on=date(2026, 3, 1)) == [], "before the customership began nothing was said"


def test_the_contact_of_an_estate_is_a_name(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        dead = only(world.take(world.town, a_person("3", AAPO, death_date="1.2.2026", estate_contact="Perillinen Pia")))
        assert [(one.kind, one.name, one.party_id) for one in related(world, dead)] == [
            (RelationKind.ESTATE_CONTACT, "Perillinen Pia", None)
        ]
