"""Many customers by their identifiers at once, and what is to be known of each before its words are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from rekisteri.access import Read
from rekisteri.catalogue import Disclosure, PartyKind
from rekisteri.ground import packed
from rekisteri.parties import store, words

CANDIDATES_MAX = 1000
"""So many customers of one foreign identifier are looked at; each organisation has few."""


class Outline(NamedTuple):
    """A party's kind, state of non-disclosure, organisations with a live customership, and the kind of each of its codes."""

    id: UUID
    kind: PartyKind
    turvakielto: Disclosure
    organisations: list[int]
    codes: list[str]
    sheltered: bool = False
    """The order is not the customer's own: that of somebody tied by custody covers the customer."""


_PARTY_KINDS = {one.value: one for one in PartyKind}
_DISCLOSURES = {one.value: one for one in Disclosure}
"""Asking an enumeration for its member takes ten times as long."""
_made = tuple.__new__
"""Makes a row of its fields for half of what the class's own call takes."""


def outlines(tx: Read, party_ids: Iterable[UUID]) -> dict[UUID, Outline]:
    """The outline of each party; those out of the viewer's reach are not there."""
    rows = tx.tuples(
        """
        select id, kind, turvakielto, organisations,
               array(select i.kind from parties.identifier i where i.party_id = party.id),
               case turvakielto when 'on'
                   then not exists (select from parties.record r where r.party_id = party.id and r.turvakielto)
                   else false end
        from parties.party where id = any (%(ids)s::uuid[])
        """,
        ids=packed.uuid_bytes([one.bytes for one in party_ids]),
    )
    return {row[0]: _made(Outline, (row[0], _PARTY_KINDS[row[1]], _DISCLOSURES[row[2]], *row[3:])) for row in rows}


def numbered(tx: Read, organisation_id: int, customer_numbers: Iterable[str]) -> dict[str, UUID]:
    """The customers of a client organisation's own numbers, by number; ended customerships too."""
    rows = tx.tuples(
        """
        select r.key, r.party_id from parties.source src
        join parties.record r on r.source_id = src.id
        where src.kind = 'organisation' and src.organisation_id = %(organisation_id)s and r.key = any (%(keys)s::text[])
        """,
        organisation_id=organisation_id,
        keys=packed.texts(customer_numbers),
    )
    return dict(rows)


def foreign(tx: Read, identifiers: Iterable[str]) -> dict[str, list[UUID]]:
    """Customers that bear each foreign identifier, however it is written; nobody guarantees that it is one's alone."""
    wanted = {identifier: words.identifier_word(identifier) for identifier in identifiers}
    if not wanted:
        return {}
    query = " | ".join(f"'i{word}'" for word in sorted(set(wanted.values())))
    rows = tx.tuples(
        "select id from parties.find(%(query)s::tsquery, ''::tsquery, %(most)s::integer)",
        query=query,
        most=CANDIDATES_MAX,
    )
    found: dict[str, list[UUID]] = defaultdict(list)
    for party_id, content in store.contents(tx, [party_id for (party_id,) in rows]).items():
        value = content.get("foreign_id")
        if isinstance(value, dict):
            found[words.identifier_word(str(value["value"]))].append(party_id)
    return {identifier: found[word] for identifier, word in wanted.items()}
