"""Would the matrix notice? Every policy of the database is dropped and widened, every table opened and every
command granted; every action and item is given one role, purpose, area or mark more: each must be found out.

All mutants are tried each time; a survivor is printed. Each lives in a transaction that is undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product, zip_longest
from typing import Any

import psycopg
import pytest

from rekisteri.access import Act, Action, Policy, Reach, Right, decide, door, sight
from rekisteri.access.actions import Area
from rekisteri.catalogue import ITEMS, Disclosure, Item, Purpose, Role
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Refused
from tests.access import contexts, plainly
from tests.access.contexts import Cell, Context
from tests.access.plainly import page
from tests.access.staging import SCENES, Attempt, seen, set_up, tried
from tests.access.test_matrix import becomes, written
from tests.builders import MORNING

MUTANTS_LEAST = 400
TOLD_MARKS = ("protected", "log")
"""Marks that the database is told."""
DOOR_MARKS = ("fresh", "implied")
"""Marks that the door and the tokens hold by themselves: the page alone tells which acts bear them."""
COMMANDS = ("select", "insert", "update", "delete")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A database that differs in one thing: how it is made, and where the difference must show."""

    statement: str
    table: str
    command: str


def mutants(connection: psycopg.Connection[Any], tables: Sequence[str]) -> Iterator[Mutant]:
    """Every policy dropped and widened, every command granted that is not, every table opened."""
    found = connection.execute(
        "select schemaname || '.' || tablename, policyname, lower(cmd), qual, with_check from pg_policies order by 1, 2"
    ).fetchall()
    for table, name, command, using, check in found:
        for one in COMMANDS if command == "all" else (command,):
            if one not in allowed(table):
                continue
            yield Mutant(f"drop policy {name} on {table}", table, one)
            if using not in (None, "true") and one != "insert":
                yield Mutant(f"alter policy {name} on {table} using (true)", table, one)
            if check not in (None, "true") and (one == "insert" or (one == "update" and tells_apart(table))):
                yield Mutant(f"alter policy {name} on {table} with check (true)", table, one)
    for table in tables:
        guarded = [one for one in allowed(table) if one != "select" or page().tables[table].rows != ("anybody",)]
        guarded = [one for one in guarded if one == "select" or page().tables[table].writers != ("anybody",)]
        for command in sorted(guarded, reverse=True)[:1]:
            yield Mutant(f"alter table {table} disable row level security", table, command)
        # A grant to insert opens nothing without a policy for it; that it is there the house's law of policies sees.
        for command in {"update", "delete"} - allowed(table):
            yield Mutant(f"grant {command} on {table} to rekisteri_app", table, command)
    functions = connection.execute(
        """
        select p.oid::regprocedure::text, pg_get_function_arguments(p.oid), n.nspname || '.' || p.proname
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where p.prosecdef and p.prorettype = 'boolean'::regtype and n.nspname !~ '^(pg_|information_schema$|probe$)'
        """
    ).fetchall()
    for _, arguments, name in functions:
        asking = connection.execute(
            "select schemaname || '.' || tablename, lower(cmd) from pg_policies where qual like %s or with_check like %s",
            (f"%{name}(%", f"%{name}(%"),
        ).fetchall()
        for answer, (table, command) in product(("true", "false"), asking[:1]):
            body = f"language sql stable security definer begin atomic select {answer}; end"
            yield Mutant(f"create or replace function {name}({arguments}) returns boolean {body}", table, command)


def allowed(table: str) -> set[str]:
    """The commands the application may carry out on a table at all."""
    kept = page().tables[table]
    written_by = {command.partition("(")[0] for command in kept.commands}
    return written_by | (set() if kept.rows == ("nobody",) else {"select"})


def tells_apart(table: str) -> bool:
    """Whether it matters which row an update leaves behind: elsewhere whoever may update one may leave any."""
    return page().tables[table].keeps != "-" or "own_account" in page().tables[table].writers


def every_context() -> list[Context]:
    """The states the acts of the page lead to, and those beside them; what differs most comes first."""
    heres = [*contexts.beside_acts().values(), *dict.fromkeys(cell.here for cell in contexts.cells())]
    return list({contexts.as_read(here): Context(contexts.as_read(here), here) for here in heres}.values())


