"""The queries of following, one small function each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import orjson

from rekisteri.access import Read, Write
from rekisteri.ground import packed
from rekisteri.ground.clock import day


@dataclass(frozen=True, slots=True)
class Subscription:
    """A person who is followed, and the code the person is asked by, sealed."""

    id: UUID
    party_id: UUID
    sealed: bytes
    bucket: int | None
    state: str
    stamps: dict[str, str]


@dataclass(frozen=True, slots=True)
class Bucket:
    """A group of followed persons and where its changes are read on from."""

    id: int
    change_key: int
    size: int


@dataclass(frozen=True, slots=True)
class Held:
    """A change that is kept apart."""

    id: UUID
    subscription_id: UUID
    changed_on: date | None
    reason: str
    digest: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A person whose changes are kept apart, as a list shows one."""

    party_id: UUID
    name: str
    count: int
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """What following leaves to a person."""

    id: UUID
    kind: str
    party_id: UUID
    name: str
    opened_at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run as it is kept."""

    id: UUID
    kind: str
    state: str
    account: str
    started_at: datetime
    finished_at: datetime | None
    counts: dict[str, int]
    dropped: dict[str, int]
    told: str | None


def unfollowed(tx: Read, after: UUID, limit: int) -> list[UUID]:
    """Persons with a live customership and an identity code whom nobody follows yet, after an id."""
    rows = tx.tuples(
        """
        select p.id from parties.party p
        where p.id > %(after)s and p.kind = 'person' and p.organisations <> '{}'
          and exists (select from parties.identifier i where i.party_id = p.id and i.kind = 'hetu')
          and not exists (select from sources.vtj_subscription s where s.party_id = p.id)
        order by p.id limit %(limit)s
        """,
        after=after,
        limit=limit,
    )
    return [party_id for (party_id,) in rows]


def subscribe(tx: Write, subscriptions: Iterable[tuple[UUID, UUID, bytes]]) -> None:
    """Follow persons, given as (id, party, sealed code); one who is followed already is left out."""
    rows = list(subscriptions)
    tx.run(
        """
        insert into sources.vtj_subscription (id, party_id, sealed, state, stamps, since_at)
        select id, party_id, sealed, 'pending', '{}', %(at)s
        from unnest(%(ids)s::uuid[], %(parties)s::uuid[], %(sealed)s::bytea[]) as fresh (id, party_id, sealed)
        on conflict do nothing
        """,
        at=tx.at,
        ids=[one for one, *_ in rows],
        parties=[party_id for _, party_id, _ in rows],
        sealed=[sealed for *_, sealed in rows],
    )


def ended(tx: Read, limit: int) -> list[tuple[UUID, UUID]]:
    """(Subscription, party) of persons followed whose last customership has ended."""
    return [
        (one, party_id)
        for one, party_id in tx.tuples(
            """
            select s.id, s.party_id from sources.vtj_subscription s
            join parties.party p on p.id = s.party_id
            where p.organisations = '{}' order by s.id limit %(limit)s
            """,
            limit=limit,
        )
    ]


def unsubscribe(tx: Write, subscription_ids: Sequence[UUID]) -> int:
    """Follow persons no more; what was held of them goes too."""
    return tx.run("delete from sources.vtj_subscription where id = any (%(ids)s)", ids=list(subscription_ids))


def orphans(tx: Read, source_id: int, limit: int) -> list[tuple[UUID, UUID]]:
    """(Record, party) of VTJ's words that still speak of somebody who is no customer any more."""
    return [
        (record_id, party_id)
        for record_id, party_id in tx.tuples(
            """
            select r.id, r.party_id from parties.record r
            join parties.party p on p.id = r.party_id
            where r.source_id = %(source_id)s and r.ended_on is null and p.organisations = '{}'
            order by r.id limit %(limit)s
            """,
            source_id=source_id,
            limit=limit,
        )
    ]


