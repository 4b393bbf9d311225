"""Oversight: signals of odd looks, canaries and parameters; and what a stolen account could see."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from rekisteri import oversight
from rekisteri.access import Action
from rekisteri.api.calling import Calling
from rekisteri.api.desk import LIMIT_MAX, Answer, Desk, Question, done, told
from rekisteri.ground import clock
from rekisteri.oversight import Kind, Scope, Verdict

desk = Desk("oversight")


class SignalAnswer(Answer):
    """One account's odd looks at one customer on one day, or its odd day."""

    id: UUID
    kind: Kind
    account: str
    party_id: UUID | None
    day: date
    count: int
    event_ids: list[UUID] = Field(description="The first of its events.")
    raised_at: datetime
    verdict: Verdict | None
    reason: str | None
    closed_at: datetime | None


class SignalsAnswer(Answer):
    """Signals, the newest first."""

    signals: list[SignalAnswer]
    cursor: UUID | None


class CloseQuestion(Question):
    """What a signal was found to be."""

    verdict: Verdict
    reason: str = Field(min_length=1, max_length=500, examples=["Asian viite jäi merkitsemättä; lasku 4711."])


class ParametersAnswer(Answer):
    """What counts as odd, by name."""

    parameters: dict[str, int]


class ParameterQuestion(Question):
    """One parameter set."""

    name: str = Field(max_length=40, examples=["spike_least"])
    value: int = Field(ge=0, le=1 << 30)


class CanaryQuestion(Question):
    """A customer to be marked, and why."""

    party_id: UUID
    reason: str = Field(min_length=1, max_length=300)


class CanaryEndQuestion(Question):
    """A customer to be unmarked."""

    party_id: UUID


class CanaryAnswer(Answer):
    """A marked customer."""

    party_id: UUID
    reason: str
    marked_at: datetime


class CanariesAnswer(Answer):
    """Every marked customer."""

    canaries: list[CanaryAnswer]


class IncidentQuestion(Question):
    """What to assess: an account or one sign-in of it, between two instants."""

    account: str | None = Field(default=None, max_length=63)
    session_id: UUID | None = None
    since: datetime
    until: datetime
    noticed_at: datetime | None = Field(default=None, description="When it was noticed; the drafts count from it.")


class ControllerAnswer(Answer):
    """What was touched of one controller; ``code`` is empty for customers no client organisation has now."""

    code: str
    name: str
    customers: list[UUID]
    items: list[str]
    draft: str = Field(description="Draft of the notice to the controller, Markdown, in the caller's language.")


class IncidentAnswer(Answer):
    """Whom and what the acts showed or changed, exactly."""

    events: int
    first_at: datetime | None
    last_at: datetime | None
    actions: dict[str, int]
    customer_count: int
    controllers: list[ControllerAnswer]


@desk.get("/signals", Action.SIGNAL_READ, SignalsAnswer)
def signals(
    caller: Calling,
    open_only: Annotated[bool, Query(alias="open")] = True,
    kind: Kind | None = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
    cursor: Annotated[UUID | None, Query(description="``cursor`` of the page before.")] = None,
) -> Response:
    """Signals of odd looks."""
    with caller.read(Action.SIGNAL_READ) as tx:
        found = oversight.signals(tx, open_only=open_only, kind=kind, before=cursor, limit=limit)
    following = found[-1].id if len(found) == limit else None
    return told(SignalsAnswer(signals=[_signal(one) for one in found], cursor=following))


@desk.get("/signals/parameters", Action.SIGNAL_TUNE, ParametersAnswer)
def parameters(caller: Calling) -> Response:
    """What counts as odd."""
    with caller.read(Action.SIGNAL_TUNE) as tx:
        found = oversight.parameters(tx)
    return told(ParametersAnswer(parameters=asdict(found)))


@desk.post("/signals/parameters", Action.SIGNAL_TUNE, ParametersAnswer)
def set_parameter(question: ParameterQuestion, caller: Calling) -> Response:
    """Set one parameter; it holds from the next sweep on."""
    with caller.write(Action.SIGNAL_TUNE) as tx:
        oversight.set_parameter(tx, question.name, question.value)
        found = oversight.parameters(tx)
    return told(ParametersAnswer(parameters=asdict(found)))


@desk.get("/signals/canaries", Action.SIGNAL_TUNE, CanariesAnswer)
def canaries(caller: Calling) -> Response:
    """Customers any look at whom is a signal."""
    with caller.read(Action.SIGNAL_TUNE) as tx:
        found = oversight.canaries(tx)
        tx.saw(*(one.party_id for one in found))
    marked = [CanaryAnswer(party_id=one.party_id, reason=one.reason, marked_at=one.marked_at) for one in found]
    return told(CanariesAnswer(canaries=marked))


@desk.post("/signals/canaries", Action.SIGNAL_TUNE, status=204)
def mark_canary(question: CanaryQuestion, caller: Calling) -> Response:
    """Mark a customer."""
    with caller.write(Action.SIGNAL_TUNE) as tx:
        oversight.mark_canary(tx, question.party_id, question.reason)
    return done()


@desk.post("/signals/canaries/end", Action.SIGNAL_TUNE, status=204)
def end_canary(question: CanaryEndQuestion, caller: Calling) -> Response:
    """Unmark a customer."""
    with caller.write(Action.SIGNAL_TUNE) as tx:
        oversight.end_canary(tx, question.party_id)
    return done()


@desk.get("/signals/{signal_id}", Action.SIGNAL_READ, SignalAnswer)
def one_signal(signal_id: UUID, caller: Calling) -> Response:
    """One signal."""
    with caller.read(Action.SIGNAL_READ) as tx:
        found = oversight.signal(tx, signal_id)
    return told(_signal(found))


@desk.post("/signals/{signal_id}/close", Action.SIGNAL_CLOSE, status=204)
def close_signal(signal_id: UUID, question: CloseQuestion, caller: Calling) -> Response:
    """Close a signal with what was found and why."""
    with caller.write(Action.SIGNAL_CLOSE) as tx:
        oversight.close(tx, signal_id, question.verdict, question.reason)
    return done()


@desk.post("/incidents", Action.INCIDENT_ASSESS, IncidentAnswer)
def assess(question: IncidentQuestion, caller: Calling) -> Response:
    """What an account, or one sign-in of it, could have seen: exact customers, items and controllers (GDPR art. 33)."""
    scope = Scope(_instant(question.since), _instant(question.until), question.account, question.session_id)
    with caller.read(Action.INCIDENT_ASSESS) as tx:
        found = oversight.assess(tx, scope)
        noticed = _instant(question.noticed_at) if question.noticed_at else tx.at
    answer = IncidentAnswer(
        events=found.events,
        first_at=found.first,
        last_at=found.last,
        actions=found.actions,
        customer_count=len(found.customers),
        controllers=[
            ControllerAnswer(
                code=one.code,
                name=one.name,
                customers=list(one.customers),
                items=one.items,
                draft=oversight.draft(found, one, noticed, caller.language),
            )
            for one in found.controllers
        ],
    )
    return told(answer)


def _signal(one: oversight.Signal) -> SignalAnswer:
    return SignalAnswer(
        id=one.id,
        kind=one.kind,
        account=one.account,
        party_id=one.party_id,
        day=one.day,
        count=one.count,
        event_ids=one.event_ids,
        raised_at=one.raised_at,
        verdict=one.verdict,
        reason=one.reason,
        closed_at=one.closed_at,
    )


def _instant(moment: datetime) -> datetime:
    """A moment without a zone is Finnish time."""
    return moment.replace(tzinfo=clock.HELSINKI) if moment.tzinfo is None else moment
