"""Layouts: how client organisations' systems lay a customer out in columns.

``STANDARD`` is the register's own documented layout. The others are like files met in municipal life:
other headings, one name column, a postcode that lost its zero, nested objects. Each tells the standard
column that every one of its columns means, so a mapping can be checked against the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from rekisteri.simulators.companies import Company
from rekisteri.simulators.customers import Customer
from rekisteri.simulators.places import HOME, Address
from rekisteri.simulators.population import Person

Cell: TypeAlias = str | int | bool | date | None
Row: TypeAlias = list[Cell]

STANDARD_COLUMNS: Final = (
    "asiakasnumero", "henkilotunnus", "ytunnus", "syntymaaika", "ulkomainen_tunnus", "ulkomainen_tunnus_maa",
    "sukunimi", "etunimet", "kutsumanimi", "entiset_sukunimet", "nimi", "aputoiminimet",
    "osoite_co", "osoite_katu", "osoite_postinumero", "osoite_toimipaikka", "osoite_maa", "osoite_alkaen",
    "tilapainen_katu", "tilapainen_postinumero", "tilapainen_toimipaikka", "tilapainen_maa", "tilapainen_alkaen",
    "tilapainen_paattyen", "postiosoite_katu", "postiosoite_postinumero", "postiosoite_toimipaikka",
    "yhteysosoite_katu", "yhteysosoite_postinumero", "yhteysosoite_toimipaikka", "puhelin", "sahkoposti",
    "aidinkieli", "asiointikieli", "laskutuskieli", "kuollut_pvm", "lakannut_pvm", "turvakielto",
    "huoltaja_nimi", "huoltaja_hetu", "edunvalvoja_nimi", "edunvalvoja_puhelin", "kuolinpesa_yhteyshenkilo",
    "yhteyshenkilo", "verkkolaskuosoite", "verkkolaskuvalittaja", "laskutuskanava", "viitetieto", "palautustili",
    "perintaeste", "perintaeste_alkaen", "perintaeste_paattyen", "maksukyvyttomyys", "maksukyvyttomyys_alkaen",
)  # fmt: skip
LIST_SEPARATOR: Final = "|"
"""Between several values in one cell: former surnames, auxiliary names."""

FULL_NAME: Final = "sukunimi etunimet"
"""The meaning of a column that holds 'Sukunimi Etunimet' of a person, or an organisation's name."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Column headings, what each means in the standard layout, and a customer's cells in that order."""

    name: str
    columns: tuple[str, ...]
    meanings: tuple[str, ...]
    cells: Callable[[Customer], Row]

    def position(self, meaning: str) -> int | None:
        """Where the column of a standard meaning stands, or None."""
        return self.meanings.index(meaning) if meaning in self.meanings else None


def standard_cells(customer: Customer) -> Row:
    """A customer's cells in the standard layout: texts, dates as YYYY-MM-DD, empty when not stated."""
    party = customer.party
    if isinstance(party, Person):
        return _standard_person(customer.number, party, customer.reference)
    return _standard_company(customer.number, party, customer.reference)


def _standard_person(number: str, person: Person, reference: str) -> Row:
    home = person.address
    return [
        number, person.hetu or "", "", person.born_on.isoformat(), person.foreign_id, person.foreign_country,
        person.surname, person.first_names, person.called_name, LIST_SEPARATOR.join(person.former_surnames), "", "",
        home.care_of, home.street, home.postcode, home.town, "" if home.country == HOME else home.country, iso(home.since),
        *_temporary(person.temporary), *_short(person.postal), *_short(person.contact), person.phone, person.email,
        person.mother_tongue, person.contact_language, person.invoice_language, iso(person.died_on), "",
        _flag(person.turvakielto),
        person.custodian_name, person.custodian_hetu, person.guardian_name, person.guardian_phone,
        person.estate_contact, "", "", "", person.channel, reference, person.refund_account,
        person.stop, iso(person.stop_since), iso(person.stop_until), person.insolvency, iso(person.insolvency_since),
    ]  # fmt: skip


