-- Rows leave when their time has come: of every table whose keeping ends, within an act of retention alone.

create policy account_delete on access.account for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on access.account to rekisteri_app;
create policy grant_delete on access.grant for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on access.grant to rekisteri_app;
create policy client_delete on access.client for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on access.client to rekisteri_app;
create policy restriction_delete on access.restriction for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on access.restriction to rekisteri_app;
create policy exemption_delete on access.exemption for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on access.exemption to rekisteri_app;
create policy party_delete on parties.party for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.party to rekisteri_app;
create policy record_delete on parties.record for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.record to rekisteri_app;
create policy statement_delete on parties.statement for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.statement to rekisteri_app;
create policy identifier_delete on parties.identifier for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.identifier to rekisteri_app;
create policy judgement_delete on parties.judgement for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.judgement to rekisteri_app;
create policy work_delete on parties.work for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.work to rekisteri_app;
create policy change_delete on parties.change for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.change to rekisteri_app;
create policy word_delete on parties.word for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.word to rekisteri_app;
create policy word_variant_delete on parties.word_variant for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on parties.word_variant to rekisteri_app;
create policy receipt_delete on payers.receipt for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on payers.receipt to rekisteri_app;
create policy report_delete on payers.report for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on payers.report to rekisteri_app;
create policy task_delete on payers.task for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on payers.task to rekisteri_app;
create policy batch_delete on sources.batch for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on sources.batch to rekisteri_app;
create policy fault_delete on sources.fault for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on sources.fault to rekisteri_app;
create policy directory_run_delete on sources.directory_run for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on sources.directory_run to rekisteri_app;
create policy bank_file_delete on sources.bank_file for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on sources.bank_file to rekisteri_app;
create policy vtj_task_delete on sources.vtj_task for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on sources.vtj_task to rekisteri_app;
create policy vtj_run_delete on sources.vtj_run for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on sources.vtj_run to rekisteri_app;
create policy notice_shown_delete on rights.notice_shown for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on rights.notice_shown to rekisteri_app;
create policy request_delete on rights.request for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on rights.request to rekisteri_app;
create policy step_delete on rights.step for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on rights.step to rekisteri_app;
create policy event_delete on feeds.event for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on feeds.event to rekisteri_app;
create policy handover_delete on feeds.handover for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on feeds.handover to rekisteri_app;

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

drop function audit.forget_before(timestamptz);
create function audit.forget_before(before timestamptz, held uuid[]) returns bigint
    language sql security definer set search_path = pg_catalog, pg_temp
    begin atomic
        with old as materialized (
            select e.id, e.subjects from audit.event e
            where e.at < before and exists (select from audit.leaf l where l.event_id = e.id)
              and not e.subjects && held
              and not exists (select from audit.subject_block b where b.event_id = e.id and b.party_ids && held)
        ), unindexed as (
            delete from audit.subject s using old, unnest(old.subjects) as shown (party_id)
            where s.party_id = shown.party_id and s.event_id = old.id
        ), unblocked as (
            delete from audit.subject_block b using old where b.event_id = old.id
        ), gone as (
            delete from audit.event e using old where e.id = old.id returning 1
        )
        select count(*) from gone;
    end;
comment on function audit.forget_before(timestamptz, uuid[]) is
    'Erases events older than an instant, with salt and customers, but those of customers under a legal hold. One that has no leaf yet stays: nothing leaves unproven.';
revoke execute on function audit.forget_before(timestamptz, uuid[]) from public;
grant execute on function audit.forget_before(timestamptz, uuid[]) to rekisteri_app;
