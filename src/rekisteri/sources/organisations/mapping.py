"""Which column of an organisation's file is which item: a file an administrator can read.

A mapping is TOML: the organisation, how its file is written, and for each heading the path
of an item part (``hetu``, ``permanent_address.street``), ``full_name``, ``permanent_address.postcode_and_town`` or ``ignore``. Without
a mapping the standard layout holds, with the headings known to be used for it.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from rapidfuzz import process

from rekisteri import catalogue
from rekisteri.ground.errors import Rejected
from rekisteri.sources.organisations.headings import FULL_NAME, recognise
from rekisteri.sources.organisations.names import NameOrder, is_organisation_name, split_name
from rekisteri.sources.organisations.post_line import PATHS as POST_LINES
from rekisteri.sources.organisations.post_line import halves
from rekisteri.sources.organisations.wire_rows import Format, shown

__all__ = [
    "FULL_NAME",
    "IGNORE",
    "KEY",
    "Mapping",
    "Mode",
    "NameOrder",
    "Plan",
    "is_organisation_name",
    "load",
    "plan",
    "split_name",
    "standard",
]

Mode = Literal["full", "delta"]

IGNORE = "ignore"
"""A column that is knowingly not kept; what it holds is counted all the same."""
KEY = "customer_number"
NAMING = ("surname", "organisation_name", FULL_NAME)
POSTCODE_DIGITS = 5
PAD_MAX = 35
MAX_MAPPING_BYTES = 1 << 20

T = TypeVar("T", bound=str)


@dataclass(frozen=True, slots=True)
class Mapping:
    """What an organisation's file is and what its columns mean.

    ``columns``: heading to path; ``values``: path to their codes and ours; ``pad``: path to
    the number of digits its figures have, lost leading zeros included.
    """

    organisation: str = ""
    format: Format | None = None
    encoding: str | None = None
    separator: str | None = None
    mode: Mode | None = None
    name_order: NameOrder = "surname_first"
    columns: Map[str, str] = field(default_factory=dict)
    values: Map[str, Map[str, str]] = field(default_factory=dict)
    pad: Map[str, int] = field(default_factory=dict)
    is_standard: bool = False
    """Whether the columns are the standard layout's, with whatever headings are known for them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the cells of one file's rows are read.

    ``targets`` are (cell index, path) of declared parts, the key among them; a cell of postcode and town
    is a target twice, and both paths are ``halved``. ``dropped`` are
    (cell index, heading) of columns nothing is declared for, which are counted and not kept;
    ``absent`` are headings the mapping names and the file lacks. ``signature`` changes when
    the same cells would be read otherwise.
    """

    headings: tuple[str, ...]
    targets: tuple[tuple[int, str], ...]
    dropped: tuple[tuple[int, str], ...]
    absent: tuple[str, ...]
    key_index: int
    full_name_index: int | None
    halved: frozenset[str]
    signature: str

    def column(self, path: str) -> str:
        """The file's own heading for a path; ``""`` for a whole row.

        For one the file lacks, the standard layout's, after the heading of another part of the same item.
        """
        for index, target in self.targets:
            if target == path:
                return self.headings[index]
        if self.full_name_index is not None and path in (FULL_NAME, "first_names", *NAMING):
            return self.headings[self.full_name_index]
        if path not in catalogue.BY_PATH:
            return path
        item, part = catalogue.BY_PATH[path]
        kin = next((self.headings[index] for index, target in self.targets if target.startswith(f"{item.name}.")), "")
        return f"{kin} ({part.column})" if kin else part.column

    def restore_zeros(self, rows: Iterable[list[str]]) -> None:
        """Put back, in place, the zeros that a spreadsheet took from postcodes it holds as numbers.

        Only where the address is in Finland or names no country: others have shorter codes.
        """
        by_path = {path: index for index, path in self.targets}
        places = [
            (index, by_path.get(path.removesuffix("postcode") + "country"))
            for path, index in by_path.items()
            if path.endswith(".postcode")
        ]
        for row in rows:
            for index, country in places:
                cell = row[index]
                # A number never begins with a zero: what does is a text, and wrong.
                lost = len(cell) < POSTCODE_DIGITS and cell.isdecimal() and cell[0] != "0"
                if lost and (country is None or _is_home(row[country])):
                    row[index] = cell.zfill(POSTCODE_DIGITS)


def _is_home(cell: str) -> bool:
    return not cell.strip() or catalogue.BY_PATH["permanent_address.country"][1].kind.parse(cell) == "FI"


def standard() -> Mapping:
    """The standard layout, and the other headings known for its columns."""
    return Mapping(
        columns={column: item.path(part) for column, item, part in catalogue.layout()},
        is_standard=True,
    )


def plan(mapping: Mapping, columns: Sequence[str]) -> Plan:
    """How a file of these columns is read. Raises ``Rejected`` for a file of another layout."""
    paths = _standard_paths(columns) if mapping.is_standard else _mapped_paths(mapping, columns)
    by_path = {path: index for index, path in paths.items()}
    _hold_to_layout(mapping, columns, by_path)
    halved = _halved(by_path)
    targets = tuple(
        (index, part)
        for index, path in paths.items()
        if path != FULL_NAME
        for part in ((one for one in halves(path) if one in halved) if path in POST_LINES else (path,))
    )
    folded = {catalogue.heading(column) for column in columns}
    said = (
        targets,
        by_path.get(FULL_NAME),
        mapping.name_order,
        sorted((path, sorted(codes.items())) for path, codes in mapping.values.items()),
        sorted(mapping.pad.items()),
    )
    return Plan(
        headings=tuple(columns),
        targets=targets,
        dropped=tuple((index, column) for index, column in enumerate(columns) if index not in paths),
        absent=tuple(heading for heading in mapping.columns if catalogue.heading(heading) not in folded),
        key_index=by_path[KEY],
        full_name_index=by_path.get(FULL_NAME),
        halved=halved,
        signature=hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest(),
    )


def _halved(by_path: dict[str, int]) -> frozenset[str]:
    """The postcodes and towns that one cell says together; a column of its own goes before."""
    return frozenset(part for path in by_path.keys() & set(POST_LINES) for part in halves(path) if part not in by_path)


def _standard_paths(columns: Sequence[str]) -> dict[int, str]:
    return {index: guess.path for index, guess in sorted(recognise(columns).items())}


def _mapped_paths(mapping: Mapping, columns: Sequence[str]) -> dict[int, str]:
    wanted = {catalogue.heading(heading): path for heading, path in mapping.columns.items()}
    found = {index: wanted.get(catalogue.heading(column), IGNORE) for index, column in enumerate(columns)}
    return {index: path for index, path in found.items() if path != IGNORE}


def _hold_to_layout(mapping: Mapping, columns: Sequence[str], by_path: dict[str, int]) -> None:
    """Refuse a file that lacks the key, or any column for a name."""
    wanted: tuple[str, ...] = (KEY,) if KEY not in by_path else NAMING
    if any(path in by_path for path in wanted):
        return
    lacks = "column for the customer number" if wanted == (KEY,) else "column for a name"
    expected = [heading for heading, path in mapping.columns.items() if path in wanted]
    raise Rejected(
        f"The file is of another layout: it has no {lacks}. Headings found: {shown(columns)}. "
        f"Expected: {shown(expected or wanted)}. "
        "Send the file of the agreed layout, or draft a new mapping from this one and put it in place of the mapping in use.",
        field="file",
    )


def load(path: Path) -> Mapping:
    """A mapping from its file. Raises ``Rejected`` naming the line, the key and the cure."""
    if path.stat().st_size > MAX_MAPPING_BYTES:
        raise Rejected(f"{path.name} is too large for a mapping.", field="mapping")
    try:
        text = path.read_text("utf-8-sig")
        found = tomllib.loads(text)
    except UnicodeDecodeError:
        raise Rejected(f"{path.name} is not UTF-8. Save it as UTF-8.", field="mapping") from None
    except tomllib.TOMLDecodeError as error:
        raise Rejected(f"{path.name} is not TOML: {error}. Mend that line.", field="mapping") from None
    return _Reader(path.name, text).mapping(found)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Checks what a mapping file says."""

    file: str
    text: str

    def mapping(self, found: dict[str, Any]) -> Mapping:
        """The mapping, or ``Rejected``."""
        self._only(found, ("organisation", "name_order", "file", "columns", "values", "pad"))
        about = self._table(found, "file")
        self._only(about, ("format", "encoding", "separator", "mode"))
        columns = self._table(found, "columns")
        for heading, target in columns.items():
            self._path(target, heading, (FULL_NAME, *POST_LINES, IGNORE))
        if columns and KEY not in columns.values():
            raise self._wrong(
                "columns", "no heading is the customer number", f'Map the organisation\'s own key to "{KEY}"'
            )
        self._once(columns)
        values = self._table(found, "values")
        for path, codes in values.items():
            self._path(path, path)
            self._codes(path, codes)
        pad = self._table(found, "pad")
        for path, width in pad.items():
            self._path(path, path)
            if type(width) is not int or not 1 <= width <= PAD_MAX:
                raise self._wrong(path, "a number of digits is wanted", "Write for example 5")
        standing = standard()
        return Mapping(
            organisation=self._text(found, "organisation") or "",
            format=self._one_of(about, "format", get_args(Format)),
            encoding=self._text(about, "encoding"),
            separator=self._separator(about),
            mode=self._one_of(about, "mode", get_args(Mode)),
            name_order=self._one_of(found, "name_order", get_args(NameOrder)) or standing.name_order,
            columns=columns or standing.columns,
            is_standard=not columns,
            values=values,
            pad=pad,
        )

    def _wrong(self, key: str, what: str, cure: str) -> Rejected:
        line = self._line(key)
        return Rejected(f"{self.file}, {line}{key}: {what}. {cure}.", field="mapping")

    def _line(self, key: str) -> str:
        """Where a key stands: ``line 7, ``; nothing where it is not found."""
        pattern = re.compile(rf"""\s*(?:\[.*)?["']?{re.escape(key)}["']?\s*(?:=|\])""")
        for number, line in enumerate(self.text.splitlines(), 1):
            if pattern.match(line):
                return f"line {number}, "
        return ""

    def _only(self, table: dict[str, Any], allowed: tuple[str, ...]) -> None:
        for key in table:
            if key not in allowed:
                raise self._wrong(key, "no such setting", f"Use one of {', '.join(allowed)}")

    def _table(self, found: dict[str, Any], key: str) -> dict[str, Any]:
        table = found.get(key, {})
        if not isinstance(table, dict):
            raise self._wrong(key, "a table is wanted", f"Write [{key}] and its lines below it")
        return table

    def _text(self, table: dict[str, Any], key: str) -> str | None:
        text = table.get(key)
        if text is not None and not isinstance(text, str):
            raise self._wrong(key, "a text is wanted", "Write it in quotation marks")
        return text or None

    def _one_of(self, table: dict[str, Any], key: str, allowed: tuple[T, ...]) -> T | None:
        text = table.get(key)
        if text is None:
            return None
        for one in allowed:
            if text == one:
                return one
        raise self._wrong(key, "no such choice", f"Use one of {', '.join(allowed)}")

    def _separator(self, table: dict[str, Any]) -> str | None:
        text = self._text(table, "separator")
        if text is not None and (len(text) != 1 or text in '\r\n"\0 '):
            raise self._wrong("separator", "one character is wanted", r'Write for example ";" or "\t"')
        return text

    def _path(self, path: object, key: str, extra: tuple[str, ...] = ()) -> None:
        allowed = (*sorted(catalogue.STATED_BY_CLIENTS), *extra)
        if path in allowed:
            return
        if not isinstance(path, str):
            raise self._wrong(key, "a path in quotation marks is wanted", 'Write for example "hetu"')
        nearest = process.extractOne(path, allowed)
        raise self._wrong(
            key,
            f"there is no item “{path}”",
            f"Did you mean “{nearest[0]}”? The reference of the standard layout lists them all",
        )

    def _once(self, columns: dict[str, Any]) -> None:
        """No path from two headings, no heading twice but for its capitals and blanks."""
        headings: dict[str, str] = {}
        paths: dict[str, str] = {}
        for heading, path in columns.items():
            folded = catalogue.heading(heading)
            if folded in headings:
                raise self._wrong(heading, f"reads the same as “{headings[folded]}”", "Leave one of them")
            headings[folded] = heading
            if path != IGNORE and path in paths:
                raise self._wrong(heading, f"“{paths[path]}” is mapped to {path} too", f'Map one of them to "{IGNORE}"')
            paths[path] = heading

    def _codes(self, path: str, codes: object) -> None:
        if not isinstance(codes, dict) or not all(isinstance(code, str) for code in codes.values()):
            raise self._wrong(path, "a table of their code and ours is wanted", 'Write for example "M" = "email"')
        parse = catalogue.BY_PATH[path][1].kind.parse
        for theirs, ours in codes.items():
            if ours and isinstance(parse(ours), catalogue.Reason):
                known = ", ".join(catalogue.BY_PATH[path][1].kind.codes)
                cure = f"Use one of {known}" if known else "Write a value the item takes"
                raise self._wrong(theirs, f"“{ours}” is no value of {path}", cure)
