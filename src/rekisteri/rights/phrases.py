"""What the documents say in words: Finnish, Swedish, English, each sentence once.

Facts stand in the catalogue and in the operator's own file; here is only what ties them
together. Plain language: a person reads these of themselves.
"""

from __future__ import annotations

from rekisteri.catalogue import Disclosure, Purpose, Retention, Role, Text

DESCRIPTION_TITLE = Text("Tietosuojaseloste", "Dataskyddsbeskrivning", "Register description")
NOTICE_TITLE = Text("Tietosuojailmoitus", "Dataskyddsinformation", "Privacy notice")
RECORD_TITLE = Text(
    "Seloste käsittelytoimista ja tietovarannon kuvaus",
    "Register över behandling och beskrivning av informationslagret",
    "Record of processing and description of the information pool",
)

CONTROLLER = Text("Rekisterinpitäjä", "Personuppgiftsansvarig", "Controller")
CONTACT = Text("Yhteyshenkilö rekisteriä koskevissa asioissa", "Kontaktperson i registerärenden", "Contact person")
OFFICER = Text("Tietosuojavastaava", "Dataskyddsombud", "Data protection officer")
REGISTER_NAME = Text("Rekisterin nimi", "Registrets namn", "Name of the register")
PURPOSE = Text("Käsittelyn tarkoitus", "Ändamål med behandlingen", "Purpose of processing")
CONTENT = Text("Rekisterin tietosisältö", "Registrets datainnehåll", "Content of the register")
SOURCES = Text("Tietolähteet", "Informationskällor", "Sources")
DISCLOSURES = Text("Säännönmukaiset luovutukset", "Regelmässiga utlämnanden", "Regular disclosures")
TRANSFERS = Text(
    "Siirto EU:n tai ETA:n ulkopuolelle", "Överföring utanför EU eller EES", "Transfers outside the EU or EEA"
)
PROTECTION = Text("Rekisterin suojaus", "Skydd av registret", "Protection of the register")
ACCESS = Text("Tarkastusoikeus", "Rätt till insyn", "Right of access")
RECTIFICATION = Text("Tiedon korjaaminen", "Rättelse av uppgifter", "Rectification")
OTHER = Text("Muut oikeudet", "Övriga rättigheter", "Other rights")
RECIPIENTS = Text("Tietojen vastaanottajat", "Mottagare av uppgifter", "Recipients")
KEPT = Text("Säilytysaika", "Lagringstid", "How long data is kept")
RIGHTS = Text("Oikeutesi", "Dina rättigheter", "Your rights")
COMPLAIN = Text("Valitusoikeus", "Rätt att klaga", "Right to complain")
CONSENT = Text("Suostumus", "Samtycke", "Consent")
DUTY = Text("Onko tiedot pakko antaa", "Måste uppgifterna lämnas", "Whether data must be given")
DECISIONS = Text("Automaattinen päätöksenteko", "Automatiserat beslutsfattande", "Automated decisions")
POOL = Text("Tietovaranto", "Informationslager", "Information pool")
CONNECTIONS = Text("Ilmoitetut yhteydet", "Anmälda förbindelser", "Declared connections")

NAME = Text("Nimi", "Namn", "Name")
YTUNNUS = Text("Y-tunnus", "FO-nummer", "Business ID")
ADDRESS = Text("Osoite", "Adress", "Address")
PHONE = Text("Puhelin", "Telefon", "Telephone")
EMAIL = Text("Sähköposti", "E-post", "E-mail")
COUNTRY = Text("Maa", "Land", "Country")
ITEM = Text("Tieto", "Uppgift", "Item")
NEED = Text("Mihin tarvitaan", "Varför den behövs", "Why it is needed")
OF_WHOM = Text("Kenestä", "Om vem", "Of whom")
READERS = Text("Kuka näkee", "Vem ser", "Who sees it")
COVERED = Text("Turvakielto suojaa", "Skyddas av spärrmarkering", "Covered by non-disclosure")
GROUND = Text("Säilytyksen peruste", "Grund för lagringen", "Ground of keeping")
YES = Text("Kyllä", "Ja", "Yes")
NO = Text("Ei", "Nej", "No")

