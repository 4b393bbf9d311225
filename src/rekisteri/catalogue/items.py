"""The items: every attribute of a customer that invoicing and collection need.

Each declaration says why the item is needed, who may state it and who is believed first,
who may see it and for what, whether a non-disclosure order covers it, how long it is kept.
Register description § 5; GDPR art. 5(1)(c). Add an item here and nowhere else.
"""

from __future__ import annotations

from rekisteri.catalogue import values
from rekisteri.catalogue.model import Choice, Item, Kind, Part
from rekisteri.catalogue.vocabulary import PartyKind, Purpose, Role, SourceKind, Text

PERSON = frozenset({PartyKind.PERSON})
ORGANISATION = frozenset({PartyKind.ORGANISATION})
BOTH = PERSON | ORGANISATION

INVOICING = frozenset({Purpose.INVOICING, Purpose.UPKEEP, Purpose.DATA_PROTECTION})
COLLECTION = frozenset({Purpose.COLLECTION, Purpose.UPKEEP, Purpose.DATA_PROTECTION})
USES = INVOICING | COLLECTION

HANDLERS = frozenset({Role.MAINTAINER, Role.INVOICER, Role.COLLECTOR, Role.OFFICER, Role.INTEGRATION})

_S = SourceKind
CIVIL = (_S.MAINTAINER, _S.VTJ, _S.PERSON, _S.ORGANISATION)
CONTACT = (_S.MAINTAINER, _S.PERSON, _S.VTJ, _S.ORGANISATION)
BUSINESS = (_S.MAINTAINER, _S.DIRECTORY, _S.ORGANISATION)
EINVOICE = (_S.MAINTAINER, _S.EINVOICE_DIRECTORY, _S.ORGANISATION)
ANY = (_S.MAINTAINER, _S.VTJ, _S.PERSON, _S.DIRECTORY, _S.ORGANISATION)
CLIENT = (_S.MAINTAINER, _S.ORGANISATION)
CLAIMS = (_S.MAINTAINER, _S.ORGANISATION, _S.LEDGER)
TOLD_BACK = (_S.LEDGER,)

CHANNELS = values.code(
    "invoice_channel",
    {
        "letter": Text("Paperi", "Papper", "Letter"),
        "einvoice": Text("Verkkolasku", "Nätfaktura", "E-invoice"),
        "consumer_einvoice": Text("E-lasku", "E-faktura", "Consumer e-invoice"),
        "direct_payment": Text("Suoramaksu", "Direktbetalning", "Direct payment"),
        "mailbox": Text("Digitaalinen postilaatikko", "Digital postlåda", "Digital mailbox"),
        "email": Text("Sähköposti", "E-post", "E-mail"),
    },
    p="letter", kirje="letter", e="consumer_einvoice", elasku="consumer_einvoice", v="einvoice",
    sahkoposti="email", suomi_fi="mailbox", omaposti="mailbox", kivra="mailbox",
)  # fmt: skip
ORDERS = values.code(
    "bank_order",
    {
        "consumer_einvoice": Text("E-lasku", "E-faktura", "Consumer e-invoice"),
        "direct_payment": Text("Suoramaksu", "Direktbetalning", "Direct payment"),
    },
)
SEQUENCES = values.code(
    "sequence",
    {
        "recurring": Text("Toistuva", "Återkommande", "Recurring"),
        "one_off": Text("Yksi veloitus", "En debitering", "One-off"),
    },
)
STOPS = values.code(
    "collection_stop",
    {
        "estate": Text("Kuolinpesä selvittämättä", "Dödsbo under utredning", "Estate being settled"),
        "debt_adjustment": Text("Velkajärjestely", "Skuldsanering", "Debt adjustment"),
        "restructuring": Text("Yrityssaneeraus", "Företagssanering", "Restructuring"),
        "bankruptcy": Text("Konkurssi", "Konkurs", "Bankruptcy"),
        "payment_plan": Text("Maksusuunnitelma", "Betalningsplan", "Payment plan"),
        "complaint": Text("Muutoksenhaku kesken", "Ändringssökande pågår", "Appeal pending"),
        "ban": Text("Perintäkielto", "Indrivningsförbud", "Collection ban"),
        "limitation": Text("Saatava vanhentunut", "Fordran preskriberad", "Claim time-barred"),
    },
    kuolinpesa="estate", velkajarjestely="debt_adjustment", saneeraus="restructuring",
    perintakielto="ban", muutoksenhaku="complaint", maksujarjestely="payment_plan",
)  # fmt: skip
MANDATES = values.code(
    "mandate",
    {
        "order": Text("Edunvalvonta", "Intressebevakning", "Guardianship"),
        "authorisation": Text("Edunvalvontavaltuutus", "Intressebevakningsfullmakt", "Continuing power of attorney"),
    },
)
RESTRICTIONS = values.code(
    "restriction",
    {
        "none": Text("Ei rajoitettu", "Inte begränsad", "Not restricted"),
        "partial": Text("Rajoitettu osittain", "Delvis begränsad", "Restricted in part"),
        "full": Text("Julistettu vajaavaltaiseksi", "Förklarad omyndig", "Declared legally incompetent"),
    },
)
RETURN_CAUSES = values.code(
    "return_cause",
    {
        "moved": Text("Muuttanut", "Flyttat", "Moved"),
        "unknown_address": Text("Osoite tuntematon", "Okänd adress", "Address unknown"),
        "unknown_person": Text("Vastaanottaja tuntematon", "Okänd mottagare", "Addressee unknown"),
        "deceased": Text("Kuollut", "Avliden", "Deceased"),
        "refused": Text("Vastaanotosta kieltäydytty", "Mottagandet vägrat", "Refused"),
        "unclaimed": Text("Noutamatta", "Ej avhämtad", "Not collected"),
    },
)
INSOLVENCIES = values.code(
    "insolvency",
    {
        "bankruptcy": Text("Konkurssi", "Konkurs", "Bankruptcy"),
        "restructuring": Text("Yrityssaneeraus", "Företagssanering", "Restructuring"),
        "debt_adjustment": Text("Velkajärjestely", "Skuldsanering", "Debt adjustment"),
    },
    saneeraus="restructuring", velkajarjestely="debt_adjustment",
)  # fmt: skip


