"""XLSX to rows: values by calamine, a window of the sheet at a time.

Calamine reads a sheet whole and as a rectangle, which a million rows or one stray cell would
make larger than any memory. So the sheet's XML is cut between rows, and each window is read
as a small workbook of its own beside the same styles and shared texts. On the way formulas
are noted, whose values are not data. ECMA-376 part 1, § 18.3.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineWorkbook

from rekisteri.catalogue import Reason
from rekisteri.sources.organisations.wire_csv import columns_of
from rekisteri.sources.organisations.wire_rows import (
    MAX_COLUMNS,
    MAX_RAW_CHARS,
    BadRow,
    Chunk,
    Delivery,
    unfit,
)

MAX_UNPACKED_BYTES = 8 << 30
MAX_SHARED_BYTES = 512 << 20
"""Of everything but the sheets: shared texts, styles and so on, which are read whole."""
MAX_RATIO = 400
RATIO_FREE_BYTES = 16 << 20
WINDOW_BYTES = 8 << 20
WINDOW_ROWS = 100_000
"""Most rows from the first to the last of a window: more means a stray cell far below the table."""
READ_BYTES = 1 << 18
RAW_SEPARATOR = ";"
"""Between the cells of a bad row's text."""
HEADER_BYTES = 1 << 16
TITLE_ROWS_MAX = 5
"""So many rows of one cell may stand above the headings, as people put titles over their tables."""
PREAMBLE_BYTES = 4 << 20

_WHOLE = "Save the workbook again and send it anew; it may have been cut off on the way"
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, KeyError,
    ET.ParseError, CalamineError,
)  # fmt: skip
_NEEDED = (
    "[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels", "xl/workbook.xml", "xl/styles.xml",
    "xl/sharedStrings.xml",
)  # fmt: skip
_DATA_BEGINS = re.compile(rb"<((?:\w+:)?)sheetData\s*(/?)>")
_ROW_NO = re.compile(rb"""\br=["'](\d+)["']""")
_CELL_ROW = re.compile(rb' r="[A-Za-z]+([0-9]+)')
_ADDRESS = re.compile(rb"""\br=["']([A-Z]{1,3})(\d+)["']""")
_BEYOND_COLUMNS = re.compile(rb' r="(?:[A-Za-z]{3}|[J-Zj-z][A-Za-z]|[Ii][W-Zw-z])')


def open_xlsx(path: Path) -> Delivery:
    """A workbook: its first visible sheet that holds anything. Raises ``Rejected``."""
    try:
        with zipfile.ZipFile(path) as book:
            _guard(path, book)
            sheets = (_Sheet(path, name, member) for name, member in _sheets(book))
            headed = ((sheet, header) for sheet in sheets if (header := sheet.header(book)) is not None)
            for sheet, header in headed:
                columns = columns_of(path, header.cells)
                _hold_to_one(path, sheet, header, headed)
                read = partial(sheet.chunks, columns, header.row_no)
                return Delivery(path, "xlsx", "utf-8", RAW_SEPARATOR, columns, read)
    except _BROKEN as error:
        raise unfit(path, "the workbook is broken or cut off", _WHOLE) from error
    raise unfit(path, "the workbook is empty", "Send a workbook whose first row names the columns")


def _header(first: Iterable[_Row]) -> _Row | None:
    """The row that names the columns: the first with two cells or more; those of one above it are the sheet's title."""
    rows = list(first)
    return next((row for row in rows if sum(map(bool, row.cells)) > 1), rows[0] if rows else None)


def _hold_to_one(path: Path, first: _Sheet, header: _Row, others: Iterable[tuple[_Sheet, _Row]]) -> None:
    """Refuse a workbook that goes on in another sheet: what is in it would be left unread, and a full file end its customers."""
    wanted = _named(header)
    for other, its in others:
        if _named(its) == wanted:
            raise unfit(
                path,
                f"sheets “{first.name}” and “{other.name}” have the same headings, and one sheet is read",
                "Move the rows to one sheet, or send each sheet as a file of its own (a part of a full file as a delta)",
            )


def _named(header: _Row) -> list[str]:
    """The headings in whatever order, case and blanks."""
    return sorted(filter(None, (cell.strip().lower() for cell in header.cells)))