PURPOSE_TOLD = Text(
    "Rekisterillä ylläpidetään palvelukeskuksen keskitettyä asiakasrekisteriä laskutusta ja perintää varten. Muuhun sitä ei käytetä.",
    "Med registret upprätthålls servicecentralens centraliserade kundregister för fakturering och indrivning. Det används inte till annat.",
    "The register upholds the service centre's centralised customer register for invoicing and debt collection. It is used for nothing else.",
)
CONTENT_TOLD = Text(
    "Asiakkaasta tallennetaan vain se, mitä laskutus ja perintä tarvitsevat. Mitä tässä ei luetella, sitä ei tallenneta, vaikka lähde sen lähettäisi.",
    "Om en kund lagras endast det som fakturering och indrivning kräver. Det som inte räknas upp här lagras inte, även om en källa skulle skicka det.",
    "Of a customer only what invoicing and collection need is recorded. What is not listed here is not recorded, even if a source sends it.",
)
SUBJECTS_TOLD = Text(
    "Rekisteröidyt ovat asiakasorganisaatioiden maksajia: henkilöitä, heidän edustajiaan ja organisaatioita.",
    "De registrerade är kundorganisationernas betalare: personer, deras företrädare och organisationer.",
    "The data subjects are the client organisations' payers: persons, those who represent them, and organisations.",
)
NO_DISCLOSURES = Text(
    "Tietoja ei luovuteta säännönmukaisesti.",
    "Uppgifter lämnas inte ut regelmässigt.",
    "There are no regular disclosures.",
)
ONE_OFF = Text(
    "Lakiin perustuva yksittäinen luovutus kirjataan ennen luovuttamista: kenelle, mitä, millä perusteella ja kuka luovutti.",
    "Ett enskilt utlämnande som grundar sig på lag antecknas innan det sker: till vem, vad, på vilken grund och av vem.",
    "A single disclosure required by law is recorded before it is made: to whom, what, on which ground, and by whom.",
)
RECIPIENTS_TOLD = Text(
    "Tietoja käsittelevät palvelukeskus ja se asiakasorganisaatio, jonka asiakas olet, sekä järjestelmät, jotka laskuttavat tai perivät niiden lukuun.",
    "Uppgifterna behandlas av servicecentralen och den kundorganisation vars kund du är, samt av system som fakturerar eller driver in för deras räkning.",
    "Data is processed by the service centre and the client organisation whose customer you are, and by systems that invoice or collect on their behalf.",
)
SYSTEMS = Text(
    "Asiakasorganisaatioiden järjestelmät, jotka saavat tietoja",
    "Kundorganisationernas system som får uppgifter",
    "Systems of client organisations that are told of customers",
)
SYSTEMS_TOLD = Text(
    "Rekisterinpitäjän lukuun laskuttavat ja perivät järjestelmät saavat vain oman asiakasorganisaationsa asiakkaista alla luetellut tiedot, asiakasnumeron ja tiedon turvakiellosta. Muille ei kerrota mitään.",
    "De system som fakturerar och driver in för den personuppgiftsansvariges räkning får endast de nedan uppräknade uppgifterna om sin egen kundorganisations kunder, kundnumret och uppgift om spärrmarkering. Ingen annan får veta något.",
    "The systems that invoice and collect on the controller's behalf are told the items listed below, the customer number and whether a non-disclosure order is in force, of their own client organisation's customers alone. Nobody else is told anything.",
)
LAWFUL = Text("Peruste", "Grund", "Ground")
ITEMS = Text("Tiedot", "Uppgifter", "Items")
CLIENT = Text("Asiakasorganisaatio", "Kundorganisation", "Client organisation")
NO_TRANSFERS = Text(
    "Tietoja ei siirretä EU:n tai Euroopan talousalueen ulkopuolelle. Jokaisen yhteyden maa on ilmoitettu ja tarkistetaan.",
    "Uppgifter överförs inte utanför EU eller Europeiska ekonomiska samarbetsområdet. Landet för varje förbindelse är anmält och kontrolleras.",
    "Nothing is transferred outside the EU or the European Economic Area. The country of every connection is declared and checked.",
)
MANUAL = Text(
    "A. Manuaalista aineistoa ei käsitellä. Tiedot päivitetään liittymillä ja asiakasorganisaatioiden kautta.",
    "A. Manuellt material behandlas inte. Uppgifterna uppdateras genom gränssnitt och via kundorganisationerna.",
    "A. No manual material is processed. Data is updated by integrations and through the client organisations.",
)
COMPUTER = Text(
    "B. Tietoja käytetään ja säilytetään suljetussa ympäristössä. Pääsy on rajattu järjestelmän käyttöoikeudella ja rooleilla; asiakasorganisaatio näkee vain omat asiakkaansa. Jokainen katselu ja muutos nimeää käyttötarkoituksensa ja jää lokiin. Tunnukset ja suojatut yhteystiedot on salattu.",
    "B. Uppgifterna används och förvaras i en sluten miljö. Åtkomsten är begränsad genom systemrättigheter och roller; en kundorganisation ser endast sina egna kunder. Varje läsning och ändring anger sitt ändamål och loggas. Beteckningar och skyddade kontaktuppgifter är krypterade.",
    "B. Data is used and kept in a closed environment. Access is limited by system rights and roles; a client organisation sees its own customers only. Every look and every change names its purpose and is logged. Identity codes and protected contact data are encrypted.",
)
NON_DISCLOSURE = Text(
    "Turvakiellon alaiset osoite- ja yhteystiedot pidetään erillään omalla avaimella. Jos turvakieltoa ei ole selvitetty, toimitaan kuin se olisi voimassa.",
    "Adress- och kontaktuppgifter under spärrmarkering hålls åtskilda under en egen nyckel. Är spärrmarkeringen inte utredd handlar man som om den gällde.",
    "Addresses and contact data under a non-disclosure order are kept apart under a key of their own. Where the order is not known, it is treated as in force.",
)
ACCESS_TOLD = Text(
    "Voit tarkastaa tietosi henkilökohtaisesti tai kirjallisesti pyytämällä. Tarkastus toteutetaan heti. Rekisterissä ei ole tietoja, jotka jäisivät tarkastusoikeuden ulkopuolelle.",
    "Du kan kontrollera dina uppgifter genom att be om det personligen eller skriftligen. Begäran uppfylls genast. Registret innehåller inga uppgifter som undantas från rätten till insyn.",
    "You may inspect your data by asking in person or in writing. It is carried out at once. The register holds nothing that is exempt from the right of access.",
)
ACCESS_WHERE = Text(
    "Pyynnön voi osoittaa yhteyshenkilölle:",
    "Begäran riktas till kontaktpersonen:",
    "Send the request to the contact person:",
)
RECTIFICATION_TOLD = Text(
    "Virheellinen asiakas- tai laskutustieto korjataan. Ylläpitäjä korjaa havaitsemansa virheen heti; laskuttaja voi pyytää ylläpitäjältä korjausta heti virheen havaittuaan; voit pyytää korjausta itse. Väärä tieto jää historiaan korjatuksi merkittynä, ja tiedon saaneille ilmoitetaan.",
    "Felaktiga kund- och faktureringsuppgifter rättas. Underhållaren rättar genast fel som hen upptäcker; en fakturerare kan genast be underhållaren om rättelse; du kan själv begära rättelse. Den felaktiga uppgiften finns kvar i historiken, märkt som rättad, och mottagarna underrättas.",
    "Wrong customer or invoicing data is corrected. Maintainers correct the errors they notice at once; invoicers may ask the maintainers for a correction as soon as they notice one; you may ask yourself. The wrong value stays in history, marked as corrected, and recipients are told.",
)
OTHER_TOLD = Text(
    "Sinulla on oikeus saada tietoa käsittelystä, pyytää käsittelyn rajoittamista, vastustaa käsittelyä ja pyytää tietojen poistamista siltä osin kuin laki ei velvoita säilyttämään niitä.",
    "Du har rätt att få information om behandlingen, begära begränsning, göra invändningar och begära radering till den del lagen inte förpliktar till lagring.",
    "You have the right to be informed, to have processing restricted, to object, and to have data erased as far as no law obliges to keep it.",
)
COMPLAINT = Text(
    "Jos katsot, että tietojasi käsitellään lain vastaisesti, voit valittaa tietosuojavaltuutetulle.",
    "Om du anser att dina uppgifter behandlas i strid med lag kan du klaga hos dataombudsmannen.",
    "If you consider that your data is processed against the law, you may complain to the Data Protection Ombudsman.",
)
NO_PORTABILITY = Text(
    "Oikeus siirtää tiedot järjestelmästä toiseen ei koske lakisääteistä käsittelyä.",
    "Rätten att överföra uppgifter från ett system till ett annat gäller inte lagstadgad behandling.",
    "The right to data portability does not apply to processing based on law.",
)
NO_CONSENT = Text(
    "Käsittely ei perustu suostumukseen, joten peruttavaa suostumusta ei ole.",
    "Behandlingen grundar sig inte på samtycke, så det finns inget samtycke att återkalla.",
    "Processing is not based on consent, so there is no consent to withdraw.",
)
DUTY_TOLD = Text(
    "Laskun vastaanottamiseen tarvittavat tiedot saadaan laista johtuen viranomaisten rekistereistä ja asiakasorganisaatioilta. Yhteystietojen ja toivotun laskutuskanavan antaminen on vapaaehtoista; ilman niitä lasku tulee postissa.",
    "Uppgifter som behövs för fakturan fås enligt lag från myndigheters register och kundorganisationerna. Det är frivilligt att lämna kontaktuppgifter och önskad faktureringskanal; utan dem kommer fakturan per post.",
    "What an invoice needs is obtained by law from the authorities' registers and the client organisations. Giving contact data and the channel you wish for is voluntary; without them the invoice comes by post.",
)
NO_DECISIONS = Text(
    "Rekisteri ei tee automaattisia päätöksiä eikä profiloi.",
    "Registret fattar inga automatiserade beslut och profilerar inte.",
    "The register makes no automated decisions and does no profiling.",
)
POOL_TOLD = Text(
    "Yksi keskitetty rekisteri kaikille palvelukeskuksen asiakasorganisaatioille; jokaisen tiedon lähde, aika ja koko historia säilyvät.",
    "Ett centralt register för servicecentralens alla kundorganisationer; källa, tid och hela historiken för varje uppgift bevaras.",
    "One central register for every client organisation of the service centre; the source, the time and the whole history of each value are kept.",
)

