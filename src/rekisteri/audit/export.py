"""The log as files, laid out as c2sp.org/tlog-tiles says: ``checkpoint``, ``tile/0/x001/234``, ``tile/entries/…``.

Beside those, ``checkpoints/`` keeps the last checkpoint of each day and every co-signed one, so that a verifier can
hold the log to all it has said. Nothing in the files tells of anybody.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rekisteri.audit.entries import bundle
from rekisteri.audit.merkle import TILE_HEIGHT, TILE_WIDTH, leaf_hash, tile_widths
from rekisteri.audit.tree import entries, last_checkpoint, published, tree
from rekisteri.ground.database import Read
from rekisteri.ground.errors import Missing

ENTRIES = "entries"
CHECKPOINT = "checkpoint"
CHECKPOINTS = "checkpoints"
_PLACE = re.compile(r"(entries|[0-7])/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")

Progress = Callable[[int, int], None]
"""Told leaves written so far, and of how many."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the size of the log, and how many files were new."""

    size: int
    files: int


def tile_path(level: int | str, number: int, width: int = TILE_WIDTH) -> str:
    """Where a tile stands: ``tile/<level>/<number>``, in threes of digits, ``.p/<width>`` where it is partial."""
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    threes = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    place = "/".join([*(f"x{three}" for three in threes[:-1]), threes[-1]])
    return f"tile/{level}/{place}" + (f".p/{width}" if width < TILE_WIDTH else "")


def tile_content(tx: Read, place: str) -> bytes:
    """What stands at ``<level>/<number>[.p/<width>]`` of the log as it was signed last. Raises ``Missing``."""
    found = _PLACE.fullmatch(place)
    last = last_checkpoint(tx)
    if found is None or last is None:
        raise Missing("There is no such tile.")
    level, number, width = found[1], int(found[2].replace("x", "").replace("/", "")), int(found[3] or TILE_WIDTH)
    height = 0 if level == ENTRIES else int(level)
    there = (last.size >> TILE_HEIGHT * height) - number * TILE_WIDTH
    if width > there or place != tile_path(level, number, width).removeprefix("tile/"):
        raise Missing("There is no such tile.")
    if level == ENTRIES:
        return bundle(one.encoded() for one in entries(tx, number * TILE_WIDTH, number * TILE_WIDTH + width))
    return b"".join(tree(tx, last.size).tile(height, number)[:width])


def export(tx: Read, folder: Path, progress: Progress = lambda *_: None) -> Exported:
    """Write the log to a folder; what stands there of an earlier export is kept and continued.

    The checkpoint comes last: a folder whose export was interrupted is still the older log. Raises ``Missing``
    where the log has not begun.
    """
    note = published(tx)
    if note is None:
        raise Missing("The log has not begun; seal it first.")
    size = int(note.text.split("\n")[1])
    written = 0
    for level, number, width in _tiles(size):
        written += _write_tile(tx, folder, size, level, number, width)
        if level == 0:
            progress(number * TILE_WIDTH + width, size)
    written += sum(
        _write(folder / CHECKPOINTS / f"{one:020d}", str(found).encode())
        for one in _kept_sizes(tx, size)
        if (found := published(tx, one)) is not None
    )
    _write(folder / CHECKPOINT, str(note).encode())
    return Exported(size, written)


def _tiles(size: int) -> Iterator[tuple[int, int, int]]:
    for level, rest in enumerate(tile_widths(size)):
        for number in range(size >> TILE_HEIGHT * (level + 1)):
            yield level, number, TILE_WIDTH
        if rest:
            yield level, size >> TILE_HEIGHT * (level + 1), rest


def _write_tile(tx: Read, folder: Path, size: int, level: int, number: int, width: int) -> int:
    hashes, bundled = folder / tile_path(level, number, width), folder / tile_path(ENTRIES, number, width)
    if hashes.exists() and (level or bundled.exists()):
        return 0
    written = 0
    if level == 0:
        found = [one.encoded() for one in entries(tx, number * TILE_WIDTH, number * TILE_WIDTH + width)]
        written += _write(bundled, bundle(found))
        content = b"".join(map(leaf_hash, found))
    else:
        content = b"".join(tree(tx, size).tile(level, number))
    return written + _write(hashes, content)


def _kept_sizes(tx: Read, size: int) -> list[int]:
    rows = tx.tuples(
        """
        select max(size) from audit.checkpoint where size <= %(size)s
        group by (at at time zone 'Europe/Helsinki')::date
        union
        select size from audit.cosignature where size <= %(size)s
        order by 1
        """,
        size=size,
    )
    return [one for (one,) in rows]


def _write(path: Path, content: bytes) -> int:
    """Write a file whole or not at all; 1 if it is new or changed."""
    if path.exists() and path.read_bytes() == content:
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.write_bytes(content)
    fresh.replace(path)
    return 1
