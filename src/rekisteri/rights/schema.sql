-- Room: rights. What the data subject may ask, and what the register says of itself.
create schema rights;
comment on schema rights is 'The data subject''s rights, and the notice of what the register does.';

create table rights.notice (
    number integer primary key check (number > 0),
    published_at timestamptz not null,
    published_by text not null,
    mark text not null unique,
    content jsonb not null
);
comment on table rights.notice is 'Every published version of the notice, whole, in its three forms and languages.';
comment on column rights.notice.mark is 'The first digits of the digest of the content: equal contents have equal marks.';

create table rights.notice_shown (
    id bigint primary key generated always as identity,
    number integer not null references rights.notice,
    party_id uuid references parties.party,
    channel text not null,
    shown_at timestamptz not null
);
comment on table rights.notice_shown is 'Which version was shown, to whom where that is known, and how.';
create index notice_shown_party on rights.notice_shown (party_id);

alter table rights.notice enable row level security;
alter table rights.notice_shown enable row level security;
create policy notice_read on rights.notice for select to rekisteri_app
    using ((select nullif(current_setting('rekisteri.reach', true), '')) is not null);
create policy notice_insert on rights.notice for insert to rekisteri_app
    with check ((select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{notice}'));
create policy notice_shown_all on rights.notice_shown for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'all');
create policy notice_shown_self on rights.notice_shown for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid));
create policy notice_shown_insert on rights.notice_shown for insert to rekisteri_app
    with check (true);

grant usage on schema rights to rekisteri_app;
grant select, insert on rights.notice, rights.notice_shown to rekisteri_app;
