"""Checks of single values: what clients' systems write is understood, and what nobody can know is not guessed."""

from __future__ import annotations

import pytest

from rekisteri.catalogue import BY_PATH, Reason


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("fi", "fi"), ("SV", "sv"), ("sv-FI", "sv"), ("fi_FI", "fi"), ("fin", "fi"), ("swe", "sv"), ("Suomi", "fi"),
        ("finska", "fi"), ("Finnish", "fi"), ("Pohjoissaame", "se"), ("saame", "se"), ("ryska", "ru"), ("viro", "et"),
    ],
)  # fmt: skip
def test_a_language_is_known_by_code_tag_and_name(said: str, code: str) -> None:
    assert BY_PATH["contact_language"][1].kind.parse(said) == code


@pytest.mark.parametrize("said", ["", "S", "99", "xx", "qqq", "suomi/ruotsi", "fi-FI-x"])
def test_no_language_is_guessed(said: str) -> None:
    assert BY_PATH["contact_language"][1].kind.parse(said) is Reason.CODE_UNKNOWN


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Suomi", "FI"), ("SVERIGE", "SE"), ("UK", "GB"), ("Englanti", "GB"), ("Hollanti", "NL"), ("Turkki", "TR"), ("Österrike", "AT"),
        ("Itävalta", "AT"), ("Thaimaa", "TH"), ("Kina", "CN"), ("Viet Nam", "VN"), ("EST", "EE"), ("Venäjän federaatio", "RU"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_code_and_name(said: str, code: str) -> None:
    assert BY_PATH["permanent_address.country"][1].kind.parse(said) == code


@pytest.mark.parametrize("said", ["", "Neuvostoliitto", "XX", "Ruotsi/Sverige"])
def test_no_country_is_guessed(said: str) -> None:
    assert BY_PATH["permanent_address.country"][1].kind.parse(said) is Reason.COUNTRY_UNKNOWN


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Ha\u0308ma\u0308la\u0308inen", "Hämäläinen"),
        ("Virta\u200bnen", "Virtanen"),
        ("\ufeffVirta\u00adnen\u00a0 Oy ", "Virtanen Oy"),
        ("Trần Lê", "Trần Lê"),
        ("JOÃO", "JOÃO"),
        ("D’Angelo", "D’Angelo"),
    ],
)
def test_text_is_composed_and_what_nobody_sees_is_left_out(said: str, name: str) -> None:
    assert BY_PATH["surname"][1].kind.parse(said) == name


@pytest.mark.parametrize("said", ["MÃ¤kelÃ¤", "MÃ–KÃ–", "Ã…ström", "NguyÃªn", "Jos\u00c3\u00a9"])
def test_letters_garbled_on_their_way_are_no_name(said: str) -> None:
    assert BY_PATH["surname"][1].kind.parse(said) is Reason.GARBLED


def test_a_code_is_read_through_what_nobody_sees() -> None:
    assert BY_PATH["hetu"][1].kind.parse("\u200b010190-900P\ufeff") == "010190-900P"
    assert BY_PATH["phone"][1].kind.parse("\u202a040 1234567\u202c") == "+358401234567"
    assert BY_PATH["surname"][1].kind.parse("\u202aVirtanen\u202c") is Reason.FORBIDDEN_CHARACTER


@pytest.mark.parametrize(
    "said", ["1.2.1990", "01. 02. 1990", "1990-02-01T00:00:00Z", "1990-02-01T00:00:00.000+02:00", "19900201"]
)
def test_a_day_is_read_in_the_forms_systems_write(said: str) -> None:
    assert BY_PATH["birth_date"][1].kind.parse(said) == "1990-02-01"


@pytest.mark.parametrize("said", ["1/2/1990", "1-2-1990", "1.2.90", "1990-02-01T22:00:00Z", "32905"])
def test_a_day_that_may_be_another_is_not_guessed(said: str) -> None:
    assert BY_PATH["birth_date"][1].kind.parse(said) is Reason.NOT_A_DATE


@pytest.mark.parametrize(
    ("said", "number"),
    [("401234567", "+358401234567"), ("50 123 4567", "+358501234567"), ("040\u20111234567", "+358401234567")],
)
def test_a_mobile_number_gets_back_the_zero_a_spreadsheet_took(said: str, number: str) -> None:
    assert BY_PATH["phone"][1].kind.parse(said) == number


@pytest.mark.parametrize("said", ["41234567", "4512345678", "91234567", "701234567"])
def test_figures_that_may_be_another_number_are_not_guessed(said: str) -> None:
    assert BY_PATH["phone"][1].kind.parse(said) is Reason.PHONE_INVALID
