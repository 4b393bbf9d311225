"""Signals in the pages: the list, one of them, its closing; and who may not see them."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

import pytest

from rekisteri import oversight, wiring
from rekisteri.access import Action
from rekisteri.catalogue import Purpose, Role
from tests.builders import a_viewer
from tests.web.browsing import Office, an_office
from tests.web.town import a_town


def a_signal(office: Office) -> UUID:
    """The invoicer has looked at a canary; the customer."""
    town = a_town(office.world)
    with office.world.register.door.write(a_viewer(Role.OFFICER), Action.SIGNAL_TUNE, Purpose.DATA_PROTECTION) as tx:
        oversight.mark_canary(tx, town.aapo, "watched")
    office.visitor("laskuttaja").goto(f"/asiakas/{town.aapo}")
    office.world.register.log.seal()
    with office.world.register.door.write(wiring.overseer(), Action.SIGNAL_SWEEP, Purpose.ADMINISTRATION) as tx:
        oversight.sweep(tx)
    return town.aapo


@pytest.mark.parametrize(
    ("language", "kind", "done"),
    [("fi", "Merkitty asiakas", "Havainto on käsitelty"), ("sv", "Märkt kund", "Iakttagelsen har behandlats")],
)
def test_the_officer_closes_a_signal_with_a_reason(
    database_url: str, tmp_path: Path, language: str, kind: str, done: str
) -> None:
    with an_office(database_url, tmp_path) as office:
        customer = a_signal(office)
        officer = office.visitor("tietosuoja", language)
        page = officer.goto("/valvonta")
        assert kind in page.text
        place = re.findall(r'href="/valvonta/([0-9a-f-]{36})"', page.text)[0]
        page = officer.goto(f"/valvonta/{place}")
        assert "Kuvitteellinen" in page.text
        assert f"/loki/asiakas/{customer}" in page.text
        page = officer.send(f"/valvonta/{place}", {"ratkaisu": "justified", "perustelu": " "})
        assert page.status_code == 422
        page = officer.send(f"/valvonta/{place}", {"ratkaisu": "justified", "perustelu": "lasku 4711"})
        assert done in page.text
        assert kind not in officer.goto("/valvonta").text.partition("<tbody")[2]
        assert kind in officer.goto("/valvonta?kaikki=1&laji=canary").text.partition("<tbody")[2]
        assert "lasku 4711" in officer.goto(f"/valvonta/{place}").text


def test_signals_are_for_those_who_watch_and_closed_by_the_officer_alone(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        a_signal(office)
        for handle in ("yllapitaja", "laskuttaja", "perija", "paakayttaja"):
            assert office.visitor(handle).goto("/valvonta").status_code == 403, handle
        auditor = office.visitor("tarkastaja")
        place = auditor.goto("/valvonta").text.partition('href="/valvonta/')[2].partition('"')[0]
        assert "ratkaisu" not in auditor.goto(f"/valvonta/{place}").text
        assert auditor.goto("/valvonta/jotain").status_code == 404
