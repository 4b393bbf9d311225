"""Shapes of customers: what is asked of them and what is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from rekisteri import access, parties
from rekisteri.api.desk import LIMIT_MAX, Answer, Question
from rekisteri.catalogue import BY_NAME, SOURCES, Choice, Disclosure, PartyKind, Reason, SourceKind

Short = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Long = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]
Scalar = str | bool | list[str]
Value = Scalar | dict[str, Scalar] | list[dict[str, Scalar]]
Codes = Mapping[int, str]
"""Codes of client organisations by id."""
Told = dict[str, object]
"""An answer in the shape of its model, made without it: what is read most often."""


class SearchQuestion(Question):
    """What to search for: any identifier, name, address or number; typing errors are forgiven."""

    text: Short = Field(min_length=1, examples=["Virtanen Granvik", "010190-999X"])
    limit: int = Field(default=10, ge=1, le=LIMIT_MAX)
    cursor: Short | None = Field(default=None, description="``cursor`` of the page before.")


class ByHetu(Question):
    """The customer of a personal identity code."""

    hetu: Short = Field(examples=["010190-999X"])


class ByYtunnus(Question):
    """The customer of a business ID."""

    ytunnus: Short = Field(examples=["9900012-2"])


class ByCustomerNumber(Question):
    """The customer of a client organisation's own number."""

    organisation: Short = Field(examples=["kuusilahti"])
    customer_number: Short = Field(examples=["100001"])


LookupQuestion = ByHetu | ByYtunnus | ByCustomerNumber


class CreateQuestion(Question):
    """A customer to bring in for a client organisation."""

    organisation: Short = Field(examples=["kuusilahti"])
    customer_number: Short | None = Field(
        default=None, description="The organisation's own number; left out, a provisional one is given."
    )
    parts: dict[Short, Long] = Field(
        min_length=1,
        max_length=100,
        description="Raw texts by the paths of the catalogue.",
        examples=[{"surname": "Mallikas", "first_names": "Maija", "permanent_address.street": "Mallikuja 1"}],
    )


class CorrectionQuestion(Question):
    """A corrected value of one item, and why."""

    item: Short = Field(examples=["permanent_address"])
    parts: dict[Short, Long] = Field(
        min_length=1,
        max_length=20,
        description="Raw texts by part name; the empty name for an item of one part.",
        examples=[{"street": "Mallikuja 1", "postcode": "00100", "town": "Helsinki"}, {"": "Mallikas"}],
    )
    reason: Long = Field(min_length=1, examples=["Asiakas ilmoitti puhelimessa"])
    evidence: Long | None = Field(default=None, examples=["Puhelu 24.11.2026"])
    until: date | None = Field(default=None, description="The day the correction ends, if it does.")


class WithdrawalQuestion(Question):
    """Why a correction is taken back."""

    reason: Long = Field(min_length=1, examples=["Lähde on korjannut tiedon"])


class CustomershipLine(Answer):
    """A client organisation and its number for the customer."""

    organisation: str = Field(examples=["kuusilahti"])
    customer_number: str = Field(examples=["100001"])


class HitAnswer(Answer):
    """A customer found. A withheld address is null whatever it is."""

    id: UUID
    kind: PartyKind
    name: str = Field(examples=["Mallikas Maija"])
    birth_date: date | None
    ytunnus: str | None
    address: str | None
    turvakielto: Disclosure
    customerships: list[CustomershipLine]
    ended: bool
    score: float
    restricted: access.Limit | None = Field(
        description="The processing is restricted: withheld where nothing more is told for this purpose."
    )


class SearchAnswer(Answer):
    """Customers found, the best first."""

    hits: list[HitAnswer]
    cursor: str | None = Field(description="Send it back for the next page; null at the end.")
    query_class: str = Field(description="What the text was taken for.", examples=["words"])
    capped: bool = Field(description="So many were found that the search should be made narrower.")


class SourceAnswer(Answer):
    """Who said it, and when."""

    kind: SourceKind
    label: str = Field(examples=["Asiakasorganisaatio"])
    organisation: str | None = Field(description="Told to those whose own it is.")
    customer_number: str | None
    holds_from: date | None
    recorded_at: datetime
    statement: UUID


