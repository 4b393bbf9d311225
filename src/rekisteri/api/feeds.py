"""Feeds: what declared recipients are told: a snapshot page by page, changes from a cursor, and how each stands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import Response

from rekisteri import feeds
from rekisteri.access import Action
from rekisteri.api.calling import Calling
from rekisteri.api.desk import Answer, Desk, told
from rekisteri.catalogue import Disclosure, PartyKind, Purpose, Way

desk = Desk("feeds")

Named = Annotated[str, Path(max_length=40, description="The recipient's name, as it is declared.")]
Cursor = Annotated[str | None, Query(max_length=60, description="``cursor`` of the page before; none: the beginning.")]
Limit = Annotated[int, Query(ge=1, le=feeds.PAGE_MAX)]


class FeedCustomer(Answer):
    """A customer as the recipient may be told of it."""

    customer_number: str
    customer: str = Field(
        description="The register's id. It may change when customers are merged; the number does not."
    )
    kind: PartyKind
    version: int
    since: str
    non_disclosure: Disclosure = Field(description="on, off or unknown; unknown acts as on.")
    values: dict[str, Any] = Field(description="Declared items by name, as GET /catalogue/items has them.")
    restricted: bool = Field(
        default=False,
        description="The processing is restricted: keep what you have, use it for nothing (GDPR art. 18).",
    )
    withheld: list[str] = Field(description="Declared items that a rule keeps back, whether there is a value or not.")


class SnapshotAnswer(Answer):
    """A page of all the recipient's customers."""

    customers: list[FeedCustomer]
    cursor: str | None = Field(description="Of the next page; none on the last.")
    changes_from: str = Field(description="The cursor of the changes that follow the snapshot.")


class ChangesAnswer(Answer):
    """What has changed, oldest first: CloudEvents 1.0."""

    events: list[dict[str, Any]]
    cursor: str
    more: bool = Field(description="Whether more wait already.")


@desk.get("/feeds/{name}/snapshot", Action.FEED_READ, SnapshotAnswer)
def feed_snapshot(name: Named, caller: Calling, cursor: Cursor = None, limit: Limit = feeds.PAGE_MAX) -> Response:
    """All customers of a recipient, a page at a time, in an order that does not change meanwhile.

    Read every page, then follow ``changes`` from ``changes_from``. A broken run goes on from its last cursor.
    """
    caller.register.gatherer.gather()
    with caller.write(Action.FEED_READ) as tx:
        asking = feeds.asker(tx, caller.register.recipients, name)
        found = feeds.snapshot(tx, asking, cursor, limit=limit)
    customers = [FeedCustomer(**one) for one in found.customers]
    return told(SnapshotAnswer(customers=customers, cursor=found.cursor, changes_from=found.changes_from))


@desk.get("/feeds/{name}/changes", Action.FEED_READ, ChangesAnswer)
def feed_changes(name: Named, caller: Calling, cursor: Cursor = None, limit: Limit = feeds.PAGE_MAX) -> Response:
    """What has changed of a recipient's customers after a cursor, oldest first, in order for each customer.

    An event has the values of now; the same event comes again, under the same id, to the same cursor. Keep the cursor
    once the page is dealt with: whoever breaks off meets the page again and misses nothing.
    """
    caller.register.gatherer.gather()
    with caller.write(Action.FEED_READ) as tx:
        asking = feeds.asker(tx, caller.register.recipients, name)
        found = feeds.changes(tx, asking, cursor, limit=limit)
    return told(ChangesAnswer(events=found.events, cursor=found.cursor, more=found.more))


class RecipientAnswer(Answer):
    """A declared recipient and how far it has been told."""

    name: str
    title: str
    organisation: str
    purpose: Purpose
    ground: str
    country: str
    fields: list[str]
    way: Way
    begun_at: datetime | None
    last_at: datetime | None = Field(description="When it last got something.")
    waiting: int
    oldest_at: datetime | None = Field(description="Of what waits, when the oldest happened.")
    failing: int
    dead: int = Field(description="Given up; send them again when the cause is mended.")
    failure: str | None


class RecipientsAnswer(Answer):
    """Every declared recipient: nobody else is told anything of customers."""

    recipients: list[RecipientAnswer]


@desk.get("/feeds", Action.FEED_STATE, RecipientsAnswer)
def recipients(caller: Calling) -> Response:
    """Every declared recipient, what it is told and on what ground, and how far it has been told."""
    with caller.read(Action.FEED_STATE) as tx:
        found = feeds.standings(tx, caller.register.recipients)
    return told(RecipientsAnswer(recipients=[_recipient(one, caller.language) for one in found]))


class AgainAnswer(Answer):
    """How many events are sent again."""

    events: int


@desk.post("/feeds/{name}/again", Action.FEED_AGAIN, AgainAnswer)
def send_again(name: Named, caller: Calling) -> Response:
    """Send what was given up, and what has failed, again and at once: when the recipient's endpoint is mended."""
    with caller.write(Action.FEED_AGAIN) as tx:
        count = feeds.again(tx, feeds.named(caller.register.recipients, name))
    return told(AgainAnswer(events=count))


def _recipient(one: feeds.Standing, language: str) -> RecipientAnswer:
    declared = one.recipient
    return RecipientAnswer(
        name=declared.name,
        title=declared.title.text.in_(language),
        organisation=declared.organisation,
        purpose=declared.purpose,
        ground=declared.ground.text.in_(language),
        country=declared.country,
        fields=[item.name for item in declared.items],
        way=declared.way,
        begun_at=one.begun_at,
        last_at=one.last_at,
        waiting=one.waiting,
        oldest_at=one.oldest_at,
        failing=one.failing,
        dead=one.dead,
        failure=one.failure,
    )
