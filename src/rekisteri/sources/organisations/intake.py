"""A client organisation's delivery, taken whole in one transaction.

All or nothing: killed at any moment it leaves the register as it was, and run again it ends
as if it had run once. A row that does not hold is left out and explained; a file that does
not hold is refused whole.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import compress, islice
from pathlib import Path
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Write, decide_organisation
from rekisteri.catalogue import Fault, Rules
from rekisteri.ground import clock, ids
from rekisteri.ground.errors import Conflict
from rekisteri.ground.keys import Vault
from rekisteri.ground.memory import undisturbed
from rekisteri.parties import Lexicon, Origin, Parcel, Said
from rekisteri.sources.organisations import beside, faults, store
from rekisteri.sources.organisations.beside import Sheets
from rekisteri.sources.organisations.mapping import Mapping, plan
from rekisteri.sources.organisations.ready import Errand, Ready
from rekisteri.sources.organisations.report import Report
from rekisteri.sources.organisations.wire import Delivery, cells_of, open_delivery
from rekisteri.sources.take import fall_silent, take, take_crowd

CHUNK_ROWS = 10_000
SMALL_CHUNK_ROWS = 3_000
"""Of a file that this process reads by itself: or it would be one sheet, and the database idle until that is ready."""
SHEETS_AHEAD = 1
"""So that neither side waits when the other is slow for once."""
TOGETHER_ROWS = 512
"""Rows said alone are gathered from sheet to sheet until there are so many: a statement costs as much for one."""
ENDING_SHARE_MAX = 0.2
ENDING_FREE = 50
"""A full file that would end more than this, and more than the share, stops and asks; so does one that would end all."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be taken, whose it is, and how."""

    path: Path
    file_name: str
    organisation_id: int
    mapping: Mapping
    full: bool
    allow_endings: bool = False
    artificial_hetu: bool = False
    ordinary_hetu: bool = True


def run(tx: Write, vault: Vault, request: Request, progress: Progress) -> Report:
    """Take one delivery; ``progress`` is told the number of rows done, now and then.

    Raises ``Rejected`` for a file that can't be read or is of another layout, ``Conflict``
    for a full file that would end an unlikely share of the customerships, ``Refused`` for
    another's client organisation. The caller's
    transaction must be undone then, and for a rehearsal.
    """
    decide_organisation(tx.act, request.organisation_id)
    parties.lock_identity(tx)
    mapping = request.mapping
    with (
        beside.begun(request.path) as begin,
        open_delivery(
            request.path, format=mapping.format, encoding=mapping.encoding, separator=mapping.separator
        ) as delivery,
        # There are a million keys to walk again and again.
        undisturbed(in_step=True),
    ):
        run_ = _Run(tx, vault, request, delivery)
        others = begin(run_.errand, vault)
        run_.note_file()
        for ready in run_.prepared(others):
            run_.take_ready(ready)
            progress(run_.report.rows)
        run_.take_others()
        if run_.full:
            run_.end_the_missing(others)
        run_.settle()
        return run_.close()


