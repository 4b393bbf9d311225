"""CSV to rows: any of the encodings and separators seen in the wild, a line at a time.

RFC 4180, read strictly: where quotation marks don't add up, the row they begin in is bad
and reading goes on from the next line, so that a stray mark costs a row and not the file.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path

import polars as pl

from rekisteri.catalogue import Reason
from rekisteri.ground import numbers
from rekisteri.sources.organisations.wire_encoding import UTF8, Decoding, decoding
from rekisteri.sources.organisations.wire_rows import (
    CELL_MARK,
    MAX_COLUMNS,
    MAX_LINE_BYTES,
    MAX_RAW_CHARS,
    BadRow,
    Chunk,
    Delivery,
    Sheet,
    shown,
    unfit,
)
from rekisteri.sources.organisations.wire_sheet import turned

SEPARATORS = (";", "\t", "|", ",")
SNIFFED_RECORDS = 50
DIGIT_SHARE_OF_DATA = 0.5

_UNDECODABLE = re.compile(r"[\udc80-\udcff]")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_LINE_END = re.compile(rb"\r\n|\n|\r(?=.)", re.DOTALL)
_CODE = re.compile(r"\d{6}[-+A-Fa-fU-Yu-y]\d{3}[0-9A-Za-z]")
"""An identity code, whether its check character holds or not."""
_NUMBER = re.compile(r"[+\d][\d\s.,:+\-]*")


def open_csv(path: Path, encoding: str | None, separator: str | None) -> Delivery:
    """A CSV file. Raises ``Rejected`` for one without headings or not in its encoding."""
    decoded = decoding(path, encoding)
    lines = next(_blocks(path, decoded), [])
    if isinstance(lines, _TooLong):
        raise unfit(path, "the first line is longer than a line may be", "Begin the file with a line of headings")
    before = skipped = _blank(lines, 0)
    if skipped < len(lines) and (told := _SEPARATOR_LINE.fullmatch(lines[skipped])):
        separator = separator or told[1]
        skipped = _blank(lines, skipped + 1)
        before = skipped - 1
    if skipped >= len(lines):
        raise unfit(path, "the file is empty", "Send a file whose first row names the columns")
    separator = separator or _sniffed(lines[skipped:])
    reader = csv.reader(lines[skipped:], delimiter=separator, strict=True)
    try:
        cells = next(reader)
    except csv.Error:
        raise unfit(path, "the quotation marks of the headings don't add up", "Mend the first row") from None
    if _UNDECODABLE.search("".join(cells)):
        raise unfit(path, "the headings are not in the file's encoding", "Save the file as UTF-8")
    layout = _Layout(path, decoded, separator, columns_of(path, cells), skipped + reader.line_num, before + 1)
    sheets = layout.sheets if len(layout.columns) > 1 and separator.isascii() else None
    return Delivery(path, "csv", decoded.encoding, separator, layout.columns, layout.chunks, sheets=sheets)


def columns_of(path: Path, cells: list[str]) -> tuple[str, ...]:
    """Headings from the cells of the first row; empty ones at its end are left out.

    Raises ``Rejected`` where the row is data, or two columns have the same heading.
    """
    headings = [cell.strip() for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if not headings:
        raise unfit(path, "the first row has no headings", "Add a first row that names the columns")
    if len(headings) > MAX_COLUMNS:
        raise unfit(
            path,
            f"the file has {len(headings)} columns; at most {MAX_COLUMNS} are read",
            "Check the separator",
        )
    if _is_data(headings):
        raise unfit(path, "the first row looks like data, not headings", "Add a first row that names the columns")
    counts = Counter(heading.lower() for heading in headings if heading)
    twice = [heading for heading, count in counts.items() if count > 1]
    if twice:
        raise unfit(
            path,
            f"two columns have the same heading: {shown(twice)}",
            "Give each column a heading of its own",
        )
    return tuple(heading or f"#{number}" for number, heading in enumerate(headings, 1))


def _is_data(headings: list[str]) -> bool:
    stated = [heading for heading in headings if heading]
    if any(_CODE.fullmatch(cell) or numbers.iban(cell) or _is_email(cell) for cell in stated):
        return True
    figures = sum(1 for cell in stated if _NUMBER.fullmatch(cell))
    return figures > 0 and figures >= DIGIT_SHARE_OF_DATA * len(stated)


def _is_email(cell: str) -> bool:
    return "@" in cell and numbers.email(cell) is not None


def _blank(lines: list[str], start: int) -> int:
    """The first line from ``start`` on that says something."""
    return next((at for at in range(start, len(lines)) if lines[at].strip()), len(lines))


def _sniffed(lines: list[str]) -> str:
    """The separator by which most of the first rows are as wide as the header."""

    def fit(separator: str) -> tuple[int, int]:
        found: list[int] = []
        try:
            for record in csv.reader(lines, delimiter=separator, strict=True):
                found.append(len(record))
                if len(found) > SNIFFED_RECORDS:
                    break
        except csv.Error:
            pass
        width = found[0] if found else 1
        return (found.count(width), width) if width > 1 else (0, 1)

    return max(SEPARATORS, key=fit)


@dataclass(frozen=True, slots=True)
class _TooLong:
    """A line longer than a line may be: its beginning."""

    beginning: str


def _blocks(path: Path, decoded: Decoding) -> Iterator[list[str] | _TooLong]:
    """The file's lines with their ends, in lists."""
    for piece in _pieces(path, decoded):
        yield piece if isinstance(piece, _TooLong) else _lines(piece, decoded)


