-- A check of many against VTJ stands in the register: whom it is to ask, what became of each, so that it goes on from any stop and its
-- report can be read again.
alter table sources.vtj_run add column takes boolean not null default false;
alter table sources.vtj_run add column reason text;
comment on column sources.vtj_run.takes is 'Of a check of many: whether what differs is taken.';
comment on column sources.vtj_run.reason is 'Of a check of many: why, as its audit events say.';
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
