"""One act as evidence, and its appending."""

from __future__ import annotations

import os
import struct
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import orjson

from rekisteri.audit.entries import SALT_BYTES
from rekisteri.ground import ids, packed
from rekisteri.ground.database import Connection
from rekisteri.ground.transactions import Transaction

BLOCKS = 256
ID_BYTES = 16
_ID = struct.Struct(f"{ID_BYTES}s")
SINGLE_ROWS_MAX = 256
"""Up to so many customers stand in the event itself; beyond, in 256 blocks."""


@dataclass(frozen=True, slots=True)
class Event:
    """Who did what to whom, when, for what, through which face and sign-in, and how it ended."""

    id: UUID
    at: datetime
    account_id: UUID | None
    account: str
    roles: tuple[str, ...]
    organisations: tuple[int, ...]
    action: str
    purpose: str | None
    case_reference: str | None
    channel: str
    outcome: str
    subjects: Collection[UUID] = ()
    detail: Mapping[str, object] = field(default_factory=dict)
    bulk_count: int = 0
    session_id: UUID | None = None


def append(connection: Connection, event: Event) -> None:
    """Write the event and its subjects; the caller's commit makes both true at once.

    Nothing is hashed here, and no customer indexed: that is the sequencer's, when the act is over.
    """
    connection.execute(_APPEND_EVENT, _parameters(event))
    if len(event.subjects) > SINGLE_ROWS_MAX:
        _append_blocks(connection, event)


def append_last(transaction: Transaction, event: Event) -> None:
    """``append`` that goes with the commit of the act's transaction, in one round."""
    if len(event.subjects) > SINGLE_ROWS_MAX:
        _append_blocks(transaction.connection, event)
    transaction.last(_APPEND_EVENT, _parameters(event))


def _append_blocks(connection: Connection, event: Event) -> None:
    gathered = Gathered()
    gathered.add(map(str, event.subjects))
    gathered.append(connection, event.id)


def _parameters(event: Event) -> dict[str, object]:
    few = len(event.subjects) <= SINGLE_ROWS_MAX
    return {
        "id": event.id,
        "at": event.at,
        "account_id": event.account_id,
        "account": event.account,
        "roles": _array(event.roles),
        "organisations": _array(event.organisations),
        "action": event.action,
        "purpose": event.purpose,
        "case_reference": event.case_reference,
        "channel": event.channel,
        "outcome": event.outcome,
        "subject_count": len(event.subjects) + event.bulk_count,
        "detail": orjson.dumps(event.detail).decode(),
        "subjects": _array(event.subjects if few else ()),
        "salt": os.urandom(SALT_BYTES),
        "session_id": event.session_id,
    }


def _array(values: Iterable[object]) -> str:
    """Roles, numbers or ids as the server writes an array: half the cost of the driver's way, in every act."""
    return "{" + ",".join(map(str, values)) + "}"


_APPEND_EVENT = """
insert into audit.event (id, at, account_id, account, roles, organisations, action, purpose, case_reference,
                         channel, outcome, subject_count, detail, subjects, salt, session_id)
values (%(id)s, %(at)s, %(account_id)s, %(account)s, %(roles)s, %(organisations)s, %(action)s, %(purpose)s,
        %(case_reference)s, %(channel)s, %(outcome)s, %(subject_count)s, %(detail)s::jsonb, %(subjects)s::uuid[],
        %(salt)s, %(session_id)s)
"""


class Gathered:
    """The customers of a bulk act, in blocks by the last byte of their id: sixteen bytes a customer."""

    __slots__ = ("_blocks",)

    def __init__(self) -> None:
        self._blocks = [bytearray() for _ in range(BLOCKS)]

    def add(self, party_ids: Iterable[str]) -> None:
        """These customers too; one told of again counts once."""
        self.add_bytes(ids.as_bytes(party_ids))

    def add_bytes(self, party_ids: Iterable[bytes]) -> None:
        """``add`` of identifiers of sixteen bytes."""
        blocks = self._blocks
        for one in party_ids:
            blocks[one[-1]] += one

    def holds(self, party_ids: Iterable[UUID]) -> bool:
        """Whether any of these customers has been told."""
        for one in party_ids:
            block, at = self._blocks[one.bytes[-1]], -1
            while (at := block.find(one.bytes, at + 1)) >= 0:
                if at % ID_BYTES == 0:
                    return True
        return False

    def append(self, connection: Connection, event_id: UUID) -> int:
        """Write the blocks of the event about to be appended; how many customers.

        The blocks may come before their event: the foreign key is looked at when all commits.
        """
        count = 0
        rows = []
        for bucket, block in enumerate(self._blocks):
            if block:
                # Told in the order of birth but for a few, so that there is little to sort.
                found = sorted(dict.fromkeys(one for (one,) in _ID.iter_unpack(block)))
                count += len(found)
                rows.append((event_id, bucket, packed.uuid_bytes(found)))
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into audit.subject_block (event_id, bucket, party_ids) values (%s, %s, %s::uuid[])", rows
            )
        return count
