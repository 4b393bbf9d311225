"""The access package: everything the register holds of one customer, with sources, times and looks.

Made from the catalogue and the dossier at once, in the asker's language; a readable, tagged PDF
and a JSON file of a published schema. ``TABLES`` says of every table that can concern a person
which section tells it, or why none does: a law of the house holds the live database to it
(GDPR art. 15; Court of Justice C-579/21: when and what for, not which employee).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from rekisteri import access, audit, parties
from rekisteri.access import Read
from rekisteri.audit import Look
from rekisteri.catalogue import (
    BY_NAME,
    EXPLANATIONS,
    PARTY_KINDS,
    PURPOSES,
    RETENTIONS,
    SOURCES,
    Disclosure,
    Purpose,
    Reason,
    Scalar,
    Text,
    Value,
    objects,
)
from rekisteri.catalogue import masked as masked_value
from rekisteri.ground.clock import day
from rekisteri.ground.keys import Vault
from rekisteri.parties import Dossier, RelationKind, Uttered
from rekisteri.rights import disclosures, holdings, restraints, words
from rekisteri.rights import phrases as p
from rekisteri.rights.act_phrases import ACTS
from rekisteri.rights.code_phrases import RULES, WORK_DECISIONS
from rekisteri.rights.document import Document, Entry, Section, Table, joined, same
from rekisteri.rights.held import ABOUT_OTHERS
from rekisteri.rights.holdings import Sent, SentTo
from rekisteri.rights.requests import Request, requests, steps
from rekisteri.rights.spans import Span, spans

TABLES: Mapping[str, str] = MappingProxyType(
    {
        "parties.party": "who",
        "parties.record": "customerships",
        "parties.statement": "data",
        "parties.protected": "data",
        "parties.identifier": "derived: blind indexes of the identity codes told in data",
        "rights.conflict": "derived: which corrections a source has spoken against since, both told in data",
        "rights.disclosure": "disclosures",
        "rights.disclosed": "disclosures",
        "parties.named": "derived: blind indexes of the codes of custodians and guardians told in data",
        "parties.judgement": "judgements",
        "parties.work": "work",
        "parties.change": "derived: which items changed when, told in data",
        "parties.word": "derived: a dictionary of words without whose they are",
        "parties.word_variant": "derived: a dictionary of words without whose they are",
        "sources.fault": "not theirs: a row that was not taken belongs to nobody yet; the organisation mends it",
        "sources.directory_run": "not theirs: of files",
        "sources.directory_fault": "passing: a row of a public directory that does not hold, until its next file",
        "sources.vtj_answer": "passing: an answer nobody has decided on yet, an hour at most; what is taken is told in data",
        "sources.vtj_subscription": "derived: that the customer is followed in VTJ, by the identity code told in data",
        "sources.vtj_held": "passing: changes of VTJ that wait until what is wrong with them is mended",
        "sources.vtj_task": "derived: what a maintainer must look at in VTJ's news; what is taken is told in data",
        "sources.vtj_checked": "derived: that the customer was checked against VTJ among many; the look is told in looks",
        "sources.vtj_run": "not theirs: of runs",
        "audit.event": "looks",
        "oversight.signal": "not theirs: findings on a user of the register; the look itself is told in looks",
        "oversight.canary": "not told: a mark that would end its own purpose; the looks it raised are told in looks",
        "audit.subject": "looks",
        "audit.subject_block": "looks",
        "access.account": "not theirs: of the register's users",
        "access.grant": "not theirs: of the register's users",
        "access.review": "not theirs: of the register's users",
        "access.emergency": "not theirs: of the register's users; the acts it carried are told in looks",
        "access.factor": "not theirs: of the register's users",
        "access.recovery": "not theirs: of the register's users",
        "access.identity": "not theirs: of the register's users",
        "access.session": "not theirs: of the register's users",
        "access.client": "not theirs: of systems that call the register",
        "access.restriction": "restrictions",
        "access.exemption": "restrictions",
        "access.organisation": "not theirs: of client organisations",
        "payers.payment_reason": "not theirs: of client organisations",
        "sources.bank_message": "banks",
        "sources.bank_evidence": "banks",
        "sources.proposal": "banks",
        "sources.order_pause": "derived: that an order told in data could not be delivered to",
        "sources.mandate": "banks",
        "sources.mandate_message": "banks",
        "sources.creditor": "not theirs: of client organisations",
        "sources.bank_file": "not theirs: of files",
        "sources.bank_file_part": "not theirs: a file as it came, of many or of nobody yet; what it says is told in banks",
        "sources.bank_answer": "not theirs: of messages to banks",
        "sources.notice": "not theirs: of client organisations",
        "sources.notice_version": "not theirs: of client organisations",
        "sources.notice_delivery": "not theirs: of client organisations",
        "sources.notice_end": "not theirs: of client organisations",
        "sources.intermediator": "not theirs: of banks and operators",
        "payers.receipt": "answers",
        "payers.report": "reports",
        "payers.task": "reports",
        "rights.hold": "restrictions",
        "rights.certificate": "not theirs: counts of what was destroyed, of nobody",
        "rights.retention_run": "not theirs: counts of runs",
        "rights.notice": "not theirs: the notice",
        "rights.notice_shown": "notices",
        "rights.request": "requests",
        "rights.step": "requests",
        "feeds.event": "sent",
        "feeds.handover": "sent",
        "feeds.recipient": "not theirs: of recipients",
        "feeds.reading": "not theirs: how far news has been read",
        "feeds.met": "not theirs: how far news has been read",
    }
)
"""Table to the section that tells of it, or to ``derived:``, ``passing:`` or ``not theirs:`` and why."""

REPRESENTATIVES = frozenset({"custodian", "guardian"})
"""Items whose values are people who answer for the customer."""
_OTHERS_CODES = frozenset(
    item.name for item in BY_NAME.values() if not item.scalar and any(x.secret for x in item.parts)
)
"""Items whose secret parts are other people's codes."""


