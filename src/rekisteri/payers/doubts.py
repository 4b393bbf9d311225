"""What is not certain and what would settle it; what is withheld and by which rule; where money goes back. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rekisteri.access import Limit
from rekisteri.catalogue import BY_NAME, COVERED, Disclosure, SourceKind
from rekisteri.payers.addresses import Lacking
from rekisteri.payers.answer import Delivery, Doubt, Liable, Refund, Role, Withheld, because
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
    every: list[Doubt] = []
    for rule in _asked(facts):
        every += rule(facts)
    if len(found) > 1 and childs_household_unknown(facts, found):
        every.append(Doubt("childs_household", CUSTOMER, "check_address"))
    every += _of_recipients(found, deliveries)
    return tuple(dict.fromkeys(every)) if len(every) > 1 else tuple(every)


def _identity(facts: Facts) -> Sequence[Doubt]:
    if facts.customer.codes:
        return ()
    return (Doubt("no_identity_code", CUSTOMER, "ask_hetu" if facts.customer.person else "ask_ytunnus"),)


def _age(facts: Facts) -> Sequence[Doubt]:
    if facts.age is not None or not facts.customer.person:
        return ()
    return (Doubt("age_unknown", CUSTOMER, "ask_birth_date"),)


def _disclosure(facts: Facts) -> Sequence[Doubt]:
    return [
        Doubt("turvakielto_unknown", about, "check_vtj")
        for about, party in parties(facts)
        if party.person and (party.unheard or party.turvakielto is Disclosure.UNKNOWN)
    ]


def _restricted(facts: Facts) -> Sequence[Doubt]:
    """Whose processing is restricted and used here all the same: by an exception, or for upkeep."""
    if facts.customer.limit is None and not facts.people:
        return ()
    return [
        Doubt("restricted", about, "ask_exception") for about, party in parties(facts) if party.limit is Limit.FLAGGED
    ]


def _relations(facts: Facts) -> Sequence[Doubt]:
    found = []
    for relation in facts.relations:
        if relation.party_id is None or relation.party_id not in facts.people:
            kind = relation.kind.value
            if kind == "custodian" and not facts.minor:
                continue
            found.append(Doubt(f"{kind}_unresolved", relation.name, "ask_code_of_relation"))
    return found


def _newer_word(facts: Facts) -> Sequence[Doubt]:
    """Somebody less believed has told another home later: perhaps the customer has moved."""
    found = []
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
            found.append(Doubt("newer_address_elsewhere", about, "check_address"))
    return found


def _identity_doubted(facts: Facts) -> Sequence[Doubt]:
    if "wrong_person" not in facts.customer.spoken_of:
        return ()
    return [
        Doubt("identity_doubted", CUSTOMER, "settle_identity")
        for told in facts.customer.every("wrong_person")
        if not told.own and in_force(told.value, facts.on)
    ]


def _company_name(facts: Facts) -> Sequence[Doubt]:
    """Organisations name the company differently, and no directory has spoken."""
    names = [] if facts.customer.person else facts.customer.ranked("organisation_name")
    of_organisations = bool(names) and names[0].source is SourceKind.ORGANISATION
    if of_organisations and len({str(told.value).casefold() for told in names}) > 1:
        return (Doubt("company_name", CUSTOMER, "check_directory"),)
    return ()


Rule = Callable[[Facts], Sequence[Doubt]]
DOUBTS: tuple[Rule, ...] = (
    _identity,
    _age,
    _disclosure,
    _restricted,
    _relations,
    _newer_word,
    _identity_doubted,
    _company_name,
)
"""Every one of them is asked, of whoever has several words or somebody who stands for them."""
OF_ONE_WORD = (_identity, _age, _disclosure, _restricted, _identity_doubted)
"""Of a customer for whom nobody stands and of whom one word is known: nothing contradicts it."""


def _asked(facts: Facts) -> Sequence[Rule]:
    return DOUBTS if facts.relations or len(facts.customer.words) > 1 else OF_ONE_WORD


def _of_recipients(found: Sequence[Recipient], deliveries: Sequence[Delivery]) -> Sequence[Doubt]:
    """Of several recipients some can't be reached; an address that came back was passed over."""
    if len(found) == 1 and found[0].role is not Role.ESTATE:
        return ()
    every = []
    reached = any(delivery.channel is not None for delivery in deliveries)
    for recipient, delivery in zip(found, deliveries, strict=True):
        if reached and delivery.channel is None:
            settle = "act_by_hand" if delivery.by_hand else _settle(recipient)
            every.append(Doubt("recipient_unreached", ", ".join(recipient.names), settle))
        if recipient.role is Role.ESTATE and not recipient.parties:
            every.append(Doubt("estate_contact_unknown", ", ".join(recipient.names), "ask_estate_contact"))
    return every


def _settle(recipient: Recipient) -> str:
    lacking = recipient.address
    if isinstance(lacking, Lacking) and lacking.reason == "protected":
        return "ask_contact_address"
    return "check_vtj" if isinstance(lacking, Lacking) and lacking.reason == "unknown" else "check_address"


def parties(facts: Facts) -> Sequence[tuple[str, PartyFacts]]:
    """The customer and those who stand for it, each with how the answer calls it."""
    every = [(CUSTOMER, facts.customer)]
    if not facts.relations:
        return every
    seen = {facts.customer.id}
    for relation in facts.relations:
        party = None if relation.party_id is None else facts.people.get(relation.party_id)
        if party is not None and party.id not in seen:
            seen.add(party.id)
            every.append((relation_name(facts, relation), party))
    return every


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
    return None if told is None else Refund(str(told.value), because(("refund.account", told)))
