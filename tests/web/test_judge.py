"""Two cards side by side, made one, and taken apart again, in the pages."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from tests.builders import a_person
from tests.web.browsing import an_office
from tests.web.town import a_town


def test_two_cards_are_compared_merged_and_taken_apart_again(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        office.world.take(office.world.water, a_person("V77", None, email="toinen@esimerkki.fi"))
        other = UUID(str(office.world.sql("select party_id from parties.record where key = 'V77'")[0][0]))
        visitor = office.visitor("yllapitaja")
        path = f"/asiakas/{town.aapo}"
        page = visitor.goto(f"{path}/tietueet")
        assert str(other) in page.text
        page = visitor.send(f"{path}/yhdista", {"toinen": str(other)})
        assert "Ovatko nämä sama asiakas?" in page.text
        assert "toinen@esimerkki.fi" in page.text
        page = visitor.send(f"{path}/yhdista/vie", {"toinen": str(other), "perustelu": ""})
        assert page.status_code == 422
        page = visitor.send(f"{path}/yhdista/vie", {"toinen": str(other), "perustelu": "Kävi tiskillä"})
        assert "Asiakkaat ovat nyt yksi" in page.text
        assert "V77" in page.text
        page = visitor.goto(f"/asiakas/{other}")
        assert "V77" in page.text
        page = visitor.goto(f"{path}/tietueet")
        assert "Kävi tiskillä" in page.text
        page = visitor.send(f"{path}/erota", {"entinen": str(other), "perustelu": "Erehdys"})
        assert "Asiakkaat ovat nyt erikseen" in page.text
        assert page.url.path == f"/asiakas/{other}"
        assert "Yhdistäminen peruttiin" in visitor.goto(f"/asiakas/{other}/historia").text


def test_only_maintainers_see_the_way_there(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        visitor = office.visitor("laskuttaja")
        assert "/tietueet" not in visitor.goto(f"/asiakas/{town.aapo}").text
        assert visitor.goto(f"/asiakas/{town.aapo}/tietueet").status_code == 403
