"""A bank's file taken whole in one transaction, or quarantined whole with the reason.

Every message that holds is kept with its raw bytes and ends matched, held for a person,
waiting for the order it ends, or known from before. A file in which bytes are left over,
half or hostile is kept as it came, sealed, and nothing of it is taken.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Write
from rekisteri.ground import ids, numbers, packed
from rekisteri.ground.keys import Vault
from rekisteri.ground.memory import settled, undisturbed
from rekisteri.sources.banks import answers, box, mandate_store, messages, packing, store
from rekisteri.sources.banks.holds import Hold, Unfit
from rekisteri.sources.banks.known import Book, Notices
from rekisteri.sources.banks.mandate_wire import DOCUMENT_BYTES_MAX, SIGN_WITHIN, is_mandates
from rekisteri.sources.banks.mandates import take_mandates
from rekisteri.sources.banks.match import Finder, KnownNotice
from rekisteri.sources.banks.pauses import records_of_threads
from rekisteri.sources.banks.settle import Settler
from rekisteri.sources.banks.split import split
from rekisteri.sources.banks.standing import Outcome, Resolved, by_itself
from rekisteri.sources.banks.store import BankFile
from rekisteri.sources.banks.wire import Acknowledgement, Broken, Read, Reader, ReceiverInfo, Wish

CHUNK = 1_000
PART_BYTES = 1 << 20
FILE_NAME_MAX = 120

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file to take: where it lies, by which way it came, and the bank's own reference of it if it has one."""

    path: Path
    file_name: str
    channel: str
    reference: str | None = None


@dataclass(slots=True)
class FileReport:
    """What became of a file: its state, and how its messages ended."""

    file_id: UUID
    file_name: str
    state: str
    hold: Hold | None = None
    position: int | None = None
    messages: int = 0
    answers: int = 0
    repeated: int = 0
    matched: int = 0
    held: int = 0
    waiting: int = 0
    overtaken: int = 0
    redeclared: int = 0
    orders: int = 0
    mandates: bool = False
    """It is a document of SEPA mandates: kept as it came, for its words are not cut apart."""
    holds: Counter[Hold] = field(default_factory=Counter)

    def count(self, outcome: Outcome, hold: Hold | None, count: int) -> None:
        """So many messages more ended so."""
        match outcome:
            case Outcome.MATCHED:
                self.matched += count
            case Outcome.HELD:
                self.held += count
                if hold is not None:
                    self.holds[hold] += count
            case Outcome.WAITING:
                self.waiting += count
            case Outcome.OVERTAKEN:
                self.overtaken += count
            case Outcome.REJECTED:
                pass


def take(tx: Write, vault: Vault, delivery: Delivery, progress: Progress) -> FileReport:
    """Take a file; ``progress`` is told the number of messages read, now and then.

    The same file again, by the bank's reference or by its bytes, changes nothing and says so.
    """
    parties.lock_identity(tx)
    name = _without_codes(delivery.file_name)
    if delivery.reference is not None:
        known = store.file_by_reference(tx, delivery.channel, delivery.reference)
        if known is not None:
            return _known(known)
    digest, size = _digest(vault, delivery.path)
    known = store.file_by_digest(tx, digest)
    if known is not None and known.state == "quarantined":
        return _known(known)
    report = FileReport(ids.fresh(), name, "taken" if known is None else "repeated")
    if known is None:
        _take(tx, vault, delivery.path, report, progress)
    else:
        report.messages = report.repeated = known.message_count
    _write(tx, delivery, report, digest, size)
    if report.state == "quarantined" or (report.mandates and report.state == "taken"):
        _set_aside(tx, vault, delivery.path, report.file_id)
    return report


def _known(known: BankFile) -> FileReport:
    """The report of a file that came before: nothing is done."""
    state = "quarantined" if known.state == "quarantined" else "repeated"
    return FileReport(
        known.id, known.file_name, state, known.hold, known.position,
        messages=known.message_count, repeated=known.message_count,
    )  # fmt: skip


