"""Plain-SQL migrations: numbered files, run once each, in order, under one lock.

``rekisteri/migrations/NNNN_name.sql`` is history; each room's ``schema.sql`` is the
present. A law of the house proves that the one ends exactly in the other.
"""

from __future__ import annotations

import hashlib
from importlib import resources

import psycopg

from rekisteri.ground.errors import Conflict, Unavailable

LOCK = 0x52454B49
OLDEST_SERVER = 180000

_LEDGER = """
create schema if not exists ground;
create table if not exists ground.migration (
    name text primary key,
    checksum text not null,
    applied_at timestamptz not null default now()
);
comment on schema ground is 'What every room stands on.';
comment on table ground.migration is 'Migrations that have run, with the checksum of each file.';
"""


def migrate(url: str) -> list[str]:
    """Bring the database at ``url`` up to date; the names of the files that ran.

    Safe to call from many processes at once. Raises ``Unavailable`` for a server older
    than PostgreSQL 18 or a user without the rights, and ``Conflict`` where a file changed after it had run.
    """
    try:
        return _migrate(url)
    except psycopg.errors.InsufficientPrivilege as error:
        raise Unavailable(
            "The database user may not set the register up. It must own the database and either have CREATEROLE "
            "or be granted the role rekisteri_app WITH ADMIN OPTION; docs/how-to/your-own-postgresql.md tells how."
        ) from error


def _migrate(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        if connection.info.server_version < OLDEST_SERVER:
            raise Unavailable("PostgreSQL 18 or newer is needed; REKISTERI_DATABASE_URL points at an older one.")
        connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        connection.execute("select set_config('client_min_messages', 'warning', true)")
        connection.execute(_LEDGER)
        applied = connection.execute("select name, checksum from ground.migration").fetchall()
        done: dict[str, str] = dict(applied)
        ran = []
        for name, text in files():
            checksum = hashlib.sha256(text.encode()).hexdigest()
            if done.get(name, checksum) != checksum:
                raise Conflict(f"Migration {name} has changed since it ran; restore it and write a new one.")
            if name not in done:
                connection.execute(text.encode())
                connection.execute("insert into ground.migration (name, checksum) values (%s, %s)", (name, checksum))
                ran.append(name)
        return ran


def files() -> list[tuple[str, str]]:
    """Every migration as (name, text), in the order they run."""
    folder = resources.files("rekisteri") / "migrations"
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    return [(entry.name, entry.read_text("utf-8")) for entry in sorted(found, key=lambda entry: entry.name)]
