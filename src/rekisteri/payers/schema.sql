-- Room: payers. Who pays, where, how, may we.
create schema payers;
comment on schema payers is 'Who pays, where, how, may we: payment reasons with their channel policies, answers given, what invoicing tells back.';

create table payers.payment_reason (
    id uuid primary key,
    organisation_id integer not null references access.organisation,
    code text not null check (code ~ '^[0-9A-Za-zÅÄÖåäö][0-9A-Za-zÅÄÖåäö ._-]{0,34}$'),
    name_fi text not null check (name_fi <> ''),
    name_sv text not null check (name_sv <> ''),
    name_en text not null check (name_en <> ''),
    channels text[] not null
        check (channels <@ array['consumer_einvoice', 'direct_payment', 'einvoice', 'mailbox', 'email', 'letter']),
    last_resort text check (last_resort in ('letter', 'by_hand')),
    households text not null check (households in ('every', 'childs')),
    ended boolean not null,
    valid daterange not null check (not isempty(valid)),
    recorded_at timestamptz not null,
    account_id uuid,
    check (ended or cardinality(channels) > 0)
);
comment on table payers.payment_reason is
    'A payment reason (laskutusaihe) of a client organisation with its channel policy: appended, never changed. On a day, as known at a moment, the last row then recorded whose valid holds the day counts.';
comment on column payers.payment_reason.code is 'The biller''s own code, at most 35 characters as the banks'' messages have it.';
comment on column payers.payment_reason.channels is 'Channels in the order they are tried.';
comment on column payers.payment_reason.last_resort is 'What is left when no channel will do: a letter, or a person; null where the organisation has chosen none.';
comment on column payers.payment_reason.households is 'Custodians in two households: a bill to every one of them, or to the child''s alone.';
comment on column payers.payment_reason.ended is 'The reason is no longer in use from the first day of valid.';
create index payment_reason_code on payers.payment_reason (organisation_id, code, recorded_at);

alter table payers.payment_reason enable row level security;
create policy payment_reason_read on payers.payment_reason for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.reach', true), '')) is not null);
create policy payment_reason_insert on payers.payment_reason for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{reasons}'));

grant usage on schema payers to rekisteri_app;
grant select, insert on payers.payment_reason to rekisteri_app;

create table payers.receipt_key (
    id text primary key check (id ~ '^[0-9a-f]{16}$'),
    public bytea not null check (octet_length(public) = 32),
    since_at timestamptz not null
);
comment on table payers.receipt_key is 'Every public key receipts were ever signed with (Ed25519): an old receipt is proved by the key of its time.';

create table payers.receipt (
    id uuid primary key,
    organisation_id integer not null references access.organisation not enforced,
    customer_id uuid not null,
    party_ids uuid[] not null,
    made_at timestamptz not null,
    key_id text not null references payers.receipt_key not enforced,
    proof bytea not null,
    signature bytea not null check (octet_length(signature) = 64),
    body bytea not null
) with (toast_tuple_target = 8160);
comment on table payers.receipt is
    'The answer given, as it was given, so that it can be shown years later: the address on a sent bill does not change when the customer moves. Kept as what it was used for is (Accounting Act 1336/1997 ch. 2 § 10).';
comment on column payers.receipt.party_ids is 'Everybody the answer tells of, the customer too.';
comment on column payers.receipt.proof is 'Hashes that lead from this answer to the root that was signed; empty for one signed alone.';
comment on column payers.receipt.body is 'The answer, sealed under the key of covered values, for it holds an address.';
alter table payers.receipt alter column body set storage external;
create index receipt_customer on payers.receipt (customer_id, made_at);

create table payers.report (
    id uuid primary key,
    organisation_id integer not null references access.organisation,
    key_hash bytea not null check (octet_length(key_hash) in (16, 17)),
    digest bytea not null,
    kind text not null,
    party_id uuid not null references parties.party,
    record_key text not null,
    reported_at timestamptz not null,
    account_id uuid
);
comment on table payers.report is 'What an organisation''s invoicing or collection told back, once: the same key again changes nothing.';
comment on column payers.report.key_hash is 'Keyed digest of the caller''s idempotency key.';
comment on column payers.report.digest is 'Keyed digest of what was told: the same key with anything else is a conflict.';
comment on column payers.report.record_key is 'Which record of the organisation''s ledger holds the statement.';
create unique index report_once on payers.report (organisation_id, key_hash);

