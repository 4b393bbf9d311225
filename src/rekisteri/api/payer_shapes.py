"""Shapes of who pays: what is asked, what is answered, what is told back."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from rekisteri.api.customer_shapes import Short
from rekisteri.api.desk import Answer, Question
from rekisteri.catalogue import PartyKind, SourceKind
from rekisteri.payers import Blocks, Channel, ReportKind, TaskKind


class Named(Question):
    """A customer, by exactly one identifier."""

    hetu: Short | None = Field(default=None, examples=["010190-999X"])
    ytunnus: Short | None = Field(default=None, examples=["9900012-2"])
    foreign_id: Short | None = Field(default=None, examples=["SE-19900101-0000"])
    customer_number: Short | None = Field(default=None, examples=["100001"], description="The organisation's own.")
    party: UUID | None = Field(default=None, description="The customer's id in the register.")


class ResolveQuestion(Named):
    """Who pays a customer's bill of a client organisation and payment reason, on a day."""

    organisation: Short = Field(examples=["kuusilahti"])
    payment_reason: Short = Field(examples=["PAIVAHOITO"])
    on: date | None = Field(default=None, description="The day of the bill, past or to come; today unless given.")
    known_at: datetime | None = Field(default=None, description="As known at that moment; now unless given.")
    explain: bool = Field(default=False, description="Tell the answer in words too, in the language of the request.")


class ReceiptShape(Answer):
    """What proves an answer. Bytes are in base64."""

    id: UUID
    key: str = Field(examples=["00f1a2b3c4d5e6f7"], description="Which public key; see GET /receipts/keys.")
    made_at: datetime
    proof: str | None = Field(default=None, description="The way to what was signed; answers of a batch share it.")
    signature: str


class WhyShape(Answer):
    """The rule that decided, and the word it decided by."""

    rule: str = Field(examples=["liable.minor"])
    source: SourceKind | None = None
    own: bool | None = Field(default=None, description="The word is the asking organisation's own.")
    since: date | None = None
    heard_on: date | None = None
    age_days: int | None = None


class CustomerShape(Answer):
    """The customer asked about."""

    party: UUID
    kind: PartyKind
    name: str
    number: str | None = None
    age: int | None = Field(default=None, description="Of a minor.")


class LiableShape(Answer):
    """Somebody liable."""

    as_: str = Field(alias="as", examples=["custodian"])
    name: str
    party: UUID | None = None
    ytunnus: str | None = None
    why: WhyShape


class FinvoiceShape(Answer):
    """The buyer's fields of Finvoice 3.0; without an address where none may be told or none fits."""

    names: list[str]
    streets: list[str] | None = None
    postcode: str | None = None
    town: str | None = None
    country: str | None = None


class LanguageShape(Answer):
    """The language of the bill."""

    code: str = Field(examples=["fi"])
    why: WhyShape


class ChannelShape(Answer):
    """The channel with its routing, and the channels that would not do."""

    code: str = Field(examples=["consumer_einvoice"], description="A channel, by_hand, or none.")
    routing: dict[str, str] | None = None
    passed: dict[Channel, str] | None = None
    why: WhyShape


class DirectDebitShape(Answer):
    """A SEPA mandate by which the bill may be collected, however it travels."""

    mandate: str
    creditor: str = Field(examples=["FI46ZZZ20774740"])
    account: str | None = None
    bank: str
    sequence: str = Field(examples=["recurring"])
    why: WhyShape


class UnfitShape(Answer):
    """A field that does not fit a form. Nothing is ever cut."""

    form: str = Field(examples=["finvoice"])
    field: str = Field(examples=["street"])
    length: int
    least: int
    most: int


class AddressShape(Answer):
    """Which address it is. ``mark`` is its fingerprint, for telling that mail came back."""

    item: str
    party: UUID
    statement: UUID
    mark: str
    why: WhyShape


