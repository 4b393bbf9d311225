"""Delivering: each waiting event to the recipient's endpoint, in order for each customer, once in effect.

One deliverer at a time for each recipient, by a lock of the database that ends with whoever held it. An event is
claimed, and the act that reads its values is in the log, before it leaves; it is settled when the endpoint has
answered. Whoever is killed between the two leaves it waiting, and it goes again under the same id: the receiver that
has met the id does nothing. A customer's later events wait for its earlier ones; other customers' do not. An event
that fails again and again is given up (``dead``) until somebody sends it again; an endpoint that fails whatever it is
sent is left in peace for a while, longer each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

import httpx2
import orjson

from rekisteri.access import Action, Door, Viewer, Write
from rekisteri.catalogue import Purpose, Recipient, Way
from rekisteri.feeds.asking import messages
from rekisteri.feeds.gather import Told, told
from rekisteri.feeds.messages import Event
from rekisteri.feeds.signing import Secrets
from rekisteri.ground import clock, egress
from rekisteri.ground.database import Database
from rekisteri.ground.egress import Connection
from rekisteri.ground.errors import Refused

EVENTS_AT_ONCE = 50
TIMEOUT_S = 10.0
TRIES_MAX = 10
"""Then an event is given up: with the waits below, after about two days."""
WAITS_S = (5, 30, 120, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400)
"""Before an event goes again, by how often it has failed."""
RESTS_S = (5, 15, 60, 300, 900, 1800)
"""How long an endpoint is left in peace, by how often it has failed whatever it was sent."""
FAILURES_IN_A_ROW = 3
"""So many failures one after another are the endpoint's and not the events'."""
LOCK = 0x46454544
CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


@dataclass(slots=True)
class Delivered:
    """What one round did for a recipient. ``busy``: another process is at it; ``resting``: the endpoint is left in peace."""

    recipient: str
    sent: int = 0
    failed: int = 0
    dead: int = 0
    busy: bool = False
    resting: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event ready to leave."""

    id: UUID
    tries: int
    body: bytes


@dataclass(slots=True)
class _Outcome:
    """What became of the events of one claim."""

    done: list[UUID] = field(default_factory=list)
    failed: list[tuple[Outgoing, str]] = field(default_factory=list)
    unsent: list[UUID] = field(default_factory=list)
    down: bool = False


Send = Callable[[Outgoing], str | None]
"""Sends an event; None when it has been taken, else why not, in a word."""


def connection(recipient: Recipient) -> Connection:
    """The way out to a recipient by webhook."""
    assert recipient.url is not None
    return Connection(
        f"feed-{recipient.name}", recipient.url, recipient.country, f"Changes of customers: {recipient.title.text.en}",
        recipient.ca, recipient.certificate, recipient.key, recipient.networks,
    )  # fmt: skip


def connections(recipients: Sequence[Recipient]) -> list[Connection]:
    """Every way out the declarations open, to be held against the house's rules."""
    return [connection(one) for one in recipients if one.way is Way.WEBHOOK]


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Delivers to webhooks, as acts of the register's own."""

    pool: Database
    door: Door
    viewer: Viewer
    secrets: Secrets
    now: clock.Clock
    timeout_s: float = TIMEOUT_S

    def deliver(self, recipient: Recipient) -> Delivered:
        """Send all that is due to a recipient, until there is no more or the endpoint fails."""
        done = Delivered(recipient.name)
        with self._alone(recipient) as alone:
            if not alone:
                done.busy = True
                return done
            way = connection(recipient)
            with egress.client(way, timeout_s=self.timeout_s) as client:
                self._deliver(recipient, done, lambda one: self._send(client, way, recipient, one))
        return done

    def _deliver(self, recipient: Recipient, done: Delivered, send: Send) -> None:
        outcome = _Outcome()
        while True:
            with self.door.write(self.viewer, Action.FEED_DELIVER, Purpose.ADMINISTRATION) as tx:
                settle(tx, recipient, outcome, done)
                done.resting = resting(tx, recipient)
                found = told(tx, [recipient])
                batch = claim(tx, found[0]) if found and not done.resting else []
            if not batch:
                return
            outcome = _each(batch, send)

    def _send(self, client: egress.Client, way: Connection, recipient: Recipient, one: Outgoing) -> str | None:
        headers = self.secrets.headers(recipient.name, str(one.id), self.now(), one.body)
        try:
            # Only whether it was taken matters: an answer's body is not read, however long.
            with client.stream(
                "POST", way.url, content=one.body, headers={**headers, "content-type": CONTENT_TYPE}
            ) as answer:
                return None if answer.is_success else f"http_{answer.status_code}"
        except httpx2.TimeoutException:
            return "timeout"
        except httpx2.HTTPError:
            return "unreachable"
        except Refused:
            return "refused"

    @contextmanager
    def _alone(self, recipient: Recipient) -> Iterator[bool]:
        """Whether this process alone delivers to the recipient now; ends with the connection, whatever ends it."""
        with self.pool.statement() as held:
            row = held.execute(
                "select pg_try_advisory_lock(%(lock)s, hashtext(%(name)s))", {"lock": LOCK, "name": recipient.name}
            ).fetchone()
            alone = row is not None and bool(row[0])
            try:
                yield alone
            finally:
                if alone:
                    held.execute(
                        "select pg_advisory_unlock(%(lock)s, hashtext(%(name)s))",
                        {"lock": LOCK, "name": recipient.name},
                    )


