"""The client package against the real server: signed in by its key, over HTTP; and the invoicing run of the docs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

import rekisteri_client as package
from rekisteri.catalogue import Role
from rekisteri.cli.serve import together
from rekisteri.ground import clock
from rekisteri_client import Client, Customer, Missing, Problem, Question, Refused, Rejected, Unavailable
from rekisteri_client import client as module
from rekisteri_client.keys import SystemAuth, TokenRefused
from tests.api.calling_system import System, register
from tests.api.test_payers import a_reason
from tests.api.world import HOME, OTHER, World, a_world, row, with_codes
from tests.web.serving import served

ASKED = {"organisation": HOME, "payment_reason": "PAIVAHOITO"}
RUN = Path(__file__).parents[2] / "docs" / "how-to" / "invoicing-run.md"


def today() -> date:
    return clock.day(datetime.now(UTC))


@contextmanager
def a_served_register(database_url: str, home: Path) -> Iterator[tuple[World, str, SystemAuth]]:
    """A register of two customers at home and one elsewhere, served; and a registered system's way in."""
    with a_world(database_url, home) as world, served(together(world.register)) as address:
        a_reason(world)
        a_reason(world, organisation=OTHER)
        one, two, three = with_codes(3)
        world.bring([row(1, one), row(2, two)])
        world.bring([row(50, one), row(51, three)], organisation=OTHER)
        system = System(world.client)
        register(world, system)
        yield world, address, SystemAuth("laskutus", system.key.as_dict(private=True), issuer=address)


def test_a_system_asks_tells_back_and_proves_with_typed_answers(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH_LINES", 2)
    with a_served_register(database_url, tmp_path) as (_world, address, auth), Client(address, auth) as client:
        person = with_codes(1)[0]
        assert person.hetu is not None
        found = client.resolve(Customer.hetu(person.hetu), **ASKED, explain=True)
        bill = found.answer.deliveries[0]
        assert (bill.channel.code, bill.lines[-1]) == (
            "letter", f"{person.address.postcode} {person.address.town.upper()}"
        )  # fmt: skip
        assert (found.answer.on, found.answer.may_invoice, bill.why.rule) == (today(), True, "recipient.oneself")
        assert found.answer.liable[0].party == found.answer.customer == bill.parties[0]
        assert found.explanation
        assert (
            client.resolve(Customer.party(found.answer.customer), **ASKED).answer.deliveries == found.answer.deliveries
        )
        kept = client.receipt(found.receipt.id)
        assert (kept.answer, kept.receipt) == (found.answer, found.receipt)
        assert client.verify(kept)

        every = [Question(Customer.number(number)) for number in ("1", "77", "2", "51")]
        every.append(Question(Customer.number("1"), "MUU"))
        every.append(Question(Customer.number("1"), on=date(1999, 1, 1)))
        lines = list(client.resolve_many(every, **ASKED, on=today()))
        assert [(one.place, one.problem.code if one.problem else None) for one in lines] == [
            (0, None), (1, "unknown_customer"), (2, None), (3, "unknown_customer"), (4, "reason_unknown"),
            (5, "before_register"),
        ]  # fmt: skip
        assert lines[0].resolved is not None and lines[0].resolved.answer.deliveries == found.answer.deliveries
        assert lines[1].problem is not None and lines[1].problem.cure

        told = {"organisation": HOME, "on": today(), "idempotency_key": "a", "receipt": found.receipt.id}
        first, again = (client.report("mail_returned", **told, cause="moved") for _ in range(2))  # type: ignore[arg-type]
        assert (first.new, first.task, again.new, again.id) == (True, "mail_returned", False, first.id)
        assert {one.code for one in client.resolve(Customer.number("1"), **ASKED).answer.stops} == {"mail_returned"}


def test_problems_come_as_what_they_are_and_what_may_be_asked_again_is(database_url: str, tmp_path: Path) -> None:
    with a_served_register(database_url, tmp_path) as (_world, address, auth), Client(address, auth) as client:
        elsewhere = ASKED | {"organisation": OTHER}
        for error, field, act in (
            (Missing, "customer_number", lambda: client.resolve(Customer.number("77"), **ASKED)),
            (Rejected, "hetu", lambda: client.resolve(Customer.hetu("010190-9990"), **ASKED)),
            (Rejected, "on", lambda: client.resolve(Customer.number("1"), **ASKED, on=date(1999, 1, 1))),
            (Refused, None, lambda: client.resolve(Customer.number("50"), **elsewhere)),
            (Refused, None, lambda: list(client.resolve_many([Question(Customer.number("50"))], **elsewhere))),
            (Missing, None, lambda: client.receipt(UUID(int=7 << 76))),
        ):
            with pytest.raises(error) as wrong:
                act()
            assert (wrong.value.field, bool(str(wrong.value)), bool(wrong.value.instance)) == (field, True, True)
        with Client(address) as nobody, pytest.raises(package.Unidentified):
            nobody.resolve(Customer.number("1"), **ASKED)
        stranger = SystemAuth("stranger", auth._key.as_dict(private=True), issuer=address)
        with Client(address, stranger) as strange, pytest.raises(TokenRefused, match="invalid_client"):
            strange.resolve(Customer.number("1"), **ASKED)


def test_a_register_that_is_not_there_is_asked_so_often_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[str] = []

    def answers(request: httpx2.Request) -> httpx2.Response:
        met.append(request.url.path)
        if len(met) == 1:
            raise httpx2.ConnectError("broken", request=request)
        return httpx2.Response(503, json={"detail": "later", "type": "urn:rekisteri:problem:unavailable"})

    client = Client("http://register.invalid", attempts=3, pause_s=0)
    monkeypatch.setattr(
        client, "_http", httpx2.Client(transport=httpx2.MockTransport(answers), base_url="http://x/api/v1")
    )
    with pytest.raises(Unavailable) as wrong:
        client.receipt(UUID(int=1))
    assert (len(met), wrong.value.kind, wrong.value.status) == (3, "unavailable", 503)
    monkeypatch.setattr(
        client, "_http", httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(418)), base_url="http://x"),
    )  # fmt: skip
    with pytest.raises(Problem, match="answered 418"):
        client.receipt(UUID(int=1))


