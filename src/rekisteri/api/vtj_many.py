"""VTJ: check many customers by the change interface's basic data; ordered, carried on, and its report."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field, StringConstraints
from starlette.responses import Response

from rekisteri import access
from rekisteri.access import Action, decide_organisation
from rekisteri.api.calling import Caller, Calling
from rekisteri.api.customer_shapes import Short, label
from rekisteri.api.desk import LIMIT_MAX, Answer, Desk, Question, told
from rekisteri.ground.errors import Rejected
from rekisteri.sources import vtj

desk = Desk("vtj")

NUMBERS_MOST = 10_000
NOBODY = UUID(int=0)
Grounds = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]


class CheckManyQuestion(Question):
    """Whom to check, and why: customers by id, or a client organisation's, all of them or some by customer number."""

    customers: list[UUID] = Field(default_factory=list, max_length=NUMBERS_MOST)
    organisation: Short | None = Field(None, examples=["kuusilahti"])
    customer_numbers: list[Short] = Field(default_factory=list, max_length=NUMBERS_MOST)
    take: bool = Field(False, description="Whether what differs is taken, or told alone.")
    reason: Grounds = Field(examples=["Vuosittainen tarkistus"])


class GoOnQuestion(Question):
    """How the check goes on."""

    despite_anomaly: bool = Field(
        False, description="Somebody has looked: the deaths, moves or renames that stopped it are real."
    )


class OrderedAnswer(Answer):
    """A check that has begun; ask how it stands."""

    run: UUID


class ItemCount(Answer):
    """How many customers differ in an item."""

    item: str
    label: str
    comparison: str = Field(examples=["differs"])
    customers: int


class CheckedCustomer(Answer):
    """A customer who is not as VTJ says, or of whom it says nothing that holds. No value is told: see the customer's check."""

    customer: UUID
    name: str
    outcome: str = Field(examples=["differs"])
    items: dict[str, str] = Field(examples=[{"permanent_address": "differs"}])


class CheckManyAnswer(Answer):
    """How a check of many stands."""

    run: UUID
    state: str = Field(examples=["done"], description="running, done, stopped (it asks) or failed (it may go on).")
    told: str | None = Field(description="Why it stopped, if it did.")
    chosen: int
    waiting: int
    outcomes: dict[str, int]
    changed: int = Field(description="Customers of whom something was taken.")
    items: list[ItemCount]
    customers: list[CheckedCustomer]
    cursor: UUID | None = Field(description="Send it back for the next page; null at the end.")


@desk.post("/vtj/bulk-checks", Action.VTJ_FOLLOW, OrderedAnswer, status=202)
def check_many_against_vtj(question: CheckManyQuestion, caller: Calling) -> Response:
    """Order a check of many customers; it goes on by itself, within the day's quota.

    Nobody is asked of who is not followed. With ``take`` an unlikely share of deaths, moves or renames stops it.
    """
    following = _following(caller, reason=question.reason)
    run_id = vtj.order_check(following, _chosen(caller, following, question), take=question.take)
    vtj.carry_on_beside(following, run_id)
    return told(OrderedAnswer(run=run_id), status=202)


@desk.get("/vtj/bulk-checks/{run_id}", Action.VTJ_WORK, CheckManyAnswer)
def vtj_bulk_check(
    run_id: UUID,
    caller: Calling,
    cursor: Annotated[UUID | None, Query(description="Where the page before ended.")] = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = LIMIT_MAX,
) -> Response:
    """How a check of many stands, and whose data differs in what."""
    with caller.read(Action.VTJ_WORK) as tx:
        done = vtj.checked(tx, run_id)
        lines = vtj.checked_lines(tx, run_id, cursor or NOBODY, limit + 1)
    shown = lines[:limit]
    return told(
        CheckManyAnswer(
            run=run_id,
            state=done.run.state,
            told=done.run.told,
            chosen=done.chosen,
            waiting=done.waiting,
            outcomes=done.outcomes,
            changed=done.run.counts.get("changed", 0),
            items=[
                ItemCount(item=item, label=label(item, caller.language), comparison=how, customers=count)
                for item, how, count in done.items
            ],
            customers=[
                CheckedCustomer(customer=one.party_id, name=one.name, outcome=one.outcome, items=one.items)
                for one in shown
            ],
            cursor=shown[-1].party_id if len(lines) > limit else None,
        )
    )


@desk.post("/vtj/bulk-checks/{run_id}/go-on", Action.VTJ_FOLLOW, OrderedAnswer, status=202)
def go_on_with_vtj_bulk_check(run_id: UUID, question: GoOnQuestion, caller: Calling) -> Response:
    """Go on with the customers a check still waits to ask of."""
    following = _following(caller, despite_anomaly=question.despite_anomaly)
    vtj.let_go_on(following, run_id)
    vtj.carry_on_beside(following, run_id)
    return told(OrderedAnswer(run=run_id), status=202)


def _following(caller: Caller, *, reason: str | None = None, despite_anomaly: bool = False) -> vtj.Following:
    """VTJ as it is set up; that it is not is told to whoever may do the act, and to nobody else."""
    viewer, _, case = caller.acting(Action.VTJ_FOLLOW)
    try:
        return caller.register.vtj_following(
            viewer, lambda _step, _done: None, despite_anomaly=despite_anomaly, case=case, reason=reason
        )
    except Rejected:
        with caller.read(Action.VTJ_WORK):
            raise


def _chosen(caller: Caller, following: vtj.Following, question: CheckManyQuestion) -> list[UUID]:
    if question.organisation is None:
        return question.customers
    with caller.read(Action.ORGANISATION_READ) as tx:
        organisation = access.organisation(tx, question.organisation)
    decide_organisation(following.viewer, organisation.id)
    return question.customers + vtj.chosen_of(following, organisation.id, question.customer_numbers)
