-- Room: ground. The application's role: neither owner nor superuser, so that every policy binds it.
do $$
begin
    if not exists (select from pg_roles where rolname = 'rekisteri_app') then
        create role rekisteri_app nologin noinherit;
    end if;
exception when duplicate_object or unique_violation then
    null; -- another database of the same server was being set up at the same moment
end
$$;
grant rekisteri_app to current_user;
-- Room: audit. Evidence of every act, written as the last statement of its transaction.
create schema audit;
comment on schema audit is 'Evidence: who did what to whom, when, for what purpose, and how it ended.';

create table audit.event (
    id uuid primary key,
    at timestamptz not null,
    account_id uuid,
    account text not null,
    roles text[] not null,
    organisations integer[] not null,
    action text not null,
    purpose text,
    case_reference text,
    channel text not null,
    outcome text not null check (outcome in ('done', 'refused', 'missing', 'rejected', 'conflict', 'failed')),
    subject_count integer not null check (subject_count >= 0),
    detail jsonb not null
);
comment on table audit.event is 'One act of one viewer; appended, never changed (Information Management Act 906/2019 § 17).';
comment on column audit.event.account is 'Sign-in name at the time, kept although the account may go.';
comment on column audit.event.organisations is 'Client organisations the viewer could reach then; empty means every one.';
comment on column audit.event.case_reference is 'The case the viewer named, such as an invoice run or a complaint.';
comment on column audit.event.detail is 'Query class, counts and items; never a value of a customer.';
create index event_at on audit.event (at desc, id desc);
create index event_account_at on audit.event (account, at desc);

create table audit.subject (
    party_id uuid not null,
    event_id uuid not null references audit.event,
    primary key (party_id, event_id)
);
comment on table audit.subject is 'The customers one act showed or changed, one row each.';

create table audit.subject_block (
    event_id uuid not null references audit.event deferrable initially deferred,
    bucket smallint not null,
    party_ids uuid[] not null,
    primary key (bucket, event_id)
);
comment on table audit.subject_block is
    'The customers of a bulk act in 256 buckets by the last byte of their id: a million cost 256 rows, and finding one reads one bucket.';

alter table audit.event enable row level security;
alter table audit.subject enable row level security;
alter table audit.subject_block enable row level security;
create policy event_append on audit.event for insert to rekisteri_app with check (true);
create policy subject_append on audit.subject for insert to rekisteri_app with check (true);
create policy subject_block_append on audit.subject_block for insert to rekisteri_app with check (true);
create policy event_log on audit.event for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'on');
create policy subject_log on audit.subject for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'on');
create policy subject_block_log on audit.subject_block for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'on');

grant usage on schema audit to rekisteri_app;
grant select, insert on audit.event, audit.subject, audit.subject_block to rekisteri_app;
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
-- Room: parties. Statements in, parties out.
create schema parties;
comment on schema parties is 'Source records, statements, golden records, identifiers, work, changes.';

create table parties.source (
    id integer primary key generated always as identity,
    kind text not null check (kind in ('maintainer', 'vtj', 'person', 'bank', 'directory', 'organisation')),
    organisation_id integer unique references access.organisation,
    check ((kind = 'organisation') = (organisation_id is not null))
);
comment on table parties.source is 'Who states: a client organisation, or one of the kinds there is but one of.';
create unique index source_kind on parties.source (kind) where organisation_id is null;

create table parties.party (
    id uuid primary key,
    kind text not null check (kind in ('person', 'organisation')),
    name text not null,
    content jsonb not null,
    winners jsonb,
    turvakielto text not null check (turvakielto in ('on', 'off', 'unknown')),
    organisations integer[] not null,
    words tsvector not null,
    version integer not null default 1
);
comment on table parties.party is
    'The golden record: a pure function of statements, judgements and catalogue, kept for speed and rebuilt at will.';
comment on column parties.party.name is 'The name as it is sorted and shown in lists.';
comment on column parties.party.winners is 'Item to the id of the statement it was taken from.';
comment on column parties.party.organisations is 'Client organisations with a live customership: what row-level security asks.';
comment on column parties.party.words is 'Folded words: n name, a address and contact, i identifier, o organisation.';
create index party_words on parties.party using gin (words) with (fastupdate = on, gin_pending_list_limit = 2000000);

