"""What the register answers, as frozen dataclasses. What a newer register tells beyond them is in ``raw``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Why:
    """The rule that decided, and the word it decided by: its source, whether your own, since when, how old."""

    rule: str
    source: str | None
    own: bool
    since: date | None
    heard_on: date | None
    age_days: int | None


@dataclass(frozen=True, slots=True)
class Liable:
    """Somebody who answers for the bill, as what (``oneself``, ``custodian``, ``guardian``, ``estate``, ...)."""

    role: str
    name: str
    party: UUID | None
    ytunnus: str | None
    why: Why


@dataclass(frozen=True, slots=True)
class Channel:
    """The channel (or ``by_hand``, ``none``), what it is routed by, and the channels that would not do, with why."""

    code: str
    routing: Mapping[str, str]
    passed: Mapping[str, str]
    why: Why


@dataclass(frozen=True, slots=True)
class Finvoice:
    """The buyer's fields of Finvoice 3.0; the address is left out where it may not be told or does not fit."""

    names: Sequence[str]
    streets: Sequence[str]
    postcode: str | None
    town: str | None
    country: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One bill on its way. ``lines`` are the envelope's, whole; ``mark`` is the fingerprint of the address."""

    role: str
    parties: Sequence[UUID]
    names: Sequence[str]
    attention: str | None
    lines: Sequence[str]
    finvoice: Finvoice | None
    language: str
    channel: Channel
    mark: str | None
    why: Why


@dataclass(frozen=True, slots=True)
class Stop:
    """What holds invoicing or collection back, since when and until when; never whose claim it is."""

    code: str
    blocks: Sequence[str]
    since: date | None
    until: date | None
    why: Why


@dataclass(frozen=True, slots=True)
class Answer:
    """Who pays, where, how, and may we."""

    organisation: str
    payment_reason: str
    on: date
    customer: UUID
    name: str
    number: str | None
    may_invoice: bool
    may_collect: bool
    liable: Sequence[Liable]
    deliveries: Sequence[Delivery]
    refund_iban: str | None
    stops: Sequence[Stop]
    uncertain: Sequence[str]
    withheld: Sequence[str]
    raw: Json = field(repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What proves an answer; keep its ``id`` with the bill."""

    id: UUID
    made_at: datetime
    raw: Json = field(repr=False)


@dataclass(frozen=True, slots=True)
class Resolved:
    """An answer with its receipt; ``explanation`` in words where it was asked for."""

    answer: Answer
    receipt: Receipt
    explanation: Sequence[str]
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Why a line of a batch has no answer: its code, the field, what is wrong and what to do."""

    code: str
    field: str
    what: str
    cure: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a batch: which of those asked (from 0), and its answer or its problem."""

    place: int
    resolved: Resolved | None
    problem: LineProblem | None


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a report; ``new`` is false where the same had been told before."""

    id: UUID
    customer: UUID
    new: bool
    task: str | None


def resolved(told: Json, raw: bytes) -> Resolved:
    """An answer with its receipt, from its JSON."""
    receipt = told["receipt"]
    words = [sentence for chapter in told.get("explanation") or () for sentence in chapter["sentences"]]
    return Resolved(
        _answer(told["answer"]),
        Receipt(UUID(receipt["id"]), datetime.fromisoformat(receipt["made_at"]), receipt),
        tuple(words),
        raw,
    )


def line_problem(told: Json) -> LineProblem:
    """The problem of a line, from its JSON."""
    return LineProblem(told["code"], told["field"], told["what"], told["cure"])


def reported(told: Json) -> Reported:
    """What became of a report, from its JSON."""
    return Reported(UUID(told["id"]), UUID(told["customer"]), told["new"], told.get("task"))


def _answer(told: Json) -> Answer:
    customer = told["customer"]
    return Answer(
        organisation=told["organisation"],
        payment_reason=told["payment_reason"],
        on=date.fromisoformat(told["on"]),
        customer=UUID(customer["party"]),
        name=customer["name"],
        number=customer.get("number"),
        may_invoice=told["may"]["invoicing"],
        may_collect=told["may"]["collection"],
        liable=tuple(map(_liable, told["liable"])),
        deliveries=tuple(map(_delivery, told["deliveries"])),
        refund_iban=(told.get("refund") or {}).get("iban"),
        stops=tuple(map(_stop, told["stops"])),
        uncertain=tuple(one["code"] for one in told["uncertain"]),
        withheld=tuple(one["item"] for one in told["withheld"]),
        raw=told,
    )


def _liable(told: Json) -> Liable:
    party = told.get("party")
    return Liable(told["as"], told["name"], UUID(party) if party else None, told.get("ytunnus"), _why(told["why"]))


def _delivery(told: Json) -> Delivery:
    channel = told["channel"]
    return Delivery(
        role=told["as"],
        parties=tuple(map(UUID, told["parties"])),
        names=tuple(told["names"]),
        attention=told.get("attention"),
        lines=tuple(told.get("lines") or ()),
        finvoice=_finvoice(told.get("finvoice")),
        language=told["language"]["code"],
        channel=Channel(
            channel["code"], channel.get("routing") or {}, channel.get("passed") or {}, _why(channel["why"])
        ),
        mark=(told.get("address") or {}).get("mark"),
        why=_why(told["why"]),
    )  # fmt: skip


def _finvoice(told: Json | None) -> Finvoice | None:
    if told is None:
        return None
    return Finvoice(
        tuple(told["names"]), tuple(told.get("streets") or ()), told.get("postcode"), told.get("town"), told.get("country")
    )  # fmt: skip


def _stop(told: Json) -> Stop:
    return Stop(told["code"], tuple(told["blocks"]), _day(told, "since"), _day(told, "until"), _why(told["why"]))


def _why(told: Json) -> Why:
    return Why(
        told["rule"], told.get("source"), bool(told.get("own")), _day(told, "since"), _day(told, "heard_on"),
        told.get("age_days"),
    )  # fmt: skip


def _day(told: Json, name: str) -> date | None:
    return date.fromisoformat(told[name]) if told.get(name) else None
