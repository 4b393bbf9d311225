"""Data subjects' requests over the API: cases with their clock, and the access package."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from rekisteri import access, parties, rights
from rekisteri.access import Action
from rekisteri.api.calling import Caller, Calling
from rekisteri.api.customer_shapes import Long, Short
from rekisteri.api.desk import LIMIT_MAX, Answer, Desk, Question, done, told
from rekisteri.ground import clock

desk = Desk("rights")
Words = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
Language = Literal["fi", "sv", "en"]


class OpenQuestion(Question):
    """What is asked, by whom it is of, and how it came."""

    customer: UUID | None = Field(default=None, description="Whose data; may be said when the identity is checked.")
    kind: rights.Kind
    channel: rights.Channel
    language: Language = "fi"
    words: Words | None = Field(default=None, description="What is asked, in the asker's words; kept sealed.")


class IdentifyQuestion(Question):
    """How the asker's identity was checked: the kind of document alone."""

    by: rights.Identity
    customer: UUID | None = None


class PackageQuestion(Question):
    """In which language the paper is wanted."""

    language: Language | None = None


class HandOverQuestion(Question):
    """How the package was given."""

    how: Long = Field(min_length=1, examples=["Tiskillä"])
    notice: bool = Field(default=False, description="The privacy notice in force was given too: which version is kept.")


class ExtendQuestion(Question):
    """Why more time is needed."""

    because: Long = Field(min_length=1)


class CloseQuestion(Question):
    """How the request ends."""

    outcome: rights.Outcome
    answer: Words


class AskQuestion(Question):
    """A correction that is asked for: the item as it should be, and how that is known."""

    organisation: Short = Field(description="The client organisation that asks.", examples=["kuusilahti"])
    item: Short = Field(examples=["permanent_address"])
    parts: dict[Short, Long] = Field(
        min_length=1, max_length=20, examples=[{"street": "Mallikuja 1", "postcode": "00100"}]
    )
    reason: Long = Field(min_length=1, examples=["Asiakas soitti: osoite on väärin"])


class AcceptQuestion(Question):
    """The correction is made as was asked, and the asker answered."""

    answer: Words
    evidence: Long | None = None
    until: date | None = None


class WishAnswer(Answer):
    """What is asked to be corrected."""

    item: str
    parts: dict[str, str]
    reason: str


class RequestAnswer(Answer):
    """A request as it stands."""

    id: UUID
    kind: rights.Kind
    customer: UUID | None
    channel: rights.Channel
    language: str
    opened_at: datetime
    due_on: date
    clock: rights.Clock
    extended_because: str | None
    identity_by: str | None
    closed_at: datetime | None
    outcome: rights.Outcome | None
    answer: str | None


class StepAnswer(Answer):
    """One thing that was done."""

    step_no: int
    at: datetime
    by: str
    kind: str
    note: str | None


class RequestDetailAnswer(Answer):
    """A request with what was asked and what was done."""

    request: RequestAnswer
    asked: dict[str, str]
    steps: list[StepAnswer]


class RequestsAnswer(Answer):
    """Requests, those due first."""

    requests: list[RequestAnswer]


@desk.post("/requests", Action.RIGHTS_REQUEST, RequestAnswer, status=201)
def open_request(question: OpenQuestion, caller: Calling) -> Response:
    """Open a case; its clock runs from today."""
    with caller.write(Action.RIGHTS_REQUEST) as tx:
        made = rights.open_request(
            tx,
            caller.register.vault,
            question.kind,
            question.channel,
            party_id=question.customer,
            language=question.language,
            asked={"words": question.words} if question.words else None,
        )
        today = clock.day(tx.at)
    return told(_answer(made, today), status=201, headers={"Location": f"requests/{made.id}"})


