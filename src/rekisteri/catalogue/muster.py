"""Many customers at once: columns of checked values judged as ``assemble`` judges one row.

What holds beyond doubt is told by native code, a column at a time; any other row is *odd*
and left to ``assemble``, so that one function alone says what is wrong with a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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

    def among(self, rows: pl.Series) -> Muster:
        """Of some of the rows, given as a mask."""
        columns = {path: column.filter(rows) for path, column in self.columns.items()}
        return Muster(columns, self.organisations.filter(rows), self.odd.filter(rows))


def muster(columns: Columns, odd: pl.Series, rules: Rules) -> Muster:
    """Judge rows that ``odd`` does not tell apart already."""
    said = frozenset(columns)
    frame = pl.DataFrame({_ODD: odd, **columns})
    frame = frame.with_columns(_born(path).alias(_BORN + path) for path in sorted(SECRETS & said))
    organisation = _organisation(said)
    wrong = [pl.col(_ODD), _nameless(said, organisation), *_of_wrong_kind(said, organisation)]
    for item in _OBJECTS:
        wrong += _wrong_objects(said, item)
    wrong += _wrong_identities(said, rules)
    judged = frame.select(
        organisation.alias("organisation"),
        pl.any_horizontal(each.fill_null(value=False) for each in wrong).alias("odd"),
        *([_coalesced("birth_date", said).alias("birth_date")] if "hetu" in said else []),
    )
    completed = dict(columns)
    if "hetu" in said:
        completed["birth_date"] = judged["birth_date"]
    return Muster(completed, judged["organisation"], judged["odd"])


_ODD = "#odd"
_BORN = "#born "
"""Before the path of an identity code: the day it carries."""
_NOWHERE = pl.lit(value=False)


def _at(path: str, said: frozenset[str]) -> pl.Expr:
    """Where a path is stated."""
    return pl.col(path).is_not_null() if path in said else _NOWHERE


def _any(paths: Iterable[str], said: frozenset[str]) -> pl.Expr | None:
    """Where any of the paths is stated; None where nobody states any."""
    found = [path for path in paths if path in said]
    return pl.any_horizontal(pl.col(found).is_not_null()) if found else None


def _organisation(said: frozenset[str]) -> pl.Expr:
    """Which rows speak of an organisation, as ``assemble`` decides it; of each row a verdict, be it of literals alone."""
    named = _at("organisation_name", said) & ~_at("hetu", said)
    person = _at("hetu", said) | _at("surname", said) | _at("first_names", said)
    return (named | (~person & _at("ytunnus", said))) & pl.col(_ODD).is_not_null()


def _nameless(said: frozenset[str], organisation: pl.Expr) -> pl.Expr:
    return (organisation & ~_at("organisation_name", said)) | (~organisation & ~_at("surname", said))


def _of_wrong_kind(said: frozenset[str], organisation: pl.Expr) -> Iterator[pl.Expr]:
    for kind, rows in ((PartyKind.PERSON, ~organisation), (PartyKind.ORGANISATION, organisation)):
        paths = [item.path(part) for item in ITEMS if kind not in item.kinds for part in item.parts]
        if (found := _any(paths, said)) is not None:
            yield rows & found


def _wrong_objects(said: frozenset[str], item: Item) -> Iterator[pl.Expr]:
    """Where an item of several parts is incomplete, lacks a Finnish postcode's form or ends before it begins."""
    stated = _any([item.path(part) for part in item.parts if not part.secret], said)
    if stated is None:
        return
    for name in item.required_parts:
        yield stated & ~_at(f"{item.name}.{name}", said)
    postcode, country = f"{item.name}.postcode", f"{item.name}.country"
    if postcode in said:
        bad = ~pl.col(postcode).str.contains(_POSTCODE)
        yield bad if country not in said else bad & ~pl.col(country).ne(HOME_COUNTRY).fill_null(value=False)
    begins, ends = f"{item.name}.valid_from", f"{item.name}.valid_to"
    if begins in said and ends in said:
        yield pl.col(ends) < pl.col(begins)


def _wrong_identities(said: frozenset[str], rules: Rules) -> Iterator[pl.Expr]:
    today = rules.today.isoformat()
    for path in sorted(SECRETS & said):
        artificial = pl.col(path).str.slice(7, 1) == "9"
        if not rules.artificial_hetu:
            yield artificial
        if not rules.ordinary_hetu:
            yield ~artificial
        yield pl.col(_BORN + path) > today
    for path in ("birth_date", "death_date"):
        if path in said:
            yield pl.col(path) > today
    if "birth_date" in said and "hetu" in said:
        yield pl.col("birth_date") != pl.col(_BORN + "hetu")


def _coalesced(path: str, said: frozenset[str]) -> pl.Expr:
    """The date of birth stated, else the one that the identity code carries."""
    born = pl.col(_BORN + "hetu")
    return pl.coalesce(pl.col(path), born) if path in said else born


def _born(path: str) -> pl.Expr:
    """The dates of birth that valid identity codes carry, as ``YYYY-MM-DD``."""
    code = pl.col(path)
    century = code.str.slice(6, 1).replace(list(_CENTURIES), list(_CENTURIES.values()))
    day, month, year = (code.str.slice(at, 2) for at in (0, 2, 4))
    return pl.concat_str(century, year, pl.lit("-"), month, pl.lit("-"), day)
