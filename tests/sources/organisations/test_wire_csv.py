"""CSV to rows: encodings and separators in the wild, faults that cost a row and not the file."""

from __future__ import annotations

import contextlib
import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rekisteri import simulators
from rekisteri.catalogue import Reason
from rekisteri.ground.errors import Rejected
from rekisteri.sources.organisations.wire import MAX_LINE_BYTES, BadRow, Delivery, open_delivery

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "iso-8859-15", "cp1252")
MEBIBYTE = 1 << 20


def a_file(tmp_path: Path, content: str | bytes, encoding: str = "utf-8", name: str = "asiakkaat.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def rows_of(delivery: Delivery, size: int = 20_000) -> list[list[str]]:
    return [row for chunk in delivery.chunks(size) for row in chunk.rows]


def bad_of(delivery: Delivery) -> list[BadRow]:
    return [bad for chunk in delivery.chunks() for bad in chunk.bad]


def numbers_of(delivery: Delivery) -> list[int]:
    return [number for chunk in delivery.chunks() for number in chunk.row_nos]


def refusal_of(path: Path, **told: str) -> str:
    with pytest.raises(Rejected) as refused:
        rows_of(open_delivery(path, **told))  # type: ignore[arg-type]
    return refused.value.message


def is_utf8_beyond_ascii(content: bytes) -> bool:
    with contextlib.suppress(UnicodeDecodeError):
        return not content.decode().isascii()
    return False


CELLS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\ufeff"), max_size=12) | st.text(
    "aäöåÄÖÅéŠš;,\t|\"'\r\n =+-@", max_size=12
)


@st.composite
def a_table(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 6))
    return draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(a_table(), st.sampled_from(ENCODINGS), st.sampled_from(";,\t|"), st.booleans(), st.sampled_from(["\n", "\r\n"]))
