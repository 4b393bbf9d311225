"""Erased for good: what is erased opens from no backup, and everything else does."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import sql

from rekisteri import wiring
from rekisteri.ground.errors import Conflict, Missing, Unavailable
from rekisteri.ground.keys import KeyFile, forgetting
from tests.builders import AAPO, AAPO_NEW, BEA, World, a_person, a_world
from tests.conftest import SERVER_VARIABLE, drop, url_of

VALUES = """
select 'secret', 'parties.statement|sealed|' || id, sealed, id from parties.statement where sealed is not null
union all select 'protected', 'parties.protected|sealed|' || statement_id, sealed, statement_id from parties.protected
"""


@contextmanager
def a_backup(url: str) -> Iterator[str]:
    """The database as it is now, kept: the URL of the copy."""
    name = f"rekisteri_test_{uuid.uuid4().hex}"
    source = url.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(os.environ[SERVER_VARIABLE], autocommit=True) as server:
        server.execute(
            sql.SQL("select pg_terminate_backend(pid) from pg_stat_activity where datname = {}").format(source)
        )
        server.execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(source)))
    try:
        yield url_of(name)
    finally:
        drop(name)


def values(world: World) -> dict[str, Any]:
    """Every sealed value by its place: opened, or the error it answers with."""
    found: dict[str, Any] = {}
    for key, place, box, _ in world.sql(VALUES):
        try:
            found[str(place)] = world.register.vault.open(box, key=str(key), place=str(place))  # type: ignore[arg-type]
        except (Missing, Unavailable) as error:
            found[str(place)] = type(error)
    return found


def fill(world: World) -> None:
    covered = {"turvakielto": "k", "phone": "040 1234567"}
    world.take(world.town, a_person("1"), a_person("2", BEA, surname="Toinen", **covered), a_person("3", AAPO_NEW))


def erase(world: World, place: str) -> None:
    """As the act that erases does: the row goes, and its one-time key is condemned."""
    statement_id = place.rpartition("|")[2]
    with wiring._turning(world.register) as tx:
        for key, where, box, row in world.sql(VALUES):
            if str(row) == statement_id:
                assert forgetting.condemn(tx, str(key), [box]) == 1  # type: ignore[list-item]
                assert statement_id in str(where)
    with psycopg.connect(world.register.settings.database_url) as connection:
        connection.execute("delete from parties.protected where statement_id = %s", (statement_id,))
        connection.execute("update parties.statement set sealed = null where id = %s", (statement_id,))


def place_of(world: World, hetu: str) -> str:
    return next(place for place, plain in values(world).items() if hetu.encode() in plain)


def test_what_is_erased_opens_from_no_backup_and_all_else_does(database_url: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with a_world(database_url, home) as world:
        fill(world)
        whole = values(world)
        assert len(whole) == 4
    with a_backup(database_url) as backup, a_backup(database_url) as untouched:
        keys_before = (home / "keys.json").read_bytes()
        with a_world(database_url, home) as world:
            gone = [place_of(world, BEA)]
            gone += [place for place in whole if place.startswith("parties.protected")]
            erase(world, gone[0])
            assert wiring.forget(world.register, lambda progress: None) == forgetting.Forgotten(2, 2, 2)
            assert wiring.forget(world.register, lambda progress: None) == forgetting.Forgotten(0, 0, 0)
            kept = {place: plain for place, plain in whole.items() if place not in gone}
            assert values(world) == kept
            world.take(world.town, a_person("4", "311299X904C", surname="Uusi"))
            assert len(values(world)) == 3
        with a_world(backup, home) as restored:
            assert set(values(restored).values()) == {Unavailable}, "the old version of the key is destroyed"
            assert wiring.mend_keys(restored.register) == forgetting.Mended(2, 0)
            assert values(restored) == kept | dict.fromkeys(gone, Missing)
            assert wiring.mend_keys(restored.register) == forgetting.Mended(0, 0)
        # Why copies of the key file must be destroyed after an erasure: with one, an old backup still opens whole.
        old = tmp_path / "old"
        old.mkdir()
        (old / "keys.json").touch(mode=0o600)
        (old / "keys.json").write_bytes(keys_before)
        with a_world(untouched, old) as restored:
            assert values(restored) == whole


def test_a_second_erasure_keeps_the_first_and_an_older_backup_still_opens_the_rest(
    database_url: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with a_world(database_url, home) as world:
        fill(world)
    with a_backup(database_url) as backup:
        with a_world(database_url, home) as world:
            first, second = place_of(world, AAPO), place_of(world, AAPO_NEW)
            for place in (first, second):
                erase(world, place)
                assert wiring.forget(world.register, lambda progress: None).leaves == 1
        with a_world(backup, home) as restored:
            wiring.mend_keys(restored.register)
            found = values(restored)
            assert {place for place, plain in found.items() if plain is Missing} == {first, second}
            assert len(found) == 4 and Unavailable not in found.values()


def test_broken_off_at_any_step_it_goes_on(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        fill(world)
        place = place_of(world, BEA)
        kept = {one: plain for one, plain in values(world).items() if not one.endswith(place.rpartition("|")[2])}
        erase(world, place)
        for step in ("keyfile.KeyFile.promote", "forgetting.write_whole", "keyfile.KeyFile.retire"):
            broken = patch(f"rekisteri.ground.keys.{step}", side_effect=ZeroDivisionError)
            with broken, pytest.raises(ZeroDivisionError):
                wiring.forget(world.register, lambda progress: None)
            assert values(world) == kept, step
        wiring.forget(world.register, lambda progress: None)
        assert values(world) == kept
        assert not any(world.register.vault.turning(key) for key in ("secret", "protected"))
        assert world.sql("select count(*) from ground.condemned") == [(0,)]


def test_values_of_before_lots_are_rotated_first(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        fill(world)
        key, place, _, row = next(one for one in world.sql(VALUES) if one[0] == "secret")
        nonce, secret = os.urandom(12), KeyFile(tmp_path / "keys.json").key("secret")
        direct = b"\x01" + nonce + AESGCM(secret).encrypt(nonce, b"{}", f"{place}|1".encode())
        with psycopg.connect(database_url) as connection:
            connection.execute("update parties.statement set sealed = %s where id = %s", (direct, row))
        with pytest.raises(Conflict), wiring._turning(world.register) as tx:
            forgetting.condemn(tx, str(key), [direct])
        erase(world, place_of(world, AAPO_NEW))
        with pytest.raises(Conflict, match="rotate secret"):
            wiring.forget(world.register, lambda progress: None)
        assert wiring.turn(world.register, "secret", lambda progress: None).retired
        wiring.forget(world.register, lambda progress: None)
        assert Unavailable not in values(world).values()


def test_a_restored_backup_without_its_copy_of_lots_says_what_is_missing(database_url: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with a_world(database_url, home) as world:
        fill(world)
    with a_backup(database_url) as backup:
        with a_world(database_url, home) as world:
            erase(world, place_of(world, AAPO))
            wiring.forget(world.register, lambda progress: None)
        shutil.move(home / "keys-lots.json", tmp_path / "elsewhere")
        with a_world(backup, home) as restored, pytest.raises(Missing, match=r"keys-lots\.json"):
            wiring.mend_keys(restored.register)
