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

create sequence ground.lot_number as integer;
create table ground.lot (
    number integer primary key check (number > 0),
    key text not null check (key in ('secret', 'protected')),
    depth smallint not null check (depth between 1 and 16),
    version integer not null check (version > 0),
    born_version integer not null check (born_version > 0),
    wrapped bytea not null
);
comment on table ground.lot is
    'Lots of one-time keys that values are sealed with, wrapped by a named key outside the database: worthless without it.';
comment on column ground.lot.depth is 'Of its tree: a lot has two to this power of keys.';
comment on column ground.lot.version is 'Version of the named key it is wrapped by now.';
comment on column ground.lot.born_version is 'Version of the named key when it was made: what a rotation seals anew.';
create index lot_version on ground.lot (key, version);

create table ground.condemned (
    lot integer not null,
    leaf integer not null check (leaf >= 0),
    key text not null check (key in ('secret', 'protected')),
    at timestamptz not null,
    primary key (lot, leaf)
);
comment on table ground.condemned is
    'Keys of erased values that are still to be cut out of their lots, so that no backup opens them.';

alter table ground.lot enable row level security;
alter table ground.condemned enable row level security;
create policy lot_read on ground.lot for select to rekisteri_app using (true);
create policy lot_insert on ground.lot for insert to rekisteri_app
    with check (true);
create policy lot_update on ground.lot for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{keys}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{keys}'));
create policy lot_delete on ground.lot for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{keys}'));
create policy condemned_open on ground.condemned for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.opens', true), '')::text[] && '{keys}'));
create policy condemned_insert on ground.condemned for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{keys}'));
create policy condemned_update on ground.condemned for update to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{keys}'))
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{keys}'));
create policy condemned_delete on ground.condemned for delete to rekisteri_app
    using ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{keys}'));
grant usage on schema ground to rekisteri_app;
grant usage on sequence ground.lot_number to rekisteri_app;
grant select, insert, update, delete on ground.lot, ground.condemned to rekisteri_app;
