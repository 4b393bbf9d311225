"""Wiring: the only place that builds things. A face asks for a ``Register`` and gets it whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from argon2 import PasswordHasher

from rekisteri.access import Door, SignIn, Viewer
from rekisteri.catalogue import Role, Rules
from rekisteri.ground import clock, migrations, postgres
from rekisteri.ground.database import Database
from rekisteri.ground.keys import KeyFile, Vault
from rekisteri.ground.settings import Settings
from rekisteri.sources import organisations

KEYS = "keys.json"
CLUSTER = "postgresql"
MAPPINGS = "mappings"


@dataclass(frozen=True, slots=True)
class Register:
    """The register, ready: what every face needs, and nothing else."""

    settings: Settings
    database: Database
    vault: Vault
    door: Door
    sign_in: SignIn
    hasher: PasswordHasher

    def rules(self, today: date) -> Rules:
        """What this environment accepts as identity on a day."""
        return Rules(today, self.settings.artificial_hetu, self.settings.ordinary_hetu)

    def mapping(self, organisation_code: str) -> organisations.Mapping:
        """How an organisation's columns are read: its file in ``mappings/``, else the standard layout.

        Raises ``Rejected`` for a mapping file that does not hold.
        """
        path = self.settings.home / MAPPINGS / f"{organisation_code}.toml"
        return organisations.load(path) if path.exists() else organisations.standard()


@contextmanager
def opened(
    settings: Settings, *, now: clock.Clock = clock.now, hasher: PasswordHasher | None = None
) -> Iterator[Register]:
    """The register of these settings: server started if it is ours, schema up to date, keys there.

    Closed at the end; a server that this call started is stopped. Raises ``Unavailable``.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    server = None
    url = settings.database_url
    if url is None:
        server = postgres.start(settings.home / CLUSTER)
        url = server.url
    try:
        migrations.migrate(url)
        vault = Vault(KeyFile.ensure(settings.home / KEYS))
        database = Database(url, size=settings.pool_size)
        argon = hasher or PasswordHasher()
        try:
            yield Register(
                settings=settings,
                database=database,
                vault=vault,
                door=Door(database, now),
                sign_in=SignIn(
                    database,
                    vault,
                    argon,
                    life=timedelta(minutes=settings.session_minutes),
                    idle=timedelta(minutes=settings.idle_minutes),
                    now=now,
                ),
                hasher=argon,
            )
        finally:
            database.close()
    finally:
        if server is not None:
            server.stop()


def operator(handle: str = "operator") -> Viewer:
    """Whoever runs the register's own commands on its machine: sets up accounts and organisations.

    Named in the log as itself; it carries the administrator's role and no other.
    """
    return Viewer(
        account_id=None,
        handle=handle,
        name="Operator of this machine",
        roles=frozenset({Role.ADMINISTRATOR}),
        organisations=frozenset(),
        every_organisation=False,
        channel="cli",
    )
