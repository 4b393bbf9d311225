"""Conflicts: a correction by hand stands against what its sources deliver later, and that is told once.

A correction outranks every source, so no delivery tramples it. Whether a source still says otherwise, or now says
the same, a maintainer is told once, with both sides: keep the correction, withdraw it, or tell the source. Asked of
customers with a correction in force alone, set-based, at night or after a delivery; a delivery is not slowed by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import orjson

from rekisteri import parties
from rekisteri.access import Read, Write
from rekisteri.catalogue import BY_NAME, Choice, Content, SourceKind, Value, each, masked, with_secrets
from rekisteri.ground import ids
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.ground.keys import Vault

LIST_MAX = 200
REASON_MAX = 500


class Verdict(StrEnum):
    """What a source says of what was corrected."""

    DIFFERS = "differs"
    AGREES = "agrees"


class Decision(StrEnum):
    """What was decided."""

    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    TOLD = "told"
    """The source is told to put it right; a client organisation sees it among its correction requests."""
    LAPSED = "lapsed"
    """Nobody had to decide: the correction ended, or the source spoke anew."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A line of the queue: a correction, and a source that has spoken since."""

    id: UUID
    party_id: UUID
    name: str
    item: str
    verdict: Verdict
    source: SourceKind
    organisation_id: int | None
    opened_at: datetime
    decided_at: datetime | None
    decision: Decision | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Sides:
    """A line with both sides; None where a value may not be shown in this act, or is there no more."""

    clash: Clash
    corrected: Value | None
    said: Value | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison came to."""

    corrections: int
    opened: int
    lapsed: int


@dataclass(frozen=True, slots=True)
class _Pair:
    party_id: UUID
    item: str
    correction_id: UUID
    record_id: UUID
    statement_id: UUID
    organisation_id: int | None
    corrected: Content
    corrected_sealed: bytes | None
    corrected_protected: bytes | None
    said: Content
    said_sealed: bytes | None
    said_protected: bytes | None


def compare(tx: Write, vault: Vault) -> Compared:
    """Hold every correction in force against what its sources have said since. Again it opens nothing new.

    The act must open protected values and reach every delivery.
    """
    found = [
        (pair, _digests(vault, pair, verdict), verdict)
        for pair in _pairs(tx)
        if (verdict := _verdict(vault, pair)) is not None
    ]
    before = _told_before(tx, {pair.correction_id for pair, _, _ in found})
    opened = _open(
        tx,
        [
            (pair, digests[0], verdict)
            for pair, digests, verdict in found
            if all((pair.correction_id, pair.record_id, digest) not in before for digest in digests)
        ],
    )
    lapsed = _lapse(tx, [(pair, digests) for pair, digests, _ in found])
    tx.gather(sorted({str(pair.party_id) for pair, _, _ in opened}))
    tx.note(corrections=len({pair.correction_id for pair, _, _ in found}), opened=len(opened), lapsed=lapsed)
    return Compared(len({pair.correction_id for pair, _, _ in found}), len(opened), lapsed)


def clashes(tx: Read, *, told: bool = False) -> list[Clash]:
    """What waits for a decision, the oldest first; ``told``: instead what client organisations were told to put right."""
    rows = tx.all(
        Clash,
        """
        select c.id, c.party_id, p.name, c.item, c.verdict, src.kind as source, src.organisation_id, c.opened_at,
               c.decided_at, c.decision, c.reason
        from rights.conflict c
        join parties.party p on p.id = c.party_id
        join parties.source src on src.id = c.source_id
        where case when %(told)s then c.decision = 'told' else c.decided_at is null end
        order by c.id limit %(limit)s
        """,
        told=told,
        limit=LIST_MAX,
    )
    tx.saw(*(one.party_id for one in rows))
    return rows


def clash(tx: Read, vault: Vault, clash_id: UUID) -> Sides:
    """One line with both sides. Raises ``Missing``."""
    found = _clash(tx, clash_id)
    rows = tx.tuples(
        """
        select s.id, s.content, s.sealed, p.sealed, s.reason
        from rights.conflict c
        join parties.statement s on s.id in (c.correction_id, c.statement_id)
        left join parties.protected p on p.statement_id = s.id
        where c.id = %(id)s order by s.id = c.correction_id desc
        """,
        id=clash_id,
    )
    opened = [_value(found.item, _opened(vault, *row[:4])) for row in rows]
    tx.saw(found.party_id)
    corrected, said, *_ = *opened, None, None
    return Sides(found, corrected, said, rows[0][4] if rows else None)


def settle(tx: Write, vault: Vault, clash_id: UUID, decision: Decision, reason: str) -> None:
    """Decide a line: withdrawing takes the correction back in the same act.

    Raises ``Missing``, ``Conflict`` where somebody has decided, ``Rejected`` for no reason.
    """
    tx.run("select from rights.conflict where id = %(id)s for update", id=clash_id)
    found = _clash(tx, clash_id)
    if found.decided_at is not None:
        raise Conflict("Somebody has decided this item already; the queue shows what is left.")
    if not reason.strip() or len(reason) > REASON_MAX:
        raise Rejected("Say why; the reason is kept with the decision.", field="reason")
    if decision is Decision.LAPSED:
        raise Rejected("That is decided by time, not by hand.", field="decision")
    if decision is Decision.WITHDRAWN:
        parties.withdraw(tx, vault, found.party_id, found.item, reason=reason)
    _close(tx, [clash_id], decision, reason.strip())
    if decision is Decision.WITHDRAWN:
        _lapse_of(tx, found.party_id, found.item)
    tx.saw(found.party_id)
    tx.note(item=found.item, decision=decision.value)


def _clash(tx: Read, clash_id: UUID) -> Clash:
    found = tx.find(
        Clash,
        """
        select c.id, c.party_id, p.name, c.item, c.verdict, src.kind as source, src.organisation_id, c.opened_at,
               c.decided_at, c.decision, c.reason
        from rights.conflict c
        join parties.party p on p.id = c.party_id
        join parties.source src on src.id = c.source_id
        where c.id = %(id)s
        """,
        id=clash_id,
    )
    if found is None:
        raise Missing("There is no such work item.")
    return found


def _pairs(tx: Read) -> list[_Pair]:
    """Each correction in force beside the last word of each source that has spoken, or delivered in full, since."""
    return tx.all(
        _Pair,
        """
        with correction as (
            select r.id as record_id, r.party_id, split_part(r.key, ':', 2) as item, s.id, s.content, s.sealed,
                   lower(s.recorded) as at
            from parties.source src
            join parties.record r on r.source_id = src.id
            cross join lateral (
                select id, content, sealed, recorded from parties.statement
                where record_id = r.id and content is not null and lower(valid) <= %(today)s
                order by lower(recorded) desc, id desc limit 1
            ) s
            where src.kind = 'maintainer' and (r.ended_on is null or r.ended_on > %(today)s)
        )
        select c.party_id, c.item, c.id as correction_id, r.id as record_id, w.id as statement_id, src.organisation_id,
               c.content as corrected, c.sealed as corrected_sealed, cp.sealed as corrected_protected,
               w.content as said, w.sealed as said_sealed, wp.sealed as said_protected
        from correction c
        join parties.record r on r.party_id = c.party_id and (r.ended_on is null or r.ended_on > %(today)s)
        join parties.source src on src.id = r.source_id and src.kind in ('vtj', 'organisation', 'directory', 'person')
        cross join lateral (
            select id, content, sealed, recorded from parties.statement
            where record_id = r.id and content is not null and lower(valid) <= %(today)s
            order by lower(recorded) desc, id desc limit 1
        ) w
        left join parties.protected cp on cp.statement_id = c.id
        left join parties.protected wp on wp.statement_id = w.id
        where lower(w.recorded) > c.at
           or exists (select from sources.batch b where b.organisation_id = src.organisation_id and src.kind = 'organisation'
                      and b.mode = 'full' and b.started_at > c.at)
        order by c.party_id, c.item, r.id
        """,
        today=day(tx.at),
    )


def _verdict(vault: Vault, pair: _Pair) -> Verdict | None:
    """Whether the source says otherwise or the same; None where it does not speak of the item, or facts stand together."""
    item = BY_NAME.get(pair.item)
    if item is None or (item.choice is Choice.ALL and item.name != "custodian"):
        return None
    corrected = _opened(vault, pair.correction_id, pair.corrected, pair.corrected_sealed, pair.corrected_protected)
    said = _opened(vault, pair.statement_id, pair.said, pair.said_sealed, pair.said_protected)
    if pair.item not in said or pair.item not in corrected:
        return None
    return Verdict.AGREES if _same(corrected[pair.item], said[pair.item]) else Verdict.DIFFERS


def _same(corrected: Value, said: Value) -> bool:
    mine, theirs = (
        [orjson.dumps(one, option=orjson.OPT_SORT_KEYS) for one in each(value)] for value in (corrected, said)
    )
    return sorted(mine) == sorted(theirs)


def _digests(vault: Vault, pair: _Pair, verdict: Verdict) -> list[bytes]:
    """What is told once: this verdict on this value of the source, be the digest of whatever version."""
    said = _opened(vault, pair.statement_id, pair.said, pair.said_sealed, pair.said_protected)
    told = orjson.dumps([verdict.value, said[pair.item]], option=orjson.OPT_SORT_KEYS)
    return vault.digests(b"conflict|" + told)


def _told_before(tx: Read, corrections: set[UUID]) -> set[tuple[UUID, UUID, bytes]]:
    """What has been told of these corrections: the correction, the record that spoke, the digest of what it said."""
    rows = tx.tuples(
        "select correction_id, record_id, digest from rights.conflict where correction_id = any (%(ids)s)",
        ids=list(corrections),
    )
    return set(rows)


def _open(tx: Write, found: list[tuple[_Pair, bytes, Verdict]]) -> list[tuple[_Pair, bytes, Verdict]]:
    if found:
        tx.run(
            """
            insert into rights.conflict (id, party_id, item, correction_id, record_id, statement_id, source_id,
                                         organisation_id, digest, verdict, opened_at)
            select t.id, t.party_id, t.item, t.correction_id, t.record_id, t.statement_id, r.source_id,
                   src.organisation_id, t.digest, t.verdict, %(at)s
            from unnest(%(ids)s::uuid[], %(parties)s::uuid[], %(items)s::text[], %(corrections)s::uuid[],
                        %(records)s::uuid[], %(statements)s::uuid[], %(digests)s::bytea[], %(verdicts)s::text[])
                as t (id, party_id, item, correction_id, record_id, statement_id, digest, verdict)
            join parties.record r on r.id = t.record_id
            join parties.source src on src.id = r.source_id
            """,
            at=tx.at,
            ids=ids.batch(len(found)),
            parties=[pair.party_id for pair, _, _ in found],
            items=[pair.item for pair, _, _ in found],
            corrections=[pair.correction_id for pair, _, _ in found],
            records=[pair.record_id for pair, _, _ in found],
            statements=[pair.statement_id for pair, _, _ in found],
            digests=[digest for _, digest, _ in found],
            verdicts=[verdict.value for _, _, verdict in found],
        )
    return found


def _lapse(tx: Write, standing: list[tuple[_Pair, list[bytes]]]) -> int:
    """Close what nobody needs to decide any more: of corrections that ended, of words that were said anew."""
    return tx.run(
        """
        update rights.conflict c set decided_at = %(at)s, decision = 'lapsed'
        where c.decided_at is null and not exists (
            select from unnest(%(corrections)s::uuid[], %(records)s::uuid[], %(digests)s::bytea[])
                as t (correction_id, record_id, digest)
            where t.correction_id = c.correction_id and t.record_id = c.record_id and t.digest = c.digest)
        """,
        at=tx.at,
        corrections=[pair.correction_id for pair, digests in standing for _ in digests],
        records=[pair.record_id for pair, digests in standing for _ in digests],
        digests=[digest for _, digests in standing for digest in digests],
    )


def _lapse_of(tx: Write, party_id: UUID, item: str) -> None:
    tx.run(
        """
        update rights.conflict set decided_at = %(at)s, decision = 'lapsed'
        where party_id = %(party_id)s and item = %(item)s and decided_at is null
        """,
        at=tx.at,
        party_id=party_id,
        item=item,
    )


def _close(tx: Write, wanted: Iterable[UUID], decision: Decision, reason: str) -> None:
    tx.run(
        """
        update rights.conflict
        set decided_at = %(at)s, decision = %(decision)s, decided_by = %(by)s, reason = %(reason)s where id = any (%(ids)s)
        """,
        at=tx.at,
        decision=decision,
        by=tx.act.viewer.account_id,
        reason=reason,
        ids=list(wanted),
    )


def _opened(
    vault: Vault, statement_id: UUID, content: Content, sealed: bytes | None, protected: bytes | None
) -> Content:
    if protected is not None:
        content = content | orjson.loads(
            vault.open(protected, key="protected", place=f"{parties.PROTECTED_PLACE}{statement_id}")
        )
    if sealed is not None:
        secrets = orjson.loads(vault.open(sealed, key="secret", place=f"{parties.SEALED_PLACE}{statement_id}"))
        content = with_secrets(content, secrets)
    return content


def _value(item: str, content: Content) -> Value | None:
    """The value of an item, codes masked; None where it is not there or not shown."""
    return masked(item, content[item]) if item in content else None
