"""One shape for every error, and never a letter of what was sent: a canary code is looked for everywhere."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from uuid import UUID

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from rekisteri import parties
from rekisteri.access import Action
from rekisteri.api.problems import problem
from rekisteri.catalogue import Role
from rekisteri.cli.serve import together
from rekisteri.ground.errors import Missing
from tests.api.world import HOME, a_world, row, with_codes

CANARY = "010190-999X"


def test_errors_of_http_itself_have_the_same_shape(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.MAINTAINER)
        for answer, status in (
            (world.client.get("/nothing/here", headers=headers), 404),
            (world.client.put("/session", headers=headers), 405),
            (world.client.post("/customers/search", content=b"{", headers=headers), 422),
            (world.client.post("/customers/search", json={"text": ""}, headers=headers), 422),
            (world.client.post("/customers/search", content=b" " * (2 << 20), headers=headers), 413),
            (world.client.get("/catalogue"), 401),
        ):
            problem = answer.json()
            assert answer.status_code == problem["status"] == status
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert problem["type"].startswith("urn:rekisteri:problem:")
            assert problem["title"] and problem["detail"]
            assert problem["instance"] == f"urn:uuid:{answer.headers['X-Request-Id']}"
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("language", "told", "hint"),
    [
        (None, "fi", "Rooleissasi ei ole oikeutta: Lokin katselu (audit:search)."),
        ("sv", "sv", "Dina roller har inte rättigheten: Visning av logg (audit:search)."),
        ("de, en;q=0.5", "en", "Your roles do not carry audit:search;"),
    ],
)
def test_a_problem_is_told_in_the_callers_language_to_its_last_sentence(
    database_url: str, tmp_path: Path, language: str | None, told: str, hint: str
) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.INVOICER) | ({"Accept-Language": language} if language else {})
        answer = world.client.get("/audit/events", headers=headers)
        assert (answer.status_code, answer.headers["Content-Language"]) == (403, told)
        assert answer.json()["detail"].startswith(hint)


def test_a_sentence_nobody_has_translated_is_marked_english() -> None:
    scope: Scope = {"type": "http", "headers": [(b"accept-language", b"sv")]}
    answer = problem(scope, Missing("Quite a new sentence."))
    assert (json.loads(answer.body)["detail"], answer.headers["Content-Language"]) == (
        "Quite a new sentence.",
        "sv, en",
    )


def test_nobody_learns_the_form_of_a_question_before_signing_in(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        answer = world.client.post("/customers/search", json={"wrong": 1}, headers={"Authorization": "Bearer x"})
        assert (answer.status_code, "faults" in answer.json()) == (401, False)


def test_a_large_body_is_not_read_from_a_stranger(database_url: str, tmp_path: Path) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("the body was read")

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/imports", "raw_path": b"/imports", "query_string": b"", "root_path": "",
        "headers": [(b"content-type", b"multipart/form-data; boundary=x"), (b"content-length", b"1000000000")],
    }  # fmt: skip
    with a_world(database_url, tmp_path) as world:
        asyncio.run(world.client.app(scope, receive, send))
    assert sent[0]["status"] == 401


def test_a_failure_nobody_foresaw_is_a_problem_without_its_message(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(f"a library quotes {CANARY}")

    with a_world(database_url, tmp_path) as world:
        monkeypatch.setattr(parties, "search", fail)
        answer = world.client.post("/customers/search", json={"text": "x"}, headers=world.headers(Role.MAINTAINER))
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:rekisteri:problem:error")
    logged = capsys.readouterr()
    assert "RuntimeError" in logged.out + logged.err
    assert CANARY not in answer.text + logged.out + logged.err


def test_an_identity_code_comes_back_in_no_problem_header_log_or_event(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with a_world(database_url, tmp_path) as world:
        person = with_codes(1)[0]
        world.bring([row(1, person)])
        place = f"/customers/{world.customer(person.hetu)}"
        keeper = world.headers(Role.MAINTAINER) | {"If-Match": "*"}
        post = world.client.post
        answers = [
            post("/customers/lookup", json={"hetu": CANARY}, headers=keeper),
            post("/customers/lookup", json={CANARY: CANARY}, headers=keeper),
            post("/customers/search", json={"text": CANARY, CANARY: 1}, headers=keeper),
            post("/customers/search", json={"text": {"a": CANARY}}, headers=keeper),
            post("/customers/search", content=f'{{"text": "{CANARY}'.encode(), headers=keeper),
            post("/customers", json={"organisation": HOME, "parts": {CANARY: "x"}}, headers=keeper),
            post("/customers", json={"organisation": CANARY, "parts": {"surname": "x"}}, headers=keeper),
            post("/customers", json={"organisation": HOME, "parts": {"hetu": CANARY, "surname": CANARY}}, headers=keeper),
            post(f"{place}/corrections", json={"item": CANARY, "parts": {"": "x"}, "reason": "x"}, headers=keeper),
            post(f"{place}/corrections", json={"item": "hetu", "parts": {"": CANARY}, "reason": "x"}, headers=keeper),
            post(f"{place}/corrections", json={"item": "phone", "parts": {CANARY: CANARY}, "reason": "x"}, headers=keeper),
            post(f"{place}/corrections/{CANARY}/withdraw", json={"reason": "x"}, headers=keeper),
            post("/customers/search", json={"text": "x"}, headers=keeper | {"Rekisteri-Case": f"case {CANARY}"}),
            post("/customers/search", json={"text": "x"}, headers=keeper | {"Rekisteri-Purpose": CANARY}),
            post("/session", json={"account": CANARY, "password": CANARY}),
            world.client.get(f"/customers/{CANARY}", headers=keeper),
            world.client.get(f"/{CANARY}", headers=keeper),
            post(
                "/imports", files={"file": (f"{CANARY}.csv", f"asiakasnumero;henkilotunnus\n5;{CANARY}\n".encode())},
                data={"organisation": HOME, "mode": "delta"}, headers=world.headers(Role.INTEGRATION),
            ),
        ]  # fmt: skip
        for answer in answers:
            assert answer.status_code < 500, answer.text
            assert CANARY not in answer.text, answer.request.url
            assert CANARY not in str(answer.headers)
        officer = world.headers(Role.OFFICER)
        log = world.client.get("/audit/events", params={"limit": 200}, headers=officer)
        assert CANARY not in log.text
    told = capsys.readouterr()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    assert CANARY not in "".join(ours) + told.out + told.err
    assert Action.CUSTOMER_READ.policy.name in log.text


def test_an_address_no_route_can_read_is_answered_as_a_problem_too(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, TestClient(together(world.register)) as whole:
        answer = whole.get("/api/v1/accounts/a%0Ab/grants", headers={"host": "localhost"})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
        assert answer.json()["instance"].startswith("urn:uuid:")


def test_a_parameter_given_twice_is_taken_neither_way(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        officer = world.headers(Role.OFFICER)
        assert world.client.get("/audit/events?account=a&outcome=done", headers=officer).status_code == 200
        twice = world.client.get("/audit/events?account=a&account=b", headers=officer)
        assert (twice.status_code, twice.json()["type"]) == (422, "urn:rekisteri:problem:rejected")
        paths = world.client.app.openapi()["paths"]  # type: ignore[attr-defined]
        lists = [
            (path, parameter["name"])
            for path, operations in paths.items()
            for operation in operations.values()
            for parameter in operation.get("parameters", ())
            if parameter["schema"].get("type") == "array"
        ]
        assert lists, "a list is given by name again and again"
        for path, name in lists:
            again = f"{path.replace('{notice_id}', str(UUID(int=1)))}?{name}=a&{name}=b"
            assert "more than once" not in world.client.get(again, headers=officer).text
