"""Texts of a column that are their own checked values beyond doubt, told by native code.

What is not beyond doubt here may hold all the same: each kind's ``parse`` alone says so. Of the official
numbers the commonest form is told by its figures, the same arithmetic the libraries do a text at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import polars as pl

from rekisteri.catalogue.model import Kind

_HETU_MARKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_HETU = (
    "(?:(?:0[1-9]|1[0-9]|2[0-8])(?:0[1-9]|1[0-2])|(?:29|30)(?:0[13-9]|1[0-2])|31(?:0[13578]|1[02]))"
    f"[0-9]{{2}}[-+A-FU-Y][0-9]{{3}}[{_HETU_MARKS}]"
)
"""The 29th of February is left to the library."""
_LEAST_INDIVIDUAL = 2
_YTUNNUS = "[0-9]{7}-[0-9]"
_YTUNNUS_WEIGHTS = (2, 4, 8, 5, 10, 9, 7)
"""Of the figures before the check digit, from the last one on."""
_IBAN = "FI[0-9]{16}"
_IBAN_FI = 1518
"""``FI`` as ISO 7064 counts letters, before the check digits."""


def plainly(column: str, kind: Kind) -> pl.Expr | None:
    """Where a text of the column is its own checked value beyond doubt, null where there is none; None if none can be."""
    text = pl.col(column)
    if kind.plain:
        return text.str.contains(f"^(?:{kind.plain})$") & (text.str.len_bytes() <= kind.longest)
    if kind.name in _FIGURES:
        form, holds = _FIGURES[kind.name]
        fitting = pl.when(text.str.contains(f"^(?:{form})$")).then(text)
        # A text of another form has no figures to count: it is no plain one.
        return pl.when(text.is_not_null()).then(holds(fitting).fill_null(value=False))
    return None


def _number(text: pl.Expr, start: int, length: int) -> pl.Expr:
    return text.str.slice(start, length).cast(pl.Int64)


def _hetu_holds(text: pl.Expr) -> pl.Expr:
    """Decree 690/2022: the figures of the day and the individual number, modulo 31, choose the mark."""
    individual = _number(text, 7, 3)
    rest = (_number(text, 0, 6) * 1000 + individual) % len(_HETU_MARKS)
    marks = pl.Series(list(_HETU_MARKS))
    return (
        text.str.slice(10, 1).replace_strict(marks, pl.Series(range(len(marks))), return_dtype=pl.Int64) == rest
    ) & (individual >= _LEAST_INDIVIDUAL)


def _ytunnus_holds(text: pl.Expr) -> pl.Expr:
    """The weighted sum of the figures, the check digit with it, is a multiple of 11; zeros are nobody's."""
    figures = _number(text, 0, 7)
    total = _number(text, 8, 1)
    for place, weight in enumerate(_YTUNNUS_WEIGHTS):
        total = total + figures // 10**place % 10 * weight
    return (total % 11 == 0) & (figures > 0)


def _iban_holds(text: pl.Expr) -> pl.Expr:
    """ISO 7064 mod 97-10 over the account, the country and the check digits, in two steps of 64 bits."""
    account = _number(text, 4, 14) % 97
    return (account * 1_000_000 + _IBAN_FI * 100 + _number(text, 2, 2)) % 97 == 1


_FIGURES: Mapping[str, tuple[str, Callable[[pl.Expr], pl.Expr]]] = MappingProxyType(
    {"hetu": (_HETU, _hetu_holds), "ytunnus": (_YTUNNUS, _ytunnus_holds), "iban": (_IBAN, _iban_holds)}
)
