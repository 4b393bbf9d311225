"""Another process makes the sheets of a large delivery ready: nobody can tell, whatever becomes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.ground import rows
from rekisteri.ground.errors import Rejected, Unavailable
from rekisteri.ground.keys import KeyFile, LotsInMemory, Vault
from rekisteri.sources import organisations
from rekisteri.sources.organisations import beside, intake, wire_encoding
from rekisteri.sources.organisations.ready import Ready
from tests.builders import AAPO, CALLE, World, a_world
from tests.sources.test_delivery import GOOD, a_file, counts, deliver

GONE_IN_S = 100.0


@pytest.fixture
def everything_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "PROCESS_FROM_BYTES", 0)


def of_water(world: World, path: Path) -> organisations.Report:
    """The file as the other organisation's."""
    return deliver(World(world.register, world.clock, world.water, world.town), path)


@pytest.mark.parametrize(("sheet", "together"), [(intake.CHUNK_ROWS, intake.TOGETHER_ROWS), (4, 3)])
@pytest.mark.usefixtures("everything_beside")
def test_it_tells_new_from_known_from_gone_and_from_others(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sheet: int, together: int
) -> None:
    monkeypatch.setattr(intake, "CHUNK_ROWS", sheet)
    monkeypatch.setattr(intake, "TOGETHER_ROWS", together)
    many = [[str(n), "", "Monta", f"Nimi{n}", "Tie 1", "00999", "HELSINKI", "", "e", ""] for n in range(10, 90)]
    with a_world(database_url, tmp_path) as world:
        path = a_file(tmp_path, GOOD + many)
        assert counts(deliver(world, path)) == (83, 0, 0, 0, 0, 0)
        assert counts(deliver(world, path)) == (0, 0, 83, 0, 0, 0)
        assert counts(deliver(world, a_file(tmp_path, [*GOOD, *many[:70]], "koko.csv"))) == (0, 0, 73, 0, 0, 10)
        marked = ["8", "", "Merkitty", "Maija", "Tie 8", "00999", "HELSINKI", "", "e", "a\x1fb"]
        twins = [["900", AAPO, *GOOD[0][2:]], ["9", AAPO, "Aivan", "Toinen", *GOOD[0][4:]]]
        met = [["901", *GOOD[1][1:]], ["902", CALLE, "Aivan", "Muu", *GOOD[2][4:]]]
        report = of_water(world, a_file(tmp_path, [*twins, marked, *met, *many], "vesi.csv"))
        assert counts(report) == (83, 0, 0, 0, 2, 0)
        assert world.sql("select count(*) from parties.identifier") == [(3,)]
        assert world.sql("select count(*) from parties.party") == [(83 + 81,)]


def test_a_small_file_is_taken_in_small_sheets(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire_encoding, "BLOCK_BYTES", 256)
    monkeypatch.setattr(intake, "SMALL_CHUNK_ROWS", 10)
    many = [[str(n), "", "Monta", f"Nimi{n}", "Tie 1", "00999", "HELSINKI", "", "e", ""] for n in range(10, 45)]
    path = a_file(tmp_path, many)
    told: list[int] = []
    with a_world(database_url, tmp_path) as world:
        request = organisations.Request(
            path=path, file_name=path.name, organisation_id=world.town.id, mapping=organisations.standard(), full=True
        )
        with world.register.door.write(world.maintainer, Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
            organisations.run(tx, world.register.vault, request, told.append)
    assert len(told) > 2
    assert told == sorted(told)
    assert told[-1] == 35


@pytest.mark.parametrize("from_bytes", [0, 1 << 30], ids=["beside", "here"])
@pytest.mark.parametrize("sheet", [3, 40])
def test_rows_that_fall_out_of_a_first_delivery_change_nothing_of_the_others(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, from_bytes: int, sheet: int
) -> None:
    monkeypatch.setattr(beside, "PROCESS_FROM_BYTES", from_bytes)
    monkeypatch.setattr(intake, "CHUNK_ROWS", sheet)
    many = [[str(n), "", "Monta", f"Nimi{n}", f"Tie {n}", "00999", "HELSINKI", "", "e", ""] for n in range(10, 40)]
    again = [["12", *many[7][1:]], ["", *many[8][1:]], ["25", *many[9][1:]]]
    with a_world(database_url, tmp_path) as world:
        report = deliver(world, a_file(tmp_path, [*many[:9], *again[:2], *many[9:], again[2], *GOOD]))
        assert counts(report) == (33, 0, 0, 3, 0, 0)
        assert report.reasons == {
            ("customer_number_twice", "asiakasnumero"): 2,
            ("customer_number_missing", "asiakasnumero"): 1,
        }
        stated = world.sql(
            "select r.key, s.content ->> 'first_names', s.content #>> '{permanent_address,street}'"
            " from parties.record r join parties.statement s on s.record_id = r.id"
            " where length(r.key) = 2 order by r.key"
        )
        assert stated == [(key, first_names, street) for key, _, _, first_names, street, *_ in many]


@pytest.mark.usefixtures("everything_beside")
def test_a_file_found_out_to_be_broken_midway_is_refused_as_ever(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_file(tmp_path, GOOD)
    run = intake._Run.note_file

    def cut(run_: intake._Run) -> None:
        run(run_)
        path.unlink()

    monkeypatch.setattr(intake._Run, "note_file", cut)
    with a_world(database_url, tmp_path) as world, pytest.raises((Rejected, OSError)):
        deliver(world, path)


@pytest.mark.usefixtures("everything_beside")
def test_when_it_dies_nothing_is_taken_and_the_error_says_what_to_do(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = beside._Beside.ready

    def dying(one: beside._Beside, known: Mapping[str, bytes]) -> Ready:
        for child in children():
            os.kill(child, signal.SIGKILL)
        return ready(one, known)

    monkeypatch.setattr(beside._Beside, "ready", dying)
    with a_world(database_url, tmp_path) as world:
        with pytest.raises(Unavailable, match=r"nothing was taken\. Take the delivery again"):
            deliver(world, a_file(tmp_path, GOOD))
        assert world.sql("select count(*) from parties.party") == [(0,)]
        assert not children()


def children() -> list[int]:
    """Processes that make sheets ready for this one."""
    found = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(child) for child in found if b"beside" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_it_ends_when_nobody_asks_any_more() -> None:
    with subprocess.Popen(beside.COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.close()
        until = time.monotonic() + GONE_IN_S
        while process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        assert process.returncode == 0


def test_lots_in_memory_stay_in_their_process(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="this process"):
        Vault(KeyFile.ensure(tmp_path / "keys.json"), LotsInMemory()).__reduce__()[1][1].__reduce__()


def test_rows_on_their_way_can_be_told_apart_again() -> None:
    names = [b"Aho", b"", "Åström".encode() * 900]
    table = rows.table(3, rows.fixed([b"1", b"2", b"3"]), rows.same(None), rows.sized([*names[:2], None]))
    apart = rows.apart(table)
    assert [rows.value(row, 0) for row in apart] == [b"1", b"2", b"3"]
    assert [rows.value(row, 1) for row in apart] == [None] * 3
    assert [rows.value(row, 2) for row in apart] == [b"Aho", b"", None]
    assert rows.together(apart) == table
    long = rows.table(2, rows.sized([names[2], b"x"]))
    assert rows.together(rows.apart(long)[1:]) == rows.table(1, rows.sized([b"x"]))
    assert rows.apart(rows.table(0)) == []
