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
    detail jsonb not null
);
comment on table audit.event is 'One act of one viewer; appended, never changed (Information Management Act 906/2019 § 17).';
comment on column audit.event.account is 'Sign-in name at the time, kept although the account may go.';
comment on column audit.event.organisations is 'Client organisations the viewer could reach then; empty means every one.';
comment on column audit.event.case_reference is 'The case the viewer named, such as an invoice run or a complaint.';
comment on column audit.event.detail is 'Query class, counts and items; never a value of a customer.';
create index event_at on audit.event (at desc, id desc);
create index event_account_at on audit.event (account, at desc);

create table audit.subject (
    party_id uuid not null,
    event_id uuid not null references audit.event,
    primary key (party_id, event_id)
);
comment on table audit.subject is 'The customers one act showed or changed, one row each.';

create table audit.subject_block (
    event_id uuid not null references audit.event deferrable initially deferred,
    bucket smallint not null,
    party_ids uuid[] not null,
    primary key (bucket, event_id)
);
comment on table audit.subject_block is
    'The customers of a bulk act in 256 buckets by the last byte of their id: a million cost 256 rows, and finding one reads one bucket.';

alter table audit.event enable row level security;
alter table audit.subject enable row level security;
alter table audit.subject_block enable row level security;
create policy event_append on audit.event for insert to rekisteri_app with check (true);
create policy subject_append on audit.subject for insert to rekisteri_app with check (true);
create policy subject_block_append on audit.subject_block for insert to rekisteri_app with check (true);
create policy event_log on audit.event for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'on');
create policy subject_log on audit.subject for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'on');
create policy subject_block_log on audit.subject_block for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'on');

grant usage on schema audit to rekisteri_app;
grant select, insert on audit.event, audit.subject, audit.subject_block to rekisteri_app;
