-- Grants are reviewed quarterly with evidence; a right can be lent for minutes by a second person.
create table access.review (
    id uuid primary key,
    grant_id uuid not null references access.grant,
    account text not null,
    role text not null,
    organisation_id integer references access.organisation,
    purpose text,
    owner text not null,
    used_at timestamptz,
    due_on date not null,
    at timestamptz not null,
    by_whom text not null,
    decision text not null check (decision in ('confirmed', 'ended', 'lapsed')),
    reason text,
    next_on date,
    check ((decision = 'confirmed') = (next_on is not null)),
    check ((decision = 'lapsed') = (reason is null))
);
comment on table access.review is
    'Evidence of the quarterly review: what was known of a grant, who decided what of it and why (906/2019 § 16).';
comment on column access.review.used_at is 'When somebody had last acted as the account.';
comment on column access.review.due_on is 'By when it had to be decided.';
comment on column access.review.decision is 'lapsed: nobody said in time that it was needed, so the register ended it.';
create index review_grant on access.review (grant_id);

create table access.emergency (
    id uuid primary key,
    account_id uuid not null references access.account,
    account text not null,
    role text not null check (role in ('maintainer', 'invoicer', 'collector')),
    organisation_id integer references access.organisation,
    purpose text not null,
    case_reference text not null,
    reason text not null,
    minutes integer not null check (minutes between 1 and 60),
    asked_at timestamptz not null,
    decided_at timestamptz,
    decided_by text,
    opened boolean,
    ends_at timestamptz,
    ended_by text,
    reviewed_at timestamptz,
    reviewed_by text,
    verdict text check (verdict in ('justified', 'unjustified', 'unclear')),
    finding text,
    check ((decided_at is null) = (opened is null) and (decided_at is null) = (decided_by is null)),
    check ((ends_at is not null) = coalesce(opened, false)),
    check (ends_at <= decided_at + interval '60 minutes'),
    check (decided_by <> account and reviewed_by <> account and reviewed_by <> decided_by),
    check ((reviewed_at is null) = (verdict is null) and (reviewed_at is null) = (finding is null)),
    check (reviewed_at is null or opened)
);
comment on table access.emergency is
    'A right lent for minutes (break-glass): one person asks, another opens it, the data protection officer looks it through.';
comment on column access.emergency.organisation_id is 'The client organisation it reaches; null is every one.';
comment on column access.emergency.opened is 'Whether the second person opened it; null is not decided, and it lapses by itself.';
comment on column access.emergency.ends_at is 'From this instant on it gives nothing; brought forward by whoever ends it.';
create index emergency_account on access.emergency (account_id, ends_at) where opened;
create index emergency_unreviewed on access.emergency (asked_at) where opened and reviewed_at is null;

alter table access.review enable row level security;
alter table access.emergency enable row level security;
create policy review_open on access.review for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{reviews}'));
create policy review_insert on access.review for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{reviews}'));
create policy emergency_open on access.emergency for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{emergencies,sign_in}'));
create policy emergency_mine on access.emergency for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid));
create policy emergency_insert on access.emergency for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{emergencies}'));
create policy emergency_update on access.emergency for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{emergencies}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{emergencies}'));

grant select, insert on access.review to rekisteri_app;
grant select, insert, update on access.emergency to rekisteri_app;
