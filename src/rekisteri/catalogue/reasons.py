"""Why a value or a row is not taken, and how to mend it, said in three languages.

A fault is a value: it is collected and shown with its row and field, never raised.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rekisteri.catalogue.vocabulary import Text


class Reason(StrEnum):
    """The closed list of reasons; the value is the code that stands in reports and files."""

    EMPTY_KEY = "customer_number_missing"
    DUPLICATE_KEY = "customer_number_twice"
    NO_NAME = "name_missing"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    FORBIDDEN_CHARACTER = "forbidden_character"
    GARBLED = "garbled"
    FORMULA = "formula"
    NOT_A_DATE = "not_a_date"
    DATE_OUT_OF_RANGE = "date_out_of_range"
    HETU_INVALID = "hetu_invalid"
    HETU_ARTIFICIAL = "hetu_artificial"
    HETU_ORDINARY = "hetu_ordinary"
    HETU_CONTRADICTS_BIRTH = "hetu_contradicts_birth_date"
    YTUNNUS_INVALID = "ytunnus_invalid"
    POSTCODE_INVALID = "postcode_invalid"
    COUNTRY_UNKNOWN = "country_unknown"
    PHONE_INVALID = "phone_invalid"
    EMAIL_INVALID = "email_invalid"
    IBAN_INVALID = "iban_invalid"
    CODE_UNKNOWN = "code_unknown"
    NOT_YES_OR_NO = "not_yes_or_no"
    EADDRESS_INVALID = "einvoice_address_invalid"
    PERIOD_REVERSED = "period_reversed"
    INCOMPLETE = "incomplete"
    WRONG_KIND = "wrong_kind"
    CELL_COUNT = "cell_count"
    NOT_AN_OBJECT = "not_an_object"
    UNDECODABLE = "undecodable"
    LINE_TOO_LONG = "line_too_long"
    MIXED_IDENTITY = "identifiers_of_two_customers"
    CHANGED_IDENTITY = "identity_changed"
    NAME_CONTRADICTS = "name_contradicts_identity"
    KIND_CONTRADICTS = "kind_contradicts_identity"


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that does not hold: its reason and the item part (column) where it stood."""

    reason: Reason
    field: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is wrong, and what to do."""

    what: Text
    mend: Text


_E = Explanation
EXPLANATIONS: dict[Reason, Explanation] = {
    Reason.EMPTY_KEY: _E(
        Text("Asiakasnumero puuttuu", "Kundnummer saknas", "The customer number is missing"),
        Text(
            "Lisää organisaation oma asiakasnumero",
            "Ange organisationens eget kundnummer",
            "Add the organisation's own customer number",
        ),
    ),
    Reason.DUPLICATE_KEY: _E(
        Text(
            "Sama asiakasnumero on jo aiemmalla rivillä",
            "Samma kundnummer finns redan på en tidigare rad",
            "The same customer number stands on an earlier row",
        ),
        Text("Jätä asiakkaasta yksi rivi", "Lämna en rad per kund", "Leave one row for the customer"),
    ),
    Reason.NO_NAME: _E(
        Text("Nimi puuttuu", "Namn saknas", "The name is missing"),
        Text(
            "Anna sukunimi ja etunimet tai organisaation nimi",
            "Ange efternamn och förnamn eller organisationens namn",
            "Give surname and first names, or the organisation's name",
        ),
    ),
    Reason.TOO_LONG: _E(
        Text("Arvo on liian pitkä", "Värdet är för långt", "The value is too long"),
        Text(
            "Lyhennä arvo; mitään ei katkaista puolestasi",
            "Förkorta värdet; inget kapas åt dig",
            "Shorten it; nothing is cut for you",
        ),
    ),
    Reason.TOO_SHORT: _E(
        Text("Arvo on liian lyhyt", "Värdet är för kort", "The value is too short"),
        Text("Kirjoita arvo kokonaan", "Skriv ut värdet", "Write it in full"),
    ),
    Reason.FORBIDDEN_CHARACTER: _E(
        Text(
            "Arvossa on kielletty merkki",
            "Värdet innehåller ett otillåtet tecken",
            "The value holds a forbidden character",
        ),
        Text(
            "Poista ohjausmerkit ja näkymättömät merkit; kirjoita arvo uudelleen, jos et näe niitä",
            "Ta bort styrtecken och osynliga tecken; skriv värdet på nytt om du inte ser dem",
            "Remove control characters and signs nobody sees; if you can't see them, type the value anew",
        ),
    ),
    Reason.GARBLED: _E(
        Text(
            "Kirjaimet ovat menneet sekaisin (Ã¤ on ä)",
            "Bokstäverna har förvrängts (Ã¤ är ä)",
            "The letters are garbled (Ã¤ stands for ä)",
        ),
        Text(
            "Tallenna tiedosto uudelleen lähdejärjestelmästä UTF-8-merkistössä, tai korjaa kirjaimet",
            "Spara filen på nytt ur källsystemet i UTF-8, eller rätta bokstäverna",
            "Save the file anew from its own system as UTF-8, or mend the letters",
        ),
    ),
    Reason.FORMULA: _E(
        Text("Solussa on kaava", "Cellen innehåller en formel", "The cell holds a formula"),
        Text("Korvaa kaava sen arvolla", "Ersätt formeln med dess värde", "Replace the formula with its value"),
    ),
    Reason.NOT_A_DATE: _E(
        Text(
            "Päivää ei ole olemassa tai se on kirjoitettu toisin",
            "Datumet finns inte eller är skrivet på annat sätt",
            "There is no such date, or it is written another way",
        ),
        Text(
            "Kirjoita päivä muodossa 31.12.2025 tai 2025-12-31",
            "Skriv datum som 31.12.2025 eller 2025-12-31",
            "Write it as 31.12.2025 or 2025-12-31",
        ),
    ),
    Reason.DATE_OUT_OF_RANGE: _E(
        Text("Päivä ei voi pitää paikkaansa", "Datumet kan inte stämma", "The date cannot be true"),
        Text("Tarkista vuosi", "Kontrollera året", "Check the year"),
    ),
    Reason.HETU_INVALID: _E(
        Text(
            "Henkilötunnus on virheellinen", "Personbeteckningen är felaktig", "The personal identity code is not valid"
        ),
        Text(
            "Tarkista tunnus asiakkaalta; tarkistusmerkki tai päivä ei täsmää",
            "Kontrollera beteckningen med kunden; kontrolltecknet eller datumet stämmer inte",
            "Check it with the customer; its check character or date does not hold",
        ),
    ),
    Reason.HETU_ARTIFICIAL: _E(
        Text(
            "Keinotekoinen henkilötunnus (900–999) ei kelpaa",
            "En artificiell personbeteckning (900–999) godkänns inte",
            "An artificial identity code (900-999) is not accepted",
        ),
        Text(
            "Anna asiakkaan oikea henkilötunnus tai jätä tyhjäksi",
            "Ange kundens riktiga personbeteckning eller lämna tomt",
            "Give the customer's real code or leave it empty",
        ),
    ),
    Reason.HETU_ORDINARY: _E(
        Text(
            "Tässä ympäristössä sallitaan vain keinotekoiset henkilötunnukset (900–999)",
            "I denna miljö tillåts endast artificiella personbeteckningar (900–999)",
            "Only artificial identity codes (900-999) are allowed in this environment",
        ),
        Text(
            "Käytä testihenkilöä; oikean henkilön tietoja ei saa tuoda tänne",
            "Använd en testperson; riktiga personers uppgifter får inte föras in här",
            "Use a test person; a real person's data must not be brought here",
        ),
    ),
    Reason.HETU_CONTRADICTS_BIRTH: _E(
        Text(
            "Syntymäaika ei vastaa henkilötunnusta",
            "Födelsetiden motsvarar inte personbeteckningen",
            "The date of birth contradicts the identity code",
        ),
        Text(
            "Korjaa toinen tai poista syntymäaika",
            "Rätta den ena eller ta bort födelsetiden",
            "Mend one of them, or leave out the date of birth",
        ),
    ),
    Reason.YTUNNUS_INVALID: _E(
        Text("Y-tunnus on virheellinen", "FO-numret är felaktigt", "The business ID is not valid"),
        Text(
            "Tarkista tunnus YTJ:stä; muoto on 1234567-8",
            "Kontrollera numret i FODS; formen är 1234567-8",
            "Check it; the form is 1234567-8",
        ),
    ),
    Reason.POSTCODE_INVALID: _E(
        Text("Postinumero on virheellinen", "Postnumret är felaktigt", "The postcode is not valid"),
        Text(
            "Suomessa viisi numeroa, esim. 00100; ulkomailla anna myös maa",
            "I Finland fem siffror, t.ex. 00100; utomlands ange även land",
            "Five digits in Finland, such as 00100; abroad give the country too",
        ),
    ),
    Reason.COUNTRY_UNKNOWN: _E(
        Text("Maata ei tunneta", "Landet är okänt", "The country is not known"),
        Text(
            "Kirjoita maan nimi tai kaksikirjaiminen koodi, esim. FI, SE, EE",
            "Skriv landets namn eller koden med två bokstäver, t.ex. FI, SE, EE",
            "Write the country's name or two-letter code, such as FI, SE, EE",
        ),
    ),
    Reason.PHONE_INVALID: _E(
        Text("Puhelinnumero on virheellinen", "Telefonnumret är felaktigt", "The phone number is not valid"),
        Text(
            "Kirjoita numero muodossa 040 1234567 tai +358 40 1234567; vain yksi numero kenttään",
            "Skriv som 040 1234567 eller +358 40 1234567; endast ett nummer i fältet",
            "Write it as 040 1234567 or +358 40 1234567; one number to a field",
        ),
    ),
    Reason.EMAIL_INVALID: _E(
        Text("Sähköpostiosoite on virheellinen", "E-postadressen är felaktig", "The e-mail address is not valid"),
        Text(
            "Tarkista osoite; vain yksi osoite kenttään",
            "Kontrollera adressen; endast en adress i fältet",
            "Check it; one address to a field",
        ),
    ),
    Reason.IBAN_INVALID: _E(
        Text(
            "Tilinumero (IBAN) on virheellinen",
            "Kontonumret (IBAN) är felaktigt",
            "The account number (IBAN) is not valid",
        ),
        Text("Tarkista tilinumero asiakkaalta", "Kontrollera kontonumret med kunden", "Check it with the customer"),
    ),
    Reason.CODE_UNKNOWN: _E(
        Text("Arvo ei ole koodiston arvo", "Värdet finns inte i kodlistan", "The value is not in the code list"),
        Text(
            "Käytä tietuekuvauksen koodia tai lisää vastaavuus sarakekuvaukseen",
            "Använd en kod ur postbeskrivningen eller lägg till motsvarigheten i kolumnbeskrivningen",
            "Use a code of the layout, or add the value to the column mapping",
        ),
    ),
    Reason.NOT_YES_OR_NO: _E(
        Text("Arvo ei ole kyllä eikä ei", "Värdet är varken ja eller nej", "The value is neither yes nor no"),
        Text(
            "Kirjoita k tai e, tai jätä tyhjäksi, jos ei tiedetä",
            "Skriv k (ja) eller e (nej), eller lämna tomt om okänt",
            "Write k (yes) or e (no), or leave it empty if not known",
        ),
    ),
    Reason.EADDRESS_INVALID: _E(
        Text(
            "Verkkolaskuosoite on virheellinen", "E-fakturaadressen är felaktig", "The e-invoice address is not valid"
        ),
        Text(
            "Tarkista osoite ja välittäjätunnus Verkkolaskuosoitteistosta",
            "Kontrollera adressen och förmedlarkoden",
            "Check the address and the operator code in the directory",
        ),
    ),
    Reason.PERIOD_REVERSED: _E(
        Text("Jakso päättyy ennen alkuaan", "Perioden slutar före sin början", "The period ends before it begins"),
        Text("Korjaa päivät", "Rätta datumen", "Mend the dates"),
    ),
    Reason.INCOMPLETE: _E(
        Text("Tieto on vajaa", "Uppgiften är ofullständig", "The datum is incomplete"),
        Text(
            "Täydennä puuttuva osa tai jätä koko tieto pois",
            "Komplettera delen som saknas eller utelämna hela uppgiften",
            "Add the missing part, or leave the whole datum out",
        ),
    ),
    Reason.WRONG_KIND: _E(
        Text(
            "Tieto ei kuulu tämän lajiselle asiakkaalle",
            "Uppgiften hör inte till denna kundtyp",
            "The datum does not belong to this kind of customer",
        ),
        Text(
            "Poista arvo, tai korjaa onko asiakas henkilö vai organisaatio",
            "Ta bort värdet eller rätta kundtypen",
            "Remove it, or mend whether the customer is a person or an organisation",
        ),
    ),
    Reason.CELL_COUNT: _E(
        Text(
            "Rivillä on väärä määrä sarakkeita", "Raden har fel antal kolumner", "The row has the wrong number of cells"
        ),
        Text(
            "Tarkista erottimet ja lainausmerkit; työkirjasta tyhjennä solut otsikoiden oikealta puolelta",
            "Kontrollera avgränsare och citattecken; i en arbetsbok, töm cellerna till höger om rubrikerna",
            "Check separators and quotation marks; in a workbook clear the cells to the right of the headings",
        ),
    ),
    Reason.NOT_AN_OBJECT: _E(
        Text("Rivi ei ole JSON-olio", "Raden är inte ett JSON-objekt", "The line is not a JSON object"),
        Text("Korjaa rivin JSON", "Rätta radens JSON", "Mend the JSON of the line"),
    ),
    Reason.UNDECODABLE: _E(
        Text(
            "Rivi ei ole tiedoston merkistöä",
            "Raden följer inte filens teckenkodning",
            "The row is not in the file's encoding",
        ),
        Text("Tallenna tiedosto UTF-8-merkistössä", "Spara filen i UTF-8", "Save the file as UTF-8"),
    ),
    Reason.LINE_TOO_LONG: _E(
        Text("Rivi on liian pitkä", "Raden är för lång", "The line is too long"),
        Text(
            "Tarkista rivinvaihdot ja lainausmerkit",
            "Kontrollera radbrytningar och citattecken",
            "Check line breaks and quotation marks",
        ),
    ),
    Reason.MIXED_IDENTITY: _E(
        Text(
            "Rivin tunnukset kuuluvat kahdelle eri asiakkaalle",
            "Radens identifierare hör till två olika kunder",
            "The identifiers on the row belong to two customers",
        ),
        Text(
            "Ylläpitäjä ratkaisee työjonossa",
            "Underhållaren avgör i arbetskön",
            "A maintainer decides in the work queue",
        ),
    ),
    Reason.CHANGED_IDENTITY: _E(
        Text(
            "Asiakasnumerolla oli aiemmin toinen tunnus",
            "Kundnumret hade tidigare en annan identifierare",
            "The customer number had another identifier before",
        ),
        Text(
            "Ylläpitäjä ratkaisee työjonossa: tunnus vaihtunut vai eri asiakas",
            "Underhållaren avgör i arbetskön: ny beteckning eller en annan kund",
            "A maintainer decides in the work queue: a new code, or another customer",
        ),
    ),
    Reason.NAME_CONTRADICTS: _E(
        Text(
            "Tunnus kuuluu aivan toisen nimiselle asiakkaalle",
            "Identifieraren hör till en kund med helt annat namn",
            "The identifier belongs to a customer of quite another name",
        ),
        Text(
            "Ylläpitäjä ratkaisee työjonossa; tarkista tunnus asiakkaalta",
            "Underhållaren avgör i arbetskön; kontrollera beteckningen med kunden",
            "A maintainer decides in the work queue; check the code with the customer",
        ),
    ),
    Reason.KIND_CONTRADICTS: _E(
        Text(
            "Tunnus tai asiakasnumero kuuluu toisenlajiselle asiakkaalle (henkilö tai organisaatio)",
            "Identifieraren eller kundnumret hör till en kund av annan typ (person eller organisation)",
            "The identifier or customer number belongs to a customer of the other kind (person or organisation)",
        ),
        Text(
            "Ylläpitäjä ratkaisee työjonossa",
            "Underhållaren avgör i arbetskön",
            "A maintainer decides in the work queue",
        ),
    ),
}
