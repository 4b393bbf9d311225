"""migrate, nightly, db stop: the register's own machinery."""

from __future__ import annotations

from dataclasses import asdict

import typer

from rekisteri import access, parties, wiring
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.cli.frame import Frame, screen, told_json
from rekisteri.cli.overseeing import sweep_all
from rekisteri.cli.reviewing import tell_alarms
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


def nightly(context: typer.Context) -> None:
    """What time alone changes. Run it once a night; again it changes nothing.

    Corrections that have ended give way, those in force are compared with what their sources say; the log is sealed; what
    has been kept its time leaves, of every class; grants that nobody has confirmed in time end, and what is overdue is told.
    """
    frame: Frame = context.obj
    with frame.register() as register:
        with register.door.write(wiring.operator(), Action.REGISTER_UPKEEP, Purpose.ADMINISTRATION) as tx:
            changed = parties.refresh_due(tx, register.vault)
            parties.note_former(tx, register.vault)
        with register.door.write(wiring.operator(), Action.GRANT_REVIEW, Purpose.ADMINISTRATION) as tx:
            lapsed = access.lapse(tx)
            alarms = access.alarms(tx)
        compared = wiring.compare_corrections(register)
        sealed = register.log.seal()
        erased = wiring.erase_again(register) + wiring.retain(register).total
        _, signals = sweep_all(register)
        condemned = wiring.condemned(register)
    if frame.json:
        told_json(
            {
                "refreshed": changed,
                "sealed": sealed.added,
                "erased": erased,
                "signals": signals,
                "condemned": condemned,
                "conflicts": compared.opened,
                "grants_lapsed": lapsed,
                "alarms": asdict(alarms),
            }
        )
        return
    screen().print(
        f"{changed} customers brought up to date, {sealed.added} events sealed, {erased} rows and items past their time erased, {signals} new signals."
    )
    if lapsed:
        screen().print(f"{lapsed} grants ended that nobody had confirmed: see `rekisteri admin review evidence`.")
    tell_alarms(alarms)
    if compared.opened:
        screen().print(
            f"{compared.opened} sources spoke against, or agreed with, a correction by hand: `rekisteri work conflicts`."
        )
    if condemned:
        screen().print(f"{condemned} erased values still open from backups: run `rekisteri keys forget`.")


@database.command()
def stop(context: typer.Context) -> None:
    """Stop the PostgreSQL of this home, whoever started it; a killed process may have left it running."""
    frame: Frame = context.obj
    stopped = postgres.stop(frame.settings.home / wiring.CLUSTER)
    if frame.json:
        told_json({"stopped": stopped})
    else:
        screen().print("Stopped." if stopped else "It was not running.")
