"""A row of a client organisation's file to a saying, or to everything wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rekisteri.catalogue import (
    BY_PATH,
    Fault,
    Reason,
    Rules,
    Sayings,
    Scalar,
    SourceKind,
    assemble,
)
from rekisteri.sources.organisations.mapping import Mapping as ColumnMapping
from rekisteri.sources.organisations.mapping import Plan, split_name

MEMORY_MAX = 65_536
"""Verdicts remembered per column; a column of ever-new values forgets and starts again."""

Judge = Callable[[str], "Scalar | Reason"]


class Observer:
    """Reads rows of one file by its plan; remembers verdicts, as values repeat."""

    def __init__(self, plan: Plan, mapping: ColumnMapping, rules: Rules) -> None:
        self._rules = rules
        self._order = mapping.name_order
        self._name_index = plan.full_name_index
        self._columns: list[tuple[int, str, Judge, dict[str, Scalar | Reason]]] = [
            (index, path, _judge_of(path, mapping), {}) for index, path in plan.targets if _may_state(path)
        ]

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

    def key(self, key: str) -> list[Fault]:
        """What is wrong with a customer number, if anything."""
        verdict = BY_PATH["customer_number"][1].kind.parse(key)
        return [Fault(verdict, "customer_number")] if isinstance(verdict, Reason) else []

    def _take_full_name(self, cell: str, parts: dict[str, Scalar], faults: list[Fault]) -> None:
        """One column holds surname and first names, or an organisation's name."""
        if not cell.strip():
            return
        verdict = BY_PATH["surname"][1].kind.parse(cell)
        if isinstance(verdict, Reason):
            faults.append(Fault(verdict, "full_name"))
        elif _organisation(parts):
            parts.setdefault("organisation_name", verdict)
        else:
            surname, first_names = split_name(str(verdict), self._order)
            parts.setdefault("surname", surname)
            if first_names:
                parts.setdefault("first_names", first_names)


def _organisation(parts: Mapping[str, Scalar]) -> bool:
    return "ytunnus" in parts and "hetu" not in parts and "birth_date" not in parts


def _may_state(path: str) -> bool:
    item = BY_PATH[path][0]
    return SourceKind.ORGANISATION in item.ranks and item.name != "customer_number"


def _judge_of(path: str, mapping: ColumnMapping) -> Judge:
    """The check of a path, after the organisation's own codes and lost zeros are put right."""
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
