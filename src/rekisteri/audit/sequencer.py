"""The sequencer: events that transactions have committed in any order get a leaf each, densely numbered.

One process at a time seals (an advisory lock); events of transactions still under way are left for the
next time, however early they began, and none is ever skipped: each event remembers the transaction that
wrote it, and every checkpoint the horizon below which all have ended (``pg_snapshot_xmin``). Before
anything is signed the tree is compared with the last checkpoint, and with what this machine remembers
to have signed: a log that was altered, or a database that was rolled back, is not signed over.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rekisteri.audit.entries import Entry, Payload, entry_of
from rekisteri.audit.merkle import EMPTY_ROOT, TILE_WIDTH, fold, leaf_hash
from rekisteri.audit.notes import LOG_KEY, Checkpoint, Signer, signed
from rekisteri.audit.tree import Stamped, last_checkpoint, tree
from rekisteri.ground import clock
from rekisteri.ground.database import Connection, Database, Write
from rekisteri.ground.errors import Conflict
from rekisteri.ground.keys import KeyProvider

LOCK = 0x4C4F4753
EVENTS_AT_ONCE = 10_000
LOG_KEY_NAMES = ("log",)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one sealing did: leaves added, and the size of the log after it. ``busy``: another process was at it."""

    added: int
    size: int
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """What this machine has last signed, in a file beside the key: it can't be rolled back with the database."""

    path: Path

    def recall(self) -> tuple[int, bytes]:
        """Size and root; those of the empty log where nothing has been signed yet."""
        if not self.path.exists():
            return 0, EMPTY_ROOT
        kept = json.loads(self.path.read_text("utf-8"))
        return int(kept["size"]), bytes.fromhex(kept["root"])

    def keep(self, size: int, root: bytes) -> None:
        """Remember; durable before this returns, and never a smaller log than before, whoever else seals meanwhile."""
        with self._alone():
            if size <= self.recall()[0]:
                return
            fresh = self.path.with_suffix(".new")
            with fresh.open("w", encoding="utf-8") as sink:
                json.dump({"size": size, "root": root.hex()}, sink)
                sink.flush()
                os.fsync(sink.fileno())
            fresh.replace(self.path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One at a time of all threads and processes: the folder is locked, and let go of however this ends."""
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)


def log_signers(provider: KeyProvider, origin: str | None) -> list[Signer]:
    """Whoever signs the log: one key. Its name, the log's origin, is made of the key unless it is given."""
    seed = provider.key(LOG_KEY_NAMES[0])
    name = origin or f"rekisteri/{Signer('-', LOG_KEY, seed).key.public.hex()[:16]}"
    return [Signer(name, LOG_KEY, seed)]


class Sequencer:
    """Seals the log of one register."""

    def __init__(self, pool: Database, signers: Sequence[Signer], memory: Memory, now: clock.Clock = clock.now) -> None:
        self._pool = pool
        self.signers = tuple(signers)
        self._memory = memory
        self._now = now
        self.origin = signers[0].key.name
        self.keys = tuple(signer.key for signer in signers)

    def seal(self) -> Sealed:
        """Give every committed event its leaf and sign the tree. Again it changes nothing.

        Raises ``Conflict`` where the log in the database is not the one that was signed before.
        """
        added = 0
        while True:
            sealed = self._seal_some()
            added += sealed.added
            if sealed.added < EVENTS_AT_ONCE:
                return Sealed(added, sealed.size, sealed.busy)

    def _seal_some(self) -> Sealed:
        with self._transaction() as tx:
            if not tx.value("select pg_try_advisory_xact_lock(%(lock)s)", lock=LOCK):
                return Sealed(0, 0, busy=True)
            last = last_checkpoint(tx)
            size = last.size if last else 0
            edge = _edge(tx, last)
            self._hold_to_memory(tx, size)
            batch = _pending(tx, last.horizon if last else "0")
            if not batch:
                return Sealed(0, size)
            entries = [entry_of(one) for one in batch]
            _append(tx, edge, entries)
            checkpoint = Checkpoint(self.origin, edge.size, edge.root())
            _stamp(tx, checkpoint, str(signed(checkpoint.text, self.signers)), _horizon(batch))
        # Only what is committed is remembered: a sealing that failed has signed nothing anybody saw.
        self._memory.keep(checkpoint.size, checkpoint.root)
        return Sealed(len(entries), checkpoint.size)

    def _hold_to_memory(self, tx: Write, size: int) -> None:
        kept, root = self._memory.recall()
        if kept > size:
            raise Conflict(
                f"The log in the database has {size} leaves, and this machine has signed {kept}: the database was rolled "
                "back. docs/how-to/verify-the-log.md tells how to go on after a restored backup."
            )
        if kept and tree(tx, size).root(kept) != root:
            raise Conflict(
                "The log in the database is not the one this machine has signed; run `rekisteri audit verify`."
            )

    @contextmanager
    def _transaction(self) -> Iterator[Write]:
        """A transaction of the log's own, below the door: it shows nothing to anybody, and its record is the checkpoint."""
        with self._pool.connection() as connection:
            _enter(connection)
            yield Write(connection, self._now())


def _enter(connection: Connection) -> None:
    connection.execute("select set_config('rekisteri.log', 'on', true), set_config('rekisteri.seal', 'on', true)")


class _Edge:
    """The right edge of the tree: at each level the hashes of the tile that is not full yet."""

    def __init__(self, size: int, levels: list[list[bytes]]) -> None:
        self.size = size
        self._levels = levels

    def append(self, entry: Entry) -> Iterator[tuple[int, int, bytes]]:
        """One leaf more; level, number and root of each tile it fills."""
        found, level, number = leaf_hash(entry.encoded()), 0, self.size
        self.size += 1
        while True:
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(found)
            if len(self._levels[level]) < TILE_WIDTH:
                return
            found, number = fold(self._levels[level]), number // TILE_WIDTH
            self._levels[level] = []
            yield level, number, found
            level += 1

    def root(self) -> bytes:
        """The root of all leaves."""
        found: bytes | None = None
        for hashes in self._levels:
            if found is not None or hashes:
                found = fold(hashes if found is None else [*hashes, found])
        return EMPTY_ROOT if found is None else found


def _edge(tx: Write, last: Stamped | None) -> _Edge:
    """The edge at the last checkpoint. Raises ``Conflict`` where its root is not what was signed."""
    if last is None:
        return _Edge(0, [])
    there = tree(tx, last.size)
    edge = _Edge(last.size, there.edge())
    if edge.root() != last.root:
        raise Conflict("The log in the database is not what was signed last; run `rekisteri audit verify`.")
    return edge


@dataclass(frozen=True, slots=True)
class _Pending(Payload):
    """An event without a leaf, the transaction that wrote it, and the oldest transaction still under way."""

    xid: int
    horizon: int


def _pending(tx: Write, horizon: str) -> list[_Pending]:
    """Committed events without a leaf, by transaction and id.

    One statement, hence one snapshot: whatever it does not see of transactions before its own horizon
    was never committed, so the next sealing may begin there.
    """
    if tx.value("select %(horizon)s::xid8 >= pg_snapshot_xmax(pg_current_snapshot())", horizon=horizon):
        # Restored from a dump into a younger server: what the events remember is of the old one.
        tx.run("select audit.order_anew()")
        horizon = "0"
    return tx.all(
        _Pending,
        """
        select e.id, e.at_us, e.salt, e.account_id, e.account, e.session_id, e.roles, e.organisations, e.action,
               e.purpose, e.case_reference, e.channel, e.outcome, e.subject_count, e.subjects, e.blocks, e.detail,
               e.xid::text::bigint as xid, pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon
        from audit.payload e
        where e.xid >= %(horizon)s::xid8 and not exists (select from audit.leaf l where l.event_id = e.event_id)
        order by e.xid, e.event_id
        limit %(limit)s
        """,
        horizon=horizon,
        limit=EVENTS_AT_ONCE,
    )


def _horizon(batch: Sequence[_Pending]) -> int:
    """Below this transaction no event is without a leaf once the batch has its own."""
    last = batch[-1]
    return last.horizon if len(batch) < EVENTS_AT_ONCE else min(last.horizon, last.xid)


def _append(tx: Write, edge: _Edge, entries: Sequence[Entry]) -> None:
    """Leaves, the tiles they fill, and the index of customers."""
    first = edge.size
    filled = [tile for entry in entries for tile in edge.append(entry)]
    tx.run(
        """
        insert into audit.leaf (number, event_id, at, commitment)
        select %(first)s + place - 1, event_id, to_timestamp(0) + at_us * interval '1 microsecond', commitment
        from unnest(%(ids)s::uuid[], %(at_us)s::bigint[], %(commitments)s::bytea[])
             with ordinality as fresh (event_id, at_us, commitment, place)
        """,
        first=first,
        ids=[entry.event_id for entry in entries],
        at_us=[entry.at_us for entry in entries],
        commitments=[entry.commitment for entry in entries],
    )
    for level, number, root in filled:
        tx.run(
            "insert into audit.tile (level, number, root) values (%(level)s, %(number)s, %(root)s)",
            level=level,
            number=number,
            root=root,
        )
    tx.run(
        """
        insert into audit.subject (party_id, event_id)
        select distinct party_id, e.id
        from audit.leaf l join audit.event e on e.id = l.event_id, unnest(e.subjects) as party_id
        where l.number >= %(first)s
        on conflict do nothing
        """,
        first=first,
    )


def _stamp(tx: Write, checkpoint: Checkpoint, note: str, horizon: int) -> None:
    tx.run(
        """
        insert into audit.checkpoint (size, root, at, note, horizon)
        values (%(size)s, %(root)s, %(at)s, %(note)s, %(horizon)s::text::xid8)
        """,
        size=checkpoint.size,
        root=checkpoint.root,
        at=tx.at,
        note=note,
        horizon=horizon,
    )