def _lines(piece: bytes, decoded: Decoding) -> list[str]:
    # Bytes end their lines at CR and LF only; text would at half a dozen other characters.
    encoding, errors = decoded.bytewise, "surrogateescape" if decoded.faulty else "strict"
    return [line.decode(encoding, errors) for line in piece.splitlines(keepends=True)]


def _pieces(path: Path, decoded: Decoding) -> Iterator[bytes | _TooLong]:
    """The file in pieces of whole lines; memory is bounded by the longest line read."""
    rest = b""
    too_long: _TooLong | None = None
    for block in chain(decoded.blocks(path), (b"",)):
        ended = not block
        data = rest + block
        if too_long is not None:
            found = _LINE_END.search(data)
            if found is None and not ended:
                rest = data[-1:]
                continue
            yield too_long
            too_long = None
            data = data[found.end() :] if found else b""
        end = len(data) if ended else _whole(data)
        if end:
            yield data[:end]
        rest = data[end:]
        if len(rest) > MAX_LINE_BYTES:
            too_long, rest = _TooLong(rest[:MAX_RAW_CHARS].decode(decoded.bytewise, "replace")), b""


def _whole(data: bytes) -> int:
    """Where the last whole line ends, 0 if none does; a CR that may be half of a CR LF waits."""
    return data.rfind(b"\n") + 1 or data.rfind(b"\r", 0, len(data) - 1) + 1


