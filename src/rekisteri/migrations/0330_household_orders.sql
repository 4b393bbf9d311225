-- A non-disclosure order covers the addresses of those tied by custody to whoever it is on (who may live at the same address).
-- Whom a record names was noted of VTJ and of maintainers alone: now of every source, and whether as a custodian. What stands is taken
-- for custody until it is said anew, so that nothing is shown by a doubt.
alter table parties.named add column custodian boolean not null default true;
alter table parties.named alter column custodian drop default;
comment on table parties.named is 'Blind indexes of whom a record''s last word names as custodian or guardian: so that it can be asked whom somebody represents, and whom an order covers.';
comment on column parties.named.custodian is 'Named as a custodian: the two may live together.';
create index record_ordered on parties.record (party_id) where turvakielto;
create index party_ordered on parties.party (id) where turvakielto = 'on';
comment on column parties.party.turvakielto is 'The strictest word of the records; on as well where an order of somebody tied by custody covers the customer.';
create function parties.sheltered(ids uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select r.party_id
    from parties.record r
    join parties.named n on n.record_id = r.id and n.custodian
    join parties.identifier i on i.blind = n.blind
    join parties.record o on o.party_id = i.party_id and o.turvakielto
    where r.party_id = any (ids) and i.party_id <> r.party_id
    union
    select i.party_id
    from parties.identifier i
    join parties.named n on n.blind = i.blind and n.custodian
    join parties.record r on r.id = n.record_id
    join parties.record o on o.party_id = r.party_id and o.turvakielto
    where i.party_id = any (ids) and r.party_id <> i.party_id
$$;
comment on function parties.sheltered is
    'Which of these customers somebody''s non-disclosure order covers who is tied to them by custody, either way. A function of the owner: the tie may lead to somebody the act does not reach.';
create function parties.tied(ids uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select r.party_id
    from parties.identifier i
    join parties.named n on n.blind = i.blind and n.custodian
    join parties.record r on r.id = n.record_id
    where i.party_id = any (ids)
    union
    select i.party_id
    from parties.record r
    join parties.named n on n.record_id = r.id and n.custodian
    join parties.identifier i on i.blind = n.blind
    where r.party_id = any (ids)
$$;
comment on function parties.tied is
    'Whom custody ties to these customers, either way. A function of the owner: it may be somebody the act does not reach.';
create function parties.unsettled(ids uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    with covered as (
        select party_id from parties.sheltered(ids) as party_id
        union
        select o.party_id from parties.record o where o.party_id = any (ids) and o.turvakielto
    )
    select p.id from parties.party p left join covered c on c.party_id = p.id
    where p.id = any (ids) and p.kind = 'person' and (p.turvakielto = 'on') <> (c.party_id is not null)
$$;
comment on function parties.unsettled is 'Which of these customers'' state is not yet what the orders say.';
create function parties.unsettled_anywhere() returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select u from parties.unsettled(array(
        select t from parties.tied(array(select distinct party_id from parties.record where turvakielto)) as t
        union
        select id from parties.party where turvakielto = 'on'
    )) as u
$$;
comment on function parties.unsettled_anywhere is 'As unsettled, of the whole register: begun from those under an order, who are few.';
revoke execute on function parties.sheltered, parties.tied, parties.unsettled, parties.unsettled_anywhere from public;
grant execute on function parties.sheltered, parties.tied, parties.unsettled, parties.unsettled_anywhere to rekisteri_app;
