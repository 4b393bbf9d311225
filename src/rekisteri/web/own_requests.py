"""The data subject's own cases and whom they may act for: ask, follow, withdraw, fetch the package; switch and come back."""

from __future__ import annotations

from starlette.responses import Response

from rekisteri import rights
from rekisteri.access import Action
from rekisteri.ground import clock
from rekisteri.ground.errors import Conflict, Missing, Rejected, RekisteriError
from rekisteri.rights import Represented
from rekisteri.web import forms
from rekisteri.web.desk import Desk, Page
from rekisteri.web.own import own, whose


def cases(desk: Desk, acting: Represented | None) -> Response:
    """My cases, and the way to open another."""
    return _cases(desk, acting)


def _cases(desk: Desk, acting: Represented | None, error: RekisteriError | None = None) -> Response:
    with desk.register.door.read(desk.viewer, Action.SELF_READ, desk.purpose) as tx:
        tx.saw(whose(tx))
        found = rights.own_requests(tx)
        today = clock.day(tx.at)
    return desk.show(
        "own_requests.html",
        status=error.status if error else 200,
        found=found,
        today=today,
        kinds=list(rights.Kind),
        chosen=desk.field("laji") or desk.query("laji"),
        words=desk.field("sanat"),
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
        acting=acting,
    )


def ask(desk: Desk, acting: Represented | None) -> Response:
    """Open a case; what is asked for is kept sealed."""
    try:
        kind = rights.Kind(desk.field("laji"))
    except ValueError as error:
        raise Missing from error
    try:
        with desk.write() as tx:
            made = rights.ask_own(tx, desk.register.vault, kind, desk.field("sanat"), language=desk.tongue.code)
    except (Rejected, Conflict) as error:
        return _cases(desk, acting, error)
    return desk.go(f"/omat/pyynnot/{made.id}", done="oma_pyynto")


def case(desk: Desk, acting: Represented | None) -> Response:
    """One case: where it stands, what was done, what was answered; who did it is not told."""
    request_id = desk.path_id("request_id")
    with desk.read() as tx:
        tx.saw(whose(tx))
        found = rights.own_request(tx, request_id)
        words = rights.asked(tx, desk.register.vault, request_id)
        steps = rights.steps(tx, request_id)
        today = clock.day(tx.at)
    return desk.show("own_request.html", found=found, words=words, steps=steps, today=today, acting=acting)


def withdraw(desk: Desk, acting: Represented | None) -> Response:
    """Take a case back."""
    with desk.write() as tx:
        rights.withdraw_own(tx, desk.path_id("request_id"), desk.say("Pyytäjä perui pyynnön."))
    return desk.go("/omat/pyynnot", done="pyynto_peruttu")


def package(desk: Desk, acting: Represented | None) -> Response:
    """The access package of one's own case, as PDF or JSON; for whoever has just proved who they are."""
    house = desk.register.declared().house
    door, vault = desk.register.door, desk.register.vault
    with door.read(desk.viewer, Action.SELF_REPRESENT, desk.purpose) as tx:
        withheld = rights.withheld_names(tx, vault, whose(tx))
    with desk.write() as tx:
        made = rights.own_package(
            tx,
            vault,
            desk.path_id("request_id"),
            house=house.controller.name,
            sent=desk.register.sent,
            withheld=withheld,
            hidden=frozenset() if acting is None else acting.hidden,
        )
    if desk.field("muoto") == "json":
        return _file(made.machine, "application/json", "omat-tiedot.json")
    return _file(made.paper, "application/pdf", f"omat-tiedot-{made.language}.pdf")


def _file(body: bytes, media_type: str, name: str) -> Response:
    return Response(body, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})


def whom(desk: Desk) -> Response:
    """Whom I may act for, and for whom I act now."""
    with desk.read() as tx:
        found = rights.represented(tx, desk.register.vault)
        acting = next((one for one in found if one.party_id == desk.viewer.acts_for), None)
    return desk.show("own_whom.html", found=found, acting=acting, stale=desk.viewer.acts_for is not None and not acting)


def switch(desk: Desk) -> Response:
    """Act for somebody from now on, or for oneself again; the session's token changes."""
    wanted = forms.identifier(desk.field("kuka"))
    with desk.read() as tx:
        among = {one.party_id: one for one in rights.represented(tx, desk.register.vault)}
        chosen = next((one for one in among if one == wanted), None)
        if wanted is not None and chosen is None:
            raise Missing("You represent nobody of that kind in this register.")
        if chosen is not None:
            tx.saw(chosen)
        tx.note(switched=True)
    cookies = desk.face.cookies
    token = desk.register.sessions.represent(desk.request.cookies.get(cookies.session, ""), chosen, among)
    response = desk.go("/omat", done="omana" if chosen is None else "edustat")
    cookies.put(response, cookies.session, token)
    return response


PAGES = (
    Page("/omat/pyynnot", own(cases), Action.SELF_READ),
    Page("/omat/pyynnot", own(ask), Action.SELF_ASK, "POST"),
    Page("/omat/pyynnot/{request_id}", own(case), Action.SELF_READ),
    Page("/omat/pyynnot/{request_id}/peru", own(withdraw), Action.SELF_ASK, "POST"),
    Page("/omat/pyynnot/{request_id}/paketti", own(package), Action.SELF_PACKAGE, "POST"),
    Page("/omat/edustus", whom, Action.SELF_REPRESENT),
    Page("/omat/edustus", switch, Action.SELF_REPRESENT, "POST"),
)
