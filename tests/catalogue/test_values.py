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
