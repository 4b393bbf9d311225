"""A measured figure beside its floor and its goal, and the table of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: what was measured, ours and the floor as people read them, and the verdict."""

    what: str
    ours: str
    floor: str
    ratio: str
    goal: str
    holds: bool


def show(figures: Sequence[Figure], console: Console) -> None:
    """Print the table; a goal that does not hold says so."""
    table = Table("what", "ours", "floor", "ratio", "goal", "holds")
    for figure in figures:
        table.add_row(
            figure.what, figure.ours, figure.floor, figure.ratio, figure.goal, "yes" if figure.holds else "NO"
        )
    console.print(table)


def markdown(figures: Sequence[Figure]) -> str:
    """The same table for the documentation."""
    lines = ["| what | ours | floor | ratio | goal | holds |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {one.what} | {one.ours} | {one.floor} | {one.ratio} | {one.goal} | {'yes' if one.holds else 'no'} |"
        for one in figures
    ]
    return "\n".join(lines) + "\n"
