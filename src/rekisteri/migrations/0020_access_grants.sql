-- Rights become grants: a role, for a client organisation or every one, for a purpose or all of the role's,
-- from a moment to a moment, with somebody who answers for it.
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

alter table access.grant enable row level security;
create policy grant_all on access.grant to rekisteri_app using (true) with check (true);
grant select, insert, update on access.grant to rekisteri_app;

insert into access.grant (id, account_id, role, organisation_id, owner, granted_at, granted_by, approved_at,
                          starts_at, ends_at, review_on)
select uuidv7(), a.id, r.role, o.organisation_id, 'operator', a.created_at, 'operator', a.created_at, a.created_at,
       coalesce((a.expires_on + 1)::timestamp at time zone 'Europe/Helsinki', now() + interval '1 year'),
       current_date + 92
from access.account a
cross join lateral unnest(a.roles) as r (role)
cross join lateral (
    select unnest(a.organisations) as organisation_id where not a.every_organisation
    union all
    select null where a.every_organisation or cardinality(a.organisations) = 0
) as o
where a.disabled_at is null
  and coalesce((a.expires_on + 1)::timestamp at time zone 'Europe/Helsinki', now() + interval '1 year') > a.created_at;

comment on table access.account is 'A person or a system with the system right; its grants carry the rest (register description § 9 B).';
alter table access.account drop column roles, drop column organisations, drop column every_organisation;
