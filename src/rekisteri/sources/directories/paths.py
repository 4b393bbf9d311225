"""Paths into a row of a directory's file: names with dots between, and of several those that fit.

``names[type=1,endDate=].name`` is the ``name`` of each of ``names`` whose ``type`` is 1 and that has no ``endDate``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rekisteri.ground.errors import Rejected

_STEP = re.compile(r"(?P<name>[^.\[\]]+)(?:\[(?P<conditions>[^\[\]]*)\])?")
KNOWN_PATHS = 512


@dataclass(frozen=True, slots=True)
class Step:
    """One name of a path, and what a value there must have."""

    name: str
    conditions: tuple[tuple[str, str], ...] = ()

    def fits(self, node: object) -> bool:
        """Whether a value has what is asked for."""
        if not self.conditions:
            return True
        return isinstance(node, Mapping) and all(text(node.get(key)) == value for key, value in self.conditions)


@lru_cache(maxsize=KNOWN_PATHS)
def steps(path: str) -> tuple[Step, ...]:
    """A path's steps. Raises ``Rejected`` for what is no path."""
    found = []
    at = 0
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None or (step.end() < len(path) and path[step.end()] != "."):
            raise Rejected(f"{path} is no path; write names with dots between.", field="layout")
        told = step["conditions"]
        conditions = [] if told is None else [one.partition("=") for one in told.split(",")]
        found.append(Step(step["name"], tuple((key.strip(), value.strip()) for key, _, value in conditions)))
        at = step.end() + 1
    return tuple(found)


def nodes(row: object, path: str) -> list[object]:
    """What stands at the end of a path, every one, in order."""
    found = [row]
    for step in steps(path):
        found = [
            child
            for node in found
            if isinstance(node, Mapping)
            for child in _each(node.get(step.name))
            if step.fits(child)
        ]
    return found


def texts(row: object, paths: Iterable[str]) -> list[str]:
    """The texts at the first of the paths that has any."""
    for path in paths:
        if found := [told for node in nodes(row, path) if (told := text(node))]:
            return found
    return []


def first(row: object, paths: Sequence[str]) -> str:
    """The first text, empty where there is none."""
    return next(iter(texts(row, paths)), "")


def text(node: object) -> str:
    """A value as text; empty for none and for what is no single value."""
    match node:
        case str():
            return node.strip()
        case bool():
            return str(node).lower()
        case int() | float():
            return str(node)
        case _:
            return ""


def _each(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
