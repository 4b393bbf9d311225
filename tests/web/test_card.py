"""The card: every value with its source and reason, what is withheld with its rule, acts of their own."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

from tests.builders import AAPO, BEA, a_person, only
from tests.web.browsing import an_office
from tests.web.town import a_town


def test_the_card_shows_values_with_source_since_when_and_why(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        page = office.visitor("yllapitaja").goto(f"/asiakas/{town.aapo}").text
        assert "Korjattu katu 1" in page
        assert "korjattu käsin" in page
        assert "alkaen 16.3.2026" in page
        assert "Luotettavimman lähteen tieto; yhtä luotettavista uusin" in page
        assert "Esimerkkitie 7 A 12, 00999 HELSINKI" in page, "what another source says"
        assert "Kuusilahden kaupunki" in page
        assert "E-lasku" in page
        assert "Osasto 4" in page


def test_the_identity_code_is_masked_until_an_act_of_its_own_which_is_logged(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("laskuttaja")
        page = visitor.goto(f"/asiakas/{town.aapo}")
        assert "240360-****" in page.text
        assert AAPO not in page.text
        page = visitor.send(f"/asiakas/{town.aapo}/hetu")
        assert AAPO in page.text
        assert office.world.sql("select account from audit.event where action = 'customer:unmask'") == [("laskuttaja",)]


def test_htmx_gets_only_the_part_it_asked_for(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("laskuttaja")
        page = visitor.goto(f"/asiakas/{town.aapo}")
        token = page.text.partition('"X-CSRF-Token": "')[2].partition('"')[0]
        headers = {"hx-request": "true", "x-csrf-token": token}
        part = visitor.client.post(f"/asiakas/{town.aapo}/hetu", headers=headers)
        assert AAPO in part.text
        assert "<html" not in part.text
        refused = visitor.client.post(f"/asiakas/{town.aapo}/suojatut", headers=headers)
        assert refused.status_code == 403
        assert "<html" not in refused.text


def test_a_non_disclosure_order_withholds_and_only_its_own_act_opens(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        invoicer = office.visitor("laskuttaja").goto(f"/asiakas/{town.bea}").text
        assert "Turvakielto: osoitetta ja yhteystietoja ei saa luovuttaa" in invoicer
        assert "Esimerkkitie" not in invoicer
        assert "Näytä suojatut tiedot" not in invoicer
        assert "PL 12" in invoicer, "the contact address is for use in spite of the order"
        visitor = office.visitor("yllapitaja")
        assert "Esimerkkitie" not in visitor.goto(f"/asiakas/{town.bea}").text
        page = visitor.send(f"/asiakas/{town.bea}/suojatut")
        assert "Esimerkkitie 7 A 12" in page.text
        assert "+358 50 7654321" in page.text
        assert office.world.sql("select count(*) from audit.event where action = 'customer:protected'") == [(1,)]


def test_the_card_of_a_protected_customer_is_the_same_whatever_the_address_is(
    database_url: str, tmp_path: Path
) -> None:
    with an_office(database_url, tmp_path) as office:
        party_id = only(office.world.take(office.world.town, a_person("1", BEA, turvakielto="k")))
        visitor = office.visitor("laskuttaja")
        before = visitor.goto(f"/asiakas/{party_id}").text
        office.world.take(
            office.world.town, a_person("1", BEA, turvakielto="k", permanent_address__street="Salakuja 9", phone="")
        )
        after = visitor.goto(f"/asiakas/{party_id}").text
        assert "Salakuja" not in after
        assert _without_version(before) == _without_version(after)


def _without_version(page: str) -> str:
    return page.partition("<main")[2].partition('<p class="printed">')[0]


def test_the_state_of_a_customer_is_told_first_and_in_words(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("perija")
        head = visitor.goto(f"/asiakas/{town.calle}").text.partition('<nav class="tabs')[0]
        assert "Kuollut 3.2.2026" in head
        assert "Perintäeste: Kuolinpesä selvittämättä, 3.2.2026–" in head
        head = visitor.goto(f"/asiakas/{town.company}").text.partition('<nav class="tabs')[0]
        assert "Maksukyvyttömyys: Yrityssaneeraus, 1.2.2026–" in head
        assert "Turvakieltoa ei ole selvitetty" in visitor.goto(f"/asiakas/{town.didrik}").text


def test_a_hidden_customer_and_none_are_told_alike(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        hidden = only(office.world.take(office.world.water, a_person("V-1")))
        visitor = office.visitor("laskuttaja")
        pages = [visitor.goto(f"/asiakas/{party_id}") for party_id in (hidden, uuid4(), "ei-tunnus")]
        assert [page.status_code for page in pages] == [404, 404, 404]
        bodies = {page.text.partition("<main")[2] for page in pages[:2]}
        assert len(bodies) == 1


def test_every_page_of_a_customer_has_the_same_tabs(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("yllapitaja")
        tabs: set[str] = set()
        for page, told in (("", "Kortti"), ("/historia", "Historia"), ("/tietueet", "Tietueet ja yhdistäminen")):
            text = visitor.goto(f"/asiakas/{town.aapo}{page}").text
            nav = text.partition('<nav class="tabs')[2].partition("</nav>")[0]
            assert re.search(rf'aria-current="page">{told}<', nav)
            tabs.add("|".join(re.findall(r">([^<>\n]+)</a>", nav)))
        assert len(tabs) == 1, tabs


def test_history_tells_what_changed_by_whom_and_why(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        office.world.take(
            office.world.water, a_person("V-1", AAPO, permanent_address__street="Uusikatu 10", phone="045 9876543")
        )
        page = office.visitor("yllapitaja").goto(f"/asiakas/{town.aapo}/historia").text
        assert "<del>Uusikatu 9, 00999 HELSINKI</del>" in page
        assert "<ins>Uusikatu 10, 00999 HELSINKI</ins>" in page
        assert "customer told" in page
        assert "Korjaus päättyy 1.1.2030" in page
        assert "voimassa 16.3.2026–31.12.2029" in page
        assert "Sama henkilötunnus tai Y-tunnus" in page
        assert office.visitor("laskuttaja").goto(f"/asiakas/{town.aapo}/historia").status_code == 403


def test_the_card_can_be_seen_as_it_was_over_both_times(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("yllapitaja")
        then = visitor.goto(f"/asiakas/{town.aapo}/historia/hetki?paiva=10.3.2026&tiedossa=10.3.2026").text
        assert "Esimerkkitie 7 A 12" in then
        assert "Korjattu katu" not in then
        assert "+358 40 1234567" in then
        assert "Korjaa" not in then.partition("<main")[2]
        now = visitor.goto(f"/asiakas/{town.aapo}/historia/hetki").text
        assert "Korjattu katu 1" in now
        wrong = visitor.goto(f"/asiakas/{town.aapo}/historia/hetki?paiva=31.2.2026")
        assert wrong.status_code == 422
        assert "Päivää ei ole olemassa" in wrong.text
        early = visitor.goto(f"/asiakas/{town.aapo}/historia/hetki?paiva=1.1.2020")
        assert "valitse myöhempi päivä" in early.text


def test_the_officer_sees_who_looked_and_why(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        invoicer = office.visitor("laskuttaja")
        invoicer.goto("/haku")
        invoicer.send("/tarkoitus", {"asia": "Lasku 778"})
        invoicer.goto(f"/asiakas/{town.bea}")
        officer = office.visitor("tietosuoja")
        assert f"/loki/asiakas/{town.bea}" in officer.goto(f"/asiakas/{town.bea}").text
        page = officer.goto(f"/loki/asiakas/{town.bea}").text
        row = next(part for part in page.split("<tr>") if "laskuttaja" in part)
        assert "Asiakaskortin katselu" in row
        assert "Laskutus" in row
        assert "Lasku 778" in row
