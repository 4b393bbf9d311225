"""Every text the face may show, found where it is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import rekisteri
from rekisteri.ground import errors
from rekisteri.web import feed_labels, labels, own_labels, payer_labels, rights_labels, vtj_labels
from rekisteri.web.tongues import FOLDER

PACKAGE = Path(rekisteri.__file__).parent
WEB = PACKAGE / "web"
TEMPLATES = WEB / "templates"
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
    "wiring.py",
    "web",
)
"""Whose refusals can reach a page."""
OPERATORS_ONLY = frozenset({"postgres.py", "migrations.py", "notes.py", "entries.py", "sequencer.py"}) | {
    "export.py",
    "proofs.py",
    "verify.py",
    "witness.py",
    "providers.py",
    "backups.py",
    "directories",
}
"""What these files and folders say is said at a command line or to a witness's program, and by no page."""
FAMILY = frozenset(
    name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, errors.RekisteriError)
)


@cache
def texts() -> set[str]:
    """Every Finnish text: of templates, of ``say("...")``, and the constants of ``labels``."""
    words = (labels, own_labels, payer_labels, rights_labels, vtj_labels, feed_labels)
    return {text for one in words for text in _of_labels(vars(one))} | set(_of_templates()) | set(_of_code())


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
    """Every English sentence a room or the face may refuse with; ``{}`` where a value comes in."""
    said = {str(getattr(errors, name).__doc__).strip().split("\n\n")[0] for name in FAMILY}
    for room in ROOMS:
        path = PACKAGE / room
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            if OPERATORS_ONLY.isdisjoint(file.parts):
                said |= set(_refusals_of(ast.parse(file.read_text("utf-8"))))
    return {" ".join(one.split()) if "\n" in one else one for one in said}


def bare_texts(template: str) -> list[str]:
    """Words of a template that stand outside its expressions, as text or as an attribute people meet."""
    plain = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", template, flags=re.DOTALL)
    plain = re.sub(r"<(script|style|kbd)\b.*?</\1>", " ", plain, flags=re.DOTALL)
    met = re.findall(r"(?:title|placeholder|aria-label|alt)=\"([^\"]*)\"", plain)
    met += re.sub(r"<[^>]*>", "\n", plain).split("\n")
    return [word.strip() for word in met if re.search(r"[^\W\d_]{2,}", word)]


def _of_templates() -> Iterator[str]:
    method = [("**.html", "jinja2")]
    options = {"**.html": {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "trimmed": "true"}}
    for _, _, message, _, _ in extract_from_dir(TEMPLATES, method, options):
        yield message[0] if isinstance(message, tuple) else message


def _of_code() -> Iterator[str]:
    for file in sorted(WEB.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="say"), args=[ast.Constant(value=str(text)), *_]):
                    yield text


def _of_labels(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            if not (isinstance(name, str) and (name.startswith("_") or name.endswith("_OF_NAME"))):
                yield from _of_labels(one)
    elif isinstance(value, tuple):
        # A group of the card: its title, then the code names of its items.
        for one in value:
            yield from _of_labels(one[0] if isinstance(one, tuple) else ())
    elif isinstance(value, str) and value not in (labels.__name__, payer_labels.__name__):
        yield value


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
