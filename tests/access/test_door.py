"""One door: no event, no data; no right, no act; and the database itself holds to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from rekisteri import audit, parties
from rekisteri.access import (
    ACCOUNT_ROLES,
    Action,
    Reach,
    Viewer,
    Write,
    add_account,
    change_roles,
    disable_account,
)
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Missing, Refused, Rejected, RekisteriError
from rekisteri.ground.ids import PartyId
from tests.builders import AAPO, World, a_person, a_viewer, a_world, only


def events(world: World) -> list[audit.Found]:
    with world.register.door.read(a_viewer(Role.AUDITOR), Action.AUDIT_SEARCH, Purpose.DATA_PROTECTION) as tx:
        found = audit.search(tx, audit.Query(limit=200))
    return found


def test_what_was_shown_stands_in_the_log_of_the_same_transaction(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        invoicer = a_viewer(Role.INVOICER, world.town)
        with world.register.door.read(invoicer, Action.CUSTOMER_READ, Purpose.INVOICING, case="LASKUTUS-7") as tx:
            parties.card(tx, world.register.vault, party_id)
        with world.register.door.read(a_viewer(Role.OFFICER), Action.AUDIT_SEARCH, Purpose.DATA_PROTECTION) as tx:
            about = audit.about(tx, party_id)
    read, taken = about
    assert (read.action, read.purpose, read.case_reference, read.outcome, read.subject_count) == (
        "customer:read", "invoicing", "LASKUTUS-7", "done", 1,
    )  # fmt: skip
    assert taken.action == "import:run"


def test_refusals_and_misses_are_acts_too(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        collector = a_viewer(Role.COLLECTOR)
        with pytest.raises(Refused):
            world.card(UUID(int=1), collector, purpose=Purpose.INVOICING)
        with pytest.raises(Missing):
            world.card(UUID(int=1), collector)
        assert [(event.action, event.outcome) for event in events(world)][:2] == [
            ("customer:read", "missing"),
            ("customer:read", "refused"),
        ]


def test_no_event_no_data(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        with psycopg.connect(database_url) as owner:
            owner.execute("revoke insert on audit.event from rekisteri_app")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            world.card(party_id)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            world.correct(party_id, "email", value="uusi@example.org")
        assert world.sql("select count(*) from parties.statement where reason is not null") == [(0,)]


def test_the_log_can_not_be_changed_or_read_past_its_action(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1"))
        with world.register.database.connection() as connection:
            assert connection.execute("select count(*) from audit.event").fetchall() == [(0,)]
        for forbidden in ("update audit.event set account = 'x'", "delete from audit.event", "truncate audit.event"):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                world.register.database.connection() as connection,
            ):
                connection.execute(forbidden.encode())


def test_without_the_door_the_application_sees_no_customer(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1", turvakielto="k"))
        for table in ("party", "record", "statement", "protected", "identifier", "judgement", "work", "change"):
            with world.register.database.connection() as connection:
                rows = connection.execute(f"select * from parties.{table}".encode()).fetchall()
            assert rows == [], table


@pytest.mark.parametrize("table", ["party", "record", "statement", "identifier", "change"])
def test_the_database_itself_shows_an_organisation_its_own_customers_alone(
    database_url: str, tmp_path: Path, table: str
) -> None:
    with a_world(database_url, tmp_path) as world:
        own = only(world.take(world.town, a_person("K1")))
        world.take(world.water, a_person("900", "020290-9027", first_names="Bea"))
        invoicer = a_viewer(Role.INVOICER, world.town)
        with world.register.door.read(invoicer, Action.CUSTOMER_READ, Purpose.INVOICING) as tx:
            count = tx.value(f"select count(*) from parties.{table}")  # type: ignore[arg-type]
            seen = {row[0] for row in tx.tuples("select id from parties.party")}
        assert count == 1
        assert seen == {own}


def test_a_protected_value_opens_to_its_own_action_alone(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1", turvakielto="k"))
        for action, purpose in ((Action.CUSTOMER_READ, Purpose.UPKEEP), (Action.CUSTOMER_SEARCH, Purpose.UPKEEP)):
            with world.register.door.read(world.maintainer, action, purpose) as tx:
                assert tx.value("select count(*) from parties.protected") == 0
        with world.register.door.read(world.maintainer, Action.CUSTOMER_PROTECTED, Purpose.UPKEEP) as tx:
            assert tx.value("select count(*) from parties.protected") == 1


def test_unmasking_is_an_act_of_its_own(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        invoicer = a_viewer(Role.INVOICER, world.town)
        with world.register.door.read(invoicer, Action.CUSTOMER_UNMASK, Purpose.INVOICING) as tx:
            code = parties.unmask(tx, world.register.vault, party_id)
        assert code == AAPO
        assert next((event.action, event.subject_count, event.detail) for event in events(world)) == (
            "customer:unmask", 1, {"item": "hetu"},
        )  # fmt: skip


def test_a_closed_account_and_a_changed_role_hold_from_the_next_act(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        token = an_account(world, "maija", Role.MAINTAINER)
        assert world.register.sessions.resume(token).viewer.roles == {Role.MAINTAINER}
        administer(world, lambda tx: change_roles(tx, "maija", [Role.COLLECTOR]))
        assert world.register.sessions.resume(token).viewer.roles == {Role.COLLECTOR}
        administer(world, lambda tx: disable_account(tx, "maija"))
        with pytest.raises(RekisteriError):
            world.register.sessions.resume(token)


def test_sign_in_tells_nothing_and_locks_after_five_failures(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        an_account(world, "maija", Role.MAINTAINER)
        told = set()
        for handle, password in [("maija", "wrong"), ("nobody", "wrong")] + [("maija", "wrong")] * 4:
            with pytest.raises(Refused) as refusal:
                world.register.sign_in.open(handle, password, "web")
            told.add(refusal.value.message)
        assert len(told) == 1
        with pytest.raises(Refused):
            world.register.sign_in.open("maija", "right-horse-battery", "web")
        world.clock.pass_days(1)
        world.register.sign_in.open("maija", "right-horse-battery", "web")


def test_a_session_ends_by_itself(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        token = an_account(world, "maija", Role.MAINTAINER)
        world.clock.pass_days(20 / 1440)
        world.register.sessions.resume(token)
        world.clock.pass_days(31 / 1440)
        with pytest.raises(Refused):
            world.register.sessions.resume(token)


def an_account(world: World, handle: str, role: Role) -> str:
    """An account of the service centre's staff, signed in; its token."""
    with world.register.door.write(an_administrator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        add_account(
            tx, world.register.hasher, handle=handle, name="Maija", password="right-horse-battery",
            roles=[role], every_organisation=True,
        )  # fmt: skip
    return world.register.sign_in.open(handle, "right-horse-battery", "web")[0]


def administer(world: World, change: Callable[[Write], object]) -> None:
    with world.register.door.write(an_administrator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        change(tx)


def an_administrator() -> Viewer:
    return a_viewer(Role.ADMINISTRATOR)


def test_no_identity_code_stands_in_a_case_reference_or_in_the_log_of_trying(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        for case in (f"lasku {AAPO}", AAPO, "x" * 81):
            with (
                pytest.raises(Rejected),
                world.register.door.read(world.maintainer, Action.CUSTOMER_READ, Purpose.UPKEEP, case=case) as tx,
            ):
                parties.card(tx, world.register.vault, party_id)
        assert [(event.outcome, event.case_reference) for event in events(world)][:3] == [("rejected", None)] * 3


def test_a_data_subject_is_no_account_and_reaches_nobody_but_itself_or_whom_it_acts_for(
    database_url: str, tmp_path: Path
) -> None:
    assert set(Role) - set(ACCOUNT_ROLES) == {Role.SUBJECT}
    for action in Action:
        # Who somebody is, and whom they represent, must be found among all; nothing else of anybody is shown.
        if Role.SUBJECT in action.policy.roles and action not in (Action.SUBJECT_IDENTIFY, Action.SELF_REPRESENT):
            assert action.policy.reach in {Reach.SELF, Reach.NONE}, action
        if action.policy.reach is Reach.SELF:
            # A system that speaks for the person it names meets that person's own log, and does nothing else of a subject's.
            asker = Role.INTEGRATION if action is Action.AUDIT_TELL else Role.SUBJECT
            assert action.policy.roles == {asker}, action
    with a_world(database_url, tmp_path) as world:
        with pytest.raises(Rejected):
            an_account(world, "maija", Role.SUBJECT)
        an_account(world, "maija", Role.MAINTAINER)
        with pytest.raises(Rejected):
            administer(world, lambda tx: change_roles(tx, "maija", [Role.SUBJECT]))


def test_the_database_is_told_whose_own_data_an_act_may_open(database_url: str, tmp_path: Path) -> None:
    me, child = PartyId(UUID(int=1)), PartyId(UUID(int=2))
    person = replace(a_viewer(Role.MAINTAINER), party_id=me)
    with a_world(database_url, tmp_path) as world:
        for viewer, own in (
            (a_viewer(Role.MAINTAINER), ""),
            (person, str(me)),
            (replace(person, acts_for=child), str(child)),
        ):
            with world.register.door.read(viewer, Action.CATALOGUE_READ, Purpose.UPKEEP) as tx:
                assert tx.value("select current_setting('rekisteri.self')") == own
        with world.register.database.connection() as connection:
            assert connection.execute("select current_setting('rekisteri.self', true)").fetchall() in (
                [("",)],
                [(None,)],
            )
