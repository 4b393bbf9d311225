"""The answer from the facts: the tables of rules asked in turn. Pure; the same facts give the same answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from rekisteri.access import Limit
from rekisteri.catalogue import SourceKind
from rekisteri.payers.addresses import Found
from rekisteri.payers.answer import Answer, Blocks, Delivery, DirectDebit, Liable, Problem, Stop, Unfit, Why
from rekisteri.payers.channels import Chosen, Sheet, choose, sheet
from rekisteri.payers.doubts import doubts, refund, withheld
from rekisteri.payers.facts import Facts, Told
from rekisteri.payers.forms import Limits
from rekisteri.payers.liable import liable
from rekisteri.payers.reasons import Channel
from rekisteri.payers.recipients import Recipient, recipients
from rekisteri.payers.stops import stops

AHEAD_MAX = timedelta(days=366)
"""What holds so far ahead nobody knows."""


def decide(facts: Facts, limits: Limits) -> Answer | Problem:
    """Who pays, where, how, may we. A ``Problem`` where the policy has come to its end without a last resort."""
    if facts.customer.limit is Limit.WITHHELD:
        return restricted(facts)
    answerable = liable(facts)
    found = recipients(facts, answerable)
    deliveries = []
    for recipient in found:
        delivery = deliver(facts, recipient, limits)
        if delivery is None:
            return Problem("no_last_resort", "payment_reason")
        deliveries.append(delivery)
    if _withheld(facts, answerable, deliveries):
        return restricted(facts)
    return Answer(
        facts.customer.id,
        answerable,
        tuple(deliveries),
        refund(facts, answerable),
        stops(facts, answerable, found, deliveries),
        doubts(facts, found, deliveries),
        withheld(facts),
    )


def _withheld(facts: Facts, answerable: Sequence[Liable], deliveries: Sequence[Delivery]) -> bool:
    """Whether anybody whom the answer would tell of beside the customer is stored and not used."""
    if not facts.people:
        return False
    limited = [one.id for one in facts.people.values() if one.limit is Limit.WITHHELD]
    if not limited:
        return False
    told = {one.party_id for one in answerable} | {party_id for one in deliveries for party_id in one.party_ids}
    return not told.isdisjoint(limited)


def restricted(facts: Facts) -> Answer:
    """The answer where the data of the customer, or of whoever would pay or be sent the bill, is stored and not used.

    It tells that rule and nothing else (GDPR art. 18).
    """
    stop = Stop("restricted", (Blocks.INVOICING, Blocks.COLLECTION), None, None, Why("stop.restricted"))
    return Answer(facts.customer.id, (), (), None, (stop,), (), ())


def _ids(recipient: Recipient) -> tuple[UUID, ...]:
    """The parties a bill goes to, each once; most have one, and an id costs more to compare than to take."""
    if len(recipient.parties) == 1:
        return (recipient.parties[0].id,)
    return tuple(dict.fromkeys(party.id for party in recipient.parties))


def deliver(facts: Facts, recipient: Recipient, limits: Limits) -> Delivery | None:
    """One bill's way; None where there is no last resort."""
    page = sheet(facts, recipient, limits)
    chosen = choose(page)
    if chosen is None:
        return None
    found = recipient.address if isinstance(recipient.address, Found) else None
    source = None if found is None or found.why.told is None else (found.party.id, found.why.told.statement_id)
    # In the order of the fields: a call by their names takes twice as long as all else here.
    return Delivery(
        recipient.role,
        _ids(recipient),
        recipient.names,
        recipient.attention,
        page.lines,
        page.finvoice,
        recipient.language,
        chosen.channel,
        chosen.routing,
        chosen.by_hand,
        chosen.passed,
        _unfit(page, chosen),
        None if found is None else found.item,
        source,
        None if found is None else found.address,
        recipient.why,
        None if found is None else found.why,
        recipient.why_language,
        chosen.why,
        _collected(facts, recipient),
    )


def _unfit(page: Sheet, chosen: Chosen) -> tuple[Unfit, ...]:
    """What does not fit of the forms that count: of the envelope only where a letter goes, or nothing does."""
    if not page.unfit or chosen.channel in (Channel.LETTER, Channel.DIRECT_PAYMENT, None):
        return page.unfit
    return tuple(one for one in page.unfit if one.form == "finvoice")


def _collected(facts: Facts, recipient: Recipient) -> DirectDebit | None:
    """The mandate by which the bill may be collected: the newest of who gets it, else of the customer; of the living alone."""
    if not facts.mandates or not recipient.electronic:
        return None
    whose = dict.fromkeys([*(party.id for party in recipient.parties), facts.customer.id])
    newest = max(facts.mandates_of(whose), key=lambda one: one.terms.given_on, default=None)
    if newest is None:
        return None
    terms = newest.terms
    told = Told(terms.reference, SourceKind.BANK, True, newest.valid_from, terms.given_on, newest.statement_id)
    return DirectDebit(
        terms.reference, terms.creditor, terms.account, terms.bank, terms.sequence, Why("debit.mandate", told)
    )
