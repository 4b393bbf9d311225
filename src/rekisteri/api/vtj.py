"""VTJ: check a customer against the Population Information System and take what is chosen of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import Field, StringConstraints
from starlette.responses import Response

from rekisteri.access import Action
from rekisteri.api.calling import Caller, Calling
from rekisteri.api.customer_shapes import Short, ShownAnswer, Value, label, organisations_of_card, shown_answer
from rekisteri.api.desk import Answer, Desk, Question, done, told
from rekisteri.catalogue import EXPLANATIONS, Disclosure, Reason
from rekisteri.ground.errors import Rejected
from rekisteri.sources import vtj
from rekisteri.sources.vtj import Check, Comparison, Meaning

Setup = TypeVar("Setup")
desk = Desk("vtj")

RUNS_SHOWN = 20
WORK_SHOWN = 500
Grounds = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]


class CheckQuestion(Question):
    """Why the customer is checked; kept in the log."""

    reason: Grounds = Field(examples=["Lasku palautui postista"])


class ApplyQuestion(Question):
    """Which of VTJ's values are taken, and why."""

    items: list[Short] = Field(min_length=1, max_length=50, examples=[["permanent_address", "surname"]])
    reason: Grounds = Field(examples=["Lasku palautui postista"])


class ResumeQuestion(Question):
    """Which interface is called again."""

    interface: Short = Field(examples=["query"])


class DifferenceAnswer(Answer):
    """One item side by side; codes are masked."""

    item: str = Field(examples=["permanent_address"])
    label: str
    comparison: Comparison
    ours: Value | None
    theirs: Value | None
    said: ShownAnswer | None = Field(description="Who says ours, and since when.")
    wins: bool = Field(description="Whether VTJ's word, once taken, would be what the card shows.")
    choosable: bool


class UntakenAnswer(Answer):
    """A value of VTJ that does not hold as the catalogue's, and why."""

    field: str
    reason: Reason
    what: str


class CheckAnswer(Answer):
    """VTJ's answer beside the customer's card."""

    check: UUID = Field(description="To apply by, within an hour.")
    takeable: bool = Field(description="Whether there is anything to take.")
    customer: UUID
    version: int
    turvakielto: Disclosure
    call: str = Field(description="The id of the call, as the log and VTJ know it.")
    asked_at: datetime
    code: str = Field(description="VTJ's return code.", examples=["0000"])
    meaning: Meaning
    text: str
    renewed: bool = Field(description="Whether the person was found by a code that took the known one's place.")
    differences: list[DifferenceAnswer]
    hidden: list[str] = Field(description="Items VTJ keeps back under a non-disclosure order.")
    untaken: list[UntakenAnswer]


class AppliedAnswer(Answer):
    """The customer that VTJ's values were taken of."""

    customer: UUID


class StopAnswer(Answer):
    """An interface that is not called."""

    interface: str
    reason: str
    stopped_at: datetime


class UseAnswer(Answer):
    """How many persons were asked of today."""

    interface: str
    persons: int


class RunAnswer(Answer):
    """One run of following VTJ."""

    run: UUID
    kind: str = Field(examples=["follow"])
    state: str = Field(examples=["done"])
    account: str
    started_at: datetime
    finished_at: datetime | None
    counts: dict[str, int]
    dropped: dict[str, int] = Field(description="Information groups that were sent and not kept, with their number.")
    told: str | None = Field(description="Why it stopped, if it did.")


class VtjAnswer(Answer):
    """How VTJ's interfaces stand."""

    permission: str | None
    stops: list[StopAnswer]
    used_today: list[UseAnswer]
    followed: dict[str, int] = Field(description="Persons followed, by state.")
    oldest_poll: datetime | None = Field(description="When those asked of longest ago were: how fresh the register is.")
    runs: list[RunAnswer]


class TaskAnswer(Answer):
    """What following leaves to a person."""

    task: UUID
    kind: str = Field(examples=["no_contact_address"])
    customer: UUID
    name: str
    opened_at: datetime


class HeldAnswer(Answer):
    """A customer whose changes are kept apart."""

    customer: UUID
    name: str
    count: int
    reason: str = Field(description="The field that does not hold.", examples=["HENKILON_NIMI.sukunimi"])
    since: datetime


class WorkAnswer(Answer):
    """What following VTJ leaves to people."""

    tasks: list[TaskAnswer]
    held: list[HeldAnswer]


class DoneQuestion(Question):
    """What was done about a task."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


class ReleaseQuestion(Question):
    """Whose changes go on; everybody's, if none is named."""

    customers: list[UUID] = Field(default_factory=list, max_length=1000)


class ReleasedAnswer(Answer):
    """Of how many customers changes went on."""

    released: int


@desk.post("/customers/{party_id}/vtj-checks", Action.VTJ_CHECK, CheckAnswer)
def check_against_vtj(party_id: UUID, question: CheckQuestion, caller: Calling) -> Response:
    """Ask VTJ of one customer, and see the answer beside the card.

    The question is in the log before it is sent. A non-disclosure order that VTJ tells is taken at once.
    """
    viewer, purpose, case = caller.acting(Action.VTJ_CHECK)
    register = caller.register
    asker = vtj.Asker(viewer, purpose, case, question.reason)
    setup = _set_up(caller, Action.VTJ_CHECK, register.vtj_query)
    check = vtj.run(register.door, register.vault, setup, register.rules, asker, party_id)
    return _told(caller, check)


def _set_up(caller: Caller, action: Action, ask: Callable[[], Setup]) -> Setup:
    """VTJ as it is set up; that it is not is told to whoever may do the act, and to nobody else."""
    try:
        return ask()
    except Rejected:
        with caller.read(action):
            raise


