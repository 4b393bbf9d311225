"""Keys are replaced while work goes on: nothing is lost, nobody is missed, and a kill at any moment is no matter."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import psycopg
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rekisteri import parties, wiring
from rekisteri.access import Action
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.keys import KEY_NAMES, KeyFile, columns, turning
from rekisteri.ground.settings import Settings
from rekisteri.parties import codes as codes_room
from rekisteri.simulators import STANDARD, Form, Spoiler, clientele_of, rows, write_rows
from rekisteri.sources import organisations
from tests.builders import Wall, World, a_person, a_viewer, a_world

CUSTOMERS = 400
KILLS = int(os.environ.get("REKISTERI_TEST_KILLS", "3"))
PAGE_ROWS = 40

SEALED = """
select 'secret', 'parties.statement|sealed|' || id, sealed from parties.statement where sealed is not null
union all select 'protected', 'parties.protected|sealed|' || statement_id, sealed from parties.protected
union all select 'secret', 'parties.work|payload|' || id, payload from parties.work
union all select 'secret', 'sources.fault|raw|' || batch_id || '|' || row_no, raw from sources.fault where raw is not null
"""
OWNERS = """
select s.id, r.party_id, s.content ->> 'ytunnus' from parties.statement s join parties.record r on r.id = s.record_id
"""


def opened(world: World) -> dict[str, bytes]:
    """Every sealed value there is, opened, by its place."""
    vault = world.register.vault
    found = {place: vault.open(box, key=key, place=place) for key, place, box in world.sql(SEALED)}  # type: ignore[arg-type]
    assert len(found) > CUSTOMERS / 2
    return found  # type: ignore[return-value]


def owners(world: World) -> dict[str, object]:
    """Whose every identity code is by the statements; each is met in the index, and there is no other index entry."""
    values = opened(world)
    said: dict[str, object] = {}
    for statement_id, party_id, ytunnus in world.sql(OWNERS):
        secrets = orjson.loads(values.get(f"parties.statement|sealed|{statement_id}", b"{}"))
        said |= {f"hetu|{secrets['hetu']}": party_id} if "hetu" in secrets else {}
        said |= {f"ytunnus|{ytunnus}": party_id} if ytunnus else {}
    with world.register.door.read(world.maintainer, Action.CUSTOMER_SEARCH, Purpose.UPKEEP) as tx:
        for code, party_id in said.items():
            assert parties.find_code(tx, world.register.vault, *code.split("|")) == party_id, "a code is lost"
    assert world.sql("select count(*) from parties.identifier") == [(len(said),)]
    return said


@contextmanager
def a_full_world(database_url: str, home: Path) -> Iterator[tuple[World, Path]]:
    """Customers of a spoilt delivery: faults, doubts and non-disclosure among them."""
    path = home / "asiakkaat.csv"
    spoiler = Spoiler(STANDARD, 5, 10.0)
    write_rows(path, STANDARD.columns, spoiler.spoil(rows(STANDARD, clientele_of(4, "kunta", CUSTOMERS))), Form())
    with a_world(database_url, home) as world:
        taken(world, path)
        yield world, path


def taken(world: World, path: Path) -> organisations.Report:
    request = organisations.Request(
        path=path, file_name=path.name, organisation_id=world.town.id, mapping=organisations.standard(),
        full=True, artificial_hetu=True, ordinary_hetu=False,
    )  # fmt: skip
    with world.register.door.write(a_viewer(Role.MAINTAINER), Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
        report = organisations.run(tx, world.register.vault, request, lambda rows: None)
    return report


def turned(world: World, key: str) -> turning.Turned:
    return wiring.turn(world.register, key, lambda progress: None)


def material(home: Path) -> dict[str, set[str]]:
    keys = json.loads((home / "keys.json").read_text())["keys"]
    return {name: set(one["versions"].values()) for name, one in keys.items()}


def test_every_key_turns_and_everything_opens_is_found_and_is_met_again(database_url: str, tmp_path: Path) -> None:
    with a_full_world(database_url, tmp_path) as (world, path):
        before, codes, old = opened(world), owners(world), material(tmp_path)
        first_lots = world.sql("select number from ground.lot")
        again = taken(world, path)
        assert again.new == again.changed == 0
        for key in KEY_NAMES:
            done = turned(world, key)
            assert (done.version, done.stuck) == (2, 0)
            assert done.retired is (key not in ("digest", "token"))
            assert done.rows > 0 or key == "token"
            assert {place: plain for place, plain in opened(world).items() if place in before} == before, key
            assert owners(world) == codes, key
        assert set(wiring.keys_left(world.register).values()) == {0}
        new = material(tmp_path)
        for key in ("secret", "protected", "blind"):
            assert old[key].isdisjoint(new[key]), "the old version is destroyed"
        assert set(first_lots).isdisjoint(world.sql("select number from ground.lot"))
        assert {len(blind) for (blind,) in world.sql("select blind from parties.identifier")} == {17}  # type: ignore[arg-type]
        met = taken(world, path)
        assert (met.new, met.changed, met.unchanged) == (0, 0, again.unchanged)
        open_work = world.sql("select count(*) from parties.work where decided_at is null")
        assert open_work == [(again.doubt,)], "a doubt sent again opens no second item"
        # And once more, from a second version to a third.
        for key in KEY_NAMES:
            assert turned(world, key).version == 3
        assert owners(world) == codes
        assert taken(world, path).unchanged == again.unchanged


def test_values_of_before_lots_are_sealed_anew(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("1"))
        secret = KeyFile(tmp_path / "keys.json").key("secret")
        ((key, place, box),) = world.sql(SEALED)
        plain = world.register.vault.open(box, key=key, place=place)  # type: ignore[arg-type]
        nonce = os.urandom(12)
        direct = b"\x01" + nonce + AESGCM(secret).encrypt(nonce, plain, f"{place}|1".encode())
        with psycopg.connect(database_url) as connection:
            connection.execute("update parties.statement set sealed = %s", (direct,))
        assert wiring.keys_left(world.register)["parties.statement.sealed"] == 1
        assert turned(world, "secret").rows == 1
        ((_, _, fresh),) = world.sql(SEALED)
        assert fresh[0] == 0 and world.register.vault.open(fresh, key="secret", place=place) == plain  # type: ignore[index, arg-type]


def test_a_damaged_value_keeps_the_old_version_alive(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("1"), a_person("2", "240360-910R", surname="Toinen"))
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "update parties.statement set sealed = sealed || '\\x00' where id = (select max(id::text)::uuid from parties.statement)"
            )
        done = turned(world, "secret")
        assert (done.rows, done.stuck, done.retired) == (1, 1, False)
        assert world.register.vault.turning("secret")
        assert wiring.keys_left(world.register)["parties.statement.sealed"] == 1


def test_work_goes_on_while_keys_turn(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "PAGE_ROWS", PAGE_ROWS)
    monkeypatch.setattr(codes_room, "CODES_PAGE", PAGE_ROWS)
    with a_full_world(database_url, tmp_path) as (world, path), a_world(database_url, tmp_path) as elsewhere:
        codes = owners(world)
        over = threading.Event()
        lookups, missed, failures = [0], [], []

        def looks_up() -> None:
            draw = random.Random(1)
            every = [code.split("|") for code in codes]
            while not over.is_set():
                kind, code = draw.choice(every)
                try:
                    viewer = elsewhere.maintainer
                    with elsewhere.register.door.read(viewer, Action.CUSTOMER_READ, Purpose.UPKEEP) as tx:
                        found = parties.lookup(tx, elsewhere.register.vault, **{kind: code})
                        parties.card(tx, elsewhere.register.vault, found)
                    if found != codes[f"{kind}|{code}"]:
                        missed.append(code)
                except Exception as error:
                    failures.append(error)
                lookups[0] += 1

        def imports() -> None:
            number = 0
            while not over.is_set():
                number += 1
                try:
                    # A new customer, one there is already, and the whole file again.
                    elsewhere.take(elsewhere.water, a_person(f"W{number}", None), known_person(number))
                    assert taken(elsewhere, path).new == 0
                except Exception as error:
                    failures.append(error)

        hetus = [code.partition("|")[2] for code in codes if code.startswith("hetu")]

        def known_person(number: int) -> dict[str, str]:
            return a_person(f"H{number}", hetus[number % len(hetus)], surname="Aivan", first_names="Toinen")

        threads = [threading.Thread(target=target) for target in (looks_up, imports)]
        for thread in threads:
            thread.start()
        try:
            for key in KEY_NAMES:
                assert turned(world, key).stuck == 0
        finally:
            over.set()
            for thread in threads:
                thread.join()
        assert failures == []
        assert missed == []
        assert lookups[0] > 20
        assert owners(world).items() >= codes.items(), "nobody was taken twice or lost"
        assert set(wiring.keys_left(world.register).values()) == {0}


def _turn(url: str, home: Path, key: str, dies_in_s: float | None) -> None:
    columns.PAGE_ROWS = codes_room.CODES_PAGE = PAGE_ROWS
    settings = Settings(database_url=url, home=home, artificial_hetu=True, ordinary_hetu=False, pool_size=2)
    with wiring.opened(settings, now=Wall()) as register:
        if dies_in_s is not None:
            threading.Timer(dies_in_s, os.kill, (os.getpid(), signal.SIGKILL)).start()
        wiring.turn(register, key, lambda progress: None)


def killed(url: str, home: Path, key: str, dies_in_s: float | None) -> bool:
    """Turn a key in a process of its own; whether it was killed."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([__name__])
    process = server.Process(target=_turn, args=(url, home, key, dies_in_s))
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def test_killed_at_any_moment_a_turn_goes_on_where_it_was(database_url: str, tmp_path: Path) -> None:
    moments = random.Random(7)
    with a_full_world(database_url, tmp_path) as (world, path):
        before, codes = opened(world), owners(world)
        deaths = 0
        for number in range(KILLS):
            key = ("secret", "blind")[number % 2]
            deaths += killed(database_url, tmp_path, key, moments.uniform(0.02, 0.5))
            # Whatever state it was killed in, everything opens and every code is met.
            assert {place: plain for place, plain in opened(world).items() if place in before} == before
            assert owners(world) == codes
        assert deaths or KILLS == 0
        for key in KEY_NAMES:
            assert not killed(database_url, tmp_path, key, None)
        assert opened(world) == before
        assert owners(world) == codes
        assert set(wiring.keys_left(world.register).values()) == {0}
        assert not any(world.register.vault.turning(key) for key in ("secret", "protected", "blind"))
        assert taken(world, path).new == 0
