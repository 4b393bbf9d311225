"""What the log holds of an event: a commitment that tells nothing of it, and can be opened with its salt.

An entry is 57 bytes: a version, the event's id, its instant, and SHA-256 over a salt and the event in
canonical form. Whoever has event and salt can show that they are what was logged; once both are erased
the entry is noise, and every proof of the log goes on holding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson

from rekisteri.audit.merkle import TILE_WIDTH
from rekisteri.ground.errors import Rejected

VERSION = 1
ENTRY_BYTES = 57
SALT_BYTES = 16
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_DOMAIN = b"rekisteri event v1\n"
_HEAD = bytes((VERSION,))
_LENGTH = ENTRY_BYTES.to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class Payload:
    """An event as it stands in the database, with its salt; ``blocks`` are digests of a bulk act's customers."""

    id: str
    at_us: int
    salt: bytes
    account_id: str | None
    account: str
    session_id: str | None
    roles: list[str]
    organisations: list[int]
    action: str
    purpose: str | None
    case_reference: str | None
    channel: str
    outcome: str
    subject_count: int
    subjects: list[str]
    blocks: list[str] | None
    detail: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaf of the log before hashing: which event, when, and the commitment to all the rest."""

    event_id: UUID
    at_us: int
    commitment: bytes

    @property
    def at(self) -> datetime:
        """The instant of the event."""
        return EPOCH + timedelta(microseconds=self.at_us)

    def encoded(self) -> bytes:
        """The 57 bytes that are hashed into the tree."""
        return _HEAD + self.event_id.bytes + self.at_us.to_bytes(8, "big") + self.commitment

    @staticmethod
    def parse(entry: bytes) -> Entry:
        """The entry of its bytes. Raises ``Rejected`` for a length or a version that is not ours."""
        if len(entry) != ENTRY_BYTES or entry[0] != VERSION:
            raise Rejected("An entry of the log is not of a form this version knows.")
        return Entry(UUID(bytes=entry[1:17]), int.from_bytes(entry[17:25], "big"), entry[25:])


def canonical(payload: Payload) -> bytes:
    """The event in one form only: JSON without spaces, keys sorted, nothing left out but the salt."""
    return orjson.dumps(
        {
            "account": payload.account,
            "account_id": payload.account_id,
            "action": payload.action,
            "at_us": payload.at_us,
            "blocks": payload.blocks or [],
            "case": payload.case_reference,
            "channel": payload.channel,
            "detail": payload.detail,
            "id": payload.id,
            "organisations": payload.organisations,
            "outcome": payload.outcome,
            "purpose": payload.purpose,
            "roles": payload.roles,
            "session_id": payload.session_id,
            "subject_count": payload.subject_count,
            "subjects": payload.subjects,
        }
    )


def commitment(salt: bytes, event: bytes) -> bytes:
    """SHA-256 over salt and canonical event. Without the salt nothing can be tried against it."""
    assert len(salt) == SALT_BYTES
    return hashlib.sha256(_DOMAIN + salt + event).digest()


def entry_of(payload: Payload) -> Entry:
    """The log's entry of an event."""
    return Entry(UUID(payload.id), payload.at_us, commitment(payload.salt, canonical(payload)))


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries as C2SP lays them out: each after its length in two bytes."""
    return b"".join(_LENGTH + entry for entry in entries)


def unbundle(content: bytes) -> Iterator[bytes]:
    """The entries of a bundle. Raises ``Rejected`` where one ends before its length says."""
    at, count = 0, 0
    while at < len(content):
        end = at + 2 + int.from_bytes(content[at : at + 2], "big")
        if end > len(content) or at + 2 > len(content) or count == TILE_WIDTH:
            raise Rejected("A bundle of entries is cut short, or holds more than 256.")
        yield content[at + 2 : end]
        at, count = end, count + 1
