"""The client: one method an operation, typed answers, problems as exceptions."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from http import HTTPStatus
from itertools import islice
from types import TracebackType
from typing import Any, Literal, Self, TypeVar
from uuid import UUID

import httpx2

from rekisteri_client import models
from rekisteri_client.errors import Problem, problem
from rekisteri_client.models import Line, Reported, Resolved

API = "/api/v1"
NDJSON = "application/x-ndjson"
BATCH_LINES = 50_000
"""Lines of one batch: one act of the register, and one entry of its log."""
BULK_TIMEOUT_S = 600.0
AGAIN = frozenset(
    {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)
Purpose = Literal["invoicing", "collection", "upkeep"]
Kind = Literal[
    "mail_returned", "channel_refused", "wrong_person", "dispute_opened", "dispute_closed", "payment_plan", "stop_set",
    "stop_lifted",
]  # fmt: skip
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer, by exactly one identifier; make one by the name of the identifier."""

    by: Literal["hetu", "ytunnus", "foreign_id", "customer_number", "party"]
    identifier: str

    @classmethod
    def number(cls, customer_number: str) -> Customer:
        """By the organisation's own customer number."""
        return cls("customer_number", customer_number)

    @classmethod
    def hetu(cls, code: str) -> Customer:
        """By identity code."""
        return cls("hetu", code)

    @classmethod
    def ytunnus(cls, code: str) -> Customer:
        """By business ID."""
        return cls("ytunnus", code)

    @classmethod
    def foreign_id(cls, identifier: str) -> Customer:
        """By a foreign identifier."""
        return cls("foreign_id", identifier)

    @classmethod
    def party(cls, party: UUID) -> Customer:
        """By the customer's id in the register."""
        return cls("party", str(party))

    def as_json(self) -> dict[str, str]:
        """As the register reads it."""
        return {self.by: self.identifier}


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a batch; reason and day where they are not those of the batch."""

    customer: Customer
    payment_reason: str | None = None
    on: date | None = None

    def line(self) -> bytes:
        """As the register reads it."""
        told = self.customer.as_json()
        if self.payment_reason is not None:
            told["payment_reason"] = self.payment_reason
        if self.on is not None:
            told["on"] = self.on.isoformat()
        return json.dumps(told).encode() + b"\n"


class Client:
    """A connection to a register, for one purpose. Use it in a ``with``, or ``close`` it."""

    def __init__(
        self,
        address: str,
        auth: httpx2.Auth | None = None,
        *,
        purpose: Purpose = "invoicing",
        language: Literal["fi", "sv", "en"] = "fi",
        timeout_s: float = 30.0,
        attempts: int = 3,
        pause_s: float = 0.5,
        verify: Any = True,
    ) -> None:
        """``address`` is the register's, such as https://rekisteri.example; ``auth`` is ``keys.SystemAuth`` or your own."""
        headers = {"Rekisteri-Purpose": purpose, "Accept-Language": language}
        self._http = httpx2.Client(
            base_url=f"{address.rstrip('/')}{API}", auth=auth, headers=headers, timeout=timeout_s, verify=verify
        )
        self._attempts = attempts
        self._pause_s = pause_s

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def resolve(
        self,
        customer: Customer,
        *,
        organisation: str,
        payment_reason: str,
        on: date | None = None,
        known_at: datetime | None = None,
        explain: bool = False,
    ) -> Resolved:
        """Who pays one customer's bill on a day (today), as known at a moment (now). Raises ``Problem``."""
        asked: dict[str, Any] = {"organisation": organisation, "payment_reason": payment_reason, **customer.as_json()}
        if on is not None:
            asked["on"] = on.isoformat()
        if known_at is not None:
            asked["known_at"] = known_at.isoformat()
        if explain:
            asked["explain"] = True
        return self._resolved(self._send("POST", "/payers/resolve", json=asked))

    def resolve_many(
        self, questions: Iterable[Question], *, organisation: str, payment_reason: str, on: date | None = None
    ) -> Iterator[Line]:
        """Who pays, of any number of customers, in the order asked; a line without an answer has its problem.

        Sent in batches of fifty thousand, each one act of the register. Raises ``Problem`` where a batch is refused.
        """
        where = {"organisation": organisation, "payment_reason": payment_reason}
        if on is not None:
            where["on"] = on.isoformat()
        left, done = iter(questions), 0
        while batch := [one.line() for one in islice(left, BATCH_LINES)]:
            yield from self._again(partial(self._batch, b"".join(batch), where, done))
            done += len(batch)

    def report(
        self,
        kind: Kind,
        *,
        organisation: str,
        on: date,
        idempotency_key: str,
        customer: Customer | None = None,
        receipt: UUID | None = None,
        delivery: int = 0,
        address: Mapping[str, str] | None = None,
        channel: str | None = None,
        cause: str | None = None,
        reference: str | None = None,
        reason: str | None = None,
        until: date | None = None,
    ) -> Reported:
        """Tell back what came of a bill; the same key again changes nothing. Raises ``Problem``."""
        told: dict[str, Any] = {
            "kind": kind, "organisation": organisation, "on": on.isoformat(),
            "receipt": None if receipt is None else str(receipt), "delivery": delivery,
            "address": None if address is None else dict(address), "channel": channel, "cause": cause,
            "reference": reference, "reason": reason, "until": None if until is None else until.isoformat(),
            **({} if customer is None else customer.as_json()),
        }  # fmt: skip
        sent = {name: value for name, value in told.items() if value is not None}
        answer = self._send("POST", "/payers/reports", json=sent, headers={"Idempotency-Key": idempotency_key})
        return models.reported(answer.json())

    def receipt(self, receipt: UUID, *, explain: bool = False) -> Resolved:
        """The answer a receipt is of, byte for byte as it was given. Raises ``Problem``."""
        params = {"explain": "true"} if explain else {}
        return self._resolved(self._send("GET", f"/receipts/{receipt}", params=params))

    def verify(self, found: Resolved) -> bool:
        """Whether the receipt is the register's own, for this very answer. Raises ``Problem``."""
        asked = {"receipt": dict(found.receipt.raw), "answer": dict(found.answer.raw)}
        return bool(self._send("POST", "/receipts/verify", json=asked).json()["valid"])

    def _batch(self, sent: bytes, where: Mapping[str, str], first: int) -> list[Line]:
        answer = self._http.post(
            "/payers/bulk", params=where, content=sent, headers={"Content-Type": NDJSON}, timeout=BULK_TIMEOUT_S
        )
        _check(answer)
        return [_line(raw, first) for raw in answer.content.splitlines()]

    def _send(self, method: str, path: str, **more: Any) -> httpx2.Response:
        def once() -> httpx2.Response:
            answer = self._http.request(method, path, **more)
            _check(answer)
            return answer

        return self._again(once)

    def _again(self, act: Callable[[], T]) -> T:
        """Act, and once more where the connection broke or the register was not there."""
        for attempt in range(1, self._attempts):
            try:
                return act()
            except httpx2.TransportError:
                pass
            except Problem as error:
                if error.status not in AGAIN:
                    raise
            time.sleep(self._pause_s * attempt)
        return act()

    @staticmethod
    def _resolved(answer: httpx2.Response) -> Resolved:
        return models.resolved(answer.json(), answer.content)


def _check(answer: httpx2.Response) -> None:
    if answer.is_success:
        return
    try:
        told = answer.json()
    except ValueError:
        told = {}
    raise problem(answer.status_code, told)


def _line(raw: bytes, first: int) -> Line:
    told = json.loads(raw)
    place = first + told["line"] - 1
    if "problem" in told:
        return Line(place, None, models.line_problem(told["problem"]))
    return Line(place, models.resolved(told, raw), None)


__all__: Sequence[str] = ("Client", "Customer", "Question")
