"""The keys of a delivery's sheets: whatever their order, those met before are found, and no others."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from rekisteri.sources.organisations.ready import _Seen

KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=3)
SHEETS = st.lists(st.lists(st.one_of(st.none(), KEYS, st.integers(0, 120).map(str)), max_size=8), max_size=8)


@given(SHEETS)
def test_keys_met_before_are_found_whatever_their_order(sheets: list[list[str | None]]) -> None:
    seen, known = _Seen(), set[str]()
    for sheet in sheets:
        said = {key for key in sheet if key is not None}
        found = seen.among(pl.Series(sheet, dtype=pl.String))
        assert found == said & known
        seen.add(pl.Series(sorted(said - known, reverse=len(known) % 2 == 1), dtype=pl.String))
        known |= said


@given(st.lists(st.integers(0, 2000), unique=True, min_size=1), st.integers(1, 9))
def test_a_file_sorted_by_number_is_never_looked_up(numbers: list[int], size: int) -> None:
    keys = [str(number) for number in sorted(numbers)]
    seen = _Seen()
    for first in range(0, len(keys), size):
        sheet = pl.Series(keys[first : first + size], dtype=pl.String)
        assert seen.among(sheet) == set()
        seen.add(sheet)
    assert seen._hashes.len() == 0
    assert seen.among(pl.Series(keys)) == set(keys)
