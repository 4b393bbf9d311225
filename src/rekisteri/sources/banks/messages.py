"""The wing's queries about messages, one small function each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.ground import packed
from rekisteri.ground.packed import Packed
from rekisteri.sources.banks.holds import Hold
from rekisteri.sources.banks.standing import Outcome, Rule, Told


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as it is kept; ``party_id`` is whose it was found to be."""

    id: UUID
    file_id: UUID
    position: int
    digest: bytes
    message_id: str
    ref_message_id: str | None
    framed_at: datetime
    said_at: datetime
    version: str
    action: str | None
    kind: str | None
    operator: str
    notice_id: UUID | None
    organisation_id: int | None
    thread: bytes | None
    wish: bytes | None
    sealed: bytes
    outcome: Outcome
    hold: Hold | None
    field: str | None
    rule: int | None
    evidence: list[str]
    record_id: UUID | None
    party_id: UUID | None
    deadline_on: date | None
    decided_at: datetime | None
    decision: str | None
    decision_reason: str | None

    def told(self, party_id: UUID | None) -> Told:
        """The message as the state machine sees it: of the payer, if an officer has decided so."""
        assert self.thread is not None, "a message without a notice is of no thread"
        assert self.action is not None, "a message that can't be read has no notice"
        return Told(
            self.id, self.thread, self.wish, self.message_id, self.ref_message_id, self.said_at, self.framed_at,
            self.action, self.operator, self.digest, self.decision == "rejected",
            party_id if self.decision == "matched" else None,
        )  # fmt: skip

    @property
    def by_itself(self) -> bool:
        """Whether it was matched by its own identifiers, without others' help."""
        return self.outcome is Outcome.MATCHED and self.rule in (Rule.IDENTITY_CODE, Rule.CUSTOMER_NUMBER)


def known_once(tx: Read, onces: Sequence[bytes]) -> dict[bytes, bytes]:
    """Digests of messages that came before, by what banks hold to be unique."""
    rows = tx.tuples(
        "select once, digest from sources.bank_message where once = any (%(onces)s::bytea[])",
        onces=packed.blobs(onces),
    )
    return dict(rows)


class Come(NamedTuple):
    """Messages that came, a column of each thing to be kept of them; ``evidence`` has its words joined by commas."""

    ids: Packed
    positions: Packed
    onces: Packed
    digests: Packed
    message_ids: Packed
    refs: Packed
    framed: Packed
    said: Packed
    versions: Packed
    actions: Packed
    kinds: Packed
    operators: Packed
    notices: Packed
    organisations: Packed
    threads: Packed
    wishes: Packed
    sealed: Packed
    outcomes: Packed
    holds: Packed
    fields: Packed
    rules: Packed
    evidence: Packed
    records: Packed
    raws: Packed


def insert_messages(tx: Write, file_id: UUID, come: Come, deadline_on: date) -> None:
    """Write down messages, and their raw bytes beside them; a person decides by the day what is held."""
    tx.run(
        """
        insert into sources.bank_message (id, file_id, position, once, digest, message_id, ref_message_id, framed_at,
                                          said_at, version, action, kind, operator, notice_id, organisation_id, thread,
                                          wish, sealed, outcome, hold, field, rule, evidence, record_id, deadline_on)
        select id, %(file_id)s, position, once, digest, message_id, ref_message_id, framed_at, said_at, version, action,
               kind, operator, notice_id, organisation_id, thread, wish, sealed, outcome, hold, field, rule,
               string_to_array(evidence, ','), record_id, case when outcome = 'held' then %(deadline_on)s::date end
        from (
            select unnest(%(ids)s::uuid[]) as id, unnest(%(positions)s::integer[]) as position,
                   unnest(%(onces)s::bytea[]) as once, unnest(%(digests)s::bytea[]) as digest,
                   unnest(%(message_ids)s::text[]) as message_id, unnest(%(refs)s::text[]) as ref_message_id,
                   unnest(%(framed)s::timestamptz[]) as framed_at, unnest(%(said)s::timestamptz[]) as said_at,
                   unnest(%(versions)s::text[]) as version, unnest(%(actions)s::text[]) as action,
                   unnest(%(kinds)s::text[]) as kind, unnest(%(operators)s::text[]) as operator,
                   unnest(%(notices)s::uuid[]) as notice_id, unnest(%(organisations)s::integer[]) as organisation_id,
                   unnest(%(threads)s::bytea[]) as thread, unnest(%(wishes)s::bytea[]) as wish,
                   unnest(%(sealed)s::bytea[]) as sealed, unnest(%(outcomes)s::text[]) as outcome,
                   unnest(%(holds)s::text[]) as hold, unnest(%(fields)s::text[]) as field,
                   unnest(%(rules)s::integer[]) as rule, unnest(%(evidence)s::text[]) as evidence,
                   unnest(%(records)s::uuid[]) as record_id
        ) as come
        """,
        file_id=file_id,
        deadline_on=deadline_on,
        **{name: column for name, column in come._asdict().items() if name != "raws"},
    )
    tx.run(
        """
        insert into sources.bank_evidence (message_id, sealed)
        select unnest(%(ids)s::uuid[]), unnest(%(raws)s::bytea[])
        """,
        ids=come.ids,
        raws=come.raws,
    )


