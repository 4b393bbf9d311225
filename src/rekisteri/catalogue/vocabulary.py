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


@dataclass(frozen=True, slots=True)
class Retention:
    """How long something is kept, counted from the end of what it belongs to, and by which law."""

    years: int
    ground: Text
    label: Text
    """What is kept so long, as a notice names it."""


RETENTIONS: dict[str, Retention] = {
    "customership": Retention(
        6,
        Text(
            "Asiakkuuden päättymisestä; kirjanpitolaki 1336/1997 2 luku 10 §",
            "Från kundförhållandets slut; bokföringslagen 1336/1997 2 kap. 10 §",
            "From the end of the customership; Accounting Act 1336/1997 ch. 2 § 10",
        ),
        Text("Asiakastiedot", "Kunduppgifter", "Customer data"),
    ),
    "collection": Retention(
        6,
        Text(
            "Perintäfaktan päättymisestä; laki velan vanhentumisesta 728/2003",
            "Från indrivningsuppgiftens slut; lagen om preskription av skulder 728/2003",
            "From the end of the collection fact; Act on limitation of debts 728/2003",
        ),
        Text("Perintätiedot", "Indrivningsuppgifter", "Collection data"),
    ),
    "log": Retention(
        5,
        Text(
            "Tapahtumasta; tiedonhallintalaki 906/2019 17 §",
            "Från händelsen; informationshanteringslagen 906/2019 17 §",
            "From the event; Information Management Act 906/2019 § 17",
        ),
        Text("Käyttöloki", "Användningslogg", "Log of use"),
    ),
    "bank_message": Retention(
        6,
        Text(
            "Toimeksiannon päättymisestä; kirjanpitolaki 1336/1997 2 luku 10 §",
            "Från uppdragets slut; bokföringslagen 1336/1997 2 kap. 10 §",
            "From the end of the order; Accounting Act 1336/1997 ch. 2 § 10",
        ),
        Text("Pankkien sanomat", "Bankernas meddelanden", "Banks' messages"),
    ),
    "intake": Retention(
        1,
        Text(
            "Aineiston saapumisesta; virheiden selvittäminen",
            "Från materialets ankomst; utredning av fel",
            "From arrival of the file; settling of errors",
        ),
        Text("Saapuneet aineistot", "Inkomna material", "Deliveries"),
    ),
}
