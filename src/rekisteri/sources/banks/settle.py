"""Messages settled: whose each is, and what the register states of each payer's order in consequence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple, cast
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Write
from rekisteri.ground.clock import day
from rekisteri.ground.keys import Vault
from rekisteri.parties import OrderKind, OrderRecord, OrderStated, OrderTerms, Origin
from rekisteri.sources.banks import box, messages, store
from rekisteri.sources.banks.holds import DECIDE_DAYS
from rekisteri.sources.banks.known import Book, Notices
from rekisteri.sources.banks.match import Finder
from rekisteri.sources.banks.messages import Changed, MessageRow, Word
from rekisteri.sources.banks.pauses import ended_in_a_pause, pauses_of
from rekisteri.sources.banks.standing import Certain, Outcome, Own, Resolved, Rule, Told, resolve, stand
from rekisteri.sources.banks.wire import Wish

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling came to: how many orders changed, and whom it concerned."""

    orders: int
    party_ids: frozenset[UUID]


class Settler:
    """Settles messages within one act."""

    def __init__(self, tx: Write, vault: Vault, notices: Notices, book: Book) -> None:
        self._tx = tx
        self._vault = vault
        self._notices = notices
        self._book = book
        self._finder = Finder(tx, vault)
        self.deadline = day(tx.at) + timedelta(days=DECIDE_DAYS)

    def resolve(self, threads: Iterable[bytes]) -> set[UUID]:
        """Judge whole threads anew and write down what differs; the records whose orders may change by it."""
        touched: set[UUID] = set()
        left = iter(threads)
        while some := list(islice(left, BATCH)):
            touched |= self._resolve(some)
        return touched

    def _resolve(self, threads: Sequence[bytes]) -> set[UUID]:
        rows = messages.messages_of_threads(self._tx, threads)
        by_thread: dict[bytes, list[MessageRow]] = {}
        for row in rows:
            by_thread.setdefault(bytes(row.thread or b""), []).append(row)
        own = self._own(rows)
        refs = {row.ref_message_id for row in rows if row.ref_message_id is not None}
        named = messages.named_elsewhere(self._tx, sorted(refs)) if refs else {}
        resolved: dict[UUID, Resolved] = {}
        for thread in by_thread.values():
            within = {row.message_id for row in thread}
            elsewhere = {
                row.ref_message_id: named[row.ref_message_id]
                for row in thread
                if row.ref_message_id in named and row.ref_message_id not in within
            }
            resolved |= resolve([self._told(row) for row in thread], own, elsewhere)
        accepted = {
            row.ref_message_id
            for row in rows
            if row.ref_message_id is not None
            and named.get(row.ref_message_id) is not None
            and resolved[row.id].outcome is Outcome.MATCHED
        }
        _accept_proposals(self._tx, sorted(accepted))
        return self._write(rows, resolved)

    def _own(self, rows: Sequence[MessageRow]) -> dict[UUID, Own]:
        """What each message's own identifiers say: as found when it came, where that was certain; else asked anew."""
        own: dict[UUID, Own] = {}
        left: list[MessageRow] = []
        for row in rows:
            if row.decision in ("matched", "rejected") or row.notice_id is None:
                continue
            party_id = self._payer(row)
            if row.by_itself and party_id is not None and row.rule is not None:
                own[row.id] = Certain(party_id, Rule(row.rule), tuple(row.evidence))
                continue
            left.append(row)
        wishes = box.opened_all(self._vault, {row.id: row.sealed for row in left})
        asked = [
            (row.id, self._notices[row.notice_id], wish)
            for row in left
            if row.notice_id is not None and (wish := wishes[row.id]) is not None
        ]
        found = self._finder.find([(known, wish) for _, known, wish in asked])
        return own | {row_id: verdict for (row_id, _, _), verdict in zip(asked, found, strict=True)}

    def _payer(self, row: MessageRow) -> UUID | None:
        if row.party_id is not None or row.record_id is None:
            return row.party_id
        return self._book.payer(row.record_id)

    def _told(self, row: MessageRow) -> Told:
        return row.told(self._payer(row))

    def _write(self, rows: Sequence[MessageRow], resolved: dict[UUID, Resolved]) -> set[UUID]:
        by_id = {row.id: row for row in rows}
        matched = [
            (self._notices[row.notice_id], resolved[row.id].party_id) for row in rows if row.notice_id is not None
        ]
        self._book.look_up((known, party_id) for known, party_id in matched if party_id is not None)
        changes = []
        touched: set[UUID] = set()
        for row_id, one in resolved.items():
            row = by_id[row_id]
            change = self._changed(row, one)
            if change is not None:
                changes.append(change)
                touched |= {record for record in (row.record_id, change.record_id) if record is not None}
            elif row.record_id is not None:
                touched.add(row.record_id)
        messages.change(self._tx, changes)
        return touched

    def _changed(self, row: MessageRow, one: Resolved) -> Changed | None:
        record_id = row.record_id
        if one.party_id is None:
            record_id = None
        elif row.notice_id is not None and one.party_id != self._payer(row):
            record_id = self._book.record(self._notices[row.notice_id], one.party_id)
        rule = None if one.rule is None else int(one.rule)
        same = (row.outcome, row.hold, row.rule, row.record_id) == (one.outcome, one.hold, rule, record_id)
        if same and tuple(row.evidence) == one.evidence:
            return None
        deadline = (row.deadline_on or self.deadline) if one.outcome is Outcome.HELD else None
        return Changed(row.id, one.outcome, one.hold, rule, one.evidence, record_id, deadline)

    def state(self, record_ids: Iterable[UUID]) -> Settled:
        """State the orders that the messages of the records come to, where that is another than was stated."""
        orders = 0
        concerned: set[UUID] = set()
        left = iter(record_ids)
        while some := list(islice(left, BATCH)):
            one = self._state(some)
            orders += one.orders
            concerned |= one.party_ids
        return Settled(orders, frozenset(concerned))

    def paused_unstated(self) -> list[UUID]:
        """Records whose order is paused though it is stated as ended, as it was before pauses were stated."""
        ended = ended_in_a_pause(self._tx)
        told = messages.words_of_records(self._tx, ended)
        stood = self._stood([(record_id,) for record_id in ended], told)
        return [
            one for one, found in zip(ended, stood, strict=True) if found is not None and found.paused_at is not None
        ]

    def _state(self, record_ids: Sequence[UUID]) -> Settled:
        known = {one.id: one for one in parties.order_records_of(self._tx, record_ids)}
        told = messages.words_of_records(self._tx, record_ids)
        payers: dict[UUID, UUID] = {}
        for record_id in record_ids:
            record = known.get(record_id)
            payer = self._book.payer(record_id) if record is None else record.party_id
            if payer is not None and (record is not None or record_id in told):
                payers[record_id] = payer
        others = self._others(payers, told, known)
        if others:
            told |= messages.words_of_records(self._tx, others.keys())
            payers |= {one.id: one.party_id for one in others.values()}
            known |= others
        return self._state_all(payers, known, told)

    def _others(self, payers: dict[UUID, UUID], told: Heard, known: dict[UUID, OrderRecord]) -> dict[UUID, OrderRecord]:
        """Further records of the same payers and reasons, as two customers made one have them."""
        by_organisation: dict[int, set[UUID]] = {}
        for record_id in known:
            if record_id in payers and record_id in told:
                by_organisation.setdefault(told[record_id][-1].organisation_id, set()).add(payers[record_id])
        reasons = {(one.party_id, one.payment_reason) for one in known.values()}
        return {
            one.id: one
            for organisation_id, party_ids in by_organisation.items()
            for one in parties.order_records(self._tx, self._book.source(organisation_id).id, party_ids)
            if one.id not in payers and (one.party_id, one.payment_reason) in reasons
        }

    def _state_all(self, payers: dict[UUID, UUID], known: dict[UUID, OrderRecord], told: Heard) -> Settled:
        groups = _grouped(payers, known, told, self._organisation)
        stood = self._stood([record_ids for _, _, record_ids in groups], told)
        wishes = box.opened_all(self._vault, {one.word.id: one.word.sealed for one in stood if one is not None})
        stated: dict[int, list[OrderStated]] = {}
        for (organisation_id, payer, record_ids), found in zip(groups, stood, strict=True):
            terms, stands = None, False
            if found is not None:
                terms, stands = self._terms(found, wishes[found.word.id]), found.stands
            first, *rest = record_ids
            ones = stated.setdefault(organisation_id, [])
            ones.append(OrderStated(payer, first, terms, stands))
            ones += [OrderStated(payer, other, terms, stands=False) for other in rest]
        orders = 0
        for organisation_id, ones in stated.items():
            origin = Origin(self._book.source(organisation_id), None, self._tx.act.viewer.account_id)
            orders += parties.state_orders(self._tx, self._vault, origin, known.values(), ones)
        concerned = frozenset(payers.values())
        self._tx.gather_bytes([party_id.bytes for party_id in concerned])
        return Settled(orders, concerned)

    def _stood(self, groups: Iterable[Sequence[UUID]], told: Heard) -> list[_Stood | None]:
        """Of the records of each group together: where their messages bring the order, and the message with its terms."""
        every = [word for words in told.values() for word in words]
        ends = store.biller_ends(self._tx, {word.notice_id for word in every})
        pauses = pauses_of(self._tx, {word.thread for word in every})
        found: list[_Stood | None] = []
        for record_ids in groups:
            words = [word for record_id in record_ids for word in told.get(record_id, ())]
            if len(words) == 1 and not ends and words[0].thread not in pauses:
                # Of most orders one message tells all; ``stand`` comes to the same.
                found.append(_Stood(words[0], words[0].said_at, None, words[0].action != "delete"))
                continue
            standing = stand(
                [word.told for word in words],
                [end for notice_id in {word.notice_id for word in words} for end in ends.get(notice_id, ())],
                [pause for thread in {word.thread for word in words} for pause in pauses.get(thread, ())],
            )
            if standing is None:
                found.append(None)
                continue
            word = next(word for word in words if word.id == standing.terms.id)
            found.append(_Stood(word, standing.since, standing.paused_at, standing.stands))
        return found

    def _organisation(self, record_id: UUID) -> int:
        """The organisation of a record that no message is about any more."""
        return parties.order_organisation(self._tx, record_id)

    def _terms(self, stood: _Stood, wish: Wish | None) -> OrderTerms:
        assert wish is not None, "a matched message can be read"
        notice = self._notices[stood.word.notice_id].notice
        return OrderTerms(
            kind=cast("OrderKind", stood.word.kind),
            payment_reason=notice.payment_reason,
            address=wish.address,
            operator=stood.word.operator,
            language=wish.language,
            due_day=wish.due_day if notice.due_day_accepted else None,
            times_a_year=wish.times_a_year if notice.times_accepted else None,
            ordered_on=day(stood.since),
            paused_on=None if stood.paused_at is None else day(stood.paused_at),
        )


