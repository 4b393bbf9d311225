"""Mandates looked at and decided: creditors, the list, one with its messages, whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from rekisteri import parties, payers
from rekisteri.access import Read, Write, decide_organisation
from rekisteri.ground import ids, numbers
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.ground.keys import Vault
from rekisteri.sources.banks import mandate_store as store
from rekisteri.sources.banks.holds import Hold
from rekisteri.sources.banks.mandate_standing import MandateState
from rekisteri.sources.banks.mandate_store import Creditor, WordRow
from rekisteri.sources.banks.mandate_wire import Debtor, MandateKind
from rekisteri.sources.banks.mandates import Settled, folded, settle, typed
from rekisteri.sources.banks.match import Finder, Sought
from rekisteri.sources.banks.standing import Outcome
from rekisteri.sources.banks.store import PAGE_MAX
from rekisteri.sources.banks.work import Candidate, candidates_of, grounds


@dataclass(frozen=True, slots=True)
class MandateLine:
    """A mandate as a line of the list; ``name`` is its payer's, where that is known."""

    id: UUID
    organisation_id: int
    creditor_id: str
    payment_reason: str
    reference: str
    state: MandateState
    since_at: datetime | None
    changing: bool
    outcome: Outcome
    hold: Hold | None
    deadline_on: date | None
    party_id: UUID | None
    name: str | None


@dataclass(frozen=True, slots=True)
class AsideLine:
    """A word of a mandate message that no mandate has, and why."""

    id: UUID
    kind: MandateKind
    created_at: datetime
    creditor_id: str
    reference: str
    original_message_id: str
    hold: Hold
    file_id: UUID
    position: int


@dataclass(frozen=True, slots=True)
class MandateWordLine:
    """A message of a mandate, and what it did."""

    kind: MandateKind
    created_at: datetime
    message_id: str
    original_message_id: str
    accepted: bool | None
    reason: str
    file_id: UUID
    position: int


@dataclass(frozen=True, slots=True)
class MandateDetail:
    """A mandate with its terms, codes and account masked, its messages, and whom it may be of while it is held."""

    line: MandateLine
    debtor: str
    identifiers: list[tuple[str, str]]
    account: str
    bank: str
    sequence: str | None
    given_on: date | None
    first_on: date | None
    last_on: date | None
    rule: int | None
    evidence: list[str]
    decision_reason: str | None
    words: list[MandateWordLine]
    candidates: list[Candidate]


def set_creditor(
    tx: Write, vault: Vault, organisation_id: int, creditor_id: str, payment_reason: str, *, answered: bool
) -> Settled:
    """Say that mandates to a creditor identifier are a client organisation's; words that waited for it are placed.

    ``answered``: its bank sends acceptance reports, and mandates are in force from these. Raises
    ``Rejected`` for an identifier or a payment reason that is none, or another organisation's identifier.
    """
    decide_organisation(tx.act.viewer, organisation_id)
    known = numbers.creditor_id(creditor_id)
    if known is None:
        raise Rejected("That is no creditor identifier (SEPA AT-02): its check digits do not hold.", field="creditor")
    if not payers.payment_reasons(tx, [organisation_id], code=payment_reason):
        raise Rejected("The organisation has no such payment reason; add it first.", field="payment_reason")
    parties.lock_identity(tx)
    creditor = store.put_creditor(tx, ids.fresh(), organisation_id, known, payment_reason, answered=answered)
    if creditor is None:
        raise Rejected("Another client organisation has that creditor identifier.", field="creditor")
    tx.note(creditor=known, organisation=organisation_id)
    return settle(tx, vault, store.mandates_of_creditor(tx, creditor))


def creditors(tx: Read) -> list[Creditor]:
    """Creditor identifiers of the viewer's client organisations, by organisation."""
    return [one for one in store.creditors(tx) if tx.act.reaches(one.organisation_id)]


def mandates(
    tx: Read, *, held: bool = False, party_id: UUID | None = None, limit: int = 50, cursor: UUID | None = None
) -> list[MandateLine]:
    """Mandates, the newest first; those that wait for a person alone, or of one customer; ``cursor``: the last id before."""
    found = tx.all(
        MandateLine,
        """
        select d.id, c.organisation_id, c.creditor_id, c.payment_reason, d.reference, d.state, d.since_at, d.changing,
               d.outcome, d.hold, d.deadline_on, p.id as party_id, p.name
        from sources.mandate d join sources.creditor c on c.id = d.creditor
        left join parties.record r on r.id = d.record_id left join parties.party p on p.id = r.party_id
        where (not %(held)s or d.outcome = 'held') and (%(cursor)s::uuid is null or d.id < %(cursor)s)
          and (%(party_id)s::uuid is null or r.party_id = %(party_id)s)
        order by d.id desc limit %(limit)s
        """,
        held=held,
        party_id=party_id,
        cursor=cursor,
        limit=min(limit, PAGE_MAX),
    )
    tx.saw(*(one.party_id for one in found if one.party_id is not None))
    return found


