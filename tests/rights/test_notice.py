"""The notice: whole in every language and form, written from what is declared, and true or told untrue.

The golden files are renewed by ``python -m tests.rights.test_notice``; read what changed.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import psycopg
import pytest

from rekisteri import feeds, rights, wiring
from rekisteri.access import Action
from rekisteri.catalogue import ITEMS, Purpose, Recipient, Role, SourceKind
from rekisteri.ground.egress import Connection
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.rights import Declared, Form, phrases, promises
from tests.builders import World, a_person, a_viewer, a_world, only
from tests.web.browsing import open_accounts

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = ("fi", "sv", "en")
HOUSE = """
[controller]
name = "Kuvitelman Talouspalvelut Oy"
ytunnus = "9900012-2"
address = "Esimerkkikatu 1, 00999 Helsinki"
phone = "+358 40 000 0000"
email = "rekisteri@kuvitelma.example"
[contact]
name = "Maija Mallikas"
email = "maija.mallikas@kuvitelma.example"
[officer]
name = "Ossi Suojaava"
email = "tietosuoja@kuvitelma.example"
"""
ARTICLES = {
    *("13.1.a", "13.1.b", "13.1.c", "13.1.e", "13.1.f", "13.2.a", "13.2.b", "13.2.c", "13.2.d", "13.2.e", "13.2.f"),
    *("14.1.a", "14.1.b", "14.1.c", "14.1.d", "14.1.e", "14.1.f", "14.2.a", "14.2.c", "14.2.d", "14.2.e", "14.2.f"),
    "14.2.g",
}
"""Every point of articles 13 and 14 but 13(1)(d) and 14(2)(b): legitimate interest is not open to an authority."""
RECORD = {"30.1.a", "30.1.b", "30.1.c", "30.1.d", "30.1.e", "30.1.f", "30.1.g"}


def a_house(folder: Path, text: str = HOUSE) -> rights.House:
    path = folder / rights.HOUSE_FILE
    path.write_text(text, "utf-8")
    return rights.load(path)


def declared(folder: Path) -> Declared:
    connection = Connection("vtj", "https://vtj.example/", "FI", "Väestötietojen tarkistus")
    return Declared(a_house(folder), "1125/410/14", (connection,))


@pytest.mark.parametrize("form", list(Form))
def test_the_documents_say_what_they_said(form: Form, tmp_path: Path) -> None:
    document = rights.document(form, declared(tmp_path))
    for language in LANGUAGES:
        assert rights.text(document, language) == (GOLDEN / f"{form}-{language}.txt").read_text("utf-8")


def test_every_point_the_law_asks_for_is_there(tmp_path: Path) -> None:
    found = {form: codes_of(rights.document(form, declared(tmp_path))) for form in Form}
    assert found[Form.DESCRIPTION] == [str(number) for number in range(1, 13)]
    assert {code for codes in found[Form.NOTICE] for code in codes.split()} >= ARTICLES
    assert set(found[Form.RECORD]) >= RECORD


def codes_of(document: rights.Document) -> list[str]:
    return [section.code for section in document.sections]


@pytest.mark.parametrize("form", list(Form))
def test_no_section_is_empty_in_any_language(form: Form, tmp_path: Path) -> None:
    document = rights.document(form, declared(tmp_path))
    for language in LANGUAGES:
        for section in rights.spoken(document, language)["sections"]:
            assert section["heading"]
            told = [*section["paragraphs"], *(entry["told"] for entry in section["entries"])]
            assert all(told)
            assert told or section["tables"], section["code"]


def test_an_item_that_is_declared_is_told_and_one_that_is_not_is_not(tmp_path: Path) -> None:
    whole = declared(tmp_path)
    less = replace(whole, items=[item for item in ITEMS if item.name != "refund_account"])
    found = rights.changes(rights.contents(whole), rights.contents(less))
    assert found
    assert all(one.told.en.startswith("Gone") or "Refund account" not in one.told.en for one in found)
    assert {one.section.split()[0] for one in found if "Palautustili" in one.told.fi} == {form.value for form in Form}
    assert rights.changes(rights.contents(whole), rights.contents(whole)) == []


def test_whose_register_it_is_must_be_written_down_and_sound(tmp_path: Path) -> None:
    with pytest.raises(Missing, match=r"house\.toml"):
        rights.load(tmp_path / "house.toml")
    with pytest.raises(Rejected, match=r"check digit"):
        a_house(tmp_path, HOUSE.replace("9900012-2", "9900012-3"))
    with pytest.raises(Rejected, match=r"officer"):
        a_house(tmp_path, HOUSE.partition("[officer]")[0])
    with pytest.raises(Rejected, match=r"TOML"):
        a_house(tmp_path, "controller = ")
    with pytest.raises(Rejected, match=r"surprise"):
        a_house(tmp_path, HOUSE + '\n[surprise]\nname = "x"\n')


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_accessible_by_an_independent_check(language: str, tmp_path: Path) -> None:
    path = tmp_path / "seloste.pdf"
    path.write_bytes(rights.pdf(rights.document(Form.RECORD, declared(tmp_path)), language, foot="foot"))
    checked = subprocess.run(
        [Path(sys.executable).parent / "pdfua", "check", path], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
    assert "errors=0 warnings=0" in checked.stdout
    with pikepdf.open(path) as paper:
        assert str(paper.Root.Lang) == language
        assert bool(paper.Root.MarkInfo.Marked)
        assert bool(paper.Root.ViewerPreferences.DisplayDocTitle)
        assert {"/H1", "/H2", "/Table", "/TH"} <= tags_of(paper.Root.StructTreeRoot)


def tags_of(node: Any) -> set[str]:
    """The structure's tags, from a node of its tree down."""
    found = {str(node.S)} if "/S" in node else set()
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            found |= tags_of(kid)
    return found


