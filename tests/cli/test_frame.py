"""The frame of every command: common options anywhere, identity codes nowhere, one shape of error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rekisteri.cli.commands import hoisted, run
from tests.cli.terminal import a_terminal

CODE = "010190-999X"


def test_common_options_may_stand_anywhere_but_not_behind_a_double_dash() -> None:
    assert hoisted(["search", "x", "--json", "--lang", "sv"]) == ["--json", "--lang", "sv", "search", "x"]
    assert hoisted(["search", "--home=a", "x"]) == ["--home=a", "search", "x"]
    assert hoisted(["search", "--", "--json"]) == ["search", "--", "--json"]
    assert hoisted(["search", "--limit", "3", "--purpose"]) == ["--purpose", "search", "--limit", "3"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", CODE],
        ["search", "010190A999X", "mallikas"],
        ["create", "--organisation", "kuusilahti", f"hetu={CODE}"],
        ["correct", "ID", "hetu", CODE, "--reason", "x"],
        ["import", "run", f"{CODE}.csv", "--organisation", "kuusilahti"],
        ["--case", f"case {CODE}", "whoami"],
    ],
)
def test_an_identity_code_as_an_argument_is_refused_and_not_repeated(
    arguments: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    told = capfd.readouterr()
    assert told.out == ""
    assert "standard input" in told.err.replace("\n", " ")
    assert "999X" not in told.err


def test_errors_have_one_shape_for_people_and_one_for_machines(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    nowhere = str(tmp_path / "nowhere")
    assert run(["--home", nowhere, "search", "x"]) == 4
    assert capfd.readouterr().err.startswith("rekisteri: missing: There is no register in")
    assert not (tmp_path / "nowhere").exists()
    assert run(["--home", nowhere, "search", "x", "--json"]) == 4
    shape = json.loads(capfd.readouterr().err)
    assert shape.keys() == {"error", "message", "field", "faults"}
    for arguments in (["nonsense"], ["search", "--nonsense"], ["show", "--json"], ["--lang", "de", "search", "x"]):
        assert run(["--home", nowhere, *arguments]) == 2
        told = capfd.readouterr()
        assert told.out == "" and "rejected" in told.err and "Traceback" not in told.err


def test_a_setting_that_does_not_hold_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REKISTERI_PORT", "many")
    assert run(["--home", str(tmp_path), "whoami"]) == 2
    told = capfd.readouterr().err
    assert "REKISTERI_PORT" in told and "many" not in told


@pytest.mark.parametrize(("url", "code"), [("postgresql://nobody@127.0.0.1:1/nowhere", 6), ("nonsense", 2)])
def test_a_database_that_is_away_or_no_database_is_told_apart(
    url: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REKISTERI_DATABASE_URL", url)
    assert run(["--home", str(tmp_path), "migrate"]) == code
    told = capfd.readouterr().err
    assert "REKISTERI_DATABASE_URL" in told and "nonsense" not in told


def test_nobody_signed_in_is_told_how_to(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_terminal(database_url, tmp_path, monkeypatch, capsys)
    told = terminal.types("search", "mallikas")
    assert told.code == 3
    assert "rekisteri login" in told.err


def test_help_teaches_every_command(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    told = capfd.readouterr().out
    for command in ("demo", "serve", "login", "import", "search", "show", "work", "audit", "admin", "migrate", "db"):
        assert f"\n  {command} " in told
    assert "Exit codes" in told
