"""Gathering: the news of customers (``parties.change``) turned into what each recipient is to be told.

One at a time, under the lock of ``feeds.reading``, so what is told is numbered in the order it is committed and
a cursor never passes anything by. News itself is numbered by transactions that commit in any order: what has been
read is kept by its number (``feeds.met``) above a floor that is raised only when every transaction that could still
bring a lower number has ended. Nothing is read twice, nothing is passed over, and no writer waits for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rekisteri import access
from rekisteri.access import Read, Write
from rekisteri.catalogue import COVERED, Recipient, Way
from rekisteri.ground.clock import day

NEWS_AT_ONCE = 500
"""Rows of news one act gathers; a row of births is a hundred customers."""
EDGE_WAIT_S = 10
"""Between the choice of a next floor and its horizon. A transaction takes the number of its news, then itself one,
within the same statement; whoever has taken the first has the second long before this."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one gathering did: rows of news read, events made, and whether there is more."""

    news: int = 0
    events: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A recipient with the organisation whose customers it is told of."""

    recipient: Recipient
    organisation_id: int


def told(tx: Read, recipients: Sequence[Recipient]) -> list[Told]:
    """The recipients whose organisation the register knows; others are told nothing."""
    known = {one.code: one.id for one in access.organisations(tx)}
    return [Told(one, known[one.organisation]) for one in recipients if one.organisation in known]


def gather(tx: Write, recipients: Sequence[Recipient]) -> Gathered:
    """Read the next news and write down what of it each recipient is to be told. Again it changes nothing.

    A recipient declared since begins when all earlier news has been read: what was before it gets by a snapshot.
    """
    wanted = [one for one in told(tx, recipients) if one.recipient.way is not Way.FILE]
    tx.value("select floor from feeds.reading for update")
    begun = {name for (name,) in tx.tuples("select name from feeds.recipient")}
    old = [one for one in wanted if one.recipient.name in begun]
    unread = _unread(tx, NEWS_AT_ONCE if old else None)
    events = _tell(tx, old, unread) if old and unread else 0
    _meet(tx, unread)
    more = bool(old) and len(unread) == NEWS_AT_ONCE
    if not more:
        begin(tx, [one for one in wanted if one.recipient.name not in begun])
    _raise_floor(tx)
    tx.note(news=len(unread), events=events)
    return Gathered(len(unread), events, more)


def begin(tx: Write, fresh: Sequence[Told]) -> None:
    """From now on these recipients are told; one that is told already goes on."""
    tx.run(
        """
        insert into feeds.recipient (name, organisation_id, begun_at)
        select name, organisation_id, %(at)s
        from unnest(%(names)s::text[], %(organisations)s::integer[]) as fresh (name, organisation_id)
        on conflict (name) do nothing
        """,
        at=tx.at,
        names=[one.recipient.name for one in fresh],
        organisations=[one.organisation_id for one in fresh],
    )


def _unread(tx: Read, most: int | None) -> list[int]:
    rows = tx.tuples(
        """
        select c.id from parties.change c
        where c.id > (select floor from feeds.reading)
          and not exists (select from feeds.met m where m.change_id = c.id)
        order by c.id limit %(most)s
        """,
        most=most,
    )
    return [number for (number,) in rows]


def _meet(tx: Write, unread: Sequence[int]) -> None:
    tx.run("insert into feeds.met (change_id) select unnest(%(ids)s::bigint[])", ids=list(unread))


def _raise_floor(tx: Write) -> None:
    """One step of the three: choose the next floor, take its horizon a while later, raise it when that is behind."""
    tx.run(
        """
        update feeds.reading set floor = edge, edge = null, edge_noted_at = null, edge_xid = null
        where edge_xid <= pg_snapshot_xmin(pg_current_snapshot())
        """
    )
    tx.run("delete from feeds.met where change_id <= (select floor from feeds.reading)")
    tx.run(
        """
        update feeds.reading set edge_xid = case when edge_xid is null then pg_snapshot_xmax(pg_current_snapshot()) end
        where edge_noted_at < clock_timestamp() - make_interval(secs => %(wait)s)
          -- A horizon ahead of the server is of the server a dump came from.
          and (edge_xid is null or edge_xid > pg_snapshot_xmax(pg_current_snapshot()))
        """,
        wait=EDGE_WAIT_S,
    )
    tx.run(
        """
        update feeds.reading set edge = (select max(change_id) from feeds.met), edge_noted_at = clock_timestamp()
        where edge is null and exists (select from feeds.met)
        """
    )


def _tell(tx: Write, wanted: Sequence[Told], unread: Sequence[int]) -> int:
    return tx.run(
        _TELL,
        ids=list(unread),
        names=[one.recipient.name for one in wanted],
        organisations=[one.organisation_id for one in wanted],
        fields=[",".join(one.recipient.fields) for one in wanted],
        covered=sorted(COVERED),
        today=day(tx.at),
        at=tx.at,
    )


_TELL = """
with told as (
    select f.name, f.organisation_id, string_to_array(f.fields, ',') as fields, b.begun_at::date as begun_on
    from unnest(%(names)s::text[], %(organisations)s::integer[], %(fields)s::text[]) as f (name, organisation_id, fields)
    join feeds.recipient b on b.name = f.name
), news as (
    select id, kind, party_ids, items, organisations, at from parties.change where id = any (%(ids)s)
), near as (
    -- The recipients' own customerships among the customers the news is of, and what each was told last.
    select n.id as change_id, n.kind, n.items, n.at, t.name, t.organisation_id, t.fields, t.begun_on,
           r.id as record_id, r.key, r.party_id, r.ended_on <= %(today)s is true as over, r.ended_on,
           (select e.kind from feeds.event e where e.record_id = r.id and e.recipient = t.name
            order by e.sequence desc limit 1) as last_told
    from news n
    cross join unnest(n.party_ids) as touched (party_id)
    join told t on t.organisation_id = any (n.organisations)
    join parties.source s on s.kind = 'organisation' and s.organisation_id = t.organisation_id
    join parties.record r on r.source_id = s.id and r.party_id = touched.party_id
), living as (
    select e.change_id, e.at, e.name, e.organisation_id, e.record_id, e.key, e.party_id, null::uuid as former_party_id,
           case when e.began then 'added'
                when 'turvakielto' = any (e.items) and p.turvakielto = 'on' then 'protected'
                when e.kind = 'erased' then 'erased'
                when e.by_hand then 'corrected' else 'changed' end as kind,
           case when e.began or e.kind in ('restricted', 'lifted') then e.fields else array(
               select item from unnest(e.items) as item where item = any (e.fields) or item = 'turvakielto'
               union
               select item from unnest(e.fields) as item where 'turvakielto' = any (e.items) and item = any (%(covered)s)
               order by 1) end as items,
           e.began
    from (
        select near.*,
               kind = 'born' or last_told = 'ended' or exists (
                   select from parties.statement f
                   where f.record_id = near.record_id and f.id = near.record_id and lower(f.recorded) = near.at) as began,
               kind = 'changed' and exists (
                   select from parties.record m
                   join parties.source ms on ms.id = m.source_id and ms.kind = 'maintainer'
                   join parties.statement w on w.record_id = m.id and lower(w.recorded) = near.at
                   where m.party_id = near.party_id) as by_hand
        from near where not over and kind not in ('merged', 'split')
    ) e
    join parties.party p on p.id = e.party_id
), ended as (
    -- Of a customership that is over the end is told, once, and nothing after it.
    select distinct on (name, record_id) change_id, at, name, organisation_id, record_id, key, party_id,
           null::uuid as former_party_id, 'ended' as kind, '{}'::text[] as items
    from near
    where over and last_told is distinct from 'ended' and (last_told is not null or ended_on >= begun_on)
    order by name, record_id, change_id desc
), moved as (
    select n.id as change_id, n.kind, n.at, t.name, t.organisation_id, t.fields, r.id as record_id, r.key,
           j.party_id, j.former_party_id
    from news n
    join parties.judgement j on j.former_party_id = any (n.party_ids[2:]) and j.party_id = n.party_ids[1]
         and j.at = n.at and j.verdict = 'same'
    join parties.record r on r.id = j.record_id and (r.ended_on is null or r.ended_on > %(today)s)
    join parties.source s on s.id = r.source_id and s.kind = 'organisation'
    join told t on t.organisation_id = s.organisation_id
    where n.kind in ('merged', 'split')
), stayed as (
    -- Whoever keeps another number of the same customer, or of the one it was taken from, is told as well.
    select distinct m.change_id, m.kind, m.at, m.name, m.organisation_id, m.fields, r.id as record_id, r.key, r.party_id
    from moved m
    join parties.source s on s.kind = 'organisation' and s.organisation_id = m.organisation_id
    join parties.record r on r.source_id = s.id and r.party_id in (m.party_id, m.former_party_id)
         and (r.ended_on is null or r.ended_on > %(today)s)
    where not exists (select from moved o where o.change_id = m.change_id and o.record_id = r.id and o.name = m.name)
), every as (
    select change_id, at, name, organisation_id, record_id, key, party_id, former_party_id, kind, items
    from living where began or items <> '{}'
    union all select * from (
        select change_id, at, name, organisation_id, record_id, key, party_id, former_party_id, kind, items from ended) e
    union all select change_id, at, name, organisation_id, record_id, key, party_id, former_party_id,
                     case kind when 'merged' then 'merged' else 'parted' end, fields from moved
    union all select change_id, at, name, organisation_id, record_id, key, party_id, null,
                     case kind when 'merged' then 'merged' else 'parted' end, fields from stayed
)
insert into feeds.event (recipient, organisation_id, change_id, kind, record_id, key, party_id, former_party_id, items, at, due_at)
select name, organisation_id, change_id, kind, record_id, key, party_id, former_party_id, items, at, %(at)s
from every order by change_id, record_id
on conflict on constraint event_once do nothing
"""
