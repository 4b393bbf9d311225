"""The commands as one tree, the options common to all, and how every command ends."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from rekisteri import __version__
from rekisteri.cli.frame import OPERATORS_LANGUAGE, Frame, framed, refuse_codes, screen, tell_error
from rekisteri.ground.errors import Rejected, RekisteriError
from rekisteri.tongues import LANGUAGES

INTERRUPTED = 130
WRONG_USE = 2
FLAGS = frozenset({"--json"})
VALUED = frozenset({"--home", "--lang", "--purpose", "--case"})
"""Options common to all commands; they may stand anywhere on the line."""

HELP = """Customer register for invoicing and debt collection.

Begin with `rekisteri demo`: a whole register of invented customers, with pages and API, in one command.

\b
A real one:
  rekisteri migrate                                   make the register (REKISTERI_DATABASE_URL, or embedded)
  rekisteri admin organisation add kuusilahti ...     a client organisation
  rekisteri admin account add maija --role maintainer --every-organisation --name "Maija Mallikas"
  rekisteri login maija
  rekisteri import draft-mapping sample.csv --out rekisteri-data/mappings/kuusilahti.toml
  rekisteri import run customers.csv --organisation kuusilahti --full --dry-run
  rekisteri search virtanen; rekisteri show ID; rekisteri history ID
  rekisteri serve

--home, --json, --lang, --purpose and --case may stand anywhere. Identity codes never stand on the command
line: they are asked for, or read from standard input.

\b
Exit codes: 0 done, 2 wrong input or use, 3 not permitted, 4 not there, 5 conflict, 6 unavailable,
1 an error of the register itself, 130 interrupted.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command, or a group of commands, is made: a module of this room and the name there."""

    module: str
    member: str
    also: tuple[str, ...] = ()
    """Modules that add their commands to the group when they are read."""


TREE = {
    "demo": Place("demo", "demo"),
    "serve": Place("serve", "serve"),
    "login": Place("signing", "login"),
    "logout": Place("signing", "logout"),
    "whoami": Place("signing", "whoami"),
    "password": Place("signing", "password"),
    "search": Place("customers", "search"),
    "show": Place("customers", "show"),
    "history": Place("customers", "history"),
    "correct": Place("customers", "correct"),
    "create": Place("customers", "create"),
    "records": Place("judgements", "records"),
    "merge": Place("judgements", "merge"),
    "unmerge": Place("judgements", "unmerge"),
    "split": Place("judgements", "split"),
    "migrate": Place("upkeep", "migrate"),
    "nightly": Place("upkeep", "nightly"),
    "alarms": Place("alarming", "alarms"),
    "worker": Place("worker", "worker"),
    "sessions": Place("signing", "sessions"),
    "import": Place("imports", "imports"),
    "work": Place("work", "work"),
    "vtj": Place("vtj", "vtj"),
    "bank": Place("banks", "bank", also=("bank_orders", "mandates")),
    "payers": Place("paying", "paying"),
    "directories": Place("directories", "directories"),
    "feeds": Place("feeds", "recipients"),
    "audit": Place("evidence", "evidence"),
    "notice": Place("notices", "notice"),
    "rights": Place("rights_desk", "desk", also=("erasing", "restricting", "retaining")),
    "disclosures": Place("disclosing", "desk"),
    "admin": Place("administration", "admin"),
    "emergency": Place("emergencies", "emergency"),
    "connection": Place("connections", "connections"),
    "keys": Place("keys", "keys"),
    "backup": Place("backing", "backup"),
    "db": Place("upkeep", "database"),
}
"""Every command by name, and where it is made."""


class Commands(Mapping[str, Any]):
    """The tree's commands, each read when it is asked for: to read them all takes far longer than most commands do."""

    def __getitem__(self, name: str) -> Any:
        place = TREE[name]
        for module in place.also:
            import_module(f"rekisteri.cli.{module}")
        found = getattr(import_module(f"rekisteri.cli.{place.module}"), place.member)
        above = typer.Typer(rich_markup_mode=None)
        if isinstance(found, typer.Typer):
            above.add_typer(found, name=name)
        else:
            above.command(name)(found)
        return get_group(above).commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(TREE)

    def __len__(self) -> int:
        return len(TREE)