create table payers.task (
    id uuid primary key,
    kind text not null check (kind in ('mail_returned', 'channel_refused', 'wrong_person', 'no_route_protected',
                                       'no_custodian', 'guardian_unclear', 'guardian_unreachable')),
    organisation_id integer not null references access.organisation,
    party_id uuid not null references parties.party,
    opened_at timestamptz not null,
    settled_at timestamptz,
    settled_by uuid,
    settlement text,
    check ((settled_at is null) = (settlement is null))
);
comment on table payers.task is 'What somebody must do before bills reach a payer again; one open task of a kind for a party, of the organisation that met it first.';
create unique index task_open on payers.task (party_id, kind) where settled_at is null;

create function payers.covered(parties uuid[]) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return exists (select from parties.party p where p.id = any (parties) and p.turvakielto = 'on');
end
$$;
comment on function payers.covered is
    'Whether a non-disclosure order is on for any of them. A function of the owner: who stands for a customer may be out of the viewer''s reach, and is covered all the same.';
revoke execute on function payers.covered from public;
grant execute on function payers.covered to rekisteri_app;

alter table payers.receipt_key enable row level security;
alter table payers.receipt enable row level security;
alter table payers.report enable row level security;
alter table payers.task enable row level security;
create policy receipt_key_read on payers.receipt_key for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.reach', true), '')) is not null);
create policy receipt_key_insert on payers.receipt_key for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{payers}'));
grant select, insert on payers.receipt_key to rekisteri_app;

create policy receipt_read on payers.receipt for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) in ('own', 'all') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])) and ((select current_setting('rekisteri.protected', true)) = 'on' or not payers.covered(party_ids)));
create policy receipt_self on payers.receipt for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and (customer_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid) or (select nullif(current_setting('rekisteri.self', true), '')::uuid) = any (party_ids)));
create policy receipt_insert on payers.receipt for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{payers}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
grant select, insert on payers.receipt to rekisteri_app;
create policy receipt_update on payers.receipt for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{payers}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{payers}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
grant update (body) on payers.receipt to rekisteri_app;

create policy report_read on payers.report for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{payers}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy report_self on payers.report for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy report_insert on payers.report for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{payers}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
grant select, insert on payers.report to rekisteri_app;
create policy report_update on payers.report for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{payers}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{payers}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
grant update (key_hash, digest) on payers.report to rekisteri_app;

create policy task_read on payers.task for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{payers,work}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy task_self on payers.task for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy task_insert on payers.task for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{payers,work}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy task_update on payers.task for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{payers,work}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{payers,work}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
grant select, insert on payers.task to rekisteri_app;
grant update (settled_at, settled_by, settlement) on payers.task to rekisteri_app;

create policy receipt_delete on payers.receipt for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on payers.receipt to rekisteri_app;
create policy report_delete on payers.report for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on payers.report to rekisteri_app;
create policy task_delete on payers.task for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on payers.task to rekisteri_app;

create function payers.hold_receipts() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select distinct g.organisation_id from given g
               except select o.id from access.organisation o)
       or exists (select distinct g.key_id from given g
                  except select k.id from payers.receipt_key k) then
        raise foreign_key_violation using message = 'A receipt names an organisation or a key that is not there.';
    end if;
    return null;
end
$$;
comment on function payers.hold_receipts is
    'Refuses receipts of an organisation or a key that is not there: what enforced references would ask of every row, asked once a statement.';
revoke execute on function payers.hold_receipts from public;
create trigger receipt_held after insert on payers.receipt referencing new table as given
    for each statement execute function payers.hold_receipts();
create function payers.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise integrity_constraint_violation using message = 'A key that receipts were signed with stays as it is.';
end
$$;
comment on function payers.refuse_change is 'Refuses, whoever asks, to change or take away a key: a receipt given is proved by it for ever.';
revoke execute on function payers.refuse_change from public;
create trigger receipt_key_stays before update or delete or truncate on payers.receipt_key
    for each statement execute function payers.refuse_change();
