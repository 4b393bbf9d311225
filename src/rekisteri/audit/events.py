"""One act as evidence, and its appending."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import orjson

from rekisteri.audit.entries import SALT_BYTES
from rekisteri.ground.database import Connection, Read

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
    few = len(event.subjects) <= SINGLE_ROWS_MAX
    parameters = {
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
    connection.execute(_APPEND_EVENT, parameters)
    if not few:
        _append_blocks(connection, event)


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


def _append_blocks(connection: Connection, event: Event) -> None:
    buckets: dict[int, list[UUID]] = defaultdict(list)
    for party_id in event.subjects:
        buckets[party_id.bytes[15]].append(party_id)
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into audit.subject_block (event_id, bucket, party_ids) values (%s, %s, %s)",
            [(event.id, bucket, party_ids) for bucket, party_ids in buckets.items()],
        )


TOUCHED = "create temp table if not exists touched (party_id uuid) on commit drop"
"""Where a bulk act gathers its customers before ``append_touched``."""


def append_touched(tx: Read, event_id: UUID) -> int:
    """The customers gathered in ``touched``, as blocks of the event about to be appended; how many.

    The blocks may come before their event: the foreign key is looked at when all commits.
    """
    # An insert within a "with" returns nothing, so it needs no right to read the log.
    return int(
        tx.value(
            """
            with appended as (
                insert into audit.subject_block (event_id, bucket, party_ids)
                select %(event_id)s, get_byte(uuid_send(party_id), 15), array_agg(distinct party_id)
                from touched group by get_byte(uuid_send(party_id), 15)
            )
            select count(distinct party_id) from touched
            """,
            event_id=event_id,
        )
    )
