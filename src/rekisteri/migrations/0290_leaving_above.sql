-- Signals and canaries leave with the log they are of, mandates with their orders.

create policy review_delete on access.review for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on access.review to rekisteri_app;
create policy emergency_delete on access.emergency for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on access.emergency to rekisteri_app;
create policy signal_delete on oversight.signal for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on oversight.signal to rekisteri_app;
create policy canary_delete on oversight.canary for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on oversight.canary to rekisteri_app;
create policy disclosure_delete on rights.disclosure for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on rights.disclosure to rekisteri_app;
create policy disclosed_delete on rights.disclosed for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on rights.disclosed to rekisteri_app;
create policy conflict_delete on rights.conflict for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{retention}'));
grant delete on rights.conflict to rekisteri_app;
