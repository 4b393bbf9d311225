"""Transactions in few rounds: the same as one by one, whatever fails on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from uuid import UUID

import psycopg
import pytest

from rekisteri.ground.database import Database, Read
from rekisteri.ground.errors import RekisteriError
from rekisteri.ground.transactions import KEPT_AFTER, Answer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@contextmanager
def a_database(url: str) -> Iterator[Database]:
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("create table if not exists public.note (number integer primary key, said text)")
        owner.execute("truncate public.note")
        owner.execute("grant select, insert on public.note to rekisteri_app")
    database = Database(url, size=1)
    try:
        yield database
    finally:
        database.close()


def noted(url: str) -> list[int]:
    with psycopg.connect(url) as owner:
        return [number for (number,) in owner.execute("select number from public.note order by number").fetchall()]


def ask_after_a_write(database: Database, asked: str) -> None:
    with database.transaction() as transaction:
        transaction.connection.execute("insert into public.note values (3, 'three')")
        transaction.ask(asked, {})  # type: ignore[arg-type]


def write_twice(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.connection.execute("insert into public.note values (4, 'four')")
        transaction.last(WRITE, {"number": 1, "said": "again"})


def fail_silently(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.connection.execute("insert into public.note values (1, 'one')")
        with pytest.raises(psycopg.errors.DivisionByZero):
            transaction.ask("select 1 / 0", {})


WRITE = "insert into public.note values (%(number)s, %(said)s)"


def test_what_comes_first_is_done_first_and_what_comes_last_with_the_commit(database_url: str) -> None:
    with a_database(database_url) as database:
        with database.transaction() as transaction:
            transaction.first("select set_config('rekisteri.reach', %(reach)s, true)", {"reach": "all"})
            assert not transaction.begun
            assert Read(transaction, NOON).value("select current_setting('rekisteri.reach')") == "all"
            transaction.last(WRITE, {"number": 1, "said": "100 %"})
            assert noted(database_url) == []
        assert noted(database_url) == [1]
        with database.transaction() as transaction:
            assert Read(transaction, NOON).value("select current_setting('rekisteri.reach')") != "all"


def test_a_check_that_fails_shows_nobody_what_was_asked_and_undoes_all(database_url: str) -> None:
    def check(answer: Answer) -> None:
        assert answer.rows == [(7,)]
        raise LookupError("not so")

    with a_database(database_url) as database:

        def asked() -> None:
            with database.transaction() as transaction:
                transaction.first("select %(number)s::integer", {"number": 7}, check)
                transaction.last(WRITE, {"number": 1, "said": None})
                transaction.ask("insert into public.note values (2, 'two') returning number", {})

        def nothing_asked() -> None:
            with database.transaction() as transaction:
                transaction.first("select 7", {}, check)

        for act in (asked, nothing_asked):
            with pytest.raises(LookupError):
                act()
        assert noted(database_url) == []


@pytest.mark.parametrize(
    "asked", ["select 1 / 0", "select nonsense", "insert into public.note values (1, '') returning 1"]
)
def test_what_fails_undoes_all_and_the_connection_serves_on(database_url: str, asked: str) -> None:
    with a_database(database_url) as database:
        with psycopg.connect(database_url) as owner:
            owner.execute("insert into public.note values (1, 'one')")
        for _ in range(KEPT_AFTER + 3):
            with pytest.raises(psycopg.Error):
                ask_after_a_write(database, asked)
        with pytest.raises(psycopg.errors.UniqueViolation):
            write_twice(database)
        assert noted(database_url) == [1]
        with database.transaction() as transaction:
            transaction.last(WRITE, {"number": 2, "said": "two"})
        assert noted(database_url) == [1, 2]


def test_a_failure_that_nobody_told_commits_nothing(database_url: str) -> None:
    with a_database(database_url) as database:
        with pytest.raises(RekisteriError, match="nothing is committed"):
            fail_silently(database)
        assert noted(database_url) == []


def test_what_is_kept_prepared_is_made_anew_after_the_driver_has_let_go_of_it(database_url: str) -> None:
    """A ROLLBACK that the driver sends lets go of every prepared statement of the connection."""
    values = {
        "text": "a %",
        "number": 7,
        "id": UUID(int=5),
        "at": NOON,
        "on": date(2026, 11, 24),
        "none": None,
        "few": [1, 2],
    }
    asked = (
        "select %(text)s::text as said, %(number)s::bigint + 1, %(id)s::uuid, %(at)s::timestamptz, %(on)s::date, "
        "%(none)s::text, %(few)s::integer[], %(text)s like 'a %%', pg_backend_pid()"
    )

    def told(database: Database) -> tuple[object, ...]:
        with database.transaction() as transaction:
            answer = transaction.ask(asked, values)
            assert answer.names[0] == "said"
            return answer.rows[0]

    with a_database(database_url) as database:
        first = told(database)
        assert first[:-1] == ("a %", 8, UUID(int=5), NOON, date(2026, 11, 24), None, [1, 2], True)
        for _ in range(KEPT_AFTER + 2):
            assert told(database) == first
        with database.connection() as connection:
            kept = connection.execute("select count(*) from pg_prepared_statements where name like 'kept%'").fetchone()
            assert kept == (1,)
            for _ in range(KEPT_AFTER + 2):
                connection.execute("select 1")
        with pytest.raises(LookupError), database.connection() as connection:
            raise LookupError
        with database.connection() as connection:
            kept = connection.execute("select count(*) from pg_prepared_statements where name like 'kept%'").fetchone()
            assert kept == (0,)
        for _ in range(KEPT_AFTER + 2):
            assert told(database) == first


def test_a_value_that_no_text_can_hold_is_refused_before_anything_is_sent(database_url: str) -> None:
    with a_database(database_url) as database:

        def nul() -> None:
            with database.transaction() as transaction:
                transaction.ask("select %(said)s::text", {"said": "\0"})

        with database.transaction() as transaction:
            backend = transaction.ask("select pg_backend_pid()", {}).rows
        with pytest.raises(psycopg.DataError):
            nul()
        with database.transaction() as transaction:
            assert transaction.ask("select pg_backend_pid()", {}).rows == backend


def test_a_connection_that_is_cut_is_left_and_another_serves(database_url: str) -> None:
    with a_database(database_url) as database:
        with database.transaction() as transaction:
            backend = transaction.ask("select pg_backend_pid()", {}).rows[0][0]
        with psycopg.connect(database_url, autocommit=True) as owner:
            owner.execute("select pg_terminate_backend(%s, 5000)", (backend,))
        with pytest.raises(Exception, match="does not answer"), database.transaction() as transaction:
            transaction.ask("select 1", {})
        with database.transaction() as transaction:
            assert transaction.ask("select 1", {}).rows == [(1,)]
