"""Work: what needs a person's decision."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from rekisteri import parties, rights
from rekisteri.access import Action
from rekisteri.api.calling import Calling
from rekisteri.api.customer_shapes import (
    CardAnswer,
    Codes,
    Long,
    Value,
    card_answer,
    label,
    organisations_of_card,
)
from rekisteri.api.desk import LIMIT_MAX, Answer, Desk, Question, done, told
from rekisteri.catalogue import EXPLANATIONS, PartyKind, Reason, SourceKind
from rekisteri.sources import organisations

desk = Desk("work")


class WorkLine(Answer):
    """A row in doubt, as a line of the queue."""

    id: UUID
    kind: str
    organisation: str
    customer: UUID | None = Field(description="The known customer it is compared with.")
    customer_number: str
    reason: Reason
    what: str = Field(description="The reason in words.")
    mend: str
    batch: UUID | None
    row_no: int | None
    opened_at: datetime
    decided_at: datetime | None
    decision: str | None


class WorkAnswer(Answer):
    """Open items, the oldest first."""

    items: list[WorkLine]
    cursor: UUID | None


class SaidAnswer(Answer):
    """One item of the row in doubt; codes are masked."""

    item: str
    label: str
    value: Value


class WorkDetailAnswer(Answer):
    """An item with its two sides: what the row says, and the card it is compared with."""

    item: WorkLine
    said_kind: PartyKind
    said: list[SaidAnswer]
    known: CardAnswer | None


class DecisionQuestion(Question):
    """``linked``: it is that customer; ``separate``: another one; ``rejected``: the row is not taken."""

    decision: Literal["linked", "separate", "rejected"]
    reason: Long = Field(min_length=1, examples=["Sama henkilö: osoite ja syntymäaika täsmäävät"])


@desk.get("/work", Action.WORK_READ, WorkAnswer)
def work_list(
    caller: Calling,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
    cursor: Annotated[UUID | None, Query(description="``cursor`` of the page before.")] = None,
) -> Response:
    """What waits for a decision, the oldest first."""
    with caller.read(Action.WORK_READ) as tx:
        items = parties.work_list(tx, limit=limit, cursor=cursor)
    codes = caller.codes(item.organisation_id for item in items)
    lines = [_line(item, codes, caller.language) for item in items]
    return told(WorkAnswer(items=lines, cursor=items[-1].id if len(items) == limit else None))


@desk.get("/work/{work_id}", Action.WORK_READ, WorkDetailAnswer)
def work_item(work_id: UUID, caller: Calling) -> Response:
    """One item with its two sides."""
    with caller.read(Action.WORK_READ) as tx:
        detail = parties.work_item(tx, caller.register.vault, work_id)
    wanted = {detail.item.organisation_id} | (organisations_of_card(detail.known) if detail.known else set())
    codes = caller.codes(wanted)
    answer = WorkDetailAnswer(
        item=_line(detail.item, codes, caller.language),
        said_kind=detail.said_kind,
        said=[
            SaidAnswer(item=item, label=label(item, caller.language), value=value)
            for item, value in detail.said.items()
        ],
        known=None if detail.known is None else card_answer(detail.known, codes, caller.language),
    )
    return told(answer)


@desk.post("/work/{work_id}/decision", Action.WORK_DECIDE, status=204)
def decide(work_id: UUID, question: DecisionQuestion, caller: Calling) -> Response:
    """Decide a row in doubt; the reason is kept with the decision."""
    with caller.write(Action.WORK_DECIDE) as tx:
        organisations.decide_work(tx, caller.register.vault, work_id, question.decision, reason=question.reason)
    return done()


def _line(item: parties.WorkItem, codes: Codes, language: str) -> WorkLine:
    explanation = EXPLANATIONS[item.reason]
    return WorkLine(
        id=item.id,
        kind=item.kind,
        organisation=codes[item.organisation_id],
        customer=item.party_id,
        customer_number=item.record_key,
        reason=item.reason,
        what=explanation.what.in_(language),
        mend=explanation.mend.in_(language),
        batch=item.batch_id,
        row_no=item.row_no,
        opened_at=item.opened_at,
        decided_at=item.decided_at,
        decision=item.decision,
    )


class ConflictLine(Answer):
    """A correction by hand, and a source that has spoken since."""

    id: UUID
    customer: UUID
    item: str
    verdict: rights.conflicts.Verdict
    source: SourceKind
    organisation: str | None
    opened_at: datetime
    decision: rights.conflicts.Decision | None
    reason: str | None


class ConflictsAnswer(Answer):
    """What waits for a decision, or what sources were told, the oldest first."""

    conflicts: list[ConflictLine]


class SettleQuestion(Question):
    """What is decided, and why."""

    decision: rights.conflicts.Decision
    reason: Long = Field(min_length=1)


@desk.get("/conflicts", Action.WORK_READ, ConflictsAnswer)
def list_conflicts(caller: Calling) -> Response:
    """Corrections by hand that a source has spoken against, or agreed with, since."""
    with caller.read(Action.WORK_READ) as tx:
        found = rights.conflicts.clashes(tx)
    return told(_conflicts(found, caller.codes(one.organisation_id for one in found)))


@desk.post("/conflicts/{conflict_id}/decision", Action.WORK_DECIDE, status=204)
def settle_conflict(conflict_id: UUID, question: SettleQuestion, caller: Calling) -> Response:
    """Keep the correction, withdraw it, or tell the source to put it right."""
    with caller.write(Action.WORK_DECIDE) as tx:
        rights.conflicts.settle(tx, caller.register.vault, conflict_id, question.decision, question.reason)
    return done()


@desk.get("/corrections/told", Action.RIGHTS_ASK, ConflictsAnswer)
def told_corrections(caller: Calling) -> Response:
    """What a maintainer asks your organisation to put right in its own system: the register was corrected, your data was not."""
    with caller.read(Action.RIGHTS_ASK) as tx:
        found = rights.conflicts.clashes(tx, told=True)
    return told(_conflicts(found, caller.codes(one.organisation_id for one in found)))


def _conflicts(found: Iterable[rights.conflicts.Clash], codes: Codes) -> ConflictsAnswer:
    return ConflictsAnswer(
        conflicts=[
            ConflictLine(
                id=one.id, customer=one.party_id, item=one.item, verdict=one.verdict, source=one.source,
                organisation=None if one.organisation_id is None else codes[one.organisation_id],
                opened_at=one.opened_at, decision=one.decision, reason=one.reason,
            )
            for one in found
        ]
    )  # fmt: skip
