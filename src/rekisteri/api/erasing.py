"""Erasure and objection over the API: what binds, the decision carried out, the certificate."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from starlette.responses import Response

from rekisteri import rights, wiring
from rekisteri.access import Action
from rekisteri.api.calling import Calling
from rekisteri.api.customer_shapes import Long
from rekisteri.api.desk import Answer, Desk, Question, told
from rekisteri.catalogue import Purpose
from rekisteri.ground import clock

desk = Desk("rights")


class DutyAnswer(Answer):
    """A duty that binds the register to keep the data, by which law, and its last day; null while what it is of lasts."""

    klass: str
    ground: str
    until: date | None


class AssessmentAnswer(Answer):
    """What would become of a request for erasure: everything goes where no duty binds."""

    whole: bool
    duties: list[DutyAnswer]
    items: list[str] = Field(description="Items that no duty binds.")


class ErasureAnswer(Answer):
    """How a request for erasure was decided, and the certificate's number where something was destroyed."""

    outcome: rights.Outcome
    answer: str
    certificate: UUID | None


class CertificateAnswer(Answer):
    """A certificate: its body is what is signed, byte for byte; of nobody."""

    id: UUID
    at: datetime
    body: str
    public_key: str
    signature: str
    holds: bool = Field(description="Whether the signature is the register's for this body.")


class ObjectionQuestion(Question):
    """How an objection is decided, to processing for which purpose, and on which grounds."""

    verdict: rights.Verdict
    purpose: Literal["invoicing", "collection"]
    grounds: Annotated[Long, Field(min_length=1, examples=["Saatava on vireillä"])]


class DecidedAnswer(Answer):
    """How it ended."""

    outcome: rights.Outcome
    answer: str
    closed_on: date


@desk.get("/requests/{request_id}/erasure", Action.RIGHTS_ERASE, AssessmentAnswer)
def assess_erasure(request_id: UUID, caller: Calling) -> Response:
    """Which duties bind the register to keep the data, before anything is done."""
    with caller.read(Action.RIGHTS_ERASE) as tx:
        looked = rights.look_before(tx, caller.register.vault, request_id)
    duties = [
        DutyAnswer(klass=one.klass, ground=one.ground.in_(caller.language), until=one.until) for one in looked.duties
    ]
    return told(AssessmentAnswer(whole=looked.whole, duties=duties, items=list(looked.free)))


@desk.post("/requests/{request_id}/erasure", Action.RIGHTS_ERASE, ErasureAnswer)
def carry_out_erasure(request_id: UUID, caller: Calling) -> Response:
    """Decide by the duties there are and carry it out; nothing brings back what is destroyed."""
    viewer, purpose, case = caller.acting(Action.RIGHTS_ERASE)
    made = wiring.erase(caller.register, viewer, request_id, purpose=purpose, case=case)
    with caller.read(Action.RIGHTS_REQUEST) as tx:
        found = rights.request(tx, request_id)
    assert found.outcome is not None
    number = None if made is None else made.id
    return told(ErasureAnswer(outcome=found.outcome, answer=found.answer or "", certificate=number))


@desk.get("/certificates/{certificate_id}", Action.RIGHTS_REQUEST, CertificateAnswer)
def read_certificate(certificate_id: UUID, caller: Calling) -> Response:
    """A certificate of erasure, with the key that signed it."""
    with caller.read(Action.RIGHTS_REQUEST) as tx:
        made = rights.certificate(tx, certificate_id)
    return told(
        CertificateAnswer(
            id=made.id,
            at=made.at,
            body=made.body.decode(),
            public_key=made.public.hex(),
            signature=made.signature.hex(),
            holds=made.holds(),
        )
    )


@desk.post("/requests/{request_id}/objection", Action.RIGHTS_RESTRICT, DecidedAnswer)
def decide_objection(request_id: UUID, question: ObjectionQuestion, caller: Calling) -> Response:
    """Decide an objection: upheld, the data is stored and used no more."""
    with caller.write(Action.RIGHTS_RESTRICT) as tx:
        found = rights.object_to(
            tx,
            request_id,
            question.verdict,
            question.grounds,
            Purpose(question.purpose),
            authority=caller.register.authority,
        )
        today = clock.day(tx.at)
    assert found.outcome is not None
    return told(DecidedAnswer(outcome=found.outcome, answer=found.answer or "", closed_on=today))
