"""Drafts: a mapping from a sample that loads as it stands and maps every column right."""

from __future__ import annotations

from pathlib import Path

import pytest

from rekisteri import catalogue, simulators
from rekisteri.sources.organisations.draft import draft
from rekisteri.sources.organisations.mapping import FULL_NAME, Mapping, load

PATHS = {column: item.path(part) for column, item, part in catalogue.layout()} | {simulators.FULL_NAME: FULL_NAME}


def a_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "otos.csv"
    path.write_text(text, "utf-8")
    return path


def drafted(tmp_path: Path, sample: Path, language: str = "fi") -> tuple[Mapping, str]:
    text = draft(sample, language)
    path = tmp_path / "luonnos.toml"
    path.write_text(text, "utf-8")
    return load(path), text


@pytest.mark.parametrize("name", list(simulators.LAYOUTS))
def test_a_draft_maps_every_column_of_client_systems_right(tmp_path: Path, name: str) -> None:
    layout = simulators.LAYOUTS[name]
    sample = tmp_path / f"otos.{simulators.FORMS[name].kind}"
    simulators.write_file(sample, layout, simulators.clientele_of(11, "t", 3_000))

    mapping, text = drafted(tmp_path, sample)

    wanted = {heading: PATHS[meaning] for heading, meaning in zip(layout.columns, layout.meanings, strict=True)}
    assert mapping.columns == {heading: wanted[heading] for heading in mapping.columns}
    assert len(mapping.columns) >= len(wanted) - 2  # NDJSON leaves out what nobody in the sample has
    assert mapping.name_order == "surname_first"
    lines = text.partition("[columns]")[2].partition("\n\n")[0].strip().splitlines()
    assert all("  # " in line for line in lines)


@pytest.mark.parametrize("name", list(simulators.LAYOUTS))
def test_values_tell_what_headings_hide(tmp_path: Path, name: str) -> None:
    layout = simulators.LAYOUTS[name]
    columns = tuple(f"kentta{number}" for number in range(len(layout.columns)))
    sample = tmp_path / f"otos.{simulators.FORMS[name].kind}"
    rows = simulators.rows(layout, simulators.clientele_of(11, "t", 3_000))
    simulators.write_rows(sample, columns, rows, simulators.FORMS[name])

    mapping, _ = drafted(tmp_path, sample)

    meant = {heading: PATHS[meaning] for heading, meaning in zip(columns, layout.meanings, strict=True)}
    told_by_values = {
        "customer_number", "hetu", "ytunnus", "birth_date", "email", "phone", "refund_account", FULL_NAME,
        "custodian.hetu", "permanent_address.street",
    } & set(meant.values())  # fmt: skip
    found = {path: heading for heading, path in mapping.columns.items() if path in told_by_values}
    assert {path: meant[heading] for path, heading in found.items()} == {path: path for path in told_by_values}


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (["Matti Juhani Virtanen", "Aino Koskinen", "Liisa Maria Nieminen", "Carl Lindström"], "first_names_first"),
        (["Virtanen Matti Juhani", "Koskinen Aino", "Nieminen Liisa Maria", "Lindström Carl"], "surname_first"),
        (["Virtanen, Matti", "Koski, Aino", "Salo, Liisa", "Aalto, Carl"], "surname_first"),
    ],
)
def test_the_order_of_whole_names_is_seen_from_the_names(tmp_path: Path, names: list[str], order: str) -> None:
    rows = "".join(f'{number};"{name}"\n' for number, name in enumerate(names, 1))

    mapping, _ = drafted(tmp_path, a_file(tmp_path, "Nro;Henkilö\n" + rows))

    assert mapping.columns == {"Nro": "customer_number", "Henkilö": FULL_NAME}
    assert mapping.name_order == order


def test_a_column_headed_name_that_holds_companies_is_the_organisations_name(tmp_path: Path) -> None:
    sample = a_file(tmp_path, "asiakasnro;Nimi\n1;Vesi Oy\n2;Ab Båt\n3;Sisu ry\n4;Lumo Oyj\n")

    assert drafted(tmp_path, sample)[0].columns["Nimi"] == "organisation_name"


def test_a_heading_almost_known_is_taken_when_its_values_pass(tmp_path: Path) -> None:
    sample = a_file(tmp_path, "asiakasnumero;sukunimii;sahkoposit\n1;Koski;a@example.fi\n2;Salo;b@example.fi\n")

    mapping, text = drafted(tmp_path, sample)

    assert mapping.columns == {"asiakasnumero": "customer_number", "sukunimii": "surname", "sahkoposit": "email"}
    assert "otsikko muistuttaa: sukunimi" in text


