"""Whom somebody may act for: a custodian for a child, a guardian for a principal, as the register knows it.

Only the word of VTJ or of a maintainer opens another's data, and only while it holds: a child is under age, an order
is in force and of matters of money. Whoever stands under a non-disclosure order is not among the represented, nor is a
child one of whose other representatives does: that an order is on must not be told by what is shown (Act 661/2009 § 36).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from rekisteri import parties, payers
from rekisteri.access import Read
from rekisteri.catalogue import COVERED, Content, Disclosure
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Missing
from rekisteri.ground.ids import PartyId
from rekisteri.ground.keys import Vault
from rekisteri.parties import PartyHead, Relation, RelationKind

KINDS = (RelationKind.CUSTODIAN, RelationKind.GUARDIAN)
TOLD_BY = {
    RelationKind.CUSTODIAN: "Huoltaja ilmoitti lapsen puolesta.",
    RelationKind.GUARDIAN: "Edunvalvoja ilmoitti päämiehen puolesta.",
}
"""What is kept with a statement made on somebody's behalf: in what capacity, not by whom."""
ENDED = "You no longer represent that person in this register."


@dataclass(frozen=True, slots=True)
class Represented:
    """Somebody the subject may act for. ``custodians`` is how many a child has; ``until`` the last day, if known.

    ``shows_contacts``: whether addresses and contact data may be shown. Of a child they may not while another
    representative is not known to be free of a non-disclosure order, for they may live at one address.
    """

    party_id: PartyId
    name: str
    kind: RelationKind
    custodians: int
    until: date | None
    shows_contacts: bool

    @property
    def hidden(self) -> frozenset[str]:
        """Items that are not told to the representative."""
        return frozenset() if self.shows_contacts else COVERED

    @property
    def alone(self) -> bool:
        """Whether the representative may state contact details alone: several custodians decide together
        (Act 361/1983 § 5)."""
        return self.kind is RelationKind.GUARDIAN or self.custodians == 1


def represented(tx: Read, vault: Vault) -> list[Represented]:
    """Whom the data subject of the act may act for today. Raises ``Missing`` for whoever is no customer."""
    me = tx.act.viewer.party_id
    if me is None:
        raise Missing
    own = parties.opened(tx, vault, me).get("hetu")
    blinds = [*parties.codes_known(tx, me), *(vault.blinds("hetu", str(own)) if own else ())]
    found = [one for one in parties.wards(tx, blinds) if one != me]
    relations = parties.relations(tx, vault, found, kinds=KINDS)
    others = {one.party_id for said in relations.values() for one in said if one.party_id is not None}
    heads = parties.heads(tx, {*found, *others})
    # A household's order covers the ward as well: whether it is another's than the viewer's own is asked of the others.
    free = {ward for ward, order in parties.own_orders(tx, found).items() if order is Disclosure.OFF}
    every = (_one(tx, vault, me, ward, relations.get(ward, []), heads) for ward in found if ward in free)
    return [one for one in every if one is not None]


def acting(tx: Read, vault: Vault) -> Represented:
    """Whom the act's viewer acts for, if it still holds. Raises ``Missing``."""
    wanted = tx.act.viewer.acts_for
    for one in represented(tx, vault):
        if one.party_id == wanted:
            return one
    raise Missing(ENDED)


def withheld_names(tx: Read, vault: Vault, party_id: UUID) -> frozenset[str]:
    """Names of those who answer for a customer and are not known to be free of a non-disclosure order."""
    related = parties.relations(tx, vault, [party_id], kinds=KINDS).get(party_id, [])
    heads = parties.heads(tx, [one.party_id for one in related if one.party_id is not None])
    return frozenset(
        one.name
        for one in related
        if one.party_id is not None and heads[one.party_id].turvakielto is not Disclosure.OFF
    )


def _one(
    tx: Read, vault: Vault, me: UUID, ward: UUID, related: Collection[Relation], heads: Mapping[UUID, PartyHead]
) -> Represented | None:
    head, today = heads.get(ward), day(tx.at)
    mine = [one for one in related if one.party_id == me and one.source in parties.TRUSTED]
    others = [one for one in related if one.party_id != me]
    orders = [_order(heads, one) for one in others]
    if head is None or not mine or Disclosure.ON in orders:
        return None
    content = parties.opened(tx, vault, ward)
    if "death_date" in content or content.get("deceased") is True:
        return None
    born = _born(content)
    for one in mine:
        if one.kind is RelationKind.CUSTODIAN and born is not None and today < _of_age(born):
            custodians = sum(other.kind is RelationKind.CUSTODIAN for other in related)
            free = all(order is Disclosure.OFF for order in orders)
            return Represented(PartyId(ward), head.name, one.kind, custodians, _of_age(born), free)
        if one.kind is RelationKind.GUARDIAN and payers.of_money(one):
            return Represented(PartyId(ward), head.name, one.kind, 0, one.valid_to, True)
    return None


def _order(heads: Mapping[UUID, PartyHead], relation: Relation) -> Disclosure:
    """The state of non-disclosure of somebody related; of who is not in the register it is not known."""
    head = None if relation.party_id is None else heads.get(relation.party_id)
    return Disclosure.UNKNOWN if head is None else head.turvakielto


def _born(content: Content) -> date | None:
    told = content.get("birth_date")
    return date.fromisoformat(told) if isinstance(told, str) else None


def _of_age(born: date) -> date:
    """The day somebody comes of age; born on 29 February, 1 March of a year without one."""
    year = born.year + payers.ADULT_AGE
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
