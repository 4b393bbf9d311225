"""Tasks: what somebody must do before bills reach a payer again. One open task of a kind for a party."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.ground import ids
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.payers.answer import Answer

PAGE_MAX = 200
SETTLEMENT_MAX = 500


class TaskKind(StrEnum):
    """What there is to do."""

    MAIL_RETURNED = "mail_returned"
    CHANNEL_REFUSED = "channel_refused"
    WRONG_PERSON = "wrong_person"
    NO_ROUTE_PROTECTED = "no_route_protected"
    NO_CUSTODIAN = "no_custodian"
    GUARDIAN_UNCLEAR = "guardian_unclear"
    GUARDIAN_UNREACHABLE = "guardian_unreachable"


OF_STOPS = frozenset(
    {
        TaskKind.MAIL_RETURNED,
        TaskKind.NO_ROUTE_PROTECTED,
        TaskKind.NO_CUSTODIAN,
        TaskKind.GUARDIAN_UNCLEAR,
        TaskKind.GUARDIAN_UNREACHABLE,
    }
)
"""Tasks that an answer's stop of the same name opens."""


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the queue."""

    id: UUID
    kind: TaskKind
    organisation_id: int
    party_id: UUID
    name: str
    opened_at: datetime


Wanted = tuple[TaskKind, int, UUID]
"""A task to be open: its kind, of which organisation's bills, upon whom."""


def called_for(answers: Iterable[tuple[int, Answer]]) -> list[Wanted]:
    """The tasks that the stops of these answers, each of an organisation, call for."""
    return [
        (TaskKind(stop.code), organisation_id, answer.customer_id)
        for organisation_id, answer in answers
        for stop in answer.stops
        if stop.code in OF_STOPS
    ]


def open_tasks(tx: Write, wanted: Sequence[Wanted]) -> None:
    """Open tasks, given as (kind, organisation, party); one that is open already stays the only one."""
    distinct = list(
        {(kind, party_id): (kind, organisation_id, party_id) for kind, organisation_id, party_id in wanted}.values()
    )
    if not distinct:
        return
    tx.run(
        """
        insert into payers.task (id, kind, organisation_id, party_id, opened_at)
        select id, kind, organisation_id, party_id, %(at)s
        from unnest(%(ids)s::uuid[], %(kinds)s::text[], %(organisations)s::integer[], %(parties)s::uuid[])
            as wanted (id, kind, organisation_id, party_id)
        on conflict (party_id, kind) where settled_at is null do nothing
        """,
        at=tx.at,
        ids=ids.batch(len(distinct)),
        kinds=[kind.value for kind, _, _ in distinct],
        organisations=[organisation_id for _, organisation_id, _ in distinct],
        parties=[party_id for _, _, party_id in distinct],
    )


def tasks(tx: Read, *, limit: int = 50, cursor: UUID | None = None) -> list[Task]:
    """Open tasks, the oldest first; ``cursor`` is the last id of the page before."""
    found = tx.all(
        Task,
        """
        select t.id, t.kind, t.organisation_id, t.party_id, p.name, t.opened_at
        from payers.task t join parties.party p on p.id = t.party_id
        where t.settled_at is null and (%(cursor)s::uuid is null or t.id > %(cursor)s)
        order by t.id limit %(limit)s
        """,
        cursor=cursor,
        limit=min(limit, PAGE_MAX),
    )
    tx.saw(*(one.party_id for one in found))
    return found


def settle(tx: Write, task_id: UUID, settlement: str) -> None:
    """Write down that a task is done, and how. Raises ``Missing``, ``Conflict`` where it is settled, ``Rejected``."""
    if not settlement.strip() or len(settlement) > SETTLEMENT_MAX:
        raise Rejected("Say how it was settled, in at most 500 characters.", field="settlement")
    row = tx.tuples("select party_id, settled_at from payers.task where id = %(id)s for update", id=task_id)
    if not row:
        raise Missing("There is no such task.")
    party_id, settled_at = row[0]
    if settled_at is not None:
        raise Conflict("Somebody has settled this task already; the queue shows what is left.")
    tx.run(
        """
        update payers.task set settled_at = %(at)s, settled_by = %(by)s, settlement = %(settlement)s where id = %(id)s
        """,
        id=task_id,
        at=tx.at,
        by=tx.act.viewer.account_id,
        settlement=settlement.strip(),
    )
    tx.saw(party_id)
