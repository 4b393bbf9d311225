-- Room: audit. Evidence of every act, written as the last statement of its transaction.
create schema audit;
comment on schema audit is 'Evidence: who did what to whom, when, for what purpose, and how it ended.';

create table audit.event (
    id uuid primary key,
    at timestamptz not null,
    account_id uuid,
    account text not null,
    roles text[] not null,
    organisations integer[] not null,
    action text not null,
    purpose text,
    case_reference text,
    channel text not null,
    outcome text not null check (outcome in ('done', 'refused', 'missing', 'rejected', 'conflict', 'failed')),
    subject_count integer not null check (subject_count >= 0),
    detail jsonb not null,
    subjects uuid[] not null default '{}',
    salt bytea not null check (octet_length(salt) = 16),
    session_id uuid,
    xid xid8 not null default pg_current_xact_id()
);
comment on table audit.event is 'One act of one viewer; appended, never changed (Information Management Act 906/2019 § 17).';
comment on column audit.event.account is 'Sign-in name at the time, kept although the account may go.';
comment on column audit.event.organisations is 'Client organisations the viewer could reach then; empty means every one.';
comment on column audit.event.case_reference is 'The case the viewer named, such as an invoice run or a complaint.';
comment on column audit.event.detail is 'Query class, counts and items; never a value of a customer.';
comment on column audit.event.subjects is
    'The customers the act showed or changed, up to 256; those of a bulk act stand in subject_block.';
comment on column audit.event.salt is
    'What the commitment in the log is salted with; erased with the event, it leaves the log proving nothing of it.';
comment on column audit.event.session_id is 'The sign-in within which it was done.';
comment on column audit.event.xid is 'The transaction that wrote it: how the sequencer knows that none comes late.';
create index event_at on audit.event (at desc, id desc);
create index event_account_at on audit.event (account, at desc);
create index event_xid on audit.event (xid, id);

create table audit.subject (
    party_id uuid not null,
    event_id uuid not null,
    primary key (party_id, event_id)
);
comment on table audit.subject is
    'The customers one act showed or changed, one row each: the index of event.subjects, written by the sequencer.';

create table audit.subject_block (
    event_id uuid not null references audit.event deferrable initially deferred,
    bucket smallint not null,
    party_ids uuid[] not null,
    primary key (bucket, event_id)
);
comment on table audit.subject_block is
    'The customers of a bulk act in 256 buckets by the last byte of their id: a million cost 256 rows, and finding one reads one bucket.';
create index subject_block_event on audit.subject_block (event_id);

create table audit.leaf (
    number bigint primary key check (number >= 0),
    event_id uuid not null unique,
    at timestamptz not null,
    commitment bytea not null check (octet_length(commitment) = 32)
);
comment on table audit.leaf is
    'The leaves of the log, numbered without a gap by the sequencer: an event''s id, instant and salted commitment. '
    'Outlives the event and tells nothing of it.';
comment on column audit.leaf.event_id is 'The event, which may have been erased since.';

create table audit.tile (
    level smallint not null check (level between 0 and 7),
    number bigint not null check (number >= 0),
    root bytea not null check (octet_length(root) = 32),
    primary key (level, number)
);
comment on table audit.tile is
    'The root of each full tile: of 256 leaves at level 0, of 256 tiles of the level below above it. '
    'What stands in a tile is read from the leaves or from the roots below.';

create table audit.checkpoint (
    size bigint primary key check (size > 0),
    root bytea not null check (octet_length(root) = 32),
    at timestamptz not null,
    note text not null,
    horizon xid8 not null
);
comment on table audit.checkpoint is 'What the log said of itself and signed, each time it had grown (c2sp.org/tlog-checkpoint).';
comment on column audit.checkpoint.horizon is 'Every event of an earlier transaction has its leaf.';

create table audit.witness (
    name text primary key,
    vkey text not null unique,
    added_at timestamptz not null,
    ended_at timestamptz
);
comment on table audit.witness is
    'Who co-signs checkpoints after proving them consistent: a client organisation, the data protection officer.';
comment on column audit.witness.vkey is 'The public key whose signatures are taken (c2sp.org/signed-note).';

create table audit.cosignature (
    size bigint not null references audit.checkpoint,
    witness text not null references audit.witness,
    at timestamptz not null,
    line text not null,
    primary key (size, witness)
);
comment on table audit.cosignature is 'A witness''s signature of a checkpoint (c2sp.org/tlog-cosignature).';

-- A database restored from a dump counts its transactions anew; events then bear numbers that are yet to come.
create function audit.order_anew() returns void
    language sql security definer set search_path = pg_catalog, pg_temp
    begin atomic
        update audit.event set xid = pg_current_xact_id() where xid >= pg_snapshot_xmax(pg_current_snapshot());
    end;
comment on function audit.order_anew() is 'Events of a database that was restored from a dump take the number of this transaction.';
revoke execute on function audit.order_anew() from public;

