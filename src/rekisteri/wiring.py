"""Wiring: the only place that builds things. A face asks for a ``Register`` and gets it whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from multiprocessing.connection import Connection as Line
from uuid import UUID

from argon2 import PasswordHasher
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from rekisteri import access, audit, feeds, parties, payers, rights
from rekisteri.access import (
    ACCOUNT_ROLES,
    Action,
    Arrivals,
    Door,
    Leaked,
    OpenID,
    Read,
    Sessions,
    SignIn,
    Terms,
    Tokens,
    Viewer,
    Write,
)
from rekisteri.catalogue import BARE_BYTES, KEYED, Purpose, Recipient, Role, Rules, load_recipients
from rekisteri.ground import clock, egress, migrations, numbers, postgres
from rekisteri.ground.database import Database
from rekisteri.ground.egress import Connection, Refusal
from rekisteri.ground.errors import Missing, Refused, Rejected, Unavailable
from rekisteri.ground.keys import KeyFile, LotsInDatabase, Vault, forgetting, turning
from rekisteri.ground.keys.forgetting import Forgotten, Mended
from rekisteri.ground.keys.token import Token
from rekisteri.ground.keys.turning import Told, Turned, Turner
from rekisteri.ground.settings import Settings
from rekisteri.sources import banks, directories, organisations, vtj

KEYS = "keys.json"
LOTS = "keys-lots.json"
LOG_KEYS = "log-keys.json"
LOG_MEMORY = "log-signed.json"
OFFICE_KEYS = "office-keys.json"
FEED_KEYS = "feed-keys.json"
CLUSTER = "postgresql"
MAPPINGS = "mappings"
KEY_FILES = (KEYS, LOTS, LOG_KEYS, LOG_MEMORY, OFFICE_KEYS, FEED_KEYS, rights.ERASED_FILE)
"""What is backed up apart from everything else: the keys, the lots of erased values, what has been erased, and what the log has signed."""
LAYOUTS = "directories"
PROVED_MODES = frozenset({"verify-ca", "verify-full"})
"""Ways of the database driver in which the server proves who it is."""


@dataclass(frozen=True, slots=True)
class Register:
    """The register, ready: what every face needs, and nothing else."""

    settings: Settings
    database: Database
    vault: Vault
    door: Door
    sessions: Sessions
    sign_in: SignIn
    arrivals: Arrivals
    tokens: Tokens
    hasher: PasswordHasher
    now: clock.Clock
    office: payers.Office
    crew: payers.Crew
    """Who helps with a long batch."""
    connections: tuple[Connection, ...]
    """Every declared way out of the house (register description § 8)."""
    log: audit.Sequencer
    url: str = field(repr=False)
    """Where the database is; it may hold a password."""
    recipients: tuple[Recipient, ...]
    """Everybody who is told of customers, as declared; nobody else is told anything (register description § 7)."""
    gatherer: feeds.Gatherer
    deliverer: feeds.Deliverer
    filer: feeds.Filer

    def rules(self, today: date) -> Rules:
        """What this environment accepts as identity on a day."""
        return Rules(today, self.settings.artificial_hetu, self.settings.ordinary_hetu)

    def declared(self) -> rights.Declared:
        """What the notice is written from. Raises ``Missing`` where nobody wrote whose register it is, or ``Rejected``."""
        house = rights.load(self.settings.home / rights.HOUSE_FILE)
        return rights.Declared(house, self.settings.vtj_permission, self.connections, recipients=self.recipients)

    def redeclared(self) -> bool:
        """Whether the declaration of recipients is another by now: processes tell by what they started with.

        One that does not hold is another too; the next start says where.
        """
        try:
            return load_recipients(self.settings.home, clock.day(self.now())) != self.recipients
        except Rejected:
            return True

    @property
    def authority(self) -> rights.Authority:
        """Where a data subject may complain: as the operator wrote it, else the one there is."""
        try:
            return rights.load(self.settings.home / rights.HOUSE_FILE).authority
        except Missing:
            return rights.ANY_AUTHORITY

    @property
    def alarmer(self) -> feeds.Alarmer:
        """Whoever tells alarms on, where the operator has declared a place."""
        return feeds.Alarmer(self.door, operator("rekisteri"), self.deliverer.secrets, self.settings.home, self.now)

    @property
    def runner(self) -> feeds.Runner:
        """Whoever tells the recipients, round after round."""
        return feeds.Runner(self.gatherer, self.deliverer, self.filer, self.recipients)

    def sent(self, tx: Read, party_id: UUID) -> list[rights.Sent]:
        """What recipients were told of a customer, for the access package and the customer's own page."""
        return feeds.sent_to(tx, self.recipients, party_id)

    def vtj_query(self) -> vtj.QuerySetup:
        """VTJ's query interface as it is set up. Raises ``Rejected`` where it is not connected."""
        return vtj.query_setup(self.settings)

    def vtj_following(
        self,
        viewer: Viewer,
        progress: vtj.Progress,
        *,
        despite_anomaly: bool = False,
        case: str | None = None,
        reason: str | None = None,
    ) -> vtj.Following:
        """What a run of following VTJ needs, for a viewer. Raises ``Rejected`` where it is not connected."""
        return vtj.Following(
            self.database, self.door, self.vault, self.rules, vtj.changes_setup(self.settings), viewer, progress,
            despite_anomaly, case, reason,
        )  # fmt: skip

    def mapping(self, organisation_code: str) -> organisations.Mapping:
        """How an organisation's columns are read: its file in ``mappings/``, else the standard layout.

        Raises ``Rejected`` for a mapping file that does not hold.
        """
        path = self.settings.home / MAPPINGS / f"{organisation_code}.toml"
        return organisations.load(path) if path.exists() else organisations.standard()

    def layout(self, directory: directories.Directory) -> directories.Layout:
        """Where things stand in a public directory's file: the layout in ``directories/``, else the register's own.

        Raises ``Rejected`` for a layout that does not hold.
        """
        path = self.settings.home / LAYOUTS / f"{directory}.toml"
        return directories.load(directory, path if path.exists() else None)


