"""Spoilt rows: the answer key tells each of them, and no other row is touched."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from stdnum import iban
from stdnum.fi import hetu

from rekisteri.simulators import (
    HOSPITAL,
    LAYOUTS,
    REFERENCE_DAY,
    STANDARD,
    WATERWORKS,
    Fault,
    Formula,
    Layout,
    Spoiler,
    binary_garbage,
    clientele_of,
    huge_line,
    in_other_encoding,
    other_layout,
    rows,
    truncated,
    utf16,
    write_file,
    xlsx_without,
)

CUSTOMERS = 1500


def spoilt_rows(
    layout: Layout, *kinds: Fault, percent: float = 20.0
) -> tuple[Spoiler, list[list[Any]], list[list[Any]]]:
    clientele = clientele_of(1, "kunta", CUSTOMERS)
    spoiler = Spoiler(layout, 5, percent, kinds or tuple(Fault), nested=layout is HOSPITAL)
    return spoiler, list(rows(layout, clientele)), list(spoiler.spoil(rows(layout, clientele)))


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_the_key_names_exactly_the_rows_that_differ(layout: Layout) -> None:
    spoiler, clean, spoilt = spoilt_rows(layout)
    differing = {nth for nth, (one, other) in enumerate(zip(clean, spoilt, strict=True), start=1) if one != other}
    assert differing == {entry.row for entry in spoiler.key}
    assert 0.15 < len(differing) / CUSTOMERS < 0.25
    assert len({entry.fault for entry in spoiler.key}) >= 13


def test_every_kind_of_fault_occurs_in_the_standard_layout_and_again_the_same() -> None:
    spoiler, _, spoilt = spoilt_rows(STANDARD)
    assert {entry.fault for entry in spoiler.key} == set(Fault)
    again, _, spoilt_again = spoilt_rows(STANDARD)
    assert (again.key, spoilt_again) == (spoiler.key, spoilt)


def test_clean_files_hold_no_ordinary_code_and_faulty_ones_only_codes_nobody_had() -> None:
    spoiler, clean, spoilt = spoilt_rows(STANDARD, Fault.HETU_ORDINARY)
    assert not any(hetu.is_valid(row[1]) for row in clean if row[1])
    ordinary = [spoilt[entry.row - 1][1] for entry in spoiler.key]
    assert ordinary
    assert all(hetu.is_valid(code) and code[6] == "+" and code[4:6] in {"50", "51"} for code in ordinary)


def test_a_wrong_check_character_is_the_only_thing_wrong_with_the_code() -> None:
    spoiler, clean, spoilt = spoilt_rows(STANDARD, Fault.HETU_CHECK)
    assert spoiler.key
    for entry in spoiler.key:
        was, now = clean[entry.row - 1][1], spoilt[entry.row - 1][1]
        assert was[:-1] == now[:-1]
        assert not hetu.is_valid(now, allow_temporary=True)


def test_somebody_elses_code_is_valid_and_agrees_with_the_birth_date() -> None:
    spoiler, clean, spoilt = spoilt_rows(STANDARD, Fault.HETU_OTHERS)
    codes = {row[1]: row[3] for row in clean}
    for entry in spoiler.key:
        row = spoilt[entry.row - 1]
        assert codes[row[1]] == row[3]
        assert row[1] != clean[entry.row - 1][1]
        assert row[0] == entry.customer_number


def test_a_duplicate_number_is_an_earlier_rows() -> None:
    spoiler, clean, spoilt = spoilt_rows(STANDARD, Fault.NUMBER_DUPLICATE)
    for entry in spoiler.key:
        assert spoilt[entry.row - 1][0] in {row[0] for row in clean[: entry.row - 1]}


@pytest.mark.parametrize("layout", [STANDARD, WATERWORKS], ids=["text", "sheet"])
def test_dates_accounts_and_cells_are_as_wrong_as_the_key_says(layout: Layout) -> None:
    spoiler, clean, spoilt = spoilt_rows(layout)
    for entry in spoiler.key:
        row, was = spoilt[entry.row - 1], clean[entry.row - 1]
        cell = row[layout.columns.index(entry.heading)] if entry.heading else None
        if entry.fault is Fault.DATE_IMPOSSIBLE:
            with pytest.raises(ValueError, match=r"day|month"):
                date.fromisoformat(str(cell))
        elif entry.fault is Fault.BIRTH_FUTURE:
            assert date.fromisoformat(str(cell)) > REFERENCE_DAY
        elif entry.fault is Fault.IBAN:
            assert not iban.is_valid(str(cell))
        elif entry.fault is Fault.FORMULA:
            assert isinstance(cell, Formula)
        elif entry.fault is Fault.NUL_BYTE:
            assert "\x00" in str(cell)
        elif entry.fault is Fault.NAME_LONG:
            assert len(str(cell)) >= 400
        elif entry.fault is Fault.NAME_MISSING:
            assert cell == ""
        elif entry.fault is Fault.CELLS_MANY:
            assert len(row) > len(was)
        elif entry.fault is Fault.CELLS_FEW:
            assert len(row) < len(was)


def test_whole_files_are_spoilt_as_bytes(tmp_path: Path) -> None:
    write_file(tmp_path / "a.csv", STANDARD, clientele_of(1, "kunta", 50))
    write_file(tmp_path / "a.xlsx", WATERWORKS, clientele_of(1, "vesi", 50))
    text, sheet = (tmp_path / "a.csv").read_bytes(), (tmp_path / "a.xlsx").read_bytes()
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(BytesIO(truncated(sheet)))
    assert "xl/worksheets/sheet1.xml" not in zipfile.ZipFile(BytesIO(xlsx_without(sheet))).namelist()
    with pytest.raises(UnicodeDecodeError):
        in_other_encoding(text, "utf-8", "iso-8859-1").decode("utf-8")
    assert utf16(text).decode("utf-16") == text.decode()
    assert "asiakasnumero" not in other_layout(text).decode()
    assert other_layout(text).count(b"\n") == text.count(b"\n")
    assert max(map(len, b"".join(huge_line(text, 3)).split(b"\n"))) == 3_000_000
    assert len(binary_garbage(1, 10_000)) == 10_000
    assert binary_garbage(1, 10_000) == binary_garbage(1, 10_000)
