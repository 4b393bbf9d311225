"""Messages settled: whose each is, and what the register states of each payer's order in consequence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import cast
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Write
from rekisteri.ground.clock import day
from rekisteri.ground.keys import Vault
from rekisteri.parties import OrderKind, OrderRecord, OrderStated, OrderTerms, Origin
from rekisteri.sources.banks import box, store
from rekisteri.sources.banks.holds import DECIDE_DAYS
from rekisteri.sources.banks.known import Book, Notices
from rekisteri.sources.banks.match import Finder
from rekisteri.sources.banks.pauses import pauses_of
from rekisteri.sources.banks.standing import Certain, Outcome, Own, Resolved, Rule, Standing, Told, resolve, stand
from rekisteri.sources.banks.store import Changed, MessageRow
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
        rows = store.messages_of_threads(self._tx, threads)
        by_thread: dict[bytes, list[MessageRow]] = {}
        for row in rows:
            by_thread.setdefault(bytes(row.thread or b""), []).append(row)
        own = self._own(rows)
        refs = {row.ref_message_id for row in rows if row.ref_message_id is not None}
        named = store.named_elsewhere(self._tx, sorted(refs)) if refs else {}
        resolved: dict[UUID, Resolved] = {}
        for thread in by_thread.values():
            within = {row.message_id for row in thread}
            elsewhere = {name: party_id for name, party_id in named.items() if name not in within}
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
        store.change(self._tx, changes)
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

    def _state(self, record_ids: Sequence[UUID]) -> Settled:
        known = {one.id: one for one in parties.order_records_of(self._tx, record_ids)}
        rows = store.messages_of_records(self._tx, record_ids)
        organisations = {row.record_id: row.organisation_id for row in rows}
        heard_of = {row.record_id for row in rows} | known.keys()
        payers = {
            record_id: payer
            for record_id in record_ids
            if record_id in heard_of
            and (payer := known[record_id].party_id if record_id in known else self._book.payer(record_id)) is not None
        }
        others = self._others(payers, organisations, known)
        if others:
            rows += store.messages_of_records(self._tx, list(others))
            organisations |= {row.record_id: row.organisation_id for row in rows}
            payers |= {one.id: one.party_id for one in others.values()}
            known |= others
        told: dict[UUID, list[MessageRow]] = {}
        for row in rows:
            if row.record_id is not None:
                told.setdefault(row.record_id, []).append(row)
        return self._state_all(payers, organisations, known, told)

    def _others(
        self, payers: dict[UUID, UUID], organisations: dict[UUID | None, int | None], known: dict[UUID, OrderRecord]
    ) -> dict[UUID, OrderRecord]:
        """Further records of the same payers and reasons, as two customers made one have them."""
        by_organisation: dict[int, set[UUID]] = {}
        for record_id, payer in payers.items():
            organisation_id = organisations.get(record_id)
            if organisation_id is not None and record_id in known:
                by_organisation.setdefault(organisation_id, set()).add(payer)
        reasons = {(one.party_id, one.payment_reason) for one in known.values()}
        return {
            one.id: one
            for organisation_id, party_ids in by_organisation.items()
            for one in parties.order_records(self._tx, self._book.source(organisation_id).id, party_ids)
            if one.id not in payers and (one.party_id, one.payment_reason) in reasons
        }

    def _state_all(
        self,
        payers: dict[UUID, UUID],
        organisations: dict[UUID | None, int | None],
        known: dict[UUID, OrderRecord],
        told: dict[UUID, list[MessageRow]],
    ) -> Settled:
        grouped: dict[tuple[int, UUID, str], list[UUID]] = {}
        for record_id in sorted(payers):
            organisation_id = organisations.get(record_id) or self._organisation(record_id)
            reason = self._reason(record_id, known, told)
            grouped.setdefault((organisation_id, payers[record_id], reason), []).append(record_id)
        stood = self._stood(grouped.values(), told)
        wishes = box.opened_all(self._vault, {terms.id: terms.sealed for _, terms in filter(None, stood)})
        stated: dict[int, list[OrderStated]] = {}
        for ((organisation_id, payer, _), record_ids), found in zip(grouped.items(), stood, strict=True):
            terms, stands = None, False
            if found is not None:
                standing, row = found
                terms, stands = self._terms(row, wishes[row.id], standing), standing.stands
            first, *rest = record_ids
            stated.setdefault(organisation_id, []).append(OrderStated(payer, first, terms, stands))
            stated[organisation_id] += [OrderStated(payer, other, terms, stands=False) for other in rest]
        orders = 0
        for organisation_id, ones in stated.items():
            origin = Origin(self._book.source(organisation_id), None, self._tx.act.viewer.account_id)
            orders += parties.state_orders(self._tx, self._vault, origin, known.values(), ones)
        concerned = frozenset(payers.values())
        self._tx.gather([str(party_id) for party_id in concerned])
        return Settled(orders, concerned)

    def _stood(
        self, groups: Collection[Sequence[UUID]], told: dict[UUID, list[MessageRow]]
    ) -> list[tuple[Standing, MessageRow] | None]:
        """Of the records of each group together: where their messages bring the order, and the message with its terms."""
        every = [row for rows in told.values() for row in rows]
        ends = store.biller_ends(self._tx, {row.notice_id for row in every if row.notice_id})
        pauses = pauses_of(self._tx, {bytes(row.thread) for row in every if row.thread})
        found: list[tuple[Standing, MessageRow] | None] = []
        for record_ids in groups:
            rows = {row.id: row for record_id in record_ids for row in told.get(record_id, ())}
            notices = {row.notice_id for row in rows.values() if row.notice_id}
            threads = {bytes(row.thread) for row in rows.values() if row.thread}
            standing = stand(
                (self._told(row) for row in rows.values()),
                [end for notice_id in notices for end in ends.get(notice_id, ())],
                [pause for thread in threads for pause in pauses.get(thread, ())],
            )
            found.append(None if standing is None else (standing, rows[standing.terms.id]))
        return found

    def _reason(self, record_id: UUID, known: dict[UUID, OrderRecord], told: dict[UUID, list[MessageRow]]) -> str:
        if record_id in known:
            return known[record_id].payment_reason
        notice_id = told[record_id][0].notice_id
        assert notice_id is not None, "a matched message has a notice"
        return self._notices[notice_id].notice.payment_reason

    def _organisation(self, record_id: UUID) -> int:
        """The organisation of a record that no message is about any more."""
        return parties.order_organisation(self._tx, record_id)

    def _terms(self, row: MessageRow, wish: Wish | None, standing: Standing) -> OrderTerms:
        assert wish is not None, "a matched message can be read"
        assert row.notice_id is not None, "a matched message answers a notice"
        notice = self._notices[row.notice_id].notice
        return OrderTerms(
            kind=cast("OrderKind", row.kind),
            payment_reason=notice.payment_reason,
            address=wish.address,
            operator=row.operator,
            language=wish.language,
            due_day=wish.due_day if notice.due_day_accepted else None,
            times_a_year=wish.times_a_year if notice.times_accepted else None,
            ordered_on=day(standing.since),
            paused_on=None if standing.paused_at is None else day(standing.paused_at),
        )


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
