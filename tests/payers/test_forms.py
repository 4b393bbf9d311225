"""Names and addresses as they stand on an invoice: nothing is cut, and what does not fit is stated."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from rekisteri.payers.answer import Address, FinvoiceParty, Unfit
from rekisteri.payers.forms import Limits, address_of, country_name, envelope, finvoice, place_lines, wrapped

HOME = Address("Esimerkkitie 7 A 12", "00999", "Helsinki", "FI", "")


def abroad(country: str, postcode: str, town: str, language: str = "en") -> list[str]:
    return place_lines(Address("1 Main Street", postcode, town, country, ""), language)


def test_addresses_are_written_as_their_countries_write_them_and_the_country_in_the_letters_language() -> None:
    assert place_lines(HOME, "sv") == ["Esimerkkitie 7 A 12", "00999 HELSINKI"]
    assert abroad("SE", "11122", "Stockholm", "sv") == ["1 Main Street", "111 22 Stockholm", "SVERIGE"]
    assert abroad("SE", "111 22", "Stockholm", "fi") == ["1 Main Street", "111 22 Stockholm", "RUOTSI"]
    assert abroad("SE", "1112", "Stockholm") == ["1 Main Street", "1112 Stockholm", "SWEDEN"]
    assert abroad("DE", "10115", "Berlin") == ["1 Main Street", "10115 Berlin", "GERMANY"]
    assert abroad("GB", "SW1A 1AA", "London") == ["1 Main Street", "London", "SW1A 1AA", "UNITED KINGDOM"]
    assert abroad("US", "12345", "Albany, NY") == ["1 Main Street", "Albany, NY 12345", "UNITED STATES"]
    assert abroad("EE", "", "Tallinn", "fi") == ["1 Main Street", "Tallinn", "VIRO"]
    assert country_name("XX", "fi") == "XX"
    assert address_of({"street": "Tie 1"}) == Address("Tie 1", "", "", "FI", "")


def test_the_window_shows_names_attention_care_of_and_place_within_its_lines_and_columns() -> None:
    care_of = Address("Tie 1", "00999", "Oulu", "FI", "Toimisto")
    lines, unfit = envelope(["Maija M", "Matti M"], "edunvalvoja X", care_of, "fi", Limits())
    assert (lines, unfit) == (("Maija M", "Matti M", "edunvalvoja X", "c/o Toimisto", "Tie 1", "00999 OULU"), ())
    lines, unfit = envelope(["Maija M", "Matti M"], "edunvalvoja X", care_of, "fi", Limits(lines=5))
    assert (lines, unfit) == ((), (Unfit("envelope", "lines", 6, 1, 5),))
    lines, unfit = envelope(["Aapo Testi Kuvitteellinen"], None, HOME, "fi", Limits(columns=20))
    assert lines == ("Aapo Testi", "Kuvitteellinen", "Esimerkkitie 7 A 12", "00999 HELSINKI")
    lines, unfit = envelope(["Aapo Kuvitteellinen"], None, HOME, "fi", Limits(columns=12))
    assert lines == ()
    assert [(one.field, one.length, one.most) for one in unfit] == [("name", 19, 12)]


def test_finvoice_fields_hold_their_limits_and_an_address_that_does_not_is_left_out_whole_and_said() -> None:
    assert finvoice(["Aapo Testi"], HOME) == (
        FinvoiceParty(("Aapo Testi",), ("Esimerkkitie 7 A 12",), "00999", "Helsinki", "FI"), ()
    )  # fmt: skip
    assert finvoice(["Aapo Testi"], None) == (FinvoiceParty(("Aapo Testi",), (), "", "", ""), ())
    assert finvoice(["X" * 70], None)[1] == ()
    assert finvoice(["X" * 71], HOME) == (None, (Unfit("finvoice", "name", 71, 2, 70),))
    assert finvoice(["X"], HOME) == (None, (Unfit("finvoice", "name", 1, 2, 70),))
    two = f"{'X' * 40} {'Y' * 40}"
    assert finvoice([two], None)[0] == FinvoiceParty(("X" * 40, "Y" * 40), (), "", "", "")
    bare = FinvoiceParty(("Aapo",), (), "", "", "")
    for address, fault in (
        (Address("S" * 36, "00999", "Oulu", "FI", ""), Unfit("finvoice", "street", 36, 2, 35)),
        (Address("S", "00999", "Oulu", "FI", ""), Unfit("finvoice", "street", 1, 2, 35)),
        (Address("Tie 1", "", "Oulu", "FI", ""), Unfit("finvoice", "postcode", 0, 2, 35)),
        (Address("Tie 1", "0", "Oulu", "FI", ""), Unfit("finvoice", "postcode", 1, 2, 35)),
        (Address("Tie 1", "00999", "Å", "FI", ""), Unfit("finvoice", "town", 1, 2, 35)),
        (Address("Tie 1", "00999", "T" * 36, "FI", ""), Unfit("finvoice", "town", 36, 2, 35)),
        (Address(" ".join(["S" * 30] * 3), "00999", "Oulu", "FI", "Toimisto"), Unfit("finvoice", "streets", 4, 1, 3)),
    ):
        assert finvoice(["Aapo"], address) == (bare, (fault,)), address
    edge = Address("S" * 35, "0" * 35, "T" * 35, "SE", "")
    assert finvoice(["AB"], edge) == (FinvoiceParty(("AB",), ("S" * 35,), "0" * 35, "T" * 35, "SE"), ())
    with_care_of = Address("Tie 1", "00999", "Oulu", "FI", "Toimisto")
    assert finvoice(["AB"], with_care_of)[0] == FinvoiceParty(("AB",), ("c/o Toimisto", "Tie 1"), "00999", "Oulu", "FI")


@settings(deadline=None)
@given(st.lists(st.text("abcå", min_size=1, max_size=12), min_size=1, max_size=12), st.integers(4, 40))
def test_a_text_is_divided_between_words_and_not_a_letter_of_it_is_lost(words: list[str], most: int) -> None:
    text = " ".join(words)
    lines = wrapped(text, most)
    if lines is None:
        assert any(len(word) > most for word in words)
        return
    assert " ".join(lines) == text
    assert all(len(line) <= most for line in lines)
    # No line could take the first word of the next.
    assert all(len(line) + 1 + len(after.split()[0]) > most for line, after in pairwise(lines))


def test_each_field_the_window_does_not_take_is_named_with_its_length_and_a_full_window_is_taken() -> None:
    whole = Address("S" * 11, "00999", "T" * 11, "FI", "C" * 11)
    lines, unfit = envelope(["N" * 11], "A" * 11, whole, "fi", Limits(lines=7, columns=10))
    assert lines == ()
    assert unfit == tuple(
        Unfit("envelope", field, length, 1, 10)
        for field, length in (("name", 11), ("attention", 11), ("care_of", 15), ("street", 11), ("place", 17))
    )
    divided = envelope(["Aapo Testaaja"], None, Address("Katu 1", "00999", "Oulu", "FI", ""), "fi", Limits(4, 10))
    assert divided == (("Aapo", "Testaaja", "Katu 1", "00999 OULU"), ())
