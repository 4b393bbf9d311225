"""The exchange with the banks: what has come is taken, what is ready is sent, by the ways that are set up.

Each file is a transaction of its own. Killed between a file's sending and its being noted as
sent, it is sent again under the same identifier, which the bank knows by then.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rekisteri.access import Write
from rekisteri.ground.errors import Rejected
from rekisteri.ground.keys import Vault
from rekisteri.sources.banks import sending
from rekisteri.sources.banks.folder import QUIET_S, Folder
from rekisteri.sources.banks.intake import Delivery, FileReport, take

WAYS = "banks.toml"


class Way(Protocol):
    """A way to one or more banks."""

    @property
    def name(self) -> str:
        """What it is called here; part of the outer key of each file."""
        ...

    @property
    def banks(self) -> tuple[str, ...]:
        """Codes of the banks whose messages go this way."""
        ...

    def coming(self) -> Iterator[tuple[Path, str, str | None]]:
        """Files to take as (path, name, the bank's reference)."""
        ...

    def taken(self, path: Path) -> None:
        """A file is taken: it need not be kept here."""
        ...

    def send(self, name: str, content: bytes) -> None:
        """Send a file."""
        ...


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What went to and fro by one way."""

    way: str
    files: list[FileReport]
    sent: int
    orders: int


Open = Callable[[], AbstractContextManager[Write]]


def exchange(ways: Sequence[Way], vault: Vault, opened: Open) -> list[Exchanged]:
    """Take and send by each way; ``opened`` opens the door for one file's act. Raises ``Unavailable``."""
    return [_exchange(way, vault, opened) for way in ways]


def _exchange(way: Way, vault: Vault, opened: Open) -> Exchanged:
    reports = []
    for path, name, reference in way.coming():
        with opened() as tx:
            reports.append(take(tx, vault, Delivery(path, name, way.name, reference), _unwatched))
        way.taken(path)
    sent = orders = 0
    with opened() as tx:
        ready = sending.outgoing(tx, vault, way.banks)
    for message in ready:
        way.send(f"{message.name}.xml", message.content)
        with opened() as tx:
            orders += sending.sent(tx, vault, [message.id])
        sent += 1
    return Exchanged(way.name, reports, sent, orders)


def _unwatched(_messages: int) -> None:
    """Nobody watches."""


def ways(home: Path) -> list[Way]:
    """The ways that ``banks.toml`` of the register's home sets up; none without it. Raises ``Rejected``."""
    path = home / WAYS
    if not path.exists():
        return []
    try:
        tables: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Rejected(f"banks.toml can't be read: {error}.", field=WAYS) from None
    return [_way(home, name, table) for name, table in tables.items()]


def _way(home: Path, name: str, table: Any) -> Way:
    if not isinstance(table, dict) or table.get("kind") != "folder":
        raise Rejected(f"In banks.toml [{name}] needs a kind: folder.", field=name)
    try:
        codes = tuple(str(code) for code in table["banks"])
        incoming, outgoing = home / str(table["in"]), home / str(table["out"])
        quiet_s = int(table.get("quiet_s", QUIET_S))
    except (KeyError, TypeError, ValueError):
        raise Rejected(f"In banks.toml [{name}] needs banks, in and out.", field=name) from None
    return Folder(name, codes, incoming, outgoing, quiet_s)
