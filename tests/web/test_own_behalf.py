"""Acting for another in the own pages: whom, how far, under whose eyes; and nobody protected is ever told of."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID

from tests.builders import AAPO, BEA, CALLE, DIDRIK, EEVA, World, a_person, a_world, only
from tests.web.browsing import HOUSE, HOUSE_FILE, forms_of
from tests.web.subjects import a_subject

CHILD = "150515A903P"


def a_child(world: World, number: str = "L1", hetu: str = CHILD, **parts: str) -> UUID:
    return only(world.take(world.town, a_person(number, hetu, first_names="Lapsi", phone="0401112223", **parts)))


def told_custodians(world: World, child: UUID, *people: tuple[str, str]) -> None:
    """A maintainer's word on who the custodians are, as VTJ's would be."""
    parts = {f"[{place}].{name}" if place else name: text for place, (who, code) in enumerate(people)
             for name, text in (("name", who), ("hetu", code))}  # fmt: skip
    world.correct(child, "custodian", None, **parts)


def family(world: World, mother_order: str = "e", father_order: str = "e") -> tuple[UUID, UUID, UUID]:
    mother = only(world.take(world.town, a_person("A1", AAPO, first_names="Aino", turvakielto=mother_order)))
    father = only(world.take(world.water, a_person("B1", BEA, first_names="Isto", turvakielto=father_order)))
    child = a_child(world)
    told_custodians(world, child, ("Kuvitteellinen Aino", AAPO), ("Kuvitteellinen Isto", BEA))
    return mother, father, child


def test_a_custodian_sees_the_child_under_a_banner_and_the_log_says_in_whose_stead(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        mother, _, child = family(world)
        visitor = a_subject(world, mother)
        page = visitor.goto("/omat/edustus")
        assert "Kuvitteellinen Lapsi" in page.text
        assert "Huoltajia on useita" in page.text
        before = visitor.client.cookies.get("rekisteri")
        page = visitor.send("/omat/edustus", {"kuka": str(child)})
        assert "Katsot toisen henkilön tietoja: Kuvitteellinen Lapsi" in page.text
        assert visitor.client.cookies.get("rekisteri") != before
        page = visitor.goto("/omat/tiedot")
        assert "Katsot toisen henkilön tietoja" in page.text
        assert "Esimerkkitie 7" in page.text
        assert "Isto" not in page.text
        assert "Aino" not in page.text
        assert world.sql(
            "select account, subjects, detail->>'acts_for' from audit.event where action = 'self:read' "
            "and outcome = 'done' order by id desc limit 1"
        ) == [(f"subject:{mother}", [child], str(child))]
        assert visitor.goto("/omat/suojatut").status_code == 404
        visitor.goto("/omat")
        assert "Katsot taas omia tietojasi" in visitor.send("/omat/edustus", {"kuka": ""}).text
        seen = a_subject(world, child, "Lapsi Kuvitteellinen").goto("/omat/katselut").text
        assert "Edustaja" in seen
        assert str(mother) not in seen


def test_one_of_several_custodians_asks_and_a_sole_one_states(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        mother, _, child = family(world)
        visitor = a_subject(world, mother)
        visitor.goto("/omat/edustus")
        visitor.send("/omat/edustus", {"kuka": str(child)})
        visitor.goto("/omat/yhteystiedot/phone")
        page = visitor.send("/omat/yhteystiedot/phone", {"phone": "0507654321"})
        assert "Pyyntösi on vastaanotettu." in page.text
        assert world.kept(child)["phone"] == "+358401112223"
        assert world.sql("select kind, channel, identity_by from rights.request") == [
            ("rectification", "self_service", "mandate")
        ]
        assert visitor.goto("/omat/yhteystiedot/invoice_channel").status_code == 404
        told_custodians(world, child, ("Kuvitteellinen Aino", AAPO))
        visitor.goto("/omat/yhteystiedot/phone")
        visitor.send("/omat/yhteystiedot/phone", {"phone": "0507654321"})
        assert world.kept(child)["phone"] == "+358507654321"
        assert world.sql("select reason from parties.statement where reason like 'Huoltaja%%'") == [
            ("Huoltaja ilmoitti lapsen puolesta.",)
        ]


def test_the_other_parents_protection_closes_the_child_to_this_one_without_a_word(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        mother, father, child = family(world, mother_order="k")
        visitor = a_subject(world, father, "Isto Kuvitteellinen")
        empty = visitor.goto("/omat/edustus").text
        assert "Rekisteri ei tunne ketään" in empty
        assert "Lapsi" not in empty
        token = forms_of(visitor.page)[0].fields["csrf"][0]
        for unseen in (child, mother, UUID(int=1)):
            assert visitor.client.post("/omat/edustus", data={"kuka": str(unseen), "csrf": token}).status_code == 404


def test_a_child_under_protection_or_of_age_or_dead_is_not_acted_for_and_an_organisations_word_opens_nobody(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        mother = only(world.take(world.town, a_person("A1", AAPO, first_names="Aino")))
        protected = a_child(world, "L1", CHILD, turvakielto="k")
        dead = a_child(world, "L2", "010117A901W", deceased="k")
        grown = a_child(world, "L3", DIDRIK)
        for child in (protected, dead, grown):
            told_custodians(world, child, ("Kuvitteellinen Aino", AAPO))
        a_child(world, "L4", "020218A902M", custodian__name="Kuvitteellinen Aino", custodian__hetu=AAPO)
        visitor = a_subject(world, mother)
        assert "Rekisteri ei tunne ketään" in visitor.goto("/omat/edustus").text
        # An organisation's word is noted too: a household's order goes by it. It lets nobody act.
        assert world.sql("select count(*) from parties.named") == [(4,)]


def test_while_the_other_custodian_is_unknown_the_childs_addresses_stay_untold(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        mother = only(world.take(world.town, a_person("A1", AAPO, first_names="Aino")))
        child = a_child(world)
        told_custodians(world, child, ("Kuvitteellinen Aino", AAPO), ("Tuntematon Toinen", CALLE))
        visitor = a_subject(world, mother)
        visitor.goto("/omat/edustus")
        visitor.send("/omat/edustus", {"kuka": str(child)})
        for path in ("/omat/tiedot", "/omat/yhteystiedot", "/omat/yhteystiedot/phone"):
            page = visitor.goto(path)
            assert page.status_code == 200
            assert "Esimerkkitie" not in page.text
            assert "1112223" not in page.text
            assert "Tuntematon" not in page.text


def test_what_is_opened_ends_when_the_mandate_does(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        guardian = only(world.take(world.town, a_person("A1", AAPO)))
        ward = only(world.take(world.town, a_person("P1", EEVA, first_names="Päämies")))
        world.correct(
            ward, "guardian", date(2026, 4, 1), name="Kuvitteellinen Aapo", hetu=AAPO, matters="Taloudelliset asiat"
        )
        visitor = a_subject(world, guardian)
        page = visitor.goto("/omat/edustus")
        assert "Olet edunvalvoja" in page.text
        visitor.send("/omat/edustus", {"kuka": str(ward)})
        assert visitor.goto("/omat/tiedot").status_code == 200
        world.correct(
            ward, "guardian", date(2026, 4, 1), name="Kuvitteellinen Aapo", hetu=AAPO, matters="Terveydenhuolto"
        )
        page = visitor.goto("/omat/tiedot")
        assert page.url.path == "/omat/edustus"
        assert "Edustusoikeus ei ole enää voimassa" in page.text
        assert "Päämies" not in page.text
        page = visitor.send("/omat/edustus", {"kuka": ""})
        assert "Katsot taas omia tietojasi" in page.text
        page = visitor.client.post(
            "/omat/edustus", data={"kuka": str(ward), "csrf": forms_of(visitor.page)[0].fields["csrf"][0]}
        )
        assert page.status_code == 404


def test_a_case_is_opened_followed_and_answered_and_the_package_is_fetched_at_once(
    database_url: str, tmp_path: Path
) -> None:
    (tmp_path / HOUSE_FILE).write_text(HOUSE, "utf-8")
    with a_world(database_url, tmp_path) as world:
        mother, father, _ = family(world)
        visitor = a_subject(world, mother)
        visitor.goto("/omat/pyynnot")
        page = visitor.send("/omat/pyynnot", {"laji": "objection", "sanat": ""})
        assert page.status_code == 422
        assert "Kerro omin sanoin" in page.text
        page = visitor.send("/omat/pyynnot", {"laji": "restriction", "sanat": "Osoite on kiistanalainen."})
        assert "Vastaus viimeistään 2.4.2026" in page.text
        assert "Osoite on kiistanalainen." in page.text
        visitor.send(f"{page.url.path}/peru")
        visitor.goto("/omat/pyynnot")
        page = visitor.send("/omat/pyynnot", {"laji": "access"})
        case = page.url.path
        paper = visitor.send(f"{case}/paketti", {"muoto": "pdf"})
        assert paper.content.startswith(b"%PDF")
        assert "Toteutettu" in visitor.goto(case).text
        plain = visitor.client.post(
            f"{case}/paketti", data={"muoto": "json", "csrf": forms_of(visitor.page)[0].fields["csrf"][0]}
        )
        package = plain.json()
        assert package["customer"] == str(mother)
        assert package["counts"]["requests"] == 2
        assert AAPO in plain.text
        assert a_subject(world, father).goto(case).status_code == 404
        assert world.sql("select outcome, identity_by from rights.request order by opened_at, id") == [
            ("withdrawn", "strong_identification"),
            ("fulfilled", "strong_identification"),
        ]
