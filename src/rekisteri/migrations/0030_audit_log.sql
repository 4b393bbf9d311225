-- Room: audit. The log of events becomes a Merkle tree: each event is committed to with a salt, gets a
-- leaf from the sequencer, and stands under signed checkpoints (RFC 9162, c2sp.org/tlog-tiles).
alter table audit.event add column subjects uuid[] not null default '{}';
alter table audit.event add column salt bytea;
alter table audit.event add column session_id uuid;
alter table audit.event add column xid xid8 not null default pg_current_xact_id();
update audit.event e
   set salt = uuid_send(gen_random_uuid()),
       subjects = coalesce((select array_agg(s.party_id) from audit.subject s where s.event_id = e.id), '{}');
alter table audit.event alter column salt set not null;
alter table audit.event add constraint event_salt_check check (octet_length(salt) = 16);
comment on column audit.event.subjects is
    'The customers the act showed or changed, up to 256; those of a bulk act stand in subject_block.';
comment on column audit.event.salt is
    'What the commitment in the log is salted with; erased with the event, it leaves the log proving nothing of it.';
comment on column audit.event.session_id is 'The sign-in within which it was done.';
comment on column audit.event.xid is 'The transaction that wrote it: how the sequencer knows that none comes late.';
create index event_xid on audit.event (xid, id);

-- It is an index of what stands in the event, written later and erased with it: no key holds it to the event.
alter table audit.subject drop constraint subject_event_id_fkey;
comment on table audit.subject is
    'The customers one act showed or changed, one row each: the index of event.subjects, written by the sequencer.';
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

alter table audit.leaf enable row level security;
alter table audit.tile enable row level security;
alter table audit.checkpoint enable row level security;
alter table audit.witness enable row level security;
alter table audit.cosignature enable row level security;
create policy leaf_read on audit.leaf for select to rekisteri_app using (true);
create policy tile_read on audit.tile for select to rekisteri_app using (true);
create policy checkpoint_read on audit.checkpoint for select to rekisteri_app using (true);
create policy leaf_seal on audit.leaf for insert to rekisteri_app
    with check ((select current_setting('rekisteri.seal', true)) = 'on');
create policy tile_seal on audit.tile for insert to rekisteri_app
    with check ((select current_setting('rekisteri.seal', true)) = 'on');
create policy checkpoint_seal on audit.checkpoint for insert to rekisteri_app
    with check ((select current_setting('rekisteri.seal', true)) = 'on');
create policy witness_all on audit.witness to rekisteri_app using (true) with check (true);
create policy cosignature_read on audit.cosignature for select to rekisteri_app using (true);
create policy cosignature_append on audit.cosignature for insert to rekisteri_app with check (true);

grant select, insert on audit.leaf, audit.tile, audit.checkpoint, audit.cosignature to rekisteri_app;
grant select, insert, update on audit.witness to rekisteri_app;
grant execute on function audit.order_anew() to rekisteri_app;
