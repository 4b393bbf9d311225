"""The room's queries, one small function each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.catalogue import Content, Disclosure, PartyKind, SourceKind
from rekisteri.ground import packed
from rekisteri.ground.clock import day
from rekisteri.parties.survive import single

IDENTITY_LOCK = 0x49444E54
_PARTY_KINDS = {one.value: one for one in PartyKind}
_DISCLOSURES = {one.value: one for one in Disclosure}
_SOURCE_KINDS = {one.value: one for one in SourceKind}
"""Asking an enumeration for its member takes ten times as long."""


@dataclass(frozen=True, slots=True)
class Source:
    """Who states: a kind, and the client organisation if it is one."""

    id: int
    kind: SourceKind
    organisation_id: int | None


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """What a source already calls a customer."""

    key: str
    id: UUID
    party_id: UUID
    digest: bytes
    ended_on: date | None


class KnownIdentity(NamedTuple):
    """An identity code seen before and whose it is."""

    kind: str
    blind: bytes
    party_id: UUID


@dataclass(frozen=True, slots=True)
class PartyHead:
    """What is needed of a party to judge whether a new record may be its."""

    id: UUID
    kind: PartyKind
    name: str
    former_surnames: list[str] | None
    turvakielto: Disclosure
    covering: list[UUID]
    """Records whose last word is that the order is on."""


class PartyRow(NamedTuple):
    """A golden record as it is kept."""

    id: UUID
    kind: PartyKind
    name: str
    content: Content
    turvakielto: Disclosure
    organisations: list[int]
    version: int


class SpokenRow(NamedTuple):
    """The last word of one record of a party, and whether the record still speaks.

    A tuple, as tens of thousands are made of rows in one delivery: a frozen object takes five times as long to make.
    """

    party_id: UUID
    record_id: UUID
    key: str
    source_kind: SourceKind
    organisation_id: int | None
    turvakielto: bool | None
    since_on: date
    ended_on: date | None
    statement_id: UUID
    content: Content
    holds_from: date | None
    recorded_at: datetime


def lock_identity(tx: Write) -> None:
    """Only one transaction at a time brings in identities: two can't make two cards of one code."""
    tx.run("select pg_advisory_xact_lock(%(lock)s)", lock=IDENTITY_LOCK)


def organisation_source(tx: Write, organisation_id: int) -> Source:
    """The source that a client organisation is; made at first use."""
    return _source_of(tx, organisation_id, SourceKind.ORGANISATION)


def bank_source(tx: Write, organisation_id: int) -> Source:
    """The source that the banks are for a client organisation, no customership; made at first use."""
    return _source_of(tx, organisation_id, SourceKind.BANK)


def ledger_source(tx: Write, organisation_id: int) -> Source:
    """The source that a client organisation's invoicing and collection is, no customership; made at first use."""
    return _source_of(tx, organisation_id, SourceKind.LEDGER)


def _source_of(tx: Write, organisation_id: int, kind: SourceKind) -> Source:
    tx.run(
        """
        insert into parties.source (kind, organisation_id) values (%(kind)s, %(organisation_id)s)
        on conflict (organisation_id, kind) do nothing
        """,
        kind=kind,
        organisation_id=organisation_id,
    )
    return tx.fetch(
        Source,
        """
        select id, kind, organisation_id from parties.source
        where organisation_id = %(organisation_id)s and kind = %(kind)s
        """,
        kind=kind,
        organisation_id=organisation_id,
    )


def sole_source(tx: Write, kind: SourceKind) -> Source:
    """The one source of a kind that is no client organisation; made at first use."""
    tx.run(
        """
        insert into parties.source (kind) values (%(kind)s)
        on conflict (kind) where organisation_id is null do nothing
        """,
        kind=kind,
    )
    return tx.fetch(
        Source,
        """
        select id, kind, organisation_id from parties.source
        where kind = %(kind)s and organisation_id is null
        """,
        kind=kind,
    )


