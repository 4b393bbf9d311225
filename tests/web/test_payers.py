"""Who pays, in the pages: asked from a card or by an identifier, answered in words, told back."""

from __future__ import annotations

from pathlib import Path

from tests.builders import AAPO
from tests.payers.asking import a_reason
from tests.web.browsing import Office, an_office
from tests.web.town import a_town


def answered(office: Office, language: str = "fi") -> tuple[str, str]:
    """The address of an answer about the protected customer's neighbour, and the page's text."""
    visitor = office.visitor("laskuttaja", language)
    visitor.goto("/maksaja")
    page = visitor.send("/maksaja", {"tunniste": "100", "paiva": ""})
    assert page.status_code == 200, page.text
    place = page.text.partition('href="/maksaja/vastaus/')[2].partition('"')[0]
    return f"/maksaja/vastaus/{place}", page.text


def test_the_answer_tells_in_words_who_pays_and_where_and_is_shown_again_proved(
    database_url: str, tmp_path: Path
) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        a_reason(office.world)
        address, text = answered(office)
        for told in ("Laskuttaa saa", "Periä saa", "Asiakas vastaa itse", "Korjattu katu 1", "00999 HELSINKI"):
            assert told in text, told
        visitor = office.visitor("laskuttaja", "sv")
        again = visitor.goto(address)
        assert "till punkt och pricka" in again.text
        assert "Får faktureras" in again.text
        assert visitor.goto("/maksaja/vastaus?tunnus=" + address.rpartition("/")[2]).url.path == address
        card = visitor.goto(f"/asiakas/{town.aapo}")
        assert f'href="/maksaja?asiakas={town.aapo}"' in card.text
        visitor.goto(f"/maksaja?asiakas={town.aapo}")
        assert visitor.send("/maksaja").status_code == 200


def test_what_is_wrong_with_a_question_is_told_at_its_field_and_no_code_comes_back(
    database_url: str, tmp_path: Path
) -> None:
    with an_office(database_url, tmp_path) as office:
        a_town(office.world)
        visitor = office.visitor("laskuttaja")
        assert "Laskutusaiheita ei ole" in visitor.goto("/maksaja").text
        a_reason(office.world)
        for filled, status, words in (
            ({"tunniste": "77"}, 404, "Organisaatiolla ei ole tällaista asiakasta"),
            ({"tunniste": "240360-909X", "laji": "hetu"}, 422, "Tunnus on virheellinen"),
            ({"tunniste": "100", "paiva": "31.31.2026"}, 422, "Päivää ei ole olemassa"),
            ({"tunniste": "100", "paiva": "1.1.1999"}, 422, "ennen kuin organisaation tiedot tulivat"),
            ({"tunniste": "100", "aihe": ""}, 422, "Valitse, mitä laskutetaan"),
        ):
            visitor.goto("/maksaja")
            page = visitor.send("/maksaja", filled)
            assert page.status_code == status, filled
            assert words in page.text, filled
            assert "240360" not in page.text
        visitor.goto("/maksaja")
        page = visitor.send("/maksaja", {"tunniste": AAPO, "laji": "hetu"})
        assert page.status_code == 200
        assert AAPO not in page.text


def test_returned_mail_is_told_back_from_the_answer_and_the_maintainer_settles_it(
    database_url: str, tmp_path: Path
) -> None:
    with an_office(database_url, tmp_path) as office:
        a_town(office.world)
        a_reason(office.world)
        address, _ = answered(office)
        visitor = office.visitor("laskuttaja")
        visitor.goto(f"{address}/palaute")
        assert visitor.send(f"{address}/palaute", {"tapahtuma": ""}).status_code == 422
        page = visitor.send(f"{address}/palaute", {"tapahtuma": "dispute_opened"})
        assert "Anna saatavan viite" in page.text
        page = visitor.send(f"{address}/palaute", {"tapahtuma": "mail_returned", "palautus": "moved"})
        assert "Palaute on kirjattu" in page.text
        page = visitor.goto("/maksaja")
        page = visitor.send("/maksaja", {"tunniste": "100"})
        assert "Korjattu katu" not in page.text
        keeper = office.visitor("yllapitaja")
        page = keeper.goto("/tyojono")
        assert "Posti on palautunut: tarkista osoite" in page.text
        action = "/tyojono/maksaja/" + page.text.partition('action="/tyojono/maksaja/')[2].partition('"')[0]
        page = keeper.send(action, {"miten": "Osoite tarkistettiin"})
        assert "Tehtävä on merkitty hoidetuksi" in page.text
        assert "Posti on palautunut" not in page.text


def test_payment_reasons_are_set_changed_and_ended_by_a_maintainer_and_seen_by_the_invoicer(
    database_url: str, tmp_path: Path
) -> None:
    with an_office(database_url, tmp_path) as office:
        keeper, invoicer = office.visitor("yllapitaja"), office.visitor("laskuttaja")
        keeper.goto("/laskutusaiheet/uusi")
        filled = {
            "organisaatio": "kuusilahti", "koodi": "PAIVAHOITO", "name_fi": "Varhaiskasvatus",
            "name_sv": "Småbarnspedagogik", "name_en": "", "kanava0": "consumer_einvoice", "kanava1": "letter",
            "last_resort": "by_hand",
        }  # fmt: skip
        page = keeper.send("/laskutusaiheet/uusi", filled)
        assert page.status_code == 422
        assert "Anna laskutusaiheen nimi" in page.text
        page = keeper.send("/laskutusaiheet/uusi", {"name_en": "Early childhood education"})
        assert "E-lasku → Paperi" in page.text
        assert "Ihminen hoitaa" in page.text
        assert "Lisää laskutusaihe" not in invoicer.goto("/laskutusaiheet").text
        assert invoicer.goto("/laskutusaiheet/uusi").status_code == 403
        place = page.text.partition('href="/laskutusaiheet/uusi?')[2].partition('"')[0].replace("&amp;", "&")
        page = keeper.goto(f"/laskutusaiheet/uusi?{place}")
        assert 'value="Varhaiskasvatus"' in page.text
        page = keeper.send("/laskutusaiheet/paata")
        assert "Laskutusaihe on päätetty" in page.text
        assert "Laskutusaiheita ei ole" in page.text