create table parties.record (
    id uuid primary key,
    source_id integer not null references parties.source not enforced,
    key text not null,
    party_id uuid not null references parties.party not enforced,
    digest bytea not null,
    turvakielto boolean,
    since_on date not null,
    ended_on date
);
comment on table parties.record is 'What one source calls one customer; of a client organisation it is the customership (asiakkuus).';
comment on column parties.record.key is 'The source''s own name for the customer: the customer number, or the party for a correction.';
comment on column parties.record.digest is 'Keyed digest of the row as it last came: the same row again changes nothing.';
comment on column parties.record.turvakielto is 'The last word this source ever said; silence never clears it.';
create unique index record_key on parties.record (source_id, key);
create index record_party on parties.record (party_id);

create table parties.statement (
    id uuid primary key,
    record_id uuid not null references parties.record not enforced,
    content jsonb,
    sealed bytea,
    valid daterange not null check (not isempty(valid)),
    recorded tstzrange not null,
    batch_id uuid,
    row_no integer,
    account_id uuid,
    reason text,
    evidence text
);
comment on table parties.statement is
    'What a source said of a record: appended, closed when a newer one takes its place, never rewritten.';
comment on column parties.statement.content is 'Clear items; null when the source fell silent: the customership or the correction ended.';
comment on column parties.statement.sealed is 'Secret items (identity codes), AES-256-GCM bound to this row.';
comment on column parties.statement.valid is 'When it holds in the world.';
comment on column parties.statement.recorded is 'From when the register knew it; the upper bound is when a newer word of the same source took its place. At a day in the world and a moment of knowledge the last word then known whose valid holds the day counts.';
comment on column parties.statement.batch_id is 'The delivery it came in, if it came in one.';
comment on column parties.statement.reason is 'Why a maintainer corrected by hand.';
comment on column parties.statement.evidence is 'What the correction rests on.';
create index statement_record on parties.statement (record_id);

create table parties.protected (
    statement_id uuid primary key references parties.statement,
    sealed bytea not null
);
comment on table parties.protected is
    'Covered values of customers under a non-disclosure order: apart, under a key of their own (Act 661/2009 § 37).';

create table parties.identifier (
    kind text not null check (kind in ('hetu', 'ytunnus')),
    blind bytea not null check (octet_length(blind) = 16),
    party_id uuid not null references parties.party not enforced,
    primary key (blind)
);
comment on table parties.identifier is
    'Every identity code ever seen, old ones too, as a keyed blind index: each points at one party.';
create index identifier_party on parties.identifier (party_id);

create table parties.judgement (
    id uuid primary key,
    record_id uuid not null references parties.record,
    party_id uuid not null references parties.party,
    former_party_id uuid references parties.party,
    verdict text not null check (verdict in ('same', 'not_same', 'unsure')),
    rule text not null,
    at timestamptz not null,
    account_id uuid,
    reason text
);
comment on table parties.judgement is 'Which records are the same customer: by whom, why, when. A merge or a split is one more.';
comment on column parties.judgement.former_party_id is 'Where the record was before; null when it was placed at birth.';
create index judgement_record on parties.judgement (record_id);

create table parties.work (
    id uuid primary key,
    kind text not null check (kind in ('identity')),
    organisation_id integer not null references access.organisation,
    party_id uuid references parties.party,
    record_key text not null,
    reason text not null,
    batch_id uuid,
    row_no integer,
    payload bytea not null,
    digest bytea not null,
    opened_at timestamptz not null,
    decided_at timestamptz,
    decision text check (decision in ('linked', 'separate', 'rejected', 'overtaken')),
    decided_by uuid,
    decision_reason text,
    check ((decided_at is null) = (decision is null))
);
comment on table parties.work is 'What needs a person: conflicting identity now, more kinds with later wings.';
comment on column parties.work.payload is 'The row in doubt, sealed whole; nothing of it is in the register until somebody decides.';
comment on column parties.work.digest is 'Digest of the row: the same row again opens no second item, whatever was decided.';
create index work_open on parties.work (opened_at) where decided_at is null;
create unique index work_once on parties.work (organisation_id, record_key, digest);

