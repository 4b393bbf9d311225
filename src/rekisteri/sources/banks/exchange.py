"""The exchange with the banks: what has come is taken, what is ready is sent, by the ways that are set up.

Each file is a transaction of its own. Killed between a file's sending and its being noted as
sent, it is sent again under the same identifier, which the bank knows by then.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from rekisteri.access import Write
from rekisteri.ground import egress
from rekisteri.ground.errors import Rejected, Unavailable
from rekisteri.ground.keys import Vault
from rekisteri.sources.banks import sending, soap, store
from rekisteri.sources.banks.folder import QUIET_S, Folder
from rekisteri.sources.banks.intake import Delivery, FileReport, take
from rekisteri.sources.banks.service import Agreement, Service

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

    @property
    def certificate_until(self) -> datetime | None:
        """Until when our certificate is good there; None where there is none."""
        ...

    def coming(self, known: Callable[[str], bool]) -> Iterator[tuple[Path, str, str | None]]:
        """Files to take as (path, name, the bank's reference); ``known`` tells which references came already."""
        ...

    def taken(self, path: Path) -> None:
        """A file is taken: it need not be kept here."""
        ...

    def send(self, name: str, content: bytes) -> None:
        """Send a file."""
        ...


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What went to and fro by one way; ``fault`` is what cut it off, the rest being left for the next time."""

    way: str
    files: list[FileReport]
    sent: int
    orders: int
    fault: Unavailable | None = None


Open = Callable[[], AbstractContextManager[Write]]


def exchange(ways: Sequence[Way], vault: Vault, opened: Open) -> list[Exchanged]:
    """Take and send by each way; ``opened`` opens the door for one file's act. A bank that is away keeps no other waiting."""
    return [_exchange(way, vault, opened) for way in ways]


def _exchange(way: Way, vault: Vault, opened: Open) -> Exchanged:
    reports: list[FileReport] = []
    sent = orders = 0

    def known(reference: str) -> bool:
        with opened() as tx:
            return store.file_by_reference(tx, way.name, reference) is not None

    try:
        for path, name, reference in way.coming(known):
            with opened() as tx:
                reports.append(take(tx, vault, Delivery(path, name, way.name, reference), _unwatched))
            way.taken(path)
        with opened() as tx:
            ready = sending.outgoing(tx, vault, way.banks)
        for message in ready:
            way.send(f"{message.name}.xml", message.content)
            with opened() as tx:
                orders += sending.sent(tx, vault, [message.id])
            sent += 1
    except Unavailable as fault:
        return Exchanged(way.name, reports, sent, orders, fault)
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


def connections(home: Path) -> list[egress.Connection]:
    """The connections that ``banks.toml`` declares, to be held against the house's rules. Raises ``Rejected``."""
    return [way.connection for way in ways(home) if isinstance(way, Service)]


def _way(home: Path, name: str, table: Any) -> Way:
    kind = table.get("kind") if isinstance(table, dict) else None
    match kind:
        case "folder":
            return _folder(home, name, table)
        case "service":
            return _service(home, name, table)
        case _:
            raise Rejected(f"In banks.toml [{name}] needs a kind: folder or service.", field=name)


def _folder(home: Path, name: str, table: dict[str, Any]) -> Folder:
    try:
        return Folder(
            name, _codes(table["banks"]), home / str(table["in"]), home / str(table["out"]),
            int(table.get("quiet_s", QUIET_S)),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        raise Rejected(f"In banks.toml [{name}] needs banks, in and out.", field=name) from None


def _service(home: Path, name: str, table: dict[str, Any]) -> Service:
    try:
        connection = egress.Connection(
            name=f"bank-{name}",
            url=str(table["url"]),
            country=str(table["country"]),
            purpose="The banks' file service: receiver infos in, sender notices out",
            ca=home / str(table["tls_ca"]) if "tls_ca" in table else None,
        )
        agreement = Agreement(
            customer=str(table["customer"]),
            receiver=str(table["receiver"]),
            target=str(table.get("target", "")),
            environment=str(table.get("environment", "PRODUCTION")),
            incoming=_codes(table["in_types"]),
            outgoing=str(table["out_type"]),
        )
        codes = _codes(table["banks"])
        files = [home / str(table[file]) for file in ("certificate", "key", "bank_ca")]
    except (KeyError, TypeError, ValueError):
        raise Rejected(
            f"In banks.toml [{name}] needs banks, url, country, customer, receiver, in_types, out_type, "
            "certificate, key and bank_ca.",
            field=name,
        ) from None
    return Service(name, codes, connection, agreement, soap.load(files[0], files[1], files[2]), home)


def _codes(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise TypeError
    return tuple(str(value) for value in values)
