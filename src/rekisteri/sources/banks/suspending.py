"""An officer pauses a payer's order, or lifts a pause; and how an order stands by all that was told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Read, Write
from rekisteri.ground.errors import Conflict, Missing
from rekisteri.ground.keys import Vault
from rekisteri.sources.banks import messages, store
from rekisteri.sources.banks.known import Book, Notices
from rekisteri.sources.banks.pauses import pauses_of, put
from rekisteri.sources.banks.settle import Settler
from rekisteri.sources.banks.standing import Standing, stand
from rekisteri.sources.banks.work import grounds


@dataclass(frozen=True, slots=True)
class OrderPause:
    """A pause of an order or its lifting: since when, by a bank's code or an officer's reason."""

    at: datetime
    resumes: bool
    code: str | None
    reason: str | None
    account: str | None


def order_standing(tx: Read, record_id: UUID) -> Standing:
    """How a payer's order stands by all that has been told of it. Raises ``Missing`` where nothing was."""
    rows = messages.messages_of_records(tx, [record_id])
    if not rows:
        raise Missing("There are no messages about that order.")
    tx.saw(*{row.party_id for row in rows if row.party_id is not None})
    ends = store.biller_ends(tx, {row.notice_id for row in rows if row.notice_id is not None})
    pauses = pauses_of(tx, {bytes(row.thread) for row in rows if row.thread is not None})
    standing = stand(
        (row.told(row.party_id) for row in rows),
        [end for every in ends.values() for end in every],
        [pause for every in pauses.values() for pause in every],
    )
    assert standing is not None, "of whatever was told an order is known"
    return standing


def order_pauses(tx: Read, record_id: UUID) -> list[OrderPause]:
    """The pauses of a payer's orders of one payment reason, the newest first."""
    return tx.all(
        OrderPause,
        """
        select p.at, p.resumes, p.code, p.reason, a.handle as account from sources.order_pause p
        left join access.account a on a.id = p.account_id
        where p.thread in (select m.thread from sources.bank_message m where m.record_id = %(record_id)s)
        order by p.at desc, p.id desc
        """,
        record_id=record_id,
    )


def suspend(tx: Write, vault: Vault, record_id: UUID, *, reason: str) -> None:
    """Pause a payer's order: its invoices go otherwise. Raises ``Conflict`` where none is in force."""
    grounds(reason)
    parties.lock_identity(tx)
    standing = order_standing(tx, record_id)
    if not standing.in_force:
        raise Conflict("The order is not in force; look at it again.")
    _decided(tx, vault, record_id, standing, resumes=False, reason=reason)


def resume(tx: Write, vault: Vault, record_id: UUID, *, reason: str) -> None:
    """Lift the pause of a payer's order. Raises ``Conflict`` where it is not paused."""
    grounds(reason)
    parties.lock_identity(tx)
    standing = order_standing(tx, record_id)
    if not standing.paused:
        raise Conflict("The order is not paused; look at it again.")
    _decided(tx, vault, record_id, standing, resumes=True, reason=reason)


def _decided(tx: Write, vault: Vault, record_id: UUID, standing: Standing, *, resumes: bool, reason: str) -> None:
    # Whatever was said later than now by a bank's clock is of the order as the officer saw it.
    at = max(tx.at, standing.terms.said_at)
    put(tx, standing.terms.thread, at, resumes=resumes, reason=reason.strip())
    Settler(tx, vault, Notices(tx), Book(tx)).state([record_id])
    tx.note(order=str(record_id), decision="resumed" if resumes else "suspended")
