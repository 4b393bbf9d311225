"""What the tables of other rooms hold of one customer, as the access package tells it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rekisteri.access import Read
from rekisteri.catalogue import Text


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement on one of the customer's records."""

    at: datetime
    verdict: str
    rule: str
    reason: str | None
    organisation_id: int | None
    key: str


@dataclass(frozen=True, slots=True)
class Worked:
    """A row in doubt that was held to be the customer's."""

    opened_at: datetime
    organisation_id: int
    record_key: str
    reason: str
    decided_at: datetime | None
    decision: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer on who pays."""

    made_at: datetime
    organisation_id: int
    id: UUID


@dataclass(frozen=True, slots=True)
class Banked:
    """A bank's message, or a proposal to a bank."""

    at: datetime
    organisation_id: int | None
    bank: str
    what: str
    state: str


@dataclass(frozen=True, slots=True)
class Reported:
    """What invoicing and collection told back, or a task it made."""

    at: datetime
    organisation_id: int
    kind: str
    settled: str | None


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """A notice the customer was shown."""

    number: int
    channel: str
    shown_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """What a recipient was told of the customer: when, in which way, which items; values are not kept of it."""

    at: datetime
    recipient: Text
    organisation_id: int
    what: Text
    items: list[str]


SentTo = Callable[[Read, UUID], Sequence[Sent]]
"""What was sent of a customer, to whom: told by a room above, which sends."""


def judgements(tx: Read, party_id: UUID) -> list[Judged]:
    """Every judgement on the customer's records, the oldest first."""
    return tx.all(
        Judged,
        """
        select j.at, j.verdict, j.rule, j.reason, src.organisation_id, r.key
        from parties.judgement j
        join parties.record r on r.id = j.record_id
        join parties.source src on src.id = r.source_id
        where r.party_id = %(party_id)s
        order by j.at, j.id
        """,
        party_id=party_id,
    )


def work(tx: Read, party_id: UUID) -> list[Worked]:
    """Every row in doubt held to be the customer's."""
    return tx.all(
        Worked,
        """
        select opened_at, organisation_id, record_key, reason, decided_at, decision
        from parties.work where party_id = %(party_id)s order by opened_at, id
        """,
        party_id=party_id,
    )


def banks(tx: Read, party_id: UUID) -> list[Banked]:
    """Messages of banks about the customer's orders, and proposals to banks."""
    return tx.all(
        Banked,
        """
        select m.said_at as at, m.organisation_id, m.operator as bank, coalesce(m.action, '') as what, m.outcome as state
        from sources.bank_message m join parties.record r on r.id = m.record_id
        where r.party_id = %(party_id)s
        union all
        select p.framed_at, coalesce(n.organisation_id, src.organisation_id), p.bank, 'proposal', p.state
        from sources.proposal p
        left join sources.notice n on n.id = p.notice_id
        join parties.record r on r.id = p.record_id
        join parties.source src on src.id = r.source_id
        where r.party_id = %(party_id)s
        union all
        select m.created_at, src.organisation_id, '', m.kind, d.state
        from sources.mandate_message m
        join sources.mandate d on d.id = m.mandate_id
        join parties.record r on r.id = d.record_id
        join parties.source src on src.id = r.source_id
        where r.party_id = %(party_id)s
        order by at
        """,
        party_id=party_id,
    )


def answers(tx: Read, party_id: UUID) -> list[Answered]:
    """Every answer on who pays that was of the customer or went to it."""
    return tx.all(
        Answered,
        """
        select made_at, organisation_id, id from payers.receipt
        where customer_id = %(party_id)s or %(party_id)s = any (party_ids)
        order by made_at, id
        """,
        party_id=party_id,
    )


def reports(tx: Read, party_id: UUID) -> list[Reported]:
    """What invoicing and collection told back of the customer, and the tasks that made."""
    return tx.all(
        Reported,
        """
        select reported_at as at, organisation_id, kind, null::text as settled
        from payers.report where party_id = %(party_id)s
        union all
        select opened_at, organisation_id, kind, settlement from payers.task where party_id = %(party_id)s
        order by at
        """,
        party_id=party_id,
    )


def notices(tx: Read, party_id: UUID) -> list[NoticeShown]:
    """Every notice the customer was shown."""
    return tx.all(
        NoticeShown,
        "select number, channel, shown_at from rights.notice_shown where party_id = %(party_id)s order by id",
        party_id=party_id,
    )
