"""demo: a whole register of invented customers in one command, and the same one again next time.

Three client organisations deliver files that are first written to disk, and are then taken by the
real intake. Every step can be killed and is done again, or met done, at the next start.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from argon2 import PasswordHasher
from rich.table import Table

from rekisteri import access, api, rights, simulators
from rekisteri.access import Action
from rekisteri.catalogue import ROLES, Purpose, Role, Text
from rekisteri.cli import demo_banks, imports, telling
from rekisteri.cli.demo_ahead import Ahead, Hashing
from rekisteri.cli.demo_reasons import declare_reasons
from rekisteri.cli.feeds import following
from rekisteri.cli.frame import DEMO_FILE, Acting, Frame, aside, say, screen, told_json, worded
from rekisteri.cli.serve import serving
from rekisteri.ground.errors import Conflict
from rekisteri.ground.settings import Settings
from rekisteri.rights import HOUSE_FILE
from rekisteri.sources import organisations
from rekisteri.tongues import LANGUAGES
from rekisteri.wiring import CLUSTER, MAPPINGS, Register, operator

CUSTOMERS = 30_000
SEED = 1
FILES = "files"
FAULTY_PERCENT = 0.5
TELLING_S = 2.0
"""How often the demo tells its recipients."""
IDENTIFIED = 5
"""How many customers the invented strong identification knows."""
UNCERTIFIED = "The certified OpenID provider is not installed here (./rekisteri-dev setup fetches it); a simulation stands in for it."
CODES = tuple(organisation.code for organisation in simulators.ORGANISATIONS)
BILLERS = tuple(
    demo_banks.Biller(one.code, Text(one.name, one.name_sv, one.name), one.ytunnus) for one in simulators.ORGANISATIONS
)


HOUSE = """\
# Whose register this is: what every document of the register bears. All of it is invented.
[controller]
name = "Kuvitelman Talouspalvelut Oy"
ytunnus = "9900012-2"
address = "Esimerkkikatu 1, 00999 Helsinki"
phone = "+358 40 000 0000"
email = "rekisteri@kuvitelma.example"

[contact]
name = "Maija Mallikas"
address = "Esimerkkikatu 1, 00999 Helsinki"
email = "maija.mallikas@kuvitelma.example"

[officer]
name = "Ossi Suojaava"
email = "tietosuoja@kuvitelma.example"
"""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demo; its password is kept, for nothing behind it is real."""

    handle: str
    role: Role
    organisations: tuple[str, ...]
    password: str

    @property
    def every_organisation(self) -> bool:
        """Whether it is of the service centre's own staff."""
        return not self.organisations and self.role is not Role.ADMINISTRATOR


def demo(
    context: typer.Context,
    customers: Annotated[int, typer.Option(min=30, max=3_000_000, help="How many customers to invent.")] = CUSTOMERS,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0 picks a free one.")] = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Set it up and stop.")] = False,
    next_month: Annotated[
        bool, typer.Option("--next-month", help="Only write the files the organisations send next month.")
    ] = False,
    days: Annotated[
        int | None,
        typer.Option(
            "--let-days-pass",
            min=1,
            max=3660,
            metavar="DAYS",
            help="Only let days go by at the running demo's population register; then `rekisteri vtj follow`.",
        ),
    ] = None,
) -> None:
    """Try the register: database, three client organisations, thirty thousand invented customers, web and API.

    Everything is kept in the home folder (./rekisteri-data), and a second start uses the same data.
    """
    frame: Frame = context.obj
    home = frame.settings.home
    if not frame.demo and (home / CLUSTER).exists():
        raise Conflict(f"{home} holds a register that is no demo; choose another folder with --home.")
    if days is not None:
        _let_days_pass(frame, days)
        return
    accounts, customers = _remembered(home, customers)
    _declare(home)
    if next_month:
        _write_next_month(frame, customers)
        return
    settings = frame.settings
    port = _free(settings.host, settings.port if port is None else port)
    fresh = not (home / CLUSTER).exists() and not (home / FILES).exists()
    people = [one for one in simulators.people(SEED, 2 * IDENTIFIED) if one.hetu][:IDENTIFIED]
    with (
        Ahead(partial(_written, home, customers), begin=fresh) as files,
        Hashing([one.password for one in accounts if fresh]) as hasher,
        simulators.identity_providers(home, _staff(accounts), people, _addresses(settings, port)) as certified,
        simulators.answering_banks(home, SEED, customers),
        simulators.invoicing_system(home) as invoicing,
        simulators.population_register(home, SEED, customers),
        frame.register(make=True, pool_size=settings.pool_size) as register,
    ):
        if not certified:
            aside().print(UNCERTIFIED, soft_wrap=True, highlight=False)
        _set_up(register, accounts, hasher)
        maintainer = next(account for account in accounts if account.role is Role.MAINTAINER)
        with _acting(register, maintainer) as acting:
            reports = _deliver(acting, accounts, files.made())
            demo_banks.announce(acting, BILLERS)
        _publish(register, accounts)
        invoicing.secrets = register.deliverer.secrets.shown(simulators.DEMO_CALLED)
        register.gatherer.gather()
        if no_serve:
            _tell(frame, None, accounts, reports)
            return
        with following(register, TELLING_S):
            serving(
                register,
                host=settings.host,
                port=port,
                ready=lambda address: _tell(frame, address, accounts, reports),
            )


