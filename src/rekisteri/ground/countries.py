"""Countries personal data may go to: those of the EU and the EEA, with the days they belonged.

Register description § 8 promises no transfer outside them; the General Data Protection Regulation
(chapter V) calls everything else a third country. Where a state came to the EU before it came to
the EEA, or left the one before the other, the longer belonging counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Membership:
    """A country (ISO 3166-1, two letters) of the EU or EEA, from the first day to the last one."""

    country: str
    since: date
    until: date | None = None


_EEA_BEGAN = date(1994, 1, 1)
_EU_2004 = date(2004, 5, 1)
_EU_2007 = date(2007, 1, 1)

MEMBERSHIPS = (
    *(
        Membership(code, _EEA_BEGAN)
        for code in ["AT", "BE", "DE", "DK", "ES", "FI", "FR", "GR", "IE", "IS", "IT", "LU", "NL", "NO", "PT", "SE"]
    ),
    # Åland is Finland, under a code of its own.
    Membership("AX", date(1995, 1, 1)),
    Membership("LI", date(1995, 5, 1)),
    *(Membership(code, _EU_2004) for code in ["CY", "CZ", "EE", "HU", "LT", "LV", "MT", "PL", "SI", "SK"]),
    *(Membership(code, _EU_2007) for code in ["BG", "RO"]),
    Membership("HR", date(2013, 7, 1)),
    # Union law applied to the end of the transition period of the withdrawal agreement.
    Membership("GB", _EEA_BEGAN, date(2020, 12, 31)),
)


def inside(country: str, on: date) -> bool:
    """Whether a country belongs to the EU or the EEA on a day; an unknown code does not."""
    return any(
        one.country == country and one.since <= on and (one.until is None or on <= one.until) for one in MEMBERSHIPS
    )
