"""A data subject's own cases: asked signed in, so identified at once; followed, withdrawn, the package fetched.

Somebody who acts for another sees the cases opened in that act and no other: what the other parent has asked
is between that parent and the register.
"""

from __future__ import annotations

from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.ground.ids import PartyId
from rekisteri.ground.keys import Vault
from rekisteri.rights.handover import Files, fulfil
from rekisteri.rights.held import OTHERS
from rekisteri.rights.holdings import SentTo
from rekisteri.rights.requests import (
    Channel,
    Identity,
    Kind,
    Outcome,
    Request,
    close,
    identify,
    open_request,
    request,
    requests,
    step,
)

OPEN_MAX = 10
"""Cases of one person that may be open at once: enough for every right twice over."""


def own_requests(tx: Read) -> list[Request]:
    """The subject's cases, those still open first."""
    return [one for one in requests(tx, party_id=_whose(tx), open_only=False) if _mine(tx, one)]


def own_request(tx: Read, request_id: UUID) -> Request:
    """One of them. Raises ``Missing``."""
    found = request(tx, request_id)
    if found.party_id != _whose(tx) or not _mine(tx, found):
        raise Missing("There is no such request among those you may see.")
    return found


def ask_own(tx: Write, vault: Vault, kind: Kind, words: str, *, language: str) -> Request:
    """Open a case in the subject's own words; the asker is identified already.

    Raises ``Rejected`` for no words where they are needed, ``Conflict`` where too many are open.
    """
    if kind is not Kind.ACCESS and not words.strip():
        raise Rejected("Tell in your own words what you ask for, and why.", field="words")
    made = open_request(
        tx, vault, kind, Channel.SELF_SERVICE, party_id=_room(tx), language=language,
        asked={"words": words.strip()} if words.strip() else None,
    )  # fmt: skip
    return identified(tx, made)


def identified(tx: Write, made: Request) -> Request:
    """The case with its asker identified: by strong identification, or as a representative the register knows."""
    acts = tx.act.viewer.acts_for is not None
    identify(tx, made.id, Identity.MANDATE if acts else Identity.STRONG_IDENTIFICATION)
    return request(tx, made.id)


def withdraw_own(tx: Write, request_id: UUID, why: str) -> None:
    """Take a case back. Raises ``Missing``, ``Conflict`` for one that is closed."""
    own_request(tx, request_id)
    close(tx, request_id, Outcome.WITHDRAWN, why)


def own_package(
    tx: Write,
    vault: Vault,
    request_id: UUID,
    *,
    house: str,
    sent: SentTo,
    withheld: frozenset[str],
    hidden: frozenset[str],
) -> Files:
    """The access package of one's own case; fetching it is the hand-over. Raises ``Missing``, ``Conflict``.

    ``withheld`` are names of other people that are not told; ``hidden`` items not told to a representative.
    """
    found = own_request(tx, request_id)
    acts = tx.act.viewer.acts_for is not None
    made = fulfil(
        tx, vault, request_id, house=house, sent=sent, withheld=withheld, without=hidden | OTHERS if acts else frozenset(),
        asked_by=tx.act.viewer.handle if acts else None,
    )  # fmt: skip
    step(tx, request_id, "handed_over", Channel.SELF_SERVICE.value)
    if found.closed_at is None:
        close(tx, request_id, Outcome.FULFILLED, HANDED[found.language])
    return made


HANDED = {
    "fi": "Tietopaketti noudettu omassa asioinnissa.",
    "sv": "Datapaketet hämtat i den egna ärendehanteringen.",
    "en": "The package was fetched in self-service.",
}
"""The answer of a case whose package was fetched, in its own language."""


def _room(tx: Write) -> PartyId:
    whose = _whose(tx)
    if sum(one.closed_at is None for one in requests(tx, party_id=whose)) >= OPEN_MAX:
        raise Conflict("You have many open requests already; wait for the answers, or withdraw one.", field="request")
    return whose


def _whose(tx: Read) -> PartyId:
    party_id = tx.act.viewer.self_id
    if party_id is None:
        raise Missing
    return party_id


def _mine(tx: Read, found: Request) -> bool:
    viewer = tx.act.viewer
    return viewer.acts_for is None or found.opened_by == viewer.handle
