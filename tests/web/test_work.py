"""The work queue: two sides beside each other, a decision with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import AAPO
from tests.web.browsing import Office, Visitor, an_office
from tests.web.town import a_town


def a_doubt(office: Office, **code: str) -> Visitor:
    """A maintainer before an item: a row whose code is of a customer of quite another name, or as told."""
    a_town(office.world)
    visitor = office.visitor("yllapitaja")
    visitor.goto("/asiakas/uusi")
    filled = {
        "organisaatio": "kuusilahti", "customer_number": "303", "surname": "Aivantoinen", "first_names": "Matilda",
        **(code or {"hetu": AAPO}),
    }  # fmt: skip
    visitor.send("/asiakas/uusi", filled)
    page = visitor.goto("/tyojono")
    path = page.text.partition('href="/tyojono/')[2].partition('"')[0]
    visitor.goto(f"/tyojono/{path}")
    return visitor


def test_an_item_shows_the_two_sides_and_where_they_differ(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        page = a_doubt(office).page
        assert "Tunnus kuuluu aivan toisen nimiselle asiakkaalle" in page.text
        surname = next(part for part in page.text.split("<tr") if "Sukunimi" in part)
        assert "Aivantoinen" in surname
        assert "Kuvitteellinen" in surname
        assert "Eri tieto" in surname
        assert AAPO not in page.text


def test_a_person_and_an_organisation_are_not_offered_to_be_linked(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        page = a_doubt(office, ytunnus="2769790-1").page
        assert "toisenlajiselle asiakkaalle" in page.text
        assert 'value="separate"' in page.text and 'value="linked"' not in page.text


@pytest.mark.parametrize(
    ("decision", "parties"), [("linked", 0), ("separate", 1), ("rejected", 0)]
)  # fmt: skip
def test_each_decision_is_carried_out_and_kept_with_its_reason(
    database_url: str, tmp_path: Path, decision: str, parties: int
) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = a_doubt(office)
        before = int(str(office.world.sql("select count(*) from parties.party")[0][0]))
        page = visitor.send(visitor.page.url.path, {"ratkaisu": decision, "perustelu": "Soitin asiakkaalle"})
        assert page.url.path == "/tyojono"
        assert "Työ on ratkaistu" in page.text
        assert "Jono on tyhjä" in page.text
        assert office.world.sql("select decision, decision_reason from parties.work") == [
            (decision, "Soitin asiakkaalle")
        ]
        assert office.world.sql("select count(*) from parties.party") == [(before + parties,)]


def test_a_decision_without_a_choice_or_a_reason_is_asked_again(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = a_doubt(office)
        path = visitor.page.url.path
        page = visitor.send(path, {"ratkaisu": "separate"})
        assert page.status_code == 422
        assert "Kerro miksi" in page.text
        assert 'value="separate" data-key="s" required checked' in page.text
        assert visitor.send(path, {"ratkaisu": [], "perustelu": "x"}).status_code == 422


def test_who_comes_second_is_told(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = a_doubt(office)
        path, page = visitor.page.url.path, visitor.page
        visitor.send(path, {"ratkaisu": "rejected", "perustelu": "Ensin"})
        visitor.page = page
        page = visitor.send(path, {"ratkaisu": "linked", "perustelu": "Toiseksi"})
        assert "Joku muu ehti ratkaista työn" in page.text
        assert "Tämä työ on jo ratkaistu" in visitor.goto(path).text
        assert office.world.sql("select decision from parties.work") == [("rejected",)]
