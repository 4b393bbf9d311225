"""The data subject's rights at the terminal: conflicts settled, erasure, objection, disclosures, retention, the notice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rekisteri.rights import HOUSE_FILE
from tests.builders import AAPO
from tests.cli.terminal import HOME, PASSWORD, Terminal, a_staffed_terminal
from tests.rights.test_erase import HOUSE

ROW = {"asiakasnumero": "1", "henkilotunnus": AAPO, "sukunimi": "Kuvitteellinen", "etunimet": "Aapo", "turvakielto": "ei",
       "osoite_katu": "Katu 1", "osoite_postinumero": "00999", "osoite_toimipaikka": "HELSINKI"}  # fmt: skip


def a_desk(terminal: Terminal) -> str:
    """A register with an officer and one customer, whose e-mail address was put right; who that is."""
    (terminal.home / HOUSE_FILE).write_text(HOUSE, "utf-8")
    added = terminal.types("admin", "account", "add", "officer", "--role", "officer", "--name", "officer", "--every-organisation", stdin=PASSWORD)  # fmt: skip
    assert added.code == 0, added.err
    terminal.signs_in("maintainer")
    terminal.brings([ROW | {"sahkoposti": "vaara@esimerkki.fi"}])
    (hit,) = terminal.types("search", "Kuvitteellinen", "--json").json["hits"]
    customer = str(hit["party_id"] if "party_id" in hit else hit["id"])
    done(terminal, "correct", customer, "email", "oikea@esimerkki.fi", "--reason", "Asiakas soitti")
    return customer


def done(terminal: Terminal, *arguments: str) -> str:
    told = terminal.types(*arguments)
    assert told.code == 0, (arguments, told.err)
    return told.out


def asked(terminal: Terminal, customer: str, kind: str) -> str:
    """A request opened at the counter, its asker identified."""
    made = terminal.types("rights", "open", customer, "--kind", kind, "--json").json
    done(terminal, "rights", "identify", made["id"], "--by", "passport")
    return str(made["id"])


def test_a_source_against_a_correction_is_settled_and_the_wrong_value_stays_marked(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    customer = a_desk(terminal)
    assert "väärä tieto, korjattu" in done(terminal, "--lang", "fi", "history", customer)
    assert "väärä, korjattu" in done(terminal, "--lang", "fi", "show", customer)
    terminal.brings([ROW | {"sahkoposti": "taas@esimerkki.fi"}])
    assert terminal.types("nightly", "--json").json["conflicts"] == 1
    (line,) = terminal.types("work", "conflicts", "--json").json
    done(terminal, "work", "settle", line["id"], "--decision", "kept", "--reason", "Kysytty asiakkaalta")
    assert terminal.types("work", "conflicts", "--json").json == []
    assert terminal.types("work", "settle", line["id"], "--decision", "kept", "--reason", "Taas").code == 5


def test_requests_are_decided_with_their_grounds_and_what_goes_is_certified(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    customer = a_desk(terminal)
    terminal.signs_in("officer")
    objection = asked(terminal, customer, "objection")
    told = done(
        terminal,
        "rights",
        "object",
        objection,
        "--verdict",
        "compelling",
        "--use",
        "collection",
        "--grounds",
        "Vireillä.",
    )
    assert "Tietosuojavaltuutetun toimisto" in told
    refused = asked(terminal, customer, "rectification")
    done(terminal, "rights", "close", refused, "--outcome", "refused", "--answer", "VTJ 2.3.2026.")
    shown = terminal.types("rights", "show", refused, "--json").json
    assert "Tietosuojavaltuutetun toimisto" in shown["request"]["answer"]
    erasure = asked(terminal, customer, "erasure")
    hold = done(terminal, "rights", "hold", customer, "--reason", "Vaade 1").split()[-1].rstrip(".")
    assert "hold" in done(terminal, "rights", "erase", erasure, "--dry-run")
    assert "in force" in done(terminal, "rights", "holds")
    done(terminal, "rights", "release", hold)
    looked: dict[str, Any] = terminal.types("rights", "erase", erasure, "--dry-run", "--json").json
    assert (looked["whole"], looked["items"]) == (False, ["email"])
    made = terminal.types("rights", "erase", erasure, "--json").json
    assert made["outcome"] == "fulfilled"
    paper = tmp_path / "todistus.pdf"
    assert terminal.types("rights", "certificate", made["certificate"], "--out", str(paper), "--json").json["holds"]
    assert paper.read_bytes().startswith(b"%PDF")
    assert "esimerkki.fi" not in done(terminal, "rights", "certificate", made["certificate"])
    assert terminal.types("rights", "erase", erasure).code == 5
    assert "would go" in done(terminal, "rights", "retain", "--dry-run", "--lang", "en")
    assert "Asiakastiedot" in done(terminal, "--lang", "fi", "rights", "retention")


def test_a_disclosure_is_entered_given_once_and_printed_and_the_notice_is_true(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    customer = a_desk(terminal)
    terminal.signs_in("officer")
    assert terminal.types("notice", "verify").code == 5, "none is published"
    done(terminal, "notice", "publish")
    enter = ("disclosures", "enter", "--recipient", "Ulosottolaitos", "--reference", "UL/1", "--item", "permanent_address",
             "--customer", customer, "--json")  # fmt: skip
    assert terminal.types(*enter, "--ground", "syystä").code == 2
    line = terminal.types(*enter, "--ground", "Ulosottokaari 705/2007 3 luku 64 §").json
    file = tmp_path / "luovutus.json"
    done(terminal, "disclosures", "give", line["id"], "--out", str(file))
    assert "Katu 1" in file.read_text("utf-8")
    assert terminal.types("disclosures", "give", line["id"], "--out", str(tmp_path / "toinen.json")).code == 5
    struck = terminal.types(*enter, "--ground", "Ulosottokaari 705/2007 3 luku 64 §").json
    done(terminal, "disclosures", "strike", struck["id"], "--because", "Erehdys")
    register = tmp_path / "rekisteri.pdf"
    assert done(terminal, "disclosures", "list", "--pdf", str(register)).count("Ulosottolaitos") == 2
    assert register.read_bytes().startswith(b"%PDF")
    assert "Yksittäisiä luovutuksia annettu: 1." in done(terminal, "notice", "verify")
    terminal.signs_in("invoicer")
    assert terminal.types("disclosures", "list").code == 3
    assert terminal.types("rights", "list").code == 3
    assert HOME
