"""Why a bank's file or message is held back, and what lets it go on, in three languages.

Nothing held is lost, and nothing of it is in force: a person mends the cause and releases it,
matches it, or rejects it with a reason.
"""

from __future__ import annotations

from enum import StrEnum

from rekisteri.catalogue import Explanation, Text
from rekisteri.ground.errors import Rejected


class Hold(StrEnum):
    """The closed list of causes; the value is the code that stands in reports."""

    # of a file as a whole
    LEFTOVER_BYTES = "leftover_bytes"
    HALF_MESSAGE = "half_message"
    FRAME_WITHOUT_MESSAGE = "frame_without_message"
    MESSAGE_WITHOUT_FRAME = "message_without_frame"
    DOCTYPE = "doctype"
    NOT_XML = "not_xml"
    EMPTY = "empty"
    FRAME_UNREADABLE = "frame_unreadable"
    SCHEMA = "schema"
    # of one message
    VERSION_UNKNOWN = "version_unknown"
    FIELD_MISSING = "field_missing"
    FIELD_INVALID = "field_invalid"
    MESSAGE_ID_REUSED = "message_id_reused"
    NOTICE_UNKNOWN = "notice_unknown"
    NOTICE_CONTRADICTS = "notice_contradicts"
    NOTICE_ENDED = "notice_ended"
    NOT_OFFERED = "not_offered"
    BANK_UNKNOWN = "bank_unknown"
    COMPANY = "company"
    # of the payer
    IDENTIFIER_MISSING = "identifier_missing"
    IDENTIFIER_INVALID = "identifier_invalid"
    IDENTIFIER_UNKNOWN = "identifier_unknown"
    IDENTIFIERS_OF_TWO = "identifiers_of_two"
    NOT_CUSTOMER = "not_customer"
    NAME_CONTRADICTS = "name_contradicts"
    DEAD_PAYER = "dead_payer"
    PROTECTED_PAYER = "protected_payer"
    CONTRADICTS_ORIGINAL = "contradicts_original"
    # of a mandate's word
    CREDITOR_UNKNOWN = "creditor_unknown"
    MANDATE_RENAMED = "mandate_renamed"
    TOO_LARGE = "too_large"


DECIDE_DAYS = 5
"""What is held for a person is to be decided within so many days, so that the next invoices go right."""


class Unfit(Rejected):
    """The file does not hold, and nothing of it may be taken; ask the bank for a whole one.

    ``hold`` says why, ``position`` at which byte.
    """

    def __init__(self, hold: Hold, position: int) -> None:
        super().__init__()
        self.hold = hold
        self.position = position


