"""Where in a directory's file each thing stands: a file an administrator can read and change.

The layouts that come with the register are ``einvoice.toml`` and ``business.toml`` beside this module; one in the home
folder (``directories/einvoice.toml``) holds instead.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from rekisteri.catalogue import SourceKind
from rekisteri.ground.errors import Rejected
from rekisteri.sources.directories.paths import nodes, steps, text, texts

Format = Literal["csv", "xml", "json"]
Mode = Literal["full", "delta"]

MAX_LAYOUT_BYTES = 1 << 20
FORMATS: tuple[Format, ...] = ("csv", "xml", "json")
_TOP = frozenset(
    {"directory", "mode", "unverified", "operators_first", "receiving", "restore_zeros", "address", "situation",
     "situations", *FORMATS}
)  # fmt: skip
EACH = "each."
_ROWS = frozenset({"rows", "each"})


class Directory(StrEnum):
    """The public directories there are."""

    EINVOICE = "einvoice"
    BUSINESS = "business"

    @property
    def source(self) -> SourceKind:
        """As whom it states."""
        return SourceKind.EINVOICE_DIRECTORY if self is Directory.EINVOICE else SourceKind.DIRECTORY


@dataclass(frozen=True, slots=True)
class Placed:
    """Where things stand in files of one format: the rows, the repeated part of a row, each field's paths."""

    rows: str
    each: str
    fields: Mapping[str, tuple[str, ...]]
    plain: bool = False
    """Whether a path is a heading, whole."""

    def views(self, row: object) -> list[object]:
        """The repeated parts of a row; the row itself where there are none."""
        return nodes(row, self.each) if self.each else [row]

    def texts(self, row: Mapping[str, object], view: object, field: str) -> list[str]:
        """The texts of a field in a row, or, where its path begins with ``each``, in one repeated part of it."""
        for path in self.paths(field):
            if self.plain:
                found = [text(row.get(path))]
            elif path.startswith(EACH):
                found = texts(view, [path.removeprefix(EACH)])
            else:
                found = texts(row, [path])
            if found := [one for one in found if one]:
                return found
        return []

    def first(self, row: Mapping[str, object], view: object, field: str) -> str:
        """The first text of a field, empty where there is none."""
        return next(iter(self.texts(row, view, field)), "")

    def paths(self, field: str) -> tuple[str, ...]:
        """The paths of a field, the first that has anything first; none where the format has no such field."""
        return self.fields.get(field, ())


@dataclass(frozen=True, slots=True)
class Layout:
    """A directory's layout."""

    directory: Directory
    mode: Mode
    formats: Mapping[str, Placed]
    unverified: frozenset[str]
    operators_first: tuple[str, ...]
    receiving: frozenset[str]
    restore_zeros: bool
    address: Mapping[str, tuple[str, ...]]
    situation: Mapping[str, tuple[str, ...]]
    situations: Mapping[str, str]

    def of(self, found: Format) -> Placed:
        """Where things stand in a format. Raises ``Rejected`` for one the layout does not tell of."""
        if found not in self.formats:
            raise Rejected(
                f"The layout of the directory {self.directory} tells nothing of {found.upper()}; send one of "
                f"{', '.join(sorted(self.formats)).upper()}, or add [{found}] to the layout.",
                field="file",
            )
        return self.formats[found]


def text_of(directory: Directory) -> str:
    """The layout that comes with the register, as it is written."""
    return (files(__package__) / f"{directory}.toml").read_text("utf-8")


def load(directory: Directory, path: Path | None = None) -> Layout:
    """A directory's layout: of a file, else the one that comes with the register. Raises ``Rejected``."""
    if path is None:
        return _layout(directory, text_of(directory), f"{directory}.toml")
    if path.stat().st_size > MAX_LAYOUT_BYTES:
        raise Rejected(f"{path.name} is too large for a layout.", field="layout")
    try:
        return _layout(directory, path.read_text("utf-8-sig"), path.name)
    except UnicodeDecodeError:
        raise Rejected(f"{path.name} is not UTF-8. Save it as UTF-8.", field="layout") from None


def _layout(directory: Directory, written: str, file: str) -> Layout:
    try:
        told = tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        raise Rejected(f"{file} is not TOML: {error}. Mend that line.", field="layout") from None
    if strange := sorted(told.keys() - _TOP):
        raise Rejected(f"{file}: {strange[0]} means nothing there. Take it out.", field="layout")
    if told.get("directory") != directory:
        raise Rejected(f"{file} is not a layout of the directory {directory}.", field="layout")
    if told.get("mode") not in ("full", "delta"):
        raise Rejected(f'{file}: mode is "full" or "delta".', field="layout")
    formats: dict[str, Placed] = {
        one: _placed(told[one], f"{file} [{one}]", plain=one == "csv") for one in FORMATS if one in told
    }
    if not formats:
        raise Rejected(f"{file} tells of no format. Add [csv], [xml] or [json].", field="layout")
    return Layout(
        directory=directory,
        mode=told["mode"],
        formats=MappingProxyType(formats),
        unverified=frozenset(_list(told.get("unverified", []), f"{file} unverified")),
        operators_first=_list(told.get("operators_first", []), f"{file} operators_first"),
        receiving=frozenset(one.casefold() for one in _list(told.get("receiving", []), f"{file} receiving")),
        restore_zeros=told.get("restore_zeros") is True,
        address=_fields(told.get("address", {}), f"{file} [address]"),
        situation=_fields(told.get("situation", {}), f"{file} [situation]"),
        situations=MappingProxyType(dict(_table(told.get("situations", {}), f"{file} [situations]"))),
    )


def _placed(told: object, where: str, *, plain: bool) -> Placed:
    table = _table(told, where)
    rows, each = str(table.get("rows", "")), str(table.get("each", ""))
    fields = {name: value for name, value in table.items() if name not in _ROWS}
    found = _fields(fields, where, plain=plain)
    if "ytunnus" not in found:
        raise Rejected(f"{where} does not tell where the business ID (ytunnus) stands. Add it.", field="layout")
    return Placed(rows, each, found, plain)


def _fields(told: object, where: str, *, plain: bool = False) -> Mapping[str, tuple[str, ...]]:
    """Fields with their paths; headings of a CSV are taken as they are, in any case."""
    found = {}
    for name, value in _table(told, where).items():
        paths = _list([value] if isinstance(value, str) else value, f"{where} {name}")
        if plain:
            paths = tuple(one.strip().casefold() for one in paths)
        else:
            for one in paths:
                steps(one)
        found[name] = paths
    return MappingProxyType(found)


def _table(told: object, where: str) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise Rejected(f"{where} is no table of names. Mend it.", field="layout")
    return told


def _list(told: object, where: str) -> tuple[str, ...]:
    if not isinstance(told, Sequence) or isinstance(told, str) or not all(isinstance(one, str) for one in told):
        raise Rejected(f"{where} is a list of texts. Mend it.", field="layout")
    return tuple(told)
