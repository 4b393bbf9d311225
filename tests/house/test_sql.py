"""Every SQL statement compiles, is permitted to the application, and fits its dataclass.

Statements are found by reading the source, so one that no other test reaches is checked too.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import psycopg
from psycopg.pq import ExecStatus
from psycopg.types.range import Range

from rekisteri.ground import rows
from tests.house.reading import SIMULATORS, Module, a_module, calls, dotted, house, keep

WITH_ROW = frozenset({"all", "find", "fetch"})
NO_ROWS = rows.table(0)
POURED = re.compile(r"copy \w+\.\w+ \([\w, ]+\)\s+from stdin \(format binary\)")
COPYING = frozenset({"copy", "pour"})
WITHOUT_ROW = frozenset(
    {"tuples", "value", "stream", "run", "copy", "pour", "execute", "executemany", "first", "ask", "last"}
)
CARRIERS = frozenset({"tx", "connection", "_connection", "cursor", "transaction"})
# Statements that stand as data: where in the call, and what they will be given.
DECLARED = {"Sweep": (2, frozenset({"last", "held"}))}
DECLARED_RUN_IN = "rekisteri.rights.going"
# The capability itself, and what runs as the owner before any capability exists.
BELOW_THE_LAW = frozenset({"rekisteri.ground.database", "rekisteri.ground.migrations", "rekisteri.ground.transactions"})
APPLICATION_ROLE = "rekisteri_app"

PLACEHOLDER = re.compile(r"%%|%\((\w+)\)[sbt]|%[sbt]")
PLANNED = re.compile(r"\s*(select|insert|update|delete|merge|with|values)\b", re.IGNORECASE)
TEMPORARY = re.compile(r"\s*create\s+temp(orary)?\s+table\b", re.IGNORECASE)

PYTHON_TYPE: MappingProxyType[str, type] = MappingProxyType(
    {
        "bool": bool, "bytea": bytes, "int2": int, "int4": int, "int8": int, "oid": int, "text": str,
        "varchar": str, "name": str, "float4": float, "float8": float, "numeric": Decimal, "date": date,
        "timestamptz": datetime, "timestamp": datetime, "uuid": UUID, "daterange": Range, "tstzrange": Range,
    }
)  # fmt: skip

OLD_SINS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement where it is used: its row class if it has one, and what it is given."""

    where: str
    module: str
    method: str
    sql: str
    row: str | None
    given: frozenset[str] | None

    @property
    def placeholders(self) -> list[str]:
        """The names of its parameters; of nameless ones, their places."""
        found = [match for match in PLACEHOLDER.finditer(self.sql) if match[0] != "%%"]
        return list(dict.fromkeys(match[1] or f"#{place}" for place, match in enumerate(found)))

    @property
    def numbered(self) -> str:
        """The statement as PostgreSQL itself wants it, its parameters numbered."""
        if self.given is None and not self.placeholders:
            return self.sql
        numbers = {name: f"${place}" for place, name in enumerate(self.placeholders, 1)}
        nameless = (name for name in self.placeholders if name.startswith("#"))
        return PLACEHOLDER.sub(lambda match: "%" if match[0] == "%%" else numbers[match[1] or next(nameless)], self.sql)


def statements(modules: Iterable[Module]) -> Iterator[Statement | str]:
    """Every statement; a sentence instead for one that can't be read where it is used."""
    for module in modules:
        if module.name in BELOW_THE_LAW or module.room == SIMULATORS:
            continue
        for name, value in constants(module):
            # A temporary table one room makes and another fills: known before either is checked.
            for text in literals(module, value) if isinstance(value, ast.Constant) else []:
                if TEMPORARY.match(text):
                    yield Statement(f"{module.at(value)} {name}", module.name, "run", text, None, None)
        for call in calls(module):
            func = call.func
            if dotted(func) in DECLARED:
                place, offered = DECLARED[dotted(func)]
                yield from declared(module, call, place, offered)
            if not isinstance(func, ast.Attribute) or func.attr not in WITH_ROW | WITHOUT_ROW:
                continue
            if carries(func.value) and module.name != DECLARED_RUN_IN:
                yield from statements_of(module, call, func.attr)


