"""Forms made from the catalogue: a field for each part of each item, faults beside their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from rekisteri.catalogue import (
    BY_NAME,
    BY_PATH,
    EXPLANATIONS,
    MANY_MAX,
    Choice,
    Fault,
    Item,
    Part,
    Reason,
    Scalar,
    Value,
    find_path,
    objects,
    placed_path,
)
from rekisteri.ground.errors import Rejected
from rekisteri.tongues import Tongue
from rekisteri.web import labels, shown

WIDTHS = {"date": "s", "postcode": "s", "hetu": "s", "ytunnus": "s", "country": "m", "language": "m", "phone": "m"}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with one field, and how to mend it; ``language`` is that of the words."""

    what: str
    mend: str
    language: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form."""

    name: str
    label: str
    hint: str
    width: str
    value: str
    required: bool
    options: list[tuple[str, str]] = field(default_factory=list)
    mistake: Mistake | None = None


def fields(
    tongue: Tongue, item: Item, values: Mapping[str, str], mistakes: Mapping[str, Mistake], *, required: bool = False
) -> list[Field]:
    """A field for each part of an item, filled in from raw values by path."""
    return [_field(tongue, item, part, 0, values, mistakes, required=required) for part in item.parts]


def several(
    tongue: Tongue, item: Item, values: Mapping[str, str], mistakes: Mapping[str, Mistake]
) -> list[list[Field]]:
    """The fields of each value of an item, and of one more where there may be several; the first must be given."""
    if not item.many or item.scalar:
        return [fields(tongue, item, values, mistakes, required=True)]
    places = [found[2] for path in (*values, *mistakes) if (found := find_path(path)) is not None]
    count = min(max(places, default=-1) + 2, MANY_MAX)
    return [
        [_field(tongue, item, part, place, values, mistakes, required=place == 0) for part in item.parts]
        for place in range(count)
    ]


def _field(
    tongue: Tongue,
    item: Item,
    part: Part,
    place: int,
    values: Mapping[str, str],
    mistakes: Mapping[str, Mistake],
    *,
    required: bool,
) -> Field:
    path = placed_path(item.path(part), place)
    hint = labels.HINTS.get(part.kind.name, "")
    return Field(
        name=path,
        label=(item.label if item.scalar else part.label).in_(tongue.code),
        hint=tongue.say(hint) if hint else "",
        width=WIDTHS.get(part.kind.name, "l"),
        value=values.get(path, ""),
        required=required and (item.scalar or part.name in item.required_parts),
        options=_options(tongue, part),
        mistake=mistakes.get(path) or (mistakes.get(item.name) if part is item.parts[0] else None),
    )


def _options(tongue: Tongue, part: Part) -> list[tuple[str, str]]:
    if part.kind.codes:
        return [(code, label.in_(tongue.code)) for code, label in part.kind.codes.items()]
    if part.kind.name == "flag":
        return [("k", tongue.say("Kyllä")), ("e", tongue.say("Ei"))]
    return []


def typed(item: Item, value: Value | None) -> dict[str, str]:
    """A value as raw texts by path, as it would be typed."""
    if value is None or item.secret:
        return {}
    if isinstance(value, dict):
        return {
            item.path(part): _typed(part, shown.raw(value.get(part.name))) for part in item.parts if part.name in value
        }
    if several_values := objects(value):
        return _typed_several(item, several_values) if item.choice is Choice.BEST else {}
    part = item.parts[0]
    return {item.path(part): _typed(part, shown.raw(value))}  # type: ignore[arg-type]


def _typed_several(item: Item, values: Iterable[Mapping[str, Scalar]]) -> dict[str, str]:
    """Several values of one item; their identity codes are not told."""
    return {
        placed_path(item.path(part), place): _typed(part, shown.raw(value[part.name]))
        for place, value in enumerate(values)
        for part in item.parts
        if part.name in value and not part.secret
    }


def _typed(part: Part, text: str) -> str:
    if part.kind.name != "date":
        return text
    day = date.fromisoformat(text)
    return f"{day.day}.{day.month}.{day.year}"


def mistakes(tongue: Tongue, error: Rejected, said: Mistake) -> dict[str, Mistake]:
    """Mistakes by field; ``said`` tells a refusal that names no known reason."""
    if error.faults:
        return {fault.field: _explained(tongue, fault.reason) for fault in error.faults if isinstance(fault, Fault)}
    if isinstance(error.reason, Reason):
        return {error.field or "": _explained(tongue, error.reason)}
    return {error.field or "": said}


def _explained(tongue: Tongue, reason: Reason) -> Mistake:
    explanation = EXPLANATIONS[reason]
    return Mistake(explanation.what.in_(tongue.code), explanation.mend.in_(tongue.code), tongue.code)


def label_of(tongue: Tongue, path: str) -> str:
    """The name of a field for a list of mistakes."""
    found = find_path(path)
    if found is not None:
        item, part, _ = found
        own = part.label.in_(tongue.code)
        return own if item.scalar else f"{item.label.in_(tongue.code)}: {own}"
    return BY_NAME[path].label.in_(tongue.code) if path in BY_NAME else ""


def given(form: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Raw texts by path of what was sent of the catalogue's fields."""
    return {name: value for name, value in form if find_path(name) and isinstance(value, str)}


def identifier(text: str) -> UUID | None:
    """An identifier typed or linked; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def day(text: str, name: str) -> date | None:
    """A day typed in any way the catalogue takes; None for nothing. Raises ``Rejected`` naming the field."""
    if not text:
        return None
    verdict = BY_PATH["birth_date"][1].kind.parse(text)
    if isinstance(verdict, Reason):
        raise Rejected(field=name, reason=verdict)
    return date.fromisoformat(str(verdict))
