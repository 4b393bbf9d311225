"""Restrictions of processing over the API: carried out, excepted from, foretold, lifted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from starlette.responses import Response

from rekisteri import access, parties, rights
from rekisteri.access import Action, Excuse, Ground
from rekisteri.api.calling import Calling
from rekisteri.api.customer_shapes import Long, Short
from rekisteri.api.desk import Answer, Desk, Question, done, told
from rekisteri.catalogue import Purpose

desk = Desk("rights")
Words = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]


class RestrictQuestion(Question):
    """On which ground processing is restricted, and the answer to the asker."""

    ground: Ground
    answer: Words


class ExemptQuestion(Question):
    """Use that is allowed all the same (GDPR art. 18(2))."""

    purpose: Literal["invoicing", "collection"]
    organisation: Short | None = Field(
        default=None, description="Of which client organisation; left out, of any.", examples=["kuusilahti"]
    )
    ground: Excuse
    reason: Long = Field(min_length=1, examples=["Haastehakemus on vireillä"])
    until: date | None = None


class ForetellQuestion(Question):
    """When the person was told the restriction will be lifted, and how (GDPR art. 18(3))."""

    lifts_on: date
    how: Long = Field(min_length=1, examples=["Kirjeellä"])


class LiftQuestion(Question):
    """Why the restriction is lifted."""

    because: Long = Field(min_length=1, examples=["Osoite tarkistettiin väestötietojärjestelmästä"])


class ExemptionAnswer(Answer):
    """An exception from a restriction."""

    id: UUID
    purpose: Purpose
    organisation: str | None
    ground: Excuse
    reason: str
    recorded_at: datetime
    until: date | None
    ended_at: datetime | None


class RestrictionAnswer(Answer):
    """A restriction as it stands."""

    id: UUID
    customer: UUID
    ground: Ground
    request: UUID | None
    since_at: datetime
    told_at: datetime | None
    lifts_on: date | None
    lifted_at: datetime | None
    lifted_because: str | None
    exemptions: list[ExemptionAnswer]


class RestrictionsAnswer(Answer):
    """Restrictions of a customer, the newest first."""

    restrictions: list[RestrictionAnswer]


@desk.post("/requests/{request_id}/restriction", Action.RIGHTS_RESTRICT, RestrictionAnswer, status=201)
def restrict_processing(request_id: UUID, question: RestrictQuestion, caller: Calling) -> Response:
    """Restrict the processing as was asked: from now on the data is stored and not used."""
    with caller.write(Action.RIGHTS_RESTRICT) as tx:
        made = rights.restrict(tx, request_id, question.ground, question.answer)
        answer = _answer(tx, made)
    return told(answer, status=201)


@desk.get("/customers/{party_id}/restrictions", Action.RIGHTS_RESTRICT, RestrictionsAnswer)
def list_restrictions(party_id: UUID, caller: Calling) -> Response:
    """Restrictions the customer is or was under, with the exceptions from each."""
    with caller.read(Action.RIGHTS_RESTRICT) as tx:
        party = parties.card(tx, caller.register.vault, party_id).party_id
        answer = RestrictionsAnswer(restrictions=[_answer(tx, one) for one in access.restrictions(tx, party)])
    return told(answer)


@desk.post("/restrictions/{restriction_id}/exemptions", Action.RIGHTS_RESTRICT, ExemptionAnswer, status=201)
def exempt_use(restriction_id: UUID, question: ExemptQuestion, caller: Calling) -> Response:
    """Record that the data may be used all the same, for a purpose and on a ground of the law."""
    with caller.write(Action.RIGHTS_RESTRICT) as tx:
        named = question.organisation
        organisation_id = None if named is None else access.organisation(tx, named).id
        made = access.exempt(
            tx,
            restriction_id,
            purpose=Purpose(question.purpose),
            ground=question.ground,
            reason=question.reason,
            organisation_id=organisation_id,
            until_on=question.until,
        )
        answer = _exemption(made, {organisation_id or 0: named or ""})
    return told(answer, status=201)


@desk.post("/exemptions/{exemption_id}/ending", Action.RIGHTS_RESTRICT, status=204)
def end_exemption(exemption_id: UUID, caller: Calling) -> Response:
    """End an exception: the data is used no more."""
    with caller.write(Action.RIGHTS_RESTRICT) as tx:
        access.end_exemption(tx, exemption_id)
    return done()


@desk.post("/restrictions/{restriction_id}/notice", Action.RIGHTS_RESTRICT, status=204)
def foretell_lifting(restriction_id: UUID, question: ForetellQuestion, caller: Calling) -> Response:
    """Write down that the person was told on which day the restriction will be lifted."""
    with caller.write(Action.RIGHTS_RESTRICT) as tx:
        rights.foretell(tx, restriction_id, lifts_on=question.lifts_on, how=question.how)
    return done()


@desk.post("/restrictions/{restriction_id}/lifting", Action.RIGHTS_RESTRICT, status=204)
def lift_restriction(restriction_id: UUID, question: LiftQuestion, caller: Calling) -> Response:
    """Lift a restriction, on the day the person was told or later."""
    with caller.write(Action.RIGHTS_RESTRICT) as tx:
        rights.lift(tx, restriction_id, question.because)
    return done()


def _answer(tx: access.Read, one: access.Restriction) -> RestrictionAnswer:
    codes = {organisation.id: organisation.code for organisation in access.organisations(tx)}
    return RestrictionAnswer(
        id=one.id,
        customer=one.party_id,
        ground=one.ground,
        request=one.request_id,
        since_at=one.since_at,
        told_at=one.told_at,
        lifts_on=one.lifts_on,
        lifted_at=one.lifted_at,
        lifted_because=one.lifted_because,
        exemptions=[_exemption(use, codes) for use in access.exemptions(tx, one.id)],
    )


def _exemption(one: access.Exemption, codes: dict[int, str]) -> ExemptionAnswer:
    return ExemptionAnswer(
        id=one.id,
        purpose=one.purpose,
        organisation=None if one.organisation_id is None else codes[one.organisation_id],
        ground=one.ground,
        reason=one.reason,
        recorded_at=one.recorded_at,
        until=one.until_on,
        ended_at=one.ended_at,
    )