create table parties.change (
    id bigint primary key generated always as identity,
    party_ids uuid[] not null check (cardinality(party_ids) > 0),
    kind text not null check (kind in ('born', 'changed', 'placed', 'ended')),
    items text[] not null,
    organisations integer[] not null,
    at timestamptz not null
);
comment on table parties.change is 'News for the rooms above, read by cursor.';
comment on column parties.change.party_ids is 'One customer; of a delivery''s births, a hundred at a time.';

create table parties.word (
    word text primary key
);
comment on table parties.word is 'Every distinct folded word of names, streets and towns: the dictionary typing errors are mended by.';

create table parties.word_variant (
    variant text not null,
    word text not null,
    primary key (variant, word)
);
comment on table parties.word_variant is 'Each word with one letter left out: two words one slip apart share a variant.';

alter table parties.source enable row level security;
alter table parties.party enable row level security;
alter table parties.record enable row level security;
alter table parties.statement enable row level security;
alter table parties.protected enable row level security;
alter table parties.identifier enable row level security;
alter table parties.judgement enable row level security;
alter table parties.work enable row level security;
alter table parties.change enable row level security;
alter table parties.word enable row level security;
alter table parties.word_variant enable row level security;

create function parties.reaches(party uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return exists (select from parties.party p
                   where p.id = party
                     and p.organisations && nullif(current_setting('rekisteri.organisations', true), '')::integer[]);
end
$$;
comment on function parties.reaches is
    'Whether the party is a customer of the viewer''s client organisations. A function of the owner, so that policies stand beside each other instead of inside one another: nested ones cost milliseconds to plan.';
create function parties.reaches_record(record uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return parties.reaches((select r.party_id from parties.record r where r.id = record));
end
$$;
comment on function parties.reaches_record is 'Whether the party of the record is a customer of the viewer''s client organisations.';
revoke execute on function parties.reaches, parties.reaches_record from public;
grant execute on function parties.reaches, parties.reaches_record to rekisteri_app;

create policy source_all on parties.source to rekisteri_app using (true) with check (true);
create policy party_all on parties.party to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all')
    with check ((select current_setting('rekisteri.reach', true)) = 'all');
create policy party_own on parties.party for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own'
        and organisations && (select nullif(current_setting('rekisteri.organisations', true), '')::integer[]));
create policy record_all on parties.record to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all')
    with check ((select current_setting('rekisteri.reach', true)) = 'all');
create policy record_own on parties.record for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own' and parties.reaches(party_id));
create policy statement_all on parties.statement to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all')
    with check ((select current_setting('rekisteri.reach', true)) = 'all');
create policy statement_own on parties.statement for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own' and parties.reaches_record(record_id));
create policy protected_read on parties.protected for select to rekisteri_app
    using ((select current_setting('rekisteri.protected', true)) = 'on'
        and exists (select from parties.statement s where s.id = statement_id));
create policy protected_write on parties.protected for insert to rekisteri_app
    with check ((select current_setting('rekisteri.reach', true)) = 'all');
create policy identifier_all on parties.identifier to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all')
    with check ((select current_setting('rekisteri.reach', true)) = 'all');
create policy identifier_own on parties.identifier for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own' and parties.reaches(party_id));
create policy judgement_all on parties.judgement to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all')
    with check ((select current_setting('rekisteri.reach', true)) = 'all');
create policy judgement_own on parties.judgement for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own' and parties.reaches_record(record_id));
create policy work_all on parties.work to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all')
    with check ((select current_setting('rekisteri.reach', true)) = 'all');
create policy change_all on parties.change to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all')
    with check ((select current_setting('rekisteri.reach', true)) = 'all');
create policy change_own on parties.change for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own'
        and organisations && (select nullif(current_setting('rekisteri.organisations', true), '')::integer[]));
create policy word_all on parties.word to rekisteri_app using (true) with check (true);
create policy word_variant_all on parties.word_variant to rekisteri_app using (true) with check (true);