def code_of(page: Path) -> dict[str, Any]:
    """The names that the Python of a page makes, run as a reader would run it."""
    names: dict[str, Any] = {name: getattr(package, name) for name in package.__all__}
    for block in re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        exec(compile(block, str(page), "exec"), names)  # noqa: S102 - the page's own code is what is tried
    return names


def test_the_invoicing_run_of_the_docs_runs(database_url: str, tmp_path: Path) -> None:
    run = code_of(RUN)
    with a_served_register(database_url, tmp_path) as (world, address, auth), Client(address, auth) as client:
        keeper = world.headers(Role.MAINTAINER)
        bills = [("1", 120), ("77", 80), ("2", 90)]
        ready, held, unknown = run["sort_out"](client, bills, *ASKED.values(), today())
        assert [bill for bill, _ in ready] == [("1", 120), ("2", 90)]
        assert (held, [bill for bill, *_ in unknown]) == ([], [("77", 80)])
        outbox: list[dict[str, Any]] = []
        run["send"](ready, outbox)
        assert [(one["number"], bool(one["lines"])) for one in outbox] == [("1", True), ("2", True)]
        back = run["came_back"](client, outbox[0], HOME, today())
        assert (back.new, back.task) == (True, "mail_returned")
        assert run["disputed"](client, "2", "2026-117", HOME, today()).new
        assert run["may_collect"](address, auth, "2", *ASKED.values()) == (False, {"dispute": None})
        lines, explanation, proved = run["shown"](client, outbox[0])
        assert (tuple(lines), bool(explanation), proved) == (outbox[0]["lines"], True, True)
        ready, held, _ = run["sort_out"](client, bills, *ASKED.values(), today())
        assert [bill for bill, _ in held] == [("1", 120)] and [bill for bill, _ in ready] == [("2", 90)]
        assert len(world.client.get("/payers/tasks", headers=keeper).json()["tasks"]) == 1
