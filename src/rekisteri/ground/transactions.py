"""A transaction in few rounds to the server: what can wait goes together with what is asked next.

A round costs more than most statements do: two switches between processes, and a process that comes back to cold
caches. So the transaction's beginning and whatever must come first travel with the first question, and what comes
last with the commit. The order is kept and each is a statement of its own, so that nothing sees what it
would not have seen one by one; where one fails, the server passes over those behind it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg import generators
from psycopg.abc import Buffer, PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult

from rekisteri.ground.errors import RekisteriError

KEPT_AFTER = 5
"""Used so often on one connection, a statement is kept prepared there: the driver's own measure."""

_PLACEHOLDER = re.compile(r"%%|%\((\w+)\)s")
_DONE = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})


@dataclass(frozen=True, slots=True)
class Asked:
    """One statement and its parameters."""

    sql: LiteralString
    parameters: Mapping[str, object]


class Answer:
    """What a statement told: its rows, and the names of their columns."""

    __slots__ = ("_result", "rows")

    def __init__(self, result: PGresult, rows: list[tuple[Any, ...]]) -> None:
        self._result = result
        self.rows = rows

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple((self._result.fname(place) or b"").decode() for place in range(self._result.nfields))


_BEGIN, _COMMIT, _ROLLBACK = Asked("begin", {}), Asked("commit", {}), Asked("rollback", {})
_NOT_PLANNED = frozenset(one.sql for one in (_BEGIN, _COMMIT, _ROLLBACK))


Key = tuple[str, tuple[int, ...]]
"""A statement and the types its values come in: what is prepared is of those."""


class _Ready(NamedTuple):
    """A statement as the server is given it. ``key`` is None for one that is never planned."""

    query: bytes
    values: Sequence[Buffer | None] | None
    types: tuple[int, ...]
    formats: Sequence[Format] | None
    key: Key | None


