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