@contextmanager
def opened(
    settings: Settings, *, now: clock.Clock = clock.now, hasher: PasswordHasher | None = None
) -> Iterator[Register]:
    """The register of these settings: server started if it is ours, schema up to date, keys there.

    Closed at the end; a server that this call started is stopped. While it is open, this process
    reaches nothing outside the machine but declared connections. Raises ``Unavailable``, and
    ``Rejected`` for a declared connection that may not be.
    """
    recipients = load_recipients(settings.home, clock.day(now()))
    declared = (*connections(settings), *feeds.connections(recipients))
    for connection in declared:
        egress.check(connection, clock.day(now()))
    settings.home.mkdir(parents=True, exist_ok=True)
    server = None
    url = settings.database_url
    if url is None:
        server = postgres.start(settings.home / CLUSTER)
        url = server.url
    try:
        migrations.migrate(url)
        vault = Vault(KeyFile.ensure(settings.home / KEYS, wrap=token(settings)), LotsInDatabase(url))
        database = Database(url, size=settings.pool_size)
        argon = hasher or PasswordHasher()
        door = Door(database, now, terms(settings))
        sessions = _sessions(settings, database, vault, now)
        beside = payers.Beside(f"{__name__}.lend_a_hand", settings.model_copy(update={"database_url": url}))
        openid = OpenID(access.load_providers(settings.home / access.PROVIDERS_FILE), now)
        try:
            register = Register(
                settings=settings,
                database=database,
                vault=vault,
                door=door,
                sessions=sessions,
                sign_in=SignIn(database, vault, sessions, argon, terms(settings), now),
                tokens=Tokens(database, vault, sessions, now),
                arrivals=Arrivals(
                    database, vault, sessions, openid, rights.finder(settings, door, vault), terms(settings), now
                ),
                hasher=argon,
                now=now,
                office=_office(settings, vault),
                crew=payers.Crew(door, beside.start),
                connections=declared,
                log=_log(settings, database, now),
                url=url,
                recipients=recipients,
                filer=feeds.Filer(door, feeder(), now),
                gatherer=feeds.Gatherer(database, door, feeder(), recipients),
                deliverer=feeds.Deliverer(
                    database,
                    door,
                    feeder(),
                    feeds.Secrets(KeyFile.ensure(settings.home / FEED_KEYS, feeds.KEY_NAMES)),
                    now,
                ),
            )
            with egress.guarded(lambda refusal: _record(door, refusal)):
                yield register
        finally:
            beside.close()
            openid.close()
            vault.lots.close()
            database.close()
    finally:
        if server is not None:
            server.stop()


def _office(settings: Settings, vault: Vault) -> payers.Office:
    """What answering who pays takes: receipts and fingerprints have keys of their own, that open nothing."""
    keys = KeyFile.ensure(settings.home / OFFICE_KEYS, payers.OFFICE_KEY_NAMES)
    return payers.office(vault, keys, payers.Limits(settings.envelope_lines, settings.envelope_columns))


def lend_a_hand(handle: int) -> None:
    """What a helper's process does: it opens the register of the settings it is sent, and helps."""
    with Line(handle) as line, opened(line.recv()) as register:
        payers.help_out(line, register.door, register.office)


