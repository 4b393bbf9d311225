"""Requests: what a data subject asks, or an invoicer asks of a customer's data, as a case with its clock.

A request is opened in person, in writing, by the subject signed in, or by an invoicer; the
asker's identity is checked as a step of its own; it is answered within a month, at once where
that is possible; the answer says the ground where it is no (GDPR art. 12(3)–(4)).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import orjson

from rekisteri import parties
from rekisteri.access import Read, Write
from rekisteri.catalogue import months_later
from rekisteri.ground import ids
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.ground.keys import Vault
from rekisteri.rights.house import ANY_AUTHORITY, Authority

ASKED_PLACE = "rights.request|asked|"
MONTHS = 1
EXTENSION_MONTHS = 2
ALARM_DAYS = 10
"""So many days before the last one a request that is still open alarms."""
WORDS_MAX = 2000
LIST_MAX = 200


class Kind(StrEnum):
    """What is asked."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    ERASURE = "erasure"


class Channel(StrEnum):
    """How it came."""

    IN_PERSON = "in_person"
    IN_WRITING = "in_writing"
    SELF_SERVICE = "self_service"
    INVOICER = "invoicer"


class Identity(StrEnum):
    """How the asker's identity was checked: the kind of document alone, never its copy or number."""

    PASSPORT = "passport"
    IDENTITY_CARD = "identity_card"
    DRIVING_LICENCE = "driving_licence"
    STRONG_IDENTIFICATION = "strong_identification"
    MANDATE = "mandate"
    """Somebody acting for another, whose mandate was seen."""
    LETTER = "letter"
    """A signed letter, answered to the address in the register."""


class Outcome(StrEnum):
    """How it ended."""

    FULFILLED = "fulfilled"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Clock(StrEnum):
    """Where an open request stands against its last day."""

    RUNNING = "running"
    ALARM = "alarm"
    BREACHED = "breached"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it stands."""

    id: UUID
    kind: Kind
    party_id: UUID | None
    channel: Channel
    language: str
    opened_at: datetime
    opened_by: str
    organisation_id: int | None
    due_on: date
    extended_because: str | None
    identity_by: str | None
    identity_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    outcome: Outcome | None
    answer: str | None

    def clock(self, today: date) -> Clock:
        """Where it stands on a day."""
        if self.closed_at is not None:
            return Clock.CLOSED
        left = (self.due_on - today).days
        if left < 0:
            return Clock.BREACHED
        return Clock.ALARM if left <= ALARM_DAYS else Clock.RUNNING


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done with a request."""

    step_no: int
    at: datetime
    by: str
    kind: str
    note: str | None


def open_request(
    tx: Write,
    vault: Vault,
    kind: Kind,
    channel: Channel,
    *,
    party_id: UUID | None,
    language: str,
    asked: Mapping[str, str] | None = None,
    organisation_id: int | None = None,
) -> Request:
    """Open a case: its clock runs from today. ``asked`` is kept sealed. Raises ``Rejected`` for too many words."""
    words = dict(asked or {})
    if sum(len(text) for text in words.values()) > WORDS_MAX:
        raise Rejected(f"At most {WORDS_MAX} characters; send the rest as a letter.", field="asked")
    _known(tx, party_id)
    request_id = ids.fresh()
    sealed = vault.seal(orjson.dumps(words), key="secret", place=f"{ASKED_PLACE}{request_id}") if words else None
    tx.run(
        """
        insert into rights.request (id, kind, party_id, channel, language, opened_at, opened_by, organisation_id,
                                    due_on, asked)
        values (%(id)s, %(kind)s, %(party_id)s, %(channel)s, %(language)s, %(at)s, %(by)s, %(organisation_id)s,
                %(due_on)s, %(asked)s)
        """,
        id=request_id,
        kind=kind,
        party_id=party_id,
        channel=channel,
        language=language,
        at=tx.at,
        by=tx.act.viewer.handle,
        organisation_id=organisation_id,
        due_on=months_later(day(tx.at), MONTHS),
        asked=sealed,
    )
    step(tx, request_id, "opened")
    if party_id is not None:
        tx.saw(party_id)
    tx.note(request=str(request_id), request_kind=kind.value)
    return request(tx, request_id)


def request(tx: Read, request_id: UUID) -> Request:
    """A request. Raises ``Missing``."""
    found = tx.find(
        Request,
        """
        select id, kind, party_id, channel, language, opened_at, opened_by, organisation_id, due_on, extended_because,
               identity_by, identity_at, closed_at, closed_by, outcome, answer
        from rights.request
        where id = %(id)s
        """,
        id=request_id,
    )
    if found is None:
        raise Missing("There is no such request among those you may see.")
    return _typed(found)


