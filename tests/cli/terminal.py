"""A terminal for the command line's tests: commands run in this process, as a script would run them."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
from argon2 import PasswordHasher

from rekisteri import wiring
from rekisteri.cli.commands import run

PASSWORD = "a-long-enough-password"
HOME = "kuusilahti"
OTHER = "granvikin-vesi"


@dataclass(frozen=True, slots=True)
class Told:
    """How a command ended: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer for machines."""
        assert self.code == 0, self.err
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Terminal:
    """A home of the register, and somebody typing."""

    home: Path
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def types(self, *arguments: str, stdin: str = "") -> Told:
        """Run a command; ``stdin`` is what it may read."""
        self.patch.setattr("sys.stdin", io.StringIO(stdin))
        self.capture.readouterr()
        code = run(["--home", str(self.home), *arguments])
        told = self.capture.readouterr()
        return Told(code, told.out, told.err)

    def signs_in(self, account: str) -> None:
        """Sign in, the password on standard input."""
        assert self.types("login", account, stdin=PASSWORD).code == 0

    def file(self, rows: list[dict[str, str]], name: str = "asiakkaat.ndjson") -> Path:
        """Rows as a file that an organisation sends."""
        path = self.home / name
        path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
        return path

    def brings(self, rows: list[dict[str, str]], *options: str, organisation: str = HOME) -> Any:
        """Take rows of an organisation; the report."""
        return self.types(
            "import", "run", str(self.file(rows)), "--organisation", organisation, "--delta", "--json", *options
        ).json  # fmt: skip


def a_terminal(
    database_url: str, home: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
) -> Terminal:
    """A terminal at an empty register of the tests' own database, artificial codes only."""
    patch.setenv("REKISTERI_DATABASE_URL", database_url)
    # Passwords are proved in earnest in the tests of sign-in; here a command must only start fast.
    cheap = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
    patch.setattr(wiring, "PasswordHasher", cheap)
    patch.setenv("REKISTERI_ARTIFICIAL_HETU", "true")
    patch.setenv("REKISTERI_ORDINARY_HETU", "false")
    return Terminal(home, patch, capture)


def a_staffed_terminal(
    database_url: str, home: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
) -> Terminal:
    """A terminal at a register with two client organisations, a maintainer, an invoicer and an auditor."""
    terminal = a_terminal(database_url, home, patch, capture)
    for code, name, ytunnus in ((HOME, "Kuusilahti", "9900012-2"), (OTHER, "Granvikin Vesi", "9900039-2")):
        added = terminal.types("admin", "organisation", "add", code, "--name", name, "--ytunnus", ytunnus)
        assert added.code == 0, added.err
    for role, scope in (
        ("maintainer", ["--every-organisation"]), ("invoicer", ["--organisation", HOME]), ("auditor", ["--every-organisation"]),
    ):  # fmt: skip
        added = terminal.types("admin", "account", "add", role, "--role", role, "--name", role, *scope, stdin=PASSWORD)
        assert added.code == 0, added.err
    return terminal