def noticed(
    connection: psycopg.Connection[Any], mutant: Mutant, some: Iterable[Context], attempts: Sequence[Attempt]
) -> bool:
    """Whether any cell of the mutant's table and command is not what the page says."""
    for context in some:
        with connection.transaction(force_rollback=True):
            context.enter(connection)
            if mutant.command == "select":
                (scenes,) = seen(connection, [mutant.table]).values()
                expected = {
                    scene.name for scene in SCENES if plainly.meets(page(), context.here, mutant.table, scene.row)
                }
                if scenes != expected:
                    return True
            elif tried(connection, list(attempts)) != [becomes(context.here, attempt) for attempt in attempts]:
                return True
    return False


def in_turn(some: Sequence[Context], table: str, command: str) -> list[Context]:
    """The contexts with those of different expectations in turn, so that a mutant is met soon."""
    groups: dict[object, list[Context]] = {}
    for context in some:
        told = (
            frozenset(scene.name for scene in SCENES if plainly.meets(page(), context.here, table, scene.row))
            if command == "select"
            else tuple(
                (plainly.may_write(page(), context.here, table, command, scene.row),
                 plainly.may_leave(page(), context.here, table, scene.row))
                for scene in SCENES
            )
        )  # fmt: skip
        groups.setdefault((told, context.here.reach), []).append(context)
    return [one for turn in zip_longest(*groups.values()) for one in turn if one is not None]


def test_no_widened_dropped_or_opened_policy_of_the_database_goes_unnoticed(database_url: str) -> None:
    survivors: list[str] = []
    count = 0
    with psycopg.connect(database_url) as owner:
        tables = set_up(owner)
        owner.commit()
        some = every_context()
        attempts = {table: written(owner, table) for table in tables}
        orders = cache(lambda table, command: in_turn(some, table, command))
        for mutant in list(mutants(owner, tables)):
            count += 1
            with owner.transaction(force_rollback=True):
                owner.execute(mutant.statement.encode())
                own = [one for one in attempts[mutant.table] if one.command == mutant.command]
                if not noticed(owner, mutant, orders(mutant.table, mutant.command), own):
                    survivors.append(f"{mutant.statement} ({mutant.command})")
    assert not survivors, f"{len(survivors)} of {count} mutants live:\n" + "\n".join(survivors)
    assert count > MUTANTS_LEAST


# Actions and items


