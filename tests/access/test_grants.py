"""Grants: what an account may is exactly what is in force now; nobody grants themselves; duties stay apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from rekisteri import access, wiring
from rekisteri.access import INCOMPATIBLE, Action, Grant, Right, Viewer, Wish
from rekisteri.access.door import Door
from rekisteri.access.grants import rights_of
from rekisteri.access.terms import Terms
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground import migrations
from rekisteri.ground.errors import Conflict, Refused, Rejected
from tests.builders import World, a_person, a_viewer, a_world, only

PASSWORD = "right-horse-battery"


def administrator(handle: str = "hanna") -> Viewer:
    return replace(wiring.operator(), handle=handle)


def granted(world: World, handle: str, wish: Wish, by: Viewer | None = None) -> Grant:
    with world.register.door.write(by or administrator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        made = access.grant(tx, handle, wish)
    return made


def an_account(world: World, handle: str, *roles: Role, organisations: tuple[str, ...] = ()) -> access.Account:
    with world.register.door.write(administrator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        made = access.add_account(
            tx, world.register.hasher, handle=handle, name=handle, password=PASSWORD, roles=roles,
            organisation_codes=organisations, every_organisation=not organisations and Role.ADMINISTRATOR not in roles,
        )  # fmt: skip
    return made


def signed_in(world: World, handle: str) -> str:
    return world.register.sign_in.open(handle, PASSWORD, "api")[0]


def viewer_of(world: World, token: str) -> Viewer:
    return world.register.sessions.resume(token).viewer


def test_a_role_of_one_organisation_reaches_no_other_whatever_else_the_account_has(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        own = only(world.take(world.town, a_person("K1")))
        other = only(world.take(world.water, a_person("900", "020290-9027", first_names="Bea")))
        an_account(world, "onni", Role.INVOICER, organisations=("kuusilahti",))
        granted(world, "onni", Wish(Role.COLLECTOR, world.water.id))
        viewer = viewer_of(world, signed_in(world, "onni"))
        assert viewer.organisations == {world.town.id, world.water.id}
        for purpose, seen in ((Purpose.INVOICING, own), (Purpose.COLLECTION, other)):
            with world.register.door.read(viewer, Action.CUSTOMER_READ, purpose) as tx:
                assert {row[0] for row in tx.tuples("select id from parties.party")} == {seen}
        # The collector's history reaches the water works alone, and the invoicer has none.
        with world.register.door.read(viewer, Action.CUSTOMER_HISTORY, Purpose.COLLECTION) as tx:
            assert tx.act.organisations == {world.water.id}
        with pytest.raises(Refused), world.register.door.read(viewer, Action.CUSTOMER_HISTORY, Purpose.INVOICING):
            pass


def test_a_grant_for_one_purpose_serves_no_other(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        an_account(world, "maija", Role.COLLECTOR)
        granted(world, "maija", Wish(Role.MAINTAINER, purpose=Purpose.UPKEEP))
        viewer = viewer_of(world, signed_in(world, "maija"))
        assert viewer.purposes() == (Purpose.UPKEEP, Purpose.COLLECTION)
        with pytest.raises(Refused), world.register.door.read(viewer, Action.CUSTOMER_READ, Purpose.INVOICING):
            pass
        with pytest.raises(Rejected):
            granted(world, "maija", Wish(Role.COLLECTOR, purpose=Purpose.INVOICING))


def test_a_grant_begins_and_ends_at_its_days_and_an_expired_one_is_denied_at_the_next_statement(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        today = world.clock.at.date()
        an_account(world, "maija", Role.COLLECTOR)
        token = signed_in(world, "maija")
        made = granted(
            world, "maija", Wish(Role.MAINTAINER, starts_on=today + timedelta(1), ends_on=today + timedelta(2))
        )
        assert made.state(world.clock.at) == "coming"
        assert viewer_of(world, token).roles == {Role.COLLECTOR}
        # Midnight in Helsinki is 22 o'clock UTC in winter.
        seen = []
        for at in (
            made.starts_at - timedelta(seconds=1),
            made.starts_at,
            made.ends_at - timedelta(seconds=1),
            made.ends_at,
        ):
            world.clock.at = at
            seen.append(Role.MAINTAINER in viewer_of(world, signed_in(world, "maija")).roles)
        assert seen == [False, True, True, False]
        assert (made.starts_at.isoformat(), made.ends_at.isoformat()) == (
            "2026-03-02T22:00:00+00:00", "2026-03-04T22:00:00+00:00",
        )  # fmt: skip
        world.clock.pass_days(366)
        with pytest.raises(Refused):
            signed_in(world, "maija")


def test_an_ended_grant_is_worth_nothing_in_a_session_that_goes_on(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        an_account(world, "maija", Role.COLLECTOR)
        made = granted(world, "maija", Wish(Role.MAINTAINER))
        token = signed_in(world, "maija")
        assert Role.MAINTAINER in viewer_of(world, token).roles
        with world.register.door.write(administrator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
            access.end_grant(tx, made.id)
        assert viewer_of(world, token).roles == {Role.COLLECTOR}
        with pytest.raises(Conflict), world.register.door.write(
            administrator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION
        ) as tx:  # fmt: skip
            access.end_grant(tx, made.id)


def test_nobody_grants_themselves_anything(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        an_account(world, "hanna", Role.ADMINISTRATOR)
        hanna = viewer_of(world, signed_in(world, "hanna"))
        for change in (
            lambda tx: access.grant(tx, "hanna", Wish(Role.MAINTAINER)),
            lambda tx: access.change_roles(tx, "hanna", [Role.MAINTAINER]),
        ):
            with pytest.raises(Refused), world.register.door.write(
                hanna, Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION
            ) as tx:  # fmt: skip
                change(tx)


@pytest.mark.parametrize("pair", [one.roles for one in INCOMPATIBLE], ids=lambda pair: "+".join(sorted(pair)))
def test_roles_that_exclude_each_other_are_never_granted_together(
    pair: frozenset[Role], database_url: str, tmp_path: Path
) -> None:
    first, second = sorted(pair)
    with a_world(database_url, tmp_path) as world:
        with pytest.raises(Rejected):
            an_account(world, "both", first, second, organisations=("kuusilahti",))
        scope = () if first is Role.ADMINISTRATOR else ("kuusilahti",)
        an_account(world, "one", first, organisations=scope)
        with pytest.raises(Rejected):
            granted(world, "one", Wish(second, None if second is Role.ADMINISTRATOR else world.town.id))


def test_two_persons_make_a_grant_where_the_operator_asks_for_two(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        door = Door(world.register.database, world.clock, Terms(two_person_grants=True))

        def by(who: Viewer, change: object) -> Grant:
            with door.write(who, Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
                return change(tx)  # type: ignore[operator, no-any-return]

        an_account(world, "maija", Role.COLLECTOR)
        token = signed_in(world, "maija")
        proposed = by(administrator(), lambda tx: access.grant(tx, "maija", Wish(Role.MAINTAINER)))
        assert proposed.state(world.clock.at) == "proposed"
        assert viewer_of(world, token).roles == {Role.COLLECTOR}
        with pytest.raises(Refused):
            by(administrator(), lambda tx: access.approve_grant(tx, proposed.id))
        with pytest.raises(Refused):
            by(
                replace(administrator("maija"), account_id=viewer_of(world, token).account_id),
                lambda tx: access.approve_grant(tx, proposed.id),
            )
        approved = by(administrator("liisa"), lambda tx: access.approve_grant(tx, proposed.id))
        assert (approved.granted_by, approved.approved_by) == ("hanna", "liisa")
        assert viewer_of(world, token).roles == {Role.COLLECTOR, Role.MAINTAINER}
        with pytest.raises(Conflict):
            by(administrator("liisa"), lambda tx: access.approve_grant(tx, proposed.id))
        with pytest.raises(psycopg.errors.CheckViolation):
            world.sql("update access.grant set approved_by = granted_by returning id")


def test_the_registers_first_administrator_alone_needs_no_second_person(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        door = Door(world.register.database, world.clock, Terms(two_person_grants=True))
        states = []
        for handle in ("eka", "toka"):
            with door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
                access.add_account(
                    tx, world.register.hasher, handle=handle, name=handle, password=PASSWORD, roles=[Role.ADMINISTRATOR]
                )
                states += [one.state(tx.at) for one in access.grants(tx, handle)]
        assert states == ["in_force", "proposed"]


def test_days_and_scopes_that_do_not_hold_are_refused_with_a_reason(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        today = world.clock.at.date()
        an_account(world, "maija", Role.COLLECTOR)
        for wish in (
            Wish(Role.MAINTAINER, starts_on=today - timedelta(1)),
            Wish(Role.MAINTAINER, ends_on=today - timedelta(1)),
            Wish(Role.MAINTAINER, ends_on=today + timedelta(366)),
            Wish(Role.INVOICER),
            Wish(Role.SUBJECT),
        ):
            with pytest.raises(Rejected):
                granted(world, "maija", wish)
        with pytest.raises(Conflict):
            granted(world, "maija", Wish(Role.COLLECTOR))


def test_rights_are_told_by_role_and_purpose_and_an_administrator_reaches_no_customer() -> None:
    assert rights_of(["collector 3 *", "collector 5 *", "maintainer * upkeep", "administrator * *"]) == (
        Right(Role.ADMINISTRATOR, frozenset({Purpose.ADMINISTRATION}), frozenset()),
        Right(Role.COLLECTOR, frozenset({Purpose.COLLECTION}), frozenset({3, 5})),
        Right(Role.MAINTAINER, frozenset({Purpose.UPKEEP}), frozenset(), every_organisation=True),
    )


def test_a_viewer_can_not_be_made_of_rights_of_other_roles() -> None:
    with pytest.raises(AssertionError):
        replace(a_viewer(Role.COLLECTOR), roles=frozenset({Role.MAINTAINER}))


def test_homes_of_the_first_version_keep_their_rights(empty_database_url: str, tmp_path: Path) -> None:
    """Accounts made before grants: each role for each organisation becomes a grant."""
    whole = migrations.files()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "files", lambda: [one for one in whole if one[0] < "0002"])
        migrations.migrate(empty_database_url)
    with psycopg.connect(empty_database_url) as owner:
        owner.execute(
            """
            insert into access.organisation (code, name, ytunnus, created_at)
            values ('kuusilahti', 'K', '1234567-1', now()), ('vesi', 'V', '9999999-2', now());
            insert into access.account (id, handle, name, password_hash, roles, organisations, every_organisation,
                                        created_at, expires_on)
            values (uuidv7(), 'maija', 'M', 'x', '{maintainer,collector}', '{}', true, now() - interval '3 years', null),
                   (uuidv7(), 'onni', 'O', 'x', '{invoicer}', '{1,2}', false, now(), current_date + 9),
                   (uuidv7(), 'gone', 'G', 'x', '{invoicer}', '{1}', false, now() - interval '9 days', current_date - 5),
                   (uuidv7(), 'root', 'R', 'x', '{administrator}', '{}', false, now(), null)
            """
        )
    migrations.migrate(empty_database_url)
    with psycopg.connect(empty_database_url) as owner:
        rows = owner.execute(
            """
            select a.handle, g.role, g.organisation_id, g.ends_at > now() from access.grant g
            join access.account a on a.id = g.account_id order by 1, 2, 3
            """
        ).fetchall()
    assert rows == [
        ("gone", "invoicer", 1, False),
        ("maija", "collector", None, True),
        ("maija", "maintainer", None, True),
        ("onni", "invoicer", 1, True),
        ("onni", "invoicer", 2, True),
        ("root", "administrator", None, True),
    ]
