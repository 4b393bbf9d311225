"""Orders paused: by a bank's answer to an invoice, by an officer; and what lifts a pause."""

from __future__ import annotations

from pathlib import Path
from typing import cast
from uuid import UUID

import pytest

from rekisteri import parties
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.parties import Origin, bank_source
from rekisteri.parties.record import silence
from rekisteri.sources import banks
from rekisteri.sources.banks import pauses
from tests.builders import AAPO, BEA, a_person, only
from tests.payers.asking import answer
from tests.sources.banks.billing import Billing, a_billing
from tests.sources.banks.writing import HOME, OTHER, Told, an_invoice_came_back


def record_of(billing: Billing, party_id: UUID) -> UUID:
    """The record of the customer's orders."""
    ((record_id,),) = billing.world.sql(
        "select distinct m.record_id from sources.bank_message m join parties.record r on r.id = m.record_id "
        "where r.party_id = %s", party_id,
    )  # fmt: skip
    assert isinstance(record_id, UUID)
    return record_id


def test_what_a_bank_can_not_deliver_to_is_paused_until_the_payer_says_something_new(
    database_url: str, tmp_path: Path
) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        aapo = only(world.take(world.town, a_person("1")))
        bea = only(world.take(world.town, a_person("2", BEA, surname="Mallikas", first_names="Bea")))
        billing.take(Told(), Told("B1", hetu=BEA, name="MALLIKAS BEA", address=OTHER, bank="OKOYFIHH"))
        told = answer(world, "1")
        assert told["deliveries"][0]["channel"]["code"] == "consumer_einvoice"
        assert "refund" not in told, "the address of an order is no account to refund to"
        assert billing.take(an_invoice_came_back("7", HOME)).orders == 0, "a fault of the invoice is none of the order"
        report = billing.take(an_invoice_came_back("2", HOME, "K2"))
        assert (report.answers, report.orders) == (1, 1)
        assert (billing.orders(aapo), len(billing.orders(bea))) == ([], 1)
        assert answer(world, "1")["deliveries"][0]["channel"]["code"] == "letter"
        with world.register.door.read(world.maintainer, Action.BANK_READ, Purpose.UPKEEP) as tx:
            standing = banks.order_standing(tx, record_of(billing, aapo))
            (pause,) = banks.order_pauses(tx, record_of(billing, aapo))
        assert (standing.in_force, standing.paused, pause.code) == (False, True, "2")
        billing.take(Told("A0", said="2026-03-01T00:00:00", due_day="5"))
        assert billing.orders(aapo) == [], "what was said before the pause does not lift it"
        assert billing.take(Told("A2", action="CHANGE", said="2026-03-04T00:00:00")).orders == 1
        assert len(billing.orders(aapo)) == 1


def test_the_answer_may_come_before_the_order_it_is_about(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        aapo = only(billing.world.take(billing.world.town, a_person("1")))
        billing.take(an_invoice_came_back("4", HOME))
        assert billing.take(Told()).matched == 1
        assert billing.orders(aapo) == []


def test_an_officer_pauses_an_order_and_lifts_the_pause(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        vault = world.register.vault
        aapo = only(world.take(world.town, a_person("1", AAPO)))
        billing.take(Told())
        record_id = record_of(billing, aapo)

        def change(act: object, reason: str = "Laskut palautuivat") -> None:
            with world.register.door.write(world.maintainer, Action.WORK_DECIDE, Purpose.UPKEEP) as tx:
                act(tx, vault, record_id, reason=reason)  # type: ignore[operator]

        with pytest.raises(Rejected):
            change(banks.suspend, " ")
        with pytest.raises(Conflict):
            change(banks.resume)
        change(banks.suspend)
        assert billing.orders(aapo) == []
        with pytest.raises(Conflict):
            change(banks.suspend)
        change(banks.resume)
        (order,) = billing.orders(aapo)
        assert order.address == HOME
        change(banks.suspend)
        assert billing.take(Told("A9", action="DELETE", said="2026-03-09T00:00:00")).orders == 1
        with pytest.raises(Conflict):
            change(banks.resume)


def test_what_was_stated_as_ended_before_pauses_were_stated_is_stated_as_paused_by_the_next_file(
    database_url: str, tmp_path: Path
) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        aapo = only(world.take(world.town, a_person("1")))
        bea = only(world.take(world.town, a_person("2", BEA, surname="Mallikas", first_names="Bea")))
        billing.take(Told())
        with world.register.door.write(world.maintainer, Action.BANK_IMPORT, Purpose.UPKEEP) as tx:
            thread = bytes(tx.value("select thread from sources.bank_message"))
            pauses.put(tx, thread, tx.at, resumes=False, code="2")
            origin = Origin(bank_source(tx, world.town.id), None, None)
            silence(tx, origin, [record_of(billing, aapo)])
        world.clock.pass_days(2)
        assert shown(billing, aapo) == []
        report = billing.take(Told("B1", hetu=BEA, name="MALLIKAS BEA", address=OTHER, bank="OKOYFIHH"))
        assert report.orders == 2
        assert (len(shown(billing, aapo)), len(shown(billing, bea))) == (1, 1)
        assert "paused_on" in shown(billing, aapo)[0] and billing.orders(aapo) == []
        assert billing.take(Told("B2", hetu=BEA, name="MALLIKAS BEA", address=OTHER, bank="OKOYFIHH")).orders == 0


def shown(billing: Billing, party_id: UUID) -> list[dict[str, object]]:
    """The orders that stand as the card shows them."""
    world = billing.world
    with world.register.door.read(world.maintainer, Action.CUSTOMER_READ, Purpose.UPKEEP) as tx:
        card = parties.card(tx, world.register.vault, party_id)
    return [cast("dict[str, object]", one.order.value) for one in card.at_banks if one.ended_on is None]
