"""The words the catalogue is written in: languages, purposes, roles, sources, retention.

Each is data a person reads in three languages and code that every room shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Text:
    """One text in Finnish, Swedish and English."""

    fi: str
    sv: str
    en: str

    def in_(self, language: str) -> str:
        """The text in ``fi``, ``sv`` or ``en``; any other language gets Finnish, the house's first."""
        match language:
            case "sv":
                return self.sv
            case "en":
                return self.en
            case _:
                return self.fi


class PartyKind(StrEnum):
    """What a customer is."""

    PERSON = "person"
    ORGANISATION = "organisation"


class Purpose(StrEnum):
    """Why somebody reads or writes. A closed list: GDPR art. 5(1)(b), register description § 4."""

    INVOICING = "invoicing"
    COLLECTION = "collection"
    UPKEEP = "upkeep"
    DATA_PROTECTION = "data_protection"
    ADMINISTRATION = "administration"


class Role(StrEnum):
    """What somebody is; register description § 9 B. Each account has one or more; a data subject has no account."""

    MAINTAINER = "maintainer"
    INVOICER = "invoicer"
    COLLECTOR = "collector"
    OFFICER = "officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    INTEGRATION = "integration"
    SUBJECT = "subject"


class SourceKind(StrEnum):
    """Who may state something; register description § 6, and the maintainers of § 9 A."""

    MAINTAINER = "maintainer"
    VTJ = "vtj"
    PERSON = "person"
    BANK = "bank"
    DIRECTORY = "directory"
    ORGANISATION = "organisation"
    LEDGER = "ledger"
    EINVOICE_DIRECTORY = "einvoice_directory"


