-- Whom a record names goes in with the record, by one function, and out before it: the reference is declared, like the others among customer,
-- record, statement and code, and not asked of each row.
alter table parties.named alter constraint named_record_id_fkey not enforced;
