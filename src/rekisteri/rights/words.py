"""Values in words: what the register holds, said plainly in the three languages, codes explained."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType

import babel

from rekisteri.catalogue import BY_NAME, Content, Item, Part, Scalar, Text, Value, each
from rekisteri.ground import clock
from rekisteri.rights import phrases as p
from rekisteri.rights.document import joined, same

_LOCALES = tuple(babel.Locale(tongue) for tongue in ("fi", "sv", "en"))


@lru_cache(maxsize=1024)
def _language(code: str) -> Text:
    """The name of a language (CLDR), the code itself where it has none."""
    fi, sv, en = (str(one.languages.get(code, code)) for one in _LOCALES)
    return Text(fi, sv, en)


@lru_cache(maxsize=1024)
def _country(code: str) -> Text:
    """The name of a country (CLDR), the code itself where it has none."""
    fi, sv, en = (str(one.territories.get(code, code)) for one in _LOCALES)
    return Text(fi, sv, en)


_NAMED = MappingProxyType[str, Callable[[str], Text]](
    {"language": _language, "country": _country, "date": lambda value: same(on_day(date.fromisoformat(value)))}
)
"""Kinds of values that are codes to a machine and words to a reader."""


def of_value(item_name: str, value: Value) -> Text:
    """A value of an item: its parts with their names, its codes in words."""
    item = BY_NAME[item_name]
    return joined([_one(item, one) for one in each(value)], "; ")


def _one(item: Item, value: object) -> Text:
    if isinstance(value, dict):
        told = [
            joined([part.label, _scalar(part, value[part.name])], ": ") for part in item.parts if part.name in value
        ]
        return joined(told, ", ")
    assert isinstance(value, str | bool)
    return _scalar(item.parts[0], value)


def _scalar(part: Part, value: Scalar) -> Text:
    if isinstance(value, bool):
        return p.YES if value else p.NO
    if isinstance(value, list):
        return joined([_scalar(part, one) for one in value], ", ")
    if value in part.kind.codes:
        return part.kind.codes[value]
    return _NAMED.get(part.kind.name, same)(value)


def on_day(when: date | None) -> str:
    """A day as Finns write it; empty for none."""
    return "" if when is None else f"{when.day}.{when.month}.{when.year}"


def at(when: datetime | None) -> str:
    """An instant in Finnish time, to the minute; empty for none."""
    if when is None:
        return ""
    local = when.astimezone(clock.HELSINKI)
    return f"{on_day(local.date())} {local.hour}.{local.minute:02d}"


def names(content: Content | None) -> list[str]:
    """The items a content speaks of, in the order of the catalogue."""
    return [name for name in BY_NAME if content is not None and name in content]
