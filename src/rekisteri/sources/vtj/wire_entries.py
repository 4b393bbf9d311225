"""The entries of the change interface's groups, read field by field. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from rekisteri.ground import clock, numbers
from rekisteri.sources.vtj import codes
from rekisteri.sources.vtj.facts import (
    Address,
    Both,
    Custody,
    Day,
    Death,
    FormerName,
    Guardianship,
    Mandate,
    Order,
    Someone,
)
from rekisteri.sources.vtj.groups import ATTRIBUTE, HIDDEN_FIELDS, NOW, Json

DAYS_REMEMBERED = 8192
NO_FLAT = "000"


class _Wrong(Exception):
    """A field does not hold; its name."""


class Names(NamedTuple):
    """Surname and first names in force."""

    surname: str
    first_names: str


@dataclass(frozen=True, slots=True)
class Naming:
    """One entry of the history of names."""

    kind: str
    name: str
    valid_from: Day | None
    valid_to: Day | None


@dataclass(frozen=True, slots=True)
class Recoding:
    """A change of identity code: the one in force (None: the person's record is passive), and those before."""

    active: str | None
    others: tuple[str, ...]


Told = Names | Naming | Recoding | Day | Death | Order | Address | Custody | tuple[Guardianship, ...] | str | None


class Entry(NamedTuple):
    """One group of one person: what it tells, how it changed, and what is in force now where it says so.

    ``attribute`` is empty in basic data. ``ends`` is its last day, where it has one. ``hidden``: its content is kept back under a non-disclosure order.
    """

    group: str
    told: Told
    attribute: str = ""
    ends: Day | None = None
    hidden: bool = False
    now: tuple[Entry, ...] | None = None


def entries_of(groups: Iterable[Json]) -> tuple[Entry, ...] | str:
    """The entries of declared groups; where one does not hold, the name of its field."""
    try:
        return tuple([_entry(group) for group in groups])
    except _Wrong as wrong:
        return str(wrong)


def _entry(group: Json) -> Entry:
    name = group["tietoryhma"]
    attribute = group.get(ATTRIBUTE, "")
    if not isinstance(attribute, str):
        raise _Wrong(f"{name}.{ATTRIBUTE}")
    now: tuple[Entry, ...] | None = None
    if NOW in group:
        if not isinstance(group[NOW], list):
            raise _Wrong(f"{name}.{NOW}")
        now = tuple(_entry(one) for one in group[NOW])
    if HIDDEN_FIELDS in group:
        return Entry(name, None, attribute, hidden=True, now=now)
    try:
        return Entry(name, _READERS[name](group), attribute, _day(group, "loppupv", "huoltosuhteenLoppupv"), now=now)
    except _Wrong as wrong:
        raise _Wrong(f"{name}.{wrong}") from None


# Fields


def _text(group: Json, *names: str, required: bool = False) -> str:
    """The first of the named fields that says anything, trimmed."""
    for name in names:
        value = group.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            raise _Wrong(name)
        if bare := value.strip():
            return bare
    if required:
        raise _Wrong(names[0])
    return ""


def _both(group: Json, name: str) -> Both:
    value = group.get(name)
    if value is None:
        return Both()
    if isinstance(value, str):
        return Both(value.strip())
    if not isinstance(value, dict):
        raise _Wrong(name)
    return Both(_text(value, "fi"), _text(value, "sv"))


def _day(group: Json, *names: str) -> Day | None:
    """A date object with its precision: PAIVA, KUUKAUSI, VUOSI; None where there is none."""
    for name in names:
        if (value := group.get(name)) is not None:
            break
    else:
        return None
    text, precision = (value.get("arvo"), value.get("tarkkuus", "PAIVA")) if isinstance(value, dict) else (None, None)
    found = _day_of(text, precision) if isinstance(text, str) and isinstance(precision, str) else None
    if found is None:
        raise _Wrong(name)
    return found


@lru_cache(maxsize=DAYS_REMEMBERED)
def _day_of(text: str, precision: str) -> Day | None:
    """A date as it is written and its precision; None for what is no date."""
    try:
        whole = date.fromisoformat(text)
    except ValueError:
        return None
    match precision:
        case "VUOSI":
            return Day(whole.year)
        case "KUUKAUSI":
            return Day(whole.year, whole.month)
        case "PAIVA":
            return Day(whole.year, whole.month, whole.day)
        case _:
            return None


@lru_cache(maxsize=DAYS_REMEMBERED)
def day_in_finland(text: str) -> date | None:
    """The Finnish day of an instant in UTC, as VTJ writes it; None for what is none."""
    try:
        return clock.day(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _flag(group: Json, name: str) -> bool:
    value = group.get(name)
    if not isinstance(value, bool):
        raise _Wrong(name)
    return value


def _code(group: Json, name: str) -> str | None:
    """An identity code that holds, or None for none."""
    value = _text(group, name)
    if value and numbers.hetu(value) != value:
        raise _Wrong(name)
    return value or None


def _span(group: Json, begins: str = "alkupv", ends: str = "loppupv") -> tuple[Day | None, Day | None]:
    return _day(group, begins), _day(group, ends)


# Groups


def _names(group: Json) -> Names:
    return Names(_text(group, "sukunimiUTF8", "sukunimi", required=True), _text(group, "etunimiUTF8", "etunimi"))


def _naming(group: Json) -> Naming:
    return Naming(_text(group, "nimilaji", required=True), _text(group, "nimiUTF8", "nimi"), *_span(group))


def _recoding(group: Json) -> Recoding:
    state = _text(group, "voimassaolo", required=True)
    active, changed = _code(group, "aktiivinenHenkilotunnus"), _code(group, "muutettuHenkilotunnus")
    listed = group.get("edellisetHenkilotunnukset") or []
    if not isinstance(listed, list) or not all(isinstance(one, str) and numbers.hetu(one) == one for one in listed):
        raise _Wrong("edellisetHenkilotunnukset")
    if active is None and state == "AKTIIVI":
        active = changed
    others = dict.fromkeys([*([changed] if changed else []), *listed])
    others.pop(active or "", None)
    return Recoding(active, tuple(others))


def _born(group: Json) -> Day | None:
    return _day(group, "syntymapv")


def _death(group: Json) -> Death:
    on = _day(group, "kuolinpv", "kuolleeksijulistamispv")
    dead = _flag(group, "kuollut") if "kuollut" in group else on is not None
    return Death(dead, on if dead else None)


def _order(group: Json) -> Order:
    on = _flag(group, "turvakieltoAktiivinen")
    return Order(on, _day(group, "turvaLoppuPv") if on else None)


def _language(group: Json) -> str | None:
    return codes.language(_text(group, "kielikoodi", required=True), _text(group, "nimi"))


def _home(group: Json) -> Address:
    flat = _text(group, "huoneistonumero")
    flat = "" if flat == NO_FLAT else flat.lstrip("0")
    parts = (_text(group, "katunumero"), _text(group, "huoneistokirjain"), flat + _text(group, "jakokirjain"))
    tail = "".join([f" {part}" for part in parts if part])
    street = _both(group, "katunimi")
    if not street.in_("fi"):
        raise _Wrong("katunimi")
    fi, sv = (f"{name}{tail}" if name else "" for name in (street.fi, street.sv))
    return Address(
        Both(fi, sv), _text(group, "postinumero"), _both(group, "postitoimipaikka"), "FI", "",
        *_span(group),
    )  # fmt: skip


def _box(group: Json) -> Address:
    line = _both(group, "postiosoite")
    if not line.in_("fi"):
        raise _Wrong("postiosoite")
    return Address(line, _text(group, "postinumero"), _both(group, "postitoimipaikka"), "FI", "", *_span(group))


def _abroad(group: Json) -> Address:
    """An address in another country, permanent or temporary, or a postal one: the fields differ by name alone."""
    code, name = _text(group, "valtiokoodi"), _text(group, "valtionimi")
    line = _both(group, "postiosoite" if "postiosoite" in group else "lahiosoite").in_("fi")
    town = _both(group, "postitoimipaikka" if "postitoimipaikka" in group else "paikkakunta")
    whole = ", ".join(filter(None, (line, _text(group, "postiosoiteLisarivi"))))
    if not (whole or town.in_("fi")):
        raise _Wrong("lahiosoite")
    return Address(
        Both(whole), "", town, codes.country(code, name), name if code == codes.NO_COUNTRY else "", *_span(group)
    )


def _email(group: Json) -> str:
    return _text(group, "sahkopostiosoite")


def _someone(group: Json, name: str) -> Someone:
    value = group.get(name)
    if not isinstance(value, dict):
        raise _Wrong(name)
    found = Someone(
        _text(value, "sukunimiUTF8", "sukunimi"),
        _text(value, "etunimetUTF8", "etunimet"),
        _code(value, "henkilotunnus"),
        _day(value, "syntymapv"),
        _both(value, "viranomaisenNimi") if "viranomaisenNimi" in value else Both(_text(value, "nimi")),
        _text(value, "ytunnus") or None,
    )
    if not (found.surname or found.first_names or found.organisation.in_("fi")):
        raise _Wrong(name)
    return found


def _custody(group: Json) -> Custody:
    return Custody(_someone(group, "huoltaja"), *_span(group, "huoltosuhteenAlkupv", "huoltosuhteenLoppupv"))


def _listed(group: Json, name: str) -> list[Json]:
    value = group.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise _Wrong(name)
    return value


def _guardians(group: Json) -> tuple[Guardianship, ...]:
    begins, ends = _day(group, "alkupv"), _day(group, "paattymispv", "paatymispv")
    restriction = codes.RESTRICTIONS.get(_text(group, "rajoituskoodi"))
    matters = _both(group, "tehtavienjako")
    return tuple(
        Guardianship(
            _someone(one, "edunvalvoja"), Mandate.ORDER, matters, restriction,
            _day(one, "tehtavanAlkupv") or begins, _day(one, "tehtavanLoppupv") or ends,
        )
        for one in _listed(group, "nykyisetEdunvalvojat")
    )  # fmt: skip


def _attorneys(group: Json) -> tuple[Guardianship, ...]:
    return tuple(
        Guardianship(
            _someone(one, "edunvalvontavaltuutettu"), Mandate.AUTHORISATION, Both(), None,
            *_span(one, "valtuutussuhteenAlkupv", "valtuutussuhteenLoppupv"),
        )
        for one in _listed(group, "nykyisetEdunvalvontavaltuutetut")
    )  # fmt: skip


_READERS: dict[str, Callable[[Json], Told]] = {
    "HENKILON_NIMI": _names,
    "NIMENMUUTOS": _naming,
    "NIMENMUUTOS_LAAJA": _naming,
    "KUTSUMANIMI": _naming,
    "HENKILOTUNNUS_KORJAUS": _recoding,
    "SYNTYMAPAIVA": _born,
    "KUOLINPAIVA": _death,
    "KUOLLEEKSIJULISTAMISPAIVA": _death,
    "TURVAKIELTO": _order,
    "AIDINKIELI": _language,
    "ASIOINTIKIELI": _language,
    "VAKINAINEN_KOTIMAINEN_OSOITE": _home,
    "TILAPAINEN_KOTIMAINEN_OSOITE": _home,
    "KOTIMAINEN_POSTIOSOITE": _box,
    "KOTIMAINEN_YHTEYSOSOITE": _box,
    "VAKINAINEN_ULKOMAINEN_OSOITE": _abroad,
    "TILAPAINEN_ULKOMAINEN_OSOITE": _abroad,
    "ULKOMAINEN_POSTIOSOITE": _abroad,
    "ULKOMAINEN_YHTEYSOSOITE": _abroad,
    "SAHKOPOSTIOSOITE": _email,
    "HUOLTAJA": _custody,
    "HUOLTAJA_SUPPEA": _custody,
    "EDUNVALVONTA": _guardians,
    "EDUNVALVONTAVALTUUTUS": _attorneys,
}

FORMER = frozenset({"EDELLINEN_SUKUNIMI", "VIIMEKSI_NAIMATTOMANA_OLLESSA_OLLUT_SUKUNIMI"})
CALLED = "NYKYINEN_KUTSUMANIMI"


def former_name(naming: Naming) -> FormerName | None:
    """The former surname an entry of the history of names tells, if it tells one."""
    if naming.kind not in FORMER or not naming.name:
        return None
    return FormerName(naming.name, naming.valid_from, naming.valid_to)
