"""One PostgreSQL for the whole run, and a database of its own for each test that asks.

The server is the one named in REKISTERI_TEST_DATABASE_URL or REKISTERI_DATABASE_URL (18 or
newer, by a role that may create databases and roles), else an embedded one that lives as
long as the run. A named database itself is never touched.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from rekisteri.ground import migrations, postgres

SERVER_VARIABLE = "REKISTERI_TEST_SERVER"
TEMPLATE_VARIABLE = "REKISTERI_TEST_TEMPLATE"
TEMPLATE_LOCK = 0x54504C

# A database is cloned in 20 ms in memory; on a disk it was seen to take 250.
MEMORY_FOLDER = Path("/dev/shm")
MEMORY_NEEDED_BYTES = 4 * 2**30

HOME_PREFIX = "rekisteri-tests-"
RUN_LOCK = "run.lock"
ABANDONED_AFTER_S = 60


class Embedded(NamedTuple):
    """The server of this run, the folder it lives in, and the lock that says the run goes on."""

    server: postgres.Server
    home: Path
    lock: IO[str]


embedded_key = pytest.StashKey[Embedded]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the server once, in the controller; workers are told of it by environment."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    given = os.environ.get("REKISTERI_TEST_DATABASE_URL") or os.environ.get("REKISTERI_DATABASE_URL")
    # What an operator has set must not reach the tests: each makes its own world.
    for name in [name for name in os.environ if name.startswith("REKISTERI_")]:
        del os.environ[name]
    if given is None:
        folder = memory_folder() or Path(tempfile.gettempdir())
        remove_abandoned(folder)
        home = Path(tempfile.mkdtemp(prefix=HOME_PREFIX, dir=folder))
        lock = (home / RUN_LOCK).open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = postgres.start(home, durable=False)
        config.stash[embedded_key] = Embedded(server, home, lock)
        given = server.url
    os.environ[SERVER_VARIABLE] = given
    os.environ[TEMPLATE_VARIABLE] = f"rekisteri_template_{uuid.uuid4().hex}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind: no server, no folder, no template."""
    if hasattr(config, "workerinput") or SERVER_VARIABLE not in os.environ:
        return
    if embedded_key in config.stash:
        embedded = config.stash[embedded_key]
        embedded.server.stop()
        shutil.rmtree(embedded.home)
        embedded.lock.close()
    else:
        drop(os.environ[TEMPLATE_VARIABLE])
    del os.environ[SERVER_VARIABLE]


@pytest.fixture(scope="session")
def template() -> str:
    """The name of a database with every migration run; made by whoever asks first."""
    name = os.environ[TEMPLATE_VARIABLE]
    with psycopg.connect(os.environ[SERVER_VARIABLE], autocommit=True) as server:
        server.execute("select pg_advisory_lock(%s)", (TEMPLATE_LOCK,))
        if server.execute("select from pg_database where datname = %s", (name,)).fetchone() is None:
            growing = f"{name}_growing"
            drop(growing)
            server.execute(sql.SQL("create database {}").format(sql.Identifier(growing)))
            migrations.migrate(url_of(growing))
            rename = sql.SQL("alter database {} rename to {}")
            server.execute(rename.format(sql.Identifier(growing), sql.Identifier(name)))
    return name


@pytest.fixture
def database_url(template: str) -> Iterator[str]:
    """The URL of a fresh database, migrated and empty, that is this test's alone."""
    name = clone(template)
    yield url_of(name)
    drop(name)


@pytest.fixture
def empty_database_url() -> Iterator[str]:
    """The URL of a database without anything in it: for tests of migrations themselves."""
    name = f"rekisteri_test_{uuid.uuid4().hex}"
    with psycopg.connect(os.environ[SERVER_VARIABLE], autocommit=True) as server:
        server.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    yield url_of(name)
    drop(name)


def clone(template: str) -> str:
    """The name of a fresh database like the template, for a test that needs more than one; ``drop`` it."""
    name = f"rekisteri_test_{uuid.uuid4().hex}"
    with psycopg.connect(os.environ[SERVER_VARIABLE], autocommit=True) as server:
        create = sql.SQL("create database {} template {}")
        server.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    return name


def memory_folder() -> Path | None:
    """A folder kept in memory, if this machine has one with room for every test's database."""
    there = MEMORY_FOLDER.is_dir() and shutil.disk_usage(MEMORY_FOLDER).free >= MEMORY_NEEDED_BYTES
    return MEMORY_FOLDER if there else None


def remove_abandoned(folder: Path) -> None:
    """Stop and remove the servers of runs that were killed before they could."""
    for home in folder.glob(f"{HOME_PREFIX}*"):
        path = home / RUN_LOCK
        if not path.exists() or time.time() - path.stat().st_mtime < ABANDONED_AFTER_S:
            continue
        with contextlib.suppress(PermissionError, BlockingIOError), path.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            postgres.stop(home)
            shutil.rmtree(home)


def url_of(name: str) -> str:
    """The URL of one database of the server of this run."""
    return urlsplit(os.environ[SERVER_VARIABLE])._replace(path=f"/{name}").geturl()


def drop(name: str) -> None:
    """Drop a database if it is there, closing what is still connected to it."""
    with psycopg.connect(os.environ[SERVER_VARIABLE], autocommit=True) as server:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
