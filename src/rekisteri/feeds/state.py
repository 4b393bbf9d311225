"""How each recipient stands: what it has been told last, what waits and since when, what has failed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rekisteri.access import Read
from rekisteri.catalogue import Recipient
from rekisteri.feeds.gather import told
from rekisteri.feeds.messages import EventKind


@dataclass(frozen=True, slots=True)
class Standing:
    """A recipient and how far it has been told. ``known``: whether the register knows its organisation."""

    recipient: Recipient
    known: bool
    begun_at: datetime | None
    last_at: datetime | None
    """When it last got something: an event, a page, a file."""
    waiting: int
    oldest_at: datetime | None
    """Of what waits, when the oldest happened."""
    failing: int
    """Of what waits, how many have failed at least once."""
    dead: int
    """Given up, until somebody sends them again."""
    failure: str | None
    """Why the last try failed."""


@dataclass(frozen=True, slots=True)
class _Counts:
    name: str
    begun_at: datetime
    waiting: int
    oldest_at: datetime | None
    failing: int
    dead: int
    last_at: datetime | None
    failure: str | None


def standings(tx: Read, recipients: Iterable[Recipient]) -> list[Standing]:
    """Every declared recipient, in the order of the declaration."""
    declared = tuple(recipients)
    counted = {
        row.name: row
        for row in tx.all(
            _Counts,
            """
            select r.name, r.begun_at, coalesce(w.waiting, 0) as waiting, w.oldest_at, coalesce(w.failing, 0) as failing,
                   (select count(*) from feeds.event d where d.recipient = r.name and d.state = 'dead') as dead,
                   greatest(
                       (select e.settled_at from feeds.event e where e.recipient = r.name and e.state = 'sent'
                        order by e.sequence desc limit 1),
                       (select max(h.at) from feeds.handover h where h.recipient = r.name)) as last_at,
                   coalesce(w.failure, (select d.failure from feeds.event d
                                        where d.recipient = r.name and d.state = 'dead'
                                        order by d.sequence desc limit 1)) as failure
            from feeds.recipient r
            left join lateral (
                select count(*) as waiting, min(e.at) as oldest_at, count(*) filter (where e.tries > 0) as failing,
                       max(e.failure) as failure
                from feeds.event e where e.recipient = r.name and e.state = 'waiting'
            ) w on true
            where r.name = any (%(names)s)
            """,
            names=[one.name for one in declared],
        )
    }
    known = {one.recipient.name for one in told(tx, declared)}
    found = []
    for one in declared:
        row = counted.get(one.name)
        found.append(
            Standing(one, one.name in known, None, None, 0, None, 0, 0, None)
            if row is None
            else Standing(
                one, one.name in known, row.begun_at, row.last_at, row.waiting, row.oldest_at, row.failing, row.dead,
                row.failure,
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Failure:
    """An event that has not reached its recipient: given up, or to go again when it is due."""

    id: UUID
    kind: EventKind
    party_id: UUID
    at: datetime
    state: str
    tries: int
    due_at: datetime
    failure: str


def failures(tx: Read, recipient: Recipient, *, limit: int) -> list[Failure]:
    """Events of a recipient that have failed and not arrived, those given up first, then the oldest."""
    return tx.all(
        Failure,
        """
        select id, kind, party_id, at, state, tries, due_at, failure from feeds.event
        where recipient = %(name)s and failure is not null and state in ('waiting', 'dead')
        order by state, sequence limit %(limit)s
        """,
        name=recipient.name,
        limit=limit,
    )


def given_up(tx: Read, recipients: Iterable[Recipient]) -> list[str]:
    """Names of the declared recipients to which sending something has been given up: work for somebody."""
    rows = tx.tuples("select distinct recipient from feeds.event where state = 'dead' order by 1")
    declared = {one.name for one in recipients}
    return [name for (name,) in rows if name in declared]