class _Reading:
    """One reading of a file: lines in, rows out."""

    def __init__(self, width: int, separator: str, row_no: int, faulty: bool) -> None:
        self._width = width
        self._separator = separator
        self._row_no = row_no
        self._faulty = faulty
        self._held: list[str] = []
        self.chunk = Chunk()

    @property
    def waits(self) -> bool:
        """Whether a record goes on beyond the lines read so far."""
        return bool(self._held)

    def take_plain(self, lines: list[bytes]) -> list[int]:
        """Count lines that are rows as they stand; their row numbers."""
        first = self._row_no + 1
        self._row_no += len(lines)
        return list(range(first, self._row_no + 1))

    def take(self, lines: list[str], *, last: bool = False) -> None:
        """Read the lines; a record that goes on beyond them is held for the next, unless these are the last."""
        if self._held:
            lines = self._held + lines
            self._held = []
        suspect = self._faulty and any(_UNDECODABLE.search(line) for line in lines)
        start = 0
        while start < len(lines):
            start = self._read(lines, start, suspect, last)

    def skip(self, line: _TooLong) -> None:
        """Pass over a line too long to be read."""
        self.take([], last=True)
        self._row_no += 1
        self._reject(self._row_no, Reason.LINE_TOO_LONG, line.beginning)

    def _read(self, lines: list[str], start: int, suspect: bool, last: bool) -> int:
        """Read records from a line on, up to the first that can't be; the line to go on from."""
        width, row_no = self._width, self._row_no
        add_row, add_no = self.chunk.rows.append, self.chunk.row_nos.append
        reader = csv.reader(lines[start:] if start else lines, delimiter=self._separator, strict=True)
        begun = 0
        try:
            for cells in reader:
                row_no += 1
                if len(cells) == width and cells[0] and not suspect:
                    add_row(cells)
                    add_no(row_no)
                elif not self._take_odd(cells, row_no, lines[start + begun : start + reader.line_num]):
                    self._row_no = row_no
                    return start + begun + 1
                begun = reader.line_num
        except csv.Error:
            self._row_no = row_no
            held = lines[start + begun :]
            if reader.line_num == len(lines) - start and not last and sum(map(len, held)) <= MAX_LINE_BYTES:
                self._held = held
                return len(lines)
            self._row_no += 1
            swallowed = sum(map(len, lines[start + begun : start + reader.line_num]))
            too_long = swallowed > csv.field_size_limit()
            self._reject(self._row_no, Reason.LINE_TOO_LONG if too_long else Reason.CELL_COUNT, held[0])
            return start + begun + 1
        self._row_no = row_no
        return len(lines)

    def _take_odd(self, cells: list[str], row_no: int, lines: list[str]) -> bool:
        """Take a record that is not plainly a row; False if its lines after the first are to be read anew."""
        width = self._width
        if self._faulty and _UNDECODABLE.search("".join(cells)):
            self._reject(row_no, Reason.UNDECODABLE, "".join(lines))
        elif not any(cells):
            pass  # a blank line, or cells that say nothing
        elif len(cells) == width or (len(cells) > width and not any(cells[width:])):
            self.chunk.rows.append(cells[:width])
            self.chunk.row_nos.append(row_no)
        else:
            # A record of several lines and the wrong width: a stray mark has swallowed the others.
            self._reject(row_no, Reason.CELL_COUNT, lines[0])
            return len(lines) == 1
        return True

    def _reject(self, row_no: int, reason: Reason, raw: str) -> None:
        text = _UNDECODABLE.sub("\ufffd", raw[:MAX_RAW_CHARS]).rstrip("\r\n")
        self.chunk.bad.append(BadRow(row_no, reason, text))

    def finished(self) -> Chunk:
        """What was read since the last time."""
        chunk, self.chunk = self.chunk, Chunk()
        return chunk


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the first rows told of a CSV file."""

    path: Path
    decoded: Decoding
    separator: str
    columns: tuple[str, ...]
    header_lines: int
    """Physical lines before the first row."""
    header_row: int
    """The row number of the headings."""

    def chunks(self, size: int) -> Iterator[Chunk]:
        """All rows, in chunks of about ``size``."""
        reading = _Reading(len(self.columns), self.separator, self.header_row, self.decoded.faulty)
        skipped = self.header_lines
        for block in _blocks(self.path, self.decoded):
            if isinstance(block, _TooLong):
                reading.skip(block)
            else:
                reading.take(block[skipped:] if skipped else block)
                skipped = 0
            if len(reading.chunk.rows) + len(reading.chunk.bad) >= size:
                yield reading.finished()
        reading.take([], last=True)
        chunk = reading.finished()
        if chunk.rows or chunk.bad:
            yield chunk

    def sheets(self, size: int) -> Iterator[Sheet]:
        """All rows as columns, in sheets of about ``size``: the same rows as ``chunks`` gives."""
        width = len(self.columns)
        reading = _Reading(width, self.separator, self.header_row, self.decoded.faulty)
        plain = _Plain(width, self.separator, self.decoded)
        skipped = self.header_lines
        for piece in _pieces(self.path, self.decoded):
            if isinstance(piece, _TooLong):
                reading.skip(piece)
            elif skipped or reading.waits or (lines := plain.lines(piece)) is None:
                reading.take(_lines(piece, self.decoded)[skipped:])
                skipped = 0
            else:
                for is_row, some in plain.runs(lines):
                    if is_row:
                        plain.take(reading.take_plain(some), some)
                    else:
                        reading.take([plain.as_it_came(line) for line in some])
            if len(plain.row_nos) + len(reading.chunk.rows) + len(reading.chunk.bad) >= size:
                yield plain.finished(reading.finished())
        reading.take([], last=True)
        sheet = plain.finished(reading.finished())
        if sheet.row_nos or sheet.bad:
            yield sheet


class _Plain:
    """Lines that are rows as they stand: no quotation marks, as many cells as columns, something said."""

    def __init__(self, width: int, separator: str, decoded: Decoding) -> None:
        self._width = width
        self._separator = separator
        self._between = CELL_MARK.encode()
        self._marks = bytes.maketrans(separator.encode(), self._between)
        self._silent = self._between * (width - 1)
        self._encoding = decoded.bytewise
        self._held: list[bytes] = []
        self.row_nos: list[int] = []

    def lines(self, piece: bytes) -> list[bytes] | None:
        """The piece's lines without their ends, as UTF-8 with ``CELL_MARK`` for the separator.

        None where only the reader of rows can tell.
        """
        if b'"' in piece or b"\0" in piece or self._between in piece:
            return None
        ended = piece if piece.endswith(b"\n") else piece + b"\n"
        if returns := ended.count(b"\r"):
            tails = {line[-1:] for line in ended.split(b"\n")[:-1]}
            if tails != {b"\r"} or returns != ended.count(b"\n"):
                return None
        try:
            text = ended.decode(self._encoding)
        except UnicodeDecodeError:
            return None
        utf8 = ended if self._encoding == UTF8 else text.encode()
        return utf8[:-1].translate(self._marks, b"\r").split(b"\n")

    def runs(self, lines: list[bytes]) -> Iterator[tuple[bool, list[bytes]]]:
        """The lines in runs of such that are rows and such that may not be."""
        separators = [line.count(self._between) for line in lines]
        plain = separators.count(self._width - 1) == len(lines)
        if plain and self._silent not in lines and max(map(len, lines)) <= csv.field_size_limit():
            yield True, lines
            return
        for is_row, some in groupby(lines, self._is_row):
            yield is_row, list(some)

    def _is_row(self, line: bytes) -> bool:
        """Whether the line is a row whatever stands before and after it."""
        return (
            line.count(self._between) == self._width - 1
            and line != self._silent
            and len(line) <= csv.field_size_limit()
        )

    def as_it_came(self, line: bytes) -> str:
        """A line for the reader of rows."""
        return line.decode().replace(CELL_MARK, self._separator) + "\n"

    def take(self, row_nos: list[int], rows: list[bytes]) -> None:
        """Hold rows until the sheet is full."""
        self.row_nos += row_nos
        self._held += rows

    def finished(self, others: Chunk) -> Sheet:
        """The sheet of the rows held and of those read one by one, in file order."""
        row_nos, held = self.row_nos, self._held
        self.row_nos, self._held = [], []
        sheet = turned(others, self._width)
        if not held:
            return sheet
        cells = pl.read_csv(
            b"\n".join(held),
            has_header=False,
            separator=CELL_MARK,
            quote_char=None,
            schema={str(index): pl.String for index in range(self._width)},
            missing_columns="raise",
            truncate_ragged_lines=False,
        )
        if not sheet.row_nos:
            return Sheet(row_nos, cells, held, sheet.bad)
        row_nos, raw = row_nos + sheet.row_nos, held + sheet.raw
        order = sorted(range(len(row_nos)), key=row_nos.__getitem__)
        return Sheet(
            [row_nos[place] for place in order],
            pl.concat([cells, sheet.cells])[order],
            [raw[place] for place in order],
            sheet.bad,
            marked=sheet.marked,
        )
