"""Checking many customers against the population register, in the pages and the API: choose, watch, read, go on."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from rekisteri import api
from rekisteri.catalogue import Disclosure
from rekisteri.ground.settings import Settings
from tests.builders import AAPO, BEA, CALLE, DIDRIK, EEVA
from tests.sources.vtj.asking import a_citizen, a_home
from tests.sources.vtj.following import a_bureau, customers
from tests.web.browsing import BASE, PASSWORD, Office, Visitor, an_office

WAITED_S = 30.0
CODES = (AAPO, BEA, CALLE, DIDRIK)
TOWN = "kuusilahti"


def ended(ask: Callable[[], Response], running: Callable[[Response], bool]) -> Response:
    """The answer once the check has ended."""
    for _ in range(int(WAITED_S / 0.05)):
        answer = ask()
        if not running(answer):
            return answer
        time.sleep(0.05)
    raise AssertionError("the check did not end")


def is_running(page: Response) -> bool:
    return "eteneminen" in page.text


def a_client(office: Office, handle: str = "yllapitaja") -> TestClient:
    client = TestClient(api.application(office.world.register), base_url=BASE)
    token = client.post("/session", json={"account": handle, "password": PASSWORD}).json()["token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Rekisteri-Purpose": "upkeep"})
    return client


def ordered(visitor: Visitor, **fields: str) -> Response:
    """The page a check ordered by the form leads to, when it has ended."""
    visitor.goto("/vtj/joukko")
    page = visitor.send("/vtj/joukko", {"organisaatio": TOWN, "numerot": "", "syy": "Vuosittainen tarkistus"} | fields)
    if page.status_code != 200 or page.url.path == "/vtj/joukko":
        return page
    return ended(lambda: visitor.goto(page.url.path), is_running)


def test_many_are_chosen_checked_and_reported_and_what_differs_is_taken(database_url: str, tmp_path: Path) -> None:
    people = [a_citizen(one, permanent=a_home("Uusikatu"), surname="Kuvitteellinen") for one in CODES]
    with a_bureau(*people) as bureau, an_office(database_url, tmp_path, **bureau.settings()) as office:
        party_ids = customers(office.world, [*bureau.nation.people, a_citizen(EEVA)])
        visitor = office.visitor("yllapitaja")
        assert "Tarkista monta" in visitor.goto("/vtj").text
        report = ordered(visitor).text
        assert "Missä erotaan" in report
        assert "VTJ ei tunne" in report
        assert "Vakinainen osoite" in report
        assert f"/asiakas/{party_ids[AAPO]}" in report
        assert "Uusikatu" not in report and AAPO not in report, "whose and what, never a value"
        assert "Uusikatu" not in str(office.world.card(party_ids[AAPO]))
        taken = ordered(visitor, ota="k", numerot="K0\nK1")
        assert "Muuttunut rekisterissä" in taken.text
        assert [("Uusikatu" in str(office.world.card(party_ids[one]))) for one in CODES[:3]] == [True, True, False]
        assert "Joukkotarkistus" in visitor.goto("/vtj").text


def test_what_cannot_be_ordered_is_told_beside_what_was_typed(database_url: str, tmp_path: Path) -> None:
    with a_bureau(a_citizen()) as bureau, an_office(
        database_url, tmp_path, **bureau.settings(), vtj_basic_daily_most=1
    ) as office:  # fmt: skip
        customers(office.world, [*bureau.nation.people, a_citizen(BEA)])
        visitor = office.visitor("yllapitaja")
        for fields, status in (
            ({"syy": ""}, 422),
            ({"organisaatio": ""}, 422),
            ({"numerot": "K0\nK77"}, 404),
            ({}, 409),
        ):
            page = ordered(visitor, **fields)
            assert (page.status_code, 'role="alert"' in page.text) == (status, True)
        assert "K77" in ordered(visitor, numerot="K0\nK77").text
        assert "jäljellä: 1 henkilö" in visitor.goto("/vtj/joukko").text
        invoicer = office.visitor("laskuttaja")
        assert invoicer.goto("/vtj/joukko").status_code == 403


def test_an_unlikely_share_of_deaths_stops_it_and_it_goes_on_when_somebody_says_so(
    database_url: str, tmp_path: Path
) -> None:
    people = [a_citizen(one) for one in CODES]
    with a_bureau(*people) as bureau, an_office(
        database_url, tmp_path, **bureau.settings(), vtj_brake_least=0, vtj_brake_percent=1.0
    ) as office:  # fmt: skip
        world = office.world
        party_ids = customers(world, bureau.nation.people)
        client = a_client(office)
        asked: dict[str, Any] = {"organisation": TOWN, "reason": "Vuosittainen tarkistus", "take": True}
        first = client.post("/vtj/bulk-checks", json=asked)
        assert first.status_code == 202
        run_of(client, first.json()["run"])
        world.clock.pass_days(1)
        bureau.nation.today = world.clock.at.date()
        for one in bureau.nation.people[:3]:
            bureau.nation.die(one)
        client = a_client(office)
        second = client.post("/vtj/bulk-checks", json=asked).json()["run"]
        stopped = run_of(client, second)
        assert (stopped["state"], stopped["waiting"], stopped["changed"]) == ("stopped", 4, 0)
        assert "deaths" in stopped["told"]
        assert world.card(party_ids[AAPO]).value("deceased") is None, "nothing of it was taken"
        visitor = office.visitor("yllapitaja")
        page = visitor.goto(f"/vtj/joukko/{second}")
        assert "Muutokset ovat oikeita: jatka" in page.text
        assert "VTJ kertoo: 3 kuollutta, kun seurattavia on 4" in page.text
        visitor.send(f"/vtj/joukko/{second}")
        done = run_of(client, second)
        assert (done["state"], done["waiting"], done["changed"]) == ("done", 0, 3)
        assert world.card(party_ids[AAPO]).value("deceased") is True
        assert client.post(f"/vtj/bulk-checks/{second}/go-on", json={}).status_code == 202
        nobody = "0192d0a0-0000-7000-8000-000000000000"
        assert client.get(f"/vtj/bulk-checks/{nobody}").status_code == 404
        assert client.post(f"/vtj/bulk-checks/{nobody}/go-on", json={}).status_code == 404
        assert world.card(party_ids[BEA]).turvakielto is Disclosure.OFF


def run_of(client: TestClient, run_id: str) -> dict[str, Any]:
    """A check's report once it has ended."""
    answer = ended(lambda: client.get(f"/vtj/bulk-checks/{run_id}"), lambda answer: answer.json()["state"] == "running")
    found: dict[str, Any] = answer.json()
    return found


def test_without_a_connection_it_says_so(database_url: str, tmp_path: Path) -> None:
    assert Settings(home=tmp_path).vtj_changes_url is None
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("yllapitaja")
        assert "ei ole yhdistetty" in visitor.goto("/vtj/joukko").text
        assert visitor.send("/vtj/joukko", {"organisaatio": TOWN, "syy": "x"}).status_code == 422
        assert a_client(office).post("/vtj/bulk-checks", json={"reason": "x", "organisation": TOWN}).status_code == 422
