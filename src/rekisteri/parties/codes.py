"""Codes of customers in the index: found, and brought under the current version of the index's key while it turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from rekisteri.access import Read, Write
from rekisteri.ground import database
from rekisteri.ground.keys import Vault
from rekisteri.ground.keys.columns import Page
from rekisteri.parties.named import named_in
from rekisteri.parties.record import SEALED_PLACE
from rekisteri.parties.renewing import renew_blinds
from rekisteri.parties.store import lock_identity

CODES_PAGE = 2000
FIRST_UUID = "00000000-0000-0000-0000-000000000000"


def find_code(tx: Read, vault: Vault, kind: str, code: str) -> UUID | None:
    """The customer who bears a code, be its index of whatever version while the key turns."""
    found: UUID | None = tx.value(
        "select party_id from parties.identifier where kind = %(kind)s and blind = any (%(blinds)s)",
        kind=kind,
        blinds=vault.blinds(kind, code),
    )
    return found


@dataclass(frozen=True, slots=True)
class _Codes:
    """The blind indexes of codes, made anew from every statement that bears one."""

    column: str = "parties.identifier.blind"
    key: str = "blind"

    def left(self, tx: database.Read, floor: bytes) -> int:
        """How many stand under an old version."""
        return int(
            tx.value(
                "select count(*) from parties.identifier where octet_length(blind) = 16 or blind < %(floor)s",
                floor=floor,
            )
        )

    def page(self, tx: database.Write, vault: Vault, floor: bytes, after: Sequence[str]) -> Page | None:
        """Make those of the next statements anew; while others record codes it waits for them."""
        assert isinstance(tx, Write)
        lock_identity(tx)
        record_id, statement_id = after or (FIRST_UUID, FIRST_UUID)
        found = tx.tuples(
            """
            select record_id, id, sealed, content ->> 'ytunnus' from parties.statement
            where (record_id, id) > (%(record_id)s::uuid, %(statement_id)s::uuid)
              and (sealed is not null or content ->> 'ytunnus' is not null)
            order by record_id, id limit %(limit)s
            """,
            record_id=record_id,
            statement_id=statement_id,
            limit=CODES_PAGE,
        )
        if not found:
            return None
        pairs: list[tuple[bytes, bytes]] = []
        for _, statement, sealed, ytunnus in found:
            if sealed is not None:
                secrets = orjson.loads(vault.open(sealed, key="secret", place=f"{SEALED_PLACE}{statement}"))
                pairs += vault.former_blinds("hetu", [secrets.get("hetu")])
            pairs += vault.former_blinds("ytunnus", [ytunnus])
        return Page(tuple(map(str, found[-1][:2])), renew_blinds(tx, pairs))


CODES = _Codes()


@dataclass(frozen=True, slots=True)
class _Named:
    """The index, made anew from the last words of the records when the key of indexes turns."""

    column: str = "parties.named.blind"
    key: str = "blind"

    def left(self, tx: database.Read, floor: bytes) -> int:
        """How many stand under an old version."""
        return int(
            tx.value(
                "select count(*) from parties.named where octet_length(blind) = 16 or blind < %(floor)s", floor=floor
            )
        )

    def page(self, tx: database.Write, vault: Vault, floor: bytes, after: Sequence[str]) -> Page | None:
        """Make those of the next records anew, and the codes they meet; while others record codes it waits for them."""
        assert isinstance(tx, Write)
        lock_identity(tx)
        found = tx.tuples(
            """
            select s.record_id, s.id, s.sealed from (
                select distinct record_id from parties.named where record_id > %(after)s::uuid
                order by record_id limit %(limit)s
            ) n
            cross join lateral (
                select record_id, id, sealed from parties.statement
                where record_id = n.record_id and content is not null order by lower(recorded) desc, id desc limit 1
            ) s
            order by s.record_id
            """,
            after=after[0] if after else FIRST_UUID,
            limit=CODES_PAGE,
        )
        if not found:
            return None
        pairs: list[tuple[UUID, bytes, bytes]] = []
        for record_id, statement_id, sealed in found:
            if sealed is not None:
                secrets = orjson.loads(vault.open(sealed, key="secret", place=f"{SEALED_PLACE}{statement_id}"))
                former = vault.former_blinds("hetu", [code for code, _ in named_in(secrets.items())])
                pairs += [(record_id, before, now) for before, now in former if before != now]
        turned = tx.run(
            """
            update parties.named n set blind = pair.now
            from unnest(%(records)s::uuid[], %(then)s::bytea[], %(now)s::bytea[]) as pair (record_id, before, now)
            where n.record_id = pair.record_id and n.blind = pair.before
            """,
            records=[one for one, _, _ in pairs],
            then=[before for _, before, _ in pairs],
            now=[now for _, _, now in pairs],
        )
        renew_blinds(tx, [(before, now) for _, before, now in pairs])
        return Page((str(found[-1][0]),), turned)


NAMED_CODES = _Named()
