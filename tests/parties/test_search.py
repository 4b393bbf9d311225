"""Search: any identifier, any spelling."""

from __future__ import annotations

import sys
from pathlib import Path
from uuid import UUID

import pytest

from rekisteri import parties
from rekisteri.access import Action
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Missing, Rejected
from tests.builders import AAPO, BEA, World, a_company, a_person, a_viewer, a_world, only


def some_customers(world: World) -> dict[str, UUID]:
    taken = world.take(
        world.town,
        a_person("K1", AAPO, surname="Mäkinen", first_names="Åke Johannes", phone="040 123 4567", email="ake@example.org"),
        a_person("K2", BEA, surname="Wikström", first_names="Béatrice", permanent_address__street="Sjögatan 12 B"),
        a_person("K3", None, surname="Müller-Lahtinen", first_names="Jörg", birth_date="24.12.1970",
                 foreign_id__value="DE-12 345", former_surnames="Schäfer"),
        a_company("K4", organisation_name="Laiva ja Köysi Oy", auxiliary_names="Köysikauppa|Solmu"),
    )  # fmt: skip
    return {key: UUID(party_id) for key, party_id in taken.party_ids.items()}


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        (AAPO, "K1"), (AAPO.lower(), "K1"), ("mäkinen åke", "K1"), ("makinen ake", "K1"), ("Åke Mäkinen", "K1"),
        ("Mäkienn Ake", "K1"), ("mkinen johannes", "K1"), ("0401234567", "K1"), ("+358 40 1234567", "K1"),
        ("ake@example.org", "K1"), ("wikstrom", "K2"), ("Vikström Beatrice", "K2"), ("wikstöm", "K2"),
        ("sjogatan 12", "K2"), ("K2", "K2"), ("muller lahtinen", "K3"), ("lahtinen 24.12.1970", "K3"),
        ("1970-12-24", "K3"), ("schafer jorg", "K3"), ("2769790-1", "K4"), ("27697901", "K4"), ("FI27697901", "K4"), ("solmu", "K4"), ("köysi laiva", "K4"),
        ("laiv", "K4"), ("koysikaupa", "K4"),
    ],
)  # fmt: skip
def test_what_a_clerk_types_finds_the_customer(database_url: str, tmp_path: Path, typed: str, key: str) -> None:
    with a_world(database_url, tmp_path) as world:
        wanted = some_customers(world)[key]
        assert [hit.party_id for hit in world.find(typed)][:1] == [wanted]


@pytest.mark.parametrize(
    ("typed", "asked"), [("makinen ake", 2), ("maki johan", 2), ("mkinen johannes", 1), ("laiwa koysikaupa", 1)]
)
def test_a_slip_is_not_first_looked_for_as_it_was_typed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, asked: int
) -> None:
    module = sys.modules["rekisteri.parties.search"]
    candidates = module._candidates
    ways: list[object] = []
    monkeypatch.setattr(module, "_candidates", lambda tx, way: (ways.append(way), candidates(tx, way))[1])
    with a_world(database_url, tmp_path) as world:
        some_customers(world)
        assert len(world.find(typed)) == 1
    assert len(ways) == asked


def test_nothing_is_found_by_what_nobody_bears(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        some_customers(world)
        for typed in ("qqqq", "311299X904C", "1234567-1", "K99", "'; drop table parties.party; --", "a & b | !c:*"):
            assert world.find(typed) == []
        with pytest.raises(Rejected):
            world.find("   ")


def test_a_page_goes_on_where_it_ended(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, *(a_person(f"K{n}", None, first_names=f"Testi{n:02}") for n in range(25)))
        seen: list[UUID] = []
        cursor: str | None = None
        while True:
            with world.register.door.read(world.maintainer, Action.CUSTOMER_SEARCH, Purpose.UPKEEP) as tx:
                page = parties.search(tx, world.register.vault, "kuvitteellinen", limit=10, cursor=cursor)
            seen += [hit.party_id for hit in page.hits]
            if (cursor := page.cursor) is None:
                break
        assert len(seen) == len(set(seen)) == 25


def test_finnish_letters_sort_last(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        names = ["Öhman", "Åberg", "Zorro", "Äijälä", "Virtanen"]
        world.take(world.town, *(a_person(f"K{name}", None, surname=name, first_names="Sama") for name in names))
        found = [hit.name.split()[0] for hit in world.find("sama")]
        assert found == ["Virtanen", "Zorro", "Åberg", "Äijälä", "Öhman"]


def test_lookup_names_one_customer_or_none(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        own, strange = a_viewer(Role.INVOICER, world.town), a_viewer(Role.INVOICER, world.water)

        def look(viewer: object, **names: object) -> object:
            with world.register.door.read(viewer, Action.CUSTOMER_READ, Purpose.INVOICING) as tx:  # type: ignore[arg-type]
                return parties.lookup(tx, world.register.vault, **names)  # type: ignore[arg-type]

        assert look(own, hetu=AAPO) == party_id
        assert look(own, organisation_id=world.town.id, customer_number="K1") == party_id
        for names in ({"hetu": AAPO}, {"organisation_id": world.town.id, "customer_number": "K1"}):
            with pytest.raises(Missing):
                look(strange, **names)
        with pytest.raises(Rejected):
            look(own, hetu="240360-909A")
