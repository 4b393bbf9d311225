"""The page of tables, said in SQL: grants and policies, to be pasted where the tables are made.

``python -m tools.policies TABLE`` prints them. The law of the house lets the server read both
this and what the rooms' schemas have, and compares the two in the server's own words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rekisteri.access.actions import Area
from rekisteri.access.tables import (
    DELETE,
    INSERT,
    OWN_ACCOUNT,
    OWN_NUMBER,
    OWN_ORGANISATIONS,
    UPDATE,
    ActedFor,
    AnyAct,
    Anybody,
    AnyCustomer,
    Customers,
    Logged,
    Nobody,
    OfAccount,
    OfOrganisation,
    Opened,
    Rows,
    Switched,
    Table,
    Within,
)

ROLE = "rekisteri_app"
SELECT = "select"
EVERYWHERE = "(select current_setting('rekisteri.everywhere', true)) = 'on'"
_LOG = "(select current_setting('rekisteri.log', true))"
_REACH = "(select current_setting('rekisteri.reach', true))"


@dataclass(frozen=True, slots=True)
class TablePolicy:
    """One policy of a table: the command it is for, which rows that meets, which it may leave behind."""

    table: str
    name: str
    command: str
    using: str
    check: str

    @property
    def sql(self) -> str:
        """The statement that makes it."""
        lines = [f"create policy {self.name} on {self.table} for {self.command} to {ROLE}"]
        lines += [f"    using ({self.using})"] if self.using else []
        lines += [f"    with check ({self.check})"] if self.check else []
        return "\n".join(lines)


def policies(table: Table) -> Iterator[TablePolicy]:
    """Every policy of a table."""
    for suffix, condition in _ways(table.rows):
        yield TablePolicy(table.name, f"{table.bare}_{suffix}", SELECT, condition, "")
    for command, _ in table.writes:
        working = "true" if command in table.freely else _working(table)
        if command == DELETE and table.leaves:
            working = _opened("writes", table.leaves)
        kept = f"{working} and ({EVERYWHERE} or {table.keeps})" if table.keeps else working
        yield TablePolicy(
            table.name,
            f"{table.bare}_{command}",
            command,
            using=_removing(table, working) if command == DELETE else working if command == UPDATE else "",
            check=kept if command in (INSERT, UPDATE) else "",
        )


def grants(table: Table) -> Iterator[str]:
    """What the application may do with a table at all; the policies say with which rows."""
    whole = [command for command, columns in table.writes if not columns]
    looked_at = [] if isinstance(table.rows, Nobody) else [SELECT]
    if looked_at + whole:
        yield f"grant {', '.join(looked_at + whole)} on {table.name} to {ROLE}"
    for command, columns in table.writes:
        if columns:
            yield f"grant {command} ({', '.join(columns)}) on {table.name} to {ROLE}"


def _working(table: Table) -> str:
    if isinstance(table.rows, OfAccount) and Area.OWN_ACCOUNT in table.areas:
        every = _opened("writes", table.areas - {Area.OWN_ACCOUNT})
        return f"({every} or {_own_account('writes', table.rows.column)})"
    if table.areas:
        return _opened("writes", table.areas)
    return _switched(table.switch) if table.switch else "true"


def _removing(table: Table, working: str) -> str:
    """Who removes a row unread must be one who could have read it."""
    match table.rows:
        case Within(switch=switch) if switch:
            return f"{working} and {_switched(switch)}"
        case _:
            return working


def _ways(rows: Rows) -> Iterator[tuple[str, str]]:
    """The ways rows are met: a suffix for the policy's name, and the condition."""
    match rows:
        case Anybody():
            yield "read", "true"
        case AnyAct():
            yield "read", "(select nullif(current_setting('rekisteri.reach', true), '')) is not null"
        case AnyCustomer():
            yield "read", f"{_REACH} in ('own', 'all')"
            yield "self", f"{_REACH} = 'self' and {_opened('writes', [Area.CUSTOMERS])}"
        case Opened(areas=areas, self=self):
            yield "open", _opened("opens", areas)
            yield from _of_self(self)
        case OfAccount(areas=areas, column=column):
            yield "open", _opened("opens", areas)
            yield "mine", _own_account("opens", column)
        case Switched(name=name):
            yield name, _switched(name)
        case Customers():
            yield from _of_customers(rows)
        case ActedFor(areas=areas):
            yield "open", f"{_opened('opens', areas)} and ({EVERYWHERE} or organisations && {OWN_ORGANISATIONS})"
        case Logged(own=own, self=self):
            yield "log", _switched("log")
            yield "own", f"{_LOG} = 'own' and {own}"
            yield "self", f"{_LOG} = 'self' and {self}"
        case OfOrganisation(column=column, areas=areas, veil=veil, self=self):
            working = _opened("opens", areas) if areas else f"{_REACH} in ('own', 'all')"
            unveiled = f" and ({_switched('protected')} or not {veil})" if veil else ""
            yield "read", f"{working} and ({EVERYWHERE} or {column} {OWN_NUMBER}){unveiled}"
            yield from _of_self(self)
        case Within(condition=condition, switch=switch):
            yield "read", f"{_switched(switch)} and {condition}" if switch else condition


def _of_self(condition: str) -> Iterator[tuple[str, str]]:
    if condition:
        yield "self", f"{_REACH} = 'self' and {condition}"


def _of_customers(rows: Customers) -> Iterator[tuple[str, str]]:
    yield "all", f"{_REACH} = 'all'"
    if rows.own:
        yield "own", f"{_REACH} = 'own' and {rows.own}"
    yield from _of_self(rows.self)


def _opened(setting: str, areas: Iterable[Area]) -> str:
    words = ",".join(sorted(areas))
    return f"(select nullif(current_setting('rekisteri.{setting}', true), '')::text[] && '{{{words}}}')"


def _own_account(setting: str, column: str) -> str:
    return f"{_opened(setting, [Area.OWN_ACCOUNT])} and {column} = {OWN_ACCOUNT}"


def _switched(name: str) -> str:
    return f"(select current_setting('rekisteri.{name}', true)) = 'on'"
