"""Signing in and out, proving anew who one is, and one's own sessions."""

from __future__ import annotations

from datetime import datetime
from threading import BoundedSemaphore
from typing import Annotated
from uuid import UUID

from fastapi import Path, Request
from pydantic import Field
from starlette.responses import Response

from rekisteri import access
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
    code: str = Field(default="", max_length=40, description="The second factor's, for accounts that have one.")


class ProofQuestion(Question):
    """The password, and code, of the account that is signed in."""

    password: str = Field(min_length=1, max_length=200, examples=["1a2b-3c4d-5e6f-7a8b"])
    code: str = Field(default="", max_length=40, description="The second factor's, for accounts that have one.")


class PasswordQuestion(ProofQuestion):
    """The password in use, and another to use instead."""

    fresh: str = Field(min_length=1, max_length=200, examples=["9a8b-7c6d-5e4f-3a2b"])


class SessionAnswer(Answer):
    """A session: send its token as ``Authorization: Bearer`` until it ends."""

    token: str = Field(examples=["u0Xk3…"])
    expires_at: datetime
    purposes: list[Purpose] = Field(description="What the caller may name as purpose, the usual one first.")
    roles: list[Role]
    every_organisation: bool
    organisation_ids: list[int]
    change_password: bool = Field(
        default=False, description="Somebody else made the password: change it, nothing else is answered before."
    )


class TokenAnswer(Answer):
    """The session's next token; the one it was asked with is worth nothing any more."""

    token: str = Field(examples=["u0Xk3…"])


class WhoAnswer(Answer):
    """Who is signed in."""

    id: UUID
    account: str
    name: str
    expires_at: datetime
    authenticated_at: datetime | None = Field(description="When they last proved who they are.")
    purposes: list[Purpose]
    roles: list[Role]
    every_organisation: bool
    organisation_ids: list[int]


class OwnSessionAnswer(Answer):
    """One of the caller's sessions."""

    id: UUID
    this: bool = Field(description="Whether it is the one that asks.")
    channel: str = Field(examples=["web"])
    method: str = Field(examples=["password"])
    opened_at: datetime
    authenticated_at: datetime
    used_at: datetime
    expires_at: datetime


class OwnSessionsAnswer(Answer):
    """The caller's sessions, the one used last first."""

    sessions: list[OwnSessionAnswer]


def proving() -> BoundedSemaphore:
    """The turnstile of sign-in, one an application."""
    return BoundedSemaphore(AT_ONCE)


@desk.post("/session", Action.SESSION_OPEN, SessionAnswer, status=201, guarded=False)
def open_session(question: SignInQuestion, request: Request, caller: Calling) -> Response:
    """Sign in.

    A session ends by itself when it is not used; five wrong passwords close the account for a while.
    """
    with request.app.state.proving:
        token, session = caller.register.sign_in.open(
            question.account, question.password, "api", caller.language, code=question.code
        )
    viewer = session.viewer
    answer = SessionAnswer(
        token=token,
        expires_at=session.expires_at,
        purposes=list(viewer.purposes()),
        roles=sorted(viewer.roles),
        every_organisation=viewer.every_organisation,
        organisation_ids=sorted(viewer.organisations),
        change_password=viewer.scope == access.UNTIL_CHANGED,
    )
    return told(answer, status=201)


@desk.get("/session", Action.ACCOUNT_OWN, WhoAnswer)
def who(caller: Calling) -> Response:
    """Who is signed in, with which rights, until when."""
    session = caller.session()
    with caller.read(Action.ACCOUNT_OWN):
        pass
    viewer = session.viewer
    answer = WhoAnswer(
        id=session.id,
        account=viewer.handle,
        name=viewer.name,
        expires_at=session.expires_at,
        authenticated_at=viewer.authenticated_at,
        purposes=list(viewer.purposes()),
        roles=sorted(viewer.roles),
        every_organisation=viewer.every_organisation,
        organisation_ids=sorted(viewer.organisations),
    )
    return told(answer)


@desk.post("/session/proof", Action.SESSION_OPEN, TokenAnswer)
def prove(question: ProofQuestion, request: Request, caller: Calling) -> Response:
    """Prove anew who you are.

    Acts that show an identity code or a protected value ask for it (problem `unproven`). The token changes.
    """
    caller.session()
    with request.app.state.proving:
        token = caller.register.sign_in.prove(caller.token or "", question.password, code=question.code)
    return told(TokenAnswer(token=token))


@desk.post("/session/password", Action.ACCOUNT_PROOF, TokenAnswer)
def change_password(question: PasswordQuestion, request: Request, caller: Calling) -> Response:
    """Change your password; your other sessions end and the token changes."""
    session = caller.session()
    with request.app.state.proving:
        token = caller.register.sign_in.prove(caller.token or "", question.password, code=question.code)
        caller.token = token
        with caller.write(Action.ACCOUNT_PROOF) as tx:
            access.change_own_password(tx, caller.register.hasher, question.fresh, session.id)
    return told(TokenAnswer(token=token))


@desk.get("/sessions", Action.ACCOUNT_OWN, OwnSessionsAnswer)
def sessions(caller: Calling) -> Response:
    """Your live sessions, in every face."""
    here = caller.session().id
    with caller.read(Action.ACCOUNT_OWN) as tx:
        found = access.own_sessions(tx)
    return told(
        OwnSessionsAnswer(
            sessions=[
                OwnSessionAnswer(
                    id=one.id,
                    this=one.id == here,
                    channel=one.channel,
                    method=one.method,
                    opened_at=one.opened_at,
                    authenticated_at=one.authenticated_at,
                    used_at=one.used_at,
                    expires_at=one.expires_at,
                )
                for one in found
            ]
        )
    )


@desk.route("DELETE", "/sessions/{session_id}", Action.ACCOUNT_OWN, status=204)
def end_session(session_id: Annotated[UUID, Path(description="Id of the session.")], caller: Calling) -> Response:
    """End one of your sessions, at once and everywhere."""
    with caller.write(Action.ACCOUNT_OWN) as tx:
        access.end_own_session(tx, session_id)
    return done()


@desk.route("DELETE", "/session", Action.SESSION_CLOSE, status=204)
def close_session(caller: Calling) -> Response:
    """Sign out; the token is worth nothing afterwards."""
    caller.session()
    caller.register.sessions.close(caller.token or "", caller.held)
    return done()
