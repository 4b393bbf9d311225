"""One's own account: rights, sessions, password and second factor; and proving anew who one is."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from starlette.responses import Response

from rekisteri import access
from rekisteri.access import Action, Session
from rekisteri.ground.errors import Conflict, Missing, Rejected, RekisteriError, Unidentified
from rekisteri.web import guard
from rekisteri.web.desk import Desk, Page, names_of


def own(desk: Desk) -> Response:
    """Who is signed in, with which rights until when, and their sessions."""
    return _own(desk)


def _own(desk: Desk, error: RekisteriError | None = None) -> Response:
    with desk.register.door.read(desk.viewer, Action.ACCOUNT_OWN, desk.purpose) as tx:
        rights = access.grants(tx, desk.viewer.handle)
        sessions = access.own_sessions(tx)
        factor = access.has_factor(tx, desk.viewer.handle)
        at = tx.at
    with desk.register.door.read(desk.viewer, Action.ORGANISATION_READ, desk.purpose) as tx:
        names = names_of(access.organisations(tx))
    said = desk.face.phrases.tell(error, desk.tongue.code) if error else None
    return desk.show(
        "own_account.html",
        status=error.status if error else 200,
        said=said,
        rights=rights,
        names=names,
        sessions=sessions,
        here=_session(desk).id,
        factor=factor,
        at=at,
    )


def end_session(desk: Desk) -> Response:
    """End one of one's sessions; ending the one in use is signing out."""
    session_id = desk.path_id("session_id")
    with desk.write() as tx:
        access.end_own_session(tx, session_id)
    return desk.go("/tili", done="istunto_paatetty")


def change_password(desk: Desk) -> Response:
    """Another password, for who gives the one in use."""
    cookies = desk.face.cookies
    fresh = desk.form.get("uusi")
    try:
        viewer = desk.viewer
        access.check_password(fresh if isinstance(fresh, str) else "", viewer.handle, viewer.name)
        token, proved = _proved(desk)
        with desk.register.door.write(proved.viewer, Action.ACCOUNT_PROOF, desk.purpose) as tx:
            access.change_own_password(tx, desk.register.hasher, str(fresh), proved.id)
    except (Rejected, Unidentified) as error:
        return _own(desk, error)
    response = desk.go("/tili", done="salasana")
    cookies.put(response, cookies.session, token)
    return response


def begin_factor(desk: Desk) -> Response:
    """Show a device the secret of a second factor."""
    try:
        with desk.write() as tx:
            enrolment = access.enrol_for(tx, desk.register.vault, desk.viewer.handle)
    except Conflict as error:
        return _own(desk, error)
    return desk.show("factor.html", enrolment=enrolment, ticket="", said=None, target="/tili/vahvistin/koodi")


def confirm_factor(desk: Desk) -> Response:
    """The device's first code: from the next sign-in on one is asked for."""
    try:
        with desk.write() as tx:
            codes = access.confirm_for(tx, desk.register.vault, desk.viewer.handle, desk.field("koodi"))
    except Missing as error:
        return _own(desk, error)
    except Rejected as error:
        return _factor_again(desk, error)
    return desk.show("recovery_codes.html", codes=codes, onward="/tili")


def _factor_again(desk: Desk, error: Rejected) -> Response:
    said = desk.face.phrases.tell(error, desk.tongue.code)
    with desk.write() as tx:
        enrolment = access.pending_for(tx, desk.register.vault, desk.viewer.handle)
    return desk.show(
        "factor.html", status=error.status, enrolment=enrolment, ticket="", said=said, target="/tili/vahvistin/koodi"
    )


def proof_form(desk: Desk) -> Response:
    """The form that asks for a proof anew, before an act that needs one."""
    return _proof_form(desk, guard.local(desk.query("seuraava")))


def prove(desk: Desk) -> Response:
    """Prove anew who one is; the session's token changes."""
    target = guard.local(desk.field("seuraava"))
    try:
        token, _ = _proved(desk)
    except Unidentified as error:
        return _proof_form(desk, target, error)
    response = desk.go(target)
    desk.face.cookies.put(response, desk.face.cookies.session, token)
    return response


def _proof_form(desk: Desk, target: str, error: Unidentified | None = None) -> Response:
    said = desk.face.phrases.tell(error, desk.tongue.code) if error else None
    return desk.show("proof.html", status=error.status if error else 200, said=said, target=target)


def _proved(desk: Desk) -> tuple[str, Session]:
    """The session's next token, and the session as it is then. Raises ``Unidentified``."""
    password = desk.form.get("salasana")
    token = desk.register.sign_in.prove(
        desk.request.cookies.get(desk.face.cookies.session, ""),
        password if isinstance(password, str) else "",
        code=desk.field("koodi"),
    )
    return token, desk.register.sessions.resume(token)


def _session(desk: Desk) -> Session:
    if desk.session is None:
        raise Unidentified
    return desk.session


def to_proof(desk: Desk) -> Response:
    """On to the page that asks for a proof anew, and from there back to where the act was asked for."""
    request = desk.request
    if request.method == "GET" and not desk.partial:
        target = desk.here
    else:
        came = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer", ""))
        target = guard.local(f"{came.path}?{came.query}" if came.query else came.path)
    return desk.go(f"/kirjaudu/vahvista?{urlencode({'seuraava': target})}")


PAGES = (
    Page("/tili", own, Action.ACCOUNT_OWN),
    Page("/tili/istunto/{session_id}/paata", end_session, Action.ACCOUNT_OWN, "POST"),
    Page("/tili/salasana", change_password, Action.ACCOUNT_PROOF, "POST", hashes_passwords=True),
    Page("/tili/vahvistin", begin_factor, Action.ACCOUNT_PROOF, "POST"),
    Page("/tili/vahvistin/koodi", confirm_factor, Action.ACCOUNT_PROOF, "POST"),
    Page("/kirjaudu/vahvista", proof_form, Action.SESSION_OPEN),
    Page("/kirjaudu/vahvista", prove, Action.SESSION_OPEN, "POST", hashes_passwords=True),
)
