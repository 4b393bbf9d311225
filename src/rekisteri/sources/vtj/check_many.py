"""Checking chosen customers in bulk, by the change interface's basic data: the query interface is no bulk way.

Each portion is written down before it is asked, within the day's quota. What differs is told
customer by customer and item by item; with ``take`` it is taken too, under the same brake on
deaths, moves and renames as any run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Action, Read
from rekisteri.catalogue import Content, Disclosure, Purpose, Rules, with_secrets
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Missing, Rejected
from rekisteri.ground.keys import Vault
from rekisteri.sources.vtj import client_changes, fold, follow_store
from rekisteri.sources.vtj.check import Comparison, alike
from rekisteri.sources.vtj.client_changes import Interface
from rekisteri.sources.vtj.follow import Following, Kind, Report, Run, alone
from rekisteri.sources.vtj.follow_store import Subscription
from rekisteri.sources.vtj.lay import codes_of
from rekisteri.sources.vtj.observe import Observed, observe
from rekisteri.sources.vtj.wire_changes import Page, Person, Poison

CHOSEN_MOST = 100_000
"""More customers than this are no choice: let following read everybody anew instead."""


@dataclass(slots=True)
class Checked:
    """What a check in bulk found: customers by item that differs, those VTJ does not know, those whose data does not hold."""

    report: Report
    asked: int = 0
    same: int = 0
    differing: dict[UUID, dict[str, Comparison]] = field(default_factory=dict)
    absent: list[UUID] = field(default_factory=list)
    unreadable: list[UUID] = field(default_factory=list)

    def by_item(self) -> Counter[tuple[str, Comparison]]:
        """How many customers differ in what."""
        return Counter(pair for items in self.differing.values() for pair in items.items())


def check_many(following: Following, party_ids: Sequence[UUID], *, take: bool) -> Checked:
    """Check the customers. Raises ``Rejected`` for too many or for one who is no followed customer, ``Conflict``
    beyond the quota or while VTJ is being followed, ``Unavailable`` where VTJ does not answer."""
    chosen = list(dict.fromkeys(party_ids))
    if not 0 < len(chosen) <= CHOSEN_MOST:
        raise Rejected(f"Choose from one to {CHOSEN_MOST} customers.", field="customers")
    with alone(following.database):
        run = Run(following, Kind.CHECK)
        run.begin()
        run.begin_relations()
        done = Checked(run.report)
        with run.settled(), client_changes.opened(following.setup, following.end_user) as interface:
            key = interface.day_key(run.today)
            for start in range(0, len(chosen), following.setup.batch):
                _portion(run, interface, chosen[start : start + following.setup.batch], done, key if take else None)
                following.progress("checked", done.asked)
    return done


def _portion(run: Run, interface: Interface, some: Sequence[UUID], done: Checked, key: int | None) -> None:
    with run.write() as tx:
        subscriptions = follow_store.of_parties(tx, some)
        if len(subscriptions) < len(some):
            raise Missing("One of those chosen is no customer with an identity code; check the list.")
        run.ask_basic(tx, subscriptions)
    asked = dict(zip(codes_of(run.following.vault, subscriptions), subscriptions, strict=True))
    page = interface.basic(list(asked))
    with run.write() as tx:
        _compare(tx, run.following, asked, page, done)
        tx.gather([str(one.party_id) for one in subscriptions])
        tx.note(checked=len(asked), differing=len(done.differing))
    done.asked += len(asked)
    if key is not None:
        run.lay_basic(asked, page, key)


def _compare(tx: Read, following: Following, asked: Mapping[str, Subscription], page: Page, done: Checked) -> None:
    told = {person.hetu: person for person in page.persons}
    rules = following.rules_of(day(tx.at))
    for hetu, subscription in asked.items():
        party_id, person = subscription.party_id, told.get(hetu)
        if person is None:
            done.absent.append(party_id)
        elif isinstance(person, Poison):
            done.unreadable.append(party_id)
        elif differing := _differences(tx, following, party_id, person, rules):
            done.differing[party_id] = differing
        else:
            done.same += 1


def _differences(tx: Read, following: Following, party_id: UUID, person: Person, rules: Rules) -> dict[str, Comparison]:
    ours = _known(tx, following.vault, party_id)
    language = str(ours.get("contact_language") or ours.get("language") or "fi")
    observed: Observed = observe(fold.facts_of(person, following.setup.groups), rules, language=language)
    found: dict[str, Comparison] = {}
    for name, stated in observed.items.items():
        value = stated.value
        if stated.secrets:
            value = with_secrets({} if value is None or value == "" else {name: value}, stated.secrets)[name]
        if value is None:
            continue
        if name not in ours:
            found[name] = Comparison.NEW
        elif not alike(ours[name], value):
            found[name] = Comparison.DIFFERS
    return found


def _known(tx: Read, vault: Vault, party_id: UUID) -> Content:
    """What the register holds of a customer, the order among it."""
    known = parties.opened(tx, vault, party_id)
    state = parties.own_orders(tx, [party_id])[party_id]
    return known if state is Disclosure.UNKNOWN else known | {"turvakielto": state is Disclosure.ON}


def chosen_of(following: Following, organisation_id: int) -> list[UUID]:
    """Every followed customer of a client organisation."""
    with following.door.read(following.viewer, Action.VTJ_WORK, Purpose.UPKEEP) as tx:
        return follow_store.of_organisation(tx, organisation_id)
