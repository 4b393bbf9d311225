"""The queue of data subjects' requests and the page of the notice: whose a request is, and what is wrong, in one's own language."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import a_person, only
from tests.web.browsing import an_office

QUEUE = "/tietosuoja/pyynnot"
NOTICE = "/tietosuoja/seloste"


def test_the_queue_and_a_request_say_whose_they_are_and_that_look_is_logged(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        party_id = only(office.world.take(office.world.town, a_person("K1")))
        officer = office.visitor("tietosuoja")
        officer.goto(f"/asiakas/{party_id}/pyynnot")
        request = officer.send(f"/asiakas/{party_id}/pyynnot", {"laji": "access", "tapa": "in_person"})
        assert "<h1>Tietojen tarkastaminen: Kuvitteellinen" in request.text
        assert f'<a href="/asiakas/{party_id}/pyynnot">Kuvitteellinen' in officer.goto(QUEUE).text
        ((seen,),) = office.world.sql("select subjects from audit.event order by id desc limit 1")
        assert seen == [party_id], "the look is in the log"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fi", "Selostetta ei ole julkaistu; julkaise se."),
        ("sv", "Ingen beskrivning har publicerats; publicera en."),
        ("en", "No notice has been published; publish one."),
    ],
)
def test_what_is_wrong_with_the_notice_is_told_in_ones_own_language(
    database_url: str, tmp_path: Path, language: str, told: str
) -> None:
    with an_office(database_url, tmp_path) as office:
        officer = office.visitor("tietosuoja", language)
        page = officer.goto(NOTICE)
        assert told in page.text
        assert told not in officer.send(NOTICE).text
