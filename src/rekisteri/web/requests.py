"""Data subjects' requests in the pages: the queue with its clock, one request, the access package."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID

from starlette.responses import Response

from rekisteri import access, parties, rights
from rekisteri.access import Action, Ground, Write
from rekisteri.catalogue import Purpose
from rekisteri.ground import clock
from rekisteri.ground.errors import Conflict, Missing, Rejected, RekisteriError
from rekisteri.parties import Shown
from rekisteri.web.desk import Desk, Page, names_of

GROUNDS = MappingProxyType(
    {
        rights.Kind.RESTRICTION: (Ground.ACCURACY, Ground.UNLAWFUL, Ground.CLAIMS, Ground.OBJECTION),
        rights.Kind.RECTIFICATION: (Ground.ACCURACY,),
        rights.Kind.OBJECTION: (Ground.OBJECTION,),
    }
)
"""On which grounds a request of a kind may bring a restriction."""


def queue(desk: Desk) -> Response:
    """What is open, those due first."""
    with desk.read() as tx:
        found = rights.requests(tx)
        whose = parties.heads(tx, {one.party_id for one in found if one.party_id is not None})
        tx.saw(*whose)
        today = clock.day(tx.at)
    return desk.show("requests.html", found=found, whose=whose, today=today)


def of_customer(desk: Desk) -> Response:
    """A customer's requests, and the form to open one."""
    return _of_customer(desk)


def _of_customer(desk: Desk, error: RekisteriError | None = None) -> Response:
    door, vault = desk.register.door, desk.register.vault
    with door.read(desk.viewer, Action.CUSTOMER_READ, desk.purpose, case=desk.case) as tx:
        card = parties.card(tx, vault, desk.party_id())
    with door.read(desk.viewer, Action.RIGHTS_REQUEST, desk.purpose, case=desk.case) as tx:
        found = rights.requests(tx, party_id=card.party_id, open_only=False)
        restrictions = access.restrictions(tx, card.party_id)
        today = clock.day(tx.at)
    return desk.show(
        "customer_requests.html",
        restrictions=restrictions,
        status=error.status if error else 200,
        card=card,
        found=found,
        today=today,
        kinds=list(rights.Kind),
        channels=[rights.Channel.IN_PERSON, rights.Channel.IN_WRITING],
        words=desk.field("sanat"),
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
    )


def open_(desk: Desk) -> Response:
    """Open a request of a customer."""
    words = desk.field("sanat")
    try:
        with desk.write() as tx:
            made = rights.open_request(
                tx,
                desk.register.vault,
                one_of(rights.Kind, desk.field("laji")),
                one_of(rights.Channel, desk.field("tapa")),
                party_id=desk.party_id(),
                language=desk.field("kieli") if desk.field("kieli") in rights.LANGUAGES else desk.tongue.code,
                asked={"words": words} if words else None,
            )
    except Rejected as error:
        return _of_customer(desk, error)
    return desk.go(f"/tietosuoja/pyynnot/{made.id}", done="avattu")


def one(desk: Desk) -> Response:
    """One request: what was asked, what was done, what comes next."""
    return _one(desk)


def shown(desk: Desk, error: RekisteriError) -> Response:
    """The request again, with why an act on it was not done."""
    return _one(desk, error)


def _one(desk: Desk, error: RekisteriError | None = None) -> Response:
    request_id = desk.path_id("request_id")
    with desk.register.door.read(desk.viewer, Action.RIGHTS_REQUEST, desk.purpose, case=desk.case) as tx:
        found = rights.request(tx, request_id)
        asked = rights.asked(tx, desk.register.vault, request_id)
        steps = rights.steps(tx, request_id)
        certificate = rights.certificate_of(tx, found)
        whose = parties.heads(tx, () if found.party_id is None else (found.party_id,))
        tx.saw(*whose)
        today = clock.day(tx.at)
    wished, now, names = _wished(desk, found)
    return desk.show(
        "request.html",
        wish=wished,
        now=now,
        names=names,
        status=error.status if error else 200,
        found=found,
        whose=whose.get(found.party_id) if found.party_id else None,
        asked=asked,
        steps=steps,
        today=today,
        packaged=any(step.kind == "packaged" for step in steps),
        identities=list(rights.Identity),
        outcomes=list(rights.Outcome),
        certificate=certificate,
        verdicts=list(rights.Verdict),
        uses=[Purpose.INVOICING, Purpose.COLLECTION],
        grounds=GROUNDS.get(found.kind, ()),
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
        answer=desk.field("vastaus"),
    )


