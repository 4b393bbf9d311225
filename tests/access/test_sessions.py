"""Sessions: ended by time, by hand and by revocation, over all processes; a token changes with each proof."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from rekisteri import access, parties, wiring
from rekisteri.access import Action, Held, Session, Stale, Write
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Missing, Refused, Rejected, Unidentified, Unproven
from rekisteri.ground.settings import Settings
from tests.access import contexts
from tests.builders import AAPO, WEAK_HASHER, World, a_person, a_world, only

PASSWORD = "right-horse-battery"


def an_account(world: World, handle: str, role: Role = Role.MAINTAINER) -> None:
    with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        access.add_account(
            tx, world.register.hasher, handle=handle, name=handle, password=PASSWORD, roles=[role],
            every_organisation=role is not Role.ADMINISTRATOR,
        )  # fmt: skip


def signed_in(world: World, handle: str, channel: str = "web") -> str:
    return world.register.sign_in.open(handle, PASSWORD, channel)[0]


def resumed(world: World, token: str) -> Session:
    return world.register.sessions.resume(token)


def test_an_identity_code_is_shown_to_a_fresh_proof_alone_and_the_refusal_stands_in_the_log(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", turvakielto="k")))
        an_account(world, "maija")
        token = signed_in(world, "maija")

        def act(action: Action) -> str | None:
            viewer = resumed(world, token).viewer
            with world.register.door.read(viewer, action, Purpose.UPKEEP) as tx:
                return parties.unmask(tx, world.register.vault, party_id) if action is Action.CUSTOMER_UNMASK else None

        assert act(Action.CUSTOMER_UNMASK) == AAPO
        world.clock.at += timedelta(minutes=15)
        assert act(Action.CUSTOMER_UNMASK) == AAPO
        world.clock.at += timedelta(seconds=1)
        for action in (Action.CUSTOMER_UNMASK, Action.CUSTOMER_PROTECTED, Action.ACCOUNT_PROOF):
            with pytest.raises(Unproven):
                act(action)
        act(Action.CUSTOMER_READ)
        assert world.sql("select action from audit.event where outcome = 'refused' order by id") == [
            ("customer:unmask",), ("customer:protected",), ("account:proof",),
        ]  # fmt: skip
        old, token = token, world.register.sign_in.prove(token, PASSWORD)
        assert act(Action.CUSTOMER_UNMASK) == AAPO
        with pytest.raises(Unidentified):
            resumed(world, old)
        nobody = replace(resumed(world, token).viewer, authenticated_at=None)
        with pytest.raises(Unproven), world.register.door.read(nobody, Action.CUSTOMER_UNMASK, Purpose.UPKEEP):
            pass


def test_a_wrong_proof_changes_no_token_and_counts_towards_the_lock(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        an_account(world, "maija")
        token = signed_in(world, "maija")
        for _ in range(5):
            with pytest.raises(Unidentified):
                world.register.sign_in.prove(token, "wrong")
        with pytest.raises(Unidentified):
            world.register.sign_in.prove(token, PASSWORD)
        # A locked account lets nobody in, not even where they were.
        with pytest.raises(Unidentified):
            resumed(world, token)


def test_somebody_lists_and_ends_their_own_sessions_and_nobody_elses(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        an_account(world, "maija")
        an_account(world, "onni")
        web, cli, other = signed_in(world, "maija"), signed_in(world, "maija", "cli"), signed_in(world, "onni")
        viewer, stranger = resumed(world, web).viewer, resumed(world, other)
        with world.register.door.read(viewer, Action.ACCOUNT_OWN, Purpose.UPKEEP) as tx:
            listed = access.own_sessions(tx)
        assert {one.channel for one in listed} == {"web", "cli"}
        for session_id, gone in ((stranger.id, False), (resumed(world, cli).id, True)):
            try:
                with world.register.door.write(viewer, Action.ACCOUNT_OWN, Purpose.UPKEEP) as tx:
                    access.end_own_session(tx, session_id)
            except Missing:
                assert not gone
        with pytest.raises(Unidentified):
            resumed(world, cli)
        resumed(world, web)
        resumed(world, other)


def test_another_password_ends_the_other_sessions(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        an_account(world, "maija")
        kept, other = signed_in(world, "maija"), signed_in(world, "maija", "api")
        session = resumed(world, kept)
        for fresh, taken in (("short", False), ("x" * 201, False), ("another-horse-battery", True)):
            try:
                with world.register.door.write(session.viewer, Action.ACCOUNT_PROOF, Purpose.UPKEEP) as tx:
                    access.change_own_password(tx, world.register.hasher, fresh, session.id)
            except Rejected:
                assert not taken
        resumed(world, kept)
        with pytest.raises(Unidentified):
            resumed(world, other)
        with pytest.raises(Unidentified):
            signed_in(world, "maija")
        world.register.sign_in.open("maija", "another-horse-battery", "web")


def test_an_administrator_gives_others_a_password_and_not_themselves(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        an_account(world, "maija")
        an_account(world, "hanna", Role.ADMINISTRATOR)
        token = signed_in(world, "maija")
        hanna = resumed(world, signed_in(world, "hanna")).viewer

        def reset(handle: str) -> None:
            with world.register.door.write(hanna, Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
                access.reset_password(tx, world.register.hasher, handle, "given-horse-battery")

        reset("maija")
        with pytest.raises(Unidentified):
            resumed(world, token)
        world.register.sign_in.open("maija", "given-horse-battery", "web")
        with pytest.raises(Refused):
            reset("hanna")
        with pytest.raises(Missing):
            reset("nobody")


def test_last_use_is_written_to_the_minute_and_sessions_that_ended_go_at_the_next_sign_in(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        an_account(world, "maija")
        token = signed_in(world, "maija")
        opened = world.clock.at
        world.clock.at += timedelta(seconds=59)
        resumed(world, token)
        assert world.sql("select used_at from access.account where handle = 'maija'") == [(opened,)]
        world.clock.at += timedelta(seconds=1)
        resumed(world, token)
        assert world.sql("select used_at from access.account where handle = 'maija'") == [(world.clock.at,)]
        assert world.sql("select used_at from access.session") == [(world.clock.at,)]
        world.clock.pass_days(1)
        signed_in(world, "maija")
        assert world.sql("select count(*) from access.session") == [(1,)]


CLOSED = {
    "disabled": "disabled_at = now()",
    "past its last day": "expires_on = '2026-03-01'",
    "locked": "locked_until = '2026-03-03T00:00Z'",
}
"""Each way an account is closed, set in the database alone: no session is taken away with it, as an act would."""


@pytest.mark.parametrize("state", CLOSED)
def test_a_closed_account_is_let_in_by_nothing_and_its_session_is_over(
    database_url: str, tmp_path: Path, state: str
) -> None:
    with a_world(database_url, tmp_path) as world:
        an_account(world, "maija")
        token = signed_in(world, "maija")
        assert resumed(world, token).viewer.handle == "maija"
        world.sql(f"update access.account set {CLOSED[state]} where handle = 'maija' returning id")
        with pytest.raises(Unidentified):
            resumed(world, token)
        with pytest.raises(Unidentified):
            signed_in(world, "maija")
        world.sql("update access.account set disabled_at = null, expires_on = null, locked_until = null returning id")
        assert signed_in(world, "maija")
        assert world.sql("select outcome, count(*) from audit.event where action = 'session:open' group by 1 order by 1") == [
            ("done", 2), ("refused", 1),
        ]  # fmt: skip


WORKER = """
import json, sys, time
from pathlib import Path
from rekisteri import wiring
from rekisteri.ground.settings import Settings
from rekisteri.ground.errors import Unidentified
from rekisteri.ground.settings import Settings
url, home, token = sys.argv[1:]
with wiring.opened(Settings(database_url=url, home=Path(home), pool_size=1)) as register:
    print("ready", flush=True)
    seen = []
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            roles = sorted(register.sessions.resume(token).viewer.roles)
        except Unidentified:
            roles = []
        if not seen or seen[-1][0] != roles:
            seen.append((roles, time.time()))
            if not roles:
                break
    print(json.dumps(seen), flush=True)
