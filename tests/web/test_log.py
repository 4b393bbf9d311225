"""The log: by account, act, outcome and time, and by customer."""

from __future__ import annotations

from pathlib import Path

from tests.builders import AAPO
from tests.web.browsing import an_office
from tests.web.town import a_town


def test_the_auditor_searches_by_account_act_and_outcome(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        a_town(office.world)
        invoicer = office.visitor("laskuttaja")
        invoicer.search(AAPO)
        invoicer.goto("/tyojono")
        auditor = office.visitor("tarkastaja")
        found = _events(auditor.goto("/loki?tunnus=laskuttaja").text)
        assert {"Asiakkaiden haku", "Asiakaskortin katselu", "Työjonon katselu", "Kirjautuminen sisään"} <= {
            act for act, _ in found
        }
        assert _events(auditor.goto("/loki?tunnus=laskuttaja&tulos=refused").text) == [("Työjonon katselu", "Evätty")]
        page = auditor.goto("/loki?tunnus=laskuttaja&toiminto=customer:search").text
        assert "haettiin: henkilötunnus" in page
        assert AAPO not in page


def _events(page: str) -> list[tuple[str, str]]:
    """(act, outcome) of each event shown."""
    rows = [part.split("<td") for part in page.partition("<tbody")[2].split("<tr>")[1:]]
    return [(row[3].partition(">")[2].partition("<")[0], row[6].partition('">')[2].partition("<")[0]) for row in rows]


def test_days_bound_the_search_in_finnish_time(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        a_town(office.world)
        auditor = office.visitor("tarkastaja")
        assert "test-maintainer" in auditor.goto("/loki?alkaen=12.3.2026&paattyen=12.3.2026").text
        assert "Ei tapahtumia" in auditor.goto("/loki?alkaen=13.3.2026&paattyen=15.3.2026").text
        page = auditor.goto("/loki?alkaen=99.3.2026")
        assert page.status_code == 422
        assert "Päivää ei ole olemassa" in page.text


def test_a_customers_events_are_found_by_the_register_id(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        auditor = office.visitor("tarkastaja")
        page = auditor.goto(f"/loki?asiakas={town.aapo}")
        assert page.url.path == f"/loki/asiakas/{town.aapo}"
        assert "Tiedon korjaaminen" in page.text
        assert "tieto: Puhelin" in page.text
        assert auditor.goto("/loki?asiakas=jotain").status_code == 422
        assert f'/asiakas/{town.aapo}"' not in page.text.replace("/loki/asiakas", ""), "an auditor opens no card"


def test_older_events_follow_page_by_page_under_the_same_filter(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        invoicer = office.visitor("laskuttaja")
        for _ in range(55):
            invoicer.goto("/tuonti")
        auditor = office.visitor("tarkastaja")
        page = auditor.goto("/loki?tunnus=laskuttaja&toiminto=import:read")
        assert page.text.count("<tr>") == 50
        rest = page.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        assert auditor.goto(f"/loki{rest}").text.count("<tr>") == 5


def test_the_log_is_for_those_who_watch(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        for handle in ("yllapitaja", "laskuttaja", "perija", "paakayttaja"):
            assert office.visitor(handle).goto("/loki").status_code == 403
