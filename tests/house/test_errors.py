"""One family of errors: every face answers each branch of it alike."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

from rekisteri.ground import errors
from rekisteri.ground.errors import RekisteriError
from tests.house.reading import SIMULATORS, Module, a_module, dotted, house, keep

FAMILY_HOME = "rekisteri.ground.errors"
BUILT_IN = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
)
# Programmer errors: they say that code, not input, is wrong, and no face answers them.
BUGS = frozenset({"AssertionError", "KeyError", "TypeError"})
# What the libraries of a face ask for at its very edge.
AT_THE_EDGE = {
    "api": frozenset({"ValueError"}),
    "web": frozenset({"ValueError"}),
    "cli": frozenset({"typer.Exit", "typer.Abort", "typer.BadParameter"}),
}

OLD_SINS: frozenset[str] = frozenset()


def family(root: type[RekisteriError] = RekisteriError) -> Iterator[type[RekisteriError]]:
    yield root
    for child in root.__subclasses__():
        yield from family(child)


def strangers(modules: Iterable[Module]) -> Iterator[str]:
    """Exceptions born or raised outside the family."""
    modules = tuple(modules)
    kin = {name for name in vars(errors) if isinstance(getattr(errors, name), type)}
    kin |= {
        node.name
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and {dotted(base).rpartition(".")[2] for base in node.bases} & kin
    }
    for module in modules:
        if module.name == FAMILY_HOME or module.room == SIMULATORS:
            continue
        for node in ast.walk(module.tree):
            # One of a private name never leaves its module: it is a way to get out of a loop.
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                for base in node.bases:
                    if dotted(base) in BUILT_IN:
                        yield f"{module.at(node)} founds a family of its own: {node.name}({dotted(base)})"
            elif isinstance(node, ast.Raise) and node.exc is not None:
                raised = dotted(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
                if not allowed(module, raised, kin):
                    yield f"{module.at(node)} raises {raised or 'a computed exception'}"


def allowed(module: Module, raised: str, kin: set[str]) -> bool:
    last = raised.rpartition(".")[2]
    # A name in small letters holds an exception that somebody else made.
    return (
        last in kin
        or raised in BUGS
        or (bool(last) and (last.islower() or last.startswith("_")))
        or raised in AT_THE_EDGE.get(module.room, frozenset())
    )


def test_every_error_is_of_the_one_family() -> None:
    keep("Raise one of ground.errors:", strangers(house()), OLD_SINS)


def test_each_of_the_family_says_what_is_wrong_and_what_to_do_and_has_one_answer() -> None:
    members = [member for member in family() if member.__module__ == FAMILY_HOME and member is not RekisteriError]
    assert {"Rejected", "Refused", "Missing", "Conflict", "Unavailable"} <= {m.__name__ for m in members}
    # A child without a slug of its own is answered as its parent is.
    slugs = [member.slug for member in members if "slug" in vars(member)]
    assert len(set(slugs)) == len(slugs), slugs
    for member in members:
        assert member.__doc__, member
        message = member.__doc__.partition("\n\n")[0]
        assert message.endswith("."), member
        assert 400 <= member.status < 600, member
        assert member.exit_code > 1, member
        assert member().message == message, member


def test_the_law_sees_strangers_and_knows_kin() -> None:
    modules = [
        a_module("rekisteri.rights.a", "class Broken(ValueError): ..."),
        a_module("rekisteri.rights.b", "def f():\n    raise ValueError('x')"),
        a_module("rekisteri.api.c", "def f():\n    raise HTTPException(404)"),
        a_module("rekisteri.rights.d", "class Late(Conflict): ...\ndef f():\n    raise Late"),
        a_module("rekisteri.rights.e", "try: ...\nexcept OSError as error:\n    raise error"),
        a_module("rekisteri.cli.f", "def f():\n    raise typer.Exit(2)"),
        a_module("rekisteri.rights.h", "class _Enough(Exception): ...\ndef f():\n    raise _Enough"),
        a_module("rekisteri.rights.g", "def f():\n    raise errors.Missing('x')"),
    ]
    assert list(strangers(modules)) == [
        "rekisteri.rights.a:1 founds a family of its own: Broken(ValueError)",
        "rekisteri.rights.b:2 raises ValueError",
        "rekisteri.api.c:2 raises HTTPException",
    ]
