"""What of the news told to recipients leaves when its time has come: of whom, when, which items."""

from __future__ import annotations

from uuid import UUID

from rekisteri.access import Write
from rekisteri.rights import Gone, Sweep


def erased(tx: Write, party_id: UUID) -> Gone:
    """Take away what was told of a customer who is erased, and tell whoever was told that it is (GDPR art. 19).

    That and what still waits to be told goes when it has been told its time.
    """
    _tell_erased(tx, party_id)
    return Gone(tx.run("delete from feeds.event where party_id = %(id)s and state <> 'waiting'", id=party_id))


def _tell_erased(tx: Write, party_id: UUID) -> None:
    """An event for each recipient of whatever of the customer has left to it; in the order of all that is told."""
    tx.value("select floor from feeds.reading for update")
    tx.run(
        """
        insert into feeds.event (recipient, organisation_id, change_id, kind, record_id, key, party_id, items, at, due_at)
        select known.recipient, known.organisation_id,
               (select c.id from parties.change c where c.kind = 'erased' and c.party_ids = array[%(id)s::uuid]
                order by c.id desc limit 1),
               'erased', known.record_id, known.key, %(id)s, '{}', %(at)s, %(at)s
        from (
            select e.recipient, e.organisation_id, e.record_id, e.key from feeds.event e
            where e.party_id = %(id)s or e.record_id in (select id from parties.record where party_id = %(id)s)
            union
            select h.recipient, h.organisation_id, r.id, r.key
            from parties.record r join feeds.handover h on h.record_ids @> array[r.id] and h.way = 'snapshot'
            where r.party_id = %(id)s
        ) known
        on conflict on constraint event_once do nothing
        """,
        id=party_id,
        at=tx.at,
    )


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "news",
        "feeds.event",
        """
        delete from feeds.event
        where state <> 'waiting' and (at at time zone 'Europe/Helsinki')::date <= %(last)s
          and not party_id = any (%(held)s)
        """,
    ),
    Sweep(
        "news",
        "feeds.handover",
        """
        delete from feeds.handover h
        where (h.at at time zone 'Europe/Helsinki')::date <= %(last)s
          and not exists (select from parties.record r where r.id = any (h.record_ids) and r.party_id = any (%(held)s))
        """,
    ),
)
"""Given to the run of retention by whoever builds the house: rights knows no feeds."""
