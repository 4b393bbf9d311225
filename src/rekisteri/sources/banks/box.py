"""What is sealed of a message, and the blind words by which messages about one order meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

import orjson

from rekisteri.ground.keys import Vault
from rekisteri.sources.banks.wire import Wish

WISH_PLACE = "sources.bank_message|sealed|"
EVIDENCE_PLACE = "sources.bank_evidence|sealed|"
PART_PLACE = "sources.bank_file_part|sealed|"
PROPOSAL_PLACE = "sources.proposal|sealed|"
Id = TypeVar("Id")


def closed(wish: Wish) -> bytes:
    """A wish as it is sealed."""
    return orjson.dumps([*wish])


def opened(vault: Vault, message_id: object, sealed: bytes) -> Wish | None:
    """The wish sealed with a message; None of a message that could not be read."""
    return opened_all(vault, {message_id: sealed})[message_id]


def opened_all(vault: Vault, sealed: Mapping[Id, bytes]) -> dict[Id, Wish | None]:
    """The wishes sealed with messages, by the messages' ids."""
    plains = vault.open_all(list(sealed.values()), key="secret", places=[f"{WISH_PLACE}{one}" for one in sealed])
    return {one: _wish(plain) for one, plain in zip(sealed, plains, strict=True)}


def _wish(plain: bytes) -> Wish | None:
    if not plain:
        return None
    address, identifiers, reference, buyer_id, buyer_name, buyer_address, *wishes = orjson.loads(plain)
    return Wish(
        address, tuple([(kind, text) for kind, text in identifiers]), reference, buyer_id, buyer_name,
        tuple(buyer_address), *wishes,
    )  # fmt: skip


def threads(vault: Vault, orders: Iterable[tuple[int, str, str]]) -> list[bytes]:
    """Where messages about one order meet: of one organisation, payment reason and e-address."""
    return vault.digest_all(
        b"bank thread|",
        (
            f"{organisation_id}|{payment_reason}|{address.upper()}".encode()
            for organisation_id, payment_reason, address in orders
        ),
    )


def wished(vault: Vault, wishes: Iterable[Wish]) -> list[bytes | None]:
    """The identifiers of each as one blind word, in whatever order and spacing they stand; None for none."""
    said = ["|".join(sorted(_identified(wish))) for wish in wishes]
    return [
        digest if one else None
        for one, digest in zip(said, vault.digest_all(b"bank wish|", (one.encode() for one in said)), strict=True)
    ]


def _identified(wish: Wish) -> list[str]:
    return [f"{kind}={''.join(text.split()).upper()}" for kind, text in wish.identifiers if text.strip()]
