"""How the laws read the house: every module of the source tree, parsed once."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import rekisteri

PACKAGE = "rekisteri"
ROOT = Path(rekisteri.__file__).parent

# The staircase, lowest step first. Rooms of one step do not know each other.
STEPS: tuple[frozenset[str], ...] = (
    frozenset({"ground"}),
    frozenset({"catalogue"}),
    frozenset({"audit"}),
    frozenset({"access"}),
    frozenset({"parties"}),
    frozenset({"matching"}),
    frozenset({"payers"}),
    frozenset({"sources"}),
    frozenset({"oversight"}),
    frozenset({"rights"}),
    frozenset({"feeds"}),
    frozenset({"tongues"}),
    frozenset({"wiring"}),
    frozenset({"api", "web", "cli", "worker"}),
    frozenset({"__main__"}),
)
STEP = {room: number for number, rooms in enumerate(STEPS) for room in rooms}
SIMULATORS = "simulators"


@dataclass(frozen=True, slots=True)
class Module:
    """One module: its dotted name, whether it is a package's front door, its text and tree."""

    name: str
    door: bool
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """The room it is of; empty for the package itself."""
        return room_of(self.name)

    def at(self, node: ast.AST) -> str:
        """Where a node stands, as people and editors read it."""
        return f"{self.name}:{getattr(node, 'lineno', 1)}"


def a_module(name: str, text: str, *, door: bool = False) -> Module:
    """A module of the given text; the laws prove on such ones that they can fail."""
    return Module(name=name, door=door, text=text, tree=ast.parse(text, filename=name))


@cache
def house() -> tuple[Module, ...]:
    """Every module of the source tree."""
    return tuple(_read(path) for path in sorted(ROOT.rglob("*.py")))


def _read(path: Path) -> Module:
    parts = [PACKAGE, *path.relative_to(ROOT).with_suffix("").parts]
    door = parts[-1] == "__init__"
    return a_module(".".join(parts[:-1] if door else parts), path.read_text("utf-8"), door=door)


def room_of(name: str) -> str:
    """The room of a dotted module name, or empty outside every room."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == PACKAGE else ""


def dotted(node: ast.AST | None) -> str:
    """``a.b.c`` of a name or an attribute of one; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        above = dotted(node.value)
        return f"{above}.{node.attr}" if above else ""
    return ""


def calls(module: Module) -> Iterator[ast.Call]:
    """Every call in a module."""
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def keep(law: str, found: Iterable[str], sins: frozenset[str] = frozenset()) -> None:
    """Hold a law: nothing found but the old sins, and every old sin still there to be found."""
    broken = sorted(set(found) - sins)
    assert not broken, f"{law}\n  " + "\n  ".join(broken)
    healed = sorted(sins - set(found))
    assert not healed, "These old sins are healed; take them off the list:\n  " + "\n  ".join(healed)
