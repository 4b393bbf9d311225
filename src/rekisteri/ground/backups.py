"""Backups: the whole database and the home's settings, encrypted to whoever may restore them; the keys in a file apart.

A backup is a folder that bears its name only when it is whole::

    database.age    PostgreSQL's own dump (custom format), one snapshot
    home.age        a tar of the home's settings
    manifest.json   in the clear: when, of which version, and SHA-256 of the two as they lie there

Encryption is age (C2SP age-encryption.org/v1, X25519), streamed: nothing of the database ever lies in the clear on a disk. The
dump is made and read by PostgreSQL's own programs.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

import psycopg
import pyrage
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pyrage import x25519

from rekisteri import __version__
from rekisteri.ground import postgres
from rekisteri.ground.errors import Conflict, Missing, Rejected, Unavailable

FORM = 1
DATABASE = "database.age"
HOME = "home.age"
MANIFEST = "manifest.json"
PREFIX = "rekisteri-"
UNFINISHED = ".unfinished"
PIECE_BYTES = 1 << 20
LAST_WORDS_LENGTH = 300

Told = Callable[[int], None]
"""Is told how many bytes of the database have gone by."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup, as its manifest tells: made when, by which version of the register, digests by file name."""

    folder: Path
    made: datetime
    version: str
    sha256: dict[str, str] = field(repr=False)

    @property
    def size_bytes(self) -> int:
        """What it takes on the disk."""
        return sum((self.folder / name).stat().st_size for name in self.sha256)


def recipient_of(identity: Path) -> str:
    """The public name of an identity in a file (``age1…``), to which backups are encrypted. Raises ``Rejected``."""
    return str(_identity(identity).to_public())


def new_identity(path: Path) -> str:
    """Make an identity in a new file that its owner alone may read; its recipient. Raises ``Conflict`` where one lies."""
    identity = x25519.Identity.generate()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(f"{path.name} is there already, and backups may need it; name another file.") from None
    with os.fdopen(descriptor, "w") as sink:
        sink.write(f"# public key: {identity.to_public()}\n{identity}\n")
        sink.flush()
        os.fsync(sink.fileno())
    return str(identity.to_public())


def make(
    url: str, settings: Iterable[Path], home: Path, into: Path, to: Sequence[str], at: datetime, told: Told
) -> Backup:
    """Make a backup of the database at ``url`` and of files of ``home``, in a new folder of ``into``.

    Raises ``Rejected`` for a recipient that is none, and ``Unavailable`` where PostgreSQL or the disk fails; then
    nothing is left behind.
    """
    recipients = _recipients(to)
    folder = into / f"{PREFIX}{at:%Y%m%dT%H%M%SZ}"
    if folder.exists():
        raise Conflict(f"{folder.name} is there already.")
    fresh = folder.with_name(folder.name + UNFINISHED)
    with _no_half(fresh), _told_of_disk(into):
        fresh.mkdir(parents=True, mode=0o700)
        digests = {
            DATABASE: _dump(url, fresh / DATABASE, recipients, told),
            HOME: _packed(settings, home, fresh / HOME, recipients),
        }
        manifest = {"form": FORM, "made": at.isoformat(), "version": __version__, "sha256": digests}
        _write(fresh / MANIFEST, json.dumps(manifest, indent=2).encode() + b"\n")
        fresh.rename(folder)
        _sync_folder(into)
    return Backup(folder, at, __version__, digests)


