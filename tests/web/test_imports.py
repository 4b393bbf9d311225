"""Deliveries over the pages: looked through first, then taken; what to mend, on the screen and as a file."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from httpx2 import Response

from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Rejected
from rekisteri.web import imports
from rekisteri.web.deliveries import FOLDER, Deliveries, Delivery, Handover, Stage
from tests.builders import a_person, a_viewer, a_world
from tests.web.browsing import Office, Visitor, an_office, form_to
from tests.web.town import FILE, a_town

WAIT_S = 30.0


def hand_in(visitor: Visitor, text: str = FILE, *, mode: str = "delta", name: str = "aineisto.csv") -> Response:
    """Hand a file in and wait until it has been looked through."""
    visitor.goto("/tuonti")
    visitor.send(
        "/tuonti", {"organisaatio": "kuusilahti", "laajuus": mode}, tiedosto=(name, text.encode())
    )  # fmt: skip
    return settled(visitor)


def settled(visitor: Visitor) -> Response:
    """The page of a delivery when it is no longer under way, by plain refreshing."""
    deadline = time.monotonic() + WAIT_S
    while 'id="eteneminen"' in visitor.page.text:
        assert time.monotonic() < deadline
        time.sleep(0.05)
        visitor.goto(visitor.page.url.path)
    return visitor.page


def files(office: Office) -> list[Path]:
    """What lies in the folder of handed-in files."""
    return [path for path in (office.world.register.settings.home / FOLDER).rglob("*") if path.is_file()]


def test_a_file_is_looked_through_without_a_trace_and_then_taken(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        a_town(office.world)
        parties = office.world.sql("select count(*) from parties.party")
        visitor = office.visitor("laskuttaja")
        page = hand_in(visitor)
        assert "Koeajo on valmis. Mitään ei ole vielä tallennettu." in page.text
        assert counts(page) == ["5", "1", "1", "0", "2", "1", "0"]
        assert "lemmikki" in page.text
        assert office.world.sql("select count(*) from parties.party") == parties
        assert office.world.sql("select count(*) from sources.batch") == [(0,)]
        (lying,) = [path for path in files(office) if path.name == "aineisto.csv"]
        assert lying.stat().st_mode & 0o077 == 0
        visitor.send(f"{page.url.path}/vie")
        page = settled(visitor)
        assert page.url.path.startswith("/tuonti/0")
        assert counts(page) == ["5", "1", "1", "0", "2", "1", "0"]
        assert files(office) == []
        assert "aineisto.csv" in visitor.goto("/tuonti").text


def counts(page: Response) -> list[str]:
    """The figures of a report, as they stand."""
    return [part.partition("<")[0] for part in page.text.partition('class="counts"')[2].split("<dd>")[1:]][:7]


def test_faults_name_row_column_reason_and_mend_in_the_viewers_language(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        a_town(office.world)
        visitor = office.visitor("laskuttaja", "sv")
        page = hand_in(visitor)
        rows = [part.partition("</tr>")[0] for part in page.text.partition('id="rivit"')[2].split("<tr>")[1:]]
        phone = next(row for row in rows if "puhelin" in row)
        assert '<td class="figure">5</td>' in phone
        assert "Telefonnumret är felaktigt" in phone
        assert "Skriv som 040 1234567" in phone
        assert "Avvisad" in phone


def test_the_rows_to_mend_come_as_a_file_before_and_after_taking(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        a_town(office.world)
        visitor = office.visitor("laskuttaja")
        page = hand_in(visitor)
        dry = visitor.client.get(f"{page.url.path}/korjattavat.csv")
        assert "Postiton" in dry.text
        assert "Puhelinnumero on virheellinen" in dry.text
        assert "attachment" in dry.headers["content-disposition"]
        visitor.send(f"{page.url.path}/vie")
        page = settled(visitor)
        taken = visitor.client.get(f"{page.url.path}/korjattavat.csv")
        assert taken.text == dry.text


def test_a_file_is_thrown_away_without_a_trace(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        a_town(office.world)
        visitor = office.visitor("laskuttaja")
        path = hand_in(visitor).url.path
        page = visitor.send(f"{path}/hylkaa")
        assert "Mitään ei tuotu" in page.text
        assert files(office) == []
        assert visitor.goto(path).status_code == 404


def test_a_file_can_be_taken_at_once_where_that_was_asked_for(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("laskuttaja")
        visitor.goto("/tuonti")
        visitor.send(
            "/tuonti",
            {"organisaatio": "kuusilahti", "laajuus": "delta", "heti": "k"},
            tiedosto=("a.csv", FILE.encode()),
        )
        page = settled(visitor)
        assert page.url.path.startswith("/tuonti/0")
        assert office.world.sql("select file_name, row_count from sources.batch") == [("a.csv", 5)]


def test_a_file_that_is_no_delivery_is_refused_whole_by_its_own_name(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        page = hand_in(office.visitor("laskuttaja"), "", name="tyhjä.csv")
        assert "tyhjä.csv: tiedosto on tyhjä" in page.text
        assert "Mitään ei tallennettu" in page.text
        assert files(office) == []


def test_a_full_file_that_would_end_very_many_stops_and_asks(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        rows = [a_person(str(number), None, surname=f"Nimi{number}") for number in range(70)]
        office.world.take(office.world.town, *rows)
        visitor = office.visitor("laskuttaja")
        page = hand_in(visitor, "asiakasnumero;sukunimi;etunimet\n1;Nimi1;Aapo\n", mode="full")
        assert "Koko aineistosta puuttuu 69 organisaation 70 asiakkaasta" in page.text
        visitor.send(f"{page.url.path}/vie")
        page = settled(visitor)
        assert counts(page)[6] == "69"
        assert office.world.sql("select count(*) from parties.record where ended_on is not null") == [(0,)]
        visitor.send(f"{page.url.path}/vie")
        settled(visitor)
        assert office.world.sql("select count(*) from parties.record where ended_on is not null") == [(69,)]


def test_a_file_name_never_carries_an_identity_code(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        page = hand_in(office.visitor("laskuttaja"), name="240360-909P.csv")
        assert "240360-909P" not in page.text.partition("<h1>")[2].partition("</h1>")[0]
        assert all("909P" not in path.name for path in files(office))


def test_a_delivery_belongs_to_who_handed_it_in_and_to_their_organisation(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        a_town(office.world)
        visitor = office.visitor("laskuttaja")
        path = hand_in(visitor).url.path
        assert office.visitor("yllapitaja").goto(path).status_code == 404
        visitor.goto("/tuonti")
        page = visitor.send("/tuonti", {"organisaatio": "vesi", "laajuus": "delta"}, tiedosto=("a.csv", FILE.encode()))
        assert page.status_code == 403


def test_a_form_without_its_choices_is_told_and_a_body_too_large_is_not_read(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("laskuttaja")
        visitor.goto("/tuonti")
        page = visitor.send("/tuonti", {"organisaatio": "kuusilahti"}, tiedosto=("a.csv", b""))
        assert page.status_code == 422
        assert "Valitse organisaatio, aineiston laajuus ja tiedosto" in page.text
        huge = {"content-length": str(imports.UPLOAD_MAX_BYTES + 1), "content-type": "multipart/form-data; boundary=x"}
        assert visitor.client.post("/tuonti", content=b"", headers=huge).status_code == 422
        assert visitor.client.post("/haku", content=(b"x" for _ in range(3))).status_code == 422


def test_what_a_killed_process_left_lying_is_cleared_away(database_url: str, tmp_path: Path) -> None:
    left = tmp_path / FOLDER / "lippu" / "aineisto.csv"
    left.parent.mkdir(parents=True)
    left.write_text("henkilotunnus")
    with an_office(database_url, tmp_path):
        assert not left.exists()


def test_the_form_of_handing_in_names_only_the_viewers_organisations(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        page = office.visitor("laskuttaja").goto("/tuonti")
        assert 'value="kuusilahti"' in page.text
        assert 'value="vesi"' not in page.text
        assert form_to(page, "/tuonti").fields["organisaatio"] == ["kuusilahti"]


def test_a_page_made_while_a_file_is_read_shows_one_moment(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        viewer = a_viewer(Role.INVOICER, world.town)
        deliveries = Deliveries(world.register)
        handover = Handover(viewer, Purpose.INVOICING, None, world.town, full=False)
        delivery = deliveries.receive(io.BytesIO(b"rivi"), "aineisto.csv", handover)
        delivery.stage = Stage.CHECKING
        seen = deliveries.glance(viewer.account_id, delivery.ticket)
        delivery.error, delivery.stage = Rejected("no delivery"), Stage.FAILED
        assert (seen.running, seen.error) == (True, None)
        assert deliveries.find(viewer.account_id, delivery.ticket).stage is Stage.FAILED


def test_a_file_is_gone_before_anybody_is_told_that_it_is_taken(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages = []
    unlink = Deliveries._unlink

    def seen(self: Deliveries, delivery: Delivery) -> None:
        stages.append(delivery.stage)
        unlink(self, delivery)

    monkeypatch.setattr(Deliveries, "_unlink", seen)
    with an_office(database_url, tmp_path) as office:
        a_town(office.world)
        visitor = office.visitor("laskuttaja")
        page = hand_in(visitor)
        visitor.send(f"{page.url.path}/vie")
        settled(visitor)
        assert stages == [Stage.TAKING]
