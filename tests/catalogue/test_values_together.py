"""The page of values that must agree tells every such rule there is, and each rule is as it tells."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from rekisteri.catalogue import Reason
from rekisteri.catalogue.assemble import Rules, assemble
from rekisteri.catalogue.model import Scalar

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "values-together.md").read_text("utf-8")
JUDGES = ("catalogue/assemble.py", "matching/place.py", "sources/organisations/post_line.py")
"""Where values are judged by other values."""
RULES = Rules(today=date(2026, 3, 2), artificial_hetu=True, ordinary_hetu=False)
PERSON: dict[str, Scalar] = {"surname": "Kuvitteelinen"}
HOME: dict[str, Scalar] = {"postal_address.street": "Tie 1", "postal_address.postcode": "00100", "postal_address.town": "HELSINKI"}  # fmt: skip


def told(parts: dict[str, Scalar], rules: Rules = RULES) -> set[str]:
    found = assemble(parts, rules)
    return {one.reason.value for one in found} if isinstance(found, list) else set()


def test_the_page_tells_every_reason_that_values_judged_together_are_refused_for() -> None:
    raised = {
        Reason[name].value
        for path in JUDGES
        for name in re.findall(r"Reason\.([A-Z_]+)", (ROOT / "src" / "rekisteri" / path).read_text("utf-8"))
    }
    assert len(raised) >= 13
    assert {code for code in raised if f"`{code}`" not in PAGE} == set()
    codes = re.findall(r"`([a-z_]+)`(?:, `[a-z_]+`)? \|$", PAGE, re.MULTILINE)
    assert set(codes) <= {one.value for one in Reason}, "and none that is not"


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"first_names": "Aapo"}, "name_missing"),
        ({"ytunnus": "0245437-2"}, "name_missing"),
        ({"organisation_name": "Oy", "birth_date": "1980-01-01"}, "wrong_kind"),
        (PERSON | {"postal_address.town": "HELSINKI"}, "incomplete"),
        (PERSON | HOME | {"postal_address.postcode": "1234"}, "postcode_invalid"),
        (PERSON | HOME | {"postal_address.postcode": "12-34", "postal_address.country": "FI"}, "postcode_invalid"),
        (PERSON | HOME | {"postal_address.valid_from": "2026-02-02", "postal_address.valid_to": "2026-02-01"}, "period_reversed"),
        (PERSON | {"hetu": "240360-909X", "birth_date": "1960-03-25"}, "hetu_contradicts_birth_date"),
        (PERSON | {"birth_date": "2026-03-03"}, "date_out_of_range"),
        (PERSON | {"death_date": "2026-03-03"}, "date_out_of_range"),
    ],
)  # fmt: skip
def test_values_that_do_not_agree_are_refused_together(parts: dict[str, Scalar], reason: str) -> None:
    assert reason in told(parts)


@pytest.mark.parametrize(
    "parts",
    [
        PERSON,
        PERSON | HOME,
        PERSON | HOME | {"postal_address.postcode": "SW1A 1AA", "postal_address.country": "GB"},
        PERSON | HOME | {"postal_address.valid_from": "2026-02-02", "postal_address.valid_to": "2026-02-02"},
        PERSON | {"hetu": "240360-909X", "birth_date": "1960-03-24"},
        PERSON | {"birth_date": "2026-03-02", "death_date": "2026-03-02"},
    ],
)
def test_values_that_agree_are_taken(parts: dict[str, Scalar]) -> None:
    assert told(parts) == set()


def test_identity_codes_are_those_of_the_environment() -> None:
    coded = PERSON | {"hetu": "240360-909X"}
    assert told(coded, Rules(RULES.today, artificial_hetu=False, ordinary_hetu=True)) == {"hetu_artificial"}
    assert told(coded) == set()
