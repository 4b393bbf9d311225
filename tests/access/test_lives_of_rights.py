"""Grants, sessions, reviews and lent rights in any order: what somebody may now is what a plain model says.

``REKISTERI_RIGHTS_EXAMPLES`` many lives of ``REKISTERI_RIGHTS_STEPS`` steps; a few by default.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from rekisteri import access, wiring
from rekisteri.access import PURPOSES_OF_ROLE, Action, Decision, Finding, Plea, Viewer, Wish
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground import clock
from rekisteri.ground.errors import Conflict, Refused, Rejected, RekisteriError, Unidentified
from tests.builders import ALWAYS_FRESH, World, a_viewer, a_world

EXAMPLES = int(os.environ.get("REKISTERI_RIGHTS_EXAMPLES", "6"))
STEPS = int(os.environ.get("REKISTERI_RIGHTS_STEPS", "25"))
PASSWORD = "right-horse-battery"
LIFE, IDLE, GRACE_DAYS, QUARTER = timedelta(minutes=480), timedelta(minutes=30), 14, timedelta(days=92)
NEVER = [
    {Role.OFFICER, Role.COLLECTOR}, {Role.OFFICER, Role.MAINTAINER}, {Role.OFFICER, Role.INVOICER},
    {Role.AUDITOR, Role.COLLECTOR}, {Role.AUDITOR, Role.MAINTAINER}, {Role.AUDITOR, Role.INVOICER},
]  # fmt: skip
PROBES = (
    (Action.CUSTOMER_SEARCH, Purpose.INVOICING), (Action.CUSTOMER_HISTORY, Purpose.COLLECTION),
    (Action.CUSTOMER_READ, Purpose.COLLECTION), (Action.AUDIT_SEARCH, Purpose.DATA_PROTECTION),
    (Action.WORK_READ, Purpose.UPKEEP),
)  # fmt: skip
handles = count(1)


@dataclass(slots=True)
class Granted:
    """A grant as the model has it."""

    id: UUID
    role: Role
    organisation: int | None
    starts_at: datetime
    ends_at: datetime
    review_on: date
    over: bool = False

    def there(self, at: datetime) -> bool:
        return not self.over and self.ends_at > at

    def in_force(self, at: datetime) -> bool:
        return self.there(at) and self.starts_at <= at


@dataclass(slots=True)
class Lent:
    """A right for minutes as the model has it."""

    id: UUID
    role: Role
    purpose: Purpose
    asked_at: datetime
    minutes: int
    opened: bool | None = None
    ends_at: datetime | None = None
    reviewed: bool = False

    def waits(self, at: datetime) -> bool:
        return self.opened is None and at < self.asked_at + timedelta(minutes=60)

    def open(self, at: datetime) -> bool:
        return bool(self.opened and self.ends_at is not None and at < self.ends_at)


@dataclass(slots=True)
class Model:
    """What ought to be."""

    grants: list[Granted] = field(default_factory=list)
    lent: list[Lent] = field(default_factory=list)
    token: str | None = None
    opened_at: datetime | None = None
    used_at: datetime | None = None

    def rights(self, at: datetime, town: int) -> set[tuple[Role, int | None, frozenset[Purpose], UUID | None]]:
        granted = {
            (one.role, one.organisation, frozenset(PURPOSES_OF_ROLE[one.role]), None)
            for one in self.grants
            if one.in_force(at)
        }
        lent = {(one.role, town, frozenset({one.purpose}), one.id) for one in self.lent if one.open(at)}
        return granted | lent if granted else set()


class Lives(RuleBasedStateMachine):
    """One account's life, between an administrator, a maintainer and an officer."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.model = world, Model()
        self.admin = replace(wiring.operator(), handle="hanna", authenticated_at=ALWAYS_FRESH)
        self.officer = replace(a_viewer(Role.OFFICER), handle="olga")
        self.handle = f"elo{next(handles)}"
        with world.register.door.write(self.admin, Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
            access.add_account(
                tx, world.register.hasher, handle=self.handle, name=self.handle, password=PASSWORD,
                roles=[Role.COLLECTOR], organisation_codes=[], every_organisation=True,
            )  # fmt: skip
            (first,) = access.grants(tx, self.handle)
        self.keep(first)

    @property
    def now(self) -> datetime:
        return self.world.clock.at

    def keep(self, one: access.Grant) -> None:
        self.model.grants.append(
            Granted(one.id, one.role, one.organisation_id, one.starts_at, one.ends_at, one.review_on)
        )

    def tried(self, expected: type[RekisteriError] | None, act: Callable[[], None]) -> bool:
        """Do it; whether it was done. What ought to be refused must be, as that."""
        if expected is None:
            act()
            return True
        with pytest.raises(expected):
            act()
        return False

    @rule(
        role=st.sampled_from([Role.COLLECTOR, Role.INVOICER, Role.MAINTAINER, Role.OFFICER, Role.AUDITOR]),
        starts=st.integers(0, 2), days=st.sampled_from([1, 30, 366]),
    )  # fmt: skip
    def grant(self, role: Role, starts: int, days: int) -> None:
        organisation = self.world.town.id if role is Role.INVOICER else None
        first = clock.day(self.now) + timedelta(days=starts)
        last = first + timedelta(days=days - 1)
        starts_at = self.now if starts == 0 else _midnight(first)
        there = [one for one in self.model.grants if one.there(self.now)]
        roles = {role, *(one.role for one in there)}
        covered = any(
            (one.role, one.organisation) == (role, organisation)
            and one.starts_at <= starts_at and one.ends_at >= _midnight(last + timedelta(days=1))
            for one in there
        )  # fmt: skip
        expected = Rejected if any(pair <= roles for pair in NEVER) else Conflict if covered else None

        def act() -> None:
            with self.world.register.door.write(self.admin, Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
                self.keep(access.grant(tx, self.handle, Wish(role, organisation, None, first, last)))

        self.tried(expected, act)

    @precondition(lambda self: self.model.grants)
    @rule(data=st.data(), decision=st.sampled_from([Decision.CONFIRMED, Decision.ENDED]))
    def review(self, data: st.DataObject, decision: Decision) -> None:
        chosen = data.draw(
            st.lists(st.sampled_from(self.model.grants), min_size=1, max_size=3, unique_by=lambda one: one.id)
        )
        expected = None if all(one.there(self.now) for one in chosen) else Conflict

        def act() -> None:
            with self.world.register.door.write(self.admin, Action.GRANT_REVIEW, Purpose.ADMINISTRATION) as tx:
                access.review(tx, [one.id for one in chosen], decision, "as the model has it")

        if self.tried(expected, act):
            for one in chosen:
                one.over = decision is Decision.ENDED
                one.review_on = one.review_on if one.over else clock.day(self.now) + QUARTER

    @rule()
    def a_night(self) -> None:
        with self.world.register.door.write(wiring.operator(), Action.GRANT_REVIEW, Purpose.ADMINISTRATION) as tx:
            access.lapse(tx)
        for one in self.model.grants:
            if one.there(self.now) and one.review_on < clock.day(self.now) - timedelta(days=GRACE_DAYS):
                one.over = True

    @rule(grace=st.sampled_from([14, 15]))
    def a_quarter_goes_by(self, grace: int) -> None:
        """To the last day of grace of the first grant to lapse, or the day after; then a night's run."""
        due = [one.review_on for one in self.model.grants if one.there(self.now)]
        if due:
            self.world.clock.at = max(self.now, _midnight(min(due) + timedelta(days=grace)) + timedelta(hours=3))
            self.a_night()

    @rule()
    def the_minutes_run_out(self) -> None:
        """To the very instant at which an open right ends."""
        for one in self.model.lent:
            if one.open(self.now) and one.ends_at is not None:
                self.world.clock.at = one.ends_at

    @rule(minutes=st.sampled_from([1, 20, 45, 500, 1440, 1440 * 40, 1440 * 95]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.at += timedelta(minutes=minutes)

    @rule()
    def sign_in(self) -> None:
        expected = None if self.model.rights(self.now, self.world.town.id) else Unidentified

        def act() -> None:
            self.model.token, _ = self.world.register.sign_in.open(self.handle, PASSWORD, "api")
            self.model.opened_at = self.model.used_at = self.now

        self.tried(expected, act)

    @rule(role=st.sampled_from([Role.COLLECTOR, Role.INVOICER, Role.MAINTAINER]), minutes=st.sampled_from([1, 30, 60]))
    def ask(self, role: Role, minutes: int) -> None:
        viewer = self.viewer()
        if viewer is None:
            return
        purpose = PURPOSES_OF_ROLE[role][0]
        held = {one[0] for one in self.model.rights(self.now, self.world.town.id)}
        busy = any(one.waits(self.now) or one.open(self.now) for one in self.model.lent)
        expected: type[RekisteriError] | None = Conflict if busy else None
        if not held & {Role.COLLECTOR, Role.INVOICER, Role.MAINTAINER}:
            expected = Refused

        def act() -> None:
            fresh = replace(viewer, authenticated_at=ALWAYS_FRESH)
            with self.world.register.door.write(fresh, Action.EMERGENCY_ASK, _purpose(fresh), case="ELO-1") as tx:
                made = access.ask_emergency(tx, Plea(role, self.world.town.id, purpose, "it cannot wait", minutes))
            self.model.lent.append(Lent(made.id, role, purpose, self.now, minutes))

        self.tried(expected, act)

    @precondition(lambda self: self.model.lent)
    @rule(opens=st.booleans())
    def decide(self, opens: bool) -> None:
        one = self.model.lent[-1]

        def act() -> None:
            with self.world.register.door.write(self.admin, Action.EMERGENCY_DECIDE, Purpose.ADMINISTRATION) as tx:
                access.decide_emergency(tx, one.id, opens=opens)

        if self.tried(None if one.waits(self.now) else Conflict, act):
            one.opened = opens
            one.ends_at = self.now + timedelta(minutes=one.minutes) if opens else None

    @precondition(lambda self: self.model.lent)
    @rule()
    def stop(self) -> None:
        one = self.model.lent[-1]

        def act() -> None:
            with self.world.register.door.write(self.officer, Action.EMERGENCY_REVIEW, Purpose.DATA_PROTECTION) as tx:
                access.end_emergency(tx, one.id)

        if self.tried(None if one.open(self.now) and not one.reviewed else Conflict, act):
            one.ends_at = self.now

    @precondition(lambda self: self.model.lent)
    @rule()
    def look_through(self) -> None:
        one = self.model.lent[-1]
        ready = bool(one.opened) and not one.open(self.now) and not one.reviewed

        def act() -> None:
            with self.world.register.door.write(self.officer, Action.EMERGENCY_REVIEW, Purpose.DATA_PROTECTION) as tx:
                access.review_emergency(tx, one.id, Finding.UNCLEAR, "as the model has it")

        one.reviewed = self.tried(None if ready else Conflict, act) or one.reviewed

    def viewer(self) -> Viewer | None:
        """Whoever holds the token now, or None where the model says it is worth nothing; told apart by the register."""
        model = self.model
        if model.token is None or model.opened_at is None or model.used_at is None:
            return None
        live = self.now < model.opened_at + LIFE and self.now < model.used_at + IDLE
        lives = live and bool(model.rights(self.now, self.world.town.id))
        try:
            viewer = self.world.register.sessions.resume(model.token).viewer
        except Unidentified:
            assert not lives, "the session ought to live"
            return None
        assert lives, "the session ought to be over"
        if model.used_at + timedelta(seconds=60) <= self.now:
            model.used_at = self.now
        return viewer

    @invariant()
    def may_what_the_model_says(self) -> None:
        viewer = self.viewer()
        if viewer is None:
            return
        assert viewer.rights is not None
        told = {
            (right.role, organisation, right.purposes, right.emergency_id)
            for right in viewer.rights
            for organisation in (right.organisations or {None})
        }
        expected = self.model.rights(self.now, self.world.town.id)
        assert told == expected
        roles = {one[0] for one in expected}
        for action, purpose in PROBES:
            ought = not any(pair <= roles for pair in NEVER) and any(
                role in action.policy.roles and purpose in purposes for role, _, purposes, _ in expected
            )
            try:
                access.decide(viewer, action, purpose)
            except Refused:
                assert not ought, (action, purpose, expected)
            else:
                assert ought, (action, purpose, expected)


def _purpose(viewer: Viewer) -> Purpose:
    uses = (Purpose.INVOICING, Purpose.COLLECTION, Purpose.UPKEEP)
    return next((one for one in viewer.purposes() if one in uses), Purpose.COLLECTION)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.HELSINKI)


def test_what_somebody_may_is_what_the_model_says_whatever_happens(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            lambda: Lives(world),
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate],
            ),
        )
