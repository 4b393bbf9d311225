"""Items of which one record states several values: custodians, guardians, former names."""

from __future__ import annotations

from pathlib import Path

import pytest

from rekisteri import catalogue, parties, sources
from rekisteri.access import Action
from rekisteri.catalogue import BY_NAME, Purpose, SourceKind
from rekisteri.ground.errors import Rejected
from rekisteri.parties import Lexicon, Origin, Said
from tests.builders import AAPO, BEA, CALLE, World, a_person, a_saying, a_world, only

CUSTODIANS = [
    {"name": "Hoitaja Hulda", "hetu": BEA},
    {"name": "Hoitaja Heikki", "hetu": CALLE, "valid_from": "2024-01-01"},
]
MASKED = [
    {"name": "Hoitaja Hulda", "hetu": "020290-****"},
    {"name": "Hoitaja Heikki", "hetu": "311299X****", "valid_from": "2024-01-01"},
]


def a_child(world: World, *custodians: dict[str, str]) -> Said:
    said = a_saying(world.register, a_person("K1", AAPO), world.rules())
    clear, secrets = catalogue.without_secrets(custodians, BY_NAME["custodian"])
    return Said("K1", said.kind, said.content | {"custodian": clear}, said.secrets | secrets, said.digest)


def take(world: World, said: Said) -> None:
    with world.register.door.write(world.maintainer, Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
        parties.lock_identity(tx)
        source = parties.organisation_source(tx, world.town.id)
        sources.take(tx, world.register.vault, Lexicon(), Origin(source), [said])


def test_two_custodians_of_one_record_stand_on_the_card_with_their_codes_masked(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        take(world, a_child(world, *CUSTODIANS))
        (hit,) = world.find("Kuvitteellinen Aapo")
        assert world.card(hit.party_id).value("custodian") == MASKED
        assert world.sql("select 1 from parties.statement where content::text like %s", f"%{BEA}%") == []
        with world.register.door.read(world.maintainer, Action.CUSTOMER_READ, Purpose.UPKEEP) as tx:
            known = parties.opened(tx, world.register.vault, hit.party_id)
        assert known["custodian"] == CUSTODIANS
        assert known["hetu"] == AAPO


def test_the_lists_of_several_sources_are_joined_and_what_both_say_stands_once(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        take(world, a_child(world, *CUSTODIANS))
        row = a_person("V1", AAPO, custodian__name="Hoitaja Hulda", custodian__hetu=BEA)
        party_id = only(world.take(world.water, row))
        assert sorted(world.card(party_id).value("custodian"), key=str) == sorted(MASKED, key=str)  # type: ignore[arg-type]
        world.take(world.water, a_person("V1", AAPO, custodian__name="Kolmas Kaisa"))
        shown = world.card(party_id).value("custodian")
        assert isinstance(shown, list)
        assert len(shown) == 3


def test_a_guardian_is_a_list_however_many_there_are_and_the_best_source_tells_them_all(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", AAPO, guardian__name="Vanha Valvoja")))
        assert world.card(party_id).value("guardian") == [{"name": "Vanha Valvoja"}]
        world.correct(
            party_id,
            "guardian",
            **{"name": "Uusi Ulla", "hetu": BEA, "[1].name": "Toinen Tapio", "[1].mandate": "order"},
        )
        assert world.card(party_id).value("guardian") == [
            {"name": "Uusi Ulla", "hetu": "020290-****"},
            {"name": "Toinen Tapio", "mandate": "order"},
        ]
        kept = world.sql("select content -> 'guardian' from parties.party where id = %s", party_id)
        assert kept == [([{"name": "Uusi Ulla"}, {"name": "Toinen Tapio", "mandate": "order"}],)]


def test_a_changed_code_of_a_custodian_shows_in_history_though_masked_alike(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        take(world, a_child(world, {"name": "Hoitaja Hulda", "hetu": "240360-909P"}))
        world.clock.pass_days(1)
        take(world, a_child(world, {"name": "Hoitaja Hulda", "hetu": "240360-910R"}))
        (hit,) = world.find("Kuvitteellinen Aapo")
        with world.register.door.read(world.maintainer, Action.CUSTOMER_HISTORY, Purpose.UPKEEP) as tx:
            newest, _ = parties.history(tx, world.register.vault, hit.party_id)
        (change,) = newest.changes
        assert (change.item, change.before) == ("custodian", change.after)
        assert "240360-****" in str(change.after)


@pytest.mark.parametrize(
    ("item", "parts", "field"),
    [
        ("custodian", {"hetu": BEA}, "custodian.name"),
        ("custodian", {"name": "Hoitaja Hulda", "[1].hetu": BEA}, "custodian[1].name"),
        ("custodian", {"name": "Hoitaja Hulda", "[1].name": "X", "[1].hetu": "1"}, "custodian[1].hetu"),
        ("surname", {"[1].name": "Toinen"}, "surname"),
        ("postal_address", {"street": "Katu 1", "[1].street": "Katu 2"}, "postal_address"),
    ],
)
def test_a_part_that_does_not_hold_is_told_by_its_place(
    database_url: str, tmp_path: Path, item: str, parts: dict[str, str], field: str
) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", AAPO)))
        with pytest.raises(Rejected) as refused:
            world.correct(party_id, item, **parts)
        assert refused.value.field == field


def test_paths_of_values_are_read_and_written_alike() -> None:
    assert catalogue.placed_path("custodian.hetu", 0) == "custodian.hetu"
    assert catalogue.placed_path("custodian.hetu", 1) == "custodian[1].hetu"
    found = catalogue.find_path("custodian[1].hetu")
    assert found is not None
    assert (found[0].name, found[1].name, found[2]) == ("custodian", "hetu", 1)
    for nowhere in (
        "custodian[0].hetu",
        "custodian[20].hetu",
        "custodian[1].x",
        "hetu[1]",
        "permanent_address[1].street",
    ):
        assert catalogue.find_path(nowhere) is None, nowhere


def test_only_many_items_of_several_parts_or_of_texts_are_declared_so() -> None:
    several = {item.name for item in BY_NAME.values() if item.many}
    assert several == {"custodian", "guardian", "former_surnames", "auxiliary_names"}
    assert all(SourceKind.VTJ in BY_NAME[name].ranks for name in ("custodian", "guardian", "former_surnames"))