def declared(module: Module, call: ast.Call, place: int, offered: frozenset[str]) -> Iterator[Statement]:
    """A statement that stands as data and is run elsewhere, with what it asks for of what is offered there."""
    for text in literals(module, call.args[place]):
        statement = Statement(module.at(call), module.name, "run", text, None, None)
        yield dataclasses.replace(statement, given=frozenset(statement.placeholders) & offered)


def carries(receiver: ast.expr) -> bool:
    """Whether SQL given to this goes to the database: a capability, a connection, or a cursor of one."""
    if isinstance(receiver, ast.Call) and isinstance(receiver.func, ast.Attribute):
        return receiver.func.attr == "cursor" and carries(receiver.func.value)
    return dotted(receiver).rpartition(".")[2] in CARRIERS


def statements_of(module: Module, call: ast.Call, method: str) -> Iterator[Statement | str]:
    place = 1 if method in WITH_ROW else 0
    texts = literals(module, call.args[place]) if len(call.args) > place else []
    if not texts:
        yield f"{module.at(call)} gives {method} something other than an SQL literal"
    row = dotted(call.args[0]) if method in WITH_ROW and call.args else None
    for text in texts:
        yield Statement(module.at(call), module.name, method, text, row, given(call, method))


def literals(module: Module, node: ast.expr) -> list[str]:
    """The texts an argument may be: a literal, a constant of the module, or a choice of such."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=body, orelse=orelse):
            return [*literals(module, body), *literals(module, orelse)]
        case ast.Name() | ast.Attribute():
            name = dotted(node)
            local = [value for target, value in constants(module) if target == name]
            return literals(module, local[0]) if local else imported(module, name)
    return []


def constants(module: Module) -> Iterator[tuple[str, ast.expr]]:
    """What a module assigns at its top: name and value."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((dotted(target), node.value) for target in targets)


def imported(module: Module, name: str) -> list[str]:
    """The text of a constant that a module takes from another."""
    value = named(module.name, name) if name.partition(".")[0] != "self" else None
    return [value] if isinstance(value, str) else []


def named(module: str, name: str) -> object:
    """What a dotted name stands for in a module; None for what only exists at run time."""
    value: object = importlib.import_module(module)
    for part in name.split("."):
        value = getattr(value, part, None)
    return value


def given(call: ast.Call, method: str) -> frozenset[str] | None:
    """The names of the parameters passed; None where they can't be told from the source."""
    if method in {"execute", "executemany", "first", "ask", "last"}:
        parameters = call.args[1] if len(call.args) > 1 else None
        if isinstance(parameters, ast.Dict) and all(isinstance(key, ast.Constant) for key in parameters.keys):
            return frozenset(str(key.value) for key in parameters.keys if isinstance(key, ast.Constant))
        return None
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    return frozenset(keyword.arg for keyword in call.keywords if keyword.arg)


def faults(url: str, modules: Iterable[Module]) -> Iterator[str]:
    found = list(statements(modules))
    yield from (sentence for sentence in found if isinstance(sentence, str))
    written = [statement for statement in found if isinstance(statement, Statement)]
    with psycopg.connect(url) as connection:
        connection.execute(f"set role {APPLICATION_ROLE}".encode())
        type_names: dict[int, str] = dict(connection.execute("select oid, typname from pg_type").fetchall())
        for statement in stages(connection, written):
            yield from compiled(connection, statement, type_names)
        connection.rollback()


