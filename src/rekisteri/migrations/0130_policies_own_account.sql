-- Of accounts, grants, sessions and factors an act on the viewer's own account meets the viewer's own alone.
drop policy account_open on access.account;
drop policy account_insert on access.account;
drop policy account_update on access.account;
drop policy grant_open on access.grant;
drop policy session_open on access.session;
drop policy session_insert on access.session;
drop policy session_update on access.session;
drop policy session_delete on access.session;
drop policy factor_open on access.factor;
drop policy factor_insert on access.factor;
drop policy factor_update on access.factor;
drop policy factor_delete on access.factor;
drop policy recovery_open on access.recovery;
drop policy recovery_insert on access.recovery;
drop policy recovery_update on access.recovery;
drop policy recovery_delete on access.recovery;
create policy account_open on access.account for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,sign_in}'));
create policy account_mine on access.account for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{own_account}') and id = (select nullif(current_setting('rekisteri.account', true), '')::uuid));
create policy account_insert on access.account for insert to rekisteri_app
    with check (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy account_update on access.account for update to rekisteri_app
    using (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)))
    with check (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy grant_open on access.grant for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,sign_in}'));
create policy grant_mine on access.grant for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid));
create policy session_open on access.session for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,sign_in}'));
create policy session_mine on access.session for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid));
create policy session_insert on access.session for insert to rekisteri_app
    with check (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy session_update on access.session for update to rekisteri_app
    using (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)))
    with check (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy session_delete on access.session for delete to rekisteri_app
    using (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy factor_open on access.factor for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,sign_in}'));
create policy factor_mine on access.factor for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid));
create policy factor_insert on access.factor for insert to rekisteri_app
    with check (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy factor_update on access.factor for update to rekisteri_app
    using (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)))
    with check (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy factor_delete on access.factor for delete to rekisteri_app
    using (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy recovery_open on access.recovery for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{accounts,sign_in}'));
create policy recovery_mine on access.recovery for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid));
create policy recovery_insert on access.recovery for insert to rekisteri_app
    with check (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy recovery_update on access.recovery for update to rekisteri_app
    using (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)))
    with check (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
create policy recovery_delete on access.recovery for delete to rekisteri_app
    using (((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{accounts,sign_in}') or (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{own_account}') and account_id = (select nullif(current_setting('rekisteri.account', true), '')::uuid)));
