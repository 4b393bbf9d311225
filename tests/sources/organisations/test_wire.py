"""The door of all formats: what a file is, and the file of rows to mend, out and back in."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rekisteri.catalogue import Reason
from rekisteri.ground.errors import Rejected
from rekisteri.sources.organisations.wire import (
    MEND_COLUMNS,
    Delivery,
    Format,
    cells_of,
    open_delivery,
    write_mend_file,
)

FAULT = ("hetu", "Tarkistusmerkki ei täsmää", "Tarkista tunnus")


def a_file(tmp_path: Path, content: bytes, name: str) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def rows_of(delivery: Delivery) -> list[list[str]]:
    return [row for chunk in delivery.chunks() for row in chunk.rows]


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        (b"numero;nimi\n1;a\n", "asiakkaat.xlsx", "csv"),
        (b"numero;nimi\n1;a\n", "asiakkaat", "csv"),
        (b'\xef\xbb\xbf  {"numero":1}\n', "asiakkaat.csv", "ndjson"),
        (b"[numero];[nimi]\n1;a\n", "asiakkaat.csv", "csv"),
    ],
)
def test_content_decides_the_format_and_not_the_name(tmp_path: Path, content: bytes, name: str, found: str) -> None:
    delivery = open_delivery(a_file(tmp_path, content, name))

    assert delivery.format == found
    assert len(rows_of(delivery)) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\x1f\x8b\x08\0", "compressed"),
        (b"\x89PNG\r\n", "an image"),
        (b"<html><table>", "a web page"),
        (b"<?xml version='1.0'?><a/>", "an XML document"),
        (b"PK\x03\x04broken", "broken or cut off"),
    ],
)
def test_a_file_of_another_kind_is_refused_naming_what_is_accepted(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(Rejected) as refused:
        open_delivery(a_file(tmp_path, content, "asiakkaat.csv"))

    assert refused.value.message.startswith("asiakkaat.csv: ")
    assert said in refused.value.message


@pytest.mark.parametrize(("told", "content"), [("xlsx", b"numero;nimi\n"), ("csv", b"PK\x03\x04")])
def test_a_format_told_that_the_file_cannot_have_is_refused(tmp_path: Path, told: Format, content: bytes) -> None:
    with pytest.raises(Rejected):
        open_delivery(a_file(tmp_path, content, "asiakkaat"), format=told)


CELLS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=8) | st.text("=+-@'\t\r\n;\"a1", max_size=5)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3).filter(any), max_size=6))
def test_a_file_of_rows_to_mend_fed_back_unmended_gives_the_same_rows(tmp_path: Path, table: list[list[str]]) -> None:
    columns = ("numero", "-nimi", "osoitteet.katu")
    path = tmp_path / "korjattavat.csv"

    written = write_mend_file(path, columns, [(nth, row, [FAULT, FAULT]) for nth, row in enumerate(table, 2)])
    delivery = open_delivery(path)

    assert written == len(table)
    assert delivery.is_mend_file
    assert delivery.columns == columns
    assert rows_of(delivery) == table
    assert [bad for chunk in delivery.chunks() for bad in chunk.bad] == []


def test_a_file_of_rows_to_mend_tells_each_fault_and_runs_no_formula() -> None:
    target = io.BytesIO()
    faults = [FAULT, ("katu", "Solussa on kaava", "Korvaa kaava arvolla")]

    write_mend_file(target, ["numero", "hetu", "katu"], [(7, ["1", "x", '=HYPERLINK("a")'], faults)])

    lines = target.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "virhe_rivi;virhe_kentta;virhe;korjausohje;numero;hetu;katu"
    said = "7;hetu | katu;Tarkistusmerkki ei täsmää | Solussa on kaava;Tarkista tunnus | Korvaa kaava arvolla"
    assert lines[1] == said + """;1;x;"'=HYPERLINK(""a"")\""""


def test_a_row_of_the_wrong_width_comes_back_as_the_same_bad_row(tmp_path: Path) -> None:
    first = a_file(tmp_path, b'numero;nimi;katu\n1;a\n2;b;"c;d";e\n3;"x"y;z\n', "asiakkaat.csv")
    bad = [one for chunk in open_delivery(first).chunks() for one in chunk.bad]
    path = tmp_path / "korjattavat.csv"

    write_mend_file(path, ["numero", "nimi", "katu"], [(one.row_no, cells_of(one.raw, ";"), [FAULT]) for one in bad])
    again = [one for chunk in open_delivery(path).chunks() for one in chunk.bad]

    assert [one.reason for one in again] == [Reason.CELL_COUNT] * 3
    assert [cells_of(one.raw, ";") for one in again] == [cells_of(one.raw, ";") for one in bad]


def test_rows_to_mend_saved_as_a_workbook_are_known_wherever_our_columns_stand(tmp_path: Path) -> None:
    path = tmp_path / "korjattavat.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["numero", *MEND_COLUMNS, "nimi"])
        sheet.write_row(1, 0, ["1", "2", "nimi", "virhe", "ohje", "'-a"])
        sheet.write_formula(2, 5, "=1+1", value=2)

    delivery = open_delivery(path)

    assert delivery.is_mend_file
    assert (delivery.columns, rows_of(delivery)) == (("numero", "nimi"), [["1", "-a"], ["", "2"]])
    assert {cell for chunk in delivery.chunks() for cell in chunk.formulas} == {(3, 1)}


def test_an_ordinary_file_keeps_its_apostrophes(tmp_path: Path) -> None:
    delivery = open_delivery(a_file(tmp_path, b"numero;nimi\n1;'-a\n", "asiakkaat.csv"))

    assert not delivery.is_mend_file
    assert rows_of(delivery) == [["1", "'-a"]]
