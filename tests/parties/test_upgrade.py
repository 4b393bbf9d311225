"""A register of an older version comes up to date with its customers in it."""

from __future__ import annotations

import psycopg
import pytest

from rekisteri.ground import migrations

PARTY, FIRST, LATER = (f"0190a000-0000-7000-8000-00000000000{number}" for number in (1, 2, 3))

OLD_LIFE = f"""
insert into access.organisation (code, name, ytunnus, created_at) values ('kaupunki', 'Kaupunki', '1234567-1', '2026-01-01');
insert into parties.source (kind, organisation_id) select 'organisation', id from access.organisation;
insert into parties.party (id, kind, name, content, turvakielto, organisations, words)
values ('{PARTY}', 'person', 'Aho Aapo', '{{"surname": "Aho"}}', 'on', array[1], 'naho');
insert into parties.record (id, source_id, key, party_id, digest, since_on)
select '{PARTY}', id, 'K1', '{PARTY}', '', '2026-01-01' from parties.source;
insert into parties.statement (id, record_id, content, valid, recorded) values
    ('{FIRST}', '{PARTY}', '{{"surname": "Aho", "language": "fi"}}', '[2026-01-01,)', '[2026-01-01,2026-02-01)'),
    ('{LATER}', '{PARTY}', '{{"surname": "Aho"}}', '[2026-02-01,)', '[2026-02-01,)');
insert into parties.protected (statement_id, sealed) values ('{LATER}', '\\x01');
"""


def test_customers_of_an_older_register_are_as_they_were(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = migrations.files()
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "files", lambda: every[:1])
        migrations.migrate(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        connection.execute(OLD_LIFE.encode())
    assert migrations.migrate(empty_database_url) == [name for name, _ in every[1:]]
    with psycopg.connect(empty_database_url) as connection:
        (content,) = connection.execute("select content from parties.party").fetchall()
        words = connection.execute("select id::text, content from parties.statement order by id").fetchall()
        apart = connection.execute("select record_id::text, statement_id::text from parties.protected").fetchall()
    assert content == ({"surname": "Aho"},)
    assert words == [(FIRST, {"surname": "Aho", "language": "fi"}), (LATER, {"surname": "Aho"})]
    assert apart == [(PARTY, LATER)]
