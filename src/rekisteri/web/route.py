"""From a request to a page and back: identify, check the form, answer every refusal alike."""

from __future__ import annotations

import traceback
from contextlib import AbstractAsyncContextManager
from functools import partial

import structlog
from anyio import CapacityLimiter, to_thread
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rekisteri.access import Action, Session
from rekisteri.ground.errors import Refused, Rejected, RekisteriError, Unidentified, Unproven
from rekisteri.tongues import Tongue, choose
from rekisteri.web import guard
from rekisteri.web.account import to_proof
from rekisteri.web.desk import FIELDS_MAX, Desk, Face, Page

HASHING_AT_ONCE = 2
"""Password hashing takes a processor for a tenth of a second; more at once would starve the pages."""
OWN_SIGN_IN = frozenset({Action.ACCOUNT_OWN, Action.ACCOUNT_PROOF, Action.SESSION_OPEN, Action.SESSION_CLOSE})
"""Acts on one's own sign-in: a data subject has one too, and no role that carries them. Their pages meet both."""
_log = structlog.get_logger("rekisteri.web")


def route(face: Face, page: Page, hashing: CapacityLimiter) -> Route:
    """The Starlette route of a page."""
    limiter = hashing if page.hashes_passwords else None

    async def endpoint(request: Request) -> Response:
        return await _answer(face, page, request, limiter)

    methods = [page.method] if page.method != "GET" else ["GET", "HEAD"]
    return Route(page.path, endpoint, methods=methods, name=f"{page.method} {page.path}")


async def _answer(face: Face, page: Page, request: Request, limiter: CapacityLimiter | None) -> Response:
    try:
        if page.method == "GET":
            return await to_thread.run_sync(partial(_serve, face, page, request, FormData()))
        guard.check_origin(request)
        # Who is not signed in may not make us read a body of a gigabyte.
        if not page.open:
            await to_thread.run_sync(partial(_identify, face, request))
        async with _form(request, page) as form:
            return await to_thread.run_sync(partial(_serve, face, page, request, form), limiter=limiter)
    except RekisteriError as error:
        return await to_thread.run_sync(partial(refusal, face, page, request, error))


def _form(request: Request, page: Page) -> AbstractAsyncContextManager[FormData]:
    length = guard.content_length(request.headers)
    if length is None:
        raise Rejected("The form does not say how long it is; send it from the page.")
    if length > page.body_max:
        raise Rejected(f"That is too much at once; at most {page.body_max // 2**20 or 1} MiB is taken.")
    return request.form(max_files=1, max_fields=FIELDS_MAX)


def _serve(face: Face, page: Page, request: Request, form: FormData) -> Response:
    desk = _seat(face, page, request, form)
    response = _handle(desk)
    if desk.secret is not None and desk.secret not in request.cookies.values():
        face.cookies.put(response, face.cookies.visit, desk.secret)
    return response


def _handle(desk: Desk) -> Response:
    page = desk.page
    try:
        if not page.open and desk.session is None:
            raise Unidentified
        if page.method != "GET":
            given = desk.request.headers.get("x-csrf-token") or desk.field(guard.FORM_TOKEN)
            guard.check_form(desk.register.vault, desk.secret, given)
        # Before anything is read of what was asked: whoever may not is told that alone, be there such a thing or not.
        for action in (page.leads_to, page.action):
            if action is not None and action not in OWN_SIGN_IN and not page.open and not desk.can(action):
                # The door records the refusal as it gives it.
                with desk.register.door.read(desk.viewer, action, desk.purpose, case=desk.case):
                    pass
        return page.handler(desk)
    except RekisteriError as error:
        return _tell(desk, error)
    except Exception as error:
        # The message of a stranger may quote a row; where it happened is told, what was said is not.
        frames = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
        _log.error("page_failed", page=page.path, error=type(error).__name__, frames=frames[-6:])
        return _tell(desk, RekisteriError("Something unexpected happened, and it has been noted. Try again."))


def _identify(face: Face, request: Request) -> Session:
    return face.register.sessions.resume(request.cookies.get(face.cookies.session, ""))


def _seat(face: Face, page: Page, request: Request, form: FormData) -> Desk:
    token = request.cookies.get(face.cookies.session)
    session: Session | None = None
    if token:
        try:
            session = face.register.sessions.resume(token)
        except Unidentified:
            token = None
    secret = token or request.cookies.get(face.cookies.visit)
    if secret is None and page.open and page.method == "GET":
        secret = guard.visit_token()
    return Desk(face, page, request, form, session, secret, _tongue(face, request, session))


def _tongue(face: Face, request: Request, session: Session | None) -> Tongue:
    wish = session.language if session else request.cookies.get(face.cookies.language)
    return face.tongues[choose(wish, accept=request.headers.get("accept-language", ""))]


def refusal(face: Face, page: Page, request: Request, error: RekisteriError) -> Response:
    """The page that tells a refusal which came before there was a desk."""
    try:
        desk = _seat(face, page, request, FormData())
    except RekisteriError:
        # The database is away: nobody can be known, and the page must still be told.
        desk = Desk(face, page, request, FormData(), None, None, _tongue(face, request, None))
    return _tell(desk, error)


def _tell(desk: Desk, error: RekisteriError) -> Response:
    if isinstance(error, Unidentified) and not desk.page.open:
        return _to_sign_in(desk)
    if isinstance(error, Unproven):
        return to_proof(desk)
    said = desk.face.phrases.tell(error, desk.tongue.code)
    template = "part/fault.html" if desk.partial else "error.html"
    others = desk.purposes_for(_wanted(desk)) if isinstance(error, Refused) and desk.session else []
    return desk.show(template, status=error.status, said=said, error=error, purposes=others)


def _wanted(desk: Desk) -> Action:
    return desk.page.leads_to or desk.page.action or Action.CATALOGUE_READ


def _to_sign_in(desk: Desk) -> Response:
    target = desk.here if desk.request.method == "GET" and not desk.partial else "/"
    response = desk.go(f"/kirjaudu?{guard.next_query(target)}")
    desk.face.cookies.drop(response, desk.face.cookies.session)
    return response