def due(tx: Read, after: UUID, limit: int) -> list[Subscription]:
    """Persons whose basic data is to be read, first or anew, after an id."""
    return tx.all(
        Subscription,
        """
        select id, party_id, sealed, bucket, state, stamps from sources.vtj_subscription
        where state in ('pending', 'doubt') and id > %(after)s order by id limit %(limit)s
        """,
        after=after,
        limit=limit,
    )


def everybody(tx: Read, after: UUID, limit: int) -> list[Subscription]:
    """Everybody followed whom VTJ knows, after an id."""
    return tx.all(
        Subscription,
        """
        select id, party_id, sealed, bucket, state, stamps from sources.vtj_subscription
        where state <> 'pending' and id > %(after)s order by id limit %(limit)s
        """,
        after=after,
        limit=limit,
    )


def of_parties(tx: Read, party_ids: Iterable[UUID]) -> list[Subscription]:
    """The subscriptions of customers."""
    return tx.all(
        Subscription,
        """
        select id, party_id, sealed, bucket, state, stamps from sources.vtj_subscription
        where party_id = any (%(ids)s::uuid[])
        """,
        ids=packed.uuid_bytes([one.bytes for one in party_ids]),
    )


def of_bucket(tx: Read, bucket: int) -> list[Subscription]:
    """Everybody of a bucket."""
    return tx.all(
        Subscription,
        """
        select id, party_id, sealed, bucket, state, stamps from sources.vtj_subscription
        where bucket = %(bucket)s order by id
        """,
        bucket=bucket,
    )


def of_organisation(tx: Read, organisation_id: int) -> list[UUID]:
    """Customers of a client organisation who are followed, or will be from the next run on."""
    rows = tx.tuples(
        """
        select p.id from parties.party p
        where p.organisations @> array[%(organisation_id)s]::integer[] and p.kind = 'person'
          and exists (select from parties.identifier i where i.party_id = p.id and i.kind = 'hetu')
        order by p.id
        """,
        organisation_id=organisation_id,
    )
    return [party_id for (party_id,) in rows]


def buckets(tx: Read) -> list[Bucket]:
    """Every bucket with the number of its persons."""
    return tx.all(
        Bucket,
        """
        select b.id, b.change_key, count(s.id)::int as size from sources.vtj_bucket b
        left join sources.vtj_subscription s on s.bucket = b.id
        group by b.id order by b.id
        """,
    )


def add_bucket(tx: Write, key: int) -> int:
    """A new bucket whose changes are read on from a key; its number."""
    return int(
        tx.value(
            "insert into sources.vtj_bucket (change_key, polled_at) values (%(key)s, %(at)s) returning id",
            key=key,
            at=tx.at,
        )
    )


def place(tx: Write, bucket: int, subscription_ids: Sequence[UUID]) -> int:
    """Put persons in a bucket; how many."""
    return tx.run(
        "update sources.vtj_subscription set bucket = %(bucket)s where id = any (%(ids)s)",
        bucket=bucket,
        ids=list(subscription_ids),
    )


def set_key(tx: Write, bucket: int, key: int) -> None:
    """The bucket's changes are read on from here."""
    tx.run(
        "update sources.vtj_bucket set change_key = %(key)s, polled_at = %(at)s where id = %(bucket)s",
        key=key,
        at=tx.at,
        bucket=bucket,
    )


def update(tx: Write, rows: Sequence[tuple[UUID, str, int | None, dict[str, str]]]) -> None:
    """Set (id, state, bucket, stamps) of subscriptions; a bucket of None stays as it was."""
    tx.run(
        """
        update sources.vtj_subscription s
        set state = new.state, bucket = coalesce(new.bucket, s.bucket), stamps = new.stamps::jsonb
        from unnest(%(ids)s::uuid[], %(states)s::text[], %(buckets)s::int[], %(stamps)s::text[])
            as new (id, state, bucket, stamps)
        where s.id = new.id
        """,
        ids=packed.uuid_bytes([one.bytes for one, *_ in rows]),
        states=packed.texts(state for _, state, *_ in rows),
        buckets=packed.numbers([bucket for _, _, bucket, _ in rows]),
        stamps=packed.utf8([orjson.dumps(stamps) for *_, stamps in rows]),
    )


