"""The frame every command stands in: options, settings, the register, who acts, how errors end.

Texts of the catalogue (items, reasons, sources) come in the language of ``--lang``, else of the
session; headings of tables and errors likewise. Help is English, and so is what a command says to whoever set
the register up and never signed in.

Nothing like an identity code may stand among the arguments: the shell keeps its history, and
anybody on the machine may list the processes. Such codes are prompted for or read from stdin.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import psycopg
import typer
from pydantic import SecretStr, ValidationError
from rich.console import Console

from rekisteri import access, wiring
from rekisteri.access import Action, Read, Session, Viewer, Write
from rekisteri.catalogue import EXPLANATIONS, Fault, Purpose, Reason
from rekisteri.ground import clock, numbers
from rekisteri.ground import settings as environment
from rekisteri.ground.errors import Missing, Refused, Rejected, RekisteriError, Unavailable, Unidentified
from rekisteri.ground.settings import Settings
from rekisteri.tongues import LANGUAGES, phrasebook
from rekisteri.wiring import Register

SESSION_FILE = "cli-session"
DEMO_FILE = "demo.json"
"""Its presence makes a home the demo's: artificial identity codes only."""
DEMO_VTJ_FILE = "vtj.json"
"""What a running demo tells of its population register."""
POOL_SIZE = 3
"""Following VTJ takes so many: one stands guard, and two acts go side by side."""
PIPE_WIDTH = 160
OPERATORS_LANGUAGE = "en"
"""Where neither the command line nor a session says another."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the options common to all commands said."""

    settings: Settings
    json: bool
    language: str | None
    purpose: Purpose | None
    case: str | None

    @property
    def demo(self) -> bool:
        """Whether this home is the demo's."""
        return (self.settings.home / DEMO_FILE).exists()

    @contextmanager
    def register(self, *, make: bool = False, pool_size: int = POOL_SIZE) -> Iterator[Register]:
        """The register of this home. Raises ``Missing`` where there is none and ``make`` is not said."""
        home = self.settings.home
        if not make and self.settings.database_url is None and not (home / wiring.CLUSTER).exists():
            raise Missing(
                f"There is no register in {home}. Name another folder with --home, try `rekisteri demo`, "
                "or make an empty register with `rekisteri migrate`."
            )
        settings = self.settled(pool_size)
        with ExitStack() as stack:
            try:
                with aside().status(worded("Opening the register…", self.spoken)):
                    register = stack.enter_context(wiring.opened(settings))
            except psycopg.OperationalError:
                raise Unavailable("The database does not answer; check REKISTERI_DATABASE_URL.") from None
            except psycopg.ProgrammingError as error:
                if error.sqlstate is not None:
                    raise
                raise Rejected("REKISTERI_DATABASE_URL is no connection URL of PostgreSQL.") from None
            yield register

    def settled(self, pool_size: int) -> Settings:
        """The settings the register is opened with; a demo's know artificial codes alone, and its invented VTJ."""
        changed: dict[str, object] = {"pool_size": pool_size}
        if self.demo:
            changed |= {"artificial_hetu": True, "ordinary_hetu": False} | self._invented()
        return self.settings.model_copy(update=changed)

    def _invented(self) -> dict[str, object]:
        """The settings that reach the demo's invented population register; those somebody has set stay."""
        path = self.settings.home / DEMO_VTJ_FILE
        if not path.exists():
            return {}
        told: dict[str, Any] = orjson.loads(path.read_bytes())["settings"]
        return {
            name: SecretStr(value) if name.endswith("_password") else value
            for name, value in told.items()
            if name not in self.settings.model_fields_set
        }

    @contextmanager
    def acting(self) -> Iterator[Acting]:
        """The register, and whoever is signed in to it. Raises ``Unidentified``."""
        with self.register() as register:
            token, once = self._token(register)
            try:
                with self.acting_with(register, token) as acting:
                    yield acting
            finally:
                if once:
                    register.sessions.close(token)

    @contextmanager
    def acting_with(self, register: Register, token: str) -> Iterator[Acting]:
        """Whoever holds the session of a token. Raises ``Unidentified``."""
        session = register.sessions.resume(token)
        yield Acting(
            register=register,
            viewer=session.viewer,
            purpose=self.purpose or session.purpose,
            case=self.case,
            language=self.language or session.language,
            json=self.json,
            session=session,
        )

    @contextmanager
    def operating(self, *, make: bool = False) -> Iterator[Acting]:
        """The register, and the operator of this machine: sets up organisations and accounts only."""
        with self.register(make=make) as register:
            yield Acting(
                register=register,
                viewer=wiring.operator(),
                purpose=Purpose.ADMINISTRATION,
                case=self.case,
                language=self.spoken,
                json=self.json,
                session=None,
            )

    @property
    def session_file(self) -> Path:
        """Where the token of this home's session is kept, for its owner alone, and below it the session's language."""
        return self.settings.home / SESSION_FILE

    @property
    def spoken(self) -> str:
        """The language of whoever types: what the command line says, else the kept session, else the operator's."""
        kept = self.session_file.read_text().split()[1:] if self.session_file.exists() else []
        return self.language or next((one for one in kept if one in LANGUAGES), OPERATORS_LANGUAGE)

    def done(self, sentence: str) -> None:
        """Tell what was done, in words or as JSON."""
        if self.json:
            told_json({"done": sentence})
        else:
            say(sentence, self.spoken)

    def _token(self, register: Register) -> tuple[str, bool]:
        """A session's token, and whether it was opened for this command alone."""
        if self.settings.account is not None:
            secret = self.settings.password
            password = secret.get_secret_value() if secret else asked(worded("Password", self.spoken), hidden=True)
            return register.sign_in.open(self.settings.account, password, "cli", self.language or "fi")[0], True
        return self.kept_token(), False

    def kept_token(self) -> str:
        """The token of this home's session. Raises ``Unidentified``."""
        if not self.session_file.exists():
            raise Unidentified(
                "Sign in with `rekisteri login`, or set REKISTERI_ACCOUNT and REKISTERI_PASSWORD in a script."
            )
        return self.session_file.read_text().partition("\n")[0].strip()


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody at work in the register."""

    register: Register
    viewer: Viewer
    purpose: Purpose
    case: str | None
    language: str
    json: bool
    session: Session | None

    def read(self, action: Action) -> AbstractContextManager[Read]:
        """The door, to look."""
        return self.register.door.read(self.viewer, action, self.purpose, case=self.case)

    def write(self, action: Action) -> AbstractContextManager[Write]:
        """The door, to look and change."""
        return self.register.door.write(self.viewer, action, self.purpose, case=self.case)

    def organisation_codes(self) -> dict[int, str]:
        """Codes of client organisations by id."""
        with self.register.door.read(self.viewer, Action.ORGANISATION_READ, self.viewer.purposes()[0]) as tx:
            found = access.organisations(tx)
        return {one.id: one.code for one in found}


def framed(*, home: Path | None, json: bool, language: str | None, purpose: str | None, case: str | None) -> Frame:
    """The frame of a command. Raises ``Rejected`` for an option or a setting that does not hold."""
    try:
        settings = environment.load()
    except ValidationError as error:
        wrong = ", ".join(f"REKISTERI_{str(one['loc'][0]).upper()} ({one['msg']})" for one in error.errors())
        raise Rejected(f"A setting does not hold: {wrong}.") from None
    if home is not None:
        settings = settings.model_copy(update={"home": home})
    if language is not None and language not in LANGUAGES:
        raise Rejected("Choose fi, sv or en.", field="--lang")
    return Frame(settings, json, language, _purpose(purpose), case)


def _purpose(name: str | None) -> Purpose | None:
    if name is None:
        return None
    try:
        return Purpose(name)
    except ValueError:
        raise Rejected(f"The purposes are {', '.join(Purpose)}.", field="--purpose") from None


def refuse_codes(arguments: Sequence[str]) -> None:
    """Raise ``Rejected`` where an argument holds what looks like an identity code, without repeating it."""
    if any(numbers.without_hetu(argument) != argument for argument in arguments):
        raise Rejected(
            "A personal identity code must not stand on the command line: the shell's history and the list of "
            "processes show it. Leave it out and it is asked for (search without a text, show --hetu), "
            "or give it on standard input."
        )


def asked(label: str, *, hidden: bool = False) -> str:
    """One answer: prompted for on a terminal, else the next line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt(label, hide_input=hidden, err=True)).strip()
    line = sys.stdin.readline()
    if not line:
        raise Rejected(f"{label}: nothing came on standard input.")
    return line.strip()