Heard = dict[UUID, list[Word]]
"""What was said about the orders of each record."""


class _Group(NamedTuple):
    """The records of one payer's orders for one payment reason of an organisation, the oldest first: mostly one."""

    organisation_id: int
    payer: UUID
    record_ids: Sequence[UUID]


class _Stood(NamedTuple):
    """How an order stands: the message whose terms it has, since when, whether it is paused, whether it stands."""

    word: Word
    since: datetime
    paused_at: datetime | None
    stands: bool


def _grouped(
    payers: dict[UUID, UUID], known: dict[UUID, OrderRecord], told: Heard, organisation: Callable[[UUID], int]
) -> list[_Group]:
    """Records by whose they are and what for. One that is new is a payer's only one, or it would not have been begun."""
    groups: list[_Group] = []
    together: dict[tuple[int, UUID, str], list[UUID]] = {}
    for record_id, payer in payers.items():
        words = told.get(record_id)
        organisation_id = words[0].organisation_id if words else organisation(record_id)
        if record_id in known:
            together.setdefault((organisation_id, payer, known[record_id].payment_reason), []).append(record_id)
        else:
            groups.append(_Group(organisation_id, payer, (record_id,)))
    groups += [
        _Group(organisation_id, payer, sorted(record_ids))
        for (organisation_id, payer, _), record_ids in together.items()
    ]
    return groups


def _accept_proposals(tx: Write, message_ids: Sequence[str]) -> None:
    """Our proposals that payers' orders refer to have been accepted."""
    if message_ids:
        tx.run(
            """
            update sources.proposal set state = 'accepted', answered_at = %(at)s
            where message_id = any (%(ids)s) and state in ('ready', 'sent')
            """,
            ids=list(message_ids),
            at=tx.at,
        )
