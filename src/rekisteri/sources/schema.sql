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
create policy batch_read on sources.batch for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) in ('own', 'all') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy batch_insert on sources.batch for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{intake}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy batch_update on sources.batch for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{intake}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{intake}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy fault_read on sources.fault for select to rekisteri_app
    using (exists (select from sources.batch b where b.id = batch_id));
create policy fault_insert on sources.fault for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{intake}'));
create policy fault_update on sources.fault for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{intake}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{intake}'));

grant usage on schema sources to rekisteri_app;
grant select, insert on sources.batch, sources.fault to rekisteri_app;
grant update (raw) on sources.fault to rekisteri_app;
grant update (file_digest) on sources.batch to rekisteri_app;

create table sources.vtj_answer (
    id uuid primary key,
    party_id uuid not null references parties.party,
    account_id uuid not null,
    version integer not null,
    sealed bytea not null,
    asked_at timestamptz not null
);
comment on table sources.vtj_answer is
    'What VTJ answered of one customer, minimised and sealed, until somebody has decided which of it is taken; an hour at most.';
comment on column sources.vtj_answer.account_id is 'Who asked; nobody else may open or apply it.';
comment on column sources.vtj_answer.version is 'The customer''s version when asked: applied only to the same.';
comment on column sources.vtj_answer.sealed is 'The stated items with their codes, AES-256-GCM under the key of protected values, bound to this row.';
create index vtj_answer_asked on sources.vtj_answer (asked_at);

create table sources.vtj_use (
    day date not null,
    interface text not null check (interface in ('query', 'basic_data', 'changes')),
    count integer not null check (count > 0),
    primary key (day, interface)
);
comment on table sources.vtj_use is 'How many persons were asked of VTJ on a day by each way: what quotas are held against.';

create table sources.vtj_stop (
    interface text primary key check (interface in ('query', 'changes')),
    reason text not null,
    stopped_at timestamptz not null
);
comment on table sources.vtj_stop is
    'An interface that is not called before an operator has mended what stands here, such as an expired password.';

alter table sources.vtj_answer enable row level security;
alter table sources.vtj_use enable row level security;
alter table sources.vtj_stop enable row level security;
create policy vtj_answer_open on sources.vtj_answer for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_answer_insert on sources.vtj_answer for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_answer_delete on sources.vtj_answer for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant select, insert, delete on sources.vtj_answer to rekisteri_app;
create policy vtj_answer_update on sources.vtj_answer for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant update (sealed) on sources.vtj_answer to rekisteri_app;

create policy vtj_use_open on sources.vtj_use for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_use_insert on sources.vtj_use for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_use_update on sources.vtj_use for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant select, insert, update on sources.vtj_use to rekisteri_app;

create policy vtj_stop_open on sources.vtj_stop for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_stop_insert on sources.vtj_stop for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_stop_delete on sources.vtj_stop for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant select, insert, delete on sources.vtj_stop to rekisteri_app;

create table sources.vtj_bucket (
    id integer primary key generated always as identity,
    change_key bigint not null,
    polled_at timestamptz not null
);
comment on table sources.vtj_bucket is 'A fixed group of followed persons and the key its changes are read from next.';

create table sources.vtj_subscription (
    id uuid primary key,
    party_id uuid not null unique references parties.party,
    sealed bytea not null,
    bucket integer references sources.vtj_bucket,
    state text not null check (state in ('pending', 'live', 'doubt', 'held', 'absent')),
    stamps jsonb not null,
    since_at timestamptz not null
);
comment on table sources.vtj_subscription is
    'Who is followed in VTJ: persons with a live customership and no others; the row goes with the last customership.';
comment on column sources.vtj_subscription.sealed is 'The identity code the person is asked by, AES-256-GCM bound to this row.';
comment on column sources.vtj_subscription.state is 'pending: basic data not read yet; doubt: to be read anew; held: a change does not hold; absent: VTJ does not know the person.';
comment on column sources.vtj_subscription.stamps is 'By fact the day VTJ last changed it; * is the day basic data was read.';
create index vtj_subscription_bucket on sources.vtj_subscription (bucket);
create index vtj_subscription_due on sources.vtj_subscription (id) where state in ('pending', 'doubt');

