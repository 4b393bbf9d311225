"""A stage for the access matrix: in every table of a live database one row of each kind there is.

What a policy asks of a row is whose customer it concerns, whose word it is, which account's,
and whether non-disclosure covers the customer. A *scene* is one combination of these, and
every table gets one row of each, made from the types of its columns: a new table is on the
stage as soon as it is in the database. Constraints are taken away first; policies stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any
from uuid import UUID, uuid5

import psycopg
from psycopg import sql

from tests.access.plainly import Row
from tests.house.test_schema import NO_ROW_SECURITY

APPLICATION = "rekisteri_app"
OURS, THEIRS = 1, 2
NAMESPACE = UUID("0c6d9a52-6f0e-4b3c-9d0b-7a4c2f1e8d35")
# Columns that name a row of a table otherwise than by the table's own name.
ALIASES = {"notice_version": "version"}
# Tables with rows of the service centre's own, which are no client organisation's.
HOUSES = frozenset({"parties.source", "rights.request"})
SCENE = "scene"


@dataclass(frozen=True, slots=True)
class Scene:
    """One kind of row: whose customer, and the customer's non-disclosure order."""

    whose: str
    order: str

    @property
    def name(self) -> str:
        """What the row is called on the stage."""
        return f"{self.whose}-{self.order}"

    @property
    def number(self) -> int:
        """A number of its own, beyond those of organisations."""
        return 10 + SCENES.index(self)

    @property
    def row(self) -> Row:
        """What is known of the row."""
        return _row(self)

    def id_of(self, noun: str) -> UUID:
        """The identifier of the noun in this scene: of its party, its record, its batch."""
        return uuid5(NAMESPACE, f"{noun}|{self.name}")


@cache
def _row(scene: Scene) -> Row:
    return Row(
        customer_of=frozenset({"ours": [OURS], "theirs": [THEIRS], "both": [OURS, THEIRS]}.get(scene.whose, [THEIRS])),
        stated_for=OURS if scene.whose == "ours" else THEIRS,
        of_house=scene.whose == "house",
        party=str(scene.id_of("party")),
        account=str(scene.id_of("account")),
        order=scene.order,
    )


SCENES = tuple(
    Scene(whose, order) for whose, order in product(("ours", "theirs", "both", "house"), ("off", "on", "unknown"))
)
"""``ours`` of the viewer's organisation, ``theirs`` of another, ``both`` of both and stated by the other, ``house``
another's customer of whom the service centre itself speaks."""
WRITTEN = tuple(scene for scene in SCENES if scene.order == "off")
"""Writing asks whose a row is; non-disclosure has no part in it."""


def set_up(connection: psycopg.Connection[Any]) -> list[str]:
    """Fill the stage, as the owner; the tables there are."""
    tables = [name for name in _tables(connection) if name not in NO_ROW_SECURITY]
    _without_constraints(connection, tables)
    connection.execute("create schema probe; grant usage on schema probe to rekisteri_app")
    for table in tables:
        _fill(connection, table)
    connection.execute(_TRY)
    return tables


def sweep(connection: psycopg.Connection[Any], tables: Iterable[str]) -> None:
    """Take away what acts have left on the stage, such as their own events."""
    for table in tables:
        connection.execute(_sql("delete from {} where {} is null", table, SCENE))


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    found = connection.execute(
        """
        select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^(pg_|information_schema$|public$)'
        order by 1
        """
    ).fetchall()
    return [name for (name,) in found]


def _without_constraints(connection: psycopg.Connection[Any], tables: Iterable[str]) -> None:
    """Take away keys, checks and unique indexes: a policy holds without them."""
    found = connection.execute(
        """
        select n.nspname || '.' || c.relname, k.conname
        from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
        where k.contype in ('c', 'f', 'p', 'u', 'x') and k.conparentid = 0
          and n.nspname || '.' || c.relname = any (%s)
        order by array_position('{f,x,u,c,p}', k.contype::text)
        """,
        (list(tables),),
    ).fetchall()
    for table, name in found:
        connection.execute(_sql("alter table {} drop constraint if exists {} cascade", table, name))
    found = connection.execute(
        """
        select n.nspname || '.' || i.relname
        from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
        join pg_namespace n on n.oid = c.relnamespace
        where x.indisunique and n.nspname || '.' || c.relname = any (%s)
        """,
        (list(tables),),
    ).fetchall()
    for (index,) in found:
        connection.execute(_sql("drop index {}", index))
    for table in tables:
        connection.execute(_sql("alter table {} disable trigger user", table))
        connection.execute(_sql("delete from {}", table))


def _fill(connection: psycopg.Connection[Any], table: str) -> None:
    connection.execute(_sql("alter table {} add column {} text", table, SCENE))
    columns = connection.execute(
        """
        select attname, format_type(atttypid, atttypmod) from pg_attribute
        where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''
        order by attnum
        """,
        (table,),
    ).fetchall()
    names = sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    insert = sql.SQL("insert into {} ({}) overriding system value values ({})").format(
        sql.Identifier(*table.split(".")), names, sql.SQL(", ").join(sql.Placeholder() * len(columns))
    )
    for scene in SCENES:
        connection.execute(insert, [_value(table, name, kind, scene) for name, kind in columns])
    copy = sql.Identifier("probe", table)
    connection.execute(sql.SQL("create table {} as select {} from {}").format(copy, names, _name(table)))
    connection.execute(sql.SQL("grant select on {} to rekisteri_app").format(copy))