PACKAGE_TITLE = Text(
    "Tietosi asiakasrekisterissä", "Dina uppgifter i kundregistret", "Your data in the customer register"
)
WHO = Text("Kenestä", "Om vem", "Whose data")
KIND = Text("Laji", "Slag", "Kind")
REGISTER_ID = Text("Rekisteritunnus", "Registerbeteckning", "Register id")
DATA = Text(
    "Kaikki tiedot lähteineen ja aikoineen", "Alla uppgifter med källor och tider", "All data, with sources and times"
)
DATA_TOLD = Text(
    "Jokainen tieto, joka sinusta on koskaan sanottu ja joka yhä säilytetään: kuka sanoi, mistä päivästä se on voimassa ja milloin rekisteri tiesi sen. Uudempi sana tulee vanhemman jälkeen. Samana toistettu tieto kerrotaan kerran.",
    "Varje uppgift som någonsin har sagts om dig och som ännu lagras: vem sade den, från vilken dag den gäller och när registret kände till den. Ett nyare ord kommer efter ett äldre. Samma uppgift upprepad berättas en gång.",
    "Every value that was ever said of you and is still kept: who said it, from which day it holds, and when the register knew it. A newer word comes after an older one. The same value said again is told once.",
)
VALUE = Text("Tieto", "Uppgift", "Value")
SOURCE = Text("Kuka sanoo", "Vem säger", "Who says so")
HOLDS = Text("Voimassa", "Gäller", "Holds")


