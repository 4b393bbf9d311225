-- Checks of a customer against VTJ: answers that wait for a decision, and how much was asked.
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