@dataclass(frozen=True, slots=True)
class Package:
    """What is handed over: the document, whose it is, and how much of each is in it."""

    document: Document
    party_id: UUID
    language: str
    made_at: datetime
    counts: dict[str, int]


def package(
    tx: Read,
    vault: Vault,
    party_id: UUID,
    *,
    sent: SentTo,
    withheld: frozenset[str] | None = None,
    without: frozenset[str] = frozenset(),
    asked_by: str | None = None,
) -> Package:
    """Everything held of a customer. Raises ``Missing``. The act must open protected values and the log.

    Codes of others are masked, names of representatives under a non-disclosure order withheld,
    employees not named; each is said where it is. For an act that reaches the customer alone the caller names who
    is ``withheld``; of one made for a representative, which items are left out and whose requests are told.
    """
    dossier = parties.dossier(tx, vault, party_id)
    names = {one.id: one.name for one in access.organisations(tx)}
    hidden = _protected_representatives(tx, vault, dossier.party_id) if withheld is None else withheld
    told = _Teller(names, _Third(_representing(tx, vault, dossier.party_id), hidden), without)
    every = requests(tx, party_id=dossier.party_id, open_only=False, limit=None)
    asked = [(one, steps(tx, one.id)) for one in every if asked_by is None or one.opened_by == asked_by]
    seen = audit.looks(tx, dossier.party_id, guises=parties.guises(tx, dossier.party_id), limit=None)
    held = (
        told.who(dossier),
        told.data(dossier),
        told.customerships(dossier),
        told.judgements(holdings.judgements(tx, dossier.party_id)),
        told.work(holdings.work(tx, dossier.party_id)),
        told.banks(holdings.banks(tx, dossier.party_id)),
        told.answers(holdings.answers(tx, dossier.party_id)),
        told.sent(sent(tx, dossier.party_id)),
        told.disclosures(disclosures.of_party(tx, dossier.party_id)),
        told.reports(holdings.reports(tx, dossier.party_id)),
        told.requests(asked),
        restraints.section(tx, dossier.party_id, names),
        told.notices(holdings.notices(tx, dossier.party_id)),
        told.looks(seen),
    )
    sections = (
        *map(_or_nothing, held),
        _kept(),
        told.withheld(),
        Section("rights", p.RIGHTS, (p.RECTIFICATION_TOLD, p.OTHER_TOLD, p.COMPLAINT)),
    )
    tx.note(statements=len(dossier.words), looks=len(seen))
    return Package(
        document=Document("package", p.PACKAGE_TITLE, sections),
        party_id=dossier.party_id,
        language=dossier.language if dossier.language in ("fi", "sv") else "fi" if dossier.language is None else "en",
        made_at=tx.at,
        counts={"statements": len(dossier.words), "looks": len(seen), "requests": len(asked)},
    )


