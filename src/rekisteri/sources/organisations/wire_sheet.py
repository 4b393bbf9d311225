"""Rows as columns: what the intake reads a delivery as, a chunk of rows at a time.

A CSV file's lines that are plainly rows come here without ever being rows; all else is turned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import polars as pl

from rekisteri.catalogue import Reason
from rekisteri.sources.organisations.wire_rows import CELL_MARK, MAX_RAW_CHARS, BadRow, Chunk, Delivery, Sheet

_MARK = CELL_MARK.encode()
Restore = Callable[[Iterable[list[str]]], None]


def sheets(delivery: Delivery, size: int, restore: Restore | None = None) -> Iterator[Sheet]:
    """The delivery in sheets of about ``size`` rows; ``restore`` may mend rows that come as rows.

    Raises ``Rejected`` as ``Delivery.chunks`` does.
    """
    if delivery.sheets is not None and restore is None:
        yield from delivery.sheets(size)
        return
    for chunk in delivery.chunks(size):
        if restore is not None:
            restore(chunk.rows)
        yield turned(chunk, len(delivery.columns))


def turned(chunk: Chunk, width: int) -> Sheet:
    """A chunk of rows as a sheet."""
    bad = list(chunk.bad)
    row_nos, rows = chunk.row_nos, chunk.rows
    try:
        raw = [CELL_MARK.join(row).encode() for row in rows]
    except UnicodeEncodeError:
        # Half a character, as JSON can write one: no text holds it.
        lame = {row_no for row_no, row in zip(row_nos, rows, strict=True) if not _is_text(row)}
        bad += [
            BadRow(no, Reason.UNDECODABLE, _legible(row)) for no, row in zip(row_nos, rows, strict=True) if no in lame
        ]
        rows = [row for row_no, row in zip(row_nos, rows, strict=True) if row_no not in lame]
        row_nos = [row_no for row_no in row_nos if row_no not in lame]
        raw = [CELL_MARK.join(row).encode() for row in rows]
    marked = {row_no for row_no, text in zip(row_nos, raw, strict=True) if text.count(_MARK) >= width}
    return Sheet(row_nos, of_rows(rows, width), raw, bad, chunk.formulas, marked)


def of_rows(rows: Sequence[Sequence[str]], width: int) -> pl.DataFrame:
    """Rows as columns."""
    columns: Iterable[Sequence[str]] = zip(*rows, strict=True) if rows else [()] * width
    return pl.DataFrame(
        [
            pl.Series(str(index), [cell or None for cell in column], dtype=pl.String)
            for index, column in enumerate(columns)
        ]
    )


def _is_text(row: Sequence[str]) -> bool:
    try:
        "".join(row).encode()
    except UnicodeEncodeError:
        return False
    return True


def _legible(row: Sequence[str]) -> str:
    return ";".join(row).encode("utf-8", "replace").decode()[:MAX_RAW_CHARS]