def recode(tx: Write, rows: Sequence[tuple[UUID, bytes]]) -> None:
    """Ask by a new code: (id, sealed code)."""
    tx.run(
        """
        update sources.vtj_subscription s set sealed = new.sealed
        from unnest(%(ids)s::uuid[], %(sealed)s::bytea[]) as new (id, sealed) where s.id = new.id
        """,
        ids=[one for one, _ in rows],
        sealed=[sealed for _, sealed in rows],
    )


def set_state(tx: Write, party_ids: Iterable[UUID], state: str) -> int:
    """Set the state of subscriptions of customers; how many."""
    return tx.run(
        "update sources.vtj_subscription set state = %(state)s where party_id = any (%(ids)s)",
        state=state,
        ids=list(party_ids),
    )


def hold(tx: Write, held: Sequence[Held]) -> int:
    """Keep changes apart; one that is kept already is not kept twice."""
    return tx.run(
        """
        insert into sources.vtj_held (id, subscription_id, changed_on, reason, digest, sealed, held_at)
        select id, subscription_id, changed_on, reason, digest, sealed, %(at)s
        from unnest(%(ids)s::uuid[], %(subscriptions)s::uuid[], %(days)s::date[], %(reasons)s::text[],
                    %(digests)s::bytea[], %(sealed)s::bytea[])
            as fresh (id, subscription_id, changed_on, reason, digest, sealed)
        on conflict (subscription_id, digest) do nothing
        """,
        at=tx.at,
        ids=[one.id for one in held],
        subscriptions=[one.subscription_id for one in held],
        days=[one.changed_on for one in held],
        reasons=[one.reason for one in held],
        digests=[one.digest for one in held],
        sealed=[one.sealed for one in held],
    )


def held_of(tx: Read, subscription_ids: Iterable[UUID]) -> list[Held]:
    """The changes kept apart of subscriptions, in the order they came."""
    return tx.all(
        Held,
        """
        select id, subscription_id, changed_on, reason, digest, sealed from sources.vtj_held
        where subscription_id = any (%(ids)s) order by id
        """,
        ids=list(subscription_ids),
    )


def held_lines(tx: Read, limit: int) -> list[HeldLine]:
    """Persons whose changes are kept apart, the longest waiting first."""
    return tx.all(
        HeldLine,
        """
        select s.party_id, p.name, count(*)::int as count, min(h.reason) filter (where h.reason <> 'after') as reason,
               min(h.held_at) as since
        from sources.vtj_held h
        join sources.vtj_subscription s on s.id = h.subscription_id
        join parties.party p on p.id = s.party_id
        group by s.party_id, p.name order by min(h.held_at), s.party_id limit %(limit)s
        """,
        limit=limit,
    )


def unhold(tx: Write, held_ids: Sequence[UUID]) -> int:
    """Keep changes apart no more."""
    return tx.run("delete from sources.vtj_held where id = any (%(ids)s)", ids=list(held_ids))


def open_tasks(tx: Write, kind: str, rows: Sequence[tuple[UUID, UUID, date | None]]) -> int:
    """Open tasks, given as (id, party, due day); an open one of the kind takes the new day. How many were touched."""
    return tx.run(
        """
        insert into sources.vtj_task (id, kind, party_id, opened_at, due_on)
        select id, %(kind)s, party_id, %(at)s, due_on
        from unnest(%(ids)s::uuid[], %(parties)s::uuid[], %(days)s::date[]) as fresh (id, party_id, due_on)
        on conflict (kind, party_id) where closed_at is null do update set due_on = excluded.due_on
        """,
        kind=kind,
        at=tx.at,
        ids=[one for one, *_ in rows],
        parties=[party_id for _, party_id, _ in rows],
        days=[due_on for *_, due_on in rows],
    )


