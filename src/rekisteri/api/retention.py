"""Retention over the API: the classes, the runs with what left, legal holds."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field
from starlette.responses import Response

from rekisteri import rights
from rekisteri.access import Action
from rekisteri.api.calling import Calling
from rekisteri.api.customer_shapes import Long
from rekisteri.api.desk import Answer, Desk, Question, done, told
from rekisteri.catalogue import RETENTIONS

desk = Desk("rights")


class ClassAnswer(Answer):
    """How long a class is kept, and by which law."""

    name: str
    label: str
    years: int
    months: int
    from_year_end: bool
    duty: bool = Field(description="Whether the law binds the register to keep it so long.")
    ground: str
    since_on: date


class RunAnswer(Answer):
    """What a run let go, or would have: counts by class and table."""

    id: UUID
    at: datetime
    by: str
    rehearsed: bool
    held: int
    counts: dict[str, dict[str, int]]


class RetentionAnswer(Answer):
    """The classes, and the last runs, the newest first."""

    classes: list[ClassAnswer]
    runs: list[RunAnswer]


class HoldQuestion(Question):
    """Whose data is held, why, and until when."""

    customer: UUID
    reason: Long = Field(min_length=1, examples=["Korvausvaatimus vireillä"])
    until: date | None = None


class HoldAnswer(Answer):
    """A legal hold."""

    id: UUID
    customer: UUID
    reason: str
    since_at: datetime
    by: str
    until: date | None
    ended_at: datetime | None


class HoldsAnswer(Answer):
    """Legal holds, the newest first."""

    holds: list[HoldAnswer]


@desk.get("/retention", Action.RETENTION_READ, RetentionAnswer)
def read_retention(caller: Calling) -> Response:
    """How long each class is kept and by which law, and what the last runs let go."""
    with caller.read(Action.RETENTION_READ) as tx:
        runs = rights.runs(tx)
    classes = [
        ClassAnswer(
            name=name,
            label=one.label.in_(caller.language),
            years=one.years,
            months=one.months,
            from_year_end=one.year_end,
            duty=one.duty,
            ground=one.ground.in_(caller.language),
            since_on=one.since_on,
        )
        for name, one in RETENTIONS.items()
    ]
    lines = [
        RunAnswer(id=one.id, at=one.at, by=one.by, rehearsed=one.rehearsed, held=one.held, counts=one.counts)
        for one in runs
    ]
    return told(RetentionAnswer(classes=classes, runs=lines))


@desk.post("/holds", Action.RIGHTS_HOLD, HoldAnswer, status=201)
def hold_customer(question: HoldQuestion, caller: Calling) -> Response:
    """Legal hold: nothing of the customer leaves while it lasts."""
    with caller.write(Action.RIGHTS_HOLD) as tx:
        made = rights.hold(tx, question.customer, question.reason, question.until)
    return told(_answer(made), status=201)


@desk.get("/holds", Action.RIGHTS_HOLD, HoldsAnswer)
def list_holds(caller: Calling) -> Response:
    """Legal holds there are and were."""
    with caller.read(Action.RIGHTS_HOLD) as tx:
        found = rights.holds(tx)
        tx.saw(*(one.party_id for one in found))
    return told(HoldsAnswer(holds=[_answer(one) for one in found]))


@desk.post("/holds/{hold_id}/ending", Action.RIGHTS_HOLD, status=204)
def release_hold(hold_id: UUID, caller: Calling) -> Response:
    """End a legal hold."""
    with caller.write(Action.RIGHTS_HOLD) as tx:
        rights.release(tx, hold_id)
    return done()


def _answer(one: rights.Hold) -> HoldAnswer:
    return HoldAnswer(
        id=one.id,
        customer=one.party_id,
        reason=one.reason,
        since_at=one.since_at,
        by=one.by,
        until=one.until_on,
        ended_at=one.ended_at,
    )