create table sources.vtj_held (
    id uuid primary key,
    subscription_id uuid not null references sources.vtj_subscription on delete cascade,
    changed_on date,
    reason text not null,
    digest bytea not null,
    sealed bytea not null,
    held_at timestamptz not null,
    unique (subscription_id, digest)
);
comment on table sources.vtj_held is
    'Changes of a person of which one does not hold, in order: kept apart until released, while everybody else goes on.';
comment on column sources.vtj_held.changed_on is 'The day VTJ made the change; null for basic data.';
comment on column sources.vtj_held.reason is 'The field that does not hold, or ''after'' for one that waits behind such.';
comment on column sources.vtj_held.sealed is 'The groups as they came, cut to what the catalogue keeps, AES-256-GCM under the key of protected values.';

create table sources.vtj_task (
    id uuid primary key,
    kind text not null check (kind in ('order_ends', 'no_contact_address', 'held', 'identity', 'absent', 'passive')),
    party_id uuid not null references parties.party,
    opened_at timestamptz not null,
    due_on date,
    closed_at timestamptz,
    closed_by uuid,
    reason text
);
comment on table sources.vtj_task is 'What following VTJ leaves to a person.';
comment on column sources.vtj_task.due_on is 'The day it becomes due; not told before. Of an order: the day it is said to end.';
create unique index vtj_task_once on sources.vtj_task (kind, party_id) where closed_at is null;

create table sources.vtj_run (
    id uuid primary key,
    kind text not null check (kind in ('follow', 'resync', 'check')),
    state text not null check (state in ('running', 'done', 'stopped', 'failed')),
    account text not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    counts jsonb not null,
    dropped jsonb not null,
    told text,
    takes boolean not null default false,
    reason text
);
comment on column sources.vtj_run.takes is 'Of a check of many: whether what differs is taken.';
comment on column sources.vtj_run.reason is 'Of a check of many: why, as its audit events say.';
comment on table sources.vtj_run is 'One run of following VTJ: what it did, and why it stopped if it did.';
comment on column sources.vtj_run.dropped is 'Group to the number of times it was sent and not kept.';
create index vtj_run_started on sources.vtj_run (started_at desc);

alter table sources.vtj_bucket enable row level security;
alter table sources.vtj_subscription enable row level security;
alter table sources.vtj_held enable row level security;
alter table sources.vtj_task enable row level security;
alter table sources.vtj_run enable row level security;
create policy vtj_bucket_open on sources.vtj_bucket for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_bucket_insert on sources.vtj_bucket for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_bucket_update on sources.vtj_bucket for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant select, insert, update on sources.vtj_bucket to rekisteri_app;

create policy vtj_subscription_open on sources.vtj_subscription for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_subscription_insert on sources.vtj_subscription for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_subscription_update on sources.vtj_subscription for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_subscription_delete on sources.vtj_subscription for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant select, insert, update, delete on sources.vtj_subscription to rekisteri_app;

create policy vtj_held_open on sources.vtj_held for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_held_insert on sources.vtj_held for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_held_delete on sources.vtj_held for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_held_update on sources.vtj_held for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant select, insert, delete on sources.vtj_held to rekisteri_app;
grant update (digest, sealed) on sources.vtj_held to rekisteri_app;

create policy vtj_task_open on sources.vtj_task for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_task_insert on sources.vtj_task for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_task_update on sources.vtj_task for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant select, insert, update on sources.vtj_task to rekisteri_app;

create policy vtj_run_open on sources.vtj_run for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_run_insert on sources.vtj_run for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_run_update on sources.vtj_run for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant select, insert, update on sources.vtj_run to rekisteri_app;

-- The banks' wing: what banks send, what is sent to them, and whose orders it came to.
create table sources.intermediator (
    code text not null check (code ~ '^[0-9A-Z]{6,35}$'),
    name text not null,
    kind text not null check (kind in ('bank', 'operator')),
    valid daterange not null check (not isempty(valid)),
    replaced_by text
);
comment on table sources.intermediator is 'Banks and operators that carry invoices, by their codes, as dated data.';
comment on column sources.intermediator.replaced_by is 'Whose customers they are since, after a merger.';

create unique index intermediator_once on sources.intermediator (code, lower(valid));

