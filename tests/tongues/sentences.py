"""Every sentence the rooms and the faces may refuse with, or the terminal say, found where it is written; and what is known of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

import rekisteri
from rekisteri.ground import errors
from rekisteri.tongues import FOLDER

PACKAGE = Path(rekisteri.__file__).parent
ROOMS = (
    "ground",
    "catalogue",
    "audit",
    "access",
    "parties",
    "matching",
    "payers",
    "sources",
    "oversight",
    "rights",
    "feeds",
    "tongues",
    "wiring.py",
    "web",
    "api",
    "cli",
)
"""Whose refusals can reach a page, a caller or whoever is signed in at a terminal."""
OPERATORS_ONLY = frozenset({"postgres.py", "migrations.py", "notes.py", "entries.py", "sequencer.py"}) | {
    "export.py",
    "proofs.py",
    "verify.py",
    "witness.py",
    "providers.py",
    "backups.py",
    "alarming.py",
    "backing.py",
    "keys.py",
    "listening.py",
    "serve.py",
    "witnessing.py",
}
"""What these files and folders say is said to the operator or to a witness's program, and to nobody who is signed in."""
FAMILY = frozenset(
    name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, errors.RekisteriError)
)


def known(name: str) -> dict[str, str]:
    """Text to translation of one file of translations; a plural stands under its singular."""
    with (FOLDER / f"{name}.po").open("rb") as source:
        found = read_po(source)
    return {
        _first(one.id): _first(one.string)
        for one in found
        if one.id and all(one.string if isinstance(one.string, tuple) else (one.string,))
    }


def _first(text: str | list[str] | tuple[str, ...] | None) -> str:
    return text[0] if isinstance(text, list | tuple) else text or ""


@cache
def refusals() -> set[str]:
    """Every English sentence a room or a face may refuse with, or the terminal say; ``{}`` where a value comes in."""
    said = {str(getattr(errors, name).__doc__).strip().split("\n\n")[0] for name in FAMILY}
    for room in ROOMS:
        path = PACKAGE / room
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            if OPERATORS_ONLY.isdisjoint(file.parts):
                tree = ast.parse(file.read_text("utf-8"))
                said |= set(_refusals_of(tree))
                said |= set(_told_of(tree)) if room == "cli" else set()
    return {" ".join(one.split()) if "\n" in one else one for one in said}


def _refusals_of(tree: ast.Module) -> Iterator[str]:
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            match _name(node.func), node.args:
                case "unfit", [_, what, cure]:
                    sentence = f"{{}}: {_sentence(what, constants)}. {_sentence(cure, constants)}."
                case name, [first, *_] if name in FAMILY:
                    sentence = _sentence(first, constants)
                case "Difference", [_, _, told]:
                    sentence = _sentence(told, constants)
                case _:
                    continue
            # A sentence that is all gaps is of the catalogue, which speaks every language itself.
            if re.search(r"\w", sentence.replace("{}", "")):
                yield sentence


def _told_of(tree: ast.Module) -> Iterator[str]:
    """What commands say or ask besides."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id="say" | "worded") | ast.Attribute(attr="done"),
                args=[(ast.Constant() | ast.JoinedStr() | ast.IfExp()) as told, *_],
            ):
                yield from (
                    _sentence(one, {}) for one in ([told.body, told.orelse] if isinstance(told, ast.IfExp) else [told])
                )


_NAMES = re.compile(r"`[^`]*`|\brekisteri\b|\bVTJ\b")
"""Commands, and names that are the same in every language."""


def bare(tree: ast.Module) -> Iterator[str]:
    """What commands print in English past the phrasebook: names of commands and options aside."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "print":
            words = " ".join(_words(argument) for argument in node.args)
            if re.search(r"(?<!-)\b[^\W\d_]{3,}", _NAMES.sub("", words)):
                yield " ".join(words.split())


def _words(node: ast.expr) -> str:
    match node:
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, right=other):
            return f"{_words(one)} {_words(other)}"
        case ast.Call(func=ast.Name(id="Line"), args=[told, *_]):
            return _words(told)
        case ast.BoolOp(values=values) | ast.JoinedStr(values=values):
            return " ".join(map(_words, values))
        case ast.FormattedValue(value=told):
            return _words(told)
        case ast.Constant(value=str(text)):
            return text
        case _:
            return ""


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _sentence(node: ast.expr, constants: dict[str, str]) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=pieces):
            return "".join(_sentence(piece, constants) for piece in pieces)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _sentence(left, constants) + _sentence(right, constants)
        case ast.Name(id=name) if name in constants:
            return constants[name]
        case _:
            return "{}"