def stages(connection: psycopg.Connection[Any], written: list[Statement]) -> list[Statement]:
    """Make every temporary table that some statement makes; the statements left to check."""
    waiting = {statement.sql for statement in written if TEMPORARY.match(statement.sql)}
    while waiting:
        failed = {sql for sql in waiting if attempt(connection, sql)}
        if failed == waiting:
            break
        waiting = failed
    return [statement for statement in written if not TEMPORARY.match(statement.sql) or statement.sql in waiting]


def attempt(connection: psycopg.Connection[Any], sql: str) -> str | None:
    """Run a statement; what is wrong with it, with nothing changed, if anything is."""
    try:
        with connection.transaction():
            connection.execute(sql.encode())
    except psycopg.Error as error:
        return told(error.diag.message_primary)
    return None


def told(message: str | bytes | None) -> str:
    text = message.decode() if isinstance(message, bytes) else message or "unknown"
    return text.partition("\n")[0].removeprefix("ERROR:").strip()


def compiled(connection: psycopg.Connection[Any], statement: Statement, type_names: dict[int, str]) -> Iterator[str]:
    if statement.given is not None and (wrong := set(statement.placeholders) ^ statement.given):
        yield f"{statement.where} names and is given different parameters: {', '.join(sorted(wrong))}"
    if statement.method in COPYING or TEMPORARY.match(statement.sql):
        yield from copied(connection, statement)
        return
    sql = statement.numbered.encode()
    connection.execute("savepoint law")
    prepared = connection.pgconn.prepare(b"", sql)
    if prepared.status != ExecStatus.COMMAND_OK:
        connection.execute("rollback to savepoint law")
        yield f"{statement.where} does not compile: {told(prepared.error_message)}"
        return
    described = connection.pgconn.describe_prepared(b"")
    columns = {
        (described.fname(place) or b"").decode(): type_names.get(described.ftype(place), "")
        for place in range(described.nfields)
    }
    if PLANNED.match(statement.sql):
        planned = connection.pgconn.exec_(b"explain (generic_plan) " + sql)
        if planned.status != ExecStatus.TUPLES_OK:
            connection.execute("rollback to savepoint law")
            yield f"{statement.where} is not permitted: {told(planned.error_message)}"
    if statement.row is not None:
        yield from unfit(statement, columns, described.nfields)


def copied(connection: psycopg.Connection[Any], statement: Statement) -> Iterator[str]:
    if statement.method == "pour" and not POURED.fullmatch(statement.sql.strip()):
        yield f"{statement.where} is no pouring: as the owner runs nothing but COPY of named columns from the process"
        return
    try:
        with connection.transaction(), connection.cursor() as cursor:
            if statement.method == "pour":
                cursor.execute("set local role none")
            if statement.method in COPYING:
                with cursor.copy(statement.sql.encode()) as sink:
                    if "binary" in statement.sql:
                        sink.write(NO_ROWS)
            else:
                cursor.execute(statement.sql.encode())
    except psycopg.Error as error:
        yield f"{statement.where} does not compile: {told(error.diag.message_primary)}"


def unfit(statement: Statement, columns: dict[str, str], count: int) -> Iterator[str]:
    """Where the columns and the fields of the row class differ in name or type."""
    row = named(statement.module, statement.row or "")
    if not (isinstance(row, type) and dataclasses.is_dataclass(row)):
        yield f"{statement.where} names no dataclass: {statement.row or 'an expression'}"
        return
    if count != len(columns):
        yield f"{statement.where} gives one name to two columns"
    fields = {field.name: field for field in dataclasses.fields(row) if field.init}
    optional = {
        name
        for name, field in fields.items()
        if field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
    }
    differences = (columns.keys() - fields.keys()) | (fields.keys() - columns.keys() - optional)
    if differences:
        yield f"{statement.where} and {row.__name__} differ in {', '.join(sorted(differences))}"
    hints = get_type_hints(row)
    for name in columns.keys() & fields.keys():
        if not fits(columns[name], hints[name]):
            yield f"{statement.where} gives {row.__name__}.{name} a {columns[name]}, not {hints[name]}"


