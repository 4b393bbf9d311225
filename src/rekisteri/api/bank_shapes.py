"""Banks: what is answered and asked of their files, of messages that wait and of notices, as shapes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from rekisteri.api.customer_shapes import Short
from rekisteri.api.desk import Answer, Question
from rekisteri.sources import banks
from rekisteri.sources.banks import FileReport, HeldLine, Hold, NoticeDelivery, Outcome

BANKS_MOST = 100
Grounds = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


class HoldAnswer(Answer):
    """Why something is held back, and what lets it go on."""

    hold: Hold
    what: str
    mend: str


class HoldCountAnswer(HoldAnswer):
    """How many messages are held back for one cause."""

    count: int


class FileReportAnswer(Answer):
    """What became of a file: how its messages ended."""

    file: UUID
    state: str = Field(examples=["taken"], description="taken, repeated, quarantined or released.")
    hold: HoldAnswer | None = Field(description="Why it is quarantined.")
    position: int | None = Field(description="The byte at which it does not hold.")
    messages: int
    answers: int = Field(description="Acknowledgements among them.")
    repeated: int
    matched: int
    held: int
    waiting: int = Field(description="Endings of orders that are not known yet.")
    overtaken: int
    orders: int = Field(description="Orders that changed.")
    holds: list[HoldCountAnswer]


class FileAnswer(Answer):
    """A file that came."""

    file: UUID
    file_name: str
    channel: str
    reference: str | None = Field(description="The bank's own name for it.")
    state: str
    hold: HoldAnswer | None
    position: int | None
    received_at: datetime
    messages: int
    repeated: int
    held: int
    decision_reason: str | None


class FilesAnswer(Answer):
    """Files, the newest first."""

    files: list[FileAnswer]
    cursor: UUID | None = Field(description="Send it back for the next page; null at the end.")


class FileDecision(Question):
    """What is decided of a quarantined file."""

    decision: Literal["released", "rejected"]
    reason: Grounds


class HeldAnswer(Answer):
    """A message that waits for a person."""

    message: UUID
    organisation: str | None
    payment_reason: str | None
    why: HoldAnswer
    field: str | None
    action: str | None = Field(examples=["add"])
    kind: str | None = Field(examples=["consumer_einvoice"])
    operator: str
    said_at: datetime
    deadline_on: date | None
    file: UUID
    position: int


class HeldListAnswer(Answer):
    """What waits, the oldest first."""

    messages: list[HeldAnswer]
    count: int = Field(description="Messages and quarantined files that wait, in all.")
    cursor: UUID | None = Field(description="Send it back for the next page; null at the end.")


class IdentifierAnswer(Answer):
    """What the payer typed in, masked."""

    type: str = Field(examples=["03"])
    text: str


class CandidateAnswer(Answer):
    """A customer the message may be about: what speaks for it and what against."""

    customer: UUID
    name: str
    speaks_for: list[str]
    speaks_against: list[str]


class HeldDetailAnswer(Answer):
    """One message with whom it may be about. The bank's address of the payer is not shown."""

    held: HeldAnswer
    outcome: Outcome
    identifiers: list[IdentifierAnswer]
    name: str
    address: str = Field(description="The e-invoice address, masked.")
    due_day: int | None
    candidates: list[CandidateAnswer]
    decision: str | None
    decision_reason: str | None


class MessageDecision(Question):
    """Whose the order is, or that the message is not acted on, or that its cause is mended."""

    decision: Literal["matched", "rejected", "released"]
    customer: UUID | None = Field(default=None, description="Whose it is, of ``matched``.")
    reason: Grounds


class DecidedAnswer(Answer):
    """What holds a released message still; null where nothing does."""

    held_still: HoldAnswer | None


class NoticeAnswer(Answer):
    """A notice: its newest version and the orders in force under it."""

    notice: UUID
    organisation: str
    payment_reason: str
    version: int
    action: str
    created_at: datetime
    issued_at: datetime | None = Field(description="Null of a draft.")
    ended_at: datetime | None
    orders: int


class NoticesAnswer(Answer):
    """Notices, by organisation and payment reason."""

    notices: list[NoticeAnswer]


class AtBankAnswer(Answer):
    """A version of a notice at one bank. Banks answer failures alone: sent and unanswered is taken."""

    bank: str
    bank_name: str | None
    version: int
    action: str
    state: str = Field(examples=["sent"])
    sent_at: datetime | None
    answered_at: datetime | None
    code: str | None
    answer: str | None


class NoticeDetailAnswer(Answer):
    """All that the newest version of a notice says, and how each version stands at each bank."""

    notice: UUID
    organisation: str
    version: int
    issued_at: datetime | None
    content: dict[str, Any]
    at_banks: list[AtBankAnswer]


class NoticeDraft(Question):
    """A notice as it is to be; ``content`` is shaped as one that is read."""

    organisation: Short
    content: dict[str, Any]


