"""Restriction of processing: carried out as it was asked, excepted from on a ground of the law, lifted after telling.

What a restriction is to each act stands in ``access``; here is the case around it (GDPR art. 18).
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from rekisteri import access, parties
from rekisteri.access import Ground, Restriction, Write
from rekisteri.ground.errors import Conflict
from rekisteri.rights.requests import Kind, Outcome, close, request, step

PENDING = frozenset({Kind.RESTRICTION, Kind.OBJECTION, Kind.RECTIFICATION})
"""Requests that may bring a restriction: asked for itself, or until an objection or a correction is decided."""


def restrict(tx: Write, request_id: UUID, ground: Ground, answer: str = "") -> Restriction:
    """Restrict the processing of a customer's data as was asked; a request for that alone is answered by it.

    Raises ``Conflict`` before the asker's identity is checked, for another kind of request, or where the
    processing is restricted already.
    """
    found = request(tx, request_id)
    if found.closed_at is not None:
        raise Conflict("The request is closed already; open a new one.", field="request")
    if found.kind not in PENDING:
        raise Conflict("This request asks for no restriction; answer what it asks.", field="kind")
    if found.party_id is None or found.identity_at is None:
        raise Conflict("Check the asker's identity first.", field="identity")
    party_id = parties.standing(tx, found.party_id)
    made = access.restrict(tx, party_id, ground, request_id=request_id)
    parties.inform(tx, party_id, "restricted")
    step(tx, request_id, "restricted", ground.value)
    if found.kind is Kind.RESTRICTION:
        close(tx, request_id, Outcome.FULFILLED, answer)
    return made


def foretell(tx: Write, restriction_id: UUID, *, lifts_on: date, how: str) -> None:
    """Write down that the person was told on which day the restriction will be lifted (art. 18(3)).

    Raises what ``access.foretell`` raises.
    """
    access.foretell(tx, restriction_id, lifts_on=lifts_on, how=how)
    _step(tx, access.restriction(tx, restriction_id), "lift_told", how.strip())


def lift(tx: Write, restriction_id: UUID, because: str) -> Restriction:
    """Lift a restriction on the day told or later. Raises what ``access.lift`` raises."""
    lifted = access.lift(tx, restriction_id, because)
    parties.inform(tx, lifted.party_id, "lifted")
    _step(tx, lifted, "lifted", because.strip())
    return lifted


def _step(tx: Write, of: Restriction, kind: str, note: str) -> None:
    if of.request_id is not None:
        step(tx, of.request_id, kind, note)
