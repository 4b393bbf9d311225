"""The report of a delivery: how each row ended, what was dropped, and what to mend."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(slots=True)
class Report:
    """How each row ended, what was dropped, and what to mend."""

    batch_id: UUID
    file_name: str
    format: str
    encoding: str
    full: bool
    columns: tuple[str, ...]
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    doubt: int = 0
    ended: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
