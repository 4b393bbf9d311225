"""Evidence: the log of use, for data protection officers and auditors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field, JsonValue
from starlette.responses import Response

from rekisteri import audit
from rekisteri.access import Action
from rekisteri.api.calling import Calling
from rekisteri.api.desk import LIMIT_MAX, Answer, Desk, told
from rekisteri.ground import clock

desk = Desk("audit")

Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
Cursor = Annotated[UUID | None, Query(description="``cursor`` of the page before.")]
Outcome = Literal["done", "refused", "missing", "rejected", "conflict"]


class EventAnswer(Answer):
    """Who did what, when, what for, and how it ended: ids and counts, never values."""

    id: UUID
    at: datetime
    account: str = Field(examples=["maintainer"])
    roles: list[str]
    action: str = Field(examples=["customer:read"])
    purpose: str | None
    case_reference: str | None
    channel: str
    outcome: str
    subject_count: int
    detail: dict[str, JsonValue]


class EventsAnswer(Answer):
    """Events, the newest first."""

    events: list[EventAnswer]
    cursor: UUID | None


@desk.get("/audit/events", Action.AUDIT_SEARCH, EventsAnswer)
def events(
    caller: Calling,
    account: Annotated[str | None, Query(max_length=63)] = None,
    action: Annotated[str | None, Query(max_length=40)] = None,
    outcome: Outcome | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Search the log of use."""
    query = audit.Query(
        account=account,
        action=action,
        outcome=outcome,
        since=_instant(since),
        until=_instant(until),
        before=cursor,
        limit=limit,
    )
    with caller.read(Action.AUDIT_SEARCH) as tx:
        found = audit.search(tx, query)
    return told(_answer(found, limit))


@desk.get("/audit/customers/{party_id}", Action.AUDIT_SEARCH, EventsAnswer)
def about(party_id: UUID, caller: Calling, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Who has seen or changed one customer, bulk acts included."""
    with caller.read(Action.AUDIT_SEARCH) as tx:
        tx.saw(party_id)
        found = audit.about(tx, party_id, before=cursor, limit=limit)
    return told(_answer(found, limit))


def _answer(found: list[audit.Found], limit: int) -> EventsAnswer:
    return EventsAnswer(
        events=[
            EventAnswer(
                id=event.id,
                at=event.at,
                account=event.account,
                roles=event.roles,
                action=event.action,
                purpose=event.purpose,
                case_reference=event.case_reference,
                channel=event.channel,
                outcome=event.outcome,
                subject_count=event.subject_count,
                detail=event.detail,
            )
            for event in found
        ],
        cursor=found[-1].id if len(found) == limit else None,
    )


def _instant(moment: datetime | None) -> datetime | None:
    """A moment without a zone is Finnish time."""
    return moment.replace(tzinfo=clock.HELSINKI) if moment is not None and moment.tzinfo is None else moment
