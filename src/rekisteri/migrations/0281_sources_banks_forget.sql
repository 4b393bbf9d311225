-- Orders that can't be delivered to are paused, and what is past its day is forgotten.
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
