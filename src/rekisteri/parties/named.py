"""Who is named as somebody's custodian or guardian: an index of their identity codes, so that it can be asked backwards.

A statement seals the code of whom it names; here stands its blind index beside the record, of the words of
VTJ and of maintainers alone, whose word opens another's data. It only finds: what holds is read from the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.catalogue import SourceKind, find_path
from rekisteri.ground.keys import Vault
from rekisteri.parties.laid import Origin

TRUSTED = frozenset({SourceKind.MAINTAINER, SourceKind.VTJ})
"""Whose word on custodians and guardians lets these act for the customer."""
NAMED = frozenset({"custodian", "guardian"})


def note_named(
    tx: Write, vault: Vault, origin: Origin, records: Sequence[tuple[str, Iterable[tuple[str, str]], bool]]
) -> None:
    """Note whom these records name now, given as (record, its secrets by path, whether it is new)."""
    if origin.source.kind not in TRUSTED:
        return
    former = [record_id for record_id, _, fresh in records if not fresh]
    if former:
        tx.run("delete from parties.named where record_id = any (%(ids)s::uuid[])", ids=former)
    named = [(record_id, code) for record_id, secrets, _ in records for code in codes_of_others(secrets)]
    if named:
        blinds = [vault.blinds("hetu", code)[0] for _, code in named]
        tx.run(
            """
            insert into parties.named (record_id, blind)
            select * from unnest(%(records)s::uuid[], %(blinds)s::bytea[]) on conflict do nothing
            """,
            records=[record_id for record_id, _ in named],
            blinds=blinds,
        )


def wards(tx: Read, blinds: Iterable[bytes]) -> list[UUID]:
    """The customers of whom a record names the bearer of these codes, in the order of their ids; it may have ended."""
    rows = tx.tuples(
        """
        select distinct r.party_id from parties.named n join parties.record r on r.id = n.record_id
        where n.blind = any (%(blinds)s) order by r.party_id
        """,
        blinds=list(blinds),
    )
    return [party_id for (party_id,) in rows]


def codes_known(tx: Read, party_id: UUID) -> list[bytes]:
    """The blind indexes of every identity code a customer is or was known by."""
    rows = tx.tuples("select blind from parties.identifier where party_id = %(id)s and kind = 'hetu'", id=party_id)
    return [blind for (blind,) in rows]


def codes_of_others(secrets: Iterable[tuple[str, str]]) -> Iterable[str]:
    """The identity codes of custodians and guardians among secrets given by path."""
    for path, code in secrets:
        meant = find_path(path)
        if meant is not None and meant[0].name in NAMED and meant[1].name == "hetu":
            yield code
