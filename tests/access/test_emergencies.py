"""Break-glass: each precondition holds by itself; the right ends by itself; every act of it is marked and looked through."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from rekisteri import access, parties, wiring
from rekisteri.access import Action, Finding, Plea, State, Viewer
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected, Unidentified, Unproven
from tests.builders import AAPO, World, a_person, a_viewer, a_world, only

PASSWORD = "right-horse-battery"
CASE = "ULOS-2026/7"
PEOPLE = {
    "iida": (Role.INVOICER, ["kuusilahti"]),
    "mauri": (Role.MAINTAINER, []),
    "maija": (Role.MAINTAINER, ["kuusilahti"]),
    "paula": (Role.ADMINISTRATOR, []),
    "olga": (Role.OFFICER, []),
}


def populate(world: World) -> None:
    with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        for handle, (role, codes) in PEOPLE.items():
            access.add_account(
                tx, world.register.hasher, handle=handle, name=handle, password=PASSWORD, roles=[role],
                organisation_codes=codes, every_organisation=not codes and role is not Role.ADMINISTRATOR,
            )  # fmt: skip


def signed_in(world: World, handle: str) -> str:
    return world.register.sign_in.open(handle, PASSWORD, "api")[0]


def viewer(world: World, handle: str) -> Viewer:
    return world.register.sessions.resume(signed_in(world, handle)).viewer


def plea(world: World, **changed: object) -> Plea:
    given = Plea(Role.COLLECTOR, world.water.id, Purpose.COLLECTION, "the bailiff waits", 30)
    return replace(given, **changed)  # type: ignore[arg-type]


def ask(world: World, who: Viewer, wanted: Plea | None = None, case: str | None = CASE) -> access.Emergency:
    with world.register.door.write(who, Action.EMERGENCY_ASK, who.purposes()[0], case=case) as tx:
        return access.ask_emergency(tx, wanted or plea(world))


def decide(world: World, who: Viewer, request: UUID, *, opens: bool = True) -> access.Emergency:
    with world.register.door.write(who, Action.EMERGENCY_DECIDE, who.purposes()[0]) as tx:
        return access.decide_emergency(tx, request, opens=opens)


def look_through(world: World, who: Viewer, request: UUID, finding: str = "one customer, as the case says") -> None:
    with world.register.door.write(who, Action.EMERGENCY_REVIEW, Purpose.DATA_PROTECTION) as tx:
        access.review_emergency(tx, request, Finding.JUSTIFIED, finding)


def test_a_lent_right_opens_what_it_names_until_its_minutes_are_over_and_no_longer(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        populate(world)
        theirs = only(world.take(world.water, a_person("900")))
        token = signed_in(world, "iida")

        def look(purpose: Purpose = Purpose.COLLECTION) -> None:
            who = world.register.sessions.resume(token).viewer
            with world.register.door.read(who, Action.CUSTOMER_READ, purpose, case=CASE) as tx:
                parties.card(tx, world.register.vault, theirs)

        with pytest.raises(Refused):
            look()
        request = ask(world, viewer(world, "iida"))
        assert request.state(world.clock.at) is State.WAITING
        with pytest.raises(Refused):
            look()
        assert decide(world, viewer(world, "mauri"), request.id).ends_at == world.clock.at + timedelta(minutes=30)
        look()
        with pytest.raises(Missing):
            look(Purpose.INVOICING)
        assert world.register.sessions.lent(viewer(world, "olga")) == 1, "every page tells the officer from now on"
        world.clock.at += timedelta(minutes=29, seconds=59)
        look()
        world.clock.at += timedelta(seconds=1)
        with pytest.raises(Refused):
            look()
        olga = viewer(world, "olga")
        with world.register.door.read(olga, Action.EMERGENCY_READ, Purpose.DATA_PROTECTION) as tx:
            found, acts = access.emergency(tx, request.id)
            assert found.state(tx.at) is State.OVER
        assert [(one.action, one.outcome, one.subject_count) for one in acts] == [("customer:read", "done", 1)] * 2
        look_through(world, olga, request.id)
        with pytest.raises(Conflict):
            look_through(world, olga, request.id)
        assert world.register.sessions.lent(olga) == 0


def test_each_precondition_taken_away_by_itself_refuses(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        populate(world)
        iida, mauri, maija, paula = (viewer(world, one) for one in ("iida", "mauri", "maija", "paula"))
        stale = replace(iida, authenticated_at=world.clock.at - timedelta(minutes=16))
        system = replace(
            wiring.operator(), authenticated_at=world.clock.at, roles=frozenset({Role.COLLECTOR}), rights=None
        )
        for who, wanted, case, refusal in (
            (iida, plea(world), None, Rejected),
            (iida, plea(world, reason=" "), CASE, Rejected),
            (iida, plea(world, reason=f"for {AAPO}"), CASE, Rejected),
            (iida, plea(world, minutes=61), CASE, Rejected),
            (iida, plea(world, minutes=0), CASE, Rejected),
            (iida, plea(world, role=Role.OFFICER), CASE, Rejected),
            (iida, plea(world, purpose=Purpose.UPKEEP), CASE, Rejected),
            (stale, plea(world), CASE, Unproven),
            (paula, plea(world), CASE, Refused),
            (a_viewer(Role.INTEGRATION, world.town), plea(world), CASE, Refused),
            (system, plea(world), CASE, Refused),
        ):
            with pytest.raises(refusal):
                ask(world, who, wanted, case)
        request = ask(world, iida)
        with pytest.raises(Conflict):
            ask(world, iida)
        for who, refusal in (
            (iida, Refused),
            (maija, Refused),
            (replace(mauri, authenticated_at=None), Unproven),
            (viewer(world, "olga"), Refused),
        ):
            with pytest.raises(refusal):
                decide(world, who, request.id)
        with pytest.raises(Missing):
            decide(world, mauri, UUID(int=1))
        assert decide(world, paula, request.id, opens=False).state(world.clock.at) is State.DECLINED
        with pytest.raises(Conflict):
            decide(world, mauri, request.id)
        again = ask(world, iida)
        world.clock.at += timedelta(minutes=60)
        with pytest.raises(Conflict):
            decide(world, viewer(world, "mauri"), again.id)
        own = ask(world, viewer(world, "mauri"), plea(world, role=Role.INVOICER, purpose=Purpose.INVOICING))
        with pytest.raises(Refused):
            decide(world, viewer(world, "mauri"), own.id)


def test_it_ends_at_once_by_whoever_has_it_or_by_the_officer_and_with_the_last_grant(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        populate(world)
        token = signed_in(world, "iida")

        def lent() -> bool:
            return world.register.sessions.resume(token).viewer.may(Action.CUSTOMER_HISTORY)

        for ender, action in (("iida", Action.EMERGENCY_ASK), ("olga", Action.EMERGENCY_REVIEW)):
            request = decide(world, viewer(world, "mauri"), ask(world, viewer(world, "iida")).id)
            assert lent()
            world.clock.at += timedelta(minutes=1)
            who = viewer(world, ender)
            with world.register.door.write(who, action, who.purposes()[0]) as tx:
                assert access.end_emergency(tx, request.id).ended_by == ender
            assert not lent()
            with pytest.raises(Conflict), world.register.door.write(who, action, who.purposes()[0]) as tx:
                access.end_emergency(tx, request.id)
        decide(world, viewer(world, "mauri"), ask(world, viewer(world, "iida")).id)
        maija = viewer(world, "maija")
        with pytest.raises(Missing), world.register.door.write(maija, Action.EMERGENCY_ASK, Purpose.UPKEEP) as tx:
            access.end_emergency(tx, request.id)
        with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
            (standing,) = access.grants(tx, "iida")
            access.end_grant(tx, standing.id)
        with pytest.raises(Unidentified):
            lent()


def test_a_look_through_that_is_late_is_an_alarm(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        populate(world)
        request = decide(world, viewer(world, "mauri"), ask(world, viewer(world, "iida")).id)
        assert request.review_by() == world.clock.at.date() + timedelta(days=7), "five working days are a week"

        def alarms() -> access.Alarms:
            with world.register.door.read(wiring.operator(), Action.GRANT_REVIEW, Purpose.ADMINISTRATION) as tx:
                return access.alarms(tx)

        assert (alarms().emergencies_open, alarms().emergencies_late) == (1, 0)
        world.clock.pass_days(8)
        assert (alarms().emergencies_unreviewed, alarms().emergencies_late, alarms().any) == (1, 1, True)
        bound = a_viewer(Role.OFFICER, world.town)
        with world.register.door.read(bound, Action.EMERGENCY_READ, Purpose.DATA_PROTECTION) as tx:
            assert access.emergencies(tx) == [], "an organisation's own officer sees what reaches it"
            with pytest.raises(Missing):
                access.emergency(tx, request.id)


def test_roles_that_exclude_each_other_do_nothing_however_they_came_together(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        both = a_viewer(Role.MAINTAINER)
        both = replace(both, roles=frozenset({Role.MAINTAINER, Role.OFFICER}), rights=None)
        for action, purpose in (
            (Action.CUSTOMER_SEARCH, Purpose.UPKEEP), (Action.AUDIT_SEARCH, Purpose.DATA_PROTECTION),
        ):  # fmt: skip
            with pytest.raises(Refused), world.register.door.read(both, action, purpose):
                pass