class Line(psycopg.Connection[tuple[Any, ...]]):
    """A connection that takes several statements in one round, and keeps prepared what it is often asked."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._kept: dict[Key, bytes] = {}
        self._uses: Counter[Key] = Counter()
        self._named = 0

    def round(self, asked: Sequence[Asked]) -> list[PGresult]:
        """Send the statements together; the results in the same order, of which an error is one too.

        Whatever breaks the exchange itself closes the connection. Raises ``psycopg.Error``.
        """
        ready = [self._ready(one) for one in asked]
        try:
            with self.lock:
                self.pgconn.enter_pipeline_mode()
                preparing = [self._send(one) for one in ready]
                self.pgconn.pipeline_sync()
                results = self.wait(self._exchanged(len(asked) + sum(key is not None for key in preparing)))
                self.pgconn.exit_pipeline_mode()
        except BaseException:
            self.close()
            raise
        answers = iter(results)
        return [next(answers) if key is None else self._keep(key, next(answers), next(answers)) for key in preparing]

    def told(self, result: PGresult) -> Answer:
        """A result read. Raises the error that it is."""
        self.check(result)
        reading = Transformer.from_context(self)
        reading.set_pgresult(result)
        return Answer(result, reading.load_rows(0, result.ntuples, tuple))

    def check(self, result: PGresult) -> None:
        """Raise the error that a result is, if it is one."""
        if result.status not in _DONE:
            raise error_from_result(result, encoding=self.info.encoding)

    def _ready(self, one: Asked) -> _Ready:
        """A statement as it is sent. Raises ``psycopg.DataError`` for a value that cannot be."""
        query, names = _numbered(one.sql)
        if one.sql in _NOT_PLANNED:
            return _Ready(query, None, (), None, None)
        adapting = Transformer.from_context(self)
        values = adapting.dump_sequence([one.parameters[name] for name in names], [PyFormat.AUTO] * len(names))
        types = tuple(adapting.types or ())
        return _Ready(query, values, types, adapting.formats, (one.sql, types))

    def _send(self, one: _Ready) -> Key | None:
        """Send one statement; its key where it is prepared for keeping first, which has a result of its own."""
        if one.key is None:
            self.pgconn.send_query_params(one.query, None)
            return None
        name = self._kept.get(one.key)
        fresh = name is None and self._uses[one.key] >= KEPT_AFTER
        if fresh:
            self._named += 1
            name = f"kept_{self._named}".encode()
            self._kept[one.key] = name
            self.pgconn.send_prepare(name, one.query, one.types)
        if name is None:
            self._uses[one.key] += 1
            self.pgconn.send_query_params(one.query, one.values, one.types, one.formats)
        else:
            self.pgconn.send_query_prepared(name, one.values, one.formats)
        return one.key if fresh else None

    def _exchanged(self, count: int) -> PQGen[list[PGresult]]:
        """Send what waits in the driver, and take so many results and the mark that ends the round."""
        yield from generators.send(self.pgconn)
        results: list[PGresult] = []
        for _ in range(count):
            results += yield from generators.fetch_many(self.pgconn)
        yield from generators.fetch_many(self.pgconn)
        return results

    def _keep(self, key: Key, prepared: PGresult, result: PGresult) -> PGresult:
        """The result of a statement prepared in this round; it is kept only if that went well."""
        if prepared.status == ExecStatus.COMMAND_OK:
            return result
        del self._kept[key]
        return prepared

    def _deallocate(self, name: bytes | None) -> PQGen[None]:
        """The driver forgets what is prepared: all of it (None) after a ROLLBACK, ours too."""
        if name is None:
            self._kept.clear()
        yield from super()._deallocate(name)


Check = Callable[[Answer], None]


class Transaction:
    """One transaction on a line, sent when something is asked and not before.

    Whoever makes it ends it, by ``commit`` or ``undo``.
    """

    __slots__ = ("_before", "_begun", "_last", "_line")

    def __init__(self, line: Line) -> None:
        self._line = line
        self._before: list[tuple[Asked, Check | None]] = []
        self._last: list[Asked] = []
        self._begun = False

    @property
    def begun(self) -> bool:
        """Whether the server knows of it."""
        return self._begun

    def begin(self) -> None:
        """Carry out what must come first now, where that has not been done yet. Raises what a ``check`` raises."""
        if not self._begun:
            self._begin(())

    @property
    def connection(self) -> Line:
        """The connection, in this transaction: what had to come first has been carried out and checked."""
        self.begin()
        return self._line

    def first(self, sql: LiteralString, parameters: Mapping[str, object], check: Check | None = None) -> None:
        """Let a statement go before anything else; ``check`` is given its answer before anybody sees another's."""
        self._before.append((Asked(sql, parameters), check))

    def ask(self, sql: LiteralString, parameters: Mapping[str, object]) -> Answer:
        """Ask, together with what must come first if nothing has been asked yet. Raises what a ``check`` raises."""
        asked = Asked(sql, parameters)
        (result,) = self._line.round((asked,)) if self._begun else self._begin((asked,))
        return self._line.told(result)

    def last(self, sql: LiteralString, parameters: Mapping[str, object]) -> None:
        """Let a statement go with the commit, after anything else."""
        self._last.append(Asked(sql, parameters))

    def commit(self) -> None:
        """Carry out what comes last, and commit: all of it or nothing. Raises the server's error, ``RekisteriError`` for one that was hidden."""
        if not self._begun:
            if not (self._before or self._last):
                return
            self.begin()
        results = self._line.round((*self._last, _COMMIT))
        for result in results:
            self._line.check(result)
        if results[-1].command_status != b"COMMIT":
            raise RekisteriError("A statement failed and nobody was told; nothing is committed.")

    def undo(self) -> None:
        """Undo all of it, where there is anything to undo; a connection that is broken undoes it by itself."""
        if self._begun and not self._line.closed:
            with suppress(psycopg.Error):  # It closes the connection, and what was raised before is to be told.
                self._line.round((_ROLLBACK,))

    def _begin(self, asked: tuple[Asked, ...]) -> list[PGresult]:
        """Begin, with what must come first and what is asked; the results of the latter."""
        self._begun = True
        begun, *results = self._line.round((_BEGIN, *(one for one, _ in self._before), *asked))
        self._line.check(begun)
        for result, (_, check) in zip(results, self._before, strict=False):
            if check is None:
                self._line.check(result)
            else:
                check(self._line.told(result))
        return results[len(self._before) :]


@cache
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """A statement as the server wants it, its parameters numbered, and their names in that order."""
    names = tuple(dict.fromkeys(match[1] for match in _PLACEHOLDER.finditer(sql) if match[1]))
    numbers = {name: f"${place}" for place, name in enumerate(names, 1)}
    return _PLACEHOLDER.sub(lambda match: numbers[match[1]] if match[1] else "%", sql).encode(), names
