"""Customers on a terminal: brought, found, shown, corrected; the same register as the other faces'."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.world import row, with_codes
from tests.cli.terminal import HOME, OTHER, a_staffed_terminal


def test_a_customer_is_brought_found_shown_corrected_and_the_correction_taken_back(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    person = with_codes(1)[0]
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    terminal.signs_in("maintainer")
    assert (tmp_path / "cli-session").stat().st_mode & 0o777 == 0o600
    assert terminal.brings([row(4711, person)])["new"] == 1
    assert terminal.brings([row(4711, person)])["unchanged"] == 1

    found = terminal.types("search", person.surname, "--json").json["hits"]
    assert [hit["customerships"] for hit in found] == [[{"organisation": HOME, "customer_number": "4711"}]]
    party = found[0]["party_id"]
    assert terminal.types("search", "--json", stdin=f"{person.hetu}\n").json["hits"][0]["party_id"] == party

    assert terminal.types("show", "--hetu", "--json", stdin=f"{person.hetu}\n").json["party_id"] == party
    by_number = terminal.types("show", "--customer-number", HOME, "4711", "--lang", "sv")
    assert "Efternamn" in by_number.out and person.surname in by_number.out
    assert person.hetu not in by_number.out
    assert person.hetu in terminal.types("show", party, "--unmask").out

    done = terminal.types("correct", party, "surname", "Korjattu", "--reason", "Ilmoitus", "--version", "1")
    assert done.code == 0, done.err
    assert terminal.types("correct", party, "surname", "X", "--reason", "y", "--version", "1").code == 5
    assert "Korjattu" in terminal.types("show", party).out
    wrong = terminal.types("correct", party, "permanent_address", "street=A 1", "postcode=1", "--reason", "x")
    assert wrong.code == 2 and "permanent_address.postcode" in wrong.err
    history = terminal.types("history", party, "--json").json
    assert [entry["kind"] for entry in history] == ["correction", "first"]
    assert terminal.types("correct", party, "surname", "--withdraw", "--reason", "Erehdys").code == 0
    shown = terminal.types("show", party, "--json").json["values"]
    assert next(one["value"] for one in shown if one["item"] == "surname") == person.surname


def test_a_customer_is_created_by_hand_with_every_fault_told_at_once(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    person = with_codes(1)[0]
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    terminal.signs_in("invoicer")
    named = ["create", "--organisation", HOME, "surname=Mallikas", "first_names=Maija"]
    wrong = terminal.types(*named, "email=none", "birth_date=31.2.1980", "--json")
    assert wrong.code == 2
    assert {"email_invalid", "not_a_date"} <= set(wrong.err.replace('"', " ").split())
    made = terminal.types(*named, "--hetu", "--json", stdin=f"{person.hetu}\n").json
    assert (made["new"], made["doubt"]) == (True, None)
    assert terminal.types("create", "--organisation", OTHER, "surname=Mallikas").code == 3


def test_a_role_without_the_right_is_refused_by_exit_code(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    terminal.signs_in("invoicer")
    assert terminal.types("work", "list").code == 3
    assert terminal.types("audit", "search").code == 3
    assert terminal.types("search", "mallikas", "--purpose", "collection").code == 3
    monkeypatch.setenv("REKISTERI_ACCOUNT", "auditor")
    monkeypatch.setenv("REKISTERI_PASSWORD", "a-long-enough-password")
    events = terminal.types("audit", "search", "--outcome", "refused", "--json").json
    assert {(event["account"], event["action"]) for event in events} == {
        ("invoicer", "work:read"), ("invoicer", "audit:search"), ("invoicer", "customer:search"),
    }  # fmt: skip


def test_a_session_ends_by_logout_and_a_script_signs_in_for_each_command(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    assert terminal.types("login", "maintainer", stdin="not-the-right-one").code == 3
    terminal.signs_in("maintainer")
    assert terminal.types("whoami", "--json").json["roles"] == ["maintainer"]
    assert terminal.types("logout").code == 0
    assert not (tmp_path / "cli-session").exists()
    assert terminal.types("whoami").code == 3
    monkeypatch.setenv("REKISTERI_ACCOUNT", "invoicer")
    monkeypatch.setenv("REKISTERI_PASSWORD", "a-long-enough-password")
    assert terminal.types("whoami", "--json").json["organisations"] == [HOME]


def test_two_customers_are_merged_and_taken_apart_again(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = with_codes(2)
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    terminal.signs_in("maintainer")
    terminal.brings([row(1, first), row(2, second)])
    kept, lost = (
        terminal.types("show", "--customer-number", HOME, number, "--json").json["party_id"] for number in ("1", "2")
    )
    assert terminal.types("merge", kept, lost, "--reason", "Sama").code == 5
    tried = terminal.types("merge", kept, lost, "--reason", "Sama", "--despite-codes", "--dry-run")
    assert "Mitään ei muutettu." in tried.out
    assert terminal.types("merge", kept, lost, "--reason", "Sama", "--despite-codes").code == 0
    assert terminal.types("show", lost, "--json").json["party_id"] == kept
    assert lost in terminal.types("records", kept).out
    record = next(
        one["record_id"] for one in terminal.types("records", kept, "--json").json["records"] if one["key"] == "2"
    )
    assert terminal.types("unmerge", kept, lost, "--reason", "Eri").code == 0
    assert terminal.types("show", lost, "--json").json["party_id"] == lost
    terminal.types("merge", kept, lost, "--reason", "Sama", "--despite-codes")
    fresh = terminal.types("split", kept, record, "--reason", "Kaima", "--json").json["id"]
    assert fresh not in {kept, lost}


@pytest.mark.parametrize(
    ("language", "card", "turn"),
    [
        ("fi", ["henkilö", "ruotsi", "Storgatan 12, 114 35 Stockholm, Ruotsi"], "Tieto tuli rekisteriin"),
        ("sv", ["person", "svenska", "Storgatan 12, 114 35 Stockholm, Sverige"], "Uppgiften kom in i registret"),
        ("en", ["person", "Swedish", "Storgatan 12, 114 35 Stockholm, Sweden"], "The data came in"),
    ],
)
def test_a_card_and_its_history_are_told_in_words(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    language: str, card: list[str], turn: str,
) -> None:  # fmt: skip
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("COLUMNS", "200")
    terminal.signs_in("maintainer")
    abroad = {
        "osoite_katu": "Storgatan 12",
        "osoite_postinumero": "114 35",
        "osoite_toimipaikka": "Stockholm",
        "osoite_maa": "SE",
    }
    terminal.brings([row(1, with_codes(1)[0]) | abroad | {"asiointikieli": "sv"}])
    party = terminal.types("show", "--customer-number", HOME, "1", "--json").json["party_id"]
    shown = terminal.types("show", party, "--lang", language).out
    assert [one for one in card if one not in shown] == []
    assert turn in terminal.types("history", party, "--lang", language).out
