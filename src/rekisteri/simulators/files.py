"""Files: a client organisation's customer file on disk: CSV, XLSX or NDJSON, row by row, of any size."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, TextIO
from unicodedata import normalize

import orjson
import xlsxwriter  # type: ignore[import-untyped]

from rekisteri.simulators.customers import Clientele, customers
from rekisteri.simulators.layouts import (
    DAYCARE,
    HOSPITAL,
    LEDGER,
    STANDARD,
    WATERWORKS,
    Cell,
    Layout,
    Row,
    finnish,
    iso,
)
from rekisteri.simulators.population import UNDECOMPOSED

Kind = Literal["csv", "xlsx", "ndjson"]

SHEET: Final = "Asiakkaat"
MAX_SHEET_ROWS: Final = 1_048_575


@dataclass(frozen=True, slots=True)
class Form:
    """How rows become bytes. Encoding, separator, BOM, line ending and quotes concern CSV only; NDJSON is UTF-8."""

    kind: Kind = "csv"
    encoding: str = "utf-8"
    separator: str = ";"
    bom: bool = False
    line_ending: Literal["\n", "\r\n"] = "\r\n"
    quote_all: bool = False
    dates: Literal["iso", "finnish"] = "iso"


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that is a formula: a real one in XLSX, its text elsewhere."""

    text: str


FORMS: Final = {
    STANDARD.name: Form(),
    DAYCARE.name: Form(encoding="iso-8859-15", dates="finnish"),
    WATERWORKS.name: Form(kind="xlsx"),
    HOSPITAL.name: Form(kind="ndjson", line_ending="\n"),
    LEDGER.name: Form(encoding="cp1252", separator="\t", quote_all=True),
}
"""The form in which each layout is met."""


def rows(layout: Layout, clientele: Clientele) -> Iterator[Row]:
    """The clientele's customers as rows of a layout."""
    return map(layout.cells, customers(clientele))


def write_rows(path: Path, columns: tuple[str, ...], cells: Iterable[list[Any]], form: Form) -> int:
    """Write the rows under the headings, streaming; returns how many rows were written.

    A letter that the encoding lacks is written as its plain letter, as old systems do (đ as d).
    """
    write = {"csv": _write_csv, "xlsx": _write_xlsx, "ndjson": _write_ndjson}[form.kind]
    return write(path, columns, cells, form)


def write_file(path: Path, layout: Layout, clientele: Clientele, form: Form | None = None) -> int:
    """Write a clientele's whole file in a layout, in its usual form unless told; returns the number of rows."""
    return write_rows(path, layout.columns, rows(layout, clientele), form or FORMS[layout.name])


def _write_csv(path: Path, columns: tuple[str, ...], cells: Iterable[list[Any]], form: Form) -> int:
    codecs.register_error("rekisteri-plain-letter", _plain_letter)
    written = 0
    with path.open("w", encoding=form.encoding, errors="rekisteri-plain-letter", newline="") as file:
        if form.bom:
            file.write("\ufeff")
        writer = _csv_writer(file, form)
        writer.writerow(columns)
        for row in cells:
            writer.writerow(row if _all_text(row) else [as_text(cell, form) for cell in row])
            written += 1
    return written


def _csv_writer(file: TextIO, form: Form) -> Any:
    quoting: Literal[0, 1] = csv.QUOTE_ALL if form.quote_all else csv.QUOTE_MINIMAL
    return csv.writer(file, delimiter=form.separator, lineterminator=form.line_ending, quoting=quoting)


def _all_text(row: list[Any]) -> bool:
    return set(map(type, row)) == {str}


def as_text(cell: Cell | Formula, form: Form) -> str:
    """A cell as text: dates as the form says, true and false as k and e."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Formula):
        return cell.text
    if isinstance(cell, bool):
        return "k" if cell else "e"
    if isinstance(cell, date):
        return finnish(cell) if form.dates == "finnish" else iso(cell)
    return "" if cell is None else str(cell)


def plain(letter: str) -> str:
    """A letter without its marks: đ as d, ễ as e; a question mark for what has no plain letter."""
    folded = letter.translate(UNDECOMPOSED) if letter.islower() else letter.lower().translate(UNDECOMPOSED).upper()
    return normalize("NFKD", folded).encode("ascii", "ignore").decode() or "?"


def _plain_letter(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(map(plain, error.object[error.start : error.end])), error.end


def _write_xlsx(path: Path, columns: tuple[str, ...], cells: Iterable[list[Any]], form: Form) -> int:
    written = 0
    # constant_memory: each row goes to disk as the next begins, so a million rows need no more memory than one.
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(SHEET)
        as_date = book.add_format({"num_format": "d.m.yyyy"})
        for column, heading in enumerate(columns):
            sheet.write_string(0, column, heading)
        for written, row in enumerate(cells, start=1):
            assert written <= MAX_SHEET_ROWS, "a worksheet holds no more rows"
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    if cell:
                        sheet.write_string(written, column, cell)
                elif isinstance(cell, Formula):
                    sheet.write_formula(written, column, cell.text)
                elif isinstance(cell, bool):
                    sheet.write_boolean(written, column, cell)
                elif isinstance(cell, date):
                    sheet.write_datetime(written, column, cell, as_date)
                elif cell is not None:
                    sheet.write_number(written, column, cell)
    return written


def _write_ndjson(path: Path, columns: tuple[str, ...], cells: Iterable[list[Any]], form: Form) -> int:
    paths = [tuple(column.split(".")) for column in columns]
    end = form.line_ending.encode()
    written = 0
    with path.open("wb") as file:
        for row in cells:
            file.write(orjson.dumps(_nested(paths, row)) + end)
            written += 1
    return written


def _nested(paths: list[tuple[str, ...]], row: list[Any]) -> dict[str, Any]:
    """Cells under dotted headings as nested objects; what is not stated is left out."""
    whole: dict[str, Any] = {}
    for path, cell in zip(paths, row, strict=False):
        if cell is None or cell == "":
            continue
        inner = whole
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = cell.text if isinstance(cell, Formula) else cell
    for nth, cell in enumerate(row[len(paths) :]):
        whole[f"ylimaarainen{nth}"] = cell
    return whole
