"""A new customer by hand."""

from __future__ import annotations

from pathlib import Path

from tests.builders import AAPO, CALLE
from tests.web.browsing import an_office, form_to
from tests.web.town import a_town

NEW = {"surname": "Uusinen", "first_names": "Fanni Testi", "turvakielto": "e"}


def test_a_person_is_entered_and_the_card_opens(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("laskuttaja")
        visitor.goto("/asiakas/uusi")
        page = visitor.send("/asiakas/uusi", NEW | {"birth_date": "1.2.1990", "phone": "040 1234567"})
        assert page.url.path.startswith("/asiakas/0")
        assert "Asiakas on lisätty" in page.text
        assert "Uusinen Fanni Testi" in page.text
        assert "+358 40 1234567" in page.text
        assert "H-" in page.text, "a provisional customer number"


def test_an_organisation_has_a_form_of_its_own_and_what_was_typed_stays(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("laskuttaja")
        visitor.goto("/asiakas/uusi")
        form = form_to(visitor.page, "/asiakas/uusi")
        visitor.page = page = visitor.client.post(
            "/asiakas/uusi/alku", data=form.fields | {"laji": ["organisation"], "phone": "09 1234567"}
        )
        assert 'name="organisation_name"' in page.text
        assert 'name="surname"' not in page.text
        assert form_to(page, "/asiakas/uusi").fields["phone"] == ["09 1234567"]
        page = visitor.send("/asiakas/uusi", {"organisation_name": "Keksitty Oy", "ytunnus": "2769790-1"})
        assert "2769790-1" in page.text
        assert "Asiakas on lisätty" in page.text


def test_every_fault_is_told_at_its_field_and_in_one_list(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("laskuttaja")
        visitor.goto("/asiakas/uusi")
        wrong = {"hetu": "240360-909X", "phone": "12", "refund_account": "FI00", "surname": ""}
        page = visitor.send("/asiakas/uusi", NEW | wrong)
        assert page.status_code == 422
        summary = page.text.partition('id="virheet"')[2].partition("</section>")[0]
        for name, told in (
            ("hetu", "Henkilötunnus on virheellinen"),
            ("phone", "Puhelinnumero on virheellinen"),
            ("refund_account", "Tilinumero (IBAN) on virheellinen"),
        ):
            assert f'href="#k-{name}"' in summary
            field = page.text.partition(f'id="k-{name}"')[2].partition("</div>")[0]
            assert told in field
            assert 'aria-invalid="true"' in field
        assert form_to(page, "/asiakas/uusi").fields["first_names"] == ["Fanni Testi"]
        assert office.world.sql("select count(*) from parties.party") == [(0,)]


def test_a_missing_name_or_organisation_is_told(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("yllapitaja")
        visitor.goto("/asiakas/uusi")
        page = visitor.send("/asiakas/uusi", NEW)
        assert page.status_code == 422
        assert 'href="#k-organisaatio"' in page.text
        page = visitor.send("/asiakas/uusi", {"organisaatio": "kuusilahti", "surname": ""})
        assert page.status_code == 422
        assert "Nimi puuttuu" in page.text.partition('id="k-surname"')[2].partition("</div>")[0]


def test_a_known_identity_code_leads_to_the_customer_that_is_there(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("yllapitaja")
        visitor.goto("/asiakas/uusi")
        filled = {
            "organisaatio": "vesi", "hetu": CALLE, "surname": "Öhberg", "first_names": "Calle", "customer_number": "V-7",
        }  # fmt: skip
        page = visitor.send("/asiakas/uusi", filled)
        assert page.url.path == f"/asiakas/{town.calle}"
        assert "asiakkuus liitettiin siihen" in page.text


def test_a_code_of_somebody_of_another_name_waits_in_the_queue(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        a_town(office.world)
        visitor = office.visitor("yllapitaja")
        visitor.goto("/asiakas/uusi")
        filled = {"organisaatio": "vesi", "hetu": AAPO, "surname": "Aivantoinen", "first_names": "Matilda"}
        page = visitor.send("/asiakas/uusi", filled)
        assert "Tunnus kuuluu aivan toisen nimiselle asiakkaalle" in page.text
        assert "1 avoin työ" in visitor.goto("/tyojono").text


def test_the_same_form_sent_twice_makes_one_customer(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("laskuttaja")
        blank = visitor.goto("/asiakas/uusi")
        first = visitor.send("/asiakas/uusi", NEW)
        visitor.page = blank
        assert visitor.send("/asiakas/uusi", NEW).url.path == first.url.path
        assert office.world.sql("select count(*) from parties.party") == [(1,)]


def test_a_customer_number_in_use_is_told_at_its_field(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        a_town(office.world)
        visitor = office.visitor("laskuttaja")
        visitor.goto("/asiakas/uusi")
        page = visitor.send("/asiakas/uusi", NEW | {"customer_number": "100"})
        assert page.status_code == 409
        assert "Asiakasnumero on käytössä" in page.text.partition('id="k-customer_number"')[2].partition("</div>")[0]


def test_customers_alike_are_offered_without_scripts_too(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("laskuttaja")
        form = form_to(visitor.goto("/asiakas/uusi"), "/asiakas/uusi")
        typed = form.fields | {"surname": ["Kuvitteelinen"], "first_names": ["Aapo"]}
        page = visitor.client.post("/asiakas/uusi/samat", data=typed)
        assert f'href="/asiakas/{town.aapo}"' in page.text
        assert form_to(page, "/asiakas/uusi").fields["surname"] == ["Kuvitteelinen"]
        part = visitor.client.post("/asiakas/uusi/samat", data=typed, headers={"hx-request": "true"})
        assert "<html" not in part.text
        assert f'href="/asiakas/{town.aapo}"' in part.text


def test_who_may_not_add_is_shown_no_form(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        assert office.visitor("perija").goto("/asiakas/uusi").status_code == 403
        assert office.world.sql("select outcome from audit.event where action = 'customer:create'") == [("refused",)]
