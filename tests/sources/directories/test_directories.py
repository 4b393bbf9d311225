"""Public directories: of our own customers alone, once, with what does not hold set aside; used where bills go."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest

from rekisteri.access import Action
from rekisteri.catalogue import Disclosure, Purpose, Reason, Role
from rekisteri.ground.errors import Conflict, Refused, Rejected
from rekisteri.payers import Channel, ReportKind
from rekisteri.sources import directories
from rekisteri.sources.directories import Delivery, Directory, Mode, Quarantined
from tests.builders import AAPO, World, a_company, a_person, a_viewer, a_world, only
from tests.payers.asking import a_reason, answer
from tests.payers.test_reporting import tell

ONE, TWO, THREE = "2769790-1", "0201256-6", "0116297-6"
HEADINGS = "Yrityksen nimi;Y-tunnus;OVT-tunnus;Vastaanotto-osoite;Operaattori;Välittäjän tunnus;Lähettää;Vastaanottaa"
MAVENTA, BASWARE = "003721291126", "BAWCFI22"


def row(ytunnus: str, address: str, operator: str = MAVENTA, receives: str = "Kyllä", ovt: str = "") -> str:
    return f"Keksitty Oy;{ytunnus};{ovt};{address};Välittäjä;{operator};Kyllä;{receives}"


def a_file(folder: Path, *rows: str, name: str = "osoitteet.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes("\r\n".join([HEADINGS, *rows, ""]).encode(encoding))
    return path


def take(
    world: World, path: Path, directory: Directory = Directory.EINVOICE, mode: Mode | None = None, **more: Any
) -> Delivery:
    register = world.register
    seen: list[int] = []
    with register.door.write(world.maintainer, Action.DIRECTORY_IMPORT, Purpose.UPKEEP) as tx:
        request = directories.Request(path, register.layout(directory), mode, **more)
        made = directories.take(tx, register.vault, world.rules(), request, seen.append)
    assert seen == sorted(seen)
    return made


def set_aside(world: World, directory: Directory = Directory.EINVOICE) -> list[Quarantined]:
    with world.register.door.read(world.maintainer, Action.DIRECTORY_READ, Purpose.UPKEEP) as tx:
        return directories.quarantine(tx, world.register.vault, directory, limit=100)


def counts(made: Delivery) -> dict[str, int]:
    return {name: count for name, count in made.counts.items() if count}


def einvoice(world: World, number: str = "1") -> dict[str, Any]:
    channel: dict[str, Any] = answer(world, number)["deliveries"][0]["channel"]
    return channel


def test_a_directory_tells_of_our_customers_alone_and_bills_go_where_it_says(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        a_reason(world, Channel.EINVOICE, Channel.LETTER)
        own = {"einvoice_address__address": "003700000001", "einvoice_address__operator": BASWARE}
        world.take(world.town, a_company("1", ONE, **own), a_company("2", TWO), a_person("3", AAPO, ytunnus=THREE))
        assert einvoice(world)["routing"] == {"address": "003700000001", "operator": BASWARE}
        path = a_file(
            tmp_path,
            row(ONE, "3727697901", "3721291126"),
            row(ONE, "TE00372769790", BASWARE),
            row(TWO, "", MAVENTA, ovt="003702012566"),
            row(THREE, "003701162976"),
            row("1572860-0", "003715728600"),
            row("2769790-2", "003727697902"),
            "too;few",
            row(TWO, "003702012566", receives="Ei"),
        )
        made = take(world, path)
        assert counts(made) == {
            "rows": 8, "customers": 2, "new": 2, "further": 1, "strangers": 1, "people": 1, "silent": 1, "quarantined": 2,
        }  # fmt: skip
        assert made.reasons == {"ytunnus_invalid": 1, "cell_count": 1}
        channel = einvoice(world)
        assert channel["routing"] == {"address": "003727697901", "operator": MAVENTA}, "lost zeros are mended"
        assert (channel["why"]["source"], channel["why"].get("own")) == ("einvoice_directory", None)
        assert einvoice(world, "2")["routing"]["address"] == "003702012566"
        bad = set_aside(world)
        assert [(one.row_no, one.field, one.reason) for one in bad] == [
            (7, "ytunnus", Reason.YTUNNUS_INVALID), (8, "", Reason.CELL_COUNT)
        ]  # fmt: skip
        assert b"2769790-2" in bad[0].raw
        (kept,) = world.sql("select count(*) from parties.statement where content::text ~ '003715728600'")
        assert kept == (0,), "of nobody's customers nothing is kept"
        ((sealed,),) = world.sql("select raw from sources.directory_fault where row_no = 7")
        assert b"2769790-2" not in bytes(sealed)  # type: ignore[call-overload]

        before = world.sql("select count(*) from parties.statement")
        again = take(world, path)
        assert (again.counts["new"], again.counts["changed"], again.counts["unchanged"]) == (0, 0, 2)
        assert world.sql("select count(*) from parties.statement") == before
        assert len(set_aside(world)) == 2
        world.take(world.water, a_company("9", "1572860-0"))
        assert take(world, path).counts["new"] == 1, "whoever has come since is met by the same file"

        tell(world, ReportKind.CHANNEL_REFUSED, channel=Channel.EINVOICE, address={"address": "003727697901"})
        assert einvoice(world)["routing"]["address"] == "003700000001", "a refused address yields to the next believed"


def test_a_full_file_ends_what_it_no_longer_tells_and_a_part_or_a_torn_one_does_not(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_world(database_url, tmp_path) as world:
        a_reason(world, Channel.EINVOICE, Channel.LETTER)
        world.take(world.town, a_company("1", ONE), a_company("2", TWO))
        take(world, a_file(tmp_path, row(ONE, "003727697901"), row(TWO, "003702012566")))
        only_one = a_file(tmp_path, row(ONE, "003727697901"), name="one.csv")
        assert take(world, only_one, mode="delta").counts["ended"] == 0
        broken = take(world, a_file(tmp_path, row(ONE, "003727697901"), row(TWO, "not an address!")))
        assert (broken.counts["ended"], broken.counts["quarantined"]) == (0, 1), "a row that does not hold ends nothing"
        monkeypatch.setattr("rekisteri.sources.directories.intake.ENDING_FREE", 0)
        with pytest.raises(Conflict, match="lacks 1 of the 2"):
            take(world, only_one)
        assert einvoice(world, "2")["code"] == "einvoice"
        world.clock.pass_days(1)
        assert take(world, only_one, allow_endings=True).counts["ended"] == 1
        assert (einvoice(world)["code"], einvoice(world, "2")["code"]) == ("einvoice", "letter")
        world.clock.pass_days(1)
        moved = take(world, a_file(tmp_path, row(ONE, "TE00372769790", BASWARE), row(TWO, "003702012566")))
        assert (moved.counts["changed"], einvoice(world, "2")["code"]) == (2, "einvoice")
        assert einvoice(world)["routing"] == {"address": "TE00372769790", "operator": BASWARE}


def test_csv_xml_and_json_of_one_directory_say_the_same_and_a_layout_at_home_holds_instead(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_company("1", ONE))
        assert counts(take(world, a_file(tmp_path, row(ONE, "003727697901"), encoding="iso-8859-15")))["new"] == 1
        xml = tmp_path / "a.xml"
        xml.write_text(
            f"""<?xml version="1.0" encoding="UTF-8"?><Companies xmlns="urn:x"><!-- a --><Company><BasicInfo>
            <BusinessId>{ONE}</BusinessId></BasicInfo><Addresses><Address><ID>nowhere</ID><ServiceID><ID>{BASWARE}</ID></ServiceID>
            <Receives>false</Receives></Address><Address><ID>003727697901</ID><ServiceID><ID>{MAVENTA}</ID></ServiceID>
            <Receives>true</Receives></Address></Addresses></Company></Companies>""",
            "utf-8",
        )
        js = tmp_path / "a.json"
        js.write_bytes(
            orjson.dumps(
                {"made": 1, "companies": [
                    {"businessId": ONE, "addresses": [{"address": "003727697901", "operatorId": MAVENTA, "receives": True}]},
                    {"businessId": "1572860-0", "addresses": []}, 7,
                ]}
            )
        )  # fmt: skip
        assert counts(take(world, xml)) == {"rows": 1, "customers": 1, "unchanged": 1}
        assert counts(take(world, js)) == {
            "rows": 3, "customers": 1, "unchanged": 1, "strangers": 1, "quarantined": 1
        }  # fmt: skip

        layout = tmp_path / "directories" / "einvoice.toml"
        layout.parent.mkdir()
        home = '[csv]\nytunnus = "FO"\naddress = "Adress"\noperator = "Op"\n'
        layout.write_text(f'directory = "einvoice"\nmode = "full"\n{home}', "utf-8")
        path = tmp_path / "b.csv"
        path.write_text(f"FO,Adress,Op\n{ONE},003727697901,{MAVENTA}\n", "utf-8")
        assert counts(take(world, path)) == {"rows": 1, "customers": 1, "unchanged": 1}
        with pytest.raises(Rejected, match="tells nothing of JSON"):
            take(world, js)
        for wrong, said in (
            ("directory = ", "is not TOML"), ('directory = "business"', "not a layout of"),
            ('directory = "einvoice"\nmode = "some"', "mode is"), ('directory = "einvoice"\nmode = "full"', "no format"),
            ('directory = "einvoice"\nmode = "full"\n[csv]\naddress = "a"', "business ID"),
            ('directory = "einvoice"\nmode = "full"\n[json]\nytunnus = "a[b"', "is no path"),
            ('directory = "einvoice"\nmode = "full"\nwhim = 1', "whim means nothing"),
        ):  # fmt: skip
            layout.write_text(wrong, "utf-8")
            with pytest.raises(Rejected, match=said):
                take(world, path)


def test_a_file_that_can_not_be_read_is_refused_whole_and_changes_nothing(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_company("1", ONE))
        good = f'{{"businessId":"{ONE}","addresses":[{{"address":"003727697901","operatorId":"{MAVENTA}"}}]}}'
        bomb = (
            b'<!DOCTYPE x [<!ENTITY a "aaaa">]><Companies><Company><BusinessId>&a;</BusinessId></Company></Companies>'
        )
        for content, said in (
            (b"", "is empty"), (b"a;b\n1;2\n", "no column of ytunnus"), (b'{"companies": {}}', "no list companies"),
            (f'{{"companies": [{good}'.encode(), "broken after 1 rows"), (f'[{good}, {{"a": ]'.encode(), "broken after 1"),
            (b"<Companies><Company>", "broken after 0"), (b"<Owners/>", "has no Company"), (bomb, "DTD"),
            (b'{"companies": [' + b"[" * 200_000, "deeper than|broken"),
        ):  # fmt: skip
            path = tmp_path / "file"
            path.write_bytes(content)
            with pytest.raises(Rejected, match=said):
                take(world, path)
        with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
            archive.writestr("a", good)
            archive.writestr("b", good)
        with pytest.raises(Rejected, match="holds 2 files"):
            take(world, tmp_path / "two.zip")
        assert world.sql("select count(*) from sources.directory_run") == [(0,)]
        for role in (Role.INVOICER, Role.AUDITOR, Role.ADMINISTRATOR):
            viewer = a_viewer(role)
            with (
                pytest.raises(Refused),
                world.register.door.write(viewer, Action.DIRECTORY_IMPORT, viewer.purposes()[0]),
            ):
                pass


def test_the_business_information_system_tells_name_address_bankruptcy_and_end(
    database_url: str, tmp_path: Path
) -> None:
    company: dict[str, Any] = {
        "businessId": {"value": ONE, "registrationDate": "2016-05-01", "source": "3"},
        "names": [
            {"name": "Vanha Nimi Oy", "type": "1", "registrationDate": "2016-05-01", "endDate": "2020-01-01", "version": 2},
            {"name": "Keksitty Laiva Oy", "type": "1", "registrationDate": "2020-01-01", "version": 1},
            {"name": "Laivapaja", "type": "3", "registrationDate": "2021-01-01", "version": 1},
        ],
        "addresses": [
            {"type": 1, "street": "Satamakatu", "buildingNumber": "12", "entrance": "B", "apartmentNumber": "3",
             "postCode": "20100", "postOffices": [{"city": "ÅBO", "languageCode": "2"}, {"city": "TURKU", "languageCode": "1"}]},
            {"type": 2, "postOfficeBox": "77", "postCode": "20101", "postOffices": [{"city": "TURKU", "languageCode": "1"}]},
        ],
        "companySituations": [],
    }  # fmt: skip

    def packed(*companies: dict[str, Any]) -> Path:
        path = tmp_path / "all_companies.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("all_companies.json", orjson.dumps(companies))
        return path

    with a_world(database_url, tmp_path) as world:
        a_reason(world)
        party_id = only(world.take(world.town, a_company("1", ONE)))
        stranger = company | {"businessId": {"value": "1572860-0"}}
        made = take(world, packed(company, stranger), Directory.BUSINESS)
        assert counts(made) == {"rows": 2, "customers": 1, "new": 1, "strangers": 1}
        kept = world.kept(party_id)
        assert kept["organisation_name"] == "Keksitty Laiva Oy"
        assert kept["auxiliary_names"] == ["Laivapaja"]
        assert kept["permanent_address"] == {"street": "Satamakatu 12 B 3", "postcode": "20100", "town": "TURKU"}
        told = answer(world, "1")
        assert told["deliveries"][0]["lines"] == ["Keksitty Laiva Oy", "PL 77", "20101 TURKU"]
        assert told["deliveries"][0]["address"]["why"]["source"] == "directory"
        assert [hit.name for hit in world.find("Laivapaja")] == ["Keksitty Laiva Oy"]

        world.clock.pass_days(30)
        bankrupt = company | {"companySituations": [{"type": "KONK", "registrationDate": "2026-03-20"}]}
        assert take(world, packed(bankrupt), Directory.BUSINESS, "delta").counts["changed"] == 1
        told = answer(world, "1")
        assert [(one["code"], one["since"], one["why"]["source"]) for one in told["stops"]] == [
            ("bankruptcy", "2026-03-20", "directory")
        ]  # fmt: skip
        assert told["may"]["collection"] is False
        world.clock.pass_days(1)
        take(world, packed(company | {"endDate": "2026-03-31"}), Directory.BUSINESS, "delta")
        assert {one["code"] for one in answer(world, "1")["stops"]} == {"dissolved"}
        world.clock.pass_days(1)
        odd = company | {"addresses": [{"type": 1, "street": "=HYPERLINK()", "postCode": "20100"}]}
        assert take(world, packed(odd), Directory.BUSINESS).counts["quarantined"] == 1
        (bad,) = set_aside(world, Directory.BUSINESS)
        assert (bad.row_no, bad.field, bad.reason) == (1, "permanent_address.street", Reason.FORMULA)
        assert world.card(party_id).turvakielto is not Disclosure.ON


def test_whatever_stands_in_a_row_costs_that_row_and_not_the_file(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_company("1", ONE), a_company("2", TWO))
        odd = (
            '{"businessId": 123456789012345678901234567890}', '{"businessId": NaN}', '{"businessId": {"value": "x"}}',
            f'{{"businessId": "{ONE}", "addresses": [{{"address": "\\ud800", "operatorId": "{MAVENTA}"}}]}}',
            f'{{"businessId": "{ONE}", "addresses": [{{"address": "\\u0000", "operatorId": "{MAVENTA}"}}]}}',
            f'{{"businessId": "{ONE}", "addresses": "none"}}', f'{{"businessId": ["{ONE}", 1], "addresses": [[]]}}',
        )  # fmt: skip
        sound = f'{{"businessId": "{TWO}", "addresses": [{{"address": "003702012566", "operatorId": "{MAVENTA}"}}]}}'
        path = tmp_path / "odd.json"
        path.write_text("[" + ",".join((*odd, sound)) + "]", "utf-8")
        told = counts(take(world, path))
        assert (told["rows"], told["new"]) == (8, 1)
        assert told["quarantined"] + told.get("silent", 0) == 7
        assert len(set_aside(world)) == told["quarantined"]
