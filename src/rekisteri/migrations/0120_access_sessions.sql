-- Sessions get an identity of their own, so that their holder can list and end them, and remember when and how their
-- holder last proved who they are. Whoever is signed in signs in again.
drop table access.session;
create table access.session (
    token_hash bytea primary key,
    id uuid not null unique,
    account_id uuid not null references access.account,
    channel text not null check (channel in ('web', 'api', 'cli')),
    method text not null,
    opened_at timestamptz not null,
    authenticated_at timestamptz not null,
    used_at timestamptz not null,
    expires_at timestamptz not null,
    purpose text,
    language text not null default 'fi' check (language in ('fi', 'sv', 'en'))
);
comment on table access.session is 'A sign-in; the token itself is known to its holder only.';
comment on column access.session.method is 'How its holder proved who they are, the last time they did.';
comment on column access.session.authenticated_at is 'When that was: acts that show an identity code ask for a fresh proof.';
create index session_account on access.session (account_id);
alter table access.session enable row level security;

alter table access.account add column used_at timestamptz;
comment on column access.account.used_at is 'When somebody last acted as it, to the minute.';

create table access.factor (
    account_id uuid primary key references access.account,
    secret bytea not null,
    confirmed_at timestamptz,
    last_step bigint not null
);
comment on table access.factor is 'The second factor of an account: the sealed secret of time-based codes (RFC 6238).';
comment on column access.factor.confirmed_at is 'When the device gave its first code; from then on one is asked for.';
comment on column access.factor.last_step is 'The step of the last code taken; no code of it or an earlier one is taken again.';

create table access.recovery (
    code_hash bytea primary key,
    account_id uuid not null references access.account,
    made_at timestamptz not null,
    used_at timestamptz
);
comment on table access.recovery is 'Recovery codes for a lost device, as keyed hashes; each serves once.';
create index recovery_account on access.recovery (account_id);

alter table access.factor enable row level security;
alter table access.recovery enable row level security;

drop policy account_open on access.account;
drop policy account_insert on access.account;
drop policy account_update on access.account;
drop policy grant_open on access.grant;
create policy account_open on access.account for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,own_account,sign_in}'));
create policy account_insert on access.account for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,own_account,sign_in}'));
create policy account_update on access.account for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,own_account,sign_in}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,own_account,sign_in}'));
create policy grant_open on access.grant for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,own_account,sign_in}'));
create policy session_open on access.session for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,own_account,sign_in}'));
create policy session_insert on access.session for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,own_account,sign_in}'));
create policy session_update on access.session for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,own_account,sign_in}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,own_account,sign_in}'));
create policy session_delete on access.session for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,own_account,sign_in}'));
grant select, insert, update, delete on access.session to rekisteri_app;
create policy factor_open on access.factor for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,own_account,sign_in}'));
create policy factor_insert on access.factor for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,own_account,sign_in}'));
create policy factor_update on access.factor for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,own_account,sign_in}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,own_account,sign_in}'));
create policy factor_delete on access.factor for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,own_account,sign_in}'));
grant select, insert, update, delete on access.factor to rekisteri_app;
create policy recovery_open on access.recovery for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,own_account,sign_in}'));
create policy recovery_insert on access.recovery for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,own_account,sign_in}'));
create policy recovery_update on access.recovery for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,own_account,sign_in}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,own_account,sign_in}'));
create policy recovery_delete on access.recovery for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,own_account,sign_in}'));
grant select, insert, update, delete on access.recovery to rekisteri_app;
