"""Who pays, over HTTP: asked, explained, receipted, by the batch, told back; and what bad input gets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from httpx2 import Response

from rekisteri.api import payer_examples as examples
from rekisteri.api.payer_shapes import ResolvedAnswer
from rekisteri.catalogue import Role
from rekisteri.ground import clock
from tests.api.calling_system import a_system_world
from tests.api.world import HOME, OTHER, World, a_world, row, with_codes

REASON = "PAIVAHOITO"
LINES = {"content-type": "application/x-ndjson"}


def a_reason(world: World, *channels: str, organisation: str = HOME, **more: Any) -> None:
    """A payment reason of an organisation, by letter unless told otherwise."""
    told = {
        "organisation": organisation, "code": REASON, "name_fi": "Hoito", "name_sv": "Vård", "name_en": "Care",
        "channels": list(channels or ("letter",)), "last_resort": "letter", **more,
    }  # fmt: skip
    made = world.client.post("/payers/reasons", json=told, headers=world.headers(Role.MAINTAINER))
    assert made.status_code == 200, made.text


def a_paying_world(world: World) -> dict[str, str]:
    """Two customers of the home organisation, one of the other, and a reason of each; the home invoicer's headers."""
    a_reason(world)
    a_reason(world, organisation=OTHER)
    one, two, three = with_codes(3)
    world.bring([row(1, one), row(2, two)])
    world.bring([row(50, one), row(51, three)], organisation=OTHER)
    return world.headers(Role.INVOICER)


def question(**named: Any) -> dict[str, Any]:
    return {"organisation": HOME, "payment_reason": REASON, **named}


def problem(answer: Response) -> tuple[int, str | None]:
    """Status and field of a problem; every one is in the one shape and repeats nothing of an identity code."""
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    told = answer.json()
    assert told["detail"] and told["type"].startswith("urn:rekisteri:problem:"), told
    return answer.status_code, told.get("field")


def today() -> str:
    return clock.day(datetime.now(UTC)).isoformat()


