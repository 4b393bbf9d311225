"""The log on the command line: sealed, exported, witnessed over HTTP and by files, verified off line."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from rekisteri import wiring
from rekisteri.cli.commands import run
from rekisteri.cli.serve import together
from rekisteri.ground.settings import Settings
from tests.cli.terminal import PASSWORD, Terminal, a_staffed_terminal
from tests.web.serving import served


def an_officer(terminal: Terminal) -> None:
    added = terminal.types(
        "admin",
        "account",
        "add",
        "officer",
        "--role",
        "officer",
        "--name",
        "Olga",
        "--every-organisation",
        stdin=PASSWORD,
    )
    assert added.code == 0, added.err


def test_the_log_is_sealed_exported_witnessed_and_verified_off_line(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path / "home", monkeypatch, capfd)
    an_officer(terminal)
    terminal.signs_in("officer")
    assert terminal.types("audit", "checkpoint").code == 4, "nothing is sealed yet"
    sealed = terminal.types("audit", "seal", "--json").json
    assert sealed["added"] == sealed["size"] > 5
    (log_key,) = terminal.types("audit", "key", "--json").json["keys"]
    exported, witness = tmp_path / "exported", tmp_path / "witness"
    vkey = terminal.types(
        "audit", "witness", "key", "--folder", str(witness), "--name", "tietosuoja.example/log"
    ).out.strip()
    assert terminal.types("audit", "witness", "key", "--folder", str(witness)).out.strip() == vkey
    assert terminal.types("audit", "witness", "add", vkey).code == 0
    assert terminal.types("audit", "witness", "add", vkey).code == 5
    request = tmp_path / "request.txt"
    request.write_text(terminal.types("audit", "witness", "request").out)
    size = int(request.read_text().splitlines()[3])
    by_file = ("--folder", str(witness), "--log-key", log_key)
    line = tmp_path / "line.txt"
    line.write_text(terminal.types("audit", "witness", "cosign", str(request), *by_file).out)
    assert terminal.types("audit", "witness", "cosign", str(request), *by_file).code == 5, "it has signed that already"
    assert terminal.types("audit", "witness", "accept", str(line), "--size", str(size)).code == 0
    assert terminal.types("audit", "export", str(exported), "--json").json["size"] == size
    verify = ("audit", "verify", str(exported), "--log-key", log_key, "--witness", vkey)
    told = terminal.types(*verify, "--database", "--json").json
    assert (told["holds"], told["witnessed"], told["events"]) == (True, size, size)
    assert "The log holds." in terminal.types(*verify).out
    # Off line: no home, no database.
    assert run(["--home", str(tmp_path / "nowhere"), *verify]) == 0
    assert terminal.types(*verify[:-1], log_key).code == 2, "a log's key is no witness's"
    with psycopg.connect(database_url) as owner:
        owner.execute("update audit.event set account = 'nobody' where account = 'operator'")
    refused = terminal.types(*verify, "--database")
    assert refused.code == 5
    assert "event_altered" in refused.out
    bundle = next((exported / "tile" / "entries").rglob("*.p/*"))
    bundle.write_bytes(bundle.read_bytes()[::-1])
    assert run(["--home", str(tmp_path / "nowhere"), *verify]) == 5


def test_a_witness_signs_over_http_round_by_round_and_one_event_is_proved(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capfd)
    an_officer(terminal)
    terminal.signs_in("officer")
    folder = str(tmp_path / "witness")
    vkey = terminal.types("audit", "witness", "key", "--folder", folder, "--name", "kuusilahti.example/log").out.strip()
    assert terminal.types("audit", "witness", "add", vkey).code == 0
    (log_key,) = terminal.types("audit", "key", "--json").json["keys"]
    assert terminal.types("audit", "witness", "run", "https://register.example", "--folder", folder, "--log-key", log_key,
                          "--country", "US").code == 2  # fmt: skip
    monkeypatch.setenv("REKISTERI_ACCOUNT", "auditor")
    monkeypatch.setenv("REKISTERI_PASSWORD", PASSWORD)
    settings = Settings(database_url=database_url, home=tmp_path, artificial_hetu=True, ordinary_hetu=False)
    with wiring.opened(settings) as register, served(together(register)) as address:
        rounds = ("audit", "witness", "run", address, "--folder", folder, "--log-key", log_key, "--json")
        assert terminal.types(*rounds).code == 4, "there is nothing to sign yet"
        sizes = []
        for _ in range(2):
            register.log.seal()
            sizes.append(terminal.types(*rounds).json["size"])
        assert sizes[0] < sizes[1], "the witness's own visits are in the log too"
        monkeypatch.setenv("REKISTERI_PASSWORD", "wrong-password-entirely")
        assert terminal.types(*rounds).code == 3
    monkeypatch.delenv("REKISTERI_ACCOUNT")
    told = terminal.types("audit", "witness", "list", "--json").json
    assert [(one["name"], one["size"]) for one in told] == [("kuusilahti.example/log", sizes[1])]
    terminal.types("audit", "seal")
    event = terminal.types("audit", "search", "--action", "audit:witness", "--json").json[0]["id"]
    proof = tmp_path / "event.tlog-proof"
    assert terminal.types("audit", "prove", event, "--out", str(proof)).code == 0
    opened = terminal.types("audit", "verify", str(proof), "--log-key", log_key).json
    assert (opened["id"], opened["action"], opened["account"]) == (event, "audit:witness", "officer")
    assert terminal.types("audit", "verify", str(proof), "--log-key", log_key, "--witness", vkey).code == 2
    assert terminal.types("audit", "witness", "end", "kuusilahti.example/log").code == 0
