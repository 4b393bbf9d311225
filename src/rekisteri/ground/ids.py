"""Identifiers: UUID version 7 (RFC 9562 §5.7), ordered by birth, never reused."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from typing import NewType
from uuid import UUID

PartyId = NewType("PartyId", UUID)
RecordId = NewType("RecordId", UUID)
StatementId = NewType("StatementId", UUID)
AccountId = NewType("AccountId", UUID)
EventId = NewType("EventId", UUID)
BatchId = NewType("BatchId", UUID)
WorkId = NewType("WorkId", UUID)


BYTES = 16
FRACTIONS = 1 << 12
"""Of a millisecond: a quarter of a microsecond each."""
_SERIALS = tuple(f"-{0x8000 | serial:04x}-" for serial in range(1 << 14))
"""The fourth group of an identifier: the variant and 14 bits that count."""


def fresh() -> UUID:
    """One new UUIDv7."""
    return UUID(batch(1)[0])


def batch(count: int) -> list[str]:
    """``count`` new UUIDv7 in their text form, in rising order, made at one go.

    The 12 bits after the version are the fraction of the millisecond (RFC 9562 § 6.2, method 3), so that
    what was said later has the greater identifier within a millisecond too. The 14 bits after
    the variant count up within the batch, so that an index grows at its right edge only.
    """
    began = time.time_ns() * FRACTIONS // 1_000_000
    noise = os.urandom(6 * count).hex()
    tails = [noise[at : at + 12] for at in range(0, len(noise), 12)]
    found: list[str] = []
    for first in range(0, count, len(_SERIALS)):
        milliseconds, fraction = divmod(began + first // len(_SERIALS), FRACTIONS)
        stamp = f"{milliseconds:012x}"
        begun = f"{stamp[:8]}-{stamp[8:]}-7{fraction:03x}"
        found += [begun + serial + tail for serial, tail in zip(_SERIALS, tails[first:], strict=False)]
    return found


def as_bytes(texts: Iterable[str]) -> list[bytes]:
    """Identifiers in text form as sixteen bytes each."""
    return apart(bytes.fromhex("".join(texts).replace("-", "")))


def apart(raw: bytes) -> list[bytes]:
    """Identifiers that stand together, sixteen bytes each."""
    return [raw[at : at + BYTES] for at in range(0, len(raw), BYTES)]