def test_one_answer_tells_who_pays_where_and_how_in_words_too_and_its_receipt_shows_the_same_bytes(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = a_paying_world(world)
        person = with_codes(1)[0]
        for named in ({"customer_number": "1"}, {"hetu": person.hetu}, {"party": world.customer(person.hetu)}):
            asked = world.client.post("/payers/resolve", json=question(**named), headers=headers)
            assert asked.status_code == 200, asked.text
            told = asked.json()["answer"]
            assert (told["payment_reason"], told["may"]) == (REASON, {"invoicing": True, "collection": True})
            (bill,) = told["deliveries"]
            assert bill["channel"]["code"] == "letter"
            assert bill["lines"][-1] == f"{person.address.postcode} {person.address.town.upper()}"
            assert (bill["why"]["rule"], bill["address"]["why"]["age_days"]) == ("recipient.oneself", 0)
            assert "explanation" not in asked.json()
        for language, word in (("fi", "Kirje"), ("sv", "rev"), ("en", "etter")):
            spoken = world.client.post(
                "/payers/resolve", json=question(customer_number="1", explain=True),
                headers=headers | {"Accept-Language": language},
            ).json()["explanation"]  # fmt: skip
            assert {"key", "heading", "sentences"} == spoken[0].keys()
            assert word.lower() in str(spoken).lower(), spoken

        receipt = asked.json()["receipt"]["id"]
        moved = person.address.street + " 99"
        world.bring([row(1, person, osoite_katu=moved)])
        now = world.client.post("/payers/resolve", json=question(customer_number="1"), headers=headers)
        assert moved in now.json()["answer"]["deliveries"][0]["lines"]
        shown = world.client.get(f"/receipts/{receipt}", headers=headers)
        assert shown.content == asked.content, "the address of a bill that was sent does not change"
        worded = world.client.get(f"/receipts/{receipt}", params={"explain": True}, headers=headers).json()
        assert worded["explanation"] and worded["answer"] == shown.json()["answer"]
        proof = world.client.post("/receipts/verify", json=shown.json(), headers=headers).json()
        bent = shown.json()
        bent["answer"]["deliveries"][0]["lines"][0] = "Joku Muu"
        assert (proof, world.client.post("/receipts/verify", json=bent, headers=headers).json()) == (
            {"valid": True}, {"valid": False}
        )  # fmt: skip
        (key,) = world.client.get("/receipts/keys", headers=headers).json()["keys"]
        assert key["id"] == shown.json()["receipt"]["key"]


def test_a_receipt_is_seen_by_its_organisation_and_after_an_order_by_maintainers_alone(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        headers, keeper = a_paying_world(world), world.headers(Role.MAINTAINER)
        asked = world.client.post("/payers/resolve", json=question(customer_number="1"), headers=headers)
        receipt = f"/receipts/{asked.json()['receipt']['id']}"
        elsewhere = world.headers(Role.INTEGRATION, handle=f"integration.{OTHER}")
        assert problem(world.client.get(receipt, headers=elsewhere))[0] == 404
        unknown = "/receipts/00000000-0000-7000-8000-000000000001"
        assert problem(world.client.get(unknown, headers=headers))[0] == 404
        assert problem(world.client.post(
            "/receipts/verify", json={"receipt": {"id": "no"}, "answer": {}}, headers=headers))  == (422, "receipt")  # fmt: skip
        world.bring([row(1, with_codes(1)[0], turvakielto="kyllä")])
        assert problem(world.client.get(receipt, headers=headers))[0] == 404, "hidden is missing, never refused"
        assert problem(world.client.get(f"{receipt}/covered", headers=headers))[0] == 403
        assert world.client.get(f"{receipt}/covered", headers=keeper).content == asked.content


def test_a_question_without_an_answer_is_a_precise_problem_and_never_a_guess(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = a_paying_world(world)
        a_reason(world, "email", code="EI_LOPPUA", last_resort=None)
        world.bring([
            row(7, with_codes(4)[3], henkilotunnus="", ulkomainen_tunnus="SE-1"),
            row(8, with_codes(5)[4], henkilotunnus="", ulkomainen_tunnus="SE-1"),
        ])  # fmt: skip
        day = clock.day(datetime.now(UTC))
        for wanted, asked in (
            ((404, "customer_number"), question(customer_number="77")),
            ((404, "customer_number"), question(customer_number="51")),
            ((404, "hetu"), question(hetu=with_codes(3)[2].hetu)),
            ((404, "party"), question(party=world.customer(with_codes(3)[2].hetu))),
            ((409, "foreign_id"), question(foreign_id="SE-1")),
            ((422, "on"), question(customer_number="1", on="1999-01-01")),
            ((422, "on"), question(customer_number="1", on=(day + timedelta(days=500)).isoformat())),
            ((422, "payment_reason"), question(customer_number="1") | {"payment_reason": "MUU"}),
            ((422, "payment_reason"), question(customer_number="1") | {"payment_reason": "EI_LOPPUA"}),
            ((422, "hetu"), question(hetu="010190-9990")),
            ((422, "customer"), question()),
            ((422, "customer"), question(customer_number="1", hetu=with_codes(1)[0].hetu)),
            ((422, "known_at"), question(customer_number="1", known_at="2026-03-02T12:00:00")),
            ((403, None), question(customer_number="50") | {"organisation": OTHER}),
            ((404, None), question(customer_number="1") | {"organisation": "nobody"}),
        ):
            answer = world.client.post("/payers/resolve", json=asked, headers=headers)
            assert problem(answer) == wanted, (asked, answer.text)
            assert with_codes(3)[2].hetu not in answer.text
        none = world.client.get(
            "/audit/events", params={"action": "payer:resolve"}, headers=world.headers(Role.AUDITOR)
        )
        outcomes = {one["outcome"] for one in none.json()["events"]}
        assert {"missing", "conflict", "rejected", "refused"} <= outcomes, "every one of them is in the log"


def test_a_batch_answers_line_by_line_as_one_act_and_a_bad_line_stops_nothing(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = a_paying_world(world)
        where = {"organisation": HOME, "payment_reason": REASON}
        lines = (
            b'{"customer_number":"1"}', b'{"customer_number":"77"}', b"{", b'{"customer_number":"1","on":"soon"}',
            b'{"customer_number":"2"}', b'{"customer_number":"51"}', b'{"customer_number":"1","payment_reason":"MUU"}',
        )  # fmt: skip
        sent = world.client.post("/payers/bulk", params=where, content=b"\n".join(lines), headers=headers | LINES)
        assert (sent.status_code, sent.headers["content-type"]) == (200, "application/x-ndjson")
        told = [orjson.loads(line) for line in sent.content.splitlines()]
        assert [(one["line"], one.get("problem", {}).get("code")) for one in told] == [
            (1, None), (2, "unknown_customer"), (3, "line_unreadable"), (4, "day_invalid"), (5, None),
            (6, "unknown_customer"), (7, "reason_unknown"),
        ]  # fmt: skip
        alone = world.client.post("/payers/resolve", json=question(customer_number="2"), headers=headers).json()
        assert told[4]["answer"] | {"made_at": ""} == alone["answer"] | {"made_at": ""}, (
            "the same rules, the same answer"
        )
        for one in (told[0], told[4]):
            kept = world.client.get(f"/receipts/{one['receipt']['id']}", headers=headers)
            assert kept.json() == {"receipt": one["receipt"], "answer": one["answer"]}
            assert world.client.post("/receipts/verify", json=kept.json(), headers=headers).json() == {"valid": True}
        events = world.client.get(
            "/audit/events", params={"action": "payer:batch"}, headers=world.headers(Role.AUDITOR)
        ).json()["events"]
        (act,) = [one for one in events if "answered" in one["detail"]]
        assert act["detail"] == {"answered": 2, "problems": 5}
        assert act["subject_count"] == 2
        table = b"customer_number;on\n1;\n2;\n"
        sent = world.client.post("/payers/bulk", params=where, content=table, headers=headers | LINES)
        assert [orjson.loads(one)["line"] for one in sent.content.splitlines()] == [2, 3]
        for bad, more, wanted in (
            (b"", {}, (422, "body")), (b"\xff;\n1\n", {}, (422, "file")), (b"{}", {"organisation": OTHER}, (403, None)), (b"{}", {"organisation": "x"}, (404, None)),
        ):  # fmt: skip
            sent = world.client.post("/payers/bulk", params=where | more, content=bad, headers=headers | LINES)
            assert problem(sent) == wanted
        assert list((tmp_path / "incoming").iterdir()) == [], "nothing of an answer stays on the disk"


def test_what_is_told_back_is_told_once_stands_for_everybody_and_is_somebodys_work(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        headers, keeper = a_paying_world(world), world.headers(Role.MAINTAINER)
        sent = world.client.post("/payers/resolve", json=question(customer_number="1"), headers=headers).json()

        def tell(key: str, kind: str, **more: Any) -> Response:
            told = {"organisation": HOME, "kind": kind, "on": today(), **more}
            return world.client.post("/payers/reports", json=told, headers=headers | {"Idempotency-Key": key})

        first = tell("a", "mail_returned", receipt=sent["receipt"]["id"], cause="moved")
        assert (first.status_code, first.json()["new"], first.json()["task"]) == (201, True, "mail_returned")
        again = tell("a", "mail_returned", receipt=sent["receipt"]["id"], cause="moved")
        assert (again.json()["id"], again.json()["new"]) == (first.json()["id"], False)
        assert tell("b", "stop_set", customer_number="1", reference="K-1", reason="ban").status_code == 201
        assert tell("c", "dispute_opened", customer_number="1", reference="K-2").status_code == 201
        other = world.headers(Role.INTEGRATION, handle=f"integration.{OTHER}")
        seen = world.client.post(
            "/payers/resolve", json=question(customer_number="50") | {"organisation": OTHER}, headers=other
        )
        assert {one["code"] for one in seen.json()["answer"]["stops"]} == {"mail_returned", "ban", "dispute"}
        assert "K-1" not in seen.text and "K-2" not in seen.text and HOME not in seen.text
        assert tell("d", "stop_lifted", customer_number="1", reference="K-1").status_code == 201
        assert tell("e", "dispute_closed", customer_number="1", reference="K-2").status_code == 201
        seen = world.client.post("/payers/resolve", json=question(customer_number="1"), headers=headers)
        assert {one["code"] for one in seen.json()["answer"]["stops"]} == {"mail_returned"}

        (task,) = world.client.get("/payers/tasks", headers=keeper).json()["tasks"]
        assert (task["kind"], task["organisation"]) == ("mail_returned", HOME)
        settle = f"/payers/tasks/{task['id']}/settle"
        done = world.client.post(settle, json={"settlement": "kysyttiin uusi osoite"}, headers=keeper)
        assert done.status_code == 204
        assert problem(world.client.post(settle, json={"settlement": "taas"}, headers=keeper))[0] == 409
        assert world.client.get("/payers/tasks", headers=keeper).json() == {"tasks": [], "cursor": None}


def test_a_collector_tells_back_for_collection_and_the_next_bill_knows(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        invoicer, collector = a_paying_world(world), world.headers(Role.COLLECTOR)
        asked = {"on": today(), "organisation": HOME, "customer_number": "1"}
        reports = (
            ("dispute_opened", {"reference": "P-1"}),
            ("payment_plan", {"reference": "P-2", "until": today()}),
            ("wrong_person", {}),
        )
        for kind, more in reports:
            sent = world.client.post(
                "/payers/reports", json={"kind": kind, **asked, **more}, headers=collector | {"Idempotency-Key": kind}
            )
            assert sent.status_code == 201, sent.text
        seen = world.client.post("/payers/resolve", json=question(customer_number="1"), headers=invoicer).json()[
            "answer"
        ]
        assert {one["code"] for one in seen["stops"]} == {"dispute", "payment_plan", "wrong_person"}
        assert seen["may"] == {"invoicing": False, "collection": False}
        told = world.client.post("/payers/resolve", json=question(customer_number="1"), headers=collector)
        assert told.status_code == 200, told.text
        assert told.json()["answer"]["may"] == {"invoicing": False, "collection": False}


def test_a_report_that_does_not_hold_names_its_field_and_changes_nothing(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = a_paying_world(world)
        sent = world.client.post("/payers/resolve", json=question(customer_number="1"), headers=headers).json()
        base = {"organisation": HOME, "on": today()}
        one = {"customer_number": "1"}
        for wanted, told in (
            ((422, "reference"), {"kind": "dispute_opened", **one}),
            ((422, "reason"), {"kind": "stop_set", "reference": "1", "reason": "whim", **one}),
            ((422, "until"), {"kind": "payment_plan", "reference": "1", "until": "2020-01-01", **one}),
            ((422, "address"), {"kind": "mail_returned", **one}),
            ((422, "channel"), {"kind": "channel_refused", **one}),
            ((422, "customer"), {"kind": "wrong_person"}),
            ((422, "delivery"), {"kind": "mail_returned", "receipt": sent["receipt"]["id"], "delivery": 9}),
            ((404, "customer_number"), {"kind": "wrong_person", "customer_number": "51"}),
            ((404, None), {"kind": "stop_lifted", "reference": "no such", **one}),
            ((404, None), {"kind": "wrong_person", "receipt": "00000000-0000-7000-8000-000000000001"}),
            ((404, None), {"kind": "wrong_person", "organisation": "nobody", **one}),
            ((403, None), {"kind": "wrong_person", "organisation": OTHER, "customer_number": "50"}),
        ):
            answer = world.client.post("/payers/reports", json=base | told, headers=headers | {"Idempotency-Key": "k"})
            assert problem(answer) == wanted, (told, answer.text)
        bare = world.client.post("/payers/reports", json=base | {"kind": "wrong_person", **one}, headers=headers)
        assert problem(bare) == (422, "Idempotency-Key")
        after = world.client.post("/payers/resolve", json=question(customer_number="1"), headers=headers).json()
        assert (after["answer"]["stops"], after["answer"]["uncertain"]) == ([], sent["answer"]["uncertain"])
        keyed = headers | {"Idempotency-Key": "once"}
        for reference, status in (("1", 201), ("1", 201), ("2", 409)):
            told = base | {"kind": "dispute_opened", "reference": reference, **one}
            assert world.client.post("/payers/reports", json=told, headers=keyed).status_code == status


def test_a_payment_reason_is_set_read_ended_and_one_that_does_not_hold_is_rejected(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        keeper = world.headers(Role.MAINTAINER)
        a_reason(world, "consumer_einvoice", "letter")
        a_reason(world, organisation=OTHER)
        told = world.client.get("/payers/reasons", params={"organisation": HOME}, headers=keeper).json()["reasons"]
        assert [(one["code"], one["channels"]) for one in told] == [(REASON, ["consumer_einvoice", "letter"])]
        bad = {
            "organisation": HOME,
            "code": "X",
            "name_fi": "a",
            "name_sv": "b",
            "name_en": "c",
            "channels": ["letter"],
        }
        for field, changed in (
            ("code", {"code": "x*y"}), ("name_sv", {"name_sv": " "}), ("channels", {"channels": []}),
            ("channels", {"channels": ["letter", "letter"]}), ("valid_to", {"valid_to": "2001-01-01"}),
        ):  # fmt: skip
            answer = world.client.post("/payers/reasons", json=bad | changed, headers=keeper)
            assert problem(answer) == (422, field), answer.text
        invoicer = world.headers(Role.INVOICER)
        assert problem(world.client.post("/payers/reasons", json=bad, headers=invoicer))[0] == 403
        ended = {"organisation": HOME, "code": REASON}
        assert world.client.post("/payers/reasons/end", json=ended, headers=keeper).status_code == 204
        assert problem(world.client.post("/payers/reasons/end", json=ended, headers=keeper))[0] == 404


def test_a_registered_system_runs_the_bills_of_its_organisation_and_of_no_other(
    database_url: str, tmp_path: Path
) -> None:
    with a_system_world(database_url, tmp_path) as (world, system):
        a_paying_world(world)
        assert system.gets_in().status_code == 200
        one = system.calls("POST", "/payers/resolve", json=question(customer_number="1"))
        assert one.status_code == 200, one.text
        where = {"organisation": HOME, "payment_reason": REASON}
        lines = b'{"customer_number":"1"}\n{"customer_number":"2"}\n'
        many = system.calls("POST", "/payers/bulk", params=where, content=lines, headers=LINES)
        assert [orjson.loads(line)["line"] for line in many.content.splitlines()] == [1, 2]
        told = {"organisation": HOME, "kind": "wrong_person", "on": today(), "customer_number": "2"}
        back = system.calls("POST", "/payers/reports", json=told, headers={"Idempotency-Key": "w"})
        assert back.status_code == 201
        elsewhere = question(customer_number="50") | {"organisation": OTHER}
        assert system.calls("POST", "/payers/resolve", json=elsewhere).status_code == 403


def test_the_examples_of_the_description_are_questions_the_api_takes_and_answers_it_gives(
    database_url: str, tmp_path: Path
) -> None:
    ResolvedAnswer.model_validate_json(orjson.dumps(dict(examples.ANSWER)))
    with a_world(database_url, tmp_path) as world:
        headers = a_paying_world(world)
        world.bring([row(100001, with_codes(4)[3])])
        paths = world.client.get("/openapi.json").json()["paths"]
        told = paths["/payers/resolve"]["post"]
        assert told["responses"]["200"]["content"]["application/json"]["example"]["answer"]["version"] == 1
        statuses = {}
        for name, example in told["requestBody"]["content"]["application/json"]["examples"].items():
            statuses[name] = world.client.post("/payers/resolve", json=example["value"], headers=headers).status_code
        assert (statuses["by_number"], statuses["by_code"]) == (200, 404)
        lines = paths["/payers/bulk"]["post"]["requestBody"]["content"]["application/x-ndjson"]["examples"]["lines"]
        where = {"organisation": HOME, "payment_reason": REASON}
        sent = world.client.post("/payers/bulk", params=where, content=lines["value"].encode(), headers=headers | LINES)
        assert [orjson.loads(one).get("problem", {}).get("code") for one in sent.content.splitlines()] == [
            None, "unknown_customer"
        ]  # fmt: skip
        reports = paths["/payers/reports"]["post"]["requestBody"]["content"]["application/json"]["examples"]
        for name, example in reports.items():
            keyed = headers | {"Idempotency-Key": name}
            answer = world.client.post("/payers/reports", json=example["value"], headers=keyed)
            assert answer.status_code == (404 if "receipt" in example["value"] else 201), answer.text
