"""The server dies in the midst of sealing: what was committed opens, for a lot of keys is never lost before its values."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import psycopg
import pytest

from rekisteri.ground import migrations, postgres
from rekisteri.ground.errors import Unavailable
from rekisteri.ground.keys import KeyFile, LotsInDatabase, Vault

SEALED_FOR_S = 0.6


def seal_until_it_dies(url: str, keys: KeyFile) -> None:
    """Each value by a lot of its own, each committed alone."""
    number = 0
    with psycopg.connect(url) as connection:
        while True:
            number += 1
            vault = Vault(keys, LotsInDatabase(url))
            try:
                sealed = vault.seal(str(number).encode(), key="secret", place=f"kept|{number}")
                connection.execute("insert into kept values (%s, %s)", (number, sealed))
                connection.commit()
            except (psycopg.OperationalError, Unavailable):
                return
            finally:
                vault.lots.close()


def kill_every_process(cluster: Path) -> None:
    """As when the machine loses its power: nothing in the server's memory is written any more."""
    postmaster = int((cluster / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGSTOP)
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for process in (*map(int, children), postmaster):
        os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize("again", range(3))
def test_what_was_committed_opens_after_a_crash(tmp_path: Path, again: int) -> None:
    keys = KeyFile.ensure(tmp_path / "keys.json")
    data = tmp_path / "postgresql"
    try:
        url = postgres.start(data).url
        migrations.migrate(url)
        with psycopg.connect(url) as connection:
            connection.execute("create table kept (number integer, sealed bytea)")
        writer = threading.Thread(target=seal_until_it_dies, args=(url, keys))
        writer.start()
        time.sleep(SEALED_FOR_S + again / 50)
        kill_every_process(data / "cluster")
        writer.join()
        url = postgres.start(data).url
        vault = Vault(keys, LotsInDatabase(url))
        with psycopg.connect(url) as connection:
            kept = connection.execute("select number, sealed from kept").fetchall()
        assert len(kept) > 5
        for number, sealed in kept:
            assert vault.open(sealed, key="secret", place=f"kept|{number}") == str(number).encode()
        vault.lots.close()
    finally:
        postgres.stop(data)
