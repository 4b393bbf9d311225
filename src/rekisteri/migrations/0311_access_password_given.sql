-- A password that somebody else made is changed before anything else is done with it.

alter table access.account add column password_given boolean not null default false;
comment on column access.account.password_given is
    'Somebody else made the password: whoever signs in with it may change it, and do nothing else.';
