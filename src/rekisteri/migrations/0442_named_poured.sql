-- Whom a record names goes in with the record, by one function, and out before it: the reference is declared, like the others among customer,
-- record, statement and code, and not asked of each row.
alter table parties.named alter constraint named_record_id_fkey not enforced;
-- And it is poured in with them: the table refuses an act that may not bring in customers, as the others do.
create trigger named_poured before insert on parties.named for each statement
    when (not coalesce(nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}', true))
    execute function parties.refuse_rows();
