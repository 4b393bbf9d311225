"""Official numbers: where the house checks one itself, its verdict is the library's."""

from __future__ import annotations

from collections.abc import Callable

import phonenumbers
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban as stdnum_iban
from stdnum.exceptions import ValidationError
from stdnum.fi import hetu as stdnum_hetu
from stdnum.fi import ytunnus as stdnum_ytunnus

from rekisteri.ground import numbers

DIGITS = "0123456789"
CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def verdict(validate: Callable[[], str]) -> str | None:
    try:
        return validate()
    except ValidationError:
        return None


@settings(max_examples=400, deadline=None)
@given(
    st.integers(0, 33), st.integers(0, 13), st.integers(0, 99), st.sampled_from("-+ABCDEFYXWVUGZ"),
    st.integers(0, 999), st.booleans(), st.sampled_from(CHECKS + "GIOQZ"),
)  # fmt: skip
def test_an_identity_code_holds_when_the_library_says_so(
    day: int, month: int, year: int, sign: str, individual: int, right: bool, check: str
) -> None:
    figures = f"{day:02}{month:02}{year:02}{individual:03}"
    if right:
        check = CHECKS[int(figures) % 31]
    code = f"{figures[:6]}{sign}{figures[6:]}{check}"
    assert numbers.hetu(code) == verdict(lambda: stdnum_hetu.validate(code, allow_temporary=True))


@settings(max_examples=400, deadline=None)
@given(st.text(DIGITS, min_size=7, max_size=7), st.sampled_from(DIGITS))
def test_a_business_id_holds_when_the_library_says_so(figures: str, check: str) -> None:
    code = f"{figures}-{check}"
    expected = verdict(lambda: stdnum_ytunnus.validate(code))
    assert numbers.ytunnus(code) == (code if expected and figures.strip("0") else None)


@settings(max_examples=500, deadline=None)
@given(st.text(DIGITS, min_size=14, max_size=14), st.booleans(), st.text(DIGITS, min_size=2, max_size=2))
def test_a_finnish_account_holds_when_the_library_says_so(figures: str, right: bool, check: str) -> None:
    if right:
        check = stdnum_iban.calc_check_digits(f"FI00{figures}")
    account = f"FI{check}{figures}"
    assert numbers.iban(account) == verdict(lambda: stdnum_iban.validate(account))


@settings(max_examples=300, deadline=None)
@given(st.text(DIGITS, min_size=1, max_size=14))
def test_a_finnish_telephone_number_can_be_dialled_when_the_library_says_so(figures: str) -> None:
    number = "+358" + figures
    try:
        possible = phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        possible = False
    assert numbers.phone(number) == (number if possible else None)


def test_creditor_identifiers_hold_by_their_check_digits() -> None:
    assert numbers.creditor_id("FI46 ZZZ 20774740") == "FI46ZZZ20774740"
    assert numbers.creditor_id("fi46abc20774740") == "FI46ABC20774740", "the business code is outside the check"
    for wrong in ("FI47ZZZ20774740", "FI46ZZZ20774741", "FI46ZZZ", "", "FI46ZZZ2077474ä"):
        assert numbers.creditor_id(wrong) is None, wrong


def test_addresses_of_invented_people_hold_and_those_without_a_domain_do_not() -> None:
    assert numbers.email("Aapo@Esimerkki.INVALID") == "Aapo@esimerkki.invalid"
    assert numbers.email("aapo@yritys.test") == "aapo@yritys.test"
    assert [numbers.email(text) for text in ("aapo@localhost", "aapo@", "a b@example.fi", "ei ole")] == [None] * 4