def _take(tx: Write, vault: Vault, path: Path, report: FileReport, progress: Progress) -> None:
    try:
        with settled(), undisturbed(in_step=True), _all_or_nothing(tx), path.open("rb") as source:
            read_file(tx, vault, report, source, progress)
    except Unfit as unfit:
        report.state, report.hold, report.position = "quarantined", unfit.hold, unfit.position
        report.messages = report.answers = report.repeated = report.matched = report.held = 0
        report.waiting = report.overtaken = report.redeclared = report.orders = 0
        report.holds.clear()


def read_file(tx: Write, vault: Vault, report: FileReport, source: BufferedReader, progress: Progress) -> None:
    """Take what a file holds, orders or mandates. Raises ``Unfit``: what was done must be undone then."""
    if not is_mandates(source.peek(SIGN_WITHIN)):
        Reading(tx, vault, report).run(source, progress)
        return
    content = source.read(DOCUMENT_BYTES_MAX + 1)
    if len(content) > DOCUMENT_BYTES_MAX:
        raise Unfit(Hold.TOO_LARGE, DOCUMENT_BYTES_MAX)
    taken = take_mandates(tx, vault, report.file_id, content)
    report.mandates = True
    report.messages, report.repeated, report.orders = taken.words, taken.repeated, taken.changed
    for outcome, hold, count in mandate_store.outcomes(tx, report.file_id):
        report.count(outcome, hold, count)
    progress(taken.words)


@contextmanager
def _all_or_nothing(tx: Write) -> Iterator[None]:
    """What was begun of a file is undone where it turns out unfit; the act goes on."""
    tx.run("savepoint bank_file")
    try:
        yield
    except Unfit:
        tx.run("rollback to savepoint bank_file")
        raise
    tx.run("release savepoint bank_file")


def _set_aside(tx: Write, vault: Vault, path: Path, file_id: UUID) -> None:
    """The file as it came, sealed piece by piece."""
    with path.open("rb") as source:
        for part_no, piece in enumerate(iter(lambda: source.read(PART_BYTES), b"")):
            sealed = vault.seal(piece, key="secret", place=f"{box.PART_PLACE}{file_id}|{part_no}")
            store.insert_part(tx, file_id, part_no, sealed)


def _write(tx: Write, delivery: Delivery, report: FileReport, digest: bytes, size: int) -> None:
    row = BankFile(
        id=report.file_id, channel=delivery.channel, reference=delivery.reference, file_name=report.file_name,
        size_bytes=size, state=report.state, hold=report.hold, position=report.position, received_at=tx.at,
        message_count=report.messages + report.answers, repeated_count=report.repeated, held_count=report.held,
        redeclared_count=report.redeclared, decided_at=None, decision_reason=None,
    )  # fmt: skip
    store.insert_file(tx, row, digest)
    tx.note(
        bank_file=str(report.file_id), state=report.state, messages=report.messages, repeated=report.repeated,
        matched=report.matched, held=report.held, orders=report.orders,
    )  # fmt: skip


def _digest(vault: Vault, path: Path) -> tuple[bytes, int]:
    plain = hashlib.blake2b()
    size = 0
    with path.open("rb") as source:
        for block in iter(lambda: source.read(PART_BYTES), b""):
            plain.update(block)
            size += len(block)
    return vault.digest(b"bank file" + plain.digest()), size


def _without_codes(name: str) -> str:
    plain = "".join(letter for letter in Path(name).name if letter.isprintable())
    return numbers.without_hetu(plain)[-FILE_NAME_MAX:]


@dataclass(slots=True)
class _Line:
    """One message on its way into the table; ``raw`` is packed."""

    id: str
    read: Read
    once: bytes
    digest: bytes
    raw: bytes
    info: ReceiverInfo | None = None
    known: KnownNotice | None = None
    hold: Hold | None = None
    field: str | None = None
    thread: bytes | None = None
    wish: bytes | None = None
    resolved: Resolved | None = None
    record_id: UUID | None = None


class _Chunk(NamedTuple):
    """Messages read, the digests of each, and its bytes packed."""

    reads: list[Read]
    onces: list[bytes]
    digests: list[bytes]
    raws: list[bytes]