def _one(kind: Kind, column: str, label: Text, *aliases: str, secret: bool = False) -> tuple[Part, ...]:
    return (Part("", kind, column, label, aliases, secret),)


FROM = Text("Alkaen", "Från och med", "From")
TO = Text("Päättyen", "Till och med", "Until")
STREET = Text("Katuosoite", "Gatuadress", "Street address")
POSTCODE = Text("Postinumero", "Postnummer", "Postcode")
TOWN = Text("Postitoimipaikka", "Postanstalt", "Town")
COUNTRY = Text("Maa", "Land", "Country")


def _address(stem: str, *wholes: str, stems: tuple[str, ...], general: bool = False) -> tuple[Part, ...]:
    """The parts of an address; the general one also answers to the bare headings of clients' files.

    ``wholes`` are headings of the address itself; ``stems`` stand before the bare headings of its parts.
    """

    def aliases(*names: str) -> tuple[str, ...]:
        return (names if general else ()) + tuple(before + name for before in stems for name in names)

    since = tuple(before + name for before in stems for name in ("alkaen", "alku", "fran", "from"))
    until = tuple(before + name for before in stems for name in ("paattyen", "loppu", "till", "to"))
    return (
        Part("care_of", values.NAME, f"{stem}_co", Text("C/o", "C/o", "C/o"), aliases("co", "osoitelisa", "careof")),
        Part("street", values.STREET, f"{stem}_katu", STREET, wholes +
             aliases("katuosoite", "lahiosoite", "gatuadress", "adress", "street", "address", "osoite", "katu",
                     "postiosoite", "jakeluosoite", "utdelningsadress", "streetaddress", "line1", "naradress", "gata",
                     "kadunnimi", "osoiterivi1", "address1", "addressline1")),
        Part("postcode", values.POSTCODE, f"{stem}_postinumero", POSTCODE,
             aliases("postinumero", "postnummer", "postnr", "postnro", "zip", "postcode", "postalcode", "zipcode",
                     "postinro", "pnro", "postinr")),
        Part("town", values.TOWN, f"{stem}_toimipaikka", TOWN,
             aliases("postitoimipaikka", "toimipaikka", "kaupunki", "ort", "postort", "town", "city", "postanstalt",
                     "paikkakunta", "postoffice", "postitmp", "postitoimip", "ptp", "stad")),
        Part("country", values.COUNTRY, f"{stem}_maa", COUNTRY,
             aliases("maa", "maakoodi", "land", "country", "countrycode", "landskod", "landkod")),
        Part("valid_from", values.DATE, f"{stem}_alkaen", FROM, since),
        Part("valid_to", values.DATE, f"{stem}_paattyen", TO, until),
    )  # fmt: skip


def _dated(part: Part, stem: str) -> tuple[Part, ...]:
    """A part with the days it is in force."""
    return (
        part,
        Part("valid_from", values.DATE, f"{stem}_alkaen", FROM),
        Part("valid_to", values.DATE, f"{stem}_paattyen", TO),
    )


