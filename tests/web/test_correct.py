"""Correcting by hand, and taking the correction back."""

from __future__ import annotations

from pathlib import Path

from tests.builders import BEA
from tests.web.browsing import an_office, form_to
from tests.web.town import a_town


def test_a_correction_wins_with_its_reason_and_can_be_taken_back(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("yllapitaja")
        path = f"/asiakas/{town.aapo}/korjaa/email"
        page = visitor.goto(path)
        assert form_to(page, path).fields["email"] == ["aapo@esimerkki.fi"]
        filled = {"email": "uusi@esimerkki.fi", "reason": "Asiakas pyysi", "evidence": "Puhelu 17.3."}
        page = visitor.send(path, filled)
        assert page.url.path == f"/asiakas/{town.aapo}"
        assert "Tieto on korjattu" in page.text
        assert "uusi@esimerkki.fi" in page.text
        history = visitor.goto(f"/asiakas/{town.aapo}/historia").text
        assert "Asiakas pyysi" in history
        assert "Puhelu 17.3." in history
        assert "Väärä tieto" in history.partition("aapo@esimerkki.fi")[2].partition("</li>")[0]
        assert "Väärä tieto, korjattu" in visitor.goto(f"/asiakas/{town.aapo}").text
        back = f"/asiakas/{town.aapo}/peru/email"
        visitor.goto(back)
        page = visitor.send(back, {"reason": "Erehdys"})
        assert "Korjaus on peruttu" in page.text
        assert "aapo@esimerkki.fi" in page.text.partition("Yhteystiedot")[2]


def test_a_wrong_value_is_told_at_its_field_with_its_mend_and_nothing_typed_is_lost(
    database_url: str, tmp_path: Path
) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("yllapitaja", "sv")
        path = f"/asiakas/{town.aapo}/korjaa/permanent_address"
        visitor.goto(path)
        page = visitor.send(path, {"permanent_address.postcode": "12", "reason": "Flyttade", "evidence": "Brev"})
        assert page.status_code == 422
        field = page.text.partition('id="k-permanent_address-postcode"')[2].partition("</div>")[0]
        assert 'aria-invalid="true"' in field
        assert "Postnumret är felaktigt" in field
        form = form_to(page, path)
        assert form.fields["reason"] == ["Flyttade"]
        assert form.fields["evidence"] == ["Brev"]
        assert form.fields["permanent_address.street"] == ["Korjattu katu 1"]


def test_a_correction_needs_a_reason(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("yllapitaja")
        path = f"/asiakas/{town.aapo}/korjaa/email"
        visitor.goto(path)
        page = visitor.send(path, {"email": "uusi@esimerkki.fi"})
        assert page.status_code == 422
        assert "Kerro miksi" in page.text.partition('id="k-reason"')[2].partition("</div>")[0]


def test_an_end_date_that_is_no_day_or_is_past_is_told_at_its_field(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("yllapitaja")
        path = f"/asiakas/{town.aapo}/korjaa/email"
        for until, told in (("32.1.2027", "Päivää ei ole olemassa"), ("1.1.2020", "valitse myöhempi päivä")):
            visitor.goto(path)
            page = visitor.send(path, {"email": "u@esimerkki.fi", "reason": "x", "until": until})
            assert page.status_code == 422
            assert told in page.text.partition('id="k-until"')[2].partition("</div>")[0]


def test_a_card_that_changed_meanwhile_stops_the_correction_and_shows_what_is_now(
    database_url: str, tmp_path: Path
) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("yllapitaja")
        path = f"/asiakas/{town.aapo}/korjaa/email"
        visitor.goto(path)
        office.world.correct(town.aapo, "email", value="toinen@esimerkki.fi")
        page = visitor.send(path, {"email": "minun@esimerkki.fi", "reason": "x"})
        assert page.status_code == 409
        assert "ovat muuttuneet" in page.text
        assert "toinen@esimerkki.fi" in page.text
        page = visitor.send(path, {"reason": "Katsoin uudelleen"})
        assert "minun@esimerkki.fi" in page.text
        assert page.url.path == f"/asiakas/{town.aapo}"


def test_a_code_that_is_anothers_is_refused(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("yllapitaja")
        path = f"/asiakas/{town.aapo}/korjaa/hetu"
        page = visitor.goto(path)
        assert form_to(page, path).fields["hetu"] == [""], "a secret is never filled in"
        page = visitor.send(path, {"hetu": BEA, "reason": "x"})
        assert page.status_code == 409
        assert "kuuluu jo toiselle" in page.text


def test_a_missing_item_is_added_from_the_card(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("yllapitaja")
        page = visitor.goto(f"/asiakas/{town.aapo}/korjaa?tieto=contact_language")
        path = f"/asiakas/{town.aapo}/korjaa/contact_language"
        assert page.url.path == path
        page = visitor.send(path, {"contact_language": "ruotsi", "reason": "Asiakas toivoi"})
        assert "Asiointikieli" in page.text
        assert "ruotsi" in page.text


def test_who_may_not_correct_sees_no_button_and_no_form(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("laskuttaja")
        assert "/korjaa/" not in visitor.goto(f"/asiakas/{town.aapo}").text
        assert visitor.goto(f"/asiakas/{town.aapo}/korjaa/email").status_code == 403
        assert visitor.goto(f"/asiakas/{town.aapo}/korjaa/ei-ole").status_code == 403
        keeper = office.visitor("yllapitaja")
        assert keeper.goto(f"/asiakas/{town.aapo}/korjaa/ei-ole").status_code == 404
        assert keeper.goto(f"/asiakas/{town.aapo}/korjaa/invoice_channel").status_code == 422
        assert keeper.goto(f"/asiakas/{town.aapo}/peru/email").status_code == 404
