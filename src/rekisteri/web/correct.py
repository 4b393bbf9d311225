"""Correcting an item by hand and taking the correction back: reason, evidence, end date, version."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from rekisteri import parties
from rekisteri.access import Action
from rekisteri.catalogue import BY_NAME, Item, find_path
from rekisteri.ground import clock
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.parties import Card
from rekisteri.web import card as cards
from rekisteri.web import forms
from rekisteri.web.desk import Desk, Page
from rekisteri.web.forms import Mistake

GROUNDS = ("reason", "evidence", "until")


def chosen(desk: Desk) -> Response:
    """On to the form of an item picked from a list."""
    name = desk.query("tieto")
    if name not in BY_NAME:
        raise Missing
    return desk.go(f"/asiakas/{desk.party_id()}/korjaa/{name}")


def form(desk: Desk) -> Response:
    """The form of one item, filled in with what the card shows."""
    item = _item(desk)
    card = _card(desk)
    if not cards.correctable(item, card.kind):
        raise Rejected("That item is stated by each client organisation for itself.", field="item")
    return _show(desk, item, card, forms.typed(item, card.value(item.name)), {}, {})


def correct(desk: Desk) -> Response:
    """State the corrected value, or show the form again with what was wrong."""
    item = _item(desk)
    party_id = desk.party_id()
    sent = forms.given(desk.form.multi_items())
    try:
        until = forms.day(desk.field("until"), "until")
        with desk.write() as tx:
            parties.correct(
                tx,
                desk.register.vault,
                party_id,
                item.name,
                _parts_of(item, sent),
                rules=desk.register.rules(clock.day(tx.at)),
                reason=desk.field("reason"),
                evidence=desk.field("evidence") or None,
                until=until,
                version=_version(desk),
            )
    except (Rejected, Conflict) as error:
        said = desk.face.phrases.tell(error, desk.tongue.code)
        mistake = Mistake(said.sentence, "", said.language)
        found = forms.mistakes(desk.tongue, error, mistake) if isinstance(error, Rejected) else {"": mistake}
        return _again(desk, item, sent, found, status=error.status)
    return desk.go(f"/asiakas/{party_id}", done="korjattu")


def withdrawal(desk: Desk) -> Response:
    """Ask why a correction is taken back."""
    card = _card(desk)
    item = _item(desk)
    if item.name not in card.corrected:
        raise Missing("There is no correction of that item in force.")
    return desk.show("withdraw.html", card=card, item=item, mistake=None)


def withdraw(desk: Desk) -> Response:
    """Take a correction back."""
    item = _item(desk)
    party_id = desk.party_id()
    try:
        with desk.write() as tx:
            parties.withdraw(tx, desk.register.vault, party_id, item.name, reason=desk.field("reason"))
    except Rejected as error:
        said = desk.face.phrases.tell(error, desk.tongue.code)
        mistake = Mistake(said.sentence, "", said.language)
        return desk.show("withdraw.html", status=422, card=_card(desk), item=item, mistake=mistake)
    return desk.go(f"/asiakas/{party_id}", done="peruttu")


def _again(
    desk: Desk, item: Item, sent: Mapping[str, str], mistakes: Mapping[str, Mistake], *, status: int
) -> Response:
    """The form as it was sent. The customer's name comes with it; the version is today's after a conflict."""
    return _show(
        desk,
        item,
        _card(desk),
        sent,
        mistakes,
        {name: desk.field(name) for name in GROUNDS},
        status=status,
    )


def _show(
    desk: Desk,
    item: Item,
    card: Card,
    values: Mapping[str, str],
    mistakes: Mapping[str, Mistake],
    grounds: Mapping[str, str],
    *,
    status: int = 200,
) -> Response:
    sets = forms.several(desk.tongue, item, values, mistakes)
    known = {field.name for fields in sets for field in fields} | set(GROUNDS)
    return desk.show(
        "correct.html",
        status=status,
        item=item,
        card=card,
        sets=sets,
        mistakes=mistakes,
        grounds=grounds,
        other=[mistake for name, mistake in mistakes.items() if name not in known and name != item.name],
        now=next((one for one in card.values if one.item == item.name), None),
        withheld=next((one for one in card.withheld if one.item == item.name), None),
    )


def _parts_of(item: Item, sent: Mapping[str, str]) -> dict[str, str]:
    """What was sent of the item, by the names of its parts within it."""
    found = [(path, find_path(path)) for path in sent]
    return {
        path.removeprefix(item.name).removeprefix("."): sent[path]
        for path, meant in found
        if meant and meant[0] is item
    }


def _card(desk: Desk) -> Card:
    """The card beside the form: a look of its own in the log."""
    with desk.register.door.read(desk.viewer, Action.CUSTOMER_READ, desk.purpose, case=desk.case) as tx:
        return parties.card(tx, desk.register.vault, desk.party_id())


def _item(desk: Desk) -> Item:
    item = BY_NAME.get(desk.request.path_params["item"])
    if item is None:
        raise Missing
    return item


def _version(desk: Desk) -> int | None:
    text = desk.field("version")
    return int(text) if text.isascii() and text.isdigit() else None


PAGES = (
    Page("/asiakas/{party_id}/korjaa", chosen, None, leads_to=Action.CUSTOMER_CORRECT),
    Page("/asiakas/{party_id}/korjaa/{item}", form, Action.CUSTOMER_READ, leads_to=Action.CUSTOMER_CORRECT),
    Page("/asiakas/{party_id}/korjaa/{item}", correct, Action.CUSTOMER_CORRECT, "POST"),
    Page("/asiakas/{party_id}/peru/{item}", withdrawal, Action.CUSTOMER_READ, leads_to=Action.CUSTOMER_CORRECT),
    Page("/asiakas/{party_id}/peru/{item}", withdraw, Action.CUSTOMER_CORRECT, "POST"),
)
