"""Grants of an account, its password and second factor: made and taken by an administrator."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from rekisteri import access
from rekisteri.access import Action, Whom, Wish
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Conflict, Refused, Rejected
from rekisteri.web import forms
from rekisteri.web.desk import Desk, Page, names_of
from rekisteri.web.forms import Mistake


def account_page(desk: Desk) -> Response:
    """One account: its grants, roles, password and second factor, and closing it."""
    return show_account(desk)


def show_account(
    desk: Desk, mistakes: Mapping[str, Mistake] | None = None, *, part: str = "roles", status: int = 422
) -> Response:
    """The page of an account, with what was wrong with one of its forms: ``roles``, ``grant`` or ``link``."""
    handle = desk.request.path_params["handle"]
    with desk.register.door.read(desk.viewer, Action.ACCOUNT_MANAGE, desk.purpose, case=desk.case) as tx:
        account = access.account(tx, handle)
        rights = access.grants(tx, handle, past=desk.query("kaikki") == "k")
        factor = access.has_factor(tx, handle)
        identities = access.identities(tx, handle)
        organisations = access.organisations(tx)
        at = tx.at
    return desk.show(
        "account.html",
        status=status if mistakes else 200,
        account=account,
        rights=rights,
        factor=factor,
        identities=identities,
        providers=desk.register.arrivals.providers(Whom.STAFF),
        organisations=[one for one in organisations if one.ended_at is None],
        names=names_of(organisations),
        mistakes=mistakes or {},
        part=part,
        at=at,
        given={
            name: desk.field(name)
            for name in ("role", "organisation", "for", "starts_on", "ends_on", "owner", "subject")
        },
    )


def add_grant(desk: Desk) -> Response:
    """Grant the account a role; a proposal where two persons are asked for."""
    handle = desk.request.path_params["handle"]
    try:
        wished, purpose = desk.field("role"), desk.field("for")
        if wished not in set(access.ACCOUNT_ROLES):
            raise Rejected("Choose the role from the list.", field="role")
        if purpose and purpose not in set(Purpose):
            raise Rejected("There is no such purpose; choose one from the list.", field="for")
        first, last = (forms.day(desk.field(name), name) for name in ("starts_on", "ends_on"))
        with desk.write() as tx:
            scope = access.organisation(tx, desk.field("organisation")).id if desk.field("organisation") else None
            access.grant(
                tx,
                handle,
                Wish(
                    Role(wished), scope, Purpose(purpose) if purpose else None, first, last, desk.field("owner") or None
                ),
            )
    except (Rejected, Conflict, Refused) as error:
        return show_account(desk, mistakes_of(desk, error), part="grant", status=error.status)
    return desk.go(f"/hallinta/tunnus/{handle}", done="oikeus_annettu")


def approve_grant(desk: Desk) -> Response:
    """Approve a grant that another administrator proposed."""
    with desk.write() as tx:
        changed = access.approve_grant(tx, desk.path_id("grant_id"))
    return desk.go(f"/hallinta/tunnus/{changed.account}", done="oikeus_hyvaksytty")


def end_grant(desk: Desk) -> Response:
    """End a grant at once."""
    with desk.write() as tx:
        changed = access.end_grant(tx, desk.path_id("grant_id"))
    return desk.go(f"/hallinta/tunnus/{changed.account}", done="oikeus_paatetty")


def reset_password(desk: Desk) -> Response:
    """A new password nobody has thought of, shown this once; the account's sessions end."""
    handle = desk.request.path_params["handle"]
    password = access.invent_password()
    with desk.write() as tx:
        access.reset_password(tx, desk.register.hasher, handle, password)
        account = access.account(tx, handle)
    return desk.show("account_made.html", account=account, password=password, fresh=False)


def remove_factor(desk: Desk) -> Response:
    """Take the account's second factor away: a lost device. Its sessions end."""
    handle = desk.request.path_params["handle"]
    with desk.write() as tx:
        access.remove_factor(tx, handle)
    return desk.go(f"/hallinta/tunnus/{handle}", done="vahvistin_poistettu")


def link(desk: Desk) -> Response:
    """Let somebody in as the account whom an identity provider knows by a name."""
    handle = desk.request.path_params["handle"]
    try:
        access.check_staff_provider(desk.register.arrivals.every_provider, desk.field("provider"))
        with desk.write() as tx:
            access.link(tx, handle, desk.field("provider"), desk.field("subject"))
    except (Rejected, Conflict) as error:
        return show_account(desk, mistakes_of(desk, error), part="link", status=error.status)
    return desk.go(f"/hallinta/tunnus/{handle}", done="liitetty")


def unlink(desk: Desk) -> Response:
    """Let them in no more."""
    handle = desk.request.path_params["handle"]
    with desk.write() as tx:
        access.unlink(tx, handle, desk.field("provider"), desk.field("subject"))
    return desk.go(f"/hallinta/tunnus/{handle}", done="irrotettu")


def mistakes_of(desk: Desk, error: Rejected | Conflict | Refused) -> dict[str, Mistake]:
    """What was wrong, by field, in the viewer's language."""
    said = desk.face.phrases.tell(error, desk.tongue.code)
    mistake = Mistake(said.sentence, "", said.language)
    return forms.mistakes(desk.tongue, error, mistake) if isinstance(error, Rejected) else {error.field or "": mistake}


PAGES = (
    Page("/hallinta/tunnus/{handle}", account_page, Action.ACCOUNT_MANAGE),
    Page("/hallinta/tunnus/{handle}/oikeus", add_grant, Action.ACCOUNT_MANAGE, "POST"),
    Page("/hallinta/tunnus/{handle}/salasana", reset_password, Action.ACCOUNT_MANAGE, "POST", hashes_passwords=True),
    Page("/hallinta/tunnus/{handle}/vahvistin/poista", remove_factor, Action.ACCOUNT_MANAGE, "POST"),
    Page("/hallinta/tunnus/{handle}/liita", link, Action.ACCOUNT_MANAGE, "POST"),
    Page("/hallinta/tunnus/{handle}/irrota", unlink, Action.ACCOUNT_MANAGE, "POST"),
    Page("/hallinta/oikeus/{grant_id}/hyvaksy", approve_grant, Action.ACCOUNT_MANAGE, "POST"),
    Page("/hallinta/oikeus/{grant_id}/paata", end_grant, Action.ACCOUNT_MANAGE, "POST"),
)
