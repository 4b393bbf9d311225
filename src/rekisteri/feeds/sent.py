"""What was told of one customer, to whom and when: for the access package and the customer's own page.

Whatever left the house, or may have, counts: a try that failed may have been read at the other end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rekisteri.access import Read
from rekisteri.catalogue import Recipient, Text
from rekisteri.feeds.messages import KINDS, EventKind
from rekisteri.rights import Reached, Sent

WAYS = {
    "snapshot": Text("Kaikki asiakkaat kerralla", "Alla kunder på en gång", "All customers at once"),
    "file": Text("Tiedosto", "Fil", "File"),
}


@dataclass(frozen=True, slots=True)
class _Row:
    at: datetime
    recipient: str
    organisation_id: int
    what: str
    items: list[str]


def sent_to(tx: Read, recipients: Iterable[Recipient], party_id: UUID) -> list[Sent]:
    """Every sending of the customer, the oldest first; a recipient that is no longer declared by its bare name."""
    titles = {one.name: one.title.text for one in recipients}
    rows = tx.all(
        _Row,
        """
        select e.handed_at as at, e.recipient, e.organisation_id, e.kind as what, e.items
        from feeds.event e join parties.record r on r.id = e.record_id
        where r.party_id = %(party_id)s and e.handed_at is not null
        union all
        select h.at, h.recipient, h.organisation_id, h.way, h.items
        from feeds.handover h
        where h.record_ids && array(select id from parties.record where party_id = %(party_id)s)
        order by 1, 2
        """,
        party_id=party_id,
    )
    return [
        Sent(
            row.at,
            titles.get(row.recipient, Text(row.recipient, row.recipient, row.recipient)),
            row.organisation_id,
            WAYS[row.what] if row.what in WAYS else KINDS[EventKind(row.what)],
            row.items,
        )
        for row in rows
    ]


def reached(tx: Read) -> list[Reached]:
    """Whoever has ever been sent anything, of whose customers, and every item of it: for the check of the notice."""
    return tx.all(
        Reached,
        """
        select told.recipient, o.code as organisation, array_agg(distinct item order by item) as items
        from (
            select distinct recipient, organisation_id, items from feeds.event where handed_at is not null
            union select distinct recipient, organisation_id, items from feeds.handover
        ) told
        cross join unnest(told.items) as item
        join access.organisation o on o.id = told.organisation_id
        where item <> 'turvakielto'
        group by told.recipient, o.code order by told.recipient
        """,
    )
