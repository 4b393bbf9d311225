-- Whoever was told of a customer is told that it was erased (GDPR art. 19), whoever erases and whosever customer it was.
alter table feeds.event drop constraint event_kind_check;
alter table feeds.event add constraint event_kind_check
    check (kind in ('added', 'changed', 'corrected', 'protected', 'merged', 'parted', 'ended', 'erased'));
drop policy event_insert on feeds.event;
create policy event_insert on feeds.event for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{feeds}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or kind = 'erased' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
drop policy event_update on feeds.event;
create policy event_update on feeds.event for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{feeds}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{feeds}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or kind = 'erased' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
