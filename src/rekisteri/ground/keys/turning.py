"""Turning a key: a new version takes the place of the old one while work goes on.

    announce   every process knows the new version; nobody uses it yet
    wait       until no act is under way that began before
    promote    new work uses it
    wait       again
    turn       what rows hold of the old version is made anew, page by page, each page an act of its own
    prove      by query that no row holds anything of it
    retire     the old version is destroyed

Killed at any moment, it is begun again and goes on: what stage it had reached is read from the
ring and the rows. Any number of imports and look-ups may run beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from rekisteri.ground.database import Read, Write
from rekisteri.ground.errors import Conflict
from rekisteri.ground.keys.columns import KeyedColumn, Page
from rekisteri.ground.keys.lots import LotsInDatabase
from rekisteri.ground.keys.ring import CHAINED, SEALING
from rekisteri.ground.keys.vault import DIRECT, OF_A_LOT, Vault

PASSES_MAX = 20
"""Rows that others hold, or write anew meanwhile, are left to the next pass; so many in a row say that something is wrong."""

Opened = Callable[[], AbstractContextManager[Write]]
"""Opens the door for one page of work."""


class Turner(Protocol):
    """Makes anew what the rows of one column hold of a key."""

    @property
    def column(self) -> str:
        """``schema.table.column``."""
        ...

    @property
    def key(self) -> str:
        """The named key."""
        ...

    def left(self, tx: Read, floor: bytes) -> int:
        """How many rows hold something of an old version."""
        ...

    def page(self, tx: Write, vault: Vault, floor: bytes, after: Sequence[str]) -> Page | None:
        """Make the next rows after a place anew; None where there are no more. Rows that others hold are passed over."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a turn is: the stage, the column, rows done of how many, acts waited for."""

    stage: str
    column: str = ""
    done: int = 0
    total: int = 0
    waiting: int = 0


Told = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Turned:
    """How a turn ended."""

    key: str
    version: int
    rows: int
    stuck: int
    retired: bool


def turn(
    vault: Vault,
    lots: LotsInDatabase,
    key: str,
    turners: Sequence[Turner],
    opened: Opened,
    told: Told,
    *,
    held: Opened,
    known: Collection[str],
) -> Turned:
    """Turn a key, or go on with a turn that was broken off.

    ``held`` keeps whoever records codes or compares digests away for the moment in which the
    new version becomes the current one, so that no act of theirs is of both.

    ``known`` are all columns of bytes that are declared, of a key or bare. Raises ``Conflict`` where the database has
    another, for what it holds might be lost, and where rows keep an old version although every pass has been through them.
    """
    provider = vault.provider
    _refuse_unknown(lots, known)
    if not vault.turning(key) or key in CHAINED:
        told(Progress("announce"))
        provider.announce(key)
    if vault.ring()[key].coming is not None:
        _wait(lots, told)
        with held() as tx, lots.alone():
            provider.promote(key)
            for turner in turners:
                if isinstance(turner, KeyedColumn) and turner.met:
                    _at_once(vault, turner, floor(key, vault.ring()[key].current, tx), tx, told)
    _wait(lots, told)
    version = vault.ring()[key].current
    with opened() as tx:
        mark = floor(key, version, tx)
    rows, stuck = 0, 0
    for turner in turners:
        turned, stuck_here = _pass_until_done(vault, turner, mark, opened, told)
        rows, stuck = rows + turned, stuck + stuck_here
    if stuck or key in CHAINED:
        return Turned(key, version, rows, stuck, retired=False)
    told(Progress("retire"))
    with lots.alone():
        _prove(turners, mark, lots)
        if key in SEALING:
            _drop_lots(key, version, opened)
        provider.retire(key)
    return Turned(key, version, rows, stuck, retired=True)


def _refuse_unknown(lots: LotsInDatabase, known: Collection[str]) -> None:
    with lots.unhindered() as tx:
        columns = tx.tuples(
            """
            select n.nspname || '.' || c.relname || '.' || a.attname
            from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
              and a.atttypid in ('bytea'::regtype, 'bytea[]'::regtype)
              and n.nspname !~ '^(pg_|information_schema$|public$)'
            """
        )
    strange = sorted({str(name) for (name,) in columns} - set(known))
    if strange:
        raise Conflict(f"Nothing is known of {', '.join(strange)}: what it holds might be lost with the old version.")


def _wait(lots: LotsInDatabase, told: Told) -> None:
    told(Progress("wait"))
    lots.wait_for_others(lambda count: told(Progress("wait", waiting=count)))


def floor(key: str, version: int, tx: Read) -> bytes:
    """What sealed values of a version are not below; of other keys the version itself, as it stands before values."""
    if key not in SEALING:
        return bytes((version,))
    highest = tx.value(
        "select max(number) from ground.lot where key = %(key)s and born_version < %(version)s",
        key=key,
        version=version,
    )
    return bytes((OF_A_LOT,)) + ((highest or 0) + 1).to_bytes(4)


def _pass_until_done(vault: Vault, turner: Turner, floor: bytes, opened: Opened, told: Told) -> tuple[int, int]:
    with opened() as tx:
        total = left = turner.left(tx, floor)
    done = 0
    for _ in range(PASSES_MAX):
        after: Sequence[str] = ()
        stuck = 0
        while left:
            with opened() as tx:
                page = turner.page(tx, vault, floor, after)
            if page is None:
                break
            after, done, stuck = page.after, done + page.turned, stuck + page.stuck
            told(Progress("turn", turner.column, done, max(total, done)))
        with opened() as tx:
            left = turner.left(tx, floor)
        if left <= stuck:
            return done, left
    raise Conflict(f"{left} rows of {turner.column} keep the old version; run the command again.")


def _at_once(vault: Vault, turner: Turner, mark: bytes, tx: Write, told: Told) -> None:
    """Every row in the very act that makes the new version the current one: it is met by equality."""
    after: Sequence[str] = ()
    while page := turner.page(tx, vault, mark, after):
        told(Progress("turn", turner.column))
        after = page.after


def _prove(turners: Sequence[Turner], floor: bytes, lots: LotsInDatabase) -> None:
    for turner in turners:
        with lots.unhindered() as tx:
            left = turner.left(tx, floor)
        if left:
            raise Conflict(f"{left} rows of {turner.column} keep the old version; run the command again.")


def _drop_lots(key: str, version: int, opened: Opened) -> None:
    """The lots of old versions are no more: with them goes every value sealed of them, wherever a copy may lie."""
    with opened() as tx:
        tx.run("delete from ground.lot where key = %(key)s and born_version < %(version)s", key=key, version=version)


def is_old(sealed: bytes, floor: bytes) -> bool:
    """As the queries of sealed columns judge it: below the floor, or sealed without a lot."""
    return sealed < floor or sealed[:1] >= bytes((DIRECT,))