def _staff(accounts: Sequence[DemoAccount]) -> list[tuple[str, dict[str, str]]]:
    """Whom the invented identity provider proves: their names, in words of each language."""
    return [
        (one.handle, {language: ROLES[one.role].in_(language) for language in LANGUAGES})
        for one in accounts
        if one.role is not Role.INTEGRATION
    ]


def _free(host: str, port: int) -> int:
    """The port wished, or a free one: a provider must know where browsers go back to before anything is served."""
    if port:
        return port
    with socket.create_server((host, 0)) as listener:
        return int(listener.getsockname()[1])


def _addresses(settings: Settings, port: int) -> list[str]:
    """Every address a browser on this machine may call the register by; the first reaches it from here."""
    scheme = "http" if settings.tls_cert is None else "https"
    own = [f"{scheme}://{host}:{port}" for host in (settings.host, "127.0.0.1", "localhost")]
    return list(dict.fromkeys([*own, *([settings.public_url.rstrip("/")] if settings.public_url else [])]))


def _received(home: Path) -> Path:
    """Where the demo's invoicing system writes down what it is told."""
    return home / simulators.DEMO_RECEIVED / f"{simulators.DEMO_CALLED}.ndjson"


def _remembered(home: Path, customers: int) -> tuple[list[DemoAccount], int]:
    """The demo's accounts with their passwords, and how many customers it has: told the first time."""
    path = home / DEMO_FILE
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        accounts = [
            {"handle": handle, "role": role, "organisations": codes, "password": access.invent_password()}
            for handle, role, codes in _wanted()
        ]
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink:
            sink.write(orjson.dumps({"customers": customers, "accounts": accounts}, option=orjson.OPT_INDENT_2))
        fresh.rename(path)
    kept: dict[str, Any] = orjson.loads(path.read_bytes())
    found = [
        DemoAccount(one["handle"], Role(one["role"]), tuple(one["organisations"]), one["password"])
        for one in kept["accounts"]
    ]
    return found, int(kept["customers"])


def _declare(home: Path) -> None:
    """Whose register the demo is: an invented service centre, for the notice to name."""
    path = home / HOUSE_FILE
    if not path.exists():
        path.write_text(HOUSE, "utf-8")


def _wanted() -> list[tuple[str, Role, tuple[str, ...]]]:
    """An account of each role, and an invoicer and an integration of each client organisation."""
    bound = (Role.INVOICER, Role.INTEGRATION)
    whole = [(role.value, role, CODES if role in bound else ()) for role in access.ACCOUNT_ROLES]
    own = [(f"{role}.{code}", role, (code,)) for code in CODES for role in bound]
    return whole + own


