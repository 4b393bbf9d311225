"""Break-glass: a right asked for by one person, opened by another for minutes, looked through by the officer."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import Response

from rekisteri import access
from rekisteri.access import Action
from rekisteri.api.calling import Caller, Calling
from rekisteri.api.customer_shapes import Codes, Short
from rekisteri.api.desk import LIMIT_MAX, Answer, Desk, Question, told
from rekisteri.catalogue import Purpose, Role

desk = Desk("emergencies")

EmergencyId = Annotated[UUID, Path(description="Id of the request.")]


class LentRole(StrEnum):
    """A role that can be lent."""

    MAINTAINER = "maintainer"
    INVOICER = "invoicer"
    COLLECTOR = "collector"


class PleaQuestion(Question):
    """What is asked for, and why; the case is named in the header Rekisteri-Case."""

    role: LentRole
    organisation: Short | None = Field(
        default=None, description="Code of a client organisation; left out, every one.", examples=["kuusilahti"]
    )
    purpose: Purpose = Field(examples=["collection"])
    reason: str = Field(
        min_length=1, max_length=500, examples=["Ulosotto alkaa aamulla; käsittelijä on tavoittamatta."]
    )
    minutes: int = Field(default=30, ge=1, le=access.MINUTES_MAX)


class DecisionQuestion(Question):
    """Whether the right is opened."""

    opens: bool


class FindingQuestion(Question):
    """What the use of the right was found to be."""

    verdict: access.Finding
    finding: str = Field(min_length=1, max_length=500, examples=["Katsoi kolme asiakasta, jotka asia koskee."])


class EmergencyAnswer(Answer):
    """A request of a right for minutes, and what became of it."""

    id: UUID
    state: access.State
    account: str
    role: LentRole
    organisation: str | None = Field(description="Null is every client organisation.")
    purpose: Purpose
    case: str
    reason: str
    minutes: int
    asked_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    ends_at: datetime | None
    ended_by: str | None = Field(description="Who ended it before its time.")
    review_by: date | None = Field(description="The last day for the officer's look through.")
    reviewed_at: datetime | None
    reviewed_by: str | None
    verdict: access.Finding | None
    finding: str | None


class EmergenciesAnswer(Answer):
    """Requests."""

    emergencies: list[EmergencyAnswer]
    cursor: UUID | None = None


class LentActAnswer(Answer):
    """An act the right carried."""

    id: UUID
    at: datetime
    action: str
    outcome: str
    case: str | None
    customers: int


class EmergencyUseAnswer(EmergencyAnswer):
    """A request, and every act its right carried: the newest 200."""

    acts: list[LentActAnswer]


@desk.post("/emergencies", Action.EMERGENCY_ASK, EmergencyAnswer, status=201)
def ask_emergency(question: PleaQuestion, caller: Calling) -> Response:
    """Ask for a right for minutes; a second person opens it."""
    with caller.write(Action.EMERGENCY_ASK) as tx:
        scope = None if question.organisation is None else access.organisation(tx, question.organisation).id
        plea = access.Plea(Role(question.role.value), scope, question.purpose, question.reason, question.minutes)
        made, at = access.ask_emergency(tx, plea), tx.at
    return _told(caller, made, at, status=201)


@desk.get("/emergencies/own", Action.ACCOUNT_OWN, EmergenciesAnswer)
def own_emergencies(caller: Calling) -> Response:
    """The caller's own requests, the newest first."""
    with caller.read(Action.ACCOUNT_OWN) as tx:
        found, at = access.own_emergencies(tx), tx.at
    return _every(caller, found, at)


@desk.post("/emergencies/{emergency_id}/end", Action.EMERGENCY_ASK, EmergencyAnswer)
def end_emergency(emergency_id: EmergencyId, caller: Calling) -> Response:
    """End one's own open right before its time."""
    with caller.write(Action.EMERGENCY_ASK) as tx:
        changed, at = access.end_emergency(tx, emergency_id), tx.at
    return _told(caller, changed, at)


