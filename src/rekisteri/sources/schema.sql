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

create table sources.vtj_answer (
    id uuid primary key,
    party_id uuid not null references parties.party,
    account_id uuid not null,
    version integer not null,
    sealed bytea not null,
    asked_at timestamptz not null
);
comment on table sources.vtj_answer is
    'What VTJ answered of one customer, minimised and sealed, until somebody has decided which of it is taken; an hour at most.';
comment on column sources.vtj_answer.account_id is 'Who asked; nobody else may open or apply it.';
comment on column sources.vtj_answer.version is 'The customer''s version when asked: applied only to the same.';
comment on column sources.vtj_answer.sealed is 'The stated items with their codes, AES-256-GCM under the key of protected values, bound to this row.';
create index vtj_answer_asked on sources.vtj_answer (asked_at);

create table sources.vtj_use (
    day date not null,
    interface text not null check (interface in ('query', 'basic_data', 'changes')),
    count integer not null check (count > 0),
    primary key (day, interface)
);
comment on table sources.vtj_use is 'How many persons were asked of VTJ on a day by each way: what quotas are held against.';

create table sources.vtj_stop (
    interface text primary key check (interface in ('query', 'changes')),
    reason text not null,
    stopped_at timestamptz not null
);
comment on table sources.vtj_stop is
    'An interface that is not called before an operator has mended what stands here, such as an expired password.';

alter table sources.vtj_answer enable row level security;
alter table sources.vtj_use enable row level security;
alter table sources.vtj_stop enable row level security;
create policy vtj_answer_open on sources.vtj_answer for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_answer_insert on sources.vtj_answer for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_answer_delete on sources.vtj_answer for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant select, insert, delete on sources.vtj_answer to rekisteri_app;

create policy vtj_use_open on sources.vtj_use for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_use_insert on sources.vtj_use for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_use_update on sources.vtj_use for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant select, insert, update on sources.vtj_use to rekisteri_app;

create policy vtj_stop_open on sources.vtj_stop for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_stop_insert on sources.vtj_stop for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_stop_delete on sources.vtj_stop for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant select, insert, delete on sources.vtj_stop to rekisteri_app;
