"""News that is of no statement: that a customer's processing was restricted, or the customer erased."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from rekisteri.access import Write

News = Literal["restricted", "lifted", "erased"]


def inform(tx: Write, party_id: UUID, kind: News, items: Sequence[str] = ()) -> None:
    """Append to the changes that rooms above read, for the client organisations the customer is of (GDPR art. 19).

    ``items`` are those erased where the customer stays.
    """
    tx.run(
        """
        insert into parties.change (party_ids, kind, items, organisations, at)
        select array[p.id], %(kind)s, %(items)s::text[], array(
                   select s.organisation_id from parties.record r join parties.source s on s.id = r.source_id
                   where r.party_id = p.id and s.organisation_id is not null
                   union select unnest(p.organisations) order by 1), %(at)s
        from parties.party p where p.id = %(id)s
        """,
        id=party_id,
        kind=kind,
        items=list(items),
        at=tx.at,
    )
