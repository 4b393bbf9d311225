-- Public directories: their files, and the rows of the last one that do not hold; the e-invoice directory is a source of
-- its own beside the business information system.
alter table parties.source drop constraint source_kind_check;
alter table parties.source add constraint source_kind_check
    check (kind in ('maintainer', 'vtj', 'person', 'bank', 'directory', 'organisation', 'ledger', 'einvoice_directory'));

create table sources.directory_run (
    id uuid primary key,
    directory text not null check (directory in ('einvoice', 'business')),
    file_name text not null,
    format text not null check (format in ('csv', 'xml', 'json')),
    mode text not null check (mode in ('full', 'delta')),
    started_at timestamptz not null,
    finished_at timestamptz not null,
    account_id uuid,
    counts jsonb not null,
    reasons jsonb not null
);
comment on table sources.directory_run is 'One file of a public directory, taken whole in one transaction.';
comment on column sources.directory_run.counts is 'Outcome to the number of rows or customers.';
comment on column sources.directory_run.reasons is 'Why rows do not hold, and how many.';
create index directory_run_started on sources.directory_run (started_at desc);

create table sources.directory_fault (
    run_id uuid not null references sources.directory_run,
    row_no integer not null,
    field text not null,
    reason text not null,
    raw bytea not null,
    primary key (run_id, row_no)
);
comment on table sources.directory_fault is 'Quarantine: the rows of a directory''s last file that do not hold.';
comment on column sources.directory_fault.raw is 'The row as it came, sealed.';

alter table sources.directory_run enable row level security;
alter table sources.directory_fault enable row level security;
create policy directory_run_open on sources.directory_run for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{directories}'));
create policy directory_run_insert on sources.directory_run for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{directories}'));
grant select, insert on sources.directory_run to rekisteri_app;

create policy directory_fault_open on sources.directory_fault for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{directories}'));
create policy directory_fault_insert on sources.directory_fault for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{directories}'));
create policy directory_fault_delete on sources.directory_fault for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{directories}'));
create policy directory_fault_update on sources.directory_fault for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{directories}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{directories}'));
grant select, insert, delete on sources.directory_fault to rekisteri_app;
grant update (raw) on sources.directory_fault to rekisteri_app;

