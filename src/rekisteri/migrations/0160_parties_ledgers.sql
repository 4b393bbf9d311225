-- What an organisation's invoicing and collection tell back is a source of its own, and no customership.
-- Numbered behind the banks' sources, whose rule it widens.
alter table parties.source drop constraint source_kind_check;
alter table parties.source add constraint source_kind_check
    check (kind in ('maintainer', 'vtj', 'person', 'bank', 'directory', 'organisation', 'ledger'));
alter table parties.source drop constraint source_of_organisation;
alter table parties.source
    add constraint source_of_organisation check ((kind in ('organisation', 'bank', 'ledger')) = (organisation_id is not null));
comment on table parties.source is 'Who states: a client organisation, the banks to one, its own invoicing and collection, or one of the kinds there is but one of.';
