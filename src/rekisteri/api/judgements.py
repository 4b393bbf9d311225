"""Judgements by hand: merging two customers, undoing a merge, parting some records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from pydantic import Field
from starlette.responses import Response

from rekisteri import matching, parties
from rekisteri.access import Action, Write
from rekisteri.api.calling import Calling
from rekisteri.api.customer_shapes import CardAnswer, Codes, Long, card_answer, organisations_of_card
from rekisteri.api.desk import Answer, Desk, Question, told
from rekisteri.catalogue import SourceKind
from rekisteri.ground.keys import Vault

desk = Desk("judgements")
RECORDS_MAX = 500


class MergeQuestion(Question):
    """Another customer that is the same one, and why."""

    other: UUID = Field(description="The customer whose records come over; its id goes on leading here.")
    reason: Long = Field(min_length=1, examples=["Sama henkilö: nimi, osoite ja puhelin täsmäävät"])
    despite_codes: bool = Field(default=False, description="Their identity codes differ and that is known.")
    rehearse: bool = Field(default=False, description="Only tell the card there would be; nothing is changed.")


class UndoQuestion(Question):
    """Which merge is undone, and why."""

    former: UUID = Field(description="The customer that was merged here.")
    reason: Long = Field(min_length=1, examples=["Isä ja poika"])


class SplitQuestion(Question):
    """The records that are another customer's, and why."""

    records: list[UUID] = Field(min_length=1, max_length=RECORDS_MAX)
    reason: Long = Field(min_length=1, examples=["Kaksi samannimistä"])


class CustomerAnswer(Answer):
    """The customer that stands after the judgement."""

    id: UUID


class RecordLine(Answer):
    """What one source calls the customer."""

    id: UUID
    source: SourceKind
    organisation: str | None
    key: str
    since_on: date
    ended_on: date | None


class MergeLine(Answer):
    """A merge in force that can be undone."""

    former: UUID
    at: datetime
    account: str | None
    reason: str | None
    records: list[UUID]


class JudgementsAnswer(Answer):
    """The customer's records, and the merges that can be undone, the newest first."""

    records: list[RecordLine]
    merges: list[MergeLine]


@desk.get("/customers/{party_id}/records", Action.CUSTOMER_MERGE, JudgementsAnswer)
def records(party_id: UUID, caller: Calling) -> Response:
    """The records a customer is made of, and the merges that can be undone."""
    with caller.read(Action.CUSTOMER_MERGE) as tx:
        found = parties.records_of(tx, party_id)
        merges = matching.merges(tx, party_id)
        tx.saw(party_id)
    codes = caller.codes(one.organisation_id for one in found)
    return told(
        JudgementsAnswer(
            records=_records(found, codes),
            merges=[
                MergeLine(
                    former=one.former_id, at=one.at, account=one.account, reason=one.reason, records=one.record_ids
                )
                for one in merges
            ],
        )
    )


@desk.post("/customers/{party_id}/merge", Action.CUSTOMER_MERGE, CardAnswer)
def merge(party_id: UUID, question: MergeQuestion, caller: Calling) -> Response:
    """Judge that another customer is the same one; the card there is, or would be."""
    vault = caller.register.vault
    with caller.write(Action.CUSTOMER_MERGE) as tx:
        if question.rehearse:
            tx.note(dry_run=True)
            with tx.rehearsal():
                kept = _merged(tx, vault, party_id, question)
                card = parties.card(tx, vault, kept)
        else:
            kept = _merged(tx, vault, party_id, question)
            card = parties.card(tx, vault, kept)
    codes = caller.codes(organisations_of_card(card))
    return told(card_answer(card, codes, caller.language), headers={"ETag": f'"{card.version}"'})


@desk.post("/customers/{party_id}/unmerge", Action.CUSTOMER_MERGE, CustomerAnswer)
def undo(party_id: UUID, question: UndoQuestion, caller: Calling) -> Response:
    """Undo a merge: the records it moved go back with all that was said of them since."""
    with caller.write(Action.CUSTOMER_MERGE) as tx:
        former = matching.undo(tx, caller.register.vault, party_id, question.former, reason=question.reason)
    return told(CustomerAnswer(id=former))


@desk.post("/customers/{party_id}/split", Action.CUSTOMER_MERGE, CustomerAnswer, status=201)
def split(party_id: UUID, question: SplitQuestion, caller: Calling) -> Response:
    """Judge that some records are another customer's; the new one."""
    with caller.write(Action.CUSTOMER_MERGE) as tx:
        fresh = matching.split(tx, caller.register.vault, party_id, question.records, reason=question.reason)
    return told(CustomerAnswer(id=fresh), status=201, headers={"Location": f"customers/{fresh}"})


def _merged(tx: Write, vault: Vault, party_id: UUID, question: MergeQuestion) -> UUID:
    return matching.merge(
        tx, vault, party_id, question.other, reason=question.reason, despite_codes=question.despite_codes
    )


def _records(found: Sequence[parties.PartyRecord], codes: Codes) -> list[RecordLine]:
    return [
        RecordLine(
            id=one.record_id,
            source=one.source,
            organisation=None if one.organisation_id is None else codes[one.organisation_id],
            key=one.key,
            since_on=one.since_on,
            ended_on=one.ended_on,
        )
        for one in found
    ]
