"""The access matrix by SQL: what each act meets and may change in each table is what the plain page says.

Every cell is one role, scope, action, purpose, table, command and kind of row; the database is asked
as the application's role, within what the door has told it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from rekisteri.access import Action, decide
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Refused
from tests.access import contexts, plainly
from tests.access.contexts import Cell, Context
from tests.access.plainly import Here, page
from tests.access.staging import SCENES, Attempt, attempts, seen, set_up, sweep, tried
from tests.builders import a_world

CELLS_LEAST = 50_000


def test_every_role_action_and_purpose_is_decided_as_the_page_says() -> None:
    for role, bound, action, purpose in product(Role, (True, False), Action, Purpose):
        viewer = Cell(role, bound, action, purpose).viewer
        try:
            decide(viewer, action, purpose)
            done = True
        except Refused:
            done = False
        assert done is page().carries(role, action.policy.name, purpose), (role, action.policy.name, purpose)


def test_what_each_act_meets_and_may_change_in_each_table_is_what_the_page_says(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world, psycopg.connect(database_url) as owner:
        tables = set_up(owner)
        owner.commit()
        acts: dict[tuple[str, ...], dict[Here, list[Cell]]] = defaultdict(lambda: defaultdict(list))
        for cell in contexts.cells():
            told = contexts.told(world.register, cell)
            assert told == contexts.as_read(cell.here), (cell, told)
            acts[told][cell.here].append(cell)
        with world.register.database.connection() as connection:
            assert contexts.as_told(connection) == contexts.as_read(Here(None, between=contexts.BETWEEN))
        sweep(owner, tables)
        owner.commit()
        assert sorted(tables) == sorted(page().tables)
        ever = [one for table in tables for one in written(owner, table)]
        may = [one for one in ever if granted(one)]
        count = 0
        for here in contexts.beside_acts().values():
            count += hold(here, found(owner, Context(contexts.as_read(here), here), tables, ever))
        for told, meant in acts.items():
            # Acts of which the database is told the same are one to it; each is held to the page by itself.
            it = found(owner, Context(told, next(iter(meant))), tables, may)
            count += sum(len(cells) * hold(here, it) for here, cells in meant.items())
    assert count > CELLS_LEAST


class Found(NamedTuple):
    """What the database does in one state: the rows met of each table, and what became of attempts to write."""

    met: dict[str, set[str]]
    outcomes: list[tuple[Attempt, str]]


def found(owner: psycopg.Connection[Any], context: Context, tables: Iterable[str], some: list[Attempt]) -> Found:
    """Ask the database in one state for every row of every table, and for some attempts to write."""
    with owner.transaction(force_rollback=True):
        context.enter(owner)
        met = seen(owner, [name for name in tables if page().tables[name].rows != ("nobody",)])
        return Found(met, list(zip(some, tried(owner, some), strict=True)))


def hold(here: Here, it: Found) -> int:
    """Hold what the database does to the page; how many cells."""
    wrong: list[str] = []
    for table, scenes in it.met.items():
        expected = {scene.name for scene in SCENES if plainly.meets(page(), here, table, scene.row)}
        wrong += [f"{table} select {scene}" for scene in scenes ^ expected]
    for attempt, outcome in it.outcomes:
        if outcome != (due := becomes(here, attempt)):
            wrong.append(f"{attempt.statement}: {outcome}, not {due}")
    assert not wrong, "\n".join([str(here), *wrong])
    return len(SCENES) * len(it.met) + len(it.outcomes)


def granted(attempt: Attempt) -> bool:
    """Whether the application may carry the command out at all; if not, no act changes that."""
    return attempt.command in {command.partition("(")[0] for command in page().tables[attempt.table].commands}


def written(connection: psycopg.Connection[Any], table: str) -> list[Attempt]:
    """The attempts to write a table, by every command, of those the application may never carry out too."""
    columns = {
        command.partition("(")[0]: [one for one in command.partition("(")[2].strip(")").split(",") if one]
        for command in page().tables[table].commands
    }
    return [
        one
        for command in ("insert", "update", "delete")
        for one in attempts(connection, table, command, columns.get(command, ()))
    ]


def becomes(here: Here, attempt: Attempt) -> str:
    """What the page lets become of an attempt."""
    if not granted(attempt):
        return "denied"
    rows = SCENES if attempt.scene is None else (attempt.scene,)
    table, command = attempt.table, attempt.command
    met = [
        scene.row
        for scene in rows
        if plainly.may_write(page(), here, table, command, scene.row)
        and (attempt.scene is None or command == "insert" or plainly.meets(page(), here, table, scene.row))
    ]
    if attempt.becoming is not None and met:
        return str(len(met)) if becomes_that(here, attempt) else "denied"
    if command == "insert":
        return "1" if met and plainly.may_leave(page(), here, table, met[0]) else "denied"
    if command == "update" and not all(plainly.may_leave(page(), here, table, row) for row in met):
        return "denied"
    return str(len(met))


def becomes_that(here: Here, attempt: Attempt) -> bool:
    """Whether the page lets a row be made into another's: who may write, keep, and go on meeting it."""
    assert attempt.becoming is not None
    row = attempt.becoming.row
    return (
        plainly.may_write(page(), here, attempt.table, attempt.command, row)
        and plainly.may_leave(page(), here, attempt.table, row)
        and (attempt.scene is None or plainly.meets(page(), here, attempt.table, row))
    )
