"""XLSX to rows: values as text, formulas told apart, hostile and broken workbooks refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rekisteri import simulators
from rekisteri.catalogue import Reason
from rekisteri.ground.errors import Rejected
from rekisteri.sources.organisations import wire_xlsx
from rekisteri.sources.organisations.wire import BadRow, Delivery, open_delivery

SHEET = "xl/worksheets/sheet1.xml"


def a_workbook(tmp_path: Path, fill: Callable[[Any], None], name: str = "asiakkaat.xlsx", **options: Any) -> Path:
    path = tmp_path / name
    with xlsxwriter.Workbook(path, options) as book:
        fill(book)
    return path


def a_table(tmp_path: Path, *rows: list[Any], at: tuple[int, int] = (0, 0)) -> Path:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "d.m.yyyy"})
        for down, row in enumerate(rows, at[0]):
            for right, cell in enumerate(row, at[1]):
                if isinstance(cell, date):
                    sheet.write_datetime(down, right, cell, day)
                else:
                    sheet.write(down, right, cell)

    return a_workbook(tmp_path, fill)


def changed(path: Path, member: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one of its parts changed."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts[member] = change(parts[member])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


def rows_of(delivery: Delivery) -> list[tuple[int, list[str]]]:
    return [(number, row) for chunk in delivery.chunks() for number, row in zip(chunk.row_nos, chunk.rows, strict=True)]


def refusal_of(path: Path) -> str:
    with pytest.raises(Rejected) as refused:
        rows_of(open_delivery(path))
    return refused.value.message


def test_cells_become_the_text_a_person_would_write(tmp_path: Path) -> None:
    path = a_table(
        tmp_path,
        ["numero", "päivä", "hetki", "luku", "osa", "kyllä", "ei", "teksti"],
        [100001, date(1946, 1, 20), datetime.fromisoformat("2020-02-03T04:05"), 42.0, 1.5, True, False, "Äiti\nja isä"],
    )

    assert rows_of(open_delivery(path)) == [
        (2, ["100001", "1946-01-20", "2020-02-03 04:05:00", "42", "1.5", "true", "false", "Äiti\nja isä"])
    ]


def test_rows_keep_the_numbers_a_person_sees_through_blank_ones(tmp_path: Path) -> None:
    path = a_table(tmp_path, ["numero", "nimi"], [], ["1", "a"], [], [], ["2", ""], ["", "b"], at=(3, 1))

    delivery = open_delivery(path)

    assert delivery.columns == ("#1", "numero", "nimi")
    assert rows_of(delivery) == [(6, ["", "1", "a"]), (9, ["", "2", ""]), (10, ["", "", "b"])]


def test_cells_beyond_the_headings_make_a_bad_row(tmp_path: Path) -> None:
    path = a_table(tmp_path, ["numero", "nimi"], ["1", "a", "", "x"], ["2", "b"])

    delivery = open_delivery(path)

    assert [chunk.bad for chunk in delivery.chunks()] == [[BadRow(2, Reason.CELL_COUNT, "1;a;;x")]]
    assert rows_of(delivery) == [(3, ["2", "b"])]


def test_formulas_are_told_with_row_and_column(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        for right, heading in enumerate(["numero", "nimi", "katu"]):
            sheet.write_string(0, right, heading)
        for down in range(1, 30):
            sheet.write_number(down, 0, down)
        sheet.write_formula(5, 1, "=A1&B1", value="x")
        sheet.write_array_formula(7, 2, 7, 2, "{=SUM(A1:A3)}", value=6)
        sheet.write_string(9, 1, "<f>=A1</f>")

    delivery = open_delivery(a_workbook(tmp_path, fill))

    assert {cell for chunk in delivery.chunks(3) for cell in chunk.formulas} == {(6, 1), (8, 2)}
    for chunk in delivery.chunks(3):
        assert {row for row, _ in chunk.formulas} <= set(chunk.row_nos)


def test_the_first_visible_sheet_that_holds_anything_is_read(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        hidden = book.add_worksheet("piilo")
        hidden.write(0, 0, "väärä")
        book.add_worksheet("tyhjä")
        sheet = book.add_worksheet("Asiakkaat & muut <1>")
        sheet.write_row(0, 0, ["numero", "nimi"])
        sheet.write_row(1, 0, ["1", "a"])
        other = book.add_worksheet("ohje")
        other.write(0, 0, "väärä")
        sheet.activate()
        hidden.hide()

    delivery = open_delivery(a_workbook(tmp_path, fill))

    assert (delivery.columns, rows_of(delivery)) == (("numero", "nimi"), [(2, ["1", "a"])])


def test_customers_that_go_on_in_another_sheet_are_not_left_unread(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        for name, headings in (("Henkilöt", ["numero", "nimi"]), ("Lisää", ["Nimi ", "Numero"])):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, headings)
            sheet.write_row(1, 0, ["1", name])

    said = refusal_of(a_workbook(tmp_path, fill))

    assert "sheets “Henkilöt” and “Lisää” have the same headings" in said
    assert "Move the rows to one sheet" in said


def test_a_sheet_larger_than_a_window_is_read_in_several_with_its_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "vesi.xlsx"
    clientele = simulators.clientele_of(11, "t", 1_500)
    simulators.write_file(path, simulators.WATERWORKS, clientele)
    whole = rows_of(open_delivery(path))
    monkeypatch.setattr(wire_xlsx, "WINDOW_BYTES", 50_000)
    monkeypatch.setattr(wire_xlsx, "READ_BYTES", 10_000)

    assert rows_of(open_delivery(path)) == whole
    assert [number for number, _ in whole] == list(range(2, 1_502))
    assert [row[0] for _, row in whole] == [str(row[0]) for row in simulators.rows(simulators.WATERWORKS, clientele)]


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: (
            sheet.replace(b"<", b"<x:")
            .replace(b"<x:/", b"</x:")
            .replace(b"<x:?xml", b"<?xml")
            .replace(b"xmlns=", b"xmlns:x=")
        ),
        lambda sheet: b"".join(_without_addresses(sheet)),
    ],
    ids=["prefixed tags", "cells without addresses"],
)
def test_unusual_but_lawful_sheets_are_read(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    path = a_table(tmp_path, ["numero", "nimi"], ["1", "a"], ["2", "b"])
    path = changed(path, SHEET, change)

    assert rows_of(open_delivery(path)) == [(2, ["1", "a"]), (3, ["2", "b"])]


def _without_addresses(sheet: bytes) -> list[bytes]:
    pieces = sheet.split(b' r="')
    return [pieces[0], *(piece.partition(b'"')[2] for piece in pieces[1:])]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=8), min_size=3, max_size=3),
        max_size=6,
    )
)
def test_any_table_of_texts_reads_back_as_it_was_written(tmp_path: Path, table: list[list[str]]) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        for down, row in enumerate([["a", "b", "c"], *table]):
            for right, cell in enumerate(row):
                if cell:
                    sheet.write_string(down, right, cell)

    path = a_workbook(tmp_path, fill)

    assert [row for _, row in rows_of(open_delivery(path))] == [row for row in table if any(row)]


def test_a_truncated_workbook_is_refused(tmp_path: Path) -> None:
    path = a_table(tmp_path, ["numero", "nimi"], ["1", "a"])
    path.write_bytes(simulators.truncated(path.read_bytes()))

    assert "broken or cut off" in refusal_of(path)


def test_a_workbook_without_its_sheet_is_refused(tmp_path: Path) -> None:
    path = a_table(tmp_path, ["numero", "nimi"], ["1", "a"])
    path.write_bytes(simulators.xlsx_without(path.read_bytes()))

    assert "broken or cut off" in refusal_of(path)


def test_a_workbook_whose_sheet_was_altered_on_the_way_is_refused(tmp_path: Path) -> None:
    path = a_table(tmp_path, ["numero", "nimi"], *([str(number), "a"] for number in range(5_000)))
    with zipfile.ZipFile(path) as book:
        at = book.getinfo(SHEET).header_offset
    content = bytearray(path.read_bytes())
    content[at + 3_000] ^= 0xFF
    path.write_bytes(content)

    assert "broken or cut off" in refusal_of(path)


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    assert "workbook is empty" in refusal_of(a_table(tmp_path))


@pytest.mark.parametrize(
    "cell", [b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>', b'<row r="4"><c r="XFD4"><v>1</v></c></row>']
)
def test_a_cell_far_outside_the_table_is_refused_before_it_takes_memory(tmp_path: Path, cell: bytes) -> None:
    path = a_table(tmp_path, ["numero", "nimi"], ["1", "a"])
    path = changed(path, SHEET, lambda sheet: sheet.replace(b"</sheetData>", cell + b"</sheetData>"))

    assert "far outside the table" in refusal_of(path)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = a_table(tmp_path, ["numero", "nimi"], ["1", "a"])
    path = changed(path, SHEET, lambda sheet: sheet.replace(b"</sheetData>", b"<row/>" * 20_000_000 + b"</sheetData>"))

    assert "unpack to more" in refusal_of(path)


@pytest.mark.parametrize(
    ("member", "said"),
    [("word/document.xml", "no workbook"), ("xl/workbook.bin", "not in the XLSX"), ("content.xml", "not in the XLSX")],
)
def test_other_kinds_of_zip_are_refused_with_the_cure(tmp_path: Path, member: str, said: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(member, "x")
    path = tmp_path / "asiakkaat.xlsx"
    path.write_bytes(content.getvalue())

    assert said in refusal_of(path)


def test_an_old_or_locked_workbook_is_refused_saying_how_to_save_it(tmp_path: Path) -> None:
    path = tmp_path / "asiakkaat.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))

    assert "password" in refusal_of(path)
    assert "save it as XLSX" in refusal_of(path)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_workbook_damaged_anywhere_is_read_or_refused_but_never_crashes(tmp_path: Path, data: st.DataObject) -> None:
    path = a_table(tmp_path, ["numero", "nimi"], ["1", "a"], [2, date(2020, 1, 1)])
    member = data.draw(st.sampled_from([SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"]))

    def damage(content: bytes) -> bytes:
        at = data.draw(st.integers(0, len(content) - 1))
        length = data.draw(st.integers(0, 20))
        return content[:at] + data.draw(st.binary(max_size=10)) + content[at + length :]

    path = changed(path, member, damage)
    try:
        delivery = open_delivery(path)
        widths = {len(row) for _, row in rows_of(delivery)}
    except Rejected:
        return
    assert widths <= {len(delivery.columns)}
