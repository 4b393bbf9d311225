"""NDJSON to rows: strict objects, nested names, columns from all of them."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rekisteri import simulators
from rekisteri.catalogue import Reason
from rekisteri.ground.errors import Rejected
from rekisteri.sources.organisations.wire import BadRow, Delivery, open_delivery

MEBIBYTE = 1 << 20


def a_file(tmp_path: Path, *lines: str | bytes, end: bytes = b"\n") -> Path:
    path = tmp_path / "asiakkaat.ndjson"
    path.write_bytes(end.join(line if isinstance(line, bytes) else line.encode() for line in lines) + end)
    return path


def rows_of(delivery: Delivery) -> list[dict[str, str]]:
    return [
        {column: cell for column, cell in zip(delivery.columns, row, strict=True) if cell}
        for chunk in delivery.chunks()
        for row in chunk.rows
    ]


def bad_of(delivery: Delivery) -> list[BadRow]:
    return [bad for chunk in delivery.chunks() for bad in chunk.bad]


def test_nested_names_are_joined_and_lists_of_values_too(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        '{"numero":1,"nimi":{"suku":"Mäki","entiset":["Koski","Salo"]},"turvakielto":true,"puh":null}',
        '{"numero":"2","osoite":{"katu":"Tie 1"},"turvakielto":false,"tyhja":{}}',
    )

    delivery = open_delivery(path)

    assert delivery.format == "ndjson"
    assert delivery.columns == ("numero", "nimi.suku", "nimi.entiset", "turvakielto", "puh", "osoite.katu")
    assert rows_of(delivery) == [
        {"numero": "1", "nimi.suku": "Mäki", "nimi.entiset": "Koski|Salo", "turvakielto": "true"},
        {"numero": "2", "osoite.katu": "Tie 1", "turvakielto": "false"},
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"a":1,"a":2}', Reason.NOT_AN_OBJECT),
        ('{"a" : 1, "a" :2}', Reason.NOT_AN_OBJECT),
        ('{"a":1,"\\u0061":2}', Reason.NOT_AN_OBJECT),
        ('{"b":{"a":1,"a":2}}', Reason.NOT_AN_OBJECT),
        ('{"a":{"b":1},"a.b":2}', Reason.NOT_AN_OBJECT),
        ('{"a":NaN}', Reason.NOT_AN_OBJECT),
        ('{"a":-Infinity}', Reason.NOT_AN_OBJECT),
        ('{"a":[{"b":1}]}', Reason.NOT_AN_OBJECT),
        ('{"a":' * 10 + "1" + "}" * 10, Reason.NOT_AN_OBJECT),
        ('{"a":' + "[" * 5_000 + "]" * 5_000 + "}", Reason.NOT_AN_OBJECT),
        ('{"a":' + "[" * 1_000 + "]" * 1_000 + ',"a":1}', Reason.NOT_AN_OBJECT),
        ("[1,2]", Reason.NOT_AN_OBJECT),
        ('"teksti"', Reason.NOT_AN_OBJECT),
        ('{"a":1', Reason.NOT_AN_OBJECT),
        ('{"a":1}{"a":2}', Reason.NOT_AN_OBJECT),
        (b'{"a":"M\xe4ki"}', Reason.UNDECODABLE),
    ],
)
def test_a_line_that_is_no_sound_object_is_bad_and_the_rest_goes_on(
    tmp_path: Path, line: str | bytes, reason: Reason
) -> None:
    delivery = open_delivery(a_file(tmp_path, '{"a":"1"}', line, "", '{"a":"3"}'))

    assert [(bad.row_no, bad.reason) for bad in bad_of(delivery)] == [(2, reason)]
    assert [number for chunk in delivery.chunks() for number in chunk.row_nos] == [1, 4]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("100001", "100001"),
        ("100001.0", "100001"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("0.1", "0.1"),
        ("12345678901234567.25", "12345678901234567.25"),
        ("-7", "-7"),
    ],
)
def test_numbers_lose_no_digit(tmp_path: Path, number: str, text: str) -> None:
    assert rows_of(open_delivery(a_file(tmp_path, f'{{"numero":{number}}}'))) == [{"numero": text}]


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=10)
OBJECTS = st.dictionaries(
    st.text('abåä:" \t', max_size=3),
    VALUES | st.dictionaries(st.text("xy", min_size=1, max_size=2), VALUES),
    max_size=5,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(OBJECTS, min_size=1, max_size=5), st.booleans(), st.booleans())
def test_any_objects_read_back_as_they_were_written(
    tmp_path: Path, objects: list[dict[str, object]], spaced: bool, ascii_only: bool
) -> None:
    separators = (" , ", " : ") if spaced else (",", ":")
    lines = [json.dumps(one, separators=separators, ensure_ascii=ascii_only) for one in objects]

    found = rows_of(open_delivery(a_file(tmp_path, *lines)))

    assert found == [cells for one in objects if (cells := flat(one))]


def flat(value: dict[str, object], stem: str = "") -> dict[str, str]:
    cells: dict[str, str] = {}
    for name, inner in value.items():
        if isinstance(inner, dict):
            cells |= flat(inner, f"{stem}{name}.")
        elif isinstance(inner, bool):
            cells[stem + name] = "true" if inner else "false"
        elif inner not in (None, ""):
            cells[stem + name] = str(inner)
    return cells


def test_a_byte_order_mark_is_tolerated_and_carriage_returns_too(tmp_path: Path) -> None:
    path = a_file(tmp_path, b'\xef\xbb\xbf{"numero":"1"}', '{"numero":"2"}', end=b"\r\n")

    assert rows_of(open_delivery(path)) == [{"numero": "1"}, {"numero": "2"}]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[{"numero":1},\n{"numero":2}]', "one JSON array"),
        ('{\n  "numero": 1\n}', "no line is a JSON object"),
        ("{" + ",".join(f'"k{number}":1' for number in range(300)) + "}", "more than 256 names"),
    ],
)
def test_json_that_is_not_a_line_an_object_is_refused_with_the_cure(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(Rejected) as refused:
        open_delivery(a_file(tmp_path, content))

    assert said in refused.value.message


def test_a_mapping_that_calls_ndjson_latin_1_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="always UTF-8"):
        open_delivery(a_file(tmp_path, '{"numero":1}'), encoding="iso-8859-1")


def test_a_line_too_long_is_one_bad_row_and_costs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "pitka.ndjson"
    with path.open("wb") as file:
        file.write(b'{"numero":"1"}\n{"numero":"')
        for _ in range(100):
            file.write(b"x" * MEBIBYTE)
        file.write(b'"}\n{"numero":"3"}\n')
    tracemalloc.start()
    try:
        delivery = open_delivery(path)
        bad, rows = bad_of(delivery), rows_of(delivery)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert [(one.row_no, one.reason) for one in bad] == [(2, Reason.LINE_TOO_LONG)]
    assert rows == [{"numero": "1"}, {"numero": "3"}]
    assert peak < 15 * MEBIBYTE


def test_the_file_of_a_client_system_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "hospital.ndjson"
    clientele = simulators.clientele_of(11, "t", 2_000)
    count = simulators.write_file(path, simulators.HOSPITAL, clientele)

    delivery = open_delivery(path)

    assert set(delivery.columns) <= set(simulators.HOSPITAL.columns)
    assert bad_of(delivery) == []
    rows = rows_of(delivery)
    assert len(rows) == count
    assert rows[0]["asiakas.numero"] == next(simulators.rows(simulators.HOSPITAL, clientele))[0]