def offered(label: str) -> str:
    """One answer that may be left out: prompted for on a terminal, else the next line of standard input, if any."""
    if sys.stdin.isatty():
        return str(typer.prompt(label, default="", show_default=False, err=True)).strip()
    return sys.stdin.readline().strip()


def as_id(text: str) -> UUID:
    """An identifier as it was typed. Raises ``Rejected``."""
    try:
        return UUID(text)
    except ValueError:
        raise Rejected("That is no id; copy it whole, as the lists and `rekisteri search` show it.") from None


def as_day(text: str | None, option: str) -> date | None:
    """A day given as an option. Raises ``Rejected``."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Rejected("Give the day as 2026-01-31.", field=option) from None


def as_moment(text: str | None, option: str) -> datetime | None:
    """A moment given as an option, in Finnish time unless it says otherwise. Raises ``Rejected``."""
    try:
        found = None if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise Rejected("Give the moment as 2026-01-31T12:00.", field=option) from None
    return found.replace(tzinfo=clock.HELSINKI) if found is not None and found.tzinfo is None else found


def screen() -> Console:
    """Where answers go; wide where nobody's window sets the width."""
    console = Console()
    return console if console.is_terminal else Console(width=PIPE_WIDTH)


def worded(sentence: str, language: str) -> str:
    """A sentence of ours in the reader's language; where no translation is known, as it is."""
    return phrasebook().say(sentence, language)


