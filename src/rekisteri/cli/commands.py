"""The commands as one tree, the options common to all, and how every command ends."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from rekisteri import __version__
from rekisteri.cli import (
    bank_orders,
    customers,
    disclosing,
    erasing,
    judgements,
    restricting,
    retaining,
    rights_desk,
    signing,
    upkeep,
)
from rekisteri.cli.administration import admin
from rekisteri.cli.backing import backup
from rekisteri.cli.banks import bank
from rekisteri.cli.connections import connections
from rekisteri.cli.demo import demo
from rekisteri.cli.directories import directories
from rekisteri.cli.emergencies import emergency
from rekisteri.cli.evidence import evidence
from rekisteri.cli.feeds import recipients
from rekisteri.cli.frame import LANGUAGES, framed, refuse_codes, screen, tell_error
from rekisteri.cli.imports import imports
from rekisteri.cli.keys import keys
from rekisteri.cli.mandates import creditor, mandate
from rekisteri.cli.notices import notice
from rekisteri.cli.paying import paying
from rekisteri.cli.serve import serve
from rekisteri.cli.vtj import vtj
from rekisteri.cli.work import work
from rekisteri.cli.worker import worker
from rekisteri.ground.errors import Rejected, RekisteriError

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


class Root(TyperGroup):
    """The root of the tree: common options are met anywhere, identity codes nowhere."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments with the common options first."""
        refuse_codes(args)
        return list(super().parse_args(ctx, hoisted(args)))


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
tree.command()(demo)
tree.command()(serve)
tree.command()(signing.login)
tree.command()(signing.logout)
tree.command()(signing.whoami)
tree.command()(signing.password)
tree.add_typer(signing.sessions, name="sessions")
tree.add_typer(imports, name="import")
tree.command()(customers.search)
tree.command()(customers.show)
tree.command()(customers.history)
tree.command()(customers.correct)
tree.command()(customers.create)
tree.command()(judgements.records)
tree.command()(judgements.merge)
tree.command()(judgements.unmerge)
tree.command()(judgements.split)
tree.add_typer(work, name="work")
tree.add_typer(vtj, name="vtj")
tree.add_typer(bank, name="bank")
bank.command()(bank_orders.orders)
bank.command()(bank_orders.suspend)
bank.command()(bank_orders.resume)
bank.command()(bank_orders.forget)
bank.add_typer(mandate, name="mandate")
bank.add_typer(creditor, name="creditor")
tree.add_typer(paying, name="payers")
tree.add_typer(directories, name="directories")
tree.add_typer(recipients, name="feeds")
tree.add_typer(evidence, name="audit")
tree.add_typer(notice, name="notice")
tree.add_typer(restricting.desk, name="rights")
tree.add_typer(rights_desk.desk, name="rights")
tree.add_typer(disclosing.desk, name="disclosures")
assert retaining.desk is erasing.desk is restricting.desk, "one desk, its commands in several modules"
tree.add_typer(admin, name="admin")
tree.add_typer(emergency, name="emergency")
tree.add_typer(connections, name="connection")
tree.add_typer(keys, name="keys")
tree.add_typer(backup, name="backup")
tree.command()(upkeep.migrate)
tree.command()(upkeep.nightly)
tree.command()(worker)
tree.add_typer(upkeep.database, name="db")


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
    json = "--json" in arguments
    try:
        code = tree(args=arguments, prog_name="rekisteri", standalone_mode=False)
    except RekisteriError as error:
        tell_error(error, json=json)
        return error.exit_code
    except typer.TyperException as error:
        message = str(getattr(error, "format_message", error.__str__)())
        if message.startswith("Usage:"):
            sys.stderr.write(f"{message}\n")
            return WRONG_USE
        tell_error(Rejected(f"{message} `rekisteri --help` and `rekisteri COMMAND --help` tell the use."), json=json)
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
            RekisteriError(f"The register failed ({type(error).__name__} at {place}); report this line."), json=json
        )
        return RekisteriError.exit_code
    if code == INTERRUPTED:
        sys.stderr.write("Stopped.\n")
    return int(code or 0)