class _Teller:
    """Tells what was found; client organisations by name, protected third persons not at all."""

    def __init__(self, names: Mapping[int, str], third: _Third, without: frozenset[str]) -> None:
        self._names = names
        self._third = third
        self._without = without
        self._unnamed = False

    def who(self, dossier: Dossier) -> Section:
        entries = [
            Entry(p.NAME, same(dossier.name)),
            Entry(p.KIND, PARTY_KINDS[dossier.kind]),
            Entry(p.REGISTER_ID, same(str(dossier.party_id))),
            Entry(BY_NAME["turvakielto"].label, p.ORDER_STATES[dossier.turvakielto]),
        ]
        return Section("who", p.WHO, entries=tuple(entries))

    def data(self, dossier: Dossier) -> Section:
        """Every value that was ever said, by item: by whom, of which days, when the register knew it."""
        found = spans(dossier.words)
        head = (p.VALUE, p.SOURCE, p.HOLDS, p.RECORDED)
        tables = tuple(
            Table(BY_NAME[name].label, head, tuple(map(self._said, found[name])))
            for name in BY_NAME
            if name in found and name not in self._without
        )
        return Section("data", p.DATA, (p.DATA_TOLD,), tables=tables)

    def _said(self, span: Span) -> tuple[Text, ...]:
        name, word, last = span.item, span.first, span.last
        value = masked_value(name, span.value) if name in _OTHERS_CODES else span.value
        grounds = [self._third.without(same(text)) for text in (word.reason, word.evidence) if text]
        source = joined([self._source(word.source, word.organisation_id), *grounds])
        until = words.on_day(last.valid_to)
        recorded = words.at(word.recorded_at)
        replaced = f" – {words.at(last.superseded_at)}" if last.superseded_at else ""
        told, unnamed = self._third.told(name, value)
        self._unnamed |= unnamed
        if (mark := word.corrected.get(name)) is not None:
            told = joined([told, p.put_right(words.on_day(day(mark.at)), words.on_day(mark.withdrawn_on))], " – ")
        return (
            told,
            source,
            same(f"{words.on_day(word.valid_from)} – {until}"),
            same(recorded + replaced),
        )

    def customerships(self, dossier: Dossier) -> Section:
        found: dict[UUID, list[Uttered]] = defaultdict(list)
        for word in dossier.words:
            found[word.record_id].append(word)
        rows = tuple(
            (
                self._source(own[0].source, own[0].organisation_id),
                same(own[0].key if own[0].corrects is None else own[0].corrects),
                same(words.on_day(own[0].valid_from)),
                same(next((words.on_day(one.valid_from) for one in reversed(own) if one.content is None), "")),
            )
            for own in found.values()
        )
        return Section(
            "customerships",
            p.CUSTOMERSHIPS,
            tables=_table(p.CUSTOMERSHIPS, (p.SOURCE, p.NUMBER, p.SINCE, p.UNTIL), rows),
        )

    def judgements(self, found: Sequence[holdings.Judged]) -> Section:
        rows = tuple(
            (
                same(words.at(one.at)),
                p.VERDICTS[one.verdict],
                joined([RULES.get(one.rule, same(one.rule)), *([same(one.reason)] if one.reason else [])], ": "),
                self._numbered(one.organisation_id, one.key),
            )
            for one in found
        )
        return Section(
            "judgements",
            p.JUDGEMENTS,
            (p.JUDGEMENTS_TOLD,),
            tables=_table(p.JUDGEMENTS, (p.WHEN, p.VERDICT, p.GROUNDS, p.NUMBER), rows),
        )

    def work(self, found: Sequence[holdings.Worked]) -> Section:
        rows = tuple(
            (
                same(words.at(one.opened_at)),
                self._numbered(one.organisation_id, one.record_key),
                EXPLANATIONS[Reason(one.reason)].what,
                joined(
                    [same(words.at(one.decided_at)), *([WORK_DECISIONS[one.decision]] if one.decision else [])], " "
                ),
            )
            for one in found
        )
        return Section(
            "work", p.WORK, (p.WORK_TOLD,), tables=_table(p.WORK, (p.WHEN, p.NUMBER, p.GROUNDS, p.DECISION), rows)
        )

    def banks(self, found: Sequence[holdings.Banked]) -> Section:
        """Messages of banks that were held to be about the customer's orders, and proposals made to banks."""
        rows = tuple(
            (
                same(words.at(one.at)),
                self._numbered(one.organisation_id, ""),
                same(one.bank),
                joined([p.BANKED.get(one.what, same(one.what)), p.BANKED.get(one.state, same(one.state))]),
            )
            for one in found
        )
        return Section(
            "banks", p.BANKS, (p.BANKS_TOLD,), tables=_table(p.BANKS, (p.WHEN, p.BY_WHOM, p.BANK, p.WHAT), rows)
        )

    def answers(self, found: Sequence[holdings.Answered]) -> Section:
        """To whom it was told who pays the customer's bills and where they go."""
        rows = tuple(
            (same(words.at(one.made_at)), self._numbered(one.organisation_id, ""), same(str(one.id))) for one in found
        )
        return Section(
            "answers", p.ANSWERS, (p.ANSWERS_TOLD,), tables=_table(p.ANSWERS, (p.WHEN, p.BY_WHOM, p.RECEIPT), rows)
        )

    def disclosures(self, found: Sequence[disclosures.Entry]) -> Section:
        """Single disclosures required by law that were given: to whom, on which ground, which items."""
        rows = tuple(
            (
                same(words.at(one.given_at)),
                same(one.recipient),
                same(f"{one.ground} ({one.reference})"),
                joined([BY_NAME[name].label for name in one.items if name in BY_NAME], ", "),
            )
            for one in found
        )
        head = (p.WHEN, p.TO_WHOM, p.GROUNDS, p.ITEM)
        return Section("disclosures", p.DISCLOSED, (p.ONE_OFF,), tables=_table(p.DISCLOSED, head, rows))

    def sent(self, found: Sequence[Sent]) -> Section:
        """Which declared recipients were told of the customer: a system that invoices or collects, and what of."""
        rows = tuple(
            (
                same(words.at(one.at)),
                joined([one.recipient, same(self._names.get(one.organisation_id, str(one.organisation_id)))]),
                one.what,
                joined([BY_NAME[name].label for name in one.items if name in BY_NAME]),
            )
            for one in found
        )
        return Section("sent", p.SENT, (p.SENT_TOLD,), tables=_table(p.SENT, (p.WHEN, p.BY_WHOM, p.WHAT, p.ITEM), rows))

    def reports(self, found: Sequence[holdings.Reported]) -> Section:
        """What invoicing and collection told back, and what had to be done about it."""
        rows = tuple(
            (
                same(words.at(one.at)),
                self._numbered(one.organisation_id, ""),
                p.REPORTS.get(one.kind, same(one.kind)),
                same(one.settled or ""),
            )
            for one in found
        )
        return Section(
            "reports", p.REPORTS_TITLE, tables=_table(p.REPORTS_TITLE, (p.WHEN, p.BY_WHOM, p.WHAT, p.DECISION), rows)
        )

    def requests(self, found: Sequence[tuple[Request, Sequence[object]]]) -> Section:
        rows = tuple(
            (
                same(words.at(one.opened_at)),
                p.REQUESTS[one.kind.value],
                p.CHANNELS[one.channel.value],
                joined(
                    [
                        p.OUTCOMES[one.outcome.value] if one.outcome else p.OPEN,
                        *([same(one.answer)] if one.answer else []),
                    ]
                ),
            )
            for one, _ in found
        )
        return Section(
            "requests", p.REQUESTS_TITLE, tables=_table(p.REQUESTS_TITLE, (p.WHEN, p.WHAT, p.HOW, p.OUTCOME), rows)
        )

    def notices(self, found: Sequence[holdings.NoticeShown]) -> Section:
        rows = tuple((same(words.at(one.shown_at)), same(str(one.number)), p.CHANNELS[one.channel]) for one in found)
        return Section("notices", p.NOTICES_SHOWN, tables=_table(p.NOTICES_SHOWN, (p.WHEN, p.VERSION, p.HOW), rows))

    def looks(self, found: Sequence[Look]) -> Section:
        rows = tuple(
            (
                same(words.at(one.at)),
                ACTS[one.action],
                PURPOSES[Purpose(one.purpose)] if one.purpose else same(""),
                p.REPRESENTATIVE
                if one.represented
                else p.YOURSELF
                if one.own
                else joined([same(self._names.get(number, str(number))) for number in one.organisations])
                if one.organisations
                else p.CENTRE,
                p.bulk(one.customers) if one.customers > 1 else same(""),
            )
            for one in found
        )
        return Section(
            "looks",
            p.LOOKS,
            (p.LOOKS_TOLD,),
            tables=_table(p.LOOKS, (p.WHEN, p.WHAT, p.PURPOSE, p.BY_WHOM, p.REMARK), rows),
        )

    def withheld(self) -> Section:
        told = [p.WITHHELD_EMPLOYEES, p.WITHHELD_CODES]
        if self._unnamed:
            told.append(p.WITHHELD_PROTECTED)
        if self._without:
            told.append(p.WITHHELD_REPRESENTED)
        return Section("withheld", p.WITHHELD_TITLE, tuple(told))

    def _source(self, source: object, organisation_id: int | None) -> Text:
        if organisation_id is not None:
            return same(self._names.get(organisation_id, str(organisation_id)))
        return SOURCES[source]  # type: ignore[index]

    def _numbered(self, organisation_id: int | None, key: str) -> Text:
        name = "" if organisation_id is None else self._names.get(organisation_id, "")
        return same(f"{name} {key}".strip())


