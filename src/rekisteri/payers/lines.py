"""Lines of a batch: NDJSON, or CSV under a heading. Any reader of the same form reads any line alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import BinaryIO, NamedTuple

import orjson

from rekisteri.ground.errors import Rejected
from rekisteri.payers.answer import Problem
from rekisteri.payers.question import Question, Usual, asked

LINE_BYTES_MAX = 4_096
LINES_MAX = 1_000_000
NDJSON_MARK = b"{"
BOM = b"\xef\xbb\xbf"

Numbered = tuple[int, bytes | None]
"""A line with its number, counted from 1; None for one longer than a question can be."""


class Form(NamedTuple):
    """How the lines of a source are read: as JSON objects, or as cells under a heading of the fields' names."""

    names: tuple[str, ...] | None = None
    sign: str = ","

    def asked(self, raw: bytes | None, usual: Usual) -> Question | Problem:
        """The question of a line, or what is wrong with it."""
        fields = None if raw is None else _object(raw) if self.names is None else self._cells(raw, self.names)
        return Problem("line_unreadable", "line") if fields is None else asked(fields, usual)

    def _cells(self, raw: bytes, names: tuple[str, ...]) -> Mapping[str, object] | None:
        text = _text(raw)
        if text is None:
            return None
        cells = next(csv.reader(io.StringIO(text), delimiter=self.sign))
        return dict(zip(names, cells, strict=True)) if len(cells) == len(names) else None


def opened(source: BinaryIO) -> tuple[Form, Iterator[Numbered]]:
    """How the lines of a source are read, and its lines that say anything. Raises ``Rejected``, later too."""
    lines = _lines(source)
    first = next(lines, None)
    if first is None:
        raise Rejected("There is nothing in the file; give a line for each customer.", field="file")
    start = first[1]
    if start is not None and start.removeprefix(BOM).lstrip().startswith(NDJSON_MARK):
        return Form(), _told(chain([(1, start.removeprefix(BOM))], lines))
    heading = None if start is None else _text(start)
    if heading is None:
        raise Rejected("The heading can't be read; send UTF-8.", field="file")
    sign = ";" if ";" in heading else ","
    names = tuple(name.strip().lower() for name in next(csv.reader([heading], delimiter=sign)))
    return Form(names, sign), _told(lines)


def _told(lines: Iterator[Numbered]) -> Iterator[Numbered]:
    """Lines that are not blank, as long as there are not too many."""
    for number, raw in lines:
        if number > LINES_MAX:
            raise Rejected(f"A batch has at most {LINES_MAX} lines; send the rest as another.", field="file")
        if raw is None or not raw.isspace():
            yield number, raw


def _object(raw: bytes) -> Mapping[str, object] | None:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        return None


def _lines(source: BinaryIO) -> Iterator[Numbered]:
    """Every line of a source; None for one longer than a question can be, whatever it holds."""
    number = 0
    while raw := source.readline(LINE_BYTES_MAX + 1):
        number += 1
        if len(raw) <= LINE_BYTES_MAX:
            yield number, raw
            continue
        while raw and not raw.endswith(b"\n"):
            raw = source.readline(LINE_BYTES_MAX + 1)
        yield number, None
