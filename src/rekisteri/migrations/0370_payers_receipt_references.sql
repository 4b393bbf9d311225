-- A receipt names an organisation and a key, and a batch names the same ones a hundred thousand times: they are looked up once a
-- statement. Neither is ever taken away: no act may delete an organisation, nor change a key.
alter table payers.receipt
    drop constraint receipt_organisation_id_fkey,
    drop constraint receipt_key_id_fkey,
    add constraint receipt_organisation_id_fkey foreign key (organisation_id) references access.organisation not enforced,
    add constraint receipt_key_id_fkey foreign key (key_id) references payers.receipt_key not enforced;
create function payers.hold_receipts() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select distinct g.organisation_id from given g
               except select o.id from access.organisation o)
       or exists (select distinct g.key_id from given g
                  except select k.id from payers.receipt_key k) then
        raise foreign_key_violation using message = 'A receipt names an organisation or a key that is not there.';
    end if;
    return null;
end
$$;
comment on function payers.hold_receipts is
    'Refuses receipts of an organisation or a key that is not there: what enforced references would ask of every row, asked once a statement.';
revoke execute on function payers.hold_receipts from public;
create trigger receipt_held after insert on payers.receipt referencing new table as given
    for each statement execute function payers.hold_receipts();
create function payers.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise integrity_constraint_violation using message = 'A key that receipts were signed with stays as it is.';
end
$$;
comment on function payers.refuse_change is 'Refuses, whoever asks, to change or take away a key: a receipt given is proved by it for ever.';
revoke execute on function payers.refuse_change from public;
create trigger receipt_key_stays before update or delete or truncate on payers.receipt_key
    for each statement execute function payers.refuse_change();