class Root(TyperGroup):
    """The root of the tree: common options are met anywhere, identity codes nowhere, commands are read when asked for."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        commands: Any = Commands()
        self.commands = commands

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments with the common options first."""
        refuse_codes(args)
        return list(super().parse_args(ctx, hoisted(args)))

    def invoke(self, ctx: Any) -> Any:
        """Carry out the command; what the register refuses is told in the language of whoever typed it."""
        try:
            return super().invoke(ctx)
        except RekisteriError as error:
            if not isinstance(ctx.obj, Frame):
                raise
            tell_error(error, json=ctx.obj.json, language=ctx.obj.spoken)
            raise typer.Exit(error.exit_code) from error


def hoisted(arguments: Sequence[str]) -> list[str]:
    """The arguments with the common options moved before the command; none is moved from behind ``--``."""
    common: list[str] = []
    rest: list[str] = []
    left = iter(arguments)
    for argument in left:
        name = argument.partition("=")[0]
        if argument == "--":
            rest += [argument, *left]
        elif argument in FLAGS or (name in VALUED and "=" in argument):
            common.append(argument)
        elif argument in VALUED:
            common += [argument, *([value] if (value := next(left, None)) is not None else [])]
        else:
            rest.append(argument)
    return common + rest


tree = typer.Typer(cls=Root, help=HELP, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


def _version(wanted: bool) -> None:
    if wanted:
        screen().print(f"rekisteri {__version__}", highlight=False)
        raise typer.Exit


@tree.callback()
def common(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(help="Folder of the register [REKISTERI_HOME, ./rekisteri-data].")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")] = False,
    language: Annotated[
        str | None, typer.Option("--lang", help=f"Language of answers: {', '.join(LANGUAGES)}.")
    ] = None,
    purpose: Annotated[str | None, typer.Option(help="What the act is for; else your usual purpose.")] = None,
    case: Annotated[str | None, typer.Option(help="Reference of the case; kept in the log.")] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Tell the version.")
    ] = False,
) -> None:
    """Read the options common to all commands."""
    context.obj = framed(home=home, json=json, language=language, purpose=purpose, case=case)


def main() -> None:
    """The ``rekisteri`` command. Told to end by SIGTERM it ends as by ctrl-C: nothing half done, what it started stopped."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Carry out one command; its exit code. Errors are told on standard error in one shape."""
    json, language = "--json" in arguments, _language(arguments)
    try:
        code = tree(args=arguments, prog_name="rekisteri", standalone_mode=False)
    except RekisteriError as error:
        tell_error(error, json=json, language=language)
        return error.exit_code
    except typer.TyperException as error:
        message = str(getattr(error, "format_message", error.__str__)())
        if message.startswith("Usage:"):
            sys.stderr.write(f"{message}\n")
            return WRONG_USE
        wrong = Rejected(f"{message.rstrip('.')}. `rekisteri --help` and `rekisteri COMMAND --help` tell the use.")
        tell_error(wrong, json=json, language=language)
        return WRONG_USE
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:
        ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "rekisteri" in frame.filename]
        place = f"{ours[-1].filename.rpartition('rekisteri/')[2]}:{ours[-1].lineno}" if ours else "?"
        # A library's message may quote a value, so only the kind and the place are told.
        tell_error(
            RekisteriError(f"The register failed ({type(error).__name__} at {place}); report this line."),
            json=json,
            language=language,
        )
        return RekisteriError.exit_code
    if code == INTERRUPTED:
        sys.stderr.write("Stopped.\n")
    return int(code or 0)


def _language(arguments: Sequence[str]) -> str:
    """The language the command line asks for, whatever is wrong with the rest of it; else the operator's."""
    common = iter(hoisted(arguments))
    wanted = next(
        (one.partition("=")[2] or next(common, "") for one in common if one.partition("=")[0] == "--lang"), None
    )
    return wanted if wanted in LANGUAGES else OPERATORS_LANGUAGE
