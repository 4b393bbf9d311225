"""Entries by hand and decisions on rows in doubt: the same road as a file's row."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from rekisteri import parties
from rekisteri.access import Action, Viewer
from rekisteri.catalogue import Purpose, Reason, Role
from rekisteri.ground.errors import Conflict, Refused, Rejected
from rekisteri.sources import organisations
from tests.builders import AAPO, AAPO_NEW, BEA, World, a_person, a_viewer, a_world, only


def enter(
    world: World, viewer: Viewer, number: str | None, idempotency_key: str | None = None, **parts: str
) -> organisations.Created:
    row = a_person("", parts.pop("hetu", AAPO), **parts)
    del row["customer_number"]
    with world.register.door.write(viewer, Action.CUSTOMER_CREATE, viewer.purposes()[0]) as tx:
        return organisations.create(
            tx, world.register.vault, organisation_id=world.town.id, parts=row, customer_number=number,
            rules=world.rules(), idempotency_key=idempotency_key,
        )  # fmt: skip


def the_work(world: World) -> list[parties.WorkItem]:
    with world.register.door.read(world.maintainer, Action.WORK_READ, Purpose.UPKEEP) as tx:
        return parties.work_list(tx)


def in_doubt(world: World, *rows: dict[str, str]) -> UUID:
    """Rows of the water works that contradict what is known, waiting in the queue; the item's id."""
    with world.register.door.write(world.maintainer, Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
        for row in rows:
            with_parts = {path: text for path, text in row.items() if path != "customer_number"}
            made = organisations.create(
                tx, world.register.vault, organisation_id=world.water.id, parts=with_parts,
                customer_number=row["customer_number"], rules=world.rules(),
            )  # fmt: skip
            assert made.doubt is not None
    (item,) = the_work(world)
    return item.id


def decide(world: World, work_id: UUID, decision: str) -> None:
    with world.register.door.write(world.maintainer, Action.WORK_DECIDE, Purpose.UPKEEP) as tx:
        organisations.decide_work(tx, world.register.vault, work_id, decision, reason="asked the customer")


def test_an_invoicer_enters_a_payer_and_meets_the_one_who_was_there(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        known = only(world.take(world.water, a_person("900")))
        invoicer = a_viewer(Role.INVOICER, world.town)
        made = enter(world, invoicer, "K1")
        assert (made.party_id, made.customer_number, made.new, made.doubt) == (known, "K1", False, None)
        assert [one.key for one in world.card(known, invoicer).customerships] == ["K1"]


def test_an_entry_without_a_number_gets_a_provisional_one_and_repeats_harmlessly(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        invoicer = a_viewer(Role.INVOICER, world.town)
        first = enter(world, invoicer, None, "key-1", hetu=BEA)
        again = enter(world, invoicer, None, "key-1", hetu=BEA)
        assert first.customer_number.startswith("H-")
        assert (again.party_id, again.customer_number, again.new) == (first.party_id, first.customer_number, False)
        with pytest.raises(Conflict):
            enter(world, invoicer, first.customer_number, hetu=AAPO_NEW)


def test_an_entry_that_does_not_hold_names_every_fault(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        with pytest.raises(Rejected) as rejection:
            enter(
                world,
                world.maintainer,
                "K1",
                hetu="240360-909A",
                email="not an address",
                permanent_address__postcode="1",
            )
        assert {(fault.reason, fault.field) for fault in rejection.value.faults} == {
            (Reason.HETU_INVALID, "hetu"), (Reason.EMAIL_INVALID, "email"),
            (Reason.POSTCODE_INVALID, "permanent_address.postcode"),
        }  # fmt: skip
        assert "240360" not in rejection.value.message


def test_nobody_enters_a_customer_for_another_organisation(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, pytest.raises(Refused):
        enter(world, a_viewer(Role.INVOICER, world.water), "K1")


def test_linked_in_doubt_makes_the_other_code_one_more_of_the_customers(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        known = only(world.take(world.town, a_person("K1")))
        work = in_doubt(world, a_person("900", surname="Toinen", first_names="Nimi"))
        with world.register.door.read(world.maintainer, Action.WORK_READ, Purpose.UPKEEP) as tx:
            detail = parties.work_item(tx, world.register.vault, work)
        assert detail.said["hetu"] == "240360-****"
        assert detail.known is not None and detail.known.party_id == known
        decide(world, work, "linked")
        assert the_work(world) == []
        assert {one.key for one in world.card(known).customerships} == {"K1", "900"}


def test_separate_in_doubt_is_a_customer_without_the_others_code(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        known = only(world.take(world.town, a_person("K1")))
        work = in_doubt(world, a_person("900", surname="Toinen", first_names="Nimi"))
        decide(world, work, "separate")
        (hit,) = world.find("Toinen Nimi")
        assert hit.party_id != known
        assert [found.party_id for found in world.find(AAPO)] == [known]
        with pytest.raises(Conflict):
            decide(world, work, "linked")


def test_a_rejected_row_is_not_taken_and_does_not_come_back(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1"))
        row = a_person("900", surname="Toinen", first_names="Nimi")
        work = in_doubt(world, row)
        decide(world, work, "rejected")
        assert world.find("Toinen") == []
        with world.register.door.write(world.maintainer, Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
            organisations.create(
                tx, world.register.vault, organisation_id=world.water.id,
                parts={path: text for path, text in row.items() if path != "customer_number"},
                customer_number="900", rules=world.rules(),
            )  # fmt: skip
        assert the_work(world) == []
