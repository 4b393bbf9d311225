"""Who pays, on a terminal: asked in words and for machines, by the batch, proved, told back; and wrong input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.api.world import row, with_codes
from tests.cli.terminal import HOME, Terminal, a_staffed_terminal

REASON = "PH"
OF = ("--organisation", HOME)
ASKED = (*OF, "--reason", REASON)


def a_billing_terminal(
    database_url: str, home: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
) -> Terminal:
    """A maintainer at a register of two customers and one payment reason."""
    terminal = a_staffed_terminal(database_url, home, patch, capture)
    terminal.signs_in("maintainer")
    names = ("--fi", "Varhaiskasvatus", "--sv", "Småbarnspedagogik", "--en", "Early education")
    made = terminal.types("payers", "reasons", "set", REASON, *OF, *names, "--channel", "letter", "--json").json
    assert [one["code"] for one in made] == [REASON]
    terminal.brings([row(number, person) for number, person in enumerate(with_codes(2), 1)])
    return terminal


def test_an_answer_is_told_in_words_and_its_receipt_proves_it(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_billing_terminal(database_url, tmp_path, monkeypatch, capsys)
    person = with_codes(1)[0]
    heard = [terminal.types("payers", "resolve", *ASKED, "--number", "1", "--lang", one) for one in ("fi", "sv", "en")]
    for told, word in zip(heard, ("kuitti", "kvitto", "receipt"), strict=True):
        assert told.code == 0, told.err
        assert person.surname in told.out and person.address.street in told.out and word in told.out
    assert len({told.out for told in heard}) == 3
    by_code = terminal.types("payers", "resolve", *ASKED, "--hetu", "--json", stdin=f"{person.hetu}\n")
    answer = by_code.json
    assert answer["answer"]["deliveries"][0]["channel"]["code"] == "letter"
    shown = terminal.types("payers", "receipt", "show", answer["receipt"]["id"], "--json")
    assert shown.out == by_code.out, "byte for byte"
    assert person.surname in terminal.types("payers", "receipt", "show", answer["receipt"]["id"]).out

    kept = tmp_path / "kept.ndjson"
    kept.write_text(shown.out * 2, "utf-8")
    proved = terminal.types("payers", "receipt", "verify", str(kept))
    assert (proved.code, proved.out) == (0, "2 todistettu\n")
    kept.write_text(shown.out + shown.out.replace(person.surname, "Toinen"), "utf-8")
    wrong = terminal.types("payers", "receipt", "verify", str(kept))
    assert (wrong.code, "ensimmäinen on rivillä 2" in wrong.err) == (2, True)
    (key,) = terminal.types("payers", "receipt", "keys", "--json").json
    assert key["id"] == answer["receipt"]["key"]


def test_a_file_of_customers_is_answered_line_by_line_and_a_wrong_question_tells_the_cure(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_billing_terminal(database_url, tmp_path, monkeypatch, capsys)
    asked, out = tmp_path / "asked.csv", tmp_path / "answers.ndjson"
    asked.write_text("customer_number;on\n1;\n77;\n2;soon\n2;\n", "utf-8")
    told = terminal.types("payers", "bulk", str(asked), *ASKED, "--out", str(out))
    assert (told.code, told.err.splitlines()[-1]) == (0, "2 answered, 2 with a problem")
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [one.get("problem", {}).get("code") for one in lines] == [None, "unknown_customer", "day_invalid", None]
    assert out.stat().st_mode & 0o077 == 0, "addresses are for whoever asked alone"
    spoken = terminal.types("payers", "bulk", str(asked), *ASKED, "--lang", "sv").out.splitlines()
    assert json.loads(spoken[1])["problem"]["what"] == "Organisationen har ingen sådan kund"

    for wrong, code, word in (
        (("resolve", *ASKED), 2, "exactly one"),
        (("resolve", *ASKED, "--number", "1", "--ytunnus", "9900012-2"), 2, "exactly one"),
        (("resolve", *ASKED, "--ytunnus", "9900012-1"), 2, "not valid"),
        (("resolve", *ASKED, "--number", "77"), 4, "no such customer"),
        (("resolve", *ASKED, "--number", "1", "--on", "1999-01-01"), 2, "before the organisation came"),
        (("resolve", *OF, "--reason", "MUU", "--number", "1"), 2, "no such payment reason"),
        (("receipt", "show", "00000000-0000-7000-8000-000000000001"), 4, "no such receipt"),
        (("receipt", "show", "x"), 2, "no id"),
        (("report", "dispute_opened", *OF, "--number", "1"), 2, "reference"),
        (("report", "stop_lifted", *OF, "--number", "1", "--reference", "9"), 4, "no such dispute or stop"),
        (("tasks", "settle", "00000000-0000-7000-8000-000000000001", "--how", "x"), 4, ""),
        (("reasons", "end", "MUU", *OF), 4, "no such payment reason"),
    ):
        told = terminal.types("payers", *wrong, "--lang", "en")
        assert (told.code, word in told.err) == (code, True), (wrong, told)


def test_what_is_told_back_twice_is_told_once_and_makes_work_that_is_settled(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_billing_terminal(database_url, tmp_path, monkeypatch, capsys)
    receipt = terminal.types("payers", "resolve", *ASKED, "--number", "1", "--json").json["receipt"]["id"]
    back = ("payers", "report", "mail_returned", *OF, "--receipt", receipt, "--cause", "moved")
    first = terminal.types(*back, "--json").json
    assert (first["new"], first["task"]) == (True, "mail_returned")
    assert "mitään ei muuttunut" in terminal.types(*back).out
    stop = ("--number", "1", "--reference", "2026-117")
    assert terminal.types("payers", "report", "stop_set", *OF, *stop, "--reason", "ban").code == 0
    told = terminal.types("payers", "resolve", *ASKED, "--number", "1", "--json")
    assert told.code == 2, "its order of channels has no last resort, and says so"
    names = ("--fi", "V", "--sv", "S", "--en", "E", "--channel", "letter", "--last-resort", "by_hand")
    assert terminal.types("payers", "reasons", "set", REASON, *OF, *names).code == 0
    told = terminal.types("payers", "resolve", *ASKED, "--number", "1", "--json").json["answer"]
    assert told["deliveries"][0]["channel"]["code"] == "by_hand"
    assert {one["code"] for one in told["stops"]} == {"ban", "by_hand"}
    assert terminal.types("payers", "report", "stop_lifted", *OF, *stop).code == 0
    tasks = terminal.types("payers", "tasks", "list", "--json").json
    assert "mail_returned" in {one["kind"] for one in tasks}
    for one in tasks:
        assert terminal.types("payers", "tasks", "settle", one["id"], "--how", "kysyttiin").code == 0
    assert terminal.types("payers", "tasks", "list").out == "Ei avoimia tehtäviä.\n"
    assert terminal.types("payers", "reasons", "end", REASON, *OF).code == 0
    assert terminal.types("payers", "reasons", "list").out == "Ei laskutusaiheita.\n"
