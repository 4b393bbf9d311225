"""The quarterly review of grants: what is due, deciding in a body, and the evidence of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from rekisteri import access
from rekisteri.access import Action
from rekisteri.api.calling import Calling
from rekisteri.api.customer_shapes import Short
from rekisteri.api.desk import LIMIT_MAX, Answer, Desk, Question, told
from rekisteri.catalogue import Purpose, Role

desk = Desk("administration")


class DueAnswer(Answer):
    """A grant to be reviewed, and what tells whether it is needed."""

    id: UUID
    account: str
    name: str
    role: Role
    organisation: str | None = Field(description="Null is every client organisation.")
    purpose: Purpose | None = Field(description="Null is each purpose of the role.")
    owner: str = Field(description="Who answers for the need of it.")
    granted_at: datetime
    ends_at: datetime
    review_on: date = Field(description="By when somebody must say again that it is needed.")
    days_late: int
    used_at: datetime | None = Field(description="When somebody last acted as the account.")
    own: bool = Field(description="The caller's own: somebody else decides it.")


class AlarmsAnswer(Answer):
    """What somebody should have done by now and has not."""

    reviews_late: int
    emergencies_waiting: int
    emergencies_open: int
    emergencies_unreviewed: int
    emergencies_late: int


class DuesAnswer(Answer):
    """Grants to be reviewed, by owner, then the longest overdue first."""

    grants: list[DueAnswer]
    alarms: AlarmsAnswer


class Deciding(StrEnum):
    """What a person decides of a grant."""

    CONFIRMED = "confirmed"
    ENDED = "ended"


class ReviewQuestion(Question):
    """Grants decided in a body: all of them, or none."""

    grants: list[UUID] = Field(min_length=1, max_length=500)
    decision: Deciding
    reason: str = Field(min_length=1, max_length=500, examples=["Tehtävä jatkuu; esihenkilö vahvisti 2.3."])


class ReviewDoneAnswer(Answer):
    """How many were decided."""

    decided: int


class ReviewedAnswer(Answer):
    """The evidence of one grant's review."""

    id: UUID
    grant_id: UUID
    account: str
    role: Role
    organisation: str | None
    purpose: Purpose | None
    owner: str
    used_at: datetime | None = Field(description="When somebody had last acted as the account.")
    due_on: date
    at: datetime
    by_whom: str
    decision: access.Decision
    reason: str | None = Field(description="Null where it lapsed: nobody decided in time.")
    next_on: date | None


class ReviewedListAnswer(Answer):
    """Evidence of reviews, the newest first."""

    reviews: list[ReviewedAnswer]
    cursor: UUID | None


@desk.get("/grants/due", Action.GRANT_REVIEW, DuesAnswer)
def grants_due(
    caller: Calling,
    owner: Annotated[Short | None, Query(description="Those one sign-in name answers for.")] = None,
    organisation: Annotated[Short | None, Query(description="Those of one client organisation.")] = None,
    within_days: Annotated[int, Query(ge=0, le=366, description="Due in so many days, or overdue.")] = access.LEAD_DAYS,
) -> Response:
    """Grants to be reviewed, and the alarms."""
    with caller.read(Action.GRANT_REVIEW) as tx:
        scope = None if organisation is None else access.organisation(tx, organisation).id
        found = access.due(tx, owner=owner, organisation_id=scope, within_days=within_days)
        alarms, today = access.alarms(tx), tx.act.today
    codes = caller.codes(one.organisation_id for one in found)
    return told(
        DuesAnswer(
            grants=[
                DueAnswer(
                    id=one.id,
                    account=one.account,
                    name=one.name,
                    role=one.role,
                    organisation=None if one.organisation_id is None else codes[one.organisation_id],
                    purpose=one.purpose,
                    owner=one.owner,
                    granted_at=one.granted_at,
                    ends_at=one.ends_at,
                    review_on=one.review_on,
                    days_late=one.late(today),
                    used_at=one.used_at,
                    own=one.own,
                )
                for one in found
            ],
            alarms=AlarmsAnswer(
                reviews_late=alarms.reviews_late,
                emergencies_waiting=alarms.emergencies_waiting,
                emergencies_open=alarms.emergencies_open,
                emergencies_unreviewed=alarms.emergencies_unreviewed,
                emergencies_late=alarms.emergencies_late,
            ),
        )
    )


@desk.post("/grants/review", Action.GRANT_REVIEW, ReviewDoneAnswer)
def review_grants(question: ReviewQuestion, caller: Calling) -> Response:
    """Confirm or end grants in a body; nobody decides their own."""
    with caller.write(Action.GRANT_REVIEW) as tx:
        decided = access.review(tx, question.grants, access.Decision(question.decision), question.reason)
    return told(ReviewDoneAnswer(decided=decided))


@desk.get("/reviews", Action.REVIEW_READ, ReviewedListAnswer)
def reviews(
    caller: Calling,
    account: Annotated[Short | None, Query(description="Of one account.")] = None,
    cursor: Annotated[UUID | None, Query(description="Go on where a page ended.")] = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> Response:
    """The evidence of reviews, the newest first."""
    with caller.read(Action.REVIEW_READ) as tx:
        found = access.reviews(tx, account=account, before=cursor, limit=limit)
    codes = caller.codes(one.organisation_id for one in found)
    return told(
        ReviewedListAnswer(
            reviews=[
                ReviewedAnswer(
                    id=one.id,
                    grant_id=one.grant_id,
                    account=one.account,
                    role=one.role,
                    organisation=None if one.organisation_id is None else codes[one.organisation_id],
                    purpose=one.purpose,
                    owner=one.owner,
                    used_at=one.used_at,
                    due_on=one.due_on,
                    at=one.at,
                    by_whom=one.by_whom,
                    decision=one.decision,
                    reason=one.reason,
                    next_on=one.next_on,
                )
                for one in found
            ],
            cursor=found[-1].id if len(found) == limit else None,
        )
    )