class SayingAnswer(Answer):
    """What another source says of the same item."""

    value: Value
    source: SourceAnswer
    corrected: bool = Field(description="The value differs and was put right by hand: the one shown is the correction.")


class ShownAnswer(Answer):
    """An item's value with its provenance: the word it was taken from and the rule that chose it."""

    item: str = Field(examples=["surname"])
    label: str = Field(examples=["Sukunimi"])
    value: Value = Field(examples=["Mallikas"])
    source: SourceAnswer
    rule: Choice
    others: list[SayingAnswer]


class WithheldAnswer(Answer):
    """An item not shown, and by which rule: told alike whether it has a value or not."""

    item: str
    label: str
    rule: str = Field(examples=["turvakielto_on"])


class CustomershipAnswer(Answer):
    """A client organisation's own record of the customer."""

    organisation: str
    customer_number: str
    since_on: date
    ended_on: date | None
    values: list[ShownAnswer]


class AtBankAnswer(Answer):
    """A payer's order at a bank, or a direct debit mandate, for one client organisation; address and account masked."""

    organisation: str
    since_on: date
    ended_on: date | None
    order: ShownAnswer


class CardAnswer(Answer):
    """A customer as the caller may see it. ``version`` is also the ETag."""

    id: UUID
    kind: PartyKind
    name: str
    version: int
    turvakielto: Disclosure
    on: date
    known_at: datetime
    values: list[ShownAnswer]
    customerships: list[CustomershipAnswer]
    at_banks: list[AtBankAnswer] = Field(
        description="Orders of e-invoices and direct payment at banks, and direct debit mandates."
    )
    withheld: list[WithheldAnswer]
    corrected: list[str] = Field(description="Items with a correction in force.")
    restricted: access.Limit | None = Field(
        description="The processing is restricted: withheld where nothing more is told for this purpose."
    )


class CorrectedAnswer(Answer):
    """When a value was put right by hand, by which statement, and since when the correction no longer holds."""

    at: datetime
    statement: UUID
    withdrawn_on: date | None


class ChangeAnswer(Answer):
    """One item before and after; null where it was not stated."""

    item: str
    label: str
    before: Value | None
    after: Value | None
    corrected: CorrectedAnswer | None = Field(
        description="Set where the value after was wrong and was put right later."
    )


class HistoryLine(Answer):
    """One thing that happened to a customer's data."""

    kind: parties.Turn
    recorded_at: datetime
    statement: UUID
    source: SourceKind
    source_label: str
    organisation: str | None
    customer_number: str | None
    valid_from: date | None
    valid_to: date | None
    changes: list[ChangeAnswer]
    reason: str | None
    evidence: str | None
    account: str | None
    batch: UUID | None
    row_no: int | None


class HistoryAnswer(Answer):
    """What happened to a customer's data, the newest first."""

    entries: list[HistoryLine]


class HetuAnswer(Answer):
    """The identity code in full."""

    hetu: str = Field(examples=["010190-999X"])


class ProtectedAnswer(Answer):
    """The values a non-disclosure order covers."""

    values: list[ShownAnswer]


class CreatedAnswer(Answer):
    """What an entry ended in: a customer, or a doubt that a maintainer decides."""

    outcome: Literal["new", "known", "doubt"]
    customer: UUID | None
    customer_number: str
    doubt: Reason | None


def search_answer(page: parties.SearchPage, codes: Codes) -> SearchAnswer:
    """A page of hits."""
    return SearchAnswer(
        hits=[
            HitAnswer(
                id=hit.party_id,
                kind=hit.kind,
                name=hit.name,
                birth_date=_day(hit.birth_date),
                ytunnus=hit.ytunnus,
                address=hit.address,
                turvakielto=hit.turvakielto,
                customerships=[
                    CustomershipLine(organisation=codes[organisation_id], customer_number=key)
                    for organisation_id, key in hit.customerships
                ],
                ended=hit.ended,
                score=hit.score,
                restricted=hit.limit,
            )
            for hit in page.hits
        ],
        cursor=page.cursor,
        query_class=page.query_class,
        capped=page.capped,
    )


