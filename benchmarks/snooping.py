"""Odd looks: snooping sessions put into weeks of work, how many are raised, and how many signals are of no session."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from benchmarks.figures import Figure
from benchmarks.worlds import MAINTAINER, bench_organisation, opened
from rekisteri import access, audit, oversight, parties, wiring
from rekisteri.access import Action
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground import clock, ids
from rekisteri.simulators import (
    SNOOPING_KINDS,
    STANDARD,
    Clerk,
    Form,
    Office,
    Person,
    Seen,
    SnoopingSession,
    Subject,
    clientele_of,
    write_file,
)
from rekisteri.simulators import customers as customers_of
from rekisteri.sources import organisations
from rekisteri.wiring import Register

SET_ON = 11
"""The seed on which the rules' limits were set; it is not measured."""
HELD_OUT = (12, 13, 14)
"""Seeds of other populations and traffic, on which no limit was set: what holds here, holds of an office not seen before."""
IDLE_SHARE = 0.03
CANARIES = 4
RECALL_GOAL = 0.95
PRECISION_GOAL = 0.5
UNSEEN = "stranger"
"""Sessions of this kind follow no rule: what is not seen is told beside what is."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a world: customers, clerks, days, looks a day and sessions of each kind."""

    customers: int
    clerks: int
    days: int
    looks: int
    each: int


@dataclass(frozen=True, slots=True)
class Found:
    """What the sweep found of what there was; of several worlds, the sums."""

    looks: int
    sessions: int
    raised: int
    signals: int
    true_signals: int
    missed: dict[str, int]
    by_kind: dict[str, int]
    true_by_kind: dict[str, int]
    of_kind: dict[str, int]
    strangers: int
    strangers_seen: int
    seconds: float

    @property
    def recall(self) -> float:
        """The share of sessions of the kinds there are rules for that raised a signal."""
        return self.raised / self.sessions

    @property
    def precision(self) -> float:
        """The share of signals that are of some session."""
        return self.true_signals / self.signals


FULL = Size(customers=30_000, clerks=60, days=60, looks=60, each=20)
"""About one snooping session in a thousand looks."""


def measure(folder: Path, size: Size = FULL, seeds: Sequence[int] = HELD_OUT) -> list[Figure]:
    """The figures, each seed's in a register of its own: recall and precision hold where they hold on every seed."""
    found: list[Found] = []
    for seed in seeds:
        place = folder / f"snooping-{seed}"
        with opened(place) as register:
            found.append(seen_in(register, place, size, seed))
    looks, signals = sum(one.looks for one in found), sum(one.signals for one in found)
    strangers, seen = sum(one.strangers for one in found), sum(one.strangers_seen for one in found)
    seconds = sum(one.seconds for one in found) / looks
    of = f"on seeds {', '.join(map(str, seeds))}, the limits were set on none of them"
    return [
        Figure(
            f"odd looks: sessions raised of {sum(one.sessions for one in found):,} among {looks:,} looks, {of}",
            ", ".join(f"{one.recall:.1%}" for one in found), f"{seen} of {strangers} of a kind no rule can know", "",
            f"≥ {RECALL_GOAL:.0%}", all(one.recall >= RECALL_GOAL for one in found),
        ),
        Figure(
            f"signals that are of a session, of {signals:,}", ", ".join(f"{one.precision:.1%}" for one in found), "", "",
            f"≥ {PRECISION_GOAL:.0%}", all(one.precision >= PRECISION_GOAL for one in found),
        ),
        Figure("by rule, of its sessions raised and of its signals right", _by_rule(found), "", "", "", holds=True),
        Figure("sweeping the log, a look", f"{seconds * 1e6:.0f} µs", "", "", "≤ 1,000 µs", seconds <= 0.001),
    ]  # fmt: skip


def _by_rule(found: Sequence[Found]) -> str:
    """Recall and precision of each rule, over every seed."""
    of_kind, missed, right, raised = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for one in found:
        of_kind.update(one.of_kind)
        missed.update(one.missed)
        right.update(one.true_by_kind)
        raised.update(one.by_kind)
    return ", ".join(
        f"{kind} {count - missed[kind]}/{count} {right[kind]}/{raised[kind]}" for kind, count in of_kind.items()
    )


def seen_in(register: Register, folder: Path, size: Size, seed: int) -> Found:
    """Build the seed's world in an empty register, let the weeks pass, sweep, and compare."""
    people, subjects, idle_from = _customers(register, folder, size, seed)
    clerks = _clerks(register, subjects[:idle_from], people, size.clerks)
    party_ids = _party_ids(register, len(subjects))
    canaries = [idle_from - 1 - place for place in range(CANARIES)]
    _mark(register, [party_ids[number] for number in canaries])
    office = Office(seed, subjects, clerks, canaries, size.days)
    looks = list(office.work(size.looks))
    sessions, snooped = office.snooping(SNOOPING_KINDS, size.each)
    _append(register, [*looks, *snooped], clerks, party_ids)
    while register.log.seal().added:
        pass
    began = time.process_time()
    while oversight_sweep(register):
        pass
    seconds = time.process_time() - began
    return _compare(register, len(looks) + len(snooped), sessions, snooped, clerks, party_ids, seconds)


def oversight_sweep(register: Register) -> int:
    """One sweep; how many leaves it went through."""
    with register.door.write(wiring.overseer(), Action.SIGNAL_SWEEP, Purpose.ADMINISTRATION) as tx:
        before = oversight.swept(tx)
        return oversight.sweep(tx).until - before