def _read_ahead(source: BinaryIO, vault: Vault) -> Generator[_Chunk]:
    """The messages in chunks; each is read by another thread while the one before is written."""
    pairs = split(source)
    read = Reader().read

    def read_next() -> _Chunk:
        reads = [read(pair) for pair in islice(pairs, CHUNK)]
        return _Chunk(
            reads,
            vault.digest_all(b"bank once", [one.frame.once for one in reads]),
            vault.digest_all(b"bank message", [one.pair.message for one in reads]),
            [packing.packed(one.pair.frame + one.pair.message) for one in reads],
        )

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="banks") as beside:
        reading = beside.submit(read_next)
        while (chunk := reading.result()).reads:
            reading = beside.submit(read_next)
            yield chunk


class Reading:
    """One file being read, chunk by chunk."""

    def __init__(self, tx: Write, vault: Vault, report: FileReport, *, any_version: bool = False) -> None:
        self._tx = tx
        self._vault = vault
        self._report = report
        self._any_version = any_version
        self._notices = Notices(tx)
        self._book = Book(tx)
        self._finder = Finder(tx, vault)
        self._settler = Settler(tx, vault, self._notices, self._book)
        self._revived: set[UUID] = set()
        """Notices whose ending a bank has refused: their orders are in force again."""
        self._paused: set[bytes] = set()
        """Threads whose orders can't be delivered to any more."""

    def run(self, source: BinaryIO, progress: Progress) -> None:
        """Read, keep and settle every message. Raises ``Unfit``: what was done must be undone then."""
        with closing(_read_ahead(source, self._vault)) as chunks:
            for chunk in chunks:
                self._take(chunk)
                progress(self._report.messages + self._report.answers)
        if not self._report.messages + self._report.answers:
            raise Unfit(Hold.EMPTY, 0)
        file_id = self._report.file_id
        touched = self._settler.resolve(messages.entangled(self._tx, file_id))
        touched.update(messages.records_of_file(self._tx, file_id))
        touched.update(messages.records_of_notices(self._tx, self._revived))
        touched.update(records_of_threads(self._tx, self._paused))
        touched.update(self._settler.paused_unstated())
        self._report.orders = self._settler.state(touched).orders
        for outcome, hold, count in store.outcomes(self._tx, file_id):
            self._report.count(outcome, hold, count)

    def _take(self, chunk: _Chunk) -> None:
        acks = [one for one in chunk.reads if isinstance(one.message, Acknowledgement)]
        if acks:
            taken = answers.take(self._tx, self._vault, self._report.file_id, acks)
            self._report.answers += len(acks)
            self._report.repeated += taken.repeated
            self._revived |= taken.revived
            self._paused |= taken.paused
        lines = self._fresh(chunk)
        self._route(lines)
        self._match([line for line in lines if line.hold is None])
        if lines:
            messages.insert_messages(self._tx, self._report.file_id, self._come(lines), self._settler.deadline)

    def _fresh(self, chunk: _Chunk) -> list[_Line]:
        """The messages that did not come before; the same id and time with other content is held."""
        told = [one for one in zip(*chunk, strict=True) if not isinstance(one[0].message, Acknowledgement)]
        self._report.messages += len(told)
        self._report.redeclared += sum([one.redeclared for one, *_ in told])
        there = messages.known_once(self._tx, [once for _, once, *_ in told])
        lines: list[_Line] = []
        for line_id, (one, once, digest, raw) in zip(ids.batch(len(told)), told, strict=True):
            if once not in there:
                there[once] = digest
                lines.append(_Line(line_id, one, once, digest, raw))
            elif there[once] == digest:
                self._report.repeated += 1
            else:
                other = self._vault.digest(b"bank other" + once + digest)
                if other in there or messages.known_once(self._tx, [other]):
                    self._report.repeated += 1
                    continue
                there[other] = digest
                lines.append(_Line(line_id, one, other, digest, raw, hold=Hold.MESSAGE_ID_REUSED))
        return lines

    def _route(self, lines: Sequence[_Line]) -> None:
        """Which notice each message answers, and what holds it back whoever the payer is."""
        told: list[tuple[_Line, Wish]] = []
        sound: list[tuple[_Line, tuple[int, str, str]]] = []
        for line in lines:
            message = line.read.message
            if isinstance(message, Broken):
                line.hold, line.field = line.hold or message.hold, message.field
                continue
            assert isinstance(message, ReceiverInfo), "acknowledgements go another way"
            line.info = message
            line.known, hold = self._notices.route(message)
            line.hold = line.hold or hold
            told.append((line, message.wish))
            if line.known is not None and line.hold is None:
                order = line.known.organisation_id, line.known.notice.payment_reason, message.wish.address
                sound.append((line, order))
        for (line, _), wish in zip(told, box.wished(self._vault, (wish for _, wish in told)), strict=True):
            line.wish = wish
        for (line, _), thread in zip(sound, box.threads(self._vault, (order for _, order in sound)), strict=True):
            line.thread = thread

    def _match(self, lines: Sequence[_Line]) -> None:
        """Judge each message by itself; those about one order are judged together when all are there."""
        asked = [(line, line.known, line.info) for line in lines if line.known is not None and line.info is not None]
        owns = self._finder.find([(known, info.wish) for _, known, info in asked])
        for (line, _, info), own in zip(asked, owns, strict=True):
            line.resolved = by_itself(info.action, own)
        found = [(line.known, line.resolved.party_id) for line in lines if line.known and line.resolved]
        self._book.look_up((known, party_id) for known, party_id in found if party_id is not None)
        for line in lines:
            if line.known is not None and line.resolved is not None and line.resolved.party_id is not None:
                line.record_id = self._book.record(line.known, line.resolved.party_id)

    def _come(self, lines: Sequence[_Line]) -> messages.Come:
        """The messages as columns, what they say of the payer and their bytes sealed."""
        infos = [line.info for line in lines]
        frames = [line.read.frame for line in lines]
        resolved = [line.resolved or Resolved(Outcome.HELD, hold=line.hold) for line in lines]
        wishes = [b"" if info is None else box.closed(info.wish) for info in infos]
        return messages.Come(
            packed.uuids([line.id for line in lines]),
            packed.numbers([line.read.pair.number for line in lines]),
            packed.blobs([line.once for line in lines]),
            packed.blobs([line.digest for line in lines]),
            packed.texts([frame.message_id for frame in frames]),
            packed.texts([frame.ref_message_id for frame in frames]),
            packed.instants([frame.framed_at for frame in frames]),
            packed.instants([f.framed_at if i is None else i.said_at for f, i in zip(frames, infos, strict=True)]),
            packed.texts(["" if info is None else info.version for info in infos]),
            packed.texts([None if info is None else info.action for info in infos]),
            packed.texts([None if info is None else info.kind for info in infos]),
            packed.texts(["" if info is None else info.operator for info in infos]),
            packed.uuid_bytes([None if line.known is None else line.known.id.bytes for line in lines]),
            packed.numbers([None if line.known is None else line.known.organisation_id for line in lines]),
            packed.blobs([line.thread for line in lines]),
            packed.blobs([line.wish for line in lines]),
            packed.blobs(self._sealed(lines, wishes, box.WISH_PLACE)),
            packed.texts([one.outcome for one in resolved]),
            packed.texts([one.hold for one in resolved]),
            packed.texts([line.field or None for line in lines]),
            packed.numbers([one.rule for one in resolved]),
            packed.texts([",".join(one.evidence) for one in resolved]),
            packed.uuid_bytes([None if line.record_id is None else line.record_id.bytes for line in lines]),
            packed.blobs(self._sealed(lines, [line.raw for line in lines], box.EVIDENCE_PLACE)),
        )

    def _sealed(self, lines: Sequence[_Line], plains: Sequence[bytes], place: str) -> list[bytes]:
        return self._vault.seal_all(plains, key="secret", places=[place + line.id for line in lines])
