"""Single disclosures: the ledger first, a second person for protected data, one file for one recipient, seen by the person."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import orjson
import pytest
from pyrage import decrypt, x25519

from rekisteri import rights
from rekisteri.access import Action, Viewer
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected
from rekisteri.rights import disclosures
from rekisteri.rights.disclosures import Entry, Form, State, Wanted
from tests.builders import AAPO, World, a_person, a_viewer, a_world, only
from tests.web.subjects import a_subject

SECOND = replace(a_viewer(Role.MAINTAINER), handle="test-second")


def wanted(*customers: UUID, **changed: object) -> Wanted:
    usual = Wanted(
        "Ulosottolaitos", "FI", "Ulosottokaari 705/2007 3 luku 64 §", "UL/2026/1", ("surname", "hetu", "permanent_address"),
        customers, Form.HANDED,
    )  # fmt: skip
    return replace(usual, **changed)


def entered(world: World, what: Wanted) -> Entry:
    with world.register.door.write(world.maintainer, Action.DISCLOSURE_ENTER, Purpose.UPKEEP) as tx:
        return disclosures.enter(tx, what)


def agreed(world: World, entry: Entry, who: Viewer = SECOND) -> Entry:
    with world.register.door.write(who, Action.DISCLOSURE_AGREE, Purpose.UPKEEP) as tx:
        return disclosures.agree(tx, entry.id)


def given(world: World, entry: Entry) -> bytes:
    with world.register.door.write(world.maintainer, Action.DISCLOSURE_GIVE, Purpose.UPKEEP) as tx:
        return disclosures.give(tx, world.register.vault, entry.id)


def test_the_line_comes_first_the_file_once_and_the_person_is_told(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", phone="0401234567")))
        entry = entered(world, wanted(party_id))
        assert (entry.number, entry.state, entry.protected, entry.customers) == (1, State.AGREED, False, 1)
        visitor = a_subject(world, party_id)
        assert "Ulosottolaitos" not in visitor.goto("/omat/luovutukset").text
        told = orjson.loads(given(world, entry))
        (customer,) = told["customers"]
        assert customer["data"] == {
            "hetu": AAPO,
            "surname": "Kuvitteellinen",
            "permanent_address": {"street": "Esimerkkitie 7 A 12", "postcode": "00999", "town": "HELSINKI"},
        }
        with pytest.raises(Conflict, match="given already"):
            given(world, entry)
        page = visitor.goto("/omat/luovutukset").text
        for word in ("Ulosottolaitos", "Ulosottokaari 705/2007", "Vakinainen osoite"):
            assert word in page
        assert "test-maintainer" not in page
        with world.register.door.write(world.maintainer, Action.RIGHTS_PACKAGE, Purpose.UPKEEP) as tx:
            package = rights.package(tx, world.register.vault, party_id, sent=world.register.sent)
        (section,) = [one for one in package.document.sections if one.code == "disclosures"]
        assert len(section.tables[0].rows) == 1
        acts = world.sql(
            "select action, subjects from audit.event where action like 'disclosure:%%' and outcome = 'done' order by id"
        )
        assert acts == [("disclosure:enter", [party_id]), ("disclosure:give", [party_id])]


def test_protected_data_waits_for_another_person_and_is_sealed_to_the_recipient(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", turvakielto="k")))
        key = x25519.Identity.generate()
        entry = entered(world, wanted(party_id, form=Form.SEALED, key=str(key.to_public())))
        assert entry.state is State.WAITING
        with pytest.raises(Conflict, match="second person"):
            given(world, entry)
        with pytest.raises(Conflict, match="Another person"):
            agreed(world, entry, world.maintainer)
        assert agreed(world, entry).state is State.AGREED
        sealed = given(world, entry)
        assert b"Esimerkkitie" not in sealed
        assert b"Esimerkkitie" in decrypt(sealed, [key])
        unprotected = entered(world, wanted(party_id, items=("surname",)))
        assert unprotected.state is State.AGREED


def test_an_order_that_comes_after_the_line_stops_it(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        entry = entered(world, wanted(party_id))
        world.take(world.town, a_person("K1", turvakielto="k"))
        with pytest.raises(Conflict, match="order has come since"):
            given(world, entry)
        with world.register.door.write(world.maintainer, Action.DISCLOSURE_ENTER, Purpose.UPKEEP) as tx:
            struck = disclosures.withdraw(tx, entry.id, "Turvakielto tuli")
        assert struck.state is State.WITHDRAWN
        with pytest.raises(Conflict, match="struck"):
            given(world, entry)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"country": "US"}, "country"),
        ({"ground": "Koska he pyysivät"}, "ground"),
        ({"ground": " "}, "ground"),
        ({"reference": f"Asia {AAPO}"}, "reference"),
        ({"recipient": "x" * 201}, "recipient"),
        ({"items": ()}, "items"),
        ({"items": ("customer_number",)}, "items"),
        ({"customers": ()}, "customers"),
        ({"form": Form.SEALED, "key": "age1nothing"}, "key"),
    ],
)
def test_what_a_line_lacks_is_said_by_its_field(
    database_url: str, tmp_path: Path, changed: dict[str, object], field: str
) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        with pytest.raises(Rejected) as told:
            entered(world, wanted(party_id, **changed))
        assert told.value.field == field
        assert world.sql("select count(*) from rights.disclosure") == [(0,)]


def test_whoever_may_not_is_refused_and_a_stranger_is_missing(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        with pytest.raises(Missing):
            entered(world, wanted(UUID(int=7)))
        invoicer = a_viewer(Role.INVOICER, world.town)
        with pytest.raises(Refused), world.register.door.read(invoicer, Action.DISCLOSURE_READ, Purpose.INVOICING):
            pass
