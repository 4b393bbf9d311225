-- Room: parties. Statements in, parties out.
create schema parties;
comment on schema parties is 'Source records, statements, golden records, identifiers, work, changes.';

create table parties.source (
    id integer primary key generated always as identity,
    kind text not null check (kind in ('maintainer', 'vtj', 'person', 'bank', 'directory', 'organisation', 'ledger', 'einvoice_directory')),
    organisation_id integer references access.organisation,
    unique (organisation_id, kind),
    constraint source_of_organisation check ((kind in ('organisation', 'bank', 'ledger')) = (organisation_id is not null))
);
comment on table parties.source is 'Who states: a client organisation, the banks to one, its own invoicing and collection, or one of the kinds there is but one of.';
create unique index source_kind on parties.source (kind) where organisation_id is null;

create table parties.party (
    id uuid primary key,
    kind text not null check (kind in ('person', 'organisation')),
    name text not null,
    content jsonb,
    winners jsonb,
    turvakielto text not null check (turvakielto in ('on', 'off', 'unknown')),
    organisations integer[] not null,
    words tsvector not null,
    version integer not null default 1
);
comment on table parties.party is
    'The golden record: a pure function of statements, judgements and catalogue, kept for speed and rebuilt at will.';
comment on column parties.party.name is 'The name as it is sorted and shown in lists.';
comment on column parties.party.content is
    'Null while the party''s first statement (of its own id) is all that made it: the golden record is then that statement''s.';
comment on column parties.party.winners is 'Item to the id of the statement it was taken from.';
comment on column parties.party.organisations is 'Client organisations with a live customership: what row-level security asks.';
comment on column parties.party.words is 'Folded words: n name, a address and contact, i identifier, o organisation.';
comment on column parties.party.turvakielto is 'The strictest word of the records; on as well where an order of somebody tied by custody covers the customer.';
create index party_ordered on parties.party (id) where turvakielto = 'on';
create index party_words on parties.party using gin (words) with (fastupdate = on, gin_pending_list_limit = 2000000);

create table parties.record (
    id uuid primary key,
    source_id integer not null references parties.source not enforced,
    key text not null,
    party_id uuid not null references parties.party not enforced,
    digest bytea not null,
    turvakielto boolean,
    since_on date not null,
    ended_on date
);
comment on table parties.record is 'What one source calls one customer; of a client organisation it is the customership (asiakkuus).';
comment on column parties.record.key is 'The source''s own name for the customer: the customer number, or the party for a correction.';
comment on column parties.record.digest is 'Keyed digest of the row as it last came: the same row again changes nothing.';
comment on column parties.record.turvakielto is 'The last word this source ever said; silence never clears it.';
create unique index record_key on parties.record (source_id, key);
create index record_party on parties.record (party_id);
create index record_ordered on parties.record (party_id) where turvakielto;

create table parties.statement (
    id uuid,
    record_id uuid not null references parties.record not enforced,
    content json,
    sealed bytea,
    valid daterange not null check (not isempty(valid)),
    recorded tstzrange not null,
    batch_id uuid,
    row_no integer,
    account_id uuid,
    reason text,
    evidence text,
    primary key (record_id, id)
);
comment on table parties.statement is
    'What a source said of a record: appended, closed when a newer one takes its place, never rewritten.';
comment on column parties.statement.content is 'Clear items; null when the source fell silent: the customership or the correction ended.';
comment on column parties.statement.sealed is 'Secret items (identity codes), AES-256-GCM bound to this row.';
comment on column parties.statement.valid is 'When it holds in the world.';
comment on column parties.statement.recorded is 'From when the register knew it; the upper bound is when a newer word of the same source took its place. At a day in the world and a moment of knowledge the last word then known whose valid holds the day counts.';
comment on column parties.statement.batch_id is 'The delivery it came in, if it came in one.';
comment on column parties.statement.reason is 'Why a maintainer corrected by hand.';
comment on column parties.statement.evidence is 'What the correction rests on.';

create table parties.protected (
    statement_id uuid primary key,
    sealed bytea not null,
    record_id uuid not null,
    constraint protected_statement foreign key (record_id, statement_id) references parties.statement (record_id, id)
);
comment on table parties.protected is
    'Covered values of customers under a non-disclosure order: apart, under a key of their own (Act 661/2009 § 37).';

