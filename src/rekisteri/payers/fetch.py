"""Fetching the facts, set-based: the same few statements for one question and for a hundred thousand.

The act reaches every party, for whoever stands for a customer may be nobody's customer; so scope is held here: a
customer is answered about only where it is, on that day, the asking organisation's own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import TypeVar
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Act, Limit, Read, Terms, decide_organisation
from rekisteri.catalogue import ITEMS, Disclosure, PartyKind, SourceKind
from rekisteri.ground.clock import day
from rekisteri.ground.keys import Vault
from rekisteri.parties import Mandate, Order, Outline, Relation, Spoken
from rekisteri.payers.answer import Problem
from rekisteri.payers.decide import AHEAD_MAX
from rekisteri.payers.facts import NOTHING, Facts, PartyFacts
from rekisteri.payers.liable import death
from rekisteri.payers.marks import Marker, marked
from rekisteri.payers.question import By, Question, days
from rekisteri.payers.reasons import PaymentReason, payment_reasons
from rekisteri.payers.store import Biller, biller

Found = Facts | Problem
Kind = TypeVar("Kind", Order, Mandate)


@dataclass(frozen=True, slots=True)
class _Sitting:
    """What questions asked together share: the organisation, the day, the moment."""

    biller: Biller
    on: date
    known_at: datetime
    today: date


def fetch(tx: Read, vault: Vault, marker: Marker, questions: Sequence[Question]) -> list[Found]:
    """The facts of each question, in order, or why there is no answer to it.

    Raises ``Refused`` for an organisation the viewer does not act for.
    """
    asked: dict[tuple[int, date | None, datetime | None], list[int]] = defaultdict(list)
    for place, question in enumerate(questions):
        asked[question.organisation_id, question.on, question.known_at].append(place)
    sittings: dict[tuple[int, date, datetime], list[int]] = defaultdict(list)
    for (organisation_id, _, _), places in asked.items():
        sittings[(organisation_id, *days(questions[places[0]], tx.at))] += places
    found: list[Found] = [Problem("unknown_customer", "")] * len(questions)
    for (organisation_id, on, known_at), places in sittings.items():
        decide_organisation(tx.act.viewer, organisation_id)
        sitting = _Sitting(biller(tx, organisation_id), on, known_at, day(known_at))
        for place, one in zip(
            places, _fetch(tx, vault, marker, sitting, [questions[place] for place in places]), strict=True
        ):
            found[place] = one
    return found


def customer(tx: Read, vault: Vault, question: Question) -> UUID | Problem:
    """The party a question names, where it is or was the organisation's customer. Raises ``Refused``."""
    decide_organisation(tx.act.viewer, question.organisation_id)
    on, known_at = days(question, tx.at)
    sitting = _Sitting(biller(tx, question.organisation_id), on, known_at, day(known_at))
    (candidates,) = _named(tx, vault, question.organisation_id, [question])
    known = _known(tx, sitting, candidates)
    own = [party_id for party_id, party in known.items() if party.customer_ever]
    if len(own) > 1:
        return Problem("two_candidates", question.by.value)
    return own[0] if own else Problem("unknown_customer", question.by.value)


def _fetch(tx: Read, vault: Vault, marker: Marker, sitting: _Sitting, questions: Sequence[Question]) -> list[Found]:
    began = day(sitting.biller.created_at)
    if sitting.on < began or sitting.today < began:
        field = "on" if sitting.on < began else "known_at"
        return [Problem("before_register", field)] * len(questions)
    if sitting.on > sitting.today + AHEAD_MAX:
        return [Problem("too_far_ahead", "on")] * len(questions)
    named = _named(tx, vault, sitting.biller.id, questions)
    reasons = {
        one.code: one for one in payment_reasons(tx, [sitting.biller.id], on=sitting.on, known_at=sitting.known_at)
    }
    customers = {party_id for candidates in named for party_id in candidates}
    known = _known(tx, sitting, customers)
    relations = _relations(tx, vault, sitting, known)
    standing_for = {one.party_id for one in chain.from_iterable(relations.values()) if one.party_id is not None}
    people = known | _known(tx, sitting, standing_for - known.keys())
    orders = _orders(tx, vault, sitting, people)
    mandates = _mandates(tx, vault, sitting, people)
    people = marked(marker, people, orders)
    return [
        _facts(sitting, question, candidates, reasons, people, relations, orders, mandates)
        for question, candidates in zip(questions, named, strict=True)
    ]


