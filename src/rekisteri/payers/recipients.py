"""Who gets the bill: a table of precedence over who is liable and who stands for whom. Pure.

A recipient is one envelope or one electronic bill. Custodians of one household share one; each other custodian,
and each under a non-disclosure order, has one of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from rekisteri.catalogue import Disclosure
from rekisteri.parties import Order, Relation
from rekisteri.payers.addresses import Found, Lacking, mail_address
from rekisteri.payers.answer import Address, Liable, Role, Why
from rekisteri.payers.facts import Facts, PartyFacts
from rekisteri.payers.forms import CONTACT, GUARDIAN
from rekisteri.payers.liable import language_of, own_record, relation_name, told_of
from rekisteri.payers.reasons import Households

MONEY_WORDS = ("talou", "omai", "rahalli", "kaik", "ekonom", "egendom", "samtliga", "financ", "propert", "all matters")
"""Words by which a guardian's matters are known to be of money; a guardian without named matters has them all."""


class Recipient(NamedTuple):
    """Whom one bill goes to, before its channel is chosen. ``parties`` are those of the register it goes to.

    ``electronic``: electronic channels may be used. ``covered``: a non-disclosure order makes the address a secret.
    """

    role: Role
    parties: tuple[PartyFacts, ...]
    names: tuple[str, ...]
    attention: str | None
    address: Found | Lacking
    covered: bool
    electronic: bool
    orders: tuple[Order, ...]
    language: str
    why: Why
    why_language: Why


ONESELF = Why("recipient.oneself")
Rule = Callable[[Facts, Sequence[Liable]], tuple[Recipient, ...] | None]


def estate(facts: Facts, liable: Sequence[Liable]) -> tuple[Recipient, ...] | None:
    """The contact of the estate, at the contact's address where that is known; else the estate at its last one."""
    if not liable or liable[0].role is not Role.ESTATE:
        return None
    customer, dead = facts.customer, liable[0]
    language, why_language = language_of(customer, facts.organisation_language)
    contact = next(iter(facts.of_kind("estate_contact")), None)
    at_estate = Recipient(
        Role.ESTATE, (), (dead.name,), None, mail_address(customer, facts.on, covered=_on(customer)), _on(customer),
        False, (), language, Why("recipient.estate", dead.why.told), why_language,
    )  # fmt: skip
    if contact is None:
        return (at_estate,)
    told = told_of(facts, contact)
    attention = CONTACT.in_(language).format(relation_name(facts, contact))
    named = at_estate._replace(attention=attention, why=Why("recipient.estate_contact", told))
    party = _party(facts, contact)
    if party is None:
        return (named,)
    covered = _on(customer) or _on(party)
    at_contact = mail_address(party, facts.on, covered=covered)
    return (named._replace(parties=(party,), address=at_contact, covered=covered),)


def bankruptcy(facts: Facts, liable: Sequence[Liable]) -> tuple[Recipient, ...] | None:
    """The bankruptcy estate at the address of the bankrupt, on paper: e-addresses were the bankrupt's own."""
    if not liable or liable[0].role is not Role.BANKRUPTCY_ESTATE:
        return None
    customer = facts.customer
    language, why_language = language_of(customer, facts.organisation_language)
    address = mail_address(customer, facts.on, covered=_on(customer))
    return (
        Recipient(
            Role.BANKRUPTCY_ESTATE, (customer,), (liable[0].name,), None, address, _on(customer), False, (), language,
            Why("recipient.bankruptcy", liable[0].why.told), why_language,
        ),
    )  # fmt: skip


def custodians(facts: Facts, liable: Sequence[Liable]) -> tuple[Recipient, ...] | None:
    """The custodians, a bill to each household; by the organisation's policy to the child's alone."""
    if not facts.minor:
        return None
    every = [_custodian(facts, one) for one in facts.of_kind("custodian")]
    households = _households(every)
    if facts.reason.policy.households is Households.CHILDS and len(households) > 1:
        households = _childs(facts, households) or households
    if len(households) == 1:
        # What is ordered of the child's own bills is ordered by whoever pays them: of two it is not known which.
        childs = tuple(facts.orders_of([facts.customer.id]))
        households = [households[0]._replace(orders=(*households[0].orders, *childs))]
    return tuple(households)