_NEED_IDENTITY = Text(
    "Maksajan yksilöinti: lasku ja perintä kohdistuvat oikeaan henkilöön tai organisaatioon",
    "Identifiering av betalaren: faktura och indrivning riktas till rätt person eller organisation",
    "Identifies the payer: invoice and collection meet the right person or organisation",
)
_NEED_NAME = Text("Laskun vastaanottajan nimi", "Fakturamottagarens namn", "The name on the invoice")
_NEED_DELIVERY = Text(
    "Laskun ja maksukehotuksen toimittaminen perille", "Leverans av faktura och betalningsuppmaning",
    "Delivers invoice and payment demand",
)  # fmt: skip
_NEED_LANGUAGE = Text(
    "Laskun kieli (kielilaki 423/2003)", "Fakturans språk (språklagen 423/2003)",
    "The language of the invoice (Language Act 423/2003)",
)  # fmt: skip
_NEED_LIABLE = Text(
    "Kuka vastaa maksusta ja kenelle lasku osoitetaan", "Vem som svarar för betalningen och vem fakturan riktas till",
    "Who is liable and to whom the invoice is addressed",
)  # fmt: skip
_NEED_STOP = Text("Saako perintää jatkaa", "Får indrivningen fortsätta", "Whether collection may go on")


def _item(
    name: str, label: Text, need: Text, kinds: frozenset[PartyKind], parts: tuple[Part, ...], *,
    ranks: tuple[SourceKind, ...], purposes: frozenset[Purpose] = USES, choice: Choice = Choice.BEST,
    covered: bool = False, required: tuple[str, ...] = (), retention: str = "customership", many: bool = False,
) -> Item:  # fmt: skip
    return Item(name, label, need, kinds, parts, purposes, ranks, HANDLERS, retention, choice, covered, required, many)


