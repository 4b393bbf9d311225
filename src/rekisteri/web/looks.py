"""How a page looks: one Jinja environment a language, with the words and values templates need."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, PackageLoader, StrictUndefined

from rekisteri import __version__
from rekisteri.access import ACCOUNT_ROLES, Action, Limit
from rekisteri.catalogue import BY_NAME, BY_PATH, PURPOSES, ROLES, SOURCES, Disclosure, PartyKind, SourceKind
from rekisteri.feeds import KINDS
from rekisteri.ground import clock
from rekisteri.tongues import LANGUAGES, NAMES, Tongue, load
from rekisteri.web import feed_labels, labels, own_labels, payer_labels, rights_labels, shown, vtj_labels

STATIC = Path(__file__).parent / "static"
DIGEST_LENGTH = 10


@cache
def looks() -> Mapping[str, Environment]:
    """The environment of each language; its templates are compiled once, whoever shows them."""
    marks = _marks()
    return MappingProxyType({code: _look(tongue, marks) for code, tongue in load().items()})


def _look(tongue: Tongue, marks: Mapping[str, str]) -> Environment:
    look = Environment(
        loader=PackageLoader("rekisteri.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    look.install_gettext_callables(  # type: ignore[attr-defined]
        tongue.texts.gettext, tongue.texts.ngettext, newstyle=True
    )
    look.globals |= {
        "ACCOUNT_ROLES": ACCOUNT_ROLES,
        "Action": Action,
        "Disclosure": Disclosure,
        "Limit": Limit,
        "ITEMS": BY_NAME,
        "LANGUAGES": LANGUAGES,
        "LANGUAGE_NAMES": NAMES,
        "PATHS": BY_PATH,
        "PURPOSES": PURPOSES,
        "PartyKind": PartyKind,
        "ROLES": ROLES,
        "SourceKind": SourceKind,
        "SOURCES": SOURCES,
        "VERSION": __version__,
        "asset": partial(_asset, marks),
        "labels": labels,
        "own_labels": own_labels,
        "vtj_labels": vtj_labels,
        "rights_labels": rights_labels,
        "feed_labels": feed_labels,
        "KINDS_OF_EVENTS": KINDS,
        "lines": partial(shown.lines, tongue),
        "payer_labels": payer_labels,
        "oneline": partial(shown.one_line, tongue),
    }
    look.filters |= {
        "day": tongue.day,
        "eve": tongue.eve,
        "lastday": lambda end: tongue.day(clock.eve(end)),
        "isoday": tongue.iso_day,
        "instant": tongue.instant,
        "second": partial(tongue.instant, seconds=True),
        "number": tongue.number,
        "text": lambda text: text.in_(tongue.code),
    }
    return look


def _asset(marks: Mapping[str, str], name: str) -> str:
    """The address of a file of the face; it changes when the file does, so it may be kept for ever."""
    return f"/static/{name}?v={marks[name]}"


def _marks() -> dict[str, str]:
    return {
        path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:DIGEST_LENGTH]
        for path in STATIC.rglob("*")
        if path.is_file()
    }