create table parties.identifier (
    kind text not null check (kind in ('hetu', 'ytunnus')),
    blind bytea not null check (octet_length(blind) in (16, 17)),
    party_id uuid not null references parties.party not enforced,
    primary key (blind)
);
comment on table parties.identifier is
    'Every identity code ever seen, old ones too, as a keyed blind index: each points at one party.';
create index identifier_party on parties.identifier (party_id);

create table parties.named (
    record_id uuid not null references parties.record not enforced,
    blind bytea not null,
    custodian boolean not null,
    primary key (record_id, blind)
);
comment on table parties.named is 'Blind indexes of whom a record''s last word names as custodian or guardian: so that it can be asked whom somebody represents, and whom an order covers.';
comment on column parties.named.custodian is 'Named as a custodian: the two may live together.';
create index named_blind on parties.named (blind);

create table parties.judgement (
    id uuid primary key,
    record_id uuid not null references parties.record,
    party_id uuid not null references parties.party,
    former_party_id uuid references parties.party,
    verdict text not null check (verdict in ('same', 'not_same', 'unsure')),
    rule text not null,
    at timestamptz not null,
    account_id uuid,
    reason text
);
comment on table parties.judgement is 'Which records are the same customer: by whom, why, when. A merge or a split is one more.';
comment on column parties.judgement.former_party_id is 'Where the record was before; null when it was placed at birth.';
create index judgement_record on parties.judgement (record_id);
create index judgement_former on parties.judgement (former_party_id) where former_party_id is not null;

create table parties.work (
    id uuid primary key,
    kind text not null check (kind in ('identity')),
    organisation_id integer not null references access.organisation,
    party_id uuid references parties.party,
    record_key text not null,
    reason text not null,
    batch_id uuid,
    row_no integer,
    payload bytea not null,
    digest bytea not null,
    opened_at timestamptz not null,
    decided_at timestamptz,
    decision text check (decision in ('linked', 'separate', 'rejected', 'overtaken')),
    decided_by uuid,
    decision_reason text,
    check ((decided_at is null) = (decision is null))
);
comment on table parties.work is 'What needs a person: conflicting identity now, more kinds with later wings.';
comment on column parties.work.payload is 'The row in doubt, sealed whole; nothing of it is in the register until somebody decides.';
comment on column parties.work.digest is 'Digest of the row: the same row again opens no second item, whatever was decided.';
create index work_open on parties.work (opened_at) where decided_at is null;
create unique index work_once on parties.work (organisation_id, record_key, digest);

create table parties.change (
    id bigint primary key generated always as identity,
    party_ids uuid[] not null check (cardinality(party_ids) > 0),
    kind text not null check (kind in ('born', 'changed', 'placed', 'ended', 'merged', 'split', 'restricted', 'lifted', 'erased')),
    items text[] not null,
    organisations integer[] not null,
    at timestamptz not null
);
comment on table parties.change is 'News for the rooms above, read by cursor.';
comment on column parties.change.party_ids is 'One customer; of a delivery''s births, a hundred at a time.';

create table parties.word (
    word text primary key
);
comment on table parties.word is 'Every distinct folded word of names, streets and towns: the dictionary typing errors are mended by.';

create table parties.word_variant (
    variant text not null,
    word text not null,
    primary key (variant, word)
);
comment on table parties.word_variant is 'Each word with one letter left out: two words one slip apart share a variant.';

alter table parties.source enable row level security;
alter table parties.party enable row level security;
alter table parties.record enable row level security;
alter table parties.statement enable row level security;
alter table parties.protected enable row level security;
alter table parties.identifier enable row level security;
alter table parties.judgement enable row level security;
alter table parties.work enable row level security;
alter table parties.change enable row level security;
alter table parties.word enable row level security;
alter table parties.word_variant enable row level security;

create function parties.reaches(party uuid) returns boolean
language sql stable security definer
begin atomic
    select exists (select from parties.party p
                   where p.id = party
                     and p.organisations && nullif(current_setting('rekisteri.organisations', true), '')::integer[]);
end;
comment on function parties.reaches is
    'Whether the party is a customer of the viewer''s client organisations. A function of the owner, so that policies stand beside each other instead of inside one another: nested ones cost milliseconds to plan.';
create function parties.reaches_record(record uuid) returns boolean
language sql stable security definer
begin atomic
    select exists (select from parties.record r join parties.party p on p.id = r.party_id
                   where r.id = record
                     and p.organisations && nullif(current_setting('rekisteri.organisations', true), '')::integer[]);