def pack(files: Iterable[Path], home: Path, path: Path, to: Sequence[str]) -> None:
    """Files of ``home`` as one encrypted file, whole or not there. Raises ``Rejected``, ``Conflict``, ``Unavailable``."""
    if path.exists():
        raise Conflict(f"{path.name} is there already; name another file.")
    recipients = _recipients(to)
    fresh = path.with_name(path.name + UNFINISHED)
    with _no_half(fresh), _told_of_disk(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        _packed(files, home, fresh, recipients)
        fresh.rename(path)
        _sync_folder(path.parent)


def unpack(path: Path, identity: Path, home: Path) -> list[str]:
    """Put packed files into ``home``, each readable by its owner alone; their names.

    A file that is there already with another content stays, and nothing is written: raises ``Conflict``. Raises ``Missing`` for no
    such file and ``Rejected`` for one that this identity does not open or that holds anything but plain files.
    """
    found = _files_of(_opened(path, _identity(identity)))
    for name, content in found.items():
        there = home / name
        if there.exists() and there.read_bytes() != content:
            raise Conflict(f"{name} is in {home} already, with another content; move it aside first.")
    for name, content in found.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        _write(home / name, content)
    return sorted(found)


def look(folder: Path) -> Backup:
    """A backup, its files proved to be what was written. Raises ``Missing`` and ``Rejected``."""
    try:
        said = json.loads((folder / MANIFEST).read_bytes())
        backup = Backup(folder, datetime.fromisoformat(said["made"]), str(said["version"]), dict(said["sha256"]))
        form = said["form"]
    except FileNotFoundError:
        raise Missing(f"{folder} is no backup: it has no {MANIFEST}.") from None
    except (ValueError, KeyError, TypeError):
        raise Rejected(f"{MANIFEST} of {folder.name} can't be read.") from None
    if form != FORM or set(backup.sha256) != {DATABASE, HOME}:
        raise Rejected(f"{folder.name} is a backup of another form ({form}); use the version {backup.version}.")
    for name, digest in backup.sha256.items():
        if not (folder / name).exists():
            raise Missing(f"{name} of {folder.name} is missing.")
        with (folder / name).open("rb") as source:
            if hashlib.file_digest(source, "sha256").hexdigest() != digest:
                raise Rejected(f"{name} of {folder.name} is not what was written: it is damaged. Take another backup.")
    return backup


def backups(into: Path) -> list[Path]:
    """The finished backups in a folder, the oldest first."""
    if not into.exists():
        return []
    return sorted(one for one in into.iterdir() if one.name.startswith(PREFIX) and (one / MANIFEST).exists())


def prune(into: Path, keep: int) -> list[str]:
    """Remove all but the newest ``keep`` backups of a folder; the names of those removed."""
    gone = backups(into)[: -keep or None] if keep else []
    for folder in gone:
        shutil.rmtree(folder)
    return [folder.name for folder in gone]


def restore(backup: Backup, identity: Path, url: str, told: Told) -> None:
    """Fill the empty database at ``url``, in one transaction: the whole of it or nothing.

    Raises ``Conflict`` where the database is not empty, ``Rejected`` for an identity that does not open the
    backup, ``Unavailable`` where PostgreSQL fails.
    """
    opener = _identity(identity)
    with psycopg.connect(url, autocommit=True) as connection:
        rooms = connection.execute(
            "select count(*) from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')"
        ).fetchone()
        if rooms is None or rooms[0]:
            raise Conflict("The database is not empty; a backup is restored into an empty one.")
        _ensure_role(connection)
    where, environment = _reached(url)
    command = ["--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={where}"]
    with _program("pg_restore", command, environment, stdin=subprocess.PIPE) as program:
        assert program.stdin is not None
        sink = _Counted(program.stdin, told)
        try:
            with (backup.folder / DATABASE).open("rb") as source:
                _decrypt(source, sink, opener, DATABASE)
        except BrokenPipeError:
            pass  # the program ended early, and its exit tells why
        except Rejected:
            program.kill()
            raise
        with suppress(BrokenPipeError):
            program.stdin.close()


# The streams


class _Counted:
    """A stream that tells how much has gone through it, and makes a digest of it."""

    def __init__(self, stream: IO[bytes], told: Told = lambda count: None) -> None:
        self.stream, self.told, self.count, self.digest = stream, told, 0, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.stream.read(size)
        self._passed(piece)
        return piece

    def write(self, piece: bytes) -> int:
        self._passed(piece)
        return self.stream.write(piece)

    def flush(self) -> None:
        self.stream.flush()

    def _passed(self, piece: bytes) -> None:
        self.count += len(piece)
        self.digest.update(piece)
        self.told(self.count)


def _dump(url: str, path: Path, recipients: Sequence[x25519.Recipient], told: Told) -> str:
    where, environment = _reached(url)
    command = ["--format=custom", "--no-owner", f"--dbname={where}"]
    with _program("pg_dump", command, environment, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        return _encrypted(_Counted(program.stdout, told), path, recipients)


def _packed(files: Iterable[Path], home: Path, path: Path, recipients: Sequence[x25519.Recipient]) -> str:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for one in sorted(files):
            entry = tarfile.TarInfo(one.relative_to(home).as_posix())
            content = one.read_bytes()
            entry.size, entry.mode = len(content), 0o600
            tar.addfile(entry, io.BytesIO(content))
    packed.seek(0)
    return _encrypted(_Counted(packed), path, recipients)


def _encrypted(source: _Counted, path: Path, recipients: Sequence[x25519.Recipient]) -> str:
    """Write a stream encrypted; SHA-256 of what was written. Durable before this returns."""
    with _private(path) as file:
        sink = _Counted(file)
        pyrage.encrypt_io(source, sink, list(recipients))
        file.flush()
        os.fsync(file.fileno())
    return sink.digest.hexdigest()


def _opened(path: Path, identity: x25519.Identity) -> io.BytesIO:
    plain = io.BytesIO()
    try:
        with path.open("rb") as source:
            _decrypt(source, plain, identity, path.name)
    except FileNotFoundError:
        raise Missing(f"There is no {path}.") from None
    plain.seek(0)
    return plain


def _decrypt(source: IO[bytes], sink: Any, identity: x25519.Identity, name: str) -> None:
    try:
        pyrage.decrypt_io(source, sink, [identity])
    except pyrage.DecryptError:
        raise Rejected(f"{name} does not open with this identity, or is damaged.") from None


def _files_of(tar: io.BytesIO) -> dict[str, bytes]:
    found = {}
    with tarfile.open(fileobj=tar) as packed:
        for entry in packed:
            name = PurePosixPath(entry.name)
            content = packed.extractfile(entry) if entry.isfile() else None
            if content is None or name.is_absolute() or ".." in name.parts:
                raise Rejected(f"What is packed holds something that is no plain file of a home: {entry.name}.")
            found[entry.name] = content.read()
    return found


# PostgreSQL's programs


@contextmanager
def _program(
    name: str,
    arguments: Sequence[str],
    environment: dict[str, str],
    *,
    stdin: int | None = None,
    stdout: int | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """One of PostgreSQL's programs at work, its end awaited. Raises ``Unavailable`` with its last words."""
    with subprocess.Popen(
        [postgres.program(name), *arguments],
        stdin=subprocess.DEVNULL if stdin is None else stdin,
        stdout=subprocess.DEVNULL if stdout is None else stdout,
        stderr=subprocess.PIPE,
        env=environment,
    ) as program:
        words: list[bytes] = []
        listener = threading.Thread(target=_listen, args=(program.stderr, words), daemon=True)
        listener.start()
        try:
            yield program
        except BaseException:
            program.kill()
            raise
        code = program.wait()
        listener.join()
    if code:
        last = b"".join(words).decode(errors="replace").strip().splitlines()[-1:]
        raise Unavailable(f"PostgreSQL's {name} failed: {' '.join(last)[:LAST_WORDS_LENGTH] or code}.")


def _listen(stream: Any, words: list[bytes]) -> None:
    words.extend(stream)


def _reached(url: str) -> tuple[str, dict[str, str]]:
    """Where the programs find the database, and their environment: a password never stands among arguments."""
    said = conninfo_to_dict(url)
    password = said.pop("password", None)
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    return make_conninfo("", **said), environment | ({"PGPASSWORD": str(password)} if password else {})


def _ensure_role(connection: psycopg.Connection[Any]) -> None:
    """The dump grants to the application's role, which belongs to the server and not to the database."""
    connection.execute(
        """
        do $$
        begin
            create role rekisteri_app nologin noinherit;
        exception when duplicate_object or unique_violation then
            null;
        end
        $$
        """
    )
    connection.execute("grant rekisteri_app to current_user")


# Identities, recipients, files


def _identity(path: Path) -> x25519.Identity:
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        raise Missing(f"There is no {path}.") from None
    for line in lines:
        if line.startswith("AGE-SECRET-KEY-"):
            with suppress(pyrage.IdentityError):
                return x25519.Identity.from_str(line.strip())
    raise Rejected(f"{path.name} holds no age identity; `rekisteri backup key` makes one.")


def _recipients(to: Sequence[str]) -> list[x25519.Recipient]:
    if not to:
        raise Rejected("To whom is it encrypted? Name a recipient with --to, or make one with `rekisteri backup key`.")
    found = []
    for one in to:
        try:
            found.append(x25519.Recipient.from_str(one))
        except pyrage.RecipientError:
            raise Rejected(f"'{one[:20]}' is no age recipient; one begins with age1.", field="to") from None
    return found


@contextmanager
def _no_half(path: Path) -> Iterator[None]:
    """What an earlier, killed call left is removed first, and what this one leaves unfinished after."""
    _remove(path)
    try:
        yield
    except BaseException:
        _remove(path)
        raise


@contextmanager
def _told_of_disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(
            f"The backup can't be written to {folder}: {error.strerror or error}. Nothing was left there."
        ) from None


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _private(path: Path) -> IO[bytes]:
    """A file to be written anew that its owner alone may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _write(path: Path, content: bytes) -> None:
    with _private(path) as sink:
        sink.write(content)
        sink.flush()
        os.fsync(sink.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
