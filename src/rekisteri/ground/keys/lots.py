"""Lots of one-time keys, of which a single one can be cut out so that nothing brings it back.

A lot is a binary tree of secrets (Goldreich, Goldwasser and Micali 1986): its root is random, and of each
node the two below it are the halves of its 64-byte BLAKE2b hash. The leaves are the keys that values are
sealed with, each once. Whoever holds a node can grow every leaf below it and no other. To cut a leaf out,
the lot gives up its root and keeps the nodes beside the way from the root to the leaf instead: all
other leaves still grow, that one never again.

The register keeps lots in ``ground.lot``, wrapped by the current version of a named key.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, Protocol, TypeVar

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rekisteri.ground import clock
from rekisteri.ground.database import Read
from rekisteri.ground.errors import Missing, Unavailable

Connection = psycopg.Connection[tuple[Any, ...]]
Answer = TypeVar("Answer")

NODE_BYTES = 32
NONCE_BYTES = 12
ROOT = 1
_MARK = b"rekisteri.lot"
DEEP = 13
"""Of a lot for bulk work: 8,192 leaves."""
SHALLOW = 6
"""Of a lot for single values: 64 leaves, for most processes seal but a few."""
WAIT_PAUSE_S = 0.05
KEYS_LOCK = 0x524B4559
"""Advisory lock: shared while a lot is made, alone while a version is retired."""


@dataclass(frozen=True, slots=True)
class Lot:
    """The nodes a lot still holds, by their place in the tree: the root is 1, below ``n`` are ``2n`` and ``2n + 1``."""

    number: int
    depth: int
    nodes: Mapping[int, bytes] = field(repr=False)

    def leaf(self, index: int) -> bytes:
        """The key of one leaf. Raises ``Missing`` where it has been cut out."""
        return self._grown((ROOT << self.depth) + index, dict(self.nodes))

    def some(self, indexes: Iterable[int]) -> list[bytes]:
        """The keys of some leaves; of neighbours the way there is gone once. Raises ``Missing`` as ``leaf``."""
        known = dict(self.nodes)
        return [self._grown((ROOT << self.depth) + index, known) for index in indexes]

    @staticmethod
    def _grown(place: int, known: dict[int, bytes]) -> bytes:
        """A node, from the nearest known above it; those on the way there, and beside it, are known from then on."""
        above, turns = place, 0
        while above not in known:
            above >>= 1
            turns += 1
            if not above:
                raise Missing("The value is erased: its key is no more, and nothing brings it back.")
        for turn in range(turns - 1, -1, -1):
            grown = blake2b(known[above], digest_size=2 * NODE_BYTES, person=_MARK).digest()
            known[2 * above], known[2 * above + 1] = grown[:NODE_BYTES], grown[NODE_BYTES:]
            above = place >> turn
        return known[place]

    def leaves(self) -> list[bytes]:
        """Every leaf of a lot nothing has been cut out of, in order, for far less than one by one."""
        level = [self.nodes[ROOT]]
        for _ in range(self.depth):
            grown = [blake2b(node, digest_size=2 * NODE_BYTES, person=_MARK).digest() for node in level]
            level = [half for both in grown for half in (both[:NODE_BYTES], both[NODE_BYTES:])]
        return level

    def without(self, indexes: Iterable[int]) -> Lot:
        """The lot with some leaves cut out; those cut out already stay so."""
        nodes = dict(self.nodes)
        for index in indexes:
            way = [(ROOT << self.depth) + index >> step for step in range(self.depth + 1)]
            held = next((place for place in way if place in nodes), None)
            if held is None:
                continue
            node = nodes.pop(held)
            for place in reversed(way[: way.index(held)]):
                grown = blake2b(node, digest_size=2 * NODE_BYTES, person=_MARK).digest()
                halves = grown[:NODE_BYTES], grown[NODE_BYTES:]
                node, nodes[place ^ 1] = halves[place & 1], halves[~place & 1]
        return replace(self, nodes=nodes)

    def wrapped(self, key: bytes, bound: str) -> bytes:
        """The lot's nodes sealed by a named key, bound to what the lot is of."""
        nonce = os.urandom(NONCE_BYTES)
        plain = b"".join(place.to_bytes(4) + node for place, node in sorted(self.nodes.items()))
        return nonce + AESGCM(key).encrypt(nonce, plain, self._bound(bound))

    @staticmethod
    def opened(number: int, depth: int, wrapped: bytes, key: bytes, bound: str) -> Lot:
        """The lot that was wrapped. Raises ``Unavailable`` for another key or any changed byte."""
        empty = Lot(number, depth, {})
        try:
            plain = AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], empty._bound(bound))
        except (InvalidTag, ValueError):
            raise Unavailable("A lot of keys does not open: the key file is not the one it was made with.") from None
        step = 4 + NODE_BYTES
        nodes = {int.from_bytes(plain[at : at + 4]): plain[at + 4 : at + step] for at in range(0, len(plain), step)}
        return replace(empty, nodes=nodes)

    def _bound(self, bound: str) -> bytes:
        return f"ground.lot|{self.number}|{self.depth}|{bound}".encode()


def fresh(number: int, depth: int) -> Lot:
    """A lot nobody has taken a key of."""
    return Lot(number, depth, {ROOT: os.urandom(NODE_BYTES)})


