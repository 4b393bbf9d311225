"""The ring of named keys: each in versions, of which one is current and others still open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

from rekisteri.ground.errors import Conflict

KEY_BYTES = 32
SEALING = ("secret", "protected")
"""Names of keys that lots are wrapped by: of identity codes and raw rows, and of what an order covers."""
CHAINED = ("digest", "token")
"""Names of keys whose later versions work on what the earlier ones made, so that none is ever retired."""
KEY_NAMES = (*SEALING, "blind", *CHAINED)
VERSION_MAX = 255
"""Newest version of a key whose version is one byte before what it makes."""


@dataclass(frozen=True, slots=True)
class Versions:
    """One named key: its versions that live, the one new work uses, and the one that is to come."""

    current: int
    live: Mapping[int, bytes] = field(repr=False)
    coming: int | None = None

    @property
    def newest(self) -> int:
        """The highest version there is."""
        return max(self.live)

    @property
    def former(self) -> tuple[int, ...]:
        """Live versions but the current one, the newest first."""
        return tuple(sorted((one for one in self.live if one != self.current), reverse=True))


@dataclass(frozen=True, slots=True)
class Ring:
    """Every named key."""

    keys: Mapping[str, Versions]

    def __getitem__(self, name: str) -> Versions:
        return self.keys[name]

    def with_coming(self, name: str, material: bytes) -> Ring:
        """The ring with one more version of a key, which is known but not yet used."""
        old = self.keys[name]
        version = old.newest + 1
        if name not in SEALING and version > VERSION_MAX:
            raise Conflict(f"The key '{name}' has had {VERSION_MAX} versions, and its form has room for no more.")
        return self._with(name, replace(old, live={**old.live, version: material}, coming=version))

    def promoted(self, name: str) -> Ring:
        """The ring whose coming version of a key is the current one."""
        old = self.keys[name]
        assert old.coming is not None
        return self._with(name, replace(old, current=old.coming, coming=None))

    def retired(self, name: str) -> Ring:
        """The ring without the former versions of a key."""
        old = self.keys[name]
        assert old.coming is None
        assert name not in CHAINED
        return self._with(name, replace(old, live={old.current: old.live[old.current]}))

    def _with(self, name: str, versions: Versions) -> Ring:
        return Ring(MappingProxyType({**self.keys, name: versions}))


class Wrap(Protocol):
    """Another key that wraps the ring's own, so that they lie nowhere in the clear."""

    @property
    def label(self) -> str:
        """How the file names it."""
        ...

    def wrap(self, plain: bytes, bound: bytes) -> bytes:
        """``plain`` wrapped, bound to ``bound``."""
        ...

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        """What was wrapped. Raises ``Unavailable`` for another key, binding or any changed byte."""
        ...

    def renew(self) -> None:
        """Wrap by a new key from now on."""
        ...

    def settle(self) -> None:
        """Destroy the keys of before: nothing wrapped by them opens any more."""
        ...


class KeyProvider(Protocol):
    """Where keys come from and how they are replaced. Several processes may share one."""

    def stamp(self) -> object:
        """Something that differs whenever the ring does; cheap, for it is asked at every use."""
        ...

    def ring(self) -> Ring:
        """The ring as it is now. Raises ``Unavailable``."""
        ...

    def key(self, name: str) -> bytes:
        """The current version of a key. Raises ``Unavailable``."""
        ...

    def announce(self, name: str) -> int:
        """Make one more version of a key, known to all but used by nobody yet; the version."""
        ...

    def promote(self, name: str) -> None:
        """Let new work use the announced version."""
        ...

    def retire(self, name: str) -> None:
        """Destroy the former versions of a key."""
        ...
