"""Payers: payment reasons with their channel policies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from rekisteri import access, payers
from rekisteri.access import Action
from rekisteri.api.calling import Calling
from rekisteri.api.customer_shapes import Codes, Short
from rekisteri.api.desk import Answer, Desk, Question, done, told
from rekisteri.catalogue import Text
from rekisteri.payers import Channel, Households, LastResort

desk = Desk("payers")


class ReasonQuestion(Question):
    """A payment reason as it is to be from a day on."""

    organisation: Short = Field(examples=["kuusilahti"])
    code: Short = Field(examples=["PAIVAHOITO"], description="At most 35 characters: the code the banks know it by.")
    name_fi: Short = Field(examples=["Varhaiskasvatus"])
    name_sv: Short = Field(examples=["Småbarnspedagogik"])
    name_en: Short = Field(examples=["Early childhood education"])
    channels: list[Channel] = Field(
        max_length=len(Channel), examples=[["consumer_einvoice", "direct_payment", "mailbox", "letter"]],
        description="In the order they are tried.",
    )  # fmt: skip
    last_resort: LastResort | None = Field(default=None, description="What is left when no channel will do.")
    households: Households = Field(
        default=Households.EVERY, description="Custodians in two households: a bill to every one, or to the child's."
    )
    valid_from: date | None = Field(default=None, description="Today unless given.")
    valid_to: date | None = Field(default=None, description="The first day it no longer is so.")


class ReasonEndQuestion(Question):
    """A payment reason that is to be in use no longer."""

    organisation: Short = Field(examples=["kuusilahti"])
    code: Short = Field(examples=["PAIVAHOITO"])
    from_on: date | None = Field(default=None, description="Today unless given.")


class ReasonAnswer(Answer):
    """A payment reason of a client organisation, with its channel policy."""

    organisation: str
    code: str
    name: str
    names: dict[Literal["fi", "sv", "en"], str]
    channels: list[Channel]
    last_resort: LastResort | None
    households: Households
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime


class ReasonsAnswer(Answer):
    """Payment reasons in use on a day."""

    reasons: list[ReasonAnswer]


@desk.get("/payers/reasons", Action.REASON_READ, ReasonsAnswer)
def payment_reasons(
    caller: Calling,
    organisation: Annotated[str | None, Query(max_length=40, description="Of one client organisation.")] = None,
    on: Annotated[date | None, Query(description="On that day; today unless given.")] = None,
) -> Response:
    """Payment reasons in use, with the channel policy of each."""
    with caller.read(Action.REASON_READ) as tx:
        wanted = None if organisation is None else [access.organisation(tx, organisation).id]
        found = payers.payment_reasons(tx, wanted, on=on)
    codes = caller.codes(one.organisation_id for one in found)
    return told(ReasonsAnswer(reasons=[_reason(one, codes, caller.language) for one in found]))


@desk.post("/payers/reasons", Action.REASON_MANAGE, ReasonAnswer)
def set_reason(question: ReasonQuestion, caller: Calling) -> Response:
    """Set a payment reason and its channel policy from a day on; what was before stays in history."""
    with caller.write(Action.REASON_MANAGE) as tx:
        made = payers.set_reason(
            tx,
            access.organisation(tx, question.organisation).id,
            question.code,
            Text(question.name_fi, question.name_sv, question.name_en),
            payers.Policy(tuple(question.channels), question.last_resort, question.households),
            valid_from=question.valid_from,
            valid_to=question.valid_to,
        )
    return told(_reason(made, {made.organisation_id: question.organisation}, caller.language))


@desk.post("/payers/reasons/end", Action.REASON_MANAGE, status=204)
def end_reason(question: ReasonEndQuestion, caller: Calling) -> Response:
    """End a payment reason from a day on."""
    with caller.write(Action.REASON_MANAGE) as tx:
        organisation_id = access.organisation(tx, question.organisation).id
        payers.end_reason(tx, organisation_id, question.code, from_on=question.from_on)
    return done()


def _reason(one: payers.PaymentReason, codes: Codes, language: str) -> ReasonAnswer:
    return ReasonAnswer(
        organisation=codes[one.organisation_id],
        code=one.code,
        name=one.name.in_(language),
        names={"fi": one.name.fi, "sv": one.name.sv, "en": one.name.en},
        channels=list(one.policy.channels),
        last_resort=one.policy.last_resort,
        households=one.policy.households,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        recorded_at=one.recorded_at,
    )
