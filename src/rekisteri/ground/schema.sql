-- Room: ground. The application's role: neither owner nor superuser, so that every policy binds it.
do $$
begin
    if not exists (select from pg_roles where rolname = 'rekisteri_app') then
        create role rekisteri_app nologin noinherit;
    end if;
exception when duplicate_object or unique_violation then
    null; -- another database of the same server was being set up at the same moment
end
$$;
grant rekisteri_app to current_user;
