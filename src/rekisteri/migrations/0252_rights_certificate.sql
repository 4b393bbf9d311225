-- Certificates of erasure.
create table rights.certificate (
    id uuid primary key,
    at timestamptz not null,
    body bytea not null,
    public bytea not null check (octet_length(public) = 32),
    signature bytea not null check (octet_length(signature) = 64)
);
comment on table rights.certificate is 'What was destroyed by an erasure, in counts, signed: of nobody, so it may stay.';
comment on column rights.certificate.body is 'The certificate as JSON, the very bytes that are signed.';
comment on column rights.certificate.public is 'The key that signed it (Ed25519).';
alter table rights.certificate enable row level security;
create policy certificate_open on rights.certificate for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{requests}'));
create policy certificate_insert on rights.certificate for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant select, insert on rights.certificate to rekisteri_app;