def put_right(on: str, withdrawn_on: str) -> Text:
    """That a value was wrong and was put right by hand; since which day the correction no longer holds, if it does not."""
    told = (f"väärä tieto, korjattu {on}", f"felaktig uppgift, rättad {on}", f"wrong value, corrected on {on}")
    if not withdrawn_on:
        return Text(*told)
    ends = (
        f"; korjaus päättyi {withdrawn_on}",
        f"; rättelsen upphörde {withdrawn_on}",
        f"; correction ended on {withdrawn_on}",
    )
    return Text(*(text + end for text, end in zip(told, ends, strict=True)))


RECORDED = Text("Rekisterissä", "I registret", "In the register")
CUSTOMERSHIPS = Text(
    "Asiakkuudet ja muut tietueet", "Kundförhållanden och andra poster", "Customerships and other records"
)
NUMBER = Text("Numero", "Nummer", "Number")
SINCE = Text("Alkaen", "Från och med", "Since")
UNTIL = Text("Päättynyt", "Upphört", "Ended")
JUDGEMENTS = Text("Mitkä tietueet ovat sinun", "Vilka poster som är dina", "Which records are yours")
JUDGEMENTS_TOLD = Text(
    "Milloin ja millä perusteella eri lähteiden tietueet on katsottu samaksi tai eri asiakkaaksi.",
    "När och på vilken grund olika källors poster har ansetts vara samma eller olika kund.",
    "When and on which grounds records of different sources were held to be the same customer, or not.",
)
VERDICT = Text("Ratkaisu", "Avgörande", "Judgement")
GROUNDS = Text("Peruste", "Grund", "Grounds")
WORK = Text("Epäselvät rivit", "Oklara rader", "Rows in doubt")
WORK_TOLD = Text(
    "Rivit, joita on verrattu tietoihisi, koska ne olivat ristiriidassa. Rivin sisältö voi olla jonkun toisen, joten sitä ei näytetä.",
    "Rader som har jämförts med dina uppgifter för att de var motstridiga. Radens innehåll kan vara någon annans och visas därför inte.",
    "Rows that were compared with your data because they contradicted it. What a row says may be somebody else's and is not shown.",
)
DECISION = Text("Ratkaistu", "Avgjord", "Decided")
REQUESTS_TITLE = Text("Pyynnöt", "Begäranden", "Requests")
WHEN = Text("Milloin", "När", "When")
WHAT = Text("Mitä", "Vad", "What")
HOW = Text("Miten", "Hur", "How")
OUTCOME = Text("Tulos", "Resultat", "Outcome")
OPEN = Text("Kesken", "Pågår", "Open")
NOTHING = Text("Ei mitään.", "Ingenting.", "Nothing.")
BANKS = Text(
    "Pankkien viestit tilauksistasi", "Bankernas meddelanden om dina beställningar", "Banks' messages about your orders"
)
BANKS_TOLD = Text(
    "Pankissa tekemäsi e-lasku- ja suoramaksutilaukset tulevat rekisteriin pankin viesteinä. Voimassa olevat tilaukset ovat tietojesi joukossa.",
    "De beställningar av e-faktura och direktbetalning som du gjort i banken kommer till registret som bankens meddelanden. De gällande finns bland dina uppgifter.",
    "The e-invoice and direct-payment orders you made at the bank come to the register as the bank's messages. Those in force are among your data.",
)
BANK = Text("Pankki", "Bank", "Bank")
BANKED = {
    "add": Text("Tilaus", "Beställning", "Order"),
    "change": Text("Muutos", "Ändring", "Change"),
    "delete": Text("Päättäminen", "Upphörande", "Ending"),
    "proposal": Text("Ehdotus pankille", "Förslag till banken", "Proposal to the bank"),
    "initiation": Text("Suoraveloitusvaltuutus", "Direktdebiteringsfullmakt", "Direct debit mandate"),
    "amendment": Text(
        "Suoraveloitusvaltuutuksen muutos",
        "Ändring av direktdebiteringsfullmakt",
        "Amendment of a direct debit mandate",
    ),
    "cancellation": Text(
        "Suoraveloitusvaltuutuksen peruutus",
        "Annullering av direktdebiteringsfullmakt",
        "Cancellation of a direct debit mandate",
    ),
    "acceptance": Text(
        "Vastaus suoraveloitusvaltuutukseen", "Svar på direktdebiteringsfullmakt", "Answer to a direct debit mandate"
    ),
    "matched": Text("yhdistetty sinuun", "förenat med dig", "matched to you"),
    "held": Text("odottaa ratkaisua", "väntar på avgörande", "waits for a decision"),
    "waiting": Text("odottaa toista viestiä", "väntar på ett annat meddelande", "waits for another message"),
    "overtaken": Text("uudempi viesti korvasi", "ersattes av ett nyare", "overtaken by a newer one"),
    "rejected": Text("hylätty", "förkastat", "rejected"),
    "ready": Text("valmis lähetettäväksi", "klart att sändas", "ready"),
    "sent": Text("lähetetty", "sänt", "sent"),
    "requested": Text("odottaa pankin vahvistusta", "väntar på bankens bekräftelse", "waits for the bank's acceptance"),
    "active": Text("voimassa", "gäller", "in force"),
    "cancelled": Text("peruttu", "annullerad", "cancelled"),
    "unknown": Text("odottaa toista viestiä", "väntar på ett annat meddelande", "waits for another message"),
    "accepted": Text("hyväksytty", "godkänt", "accepted"),
    "refused": Text("evätty", "avslaget", "refused"),
}
ANSWERS = Text(
    "Kenelle on kerrottu, kuka maksaa ja mihin lasku lähtee",
    "Vem har fått veta vem som betalar och vart fakturan går",
    "Who was told who pays and where the bill goes",
)
ANSWERS_TOLD = Text(
    "Jokainen vastaus, jonka perusteella lasku tai maksukehotus on voitu lähettää. Kuitin tunnuksella sama vastaus voidaan näyttää uudelleen.",
    "Varje svar enligt vilket en faktura eller betalningsuppmaning har kunnat skickas. Med kvittots beteckning kan samma svar visas på nytt.",
    "Every answer by which a bill or a payment demand may have been sent. By the receipt's id the same answer can be shown again.",
)
RECEIPT = Text("Kuitti", "Kvitto", "Receipt")
SENT = Text(
    "Mille järjestelmille tietojasi on lähetetty",
    "Till vilka system dina uppgifter har skickats",
    "Systems your data was sent to",
)
SENT_TOLD = Text(
    "Jokainen lähetys asiakasorganisaation laskutus- tai perintäjärjestelmään: milloin, mistä syystä ja mitä tietoja. Lähetettyjä arvoja ei säilytetä.",
    "Varje sändning till en kundorganisations fakturerings- eller indrivningssystem: när, varför och vilka uppgifter. De sända värdena bevaras inte.",
    "Every sending to a client organisation's invoicing or collection system: when, why and which items. The values sent are not kept.",
)
REPORTS_TITLE = Text(
    "Mitä laskutus ja perintä ovat kertoneet",
    "Vad fakturering och indrivning har berättat",
    "What invoicing and collection have told",
)
REPORTS = {
    "mail_returned": Text("Posti palautui", "Posten returnerades", "Mail came back"),
    "channel_refused": Text(
        "Laskutuskanava ei toiminut", "Faktureringskanalen fungerade inte", "The channel did not work"
    ),
    "wrong_person": Text("Väärä henkilö", "Fel person", "Wrong person"),
    "no_route_protected": Text(
        "Ei tietä perille: turvakielto", "Ingen väg fram: spärrmarkering", "No route: non-disclosure"
    ),
    "no_custodian": Text("Huoltajaa ei tunneta", "Vårdnadshavaren är okänd", "No custodian is known"),
    "guardian_unclear": Text("Edunvalvonta on epäselvä", "Intressebevakningen är oklar", "Guardianship is unclear"),
    "guardian_unreachable": Text(
        "Edunvalvojaa ei tavoiteta", "Intressebevakaren nås inte", "The guardian is not reached"
    ),
}
NOTICES_SHOWN = Text("Sinulle näytetyt selosteet", "Beskrivningar som visats för dig", "Notices you were shown")
VERSION = Text("Versio", "Version", "Version")
LOOKS = Text(
    "Kuka on katsonut tietojasi ja miksi", "Vem har sett dina uppgifter och varför", "Who looked at your data, and why"
)
LOOKS_TOLD = Text(
    "Jokainen haku, katselu, muutos ja ajo, jossa tietojasi käytettiin. Käyttötarkoitus ja organisaatio kerrotaan, työntekijän nimeä ei.",
    "Varje sökning, läsning, ändring och körning där dina uppgifter användes. Ändamålet och organisationen berättas, inte den anställdas namn.",
    "Every search, look, change and run in which your data was used. The purpose and the organisation are told, the employee's name is not.",
)
BY_WHOM = Text("Mikä organisaatio", "Vilken organisation", "Which organisation")
REMARK = Text("Huomautus", "Anmärkning", "Remark")
CENTRE = Text("Palvelukeskus", "Servicecentralen", "The service centre")
WITHHELD = Text("(tieto salattu)", "(uppgiften hemlig)", "(withheld)")
WITHHELD_TITLE = Text("Mitä ei kerrota ja miksi", "Vad som inte berättas och varför", "What is withheld, and why")
WITHHELD_EMPLOYEES = Text(
    "Tietojasi katsoneiden työntekijöiden nimiä ei kerrota (unionin tuomioistuin C-579/21).",
    "Namnen på de anställda som sett dina uppgifter berättas inte (EU-domstolen C-579/21).",
    "The names of employees who looked at your data are not told (Court of Justice C-579/21).",
)
WITHHELD_CODES = Text(
    "Muiden henkilötunnukset on peitetty.",
    "Andras personbeteckningar är maskerade.",
    "Other people's identity codes are masked.",
)
YOURSELF = Text("Sinä itse", "Du själv", "You yourself")
REPRESENTATIVE = Text("Edustajasi", "Din företrädare", "Your representative")
DISCLOSED = Text(
    "Lakiin perustuvat yksittäiset luovutukset",
    "Enskilda utlämnanden som grundar sig på lag",
    "Single disclosures required by law",
)
TO_WHOM = Text("Kenelle", "Till vem", "To whom")
LEDGER_TITLE = Text("Luovutusrekisteri", "Register över utlämnanden", "Register of disclosures")
DECIDED = Text("Päätetty", "Beslutat", "Decided")
GIVEN = Text("Luovutettu", "Utlämnat", "Given")
CUSTOMERS = Text("Asiakkaita", "Kunder", "Customers")
WITHHELD_REPRESENTED = Text(
    "Paketti on tehty edustajalle: huoltajien, edunvalvojien ja muiden ihmisten tietoja ei ole mukana, eikä suojattuja yhteystietoja. Henkilö itse saa ne pyytämällä.",
    "Paketet har gjorts för en företrädare: uppgifter om vårdnadshavare, intressebevakare och andra människor ingår inte, inte heller skyddade kontaktuppgifter. Personen själv får dem på begäran.",
    "This package was made for a representative: data of custodians, guardians and other people is not in it, nor protected contact data. The person gets them by asking.",
)
WITHHELD_PROTECTED = Text(
    "Huoltajaa tai edunvalvojaa ei nimetä eikä hänen yhteystietojaan kerrota, jos hän ei enää edusta sinua, jos turvakielto suojaa häntä tai jos turvakieltoa ei ole selvitetty.",
    "En vårdnadshavare eller intressebevakare namnges inte och kontaktuppgifterna berättas inte, om hen inte längre företräder dig, om hen skyddas av spärrmarkering eller om spärrmarkeringen inte är utredd.",
    "A custodian or guardian who no longer represents you, is under a non-disclosure order, or whose order is not known, is not named, and how to reach them is not told.",
)
ORDER_STATES = {
    Disclosure.ON: Text(
        "Voimassa: oma tai samaan talouteen kuuluvan",
        "I kraft: egen eller någons i hushållet",
        "In force: your own or of your household",
    ),
    Disclosure.OFF: Text("Ei ole", "Finns inte", "None"),
    Disclosure.UNKNOWN: Text(
        "Ei selvitetty: toimitaan kuin se olisi voimassa",
        "Inte utredd: behandlas som om den gällde",
        "Not known: treated as in force",
    ),
}
VERDICTS = {
    "same": Text("Sama asiakas", "Samma kund", "The same customer"),
    "not_same": Text("Eri asiakas", "En annan kund", "Another customer"),
    "unsure": Text("Epävarma", "Osäkert", "Not certain"),
}
REQUESTS = {
    "access": Text("Tietojen tarkastaminen", "Insyn i uppgifter", "Access"),
    "rectification": Text("Tiedon korjaaminen", "Rättelse av uppgift", "Rectification"),
    "restriction": Text("Käsittelyn rajoittaminen", "Begränsning av behandling", "Restriction"),
    "objection": Text("Käsittelyn vastustaminen", "Invändning mot behandling", "Objection"),
    "erasure": Text("Tietojen poistaminen", "Radering av uppgifter", "Erasure"),
}
CHANNELS = {
    "in_person": Text("Henkilökohtaisesti", "Personligen", "In person"),
    "in_writing": Text("Kirjallisesti", "Skriftligen", "In writing"),
    "self_service": Text("Omassa asioinnissa", "I egen ärendehantering", "In self-service"),
    "invoicer": Text("Laskuttajan pyyntö", "Fakturerarens begäran", "By an invoicer"),
}
OUTCOMES = {
    "fulfilled": Text("Toteutettu", "Uppfylld", "Fulfilled"),
    "refused": Text("Evätty", "Avslagen", "Refused"),
    "withdrawn": Text("Peruttu", "Återtagen", "Withdrawn"),
}
USES = {
    Purpose.INVOICING: Text(
        "Kuka maksaa, mihin osoitteeseen ja mitä kanavaa pitkin lasku lähetetään",
        "Vem som betalar, till vilken adress och genom vilken kanal fakturan skickas",
        "Who pays, at which address, and by which channel the invoice goes",
    ),
    Purpose.COLLECTION: Text(
        "Kuka vastaa saatavasta, miten hänet tavoittaa ja saako perintää jatkaa",
        "Vem som svarar för fordran, hur hen nås och om indrivningen får fortsätta",
        "Who answers for the claim, how they are reached, and whether collection may go on",
    ),
}

