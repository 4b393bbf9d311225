"""The database held to a verified log: every leaf's event is there and is what was logged, and none stands outside.

An event whose retention has passed may have been erased; a younger one that is missing was taken away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from rekisteri.audit.entries import Entry, Payload, entry_of
from rekisteri.audit.forget import kept_since
from rekisteri.audit.tree import entries
from rekisteri.audit.verify import LATE, Fault, Verdict
from rekisteri.ground.database import Read

EVENTS_AT_ONCE = 4096


class Comparison:
    """A watcher of the verifier that looks each entry's event up. ``finish`` tells what stands outside the log."""

    def __init__(self, tx: Read, verdict: Verdict, now: datetime) -> None:
        self._tx = tx
        self._verdict = verdict
        self._kept_since = kept_since(now)
        self._first = 0
        self._waiting: list[bytes] = []

    def watch(self, first: int, run: Sequence[bytes]) -> None:
        """Take a run of entries."""
        if not self._waiting:
            self._first = first
        self._waiting += run
        if len(self._waiting) >= EVENTS_AT_ONCE:
            self._compare()

    def finish(self) -> None:
        """What is left, and what the log does not hold."""
        self._compare()
        self._hold_outsiders()
        self._hold_index()

    def _compare(self) -> None:
        wanted = [Entry.parse(content) for content in self._waiting]
        there = entries(self._tx, self._first, self._first + len(wanted))
        payloads = {one.id: one for one in payloads_of(self._tx, [entry.event_id for entry in wanted])}
        for place, entry in enumerate(wanted, self._first):
            stored = there[place - self._first] if place - self._first < len(there) else None
            if stored != entry:
                self._verdict.find(Fault.ALTERED, f"leaf {place}", "the leaf in the database is not the exported one")
            self._hold_event(place, entry, payloads.get(str(entry.event_id)))
        self._first += len(self._waiting)
        self._waiting = []

    def _hold_event(self, place: int, entry: Entry, payload: Payload | None) -> None:
        verdict = self._verdict
        if payload is None:
            if entry.at < self._kept_since:
                verdict.erased += 1
            else:
                verdict.find(Fault.EVENT_GONE, f"leaf {place}", f"event {entry.event_id} is not in the database")
            return
        verdict.events += 1
        if entry_of(payload) != entry:
            verdict.find(Fault.EVENT_ALTERED, f"leaf {place}", f"event {entry.event_id} is not what was logged")

    def _hold_outsiders(self) -> None:
        rows = self._tx.tuples(
            """
            select e.id, e.at from audit.event e
            where not exists (select from audit.leaf l where l.event_id = e.id and l.number < %(size)s)
            order by e.at
            """,
            size=self._verdict.size,
        )
        self._verdict.unsealed = len(rows)
        for event_id, at in rows:
            if self._verdict.latest is not None and at < self._verdict.latest - LATE:
                self._verdict.find(
                    Fault.EVENT_OUTSIDE, f"event {event_id}", f"it says {at:%Y-%m-%d %H:%M} and has no leaf"
                )

    def _hold_index(self) -> None:
        missing = self._tx.tuples(
            """
            select e.id, count(*) from audit.event e, unnest(e.subjects) as shown (party_id)
            where exists (select from audit.leaf l where l.event_id = e.id)
              and not exists (select from audit.subject s where s.party_id = shown.party_id and s.event_id = e.id)
            group by e.id
            """
        )
        foreign = self._tx.tuples(
            """
            select s.event_id, count(*) from audit.subject s
            where not exists (select from audit.event e where e.id = s.event_id and s.party_id = any (e.subjects))
            group by s.event_id
            """
        )
        for rows, what in ((missing, "customers of the event are not found by it"), (foreign, "it is found by others")):
            for event_id, count in rows:
                self._verdict.find(Fault.INDEX_ALTERED, f"event {event_id}", f"{count}: {what}")


def payloads_of(tx: Read, event_ids: Sequence[UUID]) -> list[Payload]:
    """The events of these ids that are there, with their salts, as the sequencer reads them."""
    return tx.all(
        Payload,
        """
        select id, at_us, salt, account_id, account, session_id, roles, organisations, action, purpose, case_reference,
               channel, outcome, subject_count, subjects, blocks, detail
        from audit.payload where event_id = any (%(ids)s)
        """,
        ids=list(event_ids),
    )
