"""The queries of mandates, one small function each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.sources.banks.holds import Hold
from rekisteri.sources.banks.mandate_standing import MandateState
from rekisteri.sources.banks.mandate_wire import MandateKind
from rekisteri.sources.banks.standing import Outcome


@dataclass(frozen=True, slots=True)
class Creditor:
    """A client organisation's creditor identifier; ``customers`` is the organisation's own source, None for none."""

    id: UUID
    organisation_id: int
    creditor_id: str
    payment_reason: str
    answered: bool
    customers: int | None


@dataclass(frozen=True, slots=True)
class WordRow:
    """One mandate's word as it is kept."""

    id: UUID
    file_id: UUID
    position: int
    digest: bytes
    kind: MandateKind
    message_id: str
    created_at: datetime
    initiator: str
    creditor_id: str
    reference: str
    original_message_id: str
    accepted: bool | None
    reason: str
    sealed: bytes
    mandate_id: UUID | None
    hold: Hold | None


@dataclass(frozen=True, slots=True)
class MandateRow:
    """A mandate as it is kept; ``party_id`` is whose it was found to be."""

    id: UUID
    creditor: UUID
    reference: str
    state: MandateState
    since_at: datetime | None
    changing: bool
    outcome: Outcome
    hold: Hold | None
    rule: int | None
    evidence: list[str]
    record_id: UUID | None
    party_id: UUID | None
    deadline_on: date | None
    decision: str | None
    decision_reason: str | None


def creditors(tx: Read) -> list[Creditor]:
    """Every creditor identifier, by organisation."""
    return tx.all(
        Creditor,
        """
        select c.id, c.organisation_id, c.creditor_id, c.payment_reason, c.answered, src.id as customers
        from sources.creditor c
        left join parties.source src on src.organisation_id = c.organisation_id and src.kind = 'organisation'
        order by c.organisation_id, c.creditor_id
        """,
    )


def put_creditor(
    tx: Write, creditor: UUID, organisation_id: int, creditor_id: str, payment_reason: str, *, answered: bool
) -> UUID | None:
    """Add a creditor identifier, or change one of the same organisation; its id, None where it is another's."""
    found: UUID | None = tx.value(
        """
        insert into sources.creditor (id, organisation_id, creditor_id, payment_reason, answered, created_at)
        values (%(id)s, %(organisation_id)s, %(creditor_id)s, %(payment_reason)s, %(answered)s, %(at)s)
        on conflict (creditor_id) do update
        set payment_reason = excluded.payment_reason, answered = excluded.answered
        where creditor.organisation_id = excluded.organisation_id
        returning id
        """,
        id=creditor,
        organisation_id=organisation_id,
        creditor_id=creditor_id,
        payment_reason=payment_reason,
        answered=answered,
        at=tx.at,
    )
    return found


def mandates_of_creditor(tx: Read, creditor: UUID) -> list[UUID]:
    """The mandates of a creditor identifier."""
    rows = tx.tuples("select id from sources.mandate where creditor = %(creditor)s", creditor=creditor)
    return [mandate_id for (mandate_id,) in rows]


def known_words(tx: Read, onces: Sequence[bytes]) -> dict[bytes, bytes]:
    """Digests of words that came before, by what is unique of them."""
    rows = tx.tuples("select once, digest from sources.mandate_message where once = any (%(onces)s)", onces=list(onces))
    return {bytes(once): bytes(digest) for once, digest in rows}


def insert_word(tx: Write, row: WordRow, once: bytes) -> None:
    """Write down a word."""
    tx.run(
        """
        insert into sources.mandate_message (id, file_id, position, once, digest, kind, message_id, created_at, initiator,
                                             creditor_id, reference, original_message_id, accepted, reason, sealed, hold)
        values (%(id)s, %(file_id)s, %(position)s, %(once)s, %(digest)s, %(kind)s, %(message_id)s, %(created_at)s,
                %(initiator)s, %(creditor_id)s, %(reference)s, %(original_message_id)s, %(accepted)s, %(reason)s,
                %(sealed)s, %(hold)s)
        """,
        id=row.id,
        file_id=row.file_id,
        position=row.position,
        once=once,
        digest=row.digest,
        kind=row.kind,
        message_id=row.message_id,
        created_at=row.created_at,
        initiator=row.initiator,
        creditor_id=row.creditor_id,
        reference=row.reference,
        original_message_id=row.original_message_id,
        accepted=row.accepted,
        reason=row.reason,
        sealed=row.sealed,
        hold=row.hold,
    )