class DeliveryShape(Answer):
    """One bill on its way."""

    as_: str = Field(alias="as", examples=["custodian"])
    parties: list[UUID]
    names: list[str]
    attention: str | None = None
    lines: list[str] | None = Field(default=None, description="As they stand on the envelope.")
    finvoice: FinvoiceShape | None = None
    language: LanguageShape
    channel: ChannelShape
    direct_debit: DirectDebitShape | None = None
    unfit: list[UnfitShape] | None = None
    address: AddressShape | None = None
    why: WhyShape


class RefundShape(Answer):
    """Where an overpayment goes back to."""

    iban: str
    why: WhyShape


class StopShape(Answer):
    """What holds invoicing or collection back; never whose claim it is."""

    code: str = Field(examples=["dispute"])
    blocks: list[Blocks]
    since: date | None = None
    until: date | None = None
    why: WhyShape


class DoubtShape(Answer):
    """What is not certain, of whom, and what would settle it."""

    code: str
    about: str
    settle: str


class NotTold(Answer):
    """An item not told, of whom, and the rule."""

    item: str
    about: str
    rule: str


class AnswerShape(Answer):
    """The answer: these very bytes are signed and kept."""

    version: int
    organisation: str
    payment_reason: str
    on: date
    known_on: date
    made_at: datetime
    customer: CustomerShape
    may: dict[Blocks, bool]
    liable: list[LiableShape]
    deliveries: list[DeliveryShape]
    refund: RefundShape | None = None
    stops: list[StopShape]
    uncertain: list[DoubtShape]
    withheld: list[NotTold]


class ChapterShape(Answer):
    """One part of the answer in words."""

    key: str
    heading: str
    sentences: list[str]


class ResolvedAnswer(Answer):
    """An answer with its receipt."""

    receipt: ReceiptShape
    answer: AnswerShape
    explanation: list[ChapterShape] | None = None


class KeyShape(Answer):
    """A public key of receipts (Ed25519, base64)."""

    id: str
    public: str
    since_at: datetime


class KeysAnswer(Answer):
    """Every public key receipts were ever signed with."""

    keys: list[KeyShape]


class VerifyQuestion(Question):
    """A receipt and its answer, as they were given."""

    receipt: dict[str, str]
    answer: dict[str, object]


class VerifiedAnswer(Answer):
    """Whether the receipt is the register's own, for these very bytes."""

    valid: bool


class FailedAddress(Question):
    """The address that failed: of mail the parts of the envelope's, of an electronic channel ``address``."""

    street: Short | None = None
    postcode: Short | None = None
    town: Short | None = None
    country: Short | None = None
    address: Short | None = None


class ReportQuestion(Named):
    """What invoicing or collection tells back. The customer by one identifier, or the receipt that was acted on."""

    organisation: Short = Field(examples=["kuusilahti"])
    kind: ReportKind
    on: date = Field(description="The day it happened or begins.")
    until: date | None = Field(default=None, description="The last day it holds.")
    receipt: UUID | None = None
    delivery: int = Field(default=0, ge=0, le=100, description="Which bill of the receipt's answer, from 0.")
    address: FailedAddress | None = None
    channel: Channel | None = None
    cause: Short | None = None
    reference: Short | None = Field(default=None, description="The claim's in your own ledger; told to nobody else.")
    reason: Short | None = Field(default=None, description="Of a stop: a code of the item collection_stop.")


class ReportedAnswer(Answer):
    """What became of it. ``new`` is false where the same had been told before."""

    id: UUID
    customer: UUID
    new: bool
    task: TaskKind | None


class TaskAnswer(Answer):
    """What somebody must do before bills reach a payer again."""

    id: UUID
    kind: TaskKind
    organisation: str
    customer: UUID
    name: str
    opened_at: datetime


class TasksAnswer(Answer):
    """Open tasks, the oldest first."""

    tasks: list[TaskAnswer]
    cursor: UUID | None = Field(description="Send it back for the next page; null at the end.")


class SettleQuestion(Question):
    """How a task was settled."""

    settlement: Short = Field(min_length=1)
