-- Room: rights. What the data subject may ask, and what the register says of itself.
create schema rights;
comment on schema rights is 'The data subject''s rights, and the notice of what the register does.';

create table rights.notice (
    number integer primary key check (number > 0),
    published_at timestamptz not null,
    published_by text not null,
    mark text not null unique,
    content jsonb not null
);
comment on table rights.notice is 'Every published version of the notice, whole, in its three forms and languages.';
comment on column rights.notice.mark is 'The first digits of the digest of the content: equal contents have equal marks.';

create table rights.notice_shown (
    id bigint primary key generated always as identity,
    number integer not null references rights.notice,
    party_id uuid references parties.party,
    channel text not null,
    shown_at timestamptz not null
);
comment on table rights.notice_shown is 'Which version was shown, to whom where that is known, and how.';
create index notice_shown_party on rights.notice_shown (party_id);

alter table rights.notice enable row level security;
alter table rights.notice_shown enable row level security;
create policy notice_read on rights.notice for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.reach', true), '')) is not null);
create policy notice_insert on rights.notice for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{notice}'));
create policy notice_shown_all on rights.notice_shown for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy notice_shown_self on rights.notice_shown for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy notice_shown_insert on rights.notice_shown for insert to rekisteri_app
    with check (true);

grant usage on schema rights to rekisteri_app;
grant select, insert on rights.notice, rights.notice_shown to rekisteri_app;

create table rights.request (
    id uuid primary key,
    kind text not null check (kind in ('access', 'rectification', 'restriction', 'objection', 'erasure')),
    party_id uuid references parties.party,
    channel text not null check (channel in ('in_person', 'in_writing', 'self_service', 'invoicer')),
    language text not null check (language in ('fi', 'sv', 'en')),
    opened_at timestamptz not null,
    opened_by text not null,
    organisation_id integer references access.organisation,
    due_on date not null,
    extended_because text,
    identity_by text,
    identity_at timestamptz,
    asked bytea,
    closed_at timestamptz,
    closed_by text,
    outcome text check (outcome in ('fulfilled', 'refused', 'withdrawn')),
    answer text,
    check ((closed_at is null) = (outcome is null)),
    check ((identity_by is null) = (identity_at is null))
);
comment on table rights.request is 'What somebody asked of their data, or an invoicer of a customer''s: a case with its clock (GDPR art. 12(3)).';
comment on column rights.request.organisation_id is 'The client organisation whose invoicer asked; null where the data subject did.';
comment on column rights.request.due_on is 'By when it must be answered; moved only with a reason.';
comment on column rights.request.identity_by is 'How the asker''s identity was checked: the kind of document, never its copy or number.';
comment on column rights.request.asked is 'What is asked, sealed: the item, the value wished for, the words of the asker.';
comment on column rights.request.answer is 'What was answered, and on which ground where it was refused.';
create index request_open on rights.request (due_on) where closed_at is null;
create index request_party on rights.request (party_id);

create table rights.step (
    request_id uuid not null references rights.request,
    step_no smallint not null,
    at timestamptz not null,
    by text not null,
    kind text not null,
    note text,
    primary key (request_id, step_no)
);
comment on table rights.step is 'What was done with a request, one after another: opened, identity checked, extended, packaged, handed over, closed.';

alter table rights.request enable row level security;
alter table rights.step enable row level security;
create policy request_all on rights.request for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy request_own on rights.request for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own' and organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[]));
create policy request_self on rights.request for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy request_insert on rights.request for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{requests}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or (organisation_id is null or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[]) or party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid))));
create policy request_update on rights.request for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{requests}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{requests}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or (organisation_id is null or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[]) or party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid))));
grant select, insert, update on rights.request to rekisteri_app;

create policy step_read on rights.step for select to rekisteri_app
    using (exists (select from rights.request r where r.id = request_id));
create policy step_insert on rights.step for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{requests}'));
grant select, insert on rights.step to rekisteri_app;

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
create policy notice_shown_delete on rights.notice_shown for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on rights.notice_shown to rekisteri_app;
create policy request_delete on rights.request for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on rights.request to rekisteri_app;
create policy step_delete on rights.step for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on rights.step to rekisteri_app;

create table rights.hold (
    id uuid primary key,
    party_id uuid not null,
    reason text not null,
    since_at timestamptz not null,
    by text not null,
    until_on date,
    ended_at timestamptz,
    ended_by text,
    check ((ended_at is null) = (ended_by is null))
);
comment on table rights.hold is 'A legal hold: nothing of the customer leaves while it lasts, whatever its time of keeping (GDPR art. 17(3)(e)).';
comment on column rights.hold.party_id is 'The customer; no foreign key, for the hold is told of after the customer has left.';
comment on column rights.hold.until_on is 'The last day; null until somebody ends it.';
create index hold_party on rights.hold (party_id) where ended_at is null;

create table rights.retention_run (
    id uuid primary key,
    at timestamptz not null,
    by text not null,
    rehearsed boolean not null,
    held integer not null,
    counts jsonb not null
);
comment on table rights.retention_run is 'What each run of retention let go, or would have: counts by class and table, never a value.';
comment on column rights.retention_run.held is 'How many customers were under a legal hold.';

alter table rights.hold enable row level security;
alter table rights.retention_run enable row level security;
create policy hold_all on rights.hold for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy hold_insert on rights.hold for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{requests}'));
create policy hold_delete on rights.hold for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
create policy hold_update on rights.hold for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{requests}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{requests}'));
grant select, insert, delete on rights.hold to rekisteri_app;
grant update (ended_at, ended_by) on rights.hold to rekisteri_app;
create policy retention_run_open on rights.retention_run for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{retention}'));
create policy retention_run_insert on rights.retention_run for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant select, insert on rights.retention_run to rekisteri_app;

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

create policy disclosure_delete on rights.disclosure for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on rights.disclosure to rekisteri_app;

create policy disclosed_delete on rights.disclosed for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on rights.disclosed to rekisteri_app;

create policy conflict_delete on rights.conflict for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on rights.conflict to rekisteri_app;