def unrouted(tx: Read) -> list[WordRow]:
    """Words that no mandate has, and nobody has rejected: their creditor or the message they answer is not known yet."""
    return tx.all(
        WordRow,
        """
        select id, file_id, position, digest, kind, message_id, created_at, initiator, creditor_id, reference,
               original_message_id, accepted, reason, sealed, mandate_id, hold
        from sources.mandate_message where mandate_id is null and decided_at is null order by id
        """,
    )


def creditors_of_messages(tx: Read, message_ids: Iterable[str]) -> dict[str, set[UUID]]:
    """Of which creditors the mandates of each message are."""
    rows = tx.tuples(
        """
        select distinct m.message_id, d.creditor from sources.mandate_message m
        join sources.mandate d on d.id = m.mandate_id where m.message_id = any (%(ids)s)
        """,
        ids=list(message_ids),
    )
    found: dict[str, set[UUID]] = {}
    for message_id, creditor in rows:
        found.setdefault(message_id, set()).add(creditor)
    return found


def mandates_of_messages(tx: Read, message_ids: Iterable[str]) -> list[UUID]:
    """The mandates that messages hold words of."""
    rows = tx.tuples(
        """
        select distinct mandate_id from sources.mandate_message
        where message_id = any (%(ids)s) and mandate_id is not null
        """,
        ids=list(message_ids),
    )
    return [mandate_id for (mandate_id,) in rows]


def begin(tx: Write, wanted: Sequence[tuple[UUID, UUID, str]]) -> dict[tuple[UUID, str], UUID]:
    """The mandates of (creditor, reference), begun under the given ids where there are none."""
    tx.run(
        """
        insert into sources.mandate (id, creditor, reference, state, changing, outcome, evidence)
        select id, creditor, reference, 'unknown', false, 'waiting', '{}'
        from unnest(%(ids)s::uuid[], %(creditors)s::uuid[], %(references)s::text[]) as w (id, creditor, reference)
        on conflict (creditor, reference) do nothing
        """,
        ids=[one for one, _, _ in wanted],
        creditors=[creditor for _, creditor, _ in wanted],
        references=[reference for _, _, reference in wanted],
    )
    rows = tx.tuples(
        """
        select d.creditor, d.reference, d.id from sources.mandate d
        join unnest(%(creditors)s::uuid[], %(references)s::text[]) as w (creditor, reference)
          on w.creditor = d.creditor and w.reference = d.reference
        """,
        creditors=[creditor for _, creditor, _ in wanted],
        references=[reference for _, _, reference in wanted],
    )
    return {(creditor, reference): mandate_id for creditor, reference, mandate_id in rows}


def route(tx: Write, routed: Sequence[tuple[UUID, UUID | None, Hold | None]]) -> None:
    """Which mandate each word is of, or why of none."""
    tx.run(
        """
        update sources.mandate_message m set mandate_id = w.mandate_id, hold = w.hold
        from unnest(%(ids)s::uuid[], %(mandates)s::uuid[], %(holds)s::text[]) as w (id, mandate_id, hold)
        where m.id = w.id
        """,
        ids=[one for one, _, _ in routed],
        mandates=[mandate_id for _, mandate_id, _ in routed],
        holds=[hold for _, _, hold in routed],
    )


