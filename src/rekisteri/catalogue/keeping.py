"""How long everything is kept, from when that is counted, and by which law: classes as dated data.

Every item and every table names a class, or why nothing of it need leave. The notice, the access package, the
record of processing and the nightly run read these same rows, so none of them can say what another does not do.
A change of law is one more row with the day it comes into force.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from rekisteri.catalogue.vocabulary import Text

IN_FORCE = date(2019, 1, 1)
"""The Data Protection Act 1050/2018: no row of ours is older."""
YEAR = 12


@dataclass(frozen=True, slots=True)
class Retention:
    """How long something is kept, counted from the end of what it belongs to, and by which law.

    ``year_end``: counted from the end of the calendar year in which it ended. ``duty``: the law binds the
    register to keep it so long, so nobody may have it erased before (GDPR art. 17(3)(b)).
    """

    years: int
    ground: Text
    label: Text
    """What is kept so long, as a notice names it."""
    months: int = 0
    year_end: bool = False
    duty: bool = True
    since_on: date = IN_FORCE
    """The first day the row is in force."""

    @property
    def length(self) -> int:
        """The time of keeping in months."""
        return self.years * YEAR + self.months


_T = Text
TERMS: Mapping[str, tuple[Retention, ...]] = MappingProxyType(
    {
        "customership": (
            Retention(6, _T("Sen vuoden lopusta, jona asiakkuus päättyi tai tieto korvattiin; kirjanpitolaki 1336/1997 2 luku 10 §",
                            "Från utgången av det år då kundförhållandet upphörde eller uppgiften ersattes; bokföringslagen 1336/1997 2 kap. 10 §",
                            "From the end of the year in which the customership ended or the value was replaced; Accounting Act 1336/1997 ch. 2 § 10"),
                      _T("Asiakastiedot", "Kunduppgifter", "Customer data"), year_end=True),
        ),
        "contact": (
            Retention(1, _T("Asiakkuuden päättymisestä tai tiedon korvaamisesta; tietosuoja-asetus 5 artikla 1 e",
                            "Från kundförhållandets slut eller då uppgiften ersattes; dataskyddsförordningen artikel 5.1 e",
                            "From the end of the customership or since the value was replaced; GDPR art. 5(1)(e)"),
                      _T("Puhelin ja sähköposti", "Telefon och e-post", "Telephone and e-mail"), duty=False),
        ),
        "collection": (
            Retention(6, _T("Perintäfaktan päättymisestä; laki velan vanhentumisesta 728/2003",
                            "Från indrivningsuppgiftens slut; lagen om preskription av skulder 728/2003",
                            "From the end of the collection fact; Act on limitation of debts 728/2003"),
                      _T("Perintätiedot", "Indrivningsuppgifter", "Collection data")),
        ),
        "receipt": (
            Retention(6, _T("Vastauksen antamisvuoden lopusta; kirjanpitolaki 1336/1997 2 luku 10 §",
                            "Från utgången av det år då svaret gavs; bokföringslagen 1336/1997 2 kap. 10 §",
                            "From the end of the year in which the answer was given; Accounting Act 1336/1997 ch. 2 § 10"),
                      _T("Vastaukset maksajasta", "Svar om betalare", "Answers of who pays"), year_end=True),
        ),
        "log": (
            Retention(5, _T("Tapahtumasta; tiedonhallintalaki 906/2019 17 §",
                            "Från händelsen; informationshanteringslagen 906/2019 17 §",
                            "From the event; Information Management Act 906/2019 § 17"),
                      _T("Käyttöloki", "Användningslogg", "Log of use")),
        ),
        "bank_message": (
            Retention(6, _T("Toimeksiannon päättymisestä; kirjanpitolaki 1336/1997 2 luku 10 §",
                            "Från uppdragets slut; bokföringslagen 1336/1997 2 kap. 10 §",
                            "From the end of the order; Accounting Act 1336/1997 ch. 2 § 10"),
                      _T("Pankkien sanomat", "Bankernas meddelanden", "Banks' messages")),
        ),
        "intake": (
            Retention(1, _T("Aineiston saapumisesta tai työn ratkaisusta; virheiden selvittäminen",
                            "Från materialets ankomst eller ärendets avgörande; utredning av fel",
                            "From arrival of the file or decision of the work; settling of errors"),
                      _T("Saapuneet aineistot ja työjono", "Inkomna material och arbetskö", "Deliveries and work queue"),
                      duty=False),
        ),
        "request": (
            Retention(5, _T("Pyyntöön vastaamisesta tai rajoituksen poistamisesta; osoitusvelvollisuus, tietosuoja-asetus 5 artikla 2",
                            "Från svaret på begäran eller upphävandet av begränsningen; ansvarsskyldighet, dataskyddsförordningen artikel 5.2",
                            "From the answer to the request or the lifting of the restriction; accountability, GDPR art. 5(2)"),
                      _T("Rekisteröityjen pyynnöt", "De registrerades begäranden", "Data subjects' requests")),
        ),
        "news": (
            Retention(2, _T("Muutoksesta; välittäminen vastaanottajille, tietosuoja-asetus 19 artikla",
                            "Från ändringen; underrättelse till mottagare, dataskyddsförordningen artikel 19",
                            "From the change; telling recipients, GDPR art. 19"),
                      _T("Muutosviestit", "Ändringsmeddelanden", "News of changes"), duty=False),
        ),
        "session": (
            Retention(0, _T("Istunnon päättymisestä; käsittelyn turvallisuus, tietosuoja-asetus 32 artikla",
                            "Från sessionens slut; säkerhet i behandlingen, dataskyddsförordningen artikel 32",
                            "From the end of the session; security of processing, GDPR art. 32"),
                      _T("Istunnot", "Sessioner", "Sessions"), months=1, duty=False),
        ),
        "account": (
            Retention(5, _T("Tunnuksen sulkemisesta, kunnes sen lokitapahtumat ovat poistuneet; tiedonhallintalaki 906/2019 17 §",
                            "Från stängningen av kontot, tills dess logghändelser har gallrats; informationshanteringslagen 906/2019 17 §",
                            "From the closing of the account, until its events have left the log; Information Management Act 906/2019 § 17"),
                      _T("Käyttäjien tunnukset", "Användarnas konton", "Accounts of users")),
        ),
    }
)  # fmt: skip
"""By class every row that is or was in force, the oldest first. [unverified] where a law's figure is: change it here."""

