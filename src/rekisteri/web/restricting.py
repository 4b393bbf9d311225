"""Restriction of processing in the pages: carried out from a request, excepted from, foretold, lifted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from starlette.responses import Response

from rekisteri import access, rights
from rekisteri.access import Action, Excuse, Ground, Write
from rekisteri.catalogue import Purpose
from rekisteri.ground import clock
from rekisteri.ground.errors import Conflict, Missing, Rejected, RekisteriError
from rekisteri.web import requests
from rekisteri.web.desk import Desk, Page, names_of


def restrict(desk: Desk) -> Response:
    """Restrict the processing as was asked."""
    ground = requests.one_of(Ground, desk.field("peruste"))
    return requests.done(
        desk,
        "rajoitettu",
        lambda tx: rights.restrict(tx, desk.path_id("request_id"), ground, desk.field("vastaus")),
    )


def one(desk: Desk) -> Response:
    """One restriction: the exceptions from it, and how it ends."""
    return _one(desk)


def _one(desk: Desk, error: RekisteriError | None = None) -> Response:
    door = desk.register.door
    with door.read(desk.viewer, Action.RIGHTS_RESTRICT, desk.purpose, case=desk.case) as tx:
        found = access.restriction(tx, _id(desk))
        uses = access.exemptions(tx, found.id)
        names = names_of(access.organisations(tx))
        today = clock.day(tx.at)
        tx.saw(found.party_id)
    return desk.show(
        "restriction.html",
        status=error.status if error else 200,
        found=found,
        uses=uses,
        names=names,
        today=today,
        excuses=list(Excuse),
        uses_for=[Purpose.INVOICING, Purpose.COLLECTION],
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
    )


def exempt(desk: Desk) -> Response:
    """Record that the data may be used all the same."""
    whose = desk.field("organisaatio")

    def act(tx: Write) -> object:
        return access.exempt(
            tx,
            _id(desk),
            purpose=requests.one_of(Purpose, desk.field("kaytto")),
            ground=requests.one_of(Excuse, desk.field("peruste")),
            reason=desk.field("miksi"),
            organisation_id=int(whose) if whose.isdigit() else None,
            until_on=_day(desk.field("asti")),
        )

    return _done(desk, "poikkeus", act)


def end_exemption(desk: Desk) -> Response:
    """End an exception."""

    def act(tx: Write) -> None:
        try:
            exemption_id = UUID(desk.field("poikkeus"))
        except ValueError as error:
            raise Missing from error
        access.end_exemption(tx, exemption_id)

    return _done(desk, "poikkeus_paatetty", act)


def foretell(desk: Desk) -> Response:
    """Write down that the person was told when the restriction will be lifted."""

    def act(tx: Write) -> None:
        lifts_on = _day(desk.field("paiva"))
        if lifts_on is None:
            raise Rejected("The person is told before: give a day after today.", field="lifts_on")
        rights.foretell(tx, _id(desk), lifts_on=lifts_on, how=desk.field("miten"))

    return _done(desk, "kerrottu", act)


def lift(desk: Desk) -> Response:
    """Lift the restriction."""
    return _done(desk, "rajoitus_poistettu", lambda tx: rights.lift(tx, _id(desk), desk.field("miksi")))


def _done(desk: Desk, done: str, act: Callable[[Write], object]) -> Response:
    try:
        with desk.write() as tx:
            act(tx)
    except (Rejected, Conflict) as error:
        return _one(desk, error)
    return desk.go(f"/tietosuoja/rajoitukset/{_id(desk)}", done=done)


def _id(desk: Desk) -> UUID:
    return desk.path_id("restriction_id")


def _day(text: str) -> date | None:
    """A day of a date picker; None for none. Raises ``Rejected`` for what is no day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Rejected("That is no day; choose it from the calendar.", field="day") from error


PAGES = (
    Page("/tietosuoja/pyynnot/{request_id}/rajoitus", restrict, Action.RIGHTS_RESTRICT, "POST"),
    Page("/tietosuoja/rajoitukset/{restriction_id}", one, Action.RIGHTS_RESTRICT),
    Page("/tietosuoja/rajoitukset/{restriction_id}/poikkeus", exempt, Action.RIGHTS_RESTRICT, "POST"),
    Page("/tietosuoja/rajoitukset/{restriction_id}/poikkeuksen-paattaminen", end_exemption, Action.RIGHTS_RESTRICT, "POST"),
    Page("/tietosuoja/rajoitukset/{restriction_id}/ilmoitus", foretell, Action.RIGHTS_RESTRICT, "POST"),
    Page("/tietosuoja/rajoitukset/{restriction_id}/poisto", lift, Action.RIGHTS_RESTRICT, "POST"),
)  # fmt: skip