def mandates(tx: Read, mandate_ids: Iterable[UUID]) -> list[MandateRow]:
    """Mandates by their ids."""
    return tx.all(
        MandateRow,
        """
        select d.id, d.creditor, d.reference, d.state, d.since_at, d.changing, d.outcome, d.hold, d.rule, d.evidence,
               d.record_id, r.party_id, d.deadline_on, d.decision, d.decision_reason
        from sources.mandate d left join parties.record r on r.id = d.record_id
        where d.id = any (%(ids)s) order by d.id
        """,
        ids=list(mandate_ids),
    )


def words_of(tx: Read, mandate_ids: Iterable[UUID]) -> list[tuple[UUID, WordRow]]:
    """Every word of the mandates as (mandate, word); an answer to a whole message is of each of its mandates."""
    wanted = list(mandate_ids)
    own = tx.all(
        WordRow,
        """
        select id, file_id, position, digest, kind, message_id, created_at, initiator, creditor_id, reference,
               original_message_id, accepted, reason, sealed, mandate_id, hold
        from sources.mandate_message where mandate_id = any (%(ids)s)
        """,
        ids=wanted,
    )
    named: dict[str, set[UUID]] = {}
    for word in own:
        if word.mandate_id is not None:
            named.setdefault(word.message_id, set()).add(word.mandate_id)
    whole = tx.all(
        WordRow,
        """
        select id, file_id, position, digest, kind, message_id, created_at, initiator, creditor_id, reference,
               original_message_id, accepted, reason, sealed, mandate_id, hold
        from sources.mandate_message
        where original_message_id = any (%(named)s) and kind = 'acceptance' and reference = ''
        """,
        named=list(named),
    )
    found = [(word.mandate_id, word) for word in own if word.mandate_id is not None]
    return found + [(mandate_id, word) for word in whole for mandate_id in named[word.original_message_id]]


def change(tx: Write, row: MandateRow) -> None:
    """Write down where a mandate stands and whose it is."""
    tx.run(
        """
        update sources.mandate
        set state = %(state)s, since_at = %(since_at)s, changing = %(changing)s, outcome = %(outcome)s, hold = %(hold)s,
            rule = %(rule)s, evidence = %(evidence)s, record_id = %(record_id)s, deadline_on = %(deadline_on)s
        where id = %(id)s
        """,
        id=row.id,
        state=row.state,
        since_at=row.since_at,
        changing=row.changing,
        outcome=row.outcome,
        hold=row.hold,
        rule=row.rule,
        evidence=row.evidence,
        record_id=row.record_id,
        deadline_on=row.deadline_on,
    )


def outcomes(tx: Read, file_id: UUID) -> list[tuple[Outcome, Hold | None, int]]:
    """How many words of a file ended how: set aside, or as their mandate has."""
    rows = tx.tuples(
        """
        select case when m.hold is not null then 'held' else coalesce(d.outcome, 'waiting') end as became,
               coalesce(m.hold, d.hold) as why, count(*)::integer
        from sources.mandate_message m left join sources.mandate d on d.id = m.mandate_id
        where m.file_id = %(file_id)s group by became, why order by became, why
        """,
        file_id=file_id,
    )
    return [(Outcome(outcome), None if hold is None else Hold(hold), count) for outcome, hold, count in rows]


def decide(tx: Write, mandate_id: UUID, decision: str | None, reason: str) -> None:
    """Write down an officer's decision of whose a mandate is; None takes it back."""
    tx.run(
        """
        update sources.mandate
        set decision = %(decision)s, decision_reason = %(reason)s, decided_at = %(at)s, decided_by = %(by)s
        where id = %(id)s
        """,
        id=mandate_id,
        decision=decision,
        reason=reason,
        at=tx.at,
        by=tx.act.viewer.account_id,
    )


def reject_word(tx: Write, word_id: UUID, reason: str) -> bool:
    """Set a word that no mandate has aside for good; whether there was one."""
    return bool(
        tx.run(
            """
            update sources.mandate_message
            set decided_at = %(at)s, decided_by = %(by)s, decision_reason = %(reason)s
            where id = %(id)s and mandate_id is null and decided_at is null and hold is not null
            """,
            id=word_id,
            reason=reason,
            at=tx.at,
            by=tx.act.viewer.account_id,
        )
    )
