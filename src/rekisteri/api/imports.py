"""Imports: a client organisation's deliveries, their faults, and the file to mend them by."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path, PurePath
from typing import Annotated, BinaryIO, Literal
from uuid import UUID

from fastapi import Body, Form, Query, UploadFile
from pydantic import Field
from starlette.responses import Response

from rekisteri import access, parties
from rekisteri.access import Action
from rekisteri.api.calling import Caller, Calling
from rekisteri.api.customer_shapes import Short
from rekisteri.api.desk import LIMIT_MAX, Answer, Desk, told
from rekisteri.catalogue import EXPLANATIONS, Reason
from rekisteri.ground import numbers
from rekisteri.sources import organisations

desk = Desk("imports")

INCOMING = "incoming"
FILE_NAME_MAX = 120
"""Bytes: a folder takes no name much longer."""
FIRST_ROWS = 50
"""So many faulty rows stand in the report itself."""
ROWS_BYTES_MAX = 16 << 20
DELIVERY_BYTES_MAX = 2 << 30
"""Most bytes of rows pushed as NDJSON, and of a whole delivery."""
Mode = Literal["full", "delta"]


class ReasonCountAnswer(Answer):
    """How many rows fell for one reason in one column."""

    field: str
    reason: Reason
    outcome: str | None = None
    what: str
    mend: str
    count: int


class FaultLine(Answer):
    """One fault of one row."""

    row_no: int
    field: str
    reason: Reason
    outcome: str = Field(examples=["rejected"])
    what: str
    mend: str


class ReportAnswer(Answer):
    """How each row of a delivery ended. ``dry_run``: nothing was stored."""

    id: UUID
    dry_run: bool
    organisation: str
    file_name: str
    format: str
    encoding: str
    mode: Mode
    rows: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    doubt: int
    ended: int
    dropped: dict[str, int] = Field(description="Values of columns that no declared item holds, by column.")
    reasons: list[ReasonCountAnswer]
    faults: list[FaultLine] = Field(description="The first rows that were not taken, with every fault of each.")


class BatchAnswer(Answer):
    """A delivery that was taken."""

    id: UUID
    organisation: str
    file_name: str
    format: str
    encoding: str
    mode: Mode
    started_at: datetime
    finished_at: datetime
    rows: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    doubt: int
    ended: int
    dropped: dict[str, int]
    reasons: list[ReasonCountAnswer]


class BatchesAnswer(Answer):
    """Deliveries, the newest first."""

    imports: list[BatchAnswer]
    cursor: UUID | None = Field(description="Send it back for the next page; null at the end.")


class FaultsAnswer(Answer):
    """Faults in the order of the file."""

    faults: list[FaultLine]
    cursor: int | None = Field(description="Send it back for the next page; null at the end.")


@desk.post("/imports", Action.IMPORT_RUN, ReportAnswer, body_bytes_max=DELIVERY_BYTES_MAX)
def take_file(
    file: UploadFile,
    organisation: Annotated[Short, Form()],
    mode: Annotated[Mode, Form()],
    caller: Calling,
    dry_run: Annotated[bool, Form()] = False,
    allow_endings: Annotated[bool, Form()] = False,
) -> Response:
    """Take a delivery: CSV, XLSX or NDJSON, mapped as the organisation's mapping says.

    All or nothing. ``full``: whoever is not in the file is no more the organisation's customer.
    """
    name = file.filename or "delivery"
    return _take(caller, file.file, name, organisation, mode, dry_run=dry_run, allow_endings=allow_endings)


@desk.post("/imports/rows", Action.IMPORT_RUN, ReportAnswer, body_bytes_max=ROWS_BYTES_MAX)
def take_rows(
    caller: Calling,
    rows: Annotated[bytes, Body(media_type="application/x-ndjson", description="A JSON object a line.")],
    organisation: Annotated[Short, Query()],
    dry_run: bool = False,
) -> Response:
    """Take some rows as NDJSON, as a delta: for systems that tell of changes as they happen."""
    return _take(caller, io.BytesIO(rows), "rows.ndjson", organisation, "delta", dry_run=dry_run)


@desk.get("/imports", Action.IMPORT_READ, BatchesAnswer)
def imports(
    caller: Calling,
    organisation: Annotated[Short | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
    cursor: Annotated[UUID | None, Query(description="``cursor`` of the page before.")] = None,
) -> Response:
    """Deliveries, the newest first."""
    with caller.read(Action.IMPORT_READ) as tx:
        organisation_id = None if organisation is None else access.organisation(tx, organisation).id
        found = organisations.batches(tx, organisation_id=organisation_id, before=cursor, limit=limit)
    codes = caller.codes(batch.organisation_id for batch in found)
    lines = [_batch(batch, codes[batch.organisation_id], []) for batch in found]
    return told(BatchesAnswer(imports=lines, cursor=found[-1].id if len(found) == limit else None))


@desk.get("/imports/{batch_id}", Action.IMPORT_READ, BatchAnswer)
def one_import(batch_id: UUID, caller: Calling) -> Response:
    """One delivery, with its faults counted."""
    with caller.read(Action.IMPORT_READ) as tx:
        batch = organisations.batch(tx, batch_id)
        counts = organisations.fault_counts(tx, batch_id)
    codes = caller.codes([batch.organisation_id])
    reasons = [_count(one.field, Reason(one.reason), one.count, one.outcome, caller.language) for one in counts]
    return told(_batch(batch, codes[batch.organisation_id], reasons))


@desk.get("/imports/{batch_id}/faults", Action.IMPORT_READ, FaultsAnswer)
def faults(
    batch_id: UUID,
    caller: Calling,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 100,
    cursor: Annotated[int, Query(ge=0, le=1 << 31)] = 0,
) -> Response:
    """Every fault with its row, field, reason and mend: ``limit`` rows a page, each with all its faults."""
    with caller.read(Action.IMPORT_READ) as tx:
        organisations.batch(tx, batch_id)
        found = organisations.fault_rows(tx, batch_id, after=cursor, limit=limit)
    lines = _fault_lines(found, caller.language)
    full = len({one.row_no for one in found}) == limit
    return told(FaultsAnswer(faults=lines, cursor=found[-1].row_no if full else None))


class CsvResponse(Response):
    """A CSV file in UTF-8."""

    media_type = "text/csv"


@desk.get("/imports/{batch_id}/mend", Action.IMPORT_READ, response_class=CsvResponse)
def mend(batch_id: UUID, caller: Calling) -> Response:
    """The rows that were not taken, as a CSV file with their reasons: mend it and send it again."""
    with caller.read(Action.IMPORT_READ) as tx:
        content = organisations.mend_file(tx, caller.register.vault, batch_id, caller.language)
    disposition = {"Content-Disposition": f'attachment; filename="mend-{batch_id}.csv"'}
    return CsvResponse(content, headers=disposition)


def _take(
    caller: Caller,
    source: BinaryIO,
    name: str,
    organisation: str,
    mode: Mode,
    *,
    dry_run: bool,
    allow_endings: bool = False,
) -> Response:
    register = caller.register
    plain = _plain_name(name)
    with (
        _set_down(register.settings.home, source, plain) as path,
        caller.write(Action.IMPORT_RUN) as tx,
    ):
        request = organisations.Request(
            path=path,
            file_name=plain,
            organisation_id=access.organisation(tx, organisation).id,
            mapping=register.mapping(organisation),
            full=mode == "full",
            allow_endings=allow_endings,
            artificial_hetu=register.settings.artificial_hetu,
            ordinary_hetu=register.settings.ordinary_hetu,
        )
        with tx.rehearsal() if dry_run else nullcontext():
            report = organisations.run(tx, register.vault, request, _silent)
            first = organisations.fault_rows(tx, report.batch_id, limit=FIRST_ROWS)
    parties.settle(register.database)
    return told(_report(report, first, organisation, caller.language, dry_run=dry_run))


@contextmanager
def _set_down(home: Path, source: BinaryIO, name: str) -> Iterator[Path]:
    """The bytes as a file of the register's own, readable by it alone, removed at the end.

    Under its own name: a file that is refused whole is named in the refusal.
    """
    folder = home / INCOMING
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as own:
        path = Path(own) / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
        yield path


def _plain_name(name: str) -> str:
    """A file's name without folders, control characters, or anything like an identity code."""
    plain = "".join(sign for sign in PurePath(name.replace("\\", "/")).name if sign.isprintable())
    return numbers.without_hetu(plain).lstrip(".").encode()[-FILE_NAME_MAX:].decode(errors="ignore") or "delivery"