def entangled(tx: Read, file_id: UUID) -> Iterator[bytes]:
    """Threads of a file's messages that hold more than one message, or refer or are referred to."""
    rows = tx.tuples(
        """
        with come as (
            select thread, message_id, ref_message_id from sources.bank_message
            where file_id = %(file_id)s and thread is not null
        )
        select m.thread from sources.bank_message m
        where m.thread in (select thread from come) group by m.thread having count(*) > 1
        union
        select thread from come where ref_message_id is not null
        union
        select m.thread from sources.bank_message m
        where m.ref_message_id in (select message_id from come) and m.thread is not null
        """,
        file_id=file_id,
    )
    yield from (bytes(thread) for (thread,) in rows)


def messages_of_threads(tx: Read, threads: Sequence[bytes]) -> list[MessageRow]:
    """Every message of the threads."""
    return tx.all(
        MessageRow,
        """
        select m.id, m.file_id, m.position, m.digest, m.message_id, m.ref_message_id, m.framed_at, m.said_at,
               m.version, m.action, m.kind, m.operator, m.notice_id, m.organisation_id, m.thread, m.wish, m.sealed,
               m.outcome, m.hold, m.field, m.rule, m.evidence, m.record_id, r.party_id, m.deadline_on, m.decided_at,
               m.decision, m.decision_reason
        from sources.bank_message m
        left join parties.record r on r.id = m.record_id
        where m.thread = any (%(threads)s::bytea[])
        """,
        threads=packed.blobs(threads),
    )


def messages_of_records(tx: Read, record_ids: Sequence[UUID]) -> list[MessageRow]:
    """Every message found to be about the orders of the records."""
    return tx.all(
        MessageRow,
        """
        select m.id, m.file_id, m.position, m.digest, m.message_id, m.ref_message_id, m.framed_at, m.said_at,
               m.version, m.action, m.kind, m.operator, m.notice_id, m.organisation_id, m.thread, m.wish, m.sealed,
               m.outcome, m.hold, m.field, m.rule, m.evidence, m.record_id, r.party_id, m.deadline_on, m.decided_at,
               m.decision, m.decision_reason
        from sources.bank_message m
        left join parties.record r on r.id = m.record_id
        where m.record_id = any (%(records)s::uuid[]) and m.outcome = 'matched'
        """,
        records=packed.ids(record_ids),
    )


class Word(NamedTuple):
    """A matched message as far as the order it is about needs it: one of tens of thousands."""

    id: UUID
    record_id: UUID
    message_id: str
    said_at: datetime
    framed_at: datetime
    action: str
    kind: str
    operator: str
    notice_id: UUID
    organisation_id: int
    thread: bytes
    digest: bytes
    sealed: bytes

    @property
    def told(self) -> Told:
        """The message as the state machine sees it; whose it is is known."""
        return Told(
            self.id, self.thread, None, self.message_id, None, self.said_at, self.framed_at, self.action, self.operator,
            self.digest,
        )  # fmt: skip


