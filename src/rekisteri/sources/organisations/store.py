"""The wing's queries: deliveries, their faults, and the work they open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from rekisteri.access import Read, Write
from rekisteri.ground import clock, ids
from rekisteri.ground.keys import Vault
from rekisteri.matching import Doubt
from rekisteri.parties import WORK_PLACE
from rekisteri.sources.organisations.report import Report

PAGE_MAX = 200


@dataclass(frozen=True, slots=True)
class Batch:
    """A delivery that was taken."""

    id: UUID
    organisation_id: int
    file_name: str
    format: str
    encoding: str
    mode: str
    started_at: datetime
    finished_at: datetime
    row_count: int
    new_count: int
    changed_count: int
    unchanged_count: int
    rejected_count: int
    doubt_count: int
    ended_count: int
    dropped: dict[str, int]
    columns: list[str]


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One fault of one row; ``raw`` is sealed and stands with the row's first fault."""

    row_no: int
    fault_no: int
    field: str
    reason: str
    outcome: str
    raw: bytes | None


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many rows fell for one reason in one column."""

    field: str
    reason: str
    outcome: str
    count: int


def insert_batch(tx: Write, organisation_id: int, report: Report, file_digest: bytes) -> None:
    """Write the delivery with its counts."""
    tx.run(
        """
        insert into sources.batch (id, organisation_id, file_name, file_digest, format, encoding, mode, started_at,
            finished_at, account_id, row_count, new_count, changed_count, unchanged_count, rejected_count, doubt_count,
            ended_count, dropped, columns)
        values (%(id)s, %(organisation_id)s, %(file_name)s, %(file_digest)s, %(format)s, %(encoding)s, %(mode)s,
            %(at)s, %(finished_at)s, %(account_id)s, %(rows)s, %(new)s, %(changed)s, %(unchanged)s, %(rejected)s,
            %(doubt)s, %(ended)s, %(dropped)s::jsonb, %(columns)s)
        """,
        id=report.batch_id,
        organisation_id=organisation_id,
        file_name=report.file_name,
        file_digest=file_digest,
        format=report.format,
        encoding=report.encoding,
        mode="full" if report.full else "delta",
        at=tx.at,
        finished_at=max(tx.at, clock.now()),
        account_id=tx.act.viewer.account_id,
        rows=report.rows,
        new=report.new,
        changed=report.changed,
        unchanged=report.unchanged,
        rejected=report.rejected,
        doubt=report.doubt,
        ended=report.ended,
        dropped=orjson.dumps(report.dropped).decode(),
        columns=list(report.columns),
    )


def batches(
    tx: Read, *, organisation_id: int | None = None, before: UUID | None = None, limit: int = 50
) -> list[Batch]:
    """Deliveries, the newest first; ``before`` is the last id of the page before."""
    return tx.all(
        Batch,
        """
        select id, organisation_id, file_name, format, encoding, mode, started_at, finished_at, row_count, new_count,
               changed_count, unchanged_count, rejected_count, doubt_count, ended_count, dropped, columns
        from sources.batch
        where (%(organisation_id)s::integer is null or organisation_id = %(organisation_id)s)
          and (%(before)s::uuid is null or id < %(before)s)
        order by id desc limit %(limit)s
        """,
        organisation_id=organisation_id,
        before=before,
        limit=min(limit, PAGE_MAX),
    )


def batch(tx: Read, batch_id: UUID) -> Batch:
    """One delivery. Raises ``Missing``."""
    return tx.fetch(
        Batch,
        """
        select id, organisation_id, file_name, format, encoding, mode, started_at, finished_at, row_count, new_count,
               changed_count, unchanged_count, rejected_count, doubt_count, ended_count, dropped, columns
        from sources.batch where id = %(id)s
        """,
        id=batch_id,
    )


def fault_counts(tx: Read, batch_id: UUID) -> list[ReasonCount]:
    """How many rows fell for which reason, the commonest first."""
    return tx.all(
        ReasonCount,
        """
        select field, reason, outcome, count(*)::integer as count from sources.fault where batch_id = %(id)s
        group by field, reason, outcome order by count(*) desc, field, reason
        """,
        id=batch_id,
    )


def fault_rows(tx: Read, batch_id: UUID, *, after: int = 0, limit: int = 100) -> list[FaultRow]:
    """Every fault of the next ``limit`` faulty rows after row ``after``, in the order of the file."""
    return tx.all(
        FaultRow,
        """
        select row_no, fault_no, field, reason, outcome, raw from sources.fault
        where batch_id = %(id)s and row_no in (
            select row_no from sources.fault
            where batch_id = %(id)s and row_no > %(after)s and fault_no = 0
            order by row_no limit %(limit)s
        )
        order by row_no, fault_no
        """,
        id=batch_id,
        after=after,
        limit=limit,
    )


def open_work_keys(tx: Read, organisation_id: int) -> set[str]:
    """Customer numbers of the organisation that wait for a decision."""
    rows = tx.tuples(
        "select record_key from parties.work where organisation_id = %(id)s and decided_at is null",
        id=organisation_id,
    )
    return {key for (key,) in rows}


def open_work(tx: Write, vault: Vault, organisation_id: int, batch_id: UUID | None, doubts: Sequence[Doubt]) -> None:
    """A work item for each doubt; the same row again opens none, another row of the key overtakes."""
    if not doubts:
        return
    work_ids = ids.batch(len(doubts))
    tx.run(
        """
        update parties.work w set decided_at = %(at)s, decision = 'overtaken'
        from unnest(%(keys)s::text[], %(digests)s::bytea[]) as newer (key, digest)
        where w.organisation_id = %(organisation_id)s and w.record_key = newer.key and w.digest <> newer.digest
          and w.decided_at is null
        """,
        at=tx.at,
        organisation_id=organisation_id,
        keys=[doubt.said.key for doubt in doubts],
        digests=[doubt.said.digest for doubt in doubts],
    )
    tx.run(
        """
        insert into parties.work (id, kind, organisation_id, party_id, record_key, reason, batch_id, row_no, payload,
                                  digest, opened_at)
        select id, 'identity', %(organisation_id)s, party_id, key, reason, %(batch_id)s, row_no, payload, digest, %(at)s
        from unnest(%(ids)s::uuid[], %(parties)s::uuid[], %(keys)s::text[], %(reasons)s::text[], %(rows)s::integer[],
                    %(payloads)s::bytea[], %(digests)s::bytea[])
            as doubt (id, party_id, key, reason, row_no, payload, digest)
        on conflict (organisation_id, record_key, digest) do nothing
        """,
        at=tx.at,
        organisation_id=organisation_id,
        batch_id=batch_id,
        ids=work_ids,
        parties=[doubt.party_id for doubt in doubts],
        keys=[doubt.said.key for doubt in doubts],
        reasons=[doubt.reason.value for doubt in doubts],
        rows=[doubt.said.row_no for doubt in doubts],
        payloads=[
            vault.seal(_payload(doubt), key="secret", place=WORK_PLACE + work_id)
            for doubt, work_id in zip(doubts, work_ids, strict=True)
        ],
        digests=[doubt.said.digest for doubt in doubts],
    )


def _payload(doubt: Doubt) -> bytes:
    said = doubt.said
    return orjson.dumps({"kind": said.kind, "content": said.content, "secrets": said.secrets})


def close_overtaken_work(tx: Write, organisation_id: int, keys: Iterable[str]) -> None:
    """A row that now holds settles what waited under its number."""
    wanted = list(keys)
    if wanted:
        tx.run(
            """
            update parties.work set decided_at = %(at)s, decision = 'overtaken'
            where organisation_id = %(organisation_id)s and record_key = any (%(keys)s) and decided_at is null
            """,
            at=tx.at,
            organisation_id=organisation_id,
            keys=wanted,
        )
