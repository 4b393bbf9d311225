"""Retention: what has been kept its time leaves, everywhere at once; a rehearsal tells what would.

The classes and their terms are the catalogue's (``TERMS``, ``KEPT``), the same the notice is written from. A run
goes through the words said of customers item by item, then through every other table by its class, condemns the
one-time keys of what was sealed, and keeps its counts, never a value. A customer under a legal hold keeps
everything. Run again it changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

import orjson

from rekisteri import audit, parties
from rekisteri.access import Read, Write
from rekisteri.catalogue import BY_NAME, ITEMS, due_on, each, last_due
from rekisteri.ground import clock, ids
from rekisteri.ground.keys import Vault, forgetting
from rekisteri.parties import Aged, Left, Term
from rekisteri.rights import legal_hold, sweeps
from rekisteri.rights.going import Sweep
from rekisteri.sources import vtj

WORDS = "parties.statement"
OF_CUSTOMER = "customership"
"""The class of what a statement tells beside its items: that it was said, by whom, why."""
CLASSES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        name: frozenset(item.name for item in ITEMS if item.retention == name)
        for name in dict.fromkeys(item.retention for item in ITEMS)
    }
)
"""The items of each class."""
DATED = frozenset(item.name for item in ITEMS if any(part.name == "valid_to" for part in item.parts))


@dataclass(frozen=True, slots=True)
class Run:
    """What a run let go, or would have: by class and table how many rows; of statements also how many items."""

    id: UUID
    at: datetime
    by: str
    rehearsed: bool
    held: int
    counts: dict[str, dict[str, int]]

    @property
    def total(self) -> int:
        """How many rows and items in all."""
        return sum(count for tables in self.counts.values() for count in tables.values())


@dataclass(slots=True)
class _Tally:
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, klass: str, what: str, count: int) -> None:
        if count:
            row = self.counts.setdefault(klass, {})
            row[what] = row.get(what, 0) + count


def retain(tx: Write, vault: Vault, *, beyond: Sequence[Sweep] = (), rehearse: bool = False) -> Run:
    """Let go what has been kept its time; with ``rehearse`` undo it, and tell what would have gone.

    ``beyond`` are the sweeps of rooms above.
    """
    held = legal_hold.held(tx)
    parties.lock_identity(tx)
    if rehearse:
        with tx.rehearsal():
            counts = _let_go(tx, vault, held, beyond)
    else:
        counts = _let_go(tx, vault, held, beyond)
    tx.note(rehearsed=rehearse, held=len(held), counts=counts)
    return _keep(tx, counts, len(held), rehearse)


def runs(tx: Read, limit: int = 30) -> list[Run]:
    """The runs there were, the newest first."""
    return tx.all(
        Run,
        "select id, at, by, rehearsed, held, counts from rights.retention_run order by at desc, id desc limit %(limit)s",
        limit=limit,
    )


def overdue(tx: Read, today: date) -> dict[str, int]:
    """How many words of customers stand past their time, by class; of customers under a legal hold none is counted.

    What stands under seal is counted without being opened: once it is past the longest time of all, whatever it says is.
    """
    terms = _terms(today)
    last = min(terms, key=lambda klass: terms[klass].ended_by)
    found: dict[str, int] = {}
    for one in parties.aged(tx, terms.values(), sealed_by=terms[last].ended_by, bare_by=None, held=legal_hold.held(tx)):
        assert one.ended_on is not None, "only words that have ended are asked for"
        told = {
            k for k, term in terms.items() if one.ended_on <= term.ended_by and term.names & (one.content or {}).keys()
        }
        for klass in told or {last}:
            found[klass] = found.get(klass, 0) + 1
    return found


def _terms(today: date) -> dict[str, Term]:
    return {klass: Term(last_due(klass, today), names) for klass, names in CLASSES.items()}


def _let_go(tx: Write, vault: Vault, held: Collection[UUID], beyond: Sequence[Sweep]) -> dict[str, dict[str, int]]:
    today = clock.day(tx.at)
    tally = _Tally()
    boxes: dict[str, list[bytes]] = {}
    for sweep in (*beyond, *sweeps.SWEEPS):
        gone = sweep.carry_out(tx, last_due(sweep.klass, today), list(held))
        tally.add(sweep.klass, sweep.table, gone.count)
        if sweep.key is not None:
            boxes.setdefault(sweep.key, []).extend(gone.boxes)
    _words(tx, vault, today, held, tally, boxes)
    tally.add("passing", "sources.vtj_answer", vtj.forget_old(tx))
    tally.add(OF_CUSTOMER, "parties.party", sweeps.remove_shells(tx))
    tally.add("log", "audit.event", audit.forget(tx, held))
    for key, some in boxes.items():
        forgetting.condemn(tx, key, some)
    return tally.counts


def _words(
    tx: Write, vault: Vault, today: date, held: Collection[UUID], tally: _Tally, boxes: dict[str, list[bytes]]
) -> None:
    left = Left()
    found: dict[tuple[UUID, UUID], Aged] = {}
    terms = _terms(today).values()
    sealed_by = max(one.ended_by for one in terms)
    for one in parties.aged(tx, terms, sealed_by=sealed_by, bare_by=last_due(OF_CUSTOMER, today), held=held):
        found[one.record_id, one.statement_id] = one
    for one in parties.dated(tx, DATED, held):
        found.setdefault((one.record_id, one.statement_id), one)
    parties.stand_alone(tx, [one.party_id for one in found.values()])
    for one in found.values():
        gone, facts = leaving(one, one.items(vault), today)
        bare = not one.items(vault) and one.ended_on is not None and due_on(OF_CUSTOMER, one.ended_on, today) <= today
        if gone or facts or bare:
            parties.cut(tx, vault, left, one, gone, facts)
    parties.settle_left(tx, vault, left, sweeps.referred_records(tx, list(left.parties)))
    for name, count in left.items.items():
        tally.add(BY_NAME[name].retention, WORDS, count)
    tally.add(OF_CUSTOMER, "parties.record", left.records)
    tally.add(OF_CUSTOMER, "parties.identifier", left.codes)
    tally.add(OF_CUSTOMER, "parties.word", left.words)
    for key, some in left.boxes.items():
        boxes.setdefault(key, []).extend(some)
    tx.gather([str(party_id) for party_id in left.parties])


def leaving(one: Aged, items: Iterable[str], today: date) -> tuple[set[str], dict[str, object]]:
    """The items of a statement that leave today, and those of several facts that stay with fewer. Pure."""
    gone: set[str] = set()
    facts: dict[str, object] = {}
    for name in items:
        klass = BY_NAME[name].retention
        if one.ended_on is not None and due_on(klass, one.ended_on, today) <= today:
            gone.add(name)
        elif name in DATED and one.content is not None and name in one.content:
            said = each(one.content[name])
            kept = [fact for fact in said if not _fact_is_due(klass, fact, today)]
            if not kept:
                gone.add(name)
            elif len(kept) < len(said):
                facts[name] = kept if len(kept) > 1 else kept[0]
    return gone, facts


def _fact_is_due(klass: str, fact: object, today: date) -> bool:
    """Whether a dated fact's own last day is so long past."""
    if not isinstance(fact, dict) or "valid_to" not in fact:
        return False
    return due_on(klass, date.fromisoformat(str(fact["valid_to"])), today) <= today


def _keep(tx: Write, counts: dict[str, dict[str, int]], held: int, rehearsed: bool) -> Run:
    made = Run(ids.fresh(), tx.at, tx.act.viewer.handle, rehearsed, held, counts)
    tx.run(
        """
        insert into rights.retention_run (id, at, by, rehearsed, held, counts)
        values (%(id)s, %(at)s, %(by)s, %(rehearsed)s, %(held)s, %(counts)s::jsonb)
        """,
        id=made.id,
        at=made.at,
        by=made.by,
        rehearsed=rehearsed,
        held=held,
        counts=orjson.dumps(counts).decode(),
    )
    return made