@example([["x", "a\u2028b\x85c\x0bd\x1ee"]], "utf-8", ";", False, "\n")
@example([["x\r", "\ry"], ["\n", "z"]], "utf-16", "\t", False, "\r\n")
def test_any_table_reads_back_as_it_was_written(
    tmp_path: Path, table: list[list[str]], encoding: str, separator: str, quote_all: bool, end: str
) -> None:
    headings = [f"otsikko{letter}" for letter in "abcdef"[: len(table[0]) if table else 2]]
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerow(headings)
    # A lone CR is quoted only where it is the line's end for the writer.
    quoted = csv.writer(text, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    for row in table:
        (quoted if any("\r" in cell or "\n" in cell for cell in row) else writer).writerow(row)
    try:
        content = text.getvalue().encode(encoding)
    except UnicodeEncodeError:
        return
    if encoding in ("iso-8859-1", "iso-8859-15", "cp1252") and is_utf8_beyond_ascii(content):
        return  # refused on purpose: no real text looks so
    path = a_file(tmp_path, content)

    delivery = open_delivery(path, encoding=encoding, separator=separator)

    assert delivery.columns == tuple(headings)
    assert rows_of(delivery) == [row for row in table if any(row)]
    assert bad_of(delivery) == []


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encoding_and_separator_are_found_out(tmp_path: Path, encoding: str, separator: str) -> None:
    lines = [["numero", "nimi", "katu"], ["1", "Mäkinen, Åke", "Öljytie 1 | A; B"], ["2", "Sjöström\tx", "Käpytie 2"]]
    lines += [["3", "Šimonen" if encoding == "iso-8859-15" else "Meikäläinen", "Ülatie 3"]]
    lines += [["4", "O\u2019Häme" if encoding == "cp1252" else "Näätä", "Tie 4"]]
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(lines)

    delivery = open_delivery(a_file(tmp_path, text.getvalue(), encoding))

    assert (delivery.encoding, delivery.separator) == (encoding, separator)
    assert rows_of(delivery) == lines[1:]


def test_an_acute_used_as_an_apostrophe_is_no_letter_of_latin_9(tmp_path: Path) -> None:
    path = a_file(tmp_path, "numero;nimi\n1;Päivi O\u00b4Brien\n2;Käytävä 2 \u00bd\n", "iso-8859-1")

    assert open_delivery(path).encoding == "iso-8859-1"
    assert rows_of(open_delivery(path))[0][1] == "Päivi O\u00b4Brien"


def test_a_row_in_another_encoding_is_bad_and_the_rest_goes_on(tmp_path: Path) -> None:
    lines = ["numero;nimi"] + [f"{number};Mäkinen" for number in range(1, 40)]
    content = "\n".join(lines).encode() + "\n40;Järvinen\n41;Mäki\n".encode("latin-1").replace(
        b"M\xe4ki", "Mäki".encode()
    )

    delivery = open_delivery(a_file(tmp_path, content))

    assert delivery.encoding == "utf-8"
    assert bad_of(delivery) == [BadRow(41, Reason.UNDECODABLE, "40;J\ufffdrvinen")]
    assert [row[0] for row in rows_of(delivery)] == [str(number) for number in [*range(1, 40), 41]]


def test_a_file_told_to_be_utf_8_that_is_not_is_refused_with_line_and_byte(tmp_path: Path) -> None:
    path = a_file(tmp_path, b"numero;nimi\n1;Aino\n2;M\xe4ki\n")

    message = refusal_of(path, encoding="utf-8")

    assert "asiakkaat.csv" in message
    assert "line 3, byte 22" in message
    assert "Save it as UTF-8" in message


@pytest.mark.parametrize("filler", [b"1;Aino\n" * 50_000, "1;Äinö\n".encode() * 50_000])
def test_line_and_byte_are_right_far_into_a_file(tmp_path: Path, filler: bytes) -> None:
    content = b"\xef\xbb\xbfnumero;nimi\n" + filler + b"2;M\xe4ki\n"

    message = refusal_of(a_file(tmp_path, content), encoding="utf-8")

    assert f"line 50002, byte {len(content) - 4}" in message


def test_a_utf_8_file_told_to_be_latin_1_is_refused_rather_than_garbled(tmp_path: Path) -> None:
    message = refusal_of(a_file(tmp_path, "numero;nimi\n1;Mäki\n"), encoding="iso-8859-1")

    assert "the file is UTF-8" in message


def test_an_unknown_encoding_is_refused_naming_those_that_are_read(tmp_path: Path) -> None:
    assert "Use utf-8" in refusal_of(a_file(tmp_path, "numero;nimi\n"), encoding="rot13")


def test_a_truncated_utf_16_file_is_refused(tmp_path: Path) -> None:
    content = "numero;nimi\n1;Mäki\n".encode("utf-16")[:-1]

    assert "not UTF-16" in refusal_of(a_file(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "is empty"),
        (b";;;\n1;2;3;4\n", "no headings"),
        (b"131052-908T;Virtanen;Tie 1\n2;Koski;Tie 2\n", "looks like data"),
        (b"100001;12.5.2020;Tie\n", "looks like data"),
        (b"numero;nimi;Nimi\n1;a;b\n", "same heading: \u201cnimi\u201d"),
        (b'numero;"nimi\n1;a\n', "quotation marks of the headings"),
        (b"x" * (2 * MAX_LINE_BYTES) + b"\n1;2\n", "first line is longer"),
        (";".join(f"k{number}" for number in range(400)).encode(), "400 columns"),
    ],
)
def test_a_file_without_usable_headings_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in refusal_of(a_file(tmp_path, content))


def test_a_refusal_never_shows_an_identity_code(tmp_path: Path) -> None:
    assert "131052" not in refusal_of(a_file(tmp_path, b"131052-908T;131052-908T;x\n1;2;3\n"))


def test_binary_garbage_is_refused(tmp_path: Path) -> None:
    assert "not text" in refusal_of(a_file(tmp_path, simulators.binary_garbage(3, 20_000)))


def test_headings_alone_are_no_rows(tmp_path: Path) -> None:
    delivery = open_delivery(a_file(tmp_path, "numero;nimi\r\n"))

    assert delivery.columns == ("numero", "nimi")
    assert list(delivery.chunks()) == []


