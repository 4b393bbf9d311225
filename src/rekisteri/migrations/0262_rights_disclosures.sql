-- The ledger of single disclosures: the line comes first, then the data.
create table rights.disclosure (
    id uuid primary key,
    number integer not null unique check (number > 0),
    recipient text not null,
    country text not null,
    ground text not null,
    reference text not null,
    items text[] not null,
    form text not null check (form in ('sealed', 'handed')),
    recipient_key text,
    protected boolean not null,
    decided_by text not null,
    decided_account uuid,
    decided_at timestamptz not null,
    agreed_by text,
    agreed_at timestamptz,
    given_by text,
    given_at timestamptz,
    withdrawn_at timestamptz,
    withdrawn_because text,
    check ((form = 'sealed') = (recipient_key is not null)),
    check ((agreed_at is null) = (agreed_by is null)),
    check ((given_at is null) = (given_by is null)),
    check (given_at is null or withdrawn_at is null),
    check (given_at is null or not protected or agreed_at is not null),
    check (agreed_by <> decided_by)
);
comment on table rights.disclosure is 'The ledger of single disclosures required by law: to whom, on which ground, what, who decided, who agreed; written before anything is given.';
comment on column rights.disclosure.protected is 'Whether a value that a non-disclosure order covers, or may cover, is among the items: then a second person agrees.';

create table rights.disclosed (
    disclosure_id uuid not null references rights.disclosure,
    party_id uuid not null references parties.party,
    primary key (disclosure_id, party_id)
);
comment on table rights.disclosed is 'Whose data a disclosure is of.';
create index disclosed_party on rights.disclosed (party_id);

alter table rights.disclosure enable row level security;
create policy disclosure_open on rights.disclosure for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{disclosures}'));
create policy disclosure_self on rights.disclosure for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and exists (select from rights.disclosed c where c.disclosure_id = id and c.party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid)));
create policy disclosure_insert on rights.disclosure for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{disclosures}'));
create policy disclosure_update on rights.disclosure for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{disclosures}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{disclosures}'));
grant select, insert, update on rights.disclosure to rekisteri_app;

alter table rights.disclosed enable row level security;
create policy disclosed_open on rights.disclosed for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{disclosures}'));
create policy disclosed_self on rights.disclosed for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy disclosed_insert on rights.disclosed for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{disclosures}'));
grant select, insert on rights.disclosed to rekisteri_app;
