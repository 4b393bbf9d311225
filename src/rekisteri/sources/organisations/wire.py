"""Bytes to rows and back: the deliveries of client organisations, whatever they are written in.

What a file is its content decides, then its mapping; never its name alone. A file that can't
be read is refused whole, with the cure; a row that can't is a ``BadRow`` and the rest goes on.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from rekisteri.sources.organisations.wire_csv import open_csv
from rekisteri.sources.organisations.wire_ndjson import open_ndjson
from rekisteri.sources.organisations.wire_rows import (
    CHUNK_ROWS,
    MAX_COLUMNS,
    MAX_LINE_BYTES,
    MAX_RAW_CHARS,
    BadRow,
    Chunk,
    Delivery,
    Format,
    unfit,
)
from rekisteri.sources.organisations.wire_xlsx import open_xlsx

__all__ = [
    "CHUNK_ROWS",
    "MAX_COLUMNS",
    "MAX_LINE_BYTES",
    "MAX_RAW_CHARS",
    "MEND_COLUMNS",
    "BadRow",
    "Chunk",
    "Delivery",
    "Format",
    "cells_of",
    "open_delivery",
    "write_mend_file",
]

MEND_COLUMNS = ("virhe_rivi", "virhe_kentta", "virhe", "korjausohje")
"""The columns of a file of rows to mend that tell the faults; reading it back they are left out."""
MEND_SEPARATOR = ";"
BETWEEN_FAULTS = " | "
SNIFFED_BYTES = 4096

_ACCEPTED = "Send CSV, XLSX or NDJSON"
_AS_XLSX = "Open it in a spreadsheet program and save it as XLSX without a password, or as CSV (UTF-8)"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OTHERS = (
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "compressed (gzip)"),
    (b"7z\xbc\xaf", "compressed (7-Zip)"),
    (b"BZh", "compressed (bzip2)"),
    (b"\xfd7zXZ", "compressed (xz)"),
    (b"\x28\xb5\x2f\xfd", "compressed (zstd)"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
    (b"<?xml", "an XML document"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"{\\rtf", "an RTF document"),
)
_DANGEROUS = frozenset("=+-@\t\r'")
"""What a spreadsheet takes for the start of a formula, and the mark that says it is none."""


def open_delivery(
    path: Path, *, format: Format | None = None, encoding: str | None = None, separator: str | None = None
) -> Delivery:
    """Open a client organisation's file; what is told of it is held to, the rest is found out.

    Raises ``Rejected`` for a file of another kind, without headings, broken, or not in the
    encoding it is told to be in.
    """
    with path.open("rb") as file:
        head = file.read(SNIFFED_BYTES)
    found = _format_of(path, head)
    if (format == "xlsx") != (found == "xlsx") and format is not None:
        raise unfit(path, f"the mapping says {format.upper()}, the file is {found.upper()}", "Correct one of them")
    match format or found:
        case "xlsx":
            delivery = open_xlsx(path)
        case "ndjson":
            delivery = open_ndjson(path, encoding)
        case _:
            delivery = open_csv(path, encoding, separator)
    return _without_marks(delivery) if set(MEND_COLUMNS) <= set(delivery.columns) else delivery


def _format_of(path: Path, head: bytes) -> Format:
    """What the content is. Raises ``Rejected`` naming what is accepted."""
    if not head:
        raise unfit(path, "the file is empty", _ACCEPTED)
    if head.startswith(_OLE):
        raise unfit(path, "the workbook is in the old XLS format or has a password", _AS_XLSX)
    if head.startswith(_ZIP):
        return _in_zip(path)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, what in _OTHERS:
        if text.startswith(magic):
            raise unfit(path, f"the file is {what}", _ACCEPTED)
    if text.startswith(b"{") or (text.startswith(b"[") and path.suffix.lower() in (".json", ".ndjson", ".jsonl")):
        return "ndjson"
    return "csv"


def _in_zip(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            members = frozenset(archive.namelist())
    except zipfile.BadZipFile as error:
        raise unfit(path, "the workbook is broken or cut off", "Save it again and send it anew") from error
    if "xl/workbook.xml" in members:
        return "xlsx"
    if "xl/workbook.bin" in members or "content.xml" in members:
        raise unfit(path, "the workbook is not in the XLSX format", _AS_XLSX)
    raise unfit(path, "the file is a ZIP archive that holds no workbook", _ACCEPTED)


def _without_marks(delivery: Delivery) -> Delivery:
    """A file of rows to mend as the rows it came from: without our columns, its texts as they were."""
    kept = [index for index, column in enumerate(delivery.columns) if column not in MEND_COLUMNS]
    columns = tuple(_plain(delivery.columns[index]) for index in kept)
    return replace(delivery, columns=columns, read=partial(_unmarked, delivery, kept), is_mend_file=True, sheets=None)


def _unmarked(delivery: Delivery, kept: Sequence[int], size: int) -> Iterator[Chunk]:
    place = {old: new for new, old in enumerate(kept)}
    for chunk in delivery.chunks(size):
        rows = [[_plain(row[index]) for index in kept] for row in chunk.rows]
        bad = [replace(one, raw=_without_mark_cells(one.raw, delivery)) for one in chunk.bad]
        formulas = {(row_no, place[index]) for row_no, index in chunk.formulas if index in place}
        yield Chunk(chunk.row_nos, rows, bad, formulas)


def _without_mark_cells(raw: str, delivery: Delivery) -> str:
    """The text of a bad row without the cells of our columns, where they stand first as we write them."""
    cells = cells_of(raw, delivery.separator)
    if delivery.columns[: len(MEND_COLUMNS)] != MEND_COLUMNS or len(cells) <= len(MEND_COLUMNS):
        return raw
    text = io.StringIO()
    csv.writer(text, delimiter=delivery.separator, lineterminator="").writerow(map(_plain, cells[len(MEND_COLUMNS) :]))
    return text.getvalue()


def write_mend_file(
    target: Path | BinaryIO,
    columns: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str], Sequence[tuple[str, str, str]]]],
) -> int:
    """Write rows to mend: (row number, cells as they came, faults as (column, what, mend)); returns how many.

    CSV in UTF-8 with its mark, as Finnish spreadsheets open it; nothing in it runs as a
    formula. Read back unmended it gives the same cells.
    """
    if isinstance(target, Path):
        with target.open("wb") as file:
            return write_mend_file(file, columns, rows)
    text = io.TextIOWrapper(target, encoding="utf-8-sig", errors="replace", newline="", write_through=True)
    writer = csv.writer(text, delimiter=MEND_SEPARATOR)
    written = 0
    try:
        writer.writerow([*MEND_COLUMNS, *map(_harmless, columns)])
        for row_no, cells, faults in rows:
            fields, whats, mends = (BETWEEN_FAULTS.join(dict.fromkeys(said)) for said in zip(*faults, strict=True))
            marks = [str(row_no), *map(_harmless, (fields, whats, mends))]
            writer.writerow([*marks, *map(_harmless, cells)])
            written += 1
    finally:
        text.detach()
    return written


def _harmless(cell: str) -> str:
    return "'" + cell if cell[:1] in _DANGEROUS and cell else cell


def _plain(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _DANGEROUS and len(cell) > 1 else cell


def cells_of(raw: str, separator: str) -> list[str]:
    """A bad row's text as cells for the file of rows to mend: as many as it has, or the text in one."""
    if not separator:
        return [raw]
    try:
        found = next(csv.reader([raw], delimiter=separator, strict=True), [])
    except csv.Error:
        return [raw]
    return found or [raw]
