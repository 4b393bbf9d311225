"""Rows that were not taken: kept sealed with their reasons, so that they can be mended and fed back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import orjson

from rekisteri.access import Write
from rekisteri.catalogue import Reason
from rekisteri.ground.keys import Vault
from rekisteri.matching import Doubt

RAW_PLACE = "sources.fault|raw|"


def raw_place(batch_id: UUID, row_no: int) -> str:
    """The place a raw row is sealed for."""
    return f"{RAW_PLACE}{batch_id}|{row_no}"


class Ledger:
    """Gathers the faults of one delivery and writes them chunk by chunk."""

    def __init__(self, tx: Write, vault: Vault, batch_id: UUID, columns: Sequence[str]) -> None:
        self._tx = tx
        self._vault = vault
        self._batch_id = batch_id
        self._columns = columns
        self._rows: list[tuple[int, int, str, str, str, bytes | None]] = []

    def reject(self, row_no: int, row: Sequence[str] | str, faults: Sequence[tuple[str, Reason]]) -> None:
        """A row that does not hold, with every (column, reason)."""
        self._note(row_no, row, faults, "rejected")

    def doubt(self, doubt: Doubt, column: str, row: Sequence[str]) -> None:
        """A row that waits for a person's decision, and the column that is doubted."""
        self._note(doubt.said.row_no or 0, row, [(column, doubt.reason)], "doubt")

    def _note(self, row_no: int, row: Sequence[str] | str, faults: Sequence[tuple[str, Reason]], outcome: str) -> None:
        cells = [row] if isinstance(row, str) else list(row)
        plain = orjson.dumps([cell.encode("utf-8", "replace").decode() for cell in cells])
        sealed = self._vault.seal(plain, key="secret", place=raw_place(self._batch_id, row_no))
        for number, (column, reason) in enumerate(faults):
            self._rows.append((row_no, number, column, reason.value, outcome, sealed if number == 0 else None))

    def flush(self) -> None:
        """Write what was gathered."""
        if not self._rows:
            return
        columns = list(zip(*self._rows, strict=True))
        self._tx.run(
            """
            insert into sources.fault (batch_id, row_no, fault_no, field, reason, outcome, raw)
            select %(batch_id)s, * from unnest(%(rows)s::integer[], %(numbers)s::smallint[], %(fields)s::text[],
                                               %(reasons)s::text[], %(outcomes)s::text[], %(raws)s::bytea[])
            """,
            batch_id=self._batch_id,
            rows=list(columns[0]),
            numbers=list(columns[1]),
            fields=list(columns[2]),
            reasons=list(columns[3]),
            outcomes=list(columns[4]),
            raws=list(columns[5]),
        )
        self._rows.clear()
