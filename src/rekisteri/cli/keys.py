"""keys: what state the keys are in, and how one is replaced while work goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from rekisteri import wiring
from rekisteri.access import Action
from rekisteri.cli.frame import Frame, aside, screen, told_json
from rekisteri.ground import clock
from rekisteri.ground.errors import Rejected
from rekisteri.ground.keys import CHAINED, KEY_NAMES, KeyFile, turning
from rekisteri.ground.keys.token import Token

keys = typer.Typer(
    no_args_is_help=True, help="The register's keys: their state, and replacing them while work goes on."
)

STAGES = {
    "announce": "A new version is announced",
    "wait": "Waiting for acts under way",
    "turn": "Making anew",
    "retire": "Proving that nothing is left of the old version",
}


@keys.command()
def status(context: typer.Context) -> None:
    """Each key, its versions, and how many rows hold something of an old one."""
    frame: Frame = context.obj
    with frame.operating() as acting:
        ring = acting.register.vault.ring()
        left = wiring.keys_left(acting.register)
    keys_of = {one.column: one.key for one in wiring.TURNERS}
    found: list[dict[str, Any]] = [
        {
            "key": name,
            "version": ring[name].current,
            "turning": len(ring[name].live) > 1 and name not in CHAINED,
            "old_rows": {column: count for column, count in left.items() if keys_of[column] == name},
        }
        for name in KEY_NAMES
    ]
    if frame.json:
        told_json(found)
        return
    table = Table("key", "version", "state", "rows of an old version")
    for one in found:
        rows = ", ".join(f"{column} {count}" for column, count in one["old_rows"].items() if count)
        table.add_row(one["key"], str(one["version"]), "turning" if one["turning"] else "at rest", rows or "none")
    screen().print(table)


@keys.command()
def rotate(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(KEY_NAMES)}.")],
) -> None:
    """Replace a key while work goes on; begun again after being stopped, it goes on.

    secret and protected: every value is sealed anew, and the old version destroyed when no row
    holds anything of it: backups made before then no longer open. blind: every identity code's
    index is made anew. digest and token: what is stored is carried on to the new version.
    """
    frame: Frame = context.obj
    if name not in KEY_NAMES:
        raise Rejected(f"The keys are {', '.join(KEY_NAMES)}.", field="name")
    began = clock.stopwatch()
    with frame.operating() as acting, _bar(quiet=frame.json) as bar:
        task = bar.add_task("", total=None)

        def told(at: turning.Progress) -> None:
            said = STAGES[at.stage] + (f" {at.column}" if at.column else "")
            if at.waiting:
                said += f" ({at.waiting})"
            bar.update(task, description=said, completed=at.done, total=at.total or None)

        turned = wiring.turn(acting.register, name, told)
    seconds = clock.stopwatch() - began
    if frame.json:
        told_json(
            {
                "key": turned.key,
                "version": turned.version,
                "rows": turned.rows,
                "stuck": turned.stuck,
                "retired": turned.retired,
                "seconds": round(seconds, 3),
                "rows_per_second": round(turned.rows / seconds) if seconds else None,
            }
        )
        return
    rate = f", {turned.rows / seconds:,.0f} a second" if seconds else ""
    screen().print(f"The key '{name}' is of version {turned.version}: {turned.rows} rows made anew{rate}.")
    if turned.stuck:
        screen().print(f"{turned.stuck} values do not open and stay as they are; the old version is kept for them.")
    elif turned.retired:
        screen().print("The old version is destroyed. Make a backup now: those made before do not open any more.")


@keys.command()
def forget(context: typer.Context) -> None:
    """Cut out the one-time keys of what has been erased, so that no backup opens it any more.

    The keys that wrap get a new version. Copies of the key file made before are then all that old
    backups would open with: make a new copy, and destroy the old ones.
    """
    frame: Frame = context.obj
    with frame.operating() as acting, aside().status("Cutting out what is erased…"):
        done = wiring.forget(acting.register, lambda progress: None)
    if frame.json:
        told_json({"values": done.leaves, "lots": done.lots, "wrapped": done.wrapped})
    elif done.leaves:
        screen().print(f"{done.leaves} erased values open no more, from any backup.")
        screen().print("Copy the key file and keys-lots.json anew, and destroy every copy made before.")
    else:
        screen().print("Nothing is erased that still opens.")


@keys.command()
def mend(context: typer.Context) -> None:
    """After an old backup was restored: let everything open again that has not been erased since."""
    frame: Frame = context.obj
    with frame.operating() as acting:
        done = wiring.mend_keys(acting.register)
    if frame.json:
        told_json({"replaced": done.replaced, "lost": done.lost})
        return
    screen().print(f"{done.replaced} lots of keys were replaced.")
    if done.lost:
        screen().print(f"{done.lost} lots are of a key that was rotated since; what they sealed opens no more.")


@keys.command()
def wrap(context: typer.Context) -> None:
    """Wrap the key file by the hardware token of the settings; its keys then lie nowhere in the clear.

    Copies made before still hold them: destroy those, or rotate every key afterwards.
    """
    frame: Frame = context.obj
    token = wiring.token(frame.settings)
    if token is None:
        raise Rejected("Name the token: set REKISTERI_KEY_TOKEN_MODULE, _LABEL and _PIN_FILE.")
    _rewrap(frame, KeyFile(frame.settings.home / wiring.KEYS), token)


@keys.command()
def unwrap(context: typer.Context) -> None:
    """Put the key file in the clear again, away from the token; unset REKISTERI_KEY_TOKEN_MODULE after it."""
    frame: Frame = context.obj
    token = wiring.token(frame.settings)
    if token is None:
        raise Rejected("Name the token: set REKISTERI_KEY_TOKEN_MODULE, _LABEL and _PIN_FILE.")
    _rewrap(frame, KeyFile(frame.settings.home / wiring.KEYS, token), None)


def _rewrap(frame: Frame, file: KeyFile, token: Token | None) -> None:
    file.rewrap(token)
    settings = frame.settings if token else frame.settings.model_copy(update={"key_token_module": None})
    with replace(frame, settings=settings).operating() as acting, acting.write(Action.KEYS_TURN) as tx:
        tx.note(wrapped=token is not None)
    said = f"wrapped by the {token.label}" if token else "in the clear"
    if frame.json:
        told_json({"wrapped": token is not None})
    else:
        screen().print(f"The key file is {said}.", markup=False)


def _bar(*, quiet: bool) -> Progress:
    """How far, how fast, how long still; nothing where machines read."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=aside(),
        transient=True,
        disable=quiet,
    )
