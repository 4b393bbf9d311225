"""A delivery: how each row ends, full and delta, the rehearsal, the file of rows to mend."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from rekisteri import parties
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.sources import organisations
from tests.builders import AAPO, BEA, CALLE, DIDRIK, EEVA, World, a_world

HEADINGS = ["asiakasnumero", "henkilotunnus", "sukunimi", "etunimet", "osoite_katu", "osoite_postinumero",
            "osoite_toimipaikka", "sahkoposti", "turvakielto", "lempivari"]  # fmt: skip
GOOD = [
    ["1", AAPO, "Kuvitteellinen", "Aapo", "Tie 1", "00999", "HELSINKI", "", "e", "sininen"],
    ["2", BEA, "Keksitty", "Bea", "Tie 2", "00999", "HELSINKI", "bea@example.org", "e", ""],
    ["3", CALLE, "Påhittad", "Calle", "Vägen 3", "65999", "VASA", "", "e", "röd"],
]


def a_file(folder: Path, rows: Sequence[Sequence[str]], name: str = "asiakkaat.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=";").writerows([HEADINGS, *rows])
    return path


def deliver(
    world: World, path: Path, *, full: bool = True, rehearse: bool = False, allow_endings: bool = False
) -> organisations.Report:
    request = organisations.Request(
        path=path, file_name=path.name, organisation_id=world.town.id, mapping=organisations.standard(), full=full,
        allow_endings=allow_endings, artificial_hetu=True, ordinary_hetu=False,
    )  # fmt: skip
    with world.register.door.write(world.maintainer, Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
        if rehearse:
            with tx.rehearsal():
                return organisations.run(tx, world.register.vault, request, lambda rows: None)
        return organisations.run(tx, world.register.vault, request, lambda rows: None)


def counts(report: organisations.Report) -> tuple[int, int, int, int, int, int]:
    return report.new, report.changed, report.unchanged, report.rejected, report.doubt, report.ended


def test_every_row_ends_in_one_of_five_ways_and_says_so(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        assert counts(deliver(world, a_file(tmp_path, GOOD))) == (3, 0, 0, 0, 0, 0)
        world.clock.pass_days(1)
        rows = [
            GOOD[0],
            [*GOOD[1][:7], "uusi@example.org", "e", ""],
            ["4", DIDRIK, "Uusi", "Didrik", "Tie 4", "00999", "HELSINKI", "", "e", ""],
            ["5", "060606B906A", "Virhe", "Eeva", "Tie 5", "99", "HELSINKI", "ei osoite", "ehkä", ""],
            ["3", EEVA, "Toinen", "Kahdesti", "", "", "", "", "", ""],
            ["3", CALLE, "Påhittad", "Calle", "Vägen 3", "65999", "VASA", "", "e", "röd"],
            ["", AAPO, "Nimetön", "Numeroton", "", "", "", "", "", ""],
            ["7", AAPO, "Aivan", "Toinen", "", "", "", "", "", ""],
        ]
        report = deliver(world, a_file(tmp_path, rows, "toinen.csv"))
    assert counts(report) == (1, 1, 1, 3, 2, 0)
    assert dict(report.dropped) == {"lempivari": 2}
    assert set(report.reasons) == {
        ("hetu_invalid", "henkilotunnus"), ("email_invalid", "sahkoposti"), ("not_yes_or_no", "turvakielto"),
        ("customer_number_twice", "asiakasnumero"), ("customer_number_missing", "asiakasnumero"),
        ("identity_changed", "henkilotunnus"), ("name_contradicts_identity", "henkilotunnus"),
    }  # fmt: skip


def test_the_same_file_again_changes_nothing(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        path = a_file(tmp_path, GOOD)
        deliver(world, path)
        before = world.sql("select (select count(*) from parties.statement), (select count(*) from parties.change)")
        assert counts(deliver(world, path)) == (0, 0, 3, 0, 0, 0)
        assert (
            world.sql("select (select count(*) from parties.statement), (select count(*) from parties.change)")
            == before
        )


def test_a_full_file_ends_what_it_lacks_and_a_delta_does_not(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        deliver(world, a_file(tmp_path, GOOD))
        world.clock.pass_days(1)
        assert counts(deliver(world, a_file(tmp_path, GOOD[:1], "osa.csv"), full=False)) == (0, 0, 1, 0, 0, 0)
        assert counts(deliver(world, a_file(tmp_path, GOOD[:2], "koko.csv"))) == (0, 0, 2, 0, 0, 1)
        live = world.sql("select key from parties.record where ended_on is null order by key")
    assert live == [("1",), ("2",)]


def test_a_rejected_row_does_not_end_its_customer(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        deliver(world, a_file(tmp_path, GOOD))
        broken = [GOOD[0], GOOD[1], [*GOOD[2][:5], "99", *GOOD[2][6:]]]
        assert counts(deliver(world, a_file(tmp_path, broken, "rikki.csv"))) == (0, 0, 2, 1, 0, 0)


def test_a_full_file_that_would_end_too_many_stops_and_asks(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        many = [[str(n), "", "Monta", f"Nimi{n}", "Tie 1", "00999", "HELSINKI", "", "e", ""] for n in range(100)]
        deliver(world, a_file(tmp_path, many))
        few = a_file(tmp_path, many[:10], "vain-osa.csv")
        with pytest.raises(Conflict, match="90"):
            deliver(world, few)
        assert world.sql("select count(*) from parties.record where ended_on is null") == [(100,)]
        assert deliver(world, few, allow_endings=True).ended == 90


def test_a_customer_number_with_a_sign_nobody_sees_is_rejected(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        unseen = [["\u200b" + GOOD[0][0], *GOOD[0][1:]]]
        report = deliver(world, a_file(tmp_path, [*GOOD, *unseen]))
        assert dict(report.reasons) == {("forbidden_character", "asiakasnumero"): 1}


@pytest.mark.parametrize("code", ["", "2769790-1"])
def test_a_customer_who_becomes_an_organisation_waits_for_a_person_and_then_is_one(
    database_url: str, tmp_path: Path, code: str
) -> None:
    """A sole trader is a person in one file and a firm in the next: that costs a row and not the delivery."""
    headings = "asiakasnumero;ytunnus;sukunimi;nimi\n"
    before, after = tmp_path / "ennen.csv", tmp_path / "nyt.csv"
    before.write_text(f"{headings}900;{code};Kuvitteellinen;\n", "utf-8")
    after.write_text(f"{headings}900;{code};;Kuvitteellinen Oy\n901;;Keksitty;\n", "utf-8")
    with a_world(database_url, tmp_path) as world:
        assert counts(deliver(world, before)) == (1, 0, 0, 0, 0, 0)
        (person,) = world.find("kuvitteellinen")
        report = deliver(world, after)
        assert counts(report) == (1, 0, 0, 0, 1, 0)
        column = "ytunnus" if code else "asiakasnumero"
        assert dict(report.reasons) == {("kind_contradicts_identity", column): 1}

        with world.register.door.write(world.maintainer, Action.WORK_DECIDE, Purpose.UPKEEP) as tx:
            (item,) = parties.work_list(tx)
            assert item.party_id == person.party_id
            with pytest.raises(Rejected, match="never the same customer"):
                organisations.decide_work(tx, world.register.vault, item.id, "linked", reason="same name")
            organisations.decide_work(tx, world.register.vault, item.id, "separate", reason="founded a firm")
        (hit,) = world.find("900")
        assert (hit.kind.value, hit.name, hit.party_id != person.party_id) == (
            "organisation",
            "Kuvitteellinen Oy",
            True,
        )
        assert counts(deliver(world, after)) == (0, 0, 2, 0, 0, 0)


def test_a_full_file_without_customers_ends_nobody_however_few_they_are(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        deliver(world, a_file(tmp_path, GOOD))
        headings_alone = a_file(tmp_path, [], "otsikot.csv")
        with pytest.raises(Conflict, match="lacks 3 of the organisation's 3"):
            deliver(world, headings_alone)
        assert deliver(world, headings_alone, allow_endings=True).ended == 3


def test_a_rehearsal_tells_the_same_and_leaves_nothing(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        path = a_file(tmp_path, GOOD)
        rehearsed = deliver(world, path, rehearse=True)
        assert world.sql("select count(*) from parties.party") == [(0,)]
        assert world.sql("select count(*) from sources.batch") == [(0,)]
        assert counts(deliver(world, path)) == counts(rehearsed)
        (event,) = world.sql("select detail from audit.event where action = 'import:run' order by at limit 1")
        assert isinstance(event[0], dict) and event[0]["new"] == 3


def test_rows_to_mend_go_out_and_come_back_mended(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        rows = [GOOD[0], ["2", BEA, "Keksitty", "=1+1", "Tie 2", "99", "HELSINKI", "", "e", ""]]
        report = deliver(world, a_file(tmp_path, rows))
        with world.register.door.read(world.maintainer, Action.IMPORT_READ, Purpose.UPKEEP) as tx:
            content = organisations.mend_file(tx, world.register.vault, report.batch_id, "fi")
        table = list(csv.reader(content.decode("utf-8-sig").splitlines(), delimiter=";"))
        assert len(table) == 2
        assert "Solussa on kaava" in " ".join(table[1]) and "etunimet" in " ".join(table[1])
        mended = [
            cell.replace("'=1+1", "Bea").replace("99", "00999") if cell in ("'=1+1", "99") else cell
            for cell in table[1]
        ]
        path = tmp_path / "korjattu.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";").writerows([table[0], mended])
        again = deliver(world, path)
        assert counts(again) == (1, 0, 0, 0, 0, 0), "a file of mended rows is never a full file"
        assert again.dropped == {}


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02binary\xff" * 50, b"jotain;ihan;muuta\n1;2;3\n"])
def test_a_file_that_does_not_hold_is_refused_whole(database_url: str, tmp_path: Path, content: bytes) -> None:
    with a_world(database_url, tmp_path) as world:
        path = tmp_path / "huono.csv"
        path.write_bytes(content)
        with pytest.raises(Rejected):
            deliver(world, path)
        assert world.sql("select count(*) from sources.batch") == [(0,)]
