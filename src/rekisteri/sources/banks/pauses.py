"""Orders paused: an invoice could not be brought to an order's address, so that the next ones go otherwise.

A bank says so by an acknowledgement of an invoice (code 2 or 4), or an officer finds it out. The
payer's wish is not changed: the order is in force again by the payer's next message about it, or
when an officer lifts the pause. Kept by thread, so that it may come before the order it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.ground import ids, packed
from rekisteri.ground.keys import Vault
from rekisteri.sources.banks import box
from rekisteri.sources.banks.standing import Pause

UNDELIVERABLE = frozenset({"2", "4"})
"""Codes of an acknowledgement of an invoice: receiver not found, intermediator not found."""


def by_answer(tx: Write, vault: Vault, answer_id: UUID, code: str, named: Sequence[str], at: datetime) -> set[bytes]:
    """Pause what an acknowledgement of an invoice says can't be reached; the threads it may be about.

    ``named`` are all the addresses the acknowledgement names: the biller's own tells the
    organisation and its payment reasons, each other one may be the payer's.
    """
    if code not in UNDELIVERABLE:
        return set()
    rows = tx.tuples(
        """
        select distinct n.organisation_id, n.payment_reason, v.sender_address from sources.notice_version v
        join sources.notice n on n.id = v.notice_id
        where v.issued_at is not null and v.sender_address = any (%(named)s)
        """,
        named=list(named),
    )
    threads = set(
        box.threads(
            vault,
            (
                (organisation_id, reason, address)
                for organisation_id, reason, sender in rows
                for address in named
                if address != sender
            ),
        )
    )
    for thread in sorted(threads):
        put(tx, thread, at, resumes=False, code=code, answer_id=answer_id)
    return threads


def pauses_of(tx: Read, threads: Iterable[bytes]) -> dict[bytes, list[Pause]]:
    """The pauses of threads, and their liftings."""
    rows = tx.tuples(
        "select thread, at, resumes from sources.order_pause where thread = any (%(threads)s::bytea[]) order by at, id",
        threads=packed.blobs(list(threads)),
    )
    found: dict[bytes, list[Pause]] = {}
    for thread, at, resumes in rows:
        found.setdefault(bytes(thread), []).append(Pause(at, bytes(thread), resumes))
    return found


def put(
    tx: Write, thread: bytes, at: datetime, *, resumes: bool, code: str | None = None, reason: str | None = None,
    answer_id: UUID | None = None,
) -> None:  # fmt: skip
    """Write down a pause of a thread, or its lifting."""
    tx.run(
        """
        insert into sources.order_pause (id, thread, at, resumes, code, answer_id, reason, account_id)
        values (%(id)s, %(thread)s, %(at)s, %(resumes)s, %(code)s, %(answer_id)s, %(reason)s, %(account_id)s)
        """,
        id=ids.fresh(),
        thread=thread,
        at=at,
        resumes=resumes,
        code=code,
        answer_id=answer_id,
        reason=reason,
        account_id=None if code else tx.act.viewer.account_id,
    )


def ended_in_a_pause(tx: Read) -> list[UUID]:
    """Records stated as ended of which an order may be paused: one whose pause nobody has lifted.

    Before pauses were stated as such they were stated as endings.
    """
    rows = tx.tuples(
        """
        select distinct m.record_id
        from (select distinct on (thread) thread, resumes from sources.order_pause order by thread, at desc, id desc) last
        join sources.bank_message m on m.thread = last.thread and m.outcome = 'matched' and m.action <> 'delete'
        join parties.record r on r.id = m.record_id and r.ended_on is not null
        where not last.resumes
        """
    )
    return [record_id for (record_id,) in rows]


def records_of_threads(tx: Read, threads: Iterable[bytes]) -> list[UUID]:
    """The records whose orders the threads are about."""
    rows = tx.tuples(
        """
        select distinct record_id from sources.bank_message
        where thread = any (%(threads)s) and record_id is not null
        """,
        threads=list(threads),
    )
    return [record_id for (record_id,) in rows]
