"""A backup brings back the whole register, keys apart, and a broken or foreign one brings nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from rekisteri.ground import backups
from rekisteri.ground.errors import Unavailable
from tests.builders import AAPO, a_person
from tests.cli.terminal import Terminal, Told, a_staffed_terminal, a_terminal


@pytest.fixture
def safe(tmp_path: Path) -> Path:
    return tmp_path / "safe"


def a_backup(terminal: Terminal, safe: Path, *options: str) -> Path:
    made = terminal.types("backup", "make", str(safe / "backups"), "--json", *options).json
    return Path(made["folder"])


def restored(terminal: Terminal, safe: Path, folder: Path, home: Path, url: str) -> Told:
    """Restore into another home and database; the terminal stays where it is."""
    terminal.patch.setenv("REKISTERI_DATABASE_URL", url)
    other = Terminal(home, terminal.patch, terminal.capture)
    return other.types(
        "backup",
        "restore",
        str(folder),
        "--identity",
        str(safe / "identity.txt"),
        "--keys",
        str(safe / "keys.age"),
        "--json",
    )


def test_a_backup_brings_back_the_register_and_says_what_it_proved(
    database_url: str,
    empty_database_url: str,
    tmp_path: Path,
    safe: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = tmp_path / "home"
    terminal = a_staffed_terminal(database_url, home, monkeypatch, capsys)
    terminal.signs_in("maintainer")
    terminal.brings([a_person("1")])
    assert terminal.types("backup", "make", str(safe / "backups")).code == 2, "nobody to encrypt to"
    told = terminal.types("backup", "key", str(safe / "identity.txt"), "--json").json
    assert told["recipient"].startswith("age1") and (safe / "identity.txt").stat().st_mode & 0o077 == 0
    assert terminal.types("backup", "key", str(safe / "identity.txt")).code == 5, "an identity is never written over"
    folder = a_backup(terminal, safe)
    terminal.types("backup", "keys", str(safe / "keys.age"))
    everything = b"".join(one.read_bytes() for one in (*folder.iterdir(), safe / "keys.age"))
    for plain in (b"PGDMP", b"Kuusilahti", b"maintainer", *json_keys(home)):
        assert plain not in everything

    proved = terminal.types(
        "backup",
        "prove",
        str(folder),
        "--identity",
        str(safe / "identity.txt"),
        "--keys",
        str(safe / "keys.age"),
        "--json",
    ).json
    assert proved["shut"] == 0 and proved["kept"] is False, "on a server that is thrown away"

    answer = restored(terminal, safe, folder, tmp_path / "new", empty_database_url).json
    assert (answer["shut"], answer["lost"]) == (0, 0) and answer["lots"] > 0 and answer["leaves"] > 0
    again = Terminal(tmp_path / "new", monkeypatch, capsys)
    again.signs_in("maintainer")
    found = again.types("search", "--json", stdin=AAPO + "\n").json
    assert len(found["hits"]) == 1
    assert restored(terminal, safe, folder, tmp_path / "new", empty_database_url).code == 5, "the database is not empty"


def json_keys(home: Path) -> list[bytes]:
    """Every key of the key file, as it would stand in the clear."""
    keys = json.loads((home / "keys.json").read_bytes())
    return [text.encode() for text in strings(keys) if len(text) > 30]


def strings(said: object) -> list[str]:
    if isinstance(said, dict):
        return [text for one in said.values() for text in strings(one)]
    return [said] if isinstance(said, str) else []


def test_a_damaged_foreign_or_unfinished_backup_restores_nothing(
    database_url: str,
    empty_database_url: str,
    tmp_path: Path,
    safe: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    terminal = a_terminal(database_url, tmp_path / "home", monkeypatch, capsys)
    terminal.types("backup", "key", str(safe / "identity.txt"))
    folder = a_backup(terminal, safe)
    terminal.types("backup", "keys", str(safe / "keys.age"))
    manifest = (folder / backups.MANIFEST).read_bytes()
    whole = (folder / backups.DATABASE).read_bytes()

    def refused(code: int, *words: str) -> None:
        told = restored(terminal, safe, folder, tmp_path / "new", empty_database_url)
        assert told.code == code, told
        assert all(word in told.err for word in words), told.err

    (folder / backups.DATABASE).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    refused(2, "damaged")
    said = json.loads(manifest)
    said["sha256"][backups.DATABASE] = "0" * 64
    (folder / backups.MANIFEST).write_text(json.dumps(said))
    (folder / backups.DATABASE).write_bytes(whole)
    refused(2, "damaged")
    (folder / backups.MANIFEST).write_bytes(manifest)
    (folder / backups.DATABASE).unlink()
    refused(4, "missing")
    (folder / backups.DATABASE).write_bytes(whole)
    mine = (safe / "identity.txt").read_text()
    (safe / "identity.txt").unlink()
    backups.new_identity(safe / "identity.txt")
    refused(2, "does not open with this identity")
    (safe / "identity.txt").write_text(mine)
    assert restored(terminal, safe, folder, tmp_path / "new", empty_database_url).code == 0, "and whole it restores"


def test_where_the_disk_is_full_or_the_server_away_no_half_backup_is_left(
    database_url: str, tmp_path: Path, safe: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_terminal(database_url, tmp_path / "home", monkeypatch, capsys)
    terminal.types("backup", "key", str(safe / "identity.txt"))
    first = a_backup(terminal, safe)
    to = [backups.recipient_of(safe / "identity.txt")]
    at = backups.look(first).made

    def fails(descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    def make(url: str) -> None:
        backups.make(url, [], tmp_path, safe / "full", to, at, lambda count: None)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        with pytest.raises(Unavailable, match="No space left"):
            make(database_url)
    with pytest.raises(Unavailable, match="pg_dump failed"):
        make("postgresql://nobody@127.0.0.1:1/nowhere")
    assert list((safe / "full").iterdir()) == []


def test_the_oldest_go_and_what_a_killed_call_left_is_no_backup(
    database_url: str, tmp_path: Path, safe: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_terminal(database_url, tmp_path / "home", monkeypatch, capsys)
    terminal.types("backup", "key", str(safe / "identity.txt"))
    folder = a_backup(terminal, safe)
    for day in ("20200101T000000Z", "20200102T000000Z"):
        copy = folder.with_name(backups.PREFIX + day)
        copy.mkdir()
        for one in folder.iterdir():
            (copy / one.name).write_bytes(one.read_bytes())
    folder.with_name("rekisteri-20200103T000000Z.unfinished").mkdir()
    assert backups.prune(folder.parent, 0) == []
    assert backups.prune(folder.parent, 2) == ["rekisteri-20200101T000000Z"]
    table = terminal.types("backup", "list", str(folder.parent), "--json").json
    assert [one["state"] for one in table] == ["whole", "whole"]
