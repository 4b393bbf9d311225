"""Items of which one record may state several values, and the paths of what is sealed in them.

The value of an item declared ``many`` is one value or a list of them; ``each`` reads both.
A part of the first value has the part's own path (``custodian.hetu``), as files and forms
name it; of the value at place *n*, counted from nought, ``custodian[n].hetu``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from rekisteri.catalogue.lookup import BY_NAME, BY_PATH
from rekisteri.catalogue.model import Content, Item, Part, Scalar, Value
from rekisteri.ground import numbers

MANY_MAX = 20
"""More values of one item than this are no customer's."""

_PLACED = re.compile(r"(?P<item>[a-z_]+)\[(?P<place>[1-9][0-9]?)\]\.(?P<part>[a-z_]+)")


def each(value: object) -> list[Any]:
    """The values of an item, be there one, several or none (None)."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def objects(value: object) -> list[dict[str, Scalar]]:
    """The values of an item of several parts."""
    return [one for one in each(value) if isinstance(one, dict)]


def placed_path(path: str, place: int) -> str:
    """The path of a part of the value at a place: ``custodian.hetu`` at 1 is ``custodian[1].hetu``."""
    if place == 0:
        return path
    item, _, part = path.partition(".")
    return f"{item}[{place}].{part}"


def find_path(path: str) -> tuple[Item, Part, int] | None:
    """What a path means: item, part, and the place of the value; None where nothing is declared.

    A place above nought is there only in items declared ``many``, and below ``MANY_MAX``.
    """
    if path in BY_PATH:
        return (*BY_PATH[path], 0)
    found = _PLACED.fullmatch(path)
    if found is None or f"{found['item']}.{found['part']}" not in BY_PATH:
        return None
    item, part = BY_PATH[f"{found['item']}.{found['part']}"]
    place = int(found["place"])
    return (item, part, place) if item.many and place < MANY_MAX else None


def with_secrets(content: Mapping[str, Value], secrets: Mapping[str, str]) -> Content:
    """The content with its secrets, opened, each at its place."""
    whole = dict(content)
    for path, secret in secrets.items():
        found = find_path(path)
        if found is None:
            continue
        item, part, place = found
        if item.scalar:
            whole[item.name] = secret
            continue
        values = [dict(one) for one in objects(whole.get(item.name))]
        values += [{} for _ in range(place + 1 - len(values))]
        values[place][part.name] = secret
        whole[item.name] = values if item.many else values[0]
    return whole


_HIDDEN = {
    item.name: frozenset(part.name for part in item.parts if part.secret)
    for item in BY_NAME.values()
    if any(part.secret for part in item.parts)
}
"""Of the items that have any, the parts that are identity codes; that of a scalar has no name."""


def masked(item_name: str, value: Value) -> Value:
    """The value with its identity codes masked."""
    hidden = _HIDDEN.get(item_name)
    if hidden is None:
        return value
    if BY_NAME[item_name].scalar:
        return numbers.masked(str(value))
    several = [
        {name: numbers.masked(str(one)) if name in hidden else one for name, one in parts.items()}
        for parts in objects(value)
    ]
    return several if isinstance(value, list) else several[0]


def masked_content(content: Mapping[str, Value], secrets: Mapping[str, str]) -> Content:
    """The content with its secrets, opened and masked, each at its place."""
    return {name: masked(name, value) for name, value in with_secrets(content, secrets).items()}


def without_secrets(
    values: Iterable[Mapping[str, Scalar]], item: Item
) -> tuple[list[dict[str, Scalar]], dict[str, str]]:
    """Values of an item taken apart: their clear parts, and their secrets by path."""
    hidden = {part.name: item.path(part) for part in item.parts if part.secret}
    clear: list[dict[str, Scalar]] = []
    secrets: dict[str, str] = {}
    for place, value in enumerate(values):
        clear.append({name: one for name, one in value.items() if name not in hidden})
        secrets |= {placed_path(hidden[name], place): str(one) for name, one in value.items() if name in hidden}
    return clear, secrets