def _guard(path: Path, book: zipfile.ZipFile) -> None:
    """Refuse a workbook that would unpack beyond all measure."""
    members = book.infolist()
    swollen = any(one.file_size > RATIO_FREE_BYTES and one.file_size > MAX_RATIO * one.compress_size for one in members)
    others = sum(one.file_size for one in members if not _is_sheet(one.filename))
    if swollen or others > MAX_SHARED_BYTES or sum(one.file_size for one in members) > MAX_UNPACKED_BYTES:
        raise unfit(path, "the workbook would unpack to more than is read", "Send it as CSV (UTF-8)")


def _is_sheet(member: str) -> bool:
    return member.startswith("xl/worksheets/")


def _sheets(book: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The visible worksheets in the order of their tabs: name and the part that holds it."""
    relations = ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    parts = {
        one.get("Id"): str(PurePosixPath("/xl", one.get("Target", ""))).lstrip("/")
        for one in relations
        if one.get("Type", "").endswith("/worksheet")
    }
    workbook = ET.fromstring(book.read("xl/workbook.xml"))  # noqa: S314
    for one in workbook.iter():
        if one.tag.rpartition("}")[2] == "sheet" and one.get("state", "visible") == "visible":
            relation = next((value for key, value in one.items() if key.endswith("}id")), None)
            if relation in parts:
                yield one.get("name", ""), parts[relation]


@dataclass(frozen=True, slots=True)
class _Window:
    """Some rows of a sheet as XML, between what goes before and after all rows."""

    head: bytes
    rows: bytes
    prefix: bytes
    """Of the sheet's tags: empty, or a namespace with its colon."""

    def document(self) -> bytes:
        """The window as a worksheet of its own."""
        return b"%s%s</%ssheetData></%sworksheet>" % (self.head, self.rows, self.prefix, self.prefix)

    def row_nos(self, before: int) -> tuple[list[int], bool]:
        """The rows' numbers, and whether the sheet says them; if not, they follow ``before``."""
        tags = re.findall(rb"<%srow\b[^>]*>" % self.prefix, self.rows)
        stated = [int(found[1]) for tag in tags if (found := _ROW_NO.search(tag))]
        if len(stated) == len(tags):
            return stated, True
        return list(range(before + 1, before + 1 + len(tags))), False

    def formulas(self) -> set[tuple[int, int]]:
        """(row number, column index) of the computed cells; raises ``KeyError`` for one without an address."""
        if re.search(rb"<%sf[\s/>]" % self.prefix, self.rows) is None:
            return set()
        pattern = rb"<%sc\b([^>]*)>\s*<%sf[\s/>]" % (self.prefix, self.prefix)
        found = set()
        for attributes in re.findall(pattern, self.rows):
            address = _ADDRESS.search(attributes)
            if address is None:
                raise KeyError("address of a formula")
            found.add((int(address[2]), _column_index(address[1])))
        return found

    def fits(self, row_nos: list[int]) -> bool:
        """Whether all cells stand in so few rows and columns that the rectangle around them is small.

        Raises ``KeyError`` where only some cells say where they stand.
        """
        begun, begun_too = b"<%sc " % self.prefix, b"<%sc>" % self.prefix
        counts = [row.count(begun) + row.count(begun_too) for row in self.rows.split(b"</%srow>" % self.prefix)]
        addressed = _CELL_ROW.findall(self.rows)
        if addressed and len(addressed) < sum(counts):
            raise KeyError("address of a cell")
        rows = row_nos + [int(row) for row in set(addressed)]
        if rows and max(rows) - min(rows) >= WINDOW_ROWS:
            return False
        return max(counts) <= MAX_COLUMNS and not _BEYOND_COLUMNS.search(self.rows)


def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def _windows(path: Path, book: zipfile.ZipFile, member: str, size: int) -> Iterator[_Window]:
    """The sheet in windows of about ``size`` bytes, cut between rows; read to its end, where its checksum is."""
    with book.open(member) as part:
        data = b""
        while (begins := _DATA_BEGINS.search(data)) is None:
            block = part.read(READ_BYTES)
            if not block or len(data) > PREAMBLE_BYTES:
                raise KeyError("sheetData")
            data += block
        prefix, head = begins[1], data[: begins.end()]
        row_end, data_end = b"</%srow>" % prefix, b"</%ssheetData>" % prefix
        rows = bytearray(data[begins.end() :])
        ended = bool(begins[2])
        while not ended:
            block = part.read(READ_BYTES)
            rows += block
            ended = not block or rows.find(data_end, max(0, len(rows) - len(block) - len(data_end))) >= 0
            if not ended and len(rows) < size:
                continue
            cut = rows.rfind(row_end) + len(row_end)
            if cut >= len(row_end):
                yield _Window(head, bytes(rows[:cut]), prefix)
                del rows[:cut]
            elif len(rows) > WINDOW_BYTES:
                raise unfit(path, "a row of the sheet is longer than is read", "Save the table alone, as CSV")
        while part.read(READ_BYTES):
            pass


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that holds something: its cells from column A on."""

    row_no: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One worksheet of a workbook."""

    path: Path
    name: str
    member: str

    def rows(self, book: zipfile.ZipFile, size: int, formulas: set[tuple[int, int]] | None = None) -> Iterator[_Row]:
        """The rows that hold anything; those of computed cells are added to ``formulas`` before they come."""
        frame = _frame(book)
        before = 0
        for window in _windows(self.path, book, self.member, size):
            row_nos, stated = window.row_nos(before)
            if not window.fits(row_nos):
                raise unfit(
                    self.path,
                    f"sheet “{self.name}” has cells far outside the table, near row {max(row_nos, default=before)}",
                    f"Delete them, or save the table alone; at most {MAX_COLUMNS} columns are read",
                )
            if formulas is not None:
                formulas |= window.formulas()
            with CalamineWorkbook.from_filelike(_workbook(frame, self.member, window.document())) as workbook:
                sheet = workbook.get_sheet_by_name(self.name)
                if sheet.start is not None:
                    top, left = sheet.start
                    first = top + 1 if stated else before + top + 1
                    for row_no, cells in enumerate(sheet.to_python(), first):
                        texts = [cell if type(cell) is str else _text(cell) for cell in cells]
                        if any(texts):
                            yield _Row(row_no, [""] * left + texts if left else texts)
            before = max(row_nos, default=before)

    def header(self, book: zipfile.ZipFile) -> _Row | None:
        """The row that names the columns, if the sheet holds anything."""
        return _header(islice(self.rows(book, HEADER_BYTES), TITLE_ROWS_MAX + 1))

    def chunks(self, columns: tuple[str, ...], header_row: int, size: int) -> Iterator[Chunk]:
        """The rows below the header in chunks of ``size``. Raises ``Rejected``."""
        width = len(columns)
        chunk = Chunk()
        formulas: set[tuple[int, int]] = set()
        try:
            with zipfile.ZipFile(self.path) as book:
                for row in self.rows(book, WINDOW_BYTES, formulas):
                    if row.row_no <= header_row:
                        continue
                    if any(row.cells[width:]):
                        chunk.bad.append(BadRow(row.row_no, Reason.CELL_COUNT, _raw(row.cells)))
                    else:
                        chunk.rows.append((row.cells + [""] * (width - len(row.cells)))[:width])
                        chunk.row_nos.append(row.row_no)
                    if len(chunk.rows) + len(chunk.bad) >= size:
                        yield _with_formulas(chunk, formulas)
                        chunk = Chunk()
        except _BROKEN as error:
            raise unfit(self.path, "the workbook is broken or cut off", _WHOLE) from error
        if chunk.rows or chunk.bad:
            yield _with_formulas(chunk, formulas)


def _with_formulas(chunk: Chunk, formulas: set[tuple[int, int]]) -> Chunk:
    """The chunk with the computed cells of its rows."""
    if formulas and chunk.row_nos:
        chunk.formulas = {cell for cell in formulas if chunk.row_nos[0] <= cell[0] <= chunk.row_nos[-1]}
        formulas -= chunk.formulas
    return chunk


def _raw(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=RAW_SEPARATOR, lineterminator="").writerow(cells)
    return text.getvalue()[:MAX_RAW_CHARS]


def _frame(book: zipfile.ZipFile) -> bytes:
    """A workbook that lacks its sheets: styles, shared texts and whatever says where they are."""
    frame = io.BytesIO()
    present = frozenset(book.namelist())
    with zipfile.ZipFile(frame, "w") as kept:
        for member in _NEEDED:
            if member in present:
                kept.writestr(member, book.read(member))
    return frame.getvalue()


def _workbook(frame: bytes, member: str, document: bytes) -> io.BytesIO:
    whole = io.BytesIO()
    whole.write(frame)
    with zipfile.ZipFile(whole, "a") as book:
        book.writestr(member, document)
    whole.seek(0)
    return whole


def _text(value: Any) -> str:
    """A cell that is no text, as text: days as YYYY-MM-DD, whole numbers without a fraction."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case dt.datetime():
            return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
        case dt.date() | dt.time():
            return value.isoformat()
    return str(value)
