"""Checking a customer against the population register: ask, compare, take what is chosen; how the connection stands."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from rekisteri import access, parties
from rekisteri.access import Action
from rekisteri.catalogue import EXPLANATIONS
from rekisteri.ground.errors import Conflict, Refused, Rejected, RekisteriError, Unavailable
from rekisteri.sources import vtj
from rekisteri.web.desk import Desk, Page, names_of

RUNS_SHOWN = 20
WORK_SHOWN = 200


def ask(desk: Desk) -> Response:
    """The question: why the customer is checked."""
    return _question(desk)


def check(desk: Desk) -> Response:
    """Ask, and go on to the answer; the question again where it can't be asked or is not answered."""
    register, party_id = desk.register, desk.party_id()
    try:
        asker = vtj.Asker(desk.viewer, desk.purpose, desk.case, desk.field("syy"))
        done = vtj.run(register.door, register.vault, register.vtj_query(), register.rules, asker, party_id)
    except (Rejected, Unavailable, Refused) as error:
        if isinstance(error, Refused) and not desk.can(Action.VTJ_CHECK):
            raise
        return _question(desk, error)
    return desk.go(f"/vtj/{done.id}")


def answer(desk: Desk) -> Response:
    """The answer beside the card."""
    return _answer(desk)


def take(desk: Desk) -> Response:
    """Take what is ticked; the answer again where it can't be."""
    try:
        with desk.write() as tx:
            setup = desk.register.vtj_query()
            items = desk.fields("tieto")
            party_id = vtj.apply(tx, desk.register.vault, setup, desk.path_id("answer_id"), items, desk.field("syy"))
    except (Rejected, Conflict) as error:
        return _answer(desk, error)
    return desk.go(f"/asiakas/{party_id}", done="vtj")


def status(desk: Desk) -> Response:
    """How the connection stands: freshness, runs, stops."""
    with desk.read() as tx:
        stops, used, followed = vtj.stops(tx), vtj.used_today(tx), vtj.counts(tx)
        polled, runs = vtj.oldest_poll(tx), vtj.runs(tx, RUNS_SHOWN)
    settings = desk.register.settings
    return desk.show(
        "vtj_status.html",
        stops=stops,
        used=used,
        followed=followed,
        polled=polled,
        runs=runs,
        settings=settings,
        retold={told: desk.face.phrases.retell(told, desk.tongue.code) for told in _kept(stops, runs)},
    )


def _kept(stops: Sequence[vtj.Stop], runs: Sequence[vtj.RunRow]) -> set[str]:
    """The messages that were kept of stops and of runs."""
    return {one.reason for one in stops} | {one.told for one in runs if one.told is not None}


def work(desk: Desk) -> Response:
    """What following leaves to a person."""
    return _work(desk)


def close(desk: Desk) -> Response:
    """Say that a task is done."""
    try:
        with desk.write() as tx:
            vtj.close_task(tx, desk.path_id("task_id"), desk.field("syy"))
    except Rejected as error:
        return _work(desk, error)
    return desk.go("/vtj/tyot", done="vtj_tehty")


def release(desk: Desk) -> Response:
    """Let a customer's changes go on."""
    following = desk.register.vtj_following(desk.viewer, lambda _step, _done: None)
    vtj.release(following, [desk.party_id()])
    return desk.go("/vtj/tyot", done="vtj_vapautettu")


def _work(desk: Desk, error: RekisteriError | None = None) -> Response:
    with desk.register.door.read(desk.viewer, Action.VTJ_WORK, desk.purpose, case=desk.case) as tx:
        tasks, held = vtj.tasks(tx, WORK_SHOWN), vtj.held_lines(tx, WORK_SHOWN)
    said = desk.face.phrases.tell(error, desk.tongue.code) if error else None
    return desk.show("vtj_work.html", status=error.status if error else 200, tasks=tasks, held=held, said=said)


def resume(desk: Desk) -> Response:
    """Call an interface again that was stopped."""
    with desk.write() as tx:
        vtj.resume(tx, desk.field("liittyma"))
    return desk.go("/vtj", done="vtj_jatkuu")


def _question(desk: Desk, error: RekisteriError | None = None) -> Response:
    with desk.register.door.read(desk.viewer, Action.CUSTOMER_READ, desk.purpose, case=desk.case) as tx:
        card = parties.card(tx, desk.register.vault, desk.party_id())
    return desk.show(
        "vtj_ask.html",
        status=error.status if error else 200,
        card=card,
        permission=desk.register.settings.vtj_permission,
        reason=desk.field("syy"),
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
    )


def _answer(desk: Desk, error: RekisteriError | None = None) -> Response:
    with desk.register.door.read(desk.viewer, Action.VTJ_COMPARE, desk.purpose, case=desk.case) as tx:
        done = vtj.look(tx, desk.register.vault, desk.path_id("answer_id"))
        names = names_of(access.organisations(tx))
    return desk.show(
        "vtj_answer.html",
        status=error.status if error else 200,
        check=done,
        names=names,
        explanations=EXPLANATIONS,
        ticked=desk.fields("tieto") if error else [one.item for one in done.differences if one.choosable and one.wins],
        reason=desk.field("syy"),
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
    )


PAGES = (
    Page("/asiakas/{party_id}/vtj", ask, Action.CUSTOMER_READ, leads_to=Action.VTJ_CHECK),
    Page("/asiakas/{party_id}/vtj", check, Action.VTJ_CHECK, "POST"),
    Page("/vtj", status, Action.VTJ_STATUS),
    Page("/vtj/tyot", work, Action.VTJ_WORK),
    Page("/vtj/tyot/{task_id}", close, Action.VTJ_DECIDE, "POST"),
    Page("/vtj/vapauta/{party_id}", release, Action.VTJ_FOLLOW, "POST"),
    Page("/vtj/jatka", resume, Action.VTJ_RESUME, "POST"),
    Page("/vtj/{answer_id}", answer, Action.VTJ_COMPARE),
    Page("/vtj/{answer_id}", take, Action.VTJ_APPLY, "POST"),
)