def _silent(_rows: int) -> None:
    """Nobody watches."""


def _report(
    report: organisations.Report,
    first: list[organisations.FaultRow],
    organisation: str,
    language: str,
    *,
    dry_run: bool,
) -> ReportAnswer:
    return ReportAnswer(
        id=report.batch_id,
        dry_run=dry_run,
        organisation=organisation,
        file_name=report.file_name,
        format=report.format,
        encoding=report.encoding,
        mode="full" if report.full else "delta",
        rows=report.rows,
        new=report.new,
        changed=report.changed,
        unchanged=report.unchanged,
        rejected=report.rejected,
        doubt=report.doubt,
        ended=report.ended,
        dropped=dict(report.dropped),
        reasons=[
            _count(field, Reason(reason), count, None, language)
            for (reason, field), count in report.reasons.most_common()
        ],
        faults=_fault_lines(first, language),
    )


def _batch(batch: organisations.Batch, organisation: str, reasons: list[ReasonCountAnswer]) -> BatchAnswer:
    return BatchAnswer(
        id=batch.id,
        organisation=organisation,
        file_name=batch.file_name,
        format=batch.format,
        encoding=batch.encoding,
        mode="full" if batch.mode == "full" else "delta",
        started_at=batch.started_at,
        finished_at=batch.finished_at,
        rows=batch.row_count,
        new=batch.new_count,
        changed=batch.changed_count,
        unchanged=batch.unchanged_count,
        rejected=batch.rejected_count,
        doubt=batch.doubt_count,
        ended=batch.ended_count,
        dropped=batch.dropped,
        reasons=reasons,
    )


def _fault_lines(found: list[organisations.FaultRow], language: str) -> list[FaultLine]:
    return [
        FaultLine(
            row_no=one.row_no,
            field=one.field,
            reason=Reason(one.reason),
            outcome=one.outcome,
            what=EXPLANATIONS[Reason(one.reason)].what.in_(language),
            mend=EXPLANATIONS[Reason(one.reason)].mend.in_(language),
        )
        for one in found
    ]


def _count(field: str, reason: Reason, count: int, outcome: str | None, language: str) -> ReasonCountAnswer:
    return ReasonCountAnswer(
        field=field,
        reason=reason,
        outcome=outcome,
        what=EXPLANATIONS[reason].what.in_(language),
        mend=EXPLANATIONS[reason].mend.in_(language),
        count=count,
    )
