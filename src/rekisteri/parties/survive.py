"""The golden record as a pure function of statements and catalogue.

Nothing here reads a clock or a table: the same statements in any order give the same
record, which is what makes merging, undoing and looking back safe.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from rekisteri.catalogue import BY_NAME, Choice, Content, Disclosure, SourceKind, Value, each


class Word(NamedTuple):
    """One statement as survivorship sees it: who said it, since when it holds, what."""

    statement_id: UUID
    source: SourceKind
    organisation_id: int | None
    holds_from: str
    recorded_at: datetime
    content: Content


@dataclass(frozen=True, slots=True)
class Golden:
    """The values that won, and for each item the statements they were taken from."""

    content: Content
    winners: dict[str, list[UUID]]


ADDED = frozenset({SourceKind.MAINTAINER, SourceKind.PERSON, SourceKind.LEDGER})
"""Sources that add to what is known while their word is in force, and are no customership themselves."""
BESIDE = ADDED | {SourceKind.BANK}
"""Sources whose records are no customership."""


def heard(words: Iterable[tuple[Word, bool]]) -> list[Word]:
    """The words that count, of (word, whether its record is in force); an order at a bank is none of them.

    Those of records in force; where no source's record is, the last words of all of them, as
    the law keeps them for years. A correction, and what invoicing tells back, counts only while it is in force.
    """
    pairs = list(words)
    sources = [(word, lives) for word, lives in pairs if word.source not in BESIDE]
    corrections = [word for word, lives in pairs if lives and word.source in ADDED]
    living = [word for word, lives in sources if lives]
    return (living or [word for word, _ in sources]) + corrections


def survive(statements: Iterable[Word]) -> Golden:
    """Choose each item's value as the catalogue says.

    ``BEST``: the first source in the item's ranks that speaks; among its statements the
    latest. ``ALL``: every distinct value in that order. An item declared ``many`` is a list
    either way. ``OWN`` and ``STRICTEST`` items do
    not survive into the shared record: they are read where they stand.
    """
    spoken: dict[str, list[Word]] = {}
    for statement in statements:
        for name in statement.content:
            spoken.setdefault(name, []).append(statement)
    content: Content = {}
    winners: dict[str, list[UUID]] = {}
    for name in sorted(spoken):
        item, ranks = BY_NAME[name], _RANKS[name]
        heard = [word for word in spoken[name] if word.source in ranks]
        if not heard:
            continue
        if len(heard) > 1:
            heard.sort(key=lambda word: (word.holds_from, word.recorded_at, word.statement_id), reverse=True)
            heard.sort(key=lambda word: ranks[word.source])
        match item.choice:
            case Choice.BEST:
                value = heard[0].content[name]
                content[name] = each(value) if item.many else value
                winners[name] = [heard[0].statement_id]
            case Choice.ALL:
                content[name], winners[name] = _every(name, heard)
            case Choice.OWN | Choice.STRICTEST:
                pass
    return Golden(content, winners)


_RANKS = MappingProxyType(
    {name: {source: rank for rank, source in enumerate(item.ranks)} for name, item in BY_NAME.items()}
)
"""Of each item the place of a source among those that may state it."""


def _every(name: str, heard: list[Word]) -> tuple[Value, list[UUID]]:
    """Every distinct value; lists are joined, objects are kept side by side."""
    values: list[Any] = []
    speakers: list[UUID] = []
    for word in heard:
        fresh = [one for one in each(word.content[name]) if one not in values]
        if fresh:
            values += fresh
            speakers.append(word.statement_id)
    return values, speakers


def strictest(last_words: Iterable[bool | None]) -> Disclosure:
    """The state of non-disclosure from the last word of each record; silence is no word.

    On, if anybody's last word is on; off, if somebody said off; else unknown.
    """
    words = set(last_words)
    if True in words:
        return Disclosure.ON
    return Disclosure.OFF if False in words else Disclosure.UNKNOWN


def single(content: Content) -> Content:
    """``survive`` of one statement, without its cost: a million new customers take this way."""
    golden: Content = {}
    for name, value in content.items():
        if name in APART:
            continue
        golden[name] = [value] if name in GATHERED_OBJECTS and isinstance(value, dict) else value
    return golden


APART = frozenset(name for name, item in BY_NAME.items() if item.choice in (Choice.OWN, Choice.STRICTEST))
"""Names of the items that stay where they stand and are no part of the shared record."""
GATHERED_OBJECTS = frozenset(
    name for name, item in BY_NAME.items() if not item.scalar and (item.many or item.choice is Choice.ALL)
)
"""Names of the items of several parts whose values stand side by side."""


def changed_items(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Names of the items whose value differs, in order."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
