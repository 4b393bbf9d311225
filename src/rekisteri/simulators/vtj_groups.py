"""The information groups of VTJ's change interface, as they describe a citizen; hidden ones as VTJ hides them.

Groups the register has no use for are there too (religion, occupation, marriage, home municipality): a
permit may open them, and what becomes of them is the register's affair.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from rekisteri.simulators.vtj_people import Abroad, Citizen, Custodian, Guardian, Place, Residence

Group = dict[str, Any]
HIDDEN_GROUPS: Final = (
    "VAKINAINEN_KOTIMAINEN_OSOITE", "TILAPAINEN_KOTIMAINEN_OSOITE", "KOTIMAINEN_POSTIOSOITE", "VAKINAINEN_ULKOMAINEN_OSOITE",
    "TILAPAINEN_ULKOMAINEN_OSOITE", "ULKOMAINEN_POSTIOSOITE", "KOTIKUNTA", "SAHKOPOSTIOSOITE",
)  # fmt: skip
"""Kept back of everybody under an order, whether there is such data or not."""
EDUNVALVONTA: Final = {"1": "1", "2": "2", "3": "3"}


def groups_of(citizen: Citizen, *, hides: bool) -> Iterator[Group]:
    """Everything VTJ tells of a citizen."""
    yield name(citizen)
    yield recoding(citizen)
    yield {"tietoryhma": "SYNTYMAPAIVA", "syntymapv": day(citizen.born_on)}
    yield {"tietoryhma": "SUKUPUOLI", "sukupuoli": "MIES" if citizen.sex == "m" else "NAINEN"}
    for former, since, until in citizen.former_surnames:
        yield former_surname(former, since, until)
    yield language("AIDINKIELI", citizen.mother_tongue)
    yield language("ASIOINTIKIELI", citizen.contact_language)
    if citizen.dead:
        yield death(citizen)
    if citizen.ever_protected:
        yield order(citizen)
    if citizen.protected and hides:
        yield from (hidden(one) for one in HIDDEN_GROUPS)
    else:
        yield from _places(citizen)
        if citizen.email:
            yield {"tietoryhma": "SAHKOPOSTIOSOITE", "sahkopostiosoite": citizen.email, "lajikoodi": "MAISTRAATTI"}
    if citizen.contact is not None:
        yield post("KOTIMAINEN_YHTEYSOSOITE", citizen.contact)
    for custodian in citizen.custodians:
        yield custody(custodian)
    yield from guardianship(citizen)
    yield {"tietoryhma": "USKONTOKUNTA", "uskontokunta": citizen.religion}
    yield {"tietoryhma": "AMMATTI", "ammatti": citizen.occupation}
    yield {"tietoryhma": "AVIOLIITTO", "puoliso": {"sukunimi": citizen.spouse}, "voimassaolo": "VOIMASSA"}
    if isinstance(citizen.permanent, Residence) and not (citizen.protected and hides):
        yield {
            "tietoryhma": "VAKINAINEN_KOTIMAINEN_ASUINPAIKKATUNNUS", "asuinpaikantunnus": "90000000011A012 ",
            "kuntakoodi": citizen.permanent.municipality,
        }  # fmt: skip


def _places(citizen: Citizen) -> Iterator[Group]:
    if citizen.permanent is not None:
        yield home("VAKINAINEN", citizen.permanent)
    if citizen.temporary is not None:
        yield home("TILAPAINEN", citizen.temporary)
    if citizen.postal is not None:
        yield post("KOTIMAINEN_POSTIOSOITE", citizen.postal)
    if isinstance(citizen.permanent, Residence):
        since = citizen.permanent.since or citizen.born_on
        yield {"tietoryhma": "KOTIKUNTA", "kuntakoodi": citizen.permanent.municipality, "kuntaanMuuttopv": day(since)}


def hidden(group: str) -> Group:
    """A group kept back: its name and the names of its fields alone."""
    return {"tietoryhma": group, "turvakiellonAlaisetKentat": ["katunimi", "katunumero", "postinumero", "kuntakoodi"]}


def day(when: date, precision: str = "PAIVA") -> Group:
    """A date with its precision."""
    return {"arvo": when.isoformat(), "tarkkuus": precision}


def dated(group: Group, since: date | None, until: date | None) -> Group:
    """A group with the days it is in force."""
    if since is not None:
        group["alkupv"] = day(since)
    if until is not None:
        group["loppupv"] = day(until)
    return group


def changed(group: Group, attribute: str, **more: Any) -> Group:
    """A group as a change tells it."""
    return group | {"muutosattribuutti": attribute} | more


def name(citizen: Citizen) -> Group:
    """Names; first names really come with a blank at their end."""
    return {
        "tietoryhma": "HENKILON_NIMI", "etunimi": f"{citizen.first_names} ", "sukunimi": citizen.surname,
        "etunimiUTF8": citizen.first_names, "sukunimiUTF8": citizen.surname,
    }  # fmt: skip


def former_surname(former: str, since: date | None, until: date | None) -> Group:
    """An entry of the history of names."""
    return dated({"tietoryhma": "NIMENMUUTOS", "nimilaji": "EDELLINEN_SUKUNIMI", "nimi": former}, since, until)


def recoding(citizen: Citizen) -> Group:
    """The code in force and those before it."""
    return {
        "tietoryhma": "HENKILOTUNNUS_KORJAUS", "voimassaolo": "AKTIIVI", "muutettuHenkilotunnus": citizen.hetu,
        "aktiivinenHenkilotunnus": citizen.hetu, "edellisetHenkilotunnukset": list(citizen.former_hetus),
    }  # fmt: skip


def language(group: str, code: str) -> Group:
    """A language; 98 tells it in words."""
    known = {"fi": "fin", "sv": "swe", "en": "eng", "ru": "rus"}
    if code in known:
        return {"tietoryhma": group, "kielikoodi": code, "kielikoodiISO6392": known[code]}
    return {"tietoryhma": group, "kielikoodi": code}


def death(citizen: Citizen) -> Group:
    """A death, with its day where it is known."""
    known = {} if citizen.died_on is None else {"kuolinpv": day(citizen.died_on)}
    return {"tietoryhma": "KUOLINPAIVA", "kuollut": citizen.dead, **known}


def order(citizen: Citizen) -> Group:
    """The non-disclosure order, on or ended."""
    until = {} if citizen.protected_until is None else {"turvaLoppuPv": day(citizen.protected_until)}
    return {"tietoryhma": "TURVAKIELTO", "turvakieltoAktiivinen": citizen.protected, **until}


def home(kind: str, place: Place) -> Group:
    """A permanent or temporary address, in Finland or abroad."""
    if isinstance(place, Abroad):
        named = {"valtionimi": place.country} if place.numeric == "998" else {}
        group: Group = {
            "tietoryhma": f"{kind}_ULKOMAINEN_OSOITE", "lahiosoite": place.line, "paikkakunta": place.place,
            "valtiokoodi": place.numeric, **named,
        }  # fmt: skip
        return dated(group, place.since, place.until)
    names = {"fi": place.street_fi} | ({"sv": place.street_sv} if place.street_sv else {})
    group = {
        "tietoryhma": f"{kind}_KOTIMAINEN_OSOITE", "katunimi": names, "katunumero": place.number,
        "huoneistonumero": place.flat.zfill(3), "postinumero": place.postcode,
        "postitoimipaikka": {"fi": place.town_fi, "sv": place.town_sv}, "rakennustunnus": "9000000001", "osoitenumero": 1,
        "kuntakoodi": place.municipality,
    }  # fmt: skip
    if place.stair:
        group["huoneistokirjain"] = place.stair
    return dated(group, place.since, place.until)


def post(group: str, place: Residence) -> Group:
    """A postal address or a contact address."""
    names = {"fi": place.line_fi} | ({"sv": place.line_sv} if place.line_sv else {})
    return dated(
        {
            "tietoryhma": group, "postiosoite": names, "postinumero": place.postcode,
            "postitoimipaikka": {"fi": place.town_fi, "sv": place.town_sv},
        },
        place.since,
        place.until,
    )  # fmt: skip


def stub(hetu: str | None, surname: str, first_names: str, born_on: date | None) -> Group:
    """A person beside another; of a foreigner without a code."""
    found: Group = {"etunimet": first_names, "sukunimi": surname}
    if hetu is not None:
        found["henkilotunnus"] = hetu
    if born_on is not None:
        found["syntymapv"] = day(born_on)
    return found


def custody(one: Custodian) -> Group:
    """A custodian of a child."""
    group = {
        "tietoryhma": "HUOLTAJA", "huoltaja": stub(one.hetu, one.surname, one.first_names, one.born_on),
        "huoltajanLaji": "LAKISAATEINEN_HUOLTAJA", "huoltajanRooli": "AITI", "huoltosuhteenAlkupv": day(one.since),
        "oikeudet": [{"oikeus": "TIEDONSAANTI", "sisalto": "KANARIA-oikeus"}],
    }  # fmt: skip
    if one.until is not None:
        group["huoltosuhteenLoppupv"] = day(one.until)
    return group


def guardianship(citizen: Citizen) -> Iterator[Group]:
    """Guardians by order, and attorneys of a continuing power of attorney; nothing where there are none."""
    ordered = [one for one in citizen.guardians if not one.authorised]
    attorneys = [one for one in citizen.guardians if one.authorised]
    if ordered:
        yield guardians(citizen, ordered)
    if attorneys:
        yield {
            "tietoryhma": "EDUNVALVONTAVALTUUTUS",
            "nykyisetEdunvalvontavaltuutetut": [
                {
                    "edunvalvontavaltuutettu": stub(one.hetu, one.surname, one.first_names, None),
                    "valtuutussuhteenAlkupv": day(one.since),
                }
                for one in attorneys
            ],
        }


def guardians(citizen: Citizen, ordered: list[Guardian]) -> Group:
    """The guardians of an order that are so now; none once it has ended."""
    return {
        "tietoryhma": "EDUNVALVONTA", "rajoituskoodi": EDUNVALVONTA[citizen.restriction],
        "tehtavienjako": {"fi": "taloudelliset asiat", "sv": "ekonomiska ärenden"},
        "nykyisetEdunvalvojat": [_guardian(one) for one in ordered],
    }  # fmt: skip


def _guardian(one: Guardian) -> Group:
    if one.ytunnus:
        who: Group = {"ytunnus": one.ytunnus, "nimi": one.surname}
    elif one.office_fi:
        who = {"viranomaisenNimi": {"fi": one.office_fi, "sv": one.office_sv}}
    else:
        who = stub(one.hetu, one.surname, one.first_names, None)
    until = {} if one.until is None else {"tehtavanLoppupv": day(one.until)}
    return {"edunvalvoja": who, "tehtavanAlkupv": day(one.since), **until}
