"""Search: one box, nothing in the address, states that teach."""

from __future__ import annotations

from pathlib import Path

from tests.builders import AAPO, BEA, a_person
from tests.web.browsing import an_office, form_to
from tests.web.town import a_town


def test_an_identity_code_opens_the_card_at_once_and_never_stands_in_an_address(
    database_url: str, tmp_path: Path
) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("laskuttaja")
        page = visitor.search(AAPO)
        assert page.url.path == f"/asiakas/{town.aapo}"
        assert all(AAPO not in str(answer.url) for answer in [*page.history, page])
        assert AAPO not in page.text


def test_a_typing_error_finds_and_the_hit_tells_customers_apart(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        page = office.visitor("laskuttaja").search("Kuvitteelinen Aapo")
        assert page.url.path.startswith("/haku/")
        assert "Kuvitteelinen" not in str(page.url)
        assert f'href="/asiakas/{town.aapo}"' in page.text
        hits = page.text.partition('<ol class="hits"')[2]
        assert "s. 24.3.1960" in hits
        assert "Kuusilahden kaupunki: 100" in hits
        assert "V-1" not in hits, "another organisation's customer number"


def test_a_withheld_address_is_told_with_its_reason(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        a_town(office.world)
        page = office.visitor("laskuttaja").search("Piilonen Bea")
        assert "Osoite salattu: turvakielto" in page.text
        assert "Esimerkkitie" not in page.text


def test_a_search_of_somebody_elses_organisation_finds_nothing(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        office.world.take(office.world.water, a_person("V-9", BEA, surname="Vieras", first_names="Bea"))
        page = office.visitor("laskuttaja").search("Vieras Bea")
        assert "Asiakasta ei löytynyt" in page.text
        assert "Näet vain oman organisaatiosi asiakkaat." in page.text


def test_nothing_found_offers_a_new_customer_with_the_name_filled_in(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("laskuttaja")
        visitor.search("Fanni Uusinen")
        page = visitor.send("/asiakas/uusi/alku")
        form = form_to(page, "/asiakas/uusi")
        assert (form.fields["surname"], form.fields["first_names"]) == (["Uusinen"], ["Fanni"])


def test_a_code_searched_in_vain_is_not_repeated(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        page = office.visitor("laskuttaja").search(BEA)
        assert "Tällä henkilötunnuksella ei ole asiakasta" in page.text
        assert BEA not in page.text


def test_many_hits_come_in_pages(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        rows = [
            a_person(str(number), None, surname="Monilukuinen", first_names=f"Nimi{number}") for number in range(45)
        ]
        office.world.take(office.world.town, *rows)
        visitor = office.visitor("laskuttaja")
        page = visitor.search("Monilukuinen")
        seen: list[str] = []
        for number, count in ((1, 20), (2, 20), (3, 5)):
            assert page.text.count('class="hit-link"') == count, number
            seen += [part.partition('"')[0] for part in page.text.split('class="hit-link" href="')[1:]]
            page = visitor.goto(f"{page.url.path}?sivu={number + 1}")
        assert len(set(seen)) == 45


def test_very_many_hits_teach_to_say_more(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        rows = [a_person(str(number), None, surname="Yleinen", first_names=f"Nimi{number}") for number in range(420)]
        office.world.take(office.world.town, *rows)
        page = office.visitor("laskuttaja").search("Yleinen")
        assert "Osumia on enemmän kuin tässä näytetään" in page.text


def test_a_search_belongs_to_who_made_it_and_is_forgotten_at_sign_out(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        a_town(office.world)
        visitor = office.visitor("laskuttaja")
        path = visitor.search("Kuvitteellinen").url.path
        assert office.visitor("yllapitaja").goto(path).url.path == "/haku"
        assert visitor.goto(path).url.path == path
        visitor.send("/kirjaudu/ulos")
        again = office.visitor("laskuttaja")
        assert again.goto(path).url.path == "/haku"


def test_too_long_a_text_is_told_at_the_box(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        page = office.visitor("laskuttaja").search("x" * 201)
        assert page.status_code == 422
        assert "enintään 200 merkkiä" in page.text