ROLES_DO = {
    Role.MAINTAINER: Text(
        "pitää tiedot oikeina: haku, korjaus, tarkistus väestötietojärjestelmästä, yhdistäminen ja erottaminen",
        "håller uppgifterna riktiga: sökning, rättelse, kontroll mot befolkningsdatasystemet, sammanslagning och åtskiljande",
        "keeps the data right: search, correction, check against the population register, merging and parting",
    ),
    Role.INVOICER: Text(
        "näkee oman organisaationsa asiakkaat laskutusta varten",
        "ser sin egen organisations kunder för fakturering",
        "sees the customers of their own organisation, for invoicing",
    ),
    Role.COLLECTOR: Text(
        "näkee oman organisaationsa asiakkaat perintää varten",
        "ser sin egen organisations kunder för indrivning",
        "sees the customers of their own organisation, for collection",
    ),
    Role.INTEGRATION: Text(
        "asiakasorganisaation laskutus- tai perintäjärjestelmä",
        "kundorganisationens fakturerings- eller indrivningssystem",
        "a client organisation's invoicing or collection system",
    ),
    Role.OFFICER: Text(
        "valvoo käsittelyä ja hoitaa rekisteröityjen pyynnöt",
        "övervakar behandlingen och sköter de registrerades begäranden",
        "watches over processing and handles the data subjects' requests",
    ),
    Role.AUDITOR: Text("tarkastaa lokia", "granskar loggen", "examines the log"),
    Role.ADMINISTRATOR: Text(
        "hallitsee käyttöoikeuksia; ei näe asiakkaita",
        "hanterar användarrättigheter; ser inga kunder",
        "manages rights of use; sees no customers",
    ),
    Role.SUBJECT: Text(
        "näkee omat tietonsa vahvan tunnistuksen jälkeen",
        "ser sina egna uppgifter efter stark autentisering",
        "sees their own data after strong identification",
    ),
}


def years(count: int) -> Text:
    """A number of years, in words."""
    if count == 1:
        return Text("1 vuosi", "1 år", "1 year")
    return Text(f"{count} vuotta", f"{count} år", f"{count} years")


def kept(one: Retention) -> Text:
    """How long a class is kept, in words."""
    if one.years and not one.months:
        return years(one.years)
    return Text(f"{one.length} kk", f"{one.length} mån.", f"{one.length} months")


def vtj(permission: str) -> Text:
    """The population register and its permission; register description § 9 A."""
    return Text(
        f"Ylläpitäjät voivat tarvittaessa tarkistaa ja korjata virheellisiä tietoja väestötietojärjestelmästä (lupa {permission}).",
        f"Underhållarna kan vid behov kontrollera och rätta felaktiga uppgifter mot befolkningsdatasystemet (tillstånd {permission}).",
        f"Maintainers may where needed check and correct faulty data against the population register (permission {permission}).",
    )


def bulk(customers: int) -> Text:
    """That an act touched many customers at once."""
    return Text(
        f"Ajo tai luettelo, {customers} asiakasta",
        f"Körning eller lista, {customers} kunder",
        f"A run or a list of {customers} customers",
    )
