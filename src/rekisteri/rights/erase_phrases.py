"""Erasure in words: the answer, the duties, the certificate; Finnish, Swedish, English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rekisteri.catalogue import Text

_T = Text
HOLD_LABEL = _T("Oikeusvaade", "Rättsligt anspråk", "Legal claim")
HOLD_GROUND = _T("tietosuoja-asetus 17 artikla 3 e", "dataskyddsförordningen artikel 17.3 e", "GDPR art. 17(3)(e)")
REFUSED = _T(
    "Tietoja ei voi poistaa, koska laki velvoittaa säilyttämään ne (tietosuoja-asetus 17 artikla 3 b).",
    "Uppgifterna kan inte raderas, för lagen förpliktar till lagring (dataskyddsförordningen artikel 17.3 b).",
    "The data can't be erased, because the law binds to keep it (GDPR art. 17(3)(b)).",
)
DONE_WHOLE = _T(
    "Kaikki tietosi on poistettu. Poistamisesta on annettu todistus.",
    "Alla dina uppgifter har raderats. Ett intyg över raderingen har getts.",
    "All your data has been erased. A certificate of it has been given.",
)
DONE_PART = _T(
    "Poistettiin: {items}. Muut tiedot laki velvoittaa säilyttämään.",
    "Raderades: {items}. Övriga uppgifter förpliktar lagen att lagra.",
    "Erased: {items}. The law binds to keep the rest.",
)
WHILE_IT_LASTS = _T("niin kauan kuin se jatkuu ja sen jälkeen säilytysajan", "så länge det varar och lagringstiden därefter",
                    "while it lasts and its time of keeping after")  # fmt: skip
UNTIL = _T("{day} asti", "till {day}", "until {day}")
TITLE = _T("Todistus tietojen poistamisesta", "Intyg över radering av uppgifter", "Certificate of erasure")
TOLD = _T(
    "Rekisteristä on poistettu alla luetellut tiedot. Todistuksessa ei ole henkilötietoja. Käyttölokiin jää tunniste, jota ei voi enää yhdistää kehenkään, lokin säilytysajaksi.",
    "Ur registret har raderats uppgifterna nedan. Intyget innehåller inga personuppgifter. I användningsloggen finns kvar en beteckning som inte längre kan kopplas till någon, under loggens lagringstid.",
    "What is listed below has been erased from the register. The certificate holds no personal data. An identifier that leads to nobody any more stays in the log of use for its time.",
)
DESTROYED = _T("Mitä tuhottiin", "Vad som förstördes", "What was destroyed")
STAYS = _T("Mitä laki velvoittaa säilyttämään", "Vad lagen förpliktar att lagra", "What the law binds to keep")
NUMBER = _T("Todistuksen numero", "Intygets nummer", "Number")
WHEN = _T("Annettu", "Gett", "Given")
CONTROLLER = _T("Rekisterinpitäjä", "Personuppgiftsansvarig", "Controller")
REQUEST = _T("Pyyntö", "Begäran", "Request")
WHAT = _T("Mitä", "Vad", "What")
COUNT = _T("Määrä", "Antal", "Count")
LAW = _T("Laki", "Lag", "Law")
LAST = _T("Asti", "Till", "Until")
SEAL = _T("Allekirjoitus (Ed25519)", "Underskrift (Ed25519)", "Signature (Ed25519)")
EVERYTHING = _T("Kaikki tiedot", "Alla uppgifter", "Everything")
TABLES: Mapping[str, Text] = MappingProxyType(
    {
        "parties.statement": _T("Lähteiden ilmoittamat tiedot", "Uppgifter från källor", "What sources said"),
        "parties.record": _T("Asiakkuudet ja korjaukset", "Kundförhållanden och rättelser", "Customerships and corrections"),
        "parties.identifier": _T("Tunnusten hakemistot", "Index över beteckningar", "Indexes of codes"),
        "parties.word": _T("Hakusanat", "Sökord", "Words of search"),
        "parties.work": _T("Epäselvät rivit", "Oklara rader", "Rows in doubt"),
        "ground.lot": _T("Salausavaimet", "Krypteringsnycklar", "Encryption keys"),
        "access.restriction": _T("Käsittelyn rajoitukset", "Begränsningar", "Restrictions"),
        "rights.notice_shown": _T("Näytetyt selosteet", "Visade beskrivningar", "Notices shown"),
        "sources.vtj_subscription": _T("VTJ-seuranta", "Uppföljning i BDS", "Following in the population register"),
        "sources.vtj_task": _T("VTJ-työt", "BDS-ärenden", "Work of the population register"),
        "sources.vtj_checked": _T("VTJ-tarkistukset", "BDS-kontroller", "Checks against the population register"),
        "payers.task": _T("Maksajatyöt", "Betalarärenden", "Work on payers"),
        "feeds.event": _T("Muutosviestit", "Ändringsmeddelanden", "News told"),
    }
)  # fmt: skip
"""Tables in words."""
