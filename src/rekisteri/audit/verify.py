"""The verifier: an exported log against public keys, and nothing else. No database, no network, no trust.

It recomputes every hash from the entries up, holds the tiles and every checkpoint to what it finds, checks the
signatures of the log and of its witnesses, and holds the log to checkpoints the verifier has kept from before. What is
wrong comes as findings, all of them; a log without findings is what was signed and witnessed, leaf by leaf.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from rekisteri.audit.entries import ENTRY_BYTES, EPOCH, VERSION, unbundle
from rekisteri.audit.export import CHECKPOINT, CHECKPOINTS, ENTRIES, Progress, tile_path
from rekisteri.audit.merkle import EMPTY_ROOT, HASH_BYTES, TILE_WIDTH, fold, leaf_hash, tile_widths
from rekisteri.audit.notes import LOG_KEY, WITNESS_KEY, Checkpoint, Note, VerifierKey
from rekisteri.ground.errors import Rejected

LATE = timedelta(days=1)
"""An event may be sealed so much later than an event before it began, and no more."""
LATE_US = LATE // timedelta(microseconds=1)
LATEST_US = 253_402_300_799_000_000
FINDINGS_MAX = 1000


class Fault(StrEnum):
    """What can be wrong with a log."""

    UNSIGNED = "unsigned"
    FORGED = "forged"
    UNREADABLE = "unreadable"
    GONE = "gone"
    ALTERED = "altered"
    INCONSISTENT = "inconsistent"
    TRUNCATED = "truncated"
    DOUBLED = "doubled"
    LATE = "late"
    UNWITNESSED = "unwitnessed"
    STALE = "stale"
    EVENT_ALTERED = "event_altered"
    EVENT_GONE = "event_gone"
    EVENT_OUTSIDE = "event_outside"
    INDEX_ALTERED = "index_altered"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: what, where, and in a sentence."""

    fault: Fault
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom the verifier believes: the log's keys; witnesses, and how many must agree; how old they may be."""

    log_keys: tuple[VerifierKey, ...]
    witnesses: tuple[VerifierKey, ...] = ()
    quorum: int = 0
    fresh: timedelta | None = None
    known: tuple[Note, ...] = ()
    """Checkpoints kept from before, or by a witness: the log must still contain them."""

    @staticmethod
    def of(
        log_keys: Sequence[VerifierKey],
        witnesses: Sequence[VerifierKey] = (),
        quorum: int | None = None,
        fresh: timedelta | None = None,
        known: Sequence[Note] = (),
    ) -> Trust:
        """Trust as it is told; more than half of the witnesses must agree unless it is said how many.

        Raises ``Rejected`` for keys of the wrong kind and a number no witnesses can reach.
        """
        if not log_keys or any(key.kind != LOG_KEY for key in log_keys):
            raise Rejected("Give the log's own key, as `rekisteri audit key` prints it.")
        if any(key.kind != WITNESS_KEY for key in witnesses):
            raise Rejected("A witness's key is one made for witnessing; this is a log's.")
        needed = (len(witnesses) // 2 + 1 if witnesses else 0) if quorum is None else quorum
        if not 0 <= needed <= len({key.public for key in witnesses}):
            raise Rejected("More witnesses are asked for than keys of witnesses are given.")
        return Trust(tuple(log_keys), tuple(witnesses), needed, fresh, tuple(known))


@dataclass(slots=True)
class Verdict:
    """What was found. ``witnessed`` is the size that enough witnesses have signed, of ``size`` leaves in all."""

    origin: str = ""
    size: int = 0
    checkpoints: int = 0
    witnessed: int = 0
    witnessed_at: datetime | None = None
    latest: datetime | None = None
    events: int = 0
    erased: int = 0
    unsealed: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def find(self, fault: Fault, where: str, what: str) -> None:
        """Write down one thing that is wrong."""
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(Finding(fault, where, what))


@dataclass(frozen=True, slots=True)
class _Claim:
    """A checkpoint somebody signed, and where it was found."""

    where: str
    checkpoint: Checkpoint
    note: Note


Watcher = Callable[[int, Sequence[bytes]], None]
"""Told each run of entries as it has been read, with the number of its first leaf."""


def verify(
    folder: Path,
    trust: Trust,
    now: datetime,
    *,
    into: Verdict | None = None,
    watch: Watcher = lambda *_: None,
    progress: Progress = lambda *_: None,
) -> Verdict:
    """Verify the log exported to ``folder``; ``into`` takes the verdict. Never raises for what is wrong with it."""
    verdict = Verdict() if into is None else into
    claims = list(_claims(folder, trust, verdict))
    last = next((claim for claim in claims if claim.where == CHECKPOINT), None)
    if last is None:
        return verdict
    verdict.origin, verdict.size = last.checkpoint.origin, last.checkpoint.size
    for claim in claims:
        if claim.checkpoint.size > verdict.size:
            verdict.find(
                Fault.TRUNCATED,
                claim.where,
                f"the log has {verdict.size} leaves and had {claim.checkpoint.size} when this was signed",
            )
    wanted = {claim.checkpoint.size for claim in claims if claim.checkpoint.size <= verdict.size}
    roots = _walk(folder, verdict, wanted, watch, progress)
    for claim in claims:
        root = roots.get(claim.checkpoint.size)
        if root is not None and root != claim.checkpoint.root:
            verdict.find(Fault.INCONSISTENT, claim.where, "the entries of the log do not give the root that was signed")
    verdict.checkpoints = len(claims)
    _hold_to_witnesses(claims, roots, trust, now, verdict)
    return verdict


def _claims(folder: Path, trust: Trust, verdict: Verdict) -> Iterator[_Claim]:
    """Every checkpoint the log's key signed: the export's own, and those known from before."""
    paths = [folder / CHECKPOINT, *sorted((folder / CHECKPOINTS).glob("*"))]
    if not paths[0].exists():
        verdict.find(Fault.GONE, CHECKPOINT, "there is no checkpoint: this is no exported log")
    for path in paths:
        where = path.relative_to(folder).as_posix()
        try:
            note = Note.parse(path.read_text("utf-8")) if path.exists() else None
        except (Rejected, UnicodeDecodeError):
            verdict.find(Fault.UNREADABLE, where, "this is no signed note")
            continue
        if note is not None:
            yield from _claim(note, where, trust, verdict)
    for place, note in enumerate(trust.known, 1):
        yield from _claim(note, f"known checkpoint {place}", trust, verdict)


def _claim(note: Note, where: str, trust: Trust, verdict: Verdict) -> Iterator[_Claim]:
    try:
        signers = note.signed_by(trust.log_keys)
        checkpoint = Checkpoint.parse(note.text)
    except Rejected as error:
        verdict.find(Fault.FORGED, where, error.message)
        return
    names = {key.name for key in trust.log_keys}
    if checkpoint.origin not in names:
        if not where.startswith(CHECKPOINTS):
            verdict.find(Fault.UNSIGNED, where, "the checkpoint is of another log than the key")
        # An older log's checkpoints stand in the same folder; whoever has that log's key holds them to it.
        return
    if not signers:
        verdict.find(Fault.UNSIGNED, where, "the log's key has not signed this")
        return
    yield _Claim(where, checkpoint, note)


def _walk(folder: Path, verdict: Verdict, wanted: set[int], watch: Watcher, progress: Progress) -> dict[int, bytes]:
    """Every entry, bundle by bundle: tiles held to it, and the roots of the wanted sizes."""
    size = verdict.size
    roots = {0: EMPTY_ROOT} if 0 in wanted else {}
    edge: list[list[bytes]] = [[]]
    seen = _Ids()
    latest = 0
    for number in range(-(-size // TILE_WIDTH)):
        first = number * TILE_WIDTH
        width = min(size - first, TILE_WIDTH)
        entries = _entries(folder, number, width, verdict)
        if entries is None:
            return roots
        hashes = [leaf_hash(entry) for entry in entries]
        _hold_tile(folder, 0, number, hashes, verdict)
        sound, latest = _hold_form(entries, first, latest, verdict)
        seen.add(sound)
        watch(first, sound)
        for one in wanted & set(range(first + 1, first + width + 1)):
            roots[one] = _root([hashes[: one - first], *edge[1:]])
        if width == TILE_WIDTH:
            _fill(folder, edge, number, hashes, verdict)
        progress(first + width, size)
    for level, width in enumerate(tile_widths(size)):
        if level and width:
            _hold_tile(folder, level, size >> 8 * (level + 1), edge[level], verdict)
    for doubled in seen.doubled():
        verdict.find(Fault.DOUBLED, f"event {doubled}", "the event has more than one leaf")
    verdict.latest = EPOCH + timedelta(microseconds=min(latest, LATEST_US))
    return roots


def _entries(folder: Path, number: int, width: int, verdict: Verdict) -> list[bytes] | None:
    where = tile_path(ENTRIES, number, width)
    try:
        found = list(unbundle((folder / where).read_bytes()))
    except OSError:
        verdict.find(Fault.GONE, where, "the bundle of entries is not there")
        return None
    except Rejected as error:
        verdict.find(Fault.UNREADABLE, where, error.message)
        return None
    if len(found) != width:
        verdict.find(Fault.ALTERED, where, f"the bundle holds {len(found)} entries and should hold {width}")
        return None
    return found


class _Ids:
    """The ids of events seen, in buckets by their last byte: ten million of them in 160 MB, judged at the end."""

    def __init__(self) -> None:
        self._buckets = [bytearray() for _ in range(256)]

    def add(self, entries: Sequence[bytes]) -> None:
        """Remember the events of entries."""
        for entry in entries:
            self._buckets[entry[16]] += entry[1:17]

    def doubled(self) -> Iterator[UUID]:
        """Events that were seen more than once."""
        for bucket in self._buckets:
            ids = [bytes(bucket[at : at + 16]) for at in range(0, len(bucket), 16)]
            if len(set(ids)) < len(ids):
                counts = Counter(ids)
                yield from (UUID(bytes=one) for one, count in counts.items() if count > 1)


def _hold_form(entries: Sequence[bytes], first: int, latest: int, verdict: Verdict) -> tuple[list[bytes], int]:
    """The entries of a form we know, and the latest instant yet.

    An event much older than those sealed before it was written afterwards.
    """
    sound = []
    for place, entry in enumerate(entries, first):
        if len(entry) != ENTRY_BYTES or entry[0] != VERSION:
            verdict.find(Fault.UNREADABLE, f"leaf {place}", "the entry is not of a form this version knows")
            continue
        at_us = int.from_bytes(entry[17:25], "big")
        if latest - at_us > LATE_US:
            verdict.find(Fault.LATE, f"leaf {place}", "the event says it is a day older than what was sealed before it")
        latest = max(latest, at_us)
        sound.append(entry)
    return sound, latest


def _hold_tile(folder: Path, level: int, number: int, hashes: Sequence[bytes], verdict: Verdict) -> None:
    where = tile_path(level, number, len(hashes))
    try:
        content = (folder / where).read_bytes()
    except OSError:
        verdict.find(Fault.GONE, where, "the tile is not there")
        return
    if content != b"".join(hashes):
        wrong = next(
            (at for at, one in enumerate(hashes) if content[at * HASH_BYTES : (at + 1) * HASH_BYTES] != one),
            len(hashes),
        )
        verdict.find(Fault.ALTERED, where, f"the tile is not of its entries, from hash {wrong} on")


def _fill(folder: Path, edge: list[list[bytes]], number: int, hashes: Sequence[bytes], verdict: Verdict) -> None:
    """A full tile's root goes up; a tile that fills by it is held to, and goes up in turn."""
    level, full = 0, list(hashes)
    while True:
        root = fold(full)
        level += 1
        number //= TILE_WIDTH
        if level == len(edge):
            edge.append([])
        edge[level].append(root)
        if len(edge[level]) < TILE_WIDTH:
            return
        full, edge[level] = edge[level], []
        _hold_tile(folder, level, number, full, verdict)


def _root(levels: Sequence[Sequence[bytes]]) -> bytes:
    """The root over the partial tiles of every level, lowest first."""
    found: bytes | None = None
    for hashes in levels:
        if found is not None or hashes:
            found = fold(hashes if found is None else [*hashes, found])
    return EMPTY_ROOT if found is None else found


def _hold_to_witnesses(
    claims: Sequence[_Claim], roots: dict[int, bytes], trust: Trust, now: datetime, verdict: Verdict
) -> None:
    """The largest checkpoint that enough witnesses signed and the entries give, and how fresh it is."""
    if not trust.quorum:
        return
    by_size: dict[int, dict[bytes, int]] = {}
    for claim in claims:
        try:
            signed = claim.note.signed_by(trust.witnesses)
        except Rejected as error:
            verdict.find(Fault.FORGED, claim.where, error.message)
            continue
        if roots.get(claim.checkpoint.size) != claim.checkpoint.root:
            continue
        moments = by_size.setdefault(claim.checkpoint.size, {})
        for key, moment in signed.items():
            moments[key.public] = max(moment, moments.get(key.public, 0))
    agreed = {size: moments for size, moments in by_size.items() if len(moments) >= trust.quorum}
    if not agreed:
        verdict.find(
            Fault.UNWITNESSED, CHECKPOINT, f"no checkpoint of this log is signed by {trust.quorum} of the witnesses"
        )
        return
    verdict.witnessed = max(agreed)
    moment = sorted(agreed[verdict.witnessed].values(), reverse=True)[trust.quorum - 1]
    verdict.witnessed_at = datetime.fromtimestamp(min(moment, 253_402_300_799), tz=now.tzinfo)
    if trust.fresh is not None and now - verdict.witnessed_at > trust.fresh:
        verdict.find(
            Fault.STALE, CHECKPOINT, f"the witnesses have seen nothing since {verdict.witnessed_at:%Y-%m-%d %H:%M}"
        )
