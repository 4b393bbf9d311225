"""alarms: what asks for somebody now, and telling it on to where the operator has declared."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from rekisteri import access, feeds, oversight, wiring
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.cli.frame import Frame, screen, told_json
from rekisteri.cli.reviewing import tell_alarms
from rekisteri.ground.errors import Missing
from rekisteri.wiring import Register


def alarms(
    context: typer.Context,
    send: Annotated[
        bool, typer.Option("--send", help="Tell them on, where they are news: REKISTERI_ALARM_URL.")
    ] = False,
    secret: Annotated[
        bool, typer.Option("--secret", help="Show the secret by which the receiver knows the register's calls.")
    ] = False,
) -> None:
    """What asks for somebody now: reviews and rights lent in emergencies, and open signals of odd looks by kind.

    With --send they go as a signed webhook to the one place the operator has declared: counts alone, when the picture
    has changed and once a day while anything is open. The worker does it every five minutes.
    """
    frame: Frame = context.obj
    with frame.register() as register:
        if secret:
            with register.door.write(wiring.operator(), Action.FEED_SECRET, Purpose.ADMINISTRATION) as tx:
                tx.note(recipient=feeds.ALARMS)
            sys.stdout.writelines(f"{one}\n" for one in register.deliverer.secrets.shown(feeds.ALARMS))
            return
        found = picture(register)
        way = feeds.alarm_connection(register.settings)
        if send and way is None:
            raise Missing("Nowhere is declared to tell alarms to: set REKISTERI_ALARM_URL and REKISTERI_ALARM_COUNTRY.")
        sent = send and way is not None and register.alarmer.tell(way, found)
    if frame.json:
        told_json({"alarms": found.counts, "sent": sent})
        return
    tell_alarms(found.rights)
    for kind, count in sorted(found.signals.items()):
        screen().print(f"{count} open signals of the kind {kind}: `rekisteri audit signals`.")
    if not found.counts:
        screen().print("Nothing asks for anybody.")


def picture(register: Register) -> feeds.Picture:
    """What asks for somebody now."""
    with register.door.read(wiring.operator(), Action.GRANT_REVIEW, Purpose.ADMINISTRATION) as tx:
        rights = access.alarms(tx)
    with register.door.read(wiring.overseer(), Action.SIGNAL_SWEEP, Purpose.ADMINISTRATION) as tx:
        return feeds.Picture(rights, oversight.open_by_kind(tx))