def fits(pg_type: str, hint: Any) -> bool:
    """Whether a value of a PostgreSQL type is one of an annotation; types of no opinion always are."""
    if pg_type.startswith("_"):
        expected: type | None = list
    else:
        expected = PYTHON_TYPE.get(pg_type)
    if expected is None:
        return True
    arms = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    for arm in arms:
        while hasattr(arm, "__supertype__"):
            arm = arm.__supertype__
        if arm in {Any, object} or (get_origin(arm) or arm) is expected:
            return True
        # The capability turns text into a member of the enumeration that the field declares.
        if expected is str and isinstance(arm, type) and issubclass(arm, StrEnum):
            return True
    return False


def test_every_statement_compiles_is_permitted_and_fits_its_dataclass(database_url: str) -> None:
    keep("SQL is checked before it runs:", faults(database_url, house()), OLD_SINS)


def test_the_law_finds_the_statements_of_the_house() -> None:
    found = [statement for statement in statements(house()) if isinstance(statement, Statement)]
    assert any(statement.module == "rekisteri.audit.store" and statement.row == "Found" for statement in found)


@dataclass(frozen=True, slots=True)
class Example:
    """A row of the statements below."""

    id: UUID
    account: str
    extra: int = 0


@dataclass(frozen=True, slots=True)
class WrongType:
    """A row whose field is of another type than its column."""

    id: int


def test_the_law_sees_each_way_a_statement_can_be_wrong(database_url: str) -> None:
    lines = {
        "tx.all(Example, 'select id, account from audit.event where id = %(id)s', id=1)": None,
        "tx.all(Example, 'select id from audit.event')": "and Example differ in account",
        "tx.all(Example, 'select id, account, at from audit.event')": "and Example differ in at",
        "tx.all(Example, 'select id, acount as account from audit.event')": "does not compile: column",
        "tx.find(WrongType, 'select id from audit.event')": "gives WrongType.id a uuid",
        "tx.fetch(Nobody, 'select 1')": "names no dataclass: Nobody",
        "tx.run('delete from audit.event')": "is not permitted: permission denied",
        "tx.run('select %(a)s::text', b=1)": "names and is given different parameters: a, b",
        "tx.value(text)": "gives value something other than an SQL literal",
        "tx.copy('copy parties.word (wrod) from stdin', [])": "does not compile: column",
        "tx.copy('copy staged from stdin', [])": None,
        "tx.copy('copy parties.party (id) from stdin', [])": "does not compile: COPY FROM not supported",
        "tx.pour('copy parties.party (id) from stdin (format binary)', b'')": None,
        "tx.pour('delete from parties.party', b'')": "is no pouring",
        "tx.pour('copy parties.party (id) to stdout (format binary)', b'')": "is no pouring",
        "tx.pour('copy parties.party (idd) from stdin (format binary)', b'')": "does not compile: column",
        "tx.run(STAGE)": None,
        "tx.tuples('select n from staged where n %% 2 = %(odd)s', odd=1)": None,
        "connection.execute('select %s::int', (1,))": None,
        "Sweep('log', 'x', 'select 1 where %(last)s::date is null')": None,
        "Sweep('log', 'x', 'select 1 where %(lost)s::date is null')": "names and is given different parameters: lost",
        "Sweep('log', 'x', 'select nothing')": "does not compile: column",
        "tx._connection.cursor(row_factory=rows).execute('select nothing')": "does not compile: column",
    }
    header = "STAGE = 'create temp table staged (n integer) on commit drop'\n"
    module = a_module(__name__, header + "\n".join(lines))
    found = sorted(faults(database_url, [module]))
    for place, (line, fault) in enumerate(lines.items(), 2):
        about = [text.partition(" ")[2] for text in found if text.startswith(f"{__name__}:{place} ")]
        assert len(about) == (fault is not None), (line, found)
        assert fault is None or about[0].startswith(fault), (line, about)
