"""Objection: decided by what the processing rests on, with its grounds (GDPR art. 21(1)).

Whoever objects is heard where the processing rests on a public task or a legitimate interest; what a legal
obligation orders is done whatever anybody objects. Upheld, the data is stored and not used any more; overruled,
the answer says the compelling ground, and where to complain.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from rekisteri import access, parties
from rekisteri.access import Ground, Write
from rekisteri.catalogue import BASES, OBJECTABLE, Purpose
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.rights.house import ANY_AUTHORITY, Authority
from rekisteri.rights.requests import Kind, Outcome, Request, close, request, step

GROUNDS_MAX = 500


class Verdict(StrEnum):
    """How an objection is decided."""

    UPHELD = "upheld"
    """Nothing outweighs it: the data is used no more."""
    COMPELLING = "compelling"
    """Compelling legitimate grounds outweigh it."""
    CLAIMS = "claims"
    """The processing is needed for a legal claim."""
    OBLIGATION = "obligation"
    """The processing rests on a legal obligation, to which nobody may object."""


def object_to(
    tx: Write,
    request_id: UUID,
    verdict: Verdict,
    grounds: str,
    purpose: Purpose,
    *,
    authority: Authority = ANY_AUTHORITY,
) -> Request:
    """Decide an objection to processing for a purpose, and answer it.

    Raises ``Rejected`` without grounds, or for a verdict the purpose's basis does not carry; ``Conflict`` for
    another kind of request, or before the asker's identity is checked.
    """
    found = request(tx, request_id)
    if found.kind is not Kind.OBJECTION:
        raise Conflict("This request is not an objection; answer what it asks.", field="kind")
    if found.party_id is None or found.identity_at is None:
        raise Conflict("Check the asker's identity first.", field="identity")
    if not grounds.strip() or len(grounds) > GROUNDS_MAX:
        raise Rejected(
            f"Say on which grounds, in at most {GROUNDS_MAX} characters; the asker is told.", field="grounds"
        )
    if verdict is not Verdict.OBLIGATION and not OBJECTABLE[purpose]:
        raise Rejected("The purpose rests on a legal obligation alone; nobody may object to it.", field="verdict")
    step(tx, request_id, "objection", f"{purpose.value}: {verdict.value}")
    if verdict is Verdict.UPHELD:
        party_id = parties.standing(tx, found.party_id)
        access.restrict(tx, party_id, Ground.UPHELD, request_id=request_id)
        parties.inform(tx, party_id, "restricted")
        close(tx, request_id, Outcome.FULFILLED, grounds.strip())
    else:
        basis = BASES[purpose].in_(found.language)
        close(tx, request_id, Outcome.REFUSED, f"{grounds.strip()} {basis}.", authority=authority)
    return request(tx, request_id)
