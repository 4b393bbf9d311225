"""Grants on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.terminal import HOME, a_staffed_terminal


def test_the_operator_grants_and_ends_and_reads_what_is_in_force(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    (made,) = terminal.types("admin", "grant", "add", "invoicer", "collector", "--organisation", HOME, "--json").json
    assert (made["role"], made["organisation"], made["state"], made["owner"]) == (
        "collector",
        HOME,
        "in_force",
        "operator",
    )
    assert "Perijä" in terminal.types("admin", "grant", "list", "invoicer", "--lang", "fi").out
    terminal.signs_in("invoicer")
    assert terminal.types("whoami", "--json").json["roles"] == ["collector", "invoicer"]
    (ended,) = terminal.types("admin", "grant", "end", made["id"], "--json").json
    assert ended["state"] == "ended"
    assert terminal.types("whoami", "--json").json["roles"] == ["invoicer"]
    assert terminal.types("admin", "grant", "add", "invoicer", "auditor").code == 2
    assert terminal.types("admin", "grant", "end", "x").code == 2
    assert terminal.types("admin", "grant", "approve", made["id"]).code == 3
    assert terminal.types("admin", "grant", "add", "invoicer", "collector", "--until", "tomorrow").code == 2
