"""No column of bytes hides: each holds something of a named key and can be made anew, or is named bare."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

import psycopg

from rekisteri import catalogue, wiring
from rekisteri.ground.keys import KEY_NAMES
from tests.house.reading import Module, a_module, calls, house, keep
from tests.house.test_schema import OF_THE_HOUSE, rows, run

INDEX_MAKERS = frozenset({"blind", "blind_all"})
# Whoever makes an index of a code while its key turns must know of both versions: these do.
INDEX_HOMES = (
    "rekisteri.ground.keys",
    "rekisteri.parties.crowd",
    "rekisteri.parties.correct",
    "rekisteri.matching.place",
    "rekisteri.sources.vtj.state",
)


def byte_columns(url: str) -> set[str]:
    found = rows(
        url,
        f"""
        select n.nspname || '.' || c.relname || '.' || a.attname
          from pg_attribute a
          join pg_class c on c.oid = a.attrelid
          join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and {OF_THE_HOUSE}
           and a.atttypid in ('bytea'::regtype, 'bytea[]'::regtype)
        """,
    )
    return {name for (name,) in found}


def unclaimed(url: str) -> Iterator[str]:
    live, keyed, bare = byte_columns(url), {one.column for one in wiring.TURNERS}, set(catalogue.BARE_BYTES)
    for name in live - keyed - bare:
        yield f"{name} holds bytes: declare it in catalogue.KEYED with its key, or in catalogue.BARE_BYTES"
    for name in (keyed | bare) - live:
        yield f"{name} is declared but not in the database"
    for name in keyed & bare:
        yield f"{name} is declared both keyed and bare"


def unturnable(url: str) -> Iterator[str]:
    """Columns whose statements do not compile, or that the application may not write anew."""
    with psycopg.connect(url) as connection:
        connection.execute("set role rekisteri_app")
        for one in catalogue.KEYED:
            begin = {f"begin_{place}": None for place in range(len(one.row))}
            anew: dict[str, list[str]] = {f"row_{place}": [] for place in range(len(one.row))}
            try:
                with connection.transaction():
                    connection.execute(one.next_rows, {"floor": b"", "limit": 1} | begin)
                    connection.execute(one.put_back, {"anew": []} | anew)
            except psycopg.Error as error:
                yield f"{one.column} cannot be made anew: {error.diag.message_primary}"


def loose_indexes(modules: Iterable[Module]) -> Iterator[str]:
    for module in modules:
        at_home = any(module.name == home or module.name.startswith(f"{home}.") for home in INDEX_HOMES)
        for call in calls(module):
            if not at_home and isinstance(call.func, ast.Attribute) and call.func.attr in INDEX_MAKERS:
                yield f"{module.at(call)} makes an index of one version: ask parties.find_code, or take vault.blinds"


def test_every_column_of_bytes_is_keyed_or_named_bare(database_url: str) -> None:
    keep("Nothing sealed is forgotten:", unclaimed(database_url))


def test_every_keyed_column_can_be_made_anew_when_its_key_turns(database_url: str) -> None:
    keep("Grant update of the column, and let KEYS_TURN work in its area:", unturnable(database_url))
    columns = [one.column for one in wiring.TURNERS]
    assert len(columns) == len(set(columns))
    assert {one.key for one in wiring.TURNERS} == set(KEY_NAMES)


def test_codes_are_looked_up_under_every_version_of_the_index() -> None:
    keep("A code is found while the key turns:", loose_indexes(house()))


def test_the_law_sees_unclaimed_bytes_and_loose_indexes(database_url: str) -> None:
    run(database_url, "create table audit.stray (id integer primary key, box bytea, boxes bytea[])")
    assert {one.split()[0] for one in unclaimed(database_url)} == {"audit.stray.box", "audit.stray.boxes"}
    run(database_url, "revoke update on parties.work from rekisteri_app")
    assert len(list(unturnable(database_url))) == 2
    stray = a_module("rekisteri.rights.x", "def f(vault):\n    return vault.blind('hetu', 'x')")
    assert len(list(loose_indexes([stray]))) == 1
