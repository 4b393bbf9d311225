"""How a table's going is said: which class, which statement, how many rows, and the sealed values in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from rekisteri.access import Write


@dataclass(frozen=True, slots=True)
class Gone:
    """How many rows left, and the sealed values in them."""

    count: int
    boxes: list[bytes] = field(default_factory=list)
    key: str = "secret"


Parting = Callable[[Write, date, Sequence[UUID]], Gone]


@dataclass(frozen=True, slots=True)
class Sweep:
    """One table's going, as data: its class, the statement, and the key of the sealed value each row returns, if any.

    The statement takes away what ended on the day ``last`` or before, but for the customers ``held``. Where one statement does not do,
    a function stands in its place. A law of the house compiles the statements (``tests/house/test_sql.py``).
    """

    klass: str
    table: str
    going: LiteralString | Parting
    key: str | None = None

    def carry_out(self, tx: Write, last: date, held: Sequence[UUID]) -> Gone:
        """Let go what is due; how many rows went, and the sealed values in them."""
        if callable(self.going):
            return self.going(tx, last, held)
        if self.key is None:
            return Gone(tx.run(self.going, last=last, held=held))
        return sealed(tx.tuples(self.going, last=last, held=held))


def sealed(rows: Sequence[tuple[Any, ...]]) -> Gone:
    """Rows that left, of each its one sealed value, where there was one."""
    return Gone(len(rows), [bytes(box) for (box,) in rows if box])
