"""Many customers at once: columns of checked values judged as ``assemble`` judges one row.

What holds beyond doubt is told by native code, a column at a time; any other row is *odd*
and left to ``assemble``, so that one function alone says what is wrong with a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from rekisteri.catalogue import values as kinds
from rekisteri.catalogue.assemble import HOME_COUNTRY, Rules
from rekisteri.catalogue.items import ITEMS
from rekisteri.catalogue.lookup import BY_PATH
from rekisteri.catalogue.model import Item, Scalar
from rekisteri.catalogue.vocabulary import PartyKind

FLAGS = frozenset(path for path, (_, part) in BY_PATH.items() if part.kind is kinds.FLAG)
LISTS = frozenset(path for path, (_, part) in BY_PATH.items() if part.kind is kinds.NAMES)
SECRETS = frozenset(path for path, (_, part) in BY_PATH.items() if part.secret)
LIST_MARK = "|"
"""Between the texts of a list in a column; no text of a list can hold it."""
YES, NO = "true", "false"

_POSTCODE = r"^[0-9]{5}$"
_CENTURIES = {"+": "18"} | dict.fromkeys("-YXWVU", "19") | dict.fromkeys("ABCDEF", "20")
_OBJECTS = tuple(item for item in ITEMS if not item.scalar)

Columns = Mapping[str, pl.Series]
"""Checked values by path, as texts; null where nothing is said, no column where nobody says anything."""


def as_text(value: Scalar) -> str | None:
    """A checked value as it stands in a column; None for one that says nothing."""
    if isinstance(value, bool):
        return YES if value else NO
    return (LIST_MARK.join(value) if isinstance(value, list) else value) or None


@dataclass(frozen=True, slots=True)
class Muster:
    """Rows judged together: their values, completed; which are organisations; which are odd."""

    columns: dict[str, pl.Series]
    organisations: pl.Series
    odd: pl.Series


def muster(columns: Columns, odd: pl.Series, rules: Rules) -> Muster:
    """Judge rows that ``odd`` does not tell apart already."""
    stated = _Stated(columns, odd.len())
    organisation = _organisations(stated)
    odd = odd | _nameless(stated, organisation) | _of_wrong_kind(stated, organisation)
    for item in _OBJECTS:
        for wrong in _wrong_objects(stated, item):
            odd = odd | wrong
    for wrong in _wrong_identities(stated, rules):
        odd = odd | wrong
    completed = dict(columns)
    if "hetu" in columns:
        born = _born(columns["hetu"])
        said = columns.get("birth_date")
        completed["birth_date"] = born if said is None else said.zip_with(said.is_not_null(), born)
    return Muster(completed, organisation, odd)


class _Stated:
    """Where each path is stated: all rows of a path nobody states are false."""

    def __init__(self, columns: Columns, height: int) -> None:
        self.columns = columns
        self.nowhere = pl.repeat(False, height, dtype=pl.Boolean, eager=True)
        self._at = pl.DataFrame(dict(columns)).select(pl.all().is_not_null()).to_dict() if columns else {}

    def at(self, path: str) -> pl.Series:
        return self._at.get(path, self.nowhere)

    def any(self, paths: list[str]) -> pl.Series | None:
        found: pl.Series | None = None
        for path in paths:
            if path in self._at:
                found = self._at[path] if found is None else found | self._at[path]
        return found


def _organisations(stated: _Stated) -> pl.Series:
    """Which rows speak of an organisation, as ``assemble`` decides it."""
    named = stated.at("organisation_name") & ~stated.at("hetu")
    person = stated.at("hetu") | stated.at("surname") | stated.at("first_names")
    return named | (~person & stated.at("ytunnus"))


def _nameless(stated: _Stated, organisation: pl.Series) -> pl.Series:
    return (organisation & ~stated.at("organisation_name")) | (~organisation & ~stated.at("surname"))


def _of_wrong_kind(stated: _Stated, organisation: pl.Series) -> pl.Series:
    wrong = stated.nowhere
    for kind, rows in ((PartyKind.PERSON, ~organisation), (PartyKind.ORGANISATION, organisation)):
        paths = [item.path(part) for item in ITEMS if kind not in item.kinds for part in item.parts]
        if (found := stated.any(paths)) is not None:
            wrong = wrong | (rows & found)
    return wrong


def _wrong_objects(stated: _Stated, item: Item) -> list[pl.Series]:
    """Where an item of several parts is incomplete, lacks a Finnish postcode's form or ends before it begins."""
    clear = [item.path(part) for part in item.parts if not part.secret]
    said = stated.any(clear)
    if said is None:
        return []
    wrong = [said & ~stated.at(f"{item.name}.{name}") for name in item.required_parts]
    postcode = stated.columns.get(f"{item.name}.postcode")
    if postcode is not None:
        country = stated.columns.get(f"{item.name}.country")
        bad = ~postcode.str.contains(_POSTCODE)
        abroad = stated.nowhere if country is None else country.ne(HOME_COUNTRY).fill_null(value=False)
        wrong.append(bad.fill_null(value=False) & ~abroad)
    begins, ends = stated.columns.get(f"{item.name}.valid_from"), stated.columns.get(f"{item.name}.valid_to")
    if begins is not None and ends is not None:
        wrong.append((ends < begins).fill_null(value=False))
    return wrong


def _wrong_identities(stated: _Stated, rules: Rules) -> list[pl.Series]:
    today = rules.today.isoformat()
    wrong = []
    for path in SECRETS & stated.columns.keys():
        code = stated.columns[path]
        artificial = code.str.slice(7, 1) == "9"
        if not rules.artificial_hetu:
            wrong.append(artificial)
        if not rules.ordinary_hetu:
            wrong.append(~artificial)
        wrong.append(_born(code) > today)
    for path in ("birth_date", "death_date"):
        if path in stated.columns:
            wrong.append(stated.columns[path] > today)
    if "birth_date" in stated.columns and "hetu" in stated.columns:
        wrong.append(stated.columns["birth_date"] != _born(stated.columns["hetu"]))
    return [rows.fill_null(value=False) for rows in wrong]


def _born(codes: pl.Series) -> pl.Series:
    """The dates of birth that valid identity codes carry, as ``YYYY-MM-DD``."""
    century = codes.str.slice(6, 1).replace(list(_CENTURIES), list(_CENTURIES.values()))
    parts = pl.DataFrame(
        {"c": century, "y": codes.str.slice(4, 2), "m": codes.str.slice(2, 2), "d": codes.str.slice(0, 2)}
    )
    return parts.select(pl.format("{}{}-{}-{}", "c", "y", "m", "d")).to_series()
