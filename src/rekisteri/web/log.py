"""The log, for those who watch: by account, act, outcome and time, and by customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from rekisteri import audit
from rekisteri.access import Action
from rekisteri.audit import Found, Query
from rekisteri.catalogue import ROLES, Role
from rekisteri.ground import clock
from rekisteri.ground.errors import Rejected
from rekisteri.web import forms, labels
from rekisteri.web.desk import Desk, Page
from rekisteri.web.forms import Mistake
from rekisteri.web.tongues import Tongue

LOG_PAGE = 50


def search(desk: Desk) -> Response:
    """Events that fit, the newest first."""
    mistakes: dict[str, Mistake] = {}
    since = _day(desk, "alkaen", mistakes)
    until = _day(desk, "paattyen", mistakes)
    about = desk.query("asiakas")
    if about and _id(about) is not None:
        return desk.go(f"/loki/asiakas/{_id(about)}")
    if about:
        mistakes["asiakas"] = Mistake(desk.say("Tämä ei ole asiakkaan rekisteritunnus."), "", desk.tongue.code)
    action = desk.query("toiminto")
    outcome = desk.query("tulos")
    query = Query(
        account=desk.query("tunnus") or None,
        action=action if action in labels.ACTION_OF_NAME else None,
        outcome=outcome if outcome in labels.OUTCOMES else None,
        since=_start_of(since) if since else None,
        until=_start_of(until + timedelta(days=1)) if until else None,
        before=_id(desk.query("ennen")),
        limit=LOG_PAGE,
    )
    with desk.read() as tx:
        found = [] if mistakes else audit.search(tx, query)
    return desk.show(
        "log.html",
        status=422 if mistakes else 200,
        found=found,
        query=query,
        since=desk.query("alkaen"),
        until=desk.query("paattyen"),
        about=about,
        mistakes=mistakes,
        action_options=[(name, desk.say(labels.ACTIONS[one])) for name, one in labels.ACTION_OF_NAME.items()],
        outcome_options=[(name, desk.say(text)) for name, text in labels.OUTCOMES.items()],
        details=partial(details, desk.tongue),
        next=_next(found),
        further=_further(desk, found),
    )


def about(desk: Desk) -> Response:
    """Who looked at one customer or changed it, when, and why; bulk acts included."""
    party_id = desk.party_id()
    with desk.read() as tx:
        found = audit.about(tx, party_id, before=_id(desk.query("ennen")), limit=LOG_PAGE)
    return desk.show(
        "log_about.html", found=found, party_id=party_id, details=partial(details, desk.tongue), next=_next(found)
    )


def _further(desk: Desk, found: Sequence[Found]) -> str:
    """The query of the next page: the same filters, before the last event shown."""
    kept = [(name, value) for name, value in desk.request.query_params.multi_items() if name != "ennen"]
    return urlencode([*kept, ("ennen", str(_next(found)))])


def details(tongue: Tongue, detail: Mapping[str, object]) -> list[tuple[str, str]]:
    """What an event tells beside its customers, in words: (name, value)."""
    return [
        (tongue.say(labels.DETAILS[name]) if name in labels.DETAILS else name, _told(tongue, name, value))
        for name, value in detail.items()
    ]


def _told(tongue: Tongue, name: str, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_told(tongue, name.removesuffix("s"), one) for one in value)
    if isinstance(value, bool):
        return tongue.say("Kyllä") if value else tongue.say("Ei")
    if isinstance(value, int):
        return tongue.number(value)
    text = str(value)
    match name:
        case "item" | "field":
            return forms.label_of(tongue, text) or text
        case "role" if text in set(Role):
            return ROLES[Role(text)].in_(tongue.code)
        case "query" if text in labels.QUERIES:
            return tongue.say(labels.QUERIES[text])
        case "decision" if text in labels.DECISIONS:
            return tongue.say(labels.DECISIONS[text])
        case _:
            return text


def _next(found: Sequence[Found]) -> UUID | None:
    return found[-1].id if len(found) == LOG_PAGE else None


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.HELSINKI)


def _day(desk: Desk, name: str, mistakes: dict[str, Mistake]) -> date | None:
    try:
        return forms.day(desk.query(name), name)
    except Rejected as error:
        mistakes |= forms.mistakes(desk.tongue, error, Mistake(error.message, "", "en"))
        return None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


PAGES = (
    Page("/loki", search, Action.AUDIT_SEARCH),
    Page("/loki/asiakas/{party_id}", about, Action.AUDIT_SEARCH),
)