def card_told(card: parties.Card, codes: Codes, language: str) -> Told:
    """What a card tells in a language: in the shape of ``CardAnswer``, as ``told_plainly`` sends it."""
    return {
        "id": card.party_id,
        "kind": card.kind,
        "name": card.name,
        "version": card.version,
        "turvakielto": card.turvakielto,
        "on": card.on,
        "known_at": card.known_at,
        "values": [_shown_told(shown, codes, language) for shown in card.values],
        "customerships": [
            {
                "organisation": codes[one.organisation_id],
                "customer_number": one.key,
                "since_on": one.since_on,
                "ended_on": one.ended_on,
                "values": [_shown_told(shown, codes, language) for shown in one.values],
            }
            for one in card.customerships
        ],
        "at_banks": [
            {
                "organisation": codes[one.organisation_id],
                "since_on": one.since_on,
                "ended_on": one.ended_on,
                "order": _shown_told(one.order, codes, language),
            }
            for one in card.at_banks
        ],
        "withheld": [{"item": name, "label": label(name, language), "rule": rule} for name, rule in card.withheld],
        "corrected": card.corrected,
        "restricted": card.limit,
    }


def card_answer(card: parties.Card, codes: Codes, language: str) -> CardAnswer:
    """A card in a language, for answers that hold one."""
    return CardAnswer.model_validate(card_told(card, codes, language))


def shown_answer(shown: parties.Shown, codes: Codes, language: str) -> ShownAnswer:
    """One value with its provenance, for answers that hold one."""
    return ShownAnswer.model_validate(_shown_told(shown, codes, language))


def _shown_told(shown: parties.Shown, codes: Codes, language: str) -> Told:
    return {
        "item": shown.item,
        "label": label(shown.item, language),
        "value": shown.value,
        "source": _source_told(shown.saying, codes, language),
        "rule": shown.rule,
        "others": [
            {
                "value": other.value,
                "source": _source_told(other, codes, language),
                "corrected": shown.corrects(other),
            }
            for other in shown.others
        ],
    }


def history_answer(entries: list[parties.HistoryEntry], codes: Codes, language: str) -> HistoryAnswer:
    """History in a language."""
    return HistoryAnswer(
        entries=[
            HistoryLine(
                kind=entry.kind,
                recorded_at=entry.recorded_at,
                statement=entry.statement_id,
                source=entry.source,
                source_label=SOURCES[entry.source].in_(language),
                organisation=None if entry.organisation_id is None else codes[entry.organisation_id],
                customer_number=entry.key,
                valid_from=entry.valid_from,
                valid_to=entry.valid_to,
                changes=[
                    ChangeAnswer(
                        item=change.item,
                        label=label(change.item, language),
                        before=change.before,
                        after=change.after,
                        corrected=_corrected(change.mark),
                    )
                    for change in entry.changes
                ],
                reason=entry.reason,
                evidence=entry.evidence,
                account=entry.account,
                batch=entry.batch_id,
                row_no=entry.row_no,
            )
            for entry in entries
        ]
    )


def _corrected(mark: parties.Mark | None) -> CorrectedAnswer | None:
    if mark is None:
        return None
    return CorrectedAnswer(at=mark.at, statement=mark.statement_id, withdrawn_on=mark.withdrawn_on)


def label(item: str, language: str) -> str:
    """An item's name in a language."""
    return BY_NAME[item].label.in_(language)


def organisations_of_card(card: parties.Card) -> set[int | None]:
    """Ids of the organisations a card speaks of."""
    shown = [*card.values, *(value for one in card.customerships for value in one.values)]
    spoken: set[int | None] = {saying.organisation_id for one in shown for saying in (one.saying, *one.others)}
    return spoken | {one.organisation_id for one in card.customerships} | {one.organisation_id for one in card.at_banks}


def _source_told(saying: parties.Saying, codes: Codes, language: str) -> Told:
    _, kind, organisation_id, key, holds_from, recorded_at, statement_id = saying
    return {
        "kind": kind,
        "label": SOURCES[kind].in_(language),
        "organisation": None if organisation_id is None else codes[organisation_id],
        "customer_number": key,
        "holds_from": holds_from,
        "recorded_at": recorded_at,
        "statement": statement_id,
    }


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