end;
comment on function parties.reaches_record is 'Whether the party of the record is a customer of the viewer''s client organisations.';
create function parties.is_self(record uuid) returns boolean
language sql stable security definer
begin atomic
    select exists (select from parties.record r
                   where r.id = record and r.party_id = nullif(current_setting('rekisteri.self', true), '')::uuid);
end;
comment on function parties.is_self is 'Whether the record is of the data subject who acts, or whom the subject acts for.';
revoke execute on function parties.reaches, parties.reaches_record, parties.is_self from public;
grant execute on function parties.reaches, parties.reaches_record, parties.is_self to rekisteri_app;

create policy source_read on parties.source for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.reach', true), '')) is not null);
create policy source_insert on parties.source for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy party_all on parties.party for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy party_own on parties.party for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own'
        and organisations && (select nullif(current_setting('rekisteri.organisations', true), '')::integer[]));
create policy party_self on parties.party for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy party_insert on parties.party for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy party_update on parties.party for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy record_all on parties.record for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy record_own on parties.record for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own' and parties.reaches(party_id));
create policy record_self on parties.record for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy record_insert on parties.record for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or source_id = any (array(select s.id from parties.source s where s.organisation_id is null or s.organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])))));
create policy record_update on parties.record for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or source_id = any (array(select s.id from parties.source s where s.organisation_id is null or s.organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])))));
create policy statement_all on parties.statement for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy statement_own on parties.statement for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own' and parties.reaches_record(record_id));
create policy statement_self on parties.statement for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and parties.is_self(record_id));
create policy statement_insert on parties.statement for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy statement_update on parties.statement for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy protected_read on parties.protected for select to rekisteri_app
    using ((select current_setting('rekisteri.protected', true)) = 'on'
        and exists (select from parties.statement s
                    where s.record_id = protected.record_id and s.id = protected.statement_id));
create policy protected_insert on parties.protected for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy protected_delete on parties.protected for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}') and (select current_setting('rekisteri.protected', true)) = 'on');
create policy protected_update on parties.protected for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy identifier_all on parties.identifier for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy identifier_own on parties.identifier for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own' and parties.reaches(party_id));
create policy identifier_self on parties.identifier for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy identifier_insert on parties.identifier for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy identifier_update on parties.identifier for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy judgement_all on parties.judgement for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy judgement_own on parties.judgement for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own' and parties.reaches_record(record_id));
create policy judgement_self on parties.judgement for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and parties.is_self(record_id));
create policy judgement_insert on parties.judgement for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy work_read on parties.work for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{work}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy work_self on parties.work for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy work_insert on parties.work for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{work}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy work_update on parties.work for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{work}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{work}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy change_all on parties.change for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy change_own on parties.change for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own'
        and organisations && (select nullif(current_setting('rekisteri.organisations', true), '')::integer[]));
create policy change_insert on parties.change for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy word_read on parties.word for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) in ('own', 'all'));
create policy word_self on parties.word for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy word_insert on parties.word for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy word_variant_read on parties.word_variant for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) in ('own', 'all'));
create policy word_variant_self on parties.word_variant for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy word_variant_insert on parties.word_variant for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
grant update (sealed) on parties.protected to rekisteri_app;

create function parties.may_pour(source integer) returns boolean
language sql stable
begin atomic
    select coalesce(nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}', false)
       and (current_setting('rekisteri.everywhere', true) = 'on'
            or exists (select from parties.source s
                       where s.id = source
                         and (s.organisation_id is null
                              or s.organisation_id = any (nullif(current_setting('rekisteri.organisations', true), '')::integer[]))));
end;
comment on function parties.may_pour is
    'Whether this act may bring in records of the source: what policy record_insert asks of a row, asked once for rows that COPY brings.';
create function parties.allow_pouring(source integer) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    if not parties.may_pour(source) then
        raise insufficient_privilege using message = 'This act may not bring in customers of the source.';
    end if;
end
$$;
comment on function parties.allow_pouring is 'Refuses an act that may not bring in records of the source; asked before rows are poured in.';
create function parties.refuse_rows() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise insufficient_privilege using message = 'This act may not bring in customers.';
end
$$;
comment on function parties.refuse_rows is
    'Refuses rows of an act that may not bring in customers, whoever writes them: COPY runs as the owner, whom no policy binds.';