def _set_up(register: Register, accounts: list[DemoAccount], hasher: PasswordHasher) -> None:
    """Organisations and accounts; those that are there stay as they are."""
    viewer = operator("demo")
    with register.door.read(viewer, Action.ORGANISATION_READ, Purpose.ADMINISTRATION) as tx:
        there = {one.code for one in access.organisations(tx)}
    # Whoever has tried a client organisation of their own in the demo goes on with it.
    if there and not set(CODES) <= there:
        raise Conflict("The database holds other client organisations than the demo's; point the demo at an empty one.")
    with register.door.write(viewer, Action.ORGANISATION_MANAGE, Purpose.ADMINISTRATION) as tx:
        for one in simulators.ORGANISATIONS:
            if one.code not in there:
                access.add_organisation(tx, code=one.code, name=one.name, ytunnus=one.ytunnus)
    with register.door.read(viewer, Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        known = {account.handle for account in access.accounts(tx)}
    missing = [account for account in accounts if account.handle not in known]
    if missing:
        with (
            aside().status("Making the accounts…"),
            register.door.write(viewer, Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx,
        ):
            for account in missing:
                scope = ", ".join(account.organisations)
                access.add_account(
                    tx,
                    hasher,
                    handle=account.handle,
                    name=f"{ROLES[account.role].fi} {scope}".strip(),
                    password=account.password,
                    roles=[account.role],
                    organisation_codes=account.organisations,
                    every_organisation=account.every_organisation,
                )
    _link(register, accounts)
    declare_reasons(register)


def _link(register: Register, accounts: list[DemoAccount]) -> None:
    """Whoever the invented identity provider proves comes in as the account of the same name."""
    with register.door.write(operator("demo"), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        for account in accounts:
            if account.role is not Role.INTEGRATION and not access.identities(tx, account.handle):
                access.link(tx, account.handle, simulators.DEMO_STAFF_PROVIDER, account.handle)


def _written(home: Path, customers: int) -> Iterator[simulators.DemoDelivery]:
    """Write the organisations' files, and for each that has no mapping one drafted from its file."""
    for delivery in simulators.demo_files(home / FILES, SEED, customers, faulty_percent=FAULTY_PERCENT):
        mapping = home / MAPPINGS / f"{delivery.organisation_code}.toml"
        if not mapping.exists():
            mapping.parent.mkdir(parents=True, exist_ok=True)
            fresh = mapping.with_suffix(".new")
            fresh.write_text(organisations.draft(delivery.path), "utf-8")
            fresh.rename(mapping)
        yield delivery


def _deliver(
    looking: Acting, accounts: list[DemoAccount], files: Iterator[simulators.DemoDelivery]
) -> list[organisations.Report]:
    """Each organisation's first file, if it has not been taken."""
    register = looking.register
    with looking.read(Action.IMPORT_READ) as tx:
        numbers = {one.code: one.id for one in access.organisations(tx)}
        taken = {one for one in numbers.values() if organisations.batches(tx, organisation_id=one, limit=1)}
    if all(numbers[code] in taken for code in CODES):
        return []
    reports: list[organisations.Report] = []
    while True:
        with aside().status("The client organisations write their files…"):
            delivery = next(files, None)
        if delivery is None:
            return reports
        code = delivery.organisation_code
        if numbers[code] in taken:
            continue
        account = next(one for one in accounts if one.handle == f"{Role.INTEGRATION}.{code}")
        with _acting(register, account) as acting:
            chosen = register.mapping(code)
            reports.append(imports.take(acting, delivery.path, code, chosen, full=delivery.full)[0])


def _publish(register: Register, accounts: list[DemoAccount]) -> None:
    """The first privacy notice, by the officer: whoever is told of the register is told what was published."""
    officer = next(account for account in accounts if account.role is Role.OFFICER)
    with _acting(register, officer) as acting, acting.write(Action.NOTICE_PUBLISH) as tx:
        if rights.current(tx) is None:
            rights.publish(tx, register.declared())


def _let_days_pass(frame: Frame, days: int) -> None:
    """People move, marry and die at the demo's population register; following it brings that here."""
    lived = simulators.let_live(frame.settings.home, days)
    if frame.json:
        told_json({"today": lived.today, "changes": lived.changes})
        return
    here = f"{_program()} --home {frame.settings.home}"
    told = worded(
        f"{lived.changes} changes in {days} days: it is {lived.today} at the population register. Bring them in with "
        f"{here} vtj follow",
        frame.spoken,
    )
    screen().print(told, markup=False, soft_wrap=True, highlight=False)


def _write_next_month(frame: Frame, customers: int) -> None:
    """What the organisations send a month later: some customers new, some gone, some changed."""
    deliveries = simulators.write_next_month_files(frame.settings.home / FILES, SEED, customers)
    if frame.json:
        told_json([{"file": one.path, "organisation": one.organisation_code, "full": one.full} for one in deliveries])
        return
    for one in deliveries:
        mode = "--full" if one.full else "--delta"
        command = f"rekisteri import run {one.path} --organisation {one.organisation_code} {mode}"
        screen().print(command, markup=False, soft_wrap=True, highlight=False)


@contextmanager
def _acting(register: Register, account: DemoAccount) -> Iterator[Acting]:
    """One of the demo's accounts at work, signed in for the while."""
    token, session = register.sign_in.open(account.handle, account.password, "cli")
    try:
        yield Acting(
            register=register,
            viewer=session.viewer,
            purpose=session.purpose,
            case=None,
            language=session.language,
            json=False,
            session=session,
        )
    finally:
        register.sessions.close(token)


def _tell(frame: Frame, address: str | None, accounts: list[DemoAccount], reports: list[organisations.Report]) -> None:
    """Where it is, who may sign in, what to try."""
    if frame.json:
        told_json(
            {
                "address": address,
                "accounts": [{"account": one.handle, "password": one.password, "role": one.role} for one in accounts],
                "imports": [{"file": one.file_name, "rows": one.rows, "rejected": one.rejected} for one in reports],
            }
        )
        return
    console = screen()
    language = frame.spoken
    if reports:
        console.print(imports.summary(reports, language))
    table = Table(box=None, pad_edge=False)
    table.add_column(telling.heading("account", language), min_width=max(len(one.handle) for one in accounts))
    table.add_column(telling.heading("password", language), min_width=max(len(one.password) for one in accounts))
    table.add_column(telling.heading("role", language))
    table.add_column(telling.heading("organisations", language))
    for one in accounts:
        scope = telling.heading("every", language) if one.every_organisation else ", ".join(one.organisations)
        table.add_row(one.handle, one.password, ROLES[one.role].in_(language), scope)
    console.print(table)
    home = frame.settings.home
    if address is None:
        say(f"The demo is ready in {home}; `rekisteri demo` serves it.", language)
        return
    here = f"{_program()} --home {home}"
    for line in (
        "",
        worded(f"Rekisteri is open at {address}/   (API: {address}{api.PREFIX}/openapi.json)", language),
        "",
        worded("Things to try:", language),
        worded(f"  1. In the browser: sign in as maintainer and search {_misspelt_customer()}", language),
        worded(f"  2. In another terminal: {here} login maintainer, then {here} search", language),
        worded(
            f"  3. Next month's files: {here} demo --next-month, and then {here} import run FILE … --dry-run", language
        ),
        worded(f"  4. As a customer: {address}/tunnistaudu, by an invented identity provider", language),
        worded(
            f"  5. Who pays: {here} payers resolve --organisation kuusilahti --reason PAIVAHOITO --number 100001",
            language,
        ),
        worded(f"  6. What payers have done at their banks since: {here} bank exchange", language),
        worded(
            f"  7. Change a customer of Kuusilahti and see its invoicing system told: tail -f {_received(home)}",
            language,
        ),
        worded(
            f"  8. Follow the population register: {here} vtj follow, then {here} demo --let-days-pass 30 and again",
            language,
        ),
        "",
        worded("Ctrl-C stops it; the same command opens the same register again.", language),
    ):
        console.print(line, markup=False, soft_wrap=True, highlight=False)


def _program() -> str:
    """The command as it was called, so that what is printed can be pasted."""
    called = sys.argv[0]
    return called if Path(called).is_file() and shutil.which("rekisteri") != called else "rekisteri"


def _misspelt_customer() -> str:
    """A customer's name as somebody in a hurry types it."""
    person = next(iter(simulators.people(SEED, 1)))
    return f"{person.surname[:-2]}{person.surname[-1]} {person.called_name}"
