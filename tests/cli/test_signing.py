"""One's own sign-in on the command line: sessions, password, and the second factor by the operator."""

from __future__ import annotations

import re
from pathlib import Path

import pyotp
import pytest

from rekisteri.ground import clock
from tests.cli.terminal import PASSWORD, a_staffed_terminal


def test_sessions_are_listed_and_ended_and_a_password_changed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    terminal.signs_in("invoicer")
    (first,) = terminal.types("sessions", "list", "--json").json
    terminal.signs_in("invoicer")
    assert "this one" in terminal.types("sessions", "list").out
    assert terminal.types("sessions", "end", first["id"]).code == 0
    assert terminal.types("sessions", "end", first["id"]).code == 4
    assert terminal.types("sessions", "end", "x").code == 2
    assert terminal.types("password", stdin="wrong\nanother-long-password\n").code == 3
    assert terminal.types("password", stdin=f"{PASSWORD}\nanother-long-password\n").code == 0
    assert terminal.types("whoami").code == 0
    assert terminal.types("login", "invoicer", stdin=PASSWORD).code == 3
    assert terminal.types("admin", "account", "password", "invoicer", stdin="given-by-operator\n").code == 0
    assert terminal.types("whoami").code == 3
    assert terminal.types("login", "invoicer", stdin="given-by-operator").code == 0


def test_the_operator_enrols_a_device_and_takes_it_away(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    shown: list[str] = []
    enrolled = pyotp.random_base32()
    monkeypatch.setattr("rekisteri.access.factors.pyotp.random_base32", lambda: enrolled)
    code = pyotp.TOTP(enrolled).at(clock.now())
    told = terminal.types("admin", "account", "factor", "maintainer", stdin=f"{code}\n")
    assert told.code == 0, told.err
    assert enrolled in told.err
    assert "█" in told.err or "▀" in told.err
    shown += re.findall(r"^  ([a-z0-9-]{23})$", told.out, re.MULTILINE)
    assert len(shown) == 10
    assert terminal.types("login", "maintainer", stdin=PASSWORD).code == 3
    assert terminal.types("login", "maintainer", stdin=f"{PASSWORD}\n{shown[0]}\n").code == 0
    assert terminal.types("admin", "account", "factor", "maintainer", "--remove").code == 0
    assert terminal.types("whoami").code == 3
    assert terminal.types("login", "maintainer", stdin=PASSWORD).code == 0
