-- SEPA direct debit mandates: creditors, mandates by reference, and the words of their messages.
create table sources.creditor (
    id uuid primary key,
    organisation_id integer not null references access.organisation,
    creditor_id text not null unique,
    payment_reason text not null,
    answered boolean not null,
    created_at timestamptz not null
);
comment on table sources.creditor is
    'A creditor identifier (SEPA AT-02) of a client organisation: which mandates are its own, and of which payment reason.';
comment on column sources.creditor.answered is 'The creditor''s bank sends acceptance reports: a mandate is in force when it is accepted, not before.';

create table sources.mandate (
    id uuid primary key,
    creditor uuid not null references sources.creditor,
    reference text not null,
    state text not null check (state in ('unknown', 'requested', 'active', 'refused', 'cancelled')),
    since_at timestamptz,
    changing boolean not null,
    outcome text not null check (outcome in ('matched', 'held', 'waiting', 'rejected')),
    hold text,
    rule smallint,
    evidence text[] not null,
    record_id uuid references parties.record not enforced,
    deadline_on date,
    decided_at timestamptz,
    decided_by uuid,
    decision text check (decision in ('matched', 'rejected')),
    decision_reason text,
    unique (creditor, reference),
    check ((record_id is not null) <= (outcome = 'matched')),
    check ((outcome = 'held') <= (hold is not null))
);
comment on table sources.mandate is
    'A SEPA direct debit mandate by its creditor and reference: where its messages have brought it, and whose it was found to be.';
comment on column sources.mandate.changing is 'An amendment waits for its acceptance; the terms before it hold.';
comment on column sources.mandate.record_id is 'Under which it is stated of its payer; null of one that was never in force.';
comment on column sources.mandate.rule is 'As of receiver infos: 3 identity code, 4 customer number, 5 a person decided, 7 business ID.';
create index mandate_record on sources.mandate (record_id) where record_id is not null;
create index mandate_held on sources.mandate (id) where outcome = 'held';

create table sources.mandate_message (
    id uuid primary key,
    file_id uuid not null references sources.bank_file not enforced,
    position integer not null,
    once bytea not null,
    digest bytea not null,
    kind text not null check (kind in ('initiation', 'amendment', 'cancellation', 'acceptance')),
    message_id text not null,
    created_at timestamptz not null,
    initiator text not null,
    creditor_id text not null,
    reference text not null,
    original_message_id text not null,
    accepted boolean,
    reason text not null,
    sealed bytea not null,
    mandate_id uuid references sources.mandate not enforced,
    hold text,
    decided_at timestamptz,
    decided_by uuid,
    decision_reason text
);
comment on table sources.mandate_message is
    'One mandate''s word in a mandate message (ISO 20022 pain.009 to 012); the document as it came is kept in pieces, sealed.';
comment on column sources.mandate_message.once is 'Keyed digest of sender, message id, time and place: the same word again changes nothing.';
comment on column sources.mandate_message.digest is 'Keyed digest of the word.';
comment on column sources.mandate_message.sealed is 'Debtor, account and terms, AES-256-GCM bound to this row.';
comment on column sources.mandate_message.hold is 'Why it is set aside and bears on no mandate.';
create unique index mandate_message_once on sources.mandate_message (once);
create index mandate_message_mandate on sources.mandate_message (mandate_id);
create index mandate_message_named on sources.mandate_message (message_id);
create index mandate_message_answers on sources.mandate_message (original_message_id) where original_message_id <> '';
create index mandate_message_aside on sources.mandate_message (id) where mandate_id is null;
create index mandate_message_file on sources.mandate_message (file_id);

alter table sources.creditor enable row level security;
alter table sources.mandate enable row level security;
alter table sources.mandate_message enable row level security;

create policy creditor_read on sources.creditor for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) in ('own', 'all') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy creditor_insert on sources.creditor for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy creditor_update on sources.creditor for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
grant select, insert, update on sources.creditor to rekisteri_app;

create policy mandate_open on sources.mandate for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{banks}'));
create policy mandate_insert on sources.mandate for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
create policy mandate_update on sources.mandate for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant select, insert, update on sources.mandate to rekisteri_app;

create policy mandate_message_open on sources.mandate_message for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{banks}'));
create policy mandate_message_insert on sources.mandate_message for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
create policy mandate_message_update on sources.mandate_message for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant select, insert, update on sources.mandate_message to rekisteri_app;

