"""What is not certain and what would settle it; what is withheld and by which rule; where money goes back. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rekisteri.catalogue import BY_NAME, COVERED, Disclosure, SourceKind
from rekisteri.payers.addresses import Lacking
from rekisteri.payers.answer import Delivery, Doubt, Liable, Refund, Role, Why, Withheld
from rekisteri.payers.facts import Facts, PartyFacts
from rekisteri.payers.forms import address_of
from rekisteri.payers.liable import in_force, relation_name
from rekisteri.payers.recipients import Recipient, childs_household_unknown, home

CUSTOMER = "customer"
WITHHELD_ITEMS = tuple(sorted(COVERED & {"permanent_address", "temporary_address", "postal_address", "phone", "email"}))

ROUTING_ITEMS = ("bank_order", "einvoice_address", "invoice_channel", "invoice_language")
"""Items an answer would use, that the catalogue keeps for some purposes."""


def doubts(facts: Facts, found: Sequence[Recipient], deliveries: Sequence[Delivery]) -> tuple[Doubt, ...]:
    """Everything that is not certain, each once."""
    every = [doubt for rule in _asked(facts) for doubt in rule(facts)]
    if childs_household_unknown(facts, found):
        every.append(Doubt("childs_household", CUSTOMER, "check_address"))
    every += _of_recipients(found, deliveries)
    return tuple(dict.fromkeys(every)) if len(every) > 1 else tuple(every)


def _identity(facts: Facts) -> Iterator[Doubt]:
    if not facts.customer.codes:
        yield Doubt("no_identity_code", CUSTOMER, "ask_hetu" if facts.customer.person else "ask_ytunnus")


def _age(facts: Facts) -> Iterator[Doubt]:
    if facts.customer.person and facts.customer.born_on is None:
        yield Doubt("age_unknown", CUSTOMER, "ask_birth_date")


def _disclosure(facts: Facts) -> Iterator[Doubt]:
    for about, party in parties(facts):
        if party.person and (party.unheard or party.turvakielto is Disclosure.UNKNOWN):
            yield Doubt("turvakielto_unknown", about, "check_vtj")


def _relations(facts: Facts) -> Iterator[Doubt]:
    for relation in facts.relations:
        if relation.party_id is None or relation.party_id not in facts.people:
            kind = relation.kind.value
            if kind == "custodian" and not facts.minor:
                continue
            yield Doubt(f"{kind}_unresolved", relation.name, "ask_code_of_relation")


def _newer_word(facts: Facts) -> Iterator[Doubt]:
    """Somebody less believed has told another home later: perhaps the customer has moved."""
    for about, party in parties(facts):
        if len(party.words) < 2 or "permanent_address" not in party.spoken_of:
            continue
        said = [told for told in party.visible("permanent_address") if in_force(told.value, facts.on)]
        if not said:
            continue
        newer = [
            told
            for told in said[1:]
            if told.recorded_on > said[0].recorded_on
            and home(address_of(told.value)) != home(address_of(said[0].value))
        ]
        if newer:
            yield Doubt("newer_address_elsewhere", about, "check_address")


def _identity_doubted(facts: Facts) -> Iterator[Doubt]:
    for told in facts.customer.every("wrong_person"):
        if not told.own and in_force(told.value, facts.on):
            yield Doubt("identity_doubted", CUSTOMER, "settle_identity")


def _company_name(facts: Facts) -> Iterator[Doubt]:
    """Organisations name the company differently, and no directory has spoken."""
    names = [] if facts.customer.person else facts.customer.ranked("organisation_name")
    of_organisations = bool(names) and names[0].source is SourceKind.ORGANISATION
    if of_organisations and len({str(told.value).casefold() for told in names}) > 1:
        yield Doubt("company_name", CUSTOMER, "check_directory")


DOUBTS: tuple[Callable[[Facts], Iterator[Doubt]], ...] = (
    _identity,
    _age,
    _disclosure,
    _relations,
    _newer_word,
    _identity_doubted,
    _company_name,
)
"""Every one of them is asked, of whoever has several words or somebody who stands for them."""
OF_ONE_WORD = (_identity, _age, _disclosure, _identity_doubted)
"""Of a customer for whom nobody stands and of whom one word is known: nothing contradicts it."""


def _asked(facts: Facts) -> Sequence[Callable[[Facts], Iterator[Doubt]]]:
    return DOUBTS if facts.relations or len(facts.customer.words) > 1 else OF_ONE_WORD


def _of_recipients(found: Sequence[Recipient], deliveries: Sequence[Delivery]) -> Iterator[Doubt]:
    """Of several recipients some can't be reached; an address that came back was passed over."""
    reached = any(delivery.channel is not None for delivery in deliveries)
    for recipient, delivery in zip(found, deliveries, strict=True):
        about = ", ".join(recipient.names)
        if reached and delivery.channel is None:
            settle = "act_by_hand" if delivery.by_hand else _settle(recipient)
            yield Doubt("recipient_unreached", about, settle)
        if recipient.role is Role.ESTATE and not recipient.parties:
            yield Doubt("estate_contact_unknown", about, "ask_estate_contact")


def _settle(recipient: Recipient) -> str:
    lacking = recipient.address
    if isinstance(lacking, Lacking) and lacking.reason == "protected":
        return "ask_contact_address"
    return "check_vtj" if isinstance(lacking, Lacking) and lacking.reason == "unknown" else "check_address"


def parties(facts: Facts) -> Iterator[tuple[str, PartyFacts]]:
    """The customer and those who stand for it, each with how the answer calls it."""
    yield CUSTOMER, facts.customer
    if not facts.relations:
        return
    seen = {facts.customer.id}
    for relation in facts.relations:
        party = None if relation.party_id is None else facts.people.get(relation.party_id)
        if party is not None and party.id not in seen:
            seen.add(party.id)
            yield relation_name(facts, relation), party


def withheld(facts: Facts) -> tuple[Withheld, ...]:
    """Every item that is not told by a rule, alike whether there is a value behind it or none."""
    found: list[Withheld] = []
    for about, party in parties(facts):
        if not party.hidden.isdisjoint(ROUTING_ITEMS):
            found += [
                Withheld(item, about, "purpose")
                for item in ROUTING_ITEMS
                if item in party.hidden and party.kind in BY_NAME[item].kinds
            ]
        if not party.person or party.turvakielto is Disclosure.OFF:
            continue
        on = party.turvakielto is Disclosure.ON
        for item in WITHHELD_ITEMS:
            if on or not party.visible(item):
                known = on and not party.unheard
                found.append(Withheld(item, about, "turvakielto_on" if known else "turvakielto_unknown"))
    return tuple(found)


def refund(facts: Facts, liable: Sequence[Liable]) -> Refund | None:
    """The account the customer has named; of the dead and the bankrupt none, for it was theirs."""
    if not liable or liable[0].role in (Role.ESTATE, Role.BANKRUPTCY_ESTATE):
        return None
    told = facts.customer.best("refund_account")
    return None if told is None else Refund(str(told.value), Why("refund.account", told))
