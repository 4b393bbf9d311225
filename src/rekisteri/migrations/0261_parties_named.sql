-- Whom the words of VTJ and of maintainers name as custodian or guardian can be asked backwards: so that a person may act
-- for another. And a data subject meets their own rows where so far the staff alone did.
create table parties.named (
    record_id uuid not null references parties.record,
    blind bytea not null,
    primary key (record_id, blind)
);
comment on table parties.named is 'Blind indexes of whom the last word of VTJ or of a maintainer names as custodian or guardian: so that it can be asked whom somebody represents.';
create index named_blind on parties.named (blind);
alter table parties.named enable row level security;
create policy named_all on parties.named for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy named_insert on parties.named for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy named_delete on parties.named for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy named_update on parties.named for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
grant select, insert, delete on parties.named to rekisteri_app;
grant update (blind) on parties.named to rekisteri_app;
create policy work_self on parties.work for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy receipt_self on payers.receipt for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and (customer_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid) or (select nullif(current_setting('rekisteri.self', true), '')::uuid) = any (party_ids)));
create policy report_self on payers.report for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy task_self on payers.task for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy proposal_self on sources.proposal for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and parties.is_self(record_id));
create policy bank_message_self on sources.bank_message for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and parties.is_self(record_id));