RETENTIONS: Mapping[str, Retention] = MappingProxyType({name: rows[-1] for name, rows in TERMS.items()})
"""The newest row of each class: what a notice tells."""

KEPT: Mapping[str, str] = MappingProxyType(
    {
        "access.account": "account",
        "access.client": "account",
        "access.emergency": "account",
        "access.review": "account",
        "access.errand": "passing: an errand of minutes, deleted by the next sign-in",
        "access.exemption": "request",
        "access.factor": "account",
        "access.grant": "account",
        "access.identity": "account",
        "access.organisation": "standing: client organisations, no persons",
        "access.recovery": "account",
        "access.restriction": "request",
        "access.session": "session",
        "access.spent": "passing: digests of tokens used once, deleted when they have expired",
        "audit.checkpoint": "standing: signed roots of the log, of nobody",
        "audit.cosignature": "standing: signatures of witnesses",
        "audit.event": "log",
        "audit.leaf": "standing: salted commitments that tell nothing once the event has left",
        "audit.subject": "log",
        "audit.subject_block": "log",
        "audit.tile": "standing: roots of the log's tree, of nobody",
        "audit.witness": "standing: who co-signs, organisations",
        "feeds.event": "news",
        "feeds.handover": "news",
        "feeds.met": "passing: numbers of news that has been read, of nobody",
        "feeds.reading": "standing: how far the news has been read",
        "feeds.recipient": "standing: declared recipients, no persons",
        "ground.condemned": "passing: places of one-time keys until they are cut out",
        "ground.lot": "standing: one-time keys, of nobody",
        "ground.migration": "standing: of the schema",
        "oversight.canary": "log",
        "oversight.parameter": "standing: what counts as odd",
        "oversight.signal": "log",
        "oversight.sweep": "standing: how far the log has been gone through",
        "parties.change": "news",
        "parties.identifier": "with: leaves with the last word that told the code",
        "parties.judgement": "with: leaves with the record it placed",
        "parties.named": "with: leaves with the words that name a custodian or a guardian",
        "parties.party": "with: leaves with the last record",
        "parties.protected": "with: leaves with its statement, item by item",
        "parties.record": "with: leaves with the last statement",
        "parties.source": "standing: who states, organisations",
        "parties.statement": "with: each item by its own class",
        "parties.word": "with: leaves with the last customer the word is of",
        "parties.word_variant": "with: leaves with its word",
        "parties.work": "intake",
        "payers.payment_reason": "standing: of client organisations",
        "payers.receipt": "receipt",
        "payers.receipt_key": "standing: public keys, of nobody",
        "payers.report": "collection",
        "payers.task": "collection",
        "rights.certificate": "standing: counts of what was destroyed, of nobody",
        "rights.conflict": "intake",
        "rights.disclosed": "request",
        "rights.disclosure": "request",
        "rights.hold": "request",
        "rights.notice": "standing: what the register has said of itself",
        "rights.notice_shown": "request",
        "rights.request": "request",
        "rights.retention_run": "standing: counts, of nobody",
        "rights.step": "request",
        "sources.bank_answer": "bank_message",
        "sources.bank_evidence": "bank_message",
        "sources.bank_file": "bank_message",
        "sources.bank_file_part": "bank_message",
        "sources.bank_message": "bank_message",
        "sources.batch": "intake",
        "sources.directory_fault": "intake",
        "sources.directory_run": "intake",
        "sources.creditor": "standing: creditor identifiers of client organisations",
        "sources.fault": "intake",
        "sources.intermediator": "standing: banks and operators",
        "sources.mandate": "bank_message",
        "sources.mandate_message": "bank_message",
        "sources.notice": "standing: sender notices of client organisations",
        "sources.notice_delivery": "standing: of client organisations",
        "sources.notice_end": "standing: of client organisations",
        "sources.notice_version": "standing: of client organisations",
        "sources.order_pause": "with: leaves with the banks' messages of the order",
        "sources.proposal": "bank_message",
        "sources.vtj_answer": "passing: an hour, until somebody has decided what is taken",
        "sources.vtj_bucket": "standing: keys changes are read from, of nobody",
        "sources.vtj_checked": "with: leaves with its run",
        "sources.vtj_held": "with: leaves with the subscription, or when it is mended",
        "sources.vtj_run": "intake",
        "sources.vtj_stop": "standing: of interfaces",
        "sources.vtj_subscription": "with: leaves with the last customership",
        "sources.vtj_task": "intake",
        "sources.vtj_use": "standing: counts by day, of nobody",
    }
)
"""Every table: its class, or ``with:`` what it leaves, ``passing:`` how soon it does, ``standing:`` why it need not."""


def term(name: str, on: date) -> Retention:
    """The row of a class that is in force on a day; the first one before any was."""
    rows = TERMS[name]
    return next((row for row in reversed(rows) if row.since_on <= on), rows[0])


def due_on(name: str, ended_on: date, today: date) -> date:
    """The first day on which what ended on a day is kept no more, by the row in force today."""
    row = term(name, today)
    start = date(ended_on.year, 12, 31) if row.year_end else ended_on
    due = months_later(start, row.length)
    return due + timedelta(days=1) if row.year_end else due


def last_due(name: str, today: date) -> date:
    """The last day such that what ended on it, or before, is kept no more today."""
    row = term(name, today)
    if row.year_end:
        latest = date(today.year - 1, 12, 31)
        while due_on(name, latest, today) > today:
            latest = date(latest.year - 1, 12, 31)
        return latest
    latest = months_later(today, -row.length)
    while due_on(name, latest + timedelta(days=1), today) <= today:
        latest += timedelta(days=1)
    return latest


def months_later(start: date, months: int) -> date:
    """The same day so many months on; the month's last where it has none (Regulation 1182/71 art. 3(2)(c))."""
    index = start.month - 1 + months
    year, month = start.year + index // YEAR, index % YEAR + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
