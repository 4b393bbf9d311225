"""What VTJ says of a person, typed, whichever interface it came by.

A field is ``Silent`` where the answer does not speak of it: its message or the permit lacks
the group. That is another thing than VTJ knowing of none. A field whose content VTJ keeps
back under a non-disclosure order is ``Hidden``. What a change has several of is a tuple: it takes a fifth of the time
of a frozen object to make.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import NamedTuple


class Silent(Enum):
    """The answer does not speak of it."""

    SILENT = "silent"


class Hidden(Enum):
    """VTJ keeps it back: a non-disclosure order covers it."""

    HIDDEN = "hidden"


SILENT = Silent.SILENT
HIDDEN = Hidden.HIDDEN


class Day(NamedTuple):
    """A date of which the month or the day may not be known."""

    year: int
    month: int | None = None
    day: int | None = None

    def whole(self) -> date | None:
        """The date, where all of it is known."""
        return None if self.month is None or self.day is None else date(self.year, self.month, self.day)

    def first(self) -> date:
        """The earliest day it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    def last(self) -> date:
        """The latest day it can be."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])


class Both(NamedTuple):
    """A text in Finnish and Swedish; either may be empty."""

    fi: str = ""
    sv: str = ""

    def in_(self, language: str) -> str:
        """The text for a reader of a language: Swedish where it is asked for and there is one, else Finnish."""
        return self.sv if self.sv and (language == "sv" or not self.fi) else self.fi


NO_TEXT = Both()


class AddressKind(StrEnum):
    """What an address is; each is the item of the catalogue it becomes."""

    PERMANENT = "permanent_address"
    TEMPORARY = "temporary_address"
    POSTAL = "postal_address"
    CONTACT = "contact_address"


class Address(NamedTuple):
    """An address as VTJ writes it. ``country`` is ISO 3166-1 alpha-2; None where the code tells none.

    ``country_name`` is told where the code is 998 (no country of the list).
    """

    street: Both
    postcode: str = ""
    town: Both = NO_TEXT
    country: str | None = "FI"
    country_name: str = ""
    valid_from: Day | None = None
    valid_to: Day | None = None


@dataclass(frozen=True, slots=True)
class Someone:
    """Another person, or an organisation, that VTJ names. A foreigner may have no identity code."""

    surname: str = ""
    first_names: str = ""
    hetu: str | None = None
    born: Day | None = None
    organisation: Both = NO_TEXT
    ytunnus: str | None = None


@dataclass(frozen=True, slots=True)
class Custody:
    """A custodian and the span of the custody."""

    custodian: Someone
    valid_from: Day | None = None
    valid_to: Day | None = None


class Mandate(StrEnum):
    """What a guardian's task rests on."""

    ORDER = "order"
    AUTHORISATION = "authorisation"


@dataclass(frozen=True, slots=True)
class Guardianship:
    """A guardian, the span of the task, its matters and what of the ward's competence is restricted."""

    guardian: Someone
    mandate: Mandate
    matters: Both = NO_TEXT
    restriction: str | None = None
    """``none``, ``partial`` or ``full``."""
    valid_from: Day | None = None
    valid_to: Day | None = None


@dataclass(frozen=True, slots=True)
class Death:
    """Whether the person is dead; a death without a known date is one all the same."""

    dead: bool
    on: Day | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """The non-disclosure order. Its end date does not end it: VTJ says so when it ends."""

    on: bool
    until: Day | None = None


@dataclass(frozen=True, slots=True)
class FormerName:
    """A former surname."""

    name: str
    valid_from: Day | None = None
    valid_to: Day | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything of a person that one answer tells and the catalogue keeps.

    ``hetu`` is the code in force, empty where only other facts are told. None is *VTJ knows of none*; ``SILENT`` is *not told*.
    """

    hetu: str
    former_hetus: tuple[str, ...] = ()
    passive: bool = False
    """The person's record in VTJ is no longer in force, and no other code took its place."""
    surname: str | Silent = SILENT
    first_names: str | Silent = SILENT
    called_name: str | Silent | None = SILENT
    former_surnames: tuple[FormerName, ...] | Silent = SILENT
    born: Day | Silent | None = SILENT
    permanent: Address | Hidden | Silent | None = SILENT
    temporary: Address | Hidden | Silent | None = SILENT
    postal: Address | Hidden | Silent | None = SILENT
    contact: Address | Hidden | Silent | None = SILENT
    email: str | Hidden | Silent | None = SILENT
    language: str | Silent | None = SILENT
    contact_language: str | Silent | None = SILENT
    death: Death | Silent = SILENT
    order: Order | Silent = SILENT
    custodies: tuple[Custody, ...] | Silent = SILENT
    guardianships: tuple[Guardianship, ...] | Silent = SILENT
