"""The data subject's own pages: what is held of me and from whom, who looked, where it went, and my own word.

Every page may be of somebody whom the subject acts for: whether that still holds is asked anew for each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from starlette.responses import Response

from rekisteri import access, audit, parties, rights
from rekisteri.access import Action, Read
from rekisteri.catalogue import BY_NAME, Disclosure, Item
from rekisteri.ground import clock
from rekisteri.ground.errors import Missing, Rejected
from rekisteri.ground.ids import PartyId
from rekisteri.rights import Represented
from rekisteri.web import forms, labels
from rekisteri.web.desk import Desk, Page, names_of
from rekisteri.web.forms import Field, Mistake

LOOKS_PAGE = 30
DATED = ("valid_from", "valid_to")
"""Parts a person need not fill in: what they tell holds from today."""

OwnHandler = Callable[[Desk, Represented | None], Response]


def own(handler: OwnHandler) -> Callable[[Desk], Response]:
    """A page of one's own, told whom the viewer acts for; where that has ended, on to where it can be left."""

    def page(desk: Desk) -> Response:
        if desk.viewer.acts_for is None:
            return handler(desk, None)
        door, vault = desk.register.door, desk.register.vault
        try:
            with door.read(desk.viewer, Action.SELF_REPRESENT, desk.purpose) as tx:
                acting = rights.acting(tx, vault)
        except Missing:
            return desk.go("/omat/edustus", done="edustus_paattyi")
        return handler(desk, acting)

    return page


def front(desk: Desk, acting: Represented | None) -> Response:
    """Where a data subject's visit begins: as whom they are signed in, until when, and what they can do."""
    with desk.read() as tx:
        tx.saw(whose(tx))
    return desk.show("own.html", session=desk.session, acting=acting)


def data(desk: Desk, acting: Represented | None) -> Response:
    """What is held of me, from whom and since when."""
    with desk.read() as tx:
        found = rights.held(tx, desk.register.vault, whose(tx), hidden=_hidden(acting))
        names = names_of(access.organisations(tx))
    grouped = [
        (title, [one for name in items if (one := found.item(name)) is not None]) for title, items in labels.GROUPS
    ]
    return desk.show("own_held.html", held=found, names=names, groups=[one for one in grouped if one[1]], acting=acting)


def covered(desk: Desk, acting: Represented | None) -> Response:
    """What a non-disclosure order covers of me: shown to the person alone, freshly identified."""
    with desk.read() as tx:
        if acting is not None:
            raise Missing("Protected data is shown to the person alone.")
        found = rights.held_covered(tx, desk.register.vault, whose(tx))
        names = names_of(access.organisations(tx))
    return desk.show("own_covered.html", held=found, names=names, acting=acting)


def looks(desk: Desk, acting: Represented | None) -> Response:
    """Who looked at my data and what for: when, purpose, organisation; bulk runs included; nobody is named."""
    before, mine_too = forms.identifier(desk.query("ennen")), desk.query("omat") == "k"
    with desk.read() as tx:
        party_id = whose(tx)
        tx.saw(party_id)
        guises = parties.guises(tx, party_id)
        found = audit.looks(tx, party_id, guises=guises, before=before, limit=LOOKS_PAGE, own=mine_too)
        names = names_of(access.organisations(tx))
    following = found[-1].event_id if len(found) == LOOKS_PAGE else None
    return desk.show(
        "own_looks.html", found=found, names=names, next=following, mine_too=mine_too, acting=acting, acts=rights.ACTS
    )  # fmt: skip


def given(desk: Desk, acting: Represented | None) -> Response:
    """To whom my data was given, when, and why."""
    with desk.read() as tx:
        found = rights.given(tx, whose(tx))
        told = sorted(desk.register.sent(tx, whose(tx)), key=lambda one: one.at, reverse=True)
        names = names_of(access.organisations(tx))
    return desk.show("own_sent.html", found=found, told=told, names=names, acting=acting)


def contact(desk: Desk, acting: Represented | None) -> Response:
    """My contact details, languages and wished channel: what is used, and what I have told myself."""
    with desk.read() as tx:
        found = rights.held(tx, desk.register.vault, whose(tx), hidden=_hidden(acting))
        names = names_of(access.organisations(tx))
    return desk.show(
        "own_contact.html",
        held=found,
        names=names,
        items=[BY_NAME[name] for name in _tellable(acting)],
        acting=acting,
    )


