"""Traffic: what the people of an office look at over some weeks, and what a few of them should not have.

A seeded world of invented employees and customers. Most looks are a day's work: a customer of one's own round, mostly
with the case it belongs to, in office hours; now and then a namesake, a neighbour's bill, a colleague who is a customer
too, a busy billing day, an evening's overtime. Into it *snooping sessions* are put, each of one kind; the last kind
follows no rule a watcher could know, and says how much is not seen.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")
FIRST_DAY = datetime(2026, 3, 2, tzinfo=HELSINKI)

KINDS = ("own", "household", "kin", "colleague", "idle", "canary", "spike", "night", "stranger")
"""Kinds of snooping sessions; ``stranger``: a customer one is curious of, with nothing that tells so."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A customer: its place in the list it came from, the home and surname it shares, whether it is still one."""

    number: int
    surname: str
    full_name: str
    home: str
    live: bool


@dataclass(frozen=True, slots=True)
class Clerk:
    """An employee, who is the customer of that number too."""

    handle: str
    subject: Subject


@dataclass(frozen=True, slots=True)
class Seen:
    """One look: when, by whom, at whom, under which case; ``session`` numbers a snooping session, 0 is work."""

    at: datetime
    clerk: int
    subject: int
    case: str | None
    session: int


@dataclass(frozen=True, slots=True)
class Session:
    """A snooping session: who, of which kind."""

    number: int
    clerk: int
    kind: str


class Office:
    """The traffic of an office."""

    def __init__(
        self, seed: int, subjects: Sequence[Subject], clerks: Sequence[Clerk], canaries: Sequence[int], days: int
    ) -> None:
        self._draw = random.Random(seed)  # noqa: S311 (a seeded world, no secret)
        self._subjects = list(subjects)
        self._clerks = list(clerks)
        self._canaries = list(canaries)
        self._days = days
        self._live = [one for one in self._subjects if one.live and one.number not in set(canaries)]
        self._idle = [one for one in self._subjects if not one.live]
        self._rounds = [self._draw.sample(self._live, min(400, len(self._live))) for _ in self._clerks]

    def work(self, looks_a_day: int) -> Iterator[Seen]:
        """The work of every clerk on every working day."""
        for clerk in range(len(self._clerks)):
            pace = looks_a_day * self._draw.uniform(0.5, 1.5)
            for day in self._working_days():
                busy = 1.7 if self._draw.random() < 0.05 else 1.0
                for _ in range(max(1, round(self._draw.gauss(pace * busy, pace / 5)))):
                    yield self._piece_of_work(clerk, day)

    def _piece_of_work(self, clerk: int, day: datetime) -> Seen:
        draw = self._draw
        overtime = draw.random() < 0.004
        hour = draw.uniform(16.5, 20.0) if overtime else min(16.4, max(7.5, draw.gauss(11.5, 2.2)))
        subject = draw.choice(self._rounds[clerk] if draw.random() < 0.85 else self._live)
        if draw.random() < 0.01 and self._idle:
            # A debt that outlived its customership is looked at under its case.
            return Seen(_at(day, hour), clerk, draw.choice(self._idle).number, f"PERINTA-{draw.randrange(9999)}", 0)
        own = self._clerks[clerk].subject
        if subject.number == own.number or subject.home == own.home:
            # One's own matters are given to a colleague: the rule of every office.
            subject = next(one for one in self._live if one.home != own.home)
        case = f"LASKU-{draw.randrange(99999)}" if draw.random() < 0.8 else None
        return Seen(_at(day, hour), clerk, subject.number, case, 0)

    def snooping(self, kinds: Sequence[str], each: int) -> tuple[list[Session], list[Seen]]:
        """``each`` sessions of every kind that can be had here, and their looks."""
        sessions: list[Session] = []
        looks: list[Seen] = []
        for kind in kinds:
            made = 0
            for _ in range(each * 40):
                if made == each:
                    break
                clerk = self._draw.randrange(len(self._clerks))
                found = list(self._session(kind, clerk, len(sessions) + 1))
                if found:
                    sessions.append(Session(len(sessions) + 1, clerk, kind))
                    looks += found
                    made += 1
        return sessions, looks

    def _session(self, kind: str, clerk: int, number: int) -> Iterator[Seen]:
        draw, own = self._draw, self._clerks[clerk].subject
        day = draw.choice(list(self._working_days())[10:])
        at = _at(day, draw.uniform(8.0, 16.0))
        targets: list[Subject] = []
        match kind:
            case "own":
                targets = [own]
            case "household":
                targets = [one for one in self._live if one.home == own.home and one.number != own.number]
            case "kin":
                targets = [one for one in self._live if one.surname == own.surname and one.home != own.home]
            case "colleague":
                targets = [
                    draw.choice([one.subject for one in self._clerks if one.handle != self._clerks[clerk].handle])
                ]
            case "idle":
                targets = self._idle
            case "canary":
                targets = [one for one in self._subjects if one.number in set(self._canaries)]
            case "spike":
                yield from self._many(clerk, number, day, 8.0, 16.0, 240)
            case "night":
                yield from self._many(clerk, number, day, 22.0, 23.8, 14)
            case _:
                targets = self._live
        if targets:
            yield Seen(at, clerk, draw.choice(targets).number, None, number)

    def _many(self, clerk: int, number: int, day: datetime, first: float, last: float, count: int) -> Iterator[Seen]:
        for one in self._draw.sample(self._live, min(count, len(self._live))):
            yield Seen(_at(day, self._draw.uniform(first, last)), clerk, one.number, None, number)

    def _working_days(self) -> Iterator[datetime]:
        for number in range(self._days):
            day = FIRST_DAY + timedelta(days=number)
            if day.weekday() < 5:
                yield day


def _at(day: datetime, hour: float) -> datetime:
    return (datetime.combine(day.date(), time.min, HELSINKI) + timedelta(hours=hour)).astimezone(UTC)
