"""Time, the only way in. Rooms are handed an instant; they never ask for one."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def day(instant: datetime) -> date:
    """The Finnish calendar day of an instant."""
    return instant.astimezone(HELSINKI).date()


def eve(end: datetime) -> date:
    """The last Finnish calendar day of a span that ends at an instant: midnight is the day's before it."""
    return day(end - timedelta(microseconds=1))


def stopwatch() -> float:
    """Seconds on a clock that never steps back; only differences mean anything."""
    return time.monotonic()
