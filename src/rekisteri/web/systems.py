"""Systems: registered with a public key or a certificate, for organisations, purposes and acts."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from starlette.responses import Response

from rekisteri import access
from rekisteri.access import Action, Registration
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.web import forms
from rekisteri.web.desk import Desk, Page, names_of
from rekisteri.web.forms import Mistake
from rekisteri.web.granting import mistakes_of


def systems(desk: Desk) -> Response:
    """Every system: for whom, for what, by what it proves itself, when it was last here."""
    with desk.read() as tx:
        found = access.clients(tx)
        organisations = access.organisations(tx)
    return desk.show("systems.html", systems=found, names=names_of(organisations))


def system_form(desk: Desk) -> Response:
    """The empty form of a system."""
    return _form(desk, {})


def add_system(desk: Desk) -> Response:
    """Register a system."""
    try:
        last = forms.day(desk.field("expires_on"), "expires_on")
        wish = Registration(
            handle=desk.field("handle").lower(),
            name=desk.field("name"),
            organisation_codes=desk.fields("organisations"),
            purposes=[Purpose(one) for one in desk.fields("purposes") if one in set(Purpose)],
            actions=desk.fields("actions") or None,
            keys=_keys(desk.field("keys")),
            certificates=[text.encode()] if (text := desk.field("certificate")) else [],
            expires_on=last,
        )
        if not wish.name:
            raise Rejected("Give the person's or the system's name.", field="name")
        with desk.write() as tx:
            access.add_client(tx, desk.register.hasher, wish)
    except (Rejected, Conflict) as error:
        return _form(desk, mistakes_of(desk, error), status=error.status)
    return desk.go("/hallinta/jarjestelmat", done="lisatty")


def _keys(text: str) -> dict[str, object] | None:
    if not text:
        return None
    try:
        told = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Rejected("The key set can't be read; see RFC 7517.", field="keys") from None
    return told if isinstance(told, dict) else {}


def _form(desk: Desk, mistakes: Mapping[str, Mistake], *, status: int = 200) -> Response:
    with desk.register.door.read(desk.viewer, Action.ORGANISATION_READ, desk.purpose, case=desk.case) as tx:
        organisations = [one for one in access.organisations(tx) if one.ended_at is None]
    return desk.show(
        "system_form.html",
        status=status,
        mistakes=mistakes,
        organisations=organisations,
        offered=access.OFFERED,
        uses=(*access.PURPOSES_OF_ROLE[Role.INTEGRATION], *access.NAMED_PURPOSES[Role.INTEGRATION]),
        given={name: desk.field(name) for name in ("handle", "name", "keys", "certificate", "expires_on")},
        chosen={name: desk.fields(name) for name in ("organisations", "purposes", "actions")},
    )


PAGES = (
    Page("/hallinta/jarjestelmat", systems, Action.ACCOUNT_MANAGE),
    Page("/hallinta/jarjestelmat/uusi", system_form, Action.ORGANISATION_READ, leads_to=Action.ACCOUNT_MANAGE),
    Page("/hallinta/jarjestelmat/uusi", add_system, Action.ACCOUNT_MANAGE, "POST"),
)
