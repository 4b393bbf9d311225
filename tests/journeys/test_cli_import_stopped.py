"""An import stopped half-way from the terminal: nothing of it is stored, and the next one is as the first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from rekisteri.simulators import write_demo_files
from rekisteri.sources import organisations
from tests.api.world import HOME, PASSWORD, a_world

CUSTOMERS = 6_000
DEADLINE_S = 120
COMMAND = [sys.executable, "-c", "from rekisteri.cli import main; main()"]
UNDER_WAY = """
select count(*) from pg_stat_activity
where datname = current_database() and application_name = 'rekisteri' and state in ('active', 'idle in transaction')
  and xact_start < clock_timestamp() - interval '0.2 seconds'
"""
STORED = "select count(*) from parties.party"


def wait_until_under_way(database_url: str) -> None:
    until = time.monotonic() + DEADLINE_S
    with psycopg.connect(database_url, autocommit=True) as connection:
        while connection.execute(UNDER_WAY).fetchone() == (0,):
            assert time.monotonic() < until, "the import never began"
            time.sleep(0.05)


def stored(database_url: str) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(STORED).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_an_import_stopped_half_way_stores_nothing(
    how: signal.Signals, code: int, database_url: str, tmp_path: Path
) -> None:
    delivery = write_demo_files(tmp_path / "files", 3, CUSTOMERS)[0]
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / f"{HOME}.toml").write_text(organisations.draft(delivery.path), "utf-8")
    surroundings = os.environ | {
        "REKISTERI_DATABASE_URL": database_url, "REKISTERI_ARTIFICIAL_HETU": "true", "REKISTERI_ORDINARY_HETU": "false",
        "REKISTERI_ACCOUNT": f"integration.{HOME}", "REKISTERI_PASSWORD": PASSWORD,
    }  # fmt: skip
    arguments = ["import", "run", str(delivery.path), "--organisation", HOME, "--full", "--home", str(tmp_path)]
    with a_world(database_url, tmp_path):
        process = subprocess.Popen(
            [*COMMAND, *arguments], env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            wait_until_under_way(database_url)
            process.send_signal(how)
            _, err = process.communicate(timeout=DEADLINE_S)
        finally:
            process.kill()
            process.communicate()
        assert (process.returncode, "Traceback" in err) == (code, False), err
        assert stored(database_url) == 0
        again = subprocess.run(
            [*COMMAND, *arguments, "--json"], env=surroundings, capture_output=True, text=True, check=False
        )
        assert again.returncode == 0, again.stderr
        assert stored(database_url) > 0.95 * delivery.rows
