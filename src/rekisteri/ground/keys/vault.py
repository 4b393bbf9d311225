"""The vault: seals and opens values, and makes the blind indexes, digests and hashes of tokens of a process.

A sealed value is AES-256-GCM under a key used once, of a lot:
``0 | lot (4 bytes) | leaf (2 bytes) | nonce (12 bytes) | ciphertext and tag``. Its associated data
name table, column, row, lot and leaf, and a lot is bound to its named key, so that a value moved elsewhere does not open. Values of
before lots begin with 1 in place of 0, were sealed with the named key itself, and open until they are
sealed anew. The blind index is keyed BLAKE2b (RFC 7693) of 128 bits, with a key of its own: equal codes meet,
and without the key nobody can enumerate them. What a later version of a key makes bears the version in a byte
before it, so that the database itself can tell what is still of an old one. Digests and hashes of tokens can't be
made anew, for what they are of is not kept: a later version makes its own of what the one before made.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rekisteri.ground.errors import Missing, Unavailable
from rekisteri.ground.keys import lots as lot_rules
from rekisteri.ground.keys.lots import DEEP, SHALLOW, Kept, Lot, Lots, LotsInMemory
from rekisteri.ground.keys.ring import SEALING, KeyProvider, Ring, Versions

NONCE_BYTES = 12
BLIND_BYTES = 16
DIGEST_BYTES = 16
TOKEN_BYTES = 32
OF_A_LOT = 0
"""First byte of a value sealed with a key of a lot."""
DIRECT = 1
"""First byte of a value sealed with version 1 of the named key itself, as all were before lots."""
HEAD_BYTES = 7
LOTS_REMEMBERED = 4096
_OF_A_LOT = bytes((OF_A_LOT,))
_TAILS = tuple(index.to_bytes(2) for index in range(1 << DEEP))
_DOES_NOT_OPEN = "A sealed value does not open: the key file is not the one it was sealed with."


@dataclass(frozen=True, slots=True)
class _State:
    """What was made of the ring when it bore ``stamp``."""

    stamp: object
    ring: Ring
    direct: dict[str, AESGCM]


class Vault:
    """Seals and opens values, and makes blind indexes and digests. One for all threads of a process."""

    def __init__(self, provider: KeyProvider, lots: Lots | None = None) -> None:
        self.provider = provider
        self.lots = LotsInMemory() if lots is None else lots
        self._lock = threading.Lock()
        self._state = self._read(provider.stamp())
        self._leaves: dict[tuple[str, int], tuple[int, Iterator[tuple[bytes, bytes]]]] = {}
        self._opened: OrderedDict[int, tuple[str, Lot]] = OrderedDict()

    def __reduce__(self) -> tuple[type[Vault], tuple[KeyProvider, Lots]]:
        """As another process gets it: the same keys and lots, nothing of what is remembered."""
        return Vault, (self.provider, self.lots)

    # Values

    def seal(self, plain: bytes, *, key: str, place: str) -> bytes:
        """``plain`` sealed under ``key`` for ``place`` (``table|column|row``)."""
        return self.seal_all([plain], key=key, places=[place])[0]

    def seal_all(self, plains: Sequence[bytes], *, key: str, places: Sequence[str]) -> list[bytes]:
        """Many values sealed, each for its own place."""
        count = len(plains)
        noise = os.urandom(NONCE_BYTES * count)
        nonces = [noise[at : at + NONCE_BYTES] for at in range(0, len(noise), NONCE_BYTES)]
        return [
            head + nonce + AESGCM(leaf).encrypt(nonce, plain, head + place.encode())
            for (head, leaf), nonce, plain, place in zip(self._take(key, count), nonces, plains, places, strict=True)
        ]

    def open(self, sealed: bytes, *, key: str, place: str) -> bytes:
        """What was sealed.

        Raises ``Unavailable`` for another key, place or any changed byte, ``Missing`` for a value that is erased.
        """
        try:
            if sealed[0] == DIRECT:
                nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
                return self._fresh().direct[key].decrypt(nonce, body, f"{place}|{DIRECT}".encode())
        except (InvalidTag, ValueError, IndexError, KeyError) as error:
            raise Unavailable(_DOES_NOT_OPEN) from error
        number, index = where(sealed)
        return _unsealed(self._lot(key, number).leaf(index), sealed, place)

    def open_all(self, boxes: Sequence[bytes], *, key: str, places: Sequence[str]) -> list[bytes]:
        """What was sealed of many values, as ``open``; those of one lot for far less than one by one."""
        opened: list[bytes] = [b""] * len(boxes)
        by_lot: dict[int, list[int]] = {}
        for at, box in enumerate(boxes):
            if box[:1] == _OF_A_LOT:
                by_lot.setdefault(where(box)[0], []).append(at)
            else:
                opened[at] = self.open(box, key=key, place=places[at])
        for number, ats in by_lot.items():
            leaves = self._lot(key, number).some(where(boxes[at])[1] for at in ats)
            for at, leaf in zip(ats, leaves, strict=True):
                opened[at] = _unsealed(leaf, boxes[at], places[at])
        return opened

    def _take(self, key: str, count: int) -> list[tuple[bytes, bytes]]:
        """``count`` keys nobody has used, each with the head of the value it seals."""
        depth = DEEP if count > 1 << SHALLOW else SHALLOW
        taken: list[tuple[bytes, bytes]] = []
        with self._lock:
            born, leaves = self._leaves.get((key, depth), (0, iter(())))
            if born == self._fresh_alone().ring[key].current:
                taken += islice(leaves, count)
            while len(taken) < count:
                lot = self.lots.new(key, depth, lambda made: self._wrapped(key, made))
                head = bytes((OF_A_LOT,)) + lot.number.to_bytes(4)
                leaves = zip([head + tail for tail in _TAILS[: 1 << depth]], lot.leaves(), strict=True)
                # No lot is of a younger version than the one that was current when it was made.
                self._leaves[key, depth] = self._state.ring[key].current, leaves
                taken += islice(leaves, count - len(taken))
        return taken

    def _wrapped(self, key: str, lot: Lot) -> tuple[int, bytes]:
        versions = self._fresh_alone().ring[key]
        bound = lot_rules.bound_to(key, versions.current)
        return versions.current, lot.wrapped(versions.live[versions.current], bound)

    def _lot(self, key: str, number: int) -> Lot:
        state = self._fresh()
        known = self._opened.get(number)
        if known is None:
            kept = self.lots.find(number)
            if kept is None:
                raise Missing("The value is erased: its lot of keys is no more, and nothing brings it back.")
            known = kept.key, self.unwrap(kept)
            with self._lock:
                if state is self._state:
                    self._opened[number] = known
                if len(self._opened) > LOTS_REMEMBERED:
                    self._opened.popitem(last=False)
        of, lot = known
        if of != key:
            raise Unavailable(_DOES_NOT_OPEN)
        return lot

    def unwrap(self, kept: Kept) -> Lot:
        """A lot as it is kept, opened. Raises ``Unavailable`` where the ring has not its version."""
        key = self._state.ring[kept.key].live.get(kept.version)
        if key is None:
            raise Unavailable(
                "A lot of keys was wrapped by a version of the key that is no more; after restoring an old backup "
                "run `rekisteri keys mend`."
            )
        return Lot.opened(kept.number, kept.depth, kept.wrapped, key, lot_rules.bound_to(kept.key, kept.version))

    # Indexes, digests, tokens

    def blind(self, kind: str, value: str) -> bytes:
        """The blind index of an identifier of one kind: 16 bytes, or 17 of a later version of the key."""
        versions = self._fresh().ring["blind"]
        head, begun = _begun(versions, versions.current, f"{kind}|{value}".encode(), BLIND_BYTES)
        return head + begun.digest()

    def blinds(self, kind: str, value: str) -> list[bytes]:
        """Every blind index the identifier may stand under while the key turns, the current one first."""
        versions = self._fresh().ring["blind"]
        content = f"{kind}|{value}".encode()
        made = [_begun(versions, version, content, BLIND_BYTES) for version in (versions.current, *versions.former)]
        return [head + begun.digest() for head, begun in made]

    def blinds_of(self, kind: str, values: Iterable[str]) -> dict[bytes, str]:
        """Which value each blind index is of, of all that the values may stand under while the key turns."""
        versions = self._fresh().ring["blind"]
        begun = [
            _begun(versions, version, f"{kind}|".encode(), BLIND_BYTES)
            for version in (versions.current, *versions.former)
        ]
        return {head + _ended(one, value.encode()): value for value in values for head, one in begun}

    def blind_all(self, kind: str, values: Iterable[str | None]) -> list[bytes | None]:
        """``blind`` of each value, None of None."""
        versions = self._fresh().ring["blind"]
        head, begun = _begun(versions, versions.current, f"{kind}|".encode(), BLIND_BYTES)
        return [None if value is None else head + _ended(begun, value.encode()) for value in values]

    def former_blinds(self, kind: str, values: Iterable[str | None]) -> list[tuple[bytes, bytes]]:
        """For each value and each former version of the key: its blind index then and now. Empty but while the key turns."""
        versions = self._fresh().ring["blind"]
        if not versions.former:
            return []
        there = [value for value in values if value is not None]
        now = self.blind_all(kind, there)
        pairs = []
        for version in versions.former:
            head, begun = _begun(versions, version, f"{kind}|".encode(), BLIND_BYTES)
            pairs += [(head + _ended(begun, value.encode()), new) for value, new in zip(there, now, strict=True) if new]
        return pairs

    def digest(self, content: bytes) -> bytes:
        """A keyed digest: equal contents meet, contents cannot be guessed from it. 16 bytes, or 17 of a later version."""
        return self.digest_all(b"", (content,))[0]

    def digests(self, content: bytes) -> list[bytes]:
        """Every digest the content may be stored as, the current one first."""
        versions = self._fresh().ring["digest"]
        made = [hashlib.blake2b(content, key=versions.live[1], digest_size=DIGEST_BYTES).digest()]
        for version in range(2, versions.current + 1):
            made.append(_stepped(versions, made[-1], version))
        return made[::-1]

    def digest_all(self, prefix: bytes, contents: Iterable[bytes]) -> list[bytes]:
        """``digest`` of the prefix and each content."""
        versions = self._fresh().ring["digest"]
        begun = hashlib.blake2b(prefix, key=versions.live[1], digest_size=DIGEST_BYTES)
        made = [_ended(begun, content) for content in contents]
        return made if versions.current == 1 else [_lifted(versions, one, 1) for one in made]

    def lift(self, digest: bytes) -> bytes:
        """A stored digest as the current version of the key makes it of the same content; an empty one stays empty."""
        versions = self._fresh().ring["digest"]
        if versions.current == 1 or not digest:
            return digest
        return _lifted(versions, digest, 1 if len(digest) == DIGEST_BYTES else digest[0])

    def lift_all(self, digests: dict[str, bytes]) -> dict[str, bytes]:
        """``lift`` of each digest, by name."""
        if self._fresh().ring["digest"].current == 1:
            return digests
        return {name: self.lift(digest) for name, digest in digests.items()}

    def token_hash(self, token: str) -> bytes:
        """The 32 bytes (33 of a later version of the key) a session or secret token is stored as."""
        return self.token_hashes(token)[0]

    def token_hashes(self, token: str) -> list[bytes]:
        """Every hash the token may be stored as, the current one first."""
        versions = self._fresh().ring["token"]
        made = [hmac.digest(versions.live[1], token.encode(), "sha256")]
        for version in range(2, versions.current + 1):
            made.append(_token_lifted(versions, made[-1], version))
        return made[::-1]

    def lift_token_hash(self, stored: bytes) -> bytes:
        """A stored hash of a token as the current version of the key makes it."""
        versions = self._fresh().ring["token"]
        for version in range((1 if len(stored) == TOKEN_BYTES else stored[0]) + 1, versions.current + 1):
            stored = _token_lifted(versions, stored, version)
        return stored

    def turning(self, name: str) -> bool:
        """Whether a key has more than one live version now."""
        return len(self._fresh().ring[name].live) > 1

    def ring(self) -> Ring:
        """The ring as it is now."""
        return self._fresh().ring

    # The ring, read anew whenever it has changed

    def _fresh(self) -> _State:
        """The state of the ring as it is now; asked at every use, so that no process misses a turn of a key."""
        state = self._state
        if self.provider.stamp() == state.stamp:
            return state
        with self._lock:
            return self._fresh_alone()

    def _fresh_alone(self) -> _State:
        stamp = self.provider.stamp()
        if stamp != self._state.stamp:
            self._state = self._read(stamp)
            # Whatever was cut out of a lot since must not open by what is remembered of it.
            self._opened.clear()
        return self._state

    def _read(self, stamp: object) -> _State:
        ring = self.provider.ring()
        direct = {name: AESGCM(ring[name].live[DIRECT]) for name in SEALING if DIRECT in ring[name].live}
        return _State(stamp, ring, direct)


def _unsealed(leaf: bytes, sealed: bytes, place: str) -> bytes:
    """What was sealed with the key of a leaf. Raises ``Unavailable``."""
    head, nonce = sealed[:HEAD_BYTES], sealed[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES]
    try:
        return AESGCM(leaf).decrypt(nonce, sealed[HEAD_BYTES + NONCE_BYTES :], head + place.encode())
    except (InvalidTag, ValueError) as error:
        raise Unavailable(_DOES_NOT_OPEN) from error


def where(sealed: bytes) -> tuple[int, int]:
    """The lot and the leaf a value is sealed with. Raises ``Unavailable`` for what is no such value."""
    if len(sealed) < HEAD_BYTES or sealed[0] != OF_A_LOT:
        raise Unavailable(_DOES_NOT_OPEN)
    return int.from_bytes(sealed[1:5]), int.from_bytes(sealed[5:7])


def _mark(version: int) -> bytes:
    """What stands before whatever a version of a key made; nothing before the first one's."""
    return b"" if version == 1 else bytes((version,))


def _begun(versions: Versions, version: int, prefix: bytes, size: int) -> tuple[bytes, hashlib.blake2b]:
    return _mark(version), hashlib.blake2b(prefix, key=versions.live[version], digest_size=size)


def _ended(begun: hashlib.blake2b, rest: bytes) -> bytes:
    """The digest of what was begun and the rest; what was begun can be ended otherwise again."""
    one = begun.copy()
    one.update(rest)
    return one.digest()


def _lifted(versions: Versions, digest: bytes, version: int) -> bytes:
    """A digest of one version carried on to the current one: each makes its own of the one before."""
    for later in range(version + 1, versions.current + 1):
        digest = _stepped(versions, digest, later)
    return digest


def _stepped(versions: Versions, digest: bytes, version: int) -> bytes:
    return bytes((version,)) + hashlib.blake2b(digest, key=versions.live[version], digest_size=DIGEST_BYTES).digest()


def _token_lifted(versions: Versions, stored: bytes, version: int) -> bytes:
    return bytes((version,)) + hmac.digest(versions.live[version], stored, "sha256")
