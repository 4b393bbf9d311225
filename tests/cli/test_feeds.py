"""feeds on the command line: list, run, send again, files, snapshots gone on with, secrets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rekisteri import feeds
from rekisteri.catalogue import RECIPIENTS_FILE
from rekisteri.simulators import InvoicingSystem
from tests.cli.terminal import HOME, PASSWORD, a_staffed_terminal
from tests.feeds.told import declared

ROWS = [
    {"asiakasnumero": str(n), "nimi": f"Yhtiö {n} Oy", "osoite_katu": "Katu 1", "osoite_postinumero": "00999",
     "osoite_toimipaikka": "HELSINKI"} for n in range(5)
]  # fmt: skip


def test_recipients_are_told_shown_and_their_secrets_turned(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    system = InvoicingSystem()
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    with system.open() as wire:
        (terminal.home / RECIPIENTS_FILE).write_text(
            declared("hook", HOME, "webhook", url=f"http://localhost:{wire.port}/", fields=["organisation_name"])
            + declared("billing", HOME, system=f"integration.{HOME}", fields=["organisation_name"])
            + declared("papers", HOME, "file", form="csv", folder="out").replace(
                "country = ", "at = 00:00:00\ncountry = "
            )
        )
        added = terminal.types(
            "admin", "account", "add", f"integration.{HOME}", "--role", "integration", "--name", "Billing",
            "--organisation", HOME, stdin=PASSWORD,
        )  # fmt: skip
        assert added.code == 0, added.err
        secret = terminal.types("feeds", "secret", "hook").out.strip()
        assert secret.startswith(feeds.STEM)
        system.secrets = [secret]
        assert terminal.types("feeds", "run", "--once", "--json").json["files"].keys() == {"papers"}
        terminal.signs_in("maintainer")
        taken = terminal.types("import", "run", str(terminal.file(ROWS)), "--organisation", HOME, "--delta", "--json")
        assert taken.code == 0, taken.err
        told = terminal.types("feeds", "run", "--once", "--json").json
        assert (told["events"], told["sent"], told["files"]) == (10, {"hook": 5}, {})
        assert sorted(system.customers) == ["0", "1", "2", "3", "4"]
        listed = {one["recipient"]: one for one in terminal.types("feeds", "list", "--json").json}
        assert (listed["hook"]["waiting"], listed["billing"]["waiting"]) == (0, 5)
        assert "kutsutaan" in terminal.types("feeds", "list").out
        assert terminal.types("feeds", "again", "hook", "--json").json == {"events": 0}
        assert terminal.types("feeds", "again", "nobody").code == 4
        made = terminal.types("feeds", "export-file", "papers", "--json").json
        assert (made["customers"], Path(made["file"]).read_text("utf-8-sig").count("\n")) == (5, 6)
        assert terminal.types("feeds", "export-file", "hook").code == 2

        out = tmp_path / "all.ndjson"
        assert terminal.types("feeds", "snapshot", "billing", "--out", str(out)).code == 3, "another's system"
        terminal.signs_in(f"integration.{HOME}")
        monkeypatch.setattr("rekisteri.feeds.asking.PAGE_MAX", 2)
        assert terminal.types("feeds", "snapshot", "billing", "--out", str(out), "--json").json["customers"] == 5
        # Broken off in the middle of a page: what is not sure is written anew.
        lines = out.read_bytes().splitlines(keepends=True)
        second = json.loads(lines[1])["customer"]
        out.write_bytes(b"".join(lines[:2]) + lines[2][:10])
        out.with_suffix(".ndjson.cursor").write_text(f"0.{second.replace('-', '')} {len(lines[0]) + len(lines[1])}")
        assert terminal.types("feeds", "snapshot", "billing", "--out", str(out), "--json").json["customers"] == 3
        assert out.read_bytes().splitlines(keepends=True) == lines

        assert terminal.types("feeds", "turn").code == 0
        assert len(terminal.types("feeds", "secret", "hook", "--json").json["secrets"]) == 2
        assert terminal.types("feeds", "turn", "--end-old").code == 0
        fresh = terminal.types("feeds", "secret", "hook", "--json").json["secrets"]
        assert (len(fresh), secret in fresh) == (1, False)
