"""What every format is read into: a delivery of rows of text, in chunks, with its bad rows.

A row is a list of exactly as many cells as the delivery has columns; ``""`` is an empty
cell. What a cell means is judged further up; here only the form of the file is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import polars as pl

from rekisteri.catalogue import Reason
from rekisteri.ground.errors import Rejected

Format = Literal["csv", "xlsx", "ndjson"]

MAX_LINE_BYTES = 1 << 20
"""Longest line or record that is read; a longer one is a bad row and costs no memory."""
MAX_COLUMNS = 256
MAX_RAW_CHARS = 10_000
"""As much of a bad row is kept for the file of rows to mend."""
CHUNK_ROWS = 20_000
SHOWN_HEADINGS = 30
CELL_MARK = "\x1f"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is none: where it stood, why, and its text (at most ``MAX_RAW_CHARS``)."""

    row_no: int
    reason: Reason
    raw: str


@dataclass(slots=True)
class Chunk:
    """Some rows of a delivery in file order.

    ``row_nos`` and ``rows`` run side by side; ``formulas`` holds (row number, cell index) of
    spreadsheet cells whose value is computed.
    """

    row_nos: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    formulas: set[tuple[int, int]] = field(default_factory=set)


@dataclass(slots=True)
class Sheet:
    """The same as columns: what can be judged a column at a time is judged by native code.

    ``cells`` has a column of texts for each of the delivery's, named ``"0"`` onwards, null
    for an empty cell; ``row_nos`` runs beside it, and so does ``raw``: each row's cells as
    UTF-8 with ``CELL_MARK`` between them.
    """

    row_nos: list[int]
    cells: pl.DataFrame
    raw: list[bytes]
    bad: list[BadRow] = field(default_factory=list)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    marked: set[int] = field(default_factory=set)
    """Numbers of rows with a cell that holds the mark itself: ``cells_in`` would not have them apart again."""

    def row(self, place: int) -> list[str]:
        """The cells of one row, by its place in the sheet."""
        return [cell or "" for cell in self.cells.row(place)]


def cells_in(raw: bytes) -> list[str]:
    """The cells of a row of a sheet, from its ``raw``."""
    return raw.decode().split(CELL_MARK)


@dataclass(frozen=True, slots=True)
class Delivery:
    """An opened file: what it is, its columns, and its rows as often as they are asked for.

    A row's number is the one a spreadsheet shows: the header is row 1, a cell with line
    breaks in it does not count further, blank lines do; in NDJSON, which has no header, the
    number of the line. ``separator`` stands between the cells of a row's text; a line of
    NDJSON has none.
    """

    path: Path
    format: Format
    encoding: str
    separator: str
    columns: tuple[str, ...]
    read: Callable[[int], Iterator[Chunk]]
    is_mend_file: bool = False
    sheets: Callable[[int], Iterator[Sheet]] | None = None
    """The rows as columns at once, where the format can be read so; ``sheets`` of ``wire_sheet`` asks."""

    def chunks(self, size: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """The rows from the first on, in chunks of about ``size``. Raises ``Rejected``."""
        return self.read(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing stays open between chunks; the ``with`` says how long the file must stay."""


def unfit(path: Path, what: str, cure: str) -> Rejected:
    """The refusal of a whole file: its name, what is wrong, what to do."""
    return Rejected(f"{path.name}: {what}. {cure}.", field="file")


def shown(headings: Iterable[str]) -> str:
    """Headings as a message lists them."""
    listed = [f"“{heading}”" for heading in headings]
    more = len(listed) - SHOWN_HEADINGS
    return ", ".join(listed[:SHOWN_HEADINGS]) + (f" and {more} more" if more > 0 else "")
