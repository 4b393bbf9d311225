"""The log, for those who watch: by whatever they ask, and by customer; extracts; what the data subject may know."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from rekisteri import access, audit, parties
from rekisteri.access import Action
from rekisteri.audit import Found, Query
from rekisteri.catalogue import PURPOSES, ROLES, Purpose, Role
from rekisteri.ground import clock
from rekisteri.ground.errors import Rejected
from rekisteri.tongues import Tongue
from rekisteri.web import forms, labels
from rekisteri.web.desk import Desk, Page, names_of
from rekisteri.web.forms import Mistake

LOG_PAGE = 50
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def search(desk: Desk) -> Response:
    """Events that fit, the newest first."""
    mistakes: dict[str, Mistake] = {}
    about = desk.query("asiakas")
    if about and forms.identifier(about) is not None:
        return desk.go(f"/loki/asiakas/{forms.identifier(about)}")
    if about:
        mistakes["asiakas"] = Mistake(desk.say("Tämä ei ole asiakkaan rekisteritunnus."), "", desk.tongue.code)
    query = _query(desk, mistakes)
    with desk.read() as tx:
        found = [] if mistakes else audit.search(tx, query)
        names = names_of(access.organisations(tx))
    return desk.show(
        "log.html",
        status=422 if mistakes else 200,
        found=found,
        query=query,
        names=names,
        since=desk.query("alkaen"),
        until=desk.query("paattyen"),
        about=about,
        mistakes=mistakes,
        action_options=[(name, desk.say(labels.ACTIONS[one])) for name, one in labels.ACTION_OF_NAME.items()],
        outcome_options=[(name, desk.say(text)) for name, text in labels.OUTCOMES.items()],
        purpose_options=[(one.value, text.in_(desk.tongue.code)) for one, text in PURPOSES.items()],
        organisation_options=[(str(number), name) for number, name in names.items()],
        details=partial(details, desk.tongue),
        next=_next(found),
        further=_further(desk, found),
        extracting=urlencode([one for one in desk.request.query_params.multi_items() if one[0] != "ennen"]),
    )


def extract(desk: Desk) -> Response:
    """The same as a CSV file: an act of its own, with what was asked for in its event."""
    mistakes: dict[str, Mistake] = {}
    query = _query(desk, mistakes)
    if mistakes:
        raise Rejected("The days of the extract do not hold; go back and mend them.")
    with desk.read() as tx:
        rows = [audit.flat(one) for one in audit.extract(tx, query)]
        tx.note(events=len(rows), **audit.asked(query))
    disposition = {"Content-Disposition": f'attachment; filename="lokiote-{desk.today_iso()}.csv"'}
    return Response(_csv(rows), media_type="text/csv; charset=utf-8", headers=disposition)


def about(desk: Desk) -> Response:
    """Who looked at one customer or changed it, when, and why; bulk acts included."""
    party_id = desk.party_id()
    with desk.read() as tx:
        tx.saw(party_id)
        guises = parties.guises(tx, party_id)
        found = audit.about(tx, party_id, guises=guises, before=forms.identifier(desk.query("ennen")), limit=LOG_PAGE)
        names = names_of(access.organisations(tx))
    return desk.show(
        "log_about.html",
        found=found,
        party_id=party_id,
        names=names,
        details=partial(details, desk.tongue),
        next=_next(found),
    )


def looks(desk: Desk) -> Response:
    """What the data subject may know of the same: when, what for, which organisation; nobody is named."""
    party_id = desk.party_id()
    with desk.read() as tx:
        tx.saw(party_id)
        guises = parties.guises(tx, party_id)
        found = audit.looks(tx, party_id, guises=guises, before=forms.identifier(desk.query("ennen")), limit=LOG_PAGE)
        names = names_of(access.organisations(tx))
    following = found[-1].event_id if len(found) == LOG_PAGE else None
    return desk.show("log_looks.html", found=found, party_id=party_id, names=names, next=following)


def proof(desk: Desk) -> Response:
    """How the log is proved: its last checkpoint, its key, its witnesses."""
    with desk.read() as tx:
        note = audit.published(tx)
        sealed = audit.last_checkpoint(tx)
        witnesses = audit.witnesses(tx)
    keys = [str(key) for key in desk.register.log.keys]
    return desk.show("log_proof.html", note=note, sealed=sealed, witnesses=witnesses, keys=keys)


def _query(desk: Desk, mistakes: dict[str, Mistake]) -> Query:
    """What the form asks for; days that don't hold are put among the mistakes."""
    since = _day(desk, "alkaen", mistakes)
    until = _day(desk, "paattyen", mistakes)
    action, outcome, purpose = desk.query("toiminto"), desk.query("tulos"), desk.query("tarkoitus")
    organisation = desk.query("organisaatio")
    return Query(
        account=desk.query("tunnus") or None,
        action=action if action in labels.ACTION_OF_NAME else None,
        outcome=outcome if outcome in labels.OUTCOMES else None,
        purpose=purpose if purpose in set(Purpose) else None,
        organisation=int(organisation) if organisation.isascii() and organisation.isdecimal() else None,
        case_reference=desk.query("asia") or None,
        since=_start_of(since) if since else None,
        until=_start_of(until + timedelta(days=1)) if until else None,
        before=forms.identifier(desk.query("ennen")),
        limit=LOG_PAGE,
    )


def _csv(rows: Iterable[Mapping[str, object]]) -> str:
    """Rows for a spreadsheet; what would be a formula there is made text (ASVS 1.2.10)."""
    sink = io.StringIO()
    sink.write(BOM)
    writer = csv.writer(sink, delimiter=";", lineterminator="\r\n")
    for place, row in enumerate(rows):
        if place == 0:
            writer.writerow(row)
        writer.writerow(harmless(value) for value in row.values())
    return sink.getvalue()


def harmless(value: object) -> object:
    """A value for a spreadsheet: what would be a formula there is made text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


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


PAGES = (
    Page("/loki", search, Action.AUDIT_SEARCH),
    Page("/loki/ote", extract, Action.AUDIT_EXTRACT),
    Page("/loki/eheys", proof, Action.AUDIT_PROOF),
    Page("/loki/asiakas/{party_id}", about, Action.AUDIT_SEARCH),
    Page("/loki/asiakas/{party_id}/rekisteroidylle", looks, Action.AUDIT_SEARCH),
)
