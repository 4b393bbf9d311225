"""The log as evidence: sealing, checkpoints, keys. ``rekisteri audit`` holds these beside the search."""

from __future__ import annotations

from typing import Annotated

import typer

from rekisteri import audit
from rekisteri.access import Action
from rekisteri.cli.frame import Frame, aside, screen, told_json
from rekisteri.cli.sealing import Sealing
from rekisteri.ground.errors import Missing


def seal(
    context: typer.Context,
    follow: Annotated[bool, typer.Option("--follow", help="Go on, every so many seconds, until ctrl-C.")] = False,
    every: Annotated[float, typer.Option(min=0.1, max=3600, metavar="SECONDS", help="How often.")] = 10.0,
) -> None:
    """Give every event its place in the log and sign the log. `rekisteri serve` does it by itself.

    Again it changes nothing. A log that was altered since the last time is not signed over (exit code 5).
    """
    frame: Frame = context.obj
    with frame.register() as register:
        if follow:
            aside().print(f"Sealing every {every:g} s; ctrl-C stops.")
            Sealing(register.log, every).follow()
        done = register.log.seal()
    if frame.json:
        told_json({"added": done.added, "size": done.size, "busy": done.busy})
    elif done.busy:
        screen().print("Another process is sealing.")
    else:
        screen().print(f"{done.added} events sealed; the log has {done.size}.")


def checkpoint(context: typer.Context) -> None:
    """Print the latest checkpoint: the log's size and root, signed by the register and by its witnesses."""
    frame: Frame = context.obj
    with frame.operating() as acting, acting.read(Action.AUDIT_PROOF) as tx:
        found = audit.published(tx)
    if found is None:
        raise Missing("The log has not begun; `rekisteri audit seal` begins it.")
    if frame.json:
        told_json({"checkpoint": str(found)})
    else:
        screen().print(str(found), end="", markup=False, highlight=False, soft_wrap=True)


def key(context: typer.Context) -> None:
    """Print the public key the log is signed with: hand it to whoever verifies or witnesses the log."""
    frame: Frame = context.obj
    with frame.register() as register:
        keys = [str(one) for one in register.log.keys]
    if frame.json:
        told_json({"keys": keys})
        return
    for one in keys:
        screen().print(one, markup=False, highlight=False, soft_wrap=True)
