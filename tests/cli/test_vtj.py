"""Checking a customer against the population register on a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from rekisteri.simulators.codes import birth_of
from tests.api.world import row, with_codes
from tests.cli.terminal import a_staffed_terminal
from tests.sources.vtj.asking import a_citizen, a_home, an_office


def test_a_check_shows_both_sides_and_takes_what_is_named(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (person,) = with_codes(1)
    assert person.hetu is not None
    citizen = a_citizen(
        person.hetu, born_on=birth_of(person.hetu), surname=person.surname, first_names=person.first_names,
        permanent=a_home("Uusikatu"),
    )  # fmt: skip
    with an_office(citizen) as vtj:
        for name, value in vtj.settings().items():
            said = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            monkeypatch.setenv(f"REKISTERI_{name.upper()}", said)
        terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
        terminal.signs_in("maintainer")
        terminal.brings([row(1, person)])
        (hit,) = terminal.types("search", person.surname, person.first_names, "--json").json["hits"]
        shown = terminal.types("vtj", "check", hit["party_id"], "--reason", "palautui", "--lang", "en")
        assert shown.code == 0, shown.err
        assert "Uusikatu 7 A 12" in shown.out
        assert person.hetu not in shown.out
        check = terminal.types("vtj", "check", hit["party_id"], "--reason", "palautui", "--json").json
        taken = terminal.types("vtj", "take", check["id"], "permanent_address", "--reason", "palautui", "--json").json
        assert taken["taken"] == ["permanent_address"]
        card = terminal.types("show", hit["party_id"], "--json").json
        (address,) = [one for one in card["values"] if one["item"] == "permanent_address"]
        assert (address["value"]["street"], address["saying"]["source"]) == ("Uusikatu 7 A 12", "vtj")
        status = terminal.types("vtj", "status", "--json").json
        assert (status["stops"], status["used_today"], status["runs"]) == ([], {"query": 2}, [])
        refused = terminal.types("vtj", "take", check["id"], "surname", "--reason", "palautui")
        assert refused.code == 4
        assert terminal.types("vtj", "resume", "query", "--json").json == {"interface": "query", "was_stopped": False}