def connections(settings: Settings) -> tuple[Connection, ...]:
    """Every connection these settings open to another machine, as it is declared.

    Raises ``Rejected`` for a database elsewhere that does not prove who it is or has no country.
    """
    providers = access.load_providers(settings.home / access.PROVIDERS_FILE)
    ways = [way for provider in providers.values() for way in provider.connections()]
    alarms = feeds.alarm_connection(settings)
    return (
        *_database_connections(settings), *ways, *vtj.connections(settings), *banks.connections(settings.home),
        *(() if alarms is None else (alarms,)),
    )  # fmt: skip


def _database_connections(settings: Settings) -> Iterator[Connection]:
    """The database's hosts that are not this machine: what policies keep inside leaves for there."""
    try:
        said = conninfo_to_dict(settings.database_url or "")
    except ProgrammingError:
        raise Rejected("REKISTERI_DATABASE_URL is no connection URL of PostgreSQL.") from None
    hosts, ports = str(said.get("host", "")).split(","), str(said.get("port", "")).split(",")
    for place, host in enumerate(hosts):
        if host.startswith(("/", "@")) or egress.is_local(host):
            continue
        if said.get("sslmode") not in PROVED_MODES:
            raise Rejected(
                "The database is on another machine: add sslmode=verify-full (or verify-ca) to REKISTERI_DATABASE_URL, "
                "so that it is reached over TLS and proves who it is.",
                field="database_url",
            )
        if settings.database_country is None:
            raise Rejected(
                "The database is on another machine: say in which country, REKISTERI_DATABASE_COUNTRY=FI.",
                field="database_country",
            )
        port = ports[min(place, len(ports) - 1)] or "5432"
        name = "database" if len(hosts) == 1 else f"database-{place + 1}"
        yield Connection(name, f"https://{host}:{port}", settings.database_country, "the register's own database")


def _record(door: Door, refusal: Refusal) -> None:
    """An attempt to leave undeclared is an act of this process, and refused like any other."""
    with (
        suppress(Refused, Unavailable),
        door.read(operator("rekisteri"), Action.CONNECTION_OPEN, Purpose.ADMINISTRATION) as tx,
    ):
        host = numbers.without_hetu(refusal.host)
        tx.note(host=host, port=refusal.port, connection=refusal.connection)
        raise Refused("Nothing goes there from here: no connection is declared for it.")


def _sessions(settings: Settings, database: Database, vault: Vault, now: clock.Clock) -> Sessions:
    return Sessions(
        database,
        vault,
        life=timedelta(minutes=settings.session_minutes),
        idle=timedelta(minutes=settings.idle_minutes),
        now=now,
    )


def terms(settings: Settings) -> Terms:
    """What the operator has set of rights and sign-in."""
    return Terms(
        two_person_grants=settings.two_person_grants,
        step_up=timedelta(minutes=settings.step_up_minutes),
        second_factor_roles=frozenset(_roles(settings.second_factor_roles)),
        system_passwords=settings.system_passwords,
        review_grace=None if settings.review_grace_days < 0 else timedelta(days=settings.review_grace_days),
        unknown_is_on=settings.vtj_orders_told and settings.vtj_changes_url is not None,
        password_words=tuple(filter(None, (word.strip() for word in settings.password_words.split(",")))),
        leaked_passwords=None if settings.leaked_passwords is None else Leaked.of(settings.leaked_passwords),
    )


def _roles(text: str) -> Iterator[Role]:
    """The roles a setting names, with commas between. Raises ``Rejected``."""
    for name in filter(None, (piece.strip() for piece in text.split(","))):
        if name not in set(ACCOUNT_ROLES):
            raise Rejected(
                f"REKISTERI_SECOND_FACTOR_ROLES names '{name}'; the roles are {', '.join(ACCOUNT_ROLES)}.",
                field="second_factor_roles",
            )
        yield Role(name)


def _log(settings: Settings, database: Database, now: clock.Clock) -> audit.Sequencer:
    """The log's sequencer, with its own key: a key file that neither the database nor the other keys share."""
    signers = audit.log_signers(KeyFile.ensure(settings.home / LOG_KEYS, audit.LOG_KEY_NAMES), settings.log_origin)
    return audit.Sequencer(database, signers, audit.Memory(settings.home / LOG_MEMORY), now)


TURNERS: tuple[Turner, ...] = (*KEYED, parties.CODES, parties.NAMED_CODES)
"""Every column that holds something of a named key, and how it is made anew when the key turns."""