_T = Text
ITEMS: tuple[Item, ...] = (
    _item("customer_number", _T("Asiakasnumero", "Kundnummer", "Customer number"), _NEED_IDENTITY, BOTH,
          _one(values.REFERENCE, "asiakasnumero", _T("Asiakasnumero", "Kundnummer", "Customer number"),
               "asiakasnro", "asnro", "asiakastunnus", "asiakasid", "kundnummer", "kundnr", "kundid", "customernumber",
               "customerno", "customerid", "asiakas", "asnumero", "asiakaskoodi", "asiakkaannumero", "asiakkaantunnus",
               "kundkod", "kundno", "customercode", "customernr", "custno", "clientid", "clientnumber", "klientnummer"),
          ranks=CLIENT, choice=Choice.OWN),
    _item("hetu", _T("Henkilötunnus", "Personbeteckning", "Personal identity code"), _NEED_IDENTITY, PERSON,
          _one(values.HETU, "henkilotunnus", _T("Henkilötunnus", "Personbeteckning", "Personal identity code"),
               "hetu", "sotu", "sosiaaliturvatunnus", "personbeteckning", "personnummer", "identitycode",
               "personalidentitycode", "ssn", "henkilotunnus", "hlotunnus", "henktunnus", "personnr", "personalid",
               "nationalid", "socialsecuritynumber", "socialskyddssignum", secret=True),
          ranks=CIVIL),
    _item("ytunnus", _T("Y-tunnus", "FO-nummer", "Business ID"), _NEED_IDENTITY, BOTH,
          _one(values.YTUNNUS, "ytunnus", _T("Y-tunnus", "FO-nummer", "Business ID"),
               "lytunnus", "fonummer", "fonr", "businessid", "yritystunnus", "yritysjayhteisotunnus", "organisationsnummer",
               "orgnr", "companyid", "businessidentitycode", "vatnumber", "alvnumero"),
          ranks=BUSINESS),
    _item("birth_date", _T("Syntymäaika", "Födelsetid", "Date of birth"), _NEED_IDENTITY, PERSON,
          _one(values.DATE, "syntymaaika", _T("Syntymäaika", "Födelsetid", "Date of birth"),
               "syntymapaiva", "syntymapvm", "fodelsetid", "fodelsedatum", "birthdate", "dateofbirth", "born", "syntaika",
               "syntpvm", "synt", "fodelsedag", "fodd", "dob", "birthday"),
          ranks=CIVIL),
    _item("foreign_id", _T("Ulkomainen tunnus", "Utländsk beteckning", "Foreign identifier"), _NEED_IDENTITY, BOTH,
          (Part("value", values.REFERENCE, "ulkomainen_tunnus", _T("Tunnus", "Beteckning", "Identifier"),
                ("utlandskbeteckning", "foreignid", "ulkomainentunnusarvo", "ulkomainenhenkilotunnus", "foreignidentifier",
                 "utlandskpersonbeteckning")),
           Part("country", values.COUNTRY, "ulkomainen_tunnus_maa", COUNTRY,
                ("foreignidcountry", "ulkomaisentunnuksenmaa", "utlandskbeteckningland"))),
          ranks=ANY, required=("value",)),
    _item("surname", _T("Sukunimi", "Efternamn", "Surname"), _NEED_NAME, PERSON,
          _one(values.NAME, "sukunimi", _T("Sukunimi", "Efternamn", "Surname"), "efternamn", "slaktnamn", "surname",
               "lastname", "familyname"),
          ranks=CIVIL),
    _item("first_names", _T("Etunimet", "Förnamn", "First names"), _NEED_NAME, PERSON,
          _one(values.NAME, "etunimet", _T("Etunimet", "Förnamn", "First names"), "etunimi", "fornamn", "firstname",
               "firstnames", "givenname", "givennames", "kaikkietunimet", "forename", "forenames"),
          ranks=CIVIL),
    _item("called_name", _T("Kutsumanimi", "Tilltalsnamn", "Called-by name"), _NEED_NAME, PERSON,
          _one(values.NAME, "kutsumanimi", _T("Kutsumanimi", "Tilltalsnamn", "Called-by name"), "tilltalsnamn",
               "callname", "callingname", "calledname"),
          ranks=CIVIL),
    _item("former_surnames", _T("Entiset sukunimet", "Tidigare efternamn", "Former surnames"), _NEED_IDENTITY, PERSON,
          _one(values.NAMES, "entiset_sukunimet", _T("Entiset sukunimet", "Tidigare efternamn", "Former surnames"),
               "entinensukunimi", "omasukunimi", "tyttonimi", "tidigareefternamn", "formersurname", "formersurnames",
               "maidenname"),
          ranks=CIVIL, choice=Choice.ALL, many=True),
    _item("organisation_name", _T("Nimi", "Namn", "Name"), _NEED_NAME, ORGANISATION,
          _one(values.NAME, "nimi", _T("Organisaation nimi", "Organisationens namn", "Organisation's name"),
               "yrityksennimi", "yritys", "organisaatio", "toiminimi", "foretag", "foretagsnamn", "organisation",
               "companyname", "organisationname", "company"),
          ranks=BUSINESS),
    _item("auxiliary_names", _T("Aputoiminimet", "Bifirmor", "Auxiliary names"), _NEED_IDENTITY, ORGANISATION,
          _one(values.NAMES, "aputoiminimet", _T("Aputoiminimet", "Bifirmor", "Auxiliary names"), "aputoiminimi",
               "bifirma", "bifirmor", "auxiliaryname", "auxiliarynames", "tradingname"),
          ranks=BUSINESS, choice=Choice.ALL, many=True),
    _item("permanent_address", _T("Vakinainen osoite", "Stadigvarande adress", "Permanent address"), _NEED_DELIVERY,
          BOTH, _address("osoite", "vakinainenosoite", "kotiosoite", "stadigvarandeadress", "hemadress", "permanentaddress",
                         "homeaddress", general=True,
                         stems=("vakinainen", "vakinaisenosoitteen", "kotiosoitteen", "hemadressens", "permanent")), ranks=(_S.MAINTAINER, _S.VTJ, _S.DIRECTORY, _S.PERSON, _S.ORGANISATION),
          covered=True, required=("street",)),
    _item("temporary_address", _T("Tilapäinen osoite", "Tillfällig adress", "Temporary address"), _NEED_DELIVERY,
          PERSON, _address("tilapainen", "tilapainenosoite", "tillfalligadress", "temporaryaddress",
                           stems=("tilapainen", "tilapaisenosoitteen", "tillfallig", "tillfalligadressens", "temporary")), ranks=CIVIL, covered=True, required=("street",)),
    _item("postal_address", _T("Postiosoite", "Postadress", "Postal address"), _NEED_DELIVERY, BOTH,
          _address("postiosoite", "postiosoite", "postadress", "postaladdress", "mailingaddress", "laskutusosoite",
                   "faktureringsadress", "billingaddress", "invoiceaddress",
                   stems=("postiosoite", "postiosoitteen", "postadress", "postadressens", "postal", "laskutus",
                          "laskutusosoitteen", "faktureringsadressens", "billing")), ranks=ANY, covered=True, required=("street",)),
    _item("contact_address", _T("Yhteysosoite", "Kontaktadress", "Contact address"),
          _T("Turvakiellosta huolimatta käytettävä postiosoite (laki 661/2009 36 §)",
             "Postadress som får användas trots spärrmarkering (lagen 661/2009 36 §)",
             "Postal address usable in spite of a non-disclosure order (Act 661/2009 § 36)"),
          PERSON, _address("yhteysosoite", "kontaktadress", "contactaddress",
                             stems=("yhteysosoite", "yhteysosoitteen", "kontaktadressens", "contactaddress")), ranks=(_S.MAINTAINER, _S.VTJ, _S.PERSON, _S.ORGANISATION),
          required=("street",)),
    _item("phone", _T("Puhelin", "Telefon", "Telephone"), _NEED_DELIVERY, BOTH,
          _one(values.PHONE, "puhelin", _T("Puhelin", "Telefon", "Telephone"), "puhelinnumero", "puh", "matkapuhelin",
               "gsm", "telefon", "tel", "mobil", "phone", "phonenumber", "mobile", "puhelinnro", "puhnro", "puhelinno",
               "matkapuhelinnumero", "kannykka", "telefonnummer", "telnr", "telnro", "mobiltelefon", "mobilnummer",
               "telephone", "telephonenumber", "phoneno", "mobilephone", "cellphone", "mobilnr", "gsmnro", "gsmnumero"),
          ranks=CONTACT, covered=True, retention="contact"),
    _item("email", _T("Sähköposti", "E-post", "E-mail"), _NEED_DELIVERY, BOTH,
          _one(values.EMAIL, "sahkoposti", _T("Sähköposti", "E-post", "E-mail"), "sahkopostiosoite", "epost",
               "epostadress", "email", "mail", "emailaddress", "sposti", "spostiosoite", "mejl", "mejladress"),
          ranks=CONTACT, covered=True, retention="contact"),
    _item("language", _T("Äidinkieli", "Modersmål", "Mother tongue"), _NEED_LANGUAGE, PERSON,
          _one(values.LANGUAGE, "aidinkieli", _T("Äidinkieli", "Modersmål", "Mother tongue"), "modersmal", "mothertongue",
               "nativelanguage"),
          ranks=CIVIL),
    _item("contact_language", _T("Asiointikieli", "Kontaktspråk", "Contact language"), _NEED_LANGUAGE, BOTH,
          _one(values.LANGUAGE, "asiointikieli", _T("Asiointikieli", "Kontaktspråk", "Contact language"),
               "kontaktsprak", "contactlanguage", "kieli", "sprak", "language", "lang", "kielikoodi", "sprakkod", "palvelukieli",
               "servicesprak", "asiakkaankieli", "preferredlanguage"),
          ranks=CONTACT),
    _item("invoice_language", _T("Laskutuskieli", "Faktureringsspråk", "Invoice language"), _NEED_LANGUAGE, BOTH,
          _one(values.LANGUAGE, "laskutuskieli", _T("Laskutuskieli", "Faktureringsspråk", "Invoice language"),
               "laskunkieli", "fakturasprak", "faktureringssprak", "invoicelanguage", "invoicelang", "billinglanguage", "billinglang"),
          ranks=CONTACT, purposes=INVOICING),
    _item("death_date", _T("Kuolinpäivä", "Dödsdag", "Date of death"), _NEED_LIABLE, PERSON,
          _one(values.DATE, "kuollut_pvm", _T("Kuolinpäivä", "Dödsdag", "Date of death"), "kuolinpaiva", "kuollut",
               "kuolinpvm", "dodsdag", "dodsdatum", "deathdate", "dateofdeath", "died", "kuolinaika", "avliden"),
          ranks=CIVIL),
    _item("deceased", _T("Kuollut", "Avliden", "Deceased"), _NEED_LIABLE, PERSON,
          _one(values.FLAG, "kuollut_tieto", _T("Kuollut", "Avliden", "Deceased"), "onkokuollut", "isdeceased"),
          ranks=CIVIL),
    _item("dissolution_date", _T("Lakannut", "Upphört", "Dissolved on"), _NEED_LIABLE, ORGANISATION,
          _one(values.DATE, "lakannut_pvm", _T("Lakkaamispäivä", "Datum för upphörande", "Date of dissolution"),
               "lakannut", "lakkautettu", "upphort", "dissolved", "dissolutiondate", "lakkaamispaiva", "lakkautuspvm"),
          ranks=BUSINESS),
    _item("turvakielto", _T("Turvakielto", "Spärrmarkering", "Non-disclosure for personal safety"),
          _T("Osoitteen ja yhteystietojen suojaaminen (laki 661/2009 36 §)",
             "Skydd av adress och kontaktuppgifter (lagen 661/2009 36 §)",
             "Protects address and contact data (Act 661/2009 § 36)"),
          PERSON, _one(values.FLAG, "turvakielto", _T("Turvakielto", "Spärrmarkering", "Non-disclosure order"),
                       "turvakielto", "sparrmarkering", "sakerhetsforbud", "nondisclosure", "sparr",
                       "sparrmarkerad", "nondisclosureorder", "protectedidentity"),
          ranks=CIVIL, choice=Choice.STRICTEST),
    _item("turvakielto_until", _T("Turvakielto päättyy", "Spärrmarkeringen upphör", "Non-disclosure order ends"),
          _T("Turvakiellon tarkistaminen ajallaan (laki 661/2009 36 §)",
             "Översyn av spärrmarkeringen i tid (lagen 661/2009 36 §)",
             "Review of the non-disclosure order in time (Act 661/2009 § 36)"),
          PERSON, _one(values.DATE, "turvakielto_paattyen",
                       _T("Turvakielto päättyy", "Spärrmarkeringen upphör", "Non-disclosure order ends"),
                       "turvakiellonpaattymispaiva"),
          ranks=CIVIL, covered=True),
    _item("custodian", _T("Huoltaja", "Vårdnadshavare", "Custodian"), _NEED_LIABLE, PERSON,
          (Part("name", values.NAME, "huoltaja_nimi", _T("Nimi", "Namn", "Name"),
                ("huoltaja", "huoltajannimi", "vardnadshavare", "vardnadshavarensnamn", "custodian", "custodianname")),
           Part("hetu", values.HETU, "huoltaja_hetu", _T("Henkilötunnus", "Personbeteckning", "Personal identity code"),
                ("huoltajanhetu", "huoltajanhenkilotunnus", "vardnadshavarenspersonbeteckning", "custodianhetu",
                 "custodianidentitycode"),
                secret=True),
           Part("birth_date", values.DATE, "huoltaja_syntymaaika", _T("Syntymäaika", "Födelsetid", "Date of birth"),
                ("huoltajansyntymaaika", "vardnadshavarensfodelsetid", "custodianbirthdate")),
           Part("valid_from", values.DATE, "huoltaja_alkaen", FROM),
           Part("valid_to", values.DATE, "huoltaja_paattyen", TO)),
          ranks=CIVIL, choice=Choice.ALL, required=("name",), many=True),
    _item("guardian", _T("Edunvalvoja", "Intressebevakare", "Guardian"), _NEED_LIABLE, PERSON,
          (Part("name", values.NAME, "edunvalvoja_nimi", _T("Nimi", "Namn", "Name"),
                ("edunvalvoja", "edunvalvojannimi", "intressebevakare", "intressebevakarensnamn", "guardian", "guardianname")),
           Part("phone", values.PHONE, "edunvalvoja_puhelin", _T("Puhelin", "Telefon", "Telephone"),
                ("edunvalvojanpuhelin", "edunvalvojanpuhelinnumero", "intressebevakaretelefon", "intressebevakarenstelefon",
                 "guardianphone")),
           Part("hetu", values.HETU, "edunvalvoja_hetu", _T("Henkilötunnus", "Personbeteckning", "Personal identity code"),
                ("edunvalvojanhetu", "edunvalvojanhenkilotunnus", "intressebevakarenspersonbeteckning", "guardianhetu",
                 "guardianidentitycode"),
                secret=True),
           Part("ytunnus", values.YTUNNUS, "edunvalvoja_ytunnus", _T("Y-tunnus", "FO-nummer", "Business ID"),
                ("edunvalvojanytunnus", "guardianbusinessid")),
           Part("mandate", MANDATES, "edunvalvoja_peruste", _T("Peruste", "Grund", "Mandate")),
           Part("matters", values.MATTERS, "edunvalvoja_tehtavat", _T("Tehtävät", "Uppgifter", "Matters")),
           Part("restriction", RESTRICTIONS, "edunvalvoja_rajoitus",
                _T("Toimintakelpoisuus", "Handlingsbehörighet", "Legal competence")),
           Part("valid_from", values.DATE, "edunvalvoja_alkaen", FROM),
           Part("valid_to", values.DATE, "edunvalvoja_paattyen", TO)),
          ranks=CIVIL, required=("name",), many=True),
    _item("estate_contact", _T("Kuolinpesän yhteyshenkilö", "Dödsboets kontaktperson", "Contact of the estate"),
          _NEED_LIABLE, PERSON,
          _one(values.NAME, "kuolinpesa_yhteyshenkilo",
               _T("Kuolinpesän yhteyshenkilö", "Dödsboets kontaktperson", "Contact of the estate"),
               "kuolinpesanyhteyshenkilo", "kuolinpesanhoitaja", "dodsbokontakt", "estatecontact"),
          ranks=CLIENT),
    _item("contact_person", _T("Yhteyshenkilö", "Kontaktperson", "Contact person"), _NEED_DELIVERY, ORGANISATION,
          _one(values.NAME, "yhteyshenkilo", _T("Yhteyshenkilö", "Kontaktperson", "Contact person"), "kontaktperson",
               "contactperson", "contactname", "contact", "yhteyshlo"),
          ranks=CLIENT),
    _item("einvoice_address", _T("Verkkolaskuosoite", "E-fakturaadress", "E-invoice address"), _NEED_DELIVERY,
          ORGANISATION,
          (Part("address", values.EADDRESS, "verkkolaskuosoite", _T("Osoite", "Adress", "Address"),
                ("ovt", "ovttunnus", "efakturaadress", "natfakturaadress", "einvoiceaddress", "verkkolaskutusosoite")),
           Part("operator", values.EADDRESS, "verkkolaskuvalittaja", _T("Välittäjä", "Förmedlare", "Operator"),
                ("valittaja", "valittajatunnus", "operaattori", "formedlare", "operator", "intermediator",
                 "einvoiceoperator", "verkkolaskuoperaattori", "operaattoritunnus", "valittajantunnus", "formedlarkod"))),
          ranks=EINVOICE, purposes=INVOICING, required=("address", "operator")),
    _item("invoice_channel", _T("Laskutuskanava", "Faktureringskanal", "Invoice channel"), _NEED_DELIVERY, BOTH,
          _one(CHANNELS, "laskutuskanava", _T("Laskutuskanava", "Faktureringskanal", "Invoice channel"),
               "laskutustapa", "toimitustapa", "kanava", "faktureringssatt", "kanal", "leveranssatt", "invoicechannel",
               "deliverymethod", "channel", "laskuntoimitustapa", "lahetystapa"),
          ranks=(_S.MAINTAINER, _S.PERSON, _S.ORGANISATION), purposes=INVOICING, choice=Choice.OWN),
    _item("invoice_reference", _T("Viitetieto", "Referens", "Invoice reference"),
          _T("Laskulla vaadittava ostajan viite", "Köparens referens på fakturan", "The buyer's reference on the invoice"),
          BOTH, _one(values.REFERENCE, "viitetieto", _T("Viitetieto", "Referens", "Reference"), "viite",
                     "tilausviite", "referens", "reference", "buyerreference", "invoicereference", "asiakkaanviite", "ostajanviite",
                     "koparensreferens", "yourreference"),
          ranks=CLIENT, purposes=INVOICING, choice=Choice.OWN),
    _item("refund_account", _T("Palautustili", "Återbetalningskonto", "Refund account"),
          _T("Liikasuorituksen palauttaminen", "Återbetalning av överskott", "Refund of an overpayment"), BOTH,
          _one(values.IBAN, "palautustili", _T("Tilinumero (IBAN)", "Kontonummer (IBAN)", "Account (IBAN)"), "tilinumero",
               "iban", "pankkitili", "tili", "kontonummer", "konto", "aterbetalningskonto", "bankaccount", "account",
               "refundaccount", "palautustilinumero", "pankkitilinumero", "tilinro", "kontonr", "bankkonto", "returkonto"),
          ranks=(_S.MAINTAINER, _S.PERSON, _S.ORGANISATION)),
    _item("collection_stop", _T("Perintäeste", "Indrivningshinder", "Stop of collection"), _NEED_STOP, BOTH,
          _dated(Part("reason", STOPS, "perintaeste", _T("Syy", "Orsak", "Reason"),
                      ("perintaesteensyy", "perintaestesyy", "perintakielto", "indrivningshinder", "indrivningsstopp",
                       "collectionstop")), "perintaeste"),
          ranks=CLAIMS, purposes=COLLECTION | INVOICING, choice=Choice.ALL, required=("reason",), retention="collection"),
    _item("insolvency", _T("Maksukyvyttömyys", "Insolvens", "Insolvency"), _NEED_STOP, BOTH,
          _dated(Part("kind", INSOLVENCIES, "maksukyvyttomyys", _T("Menettely", "Förfarande", "Proceedings"),
                      ("insolvens", "insolvency")), "maksukyvyttomyys"),
          ranks=BUSINESS, choice=Choice.ALL, required=("kind",), retention="collection"),
    _item("dispute", _T("Riitautus", "Bestridande", "Dispute"), _NEED_STOP, BOTH,
          (Part("valid_from", values.DATE, "riitautettu_alkaen", FROM, ("riitautettu", "bestridd", "disputed")),
           Part("valid_to", values.DATE, "riitautettu_paattyen", TO)),
          ranks=CLAIMS, choice=Choice.ALL, required=("valid_from",), retention="collection"),
    _item("bank_order", _T("Pankin toimeksianto", "Uppdrag i banken", "Order at a bank"),
          _T("Maksajan pankissaan antama e-lasku- tai suoramaksutoimeksianto: mihin lasku toimitetaan",
             "Betalarens uppdrag om e-faktura eller direktbetalning i sin bank: vart fakturan levereras",
             "The payer's order of an e-invoice or direct payment at a bank: where the invoice is delivered"),
          PERSON,
          (Part("kind", ORDERS, "toimeksianto_laji", _T("Laji", "Slag", "Kind")),
           Part("payment_reason", values.REFERENCE, "toimeksianto_laskutusaihe",
                _T("Laskutusaihe", "Faktureringsämne", "Payment reason")),
           Part("address", values.EADDRESS, "toimeksianto_osoite",
                _T("E-laskuosoite", "E-fakturaadress", "E-invoice address"), secret=True),
           Part("operator", values.EADDRESS, "toimeksianto_pankki", _T("Pankki", "Bank", "Bank")),
           Part("language", values.LANGUAGE, "toimeksianto_kieli", _T("Laskun kieli", "Fakturans språk", "Invoice language")),
           Part("due_day", values.DAY_OF_MONTH, "toimeksianto_erapaiva",
                _T("Toivottu eräpäivä", "Önskad förfallodag", "Wished due day")),
           Part("times_a_year", values.TIMES_A_YEAR, "toimeksianto_laskuja_vuodessa",
                _T("Toivottu laskujen määrä vuodessa", "Önskat antal fakturor per år", "Wished invoices a year")),
           Part("ordered_on", values.DATE, "toimeksianto_annettu", _T("Annettu", "Lämnat", "Ordered on")),
           Part("paused_on", values.DATE, "toimeksianto_keskeytetty", _T("Keskeytetty", "Avbrutet", "Paused on"))),
          ranks=(_S.BANK,), purposes=INVOICING, choice=Choice.OWN,
          required=("kind", "payment_reason", "address", "operator", "ordered_on")),
    _item("direct_debit_mandate", _T("SEPA-suoraveloitusvaltuutus", "SEPA-direktdebiteringsfullmakt", "SEPA direct debit mandate"),
          _T("Maksajan laskuttajalle antama valtuutus veloittaa lasku tililtä",
             "Betalarens fullmakt för faktureraren att debitera fakturan från ett konto",
             "The payer's authorisation that the biller collects the bill from an account"),
          BOTH,
          (Part("reference", values.REFERENCE, "valtuutus_tunnus", _T("Valtuutuksen tunnus", "Fullmaktens beteckning", "Mandate reference")),
           Part("creditor", values.REFERENCE, "valtuutus_velkojatunnus",
                _T("Velkojatunnus", "Borgenärsidentifierare", "Creditor identifier")),
           Part("payment_reason", values.REFERENCE, "valtuutus_laskutusaihe",
                _T("Laskutusaihe", "Faktureringsämne", "Payment reason")),
           Part("account", values.IBAN, "valtuutus_tili", _T("Veloitettava tili", "Konto som debiteras", "Account debited"), secret=True),
           Part("bank", values.REFERENCE, "valtuutus_pankki", _T("Maksajan pankki", "Betalarens bank", "Payer's bank")),
           Part("sequence", SEQUENCES, "valtuutus_toistuvuus", _T("Toistuvuus", "Periodicitet", "Sequence")),
           Part("given_on", values.DATE, "valtuutus_annettu", _T("Annettu", "Lämnad", "Given on")),
           Part("first_on", values.DATE, "valtuutus_ensimmainen", _T("Ensimmäinen veloitus", "Första debitering", "First collection")),
           Part("last_on", values.DATE, "valtuutus_viimeinen", _T("Viimeinen veloitus", "Sista debitering", "Last collection"))),
          ranks=(_S.BANK,), purposes=INVOICING, choice=Choice.OWN,
          required=("reference", "creditor", "payment_reason", "bank", "sequence", "given_on")),
    _item("returned_mail", _T("Palautunut posti", "Returnerad post", "Returned mail"),
          _T("Ettei seuraavia laskuja lähetetä osoitteeseen, josta posti palautuu",
             "Att följande fakturor inte sänds till en adress som posten returneras från",
             "Keeps the next bills from an address that mail comes back from"),
          BOTH,
          (Part("fingerprint", values.REFERENCE, "palautunut_tiiviste",
                _T("Osoitteen tiiviste", "Adressens kontrollsumma", "Fingerprint of the address")),
           Part("returned_on", values.DATE, "palautunut_pvm", _T("Palautunut", "Returnerad", "Returned on")),
           Part("cause", RETURN_CAUSES, "palautunut_syy", _T("Syy", "Orsak", "Cause"))),
          ranks=TOLD_BACK, choice=Choice.ALL, required=("fingerprint", "returned_on"), retention="collection"),
    _item("refused_channel", _T("Torjuttu kanava", "Avvisad kanal", "Refused channel"),
          _T("Ettei laskuja lähetetä kanavaan, joka on torjunut ne",
             "Att fakturor inte sänds till en kanal som har avvisat dem",
             "Keeps bills from a channel that has refused them"),
          BOTH,
          (Part("channel", CHANNELS, "torjuttu_kanava", _T("Kanava", "Kanal", "Channel")),
           Part("fingerprint", values.REFERENCE, "torjuttu_tiiviste",
                _T("Osoitteen tiiviste", "Adressens kontrollsumma", "Fingerprint of the address")),
           Part("refused_on", values.DATE, "torjuttu_pvm", _T("Torjuttu", "Avvisad", "Refused on"))),
          ranks=TOLD_BACK, choice=Choice.ALL, required=("channel", "fingerprint", "refused_on"),
          purposes=INVOICING, retention="collection"),
    _item("wrong_person", _T("Väärä henkilö", "Fel person", "Wrong person"),
          _T("Ettei laskuja lähetetä henkilölle, jolle ne eivät kuulu",
             "Att fakturor inte sänds till en person som de inte gäller",
             "Keeps bills from somebody they are not for"),
          BOTH,
          (Part("valid_from", values.DATE, "vaara_henkilo_alkaen", FROM),
           Part("valid_to", values.DATE, "vaara_henkilo_paattyen", TO)),
          ranks=(_S.MAINTAINER, _S.LEDGER), choice=Choice.ALL, required=("valid_from",), retention="collection"),
)  # fmt: skip