def _customers(register: Register, folder: Path, size: Size, seed: int) -> tuple[list[Person], list[Subject], int]:
    """The customers, delivered; the last of them leave with the second delivery."""
    idle_from = round(size.customers * (1 - IDLE_SHARE))
    for count in (size.customers, idle_from):
        path = folder / f"office-{count}.csv"
        write_file(path, STANDARD, clientele_of(seed, "office", count, company_percent=0), Form(kind="csv"))
        request = organisations.Request(
            path=path, file_name=path.name, organisation_id=bench_organisation(register),
            mapping=organisations.standard(), full=True, artificial_hetu=True, ordinary_hetu=False,
        )  # fmt: skip
        with register.door.write(MAINTAINER, Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
            organisations.run(tx, register.vault, request, lambda rows: None)
        parties.settle(register.database)
    people: list[Person] = []
    subjects: list[Subject] = []
    for number, customer in enumerate(customers_of(clientele_of(seed, "office", size.customers, company_percent=0))):
        assert isinstance(customer.party, Person)
        person = customer.party
        home = (
            f"{person.address.street} {person.address.postcode}" if person.turvakielto is False else f"hidden {number}"
        )
        full_name = f"{person.called_name} {person.surname}"
        subjects.append(Subject(number, person.surname, full_name, home, live=number < idle_from))
        people.append(person)
    return people, subjects, idle_from


def _clerks(register: Register, subjects: list[Subject], people: list[Person], count: int) -> list[Clerk]:
    """Employees: customers of working age with accounts in their own names."""
    adults = [
        subject for subject in subjects
        if people[subject.number].died_on is None and 1962 <= people[subject.number].born_on.year <= 2002 and people[subject.number].turvakielto is False
    ]  # fmt: skip
    chosen = adults[:: max(1, len(adults) // count)][:count]
    clerks = [Clerk(f"clerk-{place}", subject) for place, subject in enumerate(chosen)]
    with register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        for clerk in clerks:
            access.add_account(
                tx, register.hasher, handle=clerk.handle, name=clerk.subject.full_name, password="correct-horse-battery",
                roles=[Role.COLLECTOR], organisation_codes=[], every_organisation=True,
            )  # fmt: skip
    return clerks


def _party_ids(register: Register, count: int) -> list[UUID]:
    organisation = bench_organisation(register)
    with register.door.write(MAINTAINER, Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
        source = parties.organisation_source(tx, organisation)
        known = parties.known_records(tx, source.id, [str(100_001 + number) for number in range(count)])
    return [known[str(100_001 + number)].party_id for number in range(count)]


def _mark(register: Register, party_ids: list[UUID]) -> None:
    officer = access.Viewer(
        account_id=None, handle="officer", name="Officer", roles=frozenset({Role.OFFICER}), organisations=frozenset(),
        every_organisation=True, channel="cli",
    )  # fmt: skip
    with register.door.write(officer, Action.SIGNAL_TUNE, Purpose.DATA_PROTECTION) as tx:
        for party_id in party_ids:
            oversight.mark_canary(tx, party_id, "nobody's customer")


def _append(register: Register, looks: list[Seen], clerks: list[Clerk], party_ids: list[UUID]) -> None:
    """The looks as the door would have logged them, in the order they were made."""
    with register.door.read(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        accounts = {one.handle: one.id for one in access.accounts(tx)}
    looks.sort(key=lambda one: one.at)
    with register.database.connection() as connection:
        for look in looks:
            handle = clerks[look.clerk].handle
            event = audit.Event(
                id=ids.fresh(), at=look.at, account_id=accounts[handle], account=handle, roles=("collector",),
                organisations=(), action="customer:read", purpose="collection", case_reference=look.case, channel="web",
                outcome="done", subjects=(party_ids[look.subject],),
            )  # fmt: skip
            audit.append(connection, event)


def _compare(
    register: Register, count: int, sessions: list[SnoopingSession], snooped: list[Seen], clerks: list[Clerk],
    party_ids: list[UUID], seconds: float,
) -> Found:  # fmt: skip
    signals: list[oversight.Signal] = []
    with register.door.read(wiring.overseer(), Action.SIGNAL_SWEEP, Purpose.ADMINISTRATION) as tx:
        page = oversight.signals(tx, limit=200)
        while page:
            signals += page
            page = oversight.signals(tx, before=page[-1].id, limit=200)
    of_session: dict[int, set[tuple[str, object]]] = {}
    for look in snooped:
        handle, day = clerks[look.clerk].handle, clock.day(look.at)
        of_session.setdefault(look.session, set()).update({(handle, party_ids[look.subject]), (handle, day)})
    told = {(one.account, one.party_id or one.day) for one in signals}
    seen = {number for number, marks in of_session.items() if marks & told}
    ruled = [one for one in sessions if one.kind != UNSEEN]
    every = set().union(*(marks for number, marks in of_session.items()))
    strangers = [one for one in sessions if one.kind == UNSEEN]
    return Found(
        looks=count,
        sessions=len(ruled),
        raised=sum(one.number in seen for one in ruled),
        signals=len(signals),
        true_signals=sum((one.account, one.party_id or one.day) in every for one in signals),
        missed=dict(Counter(one.kind for one in ruled if one.number not in seen)),
        by_kind=dict(Counter(one.kind.value for one in signals)),
        true_by_kind=dict(
            Counter(one.kind.value for one in signals if (one.account, one.party_id or one.day) in every)
        ),
        of_kind=dict(Counter(one.kind for one in ruled)),
        strangers=len(strangers),
        strangers_seen=sum(one.number in seen for one in strangers),
        seconds=seconds,
    )