def has_records(tx: Read, source_id: int) -> bool:
    """Whether the source has ever named a customer."""
    return bool(tx.value("select exists (select from parties.record where source_id = %(id)s)", id=source_id))


def known_records(tx: Read, source_id: int, keys: list[str]) -> dict[str, KnownRecord]:
    """The records of a source among ``keys``, by key."""
    rows = tx.tuples(
        """
        select key, id, party_id, digest, ended_on from parties.record
        where source_id = %(source_id)s and key = any (%(keys)s)
        """,
        source_id=source_id,
        keys=keys,
    )
    return {row[0]: KnownRecord(*row) for row in rows}


def known_digests(tx: Read, source_id: int, keys: list[str]) -> dict[str, bytes]:
    """The digest of the row each record of a source last came as, by key, among ``keys``."""
    return dict(
        tx.tuples(
            "select key, digest from parties.record where source_id = %(source_id)s and key = any (%(keys)s)",
            source_id=source_id,
            keys=keys,
        )
    )


def known_identities(tx: Read, blinds: Iterable[bytes]) -> list[KnownIdentity]:
    """Identity codes among ``blinds`` that were seen before."""
    rows = tx.tuples(
        """
        select kind, blind, party_id from parties.identifier
        where kind in ('hetu', 'ytunnus') and blind = any (%(blinds)s::bytea[])
        """,
        blinds=packed.blobs(list(blinds)),
    )
    return [KnownIdentity(*row) for row in rows]


def identity_kinds(tx: Read, party_ids: Iterable[UUID]) -> set[tuple[UUID, str]]:
    """Which kinds of identity codes each party already has."""
    rows = tx.tuples(
        "select distinct party_id, kind from parties.identifier where party_id = any (%(ids)s)",
        ids=list(party_ids),
    )
    return {(party_id, kind) for party_id, kind in rows}


def heads(tx: Read, party_ids: Iterable[UUID]) -> dict[UUID, PartyHead]:
    """Kind and names of parties, by id."""
    rows = tx.all(
        PartyHead,
        """
        select p.id, p.kind, p.name, coalesce(p.content, s.content::jsonb) -> 'former_surnames' as former_surnames,
               p.turvakielto,
               array(select r.id from parties.record r where r.party_id = p.id and r.turvakielto) as covering
        from parties.party p
        left join parties.statement s on p.content is null and s.record_id = p.id and s.id = p.id
        where p.id = any (%(ids)s::uuid[])
        """,
        ids=packed.uuid_bytes([one.bytes for one in party_ids]),
    )
    return {row.id: replace(row, kind=PartyKind(row.kind)) for row in rows}


def parties(tx: Read, party_ids: Iterable[UUID]) -> dict[UUID, PartyRow]:
    """Golden records by id; those out of the viewer's reach are not there."""
    rows = tx.tuples(
        """
        select p.id, p.kind, p.name, coalesce(p.content, s.content::jsonb) as content, p.turvakielto, p.organisations,
               p.version
        from parties.party p
        left join parties.statement s on p.content is null and s.record_id = p.id and s.id = p.id
        where p.id = any (%(ids)s::uuid[])
        """,
        ids=packed.uuid_bytes([one.bytes for one in party_ids]),
    )
    return {
        id_: PartyRow(id_, _PARTY_KINDS[kind], name, single(content), _DISCLOSURES[turvakielto], organisations, version)
        for id_, kind, name, content, turvakielto, organisations, version in rows
    }


