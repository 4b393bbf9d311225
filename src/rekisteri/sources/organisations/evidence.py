"""What the values of a column say it is, whatever its heading."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rekisteri import catalogue
from rekisteri.sources.organisations.headings import FULL_NAME
from rekisteri.sources.organisations.names import NameOrder, is_organisation_name
from rekisteri.sources.organisations.post_line import PATHS as POST_LINES
from rekisteri.sources.organisations.post_line import halves, is_line, street_of

SURE = 0.9
LIKELY = 0.7
KEY_SHARE = 0.99
ADULT_SPREAD_YEARS = 20
MIN_VALUES = 3
PHONE_DIGITS_MIN = 7
DECIDING = 1.2

_PERSON = re.compile(r"[^\W\d_]['’.\-\w]*(?:,? [^\W\d_]['’.\-\w]*){1,5}")
_STREET = re.compile(r"[^\W\d_][\w .:'’\-/]* \d+[ \w\-–/.]*")
_YTUNNUS = re.compile(r"\d{6,7}-\d|FI\d{8}")
_POSTCODE = re.compile(r"\d{5}")
_TOWN = re.compile(r"[^\W\d_][^\W\d_ \-]+(?:[ \-][^\W\d_]+){0,2}")
_PHONE_START = re.compile(r"\+|0[1-9]")
_SURNAME_END = re.compile(
    r"(?:nen|ström|berg|qvist|kvist|lund|sson|mäki|vaara|niemi|järvi|salo|koski|ranta|virta|lahti|harju|holm|gren|mann)$",
    re.IGNORECASE,
)
_FIRST_NAMES_FIRST = ("etu", "forn", "first", "given")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sample: its place, heading and the values that are stated."""

    index: int
    heading: str
    values: list[str]
    row_count: int

    def share(self, fits: Callable[[str], object]) -> float:
        """Which part of the values fits."""
        return sum(1 for value in self.values if fits(value)) / len(self.values) if self.values else 0.0

    def passes(self, path: str) -> float:
        """Which part of the values an item part takes."""
        if path == FULL_NAME:
            path = "surname"
        if path in POST_LINES:
            return self.share(is_line)
        parse = catalogue.BY_PATH[path][1].kind.parse
        return self.share(lambda value: not isinstance(parse(value), catalogue.Reason))

    @property
    def stated(self) -> float:
        """Which part of the rows states a value."""
        return len(self.values) / self.row_count if self.row_count else 0.0

    @property
    def distinct(self) -> float:
        """How many of the values differ, as a part of all."""
        return len(set(self.values)) / len(self.values) if self.values else 0.0


def is_persons(column: Column) -> bool:
    """Whether the column holds whole names of persons, companies among them or not."""
    return column.share(lambda value: _PERSON.fullmatch(value) or is_organisation_name(value)) >= SURE and (
        column.distinct >= LIKELY
    )


def is_organisations(column: Column) -> bool:
    """Whether the column holds names of organisations."""
    return column.share(is_organisation_name) >= LIKELY


def is_post_line(column: Column) -> bool:
    """Whether the column holds postcode and town together."""
    return column.share(is_line) >= SURE


def is_key(column: Column) -> bool:
    """Whether the column could be the organisation's own key: always stated, always different, no name."""
    plain = column.share(lambda value: value.isalnum() or value.replace("-", "").replace("/", "").isalnum())
    return len(column.values) == column.row_count and column.distinct >= KEY_SHARE and plain == 1.0


def by_values(column: Column, taken: frozenset[str], neighbour: str | None) -> str | None:
    """The path the values speak for, of those not taken; ``neighbour`` is what the column before means."""
    if len(column.values) < MIN_VALUES:
        return None
    for path, test in _TESTS:
        if path not in taken and test(column):
            return path
    if is_post_line(column):
        free = [path for path in POST_LINES if path not in taken and taken.isdisjoint(halves(path))]
        return next((path for path in free if street_of(path) in taken), free[0] if free else None)
    if neighbour is not None and neighbour.endswith(".postcode"):
        town = neighbour.removesuffix("postcode") + "town"
        if town not in taken and column.share(_TOWN.fullmatch) >= SURE:
            return town
    if "surname" not in taken and is_persons(column):
        if is_organisations(column):
            return "organisation_name" if "organisation_name" not in taken else None
        return FULL_NAME if FULL_NAME not in taken else None
    if "organisation_name" not in taken and FULL_NAME not in taken and is_organisations(column):
        return "organisation_name"
    return None


def _all_pass(path: str) -> Callable[[Column], bool]:
    return lambda column: column.passes(path) >= SURE


def _is_phone(column: Column) -> bool:
    def phone(value: str) -> bool:
        digits = sum(map(str.isdigit, value))
        return digits >= PHONE_DIGITS_MIN and _PHONE_START.match(value) is not None

    return column.share(phone) >= SURE and column.passes("phone") >= SURE


def _is_birth(column: Column) -> bool:
    """Dates of birth are spread over the ages; other dates lie close together."""
    parse = catalogue.BY_PATH["birth_date"][1].kind.parse
    days = [str(day) for value in column.values if not isinstance(day := parse(value), catalogue.Reason)]
    if len(days) < SURE * len(column.values):
        return False
    years = sorted(int(day[:4]) for day in days)
    return years[len(years) * 9 // 10] - years[len(years) // 10] >= ADULT_SPREAD_YEARS


def _is_ytunnus(column: Column) -> bool:
    """Business IDs are written with their hyphen; bare figures may be anything."""
    return column.passes("ytunnus") >= SURE and column.share(_YTUNNUS.fullmatch) >= LIKELY


_TESTS: tuple[tuple[str, Callable[[Column], bool]], ...] = (
    ("hetu", _all_pass("hetu")),
    ("custodian.hetu", _all_pass("custodian.hetu")),
    ("ytunnus", _is_ytunnus),
    ("refund_account", _all_pass("refund_account")),
    ("email", _all_pass("email")),
    ("birth_date", _is_birth),
    ("phone", _is_phone),
    ("permanent_address.postcode", lambda column: column.share(_POSTCODE.fullmatch) >= SURE),
    ("permanent_address.street", lambda column: column.stated >= LIKELY and column.share(_STREET.fullmatch) >= LIKELY),
)


def order_of(column: Column, known: str) -> NameOrder:
    """Which comes first in a column of whole names: by its heading, by endings, by variety."""
    if known.startswith(_FIRST_NAMES_FIRST):
        return "first_names_first"
    if known and known[:4] in ("suku", "efte", "last"):
        return "surname_first"
    people = [
        value.replace(",", " ").split()
        for value in column.values
        if " " in value.strip() and not is_organisation_name(value)
    ]
    if not people or any("," in value for value in column.values):
        return "surname_first"
    first, last = [words[0] for words in people], [words[-1] for words in people]
    at_first, at_last = _surnames(first), _surnames(last)
    if max(at_first, at_last) > DECIDING * min(at_first, at_last):
        return "surname_first" if at_first > at_last else "first_names_first"
    # There are fewer first names than surnames.
    return "surname_first" if len(set(first)) >= len(set(last)) else "first_names_first"


def _surnames(words: Sequence[str]) -> int:
    return sum(1 for word in words if _SURNAME_END.search(word))
