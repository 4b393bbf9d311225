"""Rows made ready for COPY arrive as the values they are of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import psycopg

from rekisteri.ground import ids, rows

BORN = [UUID(text) for text in ids.batch(3)]
LONG = "ä" * 5000
AT = datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


def test_rows_arrive_as_they_were(database_url: str) -> None:
    table = rows.table(
        3,
        rows.fixed([born.bytes for born in BORN]),
        rows.sized([b"", None, LONG.encode()]),
        rows.same(rows.text("same")),
        rows.same(None),
        rows.chosen([rows.framed(b"\1"), rows.framed(None), rows.framed(b"\0")]),
        rows.fixed(rows.integers([-1, 0, 2_000_000_000])),
        rows.lexemes([2, 1, 3], [b"nmatti\0\0\0amatti", b"ob", b"\0\0\0".join([b"o1", b"n", b"a\xc3\xa4"])]),
        rows.same(rows.span(rows.day(date(1899, 2, 28)), None)),
        rows.same(rows.span(rows.instant(AT), rows.instant(AT.replace(year=2026)))),
        rows.same(rows.integer_array([7, -8])),
        rows.same(rows.integer_array([])),
    )
    with psycopg.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            """
            create temp table arrived (
                id uuid, text text, same text, nothing text, flag boolean, number integer, words tsvector, days daterange,
                moments tstzrange, numbers integer[], no_numbers integer[]
            )
            """
        )
        with cursor.copy("copy arrived from stdin (format binary)") as sink:
            sink.write(table)
        found = cursor.execute(
            """
            select id, text, same, nothing, flag, number, words::text, lower(days), upper_inf(days), lower_inc(days),
                   lower(moments), upper(moments), numbers, no_numbers, words = words::text::tsvector from arrived
            """
        ).fetchall()
    same = (date(1899, 2, 28), True, True, AT, AT.replace(year=2026), [7, -8], [], True)
    assert found == [
        (BORN[0], "", "same", None, True, -1, "'amatti' 'nmatti'", *same),
        (BORN[1], None, "same", None, None, 0, "'ob'", *same),
        (BORN[2], LONG, "same", None, False, 2_000_000_000, "'aä' 'n' 'o1'", *same),
    ]


def test_no_rows_are_rows_too(database_url: str) -> None:
    with psycopg.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("create temp table arrived (id uuid)")
        with cursor.copy("copy arrived from stdin (format binary)") as sink:
            sink.write(rows.table(0, rows.fixed([])))
        assert cursor.rowcount == 0
