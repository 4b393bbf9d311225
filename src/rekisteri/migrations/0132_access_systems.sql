-- Systems prove themselves by keys and certificates; their tokens are bound to one or the other, and carry named acts.
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

alter table access.session
    add column key_thumbprint bytea,
    add column certificate_thumbprint bytea,
    add column scope text[];
comment on column access.session.key_thumbprint is 'The key the token is bound to (RFC 9449): worth nothing without a proof by it.';
comment on column access.session.certificate_thumbprint is 'The certificate the token is bound to (RFC 8705).';
comment on column access.session.scope is 'The acts the token carries; null is every act of its account.';

alter table access.client enable row level security;
create policy client_open on access.client for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,sign_in}'));
create policy client_mine on access.client for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid));
create policy client_insert on access.client for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts}'));
create policy client_update on access.client for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts}'));
grant select, insert, update on access.client to rekisteri_app;
