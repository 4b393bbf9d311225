-- Whom custody ties to some customers is asked in the midst of a delivery, of tables that were empty when it began: by what was then known of
-- their size the server read them whole, for every sheet anew. From customer to code to record, step by step, is always the shorter way.
create function parties.ties(ids uuid[]) returns table (party_id uuid, other uuid)
language sql stable security definer set search_path = pg_catalog, pg_temp
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
    with records as materialized (select r.id, r.party_id from parties.record r where r.party_id = any (ids)),
    codes as materialized (select i.blind, i.party_id from parties.identifier i where i.party_id = any (ids)),
    named as materialized (
        select r.party_id, n.blind from records r join parties.named n on n.record_id = r.id and n.custodian
    ),
    naming as materialized (
        select c.party_id, n.record_id from codes c join parties.named n on n.blind = c.blind and n.custodian
    )
    select n.party_id, i.party_id from named n join parties.identifier i on i.blind = n.blind
    union
    select n.party_id, r.party_id from naming n join parties.record r on r.id = n.record_id
$$;
comment on function parties.ties is
    'Of these customers, whom custody ties each to, either way. Step by step from index to index: the plan may be made while the tables are still empty, and kept.';
create or replace function parties.sheltered(ids uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
    select distinct t.party_id from parties.ties(ids) t
    where t.other <> t.party_id
      and exists (select from parties.record o where o.party_id = t.other and o.turvakielto)
$$;
create or replace function parties.tied(ids uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select distinct t.other from parties.ties(ids) t
$$;
alter function parties.unsettled(uuid[]) set enable_seqscan = off;
revoke execute on function parties.ties from public;
