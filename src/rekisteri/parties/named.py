"""Who is named as somebody's custodian or guardian: an index of their identity codes, so that it can be asked backwards.

A statement seals the code of whom it names; here stands its blind index beside the record. It only finds: what holds
is read from the words. Only the words of VTJ and of maintainers open another's data; any source's word on custody
carries a non-disclosure order over to the household (``refresh``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.catalogue import SourceKind, find_path
from rekisteri.ground import packed
from rekisteri.ground.keys import Vault
from rekisteri.parties.laid import Origin
from rekisteri.parties.renewing import renew_codes

TRUSTED = frozenset({SourceKind.MAINTAINER, SourceKind.VTJ})
"""Whose word on custodians and guardians lets these act for the customer."""
NAMED = frozenset({"custodian", "guardian"})
NAMES_NOBODY = frozenset({SourceKind.BANK, SourceKind.LEDGER, SourceKind.DIRECTORY, SourceKind.EINVOICE_DIRECTORY})
"""Sources that tell nothing of custodians and guardians."""


def note_named(
    tx: Write, vault: Vault, origin: Origin, records: Sequence[tuple[str, Iterable[tuple[str, str]], bool]]
) -> None:
    """Note whom these records name now, given as (record, its secrets by path, whether it is new)."""
    if origin.source.kind in NAMES_NOBODY:
        return
    former = [record_id for record_id, _, fresh in records if not fresh]
    if former:
        tx.run("delete from parties.named where record_id = any (%(ids)s::uuid[])", ids=former)
    note_custody(tx, vault, [(record_id, *one) for record_id, secrets, _ in records for one in named_in(secrets)])


def note_custody(tx: Write, vault: Vault, named: Sequence[tuple[str, str, bool]]) -> None:
    """Note whom records name, given as (record, identity code, whether as a custodian)."""
    if named:
        # While the key of indexes turns, both ends of a tie stand under one version.
        renew_codes(tx, vault, [("hetu", code) for _, code, _ in named])
        tx.run(
            """
            insert into parties.named (record_id, blind, custodian)
            select record_id, blind, bool_or(custodian)
            from unnest(%(records)s::uuid[], %(blinds)s::bytea[], %(custodians)s::boolean[])
                as fresh (record_id, blind, custodian)
            group by record_id, blind
            on conflict (record_id, blind) do nothing
            """,
            records=packed.uuids([record_id for record_id, _, _ in named]),
            blinds=packed.blobs([vault.blinds("hetu", code)[0] for _, code, _ in named]),
            custodians=packed.flags(custodian for _, _, custodian in named),
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


def named_in(secrets: Iterable[tuple[str, str]]) -> Iterable[tuple[str, bool]]:
    """The identity codes of custodians and guardians among secrets given by path, and whether each is a custodian's."""
    for path, code in secrets:
        meant = None if path == "hetu" else find_path(path)
        if meant is not None and meant[0].name in NAMED and meant[1].name == "hetu":
            yield code, meant[0].name == "custodian"