def _facts(
    sitting: _Sitting,
    question: Question,
    candidates: Sequence[UUID],
    reasons: Mapping[str, PaymentReason],
    people: Mapping[UUID, PartyFacts],
    relations: Mapping[UUID, tuple[Relation, ...]],
    orders: Mapping[UUID, Sequence[Order]],
    mandates: Mapping[UUID, Sequence[Mandate]],
) -> Found:
    """One question's facts, or the problem with it."""
    reason = reasons.get(question.payment_reason)
    met = [party for party_id in candidates if (party := people.get(party_id)) is not None]
    own = [party for party in met if party.customer_then]
    if len(own) > 1:
        return Problem("two_candidates", question.by.value)
    if not own:
        once = any(party.customer_ever for party in met)
        return Problem("not_known_then", "on") if once else Problem("unknown_customer", question.by.value)
    if reason is None:
        return Problem("reason_unknown", "payment_reason")
    customer = own[0]
    mine = relations.get(customer.id, ()) if relations else ()
    stand = _standing(mine, people) if mine else NOTHING
    # In the order of the fields, as below: a call by their names takes twice as long.
    return Facts(
        sitting.on,
        sitting.today,
        sitting.biller.id,
        sitting.biller.language,
        reason,
        customer,
        question.identifier if question.by is By.CUSTOMER_NUMBER else None,
        mine,
        stand,
        _of(orders, customer.id, stand),
        _of(mandates, customer.id, stand),
    )


def _standing(mine: Iterable[Relation], people: Mapping[UUID, PartyFacts]) -> Mapping[UUID, PartyFacts]:
    """Those who stand for a customer and are parties within reach."""
    return {one.party_id: people[one.party_id] for one in mine if one.party_id is not None and one.party_id in people}


def _of(told: Mapping[UUID, Sequence[Kind]], customer_id: UUID, stand: Iterable[UUID]) -> Mapping[UUID, Sequence[Kind]]:
    """What is told of the customer and of those who stand for it; of most customers nothing is."""
    if not told:
        return NOTHING
    return {party_id: told[party_id] for party_id in (customer_id, *stand) if party_id in told}


def _named(tx: Read, vault: Vault, organisation_id: int, questions: Sequence[Question]) -> list[Sequence[UUID]]:
    """The parties each question may mean: none, one, or several of a foreign identifier."""
    by: dict[By, set[str]] = defaultdict(set)
    for question in questions:
        by[question.by].add(question.identifier)
    meant: dict[tuple[By, str], Sequence[UUID]] = {}
    codes = [(kind, code) for kind in (By.HETU, By.YTUNNUS) for code in by[kind]]
    if codes:
        blinds = {blind: (kind, code) for kind, code in codes for blind in vault.blinds(kind.value, code)}
        for known in parties.known_identities(tx, blinds):
            meant[blinds[known.blind]] = [known.party_id]
    if by[By.CUSTOMER_NUMBER]:
        for number, party_id in parties.numbered(tx, organisation_id, by[By.CUSTOMER_NUMBER]).items():
            meant[By.CUSTOMER_NUMBER, number] = [party_id]
    for identifier, found in parties.foreign(tx, by[By.FOREIGN_ID]).items():
        meant[By.FOREIGN_ID, identifier] = found
    for identifier in by[By.PARTY]:
        meant[By.PARTY, identifier] = [UUID(identifier)]
    return [meant.get((question.by, question.identifier), ()) for question in questions]