_E, _T = Explanation, Text
EXPLANATIONS: dict[Hold, Explanation] = {
    Hold.LEFTOVER_BYTES: _E(
        _T("Tiedostossa on tavuja, jotka eivät kuulu mihinkään sanomaan",
           "Filen innehåller byte som inte hör till något meddelande",
           "The file holds bytes that belong to no message"),
        _T("Pyydä pankilta ehjä tiedosto, tai poista vieraat tavut ja tuo korjattu tiedosto",
           "Be banken om en hel fil, eller ta bort de främmande byten och läs in den rättade filen",
           "Ask the bank for a whole file, or remove the stray bytes and bring the mended file in"),
    ),
    Hold.HALF_MESSAGE: _E(
        _T("Sanoma tai kehys päättyy kesken", "Ett meddelande eller en ram slutar på hälften",
           "A message or a frame ends halfway"),
        _T("Siirto on katkennut: pyydä pankilta tiedosto uudelleen",
           "Överföringen har brutits: be banken om filen på nytt",
           "The transfer broke off: ask the bank for the file again"),
    ),
    Hold.FRAME_WITHOUT_MESSAGE: _E(
        _T("Kehystä ei seuraa sanoma", "En ram följs inte av ett meddelande", "A frame is followed by no message"),
        _T("Pyydä pankilta ehjä tiedosto", "Be banken om en hel fil", "Ask the bank for a whole file"),
    ),
    Hold.MESSAGE_WITHOUT_FRAME: _E(
        _T("Sanomalla ei ole kehystä", "Ett meddelande saknar ram", "A message has no frame"),
        _T("Pyydä pankilta ehjä tiedosto", "Be banken om en hel fil", "Ask the bank for a whole file"),
    ),
    Hold.DOCTYPE: _E(
        _T("Tiedostossa on DOCTYPE-määritys, jota pankki ei lähetä",
           "Filen innehåller en DOCTYPE-deklaration, som ingen bank sänder",
           "The file holds a DOCTYPE declaration, which no bank sends"),
        _T("Selvitä, mistä tiedosto on tullut; sitä ei lueta", "Utred varifrån filen kommit; den läses inte",
           "Find out where the file came from; it is not read"),
    ),
    Hold.NOT_XML: _E(
        _T("Sanoma ei ole eheää XML:ää", "Meddelandet är inte välformad XML", "The message is not well-formed XML"),
        _T("Pyydä pankilta ehjä tiedosto", "Be banken om en hel fil", "Ask the bank for a whole file"),
    ),
    Hold.EMPTY: _E(
        _T("Tiedosto on tyhjä", "Filen är tom", "The file is empty"),
        _T("Tarkista, että siirto on päättynyt", "Kontrollera att överföringen har slutförts",
           "Check that the transfer has finished"),
    ),
    Hold.FRAME_UNREADABLE: _E(
        _T("Kehyksestä puuttuu lähettäjä, sanomatunnus tai aika", "Ramen saknar avsändare, meddelande-id eller tid",
           "The frame lacks a sender, a message id or a time"),
        _T("Pyydä pankilta ehjä tiedosto", "Be banken om en hel fil", "Ask the bank for a whole file"),
    ),
    Hold.SCHEMA: _E(
        _T("Tiedosto ei vastaa sanoman skeemaa", "Filen följer inte meddelandets schema",
           "The file does not follow the message's schema"),
        _T("Pyydä lähettäjältä skeeman mukainen tiedosto", "Be avsändaren om en fil som följer schemat",
           "Ask the sender for a file that follows the schema"),
    ),
    Hold.VERSION_UNKNOWN: _E(
        _T("Sanoman versiota ei tunneta", "Meddelandets version är okänd", "The version of the message is not known"),
        _T("Vertaa sanomaa pankin ohjeeseen; jos kentät ovat tutut, vapauta se luettavaksi version 2 mukaan",
           "Jämför med bankens anvisning; om fälten är bekanta, frige meddelandet att läsas som version 2",
           "Compare with the bank's guideline; if the fields are familiar, release it to be read as version 2"),
    ),
    Hold.FIELD_MISSING: _E(
        _T("Sanomasta puuttuu tieto, jota ilman toimeksiantoa ei ole",
           "Meddelandet saknar en uppgift som krävs för ett uppdrag",
           "The message lacks what an order can't be without"),
        _T("Pyydä pankilta korjattu sanoma ja hylkää tämä", "Be banken om ett rättat meddelande och avvisa detta",
           "Ask the bank for a mended message and reject this one"),
    ),
    Hold.FIELD_INVALID: _E(
        _T("Sanoman tieto ei kelpaa", "En uppgift i meddelandet duger inte", "Something in the message does not hold"),
        _T("Pyydä pankilta korjattu sanoma ja hylkää tämä", "Be banken om ett rättat meddelande och avvisa detta",
           "Ask the bank for a mended message and reject this one"),
    ),
    Hold.MESSAGE_ID_REUSED: _E(
        _T("Sama sanomatunnus ja aika on jo käytetty muulla sisällöllä",
           "Samma meddelande-id och tid har redan använts med annat innehåll",
           "The same message id and time were used before with other content"),
        _T("Kysy pankilta, kumpi pätee; hylkää tämä tai vapauta se omana sanomanaan",
           "Fråga banken vilket som gäller; avvisa detta eller frige det som ett eget meddelande",
           "Ask the bank which holds; reject this one or release it as a message of its own"),
    ),
    Hold.NOTICE_UNKNOWN: _E(
        _T("Laskuttajailmoitusta, johon sanoma vastaa, ei tunneta",
           "Den faktureraranmälan som meddelandet gäller är okänd",
           "The sender notice that the message answers is not known"),
        _T("Lisää laskuttajailmoitus rekisteriin ja vapauta sanoma",
           "Lägg till faktureraranmälan i registret och frige meddelandet",
           "Add the sender notice to the register and release the message"),
    ),
    Hold.NOTICE_CONTRADICTS: _E(
        _T("Sanoman laskuttaja, osoite tai laskutusaihe ei ole laskuttajailmoituksen mukainen",
           "Meddelandets fakturerare, adress eller faktureringsämne följer inte faktureraranmälan",
           "Biller, address or payment reason are not those of the sender notice"),
        _T("Tarkista laskuttajailmoitus; korjaa se ja vapauta sanoma, tai hylkää se",
           "Kontrollera faktureraranmälan; rätta den och frige meddelandet, eller avvisa det",
           "Check the sender notice; mend it and release the message, or reject it"),
    ),
    Hold.NOTICE_ENDED: _E(
        _T("Laskuttajailmoitus on päätetty", "Faktureraranmälan har avslutats", "The sender notice has been ended"),
        _T("Kerro maksajalle, ja hylkää sanoma", "Meddela betalaren och avvisa meddelandet",
           "Tell the payer, and reject the message"),
    ),
    Hold.NOT_OFFERED: _E(
        _T("Laskuttaja ei tarjoa suoramaksua tällä laskutusaiheella",
           "Faktureraren erbjuder inte direktbetalning för detta faktureringsämne",
           "The biller does not offer direct payment for this payment reason"),
        _T("Tarkista laskuttajailmoituksen palvelukoodi", "Kontrollera servicekoden i faktureraranmälan",
           "Check the service code of the sender notice"),
    ),
    Hold.BANK_UNKNOWN: _E(
        _T("Pankin tai välittäjän tunnusta ei tunneta", "Bankens eller förmedlarens kod är okänd",
           "The code of the bank or intermediator is not known"),
        _T("Lisää tunnus välittäjäluetteloon ja vapauta sanoma", "Lägg till koden i förmedlarlistan och frige meddelandet",
           "Add the code to the list of intermediators and release the message"),
    ),
    Hold.COMPANY: _E(
        _T("Tilaaja on yritys; toimeksiannon voi antaa vain kuluttaja",
           "Beställaren är ett företag; bara en konsument kan lämna uppdraget",
           "The orderer is a company; only a consumer may order"),
        _T("Hylkää sanoma; yritys ilmoittaa verkkolaskuosoitteensa muuten",
           "Avvisa meddelandet; företag meddelar sin e-fakturaadress på annat sätt",
           "Reject it; companies give their e-invoice address otherwise"),
    ),
    Hold.IDENTIFIER_MISSING: _E(
        _T("Maksaja ei ole antanut tunnistetta, jota laskuttaja pyysi",
           "Betalaren har inte gett den identifierare som faktureraren bad om",
           "The payer gave no identifier that the biller asked for"),
        _T("Ota yhteys maksajaan, tai kohdista käsin", "Kontakta betalaren, eller rikta för hand",
           "Contact the payer, or match by hand"),
    ),
    Hold.IDENTIFIER_INVALID: _E(
        _T("Maksajan antama tunniste ei kelpaa", "Identifieraren som betalaren gav duger inte",
           "The identifier the payer gave does not hold"),
        _T("Ota yhteys maksajaan, tai kohdista käsin", "Kontakta betalaren, eller rikta för hand",
           "Contact the payer, or match by hand"),
    ),
    Hold.IDENTIFIER_UNKNOWN: _E(
        _T("Tunnisteella ei löydy asiakasta", "Ingen kund hittas med identifieraren", "No customer bears the identifier"),
        _T("Odota asiakkaan saapumista ja vapauta sanoma, tai kohdista käsin",
           "Vänta tills kunden finns och frige meddelandet, eller rikta för hand",
           "Wait for the customer to come and release the message, or match by hand"),
    ),
    Hold.IDENTIFIERS_OF_TWO: _E(
        _T("Tunnisteet osoittavat eri asiakkaisiin", "Identifierarna pekar på olika kunder",
           "The identifiers point at different customers"),
        _T("Selvitä, kumpi on tilannut, ja kohdista käsin", "Utred vem som beställt, och rikta för hand",
           "Find out who ordered, and match by hand"),
    ),
    Hold.NOT_CUSTOMER: _E(
        _T("Henkilö ei ole tämän organisaation asiakas", "Personen är inte kund hos denna organisation",
           "The person is no customer of this organisation"),
        _T("Odota asiakkuutta ja vapauta sanoma, tai kohdista käsin",
           "Vänta på kundförhållandet och frige meddelandet, eller rikta för hand",
           "Wait for the customership and release the message, or match by hand"),
    ),
    Hold.NAME_CONTRADICTS: _E(
        _T("Tunniste osuu, mutta pankin ilmoittama nimi ei tue sitä",
           "Identifieraren stämmer, men namnet från banken stöder den inte",
           "The identifier is met, but the name the bank gives does not bear it out"),
        _T("Tarkista, ettei kyse ole toisen henkilön laskuista, ja kohdista käsin",
           "Kontrollera att det inte gäller någon annans fakturor, och rikta för hand",
           "Make sure these are not another person's invoices, and match by hand"),
    ),
    Hold.DEAD_PAYER: _E(
        _T("Maksaja on kuollut", "Betalaren är avliden", "The payer is dead"),
        _T("Hylkää sanoma; jos kuolintieto on väärä, korjaa se ja vapauta sanoma",
           "Avvisa meddelandet; om uppgiften om dödsfall är fel, rätta den och frige meddelandet",
           "Reject it; if the death is an error, correct it and release the message"),
    ),
    Hold.PROTECTED_PAYER: _E(
        _T("Maksajalla on turvakielto", "Betalaren har spärrmarkering", "The payer is under a non-disclosure order"),
        _T("Varmista, että tilaaja on maksaja itse, ja kohdista käsin",
           "Försäkra dig om att beställaren är betalaren själv, och rikta för hand",
           "Make sure the payer is the one who ordered, and match by hand"),
    ),
    Hold.CONTRADICTS_ORIGINAL: _E(
        _T("Sanoma viittaa toisen maksajan toimeksiantoon", "Meddelandet hänvisar till en annan betalares uppdrag",
           "The message refers to another payer's order"),
        _T("Kysy pankilta, ja kohdista tai hylkää käsin", "Fråga banken, och rikta eller avvisa för hand",
           "Ask the bank, and match or reject by hand"),
    ),
    Hold.CREDITOR_UNKNOWN: _E(
        _T("Velkojatunnusta tai sanomaa, johon viitataan, ei tunneta",
           "Borgenärsidentifieraren eller meddelandet som det hänvisas till är okänt",
           "The creditor identifier, or the message referred to, is not known"),
        _T("Lisää velkojatunnus rekisteriin, niin sanoma otetaan heti käsittelyyn; jos se ei ole kenenkään, hylkää se",
           "Lägg till borgenärsidentifieraren i registret, så behandlas meddelandet genast; är den ingens, avvisa det",
           "Add the creditor identifier to the register and it is taken at once; if it is nobody's, reject it"),
    ),
    Hold.MANDATE_RENAMED: _E(
        _T("Muutos antaisi valtuutukselle uuden tunnuksen", "Ändringen skulle ge fullmakten en ny beteckning",
           "The amendment would give the mandate a new reference"),
        _T("Peru valtuutus ja anna uusi uudella tunnuksella; hylkää tämä",
           "Annullera fullmakten och lämna en ny med den nya beteckningen; avvisa detta",
           "Cancel the mandate and initiate one with the new reference; reject this one"),
    ),
    Hold.TOO_LARGE: _E(
        _T("Tiedosto on liian suuri luettavaksi yhtenä sanomana", "Filen är för stor att läsas som ett meddelande",
           "The file is too large to be read as one message"),
        _T("Pyydä lähettäjää jakamaan valtuutukset useaan tiedostoon",
           "Be avsändaren dela fullmakterna på flera filer",
           "Ask the sender to spread the mandates over several files"),
    ),
}  # fmt: skip
