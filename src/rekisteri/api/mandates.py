"""SEPA direct debit mandates over the API: the list, one with its messages, whose it is, creditor identifiers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from rekisteri import access
from rekisteri.access import Action
from rekisteri.api.bank_shapes import CandidateAnswer, Grounds, HoldAnswer, IdentifierAnswer, because, held_because
from rekisteri.api.calling import Calling
from rekisteri.api.customer_shapes import Short
from rekisteri.api.desk import LIMIT_MAX, Answer, Desk, Question, told
from rekisteri.sources import banks
from rekisteri.sources.banks import MandateKind, MandateLine, MandateState, Outcome

desk = Desk("banks")


class CreditorAnswer(Answer):
    """A creditor identifier; ``answered``: mandates are in force when its bank has accepted them."""

    creditor: str = Field(examples=["FI46ZZZ20774740"])
    organisation: str
    payment_reason: str
    answered: bool


class CreditorsAnswer(Answer):
    """Creditor identifiers, by organisation."""

    creditors: list[CreditorAnswer]


class CreditorQuestion(Question):
    """Whose a creditor identifier is to be."""

    creditor: Short
    organisation: Short
    payment_reason: Short
    answered: bool = False


class SettledAnswer(Answer):
    """How many mandates were looked at again, and of how many the statement changed."""

    mandates: int
    changed: int


class MandateAnswer(Answer):
    """A mandate. ``customer`` is its payer, null while that is not certain or it was never in force."""

    mandate: UUID
    creditor: str
    reference: str
    organisation: str
    payment_reason: str
    state: MandateState
    since: datetime | None
    changing: bool = Field(description="An amendment waits for its acceptance.")
    outcome: Outcome
    why: HoldAnswer | None
    deadline_on: date | None
    customer: UUID | None


class MandatesAnswer(Answer):
    """Mandates, the newest first."""

    mandates: list[MandateAnswer]
    cursor: UUID | None = Field(description="Send it back for the next page; null at the end.")


class MandateMessageAnswer(Answer):
    """A message of a mandate, and what it did."""

    kind: MandateKind
    at: datetime
    message: str
    answers: str | None
    accepted: bool | None
    reason: str
    file: UUID
    position: int


class MandateDetailAnswer(Answer):
    """A mandate with its terms, codes and account masked, and whom it may be of while it is held."""

    line: MandateAnswer
    debtor: str
    identifiers: list[IdentifierAnswer]
    account: str
    bank: str
    sequence: str | None
    given_on: date | None
    first_on: date | None
    last_on: date | None
    matched_by: str | None
    decision_reason: str | None
    messages: list[MandateMessageAnswer]
    candidates: list[CandidateAnswer]


class AsideAnswer(Answer):
    """A message that no mandate has, and why."""

    message: UUID
    kind: MandateKind
    at: datetime
    creditor: str | None
    reference: str | None
    answers: str | None
    why: HoldAnswer
    file: UUID
    position: int


class AsidesAnswer(Answer):
    """Messages that no mandate has, the oldest first."""

    messages: list[AsideAnswer]


class MandateDecision(Question):
    """Whose a held mandate is, that it is not collected by, or that its cause is mended."""

    decision: Literal["matched", "rejected", "retried"]
    customer: UUID | None = Field(default=None, description="Whose it is, of ``matched``.")
    reason: Grounds


class AsideDecision(Question):
    """That a message that no mandate has is set aside for good, and why."""

    reason: Grounds


@desk.get("/banks/creditors", Action.BANK_READ, CreditorsAnswer)
def creditors(caller: Calling) -> Response:
    """Creditor identifiers that mandates are given to."""
    with caller.read(Action.BANK_READ) as tx:
        found = banks.creditors(tx)
    codes = caller.codes(one.organisation_id for one in found)
    return told(
        CreditorsAnswer(
            creditors=[
                CreditorAnswer(
                    creditor=one.creditor_id,
                    organisation=codes[one.organisation_id],
                    payment_reason=one.payment_reason,
                    answered=one.answered,
                )
                for one in found
            ]
        )
    )


@desk.post("/banks/creditors", Action.BANK_IMPORT, SettledAnswer)
def set_creditor(question: CreditorQuestion, caller: Calling) -> Response:
    """Say whose a creditor identifier is, or change it; mandates that waited for it are taken at once."""
    with caller.write(Action.BANK_IMPORT) as tx:
        settled = banks.set_creditor(
            tx,
            caller.register.vault,
            access.organisation(tx, question.organisation).id,
            question.creditor,
            question.payment_reason,
            answered=question.answered,
        )
    return told(SettledAnswer(mandates=len(settled.mandates), changed=settled.changed))


@desk.get("/banks/mandates", Action.BANK_READ, MandatesAnswer)
def mandates(
    caller: Calling,
    held: Annotated[bool, Query(description="Only those that wait for a person.")] = False,
    customer: Annotated[UUID | None, Query(description="Only those of one customer.")] = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
    cursor: Annotated[UUID | None, Query(description="``cursor`` of the page before.")] = None,
) -> Response:
    """Mandates, the newest first."""
    with caller.read(Action.BANK_READ) as tx:
        found = banks.mandates(tx, held=held, party_id=customer, limit=limit, cursor=cursor)
    lines = [_line(one, caller) for one in found]
    return told(MandatesAnswer(mandates=lines, cursor=found[-1].id if len(found) == limit else None))


def _line(one: MandateLine, caller: Calling) -> MandateAnswer:
    return MandateAnswer(
        mandate=one.id,
        creditor=one.creditor_id,
        reference=one.reference,
        organisation=caller.codes([one.organisation_id])[one.organisation_id],
        payment_reason=one.payment_reason,
        state=one.state,
        since=one.since_at,
        changing=one.changing,
        outcome=one.outcome,
        why=held_because(one.hold, caller.language),
        deadline_on=one.deadline_on,
        customer=one.party_id,
    )


@desk.get("/banks/mandates/{mandate_id}", Action.BANK_READ, MandateDetailAnswer)
def mandate(mandate_id: UUID, caller: Calling) -> Response:
    """One mandate: its terms, its messages, and whom it may be of."""
    with caller.read(Action.BANK_READ) as tx:
        found = banks.mandate(tx, caller.register.vault, mandate_id)
    return told(
        MandateDetailAnswer(
            line=_line(found.line, caller),
            debtor=found.debtor,
            identifiers=[IdentifierAnswer(type=what, text=text) for what, text in found.identifiers],
            account=found.account,
            bank=found.bank,
            sequence=found.sequence,
            given_on=found.given_on,
            first_on=found.first_on,
            last_on=found.last_on,
            matched_by=banks.told_rule(found.rule, found.evidence, caller.language) if found.rule else None,
            decision_reason=found.decision_reason,
            messages=[
                MandateMessageAnswer(
                    kind=one.kind,
                    at=one.created_at,
                    message=one.message_id,
                    answers=one.original_message_id or None,
                    accepted=one.accepted,
                    reason=one.reason,
                    file=one.file_id,
                    position=one.position,
                )
                for one in found.words
            ],
            candidates=[
                CandidateAnswer(
                    customer=one.party_id, name=one.name, speaks_for=list(one.fors), speaks_against=list(one.againsts)
                )
                for one in found.candidates
            ],
        )
    )


@desk.post("/banks/mandates/{mandate_id}/decision", Action.WORK_DECIDE, MandateAnswer)
def decide_mandate(mandate_id: UUID, question: MandateDecision, caller: Calling) -> Response:
    """Decide a held mandate. What the payer has agreed to can't be changed."""
    vault = caller.register.vault
    with caller.write(Action.WORK_DECIDE) as tx:
        banks.decide_mandate(
            tx, vault, mandate_id, question.decision, reason=question.reason, party_id=question.customer
        )
        found = banks.mandate(tx, vault, mandate_id)
    return told(_line(found.line, caller))


@desk.get("/banks/mandate-messages", Action.BANK_READ, AsidesAnswer)
def mandate_messages_aside(caller: Calling, limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50) -> Response:
    """Messages that no mandate has and nobody has decided."""
    with caller.read(Action.BANK_READ) as tx:
        found = banks.aside(tx, limit=limit)
    return told(
        AsidesAnswer(
            messages=[
                AsideAnswer(
                    message=one.id,
                    kind=one.kind,
                    at=one.created_at,
                    creditor=one.creditor_id or None,
                    reference=one.reference or None,
                    answers=one.original_message_id or None,
                    why=because(one.hold, caller.language),
                    file=one.file_id,
                    position=one.position,
                )
                for one in found
            ]
        )
    )


@desk.post("/banks/mandate-messages/{message_id}/rejection", Action.WORK_DECIDE, AsidesAnswer)
def reject_mandate_message(message_id: UUID, question: AsideDecision, caller: Calling) -> Response:
    """Set a message that no mandate has aside for good; those that are left are answered by the list."""
    with caller.write(Action.WORK_DECIDE) as tx:
        banks.reject_word(tx, message_id, reason=question.reason)
    return mandate_messages_aside(caller)
