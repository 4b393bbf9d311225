"""The API of banks: a notice told, orders in, a message decided, the notice ended, by other systems."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rekisteri import payers
from rekisteri.access import Action
from rekisteri.access import organisation as organisation_of
from rekisteri.catalogue import Purpose, Role, Text
from rekisteri.payers import Channel, LastResort, Policy
from rekisteri.sources import banks
from tests.api.world import HOME, World, a_world, row, with_codes
from tests.builders import a_viewer
from tests.sources.banks.billing import NOTICE
from tests.sources.banks.mandating import ACCOUNT, CREDITOR, Mandating, cancellation, initiation
from tests.sources.banks.writing import Told

AGREED = "Soitettu asiakkaalle"


def a_reason(world: World) -> None:
    """The town bills for day-care."""
    policy = Policy((Channel.CONSUMER_EINVOICE, Channel.LETTER), LastResort.LETTER)
    with world.register.door.write(a_viewer(Role.MAINTAINER), Action.REASON_MANAGE, Purpose.UPKEEP) as tx:
        payers.set_reason(tx, organisation_of(tx, HOME).id, "PH", Text("Lasku", "Faktura", "Invoice"), policy)


def send(world: World) -> None:
    """What is ready goes to the banks."""
    with world.register.door.write(a_viewer(Role.MAINTAINER), Action.BANK_EXCHANGE, Purpose.UPKEEP) as tx:
        out = banks.outgoing(tx, world.register.vault)
        banks.sent(tx, world.register.vault, [one.id for one in out])


def put(world: World, headers: dict[str, str], content: bytes) -> dict[str, Any]:
    """A bank's file."""
    answer = world.client.post("/banks/files", files={"file": ("ri.dat", content)}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ask(world: World, path: str, headers: dict[str, str], **question: Any) -> dict[str, Any]:
    """A question answered well."""
    answer = world.client.get(path, headers=headers, params=question)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_notice_its_orders_and_its_end_by_other_systems(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        one, other = with_codes(2)
        world.bring([row(1, one), row(2, other)])
        a_reason(world)
        headers = world.headers(Role.MAINTAINER)
        drafted = world.client.post(
            "/banks/notices", json={"organisation": HOME, "content": banks.to_json(NOTICE)}, headers=headers
        )
        assert drafted.status_code == 200, drafted.text
        notice = f"/banks/notices/{drafted.json()['notice']}"
        issued = world.client.post(f"{notice}/issue", headers=headers).json()
        assert {one["state"] for one in issued["at_banks"]} == {"ready"}
        send(world)
        assert {one["state"] for one in ask(world, notice, headers)["at_banks"]} == {"sent"}

        assert (one.hetu, other.hetu) != (None, None)
        sure = Told(message_id="A1", hetu=one.hetu, name=f"{one.surname} {one.first_names}")
        unsure = Told(message_id="A2", address="FI5810171000000122", hetu=other.hetu, name="AIVAN TOINEN")
        report = put(world, headers, (sure.text() + unsure.text()).encode("iso-8859-15"))
        assert (report["matched"], report["held"], report["orders"]) == (1, 1, 1)
        assert [held["hold"] for held in report["holds"]] == ["name_contradicts"]

        work = ask(world, "/banks/work", headers)
        assert (work["count"], work["messages"][0]["why"]["hold"]) == (1, "name_contradicts")
        place = f"/banks/work/{work['messages'][0]['message']}"
        detail = world.client.get(place, headers=headers)
        candidate = detail.json()["candidates"][0]["customer"]
        assert (candidate, other.hetu in detail.text) == (world.customer(other.hetu), False)
        decision = {"decision": "matched", "customer": candidate, "reason": AGREED}
        decided = world.client.post(f"{place}/decision", json=decision, headers=headers)
        assert decided.json() == {"held_still": None}
        assert world.client.post(f"{place}/decision", json=decision, headers=headers).status_code == 409

        (why, *_) = ask(world, f"/banks/customers/{candidate}", headers)["messages"]
        assert (why["payment_reason"], why["organisation"], why["decision_reason"]) == ("PH", HOME, AGREED)
        assert why["why"].endswith("sääntö 5")
        pause = f"/banks/orders/{why['order']}/pause"
        for paused, in_force in ((True, False), (False, True)):
            changed = world.client.post(pause, json={"paused": paused, "reason": AGREED}, headers=headers).json()
            assert (changed["paused"], changed["in_force"]) == (paused, in_force)
        assert world.client.post(pause, json={"paused": False, "reason": AGREED}, headers=headers).status_code == 409

        proposal = {"customer": candidate, "bank": "OKOYFIHH", "address": "FI49 5000 9420 0287 30"}
        assert world.client.post(f"{notice}/proposals", json=proposal, headers=headers).status_code == 200
        proposal["bank"] = "SBANFIHH"
        assert world.client.post(f"{notice}/proposals", json=proposal, headers=headers).status_code == 422

        affected = ask(world, f"{notice}/affected", headers, bank="NDEAFIHH")
        assert {one["customer"] for one in affected["payers"]} == {world.customer(one.hetu), candidate}
        ending = {"banks": ["NDEAFIHH"], "confirmed": 1}
        assert world.client.post(f"{notice}/end", json=ending, headers=headers).status_code == 409
        ended = world.client.post(f"{notice}/end", json=ending | {"confirmed": 2}, headers=headers)
        assert [one["action"] for one in ended.json()["at_banks"]] == ["delete"]
        send(world)
        assert ask(world, "/banks/notices", headers)["notices"][0]["orders"] == 0


def test_a_file_that_does_not_hold_is_quarantined_and_decided(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.MAINTAINER)
        report = put(world, headers, Told().text().encode("iso-8859-15")[:-40])
        assert (report["state"], report["hold"]["hold"], report["messages"]) == ("quarantined", "half_message", 0)
        place = f"/banks/files/{report['file']}"
        assert ask(world, place, headers)["state"] == "quarantined"
        again = {"decision": "released", "reason": AGREED}
        assert world.client.post(f"{place}/decision", json=again, headers=headers).status_code == 409
        decided = world.client.post(f"{place}/decision", json=again | {"decision": "rejected"}, headers=headers)
        assert (decided.json()["state"], decided.json()["decision_reason"]) == ("rejected", AGREED)
        assert [one["state"] for one in ask(world, "/banks/files", headers)["files"]] == ["rejected"]
        assert ask(world, "/banks/answers", headers) == {"answers": []}
        invoicer = world.headers(Role.INVOICER)
        for path in ("/banks/files", "/banks/work"):
            assert world.client.get(path, headers=invoicer).status_code == 403
        assert ask(world, "/banks/notices", invoicer) == {"notices": []}


def test_mandates_are_taken_followed_and_decided(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        one, other = with_codes(2)
        world.bring([row(1, one), row(2, other)])
        a_reason(world)
        headers = world.headers(Role.MAINTAINER)
        sure = Mandating(hetu=one.hetu, name=f"{one.surname} {one.first_names}")
        unsure = Mandating(reference="M-2", hetu=other.hetu, name="Aivan Toinen")
        report = put(world, headers, initiation(sure, unsure).encode())
        assert [held["hold"] for held in report["holds"]] == ["creditor_unknown"]
        assert len(ask(world, "/banks/mandate-messages", headers)["messages"]) == 2
        creditor = {"creditor": CREDITOR, "organisation": HOME, "payment_reason": "PH"}
        wrong = world.client.post("/banks/creditors", json=creditor | {"creditor": "FI00ZZZ1"}, headers=headers)
        assert wrong.status_code == 422
        settled = world.client.post("/banks/creditors", json=creditor, headers=headers)
        assert settled.json() == {"mandates": 2, "changed": 1}
        assert ask(world, "/banks/creditors", headers)["creditors"] == [creditor | {"answered": False}]

        mine = ask(world, "/banks/mandates", headers, customer=world.customer(one.hetu))["mandates"]
        assert [(told["reference"], told["state"]) for told in mine] == [("M-1", "active")]
        (held,) = ask(world, "/banks/mandates", headers, held=True)["mandates"]
        place = f"/banks/mandates/{held['mandate']}"
        detail = world.client.get(place, headers=headers)
        assert other.hetu is not None and other.hetu not in detail.text and ACCOUNT not in detail.text
        decision = {"decision": "matched", "customer": detail.json()["candidates"][0]["customer"], "reason": AGREED}
        decided = world.client.post(f"{place}/decision", json=decision, headers=headers)
        assert (decided.json()["outcome"], decided.json()["customer"]) == ("matched", world.customer(other.hetu))
        assert world.client.post(f"{place}/decision", json=decision, headers=headers).status_code == 409

        put(world, headers, cancellation("M-7", initiator=None).encode())
        (aside,) = ask(world, "/banks/mandate-messages", headers)["messages"]
        path = f"/banks/mandate-messages/{aside['message']}/rejection"
        assert world.client.post(path, json={"reason": AGREED}, headers=headers).json() == {"messages": []}
        assert world.client.get("/banks/mandates", headers=world.headers(Role.INVOICER)).status_code == 403
