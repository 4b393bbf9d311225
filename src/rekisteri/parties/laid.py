"""Sayings laid out as columns on their way to the server: one customer takes the same road as a million.

``record`` lays out sayings and appends them here. A whole sheet of new customers is poured in (``poured``): the same
rows, but for what each is told by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from rekisteri.access import Write
from rekisteri.ground.clock import day
from rekisteri.ground.packed import Packed
from rekisteri.parties.store import Source

NEWS_BLOCK = 100
"""Births told in one row of news: as many as fit a row that stays in its page."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where words come from: the source, the delivery, and the account that brought them."""

    source: Source
    batch_id: UUID | None = None
    account_id: UUID | None = None
    reason: str | None = None
    evidence: str | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Born:
    """Parties that are new, a row each. ``goldens``: golden records that are not the first statement's."""

    ids: Packed
    kinds: Packed
    names: Packed
    orders: Packed
    words: Packed
    goldens: Packed | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """Records with what was last said of them, a row each."""

    ids: Packed
    party_ids: Packed
    keys: Packed
    digests: Packed
    orders: Packed


@dataclass(frozen=True, slots=True)
class Stated:
    """Statements, a row each."""

    ids: Packed
    record_ids: Packed
    contents: Packed
    sealed: Packed
    row_nos: Packed


@dataclass(frozen=True, slots=True)
class Codes:
    """Identity codes, a row each: kind, blind index, whose."""

    kinds: Packed
    blinds: Packed
    party_ids: Packed


def bear(tx: Write, origin: Origin, born: Born) -> None:
    """Parties and the news of them."""
    tx.run(
        """
        insert into parties.party (id, kind, name, content, turvakielto, organisations, words)
        select id, kind, name, golden::jsonb,
               case when kind = 'organisation' or not said then 'off' when said then 'on' else 'unknown' end,
               %(organisations)s::integer[], words::tsvector
        from (select unnest(%(ids)s::uuid[]) as id, unnest(%(kinds)s::text[]) as kind, unnest(%(names)s::text[]) as name,
                     unnest(%(goldens)s::json[]) as golden, unnest(%(orders)s::boolean[]) as said,
                     unnest(%(words)s::text[]) as words) as born
        """,
        organisations=organisations(origin),
        ids=born.ids,
        kinds=born.kinds,
        names=born.names,
        goldens=born.goldens,
        orders=born.orders,
        words=born.words,
    )
    tell_births(tx, origin, born.ids)


def tell_births(tx: Write, origin: Origin, party_ids: Packed) -> None:
    """The news of new parties, a hundred in a row."""
    tx.run(
        """
        insert into parties.change (party_ids, kind, items, organisations, at)
        select (%(ids)s::uuid[])[first : first + %(block)s - 1], 'born', '{}', %(organisations)s::integer[], %(at)s
        from generate_series(1, %(count)s::integer, %(block)s::integer) as first
        """,
        ids=party_ids,
        count=len(party_ids),
        block=NEWS_BLOCK,
        organisations=organisations(origin),
        at=tx.at,
    )


def name(tx: Write, origin: Origin, named: Named) -> None:
    """Records the source has not spoken of before."""
    tx.run(
        """
        insert into parties.record (id, source_id, key, party_id, digest, turvakielto, since_on, ended_on)
        select unnest(%(ids)s::uuid[]), %(source_id)s, unnest(%(keys)s::text[]), unnest(%(party_ids)s::uuid[]),
               unnest(%(digests)s::bytea[]), unnest(%(orders)s::boolean[]), %(today)s, %(valid_to)s
        """,
        source_id=origin.source.id,
        today=day(tx.at),
        valid_to=origin.valid_to,
        ids=named.ids,
        party_ids=named.party_ids,
        keys=named.keys,
        digests=named.digests,
        orders=named.orders,
    )


def rename(tx: Write, origin: Origin, named: Named) -> None:
    """Records spoken of before: their last words are closed, and what is kept of the last word is renewed."""
    tx.run(
        """
        update parties.statement s set recorded = tstzrange(lower(s.recorded), %(at)s)
        from unnest(%(ids)s::uuid[]) as said (record_id)
        where s.record_id = said.record_id and upper_inf(s.recorded) and lower(s.recorded) < %(at)s
        """,
        at=tx.at,
        ids=named.ids,
    )
    tx.run(
        """
        update parties.record r
        set party_id = said.party_id, digest = said.digest, turvakielto = coalesce(said.turvakielto, r.turvakielto),
            since_on = case when r.ended_on is null then r.since_on else %(today)s end, ended_on = %(valid_to)s
        from unnest(%(ids)s::uuid[], %(party_ids)s::uuid[], %(digests)s::bytea[], %(orders)s::boolean[])
            as said (id, party_id, digest, turvakielto)
        where r.id = said.id
        """,
        today=day(tx.at),
        valid_to=origin.valid_to,
        ids=named.ids,
        party_ids=named.party_ids,
        digests=named.digests,
        orders=named.orders,
    )


def state(tx: Write, origin: Origin, stated: Stated) -> None:
    """What was said."""
    # What is the same in every row is asked for once, by selects of their own.
    tx.run(
        """
        insert into parties.statement (id, record_id, content, sealed, valid, recorded, batch_id, row_no, account_id,
                                       reason, evidence)
        select unnest(%(ids)s::uuid[]), unnest(%(record_ids)s::uuid[]), unnest(%(contents)s::json[]),
               unnest(%(sealed)s::bytea[]), (select daterange(%(today)s, %(valid_to)s)),
               (select tstzrange(%(at)s, null)), %(batch_id)s, unnest(%(row_nos)s::integer[]), %(account_id)s,
               %(reason)s, %(evidence)s
        """,
        today=day(tx.at),
        at=tx.at,
        valid_to=origin.valid_to,
        batch_id=origin.batch_id,
        account_id=origin.account_id,
        reason=origin.reason,
        evidence=origin.evidence,
        ids=stated.ids,
        record_ids=stated.record_ids,
        contents=stated.contents,
        sealed=stated.sealed,
        row_nos=stated.row_nos,
    )


def identify_new(tx: Write, codes: Codes) -> None:
    """Remember every identity code, and whose it is; one seen before stays where it is."""
    tx.run(
        """
        insert into parties.identifier (kind, blind, party_id)
        select unnest(%(kinds)s::text[]), unnest(%(blinds)s::bytea[]), unnest(%(party_ids)s::uuid[])
        on conflict (blind) do nothing
        """,
        kinds=codes.kinds,
        blinds=codes.blinds,
        party_ids=codes.party_ids,
    )


def organisations(origin: Origin) -> list[int]:
    """The client organisations whose customer a new party is."""
    return [] if origin.source.organisation_id is None else [origin.source.organisation_id]