def test_a_separator_line_of_a_spreadsheet_is_obeyed_and_not_counted(tmp_path: Path) -> None:
    delivery = open_delivery(a_file(tmp_path, "sep=|\nnumero|nimi;x\n1|a;b\n"))

    assert (delivery.separator, delivery.columns) == ("|", ("numero", "nimi;x"))
    assert numbers_of(delivery) == [2]


def test_a_column_without_a_heading_gets_its_number_and_trailing_ones_vanish(tmp_path: Path) -> None:
    delivery = open_delivery(a_file(tmp_path, "numero;;nimi;;\n1;x;a;;\n2;;b;;\n3;;c;;d\n"))

    assert delivery.columns == ("numero", "#2", "nimi")
    assert rows_of(delivery) == [["1", "x", "a"], ["2", "", "b"]]
    assert bad_of(delivery) == [BadRow(4, Reason.CELL_COUNT, "3;;c;;d")]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    content = 'numero;nimi\n1;"kaksi\nriviä"\n\n;;\n2;b\n3\n4;d;;\n5;e;f\n'

    delivery = open_delivery(a_file(tmp_path, content))

    assert list(zip(numbers_of(delivery), rows_of(delivery), strict=True)) == [
        (2, ["1", "kaksi\nriviä"]), (5, ["2", "b"]), (7, ["4", "d"]),
    ]  # fmt: skip
    assert bad_of(delivery) == [BadRow(6, Reason.CELL_COUNT, "3"), BadRow(8, Reason.CELL_COUNT, "5;e;f")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_of_three_ways(tmp_path: Path, end: str) -> None:
    delivery = open_delivery(a_file(tmp_path, end.join(["numero;nimi", "1;a", "2;b", ""])))

    assert rows_of(delivery) == [["1", "a"], ["2", "b"]]


@pytest.mark.parametrize(
    "stray",
    ['2;"Virtanen', '2;"Oy "Firma" Ab"', '"2;Virtanen', '2;"Virtanen"x', '2;Virtanen;"'],
)
def test_a_stray_quotation_mark_costs_its_row_alone(tmp_path: Path, stray: str) -> None:
    after = [f"{number};Nimi {number}" for number in range(3, 60_000)]
    content = "\n".join(["numero;nimi", "1;Aino", stray, *after]) + "\n"

    delivery = open_delivery(a_file(tmp_path, content), separator=";")

    bad = bad_of(delivery)
    assert [(one.row_no, one.raw) for one in bad] == [(3, stray)]
    assert bad[0].reason in (Reason.CELL_COUNT, Reason.LINE_TOO_LONG)
    assert [row[0] for row in rows_of(delivery)] == ["1", *(str(number) for number in range(3, 60_000))]


def test_a_stray_mark_before_quoted_rows_costs_its_row_alone(tmp_path: Path) -> None:
    content = 'numero;nimi\n1;"Virtanen\n' + "".join(f'{number};"Nimi; {number}"\n' for number in range(2, 2_000))

    delivery = open_delivery(a_file(tmp_path, content))

    assert [bad.row_no for bad in bad_of(delivery)] == [2]
    assert len(rows_of(delivery)) == 1_998


def test_a_nul_stays_in_its_cell_for_the_value_check(tmp_path: Path) -> None:
    assert rows_of(open_delivery(a_file(tmp_path, b"numero;nimi\n1;a\0b\n2;c\n"))) == [["1", "a\0b"], ["2", "c"]]


def test_a_line_too_long_is_one_bad_row_and_costs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "pitka.csv"
    with path.open("wb") as file:
        for piece in simulators.huge_line("numero;nimi\r\n1;Äiti\r\n2;Isä\r\n".encode(), megabytes=200):
            file.write(piece)
    tracemalloc.start()
    try:
        delivery = open_delivery(path)
        bad, rows = bad_of(delivery), rows_of(delivery)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert [(one.row_no, one.reason) for one in bad] == [(2, Reason.LINE_TOO_LONG)]
    assert len(bad[0].raw) <= 10_000
    assert rows == [["1", "Äiti"], ["2", "Isä"]]
    assert peak < 20 * MEBIBYTE


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r", b""])
def test_a_line_too_long_may_end_anyhow(tmp_path: Path, end: bytes) -> None:
    content = (
        end.join([b"numero;nimi", b"1;a", b"x" * (2 * MEBIBYTE), b"2;b"])
        if end
        else b"numero;nimi\n" + b"x" * (2 * MEBIBYTE)
    )

    delivery = open_delivery(a_file(tmp_path, content))

    assert [bad.reason for bad in bad_of(delivery)] == [Reason.LINE_TOO_LONG]
    assert rows_of(delivery) == ([["1", "a"], ["2", "b"]] if end else [])


def test_reading_a_large_file_needs_no_more_memory_than_its_chunks(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        path = a_file(tmp_path, "numero;nimi\n" + "".join(f"{nth};Nimi numero {nth}\n" for nth in range(rows)))
        tracemalloc.start()
        try:
            count = sum(len(chunk.rows) for chunk in open_delivery(path).chunks(5_000))
            assert count == rows
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(200_000) < 1.5 * peak(50_000)


def test_chunks_hold_all_rows_in_order_whatever_their_size(tmp_path: Path) -> None:
    path = a_file(tmp_path, "numero;nimi\n" + "".join(f"{number};a\n" for number in range(50_000)))
    delivery = open_delivery(path)

    assert rows_of(delivery, 1) == rows_of(delivery, 1_000_000) == [[str(number), "a"] for number in range(50_000)]


@pytest.mark.parametrize("layout", ["standard", "daycare", "ledger"])
def test_the_files_of_client_systems_are_read_whole(tmp_path: Path, layout: str) -> None:
    shape, form = simulators.LAYOUTS[layout], simulators.FORMS[layout]
    path = tmp_path / f"{layout}.csv"
    count = simulators.write_file(path, shape, simulators.clientele_of(11, "t", 800))

    delivery = open_delivery(path)

    assert (delivery.encoding, delivery.separator) == (form.encoding, form.separator)
    assert delivery.columns == shape.columns
    assert numbers_of(delivery) == list(range(2, count + 2))
    assert bad_of(delivery) == []


def test_rows_with_the_wrong_count_of_cells_are_exactly_the_spoilt_ones(tmp_path: Path) -> None:
    kinds = (simulators.Fault.CELLS_MANY, simulators.Fault.CELLS_FEW)
    spoiler = simulators.Spoiler(simulators.STANDARD, 5, 10.0, kinds)
    rows = spoiler.spoil(simulators.rows(simulators.STANDARD, simulators.clientele_of(5, "t", 1_000)))
    path = tmp_path / "viallinen.csv"
    simulators.write_rows(path, simulators.STANDARD.columns, rows, simulators.FORMS["standard"])

    bad = bad_of(open_delivery(path))

    assert len(bad) > 50
    assert [one.row_no for one in bad] == [spoilt.row + 1 for spoilt in spoiler.key]
    assert {one.reason for one in bad} == {Reason.CELL_COUNT}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400) | st.text('ab;"\n\r\0', max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused_but_never_crash(tmp_path: Path, content: bytes) -> None:
    path = a_file(tmp_path, content)
    with contextlib.suppress(Rejected):
        delivery = open_delivery(path)
        for chunk in delivery.chunks():
            assert all(len(row) == len(delivery.columns) for row in chunk.rows)


@pytest.mark.parametrize("encoding", ["cp850", "mac-roman"])
def test_files_of_dos_and_old_macintoshes_are_known_by_their_words(tmp_path: Path, encoding: str) -> None:
    delivery = open_delivery(a_file(tmp_path, "numero;nimi;katu\n1;Mäkelä-Öhman;Yläåkerin kuja 9\n", encoding))

    assert delivery.encoding == encoding
    assert [row for chunk in delivery.chunks() for row in chunk.rows] == [["1", "Mäkelä-Öhman", "Yläåkerin kuja 9"]]


def test_quotation_marks_of_windows_make_no_file_dos(tmp_path: Path) -> None:
    content = "numero;nimi;katu\n1;Kahvila ”Mäki” Oy;Šimosen kuja – 9\n2;„Koski“;Tie 1\n"

    assert open_delivery(a_file(tmp_path, content, "cp1252")).encoding == "cp1252"
