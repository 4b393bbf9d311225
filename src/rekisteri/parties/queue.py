"""The work queue: what needs a person, with the two sides beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from rekisteri.access import Read, Write
from rekisteri.catalogue import Content, PartyKind, Reason, masked_content
from rekisteri.ground.errors import Conflict, Missing
from rekisteri.ground.keys import Vault
from rekisteri.parties.card import Card, card
from rekisteri.parties.record import Said

WORK_PLACE = "parties.work|payload|"
PAGE_MAX = 200


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A line of the queue."""

    id: UUID
    kind: str
    organisation_id: int
    party_id: UUID | None
    record_key: str
    reason: Reason
    batch_id: UUID | None
    row_no: int | None
    opened_at: datetime
    decided_at: datetime | None
    decision: str | None


@dataclass(frozen=True, slots=True)
class WorkDetail:
    """An item with both sides: what the row says, its codes masked, and the known card."""

    item: WorkItem
    said_kind: PartyKind
    said: Content
    known: Card | None


@dataclass(frozen=True, slots=True)
class _Payload:
    payload: bytes
    digest: bytes


def work_list(tx: Read, *, limit: int = 50, cursor: UUID | None = None) -> list[WorkItem]:
    """Open items, the oldest first; ``cursor`` is the last id of the page before."""
    found = tx.all(
        WorkItem,
        """
        select id, kind, organisation_id, party_id, record_key, reason, batch_id, row_no, opened_at, decided_at,
               decision
        from parties.work
        where decided_at is null and (%(cursor)s::uuid is null or id > %(cursor)s)
        order by id limit %(limit)s
        """,
        cursor=cursor,
        limit=min(limit, PAGE_MAX),
    )
    tx.saw(*(one.party_id for one in found if one.party_id is not None))
    return found


def work_count(tx: Read) -> int:
    """How many items are open."""
    return int(tx.value("select count(*) from parties.work where decided_at is null"))


def work_item(tx: Read, vault: Vault, work_id: UUID) -> WorkDetail:
    """One item with its two sides. Raises ``Missing``."""
    item = _item(tx, work_id)
    said = work_said(tx, vault, item)
    known = None if item.party_id is None else card(tx, vault, item.party_id)
    return WorkDetail(item, said.kind, masked_content(said.content, said.secrets), known)


def work_said(tx: Read, vault: Vault, item: WorkItem) -> Said:
    """What the row in doubt says, opened."""
    row = tx.fetch(_Payload, "select payload, digest from parties.work where id = %(id)s", id=item.id)
    said = orjson.loads(vault.open(row.payload, key="secret", place=f"{WORK_PLACE}{item.id}"))
    return Said(item.record_key, PartyKind(said["kind"]), said["content"], said["secrets"], row.digest, item.row_no)


def open_item(tx: Write, work_id: UUID) -> WorkItem:
    """The item, held for deciding. Raises ``Missing``, ``Conflict`` when somebody has decided it."""
    tx.run("select 1 from parties.work where id = %(id)s for update", id=work_id)
    item = _item(tx, work_id)
    if item.decided_at is not None:
        raise Conflict("Somebody has decided this item already; the queue shows what is left.")
    return item


def close_item(tx: Write, work_id: UUID, decision: str, reason: str) -> None:
    """Write down the decision."""
    tx.run(
        """
        update parties.work
        set decided_at = %(at)s, decision = %(decision)s, decided_by = %(by)s, decision_reason = %(reason)s
        where id = %(id)s
        """,
        id=work_id,
        at=tx.at,
        decision=decision,
        by=tx.act.viewer.account_id,
        reason=reason,
    )


def _item(tx: Read, work_id: UUID) -> WorkItem:
    found = tx.find(
        WorkItem,
        """
        select id, kind, organisation_id, party_id, record_key, reason, batch_id, row_no, opened_at, decided_at,
               decision
        from parties.work where id = %(id)s
        """,
        id=work_id,
    )
    if found is None:
        raise Missing("There is no such work item.")
    return found
