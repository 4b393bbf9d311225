"""The wing's queries: deliveries of the directories, and the rows of the last one that do not hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from rekisteri.access import Read, Write
from rekisteri.catalogue import Reason
from rekisteri.ground.keys import Vault
from rekisteri.sources.directories.layout import Directory

RAW_KEY = "secret"
RAW_PLACE = "sources.directory_fault|raw|"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file of a directory that was taken, and what became of its rows: ``counts`` by outcome, ``reasons``."""

    id: UUID
    directory: Directory
    file_name: str
    format: str
    mode: str
    started_at: datetime
    finished_at: datetime
    counts: Mapping[str, int]
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that does not hold: where, which field, why, and what stood in it."""

    directory: Directory
    row_no: int
    field: str
    reason: Reason
    raw: bytes


@dataclass(frozen=True, slots=True)
class _Fault:
    run_id: UUID
    directory: Directory
    row_no: int
    field: str
    reason: Reason
    raw: bytes


def close(tx: Write, made: Delivery, faults: Sequence[tuple[int, str, Reason, bytes]], vault: Vault) -> None:
    """Write a delivery down; its rows that do not hold take the place of those of the one before."""
    tx.run(
        """
        delete from sources.directory_fault
        where run_id in (select id from sources.directory_run where directory = %(directory)s)
        """,
        directory=made.directory,
    )
    tx.run(
        """
        insert into sources.directory_run (id, directory, file_name, format, mode, started_at, finished_at, account_id,
                                           counts, reasons)
        values (%(id)s, %(directory)s, %(file_name)s, %(format)s, %(mode)s, %(started_at)s, %(finished_at)s,
                %(account_id)s, %(counts)s::jsonb, %(reasons)s::jsonb)
        """,
        id=made.id,
        directory=made.directory,
        file_name=made.file_name,
        format=made.format,
        mode=made.mode,
        started_at=made.started_at,
        finished_at=made.finished_at,
        account_id=tx.act.viewer.account_id,
        counts=orjson.dumps(dict(made.counts)).decode(),
        reasons=orjson.dumps(dict(made.reasons)).decode(),
    )
    if not faults:
        return
    sealed = vault.seal_all(
        [raw for *_, raw in faults], key=RAW_KEY, places=[f"{RAW_PLACE}{made.id}|{row_no}" for row_no, *_ in faults]
    )
    tx.run(
        """
        insert into sources.directory_fault (run_id, row_no, field, reason, raw)
        select %(run_id)s, row_no, field, reason, raw
        from unnest(%(rows)s::integer[], %(fields)s::text[], %(reasons)s::text[], %(raws)s::bytea[])
            as made (row_no, field, reason, raw)
        """,
        run_id=made.id,
        rows=[row_no for row_no, *_ in faults],
        fields=[field for _, field, _, _ in faults],
        reasons=[reason.value for _, _, reason, _ in faults],
        raws=sealed,
    )


def deliveries(tx: Read, *, limit: int) -> list[Delivery]:
    """What was taken of the directories, the newest first."""
    return tx.all(
        Delivery,
        """
        select id, directory, file_name, format, mode, started_at, finished_at, counts, reasons
        from sources.directory_run order by started_at desc, id desc limit %(limit)s
        """,
        limit=limit,
    )


def quarantine(tx: Read, vault: Vault, directory: Directory, *, limit: int) -> list[Quarantined]:
    """The rows of a directory's last delivery that do not hold, by their number."""
    rows = tx.all(
        _Fault,
        """
        select f.run_id, r.directory, f.row_no, f.field, f.reason, f.raw
        from sources.directory_fault f join sources.directory_run r on r.id = f.run_id
        where r.directory = %(directory)s order by f.row_no limit %(limit)s
        """,
        directory=directory,
        limit=limit,
    )
    return [
        Quarantined(
            row.directory,
            row.row_no,
            row.field,
            Reason(row.reason),
            vault.open(row.raw, key=RAW_KEY, place=f"{RAW_PLACE}{row.run_id}|{row.row_no}"),
        )
        for row in rows
    ]
