"""demo, what is done ahead: files and hashes are made while the database is, which itself takes seconds."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Thread
from typing import Generic, Self, TypeVar, cast

from argon2 import PasswordHasher

from rekisteri.ground.errors import RekisteriError

Thing = TypeVar("Thing")


class Ahead(Generic[Thing]):
    """Things made one after another by a process of its own, where ``begin`` says so; else here, when they are asked for.

    The process is forked: ``make`` may use nothing that has threads of its own, neither polars nor the database.
    """

    def __init__(self, make: Callable[[], Iterator[Thing]], *, begin: bool) -> None:
        self._make = make
        self._told: Connection | None = None
        if begin:
            forked = get_context("fork")
            here, there = forked.Pipe()
            self._process = forked.Process(target=_beside, args=(here, there, make), daemon=True)
            self._process.start()
            there.close()
            self._told = here

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the other process, whether all it made was asked for or not."""
        if self._told is not None:
            self._told.close()
            self._process.kill()
            self._process.join()

    def made(self) -> Iterator[Thing]:
        """Each thing when it is made; what the other process could not make is made here, or fails here."""
        had = 0
        if self._told is not None:
            with suppress(EOFError):
                while (one := cast("tuple[Thing] | None", self._told.recv())) is not None:
                    had += 1
                    yield one[0]
                self._process.join()
                return
        yield from islice(self._make(), had, None)


def _beside(others: Connection, told: Connection, make: Callable[[], Iterator[object]]) -> None:
    """Be the other process, which ends with the one that began it, however that one ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    others.close()
    Thread(target=_end_with_it, args=(told,), daemon=True).start()
    with suppress(OSError, RekisteriError):
        for one in make():
            told.send((one,))
        told.send(None)


def _end_with_it(told: Connection) -> None:
    with suppress(EOFError, OSError):
        told.recv()
    os._exit(0)


class Hashing(PasswordHasher):
    """A hasher that has begun with some passwords: each takes a quarter of a second, and is meant to."""

    def __init__(self, passwords: Iterable[str]) -> None:
        super().__init__()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hashing")
        hashed = super().hash
        self._begun = {password: self._thread.submit(hashed, password) for password in passwords}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        """The hash of a password, which may have been made already."""
        begun = self._begun.get(password) if isinstance(password, str) and salt is None else None
        return super().hash(password, salt=salt) if begun is None else begun.result()
