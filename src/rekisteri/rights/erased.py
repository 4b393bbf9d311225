"""What was ever erased, noted in a file beside the keys: read after a backup is restored. It leads to nobody."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import orjson

from rekisteri.rights.erase import Certificate

FILE = "erased.jsonl"


def note(home: Path, party_id: UUID | None, made: Certificate) -> None:
    """Append one erasure: the identifier, the items (None: everything), the certificate."""
    told = orjson.loads(made.body)
    line = {"party": str(party_id), "items": None if told["whole"] else told["items"], "certificate": told["number"]}
    with (home / FILE).open("ab") as ledger:
        ledger.write(orjson.dumps(line) + b"\n")


def noted(home: Path) -> list[tuple[UUID, list[str] | None]]:
    """Every erasure there was, the oldest first: the identifier, and the items or None for everything."""
    path = home / FILE
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []
    return [(UUID(line["party"]), line["items"]) for line in lines]
