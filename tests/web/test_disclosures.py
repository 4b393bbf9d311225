"""The register of disclosures in the pages: enter, agree by another, give, strike, print."""

from __future__ import annotations

from pathlib import Path

from tests.builders import a_person, only
from tests.web.browsing import an_office

LEDGER = "/tietosuoja/luovutukset"


def test_a_line_is_written_agreed_given_and_printed(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        party_id = only(office.world.take(office.world.town, a_person("K1", turvakielto="k")))
        maintainer, officer = office.visitor("yllapitaja"), office.visitor("tietosuoja")
        assert "Luovutuksia ei ole" in maintainer.goto(LEDGER).text
        maintainer.goto(f"{LEDGER}/uusi?asiakas={party_id}")
        filled = {
            "saaja": "=Ulosottolaitos",
            "peruste": "ei mitään",
            "viite": "UL/1",
            "tieto": ["permanent_address"],
            "muoto": "handed",
        }
        page = maintainer.send(f"{LEDGER}/uusi", filled)
        assert page.status_code == 422
        assert "Nimeä laki ja pykälä" in page.text
        assert str(party_id) in page.text
        page = maintainer.send(f"{LEDGER}/uusi", {**filled, "peruste": "Ulosottokaari 3 luku 64 §"})
        assert "Tietoja ei ole vielä annettu" in page.text
        assert "Toisen henkilön on hyväksyttävä tämä" in page.text
        line = page.url.path
        officer.goto(line)
        assert "Tiedot voi nyt luovuttaa" in officer.send(f"{line}/hyvaksynta").text
        maintainer.goto(line)
        file = maintainer.send(f"{line}/tiedosto")
        assert file.headers["content-disposition"] == 'attachment; filename="luovutus-1.json"'
        assert file.json()["customers"][0]["data"]["permanent_address"]["street"] == "Esimerkkitie 7 A 12"
        assert "Luovutettu" in maintainer.goto(line).text
        assert maintainer.goto(f"{LEDGER}/rekisteri.pdf").content.startswith(b"%PDF")
        table = maintainer.goto(f"{LEDGER}/rekisteri.csv").text
        assert "'=Ulosottolaitos" in table
        assert "tietosuoja" in table
        assert office.visitor("laskuttaja").goto(LEDGER).status_code == 403
