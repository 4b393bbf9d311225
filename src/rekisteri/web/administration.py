"""Administration: client organisations and accounts; a new password is shown once and never again."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from rekisteri import access
from rekisteri.access import Action
from rekisteri.catalogue import Role
from rekisteri.ground.errors import Conflict, Refused, Rejected
from rekisteri.web import forms
from rekisteri.web.desk import Desk, Page, names_of
from rekisteri.web.forms import Mistake
from rekisteri.web.granting import mistakes_of, show_account


def overview(desk: Desk) -> Response:
    """Every account and client organisation."""
    with desk.read() as tx:
        accounts = access.accounts(tx)
        organisations = access.organisations(tx)
    return desk.show(
        "administration.html", accounts=accounts, organisations=organisations, names=names_of(organisations)
    )


def organisation_form(desk: Desk) -> Response:
    """The empty form of a client organisation."""
    return desk.show("organisation_form.html", mistakes={}, given={})


def add_organisation(desk: Desk) -> Response:
    """Add a client organisation."""
    given = {name: desk.field(name) for name in ("code", "name", "ytunnus", "language")}
    try:
        with desk.write() as tx:
            if not given["name"]:
                raise Rejected("Give the organisation's name.", field="name")
            access.add_organisation(
                tx,
                code=given["code"],
                name=given["name"],
                ytunnus=given["ytunnus"],
                language=given["language"] if given["language"] in desk.face.tongues else "fi",
            )
    except (Rejected, Conflict) as error:
        return desk.show("organisation_form.html", status=error.status, mistakes=mistakes_of(desk, error), given=given)
    return desk.go("/hallinta", done="lisatty")


def account_form(desk: Desk) -> Response:
    """The empty form of an account."""
    return _account_form(desk, {})


def add_account(desk: Desk) -> Response:
    """Add an account with a password nobody has thought of; it is shown this once."""
    password = access.invent_password()
    try:
        expires_on = forms.day(desk.field("expires_on"), "expires_on")
        with desk.write() as tx:
            if not desk.field("name"):
                raise Rejected("Give the person's or the system's name.", field="name")
            account = access.add_account(
                tx,
                desk.register.hasher,
                handle=desk.field("handle").lower(),
                name=desk.field("name"),
                password=password,
                roles=_roles(desk),
                organisation_codes=desk.fields("organisations"),
                every_organisation=desk.field("every") == "k",
                expires_on=expires_on,
                given=True,
            )
    except (Rejected, Conflict) as error:
        return _account_form(desk, mistakes_of(desk, error), status=error.status)
    return desk.show("account_made.html", account=account, password=password, fresh=True)


def _account_form(desk: Desk, mistakes: Mapping[str, Mistake], *, status: int = 200) -> Response:
    with desk.register.door.read(desk.viewer, Action.ORGANISATION_READ, desk.purpose, case=desk.case) as tx:
        organisations = [one for one in access.organisations(tx) if one.ended_at is None]
    return desk.show(
        "account_form.html",
        status=status,
        mistakes=mistakes,
        organisations=organisations,
        given={name: desk.field(name) for name in ("handle", "name", "expires_on", "every")},
        roles=desk.fields("roles"),
        chosen=desk.fields("organisations"),
    )


def change_roles(desk: Desk) -> Response:
    """Give an account other roles."""
    handle = desk.request.path_params["handle"]
    try:
        with desk.write() as tx:
            access.change_roles(tx, handle, _roles(desk))
    except (Rejected, Refused) as error:
        return show_account(desk, mistakes_of(desk, error))
    return desk.go(f"/hallinta/tunnus/{handle}", done="roolit")


def disable(desk: Desk) -> Response:
    """Close an account and its sessions."""
    handle = desk.request.path_params["handle"]
    with desk.write() as tx:
        access.disable_account(tx, handle)
    return desk.go(f"/hallinta/tunnus/{handle}", done="suljettu")


def _roles(desk: Desk) -> list[Role]:
    return [Role(one) for one in desk.fields("roles") if one in set(Role)]


PAGES = (
    Page("/hallinta", overview, Action.ACCOUNT_MANAGE),
    Page("/hallinta/organisaatio", organisation_form, None, leads_to=Action.ORGANISATION_MANAGE),
    Page("/hallinta/organisaatio", add_organisation, Action.ORGANISATION_MANAGE, "POST"),
    Page("/hallinta/uusi-tunnus", account_form, Action.ORGANISATION_READ, leads_to=Action.ACCOUNT_MANAGE),
    Page("/hallinta/uusi-tunnus", add_account, Action.ACCOUNT_MANAGE, "POST", hashes_passwords=True),
    Page("/hallinta/tunnus/{handle}/roolit", change_roles, Action.ACCOUNT_MANAGE, "POST"),
    Page("/hallinta/tunnus/{handle}/sulje", disable, Action.ACCOUNT_MANAGE, "POST"),
)
