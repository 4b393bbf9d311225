"""The second factor: a code once, a recovery code once, and nobody past it who must have one."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from rekisteri import access, wiring
from rekisteri.access import Action, SignIn, Unenrolled
from rekisteri.access.terms import Terms
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected, Unidentified
from tests.builders import World, a_viewer, a_world

PASSWORD = "right-horse-battery"


@contextmanager
def a_world_with_maija(database_url: str, home: Path, role: Role = Role.MAINTAINER) -> Iterator[World]:
    with a_world(database_url, home) as world:
        with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
            access.add_account(
                tx, world.register.hasher, handle="maija", name="Maija", password=PASSWORD, roles=[role],
                every_organisation=role is not Role.ADMINISTRATOR,
            )  # fmt: skip
        yield world


def enrolled(world: World) -> tuple[pyotp.TOTP, list[str]]:
    """Maija's device, and her recovery codes."""
    with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        device = pyotp.TOTP(access.enrol_for(tx, world.register.vault, "maija").secret)
    with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        codes = access.confirm_for(tx, world.register.vault, "maija", device.at(world.clock.at))
    world.clock.at += timedelta(minutes=1)
    return device, codes


def comes_in(world: World, code: str) -> bool:
    try:
        world.register.sign_in.open("maija", PASSWORD, "web", code=code)
    except Unidentified:
        return False
    return True


def test_once_enrolled_a_password_alone_lets_nobody_in(database_url: str, tmp_path: Path) -> None:
    with a_world_with_maija(database_url, tmp_path) as world:
        assert comes_in(world, "")
        device, _ = enrolled(world)
        assert not comes_in(world, "")
        assert not comes_in(world, "000000" if device.at(world.clock.at) != "000000" else "111111")
        assert comes_in(world, device.at(world.clock.at))
        assert world.sql("select method from access.session order by opened_at desc limit 1") == [("password_code",)]


def test_a_code_is_taken_once_and_none_before_it_any_more(database_url: str, tmp_path: Path) -> None:
    with a_world_with_maija(database_url, tmp_path) as world:
        device, _ = enrolled(world)
        now = device.at(world.clock.at)
        assert comes_in(world, now)
        assert not comes_in(world, now)
        assert not comes_in(world, device.at(world.clock.at - timedelta(seconds=30)))
        assert comes_in(world, device.at(world.clock.at + timedelta(seconds=30)))


def test_a_device_may_be_half_a_minute_off_and_no_more(database_url: str, tmp_path: Path) -> None:
    with a_world_with_maija(database_url, tmp_path) as world:
        device, _ = enrolled(world)
        for seconds, right in ((-60, False), (-30, True), (30, True), (60, False)):
            world.clock.at += timedelta(hours=1)
            assert comes_in(world, device.at(world.clock.at + timedelta(seconds=seconds))) is right


def test_a_recovery_code_serves_once_however_it_is_typed(database_url: str, tmp_path: Path) -> None:
    with a_world_with_maija(database_url, tmp_path) as world:
        _, codes = enrolled(world)
        assert len(set(codes)) == 10
        assert comes_in(world, codes[0].upper().replace("-", " "))
        assert not comes_in(world, codes[0])
        assert comes_in(world, codes[1])
        (stored,) = world.sql("select string_agg(encode(code_hash, 'hex'), ' ') from access.recovery")
        assert codes[2].replace("-", "") not in str(stored)


def test_wrong_codes_lock_the_account_as_wrong_passwords_do(database_url: str, tmp_path: Path) -> None:
    with a_world_with_maija(database_url, tmp_path) as world:
        device, codes = enrolled(world)
        for _ in range(5):
            assert not comes_in(world, "nothing")
        assert not comes_in(world, device.at(world.clock.at))
        assert not comes_in(world, codes[0])
        world.clock.at += timedelta(minutes=16)
        assert comes_in(world, device.at(world.clock.at))


