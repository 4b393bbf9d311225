"""The log: by account, act, outcome and time, and by customer."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from rekisteri import audit, parties
from rekisteri.access import Action
from rekisteri.catalogue import Purpose, Role
from tests.builders import AAPO, a_person, a_viewer
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


def test_purpose_organisation_and_case_narrow_the_search(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        office.visitor("laskuttaja").goto(f"/asiakas/{town.aapo}")
        officer = office.visitor("tietosuoja")
        number = office.world.town.id
        page = officer.goto(f"/loki?tarkoitus=invoicing&organisaatio={number}&toiminto=customer:read").text
        assert _events(page) == [("Asiakaskortin katselu", "Tehty")]
        assert "Kuusilahden kaupunki" in page.partition("<tbody")[2]
        assert "Ei tapahtumia" in officer.goto(f"/loki?organisaatio={office.world.water.id}").text
        assert "Ei tapahtumia" in officer.goto("/loki?asia=EI-OLE").text


def test_an_extract_is_a_file_of_the_same_events_and_an_act_of_its_own(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        invoicer = a_viewer(Role.INVOICER, office.world.town)
        with office.world.register.door.read(
            invoicer, Action.CUSTOMER_READ, Purpose.INVOICING, case='=HYPERLINK("x")'
        ) as tx:
            parties.card(tx, office.world.register.vault, town.aapo)
        officer = office.visitor("tietosuoja")
        answer = officer.goto("/loki/ote?tunnus=test-invoicer")
        assert answer.headers["content-disposition"].startswith('attachment; filename="lokiote-')
        rows = list(csv.DictReader(answer.text.removeprefix("\ufeff").splitlines(), delimiter=";"))
        assert [(one["account"], one["action"], one["case"]) for one in rows] == [
            ("test-invoicer", "customer:read", '\'=HYPERLINK("x")')
        ]
        assert officer.goto("/loki/ote?alkaen=99.1.2026").status_code == 422
        page = officer.goto("/loki?toiminto=audit:extract&tulos=done").text
        assert "tunnuksella: test-invoicer" in page
        assert "tapahtumia: 1" in page


@pytest.mark.parametrize(("language", "words"), [("fi", "muu asiakas"), ("sv", "annan kund"), ("en", "other customer")])
def test_what_the_data_subject_is_told_names_nobody(
    database_url: str, tmp_path: Path, language: str, words: str
) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        office.visitor("laskuttaja").goto(f"/asiakas/{town.aapo}")
        office.world.take(office.world.town, a_person("100", AAPO), a_person("105", None, surname="Toinen"))
        officer = office.visitor("tietosuoja", language)
        page = officer.goto(f"/loki/asiakas/{town.aapo}").text
        assert "laskuttaja" in page
        told = officer.goto(f"/loki/asiakas/{town.aapo}/rekisteroidylle").text.partition("<main")[2]
        assert "Kuusilahden kaupunki" in told
        assert words in told
        for name in ("laskuttaja", "Testi Laskuttaja", "test-maintainer", "tietosuoja<"):
            assert name not in told, name


def test_the_log_shows_how_it_is_proved(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        officer = office.visitor("tietosuoja")
        assert "Lokia ei ole vielä allekirjoitettu" in officer.goto("/loki/eheys").text
        office.world.register.log.seal()
        witness = audit.Signer("kuusilahti.example/loki", audit.WITNESS_KEY, bytes(32))
        with office.world.register.door.write(
            a_viewer(Role.OFFICER), Action.AUDIT_WITNESS, Purpose.DATA_PROTECTION
        ) as tx:
            audit.add_witness(tx, str(witness.key))
        page = officer.goto("/loki/eheys").text
        assert str(office.world.register.log.keys[0]) in page.replace("&#43;", "+")
        assert "kuusilahti.example/loki" in page
        assert office.visitor("laskuttaja").goto("/loki/eheys").status_code == 403
