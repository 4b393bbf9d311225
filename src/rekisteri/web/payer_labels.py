"""Names of what the room of payers calls by code names, for people: Finnish, translated by gettext."""

from __future__ import annotations

from rekisteri.payers import By, Households, LastResort, ReportKind, TaskKind

IDENTIFIERS = {
    By.CUSTOMER_NUMBER: "Organisaation asiakasnumero",
    By.HETU: "Henkilötunnus",
    By.YTUNNUS: "Y-tunnus",
    By.FOREIGN_ID: "Ulkomainen tunnus",
    By.PARTY: "Rekisterin oma tunnus",
}
NO_CHANNEL = {"by_hand": "Hoidetaan käsin", "none": "Ei kulje mitään kanavaa"}
LAST_RESORTS = {LastResort.LETTER: "Kirje", LastResort.BY_HAND: "Ihminen hoitaa"}
HOUSEHOLDS = {Households.EVERY: "Lasku kumpaankin", Households.CHILDS: "Lasku lapsen kotiin"}
REPORTS = {
    ReportKind.MAIL_RETURNED: "Posti palautui",
    ReportKind.CHANNEL_REFUSED: "Sähköinen kanava torjui laskun",
    ReportKind.WRONG_PERSON: "Lasku meni väärälle henkilölle",
    ReportKind.DISPUTE_OPENED: "Saatava riitautettiin",
    ReportKind.DISPUTE_CLOSED: "Riitautus päättyi",
    ReportKind.PAYMENT_PLAN: "Maksusuunnitelma sovittiin",
    ReportKind.STOP_SET: "Perintäeste asetettiin",
    ReportKind.STOP_LIFTED: "Maksusuunnitelma tai perintäeste päättyi",
}
TASKS = {
    TaskKind.MAIL_RETURNED: "Posti on palautunut: tarkista osoite",
    TaskKind.CHANNEL_REFUSED: "Sähköinen kanava torjui laskun: kysy asiakkaalta",
    TaskKind.WRONG_PERSON: "Lasku meni väärälle henkilölle: selvitä kenelle se kuuluu",
    TaskKind.NO_ROUTE_PROTECTED: "Turvakielto ilman yhteysosoitetta: pyydä yhteysosoite",
    TaskKind.NO_CUSTODIAN: "Alaikäisen huoltajaa ei tiedetä: selvitä huoltaja",
    TaskKind.GUARDIAN_UNCLEAR: "Edunvalvojan tehtävät ovat epäselvät: selvitä ne",
    TaskKind.GUARDIAN_UNREACHABLE: "Edunvalvojan osoitetta ei tiedetä: selvitä se",
}