"""


def test_a_revocation_in_one_process_holds_in_another_within_a_second(database_url: str, tmp_path: Path) -> None:
    """Both an ended grant and a closed account; the other process asks in a loop, and tells when it saw the change."""
    settings = Settings(database_url=database_url, home=tmp_path, pool_size=2)
    with wiring.opened(settings, hasher=WEAK_HASHER) as register:
        with register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
            access.add_account(
                tx, register.hasher, handle="maija", name="Maija", password=PASSWORD,
                roles=[Role.COLLECTOR, Role.MAINTAINER], every_organisation=True,
            )  # fmt: skip
            (maintainer,) = [one for one in access.grants(tx, "maija") if one.role is Role.MAINTAINER]
        token = register.sign_in.open("maija", PASSWORD, "api")[0]
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, database_url, str(tmp_path), token], stdout=subprocess.PIPE, text=True
        )
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        time.sleep(0.2)
        told = []
        with register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
            access.end_grant(tx, maintainer.id)
        told.append(time.time())
        time.sleep(0.2)
        with register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
            access.disable_account(tx, "maija")
        told.append(time.time())
        seen = json.loads(worker.communicate(timeout=30)[0])
    assert [roles for roles, _ in seen] == [["collector", "maintainer"], ["collector"], []]
    delays = [at - when for (_, at), when in zip(seen[1:], told, strict=True)]
    assert max(delays) < 1.0, delays


def test_what_is_remembered_of_a_session_is_held_against_what_stands_there_at_every_act(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        an_account(world, "maija", Role.COLLECTOR)
        token = signed_in(world, "maija", "api")
        sessions, door = world.register.sessions, world.register.door
        assert sessions.recall(token, Held()) is None, "nobody has asked of it here"

        def recalled(action: Action = Action.CUSTOMER_SEARCH, purpose: Purpose = Purpose.COLLECTION) -> str:
            """The handle the database was told by an act that went through on what was remembered."""
            known = sessions.recall(token, Held())
            assert known is not None
            session, entry = known
            with door.read(session.viewer, action, purpose, entry=entry) as tx:
                assert tx.value("select current_setting('rekisteri.reach')") == "all"
                assert tx.value("select count(*) from access.session") == 0, "what signs in is not open any more"
            return session.viewer.handle

        def events() -> int:
            return int(str(world.sql("select count(*) from audit.event")[0][0]))

        def stale() -> None:
            before = events()
            with pytest.raises(Stale):
                recalled()
            assert events() == before, "nothing is recorded of an act that did not begin"

        resumed(world, token)
        before = events()
        assert recalled() == "maija"
        assert events() == before + 1

        def manage(change: Callable[[Write], object]) -> None:
            with door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
                change(tx)

        with pytest.raises(Stale):
            recalled(Action.CUSTOMER_CORRECT, Purpose.UPKEEP)
        manage(lambda tx: access.change_roles(tx, "maija", [Role.COLLECTOR, Role.MAINTAINER]))
        stale()
        assert Role.MAINTAINER in resumed(world, token).viewer.roles
        recalled(Action.CUSTOMER_SEARCH, Purpose.UPKEEP)
        world.clock.at += timedelta(seconds=60)
        stale()
        resumed(world, token)
        stale()
        resumed(world, token)
        recalled()
        session, entry = sessions.recall(token, Held()) or pytest.fail("it was met just now")
        with door.read(session.viewer, Action.CUSTOMER_SEARCH, Purpose.COLLECTION, entry=entry) as tx:
            told = contexts.as_told(tx._connection)
        with door.read(session.viewer, Action.CUSTOMER_SEARCH, Purpose.COLLECTION) as tx:
            assert contexts.as_told(tx._connection) == told, "both ways in tell row-level security the same"
        manage(lambda tx: access.disable_account(tx, "maija"))
        stale()
        with pytest.raises(Unidentified):
            resumed(world, token)
