"""The database as two capabilities: the type of a parameter says what a function may do.

``Read`` and ``Write`` are only ever made by the door (``rekisteri.access.door``), by
migrations and by tests; each lives as long as one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, LiteralString, TypeVar, cast, get_args, get_type_hints

import orjson
import psycopg
from psycopg.rows import BaseRowFactory, RowMaker
from psycopg.sql import SQL, Composed
from psycopg.types.json import set_json_loads
from psycopg_pool import ConnectionPool

from rekisteri.ground.errors import Missing, Unavailable
from rekisteri.ground.transactions import Answer, Line, Transaction

Row = TypeVar("Row")

Connection = psycopg.Connection[tuple[Any, ...]]

STREAM_ROWS = 10_000
CONNECT_TIMEOUT_S = 10.0
AWAY = "The database does not answer. The operator sees why in the server's log."


class Read:
    """May look. ``at`` is the instant of the act; every moment in it is the same one."""

    __slots__ = ("_plain", "_transaction", "at")

    def __init__(self, connection: Connection | Transaction, at: datetime) -> None:
        self._transaction = connection if isinstance(connection, Transaction) else None
        self._plain = None if isinstance(connection, Transaction) else connection
        self.at = at

    @property
    def _connection(self) -> Connection:
        if self._transaction is not None:
            return self._transaction.connection
        assert self._plain is not None
        return self._plain

    def _first(self, sql: LiteralString, parameters: Mapping[str, object]) -> Answer | None:
        """The answer to the first question of a transaction, which goes with its beginning; None for any other."""
        if self._transaction is None or self._transaction.begun:
            return None
        return self._transaction.ask(sql, parameters)

    def begin(self) -> None:
        """Let the transaction begin now, and not with the first question. Raises what whoever is here may meet there."""
        if self._transaction is not None:
            self._transaction.begin()

    def all(self, row: type[Row], sql: LiteralString, **parameters: object) -> list[Row]:
        """Every row, as ``row`` (a dataclass whose fields are the query's columns).

        Text of a field declared as a ``StrEnum`` becomes its member.
        """
        if (answer := self._first(sql, parameters)) is not None:
            return list(map(_maker(row, answer.names), answer.rows))
        with self._connection.cursor(row_factory=_rows(row)) as cursor:
            return cursor.execute(sql, parameters).fetchall()

    def find(self, row: type[Row], sql: LiteralString, **parameters: object) -> Row | None:
        """The first row, or None."""
        if (answer := self._first(sql, parameters)) is not None:
            return next(map(_maker(row, answer.names), answer.rows), None)
        with self._connection.cursor(row_factory=_rows(row)) as cursor:
            return cursor.execute(sql, parameters).fetchone()

    def fetch(self, row: type[Row], sql: LiteralString, **parameters: object) -> Row:
        """The first row. Raises ``Missing``."""
        found = self.find(row, sql, **parameters)
        if found is None:
            raise Missing
        return found

    def tuples(self, sql: LiteralString, **parameters: object) -> list[tuple[Any, ...]]:
        """Every row as it comes: for bulk work, where a dataclass a row costs too much."""
        if (answer := self._first(sql, parameters)) is not None:
            return answer.rows
        return self._connection.execute(sql, parameters).fetchall()

    def value(self, sql: LiteralString, **parameters: object) -> Any:
        """The first column of the first row, or None."""
        answer = self._first(sql, parameters)
        found = (
            self._connection.execute(sql, parameters).fetchone() if answer is None else next(iter(answer.rows), None)
        )
        return None if found is None else found[0]

    def composed(self, statement: Composed, **parameters: object) -> list[tuple[Any, ...]]:
        """Every row of a statement that the driver composed of declared names: for ``ground.keys`` alone.

        A statement that changes something is held by the database to what the act may change.
        """
        done = self._connection.execute(statement, parameters)
        return done.fetchall() if done.description else []

    def stream(self, sql: LiteralString, **parameters: object) -> Iterator[tuple[Any, ...]]:
        """Rows one by one from a server-side cursor: a million of them in little memory."""
        with self._connection.cursor(name="stream") as cursor:
            cursor.itersize = STREAM_ROWS
            cursor.execute(sql, parameters)
            yield from cursor


class Write(Read):
    """May look and change."""

    __slots__ = ()

    def run(self, sql: LiteralString, **parameters: object) -> int:
        """Carry out one statement; the number of rows it touched."""
        return self._connection.execute(sql, parameters).rowcount

    def copy(self, sql: LiteralString, blocks: Iterable[bytes | memoryview]) -> None:
        """COPY ... FROM STDIN of ready-made blocks in text format."""
        with self._connection.cursor() as cursor, cursor.copy(sql) as sink:
            for block in blocks:
                sink.write(block)

    def pour(self, sql: LiteralString, rows: bytes) -> None:
        """COPY ... FROM STDIN (FORMAT binary) of ready-made rows (``ground.rows``) into a table with policies.

        COPY refuses to be bound by policies, so it runs as the tables' owner and nothing else does: whoever pours asks
        the database first whether the act may, and the tables themselves refuse rows of an act that may not.
        """
        self._connection.execute("set local role none")
        self.copy(sql, (memoryview(rows),))
        self._connection.execute("set local role rekisteri_app")


class Database:
    """A pool of ``size`` connections at most that run as the application's role, which policies bind."""

    def __init__(self, url: str, *, size: int) -> None:
        self._url = url
        self.size = size
        self._pool = ConnectionPool(
            url,
            connection_class=Line,
            min_size=1,
            max_size=size,
            timeout=CONNECT_TIMEOUT_S,
            configure=_bind,
            open=False,
            kwargs={"application_name": "rekisteri"},
        )
        self._pool.open(wait=False)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """One connection, in a transaction that commits at the end or is undone.

        Raises ``Unavailable`` when the database does not answer.
        """
        with self.statement() as connection, connection.transaction():
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction in as few rounds as may be, that commits at the end or is undone.

        Raises ``Unavailable`` when the database does not answer.
        """
        try:
            line = self._pool.getconn()
            try:
                transaction = Transaction(line)
                try:
                    yield transaction
                    transaction.commit()
                except BaseException:
                    transaction.undo()
                    raise
            finally:
                self._pool.putconn(line)
        except psycopg.OperationalError as error:
            raise Unavailable(AWAY) from error

    @contextmanager
    def statement(self) -> Iterator[Line]:
        """One connection on which each statement is a transaction of its own: for a lone look-up.

        Raises ``Unavailable`` when the database does not answer.
        """
        try:
            with self._pool.connection() as connection:
                yield connection
        except psycopg.OperationalError as error:
            raise Unavailable(AWAY) from error

    @contextmanager
    def joined(self, snapshot: str) -> Iterator[Connection]:
        """A connection that sees what another transaction exported as a snapshot, and can change nothing.

        It is beside the pool, for whoever joins may hold one of that already: waiting there for another, each could wait
        for all. Raises ``Unavailable``.
        """
        try:
            with psycopg.connect(self._url, application_name="rekisteri") as connection:
                _bind(connection)
                with connection.transaction():
                    connection.execute("set transaction isolation level repeatable read, read only")
                    connection.execute(SQL("set transaction snapshot {}").format(snapshot))
                    yield connection
        except psycopg.OperationalError as error:
            raise Unavailable(AWAY) from error

    def close(self) -> None:
        """Return every connection."""
        self._pool.close()


def _rows(row: type[Row]) -> BaseRowFactory[Row]:
    """Rows of a class, for a cursor."""

    def rows(cursor: Any) -> RowMaker[Row]:
        return _maker(row, tuple(column.name for column in cursor.description or ()))

    return rows


def _maker(row: type[Row], columns: tuple[str, ...]) -> RowMaker[Row]:
    """Makes rows of a class of what stands in these columns, with the text of coded fields as members of their
    enumerations."""
    names, codes = _shape(cast("Hashable", row))
    coded = [(columns.index(name), code) for name, code in codes if name in columns]
    # A query that names its columns in the order of the fields needs no names for each row.
    build: Callable[..., Row] = row
    if columns != names:
        build = lambda *values: row(**dict(zip(columns, values, strict=True)))  # noqa: E731

    def make(values: Sequence[Any]) -> Row:
        if not coded:
            return build(*values)
        found = list(values)
        for place, code in coded:
            if (text := found[place]) is not None:
                found[place] = [code(one) for one in text] if isinstance(text, list) else code(text)
        return build(*found)

    return make


@cache
def _shape(row: type[Any]) -> tuple[tuple[str, ...], tuple[tuple[str, type[StrEnum]], ...]]:
    """The fields of a class of rows, and those whose text is a member of an enumeration."""
    return tuple(one.name for one in fields(row)), tuple(
        (name, arm)
        for name, hint in get_type_hints(row).items()
        for arm in (get_args(hint) or (hint,))
        if isinstance(arm, type) and issubclass(arm, StrEnum)
    )


def _bind(connection: Connection) -> None:
    connection.autocommit = True
    set_json_loads(orjson.loads, connection)
    connection.execute("set role rekisteri_app")
    connection.execute("set statement_timeout = '15min'")
    connection.execute("set plan_cache_mode = 'force_generic_plan'")
    # Between acts only sign-in asks anything; the door tells each act's own, for its transaction alone.
    connection.execute("set rekisteri.opens = '{sign_in}'")
    connection.execute("set rekisteri.writes = '{sign_in}'")
    # What a delivery lays out between statements stays in memory; taken only when used.
    connection.execute("set temp_buffers = '32MB'")
