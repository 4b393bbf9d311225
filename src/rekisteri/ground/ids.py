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


_SERIALS = tuple(f"-{0x8000 | serial:04x}-" for serial in range(1 << 14))
"""The fourth group of an identifier: the variant and 14 bits that count."""


def fresh() -> UUID:
    """One new UUIDv7."""
    return UUID(batch(1)[0])


def batch(count: int) -> list[str]:
    """``count`` new UUIDv7 in their text form, in rising order, made at one go.

    The 26 bits after the version, but for the fixed ones of the variant, count up within the
    batch, so that an index grows at its right edge only, and what was said later in one act
    has the greater identifier.
    """
    milliseconds = time.time_ns() // 1_000_000
    stamp = f"{milliseconds:012x}"
    head = f"{stamp[:8]}-{stamp[8:]}-7"
    noise = os.urandom(6 * count).hex()
    tails = [noise[at : at + 12] for at in range(0, len(noise), 12)]
    found: list[str] = []
    for first in range(0, count, len(_SERIALS)):
        begun = f"{head}{first // len(_SERIALS):03x}"
        found += [begun + serial + tail for serial, tail in zip(_SERIALS, tails[first:], strict=False)]
    return found
