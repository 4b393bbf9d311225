"""Many questions at once: the same answers, a problem a line, one act with every customer in it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pytest

from rekisteri import payers
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.ground.errors import Rejected
from rekisteri.payers import By, Channel, Crew, Usual
from tests.builders import AAPO, BEA, CALLE, World, a_company, a_person, a_world
from tests.payers.asking import REASON, a_reason, answer


def batch(world: World, text: str | bytes, home: Path, **others: Any) -> list[dict[str, Any]]:
    """The lines of the answer to a batch."""
    source = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    done: list[int] = []
    with payers.spool(home) as out:
        with world.register.door.write(world.maintainer, Action.PAYER_RESOLVE, Purpose.INVOICING) as tx:
            usual, office = Usual(world.town.id, REASON), world.register.office
            counted = payers.bulk(tx, office, source, usual, out, language="fi", progress=done.append, **others)
        lines = b"".join(out.pieces()).splitlines()
    assert counted.answered + counted.problems == len(lines) == (done[-1] if done else 0)
    return [orjson.loads(line) for line in lines]


def test_every_line_is_answered_as_it_would_be_alone_and_a_problem_stops_nothing(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        a_reason(world)
        a_reason(world, Channel.EMAIL, code="NO_END", last_resort=None)
        world.take(world.town, a_person("1", AAPO), a_company("2"), a_person("3", BEA))
        lines = [
            '{"customer_number": "1"}',
            '{"hetu": "' + BEA + '"}',
            "",
            '{"ytunnus": "2769790-1"}',
            '{"ytunnus": "2769790-2"}',
            '{"customer_number": "1", "hetu": "' + AAPO + '"}',
            '{"nickname": "Aapo"}',
            '{"customer_number": "77"}',
            '{"hetu": "' + CALLE + '"}',
            "[1]",
            "{broken",
            '{"customer_number": "1", "on": "31.3.2026"}',
            '{"customer_number": "1", "on": "1999-01-01"}',
            '{"customer_number": "1", "payment_reason": "UNHEARD"}',
            '{"customer_number": "1", "payment_reason": "NO_END"}',
            '{"customer_number": "' + "9" * 5000 + '"}',
            '{"customer_number": "1", "on": "2026-03-31"}',
        ]
        told = batch(world, "\n".join(lines), tmp_path)
        assert [(one["line"], one.get("problem", {}).get("code")) for one in told] == [
            (1, None), (2, None), (4, None), (5, "identifier_invalid"), (6, "identifier_missing"),
            (7, "line_unreadable"), (8, "unknown_customer"), (9, "unknown_customer"), (10, "line_unreadable"),
            (11, "line_unreadable"), (12, "day_invalid"), (13, "before_register"), (14, "reason_unknown"),
            (15, "no_last_resort"), (16, "line_unreadable"), (17, None),
        ]  # fmt: skip
        assert told[6]["problem"]["what"] == "Organisaatiolla ei ole tällaista asiakasta"
        assert told[0]["answer"] == answer(world, "1", purpose=Purpose.INVOICING)
        assert told[2]["answer"] == answer(world, "2769790-1", By.YTUNNUS, purpose=Purpose.INVOICING)
        assert told[-1]["answer"]["on"] == "2026-03-31"
        assert AAPO not in str(told)
        with world.register.door.read(world.maintainer, Action.PAYER_RECEIPT, Purpose.UPKEEP) as tx:
            for one in (told[0], told[1], told[-1]):
                found = payers.given(orjson.dumps({"receipt": one["receipt"], "answer": one["answer"]}))
                assert found is not None
                assert payers.verify(tx, *found)
        ((count, detail),) = world.sql(
            "select subject_count, detail from audit.event where action = 'payer:resolve' and detail ? 'answered'"
        )
        assert (count, detail) == (3, {"answered": 4, "problems": 12})


def test_a_csv_is_read_under_its_heading_and_what_is_no_file_is_refused_whole(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        a_reason(world)
        world.take(world.town, a_person("1", AAPO), a_person("3", BEA))
        told = batch(world, "\ufeffcustomer_number;on\r\n1;2026-03-31\r\n3;\r\n\r\n4;5;6\r\n", tmp_path)
        assert [(one["line"], one.get("problem", {}).get("code")) for one in told] == [
            (2, None), (3, None), (5, "line_unreadable")
        ]  # fmt: skip
        assert [one["answer"]["on"] for one in told[:2]] == ["2026-03-31", "2026-03-02"]
        told = batch(world, b"customer_number,on\n1,\n\xff\xfe,\n", tmp_path)
        assert [one.get("problem", {}).get("code") for one in told] == [None, "line_unreadable"]
        for text in (b"", b"\xff\xfeheading\n1\n"):
            with pytest.raises(Rejected):
                batch(world, text, tmp_path)
        ((count,),) = world.sql("select count(*) from payers.receipt")
        assert count == 3


def test_the_spool_gives_back_what_was_put_and_shows_nothing_of_it_on_disk(tmp_path: Path) -> None:
    pieces = [b"Esimerkkitie 7" * 100, b"", b"x"]
    with payers.spool(tmp_path) as out:
        for piece in pieces:
            out.put(piece)
        assert list(out.pieces()) == pieces
        out._file.seek(0)
        assert b"Esimerkkitie" not in out._file.read()
    assert list(tmp_path.iterdir()) == []


def test_a_helper_beside_answers_the_same_in_the_same_order_and_the_act_knows_everybody(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        a_reason(world)
        world.take(world.town, a_person("1", AAPO), a_company("2"), a_person("3", BEA))
        lines = "\n".join(f'{{"customer_number": "{place % 4}"}}' if place % 10 else "{broken" for place in range(200))
        alone = batch(world, lines, tmp_path, chunk=5)
        helped: list[int] = []
        crew = replace(world.register.crew, alone=2, patient=True)
        with watched(crew, helped) as crew:
            both = batch(world, lines, tmp_path, chunk=5, crew=crew)
        assert helped
        assert [one["line"] for one in both] == list(range(1, 201))
        assert [plain(one) for one in both] == [plain(one) for one in alone]
        with world.register.door.read(world.maintainer, Action.PAYER_RECEIPT, Purpose.UPKEEP) as tx:
            for one in both:
                found = payers.given(orjson.dumps(one))
                assert found is None or (
                    payers.verify(tx, *found) and payers.show(tx, world.register.vault, found[0].id)
                )
        acts = world.sql(
            "select subject_count, detail from audit.event where action = 'payer:resolve' and detail ? 'answered' order by at, id"
        )
        assert acts[0] == acts[1] == (3, {"answered": 140, "problems": 60})
        ((count,),) = world.sql("select count(*) from payers.receipt")
        assert count == 2 * 140


def test_a_helper_that_is_lost_has_done_nothing_and_its_lines_are_answered_here(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        a_reason(world)
        world.take(world.town, a_person("1", AAPO))
        lines = "\n".join('{"customer_number": "1"}' for _ in range(40))

        @contextmanager
        def dies() -> Iterator[Connection]:
            """Says that it is ready, takes a chunk and is gone."""
            here, there = Pipe()

            def run() -> None:
                there.recv()
                there.send(None)
                there.recv()
                there.close()

            thread = Thread(target=run)
            thread.start()
            try:
                yield here
            finally:
                here.close()
                thread.join()

        crew = replace(world.register.crew, start=dies, alone=0, patient=True)
        told = batch(world, lines, tmp_path, chunk=5, crew=crew)
        assert [one["line"] for one in told] == list(range(1, 41))
        assert all("answer" in one for one in told)
        ((count,),) = world.sql("select count(*) from payers.receipt")
        assert count == 40


def plain(one: dict[str, Any]) -> dict[str, Any]:
    """A line without what differs from one asking to the next."""
    return {"line": one["line"], "problem": one.get("problem"), "answer": one.get("answer", {}) | {"made_at": None}}


@contextmanager
def watched(crew: Crew, seen: list[int]) -> Iterator[Crew]:
    """The crew, telling how many lines each piece had that its helper sent."""

    @contextmanager
    def start() -> Iterator[Any]:
        with crew.start() as line:

            class Line:
                """The helper's line, listened to."""

                send = staticmethod(line.send)

                @staticmethod
                def recv() -> Any:
                    found = line.recv()
                    if found is not None:
                        seen.append(found.answered + found.problems)
                    return found

            yield Line()

    yield replace(crew, start=start)
