-- A request may be the service centre's own, of no client organisation; what must be done about payers is told to
-- whoever acts for the organisation it is of.
drop policy request_insert on rights.request;
drop policy request_update on rights.request;
create policy request_insert on rights.request for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{requests}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or (organisation_id is null or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[]) or party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid))));
create policy request_update on rights.request for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{requests}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{requests}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or (organisation_id is null or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[]) or party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid))));
drop policy task_open on payers.task;
create policy task_read on payers.task for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{payers,work}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
