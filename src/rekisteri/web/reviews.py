"""The quarterly review of grants: what is due, deciding in a body, and the evidence of it."""

from __future__ import annotations

from uuid import UUID

from starlette.responses import Response

from rekisteri import access
from rekisteri.access import Action, Decision
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected, RekisteriError
from rekisteri.web import labels
from rekisteri.web.desk import Desk, Page, names_of

MENU = "/hallinta/katselmus"
EVIDENCE_PAGE = 50


def due(desk: Desk) -> Response:
    """Grants due or overdue: of an owner or a client organisation where asked for, with boxes to tick."""
    return _show(desk)


def decide(desk: Desk) -> Response:
    """Confirm or end the ticked ones, with one reason."""
    decision = desk.field("ratkaisu")
    try:
        if decision not in set(Decision):
            raise Rejected("Confirm the grants or end them; they lapse by themselves.", field="decision")
        chosen = [_id(text) for text in desk.fields("oikeus")]
        with desk.write() as tx:
            access.review(tx, chosen, Decision(decision), desk.field("perustelu"))
    except (Rejected, Conflict, Refused, Missing) as error:
        return _show(desk, error)
    return desk.go(MENU, done="katselmoitu")


def evidence(desk: Desk) -> Response:
    """What was decided of each grant, by whom and why, the newest first."""
    before = desk.query("ennen")
    with desk.read() as tx:
        found = access.reviews(
            tx, account=desk.query("tunnus") or None, before=_id(before) if before else None, limit=EVIDENCE_PAGE
        )
    return desk.show(
        "review_evidence.html",
        found=found,
        names=_names(desk),
        account=desk.query("tunnus"),
        next=found[-1].id if len(found) == EVIDENCE_PAGE else None,
    )


def _show(desk: Desk, error: RekisteriError | None = None) -> Response:
    owner, code = desk.query("vastuu") or desk.field("vastuu"), desk.query("organisaatio") or desk.field("organisaatio")
    with desk.register.door.read(desk.viewer, Action.GRANT_REVIEW, desk.purpose, case=desk.case) as tx:
        organisations = access.organisations(tx)
        scope = next((one.id for one in organisations if one.code == code), None)
        every = access.due(tx)
        found = access.due(tx, owner=owner or None, organisation_id=scope) if owner or scope else every
        alarms, today = access.alarms(tx), tx.act.today
    return desk.show(
        "reviews.html",
        status=error.status if error else 200,
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
        found=found,
        names=names_of(organisations),
        owners=[(one, one) for one in sorted({one.owner for one in every})],
        scopes=[(one.code, one.name) for one in organisations if one.ended_at is None],
        owner=owner,
        organisation=code,
        alarms=alarms,
        today=today,
        chosen=frozenset(desk.fields("oikeus")),
        reason=desk.field("perustelu"),
        decision=desk.field("ratkaisu"),
        decisions=[(one.value, desk.say(labels.REVIEW_DECISIONS[one])) for one in (Decision.CONFIRMED, Decision.ENDED)],
    )


def _names(desk: Desk) -> dict[int, str]:
    with desk.register.door.read(desk.viewer, Action.ORGANISATION_READ, desk.purpose) as tx:
        return names_of(access.organisations(tx))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Missing("One of the grants is not there; read the list again.") from error


PAGES = (
    Page(MENU, due, Action.GRANT_REVIEW),
    Page(f"{MENU}/ratkaisu", decide, Action.GRANT_REVIEW, "POST"),
    Page(f"{MENU}/todisteet", evidence, Action.REVIEW_READ),
)
