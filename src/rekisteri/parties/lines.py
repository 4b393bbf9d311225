"""Columns to what is stored of each row: JSON of content and secrets, shown name, lexemes.

The same as ``words.shown_name`` and ``words.of_party`` make of one saying, a column at a time. ``paths`` are the
columns there are; what is said of them are expressions, so that a sheet is drawn in few strokes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import polars as pl

from rekisteri.catalogue import FLAGS, ITEMS, LIST_MARK, LISTS, SECRETS, Item
from rekisteri.parties import words

_SPECIAL = r'["\\]'
_ESCAPES = {"\\": "\\\\", '"': '\\"'}
_PHONE_DIGITS = 9
NAMES = ("surname", "organisation_name")
"""Of which every customer has exactly one."""
FOLDED = "#"
"""Before the name of a column that holds folded words: of ``names``, of ``places``, of a path."""
_FOLDED_PATHS = ("email", "foreign_id.value")


def escaped(texts: pl.DataFrame) -> pl.DataFrame:
    """The texts as they stand between quotation marks in JSON."""
    whole = pl.concat_str(pl.all(), ignore_nulls=True)
    if not texts.select(whole.str.contains(_SPECIAL).any()).item():
        return texts
    return texts.select(pl.all().str.replace_many(_ESCAPES))


def content(paths: Collection[str]) -> pl.Expr:
    """Each row's content as JSON, of columns of escaped texts.

    Every row has a name, so the name stands last and needs no comma after it.
    """
    pieces: list[pl.Expr] = []
    last: list[pl.Expr] = []
    for item in ITEMS:
        if _first(item) not in paths or item.secret:
            continue
        if item.name in NAMES:
            last.append(_member(item.name, item.name))
        elif item.scalar:
            pieces.append(_member(item.name, item.name, after=","))
        else:
            pieces += _parts(paths, item)
    return pl.concat_str(pl.lit("{"), *pieces, *last, pl.lit("}"), ignore_nulls=True)


def secrets(frame: pl.DataFrame) -> pl.Series:
    """Each row's identity codes by path as JSON, null where there are none."""
    hidden = [path for path in frame.columns if path in SECRETS]
    if not hidden:
        return pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    members = pl.concat_str([_member(path, path, after=",") for path in hidden], ignore_nulls=True)
    whole = pl.concat_str(pl.lit("{"), members.str.strip_suffix(","), pl.lit("}"))
    return frame.select(pl.when(pl.any_horizontal(pl.col(hidden).is_not_null())).then(whole)).to_series()


def shown(paths: Collection[str], organisation: pl.Expr) -> pl.Expr:
    """Each row's name as lists show it."""
    person = _joined(paths, ["surname", "first_names"])
    if "organisation_name" not in paths:
        return person
    return pl.when(organisation).then(pl.col("organisation_name")).otherwise(person)


def folded(frame: pl.DataFrame) -> pl.DataFrame:
    """The folded words of each row's names, places, and of what is met as one word."""
    paths = frame.columns
    addresses = [f"{item}.{part}" for item in words.ADDRESS_ITEMS for part in words.ADDRESS_PARTS]
    texts = frame.select(
        _joined(paths, [*words.NAME_ITEMS, *words.NAME_LISTS]).alias(FOLDED + "names"),
        _joined(paths, addresses).alias(FOLDED + "places"),
        *(pl.col(path).alias(FOLDED + path) for path in _FOLDED_PATHS if path in paths),
    )
    return words.fold_columns(texts)


def lexemes(paths: Collection[str], organisation_id: int | None) -> pl.Expr:
    """Each row's lexemes with a blank between them, of a customer of the organisation; of columns and ``folded``."""
    found = [_marked("n", FOLDED + "names"), _marked("a", FOLDED + "places")]
    if "phone" in paths:
        found.append(pl.lit("atel") + pl.col("phone").str.strip_prefix("+").str.tail(_PHONE_DIGITS))
    if "email" in paths:
        found.append(_one_word("amail", FOLDED + "email", " "))
    if "birth_date" in paths:
        found.append(_one_word("iborn", "birth_date", "-"))
    if "foreign_id.value" in paths:
        found.append(_one_word("iid", FOLDED + "foreign_id.value", " "))
    if organisation_id is not None:
        found.append(pl.lit(f"o{organisation_id}"))
    return pl.concat_str(found, separator=" ", ignore_nulls=True)


def spelled(folded: pl.DataFrame) -> list[str]:
    """The different words of names and places that may be misspelt."""
    texts = pl.concat([folded[FOLDED + "names"], folded[FOLDED + "places"]])
    distinct = texts.str.split(" ").explode().unique()
    return distinct.filter(distinct.str.contains(words.MISSPELT)).to_list()


def _marked(mark: str, column: str) -> pl.Expr:
    """Words with a class letter before each; null where there are none."""
    text = pl.col(column)
    return pl.when(text != "").then(pl.lit(mark) + text.str.replace_all(" ", f" {mark}", literal=True))


def _one_word(mark: str, column: str, between: str) -> pl.Expr:
    return pl.lit(mark) + pl.col(column).str.replace_all(between, "", literal=True)


def _joined(paths: Collection[str], wanted: Iterable[str]) -> pl.Expr:
    """The texts of some of the columns with blanks between them; empty where there are none."""
    found = [pl.col(path) for path in wanted if path in paths]
    return pl.concat_str(found, separator=" ", ignore_nulls=True) if found else pl.lit("")


def _first(item: Item) -> str:
    """The part that is stated wherever any clear part of the item is."""
    return f"{item.name}.{item.required_parts[0]}" if item.required_parts else item.name


def _parts(paths: Collection[str], item: Item) -> Iterable[pl.Expr]:
    """An item of several parts as a member with its comma: begun by the part that is always there."""
    first = _first(item)
    yield _member(item.required_parts[0], first, before=f'"{item.name}":{{')
    for part in item.parts:
        path = item.path(part)
        if path != first and path in paths and not part.secret:
            yield _member(part.name, path, before=",")
    yield pl.when(pl.col(first).is_not_null()).then(pl.lit("},"))


def _member(name: str, path: str, *, before: str = "", after: str = "") -> pl.Expr:
    """One value as a member of a JSON object between some text, null where it is not stated."""
    value = pl.col(path)
    opening, closing = ('["', '"]') if path in LISTS else ("", "") if path in FLAGS else ('"', '"')
    if path in LISTS:
        value = value.str.replace_all(LIST_MARK, '","', literal=True)
    return pl.concat_str(pl.lit(f'{before}"{name}":{opening}'), value, pl.lit(closing + after))
