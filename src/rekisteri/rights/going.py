"""How a table's going is said: which class, which statement, how many rows, and the sealed values in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from rekisteri.access import Write


@dataclass(frozen=True, slots=True)
class Gone:
    """How many rows left, and the sealed values in them."""

    count: int
    boxes: list[bytes] = field(default_factory=list)
    key: str = "secret"


@dataclass(frozen=True, slots=True)
class Sweep:
    """One table's going: its class, the key its values are sealed under, and the statement."""

    klass: str
    table: str
    carry_out: Callable[[Write, date, Sequence[UUID]], Gone]
    key: str = "secret"


def sealed(rows: Sequence[tuple[Any, ...]]) -> Gone:
    """Rows that left, of each its one sealed value, where there was one."""
    return Gone(len(rows), [bytes(box) for (box,) in rows if box])
