"""Public directories on a terminal: taken with a report, looked at, their layout copied and mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.terminal import a_staffed_terminal

LINE = "2769790-1;003727697901;003721291126;Kyllä"


def test_a_directory_is_taken_with_a_report_and_its_bad_rows_are_listed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    terminal.signs_in("maintainer")
    terminal.brings([{"asiakasnumero": "1", "ytunnus": "2769790-1", "nimi": "Keksitty Laiva Oy"}])
    assert terminal.types("directories", "list").out == "Yhtään luetteloa ei ole otettu.\n"
    path = tmp_path / "osoitteet.csv"
    path.write_text(f"Y-tunnus;Vastaanotto-osoite;Välittäjän tunnus;Vastaanottaa\n{LINE}\n0;1;2;3\n", "utf-8")
    told = terminal.types("directories", "import", "einvoice", str(path), "--lang", "en")
    assert told.code == 0, told.err
    lines = [line.split() for line in told.out.splitlines()]
    assert ["1", "new"] in lines and ["1", "quarantined"] in lines and "not verified" not in told.err
    again = terminal.types("directories", "import", "einvoice", str(path), "--json").json
    assert (again["counts"]["unchanged"], again["counts"]["new"], again["mode"]) == (1, 0, "full")
    assert [one["file"] for one in terminal.types("directories", "list", "--json").json] == ["osoitteet.csv"] * 2
    assert "3" in terminal.types("directories", "quarantine", "einvoice").out
    (bad,) = terminal.types("directories", "quarantine", "einvoice", "--json").json
    assert (bad["row"], bad["reason"]) == (3, "ytunnus_invalid")
    assert terminal.types("directories", "quarantine", "business").out == "Karanteenissa ei ole mitään.\n"

    js = tmp_path / "a.json"
    js.write_text('{"companies": []}', "utf-8")
    rough = terminal.types("directories", "import", "einvoice", str(js), "--delta")
    assert (rough.code, "not verified" in rough.err) == (0, True)
    layout = terminal.types("directories", "layout", "einvoice").out
    (tmp_path / "directories").mkdir()
    (tmp_path / "directories" / "einvoice.toml").write_text(layout.replace('"Y-tunnus"', '"FO-nummer"'), "utf-8")
    wrong = terminal.types("directories", "import", "einvoice", str(path))
    assert (wrong.code, "ei ole tiedon ytunnus saraketta" in wrong.err) == (2, True)
    terminal.types("logout")
    terminal.signs_in("invoicer")
    assert terminal.types("directories", "import", "einvoice", str(path)).code == 3
