"""Signals of odd looks, for whoever watches: the list, one of them, and its closing with a reason."""

from __future__ import annotations

from uuid import UUID

from starlette.responses import Response

from rekisteri import oversight, parties
from rekisteri.access import Action
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.oversight import Kind, Verdict
from rekisteri.web import labels
from rekisteri.web.desk import Desk, Page

SIGNALS_PAGE = 50
MENU = "/valvonta"


def signals(desk: Desk) -> Response:
    """Open signals, the newest first; closed ones too when they are asked for."""
    kind = desk.query("laji")
    every = desk.query("kaikki") == "1"
    with desk.read() as tx:
        found = oversight.signals(
            tx,
            open_only=not every,
            kind=Kind(kind) if kind in set(Kind) else None,
            before=_id(desk.query("ennen")),
            limit=SIGNALS_PAGE,
        )
    return desk.show(
        "signals.html",
        found=found,
        kind=kind,
        every=every,
        kind_options=[(one.value, desk.say(text)) for one, text in labels.SIGNALS.items()],
        next=found[-1].id if len(found) == SIGNALS_PAGE else None,
    )


def signal(desk: Desk) -> Response:
    """One signal, with the customer's name and the way to its events."""
    return _show(desk)


def close(desk: Desk) -> Response:
    """Close it, and go on to the list."""
    verdict = desk.field("ratkaisu")
    try:
        if verdict not in set(Verdict):
            raise Rejected("Choose what the signal was found to be.", field="verdict")
        with desk.write() as tx:
            oversight.close(tx, desk.path_id("signal_id"), Verdict(verdict), desk.field("perustelu"))
    except Rejected as error:
        return _show(desk, error=error)
    except Conflict:
        return desk.go(MENU, done="ehditty_havainto")
    return desk.go(MENU, done="havainto")


def _show(desk: Desk, *, error: Rejected | None = None) -> Response:
    signal_id = desk.path_id("signal_id")
    with desk.register.door.read(desk.viewer, Action.SIGNAL_READ, desk.purpose, case=desk.case) as tx:
        found = oversight.signal(tx, signal_id)
        heads = parties.heads(tx, [found.party_id]) if found.party_id else {}
    return desk.show(
        "signal.html",
        status=error.status if error else 200,
        found=found,
        head=heads.get(found.party_id) if found.party_id else None,
        verdict_options=[(one.value, desk.say(text)) for one, text in labels.VERDICTS.items()],
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
        error=error,
        verdict=desk.field("ratkaisu"),
        reason=desk.field("perustelu"),
    )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


PAGES = (
    Page(MENU, signals, Action.SIGNAL_READ),
    Page("/valvonta/{signal_id}", signal, Action.SIGNAL_READ),
    Page("/valvonta/{signal_id}", close, Action.SIGNAL_CLOSE, "POST"),
)
