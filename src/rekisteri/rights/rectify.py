"""Rectification: somebody asks for a correction, a maintainer decides, the asker is answered.

An invoicer asks from the customer's card as soon as an error is noticed, the data subject in
person, in writing or signed in; all stand in one queue (register description § 11, GDPR art. 16).
What is wished for is kept sealed until it is decided; a correction made so carries the request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Read, Write
from rekisteri.catalogue import BY_NAME, Choice, Item, Rules, SourceKind
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.ground.keys import Vault
from rekisteri.rights.requests import (
    Channel,
    Kind,
    Outcome,
    Request,
    asked,
    close,
    open_request,
    request,
    requests,
    step,
)

ITEM = "item"
REASON = "reason"
PART = "part:"
LANGUAGES = ("fi", "sv", "en")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked to be corrected: the item, the value wished for by part name, and why."""

    item: Item
    parts: dict[str, str]
    reason: str


def ask(
    tx: Write,
    vault: Vault,
    party_id: UUID,
    item_name: str,
    parts: Mapping[str, str],
    *,
    reason: str,
    channel: Channel,
    language: str,
    organisation_id: int | None,
) -> Request:
    """Ask for a correction of one item; ``parts`` are raw texts by part name.

    Raises ``Rejected`` for an item no maintainer may state, no value, or no reason.
    """
    item = _item(item_name)
    wished = {name: text.strip() for name, text in parts.items() if text.strip()}
    if not wished:
        raise Rejected("Give the value as it should be.", field=item_name)
    if not wished.keys() <= {part.name for part in item.parts}:
        raise Rejected("The item has no such part; see the list of items.", field=item_name)
    if not reason.strip():
        raise Rejected("Say how you know; the maintainer decides by it.", field=REASON)
    words = {ITEM: item.name, REASON: reason.strip()} | {PART + name: text for name, text in wished.items()}
    return open_request(
        tx,
        vault,
        Kind.RECTIFICATION,
        channel,
        party_id=party_id,
        language=language if language in LANGUAGES else "en",
        asked=words,
        organisation_id=organisation_id,
    )


def wish(tx: Read, vault: Vault, request_id: UUID) -> Wish:
    """What a request for correction asks. Raises ``Conflict`` for one that names no item."""
    words = asked(tx, vault, request_id)
    if words.get(ITEM) not in BY_NAME:
        raise Conflict("The request names no item; answer it in words.", field="item")
    parts = {name.removeprefix(PART): text for name, text in words.items() if name.startswith(PART)}
    return Wish(BY_NAME[words[ITEM]], parts, words.get(REASON, ""))


def accept(
    tx: Write,
    vault: Vault,
    request_id: UUID,
    *,
    rules: Rules,
    answer: str,
    evidence: str | None = None,
    until: date | None = None,
) -> None:
    """Correct as was asked, and answer: one act. Raises what ``parties.correct`` raises, and ``Conflict``."""
    found = request(tx, request_id)
    if found.party_id is None or found.kind is not Kind.RECTIFICATION:
        raise Conflict("This request is not for a correction; answer what it asks.", field="kind")
    wished = wish(tx, vault, request_id)
    parties.correct(
        tx,
        vault,
        found.party_id,
        wished.item.name,
        wished.parts,
        rules=rules,
        reason=wished.reason,
        evidence=evidence,
        until=until,
    )
    step(tx, request_id, "corrected", wished.item.name)
    close(tx, request_id, Outcome.FULFILLED, answer)


def own(tx: Read) -> list[Request]:
    """What the act's client organisations have asked, and the answers; the newest first."""
    every = requests(tx, open_only=False, kind=Kind.RECTIFICATION)
    found = [one for one in every if one.organisation_id is not None and tx.act.reaches(one.organisation_id)]
    return sorted(found, key=lambda one: one.opened_at, reverse=True)


def _item(item_name: str) -> Item:
    item = BY_NAME.get(item_name)
    if item is None:
        raise Rejected("The catalogue declares no such item; see the list of items.", field="item")
    if SourceKind.MAINTAINER not in item.ranks or item.choice is Choice.OWN:
        raise Rejected("That item is your organisation's own; send the right value in your next file.", field="item")
    return item
