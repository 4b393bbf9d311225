"""The data subject's own pages: what is held of me and from whom, who looked, and my own word on contact details."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import Response

from rekisteri import access, audit, parties, rights
from rekisteri.access import Action, Read
from rekisteri.catalogue import BY_NAME, Disclosure, Item
from rekisteri.ground import clock
from rekisteri.ground.errors import Missing, Rejected
from rekisteri.ground.ids import PartyId
from rekisteri.web import forms, labels
from rekisteri.web.desk import Desk, Page, names_of
from rekisteri.web.forms import Field, Mistake

LOOKS_PAGE = 30
DATED = ("valid_from", "valid_to")
"""Parts a person need not fill in: what they tell holds from today."""


def front(desk: Desk) -> Response:
    """Where a data subject's visit begins: as whom they are signed in, until when, and what they can do."""
    with desk.read() as tx:
        tx.saw(whose(tx))
    return desk.show("own.html", session=desk.session)


def data(desk: Desk) -> Response:
    """What is held of me, from whom and since when."""
    with desk.read() as tx:
        found = rights.held(tx, desk.register.vault, whose(tx))
        names = names_of(access.organisations(tx))
    grouped = [
        (title, [one for name in items if (one := found.item(name)) is not None]) for title, items in labels.GROUPS
    ]
    return desk.show("own_held.html", held=found, names=names, groups=[one for one in grouped if one[1]])


def covered(desk: Desk) -> Response:
    """What a non-disclosure order covers of me: shown to the person alone, freshly identified."""
    with desk.read() as tx:
        if desk.viewer.acts_for is not None:
            raise Missing("Protected data is shown to the person alone.")
        found = rights.held_covered(tx, desk.register.vault, whose(tx))
        names = names_of(access.organisations(tx))
    return desk.show("own_covered.html", held=found, names=names)


def looks(desk: Desk) -> Response:
    """Who looked at my data and what for: when, purpose, organisation; bulk runs included; nobody is named."""
    before = forms.identifier(desk.query("ennen"))
    with desk.read() as tx:
        party_id = whose(tx)
        tx.saw(party_id)
        guises = parties.guises(tx, party_id)
        found = audit.looks(tx, party_id, guises=guises, before=before, limit=LOOKS_PAGE)
        names = names_of(access.organisations(tx))
    following = found[-1].event_id if len(found) == LOOKS_PAGE else None
    return desk.show("own_looks.html", found=found, names=names, next=following)


def contact(desk: Desk) -> Response:
    """My contact details, languages and wished channel: what is used, and what I have told myself."""
    with desk.read() as tx:
        found = rights.held(tx, desk.register.vault, whose(tx))
        names = names_of(access.organisations(tx))
    return desk.show(
        "own_contact.html",
        held=found,
        names=names,
        items=[BY_NAME[name] for name in parties.TELLABLE],
    )


def form(desk: Desk) -> Response:
    """The form of one of them, filled in with what I told before where that may be shown."""
    item = _item(desk)
    with desk.read() as tx:
        found = rights.held(tx, desk.register.vault, whose(tx))
    return _form(desk, item, forms.typed(item, found.mine.get(item.name)), {}, order=found.turvakielto)


def tell(desk: Desk) -> Response:
    """State it, or show the form again with what was wrong."""
    item = _item(desk)
    sent = forms.given(desk.form.multi_items())
    try:
        with desk.write() as tx:
            news = parties.tell(
                tx,
                desk.register.vault,
                whose(tx),
                item.name,
                {path.removeprefix(item.name).removeprefix("."): text for path, text in sent.items()},
                rules=desk.register.rules(clock.day(tx.at)),
            )
    except Rejected as error:
        said = desk.face.phrases.tell(error, desk.tongue.code)
        found = forms.mistakes(desk.tongue, error, Mistake(said.sentence, "", said.language))
        return _form(desk, item, sent, found, status=error.status)
    return desk.go("/omat/yhteystiedot", done="ilmoitettu" if news else "ennallaan")


def take_back(desk: Desk) -> Response:
    """Take my own word back: the other sources speak again."""
    item = _item(desk)
    with desk.write() as tx:
        parties.take_back(tx, desk.register.vault, whose(tx), item.name)
    return desk.go("/omat/yhteystiedot", done="ilmoitus_peruttu")


def whose(tx: Read) -> PartyId:
    """The customer whose data the act opens: the data subject, or whom the subject acts for. Raises ``Missing``."""
    party_id = tx.act.viewer.self_id
    if party_id is None:
        raise Missing
    return party_id


def _form(
    desk: Desk,
    item: Item,
    values: Mapping[str, str],
    mistakes: Mapping[str, Mistake],
    *,
    status: int = 200,
    order: Disclosure = Disclosure.OFF,
) -> Response:
    fields = [_narrowed(one) for one in forms.fields(desk.tongue, item, values, mistakes, required=True)]
    known = {one.name for one in fields} | {item.name}
    return desk.show(
        "own_tell.html",
        status=status,
        item=item,
        fields=[one for one in fields if one.name.rpartition(".")[2] not in DATED],
        other=[mistake for name, mistake in mistakes.items() if name not in known],
        covered=item.covered and order is not Disclosure.OFF,
    )


def _narrowed(field: Field) -> Field:
    """The field with those choices alone that a person has."""
    if field.name != "invoice_channel":
        return field
    return replace(field, options=[one for one in field.options if one[0] in parties.WISHED_CHANNELS])


def _item(desk: Desk) -> Item:
    name = desk.request.path_params["item"]
    if name not in parties.TELLABLE:
        raise Missing
    return BY_NAME[name]


PAGES = (
    Page("/omat", front, Action.SELF_READ),
    Page("/omat/tiedot", data, Action.SELF_READ),
    Page("/omat/suojatut", covered, Action.SELF_PROTECTED),
    Page("/omat/katselut", looks, Action.AUDIT_OWN),
    Page("/omat/yhteystiedot", contact, Action.SELF_READ),
    Page("/omat/yhteystiedot/{item}", form, Action.SELF_READ, leads_to=Action.SELF_STATE),
    Page("/omat/yhteystiedot/{item}", tell, Action.SELF_STATE, "POST"),
    Page("/omat/yhteystiedot/{item}/peru", take_back, Action.SELF_STATE, "POST"),
)
