"""Days, numbers and countries as each language writes them."""

from __future__ import annotations

from rekisteri.tongues import load


def test_days_and_numbers_are_written_as_each_language_writes_them() -> None:
    spoken = load()
    assert [spoken[code].iso_day("1960-03-24") for code in ("fi", "sv", "en")] == [
        "24.3.1960",
        "24.3.1960",
        "24 Mar 1960",
    ]
    assert spoken["fi"].number(1234567) == "1\xa0234\xa0567"
    assert spoken["sv"].country("SE") == "Sverige"
