"""Information groups (tietoryhmät) of the change interface that the catalogue keeps, and the fields of each.

Everything else is dropped at the door: an undeclared group whole, of a declared one the fields
nobody reads. Field names are VTJ's own (muutosrajapinta, VTJmutpa).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Json = Mapping[str, Any]

DAY = ("arvo", "tarkkuus")
BOTH = ("fi", "sv")
SPAN = ("alkupv", "loppupv")
PERSON = ("henkilotunnus", "etunimet", "sukunimi", "etunimetUTF8", "sukunimiUTF8", "syntymapv")
_STREET = (
    "katunimi", "katunumero", "huoneistokirjain", "huoneistonumero", "jakokirjain", "postinumero", "postitoimipaikka", *SPAN,
)  # fmt: skip
_POST = ("postiosoite", "postinumero", "postitoimipaikka", *SPAN)
_ABROAD = ("lahiosoite", "paikkakunta", "valtiokoodi", "valtionimi", *SPAN)
_POST_ABROAD = ("postiosoite", "postiosoiteLisarivi", "postitoimipaikka", "valtiokoodi", "valtionimi", *SPAN)
_CUSTODY = ("huoltaja", "huoltosuhteenAlkupv", "huoltosuhteenLoppupv")

FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "HENKILON_NIMI": ("etunimi", "sukunimi", "etunimiUTF8", "sukunimiUTF8"),
        "NIMENMUUTOS": ("nimilaji", "nimi", "nimiUTF8", *SPAN),
        "NIMENMUUTOS_LAAJA": ("nimilaji", "nimi", "nimiUTF8", *SPAN),
        "KUTSUMANIMI": ("nimilaji", "nimi", "nimiUTF8", *SPAN),
        "HENKILOTUNNUS_KORJAUS": (
            "voimassaolo", "muutettuHenkilotunnus", "aktiivinenHenkilotunnus", "edellisetHenkilotunnukset",
        ),
        "SYNTYMAPAIVA": ("syntymapv",),
        "KUOLINPAIVA": ("kuollut", "kuolinpv"),
        "KUOLLEEKSIJULISTAMISPAIVA": ("kuollut", "kuolleeksijulistamispv"),
        "TURVAKIELTO": ("turvakieltoAktiivinen", "turvaLoppuPv"),
        "AIDINKIELI": ("kielikoodi", "nimi", "loppupv"),
        "ASIOINTIKIELI": ("kielikoodi", "nimi", "loppupv"),
        "VAKINAINEN_KOTIMAINEN_OSOITE": _STREET,
        "TILAPAINEN_KOTIMAINEN_OSOITE": _STREET,
        "KOTIMAINEN_POSTIOSOITE": _POST,
        "KOTIMAINEN_YHTEYSOSOITE": _POST,
        "VAKINAINEN_ULKOMAINEN_OSOITE": _ABROAD,
        "TILAPAINEN_ULKOMAINEN_OSOITE": _ABROAD,
        "ULKOMAINEN_POSTIOSOITE": _POST_ABROAD,
        "ULKOMAINEN_YHTEYSOSOITE": _POST_ABROAD,
        "SAHKOPOSTIOSOITE": ("sahkopostiosoite",),
        "HUOLTAJA": _CUSTODY,
        "HUOLTAJA_SUPPEA": _CUSTODY,
        "EDUNVALVONTA": ("alkupv", "paatymispv", "paattymispv", "rajoituskoodi", "tehtavienjako", "nykyisetEdunvalvojat"),
        "EDUNVALVONTAVALTUUTUS": ("nykyisetEdunvalvontavaltuutetut",),
    }
)  # fmt: skip
"""Declared groups and the fields of them that are read; asked for by name, so VTJ need not send more."""

_WITHIN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("alkupv", "loppupv", "syntymapv", "kuolinpv", "kuolleeksijulistamispv", "turvaLoppuPv", "huoltosuhteenAlkupv",
             "huoltosuhteenLoppupv", "paatymispv", "paattymispv", "tehtavanAlkupv", "tehtavanLoppupv",
             "valtuutussuhteenAlkupv", "valtuutussuhteenLoppupv"),
            DAY,
        ),
        **dict.fromkeys(("katunimi", "postiosoite", "postitoimipaikka", "tehtavienjako", "viranomaisenNimi"), BOTH),
        "huoltaja": PERSON,
        "edunvalvoja": (*PERSON, "ytunnus", "nimi", "viranomaisenNimi"),
        "edunvalvontavaltuutettu": PERSON,
        "nykyisetEdunvalvojat": ("edunvalvoja", "tehtavanAlkupv", "tehtavanLoppupv"),
        "nykyisetEdunvalvontavaltuutetut": ("edunvalvontavaltuutettu", "valtuutussuhteenAlkupv", "valtuutussuhteenLoppupv"),
    }
)  # fmt: skip

GROUP, ATTRIBUTE, HIDDEN_FIELDS, NOW = (
    "tietoryhma",
    "muutosattribuutti",
    "turvakiellonAlaisetKentat",
    "voimassaolevatTiedot",
)
_KEPT = {group: (ATTRIBUTE, *names) for group, names in FIELDS.items()}
UNNAMED = "?"
_GROUP_NAME = re.compile(r"[A-Z][A-Z0-9_]{1,59}")


def name_of(group: Json) -> str:
    """The name of a group as it may be counted and shown: a name that is no code is ``?``."""
    name = group.get(GROUP)
    return name if isinstance(name, str) and _GROUP_NAME.fullmatch(name) else UNNAMED


def minimised(group: Json) -> dict[str, Any]:
    """A declared group without the fields nobody reads; what is kept is as it came, right or wrong."""
    kept: dict[str, Any] = {GROUP: group[GROUP]}
    for name in _KEPT[group[GROUP]]:
        if name in group:
            value = group[name]
            kept[name] = value if value.__class__ is str else _within(name, value)
    if HIDDEN_FIELDS in group:
        kept[HIDDEN_FIELDS] = []
    if NOW in group:
        now = group[NOW]
        kept[NOW] = [minimised(one) for one in now if declared(one)] if isinstance(now, list) else None
    return kept


def declared(group: object) -> bool:
    """Whether it is a group, and one the catalogue keeps."""
    name = group.get(GROUP) if isinstance(group, dict) else None
    return isinstance(name, str) and name in FIELDS


def _within(name: str, value: Any) -> Any:
    """The part of a value that is read: an object is cut to its known fields, a list item by item."""
    if isinstance(value, list):
        return [_within(name, one) for one in value]
    if isinstance(value, dict):
        fields = _WITHIN.get(name, ())
        # Most are texts, of which there is nothing to cut.
        return {
            inner: one if one.__class__ is str else _within(inner, one)
            for inner, one in value.items()
            if inner in fields
        }
    return value
