"""Rows of a client organisation's file to sayings, or to everything wrong with them. Pure.

``row`` observes one row and alone says what is wrong. ``survey`` observes many at once, a
column at a time: what it does not call odd it says exactly as ``row`` would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from rekisteri.catalogue import (
    BY_PATH,
    YES,
    Fault,
    Muster,
    Reason,
    Rules,
    Sayings,
    Scalar,
    SourceKind,
    as_text,
    assemble,
    muster,
    plainly,
)
from rekisteri.sources.organisations.mapping import Mapping as ColumnMapping
from rekisteri.sources.organisations.mapping import Plan, split_name
from rekisteri.sources.organisations.names import is_surely_organisation
from rekisteri.sources.organisations.post_line import half

MEMORY_MAX = 65_536
"""Verdicts remembered per column; a column of ever-new values forgets and starts again."""

REMEMBERED_MAX = 2_048
"""A column with more distinct texts than this in one sheet is judged anew in the next."""

Judge = Callable[[str], "Scalar | Reason"]


class Observer:
    """Reads rows of one file by its plan; remembers verdicts, as values repeat."""

    def __init__(self, plan: Plan, mapping: ColumnMapping, rules: Rules) -> None:
        self._rules = rules
        self._order = mapping.name_order
        self._name_index = plan.full_name_index
        self._columns: list[tuple[int, str, Judge, dict[str, Scalar | Reason]]] = [
            (index, path, _judge_of(path, mapping, halved=path in plan.halved), {})
            for index, path in plan.targets
            if _may_state(path)
        ]
        self._in_doubt = [_in_doubt(index, path, judge) for index, path, judge, _ in self._columns]

    def row(self, cells: Sequence[str]) -> Sayings | list[Fault]:
        """What the row says, or every fault of it at once."""
        parts: dict[str, Scalar] = {}
        faults: list[Fault] = []
        for index, path, judge, memory in self._columns:
            cell = cells[index]
            if not cell:
                continue
            verdict = memory.get(cell)
            if verdict is None:
                verdict = judge(cell)
                if len(memory) >= MEMORY_MAX:
                    memory.clear()
                memory[cell] = verdict
            if isinstance(verdict, Reason):
                faults.append(Fault(verdict, path))
            elif verdict != "" and verdict != []:
                parts[path] = verdict
        if self._name_index is not None:
            self._take_full_name(cells[self._name_index], parts, faults)
        if faults:
            return faults
        return assemble(parts, self._rules)

    def survey(self, keys: pl.Series, cells: pl.DataFrame) -> Muster:
        """What the rows say, as columns; ``keys`` are their customer numbers, ``cells`` a sheet's.

        Odd are rows with any fault, and those under a non-disclosure order, which need care.
        """
        plain = plainly("key", BY_PATH["customer_number"][1].kind)
        assert plain is not None, "a customer number is a text"
        odd = ~keys.to_frame("key").select(plain.fill_null(value=False)).to_series()
        columns: dict[str, pl.Series] = {}
        for (index, path, judge, memory), doubtful in zip(
            self._columns, cells.select(self._in_doubt).row(0), strict=True
        ):
            column, faulty = _judged(cells[str(index)], doubtful, judge, memory)
            columns[path] = column
            odd = odd if faulty is None else odd | faulty
        if self._name_index is not None:
            odd = odd | self._full_names(cells[str(self._name_index)], columns)
        if "turvakielto" in columns:
            odd = odd | (columns["turvakielto"] == YES).fill_null(value=False)
        stated = {path: column for path, column in columns.items() if column.null_count() < column.len()}
        return muster(stated, odd, self._rules)

    def _full_names(self, cells: pl.Series, columns: dict[str, pl.Series]) -> pl.Series:
        """Take the names out of their one column into ``columns``; where they can't be."""
        names, faulty = _judged(cells, cells.unique().drop_nulls().to_list(), BY_PATH["surname"][1].kind.parse, {})
        silent = pl.repeat(None, cells.len(), dtype=pl.String, eager=True)

        def at(path: str) -> pl.Series:
            return columns.get(path, silent)

        distinct = names.unique().drop_nulls()
        sure = [name for name in distinct.to_list() if is_surely_organisation(name)]
        never = pl.repeat(False, cells.len(), dtype=pl.Boolean, eager=True)
        formed = names.is_in(sure).fill_null(value=False) if sure else never
        formed = formed & at("surname").is_null() & at("first_names").is_null()
        organisation = (at("ytunnus").is_not_null() | formed) & at("hetu").is_null() & at("birth_date").is_null()
        halves = [split_name(name, self._order) for name in distinct.to_list()]
        for path, part, rows in (
            ("surname", [surname for surname, _ in halves], ~organisation),
            ("first_names", [first_names for _, first_names in halves], ~organisation),
            ("organisation_name", distinct.to_list(), organisation),
        ):
            found = names.replace(distinct, pl.Series([text or None for text in part], dtype=pl.String))
            taken = found.zip_with(rows, silent)
            said = at(path)
            columns[path] = said.zip_with(said.is_not_null(), taken)
        return never if faulty is None else faulty

    def key(self, key: str) -> list[Fault]:
        """What is wrong with a customer number, if anything."""
        verdict = BY_PATH["customer_number"][1].kind.parse(key)
        if isinstance(verdict, str) and verdict.split() != key.split():
            # It is kept as it came: with a sign nobody sees in it nobody would find the customer by it.
            verdict = Reason.FORBIDDEN_CHARACTER
        return [Fault(verdict, "customer_number")] if isinstance(verdict, Reason) else []

    def _take_full_name(self, cell: str, parts: dict[str, Scalar], faults: list[Fault]) -> None:
        """One column holds surname and first names, or an organisation's name."""
        if not cell.strip():
            return
        verdict = BY_PATH["surname"][1].kind.parse(cell)
        if isinstance(verdict, Reason):
            faults.append(Fault(verdict, "full_name"))
        elif _organisation(parts, str(verdict)):
            parts.setdefault("organisation_name", verdict)
        else:
            surname, first_names = split_name(str(verdict), self._order)
            parts.setdefault("surname", surname)
            if first_names:
                parts.setdefault("first_names", first_names)