def contents(tx: Read, party_ids: Iterable[UUID], *, only: Collection[str] | None = None) -> dict[UUID, Content]:
    """What golden records hold, by id, all of it or ``only`` some items; those out of the viewer's reach are not there.

    The way to read ``parties.party.content`` (``orderers`` reads four items in the same way): while a party's first statement is all that made it, the
    column is null, and what it holds is ``single`` of that statement (which bears the party's id).
    """
    rows = tx.tuples(
        """
        select p.id, case when %(only)s::text[] is null then held.content else (
            select jsonb_object_agg(key, value) from jsonb_each(held.content) where key = any (%(only)s)
        ) end
        from parties.party p
        left join parties.statement s on p.content is null and s.record_id = p.id and s.id = p.id
        cross join lateral (select coalesce(p.content, s.content::jsonb)) held (content)
        where p.id = any (%(ids)s::uuid[])
        """,
        ids=packed.ids(party_ids),
        only=None if only is None else list(only),
    )
    return {party_id: single(content or {}) for party_id, content in rows}


@dataclass(frozen=True, slots=True)
class Standing:
    """What a customer is now: its kind and version, and whether any customership of it lives."""

    id: UUID
    kind: PartyKind
    version: int
    live: bool


def standings(tx: Read, party_ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """How customers stand, by id; those out of the viewer's reach are not there."""
    rows = tx.all(
        Standing,
        "select id, kind, version, organisations <> '{}' as live from parties.party where id = any (%(ids)s)",
        ids=list(party_ids),
    )
    return {row.id: row for row in rows}


def controllers(tx: Read, party_ids: Iterable[UUID]) -> dict[UUID, list[int]]:
    """The client organisations whose customers parties are or have been, by id: each is controller of its own part."""
    rows = tx.tuples(
        """
        select r.party_id, array_agg(distinct s.organisation_id)
        from parties.record r join parties.source s on s.id = r.source_id
        where r.party_id = any (%(ids)s) and s.kind = 'organisation'
        group by r.party_id
        """,
        ids=list(party_ids),
    )
    return dict(rows)


def spoken(tx: Read, party_ids: Iterable[UUID]) -> list[SpokenRow]:
    """The last word of every record of the parties, corrections included."""
    rows = tx.tuples(
        """
        select r.party_id, r.id as record_id, r.key, src.kind as source_kind, src.organisation_id, r.turvakielto,
               r.since_on, r.ended_on, s.id as statement_id, s.content, lower(s.valid) as holds_from,
               lower(s.recorded) as recorded_at
        from parties.record r
        join parties.source src on src.id = r.source_id
        cross join lateral (
            select id, content, valid, recorded from parties.statement
            where record_id = r.id and content is not null and lower(valid) <= %(today)s
            order by lower(recorded) desc, id desc limit 1
        ) s
        where r.party_id = any (%(ids)s::uuid[])
        """,
        ids=packed.uuid_bytes([one.bytes for one in party_ids]),
        today=day(tx.at),
    )
    return [
        SpokenRow(party_id, record_id, key, _SOURCE_KINDS[source_kind], *others)
        for party_id, record_id, key, source_kind, *others in rows
    ]


def live_records(tx: Read, source_id: int) -> Iterator[tuple[str, UUID, UUID]]:
    """Key, record and party of every customership a source has in force, as a stream."""
    yield from tx.stream(
        "select key, id, party_id from parties.record where source_id = %(source_id)s and ended_on is null",
        source_id=source_id,
    )


def covered(tx: Read, party_id: str) -> bool:
    """Whether a non-disclosure order covers the customer; of an unknown one, no."""
    return bool(tx.value("select turvakielto = 'on' from parties.party where id = %(id)s::uuid", id=party_id))


def also_known(tx: Write, kind: str, codes: Iterable[tuple[bytes, UUID]]) -> int:
    """Remember codes that were a party's before, given as (blind index, party); one seen before stays where it is."""
    pairs = list(codes)
    return tx.run(
        """
        insert into parties.identifier (kind, blind, party_id)
        select %(kind)s, blind, party_id from unnest(%(blinds)s::bytea[], %(parties)s::uuid[]) as former (blind, party_id)
        on conflict (blind) do nothing
        """,
        kind=kind,
        blinds=[blind for blind, _ in pairs],
        parties=[party_id for _, party_id in pairs],
    )
