"""Break-glass on screen: asking for a right for minutes, opening it as the second person, looking its use through."""

from __future__ import annotations

from uuid import UUID

from starlette.responses import Response

from rekisteri import access
from rekisteri.access import LENT, Action, Finding, Plea
from rekisteri.catalogue import PURPOSES, ROLES, Purpose, Role
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected, RekisteriError
from rekisteri.web import labels
from rekisteri.web.desk import Desk, Page, names_of
from rekisteri.web.granting import mistakes_of

ASK = "/hataoikeus"
WAITING = "/hataoikeus/pyynnot"
USED = "/valvonta/hataoikeudet"
LIST_PAGE = 50
MINUTES = ("15", "30", "45", "60")


def own(desk: Desk) -> Response:
    """The form, and one's own requests."""
    return _own(desk)


def ask(desk: Desk) -> Response:
    """Ask for a right for minutes."""
    role, purpose, minutes = desk.field("rooli"), desk.field("tarkoitus"), desk.field("minuutit")
    try:
        if role not in set(LENT):
            raise Rejected("Only the roles maintainer, invoicer and collector are lent.", field="role")
        if purpose not in set(Purpose):
            raise Rejected("That purpose does not belong to the role.", field="purpose")
        with desk.write() as tx:
            code = desk.field("organisaatio")
            scope = access.organisation(tx, code).id if code else None
            span = int(minutes) if minutes in MINUTES else 0
            access.ask_emergency(tx, Plea(Role(role), scope, Purpose(purpose), desk.field("perustelu"), span))
    except (Rejected, Conflict) as error:
        return _own(desk, error)
    return desk.go(ASK, done="hata_pyydetty")


def end(desk: Desk) -> Response:
    """End one's own open right."""
    with desk.write() as tx:
        access.end_emergency(tx, desk.path_id("emergency_id"))
    return desk.go(ASK, done="hata_paatetty")


def waiting(desk: Desk) -> Response:
    """What waits for a second person, of what the viewer may decide."""
    return _waiting(desk)


def open_right(desk: Desk) -> Response:
    """Open it, from now on."""
    return _decide(desk, opens=True)


def decline(desk: Desk) -> Response:
    """Decline it."""
    return _decide(desk, opens=False)


def used(desk: Desk) -> Response:
    """Every request, the newest first."""
    before = desk.query("ennen")
    with desk.read() as tx:
        found = access.emergencies(tx, before=_id(before) if before else None, limit=LIST_PAGE)
        at, today = tx.at, tx.act.today
    return desk.show(
        "emergencies.html",
        found=found,
        names=_names(desk),
        at=at,
        today=today,
        next=found[-1].id if len(found) == LIST_PAGE else None,
    )


def one(desk: Desk) -> Response:
    """One request, and every act its right carried."""
    return _one(desk)


def stop(desk: Desk) -> Response:
    """End anybody's open right at once."""
    emergency_id = desk.path_id("emergency_id")
    with desk.write() as tx:
        access.end_emergency(tx, emergency_id)
    return desk.go(f"{USED}/{emergency_id}", done="hata_paatetty")


def review(desk: Desk) -> Response:
    """Say what its use was found to be."""
    verdict = desk.field("ratkaisu")
    try:
        if verdict not in set(Finding):
            raise Rejected("Choose what its use was found to be.", field="verdict")
        with desk.write() as tx:
            access.review_emergency(tx, desk.path_id("emergency_id"), Finding(verdict), desk.field("perustelu"))
    except (Rejected, Conflict, Refused) as error:
        return _one(desk, error)
    return desk.go(USED, done="hata_tarkastettu")


def _own(desk: Desk, error: Rejected | Conflict | None = None) -> Response:
    with desk.register.door.read(desk.viewer, Action.ACCOUNT_OWN, desk.purpose) as tx:
        found, at = access.own_emergencies(tx), tx.at
    with desk.register.door.read(desk.viewer, Action.ORGANISATION_READ, desk.purpose) as tx:
        organisations = access.organisations(tx)
    return desk.show(
        "emergency_ask.html",
        status=error.status if error else 200,
        mistakes=mistakes_of(desk, error) if error else {},
        found=found,
        at=at,
        names=names_of(organisations),
        roles=[(role.value, ROLES[role].in_(desk.tongue.code)) for role in LENT],
        scopes=[(each.code, each.name) for each in organisations if each.ended_at is None],
        purposes=[
            (purpose.value, PURPOSES[purpose].in_(desk.tongue.code))
            for purpose in (Purpose.INVOICING, Purpose.COLLECTION, Purpose.UPKEEP)
        ],
        minutes=[(each, each) for each in MINUTES],
        given={name: desk.field(name) for name in ("rooli", "organisaatio", "tarkoitus", "minuutit", "perustelu")},
    )


def _decide(desk: Desk, *, opens: bool) -> Response:
    try:
        with desk.write() as tx:
            access.decide_emergency(tx, desk.path_id("emergency_id"), opens=opens)
    except (Conflict, Refused) as error:
        return _waiting(desk, error)
    return desk.go(WAITING, done="hata_avattu" if opens else "hata_hylatty")


def _waiting(desk: Desk, error: RekisteriError | None = None) -> Response:
    with desk.register.door.read(desk.viewer, Action.EMERGENCY_DECIDE, desk.purpose, case=desk.case) as tx:
        found = access.waiting_emergencies(tx)
    return desk.show(
        "emergency_waiting.html",
        status=error.status if error else 200,
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
        found=found,
        names=_names(desk),
    )


def _one(desk: Desk, error: RekisteriError | None = None) -> Response:
    with desk.register.door.read(desk.viewer, Action.EMERGENCY_READ, desk.purpose, case=desk.case) as tx:
        (found, acts), at, today = access.emergency(tx, desk.path_id("emergency_id")), tx.at, tx.act.today
    return desk.show(
        "emergency.html",
        status=error.status if error else 200,
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
        one=found,
        acts=acts,
        names=_names(desk),
        at=at,
        today=today,
        verdict_options=[(each.value, desk.say(labels.FINDINGS[each])) for each in Finding],
        verdict=desk.field("ratkaisu"),
        reason=desk.field("perustelu"),
    )


def _names(desk: Desk) -> dict[int, str]:
    with desk.register.door.read(desk.viewer, Action.ORGANISATION_READ, desk.purpose) as tx:
        return names_of(access.organisations(tx))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Missing from error


PAGES = (
    Page(ASK, own, Action.ACCOUNT_OWN, leads_to=Action.EMERGENCY_ASK),
    Page(ASK, ask, Action.EMERGENCY_ASK, "POST"),
    Page(WAITING, waiting, Action.EMERGENCY_DECIDE),
    Page("/hataoikeus/{emergency_id}/paata", end, Action.EMERGENCY_ASK, "POST"),
    Page("/hataoikeus/{emergency_id}/avaa", open_right, Action.EMERGENCY_DECIDE, "POST"),
    Page("/hataoikeus/{emergency_id}/hylkaa", decline, Action.EMERGENCY_DECIDE, "POST"),
    Page(USED, used, Action.EMERGENCY_READ),
    Page(f"{USED}/{{emergency_id}}", one, Action.EMERGENCY_READ),
    Page(f"{USED}/{{emergency_id}}/keskeyta", stop, Action.EMERGENCY_REVIEW, "POST"),
    Page(f"{USED}/{{emergency_id}}/tarkasta", review, Action.EMERGENCY_REVIEW, "POST"),
)
