"""Accounts, client organisations, and the layout of files."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from rekisteri import catalogue
from tests.web.browsing import an_office


def test_an_account_is_added_with_a_password_shown_once_that_works(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        boss = office.visitor("paakayttaja")
        boss.goto("/hallinta/uusi-tunnus")
        filled = {
            "handle": "Uusi.Laskuttaja",
            "name": "Uusi Laskuttaja",
            "roles": ["invoicer"],
            "organisations": ["vesi"],
        }
        page = boss.send("/hallinta/uusi-tunnus", filled)
        password = page.text.partition('<code class="secret">')[2].partition("<")[0]
        assert len(password) > 12
        assert password not in boss.goto("/hallinta").text
        newcomer = office.visitor()
        newcomer.goto("/kirjaudu")
        page = newcomer.send("/kirjaudu", {"tunnus": "uusi.laskuttaja", "salasana": password, "seuraava": "/haku"})
        assert page.url.path == "/tili" and "Salasanasi on toisen tekemä" in page.text
        refused = newcomer.goto("/haku")
        assert refused.status_code == 403 and "vaihda se ensin" in refused.text
        newcomer.goto("/tili")
        page = newcomer.send("/tili/salasana", {"salasana": password, "uusi": "kolme-veistä-ja-lampi"})
        assert "Salasana on vaihdettu" in page.text
        assert newcomer.goto("/haku").status_code == 200


@pytest.mark.parametrize(
    ("filled", "field", "told"),
    [
        ({"handle": "x", "roles": ["invoicer"]}, "handle", "Käyttäjätunnuksessa on 2–63"),
        ({"handle": "laskuttaja", "roles": ["invoicer"], "organisations": ["vesi"]}, "handle", "on varattu"),
        ({"handle": "uusi", "name": ""}, "name", "Anna henkilön tai järjestelmän nimi"),
        ({"handle": "uusi"}, "roles", "vähintään yhden roolin"),
        ({"handle": "uusi", "roles": ["invoicer"]}, "organisations", "Nimeä tunnuksen"),
        ({"handle": "uusi", "roles": ["administrator", "invoicer"]}, "roles", "Pääkäyttäjällä ei ole"),
        ({"handle": "uusi", "roles": ["collector"], "every": "k", "expires_on": "x"}, "expires_on", "Päivää ei ole"),
    ],
)
def test_what_is_wrong_with_an_account_is_told_at_its_field(
    database_url: str, tmp_path: Path, filled: dict[str, str | list[str]], field: str, told: str
) -> None:
    with an_office(database_url, tmp_path) as office:
        boss = office.visitor("paakayttaja")
        boss.goto("/hallinta/uusi-tunnus")
        page = boss.send("/hallinta/uusi-tunnus", {"name": "Nimi", **filled})
        assert page.status_code in (409, 422)
        assert told in page.text.partition(f'id="k-{field}"')[2].partition("</div>")[0]


def test_closing_an_account_ends_its_session_at_once(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        invoicer = office.visitor("laskuttaja")
        boss = office.visitor("paakayttaja")
        boss.goto("/hallinta/tunnus/laskuttaja")
        page = boss.send("/hallinta/tunnus/laskuttaja/sulje")
        assert "Tunnus on suljettu" in page.text
        assert invoicer.goto("/haku").url.path == "/kirjaudu"


def test_changed_roles_hold_from_the_next_act(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        collector = office.visitor("perija")
        boss = office.visitor("paakayttaja")
        boss.goto("/hallinta/tunnus/perija")
        page = boss.send("/hallinta/tunnus/perija/roolit", {"roles": ["auditor"]})
        assert "Roolit on vaihdettu" in page.text
        assert collector.goto("/loki").status_code == 200
        assert collector.goto("/haku").status_code == 403
        assert boss.send("/hallinta/tunnus/perija/roolit", {"roles": []}).status_code == 422


def test_an_organisation_is_added_or_told_what_is_wrong(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        boss = office.visitor("paakayttaja")
        boss.goto("/hallinta/organisaatio")
        wrong = {"name": "Uusi kunta", "code": "uusi", "ytunnus": "1234567-8"}
        page = boss.send("/hallinta/organisaatio", wrong)
        assert page.status_code == 422
        assert "Y-tunnus on virheellinen" in page.text.partition('id="k-ytunnus"')[2].partition("</div>")[0]
        page = boss.send("/hallinta/organisaatio", {"ytunnus": "2769790-1"})
        assert page.url.path == "/hallinta"
        assert "Uusi kunta" in page.text


def test_only_administrators_administer(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("yllapitaja")
        for path in ("/hallinta", "/hallinta/uusi-tunnus", "/hallinta/organisaatio", "/hallinta/tunnus/perija"):
            assert visitor.goto(path).status_code == 403, path
        assert office.visitor("paakayttaja").goto("/haku").status_code == 403


@pytest.mark.parametrize(
    ("language", "told"), [("fi", "Henkilötunnus"), ("sv", "Personbeteckning"), ("en", "identity code")]
)
def test_the_layout_of_files_is_open_to_all_and_tells_every_column(
    database_url: str, tmp_path: Path, language: str, told: str
) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor()
        visitor.goto("/tietue")
        page = visitor.send("/kieli", {"kieli": language})
        assert page.url.path == "/tietue"
        assert told in page.text
        for column, _, _ in catalogue.layout():
            assert f"<code>{column}</code>" in page.text


def test_the_empty_file_has_the_headings_of_the_layout(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        text = office.client.get("/tietue.csv").content.decode("utf-8-sig")
        (headings,) = csv.reader(io.StringIO(text), delimiter=";")
        assert headings == [column for column, _, _ in catalogue.layout()]
