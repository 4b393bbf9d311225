"""To whom data of a customer was given, when and on which ground: answers to client organisations, messages to banks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from rekisteri.access import Read


class GivenKind(StrEnum):
    """What was given."""

    ANSWER = "answer"
    """Who pays, at which address and by which channel: to a client organisation that asked."""
    PROPOSAL = "proposal"
    """The person's wish, put to their bank."""
    DISCLOSURE = "disclosure"
    """A single disclosure required by law: ``reference`` is its ground, ``items`` what was given."""


@dataclass(frozen=True, slots=True)
class Given:
    """One giving. ``organisation_id`` is the client organisation it went to or was made for; ``recipient`` another's name."""

    at: datetime
    kind: GivenKind
    organisation_id: int | None
    recipient: str | None
    reference: str | None
    items: list[str]


def given(tx: Read, party_id: UUID, *, limit: int = 200) -> list[Given]:
    """To whom, the newest first. Within reach ``self`` the database shows the customer's own alone."""
    tx.saw(party_id)
    return tx.all(
        Given,
        """
        select made_at as at, 'answer' as kind, organisation_id, null::text as recipient, id::text as reference,
               '{}'::text[] as items
        from payers.receipt
        where customer_id = %(party_id)s or %(party_id)s = any (party_ids)
        union all
        select p.framed_at, 'proposal', src.organisation_id, p.bank, null, '{}'::text[]
        from sources.proposal p
        join parties.record r on r.id = p.record_id
        join parties.source src on src.id = r.source_id
        where r.party_id = %(party_id)s
        union all
        select d.given_at, 'disclosure', null, d.recipient, d.ground, d.items
        from rights.disclosure d join rights.disclosed c on c.disclosure_id = d.id
        where c.party_id = %(party_id)s and d.given_at is not null
        order by at desc
        limit %(limit)s
        """,
        party_id=party_id,
        limit=limit,
    )
