"""What invoicing and collection tell back: once, as statements of their own, known to everybody's next answer."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from rekisteri import payers
from rekisteri.access import Action, Organisation, Viewer
from rekisteri.catalogue import Role
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected
from rekisteri.payers import By, Channel, Report, Reported, ReportKind, TaskKind
from tests.builders import AAPO, BEA, CALLE, World, a_company, a_person, a_viewer, a_world
from tests.payers.asking import EVERY, a_reason, answer, ask

PERMANENT = {"street": "esimerkkitie 7 a12", "postcode": "00999", "town": "Helsinki"}


def tell(
    world: World,
    kind: ReportKind,
    number: str | None = "1",
    *,
    key: str | None = None,
    on: date | None = None,
    organisation: Organisation | None = None,
    viewer: Viewer | None = None,
    **more: Any,
) -> Reported:
    who = viewer or world.maintainer
    by = None if number is None else By.CUSTOMER_NUMBER
    told = Report(kind, (organisation or world.town).id, on or world.clock.at.date(), by, number or "", **more)
    with world.register.door.write(who, Action.PAYER_REPORT, who.purposes()[0]) as tx:
        made = payers.report(tx, world.register.office, told, key or f"{kind} {number} {world.clock.at} {more}")
    return made


def stops(world: World, number: str, **how: Any) -> dict[str, tuple[str | None, str | None]]:
    told = answer(world, number, **how)
    return {one["code"]: (one.get("since"), one.get("until")) for one in told["stops"]}


def test_mail_returned_once_is_known_to_every_organisation_and_a_new_address_is_unaffected(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        for organisation in (world.town, world.water):
            a_reason(world, organisation=organisation)
        post = {"postal_address__street": "PL 7", "postal_address__postcode": "00996", "postal_address__town": "Vaasa"}
        world.take(world.town, a_person("1", AAPO, **post))
        world.take(world.water, a_person("50", AAPO))
        sent = ask(world, "1")
        assert answer(world, "1")["deliveries"][0]["lines"][1] == "PL 7"
        made = tell(world, ReportKind.MAIL_RETURNED, None, receipt=sent.receipt.id, cause="moved", key="a")
        assert (made.new, made.task) == (True, TaskKind.MAIL_RETURNED)
        assert tell(world, ReportKind.MAIL_RETURNED, None, receipt=sent.receipt.id, cause="moved", key="a").new is False
        assert answer(world, "1")["deliveries"][0]["lines"][1] == "Esimerkkitie 7 A 12"

        tell(world, ReportKind.MAIL_RETURNED, address=PERMANENT)
        told = answer(world, "50", organisation=world.water)
        assert told["deliveries"][0]["channel"]["passed"] == {"letter": "address_returned"}
        assert {one["code"]: one["since"] for one in told["stops"]} == {"mail_returned": "2026-03-02"}
        assert "own" not in told["stops"][0]["why"]
        assert told["stops"][0]["why"]["source"] == "ledger"

        world.take(world.water, a_person("50", AAPO, permanent_address__street="Uusikatu 9"))
        for organisation, number in ((world.town, "1"), (world.water, "50")):
            assert answer(world, number, organisation=organisation)["deliveries"][0]["lines"][1] == "Uusikatu 9"
        assert world.sql("select kind, count(*) from payers.task group by kind") == [("mail_returned", 1)]


def test_disputes_plans_and_stops_are_seen_by_all_and_whose_they_are_by_nobody(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        for organisation in (world.town, world.water):
            a_reason(world, organisation=organisation)
        world.take(world.town, a_person("1", AAPO))
        world.take(world.water, a_person("50", AAPO))
        tell(world, ReportKind.DISPUTE_OPENED, reference="lasku K17", on=date(2026, 3, 1))
        tell(world, ReportKind.PAYMENT_PLAN, reference="K17-plan", until=date(2026, 4, 30))
        tell(world, ReportKind.STOP_SET, reference="K18", reason="ban")
        seen = stops(world, "50", organisation=world.water)
        assert seen == {
            "dispute": ("2026-03-01", None),
            "payment_plan": ("2026-03-02", "2026-04-30"),
            "ban": ("2026-03-02", None),
        }
        told = answer(world, "50", organisation=world.water, viewer=a_viewer(Role.INVOICER, world.water))
        assert told["may"] == {"invoicing": True, "collection": False}
        text = str(told)
        assert "K1" not in text, "no identifier has such a letter"
        assert "kuusilahti" not in text
        assert stops(world, "1", on=date(2026, 5, 1)) == {"dispute": ("2026-03-01", None), "ban": ("2026-03-02", None)}

        world.clock.pass_days(10)
        tell(world, ReportKind.DISPUTE_CLOSED, reference="lasku K17")
        assert set(stops(world, "50", organisation=world.water)) == {"payment_plan", "ban"}
        assert "dispute" in stops(world, "50", organisation=world.water, on=date(2026, 3, 5))
        with pytest.raises(Missing):
            tell(world, ReportKind.DISPUTE_CLOSED, reference="lasku K17", key="again")
        tell(world, ReportKind.STOP_LIFTED, reference="K18", on=world.clock.at.date() + timedelta(days=5))
        assert "ban" in stops(world, "1")
        assert "ban" not in stops(world, "1", on=world.clock.at.date() + timedelta(days=5))
        tell(world, ReportKind.DISPUTE_OPENED, reference="lasku K17")
        assert stops(world, "1")["dispute"] == ("2026-03-12", None)
        assert [(hit.customerships, hit.ended) for hit in world.find("50")] == [
            ([(world.town.id, "1"), (world.water.id, "50")], False)
        ], "what is told back is no customership"


def test_a_refused_channel_is_passed_over_until_a_newer_order_and_a_wrong_person_stops_the_teller(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        a_reason(world, *EVERY)
        a_reason(world, organisation=world.water)
        where = {"einvoice_address__address": "003712345671", "einvoice_address__operator": "003721291126"}
        world.take(world.town, a_company("1", **where), a_person("2", BEA))
        world.take(world.water, a_person("50", BEA))
        sent = ask(world, "1")
        tell(world, ReportKind.CHANNEL_REFUSED, None, receipt=sent.receipt.id)
        channel = answer(world, "1")["deliveries"][0]["channel"]
        assert (channel["code"], channel["passed"]["einvoice"]) == ("mailbox", "refused")
        world.take(world.town, a_company("1", **where | {"einvoice_address__address": "003799999992"}))
        assert answer(world, "1")["deliveries"][0]["channel"]["routing"]["address"] == "003799999992"
        tell(world, ReportKind.CHANNEL_REFUSED, "2", channel=Channel.MAILBOX)
        assert answer(world, "2")["deliveries"][0]["channel"]["code"] == "letter"

        tell(world, ReportKind.WRONG_PERSON, "2")
        assert stops(world, "2") == {"wrong_person": ("2026-03-02", None)}
        elsewhere = answer(world, "50", organisation=world.water)
        assert (elsewhere["stops"], elsewhere["may"]["invoicing"]) == ([], True)
        assert [one["code"] for one in elsewhere["uncertain"]] == ["identity_doubted"]


def test_what_does_not_hold_is_rejected_by_field_and_a_key_means_one_thing(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        a_reason(world)
        world.take(world.town, a_person("1", AAPO), a_person("2", BEA))
        world.take(world.water, a_person("50", CALLE))
        today = world.clock.at.date()
        sent = ask(world, "1")
        for error, field, kind, number, more in (
            (Rejected, "reference", ReportKind.DISPUTE_OPENED, "1", {}),
            (Rejected, "reference", ReportKind.STOP_LIFTED, "1", {"reference": "x" * 71}),
            (Rejected, "until", ReportKind.PAYMENT_PLAN, "1", {"reference": "1", "until": today - timedelta(days=1)}),
            (Rejected, "reason", ReportKind.STOP_SET, "1", {"reference": "1"}),
            (Rejected, "reason", ReportKind.STOP_SET, "1", {"reference": "1", "reason": "whim"}),
            (Rejected, "address", ReportKind.MAIL_RETURNED, "1", {}),
            (Rejected, "address", ReportKind.MAIL_RETURNED, "1", {"address": {"street": "=A1"}}),
            (Rejected, "cause", ReportKind.MAIL_RETURNED, "1", {"address": PERMANENT, "cause": "whim"}),
            (Rejected, "channel", ReportKind.CHANNEL_REFUSED, "1", {}),
            (Rejected, "address", ReportKind.CHANNEL_REFUSED, "1", {"channel": Channel.EMAIL}),
            (Rejected, "customer", ReportKind.WRONG_PERSON, None, {}),
            (Rejected, "customer", ReportKind.WRONG_PERSON, "1", {"receipt": sent.receipt.id}),
            (Rejected, "delivery", ReportKind.MAIL_RETURNED, None, {"receipt": sent.receipt.id, "delivery": 3}),
            (Rejected, "delivery", ReportKind.CHANNEL_REFUSED, None, {"receipt": sent.receipt.id}),
            (Missing, "customer_number", ReportKind.WRONG_PERSON, "50", {}),
            (Missing, None, ReportKind.DISPUTE_CLOSED, "1", {"reference": "no such"}),
        ):
            with pytest.raises(error) as wrong:
                tell(world, kind, number, **more)
            assert wrong.value.field == field, (kind, more)
        with pytest.raises(Rejected):
            tell(world, ReportKind.WRONG_PERSON, key="x" * 201)
        with pytest.raises(Refused):
            tell(world, ReportKind.WRONG_PERSON, viewer=a_viewer(Role.INVOICER, world.water))
        with pytest.raises(Missing):
            tell(world, ReportKind.WRONG_PERSON, None, receipt=sent.receipt.id, organisation=world.water)
        tell(world, ReportKind.DISPUTE_OPENED, reference="1", key="k")
        with pytest.raises(Conflict):
            tell(world, ReportKind.DISPUTE_OPENED, reference="2", key="k")
        with pytest.raises(Conflict):
            tell(world, ReportKind.DISPUTE_OPENED, "2", reference="1")
        assert tell(world, ReportKind.DISPUTE_OPENED, reference="1", key="another").new is False


def test_a_task_is_settled_once_with_words(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        a_reason(world)
        world.take(world.town, a_person("1", AAPO))
        tell(world, ReportKind.WRONG_PERSON)
        door, purpose = world.register.door, world.maintainer.purposes()[0]
        with door.read(world.maintainer, Action.WORK_READ, purpose) as tx:
            (task,) = payers.tasks(tx)
        assert (task.kind, task.name) == (TaskKind.WRONG_PERSON, "Kuvitteellinen Aapo Testi")
        for settlement, error in ((" ", Rejected), ("checked against VTJ", None), ("again", Conflict)):
            if error is None:
                with door.write(world.maintainer, Action.WORK_DECIDE, purpose) as tx:
                    payers.settle(tx, task.id, settlement)
                continue
            with pytest.raises(error), door.write(world.maintainer, Action.WORK_DECIDE, purpose) as tx:
                payers.settle(tx, task.id, settlement)
        with door.read(world.maintainer, Action.WORK_READ, purpose) as tx:
            assert payers.tasks(tx) == []