@desk.get("/emergencies/waiting", Action.EMERGENCY_DECIDE, EmergenciesAnswer)
def waiting_emergencies(caller: Calling) -> Response:
    """What waits for a second person, of what the caller may decide."""
    with caller.read(Action.EMERGENCY_DECIDE) as tx:
        found, at = access.waiting_emergencies(tx), tx.at
    return _every(caller, found, at)


@desk.post("/emergencies/{emergency_id}/decide", Action.EMERGENCY_DECIDE, EmergencyAnswer)
def decide_emergency(emergency_id: EmergencyId, question: DecisionQuestion, caller: Calling) -> Response:
    """Open what somebody else asked for, or decline it."""
    with caller.write(Action.EMERGENCY_DECIDE) as tx:
        changed, at = access.decide_emergency(tx, emergency_id, opens=question.opens), tx.at
    return _told(caller, changed, at)


@desk.get("/emergencies", Action.EMERGENCY_READ, EmergenciesAnswer)
def emergencies(
    caller: Calling,
    cursor: Annotated[UUID | None, Query(description="Go on where a page ended.")] = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> Response:
    """Every request, the newest first."""
    with caller.read(Action.EMERGENCY_READ) as tx:
        found, at = access.emergencies(tx, before=cursor, limit=limit), tx.at
    return _every(caller, found, at, found[-1].id if len(found) == limit else None)


@desk.get("/emergencies/{emergency_id}", Action.EMERGENCY_READ, EmergencyUseAnswer)
def emergency(emergency_id: EmergencyId, caller: Calling) -> Response:
    """One request, and the acts its right carried."""
    with caller.read(Action.EMERGENCY_READ) as tx:
        (found, acts), at = access.emergency(tx, emergency_id), tx.at
    whole = _answer(found, caller.codes([found.organisation_id]), at)
    return told(
        EmergencyUseAnswer(
            **dict(whole),
            acts=[
                LentActAnswer(
                    id=one.id,
                    at=one.at,
                    action=one.action,
                    outcome=one.outcome,
                    case=one.case_reference,
                    customers=one.subject_count,
                )
                for one in acts
            ],
        )
    )


@desk.post("/emergencies/{emergency_id}/stop", Action.EMERGENCY_REVIEW, EmergencyAnswer)
def stop_emergency(emergency_id: EmergencyId, caller: Calling) -> Response:
    """End anybody's open right at once."""
    with caller.write(Action.EMERGENCY_REVIEW) as tx:
        changed, at = access.end_emergency(tx, emergency_id), tx.at
    return _told(caller, changed, at)


@desk.post("/emergencies/{emergency_id}/review", Action.EMERGENCY_REVIEW, EmergencyAnswer)
def review_emergency(emergency_id: EmergencyId, question: FindingQuestion, caller: Calling) -> Response:
    """Say what the use of a right that is over was found to be."""
    with caller.write(Action.EMERGENCY_REVIEW) as tx:
        changed, at = access.review_emergency(tx, emergency_id, question.verdict, question.finding), tx.at
    return _told(caller, changed, at)


def _told(caller: Caller, found: access.Emergency, at: datetime, *, status: int = 200) -> Response:
    return told(_answer(found, caller.codes([found.organisation_id]), at), status=status)


def _every(caller: Caller, found: list[access.Emergency], at: datetime, cursor: UUID | None = None) -> Response:
    codes = caller.codes(one.organisation_id for one in found)
    return told(EmergenciesAnswer(emergencies=[_answer(one, codes, at) for one in found], cursor=cursor))


def _answer(one: access.Emergency, codes: Codes, at: datetime) -> EmergencyAnswer:
    return EmergencyAnswer(
        id=one.id,
        state=one.state(at),
        account=one.account,
        role=LentRole(one.role.value),
        organisation=None if one.organisation_id is None else codes[one.organisation_id],
        purpose=one.purpose,
        case=one.case_reference,
        reason=one.reason,
        minutes=one.minutes,
        asked_at=one.asked_at,
        decided_at=one.decided_at,
        decided_by=one.decided_by,
        ends_at=one.ends_at,
        ended_by=one.ended_by,
        review_by=one.review_by(),
        reviewed_at=one.reviewed_at,
        reviewed_by=one.reviewed_by,
        verdict=one.verdict,
        finding=one.finding,
    )
