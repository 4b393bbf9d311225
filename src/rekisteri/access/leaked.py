"""A list of leaked passwords that the operator keeps on this machine: nobody outside is asked.

The file is that of Have I Been Pwned, whole, as its downloader writes it: a line for each password, its digest as 40
hexadecimal digits in rising order, a colon and how often it was met.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from rekisteri.ground.errors import Rejected

DIGEST_LETTERS = 40
LINE_BYTES_MAX = 64
TRIED = 64
"""Places of the file that are read at the start, to see that it is such a list."""


@dataclass(frozen=True, slots=True)
class Leaked:
    """The list. It is not read into memory: whether it holds a password costs some thirty looks into the file."""

    path: Path

    @staticmethod
    def of(path: Path) -> Leaked:
        """The list at ``path``. Raises ``Rejected`` for a file that is missing, or is no such list."""
        made = Leaked(path)
        try:
            size = path.stat().st_size
            found = [made._at(size * place // TRIED) for place in range(TRIED)]
        except OSError as error:
            raise Rejected(
                f"REKISTERI_LEAKED_PASSWORDS cannot be read: {error.strerror}.", field="leaked_passwords"
            ) from None
        whole = [one for one in found if one]
        if not whole or not all(len(one) == DIGEST_LETTERS for one in whole) or any(a > b for a, b in pairwise(whole)):
            raise Rejected(
                "REKISTERI_LEAKED_PASSWORDS names no list of digests as Have I Been Pwned publishes it.",
                field="leaked_passwords",
            )
        return made

    def __contains__(self, password: str) -> bool:
        wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        low, high = 0, self.path.stat().st_size
        while low < high:
            middle = (low + high) // 2
            found = self._at(middle)
            if not found or found > wanted:
                high = middle
            elif found < wanted:
                low = middle + 1
            else:
                return True
        return False

    def _at(self, place: int) -> bytes:
        """The digest of the first line that begins at a place or after it; empty past the last one."""
        begins = max(place - 1, 0)
        with self.path.open("rb", buffering=0) as source:
            read = os.pread(source.fileno(), 2 * LINE_BYTES_MAX, begins)
        if place:
            # A line begins at this place only where the one before it ends just there.
            read = read.partition(b"\n")[2]
        return read.partition(b"\n")[0].partition(b":")[0].strip().upper()
