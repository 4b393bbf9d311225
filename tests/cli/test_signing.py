"""One's own sign-in on the command line: sessions, password, and the second factor by the operator."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyotp
import pytest

from rekisteri.ground import clock
from tests.cli.terminal import HOME, PASSWORD, a_staffed_terminal


def test_what_is_refused_is_told_in_the_language_asked_for_else_in_the_sessions(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)

    def refused(*arguments: str) -> str:
        told = terminal.types(*arguments)
        assert told.code, arguments
        return " ".join(told.err.split())

    assert "Sign in with" in refused("whoami") and "Logga in med" in refused("whoami", "--lang", "sv")
    assert terminal.types("login", "invoicer", "--lang", "sv", stdin=PASSWORD).code == 0
    assert "Det är ingen identifierare" in refused("show", "x")
    assert "Tämä ei ole tunniste" in refused("show", "x", "--lang=fi")
    forbidden = refused("audit", "search")
    assert "Visning av logg (audit:search)" in forbidden and "visar dina roller" in forbidden
    broken = tmp_path / "trasig.xlsx"
    broken.write_bytes(b"PK\x03\x04 cut off")
    told = refused("import", "run", str(broken), "--organisation", HOME, "--delta", "--dry-run")
    assert told.startswith("rekisteri: rejected: trasig.xlsx: arbetsboken är trasig")
    for arguments, message in (
        (("show", "x", "--json"), "Det är ingen identifierare"), (("show", "x", "--json", "--lang", "en"), "That is no id"),
    ):  # fmt: skip
        assert json.loads(terminal.types(*arguments).err)["message"].startswith(message)
    assert "Käytön kertovat" in refused("show", "--nonsense", "--lang", "fi")
    assert terminal.types("password", "--lang", "en", stdin=f"{PASSWORD}\nanother-long-password\n").code == 0
    assert "Det är ingen identifierare" in refused("show", "x"), "the session's language outlives its token"
    assert terminal.types("logout").code == 0
    assert "Sign in with" in refused("whoami")


def test_sessions_are_listed_and_ended_and_a_password_changed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    terminal.signs_in("invoicer")
    (first,) = terminal.types("sessions", "list", "--json").json
    terminal.signs_in("invoicer")
    assert "tämä" in terminal.types("sessions", "list").out
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
