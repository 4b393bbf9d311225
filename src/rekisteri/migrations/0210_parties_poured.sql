-- Customers a delivery brings are poured in by COPY, which no policy binds: the tables refuse an act that may not.
create function parties.may_pour(source integer) returns boolean
language sql stable
begin atomic
    select coalesce(nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}', false)
       and (current_setting('rekisteri.everywhere', true) = 'on'
            or exists (select from parties.source s
                       where s.id = source
                         and (s.organisation_id is null
                              or s.organisation_id = any (nullif(current_setting('rekisteri.organisations', true), '')::integer[]))));
end;
comment on function parties.may_pour is
    'Whether this act may bring in records of the source: what policy record_insert asks of a row, asked once for rows that COPY brings.';
create function parties.allow_pouring(source integer) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    if not parties.may_pour(source) then
        raise insufficient_privilege using message = 'This act may not bring in customers of the source.';
    end if;
end
$$;
comment on function parties.allow_pouring is 'Refuses an act that may not bring in records of the source; asked before rows are poured in.';
create function parties.refuse_rows() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise insufficient_privilege using message = 'This act may not bring in customers.';
end
$$;
comment on function parties.refuse_rows is
    'Refuses rows of an act that may not bring in customers, whoever writes them: COPY runs as the owner, whom no policy binds.';
revoke execute on function parties.may_pour, parties.allow_pouring, parties.refuse_rows from public;
grant execute on function parties.may_pour, parties.allow_pouring to rekisteri_app;
create trigger party_poured before insert on parties.party for each statement
    when (not coalesce(nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}', true))
    execute function parties.refuse_rows();
create trigger record_poured before insert on parties.record for each statement
    when (not coalesce(nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}', true))
    execute function parties.refuse_rows();
create trigger statement_poured before insert on parties.statement for each statement
    when (not coalesce(nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}', true))
    execute function parties.refuse_rows();
create trigger identifier_poured before insert on parties.identifier for each statement
    when (not coalesce(nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}', true))
    execute function parties.refuse_rows();