create function parties.find(query tsquery, named tsquery, most integer)
returns table (id uuid, kind text, name text, content jsonb, turvakielto text, organisations integer[], lexemes text[])
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select p.id, p.kind, p.name, p.content, p.turvakielto, p.organisations, tsvector_to_array(p.words)
    from parties.party p
    where p.words @@ query
      and case current_setting('rekisteri.reach', true)
          when 'all' then true
          when 'own' then p.organisations && nullif(current_setting('rekisteri.organisations', true), '')::integer[]
              and (p.turvakielto = 'off' or p.words @@ named
                   or p.turvakielto = 'unknown'
                      and p.organisations <@ nullif(current_setting('rekisteri.organisations', true), '')::integer[])
          else false
          end
    limit most
$$;
comment on function parties.find is
    'Search by words under the same rules as policy party_own. A function of the owner, because full-text matching is not leakproof: under row-level security the index could not be used.';
revoke execute on function parties.find from public;
grant execute on function parties.find to rekisteri_app;

create function parties.settle() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform gin_clean_pending_list('parties.party_words');
    if (select pg_relation_size(oid) > 1.2 * 8192 * greatest(relpages, 1) from pg_class where oid = 'parties.record'::regclass) then
        analyze parties.party (id, organisations);
        analyze parties.record;
        analyze parties.statement (id, record_id, recorded, valid);
        analyze parties.identifier;
    end if;
end
$$;
comment on function parties.settle is
    'After a delivery has committed: sorts its words into the index at one go, and where the register has grown by a fifth counts it anew, so that the next delivery is planned by what is there.';
revoke execute on function parties.settle from public;
grant execute on function parties.settle to rekisteri_app;

grant usage on schema parties to rekisteri_app;
grant select, insert on parties.source, parties.protected, parties.identifier, parties.judgement,
    parties.change, parties.word, parties.word_variant to rekisteri_app;
grant select, insert, update on parties.party, parties.record, parties.statement, parties.work to rekisteri_app;
grant update (party_id) on parties.identifier to rekisteri_app;
-- Room: sources. Deliveries that came in, and what of them could not be taken.
create schema sources;
comment on schema sources is 'Deliveries from outside, and what of them could not be taken.';

create table sources.batch (
    id uuid primary key,
    organisation_id integer not null references access.organisation,
    file_name text not null,
    file_digest bytea not null,
    format text not null check (format in ('csv', 'xlsx', 'ndjson')),
    encoding text not null,
    mode text not null check (mode in ('full', 'delta')),
    started_at timestamptz not null,
    finished_at timestamptz not null,
    account_id uuid,
    row_count integer not null,
    new_count integer not null,
    changed_count integer not null,
    unchanged_count integer not null,
    rejected_count integer not null,
    doubt_count integer not null,
    ended_count integer not null,
    dropped jsonb not null,
    columns text[] not null
);
comment on table sources.batch is 'One delivery of a client organisation, taken whole in one transaction.';
comment on column sources.batch.dropped is 'Column to the number of values not kept because the catalogue does not declare them.';
comment on column sources.batch.columns is 'The file''s own headings, for the file of rows to mend.';
create index batch_organisation on sources.batch (organisation_id, started_at desc);

create table sources.fault (
    batch_id uuid not null references sources.batch deferrable initially deferred,
    row_no integer not null,
    fault_no smallint not null,
    field text not null,
    reason text not null,
    outcome text not null check (outcome in ('rejected', 'doubt')),
    raw bytea,
    primary key (batch_id, row_no, fault_no)
);
comment on table sources.fault is 'Why a row was not taken.';
comment on column sources.fault.field is 'The column of the file at fault, or empty when the whole row is.';
comment on column sources.fault.raw is 'The row as it came, sealed, with the row''s first fault: for the file of rows to mend.';

alter table sources.batch enable row level security;
alter table sources.fault enable row level security;
create policy batch_all on sources.batch to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all')
    with check ((select current_setting('rekisteri.reach', true)) = 'all');
create policy batch_own on sources.batch for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own'
        and organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[]));
create policy fault_all on sources.fault to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all')
    with check ((select current_setting('rekisteri.reach', true)) = 'all');
create policy fault_own on sources.fault for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own'
        and exists (select from sources.batch b where b.id = batch_id));

grant usage on schema sources to rekisteri_app;
grant select, insert on sources.batch, sources.fault to rekisteri_app;
