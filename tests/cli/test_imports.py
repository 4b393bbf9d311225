"""Deliveries on a terminal: tried, taken, mended; and the queue of what was in doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.world import row, with_codes
from tests.cli.terminal import HOME, OTHER, a_staffed_terminal


def test_a_dry_run_stores_nothing_and_still_gives_the_rows_to_mend(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    persons = with_codes(3)
    rows = [row(number, person) for number, person in enumerate(persons)]
    rows[1] |= {"osoite_postinumero": "1"}
    mend = tmp_path / "mend.csv"
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    terminal.signs_in("maintainer")
    report = terminal.brings(rows, "--dry-run", "--mend-file", str(mend))
    assert (report["dry_run"], report["new"], report["rejected"]) == (True, 2, 1)
    assert [(one["row_no"], one["reason"]) for one in report["faults"]] == [(2, "postcode_invalid")]
    assert mend.stat().st_mode & 0o777 == 0o600
    assert persons[1].surname in mend.read_text("utf-8-sig")
    assert terminal.types("import", "list", "--json").json == []

    report = terminal.brings(rows)
    told = terminal.types("import", "show", report["id"], "--lang", "en")
    assert "osoite_postinumero" in told.out and "Five digits" in told.out
    again = tmp_path / "again.csv"
    assert terminal.types("import", "mend", report["id"], str(again)).code == 0
    text = again.read_text("utf-8-sig").replace(";1;", ";00100;")
    again.write_text(text, "utf-8")
    mended = terminal.types("import", "run", str(again), "--organisation", HOME, "--delta", "--json").json
    assert (mended["new"], mended["rejected"]) == (1, 0)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fi", ["KOEAJO", "Hylättyjä", "muutokset", "Vain ensimmäiset 20;"]),
        ("sv", ["PROVKÖRNING", "Avvisade", "ändringar", "Bara de 20 första;"]),
        ("en", ["DRY RUN", "Rejected", "delta", "Only the first 20;"]),
    ],
)
def test_a_report_is_told_in_the_readers_language_and_says_when_there_is_more(
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    language: str,
    said: list[str],
) -> None:
    rows = [row(number, person) | {"osoite_postinumero": "1"} for number, person in enumerate(with_codes(22))]
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    terminal.signs_in("maintainer")
    path = str(terminal.file(rows, "rikki.ndjson"))
    told = terminal.types("import", "run", path, "--organisation", HOME, "--delta", "--dry-run", "--lang", language)
    assert [one for one in said if one not in told.out] == []


def test_a_full_file_must_be_said_to_be_one_and_may_not_end_everybody(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row(number, person) for number, person in enumerate(with_codes(60))]
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    terminal.signs_in("maintainer")
    path = str(terminal.file(rows, "all.ndjson"))
    unsaid = terminal.types("import", "run", path, "--organisation", HOME)
    assert unsaid.code == 2 and "--full tai --delta" in unsaid.err.replace("\n", " ")
    assert terminal.types("import", "run", path, "--organisation", HOME, "--full").code == 0
    few = str(terminal.file(rows[:5], "few.ndjson"))
    stopped = terminal.types("import", "run", few, "--organisation", HOME, "--full")
    assert stopped.code == 5
    ended = terminal.types("import", "run", few, "--organisation", HOME, "--full", "--allow-endings", "--json").json
    assert ended["ended"] == 55


def test_a_mapping_is_drafted_from_a_sample_and_used(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    terminal.signs_in("maintainer")
    sample = tmp_path / "sample.csv"
    sample.write_text("Kundnr;Efternamn;Förnamn\n1;Ahlqvist;Åsa\n2;Öhman;Örjan\n", "iso-8859-15")
    mapping = tmp_path / "mappings" / f"{HOME}.toml"
    assert terminal.types("import", "draft-mapping", str(sample), "--out", str(mapping)).code == 0
    assert '"Efternamn" = "surname"' in mapping.read_text("utf-8")
    report = terminal.types("import", "run", str(sample), "--organisation", HOME, "--delta", "--json").json
    assert (report["new"], report["rejected"]) == (2, 0)
    assert "Ahlqvist" in terminal.types("search", "alqvist").out


def test_the_layout_is_told_without_a_register(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    layout = terminal.types("import", "layout", "--json").json
    assert {"column": "sukunimi", "path": "surname", "kind": "name", "codes": []} in layout


def test_a_row_in_doubt_is_seen_and_decided(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    person = with_codes(1)[0]
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    terminal.signs_in("maintainer")
    terminal.brings([row(1, person)])
    stranger = row(9, person, sukunimi="Aivantoinen", etunimet="Nimi Vieras")
    assert terminal.brings([stranger], organisation=OTHER)["doubt"] == 1
    item = terminal.types("work", "list", "--json").json[0]["id"]
    told = terminal.types("work", "show", item)
    assert "Aivantoinen" in told.out and person.surname in told.out and str(person.hetu) not in told.out
    assert terminal.types("work", "decide", item, "perhaps", "--reason", "x").code == 2
    assert terminal.types("work", "decide", item, "separate", "--reason", "Eri henkilö").code == 0
    assert terminal.types("work", "decide", item, "separate", "--reason", "Eri henkilö").code == 5
    assert terminal.types("work", "list", "--json").json == []
