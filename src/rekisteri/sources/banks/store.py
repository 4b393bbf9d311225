"""The wing's queries about files, notices and banks, one small function each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.catalogue import Content
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Rejected
from rekisteri.sources.banks.holds import Hold
from rekisteri.sources.banks.standing import BillerEnd, Outcome

PAGE_MAX = 200
NAME_MAX = 100
CODE = re.compile(r"[0-9A-Z]{6,35}")


@dataclass(frozen=True, slots=True)
class BankFile:
    """A file that came from a bank."""

    id: UUID
    channel: str
    reference: str | None
    file_name: str
    size_bytes: int
    state: str
    hold: Hold | None
    position: int | None
    received_at: datetime
    message_count: int
    repeated_count: int
    held_count: int
    redeclared_count: int
    decided_at: datetime | None
    decision_reason: str | None


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A version of a notice as the messages that answer it need it."""

    id: UUID
    organisation_id: int
    payment_reason: str
    customers: int | None
    version: int
    si_identifier: str
    sender_address: str
    sender_operator: str
    ended: bool
    content: Content


def file_by_reference(tx: Read, channel: str, reference: str) -> BankFile | None:
    """The file a bank has given this reference, if it came already."""
    return tx.find(
        BankFile,
        """
        select id, channel, reference, file_name, size_bytes, state, hold, position, received_at, message_count,
               repeated_count, held_count, redeclared_count, decided_at, decision_reason
        from sources.bank_file where channel = %(channel)s and reference = %(reference)s
        """,
        channel=channel,
        reference=reference,
    )


def file_by_digest(tx: Read, digest: bytes) -> BankFile | None:
    """The same file by its bytes, if it came and is not rejected."""
    return tx.find(
        BankFile,
        """
        select id, channel, reference, file_name, size_bytes, state, hold, position, received_at, message_count,
               repeated_count, held_count, redeclared_count, decided_at, decision_reason
        from sources.bank_file where digest = %(digest)s and state in ('taken', 'released', 'quarantined')
        order by id desc limit 1
        """,
        digest=digest,
    )


def bank_file(tx: Read, file_id: UUID) -> BankFile:
    """One file. Raises ``Missing``."""
    return tx.fetch(
        BankFile,
        """
        select id, channel, reference, file_name, size_bytes, state, hold, position, received_at, message_count,
               repeated_count, held_count, redeclared_count, decided_at, decision_reason
        from sources.bank_file where id = %(id)s
        """,
        id=file_id,
    )


def bank_files(tx: Read, *, before: UUID | None = None, state: str | None = None, limit: int = 50) -> list[BankFile]:
    """Files, the newest first; ``before`` is the last id of the page before."""
    return tx.all(
        BankFile,
        """
        select id, channel, reference, file_name, size_bytes, state, hold, position, received_at, message_count,
               repeated_count, held_count, redeclared_count, decided_at, decision_reason
        from sources.bank_file
        where (%(before)s::uuid is null or id < %(before)s) and (%(state)s::text is null or state = %(state)s)
        order by id desc limit %(limit)s
        """,
        before=before,
        state=state,
        limit=min(limit, PAGE_MAX),
    )


def known_notices(tx: Read) -> list[NoticeRow]:
    """Every issued version of every notice, the oldest first."""
    return tx.all(
        NoticeRow,
        """
        select n.id, n.organisation_id, n.payment_reason, src.id as customers, v.version, v.si_identifier,
               v.sender_address, v.sender_operator, n.ended_at is not null as ended, v.content
        from sources.notice n
        join sources.notice_version v on v.notice_id = n.id and v.issued_at is not null
        left join parties.source src on src.organisation_id = n.organisation_id and src.kind = 'organisation'
        order by n.created_at, v.version
        """,
    )


def known_banks(tx: Read, on: date) -> frozenset[str]:
    """Codes of the banks and operators there are on a day."""
    rows = tx.tuples("select code from sources.intermediator where valid @> %(on)s::date", on=on)
    return frozenset(code for (code,) in rows)


@dataclass(frozen=True, slots=True)
class Intermediator:
    """A bank or an operator that carries invoices, as it is on a day."""

    code: str
    name: str
    kind: str
    replaced_by: str | None


