-- The digest of a delivery's file is carried on when the key of digests turns.
create policy batch_update on sources.batch for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{intake}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{intake}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
grant update (file_digest) on sources.batch to rekisteri_app;
