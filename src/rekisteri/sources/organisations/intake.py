"""A client organisation's delivery, taken whole in one transaction.

All or nothing: killed at any moment it leaves the register as it was, and run again it ends
as if it had run once. A row that does not hold is left out and explained; a file that does
not hold is refused whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Write, decide_organisation
from rekisteri.catalogue import Fault, Reason, Rules, Sayings
from rekisteri.ground import clock, ids
from rekisteri.ground.errors import Conflict
from rekisteri.ground.keys import Vault
from rekisteri.parties import KnownRecord, Lexicon, Origin, Said
from rekisteri.sources.organisations import faults, store
from rekisteri.sources.organisations.mapping import FULL_NAME, Mapping, plan
from rekisteri.sources.organisations.observe import Observer
from rekisteri.sources.organisations.report import Report
from rekisteri.sources.organisations.wire import Chunk, Delivery, cells_of, open_delivery
from rekisteri.sources.take import fall_silent, take

CHUNK_ROWS = 20_000
ENDING_SHARE_MAX = 0.2
ENDING_FREE = 50
"""A full file that would end more than this, and more than the share, stops and asks."""

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
    decide_organisation(tx.act.viewer, request.organisation_id)
    parties.lock_identity(tx)
    with open_delivery(
        request.path,
        format=request.mapping.format,
        encoding=request.mapping.encoding,
        separator=request.mapping.separator,
    ) as delivery:
        run_ = _Run(tx, vault, request, delivery)
        for chunk in delivery.chunks(CHUNK_ROWS):
            run_.take_chunk(chunk)
            progress(run_.report.rows)
        if run_.full:
            run_.end_the_missing()
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
        self._observer = Observer(self._plan, request.mapping, rules)
        source = parties.organisation_source(tx, request.organisation_id)
        self._origin = Origin(source, self.report.batch_id, tx.act.viewer.account_id)
        self._lexicon = Lexicon()
        self._first_delivery = not parties.has_records(tx, source.id)
        self._seen: dict[str, int] = {}
        self._unread: set[str] = set()
        """Keys of rows too broken to read: their customers are rejected, not gone."""
        self._mark = self._plan.signature.encode()
        self._faults = faults.Ledger(tx, vault, self.report.batch_id, delivery.columns)
        self._open_work = set[str]() if self._first_delivery else store.open_work_keys(tx, request.organisation_id)

    def take_chunk(self, chunk: Chunk) -> None:
        """Take the rows of one chunk: unchanged ones are met by digest and cost no more."""
        report = self.report
        report.rows += len(chunk.rows) + len(chunk.bad)
        for bad in chunk.bad:
            cells = cells_of(bad.raw, self._delivery.separator)
            self._unread.update(cell.strip() for cell in cells[self._plan.key_index :][:1])
            self._reject(bad.row_no, cells, [Fault(bad.reason)])
        if self._delivery.format == "xlsx":
            self._plan.restore_zeros(chunk.rows)
        key_index = self._plan.key_index
        keys = [row[key_index].strip() for row in chunk.rows]
        known = {} if self._first_delivery else parties.known_records(self._tx, self._origin.source.id, keys)
        formulas = self._formulas(chunk)
        sayings: list[Said] = []
        raws: dict[str, list[str]] = {}
        for row_no, key, row in zip(chunk.row_nos, keys, chunk.rows, strict=True):
            said = self._say(row_no, key, row, known, formulas.get(row_no, []))
            if said is not None:
                sayings.append(said)
                raws[key] = row
        self._count_dropped(chunk)
        if not sayings:
            return
        taken = take(self._tx, self._vault, self._lexicon, self._origin, sayings, known)
        report.new += taken.new
        report.changed += taken.changed
        report.doubt += len(taken.doubts)
        for doubt in taken.doubts:
            self._faults.doubt(doubt, raws[doubt.said.key])
            report.reasons[doubt.reason.value, ""] += 1
        self._faults.flush()
        store.open_work(self._tx, self._vault, self._request.organisation_id, self.report.batch_id, taken.doubts)
        store.close_overtaken_work(
            self._tx, self._request.organisation_id, self._open_work & taken.party_ids.keys()
        )

    def _say(
        self, row_no: int, key: str, row: list[str], known: dict[str, KnownRecord], formulas: list[Fault]
    ) -> Said | None:
        """The saying of one row; None when it is unchanged or does not hold."""
        if not key:
            self._reject(row_no, row, [Fault(Reason.EMPTY_KEY, "customer_number")])
            return None
        if self._seen.setdefault(key, row_no) != row_no:
            self._reject(row_no, row, [Fault(Reason.DUPLICATE_KEY, "customer_number")])
            return None
        digest = self._vault.digest(self._mark + "\x1f".join(row).encode("utf-8", "surrogatepass"))
        record = known.get(key)
        if record is not None and record.digest == digest:
            self.report.unchanged += 1
            return None
        wrong = formulas or self._observer.key(key)
        said: Sayings | list[Fault] = wrong or self._observer.row(row)
        if isinstance(said, list):
            self._reject(row_no, row, said)
            return None
        return Said(key, said.kind, said.content, said.secrets, digest, row_no)

    def _formulas(self, chunk: Chunk) -> dict[int, list[Fault]]:
        """The faults of computed cells, by row number."""
        targets = dict(self._plan.targets)
        if self._plan.full_name_index is not None:
            targets[self._plan.full_name_index] = FULL_NAME
        found: dict[int, list[Fault]] = {}
        for row_no, index in sorted(chunk.formulas):
            if index in targets:
                found.setdefault(row_no, []).append(Fault(Reason.FORMULA, targets[index]))
        return found

    def _reject(self, row_no: int, row: list[str] | str, found: list[Fault]) -> None:
        self.report.rejected += 1
        for fault in found:
            self.report.reasons[fault.reason.value, self._plan.column(fault.field)] += 1
        self._faults.reject(row_no, row, [(self._plan.column(fault.field), fault.reason) for fault in found])

    def _count_dropped(self, chunk: Chunk) -> None:
        for index, column in self._plan.dropped:
            count = sum(1 for row in chunk.rows if row[index])
            if count:
                self.report.dropped[column] += count

    def end_the_missing(self) -> None:
        """What a full file no longer holds has ended. Raises ``Conflict`` for an unlikely share."""
        if self._first_delivery:
            return
        source_id = self._origin.source.id
        live = 0
        missing: list[tuple[UUID, UUID]] = []
        for key, record_id, party_id in parties.live_records(self._tx, source_id):
            live += 1
            if key not in self._seen and key not in self._unread:
                missing.append((record_id, party_id))
        if len(missing) > max(ENDING_FREE, ENDING_SHARE_MAX * live) and not self._request.allow_endings:
            raise Conflict(
                f"The full file lacks {len(missing)} of the organisation's {live} customers; nothing was taken. "
                "If they have really left, allow the endings; if the file is a part, send it as a delta."
            )
        for start in range(0, len(missing), CHUNK_ROWS):
            some = missing[start : start + CHUNK_ROWS]
            self.report.ended += fall_silent(self._tx, self._vault, self._lexicon, self._origin, some)

    def close(self) -> Report:
        """Write the batch and the evidence: one act, with every customer of it."""
        self._faults.flush()
        digest = hashlib.blake2b(digest_size=16)
        with self._request.path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        store.insert_batch(self._tx, self._request.organisation_id, self.report, self._vault.digest(digest.digest()))
        report = self.report
        self._tx.note(
            batch=str(report.batch_id), rows=report.rows, new=report.new, changed=report.changed,
            rejected=report.rejected, doubt=report.doubt, ended=report.ended,
        )  # fmt: skip
        return report