def turn(register: Register, key: str, told: Told) -> Turned:
    """Turn a named key while work goes on, or go on with a turn that was broken off. Raises ``Conflict``."""
    lots = register.vault.lots
    assert isinstance(lots, LotsInDatabase)
    opened = partial(_turning, register, key)

    @contextmanager
    def held() -> Iterator[Write]:
        with opened() as tx:
            parties.lock_identity(tx)
            yield tx

    mine = [one for one in TURNERS if one.key == key]
    known = {one.column for one in TURNERS} | BARE_BYTES
    return turning.turn(register.vault, lots, key, mine, opened, told, held=held, known=known)


@contextmanager
def _turning(register: Register, key: str | None = None) -> Iterator[Write]:
    with register.door.write(_key_holder(), Action.KEYS_TURN, Purpose.ADMINISTRATION) as tx:
        tx.note(key=key)
        yield tx


def erase(
    register: Register,
    viewer: Viewer,
    request_id: UUID,
    *,
    purpose: Purpose = Purpose.DATA_PROTECTION,
    case: str | None = None,
) -> rights.Certificate | None:
    """``rights.erase``; what is erased is noted beside the keys, for a restored backup."""
    with register.door.write(viewer, Action.RIGHTS_ERASE, purpose, case=case) as tx:
        house = register.declared().house
        party_id = rights.request(tx, request_id).party_id
        made = rights.erase(
            tx, register.vault, register.office.signer, request_id, house=house.controller.name, authority=house.authority,
            beyond=[("feeds.event", feeds.erased)],
        )  # fmt: skip
    if made is not None:
        rights.note(register.settings.home, party_id, made)
    return made


def erase_again(register: Register) -> int:
    """Whatever was ever erased is erased again where an old backup has brought it back; how many rows and items."""
    count = 0
    for party_id, items in rights.noted(register.settings.home):
        with register.door.write(_key_holder(), Action.RETENTION_RUN, Purpose.ADMINISTRATION) as tx:
            parties.lock_identity(tx)
            count += rights.erase_again(tx, register.vault, party_id, items)
    return count


def retain(register: Register, *, rehearse: bool = False) -> rights.Run:
    """Let go what has been kept its time; with ``rehearse`` tell what would go. Raises ``Conflict`` for values of before lots."""
    with register.door.write(_key_holder(), Action.RETENTION_RUN, Purpose.ADMINISTRATION) as tx:
        return rights.retain(tx, register.vault, beyond=feeds.SWEEPS, rehearse=rehearse)


def forget(register: Register, told: Told) -> Forgotten:
    """Cut out the one-time keys of what has been erased: then no backup opens it. Raises ``Conflict``."""
    lots = register.vault.lots
    assert isinstance(lots, LotsInDatabase)
    copy = register.settings.home / LOTS
    return forgetting.carry_out(register.vault, lots, KEYED, copy, partial(_turning, register), told)


def token(settings: Settings) -> Token | None:
    """The hardware token that wraps the key file, where the settings name one."""
    if settings.key_token_module is None:
        return None
    return Token(settings.key_token_module, settings.key_token_label, settings.key_token_pin_file)


def condemned(register: Register) -> int:
    """How many erased values' keys wait to be cut out."""
    with register.door.read(_key_holder(), Action.KEYS_READ, Purpose.ADMINISTRATION) as tx:
        return int(tx.value("select count(*) from ground.condemned"))


def mend_keys(register: Register) -> Mended:
    """After an old backup was restored: what has not been erased since opens again. Raises ``Missing``."""
    return forgetting.mend(register.vault, register.settings.home / LOTS, partial(_turning, register))


def keys_left(register: Register) -> dict[str, int]:
    """How many rows of each column hold something of an old version of a key."""
    ring = register.vault.ring()
    with register.door.read(_key_holder(), Action.KEYS_READ, Purpose.ADMINISTRATION) as tx:
        return {one.column: one.left(tx, turning.floor(one.key, ring[one.key].current, tx)) for one in TURNERS}


def compare_corrections(register: Register) -> rights.conflicts.Compared:
    """Hold the corrections in force against what their sources have delivered since: for the nightly run."""
    with register.door.write(_key_holder(), Action.CORRECTION_COMPARE, Purpose.ADMINISTRATION) as tx:
        return rights.conflicts.compare(tx, register.vault)


def _key_holder() -> Viewer:
    """The operator at work on rows of every organisation: keys made anew, corrections compared."""
    return replace(operator(), every_organisation=True, rights=None)


def feeder() -> Viewer:
    """The register at its own work of telling recipients, whatever organisation's they are."""
    return replace(operator("feeds"), every_organisation=True, rights=None)


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


def overseer() -> Viewer:
    """The register's own watch over the log: goes through it and raises signals, and shows nothing to anybody."""
    watch = replace(operator("valvonta"), name="Oversight of this register", channel="job")
    return replace(watch, every_organisation=True, rights=None)
