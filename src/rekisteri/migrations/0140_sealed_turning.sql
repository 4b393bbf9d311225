-- What is sealed or digested is made anew when its key turns: receipts, reports, messages of banks, answers of VTJ.
create policy receipt_update on payers.receipt for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{payers}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{payers}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
grant update (body) on payers.receipt to rekisteri_app;
create policy report_update on payers.report for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{payers}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{payers}') and ((select current_setting('rekisteri.everywhere', true)) = 'on' or organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])::integer[])));
grant update (key_hash, digest) on payers.report to rekisteri_app;
create policy bank_file_part_update on sources.bank_file_part for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant update (sealed) on sources.bank_file_part to rekisteri_app;
create policy bank_evidence_update on sources.bank_evidence for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant update (sealed) on sources.bank_evidence to rekisteri_app;
create policy bank_answer_update on sources.bank_answer for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{banks}'));
grant update (once) on sources.bank_answer to rekisteri_app;
create policy vtj_answer_update on sources.vtj_answer for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{vtj}'));
grant update (sealed) on sources.vtj_answer to rekisteri_app;