@desk.get("/requests", Action.RIGHTS_REQUEST, RequestsAnswer)
def list_requests(
    caller: Calling,
    customer: UUID | None = None,
    every: Annotated[bool, Query(description="Closed ones too.")] = False,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> Response:
    """Requests, those due first."""
    with caller.read(Action.RIGHTS_REQUEST) as tx:
        found = rights.requests(tx, party_id=customer, open_only=not every, limit=limit)
        today = clock.day(tx.at)
    return told(RequestsAnswer(requests=[_answer(one, today) for one in found]))


@desk.get("/requests/{request_id}", Action.RIGHTS_REQUEST, RequestDetailAnswer)
def read_request(request_id: UUID, caller: Calling) -> Response:
    """One request, what was asked, and what was done with it."""
    with caller.read(Action.RIGHTS_REQUEST) as tx:
        found = rights.request(tx, request_id)
        asked = rights.asked(tx, caller.register.vault, request_id)
        steps = rights.steps(tx, request_id)
        today = clock.day(tx.at)
    lines = [StepAnswer(step_no=one.step_no, at=one.at, by=one.by, kind=one.kind, note=one.note) for one in steps]
    return told(RequestDetailAnswer(request=_answer(found, today), asked=asked, steps=lines))


@desk.post("/requests/{request_id}/identity", Action.RIGHTS_REQUEST, status=204)
def identify_asker(request_id: UUID, question: IdentifyQuestion, caller: Calling) -> Response:
    """Write down that the asker's identity was checked."""
    with caller.write(Action.RIGHTS_REQUEST) as tx:
        rights.identify(tx, request_id, question.by, party_id=question.customer)
    return done()


@desk.post("/requests/{request_id}/package", Action.RIGHTS_PACKAGE)
def make_package(request_id: UUID, question: PackageQuestion, caller: Calling) -> Response:
    """Make the access package, as JSON of the published schema."""
    made = _made(request_id, question, caller)
    return Response(made.machine, media_type="application/json")


class PdfResponse(Response):
    """A paper."""

    media_type = "application/pdf"


@desk.post("/requests/{request_id}/paper", Action.RIGHTS_PACKAGE, response_class=PdfResponse)
def make_paper(request_id: UUID, question: PackageQuestion, caller: Calling) -> Response:
    """Make the access package, as an accessible PDF."""
    made = _made(request_id, question, caller)
    return PdfResponse(made.paper)


@desk.post("/requests/{request_id}/hand-over", Action.RIGHTS_REQUEST, status=204)
def hand_over_package(request_id: UUID, question: HandOverQuestion, caller: Calling) -> Response:
    """Write down that the package was given; the request is fulfilled."""
    with caller.write(Action.RIGHTS_REQUEST) as tx:
        rights.hand_over(tx, request_id, question.how, notice=question.notice)
    return done()


@desk.post("/requests/{request_id}/extension", Action.RIGHTS_REQUEST, status=204)
def extend_request(request_id: UUID, question: ExtendQuestion, caller: Calling) -> Response:
    """Give a complex request two months more, once."""
    with caller.write(Action.RIGHTS_REQUEST) as tx:
        rights.extend(tx, request_id, question.because)
    return done()


@desk.post("/requests/{request_id}/closing", Action.RIGHTS_REQUEST, status=204)
def close_request(request_id: UUID, question: CloseQuestion, caller: Calling) -> Response:
    """End a request with its answer."""
    with caller.write(Action.RIGHTS_REQUEST) as tx:
        rights.close(tx, request_id, question.outcome, question.answer, authority=caller.register.authority)
    return done()


@desk.post("/customers/{party_id}/correction-requests", Action.RIGHTS_ASK, RequestAnswer, status=201)
def ask_correction(party_id: UUID, question: AskQuestion, caller: Calling) -> Response:
    """Ask the maintainers for a correction; its answer is read where the request is."""
    with caller.write(Action.RIGHTS_ASK) as tx:
        organisation = access.organisation(tx, question.organisation)
        access.decide_organisation(tx.act.viewer, organisation.id)
        party = parties.card(tx, caller.register.vault, party_id).party_id
        made = rights.ask(
            tx,
            caller.register.vault,
            party,
            question.item,
            question.parts,
            reason=question.reason,
            channel=rights.Channel.INVOICER,
            language=caller.language,
            organisation_id=organisation.id,
        )
        today = clock.day(tx.at)
    return told(_answer(made, today), status=201)


@desk.get("/correction-requests", Action.RIGHTS_ASK, RequestsAnswer)
def own_requests(caller: Calling) -> Response:
    """What the caller's client organisations have asked, with the answers, the newest first."""
    with caller.read(Action.RIGHTS_ASK) as tx:
        found = rights.own(tx)
        today = clock.day(tx.at)
    return told(RequestsAnswer(requests=[_answer(one, today) for one in found]))


@desk.get("/requests/{request_id}/wish", Action.RIGHTS_RECTIFY, WishAnswer)
def read_wish(request_id: UUID, caller: Calling) -> Response:
    """What a request for correction asks."""
    with caller.read(Action.RIGHTS_RECTIFY) as tx:
        found = rights.wish(tx, caller.register.vault, request_id)
    return told(WishAnswer(item=found.item.name, parts=found.parts, reason=found.reason))


@desk.post("/requests/{request_id}/acceptance", Action.RIGHTS_RECTIFY, status=204)
def accept_request(request_id: UUID, question: AcceptQuestion, caller: Calling) -> Response:
    """Correct as was asked, and answer."""
    with caller.write(Action.RIGHTS_RECTIFY) as tx:
        rights.accept(
            tx,
            caller.register.vault,
            request_id,
            rules=caller.register.rules(clock.day(tx.at)),
            answer=question.answer,
            evidence=question.evidence,
            until=question.until,
        )
    return done()


def _made(request_id: UUID, question: PackageQuestion, caller: Caller) -> rights.Files:
    with caller.write(Action.RIGHTS_PACKAGE) as tx:
        house = caller.register.declared().house
        return rights.fulfil(
            tx,
            caller.register.vault,
            request_id,
            house=house.controller.name,
            sent=caller.register.sent,
            language=question.language,
        )


def _answer(one: rights.Request, today: date) -> RequestAnswer:
    return RequestAnswer(
        id=one.id,
        kind=one.kind,
        customer=one.party_id,
        channel=one.channel,
        language=one.language,
        opened_at=one.opened_at,
        due_on=one.due_on,
        clock=one.clock(today),
        extended_because=one.extended_because,
        identity_by=one.identity_by,
        closed_at=one.closed_at,
        outcome=one.outcome,
        answer=one.answer,
    )
