"""Values as people read them: the catalogue says what a value is, the language how it is written."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers

from rekisteri.catalogue import BY_NAME, Item, Part, Scalar, Value
from rekisteri.tongues import Tongue

ADDRESS_PARTS = frozenset({"street", "postcode", "town"})
HOME_COUNTRY = "FI"
IBAN_GROUP = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a value; ``label`` is empty where the value needs none."""

    label: str
    text: str


def lines(tongue: Tongue, item_name: str, value: Value) -> list[Line]:
    """A value as lines: an address as on an envelope, other parts each with its name."""
    item = BY_NAME[item_name]
    if isinstance(value, dict):
        return _object(tongue, item, value)
    if objects := _objects(value):
        return [line for one in objects for line in _object(tongue, item, one)]
    return [Line("", _scalar(tongue, item.parts[0], one)) for one in _scalars(value)]


def one_line(tongue: Tongue, item_name: str, value: Value) -> str:
    """A value on one line."""
    return ", ".join(": ".join(filter(None, (line.label, line.text))) for line in lines(tongue, item_name, value))


def raw(value: Scalar | None) -> str:
    """A scalar as it is typed into a field."""
    match value:
        case None:
            return ""
        case bool():
            return "k" if value else "e"
        case str():
            return value
        case _:
            return "; ".join(value)


def _objects(value: Value) -> list[dict[str, Scalar]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _scalars(value: Value) -> list[Scalar]:
    if isinstance(value, str | bool):
        return [value]
    if isinstance(value, list):
        return [one for one in value if not isinstance(one, dict)]
    return []


def _object(tongue: Tongue, item: Item, value: dict[str, Scalar]) -> list[Line]:
    parts = {part.name: part for part in item.parts}
    left = {name: one for name, one in value.items() if name in parts}
    found: list[Line] = []
    if parts.keys() >= ADDRESS_PARTS:
        found += [Line("", text) for text in _envelope(tongue, parts, left)]
    period = _period(tongue, left)
    found += [
        Line(parts[name].label.in_(tongue.code), _scalar(tongue, parts[name], left[name]))
        for name in parts
        if name in left
    ]
    if len(found) == 1:
        found = [Line("", found[0].text)]
    return [*found, Line("", period)] if period else found


def _envelope(tongue: Tongue, parts: dict[str, Part], left: dict[str, Scalar]) -> list[str]:
    """The lines of an address; what it uses up is taken out of ``left``."""
    taken = {name: str(left.pop(name)) for name in ("care_of", "street", "postcode", "town", "country") if name in left}
    place = " ".join(taken[name] for name in ("postcode", "town") if name in taken)
    country = taken.get("country", HOME_COUNTRY)
    written = [f"c/o {taken['care_of']}" if "care_of" in taken else "", taken.get("street", ""), place]
    if country != HOME_COUNTRY:
        written.append(_scalar(tongue, parts["country"], country))
    return [line for line in written if line]


def _period(tongue: Tongue, left: dict[str, Scalar]) -> str:
    """``1.3.2024–31.8.2024``; what it uses up is taken out of ``left``."""
    start, end = left.pop("valid_from", None), left.pop("valid_to", None)
    if start is None and end is None:
        return ""
    return "–".join(tongue.iso_day(str(one)) if one is not None else "" for one in (start, end))


def _scalar(tongue: Tongue, part: Part, value: Scalar) -> str:
    if isinstance(value, bool):
        return tongue.say("Kyllä") if value else tongue.say("Ei")
    if isinstance(value, list):
        return ", ".join(value)
    if part.kind.codes:
        label = part.kind.codes.get(value)
        return label.in_(tongue.code) if label else value
    match part.kind.name:
        case "date":
            return tongue.iso_day(value)
        case "country":
            return tongue.country(value)
        case "language":
            return tongue.language(value)
        case "phone":
            return _phone(value)
        case "iban":
            return " ".join(value[start : start + IBAN_GROUP] for start in range(0, len(value), IBAN_GROUP))
        case _:
            return value


def _phone(value: str) -> str:
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
