"""A directory's file laid upon the register: of our own customers alone, and only where it says anything new.

What a file tells of companies that are nobody's customers here is read past and never kept. The same file again changes
nothing but for customers who have come since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import orjson

from rekisteri import parties
from rekisteri.access import Write
from rekisteri.catalogue import Fault, PartyKind, Reason, Rules
from rekisteri.ground import clock, ids
from rekisteri.ground.errors import Conflict
from rekisteri.ground.keys import Vault
from rekisteri.parties import LastWord, Lexicon, Origin, Placed
from rekisteri.parties import Said as Stated
from rekisteri.sources.directories import store, wire
from rekisteri.sources.directories.layout import Layout, Mode
from rekisteri.sources.directories.layout import Placed as Places
from rekisteri.sources.directories.observe import Said, code, observe
from rekisteri.sources.directories.store import Delivery
from rekisteri.sources.take import fall_silent

CHUNK = 5_000
ENDING_FREE = 20
ENDING_SHARE_MAX = 0.05
"""A full file that lacks more of the companies it told of before is looked at by somebody first."""
KEPT_FAULTS_MAX = 10_000
"""Rows that do not hold are counted all, and kept so many."""

Progress = Callable[[int], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be taken: a file in a layout; ``mode`` of the layout unless given."""

    path: Path
    layout: Layout
    mode: Mode | None = None
    allow_endings: bool = False


@dataclass(slots=True)
class _Heard:
    """What a file has said so far: of which customer, and the rows that do not hold."""

    said: dict[UUID, Said] = field(default_factory=dict)
    spared: set[UUID] = field(default_factory=set)
    """Customers whose row does not hold: what was said of them before stands."""
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[int, str, Reason, bytes]] = field(default_factory=list)

    def wrong(self, row: wire.Row, fault: Fault) -> None:
        """Set a row aside."""
        self.counts["quarantined"] += 1
        self.reasons[fault.reason.value] += 1
        if len(self.faults) < KEPT_FAULTS_MAX:
            self.faults.append((row.number, fault.field, fault.reason, row.raw()))

    def hear(self, party_id: UUID, every: Sequence[Said]) -> None:
        """What a row says of a customer; of several the first of the least rank stands, the others are counted."""
        for one in every:
            known = self.said.get(party_id)
            if known is not None:
                self.counts["further"] += 1
            if known is None or one.rank < known.rank:
                self.said[party_id] = one


def take(tx: Write, vault: Vault, rules: Rules, request: Request, progress: Progress) -> Delivery:
    """Take a directory's file whole, in the caller's transaction. ``progress`` is told how many rows are read.

    Raises ``Rejected`` for a file that can't be read, ``Conflict`` for a full one that lacks an unlikely share.
    """
    started_at = clock.now()
    layout = request.layout
    parties.lock_identity(tx)
    source = parties.sole_source(tx, layout.directory.source)
    origin = Origin(source, None, tx.act.viewer.account_id)
    heard = _Heard()
    with wire.opened(request.path, layout) as (found, rows):
        places = layout.of(found)
        for some in _parts(rows):
            _listen(tx, vault, layout, places, rules, some, heard)
            heard.counts["rows"] += len(some)
            progress(heard.counts["rows"])
    mode = request.mode or layout.mode
    heard.counts["customers"] = len(heard.said.keys() | heard.spared)
    for part in _parts(heard.said.items()):
        _state(tx, vault, origin, dict(part), heard.counts)
    if mode == "full":
        heard.counts["ended"] = _end(tx, vault, origin, heard, allowed=request.allow_endings)
    made = Delivery(
        ids.fresh(), layout.directory, request.path.name, found, mode, started_at, clock.now(),
        {name: heard.counts[name] for name in COUNTS}, dict(heard.reasons),
    )  # fmt: skip
    store.close(tx, made, heard.faults, vault)
    tx.note(directory=layout.directory.value, delivery=str(made.id), **made.counts)
    return made


COUNTS = (
    "rows", "customers", "new", "changed", "unchanged", "ended", "further", "strangers", "people", "silent", "quarantined",
)  # fmt: skip
"""What is counted of a delivery; ``further``: addresses beside the one taken; ``silent``: rows that say nothing kept."""


