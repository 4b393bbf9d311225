-- Room: access. Restriction of processing: stored and not used (GDPR art. 18).

create table access.restriction (
    id uuid primary key,
    party_id uuid not null,
    ground text not null check (ground in ('accuracy', 'unlawful', 'claims', 'objection', 'upheld')),
    request_id uuid,
    since_at timestamptz not null,
    by text not null,
    told_at timestamptz,
    told_by text,
    told_how text,
    lifts_on date,
    lifted_at timestamptz,
    lifted_by text,
    lifted_because text,
    check (num_nulls(told_at, told_by, told_how, lifts_on) in (0, 4)),
    check (num_nulls(lifted_at, lifted_by, lifted_because) in (0, 3)),
    check (lifted_at is null or told_at is not null)
);
comment on table access.restriction is
    'A customer whose data is stored and not used (GDPR art. 18): why, since when, when the person was told that it ends, and when it ended.';
comment on column access.restriction.party_id is 'The customer; no foreign key, for customers live above.';
comment on column access.restriction.request_id is 'The request it was asked by, where it was asked.';
comment on column access.restriction.lifts_on is 'The day the person was told it will be lifted on: not before it.';
create index restriction_party on access.restriction (party_id) where lifted_at is null;
create unique index restriction_once on access.restriction (party_id, ground) where lifted_at is null;

create table access.exemption (
    id uuid primary key,
    restriction_id uuid not null references access.restriction,
    purpose text not null check (purpose in ('invoicing', 'collection')),
    organisation_id integer references access.organisation,
    ground text not null check (ground in ('consent', 'claims', 'others', 'public_interest')),
    reason text not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    until_on date,
    ended_at timestamptz,
    ended_by text,
    check ((ended_at is null) = (ended_by is null))
);
comment on table access.exemption is
    'Use of restricted data that is allowed all the same: for a purpose, of one client organisation or of any, on a ground of GDPR art. 18(2).';
create index exemption_restriction on access.exemption (restriction_id);

alter table access.restriction enable row level security;
alter table access.exemption enable row level security;
create policy restriction_read on access.restriction for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) in ('own', 'all'));
create policy restriction_self on access.restriction for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy restriction_insert on access.restriction for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{restrictions}'));
create policy restriction_update on access.restriction for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{restrictions}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{restrictions}'));
grant select, insert on access.restriction to rekisteri_app;
grant update (told_at, told_by, told_how, lifts_on, lifted_at, lifted_by, lifted_because) on access.restriction to rekisteri_app;
create policy exemption_read on access.exemption for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) in ('own', 'all'));
create policy exemption_self on access.exemption for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy exemption_insert on access.exemption for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{restrictions}'));
create policy exemption_update on access.exemption for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{restrictions}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{restrictions}'));
grant select, insert on access.exemption to rekisteri_app;
grant update (ended_at, ended_by) on access.exemption to rekisteri_app;

alter table parties.change drop constraint change_kind_check;
alter table parties.change add constraint change_kind_check
    check (kind in ('born', 'changed', 'placed', 'ended', 'merged', 'split', 'restricted', 'lifted', 'erased'));