def close_tasks(tx: Write, kind: str, party_ids: Iterable[UUID], reason: str) -> int:
    """Close the open tasks of a kind of customers; how many."""
    return tx.run(
        """
        update sources.vtj_task set closed_at = %(at)s, closed_by = %(by)s, reason = %(reason)s
        where kind = %(kind)s and party_id = any (%(ids)s) and closed_at is null
        """,
        at=tx.at,
        by=tx.act.viewer.account_id,
        reason=reason,
        kind=kind,
        ids=list(party_ids),
    )


def tasks(tx: Read, limit: int) -> list[Task]:
    """Open tasks that are due, the oldest first."""
    return tx.all(
        Task,
        """
        select t.id, t.kind, t.party_id, p.name, t.opened_at, t.reason from sources.vtj_task t
        join parties.party p on p.id = t.party_id
        where t.closed_at is null and (t.due_on is null or t.due_on <= %(today)s)
        order by t.opened_at, t.id limit %(limit)s
        """,
        today=day(tx.at),
        limit=limit,
    )


def find_task(tx: Read, task_id: UUID) -> Task | None:
    """An open task that is due, or None."""
    return tx.find(
        Task,
        """
        select t.id, t.kind, t.party_id, p.name, t.opened_at, t.reason from sources.vtj_task t
        join parties.party p on p.id = t.party_id
        where t.id = %(id)s and t.closed_at is null and (t.due_on is null or t.due_on <= %(today)s)
        """,
        id=task_id,
        today=day(tx.at),
    )


def counts(tx: Read) -> dict[str, int]:
    """How many are followed, by state."""
    return dict(tx.tuples("select state, count(*)::int from sources.vtj_subscription group by state"))


def oldest_poll(tx: Read) -> datetime | None:
    """When the bucket asked longest ago was asked; None without any."""
    found: datetime | None = tx.value("select min(polled_at) from sources.vtj_bucket")
    return found


def insert_run(tx: Write, run_id: UUID, kind: str, account: str) -> None:
    """A run begins."""
    tx.run(
        """
        insert into sources.vtj_run (id, kind, state, account, started_at, counts, dropped)
        values (%(id)s, %(kind)s, 'running', %(account)s, %(at)s, '{}', '{}')
        """,
        id=run_id,
        kind=kind,
        account=account,
        at=tx.at,
    )


def update_run(
    tx: Write, run_id: UUID, state: str, counts: Mapping[str, int], dropped: Mapping[str, int], told: str | None
) -> None:
    """How far a run has come, or how it ended."""
    tx.run(
        """
        update sources.vtj_run
        set state = %(state)s, counts = %(counts)s::jsonb, dropped = %(dropped)s::jsonb, told = %(told)s,
            finished_at = case when %(state)s = 'running' then null else %(at)s::timestamptz end
        where id = %(id)s
        """,
        id=run_id,
        state=state,
        counts=orjson.dumps(dict(counts)).decode(),
        dropped=orjson.dumps(dict(dropped)).decode(),
        told=told,
        at=tx.at,
    )


def end_broken_runs(tx: Write) -> int:
    """Runs that nobody carries on any more have failed; how many."""
    return tx.run("update sources.vtj_run set state = 'failed', finished_at = %(at)s where state = 'running'", at=tx.at)


def runs(tx: Read, limit: int) -> list[RunRow]:
    """The latest runs, the newest first."""
    return tx.all(
        RunRow,
        """
        select id, kind, state, account, started_at, finished_at, counts, dropped, told from sources.vtj_run
        order by started_at desc, id desc limit %(limit)s
        """,
        limit=limit,
    )


def words(tx: Read, source_id: int) -> list[bytes]:
    """The digest of VTJ's last word of everybody followed, in order: what two registers are compared by."""
    rows = tx.tuples(
        """
        select r.digest from sources.vtj_subscription s
        join parties.record r on r.party_id = s.party_id and r.source_id = %(source_id)s and r.ended_on is null
        order by r.digest
        """,
        source_id=source_id,
    )
    return [bytes(digest) for (digest,) in rows]