def claim(tx: Write, asking: Told) -> list[Outgoing]:
    """The next events that are due, each the first of its customer, with their values of now: they may leave."""
    found = tx.all(
        Event,
        """
        update feeds.event e set tries = tries + 1, handed_at = coalesce(handed_at, %(at)s)
        where e.id = any (array(
            select d.id from feeds.event d
            where d.recipient = %(recipient)s and d.state = 'waiting' and d.due_at <= %(at)s
              and not exists (
                  select from feeds.event f
                  where f.record_id = d.record_id and f.recipient = d.recipient and f.sequence < d.sequence
                    and f.state in ('waiting', 'dead'))
            order by d.sequence limit %(limit)s))
        returning e.id, e.sequence, e.kind, e.record_id, e.key, e.party_id, e.former_party_id, e.items, e.at, e.tries
        """,
        recipient=asking.recipient.name,
        at=tx.at,
        limit=EVENTS_AT_ONCE,
    )
    found.sort(key=lambda one: one.sequence)
    bodies = messages(tx, asking, found)
    tx.gather({str(one.party_id) for one in found})
    tx.note(recipient=asking.recipient.name, events=len(found))
    return [Outgoing(one.id, one.tries, orjson.dumps(body)) for one, body in zip(found, bodies, strict=True)]


def _each(batch: Sequence[Outgoing], send: Send) -> _Outcome:
    """Send each; after failures in a row the rest stays where it is."""
    outcome = _Outcome()
    in_a_row = 0
    for place, one in enumerate(batch):
        failure = send(one)
        if failure is None:
            outcome.done.append(one.id)
            in_a_row = 0
            continue
        outcome.failed.append((one, failure))
        in_a_row += 1
        gone = failure in (f"http_{HTTPStatus.GONE}", f"http_{HTTPStatus.TOO_MANY_REQUESTS}", "refused")
        if gone or in_a_row == FAILURES_IN_A_ROW:
            outcome.down = True
            outcome.unsent = [later.id for later in batch[place + 1 :]]
            break
    # Few events, and none of them taken: it is the endpoint as well, unless it says that it is the event.
    theirs = any(why.startswith("http_4") for _, why in outcome.failed)
    outcome.down = outcome.down or (bool(outcome.failed) and not outcome.done and not theirs)
    return outcome


def settle(tx: Write, recipient: Recipient, outcome: _Outcome, done: Delivered) -> None:
    """Write down what became of the events of a claim."""
    if outcome.done:
        tx.run(
            "update feeds.event set state = 'sent', settled_at = %(at)s, failure = null where id = any (%(ids)s)",
            ids=outcome.done,
            at=tx.at,
        )
    if outcome.unsent:
        tx.run("update feeds.event set tries = tries - 1 where id = any (%(ids)s)", ids=outcome.unsent)
    dead = 0
    for one, failure in outcome.failed:
        given_up = one.tries >= TRIES_MAX
        dead += given_up
        tx.run(
            "update feeds.event set state = %(state)s, due_at = %(due_at)s, failure = %(failure)s where id = %(id)s",
            id=one.id,
            state="dead" if given_up else "waiting",
            due_at=tx.at + wait(one.tries),
            failure=failure,
        )
    if outcome.done or outcome.down:
        tx.run(
            """
            update feeds.recipient
            set failures = case when %(down)s then failures + 1 else 0 end,
                rest_until = case when %(down)s then %(at)s::timestamptz
                    + make_interval(secs => (%(rests)s::integer[])[least(failures + 1, %(most)s)]) end
            where name = %(name)s
            """,
            name=recipient.name,
            down=outcome.down,
            at=tx.at,
            rests=list(RESTS_S),
            most=len(RESTS_S),
        )
    done.sent += len(outcome.done)
    done.failed += len(outcome.failed)
    done.dead += dead


def wait(tries: int) -> timedelta:
    """How long an event waits after so many failures."""
    return timedelta(seconds=WAITS_S[min(tries, len(WAITS_S)) - 1])


def resting(tx: Write, recipient: Recipient) -> bool:
    """Whether the recipient's endpoint is left in peace now."""
    until: datetime | None = tx.value(
        "select (select rest_until from feeds.recipient where name = %(name)s)", name=recipient.name
    )
    return until is not None and until > tx.at


def again(tx: Write, recipient: Recipient) -> int:
    """Send what was given up, and what has failed, again and at once; how many."""
    tx.run("update feeds.recipient set failures = 0, rest_until = null where name = %(name)s", name=recipient.name)
    count = tx.run(
        """
        update feeds.event set state = 'waiting', tries = 0, due_at = %(at)s
        where recipient = %(name)s and (state = 'dead' or (state = 'waiting' and tries > 0))
        """,
        name=recipient.name,
        at=tx.at,
    )
    tx.note(recipient=recipient.name, events=count)
    return count
