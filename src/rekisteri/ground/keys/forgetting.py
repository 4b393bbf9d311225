"""Forgetting: an erased value opens no more, not from the oldest backup either.

    condemn     in the act that erases: which one-time keys the erased values were sealed with
    carry_out   soon after, for all that is condemned: the named key gets a new version, every lot is
                wrapped by it anew without the condemned leaves, and the old version is destroyed

A backup of before holds the lot whole, yet wrapped by a version that is no more. So that a restored
backup still opens everything else, the lots as they are now are written beside the key file, and ``mend``
puts them in the place of the restored ones. Copies of the key file made before must be destroyed:
they are what old backups would open with.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rekisteri.ground.database import Write
from rekisteri.ground.errors import Conflict, Missing, Unavailable
from rekisteri.ground.keys.columns import KeyedColumn
from rekisteri.ground.keys.keyfile import write_whole
from rekisteri.ground.keys.lots import Kept, LotsInDatabase, bound_to
from rekisteri.ground.keys.ring import SEALING
from rekisteri.ground.keys.turning import Opened, Progress, Told
from rekisteri.ground.keys.vault import DIRECT, OF_A_LOT, Vault, where

ONLY_DIRECT = bytes((OF_A_LOT, 0, 0, 0, 0))
"""A floor below which no lot stands: only values sealed without one are of old."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many one-time keys were cut out, of how many lots, and how many lots were wrapped anew."""

    leaves: int
    lots: int
    wrapped: int


@dataclass(frozen=True, slots=True)
class Mended:
    """How many lots of a restored backup were replaced, and how many can't be: what they sealed is lost for good."""

    replaced: int
    lost: int


def condemn(tx: Write, key: str, boxes: Iterable[bytes]) -> int:
    """Condemn the one-time keys of sealed values that the act erases; how many.

    The act must work in the area of keys. Raises ``Conflict`` for a value of before lots: its key can't be
    cut out of anything.
    """
    places = set()
    for box in boxes:
        if box[:1] == bytes((DIRECT,)):
            raise Conflict(f"A value was sealed before lots were; run `rekisteri keys rotate {key}` first.")
        places.add(where(box))
    if places:
        tx.run(
            """
            insert into ground.condemned (lot, leaf, key, at)
            select lot, leaf, %(key)s, %(at)s from unnest(%(lots)s::integer[], %(leaves)s::integer[]) as gone (lot, leaf)
            on conflict (lot, leaf) do nothing
            """,
            key=key,
            at=tx.at,
            lots=[lot for lot, _ in places],
            leaves=[leaf for _, leaf in places],
        )
    return len(places)


def carry_out(
    vault: Vault,
    lots: LotsInDatabase,
    columns: Iterable[KeyedColumn],
    copy: Path,
    opened: Opened,
    told: Told,
) -> Forgotten:
    """Cut out every condemned key; again it changes nothing. Broken off, it goes on when it is begun again.

    ``copy`` is where the lots are written beside the key file. Raises ``Conflict`` where values of before lots
    are there still.
    """
    with opened() as tx:
        waiting = tx.tuples("select key, count(*) from ground.condemned group by key")
    keys = {str(key) for key, _ in waiting} | {key for key in SEALING if vault.turning(key)}
    leaves, touched, wrapped = 0, set[int](), 0
    for key in sorted(keys):
        _refuse_direct(lots, [one for one in columns if one.key == key], key)
        told(Progress("announce"))
        if not vault.turning(key):
            vault.provider.announce(key)
        if vault.ring()[key].coming is not None:
            with lots.alone():
                vault.provider.promote(key)
        told(Progress("wrap"))
        with lots.alone():
            with opened() as tx:
                gone = _condemned(tx, key)
                wrapped += _wrap_anew(vault, tx, key, gone)
                tx.run("delete from ground.condemned where key = %(key)s", key=key)
            write_whole(copy, _copied(lots))
            _prove(lots, key, vault.ring()[key].current)
            vault.provider.retire(key)
        leaves += sum(map(len, gone.values()))
        touched |= set(gone)
    return Forgotten(leaves, len(touched), wrapped)


