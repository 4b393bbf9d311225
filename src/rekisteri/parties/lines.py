"""Columns to what is stored of each row: JSON of content and secrets, shown name, lexemes.

The same as ``words.shown_name`` and ``words.of_party`` make of one saying, a column at a time. ``paths`` are the
columns there are; what is said of them are expressions, so that a sheet is drawn in few strokes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import polars as pl

from rekisteri.catalogue import FLAGS, ITEMS, LIST_MARK, LISTS, SECRETS, Item
from rekisteri.parties import words

_ESCAPES = {"\\": "\\\\", '"': '\\"'}
_NEXT = '","'
_PHONE_DIGITS = 9
SELDOM = 0.3
"""What a smaller share of the rows states is put together for them alone."""
NAMES = ("surname", "organisation_name")
"""Of which every customer has exactly one."""
FOLDED = "#"
"""Before the name of a column that holds folded words: of ``names``, of ``places``, of a path."""
_FOLDED_PATHS = ("email", "foreign_id.value")


def contents(frame: pl.DataFrame) -> pl.Series:
    """Each row's content as JSON, of columns of texts.

    Every row has a name, so the name stands last and needs no comma after it. What few rows say is put together
    for those rows alone.
    """
    clear = _escaped(frame.drop(SECRETS, strict=False))
    paths = frozenset(clear.columns)
    often: list[pl.Expr] = []
    names: list[pl.Expr] = []
    seldom: list[Item] = []
    for item in ITEMS:
        first = _first(item)
        if first not in paths or item.secret:
            continue
        if item.name in NAMES:
            names.append(_member(item, item.name))
        elif clear.height - clear[first].null_count() < SELDOM * clear.height:
            seldom.append(item)
        else:
            often += _members(paths, item)
    if seldom:
        often.append(pl.lit(_said_by_few(clear, paths, seldom)))
    return clear.select(pl.concat_str(pl.lit("{"), *often, *names, pl.lit("}"), ignore_nulls=True)).to_series()


def _said_by_few(clear: pl.DataFrame, paths: Collection[str], items: Sequence[Item]) -> pl.Series:
    """The members of items that few rows state, joined for each row."""
    parts = [[path for part in item.parts if (path := item.path(part)) in paths and not part.secret] for item in items]
    wanted = [path for some in parts for path in some]
    where = clear.select(pl.arg_where(pl.col(path).is_not_null()).implode().alias(path) for path in wanted).row(0)
    texts = clear.select(pl.col(path).drop_nulls().implode() for path in wanted).row(0)
    found = {path: (places, said) for path, places, said in zip(wanted, where, texts, strict=True)}
    joined = [""] * clear.height
    for item, some in zip(items, parts, strict=True):
        first = _first(item)
        for path in sorted(some, key=lambda path: path != first):
            before, after = _around(item, path)
            for place, text in zip(*found[path], strict=True):
                joined[place] += f"{before}{text.replace(LIST_MARK, _NEXT) if path in LISTS else text}{after}"
        if not item.scalar:
            for place in found[first][0]:
                joined[place] += "},"
    return pl.Series(joined, dtype=pl.String)


def _escaped(texts: pl.DataFrame) -> pl.DataFrame:
    """The texts as they stand between quotation marks in JSON."""
    whole = texts.select(pl.all().str.join("")).row(0)
    if not any(mark in text for text in whole for mark in _ESCAPES):
        return texts
    return texts.select(pl.all().str.replace_many(_ESCAPES))


def secrets(frame: pl.DataFrame) -> pl.Series:
    """Each row's identity codes by path as JSON, null where there are none."""
    hidden = [path for path in frame.columns if path in SECRETS]
    if not hidden:
        return pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    members = pl.concat_str(
        [pl.concat_str(pl.lit(f'"{path}":"'), pl.col(path), pl.lit('",')) for path in hidden], ignore_nulls=True
    )
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
    """Each row's different lexemes as a list, of a customer of the organisation; of columns and ``folded``."""
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
    together = pl.concat_str(found, separator=" ", ignore_nulls=True)
    return together.str.split(" ").list.unique(maintain_order=True)


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


def _members(paths: Collection[str], item: Item) -> list[pl.Expr]:
    """An item as a member with its comma; null where the part is not stated that always is."""
    first = _first(item)
    if item.scalar:
        return [_member(item, first)]
    others = [item.path(part) for part in item.parts if not part.secret]
    members = [_member(item, path) for path in others if path != first and path in paths]
    return [_member(item, first), *members, pl.when(pl.col(first).is_not_null()).then(pl.lit("},"))]


def _member(item: Item, path: str) -> pl.Expr:
    """A part with what stands around it, null where it is not stated."""
    value = pl.col(path)
    if path in LISTS:
        value = value.str.replace_all(LIST_MARK, _NEXT, literal=True)
    before, after = _around(item, path)
    return pl.concat_str(pl.lit(before), value, pl.lit(after))


def _around(item: Item, path: str) -> tuple[str, str]:
    """What stands before and after a value: an item of several parts begins with the one that is always there."""
    opening, closing = ('["', '"]') if path in LISTS else ("", "") if path in FLAGS else ('"', '"')
    if item.scalar:
        return f'"{item.name}":{opening}', closing if item.name in NAMES else f"{closing},"
    begun = f'"{item.name}":{{' if path == _first(item) else ","
    return f'{begun}"{path.rpartition(".")[2]}":{opening}', closing
