"""Postcode and town in one cell, as Finns write them on one line of an address: ``00160 HELSINKI``."""

from __future__ import annotations

import re

from rekisteri import catalogue
from rekisteri.catalogue import Reason

POST_LINE = "postcode_and_town"
"""Stands in a mapping where a part of an address does: ``permanent_address.postcode_and_town``."""
PATHS = tuple(
    f"{item.name}.{POST_LINE}" for item in catalogue.ITEMS if f"{item.name}.postcode" in catalogue.STATED_BY_CLIENTS
)
"""The addresses of the catalogue that clients state, in its order."""

_LINE = re.compile(
    r"\s*((?:[A-Za-z]{1,2}-)?(?:\d{4} [A-Z]{2}(?=[ ,])|\d{4,6}|\d{3} \d{2})|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})[ ,]+([^\W\d].*)",
    re.DOTALL,
)


def halves(path: str) -> tuple[str, str]:
    """The two parts a line is of. ``permanent_address.postcode_and_town`` is of ``.postcode`` and ``.town`` of it."""
    item = path.removesuffix(POST_LINE)
    return f"{item}postcode", f"{item}town"


def street_of(path: str) -> str:
    """The street above a line."""
    return f"{path.removesuffix(POST_LINE)}street"


def is_line(text: str) -> bool:
    """Whether a text is a postcode and a town.

    >>> is_line("00160 Helsinki"), is_line("SE-111 22 Stockholm"), is_line("Helsinki"), is_line("Peipporaitti 38")
    (True, True, False, False)
    >>> is_line("NW1 6XE London"), is_line("1012 AB Amsterdam")
    (True, True)
    """
    return _LINE.fullmatch(text) is not None


def half(text: str, path: str) -> str | Reason:
    """What a line says of its postcode or its town; a town alone has no postcode. What is no line is the postcode's fault.

    >>> half("00160 HELSINKI", "permanent_address.postcode"), half("00160 HELSINKI", "permanent_address.town")
    ('00160', 'HELSINKI')
    """
    found = _LINE.fullmatch(text)
    of_postcode = path.endswith("postcode")
    if found is not None:
        return found[1] if of_postcode else found[2]
    if any(map(str.isdigit, text)):
        return Reason.POSTCODE_INVALID if of_postcode else ""
    return "" if of_postcode else text