def test_text_is_never_markup_in_the_pdf(tmp_path: Path) -> None:
    nasty = HOUSE.replace("Maija Mallikas", "#panic() *x* $y$ [z] \\\\ @w")
    document = rights.document(Form.DESCRIPTION, Declared(a_house(tmp_path, nasty), None))
    assert rights.pdf(document, "fi").startswith(b"%PDF")


def verified(world: World, told: Declared, officer_may: bool = True) -> list[tuple[int, str]]:
    role = Role.OFFICER if officer_may else Role.INVOICER
    with world.register.door.read(a_viewer(role), Action.NOTICE_VERIFY, Purpose.DATA_PROTECTION) as tx:
        return [(one.section, one.subject) for one in rights.differences(tx, told, feeds.reached(tx))]


def publish(world: World, told: Declared) -> int:
    with world.register.door.write(a_viewer(Role.OFFICER), Action.NOTICE_PUBLISH, Purpose.DATA_PROTECTION) as tx:
        return rights.publish(tx, told).number


def test_the_running_system_is_held_to_the_notice(database_url: str, tmp_path: Path) -> None:
    told = declared(tmp_path)
    with a_world(database_url, tmp_path / "home") as world:
        assert verified(world, told) == [(3, "notice")]
        assert publish(world, told) == 1
        assert verified(world, told) == []
        with pytest.raises(Conflict):
            publish(world, told)
        world.take(world.town, a_person("K1"))
        assert verified(world, told) == []
        with psycopg.connect(database_url, autocommit=True) as owner:
            owner.execute("alter table parties.party add column diagnosis text")
            owner.execute("alter table parties.change drop column items")
        world.sql("update parties.source set kind = 'vtj', organisation_id = null returning 1")
        far = Connection("cloud", "https://cloud.example/", "US", "x")
        wrong = replace(told, permission=None, connections=(*told.connections, far))
        assert verified(world, wrong) == [
            (3, "notice"),
            (5, "parties.change.items"),
            (5, "parties.party.diagnosis"),
            (8, "cloud"),
            (9, "vtj"),
        ]
        assert publish(world, replace(told, permission="7/2026")) == 2
        with world.register.door.read(a_viewer(Role.AUDITOR), Action.NOTICE_READ, Purpose.DATA_PROTECTION) as tx:
            assert [one.number for one in rights.versions(tx)] == [2, 1]
            before, after = (rights.content_of(tx, number) for number in (1, 2))
            with pytest.raises(Missing):
                rights.content_of(tx, 9)
        assert [one.told.sv for one in rights.changes(before, after) if "7/2026" in one.told.sv]


