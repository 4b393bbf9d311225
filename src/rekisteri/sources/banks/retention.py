"""What banks told is forgotten when its time is up, for good: rows go, and the one-time keys they were sealed with.

How long is the catalogue's word (class ``bank_message``; of files that were rejected, ``intake``).
The time of a message runs from the end of the order it is about; of one that is nobody's, from
its decision or arrival. What still waits for a person, or is of an order in force, stays.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from rekisteri.access import Write, restricted_customers
from rekisteri.catalogue import RETENTIONS
from rekisteri.ground.keys import forgetting

CLASS, FILES_CLASS = "bank_message", "intake"
BATCH = 1_000
LEAP_DAY = (2, 29)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many of each went. ``more``: a batch was full, and there may be more."""

    messages: int
    proposals: int
    mandates: int
    answers: int
    files: int
    more: bool


def forget(tx: Write, on: date, *, spared: Collection[UUID] = (), limit: int = BATCH) -> Forgotten:
    """Forget a batch of what is past its day; again, until no more is left.

    ``spared`` are customers whose data must stay, as under a legal hold; so must that of customers whose
    processing is restricted (GDPR art. 18: erasing is use, and they may need it for a claim). The act works in the
    areas of banks and of keys. Raises ``Conflict`` for a value sealed before one-time keys were.
    """
    before = years_before(on, RETENTIONS[CLASS].years)
    held = list({*spared, *restricted_customers(tx)})
    messages = _messages(tx, before, held, limit)
    proposals = _proposals(tx, before, held, limit)
    mandates = _mandates(tx, before, held, limit)
    answers = _answers(tx, before, limit)
    files = _files(tx, before, years_before(on, RETENTIONS[FILES_CLASS].years), limit)
    tx.run(
        """
        delete from sources.order_pause p
        where p.at < %(before)s and not exists (select from sources.bank_message m where m.thread = p.thread)
        """,
        before=before,
    )
    counts = (messages, proposals, mandates, answers, files)
    found = Forgotten(*counts, more=limit in counts)
    tx.note(messages=messages, proposals=proposals, mandates=mandates, answers=answers, files=files)
    return found


def years_before(on: date, years: int) -> date:
    """The same day so many years before; of 29 February the 28th."""
    day = 28 if (on.month, on.day) == LEAP_DAY else on.day
    return on.replace(year=on.year - years, day=day)


def _messages(tx: Write, before: date, spared: list[UUID], limit: int) -> int:
    rows = tx.tuples(
        """
        select m.id, m.sealed, r.party_id from sources.bank_message m
        join sources.bank_file f on f.id = m.file_id
        left join parties.record r on r.id = m.record_id
        where m.outcome <> 'held'
          and case when r.id is null then coalesce(m.decided_at, f.received_at)::date else r.ended_on end < %(before)s
          and (r.party_id is null or r.party_id <> all (%(spared)s))
        order by m.id limit %(limit)s
        """,
        before=before,
        spared=spared,
        limit=limit,
    )
    wanted = [one for one, _, _ in rows]
    _condemn(tx, [sealed for _, sealed, _ in rows])
    _evidence(tx, wanted)
    tx.run("delete from sources.bank_message where id = any (%(ids)s)", ids=wanted)
    tx.gather(sorted({str(party_id) for _, _, party_id in rows if party_id is not None}))
    return len(rows)


def _proposals(tx: Write, before: date, spared: list[UUID], limit: int) -> int:
    """Proposals that came to nothing, from their answer or making; that were accepted, with the order's messages."""
    rows = tx.tuples(
        """
        delete from sources.proposal where id in (
            select p.id from sources.proposal p join parties.record r on r.id = p.record_id
            where coalesce(p.answered_at, p.sent_at, p.framed_at) < %(before)s and r.party_id <> all (%(spared)s)
              and not exists (select from sources.bank_message m where m.ref_message_id = p.message_id)
            order by p.id limit %(limit)s
        ) returning sealed
        """,
        before=before,
        spared=spared,
        limit=limit,
    )
    _condemn(tx, [sealed for (sealed,) in rows])
    return len(rows)


def _mandates(tx: Write, before: date, spared: list[UUID], limit: int) -> int:
    """Mandates that have ended or were refused, with every word of theirs; words that no mandate has.

    Of these what was rejected goes, and an answer to a whole message when no mandate of that message is left: as long
    as one is, it is what puts the mandate in force.
    """
    rows = tx.tuples(
        """
        select d.id, r.party_id from sources.mandate d left join parties.record r on r.id = d.record_id
        where d.state in ('cancelled', 'refused') and d.since_at < %(before)s
          and (r.party_id is null or r.party_id <> all (%(spared)s))
        order by d.id limit %(limit)s
        """,
        before=before,
        spared=spared,
        limit=limit,
    )
    wanted = [mandate_id for mandate_id, _ in rows]
    words = tx.tuples(
        """
        delete from sources.mandate_message m
        where m.mandate_id = any (%(ids)s)
           or (m.mandate_id is null and m.decided_at < %(before)s)
           or (m.mandate_id is null and m.hold is null
               and exists (select from sources.bank_file f where f.id = m.file_id and f.received_at < %(before)s)
               and not exists (
                   select from sources.mandate_message o
                   where o.message_id = m.original_message_id and o.mandate_id <> all (%(ids)s)))
        returning sealed
        """,
        ids=wanted,
        before=before,
    )
    _condemn(tx, [sealed for (sealed,) in words])
    tx.run("delete from sources.mandate where id = any (%(ids)s)", ids=wanted)
    tx.gather(sorted({str(party_id) for _, party_id in rows if party_id is not None}))
    return len(rows)


def _answers(tx: Write, before: date, limit: int) -> int:
    rows = tx.tuples(
        """
        delete from sources.bank_answer where id in (
            select a.id from sources.bank_answer a join sources.bank_file f on f.id = a.file_id
            where f.received_at < %(before)s order by a.id limit %(limit)s
        ) returning id
        """,
        before=before,
        limit=limit,
    )
    _evidence(tx, [answer_id for (answer_id,) in rows])
    return len(rows)


def _files(tx: Write, before: date, rejected_before: date, limit: int) -> int:
    """Files as they came: rejected ones when errors need no settling any more, mandates' when no word of theirs is left."""
    rows = tx.tuples(
        """
        select f.id from sources.bank_file f
        where exists (select from sources.bank_file_part p where p.file_id = f.id)
          and case f.state when 'rejected' then f.decided_at < %(rejected_before)s
                           when 'quarantined' then false
                           else f.received_at < %(before)s
                                and not exists (select from sources.mandate_message m where m.file_id = f.id) end
        order by f.id limit %(limit)s
        """,
        before=before,
        rejected_before=rejected_before,
        limit=limit,
    )
    parts = tx.tuples(
        "delete from sources.bank_file_part where file_id = any (%(ids)s) returning sealed",
        ids=[file_id for (file_id,) in rows],
    )
    _condemn(tx, [sealed for (sealed,) in parts])
    return len(rows)


def _evidence(tx: Write, message_ids: Sequence[UUID]) -> None:
    rows = tx.tuples(
        "delete from sources.bank_evidence where message_id = any (%(ids)s) returning sealed", ids=list(message_ids)
    )
    _condemn(tx, [sealed for (sealed,) in rows])


def _condemn(tx: Write, boxes: Sequence[bytes]) -> None:
    if boxes:
        forgetting.condemn(tx, "secret", [bytes(box) for box in boxes])
