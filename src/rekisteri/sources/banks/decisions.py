"""The queries of decisions: what a person decided of messages and files, and what is kept of them."""

from __future__ import annotations

from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.ground.errors import Missing
from rekisteri.sources.banks.holds import Hold
from rekisteri.sources.banks.standing import Rule
from rekisteri.sources.banks.wire import ReceiverInfo


def decide(tx: Write, message_id: UUID, decision: str, reason: str) -> None:
    """Write down an officer's decision; a rejected message is out of the queue at once."""
    tx.run(
        """
        update sources.bank_message
        set decision = %(decision)s, decision_reason = %(reason)s, decided_at = %(at)s, decided_by = %(by)s,
            outcome = case when %(decision)s = 'rejected' then 'rejected' else outcome end,
            deadline_on = case when %(decision)s = 'rejected' then null else deadline_on end
        where id = %(id)s
        """,
        id=message_id,
        decision=decision,
        reason=reason,
        at=tx.at,
        by=tx.act.viewer.account_id,
    )


def decide_matched(tx: Write, message_id: UUID, record_id: UUID, reason: str) -> None:
    """Write down whose order an officer has found a message to be."""
    tx.run(
        """
        update sources.bank_message
        set decision = 'matched', decision_reason = %(reason)s, decided_at = %(at)s, decided_by = %(by)s,
            outcome = 'matched', hold = null, rule = %(rule)s, record_id = %(record_id)s, deadline_on = null
        where id = %(id)s
        """,
        id=message_id,
        record_id=record_id,
        reason=reason,
        rule=int(Rule.OFFICER),
        at=tx.at,
        by=tx.act.viewer.account_id,
    )


def hold_still(tx: Write, message_id: UUID, hold: Hold, field: str | None) -> None:
    """A message that was tried again is held still, perhaps for another cause."""
    tx.run(
        "update sources.bank_message set hold = %(hold)s, field = %(field)s where id = %(id)s",
        id=message_id,
        hold=hold,
        field=field,
    )


def reroute(
    tx: Write,
    message_id: UUID,
    info: ReceiverInfo,
    notice_id: UUID,
    organisation_id: int,
    thread: bytes,
    wish: bytes | None,
    sealed: bytes,
) -> None:
    """A message that was held for its own cause is one of a thread now."""
    tx.run(
        """
        update sources.bank_message
        set version = %(version)s, action = %(action)s, kind = %(kind)s, operator = %(operator)s, said_at = %(said_at)s,
            notice_id = %(notice_id)s, organisation_id = %(organisation_id)s, thread = %(thread)s, wish = %(wish)s,
            sealed = %(sealed)s, field = null
        where id = %(id)s
        """,
        id=message_id,
        version=info.version,
        action=info.action,
        kind=info.kind,
        operator=info.operator,
        said_at=info.said_at,
        notice_id=notice_id,
        organisation_id=organisation_id,
        thread=thread,
        wish=wish,
        sealed=sealed,
    )


def evidence(tx: Read, message_id: UUID) -> bytes:
    """The raw message, sealed. Raises ``Missing`` where its time was up."""
    found: bytes | None = tx.value("select sealed from sources.bank_evidence where message_id = %(id)s", id=message_id)
    if found is None:
        raise Missing("The message itself is not kept any more.")
    return bytes(found)


def part(tx: Read, file_id: UUID, part_no: int) -> bytes | None:
    """A piece of a quarantined file, sealed; None beyond the last."""
    found: bytes | None = tx.value(
        "select sealed from sources.bank_file_part where file_id = %(file_id)s and part_no = %(part_no)s",
        file_id=file_id,
        part_no=part_no,
    )
    return found


def drop_parts(tx: Write, file_id: UUID) -> None:
    """The pieces of a file whose messages are kept one by one now."""
    tx.run("delete from sources.bank_file_part where file_id = %(file_id)s", file_id=file_id)


def decide_file(tx: Write, file_id: UUID, state: str, reason: str, messages: int, repeated: int, held: int) -> None:
    """Write down what was decided of a quarantined file."""
    tx.run(
        """
        update sources.bank_file
        set state = %(state)s, decision_reason = %(reason)s, decided_at = %(at)s, decided_by = %(by)s,
            message_count = %(messages)s, repeated_count = %(repeated)s, held_count = %(held)s
        where id = %(id)s
        """,
        id=file_id,
        state=state,
        reason=reason,
        at=tx.at,
        by=tx.act.viewer.account_id,
        messages=messages,
        repeated=repeated,
        held=held,
    )