def intermediators(tx: Read) -> list[Intermediator]:
    """Banks and operators there are today, banks first, by name."""
    return tx.all(
        Intermediator,
        """
        select code, name, kind, replaced_by from sources.intermediator
        where valid @> %(on)s::date order by kind, name, code
        """,
        on=day(tx.at),
    )


def set_intermediator(tx: Write, code: str, name: str, kind: str, replaced_by: str | None) -> None:
    """A bank or operator as it is from today on; what it was before stands. Raises ``Rejected``."""
    if not CODE.fullmatch(code) or not name.strip() or len(name) > NAME_MAX or kind not in ("bank", "operator"):
        raise Rejected("Give a code of 6 to 35 capital letters and digits, a name, and bank or operator.", field="code")
    tx.run(
        """
        update sources.intermediator set valid = daterange(lower(valid), %(on)s)
        where code = %(code)s and valid @> %(on)s::date and (lower(valid) is null or lower(valid) < %(on)s)
        """,
        code=code,
        on=day(tx.at),
    )
    tx.run(
        """
        insert into sources.intermediator (code, name, kind, valid, replaced_by)
        values (%(code)s, %(name)s, %(kind)s, daterange(%(on)s, null), %(replaced_by)s)
        on conflict (code, lower(valid)) do update
        set name = excluded.name, kind = excluded.kind, replaced_by = excluded.replaced_by
        """,
        code=code,
        name=name.strip(),
        kind=kind,
        on=day(tx.at),
        replaced_by=replaced_by,
    )
    tx.note(bank=code)


def known_answers(tx: Read, onces: Sequence[bytes]) -> set[bytes]:
    """Acknowledgements among ``onces`` that came before."""
    rows = tx.tuples("select once from sources.bank_answer where once = any (%(onces)s)", onces=list(onces))
    return {once for (once,) in rows}


def insert_file(tx: Write, row: BankFile, digest: bytes) -> None:
    """Write down a file."""
    tx.run(
        """
        insert into sources.bank_file (id, channel, reference, file_name, digest, size_bytes, state, hold, position,
                                       received_at, account_id, message_count, repeated_count, held_count,
                                       redeclared_count)
        values (%(id)s, %(channel)s, %(reference)s, %(file_name)s, %(digest)s, %(size_bytes)s, %(state)s, %(hold)s,
                %(position)s, %(at)s, %(account_id)s, %(messages)s, %(repeated)s, %(held)s, %(redeclared)s)
        """,
        id=row.id,
        channel=row.channel,
        reference=row.reference,
        file_name=row.file_name,
        digest=digest,
        size_bytes=row.size_bytes,
        state=row.state,
        hold=row.hold,
        position=row.position,
        at=tx.at,
        account_id=tx.act.viewer.account_id,
        messages=row.message_count,
        repeated=row.repeated_count,
        held=row.held_count,
        redeclared=row.redeclared_count,
    )


def biller_ends(tx: Read, notice_ids: Iterable[UUID]) -> dict[UUID, list[BillerEnd]]:
    """The endings of notices at banks that hold, by notice."""
    rows = tx.tuples(
        "select notice_id, at, bank from sources.notice_end where notice_id = any (%(ids)s) and not void",
        ids=list(notice_ids),
    )
    found: dict[UUID, list[BillerEnd]] = {}
    for notice_id, at, bank in rows:
        found.setdefault(notice_id, []).append(BillerEnd(at, bank))
    return found


def insert_part(tx: Write, file_id: UUID, part_no: int, sealed: bytes) -> None:
    """Keep a piece of a quarantined file."""
    tx.run(
        "insert into sources.bank_file_part (file_id, part_no, sealed) values (%(file_id)s, %(part_no)s, %(sealed)s)",
        file_id=file_id,
        part_no=part_no,
        sealed=sealed,
    )


def outcomes(tx: Read, file_id: UUID) -> list[tuple[Outcome, Hold | None, int]]:
    """How many messages of a file ended how, and for which cause."""
    rows = tx.tuples(
        """
        select outcome, hold, count(*)::integer from sources.bank_message
        where file_id = %(file_id)s group by outcome, hold order by outcome, hold
        """,
        file_id=file_id,
    )
    return [(Outcome(outcome), None if hold is None else Hold(hold), count) for outcome, hold, count in rows]