class Recorder:
    """A transaction that keeps what it is told."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}

    def first(self, _statement: str, parameters: dict[str, str]) -> None:
        """Keep it."""
        self.told = parameters


def telling(cell: Cell) -> tuple[str, ...]:
    """What the door would tell the database of an act."""
    recorder = Recorder()
    door._told.cache_clear()
    settings = door._settings(Act(cell.viewer, cell.action, cell.purpose, None, day(MORNING)))
    door._enter(recorder, settings, MORNING)  # type: ignore[arg-type]
    return tuple(recorder.told.get(name, "") for name in contexts.SETTINGS)


def wrong_cells(action: Action) -> Iterator[str]:
    """The cells of one action that are not decided, or not told to the database, as the page says."""
    name = action.policy.name
    for role, bound, purpose in product(Role, (True, False), Purpose):
        cell = Cell(role, bound, action, purpose)
        try:
            decide(cell.viewer, action, purpose)
            done = True
        except Refused:
            done = False
        if done is not page().carries(role, name, purpose):
            yield f"{role} {name} {purpose}"
        elif done and telling(cell) != contexts.as_read(cell.here):
            yield f"{role} {name} {purpose} is told as {telling(cell)}"


def widened(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """Every policy that allows one thing more."""
    yield from ((f"role {one}", replace(policy, roles=policy.roles | {one})) for one in set(Role) - policy.roles)
    yield from (
        (f"purpose {one}", replace(policy, purposes=policy.purposes | {one})) for one in set(Purpose) - policy.purposes
    )
    yield from ((f"reach {one}", replace(policy, reach=one)) for one in set(Reach) - {policy.reach})
    yield from ((f"writes {one}", replace(policy, writes=policy.writes | {one})) for one in set(Area) - policy.writes)
    yield from (
        (f"opens {one}", replace(policy, opens=policy.opens | {one}))
        for one in set(Area) - policy.opens - policy.writes
    )
    yield from ((mark, replace(policy, **{mark: not getattr(policy, mark)})) for mark in (*TOLD_MARKS, *DOOR_MARKS))


def changes_nothing(policy: Policy, more: Policy) -> bool:
    """Whether no cell tells of it: no role that carries the action may name such a purpose, or the door alone holds the mark."""

    def pairs(one: Policy) -> set[tuple[Role, Purpose]]:
        return {(role, purpose) for role in one.roles for purpose in one.purposes if purpose in page().roles[role]}

    if any(getattr(policy, mark) != getattr(more, mark) for mark in DOOR_MARKS):
        return True
    same = replace(more, roles=policy.roles, purposes=policy.purposes) == policy
    return not pairs(more) or (same and pairs(policy) == pairs(more))


def test_no_action_that_is_given_more_goes_unnoticed(monkeypatch: pytest.MonkeyPatch) -> None:
    survivors: list[str] = []
    count = idle = 0
    for action in Action:
        assert not list(wrong_cells(action)), action
        for what, more in list(widened(action.policy)):
            policy = action.policy
            with monkeypatch.context() as patch:
                patch.setattr(action, "policy", more)
                if changes_nothing(policy, more):
                    idle += 1
                    found: Iterator[str] = plainly.differences()
                else:
                    found = wrong_cells(action)
                if next(found, None) is None:
                    survivors.append(f"{policy.name} with {what}")
                count += 1
    door._told.cache_clear()
    assert not survivors, f"{len(survivors)} of {count} mutants live:\n" + "\n".join(survivors)
    assert count - idle > MUTANTS_LEAST


def fewer_guards(item: Item) -> Iterator[tuple[str, Item]]:
    """Every item that is open to one role or purpose more, or that no order covers."""
    yield from ((f"reader {one}", replace(item, readers=item.readers | {one})) for one in set(Role) - item.readers)
    yield from (
        (f"purpose {one}", replace(item, purposes=item.purposes | {one})) for one in set(Purpose) - item.purposes
    )
    yield ("covered", replace(item, covered=not item.covered))


def test_no_item_that_is_shown_to_more_goes_unnoticed() -> None:
    survivors: list[str] = []
    count = 0
    for item in ITEMS:
        assert not list(wrong_sights(item)), item.name
        for what, more in fewer_guards(item):
            count += 1
            if next(wrong_sights(more), None) is None:
                survivors.append(f"{item.name} with {what}")
    assert not survivors, f"{len(survivors)} of {count} mutants live:\n" + "\n".join(survivors)


def wrong_sights(item: Item) -> Iterator[str]:
    """The cells of one item that are not shown or withheld as the page says."""
    for act in looks():
        for order in Disclosure:
            (role,) = act.roles
            expected = plainly.shows(page(), item.name, role, act.purpose, order, everywhere=act.every_organisation)
            if sight(act, item, order) != expected:
                yield f"{item.name} {role} {act.purpose} {order}: {sight(act, item, order)}, not {expected}"


@cache
def looks() -> tuple[Act, ...]:
    """Acts of every role for every purpose: of an action that all carry, so that the item alone decides."""
    every = replace(Action.CATALOGUE_READ.policy, roles=frozenset(Role), purposes=frozenset(Purpose))

    class Looking:
        policy = every

    return tuple(
        Act(_whoever(role, purpose, bound), Looking, purpose, None, day(MORNING))  # type: ignore[arg-type]
        for role, bound, purpose in product(Role, (True, False), Purpose)
    )


def _whoever(role: Role, purpose: Purpose, bound: bool) -> Any:
    viewer = Cell(role, bound, Action.CATALOGUE_READ, purpose).viewer
    return replace(viewer, rights=(Right(role, frozenset(Purpose), viewer.organisations, viewer.every_organisation),))
