"""Coming in by an identity provider: staff by their organisation's, data subjects by strong identification."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from rekisteri.access import Action, Whom
from rekisteri.catalogue import Role
from rekisteri.ground.errors import Missing, RekisteriError, Unavailable, Unidentified
from rekisteri.web import guard
from rekisteri.web.desk import Desk, Page
from rekisteri.web.entrance import base, front_of, sign_in_page

ERRAND_S = 600
CALLBACK = "/kirjaudu/palvelu/{provider}/paluu"


def identify(desk: Desk) -> Response:
    """How a data subject is identified: the providers of strong identification."""
    if desk.session is not None and Role.SUBJECT in desk.viewer.roles:
        return desk.go("/omat")
    return _identify(desk)


def _identify(desk: Desk, error: RekisteriError | None = None) -> Response:
    said = desk.face.phrases.tell(error, desk.tongue.code) if error else None
    return desk.show(
        "identify.html",
        status=error.status if error else 200,
        said=said,
        providers=desk.register.arrivals.providers(Whom.SUBJECT),
    )


def depart(desk: Desk) -> Response:
    """Out to an identity provider; with a session and ``vahvista``, to prove anew who holds it."""
    again = desk.session if desk.query("vahvista") == "k" else None
    try:
        errand = desk.register.arrivals.begin(
            _provider(desk),
            back=_back(desk),
            target=guard.local(desk.query("seuraava")),
            language=desk.tongue.code,
            session=again,
        )
    except Unavailable as error:
        return sign_in_page(desk, "", error=error)
    response = RedirectResponse(errand.address, status_code=303)
    desk.face.cookies.put_lax(response, desk.face.cookies.errand, errand.browser, max_age=ERRAND_S)
    return response


def arrive(desk: Desk) -> Response:
    """Back from the provider. The page goes on by itself: only what this site asks for carries its strict cookies."""
    cookies = desk.face.cookies
    browser = desk.request.cookies.get(cookies.errand, "")
    try:
        arrival = desk.register.arrivals.finish(
            _provider(desk), dict(desk.request.query_params), browser=browser, back=_back(desk)
        )
    except Missing as error:
        return _turned_away(_identify(desk, error), desk)
    except (Unidentified, Unavailable) as error:
        return _turned_away(sign_in_page(desk, "", error=error), desk)
    viewer = arrival.session.viewer
    target = arrival.target if arrival.target != "/" else front_of(viewer)
    response = desk.show("arrived.html", target=target, name=viewer.name)
    cookies.put(response, cookies.session, arrival.token)
    cookies.put(response, cookies.language, arrival.session.language, max_age=guard.YEAR_S)
    cookies.drop(response, cookies.visit)
    cookies.drop(response, cookies.errand)
    return response


def _turned_away(response: Response, desk: Desk) -> Response:
    desk.face.cookies.drop(response, desk.face.cookies.errand)
    return response


def _provider(desk: Desk) -> str:
    return str(desk.request.path_params["provider"])


def _back(desk: Desk) -> str:
    """Where the provider sends the browser back to."""
    return base(desk) + CALLBACK.format(provider=_provider(desk))


PAGES = (
    Page("/tunnistaudu", identify, Action.SESSION_OPEN, open=True),
    Page("/kirjaudu/palvelu/{provider}", depart, Action.SESSION_OPEN, open=True),
    Page(CALLBACK, arrive, Action.SESSION_OPEN, open=True),
)