def bound_to(key: str, version: int) -> str:
    """What a wrapped lot is bound to beside its number: the named key and its version."""
    return f"{key}|{version}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A lot as it is kept: wrapped."""

    number: int
    key: str
    depth: int
    version: int
    wrapped: bytes


Wrapping = Callable[[Lot], tuple[int, bytes]]
"""Wraps a lot under the version of its key that is current at the moment of the call; that version, and the lot under it."""


class Lots(Protocol):
    """Where lots are kept."""

    def new(self, key: str, depth: int, wrap: Wrapping) -> Lot:
        """Make a lot and keep it before anything is sealed of it. Raises ``Unavailable``."""
        ...

    def find(self, number: int) -> Kept | None:
        """A lot as it is kept."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """While it lasts no lot is made by anybody."""
        ...

    def close(self) -> None:
        """Let go of whatever is held."""
        ...


class LotsInMemory:
    """Lots of this process alone: what is sealed of them opens in no other. For tests and measurements."""

    def __init__(self) -> None:
        self._kept: dict[int, Kept] = {}

    def new(self, key: str, depth: int, wrap: Wrapping) -> Lot:
        """Make a lot."""
        lot = fresh(len(self._kept) + 1, depth)
        version, wrapped = wrap(lot)
        self._kept[lot.number] = Kept(lot.number, key, depth, version, wrapped)
        return lot

    def find(self, number: int) -> Kept | None:
        """A lot as it is kept."""
        return self._kept.get(number)

    def __reduce__(self) -> tuple[Any, ...]:
        """Refused: what another process would seal of a copy would not open here."""
        raise TypeError("Lots in memory are this process's alone.")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else makes lots here."""
        yield

    def close(self) -> None:
        """Nothing is held."""


class LotsInDatabase:
    """Lots in ``ground.lot``, over a connection of its own: a lot stays though the act it was made in is undone."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    def __reduce__(self) -> tuple[type[LotsInDatabase], tuple[str]]:
        """As another process gets it, over a connection of its own."""
        return LotsInDatabase, (self._url,)

    def new(self, key: str, depth: int, wrap: Wrapping) -> Lot:
        """Make a lot and keep it."""
        return self._asked(lambda connection: _insert(connection, key, depth, wrap))

    def find(self, number: int) -> Kept | None:
        """A lot as it is kept."""
        return self._asked(lambda connection: _find(connection, number))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While it lasts no lot is made by anybody, this process included."""
        with psycopg.connect(self._url, application_name="rekisteri keys") as connection:
            connection.execute("select pg_advisory_xact_lock(%s)", (KEYS_LOCK,))
            yield

    @contextmanager
    def unhindered(self) -> Iterator[Read]:
        """May look past every policy, as the owner: what proves that nothing is left must not be shown a part."""
        with psycopg.connect(self._url, application_name="rekisteri keys") as connection:
            yield Read(connection, clock.now())

    def wait_for_others(self, told: Callable[[int], None], *, pause_s: float = WAIT_PAUSE_S) -> None:
        """Wait until every act under way now has ended, so that nobody knows less of the keys than stands in them.

        ``told`` hears how many are still waited for.
        """
        with psycopg.connect(self._url, autocommit=True, application_name="rekisteri keys") as connection:
            row = connection.execute("select clock_timestamp()").fetchone()
            while waited := connection.execute(_ACTS_SINCE, row).fetchall():
                told(len(waited))
                time.sleep(pause_s)

    def close(self) -> None:
        """Close the connection, if there is one."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _asked(self, ask: Callable[[Connection], Answer]) -> Answer:
        """Ask, over a fresh connection where the one at hand has been lost."""
        with self._lock:
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = psycopg.connect(self._url, autocommit=True, application_name="rekisteri keys")
                    self._connection.execute("set role rekisteri_app")
                    # Whatever is sealed of a lot is committed after it, and the log is synced in the order written: the lot
                    # is never lost alone, and need not wait for all that others write meanwhile.
                    self._connection.execute("set synchronous_commit = off")
                return ask(self._connection)
            except psycopg.OperationalError as error:
                if self._connection is not None:
                    self._connection.close()
                    self._connection = None
                raise Unavailable("The database does not answer. The operator sees why in the server's log.") from error


# By the connection's own role: the application's may not see others' transactions.
_ACTS_SINCE = """
select pid from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
  and xact_start < %s
"""


def _insert(connection: Connection, key: str, depth: int, wrap: Wrapping) -> Lot:
    with connection.transaction():
        row = connection.execute(
            "select nextval('ground.lot_number'), pg_advisory_xact_lock_shared(%s)", (KEYS_LOCK,)
        ).fetchone()
        assert row is not None
        lot = fresh(row[0], depth)
        version, wrapped = wrap(lot)
        connection.execute(
            "insert into ground.lot (number, key, depth, version, born_version, wrapped) values (%s, %s, %s, %s, %s, %s)",
            (lot.number, key, depth, version, version, wrapped),
        )
    return lot


def _find(connection: Connection, number: int) -> Kept | None:
    row = connection.execute(
        "select number, key, depth, version, wrapped from ground.lot where number = %s", (number,)
    ).fetchone()
    return None if row is None else Kept(*row)
