-- That a source differs from a correction by hand, or now agrees with it, is told once.
create table rights.conflict (
    id uuid primary key,
    party_id uuid not null references parties.party,
    item text not null,
    correction_id uuid not null,
    record_id uuid not null references parties.record,
    statement_id uuid not null,
    source_id integer not null references parties.source,
    organisation_id integer references access.organisation,
    digest bytea not null,
    verdict text not null check (verdict in ('differs', 'agrees')),
    opened_at timestamptz not null,
    decided_at timestamptz,
    decision text check (decision in ('kept', 'withdrawn', 'told', 'lapsed')),
    decided_by uuid,
    reason text,
    unique (correction_id, record_id, digest),
    check ((decided_at is null) = (decision is null))
);
comment on table rights.conflict is 'Corrections by hand that a source has spoken against, or agreed with, since: told once, decided by a maintainer.';
comment on column rights.conflict.digest is 'Keyed digest of the verdict and of what the source says: the same is not told again.';
create index conflict_open on rights.conflict (id) where decided_at is null;
create index conflict_party on rights.conflict (party_id);

alter table rights.conflict enable row level security;
create policy conflict_read on rights.conflict for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{requests,work}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy conflict_insert on rights.conflict for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{work}'));
create policy conflict_update on rights.conflict for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{work}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{work}'));
grant select, insert, update on rights.conflict to rekisteri_app;
