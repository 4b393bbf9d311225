"""migrate, db stop: the register's own machinery."""

from __future__ import annotations

import typer

from rekisteri import wiring
from rekisteri.cli.frame import Frame, screen, told_json
from rekisteri.ground import postgres

database = typer.Typer(no_args_is_help=True, help="The embedded PostgreSQL of this home.")


def migrate(context: typer.Context) -> None:
    """Make the register of this home, or bring its schema up to date."""
    frame: Frame = context.obj
    with frame.register(make=True):
        pass
    if frame.json:
        told_json({"home": frame.settings.home, "migrated": True})
    else:
        screen().print(f"The register in {frame.settings.home} is up to date.", markup=False)


@database.command()
def stop(context: typer.Context) -> None:
    """Stop the PostgreSQL of this home, whoever started it; a killed process may have left it running."""
    frame: Frame = context.obj
    stopped = postgres.stop(frame.settings.home / wiring.CLUSTER)
    if frame.json:
        told_json({"stopped": stopped})
    else:
        screen().print("Stopped." if stopped else "It was not running.")
