"""Parts to content: the whole of what one row or form says of a customer, judged together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rekisteri.catalogue.items import ITEMS
from rekisteri.catalogue.model import Content, Item, Scalar
from rekisteri.catalogue.reasons import Fault, Reason
from rekisteri.catalogue.vocabulary import PartyKind
from rekisteri.ground import numbers

HOME_COUNTRY = "FI"
FINNISH_POSTCODE_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Sayings:
    """What was said of one customer: its kind, its clear content, and its secrets by path."""

    kind: PartyKind
    content: Content
    secrets: dict[str, str]


@dataclass(frozen=True, slots=True)
class Rules:
    """What this environment accepts as identity, and the day it is."""

    today: date
    artificial_hetu: bool
    ordinary_hetu: bool


def assemble(parts: Mapping[str, Scalar], rules: Rules) -> Sayings | list[Fault]:
    """The sayings of one customer from checked scalars by path, or everything wrong with them.

    Checks what no scalar can show alone: name, kind, completeness, postcode against
    country, identity code against date of birth and environment, order of dates.
    """
    kind = _kind(parts)
    faults: list[Fault] = []
    content: Content = {}
    secrets: dict[str, str] = {}
    for item, paths in _ITEM_PATHS:
        stated = {name: parts[path] for path, name in paths if path in parts}
        if not stated:
            continue
        if kind not in item.kinds:
            faults.append(Fault(Reason.WRONG_KIND, next(path for path, _ in paths if path in parts)))
            continue
        _take(item, stated, content, secrets, faults)
    faults += _identity_faults(content, secrets, rules)
    if kind is PartyKind.PERSON and "hetu" in secrets and not faults:
        content.setdefault("birth_date", numbers.born_on(secrets["hetu"]).isoformat())
    if kind is PartyKind.PERSON and "surname" not in content:
        faults.append(Fault(Reason.NO_NAME, "surname"))
    if kind is PartyKind.ORGANISATION and "organisation_name" not in content:
        faults.append(Fault(Reason.NO_NAME, "organisation_name"))
    return faults or Sayings(kind, content, secrets)


_ITEM_PATHS = tuple(
    (item, tuple((item.path(part), part.name) for part in item.parts))
    for item in ITEMS
    if item.name != "customer_number"
)
_PERSON_MARKS = ("hetu", "surname", "first_names")
_SECRET_PATHS = frozenset(item.path(part) for item in ITEMS for part in item.parts if part.secret)


def _kind(parts: Mapping[str, Scalar]) -> PartyKind:
    if "organisation_name" in parts and "hetu" not in parts:
        return PartyKind.ORGANISATION
    if any(mark in parts for mark in _PERSON_MARKS):
        return PartyKind.PERSON
    return PartyKind.ORGANISATION if "ytunnus" in parts else PartyKind.PERSON


def _take(
    item: Item, stated: dict[str, Scalar], content: Content, secrets: dict[str, str], faults: list[Fault]
) -> None:
    """Move one item's stated parts to content and secrets, judging the item as a whole."""
    for part in item.parts:
        if part.secret and part.name in stated:
            secrets[item.path(part)] = str(stated.pop(part.name))
    if not stated:
        return
    if item.scalar:
        content[item.name] = stated[""]
        return
    for name in item.required_parts:
        if name not in stated:
            faults.append(Fault(Reason.INCOMPLETE, f"{item.name}.{name}"))
            return
    if "postcode" in stated and stated.get("country", HOME_COUNTRY) == HOME_COUNTRY:
        digits = str(stated["postcode"])
        if not (len(digits) == FINNISH_POSTCODE_DIGITS and digits.isdigit()):
            faults.append(Fault(Reason.POSTCODE_INVALID, f"{item.name}.postcode"))
            return
    if "valid_to" in stated and "valid_from" in stated and str(stated["valid_to"]) < str(stated["valid_from"]):
        faults.append(Fault(Reason.PERIOD_REVERSED, f"{item.name}.valid_to"))
        return
    value = dict(stated)
    content[item.name] = value


def _identity_faults(content: Content, secrets: dict[str, str], rules: Rules) -> list[Fault]:
    faults = []
    for path, code in secrets.items():
        if numbers.artificial(code):
            if not rules.artificial_hetu:
                faults.append(Fault(Reason.HETU_ARTIFICIAL, path))
        elif not rules.ordinary_hetu:
            faults.append(Fault(Reason.HETU_ORDINARY, path))
        if numbers.born_on(code) > rules.today:
            faults.append(Fault(Reason.DATE_OUT_OF_RANGE, path))
    stated = content.get("birth_date")
    if stated is not None and str(stated) > rules.today.isoformat():
        faults.append(Fault(Reason.DATE_OUT_OF_RANGE, "birth_date"))
    elif stated is not None and "hetu" in secrets and stated != numbers.born_on(secrets["hetu"]).isoformat():
        faults.append(Fault(Reason.HETU_CONTRADICTS_BIRTH, "birth_date"))
    died = content.get("death_date")
    if died is not None and str(died) > rules.today.isoformat():
        faults.append(Fault(Reason.DATE_OUT_OF_RANGE, "death_date"))
    return faults
