"""The room's queries about others' tables: when a client organisation came to the register, and what it speaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rekisteri.access import Read
from rekisteri.ground.errors import Missing


@dataclass(frozen=True, slots=True)
class Biller:
    """A client organisation as an answer needs it."""

    id: int
    code: str
    language: str
    created_at: datetime


def biller(tx: Read, organisation_id: int) -> Biller:
    """The client organisation. Raises ``Missing``."""
    found = tx.find(
        Biller,
        "select id, code, language, created_at from access.organisation where id = %(id)s",
        id=organisation_id,
    )
    if found is None:
        raise Missing("There is no client organisation of that code; see the list of organisations.")
    return found
