"""Who is liable: a table of precedence, the first rule that speaks decides. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from rekisteri.catalogue import SourceKind
from rekisteri.ground.clock import day
from rekisteri.parties import Relation, Spoken
from rekisteri.payers.answer import Liable, Role, Why, because
from rekisteri.payers.facts import Facts, PartyFacts, Told
from rekisteri.payers.forms import BANKRUPTCY, ESTATE

Rule = Callable[[Facts], tuple[Liable, ...] | None]


def estate(facts: Facts) -> tuple[Liable, ...] | None:
    """The estate of a deceased person answers with its assets (Code of Inheritance 40/1965 ch. 21)."""
    told = death(facts.customer, facts.on)
    if told is None:
        return None
    name = ESTATE.in_(language_hint(facts)).format(facts.customer.name)
    return (Liable(Role.ESTATE, facts.customer.id, name, None, Why("liable.estate", told)),)


def bankruptcy(facts: Facts) -> tuple[Liable, ...] | None:
    """After the beginning of bankruptcy the bankruptcy estate (Bankruptcy Act 120/2004)."""
    told = insolvent(facts, "bankruptcy")
    if told is None:
        return None
    name = BANKRUPTCY.in_(language_hint(facts)).format(facts.customer.name)
    why = Why("liable.bankruptcy", told)
    return (Liable(Role.BANKRUPTCY_ESTATE, facts.customer.id, name, ytunnus_of(facts.customer), why),)


def minor(facts: Facts) -> tuple[Liable, ...] | None:
    """For one under age the custodians, each of them (Act 442/1999); none known: nobody, and a stop says so."""
    if not facts.minor:
        return None
    return tuple(
        Liable(Role.CUSTODIAN, one.party_id, relation_name(facts, one), None, Why("liable.minor", told_of(facts, one)))
        for one in facts.of_kind("custodian")
    )


def trader(facts: Facts) -> tuple[Liable, ...] | None:
    """A private trader answers in person for the business."""
    ytunnus = ytunnus_of(facts.customer) if facts.customer.person else None
    if ytunnus is None:
        return None
    why = Why("liable.trader", facts.customer.best("ytunnus"))
    return (Liable(Role.TRADER, facts.customer.id, facts.customer.name, ytunnus, why),)


def oneself(facts: Facts) -> tuple[Liable, ...] | None:
    """Everybody else is liable for their own bills: a person, a company, and a company for its units."""
    customer = facts.customer
    rule = "liable.person" if customer.person else "liable.company"
    why = because((rule, customer.best("surname" if customer.person else "organisation_name")))
    return (Liable(Role.SELF, customer.id, customer.name, ytunnus_of(customer), why),)


LIABLE: tuple[Rule, ...] = (estate, bankruptcy, minor, trader, oneself)
"""In this order; the dead are asked of before the young, for a child who died has an estate and no custodian."""


def liable(facts: Facts) -> tuple[Liable, ...]:
    """Who is liable; empty where the customer is under age and no custodian is known."""
    for rule in LIABLE:
        found = rule(facts)
        if found is not None:
            return found
    raise AssertionError("the last rule always speaks")


DEATH = ("death_date", "deceased")
"""Items that tell of a death."""


def death(party: PartyFacts, on: date) -> Told | None:
    """The word that says the person had died by the day, or None."""
    if not party.person or party.spoken_of.isdisjoint(DEATH):
        return None
    died = party.best("death_date")
    if died is not None:
        return died if date.fromisoformat(str(died.value)) <= on else None
    flag = party.best("deceased")
    return flag if flag is not None and flag.value is True else None


def in_force(value: object, on: date) -> bool:
    """Whether a value with days of its own holds on a day; the last day is its."""
    if not isinstance(value, dict):
        return True
    since, until = value.get("valid_from"), value.get("valid_to")
    if since is None and until is None:
        return True
    text = on.isoformat()
    return (since is None or str(since) <= text) and (until is None or text <= str(until))


def insolvent(facts: Facts, kind: str) -> Told | None:
    """The word of proceedings of a kind in force on the day; an organisation's stop of that reason says the same."""
    customer = facts.customer
    if "insolvency" not in customer.spoken_of and "collection_stop" not in customer.spoken_of:
        return None
    said = [
        told for told in customer.every("insolvency") if told.value["kind"] == kind and in_force(told.value, facts.on)
    ]
    said += [
        told
        for told in customer.every("collection_stop")
        if told.value["reason"] == kind and in_force(told.value, facts.on)
    ]
    return said[0] if said else None


def ytunnus_of(party: PartyFacts) -> str | None:
    """The business ID, if there is one."""
    told = party.best("ytunnus")
    return None if told is None else str(told.value)


def relation_name(facts: Facts, relation: Relation) -> str:
    """The name of somebody related: the register's own where it is a party, else as it was stated."""
    party = None if relation.party_id is None else facts.people.get(relation.party_id)
    return (party.name if party is not None else "") or relation.name


def told_of(facts: Facts, relation: Relation) -> Told:
    """The word a relation was taken from."""
    own = relation.organisation_id is not None and relation.organisation_id == facts.organisation_id
    recorded = day(relation.recorded_at)
    return Told(relation.name, relation.source, own, relation.holds_from, recorded, relation.statement_id)


def own_record(facts: Facts) -> Spoken | None:
    """The asking organisation's own record of the customer number it asked by."""
    for word in facts.customer.words:
        if (
            word.source_kind is SourceKind.ORGANISATION
            and word.organisation_id == facts.organisation_id
            and word.key == facts.number
        ):
            return word
    return None


def language_hint(facts: Facts) -> str:
    """The language of words put into a name: the customer's for invoices, else the organisation's."""
    return language_of(facts.customer, facts.organisation_language)[0]


BILL_LANGUAGES = frozenset({"fi", "sv", "en"})
LANGUAGES = (
    ("invoice_language", "language.invoice_language"),
    ("contact_language", "language.contact_language"),
    ("language", "language.language"),
)
"""Items that tell a language, in the order they are asked, each with its rule."""
OF_ORGANISATION = Why("language.organisation")


def language_of(party: PartyFacts | None, otherwise: str) -> tuple[str, Why]:
    """The language of a party's bills: as stated for invoices, for contact, as mother tongue; else the organisation's.

    A language bills are not written in is passed over (Language Act 423/2003).
    """
    if party is not None:
        for item, rule in LANGUAGES:
            told = party.best(item)
            if told is not None and told.value in BILL_LANGUAGES:
                return str(told.value), because((rule, told))
    return otherwise, OF_ORGANISATION