revoke execute on function parties.may_pour, parties.allow_pouring, parties.refuse_rows from public;
grant execute on function parties.may_pour, parties.allow_pouring to rekisteri_app;
create trigger party_poured before insert on parties.party for each statement
    when (not coalesce(nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}', true))
    execute function parties.refuse_rows();
create trigger record_poured before insert on parties.record for each statement
    when (not coalesce(nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}', true))
    execute function parties.refuse_rows();
create trigger statement_poured before insert on parties.statement for each statement
    when (not coalesce(nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}', true))
    execute function parties.refuse_rows();
create trigger identifier_poured before insert on parties.identifier for each statement
    when (not coalesce(nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}', true))
    execute function parties.refuse_rows();
create trigger named_poured before insert on parties.named for each statement
    when (not coalesce(nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}', true))
    execute function parties.refuse_rows();

create function parties.find(query tsquery, named tsquery, most integer)
returns table (id uuid, kind text, name text, turvakielto text, organisations integer[], lexemes text[])
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select p.id, p.kind, p.name, p.turvakielto, p.organisations, tsvector_to_array(p.words)
    from parties.party p
    where p.words @@ query
      and case current_setting('rekisteri.reach', true)
          when 'all' then true
          when 'own' then p.organisations && nullif(current_setting('rekisteri.organisations', true), '')::integer[]
              and (p.turvakielto = 'off' or p.words @@ named
                   or p.turvakielto = 'unknown'
                      and p.organisations <@ nullif(current_setting('rekisteri.organisations', true), '')::integer[])
          else false
          end
    limit most
$$;
comment on function parties.find is
    'Search by words under the same rules as policy party_own. A function of the owner, because full-text matching is not leakproof: under row-level security the index could not be used.';
revoke execute on function parties.find from public;
grant execute on function parties.find to rekisteri_app;

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
create function parties.sheltered(ids uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
    select distinct t.party_id from parties.ties(ids) t
    where t.other <> t.party_id
      and exists (select from parties.record o where o.party_id = t.other and o.turvakielto)
$$;
comment on function parties.sheltered is
    'Which of these customers somebody''s non-disclosure order covers who is tied to them by custody, either way. A function of the owner: the tie may lead to somebody the act does not reach.';
create function parties.tied(ids uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select distinct t.other from parties.ties(ids) t
$$;
comment on function parties.tied is
    'Whom custody ties to these customers, either way. A function of the owner: it may be somebody the act does not reach.';
create function parties.unsettled(ids uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
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
revoke execute on function parties.ties, parties.sheltered, parties.tied, parties.unsettled, parties.unsettled_anywhere from public;
grant execute on function parties.sheltered, parties.tied, parties.unsettled, parties.unsettled_anywhere to rekisteri_app;

create function parties.settle() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform gin_clean_pending_list('parties.party_words');
    if (select pg_relation_size(oid) > 1.2 * 8192 * greatest(relpages, 1) from pg_class where oid = 'parties.record'::regclass) then
        analyze parties.party (id, organisations);
        analyze parties.record;
        analyze parties.statement (id, record_id, recorded, valid);
        analyze parties.identifier;
    end if;
end
$$;
comment on function parties.settle is
    'After a delivery has committed: sorts its words into the index at one go, and where the register has grown by a fifth counts it anew, so that the next delivery is planned by what is there.';
revoke execute on function parties.settle from public;
grant execute on function parties.settle to rekisteri_app;

grant usage on schema parties to rekisteri_app;
grant select, insert on parties.source, parties.protected, parties.identifier, parties.judgement,
    parties.change, parties.word, parties.word_variant to rekisteri_app;
grant select, insert, update on parties.party, parties.record, parties.statement, parties.work to rekisteri_app;
grant update (party_id, blind) on parties.identifier to rekisteri_app;
grant delete on parties.protected to rekisteri_app;

alter table parties.named enable row level security;
create policy named_all on parties.named for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy named_insert on parties.named for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy named_delete on parties.named for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy named_update on parties.named for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
grant select, insert, delete on parties.named to rekisteri_app;
grant update (blind) on parties.named to rekisteri_app;
create policy party_delete on parties.party for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.party to rekisteri_app;
create policy record_delete on parties.record for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.record to rekisteri_app;
create policy statement_delete on parties.statement for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.statement to rekisteri_app;
create policy identifier_delete on parties.identifier for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.identifier to rekisteri_app;
create policy judgement_delete on parties.judgement for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.judgement to rekisteri_app;
create policy work_delete on parties.work for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.work to rekisteri_app;
create policy change_delete on parties.change for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.change to rekisteri_app;
create policy word_delete on parties.word for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.word to rekisteri_app;
create policy word_variant_delete on parties.word_variant for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.word_variant to rekisteri_app;