def test_each_promise_that_does_not_hold_is_told(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = declared(tmp_path)
    ours = a_recipient("perinta", "kuusilahti", "FI")
    with a_world(database_url, tmp_path / "home") as world:
        party_id = only(world.take(world.town, a_person("K1", phone="0401112223")))
        told = replace(whole, recipients=(ours,))
        publish(world, told)
        open_accounts(world, world.town)

        def found(now: Declared, *reached: rights.Reached) -> list[tuple[int, str]]:
            with world.register.door.read(a_viewer(Role.OFFICER), Action.NOTICE_VERIFY, Purpose.DATA_PROTECTION) as tx:
                every = rights.differences(tx, now, reached)
            assert all(one.told.endswith(".") for one in every)
            return [(one.section, one.subject) for one in every if one.subject != "notice"]

        assert found(told, rights.Reached("perinta", "kuusilahti", ["email"])) == []
        assert found(told, rights.Reached("vieras", "kuusilahti", ["email"])) == [(7, "vieras")], "nobody declared"
        assert found(told, rights.Reached("perinta", "vesi", ["email"])) == [(7, "perinta")], "of another's customers"
        assert found(told, rights.Reached("perinta", "kuusilahti", ["phone"])) == [(7, "perinta")], "more than declared"
        assert found(replace(whole, recipients=(a_recipient("kauas", "kuusilahti", "US"),))) == [(8, "kauas")]
        assert found(replace(whole, recipients=(a_recipient("kenen", "ei-ole", "FI"),))) == [(7, "kenen")]
        with monkeypatch.context() as patch:
            patch.setattr(
                phrases,
                "ROLES_DO",
                {role: text for role, text in phrases.ROLES_DO.items() if role is not Role.COLLECTOR},
            )
            assert found(told) == [(9, "collector")], "a role in use that the notice does not tell of"
        with monkeypatch.context() as patch:
            email = next(item for item in ITEMS if item.name == "email")
            astray = replace(email, purposes=frozenset({Purpose.ADMINISTRATION}), retention="for ever")
            patch.setattr(promises, "ITEMS", [astray if item is email else item for item in ITEMS])
            assert found(told) == [(4, "email"), (5, "email")], (
                "an item for no purpose of the register, kept for no time"
            )
        with monkeypatch.context() as patch:
            none = [
                replace(item, ranks=tuple(one for one in item.ranks if one is not SourceKind.ORGANISATION))
                for item in ITEMS
            ]
            patch.setattr(promises, "ITEMS", none)
            assert found(told) == [(6, "organisation")], "a source that no item declares"
        with psycopg.connect(database_url, autocommit=True) as owner:
            owner.execute("create table parties.diary (party_id uuid, words text)")
            assert [subject for _, subject in found(told)] == ["parties.diary.party_id", "parties.diary.words"]
            owner.execute("drop table parties.diary")
        world.end(world.town, "K1")
        world.clock.pass_days(400)
        assert found(told) == [(5, "contact"), (5, "nightly")], "a telephone number that is kept past its time"
        wiring.retain(world.register)
        assert found(told) == []
        assert party_id


def a_recipient(name: str, organisation: str, country: str) -> Recipient:
    said = {"fi": "Perintä", "sv": "Indrivning", "en": "Collection"}
    return Recipient.model_validate(
        {"name": name, "title": said, "organisation": organisation, "purpose": "collection", "ground": said,
         "country": country, "fields": ("email",), "way": "feed", "system": "x"}
    )  # fmt: skip


if __name__ == "__main__":
    here = Path(sys.argv[1] if len(sys.argv) > 1 else "/tmp")
    for one in Form:
        for tongue in LANGUAGES:
            (GOLDEN / f"{one}-{tongue}.txt").write_text(
                rights.text(rights.document(one, declared(here)), tongue), "utf-8"
            )
