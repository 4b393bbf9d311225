-- Room: audit. A data subject's own view of the log opens the events of the subject and no others (GDPR art. 15), a client
-- organisation's officer those of the organisation;
-- witnesses and their signatures are written by acts that are about them.
create function audit.acted_for(uuid) returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp
    return exists (select from audit.event e where e.id = $1
                   and e.organisations && nullif(current_setting('rekisteri.organisations', true), '')::integer[]);
comment on function audit.acted_for(uuid) is
    'Whether an event is of somebody who acted for one of the viewer''s client organisations.';
revoke execute on function audit.acted_for(uuid) from public;
grant execute on function audit.acted_for(uuid) to rekisteri_app;
create policy event_own on audit.event for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'own' and organisations && (select nullif(current_setting('rekisteri.organisations', true), '')::integer[]));
create policy event_self on audit.event for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'self' and (subjects && (select nullif(current_setting('rekisteri.log_of', true), '')::uuid[]) or exists (select from audit.subject_block b where b.event_id = id and b.party_ids && (select nullif(current_setting('rekisteri.log_of', true), '')::uuid[]))));
create policy subject_own on audit.subject for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'own' and audit.acted_for(event_id));
create policy subject_self on audit.subject for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'self' and party_id = any ((select nullif(current_setting('rekisteri.log_of', true), '')::uuid[])::uuid[]));
create policy subject_block_own on audit.subject_block for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'own' and audit.acted_for(event_id));
create policy subject_block_self on audit.subject_block for select to rekisteri_app
    using ((select current_setting('rekisteri.log', true)) = 'self' and party_ids && (select nullif(current_setting('rekisteri.log_of', true), '')::uuid[]));
drop policy witness_all on audit.witness;
drop policy cosignature_read on audit.cosignature;
drop policy cosignature_append on audit.cosignature;
create policy witness_read on audit.witness for select to rekisteri_app
    using (true);
create policy witness_insert on audit.witness for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{evidence}'));
create policy witness_update on audit.witness for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{evidence}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{evidence}'));
create policy cosignature_read on audit.cosignature for select to rekisteri_app
    using (true);
create policy cosignature_insert on audit.cosignature for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{evidence}'));
