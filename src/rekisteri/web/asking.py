"""Asking for a correction: from the card, by whoever may not correct; its answer, where they see it."""

from __future__ import annotations

from starlette.responses import Response

from rekisteri import access, parties, rights
from rekisteri.access import Action
from rekisteri.catalogue import BY_NAME, Item, find_path
from rekisteri.ground import clock
from rekisteri.ground.errors import Missing, Rejected
from rekisteri.web import card as cards
from rekisteri.web import forms
from rekisteri.web.desk import Desk, Page


def form(desk: Desk) -> Response:
    """The form of one item, filled in with what the card shows."""
    return _form(desk)


def _form(desk: Desk, error: Rejected | None = None) -> Response:
    item = _item(desk)
    with desk.register.door.read(desk.viewer, Action.CUSTOMER_READ, desk.purpose, case=desk.case) as tx:
        card = parties.card(tx, desk.register.vault, desk.party_id())
        every = access.organisations(tx)
    if not cards.correctable(item, card.kind):
        raise Missing
    theirs = {ship.organisation_id for ship in card.customerships}
    sent = forms.given(desk.form.multi_items()) if desk.form else {}
    return desk.show(
        "ask.html",
        status=error.status if error else 200,
        card=card,
        item=item,
        fields=forms.fields(desk.tongue, item, sent or forms.typed(item, card.value(item.name)), {}, required=False),
        organisations=[one for one in every if one.id in theirs and desk.viewer.reaches(one.id)],
        reason=desk.field("miksi"),
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
    )


def ask(desk: Desk) -> Response:
    """Ask the maintainers."""
    item = _item(desk)
    sent = forms.given(desk.form.multi_items())
    parts = {found[1].name: text for path, text in sent.items() if (found := find_path(path)) and found[0] is item}
    try:
        with desk.write() as tx:
            organisation = access.organisation(tx, desk.field("organisaatio"))
            access.decide_organisation(desk.viewer, organisation.id)
            party_id = parties.card(tx, desk.register.vault, desk.party_id()).party_id
            rights.ask(
                tx,
                desk.register.vault,
                party_id,
                item.name,
                parts,
                reason=desk.field("miksi"),
                channel=rights.Channel.INVOICER,
                language=desk.tongue.code,
                organisation_id=organisation.id,
            )
    except Rejected as error:
        return _form(desk, error)
    return desk.go("/korjauspyynnot", done="pyydetty")


def own(desk: Desk) -> Response:
    """What the viewer's client organisations have asked, and the answers."""
    with desk.read() as tx:
        found = rights.own(tx)
        told = rights.conflicts.clashes(tx, told=True)
        today = clock.day(tx.at)
    return desk.show("asked.html", found=found, told=told, today=today)


def _item(desk: Desk) -> Item:
    item = BY_NAME.get(desk.request.path_params["item"])
    if item is None:
        raise Missing
    return item


PAGES = (
    Page("/korjauspyynnot", own, Action.RIGHTS_ASK),
    Page("/asiakas/{party_id}/pyyda/{item}", form, Action.CUSTOMER_READ, leads_to=Action.RIGHTS_ASK),
    Page("/asiakas/{party_id}/pyyda/{item}", ask, Action.RIGHTS_ASK, "POST"),
)
