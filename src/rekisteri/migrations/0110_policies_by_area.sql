-- Acts write by area: what an act may change follows from what it is, no more from how far it sees. Policies and
-- grants are generated from the page of tables (access/tables.py).

drop policy lot_make on ground.lot;
drop policy lot_turn on ground.lot;
drop policy lot_end on ground.lot;
drop policy condemned_all on ground.condemned;
create policy lot_insert on ground.lot for insert to rekisteri_app
    with check (true);
create policy lot_update on ground.lot for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{keys}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{keys}'));
create policy lot_delete on ground.lot for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{keys}'));
create policy condemned_open on ground.condemned for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{keys}'));
create policy condemned_insert on ground.condemned for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{keys}'));
create policy condemned_update on ground.condemned for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{keys}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{keys}'));
create policy condemned_delete on ground.condemned for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{keys}'));

drop policy organisation_all on access.organisation;
drop policy account_all on access.account;
drop policy grant_all on access.grant;
drop policy session_all on access.session;
create function access.handle(account uuid) returns text
language sql stable security definer
begin atomic
    select a.handle from access.account a where a.id = account;
end;
comment on function access.handle is 'The sign-in name of an account: all that history tells of who wrote.';
revoke execute on function access.handle from public;
grant execute on function access.handle to rekisteri_app;
create policy organisation_read on access.organisation for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.reach', true), '')) is not null);
create policy organisation_insert on access.organisation for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{organisations}'));
create policy organisation_update on access.organisation for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{organisations}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{organisations}'));
create policy account_open on access.account for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,sign_in}'));
create policy account_insert on access.account for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}'));
create policy account_update on access.account for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}'));
create policy grant_open on access.grant for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,sign_in}'));
create policy grant_insert on access.grant for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts}'));
create policy grant_update on access.grant for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts}'));
create policy session_open on access.session for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,sign_in}'));
create policy session_insert on access.session for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}'));
create policy session_update on access.session for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}'));
create policy session_delete on access.session for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}'));

drop policy source_all on parties.source;
drop policy party_all on parties.party;
drop policy record_all on parties.record;
drop policy statement_all on parties.statement;
drop policy protected_write on parties.protected;
drop policy protected_turn on parties.protected;
drop policy protected_open on parties.protected;
drop policy identifier_all on parties.identifier;
drop policy judgement_all on parties.judgement;
drop policy work_all on parties.work;
drop policy change_all on parties.change;
drop policy word_all on parties.word;
drop policy word_variant_all on parties.word_variant;
create or replace function parties.reaches(party uuid) returns boolean
language sql stable security definer
begin atomic
    select exists (select from parties.party p
                   where p.id = party
                     and p.organisations && nullif(current_setting('rekisteri.organisations', true), '')::integer[]);
end;
comment on function parties.reaches is
    'Whether the party is a customer of the viewer''s client organisations. A function of the owner, so that policies stand beside each other instead of inside one another: nested ones cost milliseconds to plan.';
create or replace function parties.reaches_record(record uuid) returns boolean
language sql stable security definer
begin atomic
    select exists (select from parties.record r join parties.party p on p.id = r.party_id
                   where r.id = record
                     and p.organisations && nullif(current_setting('rekisteri.organisations', true), '')::integer[]);
end;
comment on function parties.reaches_record is 'Whether the party of the record is a customer of the viewer''s client organisations.';
create function parties.is_self(record uuid) returns boolean
language sql stable security definer
begin atomic
    select exists (select from parties.record r
                   where r.id = record and r.party_id = nullif(current_setting('rekisteri.self', true), '')::uuid);
end;
comment on function parties.is_self is 'Whether the record is of the data subject who acts, or whom the subject acts for.';
revoke execute on function parties.reaches, parties.reaches_record, parties.is_self from public;
grant execute on function parties.reaches, parties.reaches_record, parties.is_self to rekisteri_app;
create policy source_read on parties.source for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.reach', true), '')) is not null);
create policy source_insert on parties.source for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy party_all on parties.party for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy party_self on parties.party for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy party_insert on parties.party for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy party_update on parties.party for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy record_all on parties.record for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy record_self on parties.record for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy record_insert on parties.record for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or source_id = any (array(select s.id from parties.source s where s.organisation_id is null or s.organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])))));
create policy record_update on parties.record for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or source_id = any (array(select s.id from parties.source s where s.organisation_id is null or s.organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])))));
create policy statement_all on parties.statement for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy statement_self on parties.statement for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and parties.is_self(record_id));
create policy statement_insert on parties.statement for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy statement_update on parties.statement for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy protected_insert on parties.protected for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy protected_delete on parties.protected for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}') and (select current_setting('rekisteri.protected', true)) = 'on');
create policy protected_update on parties.protected for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy identifier_all on parties.identifier for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy identifier_self on parties.identifier for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy identifier_insert on parties.identifier for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy identifier_update on parties.identifier for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy judgement_all on parties.judgement for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy judgement_self on parties.judgement for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and parties.is_self(record_id));
create policy judgement_insert on parties.judgement for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy work_read on parties.work for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{work}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy work_insert on parties.work for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{work}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy work_update on parties.work for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{work}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{work}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy change_all on parties.change for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy change_insert on parties.change for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy word_read on parties.word for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) in ('own', 'all'));
create policy word_insert on parties.word for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy word_variant_read on parties.word_variant for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) in ('own', 'all'));
create policy word_variant_insert on parties.word_variant for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));

drop policy payment_reason_read on payers.payment_reason;
drop policy payment_reason_append on payers.payment_reason;
create policy payment_reason_read on payers.payment_reason for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.reach', true), '')) is not null);
create policy payment_reason_insert on payers.payment_reason for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{reasons}'));

drop policy batch_all on sources.batch;
drop policy batch_own on sources.batch;
drop policy fault_all on sources.fault;
drop policy fault_own on sources.fault;
create policy batch_read on sources.batch for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) in ('own', 'all') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy batch_insert on sources.batch for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{intake}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
create policy fault_read on sources.fault for select to rekisteri_app
    using (exists (select from sources.batch b where b.id = batch_id));
create policy fault_insert on sources.fault for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{intake}'));
create policy fault_update on sources.fault for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{intake}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{intake}'));

drop policy notice_all on rights.notice;
drop policy notice_shown_write on rights.notice_shown;
create policy notice_read on rights.notice for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.reach', true), '')) is not null);
create policy notice_insert on rights.notice for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{notice}'));
create policy notice_shown_self on rights.notice_shown for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy notice_shown_insert on rights.notice_shown for insert to rekisteri_app
    with check (true);
