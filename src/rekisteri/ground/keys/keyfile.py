"""Keys in a file that nobody but its owner may read; in the clear, or wrapped by a key elsewhere."""

from __future__ import annotations

import base64
import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rekisteri.ground.errors import Conflict, Unavailable
from rekisteri.ground.keys.ring import KEY_BYTES, KEY_NAMES, Ring, Versions, Wrap

FORM = 2
"""Of the file: 1 had one version a key."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The ring in one file. Written anew beside itself and renamed, so it is whole at any moment."""

    path: Path
    wrap: Wrap | None = None

    @staticmethod
    def ensure(path: Path, names: Sequence[str] = KEY_NAMES, *, wrap: Wrap | None = None) -> KeyFile:
        """The key file at ``path``, made with fresh random keys of these names if there is none yet."""
        path.parent.mkdir(parents=True, exist_ok=True)
        file = KeyFile(path, wrap)
        if not path.exists():
            with file._alone():
                if not path.exists():
                    made = {name: Versions(1, {1: os.urandom(KEY_BYTES)}) for name in names}
                    file._write(Ring(MappingProxyType(made)))
        return file

    def stamp(self) -> object:
        """Which file it is and when it was written."""
        try:
            found = os.stat(self.path)  # noqa: PTH116 - asked at every use, and half the price
        except FileNotFoundError:
            raise self._missing() from None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def ring(self) -> Ring:
        """The ring. Raises ``Unavailable`` when the file is missing, open to others, or not to be read."""
        try:
            with self.path.open("rb") as source:
                if os.fstat(source.fileno()).st_mode & 0o077:
                    raise Unavailable(f"The key file {self.path.name} is readable by others; run chmod 600 on it.")
                said = json.loads(source.read())
        except FileNotFoundError:
            raise self._missing() from None
        except ValueError:
            raise self._damaged() from None
        return self._parsed(said)

    def key(self, name: str) -> bytes:
        """The current version of a key. Raises ``Unavailable``."""
        versions = self.ring()[name]
        return versions.live[versions.current]

    def announce(self, name: str) -> int:
        """Make one more version of a key. An announced one is not announced again."""
        with self._alone():
            ring = self.ring()
            if ring[name].coming is None:
                ring = ring.with_coming(name, os.urandom(KEY_BYTES))
                self._write(ring)
            coming = ring[name].coming
            assert coming is not None
            return coming

    def promote(self, name: str) -> None:
        """Let new work use the announced version."""
        self._change(lambda ring: ring.promoted(name) if ring[name].coming else ring)

    def retire(self, name: str) -> None:
        """Destroy the former versions of a key; what wraps the file is replaced too, so that no older copy of it opens."""
        if self.wrap is not None:
            self.wrap.renew()
        self._change(lambda ring: ring.retired(name))
        if self.wrap is not None:
            self.wrap.settle()

    def rewrap(self, wrap: Wrap | None) -> KeyFile:
        """The same keys under another wrap, or in the clear; the file is written anew."""
        with self._alone():
            fresh = KeyFile(self.path, wrap)
            fresh._write(self.ring())
        return fresh

    def _change(self, change: Callable[[Ring], Ring]) -> None:
        with self._alone():
            old = self.ring()
            if (new := change(old)) != old:
                self._write(new)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Only one process changes the file at a time; readers wait for nobody."""
        descriptor = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _write(self, ring: Ring) -> None:
        text = json.dumps(self._said(ring), indent=1).encode()
        write_whole(self.path, text)

    def _said(self, ring: Ring) -> dict[str, Any]:
        keys = {
            name: {
                "current": one.current,
                **({} if one.coming is None else {"coming": one.coming}),
                "versions": {str(version): self._closed(name, version, key) for version, key in one.live.items()},
            }
            for name, one in ring.keys.items()
        }
        return {"version": FORM, **({} if self.wrap is None else {"wrapped_by": self.wrap.label}), "keys": keys}

    def _parsed(self, said: Any) -> Ring:
        if not isinstance(said, dict):
            raise self._damaged()
        wrapped_by = said.get("wrapped_by")
        if wrapped_by is not None and self.wrap is None:
            raise Unavailable(
                f"The keys in {self.path.name} are wrapped by {wrapped_by}; set REKISTERI_KEY_TOKEN_MODULE and its like."
            )
        if wrapped_by is None and self.wrap is not None:
            raise Conflict(
                f"The keys in {self.path.name} are in the clear although a token is set; run `rekisteri keys wrap`."
            )
        try:
            if said["version"] == 1:
                found = {name: Versions(1, {1: base64.b64decode(key)}) for name, key in said["keys"].items()}
            else:
                found = {
                    name: Versions(
                        one["current"],
                        {int(n): self._opened(name, int(n), key) for n, key in one["versions"].items()},
                        one.get("coming"),
                    )
                    for name, one in said["keys"].items()
                }
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self._damaged() from None
        return Ring(MappingProxyType(found))

    def _closed(self, name: str, version: int, key: bytes) -> str:
        return base64.b64encode(key if self.wrap is None else self.wrap.wrap(key, _bound(name, version))).decode()

    def _opened(self, name: str, version: int, text: str) -> bytes:
        key = base64.b64decode(text)
        return key if self.wrap is None else self.wrap.unwrap(key, _bound(name, version))

    def _damaged(self) -> Unavailable:
        return Unavailable(f"The key file {self.path.name} is damaged; restore it from its own backup.")

    def _missing(self) -> Unavailable:
        return Unavailable(f"The key file {self.path.name} is missing; restore it from its own backup.")


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file of secrets: at any moment, and after a loss of power, the old one or the new one is there whole."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as sink:
        sink.write(content)
        sink.flush()
        os.fsync(sink.fileno())
    fresh.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _bound(name: str, version: int) -> bytes:
    return f"rekisteri key|{name}|{version}".encode()
