"""Whole names in one column: a person's, or an organisation's that says by its form what it is."""

from __future__ import annotations

import polars as pl
import pytest

from rekisteri.catalogue import PartyKind, Sayings
from rekisteri.sources.organisations.mapping import FULL_NAME, Mapping, plan
from rekisteri.sources.organisations.observe import Observer
from tests.sources.test_bulk import RULES

HEADINGS = ("numero", "asiakas", "hetu", "syntynyt", "etunimi")
MAPPING = Mapping(columns=dict(zip(HEADINGS, ("customer_number", FULL_NAME, "hetu", "birth_date", "first_names"), strict=True)))  # fmt: skip
ROWS = (
    ("1", "Koulun tuki ry", "", "", ""),
    ("2", "Virtanen Aino", "", "", ""),
    ("3", "Asunto Oy Kuusi", "", "", ""),
    ("4", "Oy Virtanen", "", "1.2.1990", ""),
    ("5", "Yhdistys", "", "", "Aino"),
    ("6", "Nguyen Thi Ky", "", "", ""),
    ("7", "Virtanen Matti kuolinpesä", "", "", ""),
    ("8", "", "", "", ""),
)
ORGANISATIONS = {"1", "3"}


@pytest.mark.parametrize("rows", [ROWS, ROWS[1:2]])
def test_a_name_of_an_organisations_form_is_no_persons_where_nothing_says_otherwise(
    rows: tuple[tuple[str, ...], ...],
) -> None:
    observer = Observer(plan(MAPPING, HEADINGS), MAPPING, RULES)
    alone = {row[0]: observer.row(row) for row in rows}
    kinds = {key: said.kind for key, said in alone.items() if isinstance(said, Sayings)}
    assert {key for key, kind in kinds.items() if kind is PartyKind.ORGANISATION} == ORGANISATIONS & kinds.keys()

    cells = pl.DataFrame(
        {str(place): [row[place] or None for row in rows] for place in range(len(HEADINGS))},
        schema={str(place): pl.String for place in range(len(HEADINGS))},
    )
    found = observer.survey(cells["0"], cells)
    named = found.columns.get("organisation_name", pl.Series([None] * len(rows))).to_list()
    assert {row[0] for row, name in zip(rows, named, strict=True) if name} == ORGANISATIONS & kinds.keys()
