"""What makes a look odd: pure, from what is known of the one who looked and of the one looked at.

A look at oneself or at one's own household is never one's task. At kin, colleagues and customers without a living
customership it may be: whoever names the case it belongs to is not asked again, nor whoever had a case of the same
customer in hand some days before. Nobody looks at a canary by task.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from uuid import UUID

from rekisteri.audit import BATCHED, SEARCHED, Day, Glance
from rekisteri.oversight.parameters import Parameters


class Kind(StrEnum):
    """Why a look is odd."""

    OWN = "own"
    HOUSEHOLD = "household"
    KIN = "kin"
    COLLEAGUE = "colleague"
    IDLE = "idle"
    CANARY = "canary"
    SPIKE = "spike"
    NIGHT = "night"


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a customer: words of the names, and of the surname; the home; whether a customership lives."""

    names: frozenset[str]
    surnames: frozenset[str]
    homes: frozenset[str]
    live: bool


@dataclass(frozen=True, slots=True)
class Employee:
    """What is known of an account: words of the holder's name, the homes of those who bear it, the rare surname if it is."""

    names: frozenset[str]
    homes: frozenset[str]
    rare_surname: str | None


@dataclass(frozen=True, slots=True)
class Raised:
    """One odd look, or one odd day of an account (then without a customer)."""

    kind: Kind
    account_id: UUID
    party_id: UUID | None
    glance: Glance | None
    day: date | None
    count: int


def looks(
    glances: Iterable[Glance],
    employees: Mapping[UUID, Employee],
    people: Mapping[UUID, Person],
    colleagues: Mapping[UUID, frozenset[UUID]],
    canaries: frozenset[UUID],
    parameters: Parameters,
) -> Iterator[Raised]:
    """Odd looks. ``colleagues`` are the accounts a customer is, by name."""
    for glance in glances:
        if glance.action == BATCHED:
            # Bills of everybody are the day's work: whom they are of tells nothing. At night the day is odd (``odd_days``).
            continue
        for party_id in glance.subjects:
            if party_id in canaries:
                yield Raised(Kind.CANARY, glance.account_id, party_id, glance, None, 1)
        if glance.action == SEARCHED and len(glance.subjects) > parameters.search_most:
            continue
        employee = employees.get(glance.account_id)
        for party_id in glance.subjects:
            person = people.get(party_id)
            if person is not None and (kind := _kind(glance, employee, person, colleagues.get(party_id, frozenset()))):
                yield Raised(kind, glance.account_id, party_id, glance, None, 1)


EXCUSED = frozenset({Kind.KIN, Kind.COLLEAGUE, Kind.IDLE})
"""A case explains a look of these kinds."""


def in_hand(raised: Raised, cases: Iterable[datetime], parameters: Parameters) -> bool:
    """Whether a case explains an odd look: ``cases`` are when the account acted on the customer under one."""
    if raised.kind not in EXCUSED or raised.glance is None:
        return False
    at, span = raised.glance.at, timedelta(days=parameters.history_days)
    return any(timedelta() < at - one <= span for one in cases)


def _kind(glance: Glance, employee: Employee | None, person: Person, colleagues: frozenset[UUID]) -> Kind | None:
    """The gravest reason one look is odd, if it is."""
    if employee is not None:
        if len(employee.names) > 1 and employee.names <= person.names:
            return Kind.OWN
        if employee.homes & person.homes:
            return Kind.HOUSEHOLD
    if glance.case_reference is not None:
        return None
    if employee is not None and employee.rare_surname in person.surnames:
        return Kind.KIN
    if colleagues - {glance.account_id}:
        return Kind.COLLEAGUE
    if not person.live and glance.action != SEARCHED:
        return Kind.IDLE
    return None


def odd_days(days: Iterable[Day], since: date, parameters: Parameters) -> Iterator[Raised]:
    """Spikes and bulk at night, of days from ``since`` on; the days before tell what is usual."""
    by_account: dict[UUID, list[Day]] = {}
    for one in days:
        by_account.setdefault(one.account_id, []).append(one)
    for account_id, own in by_account.items():
        for one in own:
            if one.day < since:
                continue
            if one.off_hours >= parameters.night_least:
                yield Raised(Kind.NIGHT, account_id, None, None, one.day, one.off_hours)
            before = [other.customers for other in own if other.day < one.day]
            usual = median(before) if before else 0
            if one.customers >= max(parameters.spike_least, parameters.spike_factor * usual):
                yield Raised(Kind.SPIKE, account_id, None, None, one.day, one.customers)
