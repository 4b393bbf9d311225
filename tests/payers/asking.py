"""A world in which questions are asked: payment reasons, and the answer as a reader of its JSON sees it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from rekisteri import payers
from rekisteri.access import Action, Organisation, Viewer
from rekisteri.catalogue import Purpose, Text
from rekisteri.payers import By, Channel, Households, LastResort, Policy, Question, Receipted
from tests.builders import World

REASON = "PH"
EVERY = (
    Channel.CONSUMER_EINVOICE,
    Channel.DIRECT_PAYMENT,
    Channel.EINVOICE,
    Channel.MAILBOX,
    Channel.EMAIL,
    Channel.LETTER,
)
PAPER = (Channel.LETTER,)


def a_reason(
    world: World,
    *channels: Channel,
    code: str = REASON,
    last_resort: LastResort | None = LastResort.LETTER,
    households: Households = Households.EVERY,
    organisation: Organisation | None = None,
) -> None:
    """A payment reason of the town, by letter unless told otherwise."""
    with world.register.door.write(world.maintainer, Action.REASON_MANAGE, Purpose.UPKEEP) as tx:
        payers.set_reason(
            tx,
            (organisation or world.town).id,
            code,
            Text("Varhaiskasvatus", "Småbarnspedagogik", "Early childhood education"),
            Policy(channels or PAPER, last_resort, households),
        )


def ask(
    world: World,
    identifier: str | UUID,
    by: By = By.CUSTOMER_NUMBER,
    *,
    viewer: Viewer | None = None,
    purpose: Purpose | None = None,
    organisation: Organisation | None = None,
    on: date | None = None,
    known_at: datetime | None = None,
    reason: str = REASON,
) -> Receipted:
    """The answer to one question; errors as they come."""
    who = viewer or world.maintainer
    question = Question(by, str(identifier), (organisation or world.town).id, reason, on, known_at)
    with world.register.door.write(who, Action.PAYER_RESOLVE, purpose or who.purposes()[0]) as tx:
        found = payers.resolve(tx, world.register.office, question)
    return found


def answer(world: World, identifier: str | UUID, by: By = By.CUSTOMER_NUMBER, **how: Any) -> dict[str, Any]:
    """The answer as its JSON says it."""
    told: dict[str, Any] = orjson.loads(ask(world, identifier, by, **how).body)
    return told