def _known(tx: Read, sitting: _Sitting, party_ids: Iterable[UUID]) -> dict[UUID, PartyFacts]:
    """The parties as known on the day."""
    wanted = list(party_ids)
    if not wanted:
        return {}
    # By their numbers: identifiers are hashed by Python itself.
    words: dict[int, list[Spoken]] = defaultdict(list)
    for word in parties.clear_words(tx, wanted, sitting.on, sitting.known_at):
        words[word.party_id.int].append(word)
    hidden, limits = _hidden(tx.act), tx.limits(wanted, sitting.biller.id)
    return {
        party_id: _party(
            outline,
            words.get(party_id.int, ()),
            sitting,
            hidden,
            limits.get(party_id) if limits else None,
            unheard=outline.turvakielto is Disclosure.UNKNOWN and _unheard(tx.terms, outline),
        )
        for party_id, outline in parties.outlines(tx, wanted).items()
    }


def _unheard(terms: Terms, outline: Outline) -> bool:
    """Whether nobody has told of the person's non-disclosure order though VTJ could be asked: unknown then acts as on."""
    asked_of = outline.kind is PartyKind.PERSON and "hetu" in outline.codes
    return terms.unknown_is_on and asked_of and outline.turvakielto is Disclosure.UNKNOWN


def _party(
    outline: Outline,
    words: Sequence[Spoken],
    sitting: _Sitting,
    hidden: frozenset[str],
    limit: Limit | None,
    *,
    unheard: bool,
) -> PartyFacts:
    asking, on = sitting.biller.id, sitting.on
    then = ever = at_bank = False
    for word in words:
        if word.organisation_id != asking:
            continue
        if word.source_kind is SourceKind.ORGANISATION:
            ever = True
            then = then or word.speaks(on)
        elif word.source_kind is SourceKind.BANK:
            at_bank = True
    return PartyFacts(
        outline.id,
        outline.kind,
        Disclosure.ON if unheard else outline.turvakielto,
        tuple(parties.counting(words, on)),
        outline.codes,
        asking,
        hidden,
        then,
        ever or asking in outline.organisations,
        unheard,
        outline.sheltered,
        at_bank,
        limit,
        NOTHING,
        NOTHING,
    )


def _hidden(act: Act) -> frozenset[str]:
    """Items the act may not see, by the catalogue: what is not for its purpose or its roles."""
    return frozenset(
        item.name for item in ITEMS if act.purpose not in item.purposes or act.roles.isdisjoint(item.readers)
    )


def _relations(
    tx: Read, vault: Vault, sitting: _Sitting, known: Mapping[UUID, PartyFacts]
) -> dict[UUID, tuple[Relation, ...]]:
    """Who stands for whom, asked only of those for whom anybody would: the young, the dead, those with a guardian."""
    words = [word for party in known.values() if party.person and _stood_for(party, sitting) for word in party.words]
    if not words:
        return {}
    found = parties.related(tx, vault, words, on=sitting.on)
    return {party_id: tuple(every) for party_id, every in found.items()}


def _stood_for(party: PartyFacts, sitting: _Sitting) -> bool:
    contact = False
    for word in party.words:
        if "guardian" in word.content or "custodian" in word.content:
            return True
        contact = contact or "estate_contact" in word.content
    return contact and death(party, sitting.on) is not None


def _orders(tx: Read, vault: Vault, sitting: _Sitting, people: Mapping[UUID, PartyFacts]) -> dict[UUID, list[Order]]:
    """Orders at banks, of those of whom a bank has ever told the organisation anything."""
    told = [party.id for party in people.values() if party.at_bank and "bank_order" not in party.hidden]
    return parties.orders_of(tx, vault, told, sitting.biller.id, sitting.on) if told else {}


def _mandates(
    tx: Read, vault: Vault, sitting: _Sitting, people: Mapping[UUID, PartyFacts]
) -> dict[UUID, list[Mandate]]:
    """Direct debit mandates, of the same."""
    told = [party.id for party in people.values() if party.at_bank and "direct_debit_mandate" not in party.hidden]
    return parties.mandates_of(tx, vault, told, sitting.biller.id, sitting.on) if told else {}
