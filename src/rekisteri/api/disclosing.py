"""Single disclosures over the API: the ledger first, then the file for the one recipient."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from starlette.responses import Response

from rekisteri.access import Action
from rekisteri.api.calling import Calling
from rekisteri.api.customer_shapes import Long, Short
from rekisteri.api.desk import Answer, Desk, Question, told
from rekisteri.rights import disclosures

desk = Desk("rights")

SEALED = "application/octet-stream"
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["FI"])]


class DisclosureQuestion(Question):
    """What is to be given, to whom, and on which ground."""

    recipient: Short = Field(min_length=1, examples=["Ulosottolaitos"])
    country: Country = "FI"
    ground: Long = Field(min_length=1, examples=["Ulosottokaari 705/2007 3 luku 64 §"])
    reference: Short = Field(min_length=1, examples=["UL/2026/123"])
    items: list[Short] = Field(min_length=1, max_length=100)
    customers: list[UUID] = Field(min_length=1, max_length=disclosures.CUSTOMERS_MAX)
    form: disclosures.Form = disclosures.Form.HANDED
    key: Short | None = Field(default=None, description="The recipient's public key (age), where the file is sealed.")


class StrikeQuestion(Question):
    """Why it is struck."""

    because: Long = Field(min_length=1)


class DisclosureAnswer(Answer):
    """A line of the ledger."""

    id: UUID
    number: int
    state: disclosures.State
    recipient: str
    country: str
    ground: str
    reference: str
    items: list[str]
    customers: int
    form: disclosures.Form
    protected: bool
    decided_by: str
    decided_at: datetime
    agreed_by: str | None
    agreed_at: datetime | None
    given_by: str | None
    given_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_because: str | None


class DisclosuresAnswer(Answer):
    """The register of disclosures, the newest first."""

    disclosures: list[DisclosureAnswer]


@desk.get("/disclosures", Action.DISCLOSURE_READ, DisclosuresAnswer)
def list_disclosures(caller: Calling) -> Response:
    """The register of single disclosures required by law, the newest first."""
    with caller.read(Action.DISCLOSURE_READ) as tx:
        found = disclosures.ledger(tx)
    return told(DisclosuresAnswer(disclosures=[_answer(one) for one in found]))


@desk.post("/disclosures", Action.DISCLOSURE_ENTER, DisclosureAnswer, status=201)
def enter_disclosure(question: DisclosureQuestion, caller: Calling) -> Response:
    """Write a disclosure in the ledger. Nothing is given by it."""
    wanted = disclosures.Wanted(
        question.recipient, question.country, question.ground, question.reference, tuple(question.items),
        tuple(question.customers), question.form, question.key,
    )  # fmt: skip
    with caller.write(Action.DISCLOSURE_ENTER) as tx:
        made = disclosures.enter(tx, wanted)
    return told(_answer(made), status=201)


@desk.get("/disclosures/{disclosure_id}", Action.DISCLOSURE_READ, DisclosureAnswer)
def show_disclosure(disclosure_id: UUID, caller: Calling) -> Response:
    """One line of the ledger."""
    with caller.read(Action.DISCLOSURE_READ) as tx:
        found = disclosures.entry(tx, disclosure_id)
        tx.saw(*disclosures.disclosed_to(tx, disclosure_id))
    return told(_answer(found))


@desk.post("/disclosures/{disclosure_id}/agreement", Action.DISCLOSURE_AGREE, DisclosureAnswer)
def agree_disclosure(disclosure_id: UUID, caller: Calling) -> Response:
    """Agree as the second person, where protected data is among it."""
    with caller.write(Action.DISCLOSURE_AGREE) as tx:
        made = disclosures.agree(tx, disclosure_id)
    return told(_answer(made))


@desk.post("/disclosures/{disclosure_id}/withdrawal", Action.DISCLOSURE_ENTER, DisclosureAnswer)
def strike_disclosure(disclosure_id: UUID, question: StrikeQuestion, caller: Calling) -> Response:
    """Strike a line that was not given; it stays in the register."""
    with caller.write(Action.DISCLOSURE_ENTER) as tx:
        made = disclosures.withdraw(tx, disclosure_id, question.because)
    return told(_answer(made))


@desk.post(
    "/disclosures/{disclosure_id}/file",
    Action.DISCLOSURE_GIVE,
    extra={"responses": {"200": {"content": {SEALED: {"schema": {"type": "string", "format": "binary"}}}}}},
)
def give_disclosure(disclosure_id: UUID, caller: Calling) -> Response:
    """The file for the recipient, made once: JSON, or that sealed to the recipient's key."""
    with caller.write(Action.DISCLOSURE_GIVE) as tx:
        made = disclosures.give(tx, caller.register.vault, disclosure_id)
        found = disclosures.entry(tx, disclosure_id)
    media_type = SEALED if found.form is disclosures.Form.SEALED else "application/json"
    return Response(made, media_type=media_type)


def _answer(one: disclosures.Entry) -> DisclosureAnswer:
    return DisclosureAnswer(
        id=one.id, number=one.number, state=one.state, recipient=one.recipient, country=one.country,
        ground=one.ground, reference=one.reference, items=one.items, customers=one.customers, form=one.form,
        protected=one.protected, decided_by=one.decided_by, decided_at=one.decided_at, agreed_by=one.agreed_by,
        agreed_at=one.agreed_at, given_by=one.given_by, given_at=one.given_at, withdrawn_at=one.withdrawn_at,
        withdrawn_because=one.withdrawn_because,
    )  # fmt: skip
