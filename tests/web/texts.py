"""Every text the face may show, found where it is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_dir

import rekisteri
from rekisteri.web import feed_labels, labels, own_labels, payer_labels, rights_labels, vtj_labels

PACKAGE = Path(rekisteri.__file__).parent
WEB = PACKAGE / "web"
TEMPLATES = WEB / "templates"


@cache
def texts() -> set[str]:
    """Every Finnish text: of templates, of ``say("...")``, and the constants of ``labels``."""
    words = (labels, own_labels, payer_labels, rights_labels, vtj_labels, feed_labels)
    return {text for one in words for text in _of_labels(vars(one))} | set(_of_templates()) | set(_of_code())


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
