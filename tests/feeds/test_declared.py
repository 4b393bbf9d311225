"""Who is told is declared, and what is declared is what the notice says; anything else is refused before it is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rekisteri import feeds, rights
from rekisteri.access import Action
from rekisteri.catalogue import RECIPIENTS_FILE, Purpose, Role, load_recipients
from rekisteri.ground.errors import Rejected
from rekisteri.rights import Declared, Form
from tests.builders import a_person, a_viewer
from tests.feeds.told import a_told_world, changes, declared
from tests.rights.test_notice import a_house

TODAY = date(2026, 3, 2)
TOWN = declared("town-billing", "kuusilahti")


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (declared("a", "kuusilahti"), "needs a name"),
        (declared("far", "kuusilahti", country="US"), "EU or EEA"),
        (declared("odd", "kuusilahti", country="fi"), "country"),
        (declared("odd", "kuusilahti", purpose="upkeep"), "purpose: nobody is told for upkeep"),
        (declared("odd", "kuusilahti", purpose="curiosity"), "purpose"),
        (declared("odd", "kuusilahti", fields=[]), "fields"),
        (declared("odd", "kuusilahti", fields=["shoe_size"]), "no item 'shoe_size'"),
        (declared("odd", "kuusilahti", fields=["hetu"]), "identity code"),
        (declared("odd", "kuusilahti", purpose="collection", fields=["einvoice_address"]), "not for collection"),
        (declared("odd", "kuusilahti", way="pigeon"), "way"),
        (declared("odd", "kuusilahti", system=None), "system: a recipient by feed needs it"),
        (declared("odd", "kuusilahti", url="https://x.example"), "url: means nothing"),
        (declared("odd", "kuusilahti", way="webhook"), "url: a recipient by webhook needs it"),
        (declared("odd", "kuusilahti", way="file", form="pdf"), "form"),
        (declared("odd", "kuusilahti", favour="all"), "favour"),
        ("[odd]\ncountry =", "cannot be read"),
        ("odd = 1", "odd"),
    ],
)  # fmt: skip
def test_a_declaration_that_does_not_hold_is_refused_and_says_where(tmp_path: Path, told: str, fault: str) -> None:
    (tmp_path / RECIPIENTS_FILE).write_text(told)
    with pytest.raises(Rejected, match=fault):
        load_recipients(tmp_path, TODAY)


def test_without_a_declaration_nobody_is_told_anything(tmp_path: Path) -> None:
    assert load_recipients(tmp_path, TODAY) == ()


def test_the_notice_names_every_recipient_with_ground_items_and_country(tmp_path: Path) -> None:
    (tmp_path / RECIPIENTS_FILE).write_text(TOWN)
    told = Declared(a_house(tmp_path), None, recipients=load_recipients(tmp_path, TODAY))
    for form in Form:
        for language, words in (
            ("fi", ("Laskutus", "kuusilahti", "Julkinen tehtävä", "Sukunimi", "FI")),
            ("sv", ("Fakturering", "Offentlig uppgift", "Efternamn")),
            ("en", ("Invoicing system", "Public task", "Surname")),
        ):
            text = rights.text(rights.document(form, told), language)
            assert all(word in text for word in words), (form, language)
        bare = rights.text(rights.document(form, replace(told, recipients=())), "en")
        assert "Invoicing system" not in bare


def test_verifying_the_notice_tells_whoever_was_told_beyond_it(database_url: str, tmp_path: Path) -> None:
    with a_told_world(database_url, tmp_path, TOWN) as world:
        told = Declared(a_house(tmp_path), None, recipients=world.register.recipients)
        officer = a_viewer(Role.OFFICER)

        def differing(now: Declared) -> list[tuple[int, str]]:
            with world.register.door.read(officer, Action.NOTICE_VERIFY, Purpose.DATA_PROTECTION) as tx:
                return [(one.section, one.subject) for one in rights.differences(tx, now, feeds.reached(tx))]

        with world.register.door.write(officer, Action.NOTICE_PUBLISH, Purpose.DATA_PROTECTION) as tx:
            rights.publish(tx, told)
        world.take(world.town, a_person("T1"))
        changes(world, "town-billing", world.town)
        assert differing(told) == []
        (one,) = told.recipients
        published = (3, "notice")
        assert differing(replace(told, recipients=())) == [published, (7, "town-billing")]
        fewer = one.model_copy(update={"fields": ("surname",)})
        assert differing(replace(told, recipients=(fewer,))) == [published, (7, "town-billing")]
        moved = one.model_copy(update={"organisation": "vesi"})
        assert differing(replace(told, recipients=(moved,))) == [published, (7, "town-billing")]
        unknown = one.model_copy(update={"organisation": "nowhere", "name": "town-other"})
        assert differing(replace(told, recipients=(one, unknown))) == [published, (7, "town-other")]
        abroad = one.model_copy(update={"country": "US"})
        assert differing(replace(told, recipients=(abroad,))) == [published, (8, "town-billing")]
