"""Receipts: the answer as it was given, signed, kept, shown again years later to the byte."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import orjson

from rekisteri.access import Read, Write
from rekisteri.ground import ids, packed
from rekisteri.ground.errors import Missing
from rekisteri.ground.keys import Vault
from rekisteri.payers.signing import Signer, key_id, leaf, verified

PLACE = "payers.receipt|body|"
SEAL_KEY = "protected"


class Receipt(NamedTuple):
    """What proves an answer: its id, the key, the signature and the way from the answer to what was signed."""

    id: UUID
    made_at: datetime
    key_id: str
    proof: bytes
    signature: bytes


class Draft(NamedTuple):
    """An answer to be receipted: of whom, to which organisation, and its bytes."""

    organisation_id: int
    customer_id: UUID
    party_ids: Sequence[UUID]
    body: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A receipt with its answer, byte for byte as it was given."""

    receipt: Receipt
    organisation_id: int
    customer_id: UUID
    body: bytes


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key receipts were signed with."""

    id: str
    public: bytes
    since_at: datetime


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    organisation_id: int
    customer_id: UUID
    made_at: datetime
    key_id: str
    proof: bytes
    signature: bytes
    body: bytes


class Sheet(NamedTuple):
    """Receipts given under one signature, as the columns they are kept in: what goes from whoever made them to the table."""

    made_at: datetime
    key_id: str
    public: bytes
    signature: bytes
    ids: packed.Packed
    organisations: packed.Packed
    customers: packed.Packed
    parties: packed.Packed
    proofs: packed.Packed
    bodies: packed.Packed


def make(vault: Vault, signer: Signer, at: datetime, drafts: Sequence[Draft]) -> tuple[list[Receipt], Sheet]:
    """Sign and seal answers, one signature for all given at once: their receipts in order, and the sheet to keep.

    At least one answer.
    """
    texts = ids.batch(len(drafts))
    names = [UUID(text) for text in texts]
    signature, proofs = signer.sign([leaf(name, draft.body) for name, draft in zip(names, drafts, strict=True)])
    places = [f"{PLACE}{text}" for text in texts]
    bodies = vault.seal_all([draft.body for draft in drafts], key=SEAL_KEY, places=places)
    sheet = Sheet(
        made_at=at,
        key_id=signer.key_id,
        public=signer.public,
        signature=signature,
        ids=packed.uuid_bytes([name.bytes for name in names]),
        organisations=packed.numbers([draft.organisation_id for draft in drafts]),
        customers=packed.uuid_bytes([draft.customer_id.bytes for draft in drafts]),
        parties=packed.texts([_several(draft.party_ids) for draft in drafts]),
        proofs=packed.blobs(proofs),
        bodies=packed.blobs(bodies),
    )
    return [
        Receipt(name, at, signer.key_id, proof, signature) for name, proof in zip(names, proofs, strict=True)
    ], sheet


def keep(tx: Write, sheet: Sheet) -> None:
    """Write down receipts, and the key they are proved with."""
    tx.run(
        """
        insert into payers.receipt_key (id, public, since_at) values (%(id)s, %(public)s, %(at)s)
        on conflict (id) do nothing
        """,
        id=sheet.key_id,
        public=sheet.public,
        at=sheet.made_at,
    )
    tx.run(
        """
        insert into payers.receipt (id, organisation_id, customer_id, party_ids, made_at, key_id, proof, signature, body)
        select id, organisation_id, customer_id, coalesce(party_ids::uuid[], array[customer_id]), %(at)s, %(key_id)s,
               proof, %(signature)s, body
        from unnest(%(ids)s::uuid[], %(organisations)s::integer[], %(customers)s::uuid[], %(parties)s::text[],
                    %(proofs)s::bytea[], %(bodies)s::bytea[])
            as made (id, organisation_id, customer_id, party_ids, proof, body)
        """,
        at=sheet.made_at,
        key_id=sheet.key_id,
        signature=sheet.signature,
        ids=sheet.ids,
        organisations=sheet.organisations,
        customers=sheet.customers,
        parties=sheet.parties,
        proofs=sheet.proofs,
        bodies=sheet.bodies,
    )


def _several(party_ids: Sequence[UUID]) -> str | None:
    """Parties as the server writes an array; None for the customer alone, as most answers have it."""
    return "{" + ",".join(map(str, party_ids)) + "}" if len(party_ids) > 1 else None


def show(tx: Read, vault: Vault, receipt_id: UUID) -> Kept:
    """The answer a receipt is of, byte for byte. Raises ``Missing``.

    Where a non-disclosure order has come on for anybody it tells of, the act must be one that opens protected values.
    """
    row = tx.find(
        _Row,
        """
        select id, organisation_id, customer_id, made_at, key_id, proof, signature, body
        from payers.receipt where id = %(id)s
        """,
        id=receipt_id,
    )
    if row is None:
        raise Missing("There is no such receipt among those you may see; check the identifier.")
    tx.saw(row.customer_id)
    tx.note(receipt=str(receipt_id))
    receipt = Receipt(row.id, row.made_at, row.key_id, row.proof, row.signature)
    body = vault.open(row.body, key=SEAL_KEY, place=f"{PLACE}{row.id}")
    return Kept(receipt, row.organisation_id, row.customer_id, body)


def whole(receipt: Receipt, body: bytes) -> bytes:
    """Receipt and answer as one JSON object, bytes in base64; the answer's own stand in it as they are."""
    name, made_at, key_id, proof, signature = receipt
    shared, signed = _shared(key_id, made_at, signature)
    way = b'"proof":"%s",' % binascii.b2a_base64(proof, newline=False) if proof else b""
    return b'{"receipt":{"id":%s,%s,%s%s},"answer":%s}' % (orjson.dumps(name), shared, way, signed, body)


