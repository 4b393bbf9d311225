"""The queries of a check of many, one small function each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from rekisteri.access import Read, Write
from rekisteri.ground import packed
from rekisteri.sources.vtj.follow_store import RunRow

WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check of many as it was ordered."""

    id: UUID
    state: str
    takes: bool
    reason: str
    counts: dict[str, int]
    dropped: dict[str, int]


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """What came of one customer, as a report lists one."""

    party_id: UUID
    name: str
    outcome: str
    items: dict[str, str]


def order(tx: Write, run_id: UUID, party_ids: Sequence[UUID], *, takes: bool, reason: str) -> None:
    """Write down whom a run is to ask of, and why."""
    tx.run(
        "update sources.vtj_run set takes = %(takes)s, reason = %(reason)s where id = %(id)s",
        id=run_id,
        takes=takes,
        reason=reason,
    )
    tx.run(
        """
        insert into sources.vtj_checked (run_id, party_id, outcome, items)
        select %(run_id)s, party_id, 'waiting', '{}' from unnest(%(parties)s::uuid[]) as party_id
        """,
        run_id=run_id,
        parties=packed.uuid_bytes([one.bytes for one in party_ids]),
    )


def find(tx: Read, run_id: UUID) -> CheckRun | None:
    """A check of many, or None."""
    return tx.find(
        CheckRun,
        """
        select id, state, takes, reason, counts, dropped from sources.vtj_run
        where id = %(id)s and kind = 'check' and reason is not null
        """,
        id=run_id,
    )


def find_row(tx: Read, run_id: UUID) -> RunRow | None:
    """The run as it is kept, or None."""
    return tx.find(
        RunRow,
        """
        select id, kind, state, account, started_at, finished_at, counts, dropped, told from sources.vtj_run
        where id = %(id)s and kind = 'check'
        """,
        id=run_id,
    )


def go_on(tx: Write, run_id: UUID) -> None:
    """The run is under way again."""
    tx.run("update sources.vtj_run set state = 'running', told = null, finished_at = null where id = %(id)s", id=run_id)


def give_up(tx: Write, run_id: UUID, told: str) -> None:
    """The check could not begin; it may go on later."""
    tx.run(
        """
        update sources.vtj_run set state = 'failed', told = %(told)s, finished_at = %(at)s
        where id = %(id)s and state = 'running'
        """,
        id=run_id,
        told=told,
        at=tx.at,
    )


def waiting(tx: Read, run_id: UUID, limit: int) -> list[UUID]:
    """The next customers nobody has been asked of yet."""
    rows = tx.tuples(
        """
        select party_id from sources.vtj_checked where run_id = %(run_id)s and outcome = 'waiting'
        order by party_id limit %(limit)s
        """,
        run_id=run_id,
        limit=limit,
    )
    return [party_id for (party_id,) in rows]


def note(tx: Write, run_id: UUID, outcomes: Mapping[UUID, str], items: Mapping[UUID, Mapping[str, str]]) -> None:
    """Write down what came of customers, and of those who differ in what."""
    tx.run(
        """
        update sources.vtj_checked c set outcome = new.outcome, items = new.items::jsonb
        from unnest(%(parties)s::uuid[], %(outcomes)s::text[], %(items)s::text[]) as new (party_id, outcome, items)
        where c.run_id = %(run_id)s and c.party_id = new.party_id
        """,
        run_id=run_id,
        parties=packed.uuid_bytes([one.bytes for one in outcomes]),
        outcomes=packed.texts(outcomes.values()),
        items=packed.utf8([orjson.dumps(dict(items.get(one, {}))) for one in outcomes]),
    )


def outcomes(tx: Read, run_id: UUID) -> dict[str, int]:
    """How many customers by what came of them."""
    return dict(
        tx.tuples(
            "select outcome, count(*)::int from sources.vtj_checked where run_id = %(id)s group by outcome", id=run_id
        )
    )


def items(tx: Read, run_id: UUID) -> list[tuple[str, str, int]]:
    """(Item, how, customers) of what differs, the most frequent first."""
    return [
        (item, how, count)
        for item, how, count in tx.tuples(
            """
            select item, how, count(*)::int from sources.vtj_checked c, jsonb_each_text(c.items) as told (item, how)
            where c.run_id = %(id)s group by item, how order by count(*) desc, item, how
            """,
            id=run_id,
        )
    ]


def lines(tx: Read, run_id: UUID, after: UUID, limit: int) -> list[CheckedLine]:
    """Customers who are not as VTJ says, or of whom it says nothing that holds, after an id."""
    return tx.all(
        CheckedLine,
        """
        select c.party_id, p.name, c.outcome, c.items from sources.vtj_checked c
        join parties.party p on p.id = c.party_id
        where c.run_id = %(id)s and c.outcome in ('differs', 'absent', 'unreadable', 'ended') and c.party_id > %(after)s
        order by c.party_id limit %(limit)s
        """,
        id=run_id,
        after=after,
        limit=limit,
    )