def requests(
    tx: Read,
    *,
    party_id: UUID | None = None,
    open_only: bool = True,
    kind: Kind | None = None,
    limit: int | None = LIST_MAX,
) -> list[Request]:
    """Requests, those due first; ``limit`` None tells every one."""
    rows = tx.all(
        Request,
        """
        select id, kind, party_id, channel, language, opened_at, opened_by, organisation_id, due_on, extended_because,
               identity_by, identity_at, closed_at, closed_by, outcome, answer
        from rights.request
        where (%(party_id)s::uuid is null or party_id = %(party_id)s)
          and (not %(open_only)s or closed_at is null)
          and (%(kind)s::text is null or kind = %(kind)s)
        order by closed_at is not null, due_on, id
        limit %(limit)s
        """,
        party_id=party_id,
        open_only=open_only,
        kind=kind,
        limit=None if limit is None else min(limit, LIST_MAX),
    )
    return [_typed(row) for row in rows]


def steps(tx: Read, request_id: UUID) -> list[Step]:
    """What was done with a request, in order."""
    return tx.all(
        Step,
        "select step_no, at, by, kind, note from rights.step where request_id = %(id)s order by step_no",
        id=request_id,
    )


def asked(tx: Read, vault: Vault, request_id: UUID) -> dict[str, str]:
    """What was asked, opened. Raises ``Missing``."""
    request(tx, request_id)
    sealed = tx.value("select (select asked from rights.request where id = %(id)s)", id=request_id)
    if sealed is None:
        return {}
    return dict(orjson.loads(vault.open(sealed, key="secret", place=f"{ASKED_PLACE}{request_id}")))


def identify(tx: Write, request_id: UUID, by: Identity, *, party_id: UUID | None = None) -> None:
    """Write down that the asker's identity was checked, and whose data the request is of."""
    found = _open(tx, request_id)
    whose = party_id or found.party_id
    if whose is None:
        raise Rejected("Say whose data the request is of: search the customer first.", field="customer")
    _known(tx, whose)
    tx.run(
        "update rights.request set identity_by = %(by)s, identity_at = %(at)s, party_id = %(party)s where id = %(id)s",
        by=by,
        at=tx.at,
        party=whose,
        id=request_id,
    )
    step(tx, request_id, "identified", by.value)
    tx.saw(whose)


def extend(tx: Write, request_id: UUID, because: str) -> date:
    """Give a complex request two months more, once, with the reason; its new last day (GDPR art. 12(3))."""
    found = _open(tx, request_id)
    if found.extended_because is not None:
        raise Conflict("The request has been given more time already; the law allows it once.", field="because")
    if not because.strip():
        raise Rejected("Say why more time is needed; the asker is told.", field="because")
    due_on = months_later(found.due_on, EXTENSION_MONTHS)
    tx.run(
        "update rights.request set due_on = %(due_on)s, extended_because = %(because)s where id = %(id)s",
        due_on=due_on,
        because=because.strip(),
        id=request_id,
    )
    step(tx, request_id, "extended", because.strip())
    return due_on


def close(tx: Write, request_id: UUID, outcome: Outcome, answer: str, *, authority: Authority = ANY_AUTHORITY) -> None:
    """End a request with its answer: of a refusal its ground, to which the way to complain is added (GDPR art. 12(4)).

    An invoicer's request is no data subject's, and its refusal ends in the ground alone.
    """
    found = _open(tx, request_id)
    said = answer.strip()
    if not said:
        raise Rejected("Write the answer: what was done, or on which ground it was refused.", field="answer")
    if outcome is Outcome.REFUSED and found.channel is not Channel.INVOICER:
        said = f"{said} {authority.way.in_(found.language)}"
    tx.run(
        """
        update rights.request
        set closed_at = %(at)s, closed_by = %(by)s, outcome = %(outcome)s, answer = %(answer)s where id = %(id)s
        """,
        at=tx.at,
        by=tx.act.viewer.handle,
        outcome=outcome,
        answer=said,
        id=request_id,
    )
    step(tx, request_id, "closed", outcome.value)
    if found.party_id is not None:
        tx.saw(found.party_id)


def step(tx: Write, request_id: UUID, kind: str, note: str | None = None) -> None:
    """Write down one thing that was done with a request."""
    tx.run(
        """
        insert into rights.step (request_id, step_no, at, by, kind, note)
        select %(id)s, count(*) + 1, %(at)s, %(by)s, %(kind)s, %(note)s from rights.step where request_id = %(id)s
        """,
        id=request_id,
        at=tx.at,
        by=tx.act.viewer.handle,
        kind=kind,
        note=note,
    )


def _known(tx: Read, party_id: UUID | None) -> None:
    """Raise ``Missing`` for a customer that is not there."""
    if party_id is not None and parties.kind_of(tx, party_id) is None:
        raise Missing("There is no such customer among those you may see; check the identifier.")


def _open(tx: Write, request_id: UUID) -> Request:
    tx.run("select from rights.request where id = %(id)s for update", id=request_id)
    found = request(tx, request_id)
    if found.closed_at is not None:
        raise Conflict("The request is closed already; open a new one.", field="request")
    return found


def _typed(row: Request) -> Request:
    """The row with its words as the room's own."""
    return Request(
        row.id, Kind(row.kind), row.party_id, Channel(row.channel), row.language, row.opened_at, row.opened_by,
        row.organisation_id, row.due_on, row.extended_because, row.identity_by, row.identity_at, row.closed_at,
        row.closed_by, None if row.outcome is None else Outcome(row.outcome), row.answer,
    )  # fmt: skip
