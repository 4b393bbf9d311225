-- Room: sources. Deliveries that came in, and what of them could not be taken.
create schema sources;
comment on schema sources is 'Deliveries from outside, and what of them could not be taken.';

create table sources.batch (
    id uuid primary key,
    organisation_id integer not null references access.organisation,
    file_name text not null,
    file_digest bytea not null,
    format text not null check (format in ('csv', 'xlsx', 'ndjson')),
    encoding text not null,
    mode text not null check (mode in ('full', 'delta')),
    started_at timestamptz not null,
    finished_at timestamptz not null,
    account_id uuid,
    row_count integer not null,
    new_count integer not null,
    changed_count integer not null,
    unchanged_count integer not null,
    rejected_count integer not null,
    doubt_count integer not null,
    ended_count integer not null,
    dropped jsonb not null,
    columns text[] not null
);
comment on table sources.batch is 'One delivery of a client organisation, taken whole in one transaction.';
comment on column sources.batch.dropped is 'Column to the number of values not kept because the catalogue does not declare them.';
comment on column sources.batch.columns is 'The file''s own headings, for the file of rows to mend.';
create index batch_organisation on sources.batch (organisation_id, started_at desc);

create table sources.fault (
    batch_id uuid not null references sources.batch deferrable initially deferred,
    row_no integer not null,
    fault_no smallint not null,
    field text not null,
    reason text not null,
    outcome text not null check (outcome in ('rejected', 'doubt')),
    raw bytea,
    primary key (batch_id, row_no, fault_no)
);
comment on table sources.fault is 'Why a row was not taken.';
comment on column sources.fault.field is 'The column of the file at fault, or empty when the whole row is.';
comment on column sources.fault.raw is 'The row as it came, sealed, with the row''s first fault: for the file of rows to mend.';

alter table sources.batch enable row level security;
alter table sources.fault enable row level security;
create policy batch_read on sources.batch for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) in ('own', 'all') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy batch_insert on sources.batch for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{intake}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy fault_read on sources.fault for select to rekisteri_app
    using (exists (select from sources.batch b where b.id = batch_id));
create policy fault_insert on sources.fault for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{intake}'));
create policy fault_update on sources.fault for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{intake}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{intake}'));

grant usage on schema sources to rekisteri_app;
grant select, insert on sources.batch, sources.fault to rekisteri_app;
grant update (raw) on sources.fault to rekisteri_app;
