"""Retention in the pages: the classes with their law, what the last runs let go, legal holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from starlette.responses import Response

from rekisteri import rights
from rekisteri.access import Action, Write
from rekisteri.catalogue import RETENTIONS
from rekisteri.ground import clock
from rekisteri.ground.errors import Missing, Rejected, RekisteriError
from rekisteri.web.desk import Desk, Page


def show(desk: Desk) -> Response:
    """How long everything is kept, and what has left."""
    return _show(desk)


def _show(desk: Desk, error: RekisteriError | None = None) -> Response:
    door = desk.register.door
    with door.read(desk.viewer, Action.RETENTION_READ, desk.purpose, case=desk.case) as tx:
        runs = rights.runs(tx)
        today = clock.day(tx.at)
    found: list[rights.Hold] = []
    if desk.can(Action.RIGHTS_HOLD):
        with door.read(desk.viewer, Action.RIGHTS_HOLD, desk.purpose, case=desk.case) as tx:
            found = rights.holds(tx)
            tx.saw(*(one.party_id for one in found))
    return desk.show(
        "retention.html",
        status=error.status if error else 200,
        classes=RETENTIONS,
        runs=runs,
        holds=found,
        today=today,
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
    )


def hold(desk: Desk) -> Response:
    """Hold everything of a customer."""

    def act(tx: Write) -> None:
        rights.hold(tx, _uuid(desk.field("asiakas")), desk.field("miksi"), _day(desk.field("asti")))

    return _done(desk, "pidetaan", act)


def release(desk: Desk) -> Response:
    """End a hold."""
    return _done(desk, "pito_paatetty", lambda tx: rights.release(tx, _uuid(desk.field("pito"))))


def _done(desk: Desk, done: str, act: Callable[[Write], object]) -> Response:
    try:
        with desk.write() as tx:
            act(tx)
    except (Rejected, Missing) as error:
        return _show(desk, error)
    return desk.go("/tietosuoja/sailytys", done=done)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Missing from error


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Rejected("That is no day; choose it from the calendar.", field="day") from error


PAGES = (
    Page("/tietosuoja/sailytys", show, Action.RETENTION_READ),
    Page("/tietosuoja/sailytys/pito", hold, Action.RIGHTS_HOLD, "POST"),
    Page("/tietosuoja/sailytys/pidon-paattaminen", release, Action.RIGHTS_HOLD, "POST"),
)
