"""The change interface (muutosrajapinta, VTJmutpa): requests to bytes, bytes to entries of groups. Pure.

A person whose groups do not hold is *poison*: told apart with the groups as they came, minimised,
so that the rest of the page goes on. Groups nobody declared are dropped and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson

from rekisteri.ground import numbers
from rekisteri.sources.vtj import groups
from rekisteri.sources.vtj.groups import Json
from rekisteri.sources.vtj.wire_entries import Entry, day_in_finland, entries_of
from rekisteri.sources.vtj.wire_soap import NoAnswer

PAGE_BYTES_MAX = 64 << 20
NOTHING = b"[]"
KEY_DIGITS_MAX = 18
"""A key of more is none: the register keeps it as a number of eight bytes."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person's entries: of basic data, or of one change with its day."""

    hetu: str = field(repr=False)
    entries: tuple[Entry, ...] = field(repr=False)
    on: date | None = None
    raw: bytes = field(default=b"", repr=False)
    """The groups as they came, minimised; only of a change."""


@dataclass(frozen=True, slots=True)
class Poison:
    """A person of whom something does not hold: which field, and the groups as they came, minimised."""

    hetu: str = field(repr=False)
    reason: str
    raw: bytes = field(repr=False)
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: persons and poison in the order they came, dropped groups by name, the key to go on from.

    ``strangers`` counts entries without a usable identity code.
    """

    persons: list[Person | Poison]
    dropped: Counter[str]
    strangers: int
    key: int | None
    up_to_date: bool


def basic_request(hetus: Sequence[str], wanted: Iterable[str]) -> bytes:
    """The body that asks basic data; groups are named, so that no other is sent."""
    return orjson.dumps({"hetulista": list(hetus), "tietoryhmat": sorted(wanted)})


def changes_request(key: int, hetus: Sequence[str]) -> bytes:
    """The body that asks what has changed since a key, of these persons."""
    return orjson.dumps({"viimeisinKirjausavain": key, "hetulista": list(hetus)})


def parse_key(content: bytes) -> int:
    """The key from which a day's changes begin. Raises ``NoAnswer``."""
    return _key(_object(content))


def parse_basic(content: bytes, asked: Container[str] = ()) -> Page:
    """Basic data of persons. Raises ``NoAnswer`` for what is no answer at all.

    ``asked``: the codes asked by; they hold, and are not checked anew.
    """
    answer = _object(content)
    return _page(answer, "perustiedot", None, asked)


def parse_changes(content: bytes, asked: Container[str] = ()) -> Page:
    """Changes of persons, in order. Raises ``NoAnswer`` for what is no answer at all; ``asked`` as in ``parse_basic``."""
    answer = _object(content)
    return _page(answer, "muutokset", _key(answer), asked)


def parse_raw(hetu: str, raw: bytes, on: date | None) -> Person | Poison:
    """A person's groups as they were kept, read again."""
    return _person(hetu, orjson.loads(raw), on, Counter())


def _object(content: bytes) -> Json:
    try:
        answer = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise NoAnswer("An answer came that is broken or no JSON at all.", passing=True) from None
    if not isinstance(answer, dict):
        raise NoAnswer("An answer came that is no JSON object.")
    return answer


def _key(answer: Json) -> int:
    key = answer.get("viimeisinKirjausavain")
    if isinstance(key, int) and not isinstance(key, bool):
        key = str(key)
    if isinstance(key, str) and key.isascii() and key.isdecimal() and len(key) <= KEY_DIGITS_MAX:
        return int(key)
    raise NoAnswer("An answer came without a usable viimeisinKirjausavain.")


def _page(answer: Json, name: str, key: int | None, asked: Container[str]) -> Page:
    listed, done = answer.get(name), answer.get("ajanTasalla", True)
    if not isinstance(listed, list) or not isinstance(done, bool):
        raise NoAnswer(f"An answer came without {name}.")
    dropped: Counter[str] = Counter()
    persons: list[Person | Poison] = []
    strangers = 0
    for one in listed:
        told = one.get("tietoryhmat") if isinstance(one, dict) else None
        hetu = one.get("henkilotunnus") if isinstance(one, dict) else None
        if not isinstance(hetu, str) or (hetu not in asked and numbers.hetu(hetu) != hetu):
            strangers += 1
            continue
        on = _day(one.get("muutospv")) if name == "muutokset" else None
        if on is None and name == "muutokset":
            persons.append(Poison(hetu, "muutospv", NOTHING))
            continue
        persons.append(_person(hetu, told, on, dropped))
    return Page(persons, dropped, strangers, key, done)


def _person(hetu: str, told: object, on: date | None, dropped: Counter[str]) -> Person | Poison:
    if not isinstance(told, list) or not all(isinstance(group, dict) for group in told):
        return Poison(hetu, "tietoryhmat", NOTHING, on)
    kept: list[dict[str, Any]] = []
    try:
        for group in told:
            if groups.declared(group):
                kept.append(groups.minimised(group))
            else:
                dropped[groups.name_of(group)] += 1
        entries = entries_of(kept)
    except RecursionError:
        return Poison(hetu, "tietoryhmat", NOTHING, on)
    if isinstance(entries, str):
        return Poison(hetu, entries, _raw(kept), on)
    return Person(hetu, entries, on, b"" if on is None else _raw(kept))


def _day(moment: object) -> date | None:
    return day_in_finland(moment) if isinstance(moment, str) else None


def _raw(kept: list[dict[str, Any]]) -> bytes:
    """Groups as they are kept; lists within lists without end are nobody's data, and are not."""
    try:
        return orjson.dumps(kept)
    except orjson.JSONEncodeError:
        return NOTHING