def _listen(
    tx: Write, vault: Vault, layout: Layout, places: Places, rules: Rules, rows: Iterable[wire.Row], heard: _Heard
) -> None:
    """Which rows are of customers of ours, and what they say."""
    coded: list[tuple[wire.Row, Mapping[str, object], str]] = []
    for row in rows:
        if row.told is None:
            heard.wrong(row, Fault(row.reason or Reason.NOT_AN_OBJECT))
        elif (found := code(places, row.told)) is None:
            heard.wrong(row, Fault(Reason.YTUNNUS_INVALID, "ytunnus"))
        else:
            coded.append((row, row.told, found))
    owners = _owners(tx, vault, {found for *_, found in coded})
    kinds = {head.id: head.kind for head in parties.heads(tx, set(owners.values())).values()}
    for row, told, found in coded:
        party_id = owners.get(found)
        if party_id is None:
            heard.counts["strangers"] += 1
        elif kinds.get(party_id) is not PartyKind.ORGANISATION:
            heard.counts["people"] += 1
        else:
            said = observe(layout, places, told, rules)
            if isinstance(said, Fault):
                heard.wrong(row, said)
                heard.spared.add(party_id)
            elif said:
                heard.hear(party_id, said)
            else:
                heard.counts["silent"] += 1


def _owners(tx: Write, vault: Vault, codes: Iterable[str]) -> dict[str, UUID]:
    """Whose each business ID is, of those that are a customer's."""
    blinds = {blind: found for found in codes for blind in vault.blinds("ytunnus", found)}
    return {blinds[one.blind]: one.party_id for one in parties.known_identities(tx, blinds)}


def _state(tx: Write, vault: Vault, origin: Origin, said: Mapping[UUID, Said], counts: Counter[str]) -> None:
    """State what differs from what the directory said last."""
    before: dict[UUID, LastWord] = {}
    for word in parties.last_words(tx, vault, origin.source.id, said):
        other = before.get(word.party_id)
        if other is None or (other.ended_on is not None and word.ended_on is None):
            before[word.party_id] = word
    placed = [*_placed(vault, said, before, counts)]
    lexicon = Lexicon()
    parties.record(tx, vault, lexicon, origin, placed)
    changed = [UUID(one.party_id) for one in placed]
    parties.refresh(tx, vault, lexicon, changed)
    tx.gather([one.party_id for one in placed])


def _placed(
    vault: Vault, said: Mapping[UUID, Said], before: Mapping[UUID, LastWord], counts: Counter[str]
) -> Iterator[Placed]:
    fresh = iter(ids.batch(len(said)))
    for party_id, one in said.items():
        word = before.get(party_id)
        digest = vault.digest(b"directory" + orjson.dumps(one.content, option=orjson.OPT_SORT_KEYS))
        if word is not None and word.ended_on is None and vault.lift(word.digest) == digest:
            counts["unchanged"] += 1
            continue
        counts["new" if word is None else "changed"] += 1
        statement_id = next(fresh)
        yield Placed(
            said=Stated(
                str(party_id) if word is None else word.key, PartyKind.ORGANISATION, one.content, {}, digest
            ),
            party_id=str(party_id),
            record_id=statement_id if word is None else str(word.record_id),
            statement_id=statement_id,
            blinds=[],
            born=False,
            fresh_record=word is None,
            covered=False,
        )  # fmt: skip


def _end(tx: Write, vault: Vault, origin: Origin, heard: _Heard, *, allowed: bool) -> int:
    """What a full file no longer tells of has ended. Raises ``Conflict`` for an unlikely share."""
    told = heard.said.keys() | heard.spared
    live = [(record_id, party_id) for _, record_id, party_id in parties.live_records(tx, origin.source.id)]
    missing = [(record_id, party_id) for record_id, party_id in live if party_id not in told]
    if len(missing) > max(ENDING_FREE, ENDING_SHARE_MAX * len(live)) and not allowed:
        raise Conflict(
            f"The full file lacks {len(missing)} of the {len(live)} customers it told of before; nothing was taken. "
            "If they have really left it, allow the endings; if the file is a part, take it as a delta."
        )
    ended = 0
    lexicon = Lexicon()
    for some in _parts(missing):
        ended += fall_silent(tx, vault, lexicon, origin, some)
    return ended


def _parts(every: Iterable[T]) -> Iterator[list[T]]:
    """What there is, so many at a time."""
    left = iter(every)
    while part := list(islice(left, CHUNK)):
        yield part