def mend(vault: Vault, copy: Path, opened: Opened) -> Mended:
    """After an old backup was restored: put the lots as they were last written in the place of those of dead versions.

    Raises ``Missing`` where there is no copy and one is needed.
    """
    ring = vault.ring()
    replaced = lost = 0
    with opened() as tx:
        dead = [
            int(number)
            for number, key, version in tx.tuples("select number, key, version from ground.lot")
            if version not in ring[key].live
        ]
        if not dead:
            return Mended(0, 0)
        if not copy.exists():
            raise Missing(f"The file {copy.name} beside the key file is missing; restore it with the key file.")
        known = {one.number: one for one in _read_copy(copy.read_bytes())}
        for number in dead:
            one = known.get(number)
            if one is None or one.version not in ring[one.key].live:
                lost += 1
                continue
            replaced += tx.run(
                "update ground.lot set version = %(version)s, wrapped = %(wrapped)s where number = %(number)s",
                version=one.version,
                wrapped=one.wrapped,
                number=number,
            )
    return Mended(replaced, lost)


def shut(vault: Vault, lots: LotsInDatabase) -> tuple[int, int]:
    """How many lots there are, and how many of them the key file does not open: another file than they were wrapped by."""
    with lots.unhindered() as tx:
        kept = [Kept(*row) for row in tx.tuples("select number, key, depth, version, wrapped from ground.lot")]
    closed = 0
    for one in kept:
        try:
            vault.unwrap(one)
        except (Unavailable, Missing):
            closed += 1
    return len(kept), closed


def _refuse_direct(lots: LotsInDatabase, columns: Iterable[KeyedColumn], key: str) -> None:
    """The named key itself still opens such values; it can't be destroyed."""
    with lots.unhindered() as tx:
        if any(one.left(tx, ONLY_DIRECT) for one in columns):
            raise Conflict(f"A value was sealed before lots were; run `rekisteri keys rotate {key}` first.")


def _condemned(tx: Write, key: str) -> dict[int, list[int]]:
    gone: dict[int, list[int]] = {}
    for lot, leaf in tx.tuples("select lot, leaf from ground.condemned where key = %(key)s", key=key):
        gone.setdefault(lot, []).append(leaf)
    return gone


def _wrap_anew(vault: Vault, tx: Write, key: str, gone: dict[int, list[int]]) -> int:
    versions = vault.ring()[key]
    rows = tx.tuples(
        """
        select number, key, depth, version, wrapped from ground.lot
        where key = %(key)s and (version < %(version)s or number = any (%(gone)s)) order by number for update
        """,
        key=key,
        version=versions.current,
        gone=list(gone),
    )
    anew = []
    for row in rows:
        kept = Kept(*row)
        lot = vault.unwrap(kept).without(gone.get(kept.number, ()))
        anew.append((kept.number, lot.wrapped(versions.live[versions.current], bound_to(key, versions.current))))
    return tx.run(
        """
        update ground.lot l set version = %(version)s, wrapped = anew.wrapped
        from unnest(%(numbers)s::integer[], %(wrapped)s::bytea[]) as anew (number, wrapped) where l.number = anew.number
        """,
        version=versions.current,
        numbers=[number for number, _ in anew],
        wrapped=[wrapped for _, wrapped in anew],
    )


def _prove(lots: LotsInDatabase, key: str, version: int) -> None:
    with lots.unhindered() as tx:
        left = tx.value(
            "select count(*) from ground.lot where key = %(key)s and version <> %(version)s", key=key, version=version
        )
    assert left == 0, "a lot would be lost with the old version"


def _copied(lots: LotsInDatabase) -> bytes:
    """Every lot as it is kept, for a file: wrapped, so worthless without the key file."""
    with lots.unhindered() as tx:
        rows = tx.tuples("select number, key, depth, version, wrapped from ground.lot order by number")
    return json.dumps([[*row[:4], base64.b64encode(row[4]).decode()] for row in rows]).encode()


def _read_copy(text: bytes) -> list[Kept]:
    return [
        Kept(number, key, depth, version, base64.b64decode(wrapped))
        for number, key, depth, version, wrapped in json.loads(text)
    ]