create table sources.notice (
    id uuid primary key,
    organisation_id integer not null references access.organisation,
    payment_reason text not null,
    created_at timestamptz not null,
    ended_at timestamptz
);
comment on table sources.notice is
    'A biller''s sender notice (laskuttajailmoitus, SI) to the banks: of one client organisation and payment reason.';
create unique index notice_once on sources.notice (organisation_id, payment_reason) where ended_at is null;

create table sources.notice_version (
    id uuid primary key,
    notice_id uuid not null references sources.notice,
    version integer not null,
    action text not null check (action in ('add', 'change', 'delete')),
    si_identifier text not null,
    sender_address text not null,
    sender_operator text not null,
    content jsonb not null,
    composed_at timestamptz not null,
    account_id uuid,
    issued_at timestamptz,
    unique (notice_id, version)
);
comment on table sources.notice_version is 'One version of a notice: a draft until it is issued, then never changed.';
comment on column sources.notice_version.content is 'What the biller says of itself and asks of the payer; nothing of a customer.';
create index notice_version_identifier on sources.notice_version (si_identifier);

create table sources.notice_delivery (
    id uuid primary key,
    version_id uuid not null references sources.notice_version,
    bank text not null,
    action text not null check (action in ('add', 'change', 'delete')),
    message_id text not null unique,
    state text not null check (state in ('ready', 'sent', 'received', 'refused')),
    framed_at timestamptz not null,
    sent_at timestamptz,
    answered_at timestamptz,
    code text,
    answer text,
    unique (version_id, bank)
);
comment on table sources.notice_delivery is 'A version of a notice at one receiving bank, and what the bank has said of it.';
comment on column sources.notice_delivery.state is 'Banks answer failures only: sent and unanswered is taken.';

create table sources.proposal (
    id uuid primary key,
    notice_id uuid not null references sources.notice,
    record_id uuid not null references parties.record,
    bank text not null,
    message_id text not null unique,
    state text not null check (state in ('ready', 'sent', 'accepted', 'refused')),
    sealed bytea not null,
    framed_at timestamptz not null,
    account_id uuid,
    sent_at timestamptz,
    answered_at timestamptz,
    code text,
    answer text
);
comment on table sources.proposal is
    'A receiver proposal (vastaanottoehdotus, RP): the biller proposes to a bank that a payer be sent e-invoices.';
comment on column sources.proposal.record_id is 'The customership of the payer it is about.';
comment on column sources.proposal.sealed is 'Address and identifiers proposed, AES-256-GCM bound to this row.';

create table sources.bank_file (
    id uuid primary key,
    channel text not null,
    reference text,
    file_name text not null,
    digest bytea not null,
    size_bytes bigint not null,
    state text not null check (state in ('taken', 'repeated', 'quarantined', 'released', 'rejected')),
    hold text,
    position bigint,
    received_at timestamptz not null,
    account_id uuid,
    message_count integer not null,
    repeated_count integer not null,
    held_count integer not null,
    redeclared_count integer not null,
    decided_at timestamptz,
    decided_by uuid,
    decision_reason text,
    check ((state = 'quarantined') <= (hold is not null))
);
comment on table sources.bank_file is 'A file that came from a bank: taken whole, or quarantined whole.';
comment on column sources.bank_file.reference is 'The bank''s own reference of the file: the same one again is not taken again.';
comment on column sources.bank_file.position is 'The byte at which a quarantined file does not hold.';
create unique index bank_file_reference on sources.bank_file (channel, reference) where reference is not null;
create index bank_file_digest on sources.bank_file (digest);
create index bank_file_received on sources.bank_file (received_at desc);

create table sources.bank_file_part (
    file_id uuid not null references sources.bank_file,
    part_no integer not null,
    sealed bytea not null,
    primary key (file_id, part_no)
);
comment on table sources.bank_file_part is 'A quarantined file in pieces, sealed: kept until it is released or its time is up.';
alter table sources.bank_file_part alter column sealed set storage external;

