"""What is asked: which customer, for which organisation and payment reason, on which day, as known when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from rekisteri.ground import clock, numbers
from rekisteri.payers.answer import Problem


class By(StrEnum):
    """The kinds of identifiers a customer may be named by."""

    HETU = "hetu"
    YTUNNUS = "ytunnus"
    FOREIGN_ID = "foreign_id"
    CUSTOMER_NUMBER = "customer_number"
    PARTY = "party"


class Question(NamedTuple):
    """One question. ``identifier`` is checked and canonical; ``on`` None is today, ``known_at`` None is now."""

    by: By
    identifier: str
    organisation_id: int
    payment_reason: str
    on: date | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Usual:
    """What holds for every line of a batch that does not say otherwise."""

    organisation_id: int
    payment_reason: str
    on: date | None = None
    known_at: datetime | None = None


FIELDS = frozenset({*By, "payment_reason", "on"})
"""What a line may name."""
IDENTIFIER_MAX = 100
BYS = tuple(By)
NOTHING = (None, "")


def asked(line: Mapping[str, object], usual: Usual) -> Question | Problem:
    """The question a line asks, or what is wrong with it. Nothing of the line is repeated."""
    if not line.keys() <= FIELDS:
        return Problem("line_unreadable", "line")
    named = [by for by in BYS if by in line and line[by] not in NOTHING]
    if len(named) != 1:
        return Problem("identifier_missing", "line")
    by = named[0]
    identifier = checked(by, line[by])
    if identifier is None:
        return Problem("identifier_invalid", by.value)
    on = usual.on
    if "on" in line and line["on"] not in NOTHING:
        try:
            on = date.fromisoformat(str(line["on"]))
        except ValueError:
            return Problem("day_invalid", "on")
    reason = line.get("payment_reason") or usual.payment_reason
    if not isinstance(reason, str) or not reason:
        return Problem("reason_unknown", "payment_reason")
    return Question(by, identifier, usual.organisation_id, reason, on, usual.known_at)


def checked(by: By, raw: object) -> str | None:
    """An identifier in its canonical form; None where it can't be one."""
    if not isinstance(raw, str) or len(raw) > IDENTIFIER_MAX:
        return None
    text = raw.strip()
    match by:
        case By.HETU:
            return numbers.hetu(text)
        case By.YTUNNUS:
            return numbers.ytunnus(text)
        case By.PARTY:
            try:
                return str(UUID(text))
            except ValueError:
                return None
        case _:
            return text if text and text.isprintable() else None


def days(question: Question, at: datetime) -> tuple[date, datetime]:
    """The day and the moment of a question asked at an instant; no moment is later than now."""
    known_at = min(question.known_at or at, at)
    return question.on or clock.day(known_at), known_at