def test_a_known_heading_whose_values_fail_and_say_nothing_else_is_kept_to_be_looked_at(tmp_path: Path) -> None:
    sample = a_file(tmp_path, "asiakasnumero;sukunimi;Sähköposti\n1;Koski;ei ole\n2;Salo;kysy\n")

    mapping, text = drafted(tmp_path, sample)

    assert mapping.columns["Sähköposti"] == "email"
    assert "TARKISTA: otsikko tunnetaan; 0 % 2 arvosta kelpaa" in text


def test_a_heading_whose_values_speak_against_it_is_not_believed(tmp_path: Path) -> None:
    rows = "".join(f"{number};Koski;nimi{number}@example.fi\n" for number in range(1, 9))

    mapping, _ = drafted(tmp_path, a_file(tmp_path, "asiakas;sukunimi;puhelin\n" + rows))

    assert mapping.columns["puhelin"] == "email"


def test_codes_unknown_to_the_register_are_listed_to_be_given_a_meaning(tmp_path: Path) -> None:
    sample = a_file(tmp_path, "asiakasnro;sukunimi;laskutustapa\n1;A;S\n2;B;S\n3;C;kirje\n4;D;9\n")

    text = drafted(tmp_path, sample)[1]

    assert '[values."invoice_channel"]' in text
    assert '# "S" = ""  # 2' in text
    assert "letter, einvoice" in text


def test_postcodes_that_lost_their_zeros_are_padded_where_no_country_is_told(tmp_path: Path) -> None:
    sample = a_file(tmp_path, "asiakasnro;sukunimi;postinro\n1;A;100\n2;B;2100\n3;C;33100\n")

    assert drafted(tmp_path, sample)[0].pad == {"permanent_address.postcode": 5}


def test_what_is_not_recognised_is_written_down_and_not_kept(tmp_path: Path) -> None:
    sample = a_file(tmp_path, 'asiakasnro;sukunimi;"Lempi ""väri"""\n1;A;sininen\n2;B;punainen\n3;C;musta\n')

    mapping, text = drafted(tmp_path, sample)

    assert mapping.columns['Lempi "väri"'] == "ignore"
    assert "ei tunnistettu, ei tallenneta; 3 arvoa" in text


@pytest.mark.parametrize(("language", "said"), [("sv", "känd rubrik"), ("en", "known heading")])
def test_a_draft_speaks_three_languages(tmp_path: Path, language: str, said: str) -> None:
    assert said in drafted(tmp_path, a_file(tmp_path, "asiakasnro;sukunimi\n1;A\n"), language)[1]


def test_the_language_of_a_bill_is_no_country(tmp_path: Path) -> None:
    lines = "".join(
        f'{{"customer": {{"id": "{n}"}}, "person": {{"familyName": "Koski"}}, "billing": {{"lang": "sv"}}}}\n'
        for n in range(4)
    )
    sample = tmp_path / "otos.ndjson"
    sample.write_text(lines, "utf-8")

    assert drafted(tmp_path, sample)[0].columns["billing.lang"] == "invoice_language"


def test_a_heading_almost_known_is_no_part_of_what_would_be_incomplete(tmp_path: Path) -> None:
    sample = a_file(tmp_path, "asiakasnro;sukunimi;billingzipp\n1;A;00100\n2;B;02100\n3;C;33100\n")

    assert drafted(tmp_path, sample)[0].columns["billingzipp"] != "postal_address.postcode"


def test_a_part_without_what_its_item_needs_is_to_be_looked_at(tmp_path: Path) -> None:
    sample = a_file(tmp_path, "asiakasnro;sukunimi;postinro;kaupunki\n1;A;00100;Helsinki\n")

    text = drafted(tmp_path, sample)[1]

    assert text.count("TARKISTA") == 2
    assert "eikä mikään sarake ole permanent_address.street" in text


def test_mobile_numbers_that_lost_their_zeros_are_telephones(tmp_path: Path) -> None:
    sample = a_file(tmp_path, "asiakasnro;sukunimi;Mobilnr\n1;A;401234567\n2;B;501234567\n3;C;451234567\n")

    assert drafted(tmp_path, sample)[0].columns["Mobilnr"] == "phone"