def form(desk: Desk, acting: Represented | None) -> Response:
    """The form of one of them, filled in with what I told before where that may be shown."""
    item = _item(desk, acting)
    with desk.read() as tx:
        found = rights.held(tx, desk.register.vault, whose(tx), hidden=_hidden(acting))
    values = forms.typed(item, found.mine.get(item.name))
    return _form(desk, acting, item, values, {}, order=found.turvakielto)


def tell(desk: Desk, acting: Represented | None) -> Response:
    """State it, or show the form again with what was wrong. One of several custodians asks, and a maintainer decides."""
    item = _item(desk, acting)
    sent = forms.given(desk.form.multi_items())
    parts = {path.removeprefix(item.name).removeprefix("."): text for path, text in sent.items()}
    try:
        if acting is not None and not acting.alone:
            return _ask(desk, acting, item, parts)
        with desk.write() as tx:
            news = parties.tell(
                tx,
                desk.register.vault,
                whose(tx),
                item.name,
                parts,
                rules=desk.register.rules(clock.day(tx.at)),
                reason=None if acting is None else rights.TOLD_BY[acting.kind],
            )
    except Rejected as error:
        said = desk.face.phrases.tell(error, desk.tongue.code)
        found = forms.mistakes(desk.tongue, error, Mistake(said.sentence, "", said.language))
        return _form(desk, acting, item, sent, found, status=error.status)
    return desk.go("/omat/yhteystiedot", done="ilmoitettu" if news else "ennallaan")


def _ask(desk: Desk, acting: Represented, item: Item, parts: Mapping[str, str]) -> Response:
    """Ask for it as a correction: several custodians decide together, and one has spoken."""
    with desk.register.door.write(desk.viewer, Action.SELF_ASK, desk.purpose) as tx:
        made = rights.ask(
            tx,
            desk.register.vault,
            whose(tx),
            item.name,
            parts,
            reason=rights.TOLD_BY[acting.kind],
            channel=rights.Channel.SELF_SERVICE,
            language=desk.tongue.code,
            organisation_id=None,
        )
        rights.identified(tx, made)
    return desk.go(f"/omat/pyynnot/{made.id}", done="oma_pyynto")


def take_back(desk: Desk, acting: Represented | None) -> Response:
    """Take my own word back: the other sources speak again."""
    item = _item(desk, acting)
    if acting is not None and not acting.alone:
        raise Missing
    with desk.write() as tx:
        parties.take_back(tx, desk.register.vault, whose(tx), item.name)
    return desk.go("/omat/yhteystiedot", done="ilmoitus_peruttu")


def whose(tx: Read) -> PartyId:
    """The customer whose data the act opens: the data subject, or whom the subject acts for. Raises ``Missing``."""
    party_id = tx.act.viewer.self_id
    if party_id is None:
        raise Missing
    return party_id


def _hidden(acting: Represented | None) -> frozenset[str]:
    return frozenset() if acting is None else acting.hidden


def _form(
    desk: Desk,
    acting: Represented | None,
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
        acting=acting,
    )


def _narrowed(field: Field) -> Field:
    """The field with those choices alone that a person has."""
    if field.name != "invoice_channel":
        return field
    return replace(field, options=[one for one in field.options if one[0] in parties.WISHED_CHANNELS])


def _tellable(acting: Represented | None) -> list[str]:
    """What may be told here; the channel is each organisation's own, and no correction can be asked of it."""
    joint = acting is not None and not acting.alone
    return [name for name in parties.TELLABLE if not (joint and name == "invoice_channel")]


def _item(desk: Desk, acting: Represented | None) -> Item:
    name = desk.request.path_params["item"]
    if name not in _tellable(acting):
        raise Missing
    return BY_NAME[name]


PAGES = (
    Page("/omat", own(front), Action.SELF_READ),
    Page("/omat/tiedot", own(data), Action.SELF_READ),
    Page("/omat/suojatut", own(covered), Action.SELF_PROTECTED),
    Page("/omat/katselut", own(looks), Action.AUDIT_OWN),
    Page("/omat/luovutukset", own(given), Action.SELF_READ),
    Page("/omat/yhteystiedot", own(contact), Action.SELF_READ),
    Page("/omat/yhteystiedot/{item}", own(form), Action.SELF_READ, leads_to=Action.SELF_STATE),
    Page("/omat/yhteystiedot/{item}", own(tell), Action.SELF_STATE, "POST"),
    Page("/omat/yhteystiedot/{item}/peru", own(take_back), Action.SELF_STATE, "POST"),
)
