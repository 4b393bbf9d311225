"""Grants: which role an account has where, for what and how long."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import Response

from rekisteri import access
from rekisteri.access import Action
from rekisteri.api.administration import Handle
from rekisteri.api.calling import Caller, Calling
from rekisteri.api.customer_shapes import Codes, Short
from rekisteri.api.desk import Answer, Desk, Question, told
from rekisteri.catalogue import Purpose, Role

desk = Desk("administration")

GrantId = Annotated[UUID, Path(description="Id of the grant.")]


class GrantQuestion(Question):
    """A grant to make."""

    role: Role = Field(examples=["invoicer"])
    organisation: Short | None = Field(
        default=None, description="Code of a client organisation; left out, every one.", examples=["kuusilahti"]
    )
    purpose: Purpose | None = Field(default=None, description="Left out, each purpose of the role.")
    starts_on: date | None = Field(default=None, description="First day; left out, now.")
    ends_on: date | None = Field(default=None, description="Last day; a year at most, and that if left out.")
    owner: Short | None = Field(default=None, description="Who answers for the need; left out, the caller.")


class GrantAnswer(Answer):
    """A grant."""

    id: UUID
    account: str
    role: Role
    organisation: str | None = Field(description="Null is every client organisation.")
    purpose: Purpose | None = Field(description="Null is each purpose of the role.")
    state: str = Field(examples=["in_force"], description="proposed, coming, in_force, expired or ended.")
    owner: str
    granted_at: datetime
    granted_by: str
    approved_at: datetime | None
    approved_by: str | None
    starts_at: datetime
    ends_at: datetime
    review_on: date
    ended_at: datetime | None
    ended_by: str | None


class GrantsAnswer(Answer):
    """Grants of an account."""

    grants: list[GrantAnswer]


@desk.get("/accounts/{handle}/grants", Action.ACCOUNT_MANAGE, GrantsAnswer)
def grants(
    handle: Handle,
    caller: Calling,
    past: Annotated[bool, Query(description="Those that are over, too.")] = False,
) -> Response:
    """The grants of an account."""
    with caller.read(Action.ACCOUNT_MANAGE) as tx:
        access.account(tx, handle)
        found, at = access.grants(tx, handle, past=past), tx.at
    codes = caller.codes(one.organisation_id for one in found)
    return told(GrantsAnswer(grants=[_answer(one, codes, at) for one in found]))


@desk.post("/accounts/{handle}/grants", Action.ACCOUNT_MANAGE, GrantAnswer, status=201)
def add_grant(handle: Handle, question: GrantQuestion, caller: Calling) -> Response:
    """Grant an account a role; a proposal where two persons are asked for."""
    with caller.write(Action.ACCOUNT_MANAGE) as tx:
        scope = None if question.organisation is None else access.organisation(tx, question.organisation).id
        made = access.grant(
            tx,
            handle,
            access.Wish(
                question.role, scope, question.purpose, question.starts_on, question.ends_on, question.owner or None
            ),
        )
        at = tx.at
    return _told(caller, made, at, status=201)


@desk.post("/grants/{grant_id}/approve", Action.ACCOUNT_MANAGE, GrantAnswer)
def approve_grant(grant_id: GrantId, caller: Calling) -> Response:
    """Approve a grant that another administrator proposed."""
    with caller.write(Action.ACCOUNT_MANAGE) as tx:
        changed, at = access.approve_grant(tx, grant_id), tx.at
    return _told(caller, changed, at)


@desk.post("/grants/{grant_id}/end", Action.ACCOUNT_MANAGE, GrantAnswer)
def end_grant(grant_id: GrantId, caller: Calling) -> Response:
    """End a grant at once."""
    with caller.write(Action.ACCOUNT_MANAGE) as tx:
        changed, at = access.end_grant(tx, grant_id), tx.at
    return _told(caller, changed, at)


def _told(caller: Caller, grant: access.Grant, at: datetime, *, status: int = 200) -> Response:
    return told(_answer(grant, caller.codes([grant.organisation_id]), at), status=status)


def _answer(grant: access.Grant, codes: Codes, at: datetime) -> GrantAnswer:
    return GrantAnswer(
        id=grant.id,
        account=grant.account,
        role=grant.role,
        organisation=None if grant.organisation_id is None else codes[grant.organisation_id],
        purpose=grant.purpose,
        state=grant.state(at),
        owner=grant.owner,
        granted_at=grant.granted_at,
        granted_by=grant.granted_by,
        approved_at=grant.approved_at,
        approved_by=grant.approved_by,
        starts_at=grant.starts_at,
        ends_at=grant.ends_at,
        review_on=grant.review_on,
        ended_at=grant.ended_at,
        ended_by=grant.ended_by,
    )
