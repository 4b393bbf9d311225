"""The log as it stands in the database: its tiles, its checkpoints and what proves them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rekisteri.audit.entries import Entry
from rekisteri.audit.merkle import HASH_BYTES, TILE_WIDTH, Tree, tiles_around
from rekisteri.audit.notes import Note, Signature
from rekisteri.ground.database import Read

ENTRIES_AT_ONCE = 64 * TILE_WIDTH


@dataclass(frozen=True, slots=True)
class Stamped:
    """A checkpoint as it is kept: size and root, the signed note, and how far the sequencer had come."""

    size: int
    root: bytes
    at: datetime
    note: str
    horizon: str


def last_checkpoint(tx: Read) -> Stamped | None:
    """The latest checkpoint, if the log has begun."""
    return tx.find(
        Stamped,
        "select size, root, at, note, horizon::text as horizon from audit.checkpoint order by size desc limit 1",
    )


def tree(tx: Read, size: int) -> Tree:
    """The first ``size`` leaves as a tree, read as it is asked of."""

    def tile(level: int, number: int, width: int) -> Sequence[bytes]:
        first = number * TILE_WIDTH
        if level == 0:
            return _hashes(tx.value(_LEAF_HASHES, first=first, end=first + width))
        return _hashes(tx.value(_ROOTS, level=level - 1, first=first, end=first + width))

    return Tree(size, tile)


def inclusion(tx: Read, index: int, size: int) -> list[bytes]:
    """The audit path of a leaf in the log of ``size`` leaves, lowest first: all it is made of is read in one round."""
    wanted = tiles_around(index, size)
    rows = tx.tuples(
        """
        select wanted.level, wanted.number, case wanted.level
                   when 0 then (select string_agg(sha256('\\x0001'::bytea || uuid_send(l.event_id)
                                                         || int8send((extract(epoch from l.at) * 1000000)::bigint)
                                                         || l.commitment), '' order by l.number)
                                from audit.leaf l where l.number >= wanted.first and l.number < wanted.first + wanted.width)
                   else (select string_agg(t.root, '' order by t.number) from audit.tile t
                         where t.level = wanted.level - 1
                           and t.number >= wanted.first and t.number < wanted.first + wanted.width)
               end
        from unnest(%(levels)s::integer[], %(numbers)s::bigint[], %(firsts)s::bigint[], %(widths)s::integer[])
             as wanted (level, number, first, width)
        """,
        levels=[level for level, _, _ in wanted],
        numbers=[number for _, number, _ in wanted],
        firsts=[number * TILE_WIDTH for _, number, _ in wanted],
        widths=[width for _, _, width in wanted],
    )
    told = {(level, number): _hashes(row) for level, number, row in rows}
    return Tree(size, lambda level, number, _: told[level, number]).inclusion(index)


def _hashes(row: bytes | None) -> list[bytes]:
    whole = row or b""
    return [whole[at : at + HASH_BYTES] for at in range(0, len(whole), HASH_BYTES)]


# Two hundred and fifty-six hashes as one value: a proof reads three or four of them.
_LEAF_HASHES = """
    select string_agg(sha256('\\x0001'::bytea || uuid_send(event_id)
                             || int8send((extract(epoch from at) * 1000000)::bigint) || commitment), '' order by number)
    from audit.leaf where number >= %(first)s and number < %(end)s
"""
_ROOTS = """
    select string_agg(root, '' order by number) from audit.tile
    where level = %(level)s and number >= %(first)s and number < %(end)s
"""


def entries(tx: Read, start: int, end: int) -> list[Entry]:
    """The entries of leaves ``start`` to ``end``, in their order."""
    return tx.all(
        Entry,
        """
        select event_id, (extract(epoch from at) * 1000000)::bigint as at_us, commitment from audit.leaf
        where number >= %(start)s and number < %(end)s order by number
        """,
        start=start,
        end=end,
    )


def every_entry(tx: Read, size: int) -> Iterator[Entry]:
    """The entries of the first ``size`` leaves, so many at a time."""
    for start in range(0, size, ENTRIES_AT_ONCE):
        yield from entries(tx, start, min(start + ENTRIES_AT_ONCE, size))


def published(tx: Read, size: int | None = None) -> Note | None:
    """The note of a checkpoint (the latest by default) with every cosignature it got, if there is one."""
    found = last_checkpoint(tx) if size is None else _checkpoint(tx, size)
    if found is None:
        return None
    rows = tx.tuples("select line from audit.cosignature where size = %(size)s order by at, witness", size=found.size)
    return Note.parse(found.note).with_signatures(Signature.parse(line) for (line,) in rows)


def _checkpoint(tx: Read, size: int) -> Stamped | None:
    return tx.find(
        Stamped,
        "select size, root, at, note, horizon::text as horizon from audit.checkpoint where size = %(size)s",
        size=size,
    )
