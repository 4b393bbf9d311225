"""The end of evidence: events whose retention has passed leave with their salt; their leaves stay and tell nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from rekisteri.catalogue import RETENTIONS
from rekisteri.ground import clock
from rekisteri.ground.database import Write

RETENTION = "log"


def kept_since(now: datetime) -> datetime:
    """Events from this instant on are kept: retention is counted in years from the event (the catalogue's ``log``)."""
    local = now.astimezone(clock.HELSINKI)
    year = local.year - RETENTIONS[RETENTION].years
    leap_day = (local.month, local.day) == (2, 29)
    return local.replace(year=year, day=28) if leap_day else local.replace(year=year)


def forget(tx: Write, held: Collection[UUID] = ()) -> int:
    """Erase the events past their retention, with their customers; how many.

    One without a leaf is never erased, nor one of a customer under a legal hold (``held``).
    """
    return int(tx.value("select audit.forget_before(%(before)s, %(held)s)", before=kept_since(tx.at), held=list(held)))
