-- Sign-in by an identity provider: errands under way, the identities accounts are known by, data subjects' sessions.
alter table access.account alter column password_hash drop not null;
comment on column access.account.password_hash is 'argon2; null for whoever comes in by an identity provider, or by a key.';
comment on table access.recovery is 'Recovery codes for a lost device, as hashes; each serves once.';

create table access.identity (
    provider text not null,
    subject text not null,
    account_id uuid not null references access.account,
    linked_at timestamptz not null,
    linked_by text not null,
    used_at timestamptz,
    primary key (provider, subject)
);
comment on table access.identity is 'By which name an identity provider knows the holder of an account.';
create index identity_account on access.identity (account_id);

create table access.errand (
    state_hash bytea primary key,
    browser_hash bytea not null,
    provider text not null,
    session_id uuid,
    target text not null,
    language text not null,
    opened_at timestamptz not null,
    expires_at timestamptz not null
);
comment on table access.errand is 'Somebody on the way to an identity provider and back: one browser, one answer, a few minutes.';
comment on column access.errand.session_id is 'The session that asks for a fresh proof; null for a new sign-in.';

create table access.spent (
    digest bytea primary key,
    expires_at timestamptz not null
);
comment on table access.spent is 'Tokens and proofs that serve once and have served, as keyed digests, until they would be refused for their age.';
create index spent_expires on access.spent (expires_at);

alter table access.session alter column account_id drop not null;
alter table access.session
    add column party_id uuid,
    add column acts_for uuid,
    add column name text,
    add column level text,
    add column provider text,
    add column provider_session bytea,
    add column provider_subject bytea,
    add constraint session_whose check ((account_id is null) = (party_id is not null));
comment on column access.session.party_id is 'Who the data subject is in the register; accounts have none.';
comment on column access.session.acts_for is 'The party the data subject now represents.';
comment on column access.session.name is 'The data subject''s name, as strong identification told it.';
comment on column access.session.level is 'The level of identification the provider told (acr).';
comment on column access.session.provider_session is 'Keyed digest of the provider''s own session: when that ends, this does.';
comment on column access.session.provider_subject is 'Keyed digest of the provider''s name for its holder.';
create index session_provider on access.session (provider, provider_subject) where provider is not null;

alter table access.identity enable row level security;
alter table access.errand enable row level security;
alter table access.spent enable row level security;
create policy identity_open on access.identity for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,sign_in}'));
create policy identity_mine on access.identity for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid));
create policy identity_insert on access.identity for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}'));
create policy identity_update on access.identity for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}'));
create policy identity_delete on access.identity for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}'));
grant select, insert, update, delete on access.identity to rekisteri_app;

create policy errand_open on access.errand for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{sign_in}'));
create policy errand_insert on access.errand for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{sign_in}'));
create policy errand_delete on access.errand for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{sign_in}'));
grant select, insert, delete on access.errand to rekisteri_app;

create policy spent_open on access.spent for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{sign_in}'));
create policy spent_insert on access.spent for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{sign_in}'));
create policy spent_delete on access.spent for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{sign_in}'));
grant select, insert, delete on access.spent to rekisteri_app;

