"""Facts to what the register would state as VTJ: content and secrets of the catalogue's items. Pure.

Of each item an answer says its value, or that there is none, or nothing. What does not hold
as the catalogue's value is not taken and told; nothing is cut or guessed. A date known in
part is no date of the catalogue: a span then begins at the first day and ends at the last
day it can mean, a death without a day is a death, a birth without one stays unsaid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from rekisteri.catalogue import (
    BY_NAME,
    BY_PATH,
    MANY_MAX,
    Content,
    Fault,
    Reason,
    Rules,
    Scalar,
    Value,
    judge,
    objects,
    placed_path,
    with_secrets,
    without_secrets,
)
from rekisteri.sources.vtj.facts import (
    HIDDEN,
    SILENT,
    Address,
    AddressKind,
    Custody,
    Day,
    Death,
    Facts,
    FormerName,
    Guardianship,
    Hidden,
    Order,
    Silent,
    Someone,
)

T = TypeVar("T")
SECRET_ITEMS = ("hetu", "custodian", "guardian")


NO_SECRETS: Mapping[str, str] = MappingProxyType({})


class Stated(NamedTuple):
    """What VTJ says of one item: its value, None for *there is none*; the codes within it, by path."""

    value: Value | None
    secrets: Mapping[str, str] = NO_SECRETS


class Observed(NamedTuple):
    """Everything an answer states, by item; what of it was not taken, and why."""

    items: dict[str, Stated]
    faults: list[Fault]
    hidden: frozenset[str]
    """Items VTJ keeps back under a non-disclosure order."""


def observe(facts: Facts, rules: Rules, *, language: str = "fi") -> Observed:
    """What the facts state of each item they speak of.

    ``language``: the one addresses are written in where the facts tell no language.
    """
    told = {name: value for name in _FIELDS if (value := getattr(facts, name)) is not SILENT}
    return observe_told(told, rules, language=language)


def observe_told(told: Mapping[str, Any], rules: Rules, *, language: str = "fi") -> Observed:
    """As ``observe``, of the facts that are told, by their names in ``Facts``: a change tells of one."""
    reader = _Reader(told, rules, language)
    return Observed(reader.items(), reader.faults, reader.hidden())


_FIELDS = tuple(one.name for one in fields(Facts) if one.name not in ("former_hetus", "passive"))


def merged(
    content: Mapping[str, Value], secrets: Mapping[str, str], said: Mapping[str, Stated]
) -> tuple[Content, dict[str, str]]:
    """An earlier word of VTJ with what is said now in its place; items not spoken of stay as they were."""
    whole: Content = {name: value for name, value in content.items() if name not in said}
    kept = {path: code for path, code in secrets.items() if _item_of(path) not in said}
    for name, stated in said.items():
        if stated.value is not None and not BY_NAME[name].secret:
            whole[name] = stated.value
        kept |= stated.secrets
    return whole, kept


def _item_of(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


_TEXTS = frozenset({"surname", "first_names", "called_name", "email", "language", "contact_language"})
"""Facts of one text, named as the item each becomes."""
_ADDRESSES = {
    "permanent": AddressKind.PERMANENT.value,
    "temporary": AddressKind.TEMPORARY.value,
    "postal": AddressKind.POSTAL.value,
    "contact": AddressKind.CONTACT.value,
}


class _Reader:
    def __init__(self, told: Mapping[str, Any], rules: Rules, language: str) -> None:
        self._told = told
        self._rules = rules
        self._language = _language(told, language)
        self.faults: list[Fault] = []

    def items(self) -> dict[str, Stated]:
        found: dict[str, Stated] = {}
        for name, value in self._told.items():
            if name in _TEXTS:
                found |= self._one(name, None if value is HIDDEN else value)
            elif name in _ADDRESSES:
                found |= self._address(_ADDRESSES[name], value)
            else:
                found |= self._other(name, value)
        return found

    def _other(self, name: str, value: Any) -> dict[str, Stated]:
        match name:
            case "hetu":
                return self._one("hetu", value) if value else {}
            case "born":
                return self._one("birth_date", _whole(value))
            case "former_surnames":
                return self._former_surnames(value)
            case "death":
                return self._death(value)
            case "order":
                return self._order(value)
            case "custodies":
                return self._several("custodian", value, self._custodian)
            case "guardianships":
                return self._several("guardian", value, self._guardian)
            case _:
                raise AssertionError(f"{name} is no fact")

    def hidden(self) -> frozenset[str]:
        return frozenset(_ADDRESSES.get(name, name) for name, value in self._told.items() if value is HIDDEN)

    def _one(self, name: str, text: str | Silent | None) -> dict[str, Stated]:
        """An item of one part from its text."""
        if isinstance(text, Silent):
            return {}
        if text is None or not text.strip():
            return {name: Stated(None)}
        return self._judged(name, {"": text})

    def _judged(self, name: str, texts: Mapping[str, str]) -> dict[str, Stated]:
        """An item from its texts by part; where one does not hold the item is not taken."""
        found = self._value(name, texts, 0)
        if found is None:
            return {}
        content, secrets = found
        return {name: Stated(content.get(name, "") if secrets else content[name], secrets)}

    def _value(self, name: str, texts: Mapping[str, str], place: int) -> tuple[Content, dict[str, str]] | None:
        """One value of an item; None, and the fault told, where it does not hold."""
        item = BY_NAME[name]
        scalars: dict[str, Scalar] = {}
        for part, text in texts.items():
            if not (bare := text.strip()):
                continue
            path = f"{name}.{part}" if part else name
            verdict = BY_PATH[path][1].kind.parse(bare)
            if isinstance(verdict, Reason):
                self.faults.append(Fault(verdict, placed_path(path, place)))
                return None
            scalars[path] = verdict
        judged = judge(item, scalars, self._rules)
        if isinstance(judged, Fault):
            self.faults.append(judged)
            return None
        return judged

    def _former_surnames(self, names: Sequence[FormerName]) -> dict[str, Stated]:
        distinct = sorted({one.name.strip() for one in names if one.name.strip()})[:MANY_MAX]
        return (
            self._judged("former_surnames", {"": "|".join(distinct)}) if distinct else {"former_surnames": Stated(None)}
        )

    def _address(self, kind: str, address: Address | Hidden | None) -> dict[str, Stated]:
        if address is None or isinstance(address, Hidden):
            return {kind: Stated(None)}
        street = address.street.in_(self._language) or address.town.in_(self._language)
        if not street.strip():
            return {kind: Stated(None)}
        town = address.town.in_(self._language)
        if address.country is None and address.country_name and address.country_name not in town:
            town = ", ".join(filter(None, (town, address.country_name)))
        texts = {
            "street": street,
            "postcode": address.postcode,
            "town": town,
            "country": address.country or "",
            **_span(address.valid_from, address.valid_to),
        }
        if address.country == "FI":
            del texts["country"]
        return self._judged(kind, texts)

    def _death(self, death: Death) -> dict[str, Stated]:
        if not death.dead:
            return {"deceased": Stated(None), "death_date": Stated(None)}
        found = {"deceased": Stated(value=True), "death_date": Stated(None)}
        on = _whole(death.on)
        return found | (self._judged("death_date", {"": on}) if isinstance(on, str) else {})

    def _order(self, order: Order) -> dict[str, Stated]:
        found = {"turvakielto": Stated(value=order.on), "turvakielto_until": Stated(None)}
        if order.on and order.until is not None:
            found |= self._judged("turvakielto_until", {"": order.until.last().isoformat()})
        return found

    def _several(self, name: str, said: Sequence[T], texts_of: Callable[[T], Mapping[str, str]]) -> dict[str, Stated]:
        """An item of several values; one that does not hold leaves the whole item as it was."""
        values: list[dict[str, Scalar]] = []
        for place, one in enumerate(said):
            found = self._value(name, texts_of(one), place)
            if found is None:
                return {}
            content, secrets = found
            (value,) = objects(with_secrets({name: objects(content.get(name))}, secrets)[name]) or [{}]
            values.append(value)
        clear, codes = without_secrets(in_order(values)[:MANY_MAX], BY_NAME[name])
        return {name: Stated(list(clear) or None, codes)}

    def _custodian(self, one: Custody) -> dict[str, str]:
        born = _whole(one.custodian.born)
        texts = {"name": _name(one.custodian), "hetu": one.custodian.hetu or "", **_span(one.valid_from, one.valid_to)}
        if one.custodian.hetu is None and isinstance(born, str):
            texts["birth_date"] = born
        return texts

    def _guardian(self, one: Guardianship) -> dict[str, str]:
        guardian = one.guardian
        return {
            "name": _name(guardian) or guardian.organisation.in_(self._language),
            "hetu": guardian.hetu or "",
            "ytunnus": guardian.ytunnus or "",
            "mandate": one.mandate,
            "matters": one.matters.in_(self._language),
            "restriction": one.restriction or "",
            **_span(one.valid_from, one.valid_to),
        }


def in_order(values: Iterable[dict[str, Scalar]]) -> list[dict[str, Scalar]]:
    """Values of one item in the order they are always stated in, however they came."""
    return sorted(values, key=lambda value: sorted((name, str(one)) for name, one in value.items()))


def _language(told: Mapping[str, Any], known: str) -> str:
    """The language the person is written to in: the contact language, else the mother tongue, else what was known."""
    return told.get("contact_language") or told.get("language") or known


def _name(someone: Someone) -> str:
    return f"{someone.surname.strip()} {someone.first_names.strip()}".strip()


def _whole(day: Day | Silent | None) -> str | Silent | None:
    """The date as text where all of it is known; *nothing said* where it is not."""
    if isinstance(day, Silent) or day is None:
        return day
    whole = day.whole()
    return SILENT if whole is None else whole.isoformat()


def _span(begins: Day | None, ends: Day | None) -> dict[str, str]:
    found = {} if begins is None else {"valid_from": begins.first().isoformat()}
    return found | ({} if ends is None else {"valid_to": ends.last().isoformat()})
