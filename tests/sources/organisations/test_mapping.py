"""Mappings: files an administrator writes, faults named by line, plans of how a row is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from rekisteri import catalogue, simulators
from rekisteri.ground.errors import Rejected
from rekisteri.sources.organisations.mapping import FULL_NAME, Mapping, load, plan, split_name, standard
from rekisteri.sources.organisations.names import NameOrder, is_organisation_name

PATHS = {column: item.path(part) for column, item, part in catalogue.layout()} | {simulators.FULL_NAME: FULL_NAME}

SOUND = """
organisation = "Esimerkin vesi"
name_order = "first_names_first"

[file]
format = "csv"
encoding = "iso-8859-15"
separator = "\\t"
mode = "delta"

[columns]
"Nro" = "customer_number"
"Kuka" = "full_name"
"Koodi" = "invoice_channel"
"PNRO" = "permanent_address.postcode"
"Muuta" = "ignore"

[values."invoice_channel"]
"S" = "email"

[pad]
"permanent_address.postcode" = 5
"""


def a_mapping(tmp_path: Path, text: str) -> Mapping:
    path = tmp_path / "vesi.toml"
    path.write_text(text, "utf-8")
    return load(path)


def test_a_mapping_says_all_of_a_file(tmp_path: Path) -> None:
    mapping = a_mapping(tmp_path, SOUND)

    assert (mapping.organisation, mapping.name_order) == ("Esimerkin vesi", "first_names_first")
    assert (mapping.format, mapping.encoding, mapping.separator, mapping.mode) == (
        "csv", "iso-8859-15", "\t", "delta",
    )  # fmt: skip
    assert mapping.values == {"invoice_channel": {"S": "email"}}
    assert mapping.pad == {"permanent_address.postcode": 5}


def test_a_plan_tells_targets_key_whole_name_and_what_is_dropped(tmp_path: Path) -> None:
    made = plan(a_mapping(tmp_path, SOUND), ("kuka", "Muuta", "NRO", "Uusi", "Koodi"))

    assert made.targets == ((2, "customer_number"), (4, "invoice_channel"))
    assert (made.key_index, made.full_name_index) == (2, 0)
    assert made.dropped == ((1, "Muuta"), (3, "Uusi"))
    assert made.absent == ("PNRO",)


def test_a_plan_names_columns_as_the_file_does(tmp_path: Path) -> None:
    made = plan(a_mapping(tmp_path, SOUND), ("Kuka", "Nro"))

    assert made.column("customer_number") == "Nro"
    assert made.column("surname") == made.column(FULL_NAME) == "Kuka"
    assert made.column("hetu") == "henkilotunnus"
    assert made.column("") == ""


def test_the_signature_changes_exactly_when_the_same_cells_are_read_otherwise(tmp_path: Path) -> None:
    columns = ("Nro", "Kuka", "Koodi")
    first = plan(a_mapping(tmp_path, SOUND), columns).signature

    assert plan(a_mapping(tmp_path, SOUND + "\n# huomautus\n"), columns).signature == first
    for old, new in (('"S" = "email"', '"S" = "letter"'), ('"Koodi" = "invoice_channel"', '"Koodi" = "phone"'),
                     ("first_names_first", "surname_first")):  # fmt: skip
        assert plan(a_mapping(tmp_path, SOUND.replace(old, new)), columns).signature != first


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"full_name"', '"permanent_adress.street"', "line 13, Kuka: there is no item “permanent_adress.street”. Did you mean “permanent_address.street”"),
        ('"Nro" = "customer_number"', '"Nro" = "hetu"', "no heading is the customer number"),
        ('"Muuta" = "ignore"', '"Muuta" = "customer_number"', "line 16, Muuta: “Nro” is mapped to customer_number too"),
        ('"Muuta" = "ignore"', '"nro." = "hetu"', "line 16, nro.: reads the same as “Nro”"),
        ('"Muuta" = "ignore"', '"Muuta" = 5', "line 16, Muuta: a path in quotation marks"),
        ('"S" = "email"', '"S" = "savu"', "line 19, S: “savu” is no value of invoice_channel. Use one of letter"),
        ('mode = "delta"', 'mode = "kaikki"', "line 9, mode: no such choice. Use one of full, delta"),
        ('separator = "\\\\t"', 'separator = ";;"', "line 8, separator: one character"),
        ("organisation =", "organisaatio =", "line 2, organisaatio: no such setting"),
        ('.postcode" = 5', '.postcode" = "5"', "line 22, permanent_address.postcode: a number of digits"),
        ("[pad]", "[pad", "is not TOML"),
    ],
)  # fmt: skip
def test_a_fault_in_a_mapping_is_named_with_line_key_and_cure(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = SOUND.replace(old.replace("\\\\", "\\"), new)
    assert text != SOUND

    with pytest.raises(Rejected) as refused:
        a_mapping(tmp_path, text)

    assert "vesi.toml" in refused.value.message
    assert said in refused.value.message


def test_a_mapping_without_columns_speaks_the_standard_layout(tmp_path: Path) -> None:
    mapping = a_mapping(tmp_path, 'organisation = "A"\n[file]\nmode = "full"\n')

    assert mapping.is_standard
    assert plan(mapping, ("asiakasnumero", "sukunimi")).targets == ((0, "customer_number"), (1, "surname"))


@pytest.mark.parametrize("name", list(simulators.LAYOUTS))
def test_the_headings_of_client_systems_are_known_without_a_mapping(name: str) -> None:
    layout = simulators.LAYOUTS[name]

    made = plan(standard(), layout.columns)

    read = dict(made.targets) | ({made.full_name_index: FULL_NAME} if made.full_name_index is not None else {})
    assert read == {index: PATHS[meaning] for index, meaning in enumerate(layout.meanings)}
    assert made.dropped == ()


@pytest.mark.parametrize(
    ("columns", "paths"),
    [
        (("Kundnr", "Efternamn", "Förnamn", "Gatuadress", "Postnr", "Ort"),
         ("customer_number", "surname", "first_names", "permanent_address.street", "permanent_address.postcode",
          "permanent_address.town")),
        (("Customer No.", "Last name", "Given names", "Date of birth", "E-mail", "Mobile phone"),
         ("customer_number", "surname", "first_names", "birth_date", "email", "phone")),
        (("ASIAKAS NRO", "Sukunimi (Efternamn)", "Postiosoite", "Katuosoite"),
         ("customer_number", "surname", "postal_address.street", "permanent_address.street")),
        (("asiakasnumero", "sukunimi", "Postiosoite"), ("customer_number", "surname", "permanent_address.street")),
    ],
)  # fmt: skip
def test_headings_are_known_in_three_languages(columns: tuple[str, ...], paths: tuple[str, ...]) -> None:
    assert plan(standard(), columns).targets == tuple(enumerate(paths))


def test_a_file_of_another_layout_is_refused_telling_what_was_found_and_expected() -> None:
    with pytest.raises(Rejected) as refused:
        plan(standard(), ("KENTTÄ1", "KENTTÄ2"))

    assert "another layout" in refused.value.message
    assert "“KENTTÄ1”, “KENTTÄ2”" in refused.value.message
    assert "Expected: “asiakasnumero”" in refused.value.message


def test_a_file_without_any_name_is_refused() -> None:
    with pytest.raises(Rejected, match="no column for a name"):
        plan(standard(), ("asiakasnumero", "puhelin"))


def test_lost_zeros_come_back_to_finnish_postcodes_only() -> None:
    made = plan(standard(), ("asiakasnumero", "sukunimi", "postinumero", "maa", "postiosoite_postinumero"))
    rows = [["1", "a", "100", "", "2100"], ["2", "b", "2100", "DK", ""], ["3", "c", "910", "Suomi", "00100"],
            ["4", "d", "0O1", "", ""], ["5", "e", "", "", ""]]  # fmt: skip

    made.restore_zeros(rows)

    assert [(row[2], row[4]) for row in rows] == [
        ("00100", "02100"), ("2100", ""), ("00910", "00100"), ("0O1", ""), ("", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "order", "surname", "first_names"),
    [
        ("Virtanen Matti Juhani", "surname_first", "Virtanen", "Matti Juhani"),
        ("Matti Juhani Virtanen", "first_names_first", "Virtanen", "Matti Juhani"),
        ("Virtanen, Matti Juhani", "first_names_first", "Virtanen", "Matti Juhani"),
        ("Virtanen-Koski Aino", "surname_first", "Virtanen-Koski", "Aino"),
        ("von Wright Carl Gustaf", "surname_first", "von Wright", "Carl Gustaf"),
        ("Carl Gustaf af Schultén", "first_names_first", "af Schultén", "Carl Gustaf"),
        ("VON WRIGHT CARL", "surname_first", "VON WRIGHT", "CARL"),
        ("Von Wright Carl", "surname_first", "Von Wright", "Carl"),
        ("Maria de la Cruz", "first_names_first", "de la Cruz", "Maria"),
        ("de la Cruz Maria", "surname_first", "de la Cruz", "Maria"),
        ("Le Van Anh", "surname_first", "Le", "Van Anh"),
        ("  Virtanen   Matti ", "surname_first", "Virtanen", "Matti"),
        ("Madonna", "surname_first", "Madonna", ""),
        ("Virtanen,", "surname_first", "Virtanen", ""),
        (", Matti", "surname_first", "Matti", ""),
        ("", "surname_first", "", ""),
    ],
)
def test_a_whole_name_is_split(text: str, order: NameOrder, surname: str, first_names: str) -> None:
    assert split_name(text, order) == (surname, first_names)


@pytest.mark.parametrize("name", ["Puhdas Vesi Oy", "Ab Båtsman", "Tmi Aino Koski", "Helsingin kaupunki", "Sisu ry."])
def test_an_organisation_is_known_by_the_form_of_its_name(name: str) -> None:
    assert is_organisation_name(name)
    assert not is_organisation_name("Koski Aino Maria")


def test_a_part_the_file_lacks_is_told_beside_the_column_that_wants_it() -> None:
    read = plan(standard(), ["asiakasnumero", "sukunimi", "laskutusosoitteen postinumero"])

    assert read.column("postal_address.street") == "laskutusosoitteen postinumero (postiosoite_katu)"
    assert read.column("phone") == "puhelin"
