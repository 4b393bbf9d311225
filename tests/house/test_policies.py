"""The database's policies are those of the page of tables, and a table that stands on no page is closed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import psycopg

from rekisteri.access import policies
from rekisteri.access.tables import TABLES, Table
from tests.access import plainly
from tests.house.reading import keep
from tests.house.test_schema import NO_ROW_SECURITY, run, tables_that

Connection = psycopg.Connection[tuple[Any, ...]]
COMMANDS = ("select", "insert", "update", "delete")

UNDECLARED: frozenset[str] = frozenset()
DIFFERENT: frozenset[str] = frozenset()
OPEN_VIEWS: frozenset[str] = frozenset()


class Right(NamedTuple):
    """One thing the application may do: a table, a command, and with which rows or columns."""

    table: str
    command: str
    what: str


def undeclared(url: str) -> Iterator[str]:
    names = [table.name for table in TABLES]
    declared = set(names)
    yield from (f"{name} stands twice in access/tables.py" for name in declared if names.count(name) > 1)
    there = set(tables_that(url, "true")) - NO_ROW_SECURITY
    for name in there - declared:
        yield f"{name} has no policy: declare it in src/rekisteri/access/tables.py, then python -m tools.policies {name}"
    for name in declared - there:
        yield f"{name} is declared in access/tables.py but not in the database"


def granted(connection: Connection) -> set[Right]:
    """What the application's role may do at all, by table and by column."""
    return {Right(*one) for one in connection.execute(
        """
        with acl as (
            select c.relnamespace, c.relname, null as column_name, a.*
            from pg_class c, aclexplode(c.relacl) a where c.relkind in ('r', 'p', 'v', 'm', 'f')
            union all
            select c.relnamespace, c.relname, t.attname, a.*
            from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
            where not exists (select from aclexplode(c.relacl) w
                              where w.grantee = a.grantee and w.privilege_type = a.privilege_type)
        )
        select n.nspname || '.' || a.relname, lower(a.privilege_type),
               concat_ws(' of ', coalesce(r.rolname, 'PUBLIC'), a.column_name)
        from acl a join pg_namespace n on n.oid = a.relnamespace left join pg_roles r on r.oid = a.grantee
        where (a.grantee = 0 or r.rolname = 'rekisteri_app') and n.nspname !~ '^(pg_|information_schema$)'
        """
    ).fetchall()}  # fmt: skip


def ruled(connection: Connection) -> set[Right]:
    """With which rows: the policies, one for each command they are for, in the server's own words."""
    found = connection.execute(
        """
        select schemaname || '.' || tablename, lower(cmd), permissive || ' to ' || roles::text, coalesce(qual, ''),
               coalesce(with_check, '')
        from pg_policies
        """
    ).fetchall()
    rights = set()
    for table, command, kind, using, check in found:
        for one in COMMANDS if command == "all" else (command,):
            left = check or using if one in ("insert", "update") else ""
            met = using if one != "insert" else ""
            rights.add(Right(table, one, f"{kind} using {met or 'nothing'} check {left or 'nothing'}"))
    return rights


def rights(connection: Connection) -> set[Right]:
    """All of it; a policy for what was never granted opens nothing and is left out."""
    may = granted(connection)
    commands = {(right.table, right.command) for right in may}
    return may | {rule for rule in ruled(connection) if (rule.table, rule.command) in commands}


def as_declared(connection: Connection, tables: Iterable[Table]) -> set[Right]:
    """The same of the page of tables: it is carried out in place of what is there, read, and undone."""
    connection.execute("savepoint declared")
    for where, policy in connection.execute(
        "select schemaname || '.' || tablename, policyname from pg_policies"
    ).fetchall():
        connection.execute(f'drop policy "{policy}" on {where}'.encode())
    for table in tables:
        connection.execute(f"revoke all on {table.name} from {policies.ROLE}, public".encode())
        for statement in [*(one.sql for one in policies.policies(table)), *policies.grants(table)]:
            connection.execute(statement.encode())
    found = rights(connection)
    connection.execute("rollback to savepoint declared")
    return found


def page(connection: Connection) -> set[Right]:
    """What the page of tables declares, of the tables that are there."""
    names = {name for (name,) in connection.execute("select schemaname || '.' || tablename from pg_tables").fetchall()}
    there = [table for table in TABLES if table.name in names]
    return {right for right in as_declared(connection, there) if right.table in {table.name for table in there}}


def different(connection: Connection, declared: set[Right]) -> Iterator[str]:
    known = {table.name for table in TABLES}
    live = {right for right in rights(connection) if right.table in known}
    for right in live - declared:
        yield f"{right.table} lets the application {right.command} by {right.what}: access/tables.py does not"
    for right in declared - live:
        yield (
            f"{right.table} does not let the application {right.command} by {right.what}: "
            f"python -m tools.policies {right.table}"
        )


def open_views(url: str) -> Iterator[str]:
    """Views run as their owner unless told otherwise: past every policy."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            """
            select n.nspname || '.' || c.relname, c.relkind = 'm' or not coalesce('security_invoker=true' = any (c.reloptions)
                   or 'security_invoker=on' = any (c.reloptions), false)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('v', 'm', 'f') and n.nspname !~ '^(pg_|information_schema$)'
            """
        ).fetchall()
    return (f"{name} looks past row-level security: security_invoker = on" for name, past in found if past)


def test_every_table_stands_on_the_page_of_tables(database_url: str) -> None:
    keep("A table without a policy is closed to all:", undeclared(database_url), UNDECLARED)


def test_the_databases_policies_and_grants_are_those_of_the_page(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        keep("One policy, said once:", different(connection, page(connection)), DIFFERENT)


def test_the_code_says_what_the_plain_page_says() -> None:
    found = sorted(plainly.differences())
    assert not found, "Policy changes in both places, tests/access/plain.txt and the code:\n" + "\n".join(found)


def test_no_view_looks_past_the_policies(database_url: str) -> None:
    keep("A view sees what its reader may:", open_views(database_url), OPEN_VIEWS)


def test_the_law_sees_a_new_table_and_every_way_to_widen_an_old_one(database_url: str) -> None:
    run(database_url, "create table audit.fresh (id integer primary key)", "create view audit.peek as select 1 as one")
    assert [found.split()[0] for found in undeclared(database_url)] == ["audit.fresh"]
    assert len(list(open_views(database_url))) == 1
    with psycopg.connect(database_url) as connection:
        declared = page(connection)
    for widening in (
        "grant delete on audit.event to rekisteri_app",
        "grant update (account) on audit.event to rekisteri_app",
        "grant select on access.session to public",
        "create policy widened on parties.party for select to rekisteri_app using (true)",
        "create policy widened on parties.party to public using (true)",
        "drop policy party_own on parties.party",
        "alter policy party_own on parties.party using (true)",
        "alter policy record_insert on parties.record with check (true)",
        "create policy narrowed on parties.party as restrictive for select to rekisteri_app using (false)",
    ):
        with psycopg.connect(database_url) as connection:
            connection.execute(widening.encode())
            assert list(different(connection, declared)), widening
            connection.rollback()
