-- Following VTJ: who is followed and from where, what does not hold, what is left to a person, each run.
create table sources.vtj_bucket (
    id integer primary key generated always as identity,
    change_key bigint not null,
    polled_at timestamptz not null
);
comment on table sources.vtj_bucket is 'A fixed group of followed persons and the key its changes are read from next.';

create table sources.vtj_subscription (
    id uuid primary key,
    party_id uuid not null unique references parties.party,
    sealed bytea not null,
    bucket integer references sources.vtj_bucket,
    state text not null check (state in ('pending', 'live', 'doubt', 'held', 'absent')),
    stamps jsonb not null,
    since_at timestamptz not null
);
comment on table sources.vtj_subscription is
    'Who is followed in VTJ: persons with a live customership and no others; the row goes with the last customership.';
comment on column sources.vtj_subscription.sealed is 'The identity code the person is asked by, AES-256-GCM bound to this row.';
comment on column sources.vtj_subscription.state is 'pending: basic data not read yet; doubt: to be read anew; held: a change does not hold; absent: VTJ does not know the person.';
comment on column sources.vtj_subscription.stamps is 'By fact the day VTJ last changed it; * is the day basic data was read.';
create index vtj_subscription_bucket on sources.vtj_subscription (bucket);
create index vtj_subscription_due on sources.vtj_subscription (id) where state in ('pending', 'doubt');

create table sources.vtj_held (
    id uuid primary key,
    subscription_id uuid not null references sources.vtj_subscription on delete cascade,
    changed_on date,
    reason text not null,
    digest bytea not null,
    sealed bytea not null,
    held_at timestamptz not null,
    unique (subscription_id, digest)
);
comment on table sources.vtj_held is
    'Changes of a person of which one does not hold, in order: kept apart until released, while everybody else goes on.';
comment on column sources.vtj_held.changed_on is 'The day VTJ made the change; null for basic data.';
comment on column sources.vtj_held.reason is 'The field that does not hold, or ''after'' for one that waits behind such.';
comment on column sources.vtj_held.sealed is 'The groups as they came, cut to what the catalogue keeps, AES-256-GCM under the key of protected values.';

create table sources.vtj_task (
    id uuid primary key,
    kind text not null check (kind in ('order_ends', 'no_contact_address', 'held', 'identity', 'absent', 'passive')),
    party_id uuid not null references parties.party,
    opened_at timestamptz not null,
    due_on date,
    closed_at timestamptz,
    closed_by uuid,
    reason text
);
comment on table sources.vtj_task is 'What following VTJ leaves to a person.';
comment on column sources.vtj_task.due_on is 'The day it becomes due; not told before. Of an order: the day it is said to end.';
create unique index vtj_task_once on sources.vtj_task (kind, party_id) where closed_at is null;

create table sources.vtj_run (
    id uuid primary key,
    kind text not null check (kind in ('follow', 'resync', 'check')),
    state text not null check (state in ('running', 'done', 'stopped', 'failed')),
    account text not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    counts jsonb not null,
    dropped jsonb not null,
    told text
);
comment on table sources.vtj_run is 'One run of following VTJ: what it did, and why it stopped if it did.';
comment on column sources.vtj_run.dropped is 'Group to the number of times it was sent and not kept.';
create index vtj_run_started on sources.vtj_run (started_at desc);

alter table sources.vtj_bucket enable row level security;
alter table sources.vtj_subscription enable row level security;
alter table sources.vtj_held enable row level security;
alter table sources.vtj_task enable row level security;
alter table sources.vtj_run enable row level security;
create policy vtj_bucket_open on sources.vtj_bucket for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_bucket_insert on sources.vtj_bucket for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_bucket_update on sources.vtj_bucket for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant select, insert, update on sources.vtj_bucket to rekisteri_app;

create policy vtj_subscription_open on sources.vtj_subscription for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_subscription_insert on sources.vtj_subscription for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_subscription_update on sources.vtj_subscription for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_subscription_delete on sources.vtj_subscription for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant select, insert, update, delete on sources.vtj_subscription to rekisteri_app;

create policy vtj_held_open on sources.vtj_held for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_held_insert on sources.vtj_held for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_held_delete on sources.vtj_held for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_held_update on sources.vtj_held for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant select, insert, delete on sources.vtj_held to rekisteri_app;
grant update (digest, sealed) on sources.vtj_held to rekisteri_app;

create policy vtj_task_open on sources.vtj_task for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_task_insert on sources.vtj_task for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_task_update on sources.vtj_task for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant select, insert, update on sources.vtj_task to rekisteri_app;

create policy vtj_run_open on sources.vtj_run for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_run_insert on sources.vtj_run for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_run_update on sources.vtj_run for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant select, insert, update on sources.vtj_run to rekisteri_app;
