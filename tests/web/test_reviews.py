"""Reviewing rights and break-glass on screen, as each of those who have a part in it."""

from __future__ import annotations

from pathlib import Path

from rekisteri import access, wiring
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from tests.web.browsing import an_office


def test_rights_are_ticked_and_decided_and_the_evidence_is_there(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        world = office.world
        world.clock.pass_days(93)
        admin = office.visitor("paakayttaja")
        page = admin.goto("/hallinta/katselmus").text
        assert "Myöhässä olevia katselmuksia" in page
        with world.register.door.read(wiring.operator(), Action.GRANT_REVIEW, Purpose.ADMINISTRATION) as tx:
            found = {one.account: str(one.id) for one in access.due(tx)}
        own = found.pop("paakayttaja")
        assert f'value="{own}"' not in page, "nobody ticks their own"
        none = admin.send("/hallinta/katselmus/ratkaisu", {"ratkaisu": "confirmed", "perustelu": "jatkuu"})
        assert none.status_code == 422
        assert "Valitse ratkaistavat oikeudet" in none.text
        mine = admin.send(
            "/hallinta/katselmus/ratkaisu", {"ratkaisu": "confirmed", "perustelu": "jatkuu", "oikeus": own}
        )
        assert mine.status_code == 403
        done = admin.send(
            "/hallinta/katselmus/ratkaisu",
            {"ratkaisu": "ended", "perustelu": "tehtävä päättyi", "oikeus": found["perija"]},
        )
        assert done.status_code == 200
        assert "Oikeudet on katselmoitu." in done.text
        assert found["perija"] not in done.text
        assert "tehtävä päättyi" in admin.goto("/hallinta/katselmus/todisteet").text
        assert "tehtävä päättyi" in office.visitor("tarkastaja").goto("/hallinta/katselmus/todisteet").text
        assert office.visitor("laskuttaja").goto("/hallinta/katselmus").status_code == 403


def test_a_right_is_asked_for_opened_by_another_and_looked_through(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        world = office.world
        clerk, keeper, officer = (office.visitor(one) for one in ("laskuttaja", "yllapitaja", "tietosuoja"))
        wanted = {
            "rooli": "collector", "organisaatio": world.water.code, "tarkoitus": "collection", "minuutit": "30",
            "perustelu": "ulosotto alkaa aamulla",
        }  # fmt: skip
        clerk.goto("/hataoikeus")
        assert "asian viite" in clerk.send("/hataoikeus", wanted).text
        clerk.send("/tarkoitus", {"tarkoitus": "invoicing", "asia": "ULOS-2026/7"})
        clerk.goto("/hataoikeus")
        assert clerk.send("/hataoikeus", wanted | {"rooli": "officer"}).status_code == 422
        assert "Odottaa avaajaa" in clerk.send("/hataoikeus", wanted).text
        assert "Hätäoikeuksia tarkastamatta" not in officer.goto("/haku").text
        page = keeper.goto("/hataoikeus/pyynnot").text
        assert "ulosotto alkaa aamulla" in page
        late = office.visitor("yllapitaja")
        late.goto("/hataoikeus/pyynnot")
        address = page.partition('action="/hataoikeus/')[2].partition("/avaa")[0]
        assert "Oikeus on avattu." in keeper.send(f"/hataoikeus/{address}/avaa", {}).text
        assert late.send(f"/hataoikeus/{address}/hylkaa", {}).status_code == 409
        assert "Hätäoikeuksia tarkastamatta: 1" in officer.goto("/haku").text
        one = f"/valvonta/hataoikeudet/{address}"
        assert address in officer.goto("/valvonta/hataoikeudet").text
        assert "Keskeytä oikeus heti" in officer.goto(one).text
        world.clock.pass_days(0.01)
        assert "Oikeus on päätetty." in officer.send(f"{one}/keskeyta", {}).text
        assert officer.send(f"{one}/tarkasta", {"perustelu": "kysyin"}).status_code == 422
        assert "merkitty tarkastetuksi" in officer.send(
            f"{one}/tarkasta", {"ratkaisu": "justified", "perustelu": "kysyin esihenkilöltä"}
        ).text  # fmt: skip
        assert "kysyin esihenkilöltä" in officer.goto(one).text
        assert clerk.goto(one).status_code == 403
