"""Bytes of a directory's file to rows: CSV, XML, JSON, or a ZIP archive of one of them, a row at a time.

A file that can't be read is refused whole; a row that is none is a value and the rest goes on. XML is read without
entities, DTD or network (OWASP XXE); a million companies take the memory of one.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lxml import etree

from rekisteri.catalogue import Reason
from rekisteri.ground.errors import Rejected
from rekisteri.sources.directories.layout import Format, Layout, Placed

FILE_BYTES_MAX = 16 << 30
"""Most bytes of a file, unpacked: the business information system's whole is some gigabytes."""
ROW_BYTES_MAX = 1 << 20
ROWS_MAX = 5_000_000
PIECE = 1 << 20
_SPACE = re.compile(r"[\s,]*")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number in the file, from 1, and what stands in it; ``told`` None where it is none, for ``reason``."""

    number: int
    told: Mapping[str, object] | None
    reason: Reason | None = None

    def raw(self) -> bytes:
        """The row as it is kept in quarantine."""
        # Plain JSON takes whatever a file may hold: numbers of any size, halves of signs.
        return b"" if self.told is None else json.dumps(self.told).encode()[:ROW_BYTES_MAX]


@contextmanager
def opened(path: Path, layout: Layout) -> Iterator[tuple[Format, Iterator[Row]]]:
    """A file's format and its rows. Raises ``Rejected``, also while the rows are read, for a file that can't be."""
    with path.open("rb") as file, _unpacked(path, file) as stream:
        head = stream.peek(PIECE)[:PIECE].removeprefix(_BOM).lstrip()
        if not head:
            raise Rejected(f"{path.name} is empty.", field="file")
        if head.startswith(b"<"):
            yield "xml", _limited(path, _xml(path, stream, layout.of("xml")))
        elif head.startswith((b"{", b"[")):
            yield "json", _limited(path, _json(path, stream, layout.of("json")))
        else:
            yield "csv", _limited(path, _csv(path, stream, layout.of("csv")))


@contextmanager
def _unpacked(path: Path, file: IO[bytes]) -> Iterator[io.BufferedReader]:
    if not zipfile.is_zipfile(file):
        if path.stat().st_size > FILE_BYTES_MAX:
            raise Rejected(f"{path.name} is too large for a directory.", field="file")
        file.seek(0)
        yield io.BufferedReader(file, PIECE)  # type: ignore[arg-type]
        return
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        members = [one for one in archive.infolist() if not one.is_dir()]
        if len(members) != 1:
            raise Rejected(f"{path.name} holds {len(members)} files; pack the directory's file alone.", field="file")
        if members[0].file_size > FILE_BYTES_MAX:
            raise Rejected(f"{path.name} is too large for a directory.", field="file")
        with archive.open(members[0]) as member:
            yield io.BufferedReader(member, PIECE)  # type: ignore[arg-type]


def _limited(path: Path, rows: Iterator[Row]) -> Iterator[Row]:
    for row in rows:
        if row.number > ROWS_MAX:
            raise Rejected(f"{path.name} has more than {ROWS_MAX} rows; that is no directory.", field="file")
        yield row


def _csv(path: Path, stream: io.BufferedReader, placed: Placed) -> Iterator[Row]:
    """Rows under a heading, divided by the sign the heading is divided by most; UTF-8, else ISO-8859-15."""
    encoding = "utf-8-sig" if _is_utf8(stream.peek(PIECE)[:PIECE]) else "iso-8859-15"
    lines = io.TextIOWrapper(stream, encoding, errors="surrogateescape", newline="")
    first = lines.readline(ROW_BYTES_MAX)
    sign = max(";\t,|", key=first.count)
    headings = [one.strip().casefold() for one in next(csv.reader([first], delimiter=sign), [])]
    wanted = {one for paths in placed.fields.values() for one in paths}
    for field in ("ytunnus", "address", "operator"):
        if field in placed.fields and not set(placed.paths(field)) & set(headings):
            raise Rejected(
                f"{path.name} has no column of {field}; expected one of: {', '.join(placed.paths(field))}. "
                "Mend the layout or the file.",
                field="file",
            )
    reader = csv.reader(_lines(lines), delimiter=sign)
    number = 1
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Row(number, None, Reason.LINE_TOO_LONG)
            continue
        if not any(cells):
            continue
        if len(cells) != len(headings):
            yield Row(number, None, Reason.CELL_COUNT)
        elif any("\udc80" <= sign <= "\udcff" for cell in cells for sign in cell):
            yield Row(number, None, Reason.UNDECODABLE)
        else:
            yield Row(number, {name: cell for name, cell in zip(headings, cells, strict=True) if name in wanted})


def _lines(lines: io.TextIOWrapper) -> Iterator[str]:
    while line := lines.readline(ROW_BYTES_MAX):
        yield line


def _is_utf8(head: bytes) -> bool:
    """Whether the beginning of a file is UTF-8; a sign cut in two at its end is none of its faults."""
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end == len(head) and error.reason == "unexpected end of data"
    return True


def _json(path: Path, stream: io.BufferedReader, placed: Placed) -> Iterator[Row]:
    """The objects of a list, that of the key ``placed.rows`` where the file is an object."""
    text = io.TextIOWrapper(stream, "utf-8-sig")
    try:
        yield from _objects(path, text, placed)
    except UnicodeDecodeError:
        raise Rejected(f"{path.name} is not UTF-8.", field="file") from None


def _objects(path: Path, text: io.TextIOWrapper, placed: Placed) -> Iterator[Row]:
    buffer = text.read(PIECE)
    begin = re.search(rf'"{re.escape(placed.rows)}"\s*:\s*\[', buffer) if buffer.lstrip()[0] == "{" else None
    if begin is None and not buffer.lstrip().startswith("["):
        raise Rejected(f"{path.name} has no list {placed.rows}; mend the layout or the file.", field="file")
    at = begin.end() if begin is not None else buffer.index("[") + 1
    decoder, number = json.JSONDecoder(), 0
    while True:
        at = _SPACE.match(buffer, at).end()  # type: ignore[union-attr]
        if at < len(buffer) and buffer[at] == "]":
            return
        try:
            value, end = decoder.raw_decode(buffer, at)
        except ValueError:
            more = text.read(PIECE)
            if not more or len(buffer) - at > ROW_BYTES_MAX:
                raise Rejected(f"{path.name} is broken after {number} rows; fetch it again.", field="file") from None
            buffer, at = buffer[at:] + more, 0
            continue
        except RecursionError:
            raise Rejected(f"{path.name} is nested deeper than a directory is.", field="file") from None
        at, number = end, number + 1
        yield Row(number, value) if isinstance(value, dict) else Row(number, None, Reason.NOT_AN_OBJECT)


def _xml(path: Path, stream: io.BufferedReader, placed: Placed) -> Iterator[Row]:
    """The elements of the name ``placed.rows``, whatever their namespace."""
    number = 0
    try:
        parser = etree.iterparse(
            stream, events=("end",), tag=f"{{*}}{placed.rows}", resolve_entities=False, load_dtd=False, no_network=True,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        for _, element in parser:
            if element.getroottree().docinfo.doctype:
                raise Rejected(f"{path.name} brings a DTD of its own; that is not read.", field="file")
            number += 1
            told = _told(element)
            yield Row(number, told) if isinstance(told, dict) else Row(number, None, Reason.NOT_AN_OBJECT)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError:
        raise Rejected(f"{path.name} is broken after {number} rows; fetch it again.", field="file") from None
    if not number:
        raise Rejected(f"{path.name} has no {placed.rows}; mend the layout or the file.", field="file")


def _told(element: etree._Element) -> dict[str, object] | str:
    """An element as names and values: text where it has no children, a list where a name stands many times."""
    found: dict[str, object] = {}
    for child in element:
        name, told = etree.QName(child).localname, _told(child)
        known = found.get(name)
        if known is None:
            found[name] = told
        elif isinstance(known, list):
            known.append(told)
        else:
            found[name] = [known, told]
    return found or (element.text or "")
