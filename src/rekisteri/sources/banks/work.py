"""What a person decides: messages held back, and files quarantined.

The officer says whose order a message is, or that it is none, or releases it when its cause is
mended; never what the payer wishes. Every decision carries a reason.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Read, Write
from rekisteri.catalogue import PartyKind
from rekisteri.ground import numbers
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.ground.keys import Vault
from rekisteri.parties import Orderer, words
from rekisteri.sources.banks import box, decisions, messages, packing, store
from rekisteri.sources.banks.holds import Hold, Unfit
from rekisteri.sources.banks.intake import FileReport, read_file
from rekisteri.sources.banks.known import Book, Notices
from rekisteri.sources.banks.match import Finder
from rekisteri.sources.banks.messages import MessageRow
from rekisteri.sources.banks.settle import Settler
from rekisteri.sources.banks.split import split
from rekisteri.sources.banks.standing import Outcome
from rekisteri.sources.banks.wire import Broken, Reader, ReceiverInfo, Wish

REASON_MAX = 500
CANDIDATES_MOST = 5


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A message that waits for a person, as a line of the queue."""

    id: UUID
    organisation_id: int | None
    payment_reason: str | None
    hold: Hold
    field: str | None
    action: str | None
    kind: str | None
    operator: str
    said_at: datetime
    deadline_on: date | None
    file_id: UUID
    position: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer the message may be about: what speaks for it and what against, by code."""

    party_id: UUID
    name: str
    fors: tuple[str, ...]
    againsts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldDetail:
    """A held message: what it says, its codes masked, and whom it may be about.

    The bank's address of the payer is not shown: it is evidence, and may be a protected one.
    """

    line: HeldLine
    outcome: Outcome
    identifiers: list[tuple[str, str]]
    name: str
    address: str
    due_day: int | None
    candidates: list[Candidate]
    decision: str | None
    decision_reason: str | None


@dataclass(frozen=True, slots=True)
class OrderMessage:
    """A message that bore on an order: when, what, by which rule."""

    id: UUID
    record_id: UUID
    party_id: UUID
    said_at: datetime
    action: str
    kind: str
    operator: str
    rule: int
    evidence: list[str]
    decision_reason: str | None
    file_id: UUID
    position: int
    organisation_id: int
    payment_reason: str


def held_list(tx: Read, *, limit: int = 50, cursor: UUID | None = None) -> list[HeldLine]:
    """What waits, the oldest first; ``cursor`` is the last id of the page before."""
    return tx.all(
        HeldLine,
        """
        select m.id, m.organisation_id, n.payment_reason, m.hold, m.field, m.action, m.kind, m.operator, m.said_at,
               m.deadline_on, m.file_id, m.position
        from sources.bank_message m left join sources.notice n on n.id = m.notice_id
        where m.outcome = 'held' and (%(cursor)s::uuid is null or m.id > %(cursor)s)
        order by m.id limit %(limit)s
        """,
        cursor=cursor,
        limit=min(limit, store.PAGE_MAX),
    )


def held_count(tx: Read) -> int:
    """How many messages and files wait."""
    return int(
        tx.value(
            """
            select (select count(*) from sources.bank_message where outcome = 'held')
                 + (select count(*) from sources.bank_file where state = 'quarantined')
            """
        )
    )


def quarantined_count(tx: Read) -> int:
    """How many files wait."""
    return int(tx.value("select count(*) from sources.bank_file where state = 'quarantined'"))


def held(tx: Read, vault: Vault, message_id: UUID) -> HeldDetail:
    """One message with whom it may be about. Raises ``Missing``."""
    row = messages.message(tx, message_id)
    notice_id = row.notice_id
    wish = box.opened(vault, row.id, row.sealed)
    line = HeldLine(
        row.id, row.organisation_id, None, row.hold or Hold.FIELD_INVALID, row.field, row.action, row.kind, row.operator,
        row.said_at, row.deadline_on, row.file_id, row.position,
    )  # fmt: skip
    if notice_id is None or wish is None:
        name, identifiers, address, due_day = ("", [], "", None) if wish is None else _said(wish)
        return HeldDetail(line, row.outcome, identifiers, name, address, due_day, [], row.decision, row.decision_reason)
    known = Notices(tx)[notice_id]
    line = replace(line, payment_reason=known.notice.payment_reason)
    name, identifiers, address, due_day = _said(wish)
    candidates = candidates_of(tx, vault, Finder(tx, vault).leads(known, wish), name, known.organisation_id)
    return HeldDetail(
        line, row.outcome, identifiers, name, address, due_day, candidates, row.decision,
        row.decision_reason,
    )  # fmt: skip


def _said(wish: Wish) -> tuple[str, list[tuple[str, str]], str, int | None]:
    """Name, identifiers with codes masked, the end of the address, the wished day."""
    identifiers = [
        (kind, numbers.masked(code) if (code := numbers.hetu(text)) else numbers.without_hetu(text))
        for kind, text in wish.identifiers
    ]
    return wish.buyer_name, identifiers, numbers.masked(wish.address), wish.due_day


def candidates_of(
    tx: Read, vault: Vault, leads: Mapping[str, UUID], name: str, organisation_id: int, *, companies: bool = False
) -> list[Candidate]:
    """Whom something may be about: those its identifiers lead to, and those of the name; the likeliest first."""
    found: dict[UUID, list[str]] = {}
    for type_, party_id in leads.items():
        found.setdefault(party_id, []).append(type_)
    if name:
        for hit in parties.search(tx, vault, name, limit=CANDIDATES_MOST).hits:
            if companies or hit.kind is PartyKind.PERSON:
                found.setdefault(hit.party_id, [])
    orderers = parties.orderers(tx, found)
    judged = [_candidate(orderers[party_id], types, name, organisation_id) for party_id, types in found.items()]
    # The search forgives much: whom nothing speaks for is no candidate.
    candidates = [one for one in judged if one.fors]
    candidates.sort(key=lambda one: (-len(one.fors), len(one.againsts), words.sort_key(one.name)))
    shown = candidates[:CANDIDATES_MOST]
    tx.saw(*(one.party_id for one in shown))
    return shown


def _candidate(orderer: Orderer, types: Sequence[str], name: str, organisation_id: int) -> Candidate:
    said, known = set(words.fold(name)), set(words.fold(orderer.name))
    same_name = len(said & known) > 1
    alike = not same_name and sum(any(words.alike(word, other) for other in known) for word in said) > 1
    fors = (*types, *(("name",) if same_name else ()), *(("alike",) if alike else ()))
    against = []
    if not types:
        against.append("identifier")
    if said and not same_name and not alike:
        against.append("name")
    if organisation_id not in orderer.organisations:
        against.append("not_customer")
    if orderer.death_date is not None:
        against.append("dead")
    if orderer.turvakielto == "on":
        against.append("protected")
    return Candidate(orderer.id, orderer.name, fors, tuple(against))


def decide(
    tx: Write, vault: Vault, message_id: UUID, decision: str, *, reason: str, party_id: UUID | None = None
) -> None:
    """Decide a held message: ``matched`` to a customer, or ``rejected``.

    Raises ``Conflict`` where it does not wait any more, ``Rejected`` for a company, somebody
    dead, or a message whose own cause must be mended first.
    """
    grounds(reason)
    parties.lock_identity(tx)
    row = _waiting(tx, message_id)
    if decision == "rejected":
        decisions.decide(tx, row.id, "rejected", reason.strip())
        _settle_after(tx, vault, row)
        return
    if decision != "matched" or party_id is None:
        raise Rejected("Say whose the order is, or reject the message.", field="decision")
    if row.thread is None or row.notice_id is None:
        raise Rejected("What holds the message back must be mended first; then release it.", field="decision")
    orderer = parties.orderers(tx, [party_id]).get(party_id)
    if orderer is None:
        raise Missing("There is no such customer; check the identifier.")
    if orderer.kind is not PartyKind.PERSON:
        raise Rejected("Only a person's order can be taken; a company has an e-invoice address instead.", field="party")
    if orderer.death_date is not None:
        raise Rejected("The customer is dead; if that is an error, correct it first.", field="party")
    notices, book = Notices(tx), Book(tx)
    known = notices[row.notice_id]
    book.look_up([(known, party_id)])
    decisions.decide_matched(tx, row.id, book.record(known, party_id), reason.strip())
    settler = Settler(tx, vault, notices, book)
    touched = settler.resolve([row.thread])
    settler.state(touched | {book.record(known, party_id)})
    tx.saw(party_id)
    tx.note(work=str(message_id), decision=decision)


def _waiting(tx: Write, message_id: UUID) -> MessageRow:
    row = messages.message(tx, message_id)
    if row.outcome is not Outcome.HELD:
        raise Conflict("The message does not wait for a decision any more; the queue shows what is left.")
    return row


def grounds(reason: str) -> None:
    """Raise ``Rejected`` where a decision has no reason, or one too long."""
    if not reason.strip():
        raise Rejected("Say why; the reason is kept with the decision.", field="reason")
    if len(reason) > REASON_MAX:
        raise Rejected(f"At most {REASON_MAX} characters.", field="reason")


def _settle_after(tx: Write, vault: Vault, row: MessageRow) -> None:
    """What a decision changes of the other messages about the order."""
    if row.thread is not None:
        settler = Settler(tx, vault, Notices(tx), Book(tx))
        settler.state(settler.resolve([row.thread]))
    tx.note(work=str(row.id), decision="rejected")


def release(tx: Write, vault: Vault, message_id: UUID, *, reason: str) -> Hold | None:
    """Try a held message again, its cause being mended; what holds it still, None where nothing does.

    Of an unknown version, it is to be read as version 2: somebody has looked at it.
    """
    grounds(reason)
    parties.lock_identity(tx)
    row = _waiting(tx, message_id)
    raw = packing.unpacked(
        vault.open(decisions.evidence(tx, row.id), key="secret", place=f"{box.EVIDENCE_PLACE}{row.id}")
    )
    (pair,) = split(io.BytesIO(raw))
    again = Reader().read(pair, any_version=True).message
    decisions.decide(tx, row.id, "released", reason.strip())
    tx.note(work=str(message_id), decision="released")
    if not isinstance(again, ReceiverInfo):
        assert isinstance(again, Broken), "an acknowledgement is never held"
        decisions.hold_still(tx, row.id, again.hold, again.field)
        return again.hold
    notices = Notices(tx)
    known, hold = notices.route(again)
    if known is None or hold is not None:
        decisions.hold_still(tx, row.id, hold or Hold.NOTICE_UNKNOWN, None)
        return hold
    (thread,) = box.threads(vault, [(known.organisation_id, known.notice.payment_reason, again.wish.address)])
    (wish,) = box.wished(vault, [again.wish])
    sealed = vault.seal(box.closed(again.wish), key="secret", place=f"{box.WISH_PLACE}{row.id}")
    decisions.reroute(tx, row.id, again, known.id, known.organisation_id, thread, wish, sealed)
    settler = Settler(tx, vault, notices, Book(tx))
    settler.state(settler.resolve([thread]))
    after = messages.message(tx, row.id)
    return after.hold if after.outcome is Outcome.HELD else None


def release_file(tx: Write, vault: Vault, file_id: UUID, *, reason: str) -> FileReport:
    """Read a quarantined file again, byte for byte as it came: after the register has learnt to.

    Raises ``Conflict`` with the cause where it still does not hold: bring the mended file in, and reject this one.
    """
    grounds(reason)
    parties.lock_identity(tx)
    file = store.bank_file(tx, file_id)
    if file.state != "quarantined":
        raise Conflict("The file is not in quarantine any more.")
    report = FileReport(file.id, file.file_name, "released")
    try:
        read_file(tx, vault, report, io.BufferedReader(_Parts(tx, vault, file_id)), lambda _: None)
    except Unfit as unfit:
        raise Conflict(
            f"The file does not hold yet, at byte {unfit.position}; bring the mended file in and reject this one.",
            field="file",
        ) from None
    decisions.decide_file(tx, file_id, "released", reason.strip(), report.messages, report.repeated, report.held)
    if not report.mandates:
        decisions.drop_parts(tx, file_id)
    tx.note(bank_file=str(file_id), state="released", messages=report.messages, orders=report.orders)
    return report


def reject_file(tx: Write, file_id: UUID, *, reason: str) -> None:
    """Set a quarantined file aside for good: a mended one has come, or it is nobody's. It is kept its time."""
    grounds(reason)
    file = store.bank_file(tx, file_id)
    if file.state != "quarantined":
        raise Conflict("The file is not in quarantine any more.")
    decisions.decide_file(tx, file_id, "rejected", reason.strip(), 0, 0, 0)
    tx.note(bank_file=str(file_id), state="rejected")


