-- Merges and splits are news of their own, and a mistaken merge gives back what it covered.
alter table parties.change drop constraint change_kind_check;
alter table parties.change add constraint change_kind_check
    check (kind in ('born', 'changed', 'placed', 'ended', 'merged', 'split'));

create policy protected_open on parties.protected for delete to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all'
        and (select current_setting('rekisteri.protected', true)) = 'on');
grant delete on parties.protected to rekisteri_app;