create table sources.bank_message (
    id uuid primary key,
    file_id uuid not null references sources.bank_file not enforced,
    position integer not null,
    once bytea not null,
    digest bytea not null,
    message_id text not null,
    ref_message_id text,
    framed_at timestamptz not null,
    said_at timestamptz not null,
    version text not null,
    action text check (action in ('add', 'change', 'delete')),
    kind text check (kind in ('consumer_einvoice', 'direct_payment')),
    operator text not null,
    notice_id uuid references sources.notice not enforced,
    organisation_id integer references access.organisation not enforced,
    thread bytea,
    wish bytea,
    sealed bytea not null,
    outcome text not null check (outcome in ('matched', 'held', 'waiting', 'overtaken', 'rejected')),
    hold text,
    field text,
    rule smallint,
    evidence text[] not null,
    record_id uuid references parties.record not enforced,
    deadline_on date,
    decided_at timestamptz,
    decided_by uuid,
    decision text check (decision in ('matched', 'rejected', 'released')),
    decision_reason text,
    check ((outcome = 'matched') = (record_id is not null)),
    check ((outcome = 'held') <= (hold is not null))
);
comment on table sources.bank_message is
    'A receiver info (vastaanottoilmoitus, RI) that came, and whose order it was found to be, by which rule or whose decision.';
comment on column sources.bank_message.once is 'Keyed digest of sender, message id and time: what banks hold to be unique.';
comment on column sources.bank_message.digest is 'Keyed digest of the message: the same one again changes nothing.';
comment on column sources.bank_message.thread is 'Blind index of organisation, payment reason and e-address: messages about one order meet here.';
comment on column sources.bank_message.wish is 'Blind index of the identifiers the payer typed; null where there are none.';
comment on column sources.bank_message.sealed is 'What the message says of the payer, AES-256-GCM bound to this row.';
comment on column sources.bank_message.rule is '1 the message it refers to, 2 the same order, 3 identity code, 4 customer number, 5 a person decided, 6 an ending.';
comment on column sources.bank_message.evidence is 'What bore the rule out: types of identifiers, the name.';
create unique index bank_message_once on sources.bank_message (once);
create index bank_message_thread on sources.bank_message (thread);
create index bank_message_named on sources.bank_message (message_id);
create index bank_message_refers on sources.bank_message (ref_message_id) where ref_message_id is not null;
create index bank_message_record on sources.bank_message (record_id) where record_id is not null;
create index bank_message_open on sources.bank_message (id) where outcome = 'held';
create index bank_message_notice on sources.bank_message (notice_id) where outcome = 'matched';
create index bank_message_file on sources.bank_message (file_id, position);

create table sources.bank_evidence (
    message_id uuid primary key,
    sealed bytea not null
);
comment on table sources.bank_evidence is
    'Frame and message of a receiver info or an acknowledgement, byte for byte as they came: packed and sealed, kept as the catalogue says.';
alter table sources.bank_evidence alter column sealed set storage external;

create table sources.bank_answer (
    id uuid primary key,
    file_id uuid not null references sources.bank_file not enforced,
    position integer not null,
    once bytea not null unique,
    bank text not null,
    framed_at timestamptz not null,
    original_id text not null,
    code text not null,
    answer text not null,
    delivery_id uuid references sources.notice_delivery,
    proposal_id uuid references sources.proposal
);
comment on table sources.bank_answer is 'An acknowledgement (Finvoiceack) of a bank, and which message of ours it answers, if it is one of ours.';
create index bank_answer_original on sources.bank_answer (original_id);

create table sources.notice_end (
    id uuid primary key,
    notice_id uuid not null references sources.notice,
    delivery_id uuid not null references sources.notice_delivery,
    bank text not null,
    at timestamptz not null,
    void boolean not null default false
);
comment on table sources.notice_end is 'The biller has ended its notice at a bank: every order below falls, unless the bank refused.';
comment on column sources.notice_end.void is 'The bank refused the ending: it counts for nothing.';
create index notice_end_notice on sources.notice_end (notice_id);

alter table sources.intermediator enable row level security;
alter table sources.notice enable row level security;
alter table sources.notice_version enable row level security;
alter table sources.notice_delivery enable row level security;
alter table sources.notice_end enable row level security;
alter table sources.proposal enable row level security;
alter table sources.bank_file enable row level security;
alter table sources.bank_file_part enable row level security;
alter table sources.bank_message enable row level security;
alter table sources.bank_evidence enable row level security;
alter table sources.bank_answer enable row level security;

