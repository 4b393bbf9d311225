-- Room: oversight. Odd looks as signals that a person closes with a reason.
create schema oversight;
comment on schema oversight is 'Oversight: odd looks at customers, raised from the log and closed by a person.';

create table oversight.signal (
    id uuid primary key,
    kind text not null
        check (kind in ('own', 'household', 'kin', 'colleague', 'idle', 'canary', 'spike', 'night')),
    account_id uuid not null references access.account,
    account text not null,
    organisations integer[] not null,
    party_id uuid,
    day date not null,
    count integer not null check (count > 0),
    event_ids uuid[] not null,
    raised_at timestamptz not null,
    verdict text check (verdict in ('justified', 'unjustified', 'unclear')),
    reason text,
    closed_at timestamptz,
    closed_by uuid,
    unique nulls not distinct (kind, account_id, party_id, day),
    check ((verdict is null) = (closed_at is null) and (reason is null) = (closed_at is null))
);
comment on table oversight.signal is
    'Odd looks of one account at one customer on one day, or its odd day; closed by a person with a reason.';
comment on column oversight.signal.organisations is 'Client organisations the account acted for; empty: the service centre.';
comment on column oversight.signal.party_id is 'The customer looked at; null where the day as a whole is odd.';
comment on column oversight.signal.event_ids is 'The first events of it; count tells how many there are.';
create index signal_open on oversight.signal (id desc) where closed_at is null;

create table oversight.canary (
    party_id uuid primary key,
    reason text not null,
    marked_at timestamptz not null,
    account_id uuid,
    ended_at timestamptz
);
comment on table oversight.canary is 'Customers nobody has a task with: any look at one is a signal.';

create table oversight.parameter (
    name text primary key,
    value integer not null,
    changed_at timestamptz not null,
    account_id uuid
);
comment on table oversight.parameter is 'What counts as odd, where it is not what the code begins with.';

create table oversight.sweep (
    until bigint primary key,
    at timestamptz not null,
    glances integer not null,
    signals integer not null
);
comment on table oversight.sweep is 'How far the log has been gone through, each time.';
comment on column oversight.sweep.until is 'Leaves below this number have been gone through.';

alter table oversight.signal enable row level security;
alter table oversight.canary enable row level security;
alter table oversight.parameter enable row level security;
alter table oversight.sweep enable row level security;
create policy signal_open on oversight.signal for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{oversight}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisations && (select nullif(current_setting('rekisteri.organisations', true), '')::integer[])));
create policy signal_insert on oversight.signal for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{oversight}'));
create policy signal_update on oversight.signal for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{oversight}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{oversight}'));
grant select, insert, update on oversight.signal to rekisteri_app;

create policy canary_open on oversight.canary for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{oversight}'));
create policy canary_insert on oversight.canary for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{oversight}'));
create policy canary_update on oversight.canary for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{oversight}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{oversight}'));
grant select, insert, update on oversight.canary to rekisteri_app;

create policy parameter_open on oversight.parameter for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{oversight}'));
create policy parameter_insert on oversight.parameter for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{oversight}'));
create policy parameter_update on oversight.parameter for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{oversight}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{oversight}'));
grant select, insert, update on oversight.parameter to rekisteri_app;

create policy sweep_open on oversight.sweep for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{oversight}'));
create policy sweep_insert on oversight.sweep for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{oversight}'));
grant select, insert on oversight.sweep to rekisteri_app;

grant usage on schema oversight to rekisteri_app;

create policy signal_delete on oversight.signal for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on oversight.signal to rekisteri_app;
create policy canary_delete on oversight.canary for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on oversight.canary to rekisteri_app;
