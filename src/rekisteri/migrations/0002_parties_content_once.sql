-- What is said is stored once: a golden record that is but its only statement does not repeat it.
alter table parties.party alter column content drop not null;
comment on column parties.party.content is
    'Null while the party''s first statement (of its own id) is all that made it: the golden record is then that statement''s.';

-- As it was said: nobody but a person asks for a part of it, and a parsed form costs more than it gives.
alter table parties.statement alter column content type json using content::json;

-- One index for what were two: statements are asked for by their record.
alter table parties.protected add column record_id uuid;
update parties.protected p set record_id = (select s.record_id from parties.statement s where s.id = p.statement_id);
alter table parties.protected alter column record_id set not null;
drop policy protected_read on parties.protected;
alter table parties.protected drop constraint protected_statement_id_fkey;
drop index parties.statement_record;
alter table parties.statement drop constraint statement_pkey;
alter table parties.statement add primary key (record_id, id);
alter table parties.protected
    add constraint protected_statement foreign key (record_id, statement_id) references parties.statement (record_id, id);
create policy protected_read on parties.protected for select to rekisteri_app
    using ((select current_setting('rekisteri.protected', true)) = 'on'
        and exists (select from parties.statement s
                    where s.record_id = protected.record_id and s.id = protected.statement_id));

-- What was found is read where it is shown: four hundred candidates need no content to be ranked.
drop function parties.find;
create function parties.find(query tsquery, named tsquery, most integer)
returns table (id uuid, kind text, name text, turvakielto text, organisations integer[], lexemes text[])
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select p.id, p.kind, p.name, p.turvakielto, p.organisations, tsvector_to_array(p.words)
    from parties.party p
    where p.words @@ query
      and case current_setting('rekisteri.reach', true)
          when 'all' then true
          when 'own' then p.organisations && nullif(current_setting('rekisteri.organisations', true), '')::integer[]
              and (p.turvakielto = 'off' or p.words @@ named
                   or p.turvakielto = 'unknown'
                      and p.organisations <@ nullif(current_setting('rekisteri.organisations', true), '')::integer[])
          else false
          end
    limit most
$$;
comment on function parties.find is
    'Search by words under the same rules as policy party_own. A function of the owner, because full-text matching is not leakproof: under row-level security the index could not be used.';
revoke execute on function parties.find from public;
grant execute on function parties.find to rekisteri_app;