def test_whoever_must_have_a_factor_enrols_one_before_anything_else(database_url: str, tmp_path: Path) -> None:
    with a_world_with_maija(database_url, tmp_path, Role.ADMINISTRATOR) as world:
        register = world.register
        terms = Terms(second_factor_roles=frozenset({Role.ADMINISTRATOR}))
        sign_in = SignIn(register.database, register.vault, register.sessions, register.hasher, terms, world.clock)
        with pytest.raises(Unidentified):
            sign_in.open("maija", "wrong", "web")
        with pytest.raises(Unenrolled) as missing:
            sign_in.open("maija", PASSWORD, "web")
        assert world.sql("select count(*) from access.session") == [(0,)]
        ticket = missing.value.ticket
        shown = sign_in.enrolment(ticket)
        assert sign_in.enrolment(ticket) == shown
        assert shown.address.startswith("otpauth://totp/Rekisteri:maija?secret=")
        assert shown.picture().startswith("data:image/svg+xml")
        for forged in (ticket[:-1], ticket.replace("maija", "liisa"), "maija", "", ticket.replace(".", ".9", 1)):
            with pytest.raises(Unidentified):
                sign_in.enrolment(forged)
        device = pyotp.TOTP(shown.secret)
        with pytest.raises(Rejected):
            sign_in.enrol(ticket, "1", "web", "fi")
        token, _, codes = sign_in.enrol(ticket, device.at(world.clock.at), "web", "fi")
        assert len(codes) == 10
        register.sessions.resume(token)
        # The ticket opens nothing any more: neither another device nor another session.
        with pytest.raises(Conflict):
            sign_in.enrolment(ticket)
        world.clock.at += timedelta(minutes=1)
        with pytest.raises(Missing):
            sign_in.enrol(ticket, device.at(world.clock.at), "web", "fi")
        sign_in.open("maija", PASSWORD, "web", code=device.at(world.clock.at))


def test_a_ticket_is_over_in_a_quarter_of_an_hour(database_url: str, tmp_path: Path) -> None:
    with a_world_with_maija(database_url, tmp_path) as world:
        register = world.register
        terms = Terms(second_factor_roles=frozenset({Role.MAINTAINER}))
        sign_in = SignIn(register.database, register.vault, register.sessions, register.hasher, terms, world.clock)
        with pytest.raises(Unenrolled) as missing:
            sign_in.open("maija", PASSWORD, "web")
        world.clock.at += timedelta(minutes=16)
        with pytest.raises(Unidentified):
            sign_in.enrolment(missing.value.ticket)


def test_a_lost_device_is_taken_away_by_somebody_else_and_sessions_end(database_url: str, tmp_path: Path) -> None:
    with a_world_with_maija(database_url, tmp_path) as world:
        device, codes = enrolled(world)
        token, session = world.register.sign_in.open("maija", PASSWORD, "web", code=device.at(world.clock.at))
        with pytest.raises(Conflict):
            enrolled(world)
        own = replace(a_viewer(Role.ADMINISTRATOR), account_id=session.viewer.account_id)
        with (
            pytest.raises(Refused),
            world.register.door.write(own, Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx,
        ):
            access.remove_factor(tx, "maija")
        with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
            access.remove_factor(tx, "maija")
        with pytest.raises(Unidentified):
            world.register.sessions.resume(token)
        assert comes_in(world, codes[0])
        assert world.sql("select count(*) from access.recovery") == [(0,)]


def test_seeds_and_recovery_codes_are_random_long_and_never_the_same(database_url: str, tmp_path: Path) -> None:
    with a_world_with_maija(database_url, tmp_path) as world:
        seeds, codes = set(), set()
        for _ in range(3):
            device, made = enrolled(world)
            seeds.add(device.secret)
            codes |= set(made)
            with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
                access.remove_factor(tx, "maija")
        assert len(seeds) == 3 and len(codes) == 30
        assert all(len(base64.b32decode(seed)) >= 20 for seed in seeds), "RFC 4226 § 4 asks for 160 bits"
        plain = [code.replace("-", "") for code in codes]
        used = {letter for code in plain for letter in code}
        assert min(map(len, plain)) * math.log2(len(used)) >= 95
        # Where two agree in more than a few places, something other than chance made them.
        assert all(sum(a == b for a, b in zip(plain[0], other, strict=True)) < 10 for other in plain[1:])
