"""The customer card: every value with who says so and why, and what is withheld by which rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from rekisteri import access, parties
from rekisteri.access import Action
from rekisteri.catalogue import BY_NAME, Choice, Disclosure, Item, PartyKind, SourceKind, Value
from rekisteri.parties import Card, Shown, Withheld
from rekisteri.sources import banks
from rekisteri.tongues import Tongue
from rekisteri.web import labels, shown
from rekisteri.web.banks import bank_names
from rekisteri.web.desk import Desk, Page, names_of


@dataclass(frozen=True, slots=True)
class Status:
    """One line of a customer's state, in words; ``tone`` is error, alert, info or success."""

    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a group: shown, or withheld by a rule."""

    item: Item
    shown: Shown | None
    withheld: Withheld | None
    correctable: bool
    corrected: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Items that belong together."""

    title: str
    rows: list[Row]


def show(desk: Desk) -> Response:
    """The card of today."""
    with desk.read() as tx:
        card = parties.card(tx, desk.register.vault, desk.party_id())
        names = names_of(access.organisations(tx))
        of_banks = bank_names(banks.intermediators(tx))
    return desk.show(
        "card.html",
        card=card,
        names=names,
        bank_names=of_banks,
        statuses=statuses(desk.tongue, card),
        groups=groups(card),
        addable=addable(card),
        as_of=False,
    )


def unmask(desk: Desk) -> Response:
    """The identity code in full: an act of its own."""
    with desk.read() as tx:
        code = parties.unmask(tx, desk.register.vault, desk.party_id())
    template = "part/hetu.html" if desk.partial else "hetu.html"
    return desk.show(template, party_id=desk.party_id(), code=code)


def protected(desk: Desk) -> Response:
    """The values under a non-disclosure order: an act of its own."""
    with desk.read() as tx:
        values = parties.protected(tx, desk.register.vault, desk.party_id())
        names = names_of(access.organisations(tx))
    template = "part/protected.html" if desk.partial else "protected.html"
    return desk.show(template, party_id=desk.party_id(), values=values, names=names)


def statuses(tongue: Tongue, card: Card) -> list[Status]:
    """What whoever bills or collects must know first."""
    found = []
    died, dissolved = card.value("death_date"), card.value("dissolution_date")
    if card.limit is not None:
        found.append(Status("error", tongue.say("Käsittelyä on rajoitettu: tietoja säilytetään eikä käytetä")))
    if isinstance(died, str):
        found.append(Status("error", tongue.say("Kuollut %(day)s", day=tongue.iso_day(died))))
    if isinstance(dissolved, str):
        found.append(Status("error", tongue.say("Toiminta lakannut %(day)s", day=tongue.iso_day(dissolved))))
    if card.turvakielto is Disclosure.ON:
        found.append(Status("error", tongue.say("Turvakielto: osoitetta ja yhteystietoja ei saa luovuttaa")))
    elif card.turvakielto is Disclosure.UNKNOWN and card.kind is PartyKind.PERSON:
        found.append(Status("alert", tongue.say("Turvakieltoa ei ole selvitetty: toimitaan kuin se olisi voimassa")))
    for item in ("insolvency", "collection_stop", "dispute"):
        found += [Status("alert", text) for text in _in_force(tongue, item, card.value(item), card.on)]
    if card.value("guardian") is not None:
        found.append(Status("info", tongue.say("Edunvalvoja määrätty: katso Edustus")))
    if card.customerships and all(one.ended_on is not None for one in card.customerships):
        found.append(Status("info", tongue.say("Kaikki asiakkuudet ovat päättyneet")))
    return found


def _in_force(tongue: Tongue, item: str, value: Value | None, on: date) -> list[str]:
    """Each dated fact of a list that holds on a day, with its name."""
    facts = value if isinstance(value, list) else [value] if value is not None else []
    label = BY_NAME[item].label.in_(tongue.code)
    return [
        f"{label}: {shown.one_line(tongue, item, fact)}"
        for fact in facts
        if isinstance(fact, dict) and str(fact.get("valid_to", "9999")) >= on.isoformat()
    ]


def groups(card: Card) -> list[Group]:
    """The card's rows, grouped; a group without rows is left out."""
    seen = {one.item: one for one in card.values}
    withheld = {one.item: one for one in card.withheld}
    found = []
    for title, names in labels.GROUPS:
        rows = [
            Row(
                item=BY_NAME[name],
                shown=seen.get(name),
                withheld=withheld.get(name) if name not in seen else None,
                correctable=correctable(BY_NAME[name], card.kind),
                corrected=name in card.corrected,
            )
            for name in names
            if name in seen or name in withheld or _always(name, card)
        ]
        if rows:
            found.append(Group(title, rows))
    return found


def _always(name: str, card: Card) -> bool:
    return name == "turvakielto" and card.kind is PartyKind.PERSON


def correctable(item: Item, kind: PartyKind) -> bool:
    """Whether the catalogue lets a maintainer state the item of such a customer."""
    return kind in item.kinds and SourceKind.MAINTAINER in item.ranks and item.choice is not Choice.OWN


def addable(card: Card) -> list[Item]:
    """What is not on the card yet and could be stated by hand."""
    there = {one.item for one in card.values} | {"turvakielto"}
    return [item for item in BY_NAME.values() if item.name not in there and correctable(item, card.kind)]


PAGES = (
    Page("/asiakas/{party_id}", show, Action.CUSTOMER_READ),
    Page("/asiakas/{party_id}/hetu", unmask, Action.CUSTOMER_UNMASK, "POST"),
    Page("/asiakas/{party_id}/suojatut", protected, Action.CUSTOMER_PROTECTED, "POST"),
)
