"""VTJ's code lists, as data: return codes of the query interface, countries, languages, kinds of names.

Sources: VTJHenkilotiedotKatalogi (return codes, kinds of names, restriction codes), ISO 3166-1
numeric and ISO 639-1 as VTJ uses them, with the wrong codes seen in its data put right.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

import pycountry

from rekisteri.catalogue import BY_PATH, Reason


class Meaning(StrEnum):
    """What a return code of the query interface means to us."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    PASSIVE = "passive"
    """The code asked by is no longer in force."""
    DEAD = "dead"
    """The person is dead, and the permit does not open the data of the dead."""
    RESTRICTED = "restricted"
    """The data may not be disclosed: taken as a non-disclosure order (fails closed)."""
    NOTICE = "notice"
    """The question could not be answered; the text says why."""
    STOP = "stop"
    """User id or password: nothing more is asked before an operator has mended it."""
    SETUP = "setup"
    """The permit, the product or a certificate is not set up as agreed."""
    PASSING = "passing"
    """Trouble at VTJ that passes: asked again."""
    MISMATCH = "mismatch"
    """Question and answer do not belong together: asked again once."""
    BUG = "bug"
    """A question that should never have been sent."""


RETURN_CODES = MappingProxyType(
    {
        "0000": Meaning.FOUND,
        "0001": Meaning.NOT_FOUND,
        "0002": Meaning.PASSIVE,
        "0003": Meaning.STOP,
        "0004": Meaning.STOP,
        "0005": Meaning.NOTICE,
        "0006": Meaning.NOT_FOUND,
        "0007": Meaning.DEAD,
        # Checks of a certificate that we never ask for: the person's data is there.
        "0008": Meaning.FOUND,
        "0009": Meaning.FOUND,
        **dict.fromkeys(("0010", "0011", "0012", "0013", "0014", "0015"), Meaning.SETUP),
        "0016": Meaning.MISMATCH,
        # Not in the guardianship register; and: under fifteen years old.
        "0017": Meaning.FOUND,
        "0018": Meaning.FOUND,
        "0019": Meaning.RESTRICTED,
        "-1500": Meaning.STOP,
        "-1505": Meaning.SETUP,
        "-1905": Meaning.SETUP,
        "-1800": Meaning.PASSING,
        "-1805": Meaning.BUG,
        "-1900": Meaning.SETUP,
        "-1901": Meaning.SETUP,
        "-1902": Meaning.BUG,
        "-1903": Meaning.BUG,
        "-1904": Meaning.BUG,
        "-1906": Meaning.PASSING,
    }
)
"""Every return code and fault code of the query interface; one that is not here is ``BUG``."""


NO_COUNTRY = "998"
"""The country stands in words beside the code."""
HOME = "246"
_WRONG_COUNTRIES = {"736": "729", "230": "231", "891": "688"}


def country(code: str, name: str = "") -> str | None:
    """The ISO 3166-1 alpha-2 code of VTJ's three-digit one, or of a country's name; None for neither."""
    found = pycountry.countries.get(numeric=_WRONG_COUNTRIES.get(code, code)) if code and code != NO_COUNTRY else None
    if found is not None:
        return str(found.alpha_2)
    verdict = BY_PATH["permanent_address.country"][1].kind.parse(name) if name else Reason.COUNTRY_UNKNOWN
    return None if isinstance(verdict, Reason) else str(verdict)


IN_WORDS, UNKNOWN_LANGUAGE = "98", "99"
_WRONG_LANGUAGES = {"iw": "he", "in": "id", "ji": "yi"}


def language(code: str, name: str = "") -> str | None:
    """The ISO 639-1 code of VTJ's language code, or of a language's name; None where it is not known."""
    text = name if code == IN_WORDS else "" if code == UNKNOWN_LANGUAGE else _WRONG_LANGUAGES.get(code.lower(), code)
    verdict = BY_PATH["language"][1].kind.parse(text) if text else Reason.CODE_UNKNOWN
    return None if isinstance(verdict, Reason) else str(verdict)


FORMER_SURNAMES = frozenset({"05", "07"})
"""Nimilajikoodi of former surnames; 10-13 are names that were recorded wrong and are nobody's."""
CALLED_NAME = "09"

RESTRICTIONS = MappingProxyType({"1": "none", "2": "partial", "3": "full"})
"""Rajoituskoodi of guardianship."""
