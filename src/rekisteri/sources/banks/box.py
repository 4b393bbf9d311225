"""What is sealed of a message, and the blind words by which messages about one order meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from rekisteri.ground.keys import Vault
from rekisteri.sources.banks.wire import Wish

WISH_PLACE = "sources.bank_message|sealed|"
EVIDENCE_PLACE = "sources.bank_evidence|sealed|"
PART_PLACE = "sources.bank_file_part|sealed|"
PROPOSAL_PLACE = "sources.proposal|sealed|"


def closed(wish: Wish) -> bytes:
    """A wish as it is sealed."""
    return orjson.dumps(
        [
            wish.address, wish.identifiers, wish.reference, wish.buyer_id, wish.buyer_name, wish.buyer_address,
            wish.language, wish.due_day, wish.times_a_year,
        ]
    )  # fmt: skip


def opened(vault: Vault, message_id: object, sealed: bytes) -> Wish | None:
    """The wish sealed with a message; None of a message that could not be read."""
    plain = vault.open(sealed, key="secret", place=f"{WISH_PLACE}{message_id}")
    if not plain:
        return None
    values: Sequence[Any] = orjson.loads(plain)
    address, identifiers, reference, buyer_id, buyer_name, buyer_address, language, due_day, times = values
    return Wish(
        address, tuple((kind, text) for kind, text in identifiers), reference, buyer_id, buyer_name,
        tuple(buyer_address), language, due_day, times,
    )  # fmt: skip


def thread(vault: Vault, organisation_id: int, payment_reason: str, address: str) -> bytes:
    """Messages about one order meet here: of one organisation, payment reason and e-address."""
    return vault.digest(f"bank thread|{organisation_id}|{payment_reason}|{address.upper()}".encode())


def wished(vault: Vault, wish: Wish) -> bytes | None:
    """The identifiers as one blind word, in whatever order and spacing they stand; None for none."""
    said = sorted(f"{kind}={''.join(text.split()).upper()}" for kind, text in wish.identifiers if text.strip())
    return vault.digest(f"bank wish|{'|'.join(said)}".encode()) if said else None
