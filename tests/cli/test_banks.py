"""Banks on a terminal: a notice drafted and issued, a file taken, what waits decided, files exchanged by folders."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rekisteri.catalogue import Text
from rekisteri.sources import banks
from tests.api.world import row, with_codes
from tests.cli.terminal import HOME, Terminal, a_staffed_terminal
from tests.sources.banks.billing import NOTICE
from tests.sources.banks.mandating import ACCOUNT, CREDITOR, Mandating, cancellation, initiation
from tests.sources.banks.writing import HOME as ADDRESS
from tests.sources.banks.writing import OTHER, Told

REASON = (
    "payers", "reasons", "set", "PH", "--organisation", HOME, "--fi", "Hoito", "--sv", "Vård", "--en", "Care",
    "--channel", "consumer_einvoice", "--channel", "letter",
)  # fmt: skip


def a_bank_file(folder: Path, *messages: Told, name: str = "ri.dat") -> str:
    path = folder / name
    path.write_bytes("".join(one.text() for one in messages).encode("iso-8859-15"))
    return str(path)


def test_orders_come_wait_and_are_decided_on_a_terminal(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    terminal.signs_in("maintainer")
    person, other = with_codes(2)
    terminal.brings([row(1, person), row(2, other)])
    a_reason(terminal)
    file = tmp_path / "notice.json"
    file.write_text(json.dumps(banks.to_json(replace(NOTICE, names=Text("Kuusilahti", "Granvik", "Kuusilahti")))))
    made = terminal.types("bank", "notice", "draft", str(file), "--organisation", HOME, "--json").json["id"]
    assert len(terminal.types("bank", "notice", "issue", made, "--json").json) == 2
    name = f"{person.surname} {person.first_names}"
    told = Told(hetu=person.hetu, name=name)
    messages = (told, told.but(message_id="A2", hetu=other.hetu, name="ROISTO ROPE", address=OTHER, bank="OKOYFIHH"))
    (report,) = terminal.types("bank", "import", a_bank_file(tmp_path, *messages), "--json").json
    assert (report["state"], report["matched"], report["held"]) == ("taken", 1, 1)
    again = terminal.types("bank", "import", a_bank_file(tmp_path, *messages, name="b.dat"), "--lang", "fi")
    assert "tuli jo aiemmin" in again.out
    (waiting,) = terminal.types("bank", "work", "list", "--json").json
    shown = terminal.types("bank", "work", "show", waiting["id"], "--lang", "fi")
    assert "nimi ei täsmää" in shown.out and other.hetu not in shown.out
    (candidate,) = terminal.types("bank", "work", "show", waiting["id"], "--json").json["candidates"]
    matched = terminal.types("bank", "work", "match", waiting["id"], candidate["party_id"], "--reason", "soitettu")
    assert matched.code == 0, matched.err
    card = terminal.types("show", candidate["party_id"], "--lang", "fi").out
    assert "OKOYFIHH" in card and OTHER not in card
    why = terminal.types("bank", "orders", candidate["party_id"], "--lang", "fi").out
    assert "sääntö 5" in why and "OKOYFIHH" in why
    order = terminal.types("bank", "orders", candidate["party_id"], "--json").json[0]["record_id"]
    assert order in why, "what `suspend` asks for stands there"
    assert terminal.types("bank", "resume", order, "--reason", "x").code == 5
    assert terminal.types("bank", "suspend", order, "--reason", "palautuu").code == 0
    for language, word in (("fi", "keskeytetty"), ("sv", "avbrutet"), ("en", "paused")):
        assert f", {word} " in terminal.types("show", candidate["party_id"], "--lang", language).out
    assert terminal.types("bank", "resume", order, "--reason", "korjattu").code == 0
    forgotten = terminal.types("bank", "forget", "--json").json
    assert forgotten == {"messages": 0, "proposals": 0, "mandates": 0, "answers": 0, "files": 0}
    (notice,) = terminal.types("bank", "notice", "list", "--json").json
    assert notice["orders"] == 2
    hit = terminal.types("bank", "notice", "end", made, "--bank", "OKOYFIHH", "--json").json
    assert [one["bank"] for one in hit] == ["OKOYFIHH"]
    assert terminal.types("bank", "notice", "end", made, "--bank", "OKOYFIHH", "--confirm", "9").code == 5

    # Everything that is ready goes out by the folder, and what has come is taken.
    home = terminal.home
    (home / "banks.toml").write_text(
        '[pankit]\nkind="folder"\nbanks=["NDEAFIHH","OKOYFIHH"]\nin="i"\nout="o"\nquiet_s=0\n'
    )
    (home / "i").mkdir()
    a_bank_file(home / "i", told.but(message_id="A3", action="DELETE", said="2026-03-09T00:00:00"))
    assert [one["way"] for one in terminal.types("bank", "ways", "--json").json] == ["pankit"]
    (found,) = terminal.types("bank", "exchange", "--json").json
    assert (found["sent"], found["files"][0]["orders"]) == (2, 1)
    for language, words in (
        ("fi", "otettu 1 tiedosto, lähetetty 0 sanomaa"),
        ("sv", "1 fil har tagits in, 0 meddelanden har sänts"),
        ("en", "1 file taken, 0 messages sent"),
    ):
        a_bank_file(home / "i", told.but(message_id=f"L{language}", said="2026-03-09T00:00:00"), name=f"{language}.dat")
        assert f"pankit: {words}" in terminal.types("bank", "exchange", "--lang", language).out
    assert ADDRESS not in terminal.types("bank", "files").out
    assert terminal.types("bank", "set", "NYTTFIHH", "--name", "Nytt", "--json").json["code"] == "NYTTFIHH"
    assert "NYTTFIHH" in terminal.types("bank", "list").out


def test_mandates_are_followed_and_decided_on_a_terminal(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    terminal.signs_in("maintainer")
    person, other = with_codes(2)
    terminal.brings([row(1, person), row(2, other)])
    a_reason(terminal)
    sure = Mandating(hetu=person.hetu, name=f"{person.surname} {person.first_names}")
    file = tmp_path / "pain.xml"
    file.write_text(initiation(sure, Mandating(reference="M-2", hetu=other.hetu, name="Aivan Toinen")))
    assert terminal.types("bank", "import", str(file), "--json").json[0]["held"] == 2
    assert terminal.types("bank", "creditor", "set", "FI00", "--organisation", HOME, "--reason", "PH").code != 0
    told = terminal.types("bank", "creditor", "set", CREDITOR, "--organisation", HOME, "--reason", "PH", "--json")
    assert told.json == {"mandates": 2}
    assert CREDITOR in terminal.types("bank", "creditor", "list").out
    listed = terminal.types("bank", "mandate", "list", "--json").json
    assert ([one["reference"] for one in listed["mandates"]], listed["aside"]) == (["M-2", "M-1"], [])
    held = listed["mandates"][0]["id"]
    shown = terminal.types("bank", "mandate", "show", held, "--lang", "fi").out
    assert "nimi ei täsmää" in shown and ACCOUNT not in shown and other.hetu not in shown
    (candidate,) = terminal.types("bank", "mandate", "show", held, "--json").json["candidates"]
    assert terminal.types("bank", "mandate", "retry", held, "--reason", "koe", "--json").json["outcome"] == "held"
    matched = terminal.types("bank", "mandate", "match", held, candidate["party_id"], "--reason", "soitettu", "--json")
    assert matched.json["outcome"] == "matched"
    assert "M-2" in terminal.types("show", candidate["party_id"], "--lang", "fi").out
    file.write_text(cancellation("M-9", initiator=None))
    terminal.types("bank", "import", str(file))
    (aside,) = terminal.types("bank", "mandate", "list", "--json").json["aside"]
    assert terminal.types("bank", "mandate", "reject", aside["id"], "--reason", "ei meidän").code == 0
    assert terminal.types("bank", "mandate", "list", "--json").json["aside"] == []


def a_reason(terminal: Terminal) -> None:
    """The organisation bills for day-care."""
    told = terminal.types(*REASON)
    assert told.code == 0, told.err
