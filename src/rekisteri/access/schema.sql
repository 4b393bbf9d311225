-- Room: access. Client organisations, accounts, sessions: who may come in, and as what.
create schema access;
comment on schema access is 'Who may come in, as what, and for which client organisations.';

create table access.organisation (
    id integer primary key generated always as identity,
    code text not null unique check (code ~ '^[a-z0-9][a-z0-9-]{1,39}$'),
    name text not null,
    ytunnus text not null,
    language text not null default 'fi' check (language in ('fi', 'sv', 'en')),
    created_at timestamptz not null,
    ended_at timestamptz
);
comment on table access.organisation is 'A client organisation (asiakasorganisaatio): controller of its own customerships.';

create table access.account (
    id uuid primary key,
    handle text not null unique check (handle ~ '^[a-z0-9][a-z0-9._-]{1,62}$'),
    name text not null,
    password_hash text not null,
    roles text[] not null check (cardinality(roles) > 0),
    organisations integer[] not null,
    every_organisation boolean not null,
    created_at timestamptz not null,
    expires_on date,
    disabled_at timestamptz,
    failures integer not null default 0,
    locked_until timestamptz
);
comment on table access.account is 'A person or a system with the system right; its roles carry the rest (register description § 9 B).';
comment on column access.account.organisations is 'Client organisations whose customers it may see.';
comment on column access.account.every_organisation is 'Service-centre staff: not bound to organisations.';

create table access.session (
    token_hash bytea primary key,
    account_id uuid not null references access.account,
    channel text not null check (channel in ('web', 'api', 'cli')),
    opened_at timestamptz not null,
    used_at timestamptz not null,
    expires_at timestamptz not null,
    purpose text,
    language text not null default 'fi' check (language in ('fi', 'sv', 'en'))
);
comment on table access.session is 'A sign-in; the token itself is known to its holder only.';
create index session_account on access.session (account_id);

alter table access.organisation enable row level security;
alter table access.account enable row level security;
alter table access.session enable row level security;
create policy organisation_all on access.organisation to rekisteri_app using (true) with check (true);
create policy account_all on access.account to rekisteri_app using (true) with check (true);
create policy session_all on access.session to rekisteri_app using (true) with check (true);

grant usage on schema access to rekisteri_app;
grant select, insert, update on access.organisation, access.account to rekisteri_app;
grant select, insert, update, delete on access.session to rekisteri_app;