create policy intermediator_read on sources.intermediator for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.reach', true), '')) is not null);
create policy intermediator_insert on sources.intermediator for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
create policy intermediator_update on sources.intermediator for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant select, insert, update on sources.intermediator to rekisteri_app;

create policy notice_read on sources.notice for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) in ('own', 'all') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy notice_insert on sources.notice for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy notice_update on sources.notice for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
grant select, insert, update on sources.notice to rekisteri_app;

create policy notice_version_read on sources.notice_version for select to rekisteri_app
    using (exists (select from sources.notice n where n.id = notice_id));
create policy notice_version_insert on sources.notice_version for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
create policy notice_version_update on sources.notice_version for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant select, insert, update on sources.notice_version to rekisteri_app;

create policy notice_delivery_read on sources.notice_delivery for select to rekisteri_app
    using (exists (select from sources.notice_version v where v.id = version_id));
create policy notice_delivery_insert on sources.notice_delivery for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
create policy notice_delivery_update on sources.notice_delivery for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant select, insert, update on sources.notice_delivery to rekisteri_app;

create policy notice_end_open on sources.notice_end for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{banks}'));
create policy notice_end_insert on sources.notice_end for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
create policy notice_end_update on sources.notice_end for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant select, insert, update on sources.notice_end to rekisteri_app;

create policy proposal_open on sources.proposal for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{banks}'));
create policy proposal_self on sources.proposal for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and parties.is_self(record_id));
create policy proposal_insert on sources.proposal for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
create policy proposal_update on sources.proposal for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant select, insert, update on sources.proposal to rekisteri_app;

create policy bank_file_open on sources.bank_file for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{banks}'));
create policy bank_file_insert on sources.bank_file for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
create policy bank_file_update on sources.bank_file for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant select, insert, update on sources.bank_file to rekisteri_app;

create policy bank_file_part_open on sources.bank_file_part for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{banks}'));
create policy bank_file_part_insert on sources.bank_file_part for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
create policy bank_file_part_delete on sources.bank_file_part for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant select, insert, delete on sources.bank_file_part to rekisteri_app;
create policy bank_file_part_update on sources.bank_file_part for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant update (sealed) on sources.bank_file_part to rekisteri_app;

create policy bank_message_open on sources.bank_message for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{banks}'));
create policy bank_message_self on sources.bank_message for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and parties.is_self(record_id));
create policy bank_message_insert on sources.bank_message for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
create policy bank_message_update on sources.bank_message for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant select, insert, update on sources.bank_message to rekisteri_app;

create policy bank_evidence_open on sources.bank_evidence for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{banks}'));
create policy bank_evidence_insert on sources.bank_evidence for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
create policy bank_evidence_delete on sources.bank_evidence for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant select, insert, delete on sources.bank_evidence to rekisteri_app;
create policy bank_evidence_update on sources.bank_evidence for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant update (sealed) on sources.bank_evidence to rekisteri_app;

create policy bank_answer_open on sources.bank_answer for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{banks}'));
create policy bank_answer_insert on sources.bank_answer for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant select, insert on sources.bank_answer to rekisteri_app;
create policy bank_answer_update on sources.bank_answer for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant update (once) on sources.bank_answer to rekisteri_app;

create table sources.directory_run (
    id uuid primary key,
    directory text not null check (directory in ('einvoice', 'business')),
    file_name text not null,
    format text not null check (format in ('csv', 'xml', 'json')),
    mode text not null check (mode in ('full', 'delta')),
    started_at timestamptz not null,
    finished_at timestamptz not null,
    account_id uuid,
    counts jsonb not null,
    reasons jsonb not null
);
comment on table sources.directory_run is 'One file of a public directory, taken whole in one transaction.';
comment on column sources.directory_run.counts is 'Outcome to the number of rows or customers.';
comment on column sources.directory_run.reasons is 'Why rows do not hold, and how many.';
create index directory_run_started on sources.directory_run (started_at desc);

create table sources.directory_fault (
    run_id uuid not null references sources.directory_run,
    row_no integer not null,
    field text not null,
    reason text not null,
    raw bytea not null,
    primary key (run_id, row_no)
);
comment on table sources.directory_fault is 'Quarantine: the rows of a directory''s last file that do not hold.';
comment on column sources.directory_fault.raw is 'The row as it came, sealed.';

