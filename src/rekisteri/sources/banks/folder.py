"""The way to a bank by folders: files are picked up from one and dropped into the other, each whole or not at all.

For a bank's own transfer program, or an operator's. A file that is still being written is left
alone: by name (hidden, or ending in ``.part`` or ``.tmp``), and until it has been quiet a while.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rekisteri.ground import clock
from rekisteri.ground.errors import Unavailable

UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
QUIET_S = 10
TAKING = "taking"


@dataclass(frozen=True, slots=True)
class Folder:
    """Where a bank's files come to, and where ours are put."""

    name: str
    banks: tuple[str, ...]
    incoming: Path
    outgoing: Path
    quiet_s: int = QUIET_S

    @property
    def certificate_until(self) -> datetime | None:
        """A folder has no certificate."""
        return None

    def coming(self, known: Callable[[str], bool]) -> Iterator[tuple[Path, str, str | None]]:
        """Files to take as (path, name, no reference), each moved aside so that nobody else takes it.

        One that was moved aside before and not finished comes again. Raises ``Unavailable``.
        """
        try:
            taking = self.incoming / TAKING
            taking.mkdir(mode=0o700, parents=True, exist_ok=True)
            for path in sorted(taking.iterdir()):
                yield path, path.name, None
            for path in sorted(self.incoming.iterdir()):
                if self._finished(path):
                    aside = taking / path.name
                    path.rename(aside)
                    yield aside, path.name, None
        except OSError as error:
            raise Unavailable(f"The folder of {self.name} can't be used: {error.strerror}.") from None

    def _finished(self, path: Path) -> bool:
        if path.name.startswith(".") or path.suffix.lower() in UNFINISHED or not path.is_file():
            return False
        return clock.now().timestamp() - path.stat().st_mtime >= self.quiet_s

    def taken(self, path: Path) -> None:
        """The register holds the file now, sealed: it need not lie about in clear."""
        path.unlink(missing_ok=True)

    def send(self, name: str, content: bytes) -> None:
        """Put a file out: it appears under its name when all of it is on the disk. Raises ``Unavailable``."""
        try:
            self.outgoing.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = self.outgoing / f".{name}.part"
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as sink:
                sink.write(content)
                sink.flush()
                os.fsync(sink.fileno())
            part.rename(self.outgoing / name)
            folder = os.open(self.outgoing, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise Unavailable(f"The folder of {self.name} can't be used: {error.strerror}.") from None
