-- Room: access. Client organisations, accounts, grants, sessions, second factors: who may come in, and as what.
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
    password_hash text,
    created_at timestamptz not null,
    expires_on date,
    disabled_at timestamptz,
    failures integer not null default 0,
    locked_until timestamptz,
    used_at timestamptz,
    password_given boolean not null default false
);
comment on table access.account is 'A person or a system with the system right; its grants carry the rest (register description § 9 B).';
comment on column access.account.password_hash is 'argon2; null for whoever comes in by an identity provider, or by a key.';
comment on column access.account.used_at is 'When somebody last acted as it, to the minute.';
comment on column access.account.password_given is
    'Somebody else made the password: whoever signs in with it may change it, and do nothing else.';

create table access.grant (
    id uuid primary key,
    account_id uuid not null references access.account,
    role text not null check (role <> 'subject'),
    organisation_id integer references access.organisation,
    purpose text,
    owner text not null,
    granted_at timestamptz not null,
    granted_by text not null,
    approved_at timestamptz,
    approved_by text,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    review_on date not null,
    ended_at timestamptz,
    ended_by text,
    check (ends_at > starts_at),
    check (approved_by <> granted_by)
);
comment on table access.grant is
    'A right of an account: role, organisation, purpose, from when to when (Information Management Act 906/2019 § 16).';
comment on column access.grant.organisation_id is 'The client organisation it reaches; null is every one.';
comment on column access.grant.purpose is 'The one purpose it serves; null is each purpose of the role.';
comment on column access.grant.owner is 'Who answers for the need of it: a sign-in name.';
comment on column access.grant.approved_by is 'The second person, where two are asked for; null where one was enough.';
comment on column access.grant.approved_at is 'Without it the grant is a proposal and gives nothing.';
comment on column access.grant.review_on is 'By when somebody must say again that it is needed.';
create index grant_account on access.grant (account_id) where ended_at is null;

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

create table access.session (
    token_hash bytea primary key,
    id uuid not null unique,
    account_id uuid references access.account,
    channel text not null check (channel in ('web', 'api', 'cli')),
    method text not null,
    opened_at timestamptz not null,
    authenticated_at timestamptz not null,
    used_at timestamptz not null,
    expires_at timestamptz not null,
    purpose text,
    language text not null default 'fi' check (language in ('fi', 'sv', 'en')),
    party_id uuid,
    acts_for uuid,
    name text,
    level text,
    provider text,
    provider_session bytea,
    provider_subject bytea,
    key_thumbprint bytea,
    certificate_thumbprint bytea,
    scope text[],
    constraint session_whose check ((account_id is null) = (party_id is not null))
);
comment on table access.session is 'A sign-in; the token itself is known to its holder only.';
comment on column access.session.method is 'How its holder proved who they are, the last time they did.';
comment on column access.session.authenticated_at is 'When that was: acts that show an identity code ask for a fresh proof.';
create index session_account on access.session (account_id);
comment on column access.session.party_id is 'Who the data subject is in the register; accounts have none.';
comment on column access.session.acts_for is 'The party the data subject now represents.';
comment on column access.session.name is 'The data subject''s name, as strong identification told it.';
comment on column access.session.level is 'The level of identification the provider told (acr).';
comment on column access.session.provider_session is 'Keyed digest of the provider''s own session: when that ends, this does.';
comment on column access.session.provider_subject is 'Keyed digest of the provider''s name for its holder.';
comment on column access.session.key_thumbprint is 'The key the token is bound to (RFC 9449): worth nothing without a proof by it.';
comment on column access.session.certificate_thumbprint is 'The certificate the token is bound to (RFC 8705).';
comment on column access.session.scope is 'The acts the token carries; null is every act of its account.';
create index session_provider on access.session (provider, provider_subject) where provider is not null;

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
comment on table access.recovery is 'Recovery codes for a lost device, as hashes; each serves once.';
create index recovery_account on access.recovery (account_id);

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

create table access.client (
    account_id uuid primary key references access.account,
    keys jsonb not null,
    thumbprints bytea[] not null,
    actions text[],
    made_at timestamptz not null,
    made_by text not null
);
comment on table access.client is 'A system (OAuth 2 client): how it proves itself, and which acts its tokens may carry.';
comment on column access.client.keys is 'Its public keys (RFC 7517); the private ones stay with it.';
comment on column access.client.thumbprints is 'SHA-256 of its certificates (RFC 8705).';
comment on column access.client.actions is 'Names of acts; null is each act systems do.';

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

alter table access.organisation enable row level security;
alter table access.account enable row level security;
alter table access.grant enable row level security;
alter table access.session enable row level security;
alter table access.factor enable row level security;
alter table access.recovery enable row level security;
alter table access.identity enable row level security;
alter table access.client enable row level security;
alter table access.errand enable row level security;
alter table access.spent enable row level security;
alter table access.review enable row level security;
alter table access.emergency enable row level security;
create policy organisation_read on access.organisation for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.reach', true), '')) is not null);
create policy organisation_insert on access.organisation for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{organisations}'));
create policy organisation_update on access.organisation for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{organisations}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{organisations}'));
create policy account_open on access.account for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,sign_in}'));
create policy account_mine on access.account for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{own_account}') and id = (select nullif(current_setting('rekisteri.account', true), '')::uuid));
create policy account_insert on access.account for insert to rekisteri_app
    with check (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy account_update on access.account for update to rekisteri_app
    using (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)))
    with check (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy grant_open on access.grant for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,sign_in}'));
