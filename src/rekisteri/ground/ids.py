"""Identifiers: UUID version 7 (RFC 9562 §5.7), ordered by birth, never reused."""

from __future__ import annotations

import os
import time
from typing import NewType
from uuid import UUID

PartyId = NewType("PartyId", UUID)
RecordId = NewType("RecordId", UUID)
StatementId = NewType("StatementId", UUID)
AccountId = NewType("AccountId", UUID)
EventId = NewType("EventId", UUID)
BatchId = NewType("BatchId", UUID)
WorkId = NewType("WorkId", UUID)

_VARIANTS = "89ab"


def fresh() -> UUID:
    """One new UUIDv7."""
    return UUID(batch(1)[0])


def batch(count: int) -> list[str]:
    """``count`` new UUIDv7 in their text form, in rising order, made at one go.

    The twelve bits after the version and the first bits of the random part count up
    within the batch, so that an index grows at its right edge only.
    """
    milliseconds = time.time_ns() // 1_000_000
    stamp = f"{milliseconds:012x}"
    head = f"{stamp[:8]}-{stamp[8:]}-7"
    noise = os.urandom(7 * count).hex()
    made = []
    for index in range(count):
        serial = f"{index:06x}"
        random = noise[14 * index : 14 * index + 14]
        variant = _VARIANTS[int(random[0], 16) & 3]
        made.append(f"{head}{serial[:3]}-{variant}{serial[3:]}-{random[2:]}")
    return made