@desk.get("/vtj-checks/{check_id}", Action.VTJ_COMPARE, CheckAnswer)
def vtj_check(check_id: UUID, caller: Calling) -> Response:
    """An answer of VTJ that waits for your decision, beside the card as it is now."""
    with caller.read(Action.VTJ_COMPARE) as tx:
        check = vtj.look(tx, caller.register.vault, check_id)
    return _told(caller, check)


@desk.post("/vtj-checks/{check_id}/apply", Action.VTJ_APPLY, AppliedAnswer)
def apply_vtj_check(check_id: UUID, question: ApplyQuestion, caller: Calling) -> Response:
    """Take the chosen values: they become VTJ's word of the customer, and no others do."""
    with caller.write(Action.VTJ_APPLY) as tx:
        setup = caller.register.vtj_query()
        party_id = vtj.apply(tx, caller.register.vault, setup, check_id, question.items, question.reason)
    return told(AppliedAnswer(customer=party_id))


@desk.get("/vtj", Action.VTJ_STATUS, VtjAnswer)
def vtj_status(caller: Calling) -> Response:
    """Which of VTJ's interfaces are stopped and why, and how much was asked today."""
    with caller.read(Action.VTJ_STATUS) as tx:
        stops, used, followed = vtj.stops(tx), vtj.used_today(tx), vtj.counts(tx)
        polled, runs = vtj.oldest_poll(tx), vtj.runs(tx, RUNS_SHOWN)
    return told(
        VtjAnswer(
            permission=caller.register.settings.vtj_permission,
            stops=[StopAnswer(interface=one.interface, reason=one.reason, stopped_at=one.stopped_at) for one in stops],
            used_today=[UseAnswer(interface=one.interface, persons=one.count) for one in used],
            followed=followed,
            oldest_poll=polled,
            runs=[
                RunAnswer(
                    run=one.id,
                    kind=one.kind,
                    state=one.state,
                    account=one.account,
                    started_at=one.started_at,
                    finished_at=one.finished_at,
                    counts=one.counts,
                    dropped=one.dropped,
                    told=one.told,
                )
                for one in runs
            ],
        )
    )


@desk.post("/vtj/resume", Action.VTJ_RESUME, status=204)
def resume_vtj(question: ResumeQuestion, caller: Calling) -> Response:
    """Call an interface again that was stopped, after its fault is mended."""
    with caller.write(Action.VTJ_RESUME) as tx:
        vtj.resume(tx, question.interface)
    return done()


@desk.get("/vtj/work", Action.VTJ_WORK, WorkAnswer)
def vtj_work(caller: Calling) -> Response:
    """What following VTJ leaves to people: what is due, and whose changes are kept apart and why."""
    with caller.read(Action.VTJ_WORK) as tx:
        tasks, held = vtj.tasks(tx, WORK_SHOWN), vtj.held_lines(tx, WORK_SHOWN)
    return told(
        WorkAnswer(
            tasks=[
                TaskAnswer(task=one.id, kind=one.kind, customer=one.party_id, name=one.name, opened_at=one.opened_at)
                for one in tasks
            ],
            held=[
                HeldAnswer(customer=one.party_id, name=one.name, count=one.count, reason=one.reason, since=one.since)
                for one in held
            ],
        )
    )


@desk.post("/vtj/work/{task_id}/done", Action.VTJ_DECIDE, status=204)
def do_vtj_work(task_id: UUID, question: DoneQuestion, caller: Calling) -> Response:
    """Say that a task is done, and how."""
    with caller.write(Action.VTJ_DECIDE) as tx:
        vtj.close_task(tx, task_id, question.reason)
    return done()


@desk.post("/vtj/release", Action.VTJ_FOLLOW, ReleasedAnswer)
def release_vtj(question: ReleaseQuestion, caller: Calling) -> Response:
    """Let changes that were kept apart go on; the next run reads what is left anew."""
    viewer, _, _ = caller.acting(Action.VTJ_FOLLOW)
    following = _set_up(
        caller, Action.VTJ_FOLLOW, lambda: caller.register.vtj_following(viewer, lambda _step, _done: None)
    )
    return told(ReleasedAnswer(released=vtj.release(following, question.customers)))


def _told(caller: Caller, check: Check) -> Response:
    shown = [one.said for one in check.differences if one.said is not None]
    wanted = organisations_of_card(check.card) | {
        saying.organisation_id for one in shown for saying in (one.saying, *one.others)
    }
    codes, language = caller.codes(wanted), caller.language
    return told(
        CheckAnswer(
            check=check.id,
            takeable=check.takeable,
            customer=check.card.party_id,
            version=check.card.version,
            turvakielto=check.card.turvakielto,
            call=check.call_id,
            asked_at=check.asked_at,
            code=check.code,
            meaning=check.meaning,
            text=check.text,
            renewed=check.renewed,
            differences=[
                DifferenceAnswer(
                    item=one.item,
                    label=label(one.item, language),
                    comparison=one.comparison,
                    ours=one.ours,
                    theirs=one.theirs,
                    said=None if one.said is None else shown_answer(one.said, codes, language),
                    wins=one.wins,
                    choosable=one.choosable,
                )
                for one in check.differences
            ],
            hidden=check.hidden,
            untaken=[
                UntakenAnswer(
                    field=fault.field, reason=fault.reason, what=EXPLANATIONS[fault.reason].what.in_(language)
                )
                for fault in check.faults
            ],
        )
    )