def words_of_records(tx: Read, record_ids: Collection[UUID]) -> dict[UUID, list[Word]]:
    """What was said about the orders of each record."""
    rows = tx.tuples(
        """
        select id, record_id, message_id, said_at, framed_at, action, kind, operator, notice_id, organisation_id, thread,
               digest, sealed
        from sources.bank_message where record_id = any (%(records)s::uuid[]) and outcome = 'matched'
        """,
        records=packed.ids(record_ids),
    )
    found: dict[UUID, list[Word]] = {}
    for row in rows:
        found.setdefault(row[1], []).append(Word(*row))
    return found


def message(tx: Read, message_id: UUID) -> MessageRow:
    """One message. Raises ``Missing``."""
    return tx.fetch(
        MessageRow,
        """
        select m.id, m.file_id, m.position, m.digest, m.message_id, m.ref_message_id, m.framed_at, m.said_at,
               m.version, m.action, m.kind, m.operator, m.notice_id, m.organisation_id, m.thread, m.wish, m.sealed,
               m.outcome, m.hold, m.field, m.rule, m.evidence, m.record_id, r.party_id, m.deadline_on, m.decided_at,
               m.decision, m.decision_reason
        from sources.bank_message m
        left join parties.record r on r.id = m.record_id
        where m.id = %(id)s
        """,
        id=message_id,
    )


def named_elsewhere(tx: Read, message_ids: Sequence[str]) -> dict[str, UUID | None]:
    """Message ids known to the register: of our proposals with their payers, of banks' messages without."""
    rows: list[tuple[Any, ...]] = tx.tuples(
        """
        select m.message_id, null::uuid from sources.bank_message m where m.message_id = any (%(ids)s)
        union all
        select p.message_id, r.party_id from sources.proposal p
        join parties.record r on r.id = p.record_id where p.message_id = any (%(ids)s)
        """,
        ids=list(message_ids),
    )
    return dict(rows)


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a message, where it is another thing than was written down before."""

    id: UUID
    outcome: Outcome
    hold: Hold | None
    rule: int | None
    evidence: tuple[str, ...]
    record_id: UUID | None
    deadline_on: date | None


def change(tx: Write, changes: Sequence[Changed]) -> None:
    """Write down what became of messages."""
    if not changes:
        return
    tx.run(
        """
        update sources.bank_message m
        set outcome = c.outcome, hold = c.hold, rule = c.rule, record_id = c.record_id, deadline_on = c.deadline_on,
            evidence = string_to_array(c.evidence, ',')
        from unnest(%(ids)s::uuid[], %(outcomes)s::text[], %(holds)s::text[], %(rules)s::smallint[],
                    %(evidence)s::text[], %(records)s::uuid[], %(deadlines)s::date[])
            as c (id, outcome, hold, rule, evidence, record_id, deadline_on)
        where m.id = c.id
        """,
        ids=[one.id for one in changes],
        outcomes=[one.outcome.value for one in changes],
        holds=[one.hold for one in changes],
        rules=[one.rule for one in changes],
        evidence=[",".join(one.evidence) for one in changes],
        records=[one.record_id for one in changes],
        deadlines=[one.deadline_on for one in changes],
    )


def records_of_file(tx: Read, file_id: UUID) -> list[UUID]:
    """The records that the messages of a file are about."""
    rows = tx.tuples(
        "select distinct record_id from sources.bank_message where file_id = %(file_id)s and record_id is not null",
        file_id=file_id,
    )
    return [record_id for (record_id,) in rows]


def records_of_notices(tx: Read, notice_ids: Iterable[UUID]) -> list[UUID]:
    """The records of every order ever matched under the notices."""
    wanted = list(notice_ids)
    if not wanted:
        return []
    rows = tx.tuples(
        """
        select distinct record_id from sources.bank_message
        where notice_id = any (%(ids)s) and outcome = 'matched'
        """,
        ids=wanted,
    )
    return [record_id for (record_id,) in rows]
