"""What the database is told of each act there can be: taken from the door itself, and beside it what the page says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import psycopg

from rekisteri.access import Action, Viewer
from rekisteri.access.actions import Area
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.ids import AccountId, PartyId
from rekisteri.wiring import Register
from tests.access.plainly import Act, Here, page
from tests.access.staging import APPLICATION, OURS, Scene
from tests.builders import ALWAYS_FRESH

ME = Scene("ours", "off")
"""The scene whose account is the viewer's."""
MYSELF = Scene("theirs", "unknown")
"""The scene whose customer is the data subject who acts."""
SETTINGS = (
    "reach", "organisations", "everywhere", "account", "self", "opens", "writes", "protected", "log", "log_of", "seal",
)  # fmt: skip
BETWEEN = frozenset({"sign_in"})


@dataclass(frozen=True, slots=True)
class Context:
    """One state the database can be in: how it is told, and how the page reads it."""

    settings: tuple[str, ...]
    here: Here

    def enter(self, connection: psycopg.Connection[Any]) -> None:
        """Tell the database, for this transaction, as the application's role."""
        connection.execute(
            "select set_config('role', %s, true), " + ", ".join("set_config(%s, %s, true)" for _ in SETTINGS),
            [APPLICATION, *(word for name, value in zip(SETTINGS, self.settings, strict=True)
                            for word in (f"rekisteri.{name}", value))],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """One act somebody may do: role, scope, action and purpose."""

    role: Role
    bound: bool
    action: Action
    purpose: Purpose

    @property
    def organisations(self) -> frozenset[int]:
        """Of which client organisation; a data subject is of none."""
        return frozenset({OURS}) if self.bound and self.role is not Role.SUBJECT else frozenset()

    @property
    def everywhere(self) -> bool:
        """Whether they act for every client organisation."""
        return not self.bound and self.role is not Role.SUBJECT

    @property
    def viewer(self) -> Viewer:
        """Somebody of the role, bound to one client organisation or of the service centre's staff."""
        return Viewer(
            account_id=AccountId(ME.id_of("account")),
            handle="matrix",
            name="Matrix",
            roles=frozenset({self.role}),
            organisations=self.organisations,
            every_organisation=self.everywhere,
            channel="web",
            party_id=PartyId(MYSELF.id_of("party")),
            authenticated_at=ALWAYS_FRESH,
        )

    @property
    def here(self) -> Here:
        """The act as the page reads it."""
        return Here(
            act=page().actions[self.action.policy.name],
            role=self.role,
            organisations=self.organisations,
            everywhere=self.everywhere,
            account=str(ME.id_of("account")),
            party=str(MYSELF.id_of("party")),
        )


def cells() -> Iterator[Cell]:
    """Every act the page allows somebody of one role, of one organisation and of the staff."""
    for role, bound, action, purpose in product(Role, (True, False), Action, Purpose):
        name = action.policy.name
        if name in page().actions and page().carries(role, name, purpose):
            yield Cell(role, bound, action, purpose)


def told(register: Register, cell: Cell) -> tuple[str, ...]:
    """What the door tells the database of an act."""
    with register.door.read(cell.viewer, cell.action, cell.purpose) as tx:
        return as_told(tx._connection)


def as_told(connection: psycopg.Connection[Any]) -> tuple[str, ...]:
    """What a connection has been told; a setting nobody made is empty."""
    asked = ", ".join(f"coalesce(current_setting('rekisteri.{name}', true), '')" for name in SETTINGS)
    row = connection.execute(f"select {asked}".encode()).fetchone()
    assert row is not None
    return tuple(row)


def as_read(here: Here) -> tuple[str, ...]:
    """What the page would have the database told: the same in the order of ``SETTINGS``."""
    if here.act is None:
        return ("", "", "", "", "", _array(here.opens), _array(here.writes), "", "", "", "")
    return (
        here.reach,
        _array(map(str, here.organisations)),
        _on(here.everywhere),
        here.account,
        here.party,
        _array(here.opens),
        _array(here.writes),
        _on(here.marked("protected")),
        here.log,
        _array(here.log_of) if here.log_of else "",
        _on(here.marked("seal")) if here.marked("seal") else "",
    )


def beside_acts() -> dict[str, Here]:
    """States no act of today leads to, which the policies decide all the same."""
    nobody: frozenset[str] = frozenset()
    subject = Act("self", nobody, nobody, nobody, nobody, nobody)
    myself = str(MYSELF.id_of("party"))
    areas = {
        f"an act that writes {area}": Here(
            Act("all", nobody, nobody, frozenset({area}), nobody, nobody), everywhere=True
        )
        for area in Area
    }
    return areas | {
        "nothing told": Here(None),
        "between acts": Here(None, between=BETWEEN),
        "a data subject": Here(subject, party=myself, account=str(ME.id_of("account"))),
        "a data subject's covered values": Here(
            Act("self", nobody, nobody, nobody, nobody, frozenset({"protected"})), party=myself
        ),
        "a data subject of no party": Here(subject),
        "a data subject's log": Here(
            Act("self", nobody, nobody, nobody, nobody, frozenset({"log"})), party=myself, log_of=frozenset({myself})
        ),
        "the sequencer": Here(Act("none", nobody, nobody, nobody, nobody, frozenset({"log", "seal"})), "sequencer"),
        "somebody of no organisation": Here(Act("own", nobody, nobody, nobody, nobody, nobody)),
    }


def _array(words: Any) -> str:
    return "{" + ",".join(sorted(words)) + "}"


def _on(value: bool) -> str:
    return "on" if value else "off"
