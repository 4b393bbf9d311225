"""Postcode and town in one cell, and titles over a table: files as clerks make them by hand."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from rekisteri.catalogue import BY_PATH, Fault, Reason, Sayings
from rekisteri.sources.organisations.draft import draft
from rekisteri.sources.organisations.mapping import load, plan, standard
from rekisteri.sources.organisations.observe import Observer
from rekisteri.sources.organisations.post_line import half, is_line
from rekisteri.sources.organisations.wire import open_delivery
from tests.sources.test_bulk import RULES

POSTCODE, TOWN = "permanent_address.postcode", "permanent_address.town"
HEADINGS = ("Asiakasnro", "Sukunimi", "Etunimet", "Katuosoite", "Postiosoite")
LINES = ("00160 HELSINKI", "33100 Tampere", "21660, Nauvo", "FI-90100 Oulu") * 5


def rows(lines: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [(f"K{n}", "Kuvitteellinen", "Aapo", "Esimerkkitie 7", line) for n, line in enumerate(lines)]


def a_csv(tmp_path: Path, lines: tuple[str, ...]) -> Path:
    path = tmp_path / "asiakkaat.csv"
    path.write_text("\n".join(";".join(row) for row in (HEADINGS, *rows(lines))), "utf-8")
    return path


def test_a_draft_sees_that_a_column_is_of_postcode_and_town_and_it_is_read_so(tmp_path: Path) -> None:
    sample, kept = a_csv(tmp_path, LINES), tmp_path / "luonnos.toml"
    kept.write_text(draft(sample), "utf-8")
    mapping = load(kept)
    assert mapping.columns["Postiosoite"] == "permanent_address.postcode_and_town"
    found = plan(mapping, HEADINGS)
    assert (found.column(POSTCODE), found.column(TOWN)) == ("Postiosoite", "Postiosoite")
    said = Observer(found, mapping, RULES).row(rows(LINES)[0])
    assert isinstance(said, Sayings)
    assert said.content["permanent_address"] == {"street": "Esimerkkitie 7", "postcode": "00160", "town": "HELSINKI"}


def test_the_heading_alone_tells_it_in_the_standard_layout() -> None:
    found = plan(standard(), ("asiakasnumero", "sukunimi", "Lähiosoite", "Postinumero ja -toimipaikka"))
    assert [path for index, path in found.targets if index == 3] == [POSTCODE, TOWN]


def test_a_column_of_the_postcode_alone_goes_before(tmp_path: Path) -> None:
    found = plan(standard(), ("asiakasnumero", "sukunimi", "Postinumero", "Postinumero ja -toimipaikka"))
    assert [path for index, path in found.targets if index == 2] == [POSTCODE]
    assert [path for index, path in found.targets if index == 3] == [TOWN]


@pytest.mark.parametrize("line", ["0016", "Esimerkkitie 7", "SE-111 22 Stockholm"])
def test_what_is_no_finnish_line_is_one_fault_of_its_column(line: str, tmp_path: Path) -> None:
    kept = tmp_path / "luonnos.toml"
    kept.write_text(draft(a_csv(tmp_path, LINES)), "utf-8")
    mapping = load(kept)
    found = Observer(plan(mapping, HEADINGS), mapping, RULES).row(rows((line,))[0])
    assert found == [Fault(Reason.POSTCODE_INVALID, POSTCODE)]


def test_many_lines_at_once_are_read_as_each_alone(tmp_path: Path) -> None:
    kept = tmp_path / "luonnos.toml"
    kept.write_text(draft(a_csv(tmp_path, LINES)), "utf-8")
    mapping = load(kept)
    observer = Observer(plan(mapping, HEADINGS), mapping, RULES)
    lines = (*LINES, "0016", "Nauvo", "")
    cells = pl.DataFrame(
        {str(place): [row[place] or None for row in rows(lines)] for place in range(len(HEADINGS))},
        schema={str(place): pl.String for place in range(len(HEADINGS))},
    )
    found = observer.survey(cells["0"], cells)
    alone = [observer.row(row) for row in rows(lines)]
    assert found.odd.to_list() == [not isinstance(one, Sayings) for one in alone]
    for place, one in enumerate(alone):
        if isinstance(one, Sayings):
            address = one.content["permanent_address"]
            assert isinstance(address, dict)
            assert address.get("postcode") == found.columns[POSTCODE][place]
            assert address.get("town") == found.columns[TOWN][place]


@given(
    st.from_regex(r"[0-9]{5}", fullmatch=True), st.sampled_from(["Helsinki", "LAPPEENRANTA 1", "Åbo", "Maarianhamina"])
)
def test_halves_make_the_line_again(postcode: str, town: str) -> None:
    line = f"{postcode} {town}"
    assert is_line(line)
    assert f"{half(line, POSTCODE)} {half(line, TOWN)}" == line
    assert BY_PATH[POSTCODE][1].kind.parse(str(half(line, POSTCODE))) == postcode


def test_titles_over_a_table_are_no_headings(tmp_path: Path) -> None:
    path = tmp_path / "asiakkaat.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Päivähoidon asiakkaat 11/2026")
        sheet.write(2, 0, "Laatinut toimisto")
        for down, row in enumerate((HEADINGS, *rows(LINES)), 4):
            sheet.write_row(down, 0, row)
    with open_delivery(path) as delivery:
        assert delivery.columns == HEADINGS
        chunk = next(delivery.chunks(100))
    assert (chunk.row_nos[0], len(chunk.rows), chunk.bad) == (6, len(LINES), [])


def test_a_table_of_one_column_has_its_heading_in_its_first_row(tmp_path: Path) -> None:
    path = tmp_path / "numerot.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_column(0, 0, ["Asiakasnro", "K1", "K2"])
    with open_delivery(path) as delivery:
        assert delivery.columns == ("Asiakasnro",)