def _organisation(parts: Mapping[str, Scalar], name: str) -> bool:
    """Whether a whole name is an organisation's: its business ID says so, or its form, and nothing says a person."""
    if "hetu" in parts or "birth_date" in parts:
        return False
    return "ytunnus" in parts or (
        "surname" not in parts and "first_names" not in parts and is_surely_organisation(name)
    )


def _may_state(path: str) -> bool:
    item = BY_PATH[path][0]
    return SourceKind.ORGANISATION in item.ranks and item.name != "customer_number"


def _in_doubt(index: int, path: str, judge: Judge) -> pl.Expr:
    """Of a column the distinct texts that are not beyond doubt their own checked values."""
    kind, column = BY_PATH[path][1].kind, pl.col(str(index))
    if judge is kind.parse and (plain := plainly(str(index), kind)) is not None:
        column = column.filter(~plain)
    return column.unique().drop_nulls().implode().alias(path)


def _judge_of(path: str, mapping: ColumnMapping, *, halved: bool) -> Judge:
    """The check of a path, after the organisation's own codes and lost zeros are put right."""
    own = _own_judge(path, mapping)
    if not halved:
        return own

    def judge(raw: str) -> Scalar | Reason:
        said = half(raw, path)
        return said if isinstance(said, Reason) else own(said) if said else ""

    return judge


def _own_judge(path: str, mapping: ColumnMapping) -> Judge:
    parse = BY_PATH[path][1].kind.parse
    codes = mapping.values.get(path)
    width = mapping.pad.get(path)
    if codes is None and width is None:
        return parse

    def judge(raw: str) -> Scalar | Reason:
        text = raw.strip()
        if codes is not None:
            text = codes.get(text, codes.get(text.lower(), text))
        if width is not None and text.isdigit() and text[0] != "0":
            text = text.zfill(width)
        return parse(text) if text else ""

    return judge


def _judged(
    column: pl.Series, doubtful: list[str], judge: Judge, memory: dict[str, Scalar | Reason]
) -> tuple[pl.Series, pl.Series | None]:
    """The checked values of a column, and where it is faulty, if anywhere.

    Each distinct text in doubt is judged once, by the same check as in a row alone.
    """
    if len(doubtful) < REMEMBERED_MAX:
        if len(memory) > MEMORY_MAX:
            memory.clear()
        verdicts = []
        for cell in doubtful:
            verdict = memory.get(cell)
            if verdict is None:
                verdict = memory[cell] = judge(cell)
            verdicts.append(verdict)
    else:
        verdicts = [judge(cell) for cell in doubtful]
    if verdicts == doubtful:
        return column, None
    bad = [cell for cell, verdict in zip(doubtful, verdicts, strict=True) if isinstance(verdict, Reason)]
    texts = [None if isinstance(verdict, Reason) else as_text(verdict) for verdict in verdicts]
    checked = column.replace(doubtful, pl.Series(texts, dtype=pl.String))
    return checked, column.is_in(bad).fill_null(value=False) if bad else None