alter table sources.directory_run enable row level security;
alter table sources.directory_fault enable row level security;
create policy directory_run_open on sources.directory_run for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{directories}'));
create policy directory_run_insert on sources.directory_run for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{directories}'));
grant select, insert on sources.directory_run to rekisteri_app;

create policy directory_fault_open on sources.directory_fault for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{directories}'));
create policy directory_fault_insert on sources.directory_fault for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{directories}'));
create policy directory_fault_delete on sources.directory_fault for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{directories}'));
create policy directory_fault_update on sources.directory_fault for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{directories}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{directories}'));
grant select, insert, delete on sources.directory_fault to rekisteri_app;
grant update (raw) on sources.directory_fault to rekisteri_app;
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

create table sources.order_pause (
    id uuid primary key,
    thread bytea not null,
    at timestamptz not null,
    resumes boolean not null,
    code text,
    answer_id uuid,
    reason text,
    account_id uuid,
    check ((code is null) <> (reason is null))
);
comment on table sources.order_pause is
    'An order that invoices could not be brought to, by a bank''s code or an officer''s reason: paused until the payer says something new, or the pause is lifted.';
comment on column sources.order_pause.thread is 'Blind index of organisation, payment reason and e-address, as of messages: the order may be told of later.';
comment on column sources.order_pause.resumes is 'The pause is lifted from then on.';
create index order_pause_thread on sources.order_pause (thread);

alter table sources.order_pause enable row level security;

create policy order_pause_open on sources.order_pause for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{banks}'));
create policy order_pause_insert on sources.order_pause for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
create policy order_pause_delete on sources.order_pause for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
create policy order_pause_update on sources.order_pause for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant select, insert, delete on sources.order_pause to rekisteri_app;
grant update (thread) on sources.order_pause to rekisteri_app;

create policy bank_message_delete on sources.bank_message for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant delete on sources.bank_message to rekisteri_app;
create policy proposal_delete on sources.proposal for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant delete on sources.proposal to rekisteri_app;
create policy bank_answer_delete on sources.bank_answer for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant delete on sources.bank_answer to rekisteri_app;
create policy mandate_delete on sources.mandate for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant delete on sources.mandate to rekisteri_app;
create policy mandate_message_delete on sources.mandate_message for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant delete on sources.mandate_message to rekisteri_app;
create policy mandate_self on sources.mandate for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and parties.is_self(record_id));
create policy mandate_message_self on sources.mandate_message for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and exists (select from sources.mandate d where d.id = mandate_id and parties.is_self(d.record_id)));

create policy batch_delete on sources.batch for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on sources.batch to rekisteri_app;
create policy fault_delete on sources.fault for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on sources.fault to rekisteri_app;
create policy bank_file_delete on sources.bank_file for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on sources.bank_file to rekisteri_app;
create policy vtj_task_delete on sources.vtj_task for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on sources.vtj_task to rekisteri_app;
create policy vtj_run_delete on sources.vtj_run for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on sources.vtj_run to rekisteri_app;

create policy directory_run_delete on sources.directory_run for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on sources.directory_run to rekisteri_app;

create table sources.vtj_checked (
    run_id uuid not null references sources.vtj_run on delete cascade,
    party_id uuid not null references parties.party,
    outcome text not null check (outcome in ('waiting', 'same', 'differs', 'absent', 'unreadable', 'ended')),
    items jsonb not null,
    primary key (run_id, party_id)
);
comment on table sources.vtj_checked is 'Whom a check of many against VTJ asks of, and what came of each. No value of a customer.';
comment on column sources.vtj_checked.items is 'Item to how VTJ''s word stood to what was known: differs or new.';
create index vtj_checked_party on sources.vtj_checked (party_id);
alter table sources.vtj_checked enable row level security;
create policy vtj_checked_open on sources.vtj_checked for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{vtj}'));
create policy vtj_checked_insert on sources.vtj_checked for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_checked_update on sources.vtj_checked for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
create policy vtj_checked_delete on sources.vtj_checked for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant select, insert, update, delete on sources.vtj_checked to rekisteri_app;