def say(sentence: str, language: str, *, style: str | None = None) -> None:
    """A sentence of ours on the screen, in the reader's language."""
    screen().print(worded(sentence, language), style=style, markup=False, highlight=False)


def aside() -> Console:
    """Where progress and errors go."""
    return Console(stderr=True)


def told_json(answer: Any) -> None:
    """An answer for machines: one JSON document on standard output."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE
    sys.stdout.buffer.write(orjson.dumps(answer, option=options, default=str))
    sys.stdout.flush()


def tell_error(error: RekisteriError, *, json: bool, language: str) -> None:
    """One shape for every error, on standard error."""
    faults = _faults(error, language)
    said = phrasebook().tell(error, language, codes=True)
    if json:
        shape = {"error": error.slug, "message": said.sentence, "field": error.field, "faults": faults}
        sys.stderr.write(orjson.dumps(shape, option=orjson.OPT_APPEND_NEWLINE).decode())
        return
    console = aside()
    field = f" [{error.field}]" if error.field else ""
    console.print(f"rekisteri: {error.slug}: {said.sentence}{field}", style="bold red", markup=False, highlight=False)
    for fault in faults:
        console.print(f"  {fault['field']}: {fault['what']}. {fault['mend']}.", markup=False, highlight=False)
    if isinstance(error, Refused) and not isinstance(error, Unidentified):
        console.print(
            f"  {worded('`rekisteri whoami` shows your roles and purposes.', language)}", markup=False, highlight=False
        )


def _faults(error: RekisteriError, language: str) -> list[dict[str, str]]:
    found = [fault for fault in getattr(error, "faults", ()) if isinstance(fault, Fault)]
    return [
        {
            "field": fault.field,
            "reason": fault.reason.value,
            "what": EXPLANATIONS[Reason(fault.reason)].what.in_(language),
            "mend": EXPLANATIONS[Reason(fault.reason)].mend.in_(language),
        }
        for fault in found
    ]
