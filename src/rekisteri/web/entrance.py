"""Coming and going: sign in and out, language, purpose and case; the front page; health."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import JSONResponse, RedirectResponse, Response

from rekisteri.access import UNTIL_CHANGED, Action, Session, Unenrolled, Viewer, Whom, decide_case
from rekisteri.catalogue import Purpose
from rekisteri.ground.errors import Missing, Rejected, RekisteriError, Unavailable, Unidentified
from rekisteri.tongues import LANGUAGES
from rekisteri.web import guard
from rekisteri.web.desk import Desk, Page

CHANNEL = "web"
_FRONT = (
    (Action.CUSTOMER_SEARCH, "/haku"),
    (Action.AUDIT_SEARCH, "/loki"),
    (Action.ACCOUNT_MANAGE, "/hallinta"),
    (Action.SELF_READ, "/omat"),
)
"""Where each viewer's day begins: the first they may do."""


def front(desk: Desk) -> Response:
    """The page a viewer's day begins with."""
    return desk.go(front_of(desk.session.viewer if desk.session else None))


def front_of(viewer: Viewer | None) -> str:
    """Where a viewer's day begins."""
    if viewer is None:
        return "/kirjaudu"
    if viewer.scope == UNTIL_CHANGED:
        return "/tili"
    return next((path for action, path in _FRONT if viewer.may(action)), "/tietue")


def sign_in_form(desk: Desk) -> Response:
    """The sign-in form; who is signed in goes on."""
    if desk.session is not None:
        return desk.go(guard.local(desk.query("seuraava")))
    return sign_in_page(desk, desk.query("seuraava"))


def sign_in(desk: Desk) -> Response:
    """Open a session, or show the form again with what was wrong."""
    target = desk.field("seuraava")
    handle = desk.field("tunnus")
    password = desk.form.get("salasana")
    try:
        token, session = desk.register.sign_in.open(
            handle,
            password if isinstance(password, str) else "",
            CHANNEL,
            desk.tongue.code,
            code=desk.field("koodi"),
        )
    except Unenrolled as missing:
        return _factor_form(desk, missing.ticket)
    except Unidentified as error:
        return sign_in_page(desk, target, handle=handle, error=error)
    path = guard.local(target)
    if session.viewer.scope == UNTIL_CHANGED:
        response = desk.go(front_of(session.viewer), done="vaihda_salasana")
    else:
        response = desk.go(path if path != "/" else front_of(session.viewer))
    _let_in(desk, response, token, session)
    return response


def _let_in(desk: Desk, response: Response, token: str, session: Session) -> None:
    cookies = desk.face.cookies
    cookies.put(response, cookies.session, token)
    cookies.put(response, cookies.language, session.language, max_age=guard.YEAR_S)
    cookies.drop(response, cookies.visit)


def enrol(desk: Desk) -> Response:
    """The first code of a device, from who must have one to come in: a session, and recovery codes shown once."""
    ticket = desk.field("lippu")
    try:
        token, session, codes = desk.register.sign_in.enrol(ticket, desk.field("koodi"), CHANNEL, desk.tongue.code)
    except Rejected as error:
        return _factor_form(desk, ticket, error)
    except (Unidentified, Missing) as error:
        return sign_in_page(desk, "", error=error)
    response = desk.show("recovery_codes.html", codes=codes, onward=front_of(session.viewer))
    _let_in(desk, response, token, session)
    return response


def _factor_form(desk: Desk, ticket: str, error: Rejected | None = None) -> Response:
    said = desk.face.phrases.tell(error, desk.tongue.code) if error else None
    enrolment = desk.register.sign_in.enrolment(ticket)
    return desk.show(
        "factor.html",
        status=error.status if error else 200,
        enrolment=enrolment,
        ticket=ticket,
        said=said,
        target="/kirjaudu/vahvistin",
    )


