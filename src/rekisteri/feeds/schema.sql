-- Room: feeds. What recipients are told, and that it reached them.
create schema feeds;
comment on schema feeds is 'What declared recipients are told of their customers: gathered from the news, handed over, delivered.';

create table feeds.recipient (
    name text primary key,
    organisation_id integer not null references access.organisation,
    begun_at timestamptz not null,
    failures smallint not null default 0,
    rest_until timestamptz
);
comment on table feeds.recipient is 'Who has ever been told of customers; as what, stands in the declaration alone.';
comment on column feeds.recipient.failures is 'How often in a row its endpoint has failed whatever it was sent.';
comment on column feeds.recipient.rest_until is 'Until then the endpoint is left in peace.';
comment on column feeds.recipient.begun_at is 'From then on news is gathered for it; what was before it gets by a snapshot.';

create table feeds.reading (
    alone boolean primary key default true check (alone),
    floor bigint not null default 0,
    edge bigint,
    edge_noted_at timestamptz,
    edge_xid xid8
);
comment on table feeds.reading is 'How far the news (parties.change) has been read: every row up to the floor, and above it what feeds.met lists.';
comment on column feeds.reading.edge is 'The next floor: taken when every transaction that could still bring news below it has ended.';
comment on column feeds.reading.edge_noted_at is 'When the edge was chosen; its horizon is taken a while later.';
comment on column feeds.reading.edge_xid is 'The horizon: once no transaction below it is under way, nothing below the edge is to come.';
insert into feeds.reading default values;

create table feeds.met (
    change_id bigint primary key
);
comment on table feeds.met is 'News above the floor that has been read: transactions commit in another order than they number their news.';

create table feeds.event (
    id uuid primary key default uuidv7(),
    sequence bigint not null generated always as identity,
    recipient text not null references feeds.recipient,
    organisation_id integer not null references access.organisation,
    change_id bigint not null,
    kind text not null check (kind in ('added', 'changed', 'corrected', 'protected', 'merged', 'parted', 'ended', 'erased')),
    record_id uuid not null,
    key text not null,
    party_id uuid not null,
    former_party_id uuid,
    items text[] not null,
    at timestamptz not null,
    state text not null default 'waiting' check (state in ('waiting', 'sent', 'dead')),
    tries smallint not null default 0,
    due_at timestamptz not null,
    handed_at timestamptz,
    settled_at timestamptz,
    failure text,
    check ((state = 'sent') = (settled_at is not null)),
    constraint event_once unique (recipient, change_id, record_id)
);
comment on table feeds.event is 'What each recipient is to be told, and whether it has been: of which of its customers, when, which items; never a value.';
comment on column feeds.event.id is 'The event''s own name, the same however often it is sent: whoever has met it does nothing.';
comment on column feeds.event.sequence is 'The order, in which the cursor goes.';
comment on column feeds.event.key is 'The recipient''s own customer number, so that an end can be told when all else is gone.';
comment on column feeds.event.former_party_id is 'Of merged and parted: whose record it was before.';
comment on column feeds.event.handed_at is 'When it first left the house, or may have.';
comment on column feeds.event.failure is 'Why the last try failed, in a word.';
create unique index event_sequence on feeds.event (recipient, sequence);
create index event_record on feeds.event (record_id, recipient, sequence);
create index event_due on feeds.event (recipient, due_at) where state = 'waiting';
create index event_dead on feeds.event (recipient) where state = 'dead';

create table feeds.handover (
    id uuid primary key default uuidv7(),
    recipient text not null references feeds.recipient,
    organisation_id integer not null references access.organisation,
    way text not null check (way in ('snapshot', 'file')),
    at timestamptz not null,
    name text,
    faults integer not null default 0,
    items text[] not null,
    record_ids uuid[] not null
);
comment on table feeds.handover is 'What was handed over many at a time: a page of a snapshot, a file. Of whom, when, which items; never a value.';
comment on column feeds.handover.name is 'Of a file: its name.';
comment on column feeds.handover.faults is 'Of a file: how many customers are not in it, for their data does not fit its form.';
create index handover_records on feeds.handover using gin (record_ids);
create index handover_recipient on feeds.handover (recipient, way, at);

create function feeds.stirring() returns boolean
language sql stable security definer
begin atomic
    select exists (select from parties.change c
                   where c.id > (select floor from feeds.reading)
                     and not exists (select from feeds.met m where m.change_id = c.id));
end;
comment on function feeds.stirring is
    'Whether there is news nobody has gathered yet: asked every few seconds, so it is no act and tells nothing else.';
revoke execute on function feeds.stirring from public;
grant execute on function feeds.stirring to rekisteri_app;

alter table feeds.recipient enable row level security;
alter table feeds.reading enable row level security;
alter table feeds.met enable row level security;
alter table feeds.event enable row level security;
alter table feeds.handover enable row level security;

create policy recipient_read on feeds.recipient for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.reach', true), '')) is not null);
create policy recipient_insert on feeds.recipient for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{feeds}'));
create policy recipient_update on feeds.recipient for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{feeds}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{feeds}'));
grant select, insert on feeds.recipient to rekisteri_app;
grant update (failures, rest_until) on feeds.recipient to rekisteri_app;

create policy reading_open on feeds.reading for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{feeds}'));
create policy reading_update on feeds.reading for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{feeds}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{feeds}'));
grant select on feeds.reading to rekisteri_app;
grant update (floor, edge, edge_noted_at, edge_xid) on feeds.reading to rekisteri_app;

create policy met_open on feeds.met for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{feeds}'));
create policy met_insert on feeds.met for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{feeds}'));
create policy met_delete on feeds.met for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{feeds}'));
grant select, insert, delete on feeds.met to rekisteri_app;

create policy event_all on feeds.event for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy event_own on feeds.event for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own' and organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[]));
create policy event_self on feeds.event for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and parties.is_self(record_id));
create policy event_insert on feeds.event for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{feeds}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or kind = 'erased' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy event_update on feeds.event for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{feeds}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{feeds}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or kind = 'erased' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
grant select, insert on feeds.event to rekisteri_app;
grant update (state, tries, due_at, handed_at, settled_at, failure) on feeds.event to rekisteri_app;

create policy handover_all on feeds.handover for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy handover_own on feeds.handover for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'own' and organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[]));
create policy handover_self on feeds.handover for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and record_ids && (select array(select r.id from parties.record r where r.party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid))));
create policy handover_insert on feeds.handover for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{feeds}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
grant select, insert on feeds.handover to rekisteri_app;
grant usage on schema feeds to rekisteri_app;

create policy event_delete on feeds.event for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on feeds.event to rekisteri_app;

create policy handover_delete on feeds.handover for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on feeds.handover to rekisteri_app;