class DraftedAnswer(Answer):
    """The notice that has the draft."""

    notice: UUID


class DeliveriesAnswer(Answer):
    """The messages that are ready for each bank."""

    at_banks: list[AtBankAnswer]


class AffectedPayer(Answer):
    """A payer whose order would end."""

    customer: UUID
    name: str
    bank: str


class AffectedAnswer(Answer):
    """Whose orders an ending would end; ``count`` is what is confirmed by."""

    count: int
    payers: list[AffectedPayer]


class NoticeEnding(Question):
    """At which banks the notice ends, and how many orders it was shown to end."""

    banks: list[Short] = Field(min_length=1, max_length=BANKS_MOST)
    confirmed: int = Field(ge=0)


class ProposalQuestion(Question):
    """To whose bank it is proposed that e-invoices be sent, and to which address the payer has given."""

    customer: UUID
    bank: Short
    address: Short
    free_text: Annotated[str, StringConstraints(max_length=420, pattern=r"^[^\x00]*$")] = ""


class ProposedAnswer(Answer):
    """The proposal that is ready to be sent."""

    proposal: UUID


class OrderMessageAnswer(Answer):
    """A message that bore on an order, and by which rule it was found to be the payer's."""

    message: UUID
    order: UUID
    organisation: str
    payment_reason: str
    said_at: datetime
    action: str = Field(examples=["add"])
    kind: str = Field(examples=["direct_payment"])
    operator: str
    why: str = Field(examples=["identity code (03) + name, rule 3"])
    decision_reason: str | None = Field(description="Of an officer's decision.")
    file: UUID
    position: int


class OrderMessagesAnswer(Answer):
    """The messages that a customer's orders follow from, the newest first."""

    messages: list[OrderMessageAnswer]


class PauseQuestion(Question):
    """Whether an order is to be paused, and why."""

    paused: bool
    reason: Grounds


class OrderStateAnswer(Answer):
    """How an order stands."""

    order: UUID
    in_force: bool
    paused: bool = Field(description="An invoice could not be brought to it; invoices go otherwise.")
    since: datetime


class BankAnswerLine(Answer):
    """What a bank has answered; only failures are."""

    bank: str
    at: datetime
    code: str
    what: str | None
    text: str
    message: str = Field(description="Which of our messages it is about.")
    ours: bool


class BankAnswersAnswer(Answer):
    """What banks have answered, the newest first."""

    answers: list[BankAnswerLine]


def held_because(hold: Hold | None, language: str) -> HoldAnswer | None:
    """Why something is held, None where nothing is."""
    return None if hold is None else because(hold, language)


def because(hold: Hold, language: str) -> HoldAnswer:
    """A cause in words."""
    said = banks.EXPLANATIONS[hold]
    return HoldAnswer(hold=hold, what=said.what.in_(language), mend=said.mend.in_(language))


def report_answer(report: FileReport, language: str) -> FileReportAnswer:
    """A report as it is answered."""
    return FileReportAnswer(
        file=report.file_id,
        state=report.state,
        hold=held_because(report.hold, language),
        position=report.position,
        messages=report.messages,
        answers=report.answers,
        repeated=report.repeated,
        matched=report.matched,
        held=report.held,
        waiting=report.waiting,
        overtaken=report.overtaken,
        orders=report.orders,
        holds=[
            HoldCountAnswer(**because(hold, language).model_dump(), count=count)
            for hold, count in report.holds.most_common()
        ],
    )


def file_answer(one: banks.BankFile, language: str) -> FileAnswer:
    """A file as it is answered."""
    return FileAnswer(
        file=one.id,
        file_name=one.file_name,
        channel=one.channel,
        reference=one.reference,
        state=one.state,
        hold=held_because(one.hold, language),
        position=one.position,
        received_at=one.received_at,
        messages=one.message_count,
        repeated=one.repeated_count,
        held=one.held_count,
        decision_reason=one.decision_reason,
    )


def held_answer(one: HeldLine, codes: Mapping[int, str], language: str) -> HeldAnswer:
    """A line of the queue as it is answered; ``codes`` are those of client organisations by id."""
    return HeldAnswer(
        message=one.id,
        organisation=None if one.organisation_id is None else codes[one.organisation_id],
        payment_reason=one.payment_reason,
        why=because(one.hold, language),
        field=one.field,
        action=one.action,
        kind=one.kind,
        operator=one.operator,
        said_at=one.said_at,
        deadline_on=one.deadline_on,
        file=one.file_id,
        position=one.position,
    )


def at_bank_answer(one: NoticeDelivery) -> AtBankAnswer:
    """A version at one bank as it is answered."""
    return AtBankAnswer(
        bank=one.bank,
        bank_name=one.bank_name,
        version=one.version,
        action=one.action,
        state=one.state,
        sent_at=one.sent_at,
        answered_at=one.answered_at,
        code=one.code,
        answer=one.answer,
    )