def guardian(facts: Facts, liable: Sequence[Liable]) -> tuple[Recipient, ...] | None:
    """The guardian of an adult, within the span and the matters of the order (Act 442/1999, Act 648/2007)."""
    found = facts.of_kind("guardian") if facts.customer.person else []
    if not found or unclear_guardian(facts):
        return None
    covering = [one for one in found if of_money(one)]
    return tuple(_guardian(facts, one, liable[0]) for one in covering) or None


def unit(facts: Facts, liable: Sequence[Liable]) -> tuple[Recipient, ...] | None:
    """A unit of a company: what the organisation's own customer number names, at the unit's own address if it has one."""
    word = None if facts.customer.person or facts.number is None else own_record(facts)
    if word is None:
        return None
    name, company = str(word.content.get("organisation_name", "")), facts.customer.name
    if not name or name.casefold() == company.casefold():
        return None
    itself = replace(facts.customer, words=(word,))
    at_unit = mail_address(itself, facts.on, covered=False)
    address = at_unit if isinstance(at_unit, Found) else mail_address(facts.customer, facts.on, covered=False)
    language, why_language = language_of(itself, language_of(facts.customer, facts.organisation_language)[0])
    # What the unit itself has, then what the company has.
    parties = (itself, facts.customer)
    why = Why("recipient.unit", itself.best("organisation_name"))
    return (
        Recipient(Role.UNIT, parties, (company, name), None, address, False, True, (), language, why, why_language),
    )


def oneself(facts: Facts, liable: Sequence[Liable]) -> tuple[Recipient, ...] | None:
    """Whoever is liable gets the bill."""
    customer = facts.customer
    language, why_language = language_of(customer, facts.organisation_language)
    address = mail_address(customer, facts.on, covered=_on(customer))
    orders = tuple(facts.orders_of([customer.id]))
    return (
        Recipient(
            liable[0].role, (customer,), (liable[0].name,), None, address, _on(customer), True, orders, language,
            ONESELF, why_language,
        ),
    )  # fmt: skip


RECIPIENTS: tuple[Rule, ...] = (estate, bankruptcy, custodians, guardian, unit, oneself)


def recipients(facts: Facts, liable: Sequence[Liable]) -> tuple[Recipient, ...]:
    """Whom bills go to; nobody where nobody is known to be liable."""
    if not liable:
        return ()
    for rule in RECIPIENTS:
        found = rule(facts, liable)
        if found is not None:
            return found
    raise AssertionError("the last rule always speaks")


def of_money(relation: Relation) -> bool:
    """Whether a guardian's matters are known to be of money."""
    matters = (relation.matters or "").casefold()
    return not matters or any(word in matters for word in MONEY_WORDS)


def unclear_guardian(facts: Facts) -> Relation | None:
    """A guardian whose matters are named and not understood, where no other has those of money."""
    found = facts.of_kind("guardian") if facts.customer.person else []
    if any(of_money(one) for one in found):
        return None
    return next((one for one in found if one.matters and not _personal(one.matters)), None)


def _personal(matters: str) -> bool:
    return any(word in matters.casefold() for word in PERSONAL_WORDS)


PERSONAL_WORDS = ("henkilö", "terveyd", "hoito", "person", "hälso", "vård", "health", "care")
"""Words by which a guardian's matters are known to be of the person alone."""


def childs_household_unknown(facts: Facts, found: Sequence[Recipient]) -> bool:
    """Whether the policy asks for the child's household and it can't be told which it is."""
    if facts.reason.policy.households is not Households.CHILDS or not facts.minor or len(found) < 2:
        return False
    return not _childs(facts, found)


