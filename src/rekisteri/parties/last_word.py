"""The last word of one source, opened: what a source that tells only changes says next is said upon it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from rekisteri.access import Write
from rekisteri.catalogue import BY_NAME, Content
from rekisteri.ground import packed
from rekisteri.ground.keys import Vault
from rekisteri.parties.record import PROTECTED_PLACE, SEALED_PLACE


@dataclass(frozen=True, slots=True)
class LastWord:
    """A record of the source, and the whole of what it last said: clear, secret by path, and covered values."""

    record_id: UUID
    key: str
    party_id: UUID
    digest: bytes
    ended_on: date | None
    content: Content
    secrets: dict[str, str]


def last_words(tx: Write, vault: Vault, source_id: int, party_ids: Iterable[UUID]) -> list[LastWord]:
    """The source's last words of the customers; covered values are there in acts that read protected ones."""
    rows = tx.tuples(
        """
        select r.id, r.key, r.party_id, r.digest, r.ended_on, s.id, s.content, s.sealed, p.sealed
        from parties.record r
        cross join lateral (
            select id, content, sealed from parties.statement
            where record_id = r.id and content is not null
            order by lower(recorded) desc, id desc limit 1
        ) s
        left join parties.protected p on p.statement_id = s.id
        where r.source_id = %(source_id)s and r.party_id = any (%(ids)s::uuid[])
        """,
        source_id=source_id,
        ids=packed.uuid_bytes([one.bytes for one in party_ids]),
    )
    secrets, covered = (
        _opened(vault, rows, 7, "secret", SEALED_PLACE),
        _opened(vault, rows, 8, "protected", PROTECTED_PLACE),
    )
    return [
        LastWord(
            record_id, key, party_id, digest, ended_on, content | covered.get(statement_id, {}), secrets.get(statement_id, {})
        )
        for record_id, key, party_id, digest, ended_on, statement_id, content, _, _ in rows
    ]  # fmt: skip


def _opened(
    vault: Vault, rows: Iterable[tuple[Any, ...]], place: int, key: str, prefix: str, of: int = 5
) -> dict[UUID, dict[str, Any]]:
    """What is sealed in one column of rows, by the statement named in another."""
    found = [(row[of], row[place]) for row in rows if row[place] is not None]
    opened = vault.open_all(
        [one for _, one in found], key=key, places=[f"{prefix}{statement}" for statement, _ in found]
    )
    return {statement: orjson.loads(plain) for (statement, _), plain in zip(found, opened, strict=True)}


def identity_codes(tx: Write, vault: Vault, party_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The identity code in force of each customer that has one: of the most believed source, its latest word."""
    rows = tx.tuples(
        """
        select r.party_id, src.kind, s.id, s.sealed, lower(s.recorded)
        from parties.record r
        join parties.source src on src.id = r.source_id
        cross join lateral (
            select id, sealed, recorded from parties.statement
            where record_id = r.id and content is not null order by lower(recorded) desc, id desc limit 1
        ) s
        where r.party_id = any (%(ids)s::uuid[]) and r.ended_on is null and s.sealed is not null
        order by lower(s.recorded), s.id
        """,
        ids=packed.uuid_bytes([one.bytes for one in party_ids]),
    )
    ranks = {kind.value: rank for rank, kind in enumerate(BY_NAME["hetu"].ranks)}
    best: dict[UUID, tuple[int, str]] = {}
    opened = _opened(vault, rows, 3, "secret", SEALED_PLACE, of=2)
    for party_id, kind, statement_id, _, _ in rows:
        secrets = opened[statement_id]
        if "hetu" in secrets and ranks.get(kind, len(ranks)) <= best.get(party_id, (len(ranks), ""))[0]:
            best[party_id] = (ranks.get(kind, len(ranks)), secrets["hetu"])
    return {party_id: hetu for party_id, (_, hetu) in best.items()}
