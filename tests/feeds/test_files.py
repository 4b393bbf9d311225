"""Files by the clock: whole or not at all, once a day; and the invoice's part for the customer fits the forms' own schemas."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
import python_calamine
from lxml import etree

from rekisteri.catalogue import Content, Disclosure, PartyKind, Value
from rekisteri.feeds import Made, finvoice, ubl
from rekisteri.feeds.portrait import Portrait
from tests.builders import BEA, CALLE, World, a_company, a_person
from tests.feeds.invoices import finvoice_faults, ubl_faults
from tests.feeds.told import a_told_world, declared

ON = date(2026, 3, 2)
NINE = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
FIELDS = [
    "surname", "first_names", "organisation_name", "ytunnus", "permanent_address", "postal_address", "contact_address",
    "phone", "email", "contact_language", "einvoice_address", "contact_person",
]  # fmt: skip
CUSTOMER = "{urn:rekisteri:customers:1}customer"


def a_file(form: str, at: str = "09:00:00") -> str:
    return declared("town-file", "kuusilahti", "file", form=form, folder="out", fields=FIELDS).replace(
        "country = ", f"at = {at}\ncountry = "
    )


def customers(world: World) -> None:
    """A person, one under an order, a company with an e-invoice address, one whose name no form takes."""
    world.take(
        world.town,
        a_person("T1", phone="+358401234567", email="aapo@esimerkki.fi", contact_language="sv"),
        a_person("T2", BEA, turvakielto="k", surname="Suojattu", permanent_address__street="Salainen 1",
                 contact_address__street="PL 7", contact_address__postcode="00999", contact_address__town="HELSINKI"),
        a_company("T3", einvoice_address__address="003727697901", einvoice_address__operator="003721291126",
                  contact_person="Kai Keksitty", email="lasku@laiva.example"),
        a_person("T4", CALLE, surname="Ö", first_names="Å"),
        a_company("=1+1", None, organisation_name="X" * 71),
    )  # fmt: skip


def made(world: World) -> Made | None:
    return world.register.filer.make(world.register.recipients[0])


def test_a_days_file_is_made_once_from_its_time_on_and_holds_no_covered_value(
    database_url: str, tmp_path: Path
) -> None:
    with a_told_world(database_url, tmp_path, a_file("csv")) as world:
        customers(world)
        world.clock.at = datetime(2026, 3, 2, 6, 59, tzinfo=UTC)
        assert made(world) is None, "its time has not come"
        world.clock.at = NINE
        done = made(world)
        assert done is not None
        assert (done.customers, done.unfit) == (5, [])
        assert made(world) is None, "the day's is made"
        text = (tmp_path / "out" / done.name).read_text("utf-8-sig")
        rows = {row["asiakasnumero"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}
        assert rows["T1"]["sahkoposti"] == "aapo@esimerkki.fi"
        assert rows["T1"]["osoite_katu"] == "Esimerkkitie 7 A 12"
        assert (rows["T2"]["turvakielto"], rows["T2"]["osoite_katu"], rows["T2"]["yhteysosoite_katu"]) == (
            "on",
            "",
            "PL 7",
        )
        assert rows["T2"]["ei_kerrota"].startswith("permanent_address")
        assert "Salainen" not in text
        world.clock.pass_days(1)
        assert made(world) is not None
        assert len(list((tmp_path / "out").iterdir())) == 2
        (subjects,) = world.sql(
            "select subject_count from audit.event where action = 'feed:deliver' and subject_count > 0 order by id limit 1"
        )[0]
        assert subjects == 5
        assert {row[0] for row in world.sql("select cardinality(record_ids) from feeds.handover")} == {5}


def test_a_workbook_has_the_same_cells_all_of_them_texts(database_url: str, tmp_path: Path) -> None:
    with a_told_world(database_url, tmp_path, a_file("xlsx")) as world:
        customers(world)
        world.clock.at = NINE
        done = made(world)
        assert done is not None
        sheet = python_calamine.CalamineWorkbook.from_path(tmp_path / "out" / done.name).get_sheet_by_index(0)
        rows = {row[0]: dict(zip(sheet.to_python()[0], row, strict=True)) for row in sheet.to_python()[1:]}
        assert rows["=1+1"]["nimi"] == "X" * 71
        assert rows["T1"]["puhelin"] == "+358401234567"
        assert rows["T1"]["osoite_postinumero"] == "00999"


def test_what_a_killed_process_left_is_put_in_its_place_or_taken_away(database_url: str, tmp_path: Path) -> None:
    with a_told_world(database_url, tmp_path, a_file("csv")) as world:
        customers(world)
        world.clock.at = NINE
        done = made(world)
        assert done is not None
        folder = tmp_path / "out"
        # Killed after the act was in the log and before the file stood in its place; and before the act was.
        (folder / done.name).rename(folder / f".{done.name}.ready")
        (folder / ".town-file-20260302T235959.csv.ready").write_text("half")
        assert made(world) is None
        assert [one.name for one in folder.iterdir()] == [done.name]


def test_finvoice_and_ubl_files_tell_whom_they_leave_out_and_why(database_url: str, tmp_path: Path) -> None:
    with a_told_world(database_url, tmp_path, a_file("finvoice")) as world:
        customers(world)
        world.clock.at = NINE
        done = made(world)
        assert done is not None
        assert [(one.number, one.reason) for one in done.unfit] == [("=1+1", "name_length")]
        tree = etree.parse(tmp_path / "out" / done.name)
        found = {one.get("number"): one for one in tree.getroot().iter(CUSTOMER)}
        assert set(found) == {"T1", "T2", "T3", "T4"}
        for one in found.values():
            assert finvoice_faults(list(one)) == []
        assert found["T2"].findtext(".//BuyerStreetName") == "PL 7"
        assert found["T1"].findtext("InvoiceRecipientLanguageCode") == "SV"
        assert found["T3"].findtext(".//ToIntermediator") == "003721291126"
        assert "town-file" in (unfit := next((tmp_path / "out").glob("*.unfit.csv"))).name
        assert "name_length" in unfit.read_text("utf-8-sig")
    with a_told_world(database_url, tmp_path / "ubl", a_file("ubl")) as world:
        world.clock.at = NINE
        done = world.register.filer.make(world.register.recipients[0], whatever_the_time=True)
        assert done is not None
        assert sorted((one.number, one.reason) for one in done.unfit) == [
            ("=1+1", "no_endpoint"), ("T1", "no_endpoint"), ("T2", "no_endpoint"), ("T4", "no_endpoint"),
        ]  # fmt: skip
        (party,) = etree.parse(tmp_path / "ubl" / "out" / done.name).getroot().iter(CUSTOMER)
        assert ubl_faults(list(party)) == []


# The limits of the forms, at their edges, held by independent schemas


def a_portrait(kind: PartyKind = PartyKind.ORGANISATION, number: str = "T1", **values: Value) -> Portrait:
    return Portrait(UUID(int=1), number, UUID(int=1), kind, 1, Disclosure.OFF, ON, dict(values), ())


def an_address(**parts: str) -> Content:
    return {"street": "Katu 1", "postcode": "00999", "town": "HELSINKI"} | parts


NAMED: Content = {"organisation_name": "Keksitty Oy", "postal_address": an_address()}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (NAMED, None),
        (NAMED | {"organisation_name": "X" * 70}, None),
        (NAMED | {"organisation_name": "X" * 71}, "name_length"),
        (NAMED | {"organisation_name": "X"}, "name_length"),
        (NAMED | {"organisation_name": "pitkä " * 20}, None),
        (NAMED | {"postal_address": an_address(street="K" * 35)}, None),
        (NAMED | {"postal_address": an_address(street="K" * 36)}, "street_length"),
        (NAMED | {"postal_address": an_address(street="Pitkän kadun varrella 117 B porras 3 asunto 221")}, None),
        (NAMED | {"postal_address": an_address(town="Å")}, "town_length"),
        (NAMED | {"postal_address": an_address(postcode="")}, "postcode_length"),
        (NAMED | {"postal_address": an_address(country="SE", care_of="Maija Mallikas")}, None),
        (NAMED | {"email": "a" * 60 + "@esimerkki.fi"}, "email_length"),
        (NAMED | {"phone": "+358401234567", "email": "a@b.example", "contact_person": "Kai"}, None),
        (NAMED | {"einvoice_address": {"address": "0" * 36, "operator": "003721291126"}}, "einvoice_address_length"),
        (NAMED | {"einvoice_address": {"address": "003727697901", "operator": "003721291126"}, "ytunnus": "2769790-1"}, None),
        ({"organisation_name": "Osoitteeton Oy"}, None),
        ({}, "name_length"),
    ],
)  # fmt: skip
def test_what_fits_finvoice_fits_its_schema_and_what_does_not_is_told(values: Content, reason: str | None) -> None:
    found = finvoice(a_portrait(**values), ON)
    if reason is None:
        assert not isinstance(found, str), found
        assert finvoice_faults(found) == []
        texts = [element.text for one in found for element in one.iter() if element.text]
        assert all(
            text in str(values) or text in ("T1", "FI", "SE", "c/o Maija Mallikas") or " " in text for text in texts
        )
    else:
        assert found == reason


def test_the_schema_itself_refuses_what_is_held_back() -> None:
    found = finvoice(a_portrait(**NAMED), ON)
    assert not isinstance(found, str)
    for element, text in (("BuyerOrganisationName", "X" * 71), ("BuyerStreetName", "K" * 36), ("BuyerTownName", "Å")):
        broken = [etree.fromstring(etree.tostring(one)) for one in found]
        next(one for whole in broken for one in whole.iter(element)).text = text
        assert finvoice_faults(broken), element


def test_a_ubl_customer_passes_the_published_schema_and_rules() -> None:
    endpoint: Content = {
        "einvoice_address": {"address": "003727697901", "operator": "003721291126"},
        "ytunnus": "2769790-1",
    }
    for more in ({}, {"contact_person": "Kai", "phone": "+358401234567", "email": "a@b.example"}):
        found = ubl(a_portrait(**(NAMED | endpoint | more)), ON)
        assert not isinstance(found, str)
        assert ubl_faults(found) == []
    assert ubl(a_portrait(PartyKind.PERSON, surname="X", first_names="Y"), ON) == "no_endpoint"
    assert ubl(a_portrait(organisation_name="X Oy", **endpoint), ON) == "no_address"
    broken = ubl(a_portrait(**(NAMED | endpoint)), ON)
    assert not isinstance(broken, str)
    legal = next(broken[0].iter("{*}PartyLegalEntity"))
    legal.getparent().remove(legal)
    assert ubl_faults(broken), "the rules want a buyer's name"
