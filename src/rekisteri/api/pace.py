"""How often a signed-in caller may call: a bucket for each account, of this process, refilled all the time.

Nobody who works by hand ever meets it. A system that runs wild, or a token that was taken, empties no register
in a minute and keeps no one else waiting.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable

from rekisteri.ground import clock
from rekisteri.ground.errors import RekisteriError

BURST_S = 10
"""A bucket holds the calls of so many seconds: a batch may begin at once."""
ACCOUNTS_MAX = 10_000
"""So many accounts are counted; the one that called longest ago is forgotten first, its bucket full by then."""


class TooMany(RekisteriError):
    """You call more often than the register lets one account; wait as long as Retry-After says, or ask for many at once."""

    slug = "too-many"
    status = 429
    exit_code = 5

    def __init__(self, wait_s: int) -> None:
        super().__init__()
        self.wait_s = wait_s


class Pace:
    """Counts the calls of each account. ``per_second`` of 0 counts nothing."""

    def __init__(self, per_second: int, stopwatch: Callable[[], float] = clock.stopwatch) -> None:
        self._per_second = per_second
        self._stopwatch = stopwatch
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, account: str) -> None:
        """One call of an account. Raises ``TooMany``, which itself counts for nothing."""
        if not self._per_second:
            return
        most = float(self._per_second * BURST_S)
        with self._lock:
            at = self._stopwatch()
            left, since = self._left.pop(account, (most, at))
            left = min(most, left + (at - since) * self._per_second)
            self._left[account] = max(left - 1, 0.0) if left >= 1 else left, at
            if len(self._left) > ACCOUNTS_MAX:
                self._left.popitem(last=False)
        if left < 1:
            raise TooMany(max(1, math.ceil((1 - left) / self._per_second)))
