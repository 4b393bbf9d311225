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
}
"""Acts in plain words, by the names of actions."""