def _standard_company(number: str, company: Company, reference: str) -> Row:
    home = company.address
    return [
        number, "", company.ytunnus or "", "", "", "", "", "", "", "", company.name,
        LIST_SEPARATOR.join(company.auxiliary_names),
        home.care_of, home.street, home.postcode, home.town, "" if home.country == HOME else home.country, iso(home.since),
        *_temporary(None), *_short(company.postal), *_short(None), company.phone, company.email,
        "", company.language, "", "", iso(company.ceased_on), "", "", "", "", "", "", company.contact_person,
        company.einvoice_address, company.einvoice_operator, company.channel, reference, company.refund_account,
        "", "", "", company.insolvency, iso(company.insolvency_since),
    ]  # fmt: skip


def _temporary(place: Address | None) -> tuple[str, ...]:
    if place is None:
        return ("", "", "", "", "", "")
    country = "" if place.country == HOME else place.country
    return (place.street, place.postcode, place.town, country, iso(place.since), iso(place.until))


def _short(place: Address | None) -> tuple[str, ...]:
    return (place.street, place.postcode, place.town) if place else ("", "", "")


def _flag(value: bool | None) -> str:
    """k yes, e no, empty not known."""
    return "" if value is None else "k" if value else "e"


def iso(day: date | None) -> str:
    """YYYY-MM-DD, or empty."""
    return day.isoformat() if day else ""


def finnish(day: date | None) -> str:
    """d.m.yyyy, or empty."""
    return f"{day.day}.{day.month}.{day.year}" if day else ""


def domestic(phone: str) -> str:
    """+358401234567 as people write it: 040 123 4567."""
    return f"0{phone[4:6]} {phone[6:9]} {phone[9:]}" if phone.startswith("+358") else phone


def _daycare_cells(customer: Customer) -> Row:
    party = customer.party
    home = party.address
    # Finnish systems leave the home country out.
    place: Row = [home.street, home.postcode, home.town, "" if home.country == HOME else home.country]
    if isinstance(party, Company):
        return [
            customer.number, "", party.ytunnus or "", party.name, "", *place, domestic(party.phone), party.email,
            "", party.language, "", "", "", "", party.channel, customer.reference,
        ]  # fmt: skip
    return [
        customer.number, party.hetu or "", "", f"{party.surname} {party.first_names}", finnish(party.born_on),
        *place, domestic(party.phone), party.email, party.mother_tongue, party.contact_language, party.custodian_name,
        party.custodian_hetu, _flag(party.turvakielto).upper(), finnish(party.died_on), party.channel,
        customer.reference,
    ]  # fmt: skip


def _waterworks_cells(customer: Customer) -> Row:
    party = customer.party
    home = party.address
    number = int("".join(letter for letter in customer.number if letter.isdigit()))
    # The works' system keeps some postcodes as numbers: Helsinki's 00100 becomes 100.
    numeric = number % 3 == 0 and home.postcode.isdigit()
    postcode: Cell = int(home.postcode) if numeric else home.postcode
    place: Row = [home.street, postcode, home.town, home.country, home.since]
    post: Row = list(_short(party.postal))
    if isinstance(party, Company):
        return [
            number, "", party.ytunnus, None, "", "", party.name, *place, *post, party.phone, party.email, party.language,
            party.einvoice_address, party.einvoice_operator, party.channel, party.refund_account, party.contact_person,
            "",
        ]  # fmt: skip
    return [
        number, party.hetu, "", party.born_on, party.surname, party.first_names, "", *place, *post, party.phone,
        party.email, party.contact_language, "", "", party.channel, party.refund_account, "",
        _flag(party.turvakielto),
    ]  # fmt: skip