def _wished(desk: Desk, found: rights.Request) -> tuple[rights.Wish | None, Shown | None, dict[int, str]]:
    """The correction asked for, what the card says of the item now, and organisations by name: for whoever corrects."""
    if found.kind is not rights.Kind.RECTIFICATION or found.closed_at or not desk.can(Action.RIGHTS_RECTIFY):
        return None, None, {}
    door, vault = desk.register.door, desk.register.vault
    try:
        with door.read(desk.viewer, Action.RIGHTS_RECTIFY, desk.purpose, case=desk.case) as tx:
            wished = rights.wish(tx, vault, found.id)
            assert found.party_id is not None
            card = parties.card(tx, vault, found.party_id)
            names = names_of(access.organisations(tx))
    except Conflict:
        return None, None, {}
    return wished, next((one for one in card.values if one.item == wished.item.name), None), names


def accept(desk: Desk) -> Response:
    """Correct as was asked, and answer."""
    rules = desk.register.rules

    def act(tx: Write) -> None:
        rights.accept(tx, desk.register.vault, _id(desk), rules=rules(clock.day(tx.at)), answer=desk.field("vastaus"))

    return done(desk, "vastattu", act)


def identify(desk: Desk) -> Response:
    """Write down that the asker's identity was checked."""
    return done(
        desk,
        "tunnistettu",
        lambda tx: rights.identify(tx, _id(desk), one_of(rights.Identity, desk.field("asiakirja"))),
    )


def extend(desk: Desk) -> Response:
    """Give the request more time."""
    return done(desk, "jatkettu", lambda tx: rights.extend(tx, _id(desk), desk.field("miksi")))


def close(desk: Desk) -> Response:
    """End the request with its answer."""
    return done(
        desk,
        "vastattu",
        lambda tx: rights.close(
            tx,
            _id(desk),
            one_of(rights.Outcome, desk.field("tulos")),
            desk.field("vastaus"),
            authority=desk.register.authority,
        ),
    )


def hand_over(desk: Desk) -> Response:
    """Write down that the package was given."""
    return done(
        desk,
        "luovutettu",
        lambda tx: rights.hand_over(tx, _id(desk), desk.field("miten"), notice=bool(desk.field("seloste"))),
    )


def paper(desk: Desk) -> Response:
    """The access package as an accessible PDF, or as JSON."""
    house = desk.register.declared().house
    try:
        with desk.write() as tx:
            made = rights.fulfil(
                tx,
                desk.register.vault,
                _id(desk),
                house=house.controller.name,
                sent=desk.register.sent,
                language=desk.field("kieli") or None,
            )
    except Conflict as error:
        return _one(desk, error)
    if desk.field("muoto") == "json":
        return _file(made.machine, "application/json", f"{_id(desk)}.json")
    return _file(made.paper, "application/pdf", f"{_id(desk)}-{made.language}.pdf")


def _file(data: bytes, media_type: str, name: str) -> Response:
    return Response(data, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})


def done(desk: Desk, accomplished: str, act: Callable[[Write], object]) -> Response:
    """Carry an act on a request out, and go back to it: with what was accomplished, or with why it was not."""
    try:
        with desk.write() as tx:
            act(tx)
    except (Rejected, Conflict) as error:
        return _one(desk, error)
    return desk.go(f"/tietosuoja/pyynnot/{_id(desk)}", done=accomplished)


def _id(desk: Desk) -> UUID:
    return desk.path_id("request_id")


Word = TypeVar("Word", bound=StrEnum)


def one_of(words: type[Word], text: str) -> Word:
    """The word of a list. Raises ``Missing``: a form offers no other."""
    try:
        return words(text)
    except ValueError as error:
        raise Missing from error


PAGES = (
    Page("/tietosuoja/pyynnot", queue, Action.RIGHTS_REQUEST),
    Page("/asiakas/{party_id}/pyynnot", of_customer, Action.RIGHTS_REQUEST),
    Page("/asiakas/{party_id}/pyynnot", open_, Action.RIGHTS_REQUEST, "POST"),
    Page("/tietosuoja/pyynnot/{request_id}", one, Action.RIGHTS_REQUEST),
    Page("/tietosuoja/pyynnot/{request_id}/henkilollisyys", identify, Action.RIGHTS_REQUEST, "POST"),
    Page("/tietosuoja/pyynnot/{request_id}/paketti", paper, Action.RIGHTS_PACKAGE, "POST"),
    Page("/tietosuoja/pyynnot/{request_id}/luovutus", hand_over, Action.RIGHTS_REQUEST, "POST"),
    Page("/tietosuoja/pyynnot/{request_id}/korjaus", accept, Action.RIGHTS_RECTIFY, "POST"),
    Page("/tietosuoja/pyynnot/{request_id}/jatko", extend, Action.RIGHTS_REQUEST, "POST"),
    Page("/tietosuoja/pyynnot/{request_id}/vastaus", close, Action.RIGHTS_REQUEST, "POST"),
)