class _Parts(io.RawIOBase):
    """The pieces of a quarantined file as one stream."""

    def __init__(self, tx: Read, vault: Vault, file_id: UUID) -> None:
        super().__init__()
        self._tx = tx
        self._vault = vault
        self._file_id = file_id
        self._next = 0
        self._held = b""

    def readable(self) -> bool:
        """It is only ever read."""
        return True

    def readinto(self, target: object) -> int:
        """The next bytes, into a buffer; none at the end."""
        if not self._held:
            sealed = decisions.part(self._tx, self._file_id, self._next)
            if sealed is None:
                return 0
            place = f"{box.PART_PLACE}{self._file_id}|{self._next}"
            self._held = self._vault.open(sealed, key="secret", place=place)
            self._next += 1
        view = memoryview(target)  # type: ignore[arg-type]
        count = min(len(view), len(self._held))
        view[:count] = self._held[:count]
        self._held = self._held[count:]
        return count


def order_messages(tx: Read, record_id: UUID) -> list[OrderMessage]:
    """The messages that bore on a payer's orders of one payment reason, the newest first: the why of the card.

    Raises ``Missing`` where there are none.
    """
    found = tx.all(
        OrderMessage,
        """
        select m.id, m.record_id, r.party_id, m.said_at, m.action, m.kind, m.operator, m.rule, m.evidence, m.decision_reason,
               m.file_id, m.position, m.organisation_id, n.payment_reason
        from sources.bank_message m join parties.record r on r.id = m.record_id
        join sources.notice n on n.id = m.notice_id
        where m.record_id = %(record_id)s and m.outcome = 'matched' order by m.said_at desc, m.id desc
        """,
        record_id=record_id,
    )
    if not found:
        raise Missing("There are no messages about that order.")
    tx.saw(found[0].party_id)
    return found


def customer_messages(tx: Read, party_id: UUID) -> list[OrderMessage]:
    """The messages that bore on any order of a customer, the newest first; none for one nobody told of."""
    tx.saw(party_id)
    return tx.all(
        OrderMessage,
        """
        select m.id, m.record_id, r.party_id, m.said_at, m.action, m.kind, m.operator, m.rule, m.evidence, m.decision_reason,
               m.file_id, m.position, m.organisation_id, n.payment_reason
        from parties.record r join sources.bank_message m on m.record_id = r.id
        join sources.notice n on n.id = m.notice_id
        where r.party_id = %(party_id)s and m.outcome = 'matched' order by m.said_at desc, m.id desc
        """,
        party_id=party_id,
    )
