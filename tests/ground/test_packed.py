"""Columns packed for the server arrive as the values they are of."""

from __future__ import annotations

import psycopg
import pytest

from rekisteri.ground import ids, packed
from rekisteri.ground.packed import Packed

LONG = "ä" * 5000
BORN = ids.batch(3)


@pytest.mark.parametrize(
    ("column", "kind", "values"),
    [
        (packed.uuids(BORN), "uuid", BORN),
        (packed.texts(["", None, 'a\\b\t{}"', LONG]), "text", ["", None, 'a\\b\t{}"', LONG]),
        (packed.documents([b'{"a": 1}', None]), "json", [{"a": 1}, None]),
        (packed.blobs([b"", b"\0\xff", None, bytes(70_000)]), "bytea", [b"", b"\0\xff", None, bytes(70_000)]),
        (packed.numbers([0, -1, None, 2_000_000_000]), "integer", [0, -1, None, 2_000_000_000]),
        (packed.flags([True, None, False]), "boolean", [True, None, False]),
        (packed.texts([]), "text", []),
        (packed.uuids([]), "uuid", []),
    ],
    ids=["uuid", "text", "json", "bytea", "integer", "boolean", "no text", "no uuid"],
)
def test_a_column_arrives_as_it_was(database_url: str, column: Packed, kind: str, values: list[object]) -> None:
    assert len(column) == len(values)
    with psycopg.connect(database_url) as connection:
        query = f"select value from unnest(%s::{kind}[]) as value"
        for _ in range(7):  # prepared after five
            rows = connection.execute(query.encode(), [column]).fetchall()
    found = [str(value) if kind == "uuid" else value for (value,) in rows]
    assert found == values
