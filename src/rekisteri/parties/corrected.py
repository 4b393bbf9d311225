"""Marks: which values were put right by hand, and when; pure.

The wrong value stays in history, marked (register description § 11). A correction marks every differing value of its item
that somebody else's last word told at that moment, and the same value said again while the correction stands. What a source
says anew after it is no mistake yet: whether it holds is decided in the queue of conflicts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from rekisteri.catalogue import BY_NAME, Choice, Content, SourceKind, Value
from rekisteri.ground.clock import day


@dataclass(frozen=True, slots=True)
class Heard:
    """One word of a record, opened: what is compared."""

    record_id: UUID
    statement_id: UUID
    source: SourceKind
    content: Content | None
    valid_from: date | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """That a value was put right: when, by which correction, and since which day that was taken back again."""

    at: datetime
    statement_id: UUID
    withdrawn_on: date | None


@dataclass(frozen=True, slots=True)
class _Correction:
    item: str
    value: Value
    by: Heard
    until: datetime | None
    """When the next word of the same record came."""
    withdrawn_on: date | None


Marks = dict[tuple[UUID, str], Mark]
"""By statement and item."""


def marks(words: Sequence[Heard]) -> Marks:
    """The mark of every value that a correction by hand put right; the latest correction counts."""
    lives = list(_lives(words))
    found: Marks = {}
    for correction in sorted(_corrections(words), key=lambda one: one.by.recorded_at):
        mark = Mark(correction.by.recorded_at, correction.by.statement_id, correction.withdrawn_on)
        wrong = [value for one, until in lives if (value := _wrong(correction, one, until)) is not None]
        for one, until in lives:
            if _wrong(correction, one, until) is not None or _repeated(correction, one, wrong):
                found[one.statement_id, correction.item] = mark
    return found


def _lives(words: Sequence[Heard]) -> Iterable[tuple[Heard, datetime | None]]:
    """Every word that tells something, with when the next telling word of its record came."""
    by_record: dict[UUID, list[Heard]] = defaultdict(list)
    for word in sorted(words, key=lambda one: (one.recorded_at, one.statement_id)):
        if word.content is not None:
            by_record[word.record_id].append(word)
    for told in by_record.values():
        yield from zip(told, (*(later.recorded_at for later in told[1:]), None), strict=True)


def _corrections(words: Sequence[Heard]) -> Iterable[_Correction]:
    by_record: dict[UUID, list[Heard]] = defaultdict(list)
    for word in sorted(words, key=lambda one: (one.recorded_at, one.statement_id)):
        if word.source is SourceKind.MAINTAINER:
            by_record[word.record_id].append(word)
    for said in by_record.values():
        for place, word in enumerate(said):
            # A day of end given at once is a silence of the same instant: no taking back.
            after = [one for one in said[place + 1 :] if one.recorded_at > word.recorded_at]
            silent = after[0] if after and after[0].content is None else None
            for name, value in (word.content or {}).items():
                if BY_NAME[name].choice is Choice.BEST:
                    yield _Correction(
                        name, value, word, after[0].recorded_at if after else None,
                        None if silent is None else silent.valid_from or day(silent.recorded_at),
                    )  # fmt: skip


def _wrong(correction: _Correction, one: Heard, until: datetime | None) -> Value | None:
    """The differing value of a word that was its record's last when the correction was made; None for another word."""
    made = correction.by.recorded_at
    if one.content is None or correction.item not in one.content or one.statement_id == correction.by.statement_id:
        return None
    value = one.content[correction.item]
    standing = one.recorded_at <= made and (until is None or until >= made)
    return value if standing and value != correction.value else None


def _repeated(correction: _Correction, one: Heard, wrong: Sequence[Value]) -> bool:
    """Whether a word says the wrong value again while the correction stands."""
    made, until = correction.by.recorded_at, correction.until
    return (
        one.recorded_at >= made
        and (until is None or one.recorded_at < until)
        and one.content is not None
        and one.content.get(correction.item) in wrong
    )
