"""Evidence: the log of use, for data protection officers and auditors; and for data subjects their own part of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import orjson
from fastapi import Query
from pydantic import Field, JsonValue
from starlette.responses import Response

from rekisteri import access, audit, parties
from rekisteri.access import Action
from rekisteri.api.calling import Caller, Calling
from rekisteri.api.desk import LIMIT_MAX, Answer, Desk, told
from rekisteri.catalogue import Purpose
from rekisteri.ground import clock
from rekisteri.ground.errors import Missing

desk = Desk("audit")

Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
Cursor = Annotated[UUID | None, Query(description="``cursor`` of the page before.")]
Outcome = Literal["done", "refused", "missing", "rejected", "conflict"]
Organisation = Annotated[str | None, Query(max_length=40, description="Code of a client organisation acted for.")]
NDJSON = "application/x-ndjson"


class EventAnswer(Answer):
    """Who did what, when, what for, and how it ended: ids and counts, never values."""

    id: UUID
    at: datetime
    account: str = Field(examples=["maintainer"])
    session_id: UUID | None
    roles: list[str]
    organisation_ids: list[int]
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


class LookAnswer(Answer):
    """One look or change as the data subject may know it; never who did it."""

    at: datetime
    action: str = Field(examples=["customer:read"])
    purpose: str | None
    organisations: list[str] = Field(description="Client organisations acted for; none: the service centre itself.")
    others: int = Field(description="How many other customers were in the same act.")
    own: bool = Field(description="Whether the data subject did it.")


class LooksAnswer(Answer):
    """Looks and changes, the newest first."""

    looks: list[LookAnswer]
    cursor: UUID | None


class NdjsonResponse(Response):
    """One JSON object a line."""

    media_type = NDJSON


@desk.get("/audit/events", Action.AUDIT_SEARCH, EventsAnswer)
def events(
    caller: Calling,
    account: Annotated[str | None, Query(max_length=63)] = None,
    action: Annotated[str | None, Query(max_length=40)] = None,
    outcome: Outcome | None = None,
    purpose: Purpose | None = None,
    organisation: Organisation = None,
    session: UUID | None = None,
    case: Annotated[str | None, Query(max_length=80)] = None,
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
        purpose=purpose,
        session_id=session,
        case_reference=case,
        since=_instant(since),
        until=_instant(until),
        organisation=_organisation(caller, organisation, Action.AUDIT_SEARCH),
        before=cursor,
        limit=limit,
    )
    with caller.read(Action.AUDIT_SEARCH) as tx:
        found = audit.search(tx, query)
    return told(_answer(found, limit))


@desk.get("/audit/extract", Action.AUDIT_EXTRACT, response_class=NdjsonResponse)
def extract(
    caller: Calling,
    account: Annotated[str | None, Query(max_length=63)] = None,
    action: Annotated[str | None, Query(max_length=40)] = None,
    outcome: Outcome | None = None,
    purpose: Purpose | None = None,
    organisation: Organisation = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Response:
    """Take an extract of the log with you: at most 200,000 events, one JSON object a line. An act of its own in the log."""
    query = audit.Query(
        account=account,
        action=action,
        outcome=outcome,
        purpose=purpose,
        since=_instant(since),
        until=_instant(until),
        organisation=_organisation(caller, organisation, Action.AUDIT_EXTRACT),
    )
    with caller.read(Action.AUDIT_EXTRACT) as tx:
        lines = list(_lines(audit.extract(tx, query)))
        tx.note(events=len(lines), **audit.asked(query))
    disposition = {"Content-Disposition": 'attachment; filename="audit-extract.ndjson"'}
    return NdjsonResponse(b"".join(lines), headers=disposition)


@desk.get("/audit/customers/{party_id}", Action.AUDIT_SEARCH, EventsAnswer)
def about(party_id: UUID, caller: Calling, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Who has seen or changed one customer, bulk acts included, under every id the customer has gone by."""
    with caller.read(Action.AUDIT_SEARCH) as tx:
        tx.saw(party_id)
        found = audit.about(tx, party_id, guises=parties.guises(tx, party_id), before=cursor, limit=limit)
    return told(_answer(found, limit))


@desk.get("/audit/customers/{party_id}/looks", Action.AUDIT_SEARCH, LooksAnswer)
def looks(party_id: UUID, caller: Calling, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """What the data subject may know of it: when, what for, which organisation; who did it is withheld (C-579/21)."""
    with caller.read(Action.AUDIT_SEARCH) as tx:
        tx.saw(party_id)
        found = audit.looks(tx, party_id, guises=parties.guises(tx, party_id), before=cursor, limit=limit)
        names = {one.id: one.name for one in access.organisations(tx)}
    return told(_looks(found, names, limit))


@desk.get("/own/looks", Action.AUDIT_OWN, LooksAnswer)
def own_looks(caller: Calling, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Who has looked at my data: when, what for, which organisation. For a data subject, of the subject's own."""
    with caller.read(Action.AUDIT_OWN) as tx:
        party_id = tx.act.viewer.self_id
        if party_id is None:
            raise Missing
        tx.saw(party_id)
        found = audit.looks(tx, party_id, guises=parties.guises(tx, party_id), before=cursor, limit=limit)
        names = {one.id: one.name for one in access.organisations(tx)}
    return told(_looks(found, names, limit))


def _lines(found: Iterator[audit.Found]) -> Iterator[bytes]:
    return (orjson.dumps(audit.flat(one), option=orjson.OPT_APPEND_NEWLINE) for one in found)


def _organisation(caller: Caller, code: str | None, action: Action) -> int | None:
    """The id of an organisation's code, for whoever may do the act. Raises ``Missing``, and what the act raises."""
    if code is None:
        return None
    caller.acting(action)
    with caller.read(Action.ORGANISATION_READ) as tx:
        return access.organisation(tx, code).id


def _answer(found: list[audit.Found], limit: int) -> EventsAnswer:
    return EventsAnswer(
        events=[
            EventAnswer(
                id=event.id,
                at=event.at,
                account=event.account,
                session_id=event.session_id,
                roles=event.roles,
                organisation_ids=event.organisations,
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


def _looks(found: list[audit.Look], names: dict[int, str], limit: int) -> LooksAnswer:
    return LooksAnswer(
        looks=[
            LookAnswer(
                at=one.at,
                action=one.action,
                purpose=one.purpose,
                organisations=[names[number] for number in one.organisations if number in names],
                others=one.customers - 1,
                own=one.own,
            )
            for one in found
        ],
        cursor=found[-1].event_id if len(found) == limit else None,
    )


def _instant(moment: datetime | None) -> datetime | None:
    """A moment without a zone is Finnish time."""
    return moment.replace(tzinfo=clock.HELSINKI) if moment is not None and moment.tzinfo is None else moment
