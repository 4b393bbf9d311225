"""A customer as one recipient may be told of it: its declared items, by the same decision as every view.

Values are looked up when they leave, never kept: what a non-disclosure order has come to cover meanwhile is not in
them. The recipient is judged as the system of its client organisation that it is (``access.sight``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Act, Action, Limit, Read, Sight, Viewer, sight
from rekisteri.catalogue import COVERED, Choice, Content, Disclosure, Item, PartyKind, Recipient, Role, Value
from rekisteri.catalogue import masked as without_codes
from rekisteri.feeds.gather import Told
from rekisteri.ground.clock import day

CUSTOMER_NUMBER = "customer_number"
BANK_ORDER = "bank_order"


@dataclass(frozen=True, slots=True)
class Portrait:
    """A customership and what its recipient is told of the customer."""

    record_id: UUID
    key: str
    party_id: UUID
    kind: PartyKind
    version: int
    order: Disclosure
    since_on: date
    values: Content
    withheld: tuple[str, ...]
    """Declared items a rule keeps back, told alike whether there is a value or not."""
    restricted: bool = False
    """The processing is restricted: nothing is told but that (GDPR art. 18)."""


@dataclass(frozen=True, slots=True)
class _Row:
    record_id: UUID
    key: str
    party_id: UUID
    kind: PartyKind
    version: int
    turvakielto: Disclosure
    since_on: date
    own: Content


def portraits(tx: Read, told: Told, record_ids: Iterable[UUID]) -> dict[UUID, Portrait]:
    """The live customerships among the records, each as the recipient may be told of it; others are not there."""
    rows = _rows(tx, told, list(record_ids))
    golden = parties.contents(tx, {row.party_id for row in rows})
    unknown = [row.party_id for row in rows if row.turvakielto is Disclosure.UNKNOWN]
    by_hand = _by_hand(tx, unknown) if unknown else {}
    wanted = told.recipient.items
    orders = _orders(tx, told, [row.party_id for row in rows]) if BANK_ORDER in told.recipient.fields else {}
    act = acting_for(told)
    use = replace(act, today=day(tx.at))
    limits = tx.limits([row.party_id for row in rows], told.organisation_id, use)
    found = {}
    for row in rows:
        if limits.get(row.party_id) is Limit.WITHHELD:
            found[row.record_id] = _restricted(row, wanted)
            continue
        words = _Words(row, golden[row.party_id], by_hand.get(row.party_id, {}), orders.get(row.party_id, []))
        values: Content = {}
        withheld = []
        for item in wanted:
            if row.kind not in item.kinds:
                continue
            value, kept_back = words.value(item, sight(act, item, row.turvakielto))
            if value is not None:
                values[item.name] = without_codes(item.name, value)
            elif kept_back:
                withheld.append(item.name)
        found[row.record_id] = Portrait(
            row.record_id, row.key, row.party_id, row.kind, row.version, row.turvakielto, row.since_on, values,
            tuple(withheld),
        )  # fmt: skip
    return found


def _restricted(row: _Row, wanted: Iterable[Item]) -> Portrait:
    """A customer whose data is stored and not used: its own number, and that it is restricted."""
    own = {CUSTOMER_NUMBER: row.key} if any(item.name == CUSTOMER_NUMBER for item in wanted) else {}
    kept_back = tuple(item.name for item in wanted if row.kind in item.kinds and item.name not in own)
    return Portrait(
        row.record_id, row.key, row.party_id, row.kind, row.version, row.turvakielto, row.since_on, dict(own), kept_back,
        restricted=True,
    )  # fmt: skip


def acting_for(told: Told) -> Act:
    """The recipient as a viewer: a system of its one organisation, for its declared purpose."""
    recipient: Recipient = told.recipient
    viewer = Viewer(
        account_id=None,
        handle=recipient.name,
        name=recipient.title.text.en,
        roles=frozenset({Role.INTEGRATION}),
        organisations=frozenset({told.organisation_id}),
        every_organisation=False,
        channel="feed",
    )
    return Act(viewer, Action.FEED_READ, recipient.purpose, None, date.min)


class _Words:
    """What was said of one customer that the recipient may be told."""

    def __init__(self, row: _Row, golden: Content, by_hand: Content, orders: list[Value]) -> None:
        self._row = row
        self._golden = golden
        self._by_hand = by_hand
        self._orders = orders

    def value(self, item: Item, seen: Sight) -> tuple[Value | None, bool]:
        """The value if there is one to tell, and whether a rule keeps one back."""
        if seen in (Sight.PURPOSE, Sight.TURVAKIELTO_ON):
            return None, True
        if item.name == CUSTOMER_NUMBER:
            return self._row.key, False
        if item.name == BANK_ORDER:
            return (self._orders or None), False  # type: ignore[return-value]
        if item.choice is Choice.STRICTEST:
            return self._row.turvakielto is Disclosure.ON, False
        if item.choice is Choice.OWN:
            return self._row.own.get(item.name), False
        if seen is Sight.OWN_WORD:
            own = self._by_hand.get(item.name, self._row.own.get(item.name))
            return own, own is None
        return self._golden.get(item.name), False


def _rows(tx: Read, told: Told, record_ids: list[UUID]) -> list[_Row]:
    return tx.all(
        _Row,
        """
        select r.id as record_id, r.key, r.party_id, p.kind, p.version, p.turvakielto, r.since_on, word.content as own
        from parties.record r
        join parties.source s on s.id = r.source_id and s.kind = 'organisation'
             and s.organisation_id = %(organisation_id)s
        join parties.party p on p.id = r.party_id
        cross join lateral (
            select content from parties.statement
            where record_id = r.id and content is not null and lower(valid) <= %(today)s
            order by lower(recorded) desc, id desc limit 1
        ) word
        where r.id = any (%(ids)s) and (r.ended_on is null or r.ended_on > %(today)s)
        """,
        ids=record_ids,
        organisation_id=told.organisation_id,
        today=day(tx.at),
    )


def _by_hand(tx: Read, party_ids: list[UUID]) -> dict[UUID, Content]:
    """What maintainers have put right of covered items, of customers whose order is not known."""
    rows = tx.tuples(
        """
        select r.party_id, word.content
        from parties.record r
        join parties.source s on s.id = r.source_id and s.kind = 'maintainer'
        cross join lateral (
            select content from parties.statement where record_id = r.id and lower(valid) <= %(today)s
            order by lower(recorded) desc, id desc limit 1
        ) word
        where r.party_id = any (%(ids)s) and (r.ended_on is null or r.ended_on > %(today)s) and word.content is not null
        """,
        ids=party_ids,
        today=day(tx.at),
    )
    found: dict[UUID, Content] = defaultdict(dict)
    for party_id, content in rows:
        found[party_id] |= {name: value for name, value in content.items() if name in COVERED}
    return found


def _orders(tx: Read, told: Told, party_ids: list[UUID]) -> dict[UUID, list[Value]]:
    """Orders in force at banks of bills of the organisation, without the address, which is sealed."""
    rows = tx.tuples(
        """
        select r.party_id, word.content -> 'bank_order'
        from parties.record r
        join parties.source s on s.id = r.source_id and s.kind = 'bank' and s.organisation_id = %(organisation_id)s
        cross join lateral (
            select content from parties.statement where record_id = r.id and content is not null
            order by lower(recorded) desc, id desc limit 1
        ) word
        where r.party_id = any (%(ids)s) and (r.ended_on is null or r.ended_on > %(today)s)
        order by r.id
        """,
        ids=party_ids,
        organisation_id=told.organisation_id,
        today=day(tx.at),
    )
    found: dict[UUID, list[Value]] = defaultdict(list)
    for party_id, order in rows:
        if order is not None and "paused_on" not in order:
            found[party_id].append(order)
    return found
