"""Recipients: who is told of customers, how far each has been told, what has failed; send again."""

from __future__ import annotations

from starlette.responses import Response

from rekisteri import feeds
from rekisteri.access import Action
from rekisteri.web.desk import Desk, Page

FAILURES_SHOWN = 100


def recipients(desk: Desk) -> Response:
    """Every declared recipient and how it stands."""
    with desk.read() as tx:
        found = feeds.standings(tx, desk.register.recipients)
    register = desk.register
    return desk.show("recipients.html", standings=found, now=register.now(), redeclared=register.redeclared())


def recipient(desk: Desk) -> Response:
    """One recipient: what it is told and on what ground, and what has failed."""
    declared = feeds.named(desk.register.recipients, desk.request.path_params["name"])
    with desk.read() as tx:
        (standing,) = feeds.standings(tx, [declared])
        failures = feeds.failures(tx, declared, limit=FAILURES_SHOWN)
    return desk.show("recipient.html", standing=standing, failures=failures)


def again(desk: Desk) -> Response:
    """Send what has failed again."""
    declared = feeds.named(desk.register.recipients, desk.request.path_params["name"])
    with desk.write() as tx:
        feeds.again(tx, declared)
    return desk.go(f"/vastaanottajat/{declared.name}", done="lahetetaan")


PAGES = (
    Page("/vastaanottajat", recipients, Action.FEED_STATE),
    Page("/vastaanottajat/{name}", recipient, Action.FEED_STATE),
    Page("/vastaanottajat/{name}/uudelleen", again, Action.FEED_AGAIN, "POST"),
)