@dataclass(frozen=True, slots=True)
class _Third:
    """Which custodians and guardians are named: those who represent the customer now, less who is protected or may be."""

    representing: frozenset[str]
    hidden: frozenset[str]

    def told(self, item: str, value: Value) -> tuple[Text, bool]:
        """The value in words, of whoever is not named the relation alone; and whether anybody is not."""
        if item not in REPRESENTATIVES:
            return self.without(words.of_value(item, value)), False
        every = objects(value)
        named = [one.get("name") in self.representing - self.hidden for one in every]
        told = [self._one(item, one, name) for one, name in zip(every, named, strict=True)]
        return joined(told, "; "), not all(named)

    def _one(self, item: str, one: Mapping[str, Scalar], named: bool) -> Text:
        if named:
            return words.of_value(item, dict(one))
        rest = {part: said for part, said in one.items() if part in ABOUT_OTHERS}
        return joined([p.WITHHELD, *([words.of_value(item, rest)] if rest else [])])

    def without(self, told: Text) -> Text:
        """A text without the names of the protected."""
        for name in self.hidden:
            told = Text(
                told.fi.replace(name, p.WITHHELD.fi),
                told.sv.replace(name, p.WITHHELD.sv),
                told.en.replace(name, p.WITHHELD.en),
            )
        return told


