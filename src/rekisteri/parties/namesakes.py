"""Who bears a name: for whoever watches over looks at one's own, one's kin and one's colleagues."""

from __future__ import annotations

from uuid import UUID

from rekisteri.access import Read
from rekisteri.parties import words


def namesakes(tx: Read, name: str, *, most: int) -> list[UUID]:
    """Persons whose names hold every word of a name, at most so many; nobody for a name without a word."""
    terms = words.fold(name)
    if not terms:
        return []
    query = " & ".join(f"n{term}" for term in terms)
    rows = tx.tuples(
        """
        select id from parties.find(%(query)s::tsquery, %(query)s::tsquery, %(most)s::integer)
        where kind = 'person' order by id
        """,
        query=query,
        most=most,
    )
    return [party_id for (party_id,) in rows]
