"""A column that holds something of a named key: how its rows are found, made anew, counted.

Columns are declared as data (``catalogue.KEYED``); the statements are composed of the declared
names by the database driver, the same three for every column. A law of the house compiles them
against the schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from psycopg import sql

from rekisteri.ground.database import Read, Write
from rekisteri.ground.errors import Missing, Unavailable
from rekisteri.ground.keys.ring import SEALING
from rekisteri.ground.keys.vault import Vault

PAGE_ROWS = 2000
Kind = Literal["uuid", "integer", "smallint", "bytea", "text"]
_FIRST: dict[Kind, str] = {
    "uuid": "00000000-0000-0000-0000-000000000000",
    "integer": "-1",
    "smallint": "-1",
    "bytea": "\\x",
    "text": "",
}
_LENGTH_OF_FIRST = {"digest": 16, "token": 32}
"""Bytes of what version 1 made, before which no version stands."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one page of work came to: where the next one begins, rows made anew, rows that could not be."""

    after: Sequence[str]
    turned: int
    stuck: int = 0


@dataclass(frozen=True)
class KeyedColumn:
    """``schema.table.column``, the named key, and the columns that name a row, with their types.

    ``place`` are those of them that stand in the place a value is sealed for; left out, all do.
    ``met``: its digests are met by equality in the database, so they are carried on in the very
    moment the new version of the key becomes the current one.
    """

    column: str
    key: str
    row: tuple[tuple[str, Kind], ...] = (("id", "uuid"),)
    place: tuple[str, ...] | None = None
    met: bool = False

    def left(self, tx: Read, floor: bytes) -> int:
        """How many rows hold something of an old version."""
        query = sql.SQL("select count(*) from {table} where {old}").format(table=self._table, old=self._old)
        return int(tx.composed(query, floor=floor)[0][0])

    def page(self, tx: Write, vault: Vault, floor: bytes, after: Sequence[str]) -> Page | None:
        """Make the next old rows after one anew; None where there are no more. Rows that others hold are passed over."""
        begin = list(after) or [_FIRST[kind] for _, kind in self.row]
        named = {f"begin_{place}": text for place, text in enumerate(begin)}
        found = tx.composed(self.next_rows, floor=floor, limit=PAGE_ROWS, **named)
        if not found:
            return None
        rows = [tuple(map(_text, row[:-1])) for row in found]
        anew = self._anew(vault, rows, [bytes(row[-1]) for row in found])
        made = [(row, fresh) for row, fresh in zip(rows, anew, strict=True) if fresh is not None]
        if made:
            named_rows = {f"row_{place}": [row[place] for row, _ in made] for place in range(len(self.row))}
            tx.composed(self.put_back, anew=[fresh for _, fresh in made], **named_rows)
        return Page(rows[-1], len(made), len(rows) - len(made))

    @cached_property
    def next_rows(self) -> sql.Composed:
        """The query of the next old rows, locked."""
        begin = [
            sql.SQL("{}::{}").format(sql.Placeholder(f"begin_{place}"), sql.SQL(kind))
            for place, (_, kind) in enumerate(self.row)
        ]
        return sql.SQL(
            "select {row}, {column} from {table} where ({row}) > ({begin}) and {old} order by {row} limit %(limit)s"
            " for update skip locked"
        ).format(row=self._row, column=self._column, table=self._table, begin=sql.SQL(", ").join(begin), old=self._old)

    @cached_property
    def put_back(self) -> sql.Composed:
        """The statement that writes rows made anew."""
        arrays = [
            sql.SQL("{}::{}[]").format(sql.Placeholder(f"row_{place}"), sql.SQL(kind))
            for place, (_, kind) in enumerate(self.row)
        ]
        same = [sql.SQL("held.{0} = made.{0}").format(sql.Identifier(name)) for name, _ in self.row]
        return sql.SQL(
            "update {table} as held set {column} = made.anew"
            " from unnest({arrays}, %(anew)s::bytea[]) as made ({row}, anew) where {same}"
        ).format(
            table=self._table,
            column=self._column,
            arrays=sql.SQL(", ").join(arrays),
            row=self._row,
            same=sql.SQL(" and ").join(same),
        )

    def _anew(self, vault: Vault, rows: Sequence[Sequence[str]], boxes: Sequence[bytes]) -> list[bytes | None]:
        if self.key not in SEALING:
            lift = vault.lift if self.key == "digest" else vault.lift_token_hash
            return [lift(box) for box in boxes]
        opened: list[tuple[int, str, bytes]] = []
        for number, (row, box) in enumerate(zip(rows, boxes, strict=True)):
            place = self.place_of(row)
            try:
                opened.append((number, place, vault.open(box, key=self.key, place=place)))
            except (Missing, Unavailable):
                # What does not open stays as it is, and is told.
                continue
        fresh = vault.seal_all([plain for *_, plain in opened], key=self.key, places=[place for _, place, _ in opened])
        made: list[bytes | None] = [None] * len(boxes)
        for (number, _, _), box in zip(opened, fresh, strict=True):
            made[number] = box
        return made

    def place_of(self, row: Sequence[str]) -> str:
        """The place the value of a row is sealed for: ``table|column|row``."""
        names = [name for name, _ in self.row] if self.place is None else self.place
        named = dict(zip((name for name, _ in self.row), row, strict=True))
        table, _, column = self.column.rpartition(".")
        return "|".join([table, column, *(named[name] for name in names)])

    @cached_property
    def _old(self) -> sql.Composed:
        """Of sealed values: below the floor, or sealed without a lot. Of others: of the first version, or of one below."""
        if self.key in SEALING:
            return sql.SQL("({0} < %(floor)s or {0} >= '\\x01')").format(self._column)
        return sql.SQL("(octet_length({0}) = {1} or octet_length({0}) > {1} and {0} < %(floor)s)").format(
            self._column, sql.Literal(_LENGTH_OF_FIRST[self.key])
        )

    @cached_property
    def _table(self) -> sql.Identifier:
        return sql.Identifier(*self.column.split(".")[:2])

    @cached_property
    def _column(self) -> sql.Identifier:
        return sql.Identifier(self.column.split(".")[2])

    @cached_property
    def _row(self) -> sql.Composed:
        return sql.SQL(", ").join(sql.Identifier(name) for name, _ in self.row)


def _text(value: object) -> str:
    """A value as PostgreSQL reads it back."""
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
