"""Rows of a table on their way to the server, in the binary format of COPY.

Thousands of rows go as one piece of bytes. COPY stores them page by page, with one entry in the write-ahead log for
each page, where a statement stores and logs them one by one: half of what a row costs the server. ``apart`` has the
rows again, where some of them must stay behind.

A row is put together from fields, a field from parts: bytes that are the same in every row, or a list with bytes
for each. What stands between the parts that differ is joined beforehand, so that a row costs few steps.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Lengths:
    """The lengths of a column's values, -1 for none; each goes before its value."""

    lengths: Sequence[int]

    def after(self, same: bytes) -> list[bytes]:
        """Each with what is the same in every row before it: there are few different lengths."""
        written = {length: same + length.to_bytes(4, signed=True) for length in set(self.lengths)}
        return list(map(written.__getitem__, self.lengths))


Part = bytes | Sequence[bytes] | Lengths
Field = tuple[Part, ...]

_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_NOTHING = b"\xff\xff\xff\xff"
_INT4 = 23
_ROWS_AT_ONCE = 1024
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_LOWER_INCLUSIVE, _NO_UPPER = 0x02, 0x10
BETWEEN = b"\0\0\0"
"""The end of a lexeme, and that none of its places is known."""


def table(count: int, *fields: Field) -> bytes:
    """``count`` rows of such fields, as COPY ... FROM STDIN (FORMAT binary) takes them."""
    columns: list[Sequence[bytes]] = []
    same = len(fields).to_bytes(2)
    for part in chain.from_iterable(fields):
        if isinstance(part, bytes):
            same += part
        elif isinstance(part, Lengths):
            columns.append(part.after(same))
            same = b""
        else:
            columns += [[same] * count, part] if same else [part]
            same = b""
    if same:
        columns.append([same] * count)
    return b"".join([_HEAD, *_across(columns, count), _END])


def _across(columns: Sequence[Sequence[bytes]], count: int) -> Iterator[bytes]:
    """Columns row by row, a thousand rows at a time: the list of their pieces would be as large as all the rows."""
    stride = len(columns)
    for first in range(0, count, _ROWS_AT_ONCE):
        pieces: list[bytes] = [b""] * (stride * min(_ROWS_AT_ONCE, count - first))
        for place, column in enumerate(columns):
            pieces[place::stride] = column[first : first + _ROWS_AT_ONCE]
        yield b"".join(pieces)


def apart(table: bytes) -> list[bytes]:
    """The rows of such a table, each by itself."""
    rows = []
    begins = at = len(_HEAD)
    while (fields := table[at : at + 2]) != _END:
        at += 2
        for _ in range(int.from_bytes(fields)):
            at = _after(table, at)
        rows.append(table[begins:at])
        begins = at
    return rows


def together(rows: Iterable[bytes]) -> bytes:
    """A table of rows taken apart."""
    return b"".join([_HEAD, *rows, _END])


def value(row: bytes, place: int) -> bytes | None:
    """What the field at a place of a row taken apart holds."""
    at = 2
    for _ in range(place):
        at = _after(row, at)
    return None if row[at : at + 4] == _NOTHING else row[at + 4 : _after(row, at)]


def _after(rows: bytes, at: int) -> int:
    """Where a field that begins at ``at`` ends."""
    length = rows[at : at + 4]
    return at + 4 if length == _NOTHING else at + 4 + int.from_bytes(length)


def framed(value: bytes | None) -> bytes:
    """A value with its length before it."""
    return _NOTHING if value is None else len(value).to_bytes(4) + value


def same(value: bytes | None) -> Field:
    """The same value in every row."""
    return (framed(value),)


def fixed(values: Sequence[bytes]) -> Field:
    """Values that are all of one length."""
    return (len(values[0] if values else b"").to_bytes(4), values)


def sized(values: Sequence[bytes | None]) -> Field:
    """Values of any length."""
    if None in values:
        return (Lengths([-1 if value is None else len(value) for value in values]), [value or b"" for value in values])
    return (Lengths(list(map(len, values))), values)  # type: ignore[arg-type,return-value]  # there is no None


def chosen(values: Sequence[bytes]) -> Field:
    """Values framed already: of the few there are, one for each row."""
    return (values,)


def lexemes(counts: Sequence[int], joined: Sequence[bytes]) -> Field:
    """Each a ``tsvector`` of so many different words without places, at least one, given with ``BETWEEN`` between them."""
    ends = len(BETWEEN) + 4
    return (Lengths([len(words) + ends for words in joined]), integers(counts), joined, BETWEEN)


def integer(value: int) -> bytes:
    """An ``integer``."""
    return value.to_bytes(4, signed=True)


def integers(values: Sequence[int]) -> list[bytes]:
    """Many ``integer``."""
    raw = struct.pack(f">{len(values)}i", *values)
    return [raw[at : at + 4] for at in range(0, len(raw), 4)]


def day(value: date) -> bytes:
    """A ``date``."""
    return integer((value - _EPOCH.date()).days)


def instant(value: datetime) -> bytes:
    """A ``timestamptz``, to the microsecond."""
    since = value - _EPOCH
    return (since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds).to_bytes(8, signed=True)


def span(lower: bytes, upper: bytes | None) -> bytes:
    """A range from ``lower``, itself included, until ``upper``, or without end."""
    if upper is None:
        return bytes((_LOWER_INCLUSIVE | _NO_UPPER,)) + framed(lower)
    return bytes((_LOWER_INCLUSIVE,)) + framed(lower) + framed(upper)


def integer_array(values: Sequence[int]) -> bytes:
    """An ``integer[]``."""
    if not values:
        return struct.pack(">iiI", 0, 0, _INT4)
    return struct.pack(">iiIii", 1, 0, _INT4, len(values), 1) + b"".join(framed(integer(value)) for value in values)


def identifier(value: UUID | None) -> bytes | None:
    """A ``uuid``."""
    return None if value is None else value.bytes


def text(value: str | None) -> bytes | None:
    """A ``text``."""
    return None if value is None else value.encode()