def sign_in_page(desk: Desk, target: str, *, handle: str = "", error: RekisteriError | None = None) -> Response:
    """The ways in, with what was wrong with the one tried."""
    said = desk.face.phrases.tell(error, desk.tongue.code) if error else None
    return desk.show(
        "sign_in.html",
        status=error.status if error else 200,
        said=said,
        handle=handle,
        target=target,
        providers=desk.register.arrivals.providers(Whom.STAFF),
        subjects=desk.register.arrivals.providers(Whom.SUBJECT),
    )


def sign_out(desk: Desk) -> Response:
    """Close the session and have the browser forget every page it was shown."""
    cookies = desk.face.cookies
    desk.face.searches.forget(desk.viewer.account_id)
    desk.register.sessions.close(desk.request.cookies.get(cookies.session, ""))
    onward = _provider_way_out(desk)
    response = (
        desk.go("/kirjaudu", done="kirjauduttu_ulos")
        if onward is None
        else replace(desk, session=None).show("left.html", onward=onward)
    )
    for name in (cookies.session, cookies.case):
        cookies.drop(response, name)
    response.headers["clear-site-data"] = '"cache", "storage"'
    return response


def _provider_way_out(desk: Desk) -> str | None:
    """Where the session at the identity provider ends, for who came by one that offers it."""
    if desk.session is None or desk.session.provider is None:
        return None
    try:
        return desk.register.arrivals.way_out(desk.session, f"{base(desk)}/kirjaudu")
    except Unavailable:
        return None


def base(desk: Desk) -> str:
    """The register's address as it is called from outside."""
    url = desk.request.url
    return (desk.register.settings.public_url or f"{url.scheme}://{url.netloc}").rstrip("/")


def language(desk: Desk) -> Response:
    """Speak another language from now on, signed in or not."""
    wish = desk.field("kieli")
    if wish not in LANGUAGES:
        raise Rejected("The pages speak fi, sv and en; choose one of them.", field="kieli")
    cookies = desk.face.cookies
    if desk.session is not None:
        desk.register.sessions.prefer(desk.request.cookies.get(cookies.session, ""), language=wish)
    response = RedirectResponse(guard.local(desk.field("takaisin")), status_code=303)
    cookies.put(response, cookies.language, wish, max_age=guard.YEAR_S)
    return response


def purpose(desk: Desk) -> Response:
    """Work for another purpose, and on another case, from the next act on."""
    wish = desk.field("tarkoitus")
    if wish not in set(Purpose):
        raise Rejected("There is no such purpose; choose one from the list.", field="tarkoitus")
    case = " ".join(desk.field("asia").split())
    decide_case(case)
    cookies = desk.face.cookies
    desk.register.sessions.prefer(desk.request.cookies.get(cookies.session, ""), purpose=Purpose(wish))
    response = desk.go(guard.local(desk.field("takaisin")))
    if case:
        cookies.put(response, cookies.case, case)
    else:
        cookies.drop(response, cookies.case)
    return response


def keys(desk: Desk) -> Response:
    """The keys of the pages, as a page of its own: works without scripts too."""
    return desk.show("keys.html")


def health(desk: Desk) -> Response:
    """Whether the register answers, its database included; tells nothing else."""
    try:
        with desk.register.database.connection() as connection:
            connection.execute("select 1")
    except Unavailable:
        return JSONResponse({"status": "unavailable"}, status_code=503)
    return JSONResponse({"status": "ok"})


PAGES = (
    Page("/", front, None, open=True),
    Page("/kirjaudu", sign_in_form, Action.SESSION_OPEN, open=True),
    Page("/kirjaudu", sign_in, Action.SESSION_OPEN, "POST", open=True, hashes_passwords=True),
    Page("/kirjaudu/vahvistin", enrol, Action.SESSION_OPEN, "POST", open=True),
    Page("/kirjaudu/ulos", sign_out, Action.SESSION_CLOSE, "POST"),
    Page("/kieli", language, None, "POST", open=True),
    Page("/tarkoitus", purpose, None, "POST"),
    Page("/ohje", keys, None, open=True),
    Page("/health", health, None, open=True),
)
