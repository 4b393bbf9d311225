"""Draws: numbers that look thrown but are a pure function of (seed, realm, number).

Whoever asks for person 4711 of seed 7 gets the same person, without making the 4710 before: organisations
may overlap, a second month can be told from the first, and a test can look one customer up.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias, TypeVar

T = TypeVar("T")

DRAWS_PER_NUMBER: Final = 32
SPAN: Final = 1 << 16
"""Every draw is an integer in [0, SPAN)."""
PERCENT: Final = SPAN / 100
"""``draw < 3 * PERCENT`` is true in three cases of a hundred."""

Draws: TypeAlias = tuple[int, ...]
Thrower: TypeAlias = Callable[[int], Draws]
Table: TypeAlias = tuple[T, ...]
"""A weighted list spread over all SPAN draws: picking is one index operation."""

_UNPACK = struct.Struct(f"<{DRAWS_PER_NUMBER}H").unpack


def thrower(seed: int, realm: str) -> Thrower:
    """A function number -> DRAWS_PER_NUMBER draws; realms of one seed are independent of each other."""
    base = hashlib.blake2b(f"{realm}:{seed}".encode(), digest_size=2 * DRAWS_PER_NUMBER)

    def throw(number: int) -> Draws:
        hasher = base.copy()
        hasher.update(number.to_bytes(8, "little"))
        return _UNPACK(hasher.digest())

    return throw


def spread(weighted: Iterable[tuple[T, float]]) -> Table[T]:
    """Spread items over the SPAN draws in proportion to their weights; each item gets at least one draw."""
    items = list(weighted)
    assert 0 < len(items) <= SPAN, "a table needs between one and SPAN items"
    total = sum(weight for _, weight in items)
    free = SPAN - len(items)
    slots: list[T] = []
    carried = 0.0
    for item, weight in items:
        carried += weight / total * free
        whole = int(carried)
        carried -= whole
        slots.extend([item] * (1 + whole))
    slots.extend([items[0][0]] * (SPAN - len(slots)))
    return tuple(slots[:SPAN])


def by_rank(items: Iterable[T], flatness: float) -> Table[T]:
    """Spread a list whose first item is the commonest: weight 1 / (rank + flatness), as names fall in life."""
    return spread((item, 1.0 / (rank + flatness)) for rank, item in enumerate(items, start=1))


class Permutation:
    """A seeded one-to-one map of [0, size) into itself: distinct numbers in, distinct numbers out."""

    __slots__ = ("_factor", "_prime", "_shift")

    def __init__(self, seed: int, realm: str, capacity: int) -> None:
        throw = thrower(seed, f"permutation:{realm}")(0)
        self._prime = _cubing_prime(capacity)
        self._factor = 1 + (throw[0] << 32 | throw[1] << 16 | throw[2]) % (self._prime - 1)
        self._shift = (throw[3] << 32 | throw[4] << 16 | throw[5]) % self._prime

    @property
    def size(self) -> int:
        """How many numbers are mapped: the greatest fitting prime, a little under the capacity asked for."""
        return self._prime

    def __call__(self, number: int) -> int:
        assert 0 <= number < self._prime, "the population is too large for its space of codes"
        return pow(self._factor * number + self._shift, 3, self._prime)


def _cubing_prime(limit: int) -> int:
    """The greatest prime p <= limit with p % 3 == 2: there x -> x**3 mod p is one-to-one."""
    candidate = limit
    while candidate % 3 != 2 or any(candidate % d == 0 for d in range(2, int(candidate**0.5) + 1)):
        candidate -= 1
    return candidate
