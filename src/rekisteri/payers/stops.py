"""What stops invoicing or collection: every rule that applies, since when and on whose word. Pure.

A stop tells its kind, its days and what kind of source said it; never which claim, nor which other organisation's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from rekisteri.payers.addresses import Lacking
from rekisteri.payers.answer import Blocks, Delivery, Liable, Stop, Why
from rekisteri.payers.facts import ADULT_AGE, Facts, Told
from rekisteri.payers.liable import death, in_force
from rekisteri.payers.recipients import Recipient, unclear_guardian

BOTH = (Blocks.INVOICING, Blocks.COLLECTION)
COLLECTION = (Blocks.COLLECTION,)

Rule = Callable[[Facts], Iterator[Stop]]


def dispute(facts: Facts) -> Iterator[Stop]:
    """A disputed claim is not collected (Debt Collection Act 513/1999 § 4 b)."""
    for told in facts.customer.every("dispute"):
        if in_force(told.value, facts.on):
            yield _dated("dispute", COLLECTION, told, "stop.dispute")


def collection_stop(facts: Facts) -> Iterator[Stop]:
    """A stop a client organisation or a maintainer has set."""
    for told in facts.customer.every("collection_stop"):
        if in_force(told.value, facts.on):
            yield _dated(str(told.value["reason"]), COLLECTION, told, "stop.collection_stop")


def insolvency(facts: Facts) -> Iterator[Stop]:
    """Proceedings stay the collection of what fell due before them (Acts 57/1993, 47/1993, 120/2004)."""
    for told in facts.customer.every("insolvency"):
        if in_force(told.value, facts.on):
            yield _dated(str(told.value["kind"]), COLLECTION, told, "stop.insolvency")


def deceased(facts: Facts) -> Iterator[Stop]:
    """Nothing is collected in a dead person's name (Code of Inheritance 40/1965)."""
    told = death(facts.customer, facts.on)
    if told is not None:
        since = date.fromisoformat(str(told.value)) if isinstance(told.value, str) else None
        yield Stop("death", COLLECTION, since, None, Why("stop.death", told))


def minor(facts: Facts) -> Iterator[Stop]:
    """Whoever is under age is not dunned as an adult (Act 442/1999)."""
    if facts.minor and death(facts.customer, facts.on) is None:
        born = facts.customer.born_on
        assert born is not None
        last = _years_later(born, ADULT_AGE) - timedelta(days=1)
        yield Stop("minor", COLLECTION, None, last, Why("stop.minor", facts.customer.best("birth_date")))


def dissolved(facts: Facts) -> Iterator[Stop]:
    """A company that is no more is neither billed nor collected from."""
    told = None if facts.customer.person else facts.customer.best("dissolution_date")
    if told is not None and str(told.value) <= facts.on.isoformat():
        yield Stop("dissolved", BOTH, date.fromisoformat(str(told.value)), None, Why("stop.dissolved", told))


def wrong_person(facts: Facts) -> Iterator[Stop]:
    """The asking organisation has told that its bill reached somebody else: nothing more before that is settled."""
    for told in facts.customer.every("wrong_person"):
        if told.own and in_force(told.value, facts.on):
            yield _dated("wrong_person", BOTH, told, "stop.wrong_person")


def guardian_unclear(facts: Facts) -> Iterator[Stop]:
    """There is a guardian, and whether for matters of money is not understood."""
    if death(facts.customer, facts.on) is None and (found := unclear_guardian(facts)) is not None:
        yield Stop("guardian_unclear", (Blocks.INVOICING,), found.valid_from, None, Why("stop.guardian_unclear"))


class Asked(NamedTuple):
    """A rule of stops, and the items without which it has nothing to say."""

    rule: Rule
    items: frozenset[str]


STOPS: tuple[Asked, ...] = (
    Asked(deceased, frozenset({"death_date", "deceased"})),
    Asked(minor, frozenset({"birth_date"})),
    Asked(insolvency, frozenset({"insolvency"})),
    Asked(collection_stop, frozenset({"collection_stop"})),
    Asked(dispute, frozenset({"dispute"})),
    Asked(dissolved, frozenset({"dissolution_date"})),
    Asked(wrong_person, frozenset({"wrong_person"})),
)
"""Every one of them is asked that has something to go by."""
STOPPING = frozenset(chain.from_iterable(items for rule, items in STOPS if rule is not minor))
"""Without any of these nothing stops anything, unless the customer is under age."""


def stops(
    facts: Facts, liable: Sequence[Liable], found: Sequence[Recipient], deliveries: Sequence[Delivery]
) -> tuple[Stop, ...]:
    """Everything that stops invoicing or collection on the day, each kind of fact once a day it began."""
    every: list[Stop] = []
    said = facts.customer.spoken_of
    if facts.minor or not said.isdisjoint(STOPPING):
        every += [stop for rule, items in STOPS if not said.isdisjoint(items) for stop in rule(facts)]
    if facts.relations:
        every += guardian_unclear(facts)
    if not liable:
        every.append(Stop("no_custodian", BOTH, None, None, Why("stop.no_custodian")))
    elif deliveries and all(one.channel is None for one in deliveries):
        every += _no_way(found, deliveries)
    if not every:
        return ()
    distinct: dict[object, Stop] = {}
    for stop in every:
        distinct.setdefault((stop.code, stop.since, stop.until), stop)
    return tuple(distinct.values())


NO_ADDRESS = MappingProxyType(
    {
        "protected": "no_route_protected",
        "returned": "mail_returned",
        "unknown": "turvakielto_unknown",
        "guardian": "guardian_unreachable",
        "none": "no_address",
    }
)
"""Why there is no address: the stop it makes where no other channel will do."""


def _no_way(found: Sequence[Recipient], deliveries: Sequence[Delivery]) -> Iterator[Stop]:
    """Why none of the bills can go anywhere."""
    for recipient, delivery in zip(found, deliveries, strict=True):
        if delivery.by_hand:
            yield Stop("by_hand", (Blocks.INVOICING,), None, None, Why("stop.by_hand"))
        elif isinstance(recipient.address, Lacking):
            code, told = NO_ADDRESS[recipient.address.reason], recipient.address.told
            since = None if told is None else _day(told.value.get("returned_on"))
            yield Stop(code, (Blocks.INVOICING,), since, None, Why(f"stop.{code}", told))
        else:
            yield Stop("unfit", (Blocks.INVOICING,), None, None, Why("stop.unfit"))


def _dated(code: str, blocks: tuple[Blocks, ...], told: Told, rule: str) -> Stop:
    return Stop(code, blocks, _day(told.value.get("valid_from")), _day(told.value.get("valid_to")), Why(rule, told))


def _day(text: object) -> date | None:
    return None if text is None else date.fromisoformat(str(text))


def _years_later(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March of a year without one."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