create view audit.payload with (security_invoker = true) as
select e.id::text as id, (extract(epoch from e.at) * 1000000)::bigint as at_us, e.salt,
       e.account_id::text as account_id, e.account, e.session_id::text as session_id, e.roles, e.organisations,
       e.action, e.purpose, e.case_reference, e.channel, e.outcome, e.subject_count,
       e.subjects::text[] as subjects, e.detail::text as detail,
       case when e.subject_count > cardinality(e.subjects) then (
           select array_agg(b.bucket || ':' || encode(
               sha256(decode(replace(array_to_string(b.party_ids, ''), '-', ''), 'hex')), 'hex') order by b.bucket)
           from audit.subject_block b where b.event_id = e.id
       ) end as blocks,
       e.id as event_id, e.xid
from audit.event e;
comment on view audit.payload is
    'Events as they are committed to: what the sequencer reads to make an entry, and whoever verifies reads again. '
    'The customers of a bulk act stand in it as a digest of each block.';

create function audit.forget_before(before timestamptz, held uuid[]) returns bigint
    language sql security definer set search_path = pg_catalog, pg_temp
    begin atomic
        with old as materialized (
            select e.id, e.subjects from audit.event e
            where e.at < before and exists (select from audit.leaf l where l.event_id = e.id)
              and not e.subjects && held
              and not exists (select from audit.subject_block b where b.event_id = e.id and b.party_ids && held)
        ), unindexed as (
            delete from audit.subject s using old, unnest(old.subjects) as shown (party_id)
            where s.party_id = shown.party_id and s.event_id = old.id
        ), unblocked as (
            delete from audit.subject_block b using old where b.event_id = old.id
        ), gone as (
            delete from audit.event e using old where e.id = old.id returning 1
        )
        select count(*) from gone;
    end;
comment on function audit.forget_before(timestamptz, uuid[]) is
    'Erases events older than an instant, with salt and customers, but those of customers under a legal hold. One that has no leaf yet stays: nothing leaves unproven.';
revoke execute on function audit.forget_before(timestamptz, uuid[]) from public;

create function audit.acted_for(uuid) returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp
    return exists (select from audit.event e where e.id = $1
                   and e.organisations && nullif(current_setting('rekisteri.organisations', true), '')::integer[]);
comment on function audit.acted_for(uuid) is
    'Whether an event is of somebody who acted for one of the viewer''s client organisations.';
revoke execute on function audit.acted_for(uuid) from public;

alter table audit.event enable row level security;
alter table audit.subject enable row level security;
alter table audit.subject_block enable row level security;
alter table audit.leaf enable row level security;
alter table audit.tile enable row level security;
alter table audit.checkpoint enable row level security;
alter table audit.witness enable row level security;
alter table audit.cosignature enable row level security;
create policy event_append on audit.event for insert to rekisteri_app with check (true);
create policy subject_append on audit.subject for insert to rekisteri_app with check (true);
create policy subject_block_append on audit.subject_block for insert to rekisteri_app with check (true);
create policy event_log on audit.event for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'on');
create policy subject_log on audit.subject for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'on');
create policy subject_block_log on audit.subject_block for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'on');
create policy event_own on audit.event for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'own' and organisations && (select nullif(current_setting('rekisteri.organisations', true), '')::integer[]));
create policy event_self on audit.event for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'self' and (subjects && (select nullif(current_setting('rekisteri.log_of', true), '')::uuid[]) or exists (select from audit.subject_block b where b.event_id = id and b.party_ids && (select nullif(current_setting('rekisteri.log_of', true), '')::uuid[]))));
create policy subject_own on audit.subject for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'own' and audit.acted_for(event_id));
create policy subject_self on audit.subject for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'self' and party_id = any ((select nullif(current_setting('rekisteri.log_of', true), '')::uuid[])::uuid[]));
create policy subject_block_own on audit.subject_block for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'own' and audit.acted_for(event_id));
create policy subject_block_self on audit.subject_block for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'self' and party_ids && (select nullif(current_setting('rekisteri.log_of', true), '')::uuid[]));
create policy leaf_read on audit.leaf for select to rekisteri_app using (true);
create policy tile_read on audit.tile for select to rekisteri_app using (true);
create policy checkpoint_read on audit.checkpoint for select to rekisteri_app using (true);
create policy leaf_seal on audit.leaf for insert to rekisteri_app
    with check ((select current_setting('rekisteri.seal', true)) = 'on');
create policy tile_seal on audit.tile for insert to rekisteri_app
    with check ((select current_setting('rekisteri.seal', true)) = 'on');
create policy checkpoint_seal on audit.checkpoint for insert to rekisteri_app
    with check ((select current_setting('rekisteri.seal', true)) = 'on');
create policy witness_read on audit.witness for select to rekisteri_app
    using (true);
create policy witness_insert on audit.witness for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{evidence}'));
create policy witness_update on audit.witness for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{evidence}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{evidence}'));
create policy cosignature_read on audit.cosignature for select to rekisteri_app
    using (true);
create policy cosignature_insert on audit.cosignature for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{cosignatures}'));

grant usage on schema audit to rekisteri_app;
grant select, insert on audit.event, audit.subject, audit.subject_block to rekisteri_app;
grant select, insert on audit.leaf, audit.tile, audit.checkpoint, audit.cosignature to rekisteri_app;
grant select, insert, update on audit.witness to rekisteri_app;
grant execute on function audit.order_anew() to rekisteri_app;
grant execute on function audit.forget_before(timestamptz, uuid[]) to rekisteri_app;
grant select on audit.payload to rekisteri_app;
grant execute on function audit.acted_for(uuid) to rekisteri_app;
