"""Columns to what is stored of each row: JSON of content and secrets, shown name, lexemes.

The same as ``words.shown_name`` and ``words.of_party`` make of one saying, a column at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import polars as pl

from rekisteri.catalogue import FLAGS, ITEMS, LIST_MARK, LISTS, SECRETS, Columns, Item
from rekisteri.parties import words

_SPECIAL = r'["\\]'
_ESCAPES = {"\\": "\\\\", '"': '\\"'}
_PHONE_DIGITS = 9
NAMES = ("surname", "organisation_name")
"""Of which every customer has exactly one."""


def contents(columns: Columns) -> pl.Series:
    """Each row's content as JSON."""
    frame = _escaped(pl.DataFrame({path: column for path, column in columns.items() if path not in SECRETS}))
    items = [item for item in ITEMS if _first(item) in frame.columns]
    return frame.select(_object(frame.columns, items)).to_series()


def secrets(columns: Columns, height: int) -> pl.Series:
    """Each row's identity codes by path as JSON, null where there are none."""
    paths = [path for path in columns if path in SECRETS]
    if not paths:
        return _nothing(height)
    frame = pl.DataFrame({path: columns[path] for path in paths})
    members = pl.concat_str([_member(path, path, after=",") for path in paths], ignore_nulls=True)
    whole = pl.concat_str(pl.lit("{"), members.str.strip_suffix(","), pl.lit("}"))
    return frame.select(pl.when(pl.any_horizontal(pl.all().is_not_null())).then(whole)).to_series()


def shown(columns: Columns, organisations: pl.Series) -> pl.Series:
    """Each row's name as lists show it."""
    height = organisations.len()
    person = pl.DataFrame([columns.get(path, _nothing(height)).alias(path) for path in ("surname", "first_names")])
    persons = person.select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)).to_series()
    return columns.get("organisation_name", _nothing(height)).zip_with(organisations, persons)


def folded(columns: Columns, height: int) -> tuple[pl.Series, pl.Series]:
    """Each row's folded words: of its names, and of its places."""
    addresses = [f"{item}.{part}" for item in words.ADDRESS_ITEMS for part in words.ADDRESS_PARTS]
    names = _joined(columns, [*words.NAME_ITEMS, *words.NAME_LISTS], height)
    return words.fold_all(names), words.fold_all(_joined(columns, addresses, height))


def lexemes(columns: Columns, names: pl.Series, places: pl.Series, organisation_id: int | None) -> pl.Series:
    """Each row's lexemes with a blank between them, of a customer of the organisation."""
    found = [_marked("n", names), _marked("a", places)]
    if "phone" in columns:
        found.append("atel" + columns["phone"].str.strip_prefix("+").str.tail(_PHONE_DIGITS))
    if "email" in columns:
        found.append("amail" + words.fold_all(columns["email"]).str.replace_all(" ", "", literal=True))
    if "birth_date" in columns:
        found.append("iborn" + columns["birth_date"].str.replace_all("-", "", literal=True))
    if "foreign_id.value" in columns:
        found.append("iid" + words.fold_all(columns["foreign_id.value"]).str.replace_all(" ", "", literal=True))
    if organisation_id is not None:
        found.append(pl.repeat(f"o{organisation_id}", names.len(), eager=True))
    frame = pl.DataFrame([column.alias(str(place)) for place, column in enumerate(found)])
    return frame.select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)).to_series()


def spelled(names: pl.Series, places: pl.Series) -> list[str]:
    """The different words that may be misspelt."""
    distinct = pl.concat([names, places]).str.split(" ").explode().unique().to_list()
    return [word for word in distinct if word and words.may_be_misspelt(word)]


def _marked(mark: str, texts: pl.Series) -> pl.Series:
    """Words with a class letter before each; null where there are none."""
    marked = mark + texts.str.replace_all(" ", f" {mark}", literal=True)
    return marked.zip_with(texts != "", _nothing(texts.len()))


def _joined(columns: Columns, paths: Iterable[str], height: int) -> pl.Series:
    found = [columns[path] for path in paths if path in columns]
    if not found:
        return pl.repeat("", height, dtype=pl.String, eager=True)
    frame = pl.DataFrame([column.alias(str(place)) for place, column in enumerate(found)])
    return frame.select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)).to_series()


def _nothing(height: int) -> pl.Series:
    return pl.repeat(None, height, dtype=pl.String, eager=True)


def _escaped(texts: pl.DataFrame) -> pl.DataFrame:
    """The texts as they stand between quotation marks in JSON."""
    special = texts.select(pl.all().str.contains(_SPECIAL).any()).row(0)
    return texts.with_columns(
        pl.col(path).str.replace_many(_ESCAPES) for path, some in zip(texts.columns, special, strict=True) if some
    )


def _first(item: Item) -> str:
    """The part that is stated wherever any clear part of the item is."""
    return f"{item.name}.{item.required_parts[0]}" if item.required_parts else item.name


def _object(columns: Collection[str], items: Iterable[Item]) -> pl.Expr:
    """A JSON object of the items stated.

    Every row has a name, so the name stands last and needs no comma after it.
    """
    pieces: list[pl.Expr] = []
    last: list[pl.Expr] = []
    for item in items:
        if item.name in NAMES:
            last.append(_member(item.name, item.name))
        elif item.scalar:
            pieces.append(_member(item.name, item.name, after=","))
        else:
            pieces += _parts(columns, item)
    return pl.concat_str(pl.lit("{"), *pieces, *last, pl.lit("}"), ignore_nulls=True)


def _parts(columns: Collection[str], item: Item) -> Iterable[pl.Expr]:
    """An item of several parts as a member with its comma: begun by the part that is always there."""
    first = _first(item)
    yield _member(item.required_parts[0], first, before=f'"{item.name}":{{')
    for part in item.parts:
        path = item.path(part)
        if path != first and path in columns and not part.secret:
            yield _member(part.name, path, before=",")
    yield pl.when(pl.col(first).is_not_null()).then(pl.lit("},"))


def _member(name: str, path: str, *, before: str = "", after: str = "") -> pl.Expr:
    """One value as a member of a JSON object between some text, null where it is not stated."""
    value = pl.col(path)
    opening, closing = ('["', '"]') if path in LISTS else ("", "") if path in FLAGS else ('"', '"')
    if path in LISTS:
        value = value.str.replace_all(LIST_MARK, '","', literal=True)
    return pl.concat_str(pl.lit(f'{before}"{name}":{opening}'), value, pl.lit(closing + after))