create policy grant_mine on access.grant for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid));
create policy grant_insert on access.grant for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts}'));
create policy grant_update on access.grant for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts}'));
create policy session_open on access.session for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,sign_in}'));
create policy session_mine on access.session for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid));
create policy session_insert on access.session for insert to rekisteri_app
    with check (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy session_update on access.session for update to rekisteri_app
    using (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)))
    with check (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy session_delete on access.session for delete to rekisteri_app
    using (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy factor_open on access.factor for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,sign_in}'));
create policy factor_mine on access.factor for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid));
create policy factor_insert on access.factor for insert to rekisteri_app
    with check (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy factor_update on access.factor for update to rekisteri_app
    using (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)))
    with check (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy factor_delete on access.factor for delete to rekisteri_app
    using (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy recovery_open on access.recovery for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,sign_in}'));
create policy recovery_mine on access.recovery for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid));
create policy recovery_insert on access.recovery for insert to rekisteri_app
    with check (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy recovery_update on access.recovery for update to rekisteri_app
    using (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)))
    with check (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy recovery_delete on access.recovery for delete to rekisteri_app
    using (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
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
create policy client_open on access.client for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,sign_in}'));
create policy client_mine on access.client for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid));
create policy client_insert on access.client for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts}'));
create policy client_update on access.client for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts}'));
create policy errand_open on access.errand for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{sign_in}'));
create policy errand_insert on access.errand for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{sign_in}'));
create policy errand_delete on access.errand for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{sign_in}'));
create policy spent_open on access.spent for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{sign_in}'));
create policy spent_insert on access.spent for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{sign_in}'));
create policy spent_delete on access.spent for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{sign_in}'));
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

create function access.handle(account uuid) returns text
language sql stable security definer
begin atomic
    select a.handle from access.account a where a.id = account;
end;
comment on function access.handle is 'The sign-in name of an account: all that history tells of who wrote.';
revoke execute on function access.handle from public;
grant execute on function access.handle to rekisteri_app;

grant usage on schema access to rekisteri_app;
grant select, insert, update on access.organisation to rekisteri_app;
grant select, insert, update on access.account to rekisteri_app;
grant select, insert, update on access.grant to rekisteri_app;
grant select, insert, update, delete on access.session to rekisteri_app;
grant select, insert, update, delete on access.factor to rekisteri_app;
grant select, insert, update, delete on access.recovery to rekisteri_app;
grant select, insert, update, delete on access.identity to rekisteri_app;
grant select, insert, update on access.client to rekisteri_app;
grant select, insert, delete on access.errand to rekisteri_app;
grant select, insert, delete on access.spent to rekisteri_app;
grant select, insert on access.review to rekisteri_app;
grant select, insert, update on access.emergency to rekisteri_app;

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

create policy account_delete on access.account for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on access.account to rekisteri_app;
create policy grant_delete on access.grant for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on access.grant to rekisteri_app;
create policy client_delete on access.client for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on access.client to rekisteri_app;
create policy restriction_delete on access.restriction for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on access.restriction to rekisteri_app;
create policy exemption_delete on access.exemption for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on access.exemption to rekisteri_app;

create policy review_delete on access.review for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on access.review to rekisteri_app;

create policy emergency_delete on access.emergency for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on access.emergency to rekisteri_app;

create function access.live(hashes bytea[], moment timestamptz)
returns table (
    session_id uuid, id uuid, handle text, name text, disabled_at timestamptz, expires_on date,
    locked_until timestamptz, channel text, method text, provider text, authenticated_at timestamptz,
    used_at timestamptz, expires_at timestamptz, purpose text, language text, party_id uuid, acts_for uuid,
    key_thumbprint bytea, certificate_thumbprint bytea, scope text[], rights text[]
)
language sql stable
begin atomic
    select s.id, a.id, a.handle, coalesce(a.name, s.name), a.disabled_at, a.expires_on, a.locked_until, s.channel,
           s.method, s.provider, s.authenticated_at, s.used_at, s.expires_at, s.purpose, s.language, s.party_id,
           s.acts_for, s.key_thumbprint, s.certificate_thumbprint, s.scope,
           array(
               select g.role || ' ' || coalesce(g.organisation_id::text, '*') || ' ' || coalesce(g.purpose, '*')
               from access.grant g
               where g.account_id = a.id and g.ended_at is null and g.approved_at <= moment
                 and g.starts_at <= moment and g.ends_at > moment
               order by g.id
           ) || array(
               select e.role || ' ' || coalesce(e.organisation_id::text, '*') || ' ' || e.purpose || ' ' || e.id
               from access.emergency e
               where e.account_id = a.id and e.opened and e.decided_at <= moment and e.ends_at > moment
               order by e.id
           )
    from access.session s left join access.account a on a.id = s.account_id
    where s.token_hash = any (hashes);
end;
comment on function access.live is
    'The session of a token, with its account and the rights that are in force at a moment; as the caller may read them.';
revoke execute on function access.live from public;
grant execute on function access.live to rekisteri_app;