def _value(table: str, column: str, kind: str, scene: Scene) -> object:
    """What a column holds in a scene."""
    noun = table.partition(".")[2]
    row = scene.row
    known: dict[str, object] = {
        SCENE: scene.name,
        "organisation_id": row.stated_for,
        "organisations": sorted(row.customer_of),
        "source_id": scene.number,
    }
    if table in HOUSES and column == "organisation_id" and row.of_house:
        return None
    if table in ("parties.source", "access.organisation") and column == "id":
        return scene.number
    if column in known:
        return known[column]
    if column == "turvakielto" and kind == "text":
        return scene.order
    if kind == "uuid":
        return scene.id_of(ALIASES.get(noun, noun) if column == "id" else column.removesuffix("_id"))
    if kind == "uuid[]":
        return [scene.id_of("record" if column == "record_ids" else "party")]
    return _of_kind(kind, scene)


def _of_kind(kind: str, scene: Scene) -> object:
    match kind.partition("(")[0]:
        case "text" | "name" | "character varying":
            return f"{scene.name} word"
        case "integer" | "smallint" | "bigint" | "numeric" | "double precision":
            return scene.number
        case "boolean":
            return False
        case "bytea":
            return scene.name.encode()
        case "json" | "jsonb":
            return "{}"
        case "timestamp with time zone" | "date":
            return "2026-03-02"
        case "daterange" | "tstzrange":
            return "[2026-03-02,)"
        case "xid8":
            return "1"
        case "tsvector":
            return ""
        case other if other.endswith("[]"):
            return "{}"
    raise AssertionError(f"the stage has no value of type {kind}: add one to tests/access/staging.py")


def _name(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))


def _sql(text: str, table: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(_name(table), *map(sql.Identifier, names))  # type: ignore[arg-type]


_TRY = """
create function probe.try(statement text) returns text language plpgsql as $$
declare
    touched bigint;
begin
    execute statement;
    get diagnostics touched = row_count;
    raise exception using errcode = 'PT001', message = touched::text;
exception
    when sqlstate 'PT001' then
        return sqlerrm;
    when insufficient_privilege then
        return 'denied';
end
$$;
grant execute on function probe.try to rekisteri_app;
"""
"""Carries out a statement and undoes it: how many rows it touched, or that it was denied."""


def seen(connection: psycopg.Connection[Any], tables: Iterable[str]) -> dict[str, set[str]]:
    """Which rows of each table the application meets now, by scene."""
    asked = [
        sql.SQL("select {}, {} from {}").format(sql.Literal(table), sql.Identifier(SCENE), _name(table))
        for table in tables
    ]
    found: dict[str, set[str]] = {table: set() for table in tables}
    for table, scene in connection.execute(sql.SQL(" union all ").join(asked)).fetchall():
        found[table].add(scene)
    return found


@dataclass(frozen=True, slots=True)
class Attempt:
    """One statement that writes: of a table and a command, with one row, or blindly with every one."""

    table: str
    command: str
    scene: Scene | None
    statement: str
    becoming: Scene | None = None
    """What the row would be made into."""


def attempts(
    connection: psycopg.Connection[Any], table: str, command: str, movable: Sequence[str]
) -> Iterator[Attempt]:
    """Every attempt to carry out a command on a table. ``movable`` are the columns an update may touch, if not all."""
    column = movable[0] if movable else SCENE
    where, kept = f'probe."{table}"', f'select * from probe."{table}" where {SCENE} ='
    columns = ", ".join(
        description.name for description in connection.execute(f"select * from {where}".encode()).description or ()
    )
    for scene in WRITTEN:
        one = f"{SCENE} = '{scene.name}'"
        match command:
            case "insert":
                text = f"insert into {table} ({columns}) overriding system value {kept} '{scene.name}'"
            case "update":
                text = f"update {table} set {column} = {column} where {one}"
            case _:
                text = f"delete from {table} where {one}"
        yield Attempt(table, command, scene, text)
    if command == "update":
        ours, theirs = WRITTEN[0], WRITTEN[1]
        links = [name for name in columns.split(", ") if _links(table, name) and name in (movable or [name])]
        if links:
            new = ", ".join(f"{name} = (select {name} from {where} where {SCENE} = '{theirs.name}')" for name in links)
            yield Attempt(table, command, ours, f"update {table} set {new} where {SCENE} = '{ours.name}'", theirs)
            yield Attempt(table, command, None, f"update {table} set {new}", theirs)
        blind = f"update {table} set {column} = (select {column} from {where} limit 1)"
        yield Attempt(table, command, None, blind)
    if command == "delete":
        yield Attempt(table, command, None, f"delete from {table}")


def _links(table: str, column: str) -> bool:
    """Whether a column says whose a row is. Of accounts it is the account's; elsewhere that is who wrote."""
    if table == "access.account":
        return column == "id"
    if column == "account_id":
        return table.startswith("access.")
    return column == "organisations" or column.endswith(("_id", "_ids"))


def tried(connection: psycopg.Connection[Any], some: list[Attempt]) -> list[str]:
    """What becomes of attempts: the number of rows each touched, or ``denied``."""
    texts = [attempt.statement for attempt in some]
    found = connection.execute(
        "select probe.try(statement) from unnest(%s::text[]) with ordinality as t (statement, n) order by n", (texts,)
    ).fetchall()
    return [outcome for (outcome,) in found]
