"""NDJSON to rows: an object a line; nested names are joined with dots, lists of values with ``|``.

RFC 8259, strictly: a name twice in an object, a number that is none, a line that is not an
object make a bad row. Columns are the union of all names, so the file is read twice.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from rekisteri.catalogue import Reason
from rekisteri.sources.organisations.wire_rows import (
    MAX_COLUMNS,
    MAX_LINE_BYTES,
    MAX_RAW_CHARS,
    BadRow,
    Chunk,
    Delivery,
    unfit,
)

MAX_DEPTH = 6
HEAD_BYTES = 4096
LIST_SEPARATOR = "|"

_CURE = "Send one JSON object on each line (NDJSON), in UTF-8"


def open_ndjson(path: Path, encoding: str | None) -> Delivery:
    """An NDJSON file. Raises ``Rejected`` for one JSON array or document, or no objects at all."""
    if encoding is not None and not _is_utf8(encoding):
        raise unfit(path, f"the mapping says NDJSON in {encoding}, which is always UTF-8", "Correct the mapping")
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise unfit(path, "JSON is in UTF-8, not in UTF-16", _CURE)
    if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"["):
        raise unfit(path, "the file is one JSON array", _CURE)
    columns: dict[str, int] = {}
    objects = bad = 0
    for line in _lines(path):
        if not line.strip():
            continue
        found = _flat(line)
        if isinstance(found, Reason):
            bad += 1
            continue
        objects += 1
        if not columns.keys() >= found.keys():
            for name in found:
                columns.setdefault(name, len(columns))
            if len(columns) > MAX_COLUMNS:
                raise unfit(path, f"the objects have more than {MAX_COLUMNS} names", "Send one customer a line")
    if not objects:
        raise unfit(path, "no line is a JSON object" if bad else "the file is empty", _CURE)
    return Delivery(path, "ndjson", "utf-8", "", tuple(columns), partial(_chunks, path, columns))


def _is_utf8(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")
    except LookupError:
        return False


def _chunks(path: Path, columns: dict[str, int], size: int) -> Iterator[Chunk]:
    chunk = Chunk()
    width = len(columns)
    for row_no, line in enumerate(_lines(path), 1):
        found = _flat(line)
        if isinstance(found, Reason):
            if line.strip():
                text = line[: 4 * MAX_RAW_CHARS].decode("utf-8", "replace")[:MAX_RAW_CHARS].rstrip("\r\n")
                chunk.bad.append(BadRow(row_no, found, text))
        else:
            row = [""] * width
            for name, cell in found.items():
                row[columns[name]] = cell
            if any(row):
                chunk.rows.append(row)
                chunk.row_nos.append(row_no)
        if len(chunk.rows) + len(chunk.bad) >= size:
            yield chunk
            chunk = Chunk()
    if chunk.rows or chunk.bad:
        yield chunk


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of the file; of one too long to be read its beginning, longer by one than may be."""
    with path.open("rb") as file:
        if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            file.seek(0)
        while line := file.readline(MAX_LINE_BYTES + 1):
            if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
                _pass_over(file)
            yield line


def _pass_over(file: BinaryIO) -> None:
    while rest := file.readline(MAX_LINE_BYTES):
        if rest.endswith(b"\n"):
            return


class _Unfit(Exception):
    """An object that can't be a row."""


class _Inexact(Exception):
    """A number that may have lost digits on the way."""


def _flat(line: bytes) -> dict[str, str] | Reason:
    """The cells of one line by name, or why it has none."""
    if len(line) > MAX_LINE_BYTES:
        return Reason.LINE_TOO_LONG
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return _why_not(line)
    if not isinstance(found, dict):
        return Reason.NOT_AN_OBJECT
    cells: dict[str, str] = {}
    try:
        names = _spread(found, "", cells, 1)
        # A name stands before each colon, unless its twin has overwritten it.
        plain = names == line.count(b'":') and not (b" :" in line or b"\t:" in line or b"\r:" in line)
        return cells if plain else _carefully(line)
    except _Inexact:
        return _carefully(line)
    except _Unfit:
        return Reason.NOT_AN_OBJECT


def _carefully(line: bytes) -> dict[str, str] | Reason:
    """The cells of a line that is JSON, its numbers as they stand and its names each once."""
    cells: dict[str, str] = {}
    try:
        _spread(json.loads(line, object_pairs_hook=_once, parse_int=str, parse_float=_figures), "", cells, 1)
    except (_Unfit, RecursionError):
        return Reason.NOT_AN_OBJECT
    return cells


def _figures(text: str) -> str:
    return text.removesuffix(".0")


def _why_not(line: bytes) -> Reason:
    try:
        line.decode()
    except UnicodeDecodeError:
        return Reason.UNDECODABLE
    return Reason.NOT_AN_OBJECT


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are all different."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Unfit
    return found


def _spread(found: dict[str, Any], stem: str, cells: dict[str, str], depth: int) -> int:
    """Write an object's values as cells under dotted names; returns how many names it holds in all."""
    names = len(found)
    for name, value in found.items():
        path = stem + name
        if type(value) is str:
            cell = value
        elif value is None:
            cell = ""
        elif type(value) is dict:
            if depth == MAX_DEPTH:
                raise _Unfit
            names += _spread(value, path + ".", cells, depth + 1)
            continue
        else:
            cell = _cell(value)
        if path in cells:
            # "a.b" and {"a": {"b": ...}} on one line.
            raise _Unfit
        cells[path] = cell
    return names


def _cell(value: Any) -> str:
    """One value, or a list of values, as text."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            raise _Inexact
        case None:
            return ""
        case list():
            if any(isinstance(one, list | dict) for one in value):
                raise _Unfit
            return LIST_SEPARATOR.join(_cell(one) for one in value)
    raise AssertionError(type(value))
