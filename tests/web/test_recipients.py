"""Recipients in the pages: who is told, how far, what has failed; and it is sent again."""

from __future__ import annotations

from pathlib import Path

from rekisteri.catalogue import RECIPIENTS_FILE
from tests.builders import a_person
from tests.feeds.told import declared
from tests.web.browsing import an_office


def test_what_has_failed_is_shown_and_sent_again(database_url: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    told = declared("town-hook", "kuusilahti", "webhook", url="http://localhost:1/") + declared(
        "town-file", "kuusilahti", "file", form="finvoice", folder="out"
    ).replace("country = ", "at = 09:00:00\ncountry = ")
    (home / RECIPIENTS_FILE).write_text(told)
    with an_office(database_url, home) as office:
        world = office.world
        world.register.gatherer.gather()
        world.take(world.town, a_person("T1"))
        world.register.gatherer.gather()
        assert world.register.deliverer.deliver(world.register.recipients[0]).failed == 1
        visitor = office.visitor("yllapitaja")
        every = visitor.goto("/vastaanottajat").text
        assert "Yritetään uudelleen: 1" in every
        assert "Ei vielä aloitettu" in every
        one = visitor.goto("/vastaanottajat/town-hook").text
        assert "Järjestelmään ei saatu yhteyttä" in one
        assert "Julkinen tehtävä" in one
        assert "T1" not in one.partition("<main")[2], "a number is not a name to be read over a shoulder"
        assert "klo 09.00" in visitor.goto("/vastaanottajat/town-file").text
        world.sql("update feeds.event set state = 'dead' returning 1")
        assert "Lähettämisestä on luovuttu: town-hook" in visitor.goto("/vastaanottajat").text
        assert "Vastaanottajille lähettämättä: town-hook" in visitor.goto("/tyojono").text, "it is work for somebody"
        visitor.goto("/vastaanottajat/town-hook")
        assert "Lähetetään uudelleen" in visitor.send("/vastaanottajat/town-hook/uudelleen").text
        assert world.sql("select state, tries from feeds.event") == [("waiting", 0)]
        assert visitor.goto("/vastaanottajat/nobody").status_code == 404
        assert "on muuttunut" not in visitor.goto("/vastaanottajat").text
        (home / RECIPIENTS_FILE).write_text(told + declared("vesi-feed", "vesi"))
        assert "Vastaanottajien määrittely on muuttunut" in visitor.goto("/vastaanottajat").text
        for language, words in (("sv", "Mottagare"), ("en", "Recipients")):
            visitor.send("/kieli", {"kieli": language})
            assert words in visitor.goto("/vastaanottajat").text
