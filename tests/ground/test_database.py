"""The capabilities: rows come as declared, and what may not be done can't be said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import psycopg
import pytest

from rekisteri.ground.database import Database, Read, Write
from rekisteri.ground.errors import Missing, Unavailable

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Colour(StrEnum):
    """A code kept as text."""

    RED = "red"


@dataclass(frozen=True, slots=True)
class Thing:
    """A row with a code, one that may be missing, and a number."""

    colour: Colour
    other: Colour | None
    number: int


@contextmanager
def a_capability(url: str) -> Iterator[Write]:
    with psycopg.connect(url) as connection:
        yield Write(connection, NOON)


def test_rows_come_as_their_dataclass_with_codes_as_members(database_url: str) -> None:
    with a_capability(database_url) as tx:
        things = tx.all(Thing, "select 'red' as colour, null as other, 7 as number")
    assert things == [Thing(Colour.RED, None, 7)]
    assert things[0].colour is Colour.RED


def test_a_code_that_is_not_of_its_enumeration_is_never_passed_on(database_url: str) -> None:
    with a_capability(database_url) as tx, pytest.raises(ValueError, match="mauve"):
        tx.all(Thing, "select 'mauve' as colour, null as other, 7 as number")


def test_what_is_fetched_must_be_there_and_what_is_found_may_be(database_url: str) -> None:
    nothing = "select 'red' as colour, null as other, 7 as number where false"
    with a_capability(database_url) as tx:
        assert tx.find(Thing, nothing) is None
        with pytest.raises(Missing):
            tx.fetch(Thing, nothing)


def test_copied_rows_are_streamed_back(database_url: str) -> None:
    with a_capability(database_url) as tx:
        tx.run("create temp table number (n integer)")
        tx.copy("copy number from stdin", (b"%d\n" % n for n in range(30_000)))
        assert tx.value("select count(*) from number") == 30_000
        assert sum(n for (n,) in tx.stream("select n from number where n >= %(least)s", least=29_998)) == 59_997


def test_only_one_who_may_write_has_the_words_for_it() -> None:
    assert not {"run", "copy"} & set(dir(Read))


def make_a_table_and_fail(pool: Database) -> None:
    with pool.connection() as connection:
        connection.execute("create temp table undone (n integer)")
        connection.execute("select 1 / 0")


def test_connections_run_as_the_applications_role_and_are_undone_on_error(database_url: str) -> None:
    pool = Database(database_url, size=1)
    try:
        with pool.connection() as connection:
            assert connection.execute("select current_user").fetchone() == ("rekisteri_app",)
        with pytest.raises(psycopg.errors.DivisionByZero):
            make_a_table_and_fail(pool)
        with pool.connection() as connection:
            assert connection.execute("select to_regclass('undone')").fetchone() == (None,)
    finally:
        pool.close()


def test_a_database_that_is_away_is_unavailable_and_says_who_knows_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rekisteri.ground.database.CONNECT_TIMEOUT_S", 0.2)
    pool = Database("postgresql://postgres@/postgres?host=/nowhere", size=1)
    try:
        with pytest.raises(Unavailable, match="does not answer"), pool.connection():
            pass
    finally:
        pool.close()