def _hospital_cells(customer: Customer) -> Row:
    party = customer.party
    if isinstance(party, Company):
        return [
            customer.number, "", "", "", "", "", "", "", party.name, party.ytunnus or "", *_nested_home(party.address),
            *_temporary(None), party.phone, party.email, "", party.language, None, "", "", "", "", "", "",
            party.channel, party.refund_account, "", "", "",
        ]  # fmt: skip
    return [
        customer.number, party.hetu or "", party.foreign_id, party.foreign_country, iso(party.born_on), party.surname,
        party.first_names, party.called_name, "", "", *_nested_home(party.address), *_temporary(party.temporary),
        party.phone, party.email, party.mother_tongue, party.contact_language, party.turvakielto, iso(party.died_on),
        party.custodian_name, party.custodian_hetu, party.guardian_name, party.guardian_phone, party.estate_contact,
        party.channel, party.refund_account, party.stop, iso(party.stop_since), iso(party.stop_until),
    ]  # fmt: skip


def _nested_home(home: Address) -> tuple[str, ...]:
    return (home.care_of, home.street, home.postcode, home.town, home.country, iso(home.since))


def _ledger_cells(customer: Customer) -> Row:
    party = customer.party
    home = party.address
    place: Row = [home.street, home.postcode, home.town.upper(), home.country, party.phone, party.email]
    if isinstance(party, Company):
        return [
            customer.number, party.name, "", party.ytunnus or "", *place, party.language.upper(), party.refund_account,
            customer.reference,
        ]  # fmt: skip
    return [
        customer.number, f"{party.surname} {party.first_names}", party.hetu or "", "", *place,
        party.contact_language.upper(), party.refund_account, customer.reference,
    ]  # fmt: skip


def _layout(name: str, cells: Callable[[Customer], Row], *columns: tuple[str, str]) -> Layout:
    return Layout(name, tuple(heading for heading, _ in columns), tuple(meaning for _, meaning in columns), cells)


STANDARD: Final = Layout("standard", STANDARD_COLUMNS, STANDARD_COLUMNS, standard_cells)

DAYCARE: Final = _layout(
    "daycare", _daycare_cells,
    ("Asiakasnro", "asiakasnumero"), ("Hetu", "henkilotunnus"), ("Y-tunnus", "ytunnus"), ("Nimi", FULL_NAME),
    ("Syntymäaika", "syntymaaika"), ("Lähiosoite", "osoite_katu"), ("Postinro", "osoite_postinumero"),
    ("Postitoimipaikka", "osoite_toimipaikka"), ("Maa", "osoite_maa"), ("Puh.", "puhelin"), ("Sähköposti", "sahkoposti"),
    ("Äidinkieli", "aidinkieli"), ("Asiointikieli", "asiointikieli"), ("Huoltaja", "huoltaja_nimi"),
    ("Huoltajan hetu", "huoltaja_hetu"), ("Turvakielto", "turvakielto"), ("Kuollut", "kuollut_pvm"),
    ("Laskutustapa", "laskutuskanava"), ("Viite", "viitetieto"),
)  # fmt: skip

WATERWORKS: Final = _layout(
    "waterworks", _waterworks_cells,
    ("Asiakasnumero / Kundnummer", "asiakasnumero"), ("Henkilötunnus / Personbeteckning", "henkilotunnus"),
    ("Y-tunnus / FO-nummer", "ytunnus"), ("Syntymäaika / Födelsetid", "syntymaaika"),
    ("Sukunimi / Efternamn", "sukunimi"), ("Etunimet / Förnamn", "etunimet"), ("Yritys / Företag", "nimi"),
    ("Katuosoite / Gatuadress", "osoite_katu"), ("Postinumero / Postnummer", "osoite_postinumero"),
    ("Paikkakunta / Ort", "osoite_toimipaikka"), ("Maa / Land", "osoite_maa"),
    ("Osoite alkaen / Adress från", "osoite_alkaen"), ("Postiosoite / Postadress", "postiosoite_katu"),
    ("Postiosoitteen postinumero / Postadressens postnummer", "postiosoite_postinumero"),
    ("Postiosoitteen paikkakunta / Postadressens ort", "postiosoite_toimipaikka"), ("Puhelin / Telefon", "puhelin"),
    ("Sähköposti / E-post", "sahkoposti"), ("Kieli / Språk", "asiointikieli"),
    ("Verkkolaskuosoite / E-fakturaadress", "verkkolaskuosoite"), ("Välittäjä / Förmedlare", "verkkolaskuvalittaja"),
    ("Laskutustapa / Faktureringssätt", "laskutuskanava"), ("Tilinumero / Kontonummer", "palautustili"),
    ("Yhteyshenkilö / Kontaktperson", "yhteyshenkilo"), ("Turvakielto / Spärrmarkering", "turvakielto"),
)  # fmt: skip

