"""The file of rows to mend: every row that was not taken, as it came, with what to do about it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import groupby
from uuid import UUID

import orjson

from rekisteri.access import Read
from rekisteri.catalogue import EXPLANATIONS, Reason
from rekisteri.ground.keys import Vault
from rekisteri.sources.organisations import store
from rekisteri.sources.organisations.faults import raw_place
from rekisteri.sources.organisations.wire import write_mend_file

PAGE_ROWS = 1000

Mending = tuple[int, list[str], list[tuple[str, str, str]]]


def mend_rows(tx: Read, vault: Vault, batch_id: UUID, language: str) -> Iterator[Mending]:
    """Each row that was not taken: its number, its cells, and (column, what is wrong, mend) for each fault."""
    after = 0
    while rows := store.fault_rows(tx, batch_id, after=after, limit=PAGE_ROWS):
        for row_no, group in groupby(rows, key=lambda row: row.row_no):
            faults = list(group)
            yield row_no, _opened(vault, batch_id, faults[0]), [_told(fault, language) for fault in faults]
        after = rows[-1].row_no


def mend_file(tx: Read, vault: Vault, batch_id: UUID, language: str) -> bytes:
    """The file of rows to mend of one delivery, CSV in UTF-8. Raises ``Missing``."""
    columns = store.batch(tx, batch_id).columns
    target = io.BytesIO()
    rows = write_mend_file(target, columns, mend_rows(tx, vault, batch_id, language))
    tx.note(batch=str(batch_id), rows=rows)
    return target.getvalue()


def _told(fault: store.FaultRow, language: str) -> tuple[str, str, str]:
    explanation = EXPLANATIONS[Reason(fault.reason)]
    return fault.field, explanation.what.in_(language), explanation.mend.in_(language)


def _opened(vault: Vault, batch_id: UUID, row: store.FaultRow) -> list[str]:
    if row.raw is None:
        return []
    cells: list[str] = orjson.loads(vault.open(row.raw, key="secret", place=raw_place(batch_id, row.row_no)))
    return cells
