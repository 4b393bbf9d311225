"""The face put together: pages, files, headers, and the answers to what no page answers."""

from __future__ import annotations

from functools import partial

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from rekisteri.ground.errors import Missing, Rejected
from rekisteri.tongues import load, phrasebook
from rekisteri.web import (
    account,
    administration,
    announce,
    arriving,
    asking,
    banks,
    card,
    correct,
    create,
    disclosures,
    emergencies,
    entrance,
    erasing,
    granting,
    history,
    imports,
    judge,
    layout,
    log,
    mandates,
    notices,
    oversight,
    own,
    own_requests,
    payers,
    reasons,
    recipients,
    requests,
    restricting,
    retaining,
    reviews,
    search,
    systems,
    vtj,
    vtj_many,
    work,
)
from rekisteri.web.deliveries import Deliveries
from rekisteri.web.desk import Face, Page
from rekisteri.web.guard import Cookies, SafeHeaders
from rekisteri.web.looks import STATIC, looks
from rekisteri.web.recall import Searches
from rekisteri.web.route import HASHING_AT_ONCE, refusal, route
from rekisteri.wiring import Register

PAGES: tuple[Page, ...] = (
    *entrance.PAGES,
    *account.PAGES,
    *arriving.PAGES,
    *search.PAGES,
    *create.PAGES,
    *history.PAGES,
    *vtj_many.PAGES,
    *vtj.PAGES,
    *correct.PAGES,
    *judge.PAGES,
    *card.PAGES,
    *imports.PAGES,
    *payers.PAGES,
    *reasons.PAGES,
    *work.PAGES,
    *announce.PAGES,
    *banks.PAGES,
    *mandates.PAGES,
    *log.PAGES,
    *emergencies.PAGES,
    *oversight.PAGES,
    *notices.PAGES,
    *disclosures.PAGES,
    *requests.PAGES,
    *restricting.PAGES,
    *erasing.PAGES,
    *retaining.PAGES,
    *asking.PAGES,
    *administration.PAGES,
    *granting.PAGES,
    *reviews.PAGES,
    *systems.PAGES,
    *recipients.PAGES,
    *own.PAGES,
    *own_requests.PAGES,
    *layout.PAGES,
)
"""Every page there is; the first whose path fits answers."""
NOWHERE = Page("/", lambda desk: desk.show("error.html"), None, open=True)


def application(register: Register) -> Starlette:
    """The web face of an opened register, to be mounted at ``/`` beside the API."""
    face = Face(
        register=register,
        cookies=Cookies(register.settings.over_tls),
        tongues=load(),
        phrases=phrasebook(),
        looks=looks(),
        searches=Searches(),
        deliveries=Deliveries(register),
    )
    hashing = CapacityLimiter(HASHING_AT_ONCE)

    async def lost(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        told = Missing("There is no such page; check the address.")
        other = Rejected("The page does not take that; open it from the menu.")
        tell = partial(refusal, face, NOWHERE, request, told if error.status_code == 404 else other)
        response = await to_thread.run_sync(tell)
        response.status_code = error.status_code
        return response

    return Starlette(
        routes=[
            *(route(face, page, hashing) for page in PAGES),
            Mount("/static", StaticFiles(directory=STATIC), name="static"),
        ],
        # Not compressed: a page carries secrets beside what others may choose (BREACH).
        middleware=[Middleware(SafeHeaders, secure=register.settings.over_tls)],
        exception_handlers={HTTPException: lost},
    )
