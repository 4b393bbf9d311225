"""What an act in the log is called to the person it concerned, in three languages."""

from __future__ import annotations

from rekisteri.catalogue import Text

ACTS = {
    "customer:search": Text("Haku", "Sökning", "Search"),
    "customer:read": Text("Asiakaskortin katselu", "Läsning av kundkortet", "Look at the card"),
    "customer:history": Text("Historian katselu", "Läsning av historiken", "Look at the history"),
    "customer:unmask": Text("Henkilötunnuksen näyttäminen", "Visning av personbeteckningen", "Identity code shown"),
    "customer:protected": Text(
        "Suojattujen tietojen näyttäminen", "Visning av skyddade uppgifter", "Protected data shown"
    ),
    "customer:create": Text("Asiakkaan lisääminen", "Tillägg av kund", "Customer added"),
    "customer:correct": Text("Tiedon korjaaminen", "Rättelse av uppgift", "Correction"),
    "customer:merge": Text("Yhdistäminen tai erottaminen", "Sammanslagning eller åtskiljande", "Merging or parting"),
    "work:read": Text("Työjonon katselu", "Läsning av arbetskön", "Work queue read"),
    "work:decide": Text("Epäselvän rivin ratkaiseminen", "Avgörande av oklar rad", "Row in doubt decided"),
    "import:run": Text(
        "Asiakasorganisaation aineisto", "Kundorganisationens material", "A client organisation's delivery"
    ),
    "self:read": Text("Omien tietojen katselu", "Läsning av egna uppgifter", "Own data seen"),
    "self:protected": Text(
        "Omien suojattujen tietojen katselu", "Läsning av egna skyddade uppgifter", "Own protected data seen"
    ),
    "self:state": Text("Oma ilmoitus", "Egen anmälan", "Own word"),
    "self:ask": Text("Oma pyyntö", "Egen begäran", "Own request"),
    "self:package": Text("Oman tietopaketin nouto", "Hämtning av eget datapaket", "Own package fetched"),
    "self:represent": Text("Edustusoikeuden tarkistus", "Kontroll av företrädarrätt", "Check of representation"),
    "audit:tell": Text(
        "Tietojen käyttö kerrottu toiselle järjestelmälle",
        "Användningen av uppgifter berättad för ett annat system",
        "Use of data told to another system",
    ),
    "audit:own": Text("Omien lokitietojen katselu", "Läsning av egna logguppgifter", "Own log seen"),
    "disclosure:enter": Text("Luovutuksen kirjaaminen", "Anteckning av utlämnande", "Disclosure entered"),
    "disclosure:give": Text("Lakiin perustuva luovutus", "Utlämnande enligt lag", "Disclosure required by law"),
    "register:upkeep": Text("Rekisterin huolto", "Registrets underhåll", "Upkeep of the register"),
    "register:backup": Text("Varmuuskopion ottaminen", "Säkerhetskopiering", "Making a backup"),
    "register:restore": Text("Varmuuskopion palauttaminen", "Återställning av säkerhetskopia", "Restoring a backup"),
    "feed:deliver": Text(
        "Muutos lähetetty asiakasorganisaation järjestelmään",
        "Ändring skickad till kundorganisationens system",
        "Change sent to a client organisation's system",
    ),
    "feed:read": Text(
        "Asiakasorganisaation järjestelmän muutossyöte",
        "Ändringsflöde till kundorganisationens system",
        "Change feed to a client organisation's system",
    ),
    "rights:package": Text("Tarkastusoikeuden toteuttaminen", "Insynsbegäran uppfylld", "Right of access carried out"),
    "import:read": Text("Tuontien katselu", "Visning av importer", "Reading imports"),
    "directory:import": Text("Yritysluettelon tuonti", "Import av företagskatalog", "Import of a company directory"),
    "directory:read": Text("Yritysluettelojen katselu", "Visning av företagskataloger", "Viewing company directories"),
    "vtj:check": Text(
        "Tarkistus väestötietojärjestelmästä",
        "Kontroll i befolkningsdatasystemet",
        "Check against the population register",
    ),
    "vtj:compare": Text(
        "Väestötietojärjestelmän vastauksen katselu",
        "Läsning av befolkningsdatasystemets svar",
        "The population register's answer seen",
    ),
    "vtj:apply": Text(
        "Väestötietojärjestelmän tietojen ottaminen",
        "Uppgifter övertagna ur befolkningsdatasystemet",
        "Values of the population register taken",
    ),
    "vtj:follow": Text(
        "Muutosten seuraaminen väestötietojärjestelmästä",
        "Ändringar följda i befolkningsdatasystemet",
        "Changes followed in the population register",
    ),
    "vtj:work": Text("VTJ-töiden katselu", "Visning av BDS-uppgifter", "Looking at VTJ tasks"),
    "vtj:decide": Text(
        "VTJ-työn merkitseminen tehdyksi", "Märkning av BDS-uppgift som gjord", "Marking a VTJ task as done"
    ),
    "vtj:status": Text(
        "VTJ-yhteyden tilan katselu", "Visning av BDS-förbindelsens läge", "Looking at the VTJ connection"
    ),
    "vtj:resume": Text("VTJ-yhteyden jatkaminen", "Återupptagande av BDS-förbindelsen", "Resuming the VTJ connection"),
    "bank:import": Text("Pankin aineiston tuonti", "Inläsning av bankmaterial", "Import of a bank's file"),
    "bank:read": Text("Pankkien aineistojen katselu", "Visning av bankmaterial", "Viewing banks' files"),
    "bank:notices": Text("Laskuttajailmoitusten katselu", "Visning av faktureraranmälningar", "Viewing sender notices"),
    "bank:announce": Text(
        "Laskuttajailmoituksen tekeminen", "Upprättande av faktureraranmälan", "Making a sender notice"
    ),
    "bank:exchange": Text(
        "Aineistojen vaihto pankkien kanssa", "Utbyte av material med banker", "Exchange of files with banks"
    ),
    "bank:forget": Text(
        "Pankkien sanomien hävittäminen säilytysajan päätyttyä",
        "Förstöring av bankernas meddelanden efter bevaringstiden",
        "Forgetting banks' messages past their day",
    ),
    "audit:search": Text("Lokin katselu", "Visning av logg", "Reading the log"),
    "audit:extract": Text("Lokiotteen ottaminen", "Uttag ur loggen", "Extracting from the log"),
    "audit:proof": Text("Lokin todisteiden haku", "Hämtning av loggens bevis", "Fetching proofs of the log"),
    "audit:verify": Text("Lokin tarkastaminen", "Kontroll av loggen", "Verifying the log"),
    "audit:witness": Text("Lokin todistajien hallinta", "Hantering av loggens vittnen", "Managing the log's witnesses"),
    "signal:read": Text("Havaintojen katselu", "Visning av iakttagelser", "Viewing signals"),
    "signal:close": Text("Havainnon käsittely", "Behandling av iakttagelse", "Closing a signal"),
    "signal:tune": Text("Valvonnan säätäminen", "Inställning av tillsynen", "Tuning the oversight"),
    "signal:sweep": Text("Lokin läpikäynti", "Genomgång av loggen", "Going through the log"),
    "incident:assess": Text(
        "Tietoturvaloukkauksen selvitys", "Utredning av personuppgiftsincident", "Assessing a data breach"
    ),
    "grant:review": Text("Oikeuksien katselmus", "Granskning av behörigheter", "Review of rights"),
    "review:read": Text(
        "Katselmusten todisteiden katselu", "Visning av granskningarnas bevis", "Viewing evidence of reviews"
    ),
    "emergency:ask": Text("Hätäoikeuden pyytäminen", "Begäran om nödbehörighet", "Asking for an emergency right"),
    "emergency:decide": Text("Hätäoikeuden avaaminen", "Öppnande av nödbehörighet", "Opening an emergency right"),
    "emergency:read": Text(
        "Hätäoikeuksien käytön katselu",
        "Visning av nödbehörigheternas användning",
        "Viewing the use of emergency rights",
    ),
    "emergency:review": Text(
        "Hätäoikeuden käytön tarkastaminen",
        "Granskning av nödbehörighetens användning",
        "Looking through the use of an emergency right",
    ),
    "catalogue:read": Text("Tietuekuvauksen katselu", "Visning av postbeskrivning", "Reading the layout"),
    "notice:read": Text("Selosteen lukeminen", "Läsning av beskrivningen", "Reading the notice"),
    "notice:publish": Text("Selosteen julkaiseminen", "Publicering av beskrivningen", "Publishing the notice"),
    "notice:verify": Text("Selosteen todentaminen", "Kontroll av beskrivningen", "Verifying the notice"),
    "rights:request": Text(
        "Rekisteröidyn pyynnön käsittely", "Behandling av den registrerades begäran", "Data subject's request handled"
    ),
    "rights:ask": Text("Korjauksen pyytäminen", "Begäran om rättelse", "Asking for a correction"),
    "rights:rectify": Text(
        "Pyydetyn korjauksen tekeminen", "Utförande av begärd rättelse", "Making a correction that was asked for"
    ),
    "rights:restrict": Text("Käsittelyn rajoittaminen", "Begränsning av behandlingen", "Restriction of processing"),
    "rights:hold": Text(
        "Tietojen pito oikeusvaateen vuoksi", "Kvarhållning på grund av rättsligt anspråk", "Legal hold"
    ),
    "rights:erase": Text("Tietojen poistaminen", "Radering av uppgifter", "Erasing of data"),
    "retention:read": Text("Säilytyksen katselu", "Läsning av lagringen", "Reading of retention"),
    "retention:run": Text(
        "Poisto säilytysajan päätyttyä", "Gallring efter lagringstiden", "Removal at the end of the time of keeping"
    ),
    "organisation:read": Text("Organisaatioiden katselu", "Visning av organisationer", "Reading organisations"),
    "organisation:manage": Text("Organisaatioiden hallinta", "Hantering av organisationer", "Managing organisations"),
    "reason:read": Text("Laskutusaiheiden katselu", "Visning av faktureringsämnen", "Viewing payment reasons"),
    "reason:manage": Text("Laskutusaiheiden hallinta", "Hantering av faktureringsämnen", "Managing payment reasons"),
    "account:manage": Text("Käyttäjien hallinta", "Hantering av användare", "Managing accounts"),
    "account:own": Text("Oman tunnuksen katselu", "Visning av eget konto", "Viewing one's own account"),
    "account:proof": Text(
        "Oman tunnistautumisen vaihtaminen", "Byte av eget autentiseringssätt", "Changing one's own sign-in"
    ),
    "payer:batch": Text(
        "Maksajien selvittäminen eränä", "Utredning av betalare i en batch", "Resolving who pays, in a batch"
    ),
    "payer:resolve": Text("Maksajan selvittäminen", "Utredning av betalaren", "Resolving who pays"),
    "payer:report": Text(
        "Palaute laskutuksesta ja perinnästä",
        "Återkoppling från fakturering och indrivning",
        "Telling back from invoicing and collection",
    ),
    "payer:receipt": Text(
        "Annetun vastauksen katselu", "Visning av ett givet svar", "Viewing an answer that was given"
    ),
    "payer:receipt-covered": Text(
        "Turvakiellon alaisen vastauksen katselu",
        "Visning av ett svar som omfattas av spärrmarkering",
        "Viewing an answer under a non-disclosure order",
    ),
    "feed:state": Text(
        "Luovutusten tilan katselu", "Läsning av hur mottagarna har underrättats", "State of recipients read"
    ),
    "feed:gather": Text(
        "Luovutettavien muutosten keruu", "Insamling av ändringar till mottagare", "Changes gathered for recipients"
    ),
    "feed:secret": Text(
        "Vastaanottajan salaisuuden näyttäminen", "Visning av mottagarens hemlighet", "Recipient's secret shown"
    ),
    "feed:again": Text("Lähettäminen uudelleen", "Sändning på nytt", "Sending again"),
    "connection:read": Text("Yhteyksien katselu", "Visning av anslutningar", "View connections"),
    "connection:open": Text("Yhteyden avaaminen", "Öppnande av anslutning", "Open a connection"),
    "correction:compare": Text(
        "Korjausten vertaaminen lähteisiin",
        "Jämförelse av rättelser med källorna",
        "Corrections compared with their sources",
    ),
    "disclosure:read": Text(
        "Luovutusrekisterin katselu", "Läsning av registret över utlämnanden", "Register of disclosures read"
    ),
    "disclosure:agree": Text("Luovutuksen hyväksyminen", "Godkännande av utlämnande", "Disclosure agreed to"),
    "subject:identify": Text(
        "Rekisteröidyn tunnistaminen", "Identifiering av en registrerad", "Identifying a data subject"
    ),
    "keys:read": Text("Avainten tilan katselu", "Visning av nycklarnas tillstånd", "View the state of keys"),
    "keys:turn": Text("Avaimen vaihtaminen", "Byte av nyckel", "Turn a key"),
    "session:open": Text("Kirjautuminen sisään", "Inloggning", "Signing in"),
    "session:close": Text("Kirjautuminen ulos", "Utloggning", "Signing out"),
}
"""Acts in plain words, by the names of actions: every action there is."""