@lru_cache(maxsize=16)
def _shared(key_id: str, made_at: datetime, signature: bytes) -> tuple[bytes, bytes]:
    """What receipts given under one signature have alike: what stands before and after the way to it."""
    before = orjson.dumps({"key": key_id, "made_at": made_at})
    after = orjson.dumps({"signature": base64.b64encode(signature).decode()})
    return before[1:-1], after[1:-1]


def of_data(given: Mapping[str, object]) -> Receipt | None:
    """The receipt that data says; None for what is none."""
    try:
        return Receipt(
            id=UUID(str(given["id"])),
            made_at=datetime.fromisoformat(str(given["made_at"])),
            key_id=str(given["key"]),
            proof=base64.b64decode(str(given.get("proof", "")), validate=True),
            signature=base64.b64decode(str(given["signature"]), validate=True),
        )
    except (KeyError, ValueError, binascii.Error):
        return None


def given(text: bytes) -> tuple[Receipt, bytes] | None:
    """Receipt and answer as they were given, as one JSON object; None for what is none.

    The answer's writing is compact and keeps its order, so that written anew it is the same bytes.
    """
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, dict) or not isinstance(found.get("receipt"), dict):
        return None
    receipt = of_data(found["receipt"])
    return None if receipt is None else (receipt, orjson.dumps(found.get("answer")))


def public_keys(tx: Read) -> list[PublicKey]:
    """Every public key receipts were ever signed with, the oldest first."""
    return tx.all(PublicKey, "select id, public, since_at from payers.receipt_key order by since_at, id")


def verify(tx: Read, receipt: Receipt, body: bytes) -> bool:
    """Whether a receipt is the register's own, for these very bytes. Needs no stored receipt, only the keys."""
    known = {key.id: key.public for key in public_keys(tx)}
    public = known.get(receipt.key_id)
    return public is not None and verified(public, receipt.id, body, receipt.proof, receipt.signature)


def verify_with(public: bytes, receipt: Receipt, body: bytes) -> bool:
    """``verify`` by a public key at hand, without the register."""
    return receipt.key_id == key_id(public) and verified(public, receipt.id, body, receipt.proof, receipt.signature)
