"""Answers that wait for a decision: minimised, sealed, an hour at most, and only for whoever asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from rekisteri.access import Read, Write
from rekisteri.catalogue import Fault, Reason
from rekisteri.ground import ids
from rekisteri.ground.errors import Missing
from rekisteri.ground.keys import Vault
from rekisteri.sources.vtj import store
from rekisteri.sources.vtj.codes import Meaning
from rekisteri.sources.vtj.observe import Stated
from rekisteri.sources.vtj.store import AnswerRow

LIFE = timedelta(hours=1)
PLACE = "sources.vtj_answer|sealed|"


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer told, minimised to the items of the catalogue."""

    call_id: str
    code: str
    meaning: Meaning
    text: str
    renewed: bool
    items: dict[str, Stated]
    hidden: list[str]
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer, of which customer it is and at which version of the customer it was asked."""

    id: UUID
    party_id: UUID
    version: int
    asked_at: datetime
    told: Told


def keep(tx: Write, vault: Vault, party_id: UUID, version: int, told: Told) -> Waiting:
    """Keep an answer for the viewer's decision."""
    account_id = tx.act.viewer.account_id
    assert account_id is not None, "a question is asked by an account"
    waiting = Waiting(ids.fresh(), party_id, version, tx.at, told)
    sealed = vault.seal(_text(told), key="protected", place=f"{PLACE}{waiting.id}")
    store.insert_answer(tx, AnswerRow(waiting.id, party_id, account_id, version, sealed, tx.at))
    return waiting


def find(tx: Read, vault: Vault, answer_id: UUID) -> Waiting:
    """The viewer's own answer. Raises ``Missing`` for one that is decided, too old or somebody else's."""
    account_id = tx.act.viewer.account_id
    row = None if account_id is None else store.find_answer(tx, answer_id, account_id, LIFE)
    if row is None:
        raise Missing("VTJ's answer is no longer here; check the customer again.")
    plain = orjson.loads(vault.open(row.sealed, key="protected", place=f"{PLACE}{row.id}"))
    return Waiting(row.id, row.party_id, row.version, row.asked_at, _told(plain))


def _text(told: Told) -> bytes:
    return orjson.dumps(
        {
            "call_id": told.call_id,
            "code": told.code,
            "meaning": told.meaning,
            "text": told.text,
            "renewed": told.renewed,
            "items": {name: {"value": one.value, "secrets": dict(one.secrets)} for name, one in told.items.items()},
            "hidden": told.hidden,
            "faults": [{"reason": fault.reason, "field": fault.field} for fault in told.faults],
        }
    )


def _told(plain: dict[str, Any]) -> Told:
    return Told(
        call_id=plain["call_id"],
        code=plain["code"],
        meaning=Meaning(plain["meaning"]),
        text=plain["text"],
        renewed=plain["renewed"],
        items={name: Stated(one["value"], one["secrets"]) for name, one in plain["items"].items()},
        hidden=plain["hidden"],
        faults=[Fault(Reason(one["reason"]), one["field"]) for one in plain["faults"]],
    )