def _representing(tx: Read, vault: Vault, party_id: UUID) -> frozenset[str]:
    """Names of those who are the customer's custodians and guardians today."""
    related = parties.relations(tx, vault, [party_id], kinds=(RelationKind.CUSTODIAN, RelationKind.GUARDIAN))
    return frozenset(one.name for one in related.get(party_id, []))


def _table(caption: Text, head: tuple[Text, ...], rows: tuple[tuple[Text, ...], ...]) -> tuple[Table, ...]:
    return (Table(caption, head, rows),) if rows else ()


def _or_nothing(section: Section) -> Section:
    """A section that has nothing to tell says so: a heading alone leaves its reader guessing."""
    if section.tables or section.entries:
        return section
    return replace(section, paragraphs=(*section.paragraphs, p.NOTHING))


def _kept() -> Section:
    """How long each kind of data is kept and by which law."""
    entries = tuple(Entry(one.label, joined([p.kept(one), one.ground], ": ")) for one in RETENTIONS.values())
    return Section("kept", p.KEPT, entries=entries)


def _protected_representatives(tx: Read, vault: Vault, party_id: UUID) -> frozenset[str]:
    """Names of those who answer for the customer and are themselves under a non-disclosure order."""
    related = parties.relations(tx, vault, [party_id], kinds=tuple(RelationKind)).get(party_id, [])
    others = {
        one.party_id: one.name
        for one in related
        if one.party_id is not None and one.kind is not RelationKind.ESTATE_CONTACT
    }
    held = parties.heads(tx, others)
    return frozenset(name for other, name in others.items() if held[other].turvakielto is not Disclosure.OFF)