HOSPITAL: Final = _layout(
    "hospital", _hospital_cells,
    ("asiakas.numero", "asiakasnumero"), ("asiakas.henkilo.hetu", "henkilotunnus"),
    ("asiakas.henkilo.ulkomainenTunnus.arvo", "ulkomainen_tunnus"),
    ("asiakas.henkilo.ulkomainenTunnus.maa", "ulkomainen_tunnus_maa"), ("asiakas.henkilo.syntymaaika", "syntymaaika"),
    ("asiakas.henkilo.sukunimi", "sukunimi"), ("asiakas.henkilo.etunimet", "etunimet"),
    ("asiakas.henkilo.kutsumanimi", "kutsumanimi"), ("asiakas.organisaatio.nimi", "nimi"),
    ("asiakas.organisaatio.ytunnus", "ytunnus"), ("osoitteet.vakinainen.co", "osoite_co"),
    ("osoitteet.vakinainen.katu", "osoite_katu"), ("osoitteet.vakinainen.postinumero", "osoite_postinumero"),
    ("osoitteet.vakinainen.toimipaikka", "osoite_toimipaikka"), ("osoitteet.vakinainen.maa", "osoite_maa"),
    ("osoitteet.vakinainen.alkaen", "osoite_alkaen"), ("osoitteet.tilapainen.katu", "tilapainen_katu"),
    ("osoitteet.tilapainen.postinumero", "tilapainen_postinumero"),
    ("osoitteet.tilapainen.toimipaikka", "tilapainen_toimipaikka"), ("osoitteet.tilapainen.maa", "tilapainen_maa"),
    ("osoitteet.tilapainen.alkaen", "tilapainen_alkaen"), ("osoitteet.tilapainen.paattyen", "tilapainen_paattyen"),
    ("yhteystiedot.puhelin", "puhelin"), ("yhteystiedot.sahkoposti", "sahkoposti"), ("kielet.aidinkieli", "aidinkieli"),
    ("kielet.asiointikieli", "asiointikieli"), ("suojaus.turvakielto", "turvakielto"), ("kuolinpaiva", "kuollut_pvm"),
    ("huoltaja.nimi", "huoltaja_nimi"), ("huoltaja.hetu", "huoltaja_hetu"), ("edunvalvoja.nimi", "edunvalvoja_nimi"),
    ("edunvalvoja.puhelin", "edunvalvoja_puhelin"), ("kuolinpesa.yhteyshenkilo", "kuolinpesa_yhteyshenkilo"),
    ("laskutus.kanava", "laskutuskanava"), ("laskutus.palautustili", "palautustili"),
    ("perinta.este.syy", "perintaeste"), ("perinta.este.alkaen", "perintaeste_alkaen"),
    ("perinta.este.paattyen", "perintaeste_paattyen"),
)  # fmt: skip

LEDGER: Final = _layout(
    "ledger", _ledger_cells,
    ("ASIAKASNRO", "asiakasnumero"), ("NIMI", FULL_NAME), ("HETU", "henkilotunnus"), ("YTUNNUS", "ytunnus"),
    ("OSOITE", "osoite_katu"), ("POSTINRO", "osoite_postinumero"), ("POSTITMP", "osoite_toimipaikka"),
    ("MAAKOODI", "osoite_maa"), ("PUHELIN", "puhelin"), ("EMAIL", "sahkoposti"), ("KIELI", "asiointikieli"),
    ("IBAN", "palautustili"), ("VIITE", "viitetieto"),
)  # fmt: skip

LAYOUTS: Final = {layout.name: layout for layout in (STANDARD, DAYCARE, WATERWORKS, HOSPITAL, LEDGER)}
