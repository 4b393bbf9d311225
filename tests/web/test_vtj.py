"""Checking a customer against the population register in the pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from starlette.testclient import TestClient

from rekisteri import api
from rekisteri.simulators.serving import Misdeed
from rekisteri.simulators.vtj_query import soap_fault
from tests.builders import AAPO, BEA, a_company, a_person, only
from tests.sources.vtj.asking import a_citizen, a_home
from tests.sources.vtj.asking import an_office as a_vtj
from tests.web.browsing import BASE, PASSWORD, an_office, form_to


def test_a_maintainer_asks_compares_takes_some_and_the_card_says_whence(database_url: str, tmp_path: Path) -> None:
    with a_vtj(a_citizen(permanent=a_home("Uusikatu"), mother_tongue="sv")) as vtj, an_office(database_url, tmp_path, **vtj.settings()) as office:  # fmt: skip
        world = office.world
        party_id = only(world.take(world.town, a_person("K1", AAPO)))
        path = f"/asiakas/{party_id}/vtj"
        visitor = office.visitor("yllapitaja")
        assert path in visitor.goto(f"/asiakas/{party_id}").text
        assert "Lupa 1125/410/14" in visitor.goto(path).text
        page = visitor.send(path, {"syy": "Lasku palautui"})
        assert page.url.path.startswith("/vtj/")
        assert "Esimerkkitie 7 A 12" in page.text
        assert "Uusikatu 7 A 12" in page.text
        assert AAPO not in page.text
        assert "240360-****" in page.text
        answer = page.url.path
        assert set(form_to(page, answer).fields["tieto"]) == {"permanent_address", "language", "contact_language"}
        page = visitor.send(answer, {"tieto": ["permanent_address"], "syy": "Lasku palautui"})
        assert page.url.path == f"/asiakas/{party_id}"
        assert "VTJ:n tiedot on otettu" in page.text
        assert "Uusikatu 7 A 12" in page.text
        assert "Väestötietojärjestelmä" in page.text
        assert visitor.goto(answer).status_code == 404
        history = visitor.goto(f"/asiakas/{party_id}/historia").text
        assert "Lasku palautui" in history


def test_what_goes_wrong_is_told_beside_the_question_and_nothing_typed_is_lost(
    database_url: str, tmp_path: Path
) -> None:
    with a_vtj(a_citizen()) as vtj, an_office(database_url, tmp_path, **vtj.settings()) as office:
        party_id = only(office.world.take(office.world.town, a_person("K1", AAPO)))
        path = f"/asiakas/{party_id}/vtj"
        visitor = office.visitor("yllapitaja", "sv")
        visitor.goto(path)
        page = visitor.send(path, {"syy": ""})
        assert page.status_code == 422
        assert "Ange varför kunden kontrolleras" in page.text
        vtj.server.misbehave(Misdeed(instead=soap_fault(500, "Client.AccessDenied", "Not allowed")))
        page = visitor.send(path, {"syy": "Flyttat"})
        assert page.status_code == 503
        assert "BDS-förfrågan, anrop" in page.text
        assert form_to(page, path).fields["syy"] == ["Flyttat"]
        assert AAPO not in page.text


def test_the_page_is_for_maintainers_and_persons_alone(database_url: str, tmp_path: Path) -> None:
    with a_vtj() as vtj, an_office(database_url, tmp_path, **vtj.settings()) as office:
        person = only(office.world.take(office.world.town, a_person("K1", BEA)))
        company = only(office.world.take(office.world.town, a_company("Y1")))
        invoicer = office.visitor("laskuttaja")
        assert "/vtj" not in invoicer.goto(f"/asiakas/{person}").text
        assert invoicer.goto(f"/asiakas/{person}/vtj").status_code == 403
        assert "/vtj" not in office.visitor("yllapitaja").goto(f"/asiakas/{company}").text
        assert vtj.server.asked == []


def test_a_stopped_connection_is_shown_and_set_going_again(database_url: str, tmp_path: Path) -> None:
    with a_vtj(a_citizen()) as vtj, an_office(database_url, tmp_path, **vtj.settings()) as office:
        party_id = only(office.world.take(office.world.town, a_person("K1", AAPO)))
        vtj.service.returns[AAPO] = "0003"
        path = f"/asiakas/{party_id}/vtj"
        visitor = office.visitor("yllapitaja")
        visitor.goto(path)
        assert "Kyselyt on pysäytetty" in visitor.send(path, {"syy": "x"}).text
        assert "Kyselyt on pysäytetty" in visitor.goto("/vtj").text
        assert "Mitään ei ole pysäytetty" in visitor.send("/vtj/jatka").text


def test_the_api_checks_and_takes_with_the_same_words(database_url: str, tmp_path: Path) -> None:
    person = a_citizen(protected=True, protected_until=date(2028, 2, 28))
    with a_vtj(person) as vtj, an_office(database_url, tmp_path, **vtj.settings()) as office:
        party_id = only(office.world.take(office.world.town, a_person("K1", AAPO)))
        client = TestClient(api.application(office.world.register), base_url=BASE)
        token = client.post("/session", json={"account": "yllapitaja", "password": PASSWORD}).json()["token"]
        client.headers.update({"Authorization": f"Bearer {token}", "Rekisteri-Purpose": "upkeep"})
        answer = client.post(f"/customers/{party_id}/vtj-checks", json={"reason": "Palautui"})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert (told["code"], told["turvakielto"], told["meaning"]) == ("0000", "on", "found")
        names = [one["item"] for one in told["differences"] if one["choosable"]]
        assert "language" in names
        assert AAPO not in answer.text
        again = client.get(f"/vtj-checks/{told['check']}").json()
        assert again["differences"] == told["differences"]
        taken = client.post(f"/vtj-checks/{told['check']}/apply", json={"items": ["language"], "reason": "Palautui"})
        assert taken.json() == {"customer": str(party_id)}
        state = client.get("/vtj").json()
        assert (state["permission"], state["used_today"]) == ("1125/410/14", [{"interface": "query", "persons": 1}])
        assert client.post("/vtj/resume", json={"interface": "query"}).status_code == 204
