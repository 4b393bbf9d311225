"""Checking chosen customers in bulk, by the change interface's basic data: the query interface is no bulk way.

A check is ordered first and stands in the register with everybody it is to ask of. Then each portion is written
down before it is asked, within the day's quota, and what came of it is one transaction: a check that ends at any moment,
or stops and asks, goes on with those who still wait. What differs is told customer by customer and item by item, never
a value; with ``take`` it is taken too, under the same brake on deaths, moves and renames as any run.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Thread
from uuid import UUID

import structlog

from rekisteri import parties
from rekisteri.access import Action, Read, decide_case
from rekisteri.catalogue import Content, Disclosure, Purpose, Rules, with_secrets
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Conflict, Missing, Rejected, RekisteriError
from rekisteri.ground.keys import Vault
from rekisteri.sources.vtj import check_store, client_changes, fold, follow_store, store
from rekisteri.sources.vtj.check import Comparison, alike
from rekisteri.sources.vtj.client_changes import Interface
from rekisteri.sources.vtj.follow import BASIC, Busy, Following, Kind, Run, alone
from rekisteri.sources.vtj.follow_store import RunRow, Subscription
from rekisteri.sources.vtj.lay import Tally, codes_of
from rekisteri.sources.vtj.observe import Observed, observe
from rekisteri.sources.vtj.wire_changes import Page, Person, Poison

_journal = structlog.get_logger("rekisteri.sources.vtj")
NO_CHECK = "There is no such check of many; the page of VTJ lists the latest."
CHOSEN_MOST = 100_000
"""More customers than this are no choice: let following read everybody anew instead."""


@dataclass(frozen=True, slots=True)
class Checked:
    """How a check of many stands: the run, customers by what came of them, items by how they stand, the quota of today."""

    run: RunRow
    outcomes: dict[str, int]
    items: list[tuple[str, str, int]]

    @property
    def chosen(self) -> int:
        """How many are to be asked of."""
        return sum(self.outcomes.values())

    @property
    def waiting(self) -> int:
        """How many nobody has been asked of yet."""
        return self.outcomes.get(check_store.WAITING, 0)


def order_check(following: Following, party_ids: Sequence[UUID], *, take: bool) -> UUID:
    """Order a check of customers: decided, and written down with the reason; ``carry_on`` does it. The run's id.

    Raises ``Rejected`` for no reason or too many customers, ``Missing`` for one who is no followed customer, ``Conflict``
    beyond what is left of today's quota or while VTJ is being followed, ``Unavailable`` where the interface is stopped.
    """
    chosen = list(dict.fromkeys(party_ids))
    if not 0 < len(chosen) <= CHOSEN_MOST:
        raise Rejected(f"Choose from one to {CHOSEN_MOST:,} customers.", field="customers")
    reason = (following.reason or "").strip()
    if not reason:
        raise Rejected("Say why the customers are checked; the reason is kept in the log.", field="reason")
    decide_case(reason)
    with alone(following.database):
        run = Run(following, Kind.CHECK)
        run.begin()
        try:
            run.begin_relations()
            with run.write() as tx:
                if len(follow_store.of_parties(tx, chosen)) < len(chosen):
                    raise Missing("One of those chosen is no customer with an identity code; check the list.")
                left = following.setup.daily_most - store.used(tx, BASIC)
                if len(chosen) > left:
                    raise Conflict(
                        f"{len(chosen):,} customers are more than the {max(left, 0):,} left of today's quota."
                    )
                check_store.order(tx, run.report.run_id, chosen, takes=take, reason=reason)
                tx.note(chosen=len(chosen), takes=take)
        except RekisteriError as error:
            run.end("failed", error.message)
            raise
    return run.report.run_id


def carry_on(following: Following, run_id: UUID) -> None:
    """Ask of everybody a check still waits to ask of; what it found stands with the run (``checked``).

    Each portion is one transaction, so it may end at any moment and go on later. Raises ``Missing`` for no such check,
    ``Conflict`` beyond the quota or while VTJ is being followed, ``Unavailable`` where VTJ does not answer.
    """
    try:
        with alone(following.database):
            _carry_on(following, run_id)
    except Busy as error:
        with following.door.write(following.viewer, Action.VTJ_FOLLOW, Purpose.UPKEEP, case=following.case) as tx:
            check_store.give_up(tx, run_id, error.message)
        raise


def carry_on_beside(following: Following, run_id: UUID) -> None:
    """``carry_on`` while its orderer does other things; how it ended stands with the run."""
    Thread(target=_carried_on, args=(following, run_id), name=f"vtj-check-{run_id}", daemon=True).start()


def _carried_on(following: Following, run_id: UUID) -> None:
    try:
        carry_on(following, run_id)
    except RekisteriError:
        # It is written down with the run, where whoever ordered it looks.
        return
    except Exception as error:
        frames = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
        _journal.error("vtj_check_failed", run=str(run_id), error=type(error).__name__, frames=frames[-6:])


def let_go_on(following: Following, run_id: UUID) -> None:
    """Let a check go on with those who wait, which ``carry_on`` then does.

    Raises ``Missing`` for no such check, ``Conflict`` while VTJ is being followed, be it by this very check.
    """
    with (
        alone(following.database),
        following.door.write(following.viewer, Action.VTJ_FOLLOW, Purpose.UPKEEP, case=following.case) as tx,
    ):
        if check_store.find(tx, run_id) is None:
            raise Missing(NO_CHECK)
        check_store.go_on(tx, run_id)
        tx.note(run=str(run_id), despite_anomaly=following.despite_anomaly)


def _carry_on(following: Following, run_id: UUID) -> None:
    with following.door.write(following.viewer, Action.VTJ_FOLLOW, Purpose.UPKEEP, case=following.case) as tx:
        ordered = check_store.find(tx, run_id)
        if ordered is None:
            raise Missing(NO_CHECK)
        follow_store.end_broken_runs(tx)
        check_store.go_on(tx, run_id)
        today = day(tx.at)
    run = Run(replace(following, reason=ordered.reason), Kind.CHECK)
    run.today = today
    run.report.run_id, run.report.tally = run_id, Tally(Counter(ordered.counts), Counter(ordered.dropped))
    with run.settled(), client_changes.opened(following.setup, following.end_user) as interface:
        key = interface.day_key(run.today)
        while _portion(run, interface, key if ordered.takes else None):
            pass


def checked(tx: Read, run_id: UUID) -> Checked:
    """How a check of many stands. Raises ``Missing``."""
    row = check_store.find_row(tx, run_id)
    if row is None:
        raise Missing(NO_CHECK)
    return Checked(row, check_store.outcomes(tx, run_id), check_store.items(tx, run_id))


def _portion(run: Run, interface: Interface, key: int | None) -> bool:
    """Ask of the next portion, lay what is to be taken, and write down what came of each; whether there was any."""
    following, run_id = run.following, run.report.run_id
    with run.write() as tx:
        some = check_store.waiting(tx, run_id, following.setup.batch)
        subscriptions = follow_store.of_parties(tx, some)
        run.ask_basic(tx, subscriptions)
    if not some:
        return False
    asked = dict(zip(codes_of(following.vault, subscriptions), subscriptions, strict=True))
    page = interface.basic(list(asked)) if asked else None
    # A customership that ended since the order is asked of no more.
    outcomes = dict.fromkeys(some, "ended")
    with run.write() as tx:
        found: dict[UUID, dict[str, str]] = {}
        if page is not None:
            outcomes |= _compare(tx, following, asked, page, found)
            laid = run.lay_in(tx, asked, page, key) if key is not None else Tally()
            run.report.tally = run.report.tally.plus(laid)
        check_store.note(tx, run_id, outcomes, found)
        tx.gather([str(one.party_id) for one in subscriptions])
        tx.note(checked=len(asked), differing=len(found))
    following.progress("checked", len(some))
    return True


def _compare(
    tx: Read, following: Following, asked: Mapping[str, Subscription], page: Page, found: dict[UUID, dict[str, str]]
) -> dict[UUID, str]:
    """What came of each; ``found`` is told of those who differ in what."""
    told = {person.hetu: person for person in page.persons}
    rules = following.rules_of(day(tx.at))
    outcomes = {}
    for hetu, subscription in asked.items():
        party_id, person = subscription.party_id, told.get(hetu)
        if person is None:
            outcomes[party_id] = "absent"
        elif isinstance(person, Poison):
            outcomes[party_id] = "unreadable"
        elif differing := _differences(tx, following, party_id, person, rules):
            outcomes[party_id] = "differs"
            found[party_id] = {name: how.value for name, how in differing.items()}
        else:
            outcomes[party_id] = "same"
    return outcomes


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


def chosen_of(following: Following, organisation_id: int, numbers: Sequence[str] = ()) -> list[UUID]:
    """Customers of a client organisation to be checked: every followed one, or those of these customer numbers.

    Raises ``Missing`` where there is nobody, and for a number that is no customer's: told by its line, for it could be a code.
    """
    with following.door.read(following.viewer, Action.VTJ_WORK, Purpose.UPKEEP, case=following.case) as tx:
        if not numbers:
            if not (found := follow_store.of_organisation(tx, organisation_id)):
                raise Missing("The organisation has no customer with an identity code, so there is nobody to check.")
            return found
        wanted = list(dict.fromkeys(numbers))
        known = parties.numbered(tx, organisation_id, wanted)
    unknown = [place for place, one in enumerate(wanted, 1) if one not in known]
    if unknown:
        raise Missing(
            f"{len(unknown)} of the customer numbers are not the organisation's, the first on line {unknown[0]}."
        )
    return list(dict.fromkeys(known.values()))