class Disclosure(StrEnum):
    """State of the non-disclosure order (turvakielto); UNKNOWN acts as ON (Act 661/2009 § 36)."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"


PURPOSES: dict[Purpose, Text] = {
    Purpose.INVOICING: Text("Laskutus", "Fakturering", "Invoicing"),
    Purpose.COLLECTION: Text("Perintä", "Indrivning", "Debt collection"),
    Purpose.UPKEEP: Text("Rekisterin ylläpito", "Registerunderhåll", "Upkeep of the register"),
    Purpose.DATA_PROTECTION: Text(
        "Rekisteröidyn oikeudet ja tietosuojan valvonta",
        "Den registrerades rättigheter och dataskyddstillsyn",
        "Data subjects' rights and data protection oversight",
    ),
    Purpose.ADMINISTRATION: Text("Järjestelmän hallinta", "Systemadministration", "System administration"),
}

ROLES: dict[Role, Text] = {
    Role.MAINTAINER: Text("Rekisterin ylläpitäjä", "Registerunderhållare", "Register maintainer"),
    Role.INVOICER: Text("Laskuttaja", "Fakturerare", "Invoicer"),
    Role.COLLECTOR: Text("Perijä", "Indrivare", "Collection agent"),
    Role.OFFICER: Text("Tietosuojavastaava", "Dataskyddsombud", "Data protection officer"),
    Role.AUDITOR: Text("Lokitarkastaja", "Loggranskare", "Auditor"),
    Role.ADMINISTRATOR: Text("Pääkäyttäjä", "Huvudanvändare", "Administrator"),
    Role.INTEGRATION: Text("Järjestelmäliittymä", "Systemintegration", "Integration"),
    Role.SUBJECT: Text("Rekisteröity", "Registrerad", "Data subject"),
}

BASES: dict[Purpose, Text] = {
    Purpose.INVOICING: Text(
        "Lakisääteisen velvoitteen noudattaminen ja julkisen tehtävän hoitaminen (tietosuoja-asetus 6 artikla 1 c ja e)",
        "Fullgörande av en rättslig förpliktelse och skötsel av en offentlig uppgift (dataskyddsförordningen artikel 6.1 c och e)",
        "Compliance with a legal obligation and performance of a public task (GDPR art. 6(1)(c) and (e))",
    ),
    Purpose.COLLECTION: Text(
        "Lakisääteisen velvoitteen noudattaminen ja julkisen tehtävän hoitaminen (tietosuoja-asetus 6 artikla 1 c ja e); henkilötunnus: tietosuojalaki 1050/2018 29 §",
        "Fullgörande av en rättslig förpliktelse och skötsel av en offentlig uppgift (dataskyddsförordningen artikel 6.1 c och e); personbeteckning: dataskyddslagen 1050/2018 29 §",
        "Compliance with a legal obligation and performance of a public task (GDPR art. 6(1)(c) and (e)); identity code: Data Protection Act 1050/2018 § 29",
    ),
    Purpose.UPKEEP: Text(
        "Tietojen täsmällisyys (tietosuoja-asetus 5 artikla 1 d) samoilla perusteilla kuin laskutus ja perintä",
        "Uppgifternas riktighet (dataskyddsförordningen artikel 5.1 d) på samma grunder som fakturering och indrivning",
        "Accuracy of the data (GDPR art. 5(1)(d)), on the same bases as invoicing and collection",
    ),
    Purpose.DATA_PROTECTION: Text(
        "Lakisääteinen velvoite: rekisteröidyn oikeudet (tietosuoja-asetus 12–22 artikla)",
        "Rättslig förpliktelse: den registrerades rättigheter (dataskyddsförordningen artiklarna 12–22)",
        "Legal obligation: the rights of the data subject (GDPR arts 12–22)",
    ),
    Purpose.ADMINISTRATION: Text(
        "Lakisääteinen velvoite: käsittelyn turvallisuus (tietosuoja-asetus 32 artikla, tiedonhallintalaki 906/2019)",
        "Rättslig förpliktelse: säkerhet i behandlingen (dataskyddsförordningen artikel 32, informationshanteringslagen 906/2019)",
        "Legal obligation: security of processing (GDPR art. 32, Information Management Act 906/2019)",
    ),
}
"""The lawful basis of each purpose (GDPR art. 6): a purpose without one cannot be declared."""

OBJECTABLE: dict[Purpose, bool] = {
    Purpose.INVOICING: True,
    Purpose.COLLECTION: True,
    Purpose.UPKEEP: True,
    Purpose.DATA_PROTECTION: False,
    Purpose.ADMINISTRATION: False,
}
"""Whether the purpose rests, beside a legal obligation, on a public task, to which a person may object (GDPR art. 21(1))."""

PARTY_KINDS: dict[PartyKind, Text] = {
    PartyKind.PERSON: Text("Henkilö", "Person", "Person"),
    PartyKind.ORGANISATION: Text("Organisaatio", "Organisation", "Organisation"),
}

SOURCES: dict[SourceKind, Text] = {
    SourceKind.MAINTAINER: Text("Rekisterin ylläpitäjä", "Registerunderhållare", "Register maintainer"),
    SourceKind.VTJ: Text("Väestötietojärjestelmä", "Befolkningsdatasystemet", "Population Information System"),
    SourceKind.PERSON: Text("Rekisteröity itse", "Den registrerade själv", "The data subject"),
    SourceKind.BANK: Text("Pankkien suoravaltuutus", "Bankernas direktfullmakt", "Banks' direct authorisation"),
    SourceKind.DIRECTORY: Text(
        "Yritys- ja yhteisötietojärjestelmä", "Företags- och organisationsdatasystemet", "Business Information System"
    ),
    SourceKind.EINVOICE_DIRECTORY: Text("Verkkolaskuosoitteisto", "E-fakturaadressregistret", "E-invoice directory"),
    SourceKind.ORGANISATION: Text("Asiakasorganisaatio", "Kundorganisation", "Client organisation"),
    SourceKind.LEDGER: Text(
        "Asiakasorganisaation laskutus ja perintä",
        "Kundorganisationens fakturering och indrivning",
        "Client organisation's invoicing and collection",
    ),
}
