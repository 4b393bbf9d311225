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
    wrong = _WRONG[kind]
    faults: list[Fault] = []
    content: Content = {}
    secrets: dict[str, str] = {}
    objects: dict[str, dict[str, Scalar]] = {}
    for path, value in parts.items():
        item, name, secret = _PLACE[path]
        if item in wrong:
            faults.append(Fault(Reason.WRONG_KIND, path))
        elif secret:
            secrets[path] = str(value)
        elif name:
            objects.setdefault(item, {})[name] = value
        else:
            content[item] = value
    for item, stated in objects.items():
        if fault := _judge(item, stated):
            faults.append(fault)
        else:
            content[item] = stated
    if secrets or _DATED & content.keys():
        faults += _identity_faults(content, secrets, rules)
    if "hetu" in secrets and not faults:
        content.setdefault("birth_date", numbers.born_on(secrets["hetu"]).isoformat())
    name = "surname" if kind is PartyKind.PERSON else "organisation_name"
    if name not in content:
        faults.append(Fault(Reason.NO_NAME, name))
    return faults or Sayings(kind, content, secrets)


def judge(item: Item, scalars: Mapping[str, Scalar], rules: Rules) -> tuple[Content, dict[str, str]] | Fault:
    """One item alone, from its checked scalars by path: its content and secrets, or its fault."""
    content: Content = {}
    secrets: dict[str, str] = {}
    stated: dict[str, Scalar] = {}
    for path, value in scalars.items():
        _, name, secret = _PLACE[path]
        if secret:
            secrets[path] = str(value)
        elif name:
            stated[name] = value
        else:
            content[item.name] = value
    if stated:
        if fault := _judge(item.name, stated):
            return fault
        content[item.name] = stated
    found = _identity_faults(content, secrets, rules)
    return found[0] if found else (content, secrets)


_PLACE = {
    item.path(part): (item.name, part.name, part.secret)
    for item in ITEMS
    if item.name != "customer_number"
    for part in item.parts
}
_WRONG = {kind: frozenset(item.name for item in ITEMS if kind not in item.kinds) for kind in PartyKind}
_REQUIRED = {item.name: item.required_parts for item in ITEMS}
_DATED = frozenset({"birth_date", "death_date"})
_PERSON_MARKS = ("hetu", "surname", "first_names")


def _kind(parts: Mapping[str, Scalar]) -> PartyKind:
    if "organisation_name" in parts and "hetu" not in parts:
        return PartyKind.ORGANISATION
    if any(mark in parts for mark in _PERSON_MARKS):
        return PartyKind.PERSON
    return PartyKind.ORGANISATION if "ytunnus" in parts else PartyKind.PERSON


def _judge(item: str, stated: Mapping[str, Scalar]) -> Fault | None:
    """What is wrong with an item of several parts, judged as a whole; None if nothing."""
    for name in _REQUIRED[item]:
        if name not in stated:
            return Fault(Reason.INCOMPLETE, f"{item}.{name}")
    if "postcode" in stated and stated.get("country", HOME_COUNTRY) == HOME_COUNTRY:
        digits = str(stated["postcode"])
        if not (len(digits) == FINNISH_POSTCODE_DIGITS and digits.isdigit()):
            return Fault(Reason.POSTCODE_INVALID, f"{item}.postcode")
    if "valid_to" in stated and "valid_from" in stated and str(stated["valid_to"]) < str(stated["valid_from"]):
        return Fault(Reason.PERIOD_REVERSED, f"{item}.valid_to")
    return None


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
