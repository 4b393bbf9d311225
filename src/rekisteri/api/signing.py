"""Signing in and out."""

from __future__ import annotations

from datetime import datetime
from threading import BoundedSemaphore

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from rekisteri.access import Action
from rekisteri.api.calling import Calling
from rekisteri.api.desk import Answer, Desk, Question, done, told
from rekisteri.catalogue import Purpose, Role

desk = Desk("session")

AT_ONCE = 2
"""Sign-ins proved at once: each takes 64 MiB and a core for a tenth of a second."""


class SignInQuestion(Question):
    """An account and its password."""

    account: str = Field(min_length=1, max_length=63, examples=["maintainer"])
    password: str = Field(min_length=1, max_length=200, examples=["1a2b-3c4d-5e6f-7a8b"])


class SessionAnswer(Answer):
    """A session: send its token as ``Authorization: Bearer`` until it ends."""

    token: str = Field(examples=["u0Xk3…"])
    expires_at: datetime
    purposes: list[Purpose] = Field(description="What the caller may name as purpose, the usual one first.")
    roles: list[Role]
    every_organisation: bool
    organisation_ids: list[int]


def proving() -> BoundedSemaphore:
    """The turnstile of sign-in, one an application."""
    return BoundedSemaphore(AT_ONCE)


@desk.post("/session", Action.SESSION_OPEN, SessionAnswer, status=201, guarded=False)
def open_session(question: SignInQuestion, request: Request, caller: Calling) -> Response:
    """Sign in.

    A session ends by itself when it is not used; five wrong passwords close the account for a while.
    """
    with request.app.state.proving:
        token, session = caller.register.sign_in.open(question.account, question.password, "api", caller.language)
    viewer = session.viewer
    answer = SessionAnswer(
        token=token,
        expires_at=session.expires_at,
        purposes=list(viewer.purposes()),
        roles=sorted(viewer.roles),
        every_organisation=viewer.every_organisation,
        organisation_ids=sorted(viewer.organisations),
    )
    return told(answer, status=201)


@desk.route("DELETE", "/session", Action.SESSION_CLOSE, status=204)
def close_session(caller: Calling) -> Response:
    """Sign out; the token is worth nothing afterwards."""
    caller.session()
    caller.register.sign_in.close(caller.token or "")
    return done()
