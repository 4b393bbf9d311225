"""What of the news told to recipients leaves when its time has come: of whom, when, which items."""

from __future__ import annotations

from uuid import UUID

from rekisteri.access import Write
from rekisteri.rights import Gone, Sweep


def erased(tx: Write, party_id: UUID) -> Gone:
    """Take away what was told of a customer who is erased; what still waits to be told goes when it has been."""
    return Gone(tx.run("delete from feeds.event where party_id = %(id)s and state <> 'waiting'", id=party_id))


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