def aside(tx: Read, *, limit: int = 50) -> list[AsideLine]:
    """Words of mandate messages that no mandate has and nobody has decided, the oldest first."""
    return tx.all(
        AsideLine,
        """
        select id, kind, created_at, creditor_id, reference, original_message_id, hold, file_id, position
        from sources.mandate_message
        where mandate_id is null and hold is not null and decided_at is null order by id limit %(limit)s
        """,
        limit=min(limit, PAGE_MAX),
    )


def mandate(tx: Read, vault: Vault, mandate_id: UUID) -> MandateDetail:
    """One mandate. Raises ``Missing``."""
    line = tx.fetch(
        MandateLine,
        """
        select d.id, c.organisation_id, c.creditor_id, c.payment_reason, d.reference, d.state, d.since_at, d.changing,
               d.outcome, d.hold, d.deadline_on, p.id as party_id, p.name
        from sources.mandate d join sources.creditor c on c.id = d.creditor
        left join parties.record r on r.id = d.record_id left join parties.party p on p.id = r.party_id
        where d.id = %(id)s
        """,
        id=mandate_id,
    )
    (row,) = store.mandates(tx, [mandate_id])
    words = sorted((word for _, word in store.words_of(tx, [mandate_id])), key=lambda word: (word.created_at, word.id))
    creditor = next(one for one in store.creditors(tx) if one.id == row.creditor)
    terms = folded(vault, words, creditor).terms
    debtor = terms.debtor
    if line.party_id is not None:
        tx.saw(line.party_id)
    return MandateDetail(
        line=line,
        debtor="" if debtor is None else debtor.name,
        identifiers=[] if debtor is None else [(what, _masked(text)) for what, text in debtor.identifiers],
        account="" if terms.account is None else numbers.masked(terms.account),
        bank=terms.bank or "",
        sequence=terms.sequence,
        given_on=terms.given_on,
        first_on=terms.first_on,
        last_on=terms.last_on,
        rule=row.rule,
        evidence=row.evidence,
        decision_reason=row.decision_reason,
        words=[_told(word) for word in words],
        candidates=_candidates(tx, vault, creditor, debtor) if line.outcome is Outcome.HELD and debtor else [],
    )


def _masked(text: str) -> str:
    code = numbers.hetu(text)
    return numbers.without_hetu(text) if code is None else numbers.masked(code)


def _told(word: WordRow) -> MandateWordLine:
    return MandateWordLine(
        word.kind, word.created_at, word.message_id, word.original_message_id, word.accepted, word.reason, word.file_id,
        word.position,
    )  # fmt: skip


def _candidates(tx: Read, vault: Vault, creditor: Creditor, debtor: Debtor) -> list[Candidate]:
    sought = Sought(creditor.organisation_id, creditor.customers, debtor.name, typed(debtor), companies=True)
    leads = Finder(tx, vault).lead(sought)
    return candidates_of(tx, vault, leads, debtor.name, creditor.organisation_id, companies=True)


def decide_mandate(
    tx: Write, vault: Vault, mandate_id: UUID, decision: str, *, reason: str, party_id: UUID | None = None
) -> None:
    """Decide a held mandate: ``matched`` to a customer, ``rejected``, or ``retried`` when its cause is mended.

    Raises ``Conflict`` where it does not wait any more, ``Rejected`` for somebody dead.
    """
    grounds(reason)
    parties.lock_identity(tx)
    found = store.mandates(tx, [mandate_id])
    if not found:
        raise Missing("There is no such mandate.")
    if found[0].outcome is not Outcome.HELD:
        raise Conflict("The mandate does not wait for a decision any more; the list shows what is left.")
    match decision:
        case "retried":
            settle(tx, vault, [mandate_id])
        case "rejected":
            store.decide(tx, mandate_id, "rejected", reason.strip())
            settle(tx, vault, [mandate_id])
        case "matched" if party_id is not None:
            orderer = parties.orderers(tx, [party_id]).get(party_id)
            if orderer is None:
                raise Missing("There is no such customer; check the identifier.")
            if orderer.death_date is not None:
                raise Rejected("The customer is dead; if that is an error, correct it first.", field="party")
            store.decide(tx, mandate_id, "matched", reason.strip())
            settle(tx, vault, [mandate_id], {mandate_id: party_id})
            tx.saw(party_id)
        case _:
            raise Rejected("Say whose the mandate is, or reject it.", field="decision")
    tx.note(work=str(mandate_id), decision=decision)


def mandate_outcomes(tx: Read, file_id: UUID) -> list[tuple[Outcome, Hold | None, int]]:
    """How many mandates' words of a file ended how, and for which cause; none of a file of orders."""
    return store.outcomes(tx, file_id)


def reject_word(tx: Write, word_id: UUID, *, reason: str) -> None:
    """Set a mandate message that no mandate has aside for good. Raises ``Conflict`` where it does not wait."""
    grounds(reason)
    if not store.reject_word(tx, word_id, reason.strip()):
        raise Conflict("The message does not wait for a decision any more; the list shows what is left.")
    tx.note(work=str(word_id), decision="rejected")
