"""An order covers the addresses of whoever custody ties to the one it is on: they may live together."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from rekisteri import parties
from rekisteri.access import Action
from rekisteri.catalogue import COVERED, Disclosure, Purpose, Role
from rekisteri.sources.organisations.intake import Request, run
from rekisteri.sources.organisations.mapping import Mapping
from tests.builders import AAPO, BEA, EEVA, World, a_person, a_viewer, a_world

SECRET = "Salainenkuja 1"
OF_BEA = {"custodian__name": "Piilonen Bea", "custodian__hetu": BEA}


def bea(turvakielto: str = "k", **parts: str) -> dict[str, str]:
    return a_person("B", BEA, surname="Piilonen", first_names="Bea", turvakielto=turvakielto,
                    permanent_address__street=SECRET, **parts)  # fmt: skip


def eeva(**parts: str) -> dict[str, str]:
    return a_person("E", EEVA, surname="Piilonen", first_names="Eeva",
                    **({"permanent_address__street": SECRET, **OF_BEA} | parts))  # fmt: skip


def ids_of(world: World, *rows: dict[str, str]) -> dict[str, UUID]:
    return {key: UUID(party_id) for key, party_id in world.take(world.town, *rows).party_ids.items()}


def is_covered(world: World, party_id: UUID) -> bool:
    """Whether an invoicer meets nothing of where the customer lives; the card, the search and the tables agree."""
    invoicer = a_viewer(Role.INVOICER, world.town)
    card = world.card(party_id, invoicer)
    shown = bool(COVERED & {one.item for one in card.values})
    found = party_id in {hit.party_id for hit in world.find(SECRET, invoicer)}
    stored = bool(world.sql(
        "select from parties.statement s join parties.record r on r.id = s.record_id "
        "where r.party_id = %s and s.content::text like '%%Salainenkuja%%'", party_id,
    ))  # fmt: skip
    assert shown == found == stored
    assert shown == (card.turvakielto is not Disclosure.ON)
    return not shown


@pytest.mark.parametrize("order", [("bea", "eeva"), ("eeva", "bea"), ("bea eeva",), ("eeva bea",)])
def test_a_child_of_a_custodian_under_an_order_is_covered_whoever_comes_first(
    order: tuple[str, ...], database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        known: dict[str, UUID] = {}
        for delivery in order:
            known |= ids_of(world, *({"bea": bea, "eeva": eeva}[name]() for name in delivery.split()))
        assert is_covered(world, known["E"])
        assert is_covered(world, known["B"])
        own = parties_own(world, known["E"])
    assert own is Disclosure.OFF, "it is not the child's own order"


def parties_own(world: World, party_id: UUID) -> Disclosure:
    with world.register.door.read(world.maintainer, Action.CUSTOMER_READ, Purpose.UPKEEP) as tx:
        found = parties.own_orders(tx, [party_id])[party_id]
        tx.saw(party_id)
    return found


def test_a_custodian_of_a_child_under_an_order_is_covered(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        known = ids_of(world, bea("e"), eeva())
        assert not is_covered(world, known["B"])
        assert not is_covered(world, known["E"])
        ids_of(world, eeva(turvakielto="k"))
        assert is_covered(world, known["E"])
        assert is_covered(world, known["B"])


def test_it_goes_one_step_and_no_further(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        known = ids_of(world, bea(), eeva(), a_person("A", AAPO, permanent_address__street=SECRET,
                                                      custodian__name="Piilonen Eeva", custodian__hetu=EEVA))  # fmt: skip
        assert is_covered(world, known["E"])
        assert not is_covered(world, known["A"])


def test_when_the_order_ends_what_it_covered_of_others_is_theirs_again(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        known = ids_of(world, bea(), eeva())
        ids_of(world, bea("e"))
        assert is_covered(world, known["E"]), "a delivery opens nothing"
        nightly(world)
        assert not is_covered(world, known["E"])
        assert world.find(SECRET, a_viewer(Role.INVOICER, world.town))


def test_when_custody_ends_the_child_is_covered_no_more(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        known = ids_of(world, bea(), eeva())
        bare = {name: text for name, text in eeva().items() if not name.startswith("custodian")}
        ids_of(world, bare)
        nightly(world)
        assert not is_covered(world, known["E"])
        assert is_covered(world, known["B"])


def nightly(world: World) -> None:
    with world.register.door.write(a_viewer(Role.ADMINISTRATOR), Action.REGISTER_UPKEEP, Purpose.ADMINISTRATION) as tx:
        parties.note_former(tx, world.register.vault)


def test_a_custody_that_a_maintainer_puts_right_counts_as_well(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        known = ids_of(world, eeva())
        ids_of(world, a_person("B", BEA, surname="Piilonen", first_names="Bea", turvakielto=""))
        world.correct(known["E"], "custodian", name="Piilonen Bea", hetu=BEA)
        assert not is_covered(world, known["E"])
        ids_of(world, bea())
        assert is_covered(world, known["E"])


def test_a_whole_file_is_covered_before_anybody_reads_it(database_url: str, tmp_path: Path) -> None:
    columns = ("numero", "hetu", "sukunimi", "katu", "huoltaja", "huoltajan hetu")
    items = ("customer_number", "hetu", "surname", "permanent_address.street", "custodian.name", "custodian.hetu")
    with a_world(database_url, tmp_path) as world:
        ids_of(world, bea())
        file = tmp_path / "asiakkaat.csv"
        file.write_text(
            ";".join(columns)
            + f"\nE;{EEVA};Piilonen;{SECRET};Piilonen Bea;{BEA}\nA;{AAPO};Kuvitteellinen;{SECRET};;\n",
            "utf-8",
        )
        request = Request(
            file, file.name, world.water.id, Mapping(columns=dict(zip(columns, items, strict=True))), full=False,
            artificial_hetu=True, ordinary_hetu=False,
        )  # fmt: skip
        with world.register.door.write(world.maintainer, Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
            report = run(tx, world.register.vault, request, lambda _done: None)
        assert report.new == 2
        (child,) = (
            hit.party_id for hit in world.find("Piilonen") if hit.party_id is not None and hit.name == "Piilonen"
        )
        card = world.card(child, a_viewer(Role.INVOICER, world.water))
        assert card.turvakielto is Disclosure.ON
        assert SECRET not in str(card)
        assert [hit.name for hit in world.find(SECRET)] == ["Kuvitteellinen"]


def test_the_reason_tells_nothing_of_whose_order_it_is(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        known = ids_of(world, bea(), eeva())
        stranger = a_viewer(Role.INVOICER, world.water)
        bare = a_person("9", EEVA, surname="Piilonen", first_names="Eeva", permanent_address__street=SECRET)
        world.take(world.water, bare)
        withheld = {one.item: one.rule for one in world.card(known["E"], stranger).withheld if one.item in COVERED}
        assert set(withheld.values()) == {"turvakielto_on"}
        own = {one.item: one.rule for one in world.card(known["B"]).withheld if one.item in COVERED}
    assert withheld == own


def test_a_maintainer_opens_it_by_the_same_logged_act(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        known = ids_of(world, bea(), eeva())
        with world.register.door.read(world.maintainer, Action.CUSTOMER_PROTECTED, Purpose.UPKEEP) as tx:
            shown = parties.protected(tx, world.register.vault, known["E"])
        assert SECRET in str(shown)
