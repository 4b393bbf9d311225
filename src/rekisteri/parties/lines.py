"""Columns to what is stored of each row: JSON of content and secrets, shown name, lexemes.

The same as ``survive.single``, ``words.shown_name`` and ``words.of_party`` make of one
saying, a column at a time.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from rekisteri.catalogue import FLAGS, ITEMS, LIST_MARK, LISTS, SECRETS, Columns, Item
from rekisteri.parties import words
from rekisteri.parties.survive import APART, GATHERED_OBJECTS

_SPECIAL = r'["\\]'
_ESCAPES = {"\\": "\\\\", '"': '\\"'}
_PHONE_DIGITS = 9


def contents(columns: Columns, height: int) -> tuple[pl.Series, pl.Series]:
    """Each row's content as JSON; and its golden record, where that is more than the content without what stands apart."""
    members = _members(columns, [item for item in ITEMS if any(_clear(item, columns))])
    content = members.select(_object(members.columns, height)).to_series()
    gathered = [name for name in members.columns if name in GATHERED_OBJECTS]
    if not gathered:
        return content, _nothing(height)
    several = pl.any_horizontal(pl.col(gathered).is_not_null())
    listed = members.filter(several).with_columns(
        pl.concat_str(
            pl.lit(f'"{name}":['), pl.col(name).str.slice(len(name) + 3).str.strip_suffix(","), pl.lit("],")
        ).alias(name)
        for name in gathered
    )
    golden = listed.select(_object([name for name in listed.columns if name not in APART], listed.height)).to_series()
    places = members.select(several).to_series().arg_true()
    return content, _nothing(height).scatter(places, golden)


def secrets(columns: Columns, height: int) -> pl.Series:
    """Each row's identity codes by path as JSON, null where there are none."""
    paths = [path for path in columns if path in SECRETS]
    if not paths:
        return _nothing(height)
    frame = pl.DataFrame({path: columns[path] for path in paths})
    members = frame.select(_member(path, path, columns[path]).alias(path) for path in paths)
    some = pl.any_horizontal(pl.all().is_not_null())
    return members.select(pl.when(some).then(_object(paths, height))).to_series()


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


def _clear(item: Item, columns: Columns) -> Iterable[bool]:
    return (item.path(part) in columns and not part.secret for part in item.parts)


def _members(columns: Columns, items: Iterable[Item]) -> pl.DataFrame:
    """Each item as a member of a JSON object with its comma, null where it is not stated."""
    frame = pl.DataFrame({path: column for path, column in columns.items() if path not in SECRETS})
    members: list[pl.Expr] = []
    for item in items:
        parts = {part.name: item.path(part) for part in item.parts if item.path(part) in columns and not part.secret}
        if item.scalar:
            members.append(_member(item.name, item.name, columns[item.name]).alias(item.name))
            continue
        inner = [_member(name, path, columns[path]) for name, path in parts.items()]
        stated = pl.any_horizontal(pl.col(path).is_not_null() for path in parts.values())
        body = pl.concat_str(inner, ignore_nulls=True).str.strip_suffix(",")
        whole = pl.concat_str(pl.lit(f'"{item.name}":{{'), body, pl.lit("},"))
        members.append(pl.when(stated).then(whole).alias(item.name))
    return frame.select(members)


def _member(name: str, path: str, column: pl.Series) -> pl.Expr:
    """One value as a member of a JSON object with its comma, null where it is not stated."""
    value = pl.col(path)
    if path in FLAGS:
        return pl.concat_str(pl.lit(f'"{name}":'), value, pl.lit(","))
    if column.str.contains(_SPECIAL).any():
        value = value.str.replace_many(_ESCAPES)
    if path in LISTS:
        value = value.str.replace_all(LIST_MARK, '","', literal=True)
        return pl.concat_str(pl.lit(f'"{name}":["'), value, pl.lit('"],'))
    return pl.concat_str(pl.lit(f'"{name}":"'), value, pl.lit('",'))


def _object(members: list[str], height: int) -> pl.Expr:
    """A JSON object of members."""
    if not members:
        return pl.repeat("{}", height)
    return pl.concat_str(
        pl.lit("{"), pl.concat_str(pl.col(members), ignore_nulls=True).str.strip_suffix(","), pl.lit("}")
    )
