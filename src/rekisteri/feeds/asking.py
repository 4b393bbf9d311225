"""A recipient that asks: all its customers page by page, then what has changed, from where it left off.

A snapshot tells where its changes begin before its first page is read, so nothing falls between; what comes twice
changes nothing. Both go on from a cursor after any break. Each page is one act in the log with every customer shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.catalogue import Recipient, Way
from rekisteri.feeds.gather import Told, begin, told
from rekisteri.feeds.messages import Event, described, message
from rekisteri.feeds.portrait import portraits
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected

PAGE_MAX = 1000
FIRST = UUID(int=0)

_NO_RECIPIENT = "There is no such recipient among those you may see; recipients are declared by the operator."


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of changes: events oldest first, the cursor to go on from, and whether more wait."""

    events: list[dict[str, Any]]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A page of customers; ``cursor`` None on the last one, and the cursor of the changes that follow."""

    customers: list[dict[str, Any]]
    cursor: str | None
    changes_from: str


def named(recipients: Iterable[Recipient], name: str) -> Recipient:
    """The declared recipient of a name. Raises ``Missing``: whoever is not declared is told nothing."""
    for one in recipients:
        if one.name == name:
            return one
    raise Missing(_NO_RECIPIENT)


def asker(tx: Read, recipients: Iterable[Recipient], name: str) -> Told:
    """The recipient as whose system the viewer acts.

    Raises ``Missing`` for one not declared or of an organisation out of the viewer's reach, ``Refused`` where
    another system is declared, or the act is for another purpose.
    """
    recipient = named(recipients, name)
    found = told(tx, [recipient])
    if not found or not tx.act.reaches(found[0].organisation_id):
        raise Missing(_NO_RECIPIENT)
    if recipient.system is None or tx.act.viewer.handle != recipient.system:
        raise Refused("Another system is declared for this recipient; the operator declares which one.")
    if tx.act.purpose is not recipient.purpose:
        raise Refused(f"This recipient is told for {recipient.purpose.value} alone; name that as the purpose.")
    return found[0]


def changes(tx: Write, asking: Told, cursor: str | None, *, limit: int = PAGE_MAX) -> Changes:
    """What has changed after a cursor, oldest first. Raises ``Rejected`` for what is no cursor, ``Conflict`` for one
    that the register has not given (it was restored from an earlier day): take a new snapshot."""
    if asking.recipient.way is not Way.FEED:
        raise Rejected("This recipient is told by another way; a snapshot is all it may ask for.", field="recipient")
    after = _sequence(cursor)
    _hold(tx, asking, after)
    found = tx.all(
        Event,
        """
        select id, sequence, kind, record_id, key, party_id, former_party_id, items, at, tries
        from feeds.event where recipient = %(recipient)s and sequence > %(after)s
        order by sequence limit %(limit)s
        """,
        recipient=asking.recipient.name,
        after=after,
        limit=limit + 1,
    )
    page = found[:limit]
    events = messages(tx, asking, page)
    tx.run(
        """
        update feeds.event set state = 'sent', handed_at = %(at)s, settled_at = %(at)s
        where id = any (%(ids)s) and state = 'waiting'
        """,
        ids=[one.id for one in page],
        at=tx.at,
    )
    tx.gather({str(one.party_id) for one in page})
    tx.note(recipient=asking.recipient.name, events=len(page))
    return Changes(events, str(page[-1].sequence if page else after), len(found) > limit)


def snapshot(tx: Write, asking: Told, cursor: str | None, *, limit: int = PAGE_MAX) -> Snapshot:
    """The next page of all the recipient's live customers. Raises ``Rejected`` for what is no cursor."""
    start, after = _place(tx, asking, cursor)
    found = records_after(tx, asking, after, limit + 1)
    page = found[:limit]
    shown = portraits(tx, asking, page)
    hand_over(tx, asking, "snapshot", list(shown))
    tx.gather({str(one.party_id) for one in shown.values()})
    tx.note(recipient=asking.recipient.name, customers=len(shown))
    return Snapshot(
        [described(shown[record_id]) for record_id in page if record_id in shown],
        f"{start}.{page[-1].hex}" if len(found) > limit else None,
        str(start),
    )


def messages(tx: Read, asking: Told, events: Sequence[Event]) -> list[dict[str, Any]]:
    """The events as they are sent now."""
    shown = portraits(tx, asking, {one.record_id for one in events})
    numbers = _numbers(tx, asking, {one.party_id for one in shown.values()})
    return [
        message(
            asking.recipient,
            one,
            shown.get(one.record_id),
            numbers[shown[one.record_id].party_id] if one.record_id in shown else (),
        )
        for one in events
    ]


def records_after(tx: Read, asking: Told, after: UUID, most: int) -> list[UUID]:
    """The organisation's live customerships in the order of their ids."""
    rows = tx.tuples(
        """
        select r.id from parties.record r
        join parties.source s on s.id = r.source_id and s.kind = 'organisation'
        where s.organisation_id = %(organisation_id)s and r.id > %(after)s
          and (r.ended_on is null or r.ended_on > %(today)s)
        order by r.id limit %(most)s
        """,
        organisation_id=asking.organisation_id,
        after=after,
        today=day(tx.at),
        most=most,
    )
    return [record_id for (record_id,) in rows]


def hand_over(
    tx: Write, asking: Told, way: str, record_ids: Sequence[UUID], *, name: str | None = None, faults: int = 0
) -> None:
    """Write down that customers were handed over together; of a snapshot or file of nobody too, for it was made."""
    begin(tx, [asking])
    tx.run(
        """
        insert into feeds.handover (recipient, organisation_id, way, at, name, faults, items, record_ids)
        values (%(recipient)s, %(organisation_id)s, %(way)s, %(at)s, %(name)s, %(faults)s, %(items)s, %(records)s)
        """,
        recipient=asking.recipient.name,
        organisation_id=asking.organisation_id,
        way=way,
        at=tx.at,
        name=name,
        faults=faults,
        items=[item.name for item in asking.recipient.items],
        records=list(record_ids),
    )


def _numbers(tx: Read, asking: Told, party_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Every number of its own that the organisation has for each customer."""
    rows = tx.tuples(
        """
        select r.party_id, r.key from parties.record r
        join parties.source s on s.id = r.source_id and s.kind = 'organisation'
             and s.organisation_id = %(organisation_id)s
        where r.party_id = any (%(ids)s) and (r.ended_on is null or r.ended_on > %(today)s)
        order by r.id
        """,
        organisation_id=asking.organisation_id,
        ids=list(party_ids),
        today=day(tx.at),
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for party_id, key in rows:
        found[party_id].append(key)
    return found


def _newest(tx: Read, asking: Told) -> int:
    return int(
        tx.value(
            "select coalesce(max(sequence), 0) from feeds.event where recipient = %(name)s", name=asking.recipient.name
        )
    )


def _hold(tx: Read, asking: Told, sequence: int) -> None:
    if sequence > _newest(tx, asking):
        raise Conflict("The register has given no such cursor; take a new snapshot and go on from it.", field="cursor")


def _sequence(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise Rejected("That is no cursor; send it as it was given.", field="cursor")
    return int(cursor)


def _place(tx: Read, asking: Told, cursor: str | None) -> tuple[int, UUID]:
    """Where the changes of a snapshot begin, and the last record of the page before."""
    if cursor is None:
        return _newest(tx, asking), FIRST
    start, _, after = cursor.partition(".")
    try:
        place = _sequence(start), UUID(hex=after)
    except ValueError:
        raise Rejected("That is no cursor; send it as it was given.", field="cursor") from None
    _hold(tx, asking, place[0])
    return place