class _Run:
    """One delivery under way."""

    def __init__(self, tx: Write, vault: Vault, request: Request, delivery: Delivery) -> None:
        self._tx = tx
        self._vault = vault
        self._request = request
        self._delivery = delivery
        self._plan = plan(request.mapping, delivery.columns)
        self.full = request.full and not delivery.is_mend_file
        self.report = Report(
            UUID(ids.batch(1)[0]), request.file_name, delivery.format, delivery.encoding, self.full, delivery.columns
        )
        rules = Rules(clock.day(tx.at), request.artificial_hetu, request.ordinary_hetu)
        source = parties.organisation_source(tx, request.organisation_id)
        self._origin = Origin(source, self.report.batch_id, tx.act.viewer.account_id)
        self._lexicon = Lexicon()
        self._first_delivery = not parties.has_records(tx, source.id)
        self.errand = Errand(
            delivery, self._plan, request.mapping, rules, self._origin, tx.at,
            CHUNK_ROWS if beside.suits(request.path) else min(CHUNK_ROWS, SMALL_CHUNK_ROWS), SHEETS_AHEAD + 1,
            self._first_delivery,
        )  # fmt: skip
        self._sayings: list[Said] = []
        self._cells: dict[int, list[str]] = {}
        """The rows of ``_sayings``, by row number."""
        self._alone: Callable[[Sequence[int]], Ready]
        self._unread: set[str] = set()
        """Keys of rows too broken to read: their customers are rejected, not gone."""
        self._file_digest = b""
        self._faults = faults.Ledger(tx, vault, self.report.batch_id, delivery.columns)
        self._open_work = set[str]() if self._first_delivery else store.open_work_keys(tx, request.organisation_id)

    def note_file(self) -> None:
        """Remember which file it is, while the others begin."""
        digest = hashlib.blake2b(digest_size=16)
        with self._request.path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        self._file_digest = self._vault.digest(digest.digest())

    def prepared(self, others: Sheets) -> Iterator[Ready]:
        """The sheets made ready: some beside the database's work on the one before, asked for by another thread."""
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="intake") as thread:
            self._alone = lambda row_nos: thread.submit(others.alone, row_nos).result()
            reading = thread.submit(others.read)
            waiting = deque[Future[Ready]]()
            while (keys := reading.result()) is not None:
                waiting.append(thread.submit(others.ready, self._known_digests(keys)))
                reading = thread.submit(others.read)
                if len(waiting) > SHEETS_AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _known_digests(self, keys: list[str]) -> dict[str, bytes]:
        if self._first_delivery:
            return {}
        return self._vault.lift_all(parties.known_digests(self._tx, self._origin.source.id, keys))

    def take_ready(self, ready: Ready) -> None:
        """Take the rows of one sheet: the crowd as one, the others one by one."""
        report = self.report
        report.rows += ready.rows + len(ready.bad)
        report.unchanged += ready.unchanged
        report.dropped.update({column: count for column, count in ready.dropped.items() if count})
        for bad in ready.bad:
            cells = cells_of(bad.raw, self._delivery.separator)
            self._unread.update(cell.strip() for cell in cells[self._plan.key_index :][:1])
            self._reject(bad.row_no, cells, [Fault(bad.reason)])
        if ready.crowd is not None:
            self._take_crowd(ready.crowd)
        self._take_alone(ready)
        if len(self._sayings) >= TOGETHER_ROWS:
            self.take_others()
        self._faults.flush()

    def _take_alone(self, ready: Ready) -> None:
        """Reject what does not hold; the rest waits for its turn."""
        for row_no, found in ready.rejected:
            self._reject(row_no, ready.cells[row_no], found)
        self._sayings += ready.sayings
        self._cells |= {said.row_no: ready.cells[said.row_no] for said in ready.sayings if said.row_no is not None}

    def _take_crowd(self, crowd: Parcel) -> None:
        met = take_crowd(self._tx, self._lexicon, self._origin, crowd)
        self.report.new += len(crowd.rows) - len(met)
        if self._open_work:
            self._close_work(set(crowd.without(met).rows.keys()))
        if met:
            self._take_alone(self._alone(met))

    def take_others(self) -> None:
        """Take the rows said alone that wait."""
        sayings, cells = self._sayings, self._cells
        self._sayings, self._cells = [], {}
        if not sayings:
            return
        report = self.report
        taken = take(self._tx, self._vault, self._lexicon, self._origin, sayings, settled=False)
        report.new += taken.new
        report.changed += taken.changed
        report.doubt += len(taken.doubts)
        for doubt in taken.doubts:
            # What contradicts is an identity code, whichever of the two the row has; else the number's own customer.
            stated = (path for path in ("hetu", "ytunnus") if path in doubt.said.secrets or path in doubt.said.content)
            field = self._plan.column(next(stated, "customer_number"))
            self._faults.doubt(doubt, field, cells[doubt.said.row_no or 0])
            report.reasons[doubt.reason.value, field] += 1
        store.open_work(self._tx, self._vault, self._request.organisation_id, report.batch_id, taken.doubts)
        self._close_work(set(taken.party_ids))

    def _close_work(self, keys: set[str]) -> None:
        """Rows that now hold settle what waited under their numbers."""
        store.close_overtaken_work(self._tx, self._request.organisation_id, self._open_work & keys)

    def _reject(self, row_no: int, row: list[str] | str, found: list[Fault]) -> None:
        self.report.rejected += 1
        for fault in found:
            self.report.reasons[fault.reason.value, self._plan.column(fault.field)] += 1
        self._faults.reject(row_no, row, [(self._plan.column(fault.field), fault.reason) for fault in found])

    def end_the_missing(self, others: Sheets) -> None:
        """What a full file no longer holds has ended. Raises ``Conflict`` for an unlikely share."""
        if self._first_delivery:
            return
        live = 0
        missing: list[tuple[UUID, UUID]] = []
        records = parties.live_records(self._tx, self._origin.source.id)
        while some := list(islice(records, CHUNK_ROWS)):
            live += len(some)
            unseen = others.unseen([key for key, _, _ in some])
            missing += [
                (record_id, party_id) for key, record_id, party_id in compress(some, unseen) if key not in self._unread
            ]
        # A file of headings alone, or of another's customers, would end every one, however few they are.
        unlikely = len(missing) > max(ENDING_FREE, ENDING_SHARE_MAX * live) or (missing and len(missing) == live)
        if unlikely and not self._request.allow_endings:
            raise Conflict(
                f"The full file lacks {len(missing)} of the organisation's {live} customers; nothing was taken. "
                "If they have really left, allow the endings; if the file is a part, send it as a delta."
            )
        for start in range(0, len(missing), CHUNK_ROWS):
            gone = missing[start : start + CHUNK_ROWS]
            self.report.ended += fall_silent(self._tx, self._vault, self._lexicon, self._origin, gone)

    def settle(self) -> None:
        """Whom an order of their household covers comes under it before anybody can read of them."""
        parties.settle_households(self._tx, self._vault, self._lexicon)

    def close(self) -> Report:
        """Write the batch and the evidence: one act, with every customer of it."""
        self._faults.flush()
        store.insert_batch(self._tx, self._request.organisation_id, self.report, self._file_digest)
        report = self.report
        self._tx.note(
            batch=str(report.batch_id), rows=report.rows, new=report.new, changed=report.changed,
            rejected=report.rejected, doubt=report.doubt, ended=report.ended,
        )  # fmt: skip
        return report
