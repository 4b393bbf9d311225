-- The banks are a source to each client organisation: what they tell is of its invoices, and is no customership.
alter table parties.source drop constraint source_check;
alter table parties.source drop constraint source_organisation_id_key;
alter table parties.source add unique (organisation_id, kind);
alter table parties.source
    add constraint source_of_organisation check ((kind in ('organisation', 'bank')) = (organisation_id is not null));
comment on table parties.source is 'Who states: a client organisation, the banks to one, or one of the kinds there is but one of.';
