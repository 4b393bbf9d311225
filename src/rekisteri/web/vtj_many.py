"""Checking many customers against the population register: choose, order, watch, read what came of it, go on."""

from __future__ import annotations

from uuid import UUID

from starlette.responses import Response

from rekisteri import access
from rekisteri.access import Action, decide_organisation
from rekisteri.ground.errors import Conflict, Missing, Rejected, RekisteriError, Unavailable
from rekisteri.sources import vtj
from rekisteri.web.desk import Desk, Page

LINES_SHOWN = 100
FORM_MAX_BYTES = 4 << 20
NOBODY = UUID(int=0)


def ask(desk: Desk) -> Response:
    """Whom to check, and why."""
    return _ask(desk)


def order(desk: Desk) -> Response:
    """Write the check down and begin it; the question again where it can't be ordered."""
    try:
        following = _following(desk, reason=desk.field("syy"))
        chosen = _chosen(desk, following)
        run_id = vtj.order_check(following, chosen, take=desk.field("ota") == "k")
    except (Rejected, Missing, Conflict, Unavailable) as error:
        return _ask(desk, error)
    vtj.carry_on_beside(following, run_id)
    return desk.go(f"/vtj/joukko/{run_id}")


def state(desk: Desk) -> Response:
    """How far a check is, or what came of it."""
    return _state(desk)


def go_on(desk: Desk) -> Response:
    """Go on with those a check still waits to ask of."""
    run_id = desk.path_id("run_id")
    try:
        following = _following(desk, despite_anomaly=desk.field("silti") == "k")
        vtj.let_go_on(following, run_id)
    except (Rejected, Conflict) as error:
        return _state(desk, error)
    vtj.carry_on_beside(following, run_id)
    return desk.go(f"/vtj/joukko/{run_id}")


def _following(desk: Desk, *, reason: str | None = None, despite_anomaly: bool = False) -> vtj.Following:
    return desk.register.vtj_following(
        desk.viewer, lambda _step, _done: None, despite_anomaly=despite_anomaly, case=desk.case, reason=reason
    )


def _chosen(desk: Desk, following: vtj.Following) -> list[UUID]:
    """The customers of the form. Raises ``Rejected``, ``Missing``."""
    code = desk.field("organisaatio")
    if not code:
        raise Rejected("Choose a client organisation.", field="organisation")
    with desk.register.door.read(desk.viewer, Action.ORGANISATION_READ, desk.purpose, case=desk.case) as tx:
        organisation = access.organisation(tx, code)
    decide_organisation(desk.viewer, organisation.id)
    numbers = [line.strip() for line in desk.field("numerot").splitlines() if line.strip()]
    return vtj.chosen_of(following, organisation.id, numbers)


def _ask(desk: Desk, error: RekisteriError | None = None) -> Response:
    with desk.register.door.read(desk.viewer, Action.VTJ_WORK, desk.purpose, case=desk.case) as tx:
        every, used = access.organisations(tx), vtj.used_today(tx)
    options = [(one.code, one.name) for one in every if one.ended_at is None and desk.viewer.reaches(one.id)]
    settings = desk.register.settings
    asked = sum(one.count for one in used if one.interface == "basic_data")
    return desk.show(
        "vtj_many.html",
        status=error.status if error else 200,
        options=options,
        organisation=desk.field("organisaatio") or (options[0][0] if len(options) == 1 else ""),
        numbers=desk.field("numerot"),
        takes=desk.field("ota") == "k",
        reason=desk.field("syy"),
        permission=settings.vtj_permission,
        connected=bool(settings.vtj_changes_url),
        left=max(settings.vtj_basic_daily_most - asked, 0),
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
    )


def _state(desk: Desk, error: RekisteriError | None = None) -> Response:
    run_id = desk.path_id("run_id")
    try:
        after = UUID(desk.query("alkaen")) if desk.query("alkaen") else NOBODY
    except ValueError:
        raise Missing from None
    with desk.register.door.read(desk.viewer, Action.VTJ_WORK, desk.purpose, case=desk.case) as tx:
        done = vtj.checked(tx, run_id)
        lines = vtj.checked_lines(tx, run_id, after, LINES_SHOWN + 1)
    running = done.run.state == "running"
    if desk.partial and running:
        return desk.show("part/vtj_many.html", check=done)
    if desk.partial:
        return desk.go(f"/vtj/joukko/{run_id}")
    return desk.show(
        "vtj_checked.html",
        status=error.status if error else 200,
        check=done,
        told=desk.face.phrases.retell(done.run.told, desk.tongue.code) if done.run.told else None,
        running=running,
        lines=lines[:LINES_SHOWN],
        next=lines[LINES_SHOWN - 1].party_id if len(lines) > LINES_SHOWN else None,
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
    )


PAGES = (
    Page("/vtj/joukko", ask, Action.VTJ_WORK, leads_to=Action.VTJ_FOLLOW),
    Page("/vtj/joukko", order, Action.VTJ_FOLLOW, "POST", body_max=FORM_MAX_BYTES),
    Page("/vtj/joukko/{run_id}", state, Action.VTJ_WORK),
    Page("/vtj/joukko/{run_id}", go_on, Action.VTJ_FOLLOW, "POST"),
)
