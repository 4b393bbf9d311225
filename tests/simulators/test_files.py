"""The organisations' files: read back by readers that know nothing of the writer, they are the population."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from rekisteri.simulators import (
    DAYCARE,
    FORMS,
    HOSPITAL,
    LAYOUTS,
    LEDGER,
    STANDARD,
    STANDARD_COLUMNS,
    WATERWORKS,
    Clientele,
    Form,
    Formula,
    Layout,
    Person,
    clientele_of,
    clienteles,
    customers,
    overlapping,
    rows,
    write_demo_files,
    write_file,
    write_next_month_files,
    write_rows,
)


def read_csv(path: Path, form: Form) -> list[list[str]]:
    with path.open(encoding=form.encoding, newline="") as file:
        return list(csv.reader(file, delimiter=form.separator))


def read_xlsx(path: Path) -> list[list[Any]]:
    sheet: list[list[Any]] = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return sheet


def flat(document: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in document.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return found


@pytest.mark.parametrize("form", [
    Form(), Form(separator=",", line_ending="\n"), Form(bom=True, encoding="utf-8"), Form(separator="\t", quote_all=True),
])  # fmt: skip
def test_a_standard_csv_read_back_is_the_population(tmp_path: Path, form: Form) -> None:
    clientele = clientele_of(1, "kunta", 800)
    count = write_file(tmp_path / "a.csv", STANDARD, clientele, form)
    reading = read_csv(
        tmp_path / "a.csv", Form(encoding="utf-8-sig" if form.bom else "utf-8", separator=form.separator)
    )
    assert count == 800
    assert tuple(reading[0]) == STANDARD_COLUMNS
    assert reading[1:] == list(rows(STANDARD, clientele))


def test_a_standard_row_says_of_a_person_what_the_population_says(tmp_path: Path) -> None:
    clientele = clientele_of(1, "kunta", 400)
    write_file(tmp_path / "a.csv", STANDARD, clientele)
    reading = read_csv(tmp_path / "a.csv", Form())
    for customer, cells in zip(customers(clientele), reading[1:], strict=True):
        row = dict(zip(reading[0], cells, strict=True))
        party = customer.party
        assert row["asiakasnumero"] == customer.number
        assert (row["osoite_katu"], row["osoite_postinumero"]) == (
            party.address.street,
            party.address.postcode,
        )
        if isinstance(party, Person):
            assert (row["henkilotunnus"], row["sukunimi"], row["nimi"]) == (
                party.hetu or "",
                party.surname,
                "",
            )
            assert date.fromisoformat(row["syntymaaika"]) == party.born_on
            assert row["turvakielto"] == {True: "k", False: "e", None: ""}[party.turvakielto]
            assert tuple(filter(None, row["entiset_sukunimet"].split("|"))) == party.former_surnames
        else:
            assert (row["ytunnus"], row["nimi"], row["sukunimi"]) == (party.ytunnus or "", party.name, "")


@pytest.mark.parametrize("layout", [DAYCARE, LEDGER])
def test_an_old_systems_text_file_loses_only_letters_its_encoding_lacks(tmp_path: Path, layout: Layout) -> None:
    clientele = clientele_of(1, "kunta", 3000)
    write_file(tmp_path / "a.txt", layout, clientele)
    reading = read_csv(tmp_path / "a.txt", FORMS[layout.name])
    encoding = FORMS[layout.name].encoding
    assert tuple(reading[0]) == layout.columns
    for cells, meant in zip(reading[1:], rows(layout, clientele), strict=True):
        for cell, text in zip(cells, map(str, meant), strict=True):
            assert cell == text or text.encode(encoding, "ignore").decode(encoding) != text
            assert "?" not in cell


def test_the_waterworks_sheet_keeps_real_dates_and_loses_zeros_as_such_sheets_do(tmp_path: Path) -> None:
    clientele = clientele_of(1, "vesi", 600)
    write_file(tmp_path / "a.xlsx", WATERWORKS, clientele)
    reading = read_xlsx(tmp_path / "a.xlsx")
    assert tuple(reading[0]) == WATERWORKS.columns
    postcode, born = WATERWORKS.position("osoite_postinumero"), WATERWORKS.position("syntymaaika")
    assert postcode is not None
    assert born is not None
    kinds = set()
    for cells, meant in zip(reading[1:], rows(WATERWORKS, clientele), strict=True):
        kinds.add(type(cells[postcode]))
        for cell, value in zip(cells, meant, strict=True):
            assert cell == ("" if value is None else value)
        assert isinstance(cells[born], date) or cells[born] == ""
    assert kinds == {str, float}
    assert any(row[postcode] < 1000 for row in reading[1:] if isinstance(row[postcode], float))


def test_the_hospital_districts_lines_are_nested_and_leave_out_what_is_not_stated(tmp_path: Path) -> None:
    clientele = clientele_of(1, "hva", 600)
    write_file(tmp_path / "a.ndjson", HOSPITAL, clientele)
    documents = [json.loads(line) for line in (tmp_path / "a.ndjson").read_text(encoding="utf-8").splitlines()]
    for document, meant in zip(documents, rows(HOSPITAL, clientele), strict=True):
        stated = {name: cell for name, cell in zip(HOSPITAL.columns, meant, strict=True) if cell not in ("", None)}
        assert flat(document) == stated


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_column_has_one_meaning_and_every_row_a_cell_for_it(layout: Layout) -> None:
    assert len(layout.columns) == len(set(layout.columns)) == len(layout.meanings) == len(set(layout.meanings))
    assert all(len(row) == len(layout.columns) for row in rows(layout, clientele_of(1, "kunta", 300)))


def test_a_formula_is_a_real_one_in_a_sheet_and_text_elsewhere(tmp_path: Path) -> None:
    cells = [["1", Formula("=1+1")]]
    write_rows(tmp_path / "a.xlsx", ("a", "b"), cells, Form(kind="xlsx"))
    write_rows(tmp_path / "a.csv", ("a", "b"), cells, Form())
    assert (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()[1] == "1;=1+1"
    sheet = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()
    assert sheet[1][1] != "=1+1"


def test_two_organisations_share_people_and_hold_some_of_them_otherwise() -> None:
    here = Clientele(1, "here", 2000, 100)
    there = Clientele(1, "there", 2000, 100, first_person=1000, first_company=50, slant=20.0)
    assert overlapping(here, there) == (1000, 50)
    mine = {(c.kind, c.index): c.party for c in customers(here)}
    theirs = {(c.kind, c.index): c.party for c in customers(there)}
    shared = mine.keys() & theirs.keys()
    assert len(shared) == 1050
    otherwise = [key for key in shared if mine[key] != theirs[key]]
    assert 0.12 < len(otherwise) / len(shared) < 0.25
    assert any(mine[key].address != theirs[key].address for key in otherwise)


def test_the_demo_has_three_kinds_of_files_and_as_many_customers_as_asked(tmp_path: Path) -> None:
    deliveries = write_demo_files(tmp_path / "new" / "folder", 7, 1000)
    assert {delivery.kind for delivery in deliveries} == {"csv", "xlsx", "ndjson"}
    assert sum(delivery.rows for delivery in deliveries) == 1000
    assert all(delivery.path.stat().st_size > 1000 and delivery.full for delivery in deliveries)
    first, second, third = clienteles(7, 1000)
    assert overlapping(first, second)[0] > 50
    assert overlapping(second, third)[0] > 50


def test_the_same_demo_twice_is_the_same_to_the_byte(tmp_path: Path) -> None:
    once, again = (write_demo_files(tmp_path / name, 7, 400) for name in ("a", "b"))
    for one, other in zip(once, again, strict=True):
        if one.kind != "xlsx":  # a workbook carries the time of its making
            assert one.path.read_bytes() == other.path.read_bytes()
        else:
            assert read_xlsx(one.path) == read_xlsx(other.path)


def test_the_demo_in_the_registers_own_layout_has_its_columns_in_every_kind(tmp_path: Path) -> None:
    for delivery in write_demo_files(tmp_path, 7, 300, standard_layout=True):
        if delivery.kind == "csv":
            assert tuple(read_csv(delivery.path, Form())[0]) == STANDARD_COLUMNS
        elif delivery.kind == "xlsx":
            assert tuple(read_xlsx(delivery.path)[0]) == STANDARD_COLUMNS
        else:
            lines = delivery.path.read_text(encoding="utf-8").splitlines()
            assert set().union(*(json.loads(line) for line in lines)) <= set(STANDARD_COLUMNS)


def test_next_months_demo_files_carry_the_answer_key_and_one_is_a_delta(tmp_path: Path) -> None:
    deliveries = write_next_month_files(tmp_path, 7, 2000)
    assert [delivery.full for delivery in deliveries] == [True, False, True]
    assert all(delivery.changes for delivery in deliveries)
    assert deliveries[1].rows < 100 < deliveries[0].rows
