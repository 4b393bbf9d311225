"""Moving records from one customer to another: what a merge, its undoing and a split are made of.

A record never changes by it: its words, and what its source says of it later, go with it.
One judgement for each record says by whom, why and whence, so that the card as it was
known at any moment can still be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

import orjson

from rekisteri.access import Read, Write
from rekisteri.catalogue import Content, Disclosure, PartyKind, SourceKind
from rekisteri.ground import ids
from rekisteri.ground.keys import Vault
from rekisteri.parties import store
from rekisteri.parties.lexicon import Lexicon
from rekisteri.parties.record import SEALED_PLACE
from rekisteri.parties.refresh import cover, refresh, uncover

CHAIN_MAX = 32
"""So many merges one after another are followed from an id that is no customer's any more."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A record, whose it is, and the blind indexes of every identity code it was ever told."""

    record_id: UUID
    party_id: UUID
    codes: frozenset[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class PartyRecord:
    """What one source calls the customer: shown where somebody chooses which of them belong together."""

    record_id: UUID
    source: SourceKind
    organisation_id: int | None
    key: str
    since_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Placement:
    """A judgement that put a record where it is or was: to whom, from whom, by which rule."""

    record_id: UUID
    party_id: UUID
    former_party_id: UUID | None
    rule: str
    at: datetime
    reason: str | None
    account: str | None


def move(
    tx: Write, vault: Vault, record_ids: Sequence[UUID], to: UUID, *, rule: str, reason: str, news: str
) -> list[UUID]:
    """Move records to the customer ``to``, with their identity codes; the customers they left.

    ``news`` is ``merged`` or ``split``, for the rooms that read changes. Where either
    customer is under a non-disclosure order every word of both is covered first: whatever
    way records go, none comes out from under it (Act 661/2009 § 36). Both golden records are
    computed anew. The identity lock must be held.
    """
    carried = _carried(tx, vault, record_ids)
    left = list(dict.fromkeys(one.party_id for one in carried))
    touched = [to, *left]
    if any(row.turvakielto == Disclosure.ON for row in store.parties(tx, touched).values()):
        cover(tx, vault, touched)
    _judge(tx, carried, to, rule, reason)
    tx.run("update parties.record set party_id = %(to)s where id = any (%(records)s)", to=to, records=list(record_ids))
    tx.run(
        "update parties.identifier set party_id = %(to)s where blind = any (%(blinds)s)",
        to=to,
        blinds=list({blind for one in carried for _, blind in one.codes}),
    )
    reached = {number for row in store.parties(tx, touched).values() for number in row.organisations}
    refresh(tx, vault, Lexicon(), touched)
    reached |= {number for row in store.parties(tx, touched).values() for number in row.organisations}
    tx.run(
        """
        insert into parties.change (party_ids, kind, items, organisations, at)
        values (%(parties)s, %(kind)s, '{customership}', %(organisations)s, %(at)s)
        """,
        parties=touched,
        kind=news,
        organisations=sorted(reached),
        at=tx.at,
    )
    tx.saw(*touched)
    return left


def open_again(tx: Write, vault: Vault, record_ids: Sequence[UUID], party_id: UUID) -> None:
    """Undo the covering that a mistaken merge brought upon records that no order was ever on.

    Only where the customer they are of is under no order now: whoever said on still has it.
    """
    if any(row.turvakielto != Disclosure.OFF for row in store.parties(tx, [party_id]).values()):
        return
    uncover(tx, vault, record_ids)
    refresh(tx, vault, Lexicon(), [party_id])


def begin(tx: Write, like: UUID) -> UUID:
    """A customer of the same kind and name as another, without any record yet. Raises ``Missing``."""
    fresh = ids.fresh()
    tx.run(
        """
        insert into parties.party (id, kind, name, content, turvakielto, organisations, words)
        select %(id)s, kind, name, '{}', turvakielto, '{}', '' from parties.party where id = %(like)s
        """,
        id=fresh,
        like=like,
    )
    return fresh


def not_same(tx: Write, record_ids: Iterable[UUID], party_id: UUID, *, rule: str, reason: str) -> None:
    """Write down that records are not the customer's: nobody need ask again."""
    wanted = list(record_ids)
    tx.run(
        """
        insert into parties.judgement (id, record_id, party_id, verdict, rule, at, account_id, reason)
        select id, record_id, %(party_id)s, 'not_same', %(rule)s, %(at)s, %(account_id)s, %(reason)s
        from unnest(%(ids)s::uuid[], %(records)s::uuid[]) as judged (id, record_id)
        """,
        ids=ids.batch(len(wanted)),
        records=wanted,
        party_id=party_id,
        rule=rule,
        at=tx.at,
        account_id=tx.act.viewer.account_id,
        reason=reason,
    )


def records_of(tx: Read, party_id: UUID) -> list[PartyRecord]:
    """The records of a customer, the oldest first."""
    rows = tx.all(
        PartyRecord,
        """
        select r.id as record_id, src.kind as source, src.organisation_id, r.key, r.since_on, r.ended_on
        from parties.record r
        join parties.source src on src.id = r.source_id
        where r.party_id = %(party_id)s
        order by r.id
        """,
        party_id=party_id,
    )
    return [replace(row, source=SourceKind(row.source)) for row in rows]


def placements(tx: Read, party_id: UUID) -> list[Placement]:
    """Every judgement that ever placed the records that are the customer's now, the oldest first."""
    return tx.all(
        Placement,
        """
        select j.record_id, j.party_id, j.former_party_id, j.rule, j.at, j.reason, a.handle as account
        from parties.record r
        join parties.judgement j on j.record_id = r.id and j.verdict = 'same'
        left join access.account a on a.id = j.account_id
        where r.party_id = %(party_id)s
        order by j.at, j.id
        """,
        party_id=party_id,
    )


def standing(tx: Read, party_id: UUID) -> UUID:
    """The customer that an id means today: itself, or the one all its records were moved to.

    Ids that were given out go on meaning a customer after a merge. An id that means nobody,
    or nobody the viewer may see, comes back as it is.
    """
    found = party_id
    for _ in range(CHAIN_MAX):
        if tx.value("select exists (select from parties.record where party_id = %(id)s)", id=found):
            return found
        following = tx.value(
            """
            select (select j.party_id from parties.judgement j
                    where j.former_party_id = %(id)s and j.verdict = 'same' order by j.at desc, j.id desc limit 1)
            """,
            id=found,
        )
        if following is None:
            return party_id
        found = following
    return party_id


def codes_of(tx: Read, vault: Vault, party_id: UUID) -> dict[UUID, frozenset[tuple[str, bytes]]]:
    """The blind indexes of every identity code a customer's records were ever told, by record."""
    records = [row[0] for row in tx.tuples("select id from parties.record where party_id = %(id)s", id=party_id)]
    return {one.record_id: one.codes for one in _carried(tx, vault, records)}


def kind_of(tx: Read, party_id: UUID) -> PartyKind | None:
    """What the customer is; None for nobody the viewer may see."""
    kind = tx.value("select (select kind from parties.party where id = %(id)s)", id=party_id)
    return None if kind is None else PartyKind(kind)


def _carried(tx: Read, vault: Vault, record_ids: Sequence[UUID]) -> list[Carried]:
    rows = tx.tuples(
        """
        select r.id, r.party_id, s.id, s.sealed, s.content
        from parties.record r left join parties.statement s on s.record_id = r.id and (s.sealed is not null or s.content::jsonb ? 'ytunnus')
        where r.id = any (%(records)s)
        order by r.id
        """,
        records=list(record_ids),
    )
    found: dict[UUID, tuple[UUID, set[tuple[str, bytes]]]] = {}
    for record_id, party_id, statement_id, sealed, content in rows:
        codes = found.setdefault(record_id, (party_id, set()))[1]
        codes.update(_codes(vault, statement_id, sealed, content))
    return [Carried(record_id, party_id, frozenset(codes)) for record_id, (party_id, codes) in found.items()]


def _codes(
    vault: Vault, statement_id: UUID, sealed: bytes | None, content: Content | None
) -> Iterable[tuple[str, bytes]]:
    if sealed is not None:
        secrets = orjson.loads(vault.open(sealed, key="secret", place=f"{SEALED_PLACE}{statement_id}"))
        if "hetu" in secrets:
            yield from (("hetu", blind) for blind in vault.blinds("hetu", secrets["hetu"]))
    if content is not None and "ytunnus" in content:
        yield from (("ytunnus", blind) for blind in vault.blinds("ytunnus", str(content["ytunnus"])))


def _judge(tx: Write, carried: Sequence[Carried], to: UUID, rule: str, reason: str) -> None:
    tx.run(
        """
        insert into parties.judgement (id, record_id, party_id, former_party_id, verdict, rule, at, account_id, reason)
        select id, record_id, %(to)s, former, 'same', %(rule)s, %(at)s, %(account_id)s, %(reason)s
        from unnest(%(ids)s::uuid[], %(records)s::uuid[], %(formers)s::uuid[]) as judged (id, record_id, former)
        """,
        ids=ids.batch(len(carried)),
        records=[one.record_id for one in carried],
        formers=[one.party_id for one in carried],
        to=to,
        rule=rule,
        at=tx.at,
        account_id=tx.act.viewer.account_id,
        reason=reason,
    )