def _custodian(facts: Facts, relation: Relation) -> Recipient:
    party, child = _party(facts, relation), facts.customer
    language, why_language = language_of(party or child, facts.organisation_language)
    # One known by name alone is reached where the child is, if anywhere.
    covered = _ordered(child) or _on(party or child)
    rule = "recipient.custodian" if party is not None else "recipient.custodian_at_child"
    return Recipient(
        role=Role.CUSTODIAN,
        parties=() if party is None else (party,),
        names=(relation_name(facts, relation),),
        attention=None,
        address=mail_address(party or child, facts.on, covered=covered),
        covered=covered,
        electronic=True,
        orders=() if party is None else tuple(facts.orders_of([party.id])),
        language=language,
        why=Why(rule, told_of(facts, relation)),
        why_language=why_language,
    )


def _households(every: Sequence[Recipient]) -> list[Recipient]:
    """Custodians of one address together; whoever is covered alone, and so is whoever has no address."""
    found: dict[object, Recipient] = {}
    for place, one in enumerate(every):
        key = place if one.covered or isinstance(one.address, Lacking) else home(one.address.address)
        there = found.get(key)
        found[key] = one if there is None else _together(there, one)
    return list(found.values())


def _together(first: Recipient, other: Recipient) -> Recipient:
    return first._replace(
        parties=(*first.parties, *other.parties),
        names=(*first.names, *(name for name in other.names if name not in first.names)),
        orders=(*first.orders, *other.orders),
    )


def _childs(facts: Facts, households: Sequence[Recipient]) -> list[Recipient]:
    """The households at the child's own address, as far as that may be known."""
    child = facts.customer
    address = mail_address(child, facts.on, covered=_on(child))
    if isinstance(address, Lacking) or _on(child):
        return []
    return [
        one
        for one in households
        if not one.covered and isinstance(one.address, Found) and home(one.address.address) == home(address.address)
    ]


def home(address: Address) -> tuple[str, str, str, str]:
    """An address as one home has it, however its letters are written."""
    squeezed = "".join(address.street.casefold().split())
    return squeezed, address.postcode.replace(" ", ""), address.town.casefold(), address.country


def _guardian(facts: Facts, relation: Relation, ward: Liable) -> Recipient:
    customer, party = facts.customer, _party(facts, relation)
    language, why_language = language_of(customer if party is None else party, facts.organisation_language)
    covered = _ordered(customer) or (party is not None and _on(party))
    address: Found | Lacking = Lacking("guardian")
    if party is not None:
        address = mail_address(party, facts.on, covered=covered and party.person)
    rule = "recipient.guardian"
    given = mail_address(customer, facts.on, covered=_on(customer))
    if isinstance(address, Lacking) and isinstance(given, Found) and given.address.care_of:
        # The ward's own mail goes care of somebody: it was given for this.
        address, rule = given, "recipient.guardian_care_of"
    since = relation.valid_from
    orders = tuple(facts.orders_of([] if party is None else [party.id]))
    orders += tuple(order for order in facts.orders_of([customer.id]) if since is None or order.ordered_on >= since)
    return Recipient(
        role=Role.GUARDIAN,
        parties=() if party is None else (party,),
        names=(ward.name,),
        attention=GUARDIAN.in_(language).format(relation_name(facts, relation)),
        address=address,
        covered=covered,
        electronic=True,
        orders=orders,
        language=language,
        why=Why(rule, told_of(facts, relation)),
        why_language=why_language,
    )


def _party(facts: Facts, relation: Relation) -> PartyFacts | None:
    return None if relation.party_id is None else facts.people.get(relation.party_id)


def _ordered(party: PartyFacts) -> bool:
    """Whether an order of its own covers the party, and whoever may live with it."""
    return _on(party) and not party.sheltered


def _on(party: PartyFacts) -> bool:
    return party.turvakielto is Disclosure.ON
