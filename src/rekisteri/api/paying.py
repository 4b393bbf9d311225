"""Who pays: answers one by one and by the batch, their receipts, and what invoicing tells back."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Body, Header, Path, Query
from starlette.responses import Response, StreamingResponse

from rekisteri import access, payers
from rekisteri.access import Action
from rekisteri.api import payer_examples as examples
from rekisteri.api.calling import Calling
from rekisteri.api.customer_shapes import Short
from rekisteri.api.desk import JSON, LIMIT_MAX, Desk, done, header, told
from rekisteri.api.payer_shapes import (
    KeysAnswer,
    KeyShape,
    Named,
    ReportedAnswer,
    ReportQuestion,
    ResolvedAnswer,
    ResolveQuestion,
    SettleQuestion,
    TaskAnswer,
    TasksAnswer,
    VerifiedAnswer,
    VerifyQuestion,
)
from rekisteri.ground.errors import Rejected
from rekisteri.payers import By, Receipt, Report

desk = Desk("payers")

BULK_BYTES_MAX = 64 << 20
"""Most bytes of a batch: several hundred thousand lines."""
SPOOL = "incoming"
KEY_MAX = 200
NDJSON = "application/x-ndjson"
IDEMPOTENCY_KEY = header(
    "Idempotency-Key",
    "The same key again changes nothing and answers the same.",
    required=True,
    example="bill-2026-117",
)


@desk.post(
    "/payers/resolve",
    Action.PAYER_RESOLVE,
    ResolvedAnswer,
    extra=examples.asked(JSON, examples.QUESTIONS) | examples.answered(200, JSON, dict(examples.ANSWER)),
)
def resolve_payer(question: ResolveQuestion, caller: Calling) -> Response:
    """Who pays, at which address, by which channel, and may we: one answer, with its receipt.

    A day may be past or to come. Every element tells its rule, its source and its age; what is not certain and what
    is withheld is said. A question without an answer is a problem, never a guess.
    """
    with caller.write(Action.PAYER_RESOLVE) as tx:
        by, identifier = _named(question)
        organisation = access.organisation(tx, question.organisation)
        asked = payers.Question(
            by, identifier, organisation.id, question.payment_reason, question.on, _moment(question.known_at)
        )
        found = payers.resolve(tx, caller.register.office, asked)
    return _whole(found.receipt, found.body, caller.language if question.explain else None)


class NdjsonResponse(StreamingResponse):
    """A JSON object a line."""

    media_type = NDJSON


@desk.post(
    "/payers/bulk",
    Action.PAYER_BATCH,
    body_bytes_max=BULK_BYTES_MAX,
    response_class=NdjsonResponse,
    extra=examples.asked(NDJSON, {"lines": {"summary": "A line a customer", "value": examples.LINES}})
    | examples.answered(200, NDJSON, examples.ANSWERED),
)
def resolve_payers(
    caller: Calling,
    lines: Annotated[bytes, Body(media_type=NDJSON, description="A JSON object a line, or CSV with a heading.")],
    organisation: Annotated[Short, Query()],
    payment_reason: Annotated[Short, Query(description="Of every line that names none.")],
    on: Annotated[date | None, Query(description="Of every line that names none; today unless given.")] = None,
) -> Response:
    """Who pays, for a hundred thousand customers: a line in, a line out, in order, in one act.

    A line names its customer by one of hetu, ytunnus, foreign_id, customer_number, party, and may name a payment_reason
    and a day (on) of its own. A line without an answer gets its problem and the rest go on. The answers leave when
    the act is in the log.
    """
    stack = ExitStack()
    with stack:
        out = stack.enter_context(payers.spool(caller.register.settings.home / SPOOL))
        with caller.write(Action.PAYER_BATCH) as tx:
            usual = payers.Usual(access.organisation(tx, organisation).id, payment_reason, on)
            register, source = caller.register, io.BytesIO(lines)
            payers.bulk(
                tx, register.office, source, usual, out,
                language=caller.language, progress=_silent, crew=register.crew,
            )  # fmt: skip
        return NdjsonResponse(_pieces(out, stack.pop_all()))
    raise AssertionError("the answer left already")


def _pieces(out: payers.Spool, stack: ExitStack) -> Iterator[bytes]:
    with stack:
        yield from out.pieces()


def _silent(_lines: int) -> None:
    """Nobody watches."""


@desk.get("/receipts/keys", Action.PAYER_RECEIPT, KeysAnswer)
def receipt_keys(caller: Calling) -> Response:
    """Every public key receipts were ever signed with."""
    with caller.read(Action.PAYER_RECEIPT) as tx:
        found = payers.public_keys(tx)
    keys = [KeyShape(id=one.id, public=base64.b64encode(one.public).decode(), since_at=one.since_at) for one in found]
    return told(KeysAnswer(keys=keys))


@desk.post("/receipts/verify", Action.PAYER_RECEIPT, VerifiedAnswer)
def verify_receipt(question: VerifyQuestion, caller: Calling) -> Response:
    """Whether a receipt is the register's own, for the very answer it came with."""
    with caller.read(Action.PAYER_RECEIPT) as tx:
        receipt = payers.of_data(question.receipt)
        if receipt is None:
            raise Rejected("That is no receipt; send it as it was given.", field="receipt")
        valid = payers.verify(tx, receipt, orjson.dumps(question.answer))
    return told(VerifiedAnswer(valid=valid))


@desk.get("/receipts/{receipt_id}", Action.PAYER_RECEIPT, ResolvedAnswer)
def show_receipt(
    receipt_id: UUID,
    caller: Calling,
    explain: Annotated[bool, Query(description="Tell it in words too.")] = False,
) -> Response:
    """The answer a receipt is of, byte for byte as it was given.

    Not there for one that tells of somebody a non-disclosure order has come on for since: see /receipts/{id}/covered.
    """
    with caller.read(Action.PAYER_RECEIPT) as tx:
        kept = payers.show(tx, caller.register.vault, receipt_id)
    return _whole(kept.receipt, kept.body, caller.language if explain else None)


@desk.get("/receipts/{receipt_id}/covered", Action.PAYER_RECEIPT_COVERED, ResolvedAnswer)
def covered_receipt(receipt_id: UUID, caller: Calling) -> Response:
    """The same, whatever non-disclosure order has come on since; the log tells who asked."""
    with caller.read(Action.PAYER_RECEIPT_COVERED) as tx:
        kept = payers.show(tx, caller.register.vault, receipt_id)
    return _whole(kept.receipt, kept.body, None)


@desk.post(
    "/payers/reports",
    Action.PAYER_REPORT,
    ReportedAnswer,
    status=HTTPStatus.CREATED,
    headers=(IDEMPOTENCY_KEY,),
    extra=examples.asked(JSON, examples.REPORTS),
)
def report_back(
    question: ReportQuestion,
    caller: Calling,
    idempotency_key: Annotated[
        str | None, Header(alias="Idempotency-Key", max_length=KEY_MAX, include_in_schema=False)
    ] = None,
) -> Response:
    """Tell back: mail returned, channel refused, wrong person, dispute, payment plan, stop set or lifted.

    What is told once is known to every organisation's next answer, and whose claim it is of to nobody.
    """
    with caller.write(Action.PAYER_REPORT) as tx:
        by, identifier = (None, "") if question.receipt is not None else _named(question)
        made = payers.report(
            tx,
            caller.register.office,
            Report(
                kind=question.kind,
                organisation_id=access.organisation(tx, question.organisation).id,
                on=question.on,
                by=by,
                identifier=identifier,
                receipt=question.receipt,
                delivery=question.delivery,
                address=None if question.address is None else question.address.model_dump(exclude_none=True),
                channel=question.channel,
                cause=question.cause,
                reference=question.reference,
                reason=question.reason,
                until=question.until,
            ),
            idempotency_key or "",
        )
    answer = ReportedAnswer(id=made.id, customer=made.party_id, new=made.new, task=made.task)
    return told(answer, status=HTTPStatus.CREATED)


@desk.get("/payers/tasks", Action.WORK_READ, TasksAnswer)
def payer_tasks(
    caller: Calling,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
    cursor: Annotated[UUID | None, Query(description="``cursor`` of the page before.")] = None,
) -> Response:
    """What somebody must do before bills reach a payer again, the oldest first."""
    with caller.read(Action.WORK_READ) as tx:
        found = payers.tasks(tx, limit=limit, cursor=cursor)
    codes = caller.codes(one.organisation_id for one in found)
    lines = [
        TaskAnswer(
            id=one.id,
            kind=one.kind,
            organisation=codes[one.organisation_id],
            customer=one.party_id,
            name=one.name,
            opened_at=one.opened_at,
        )
        for one in found
    ]
    return told(TasksAnswer(tasks=lines, cursor=found[-1].id if len(found) == limit else None))


@desk.post("/payers/tasks/{task_id}/settle", Action.WORK_DECIDE, status=204)
def settle_task(task_id: Annotated[UUID, Path()], question: SettleQuestion, caller: Calling) -> Response:
    """Write down that a task is done, and how."""
    with caller.write(Action.WORK_DECIDE) as tx:
        payers.settle(tx, task_id, question.settlement)
    return done()


def _named(question: Named) -> tuple[By, str]:
    """The one identifier a question names its customer by. Raises ``Rejected``."""
    given = [(by, value) for by in By if (value := getattr(question, by.value)) is not None]
    if len(given) != 1:
        raise Rejected("Name the customer by exactly one identifier.", field="customer")
    by, value = given[0]
    identifier = payers.checked(by, str(value))
    if identifier is None:
        raise Rejected("The identifier is not valid; check it with the customer.", field=by.value)
    return by, identifier


def _moment(moment: datetime | None) -> datetime | None:
    if moment is not None and moment.tzinfo is None:
        raise Rejected("Give the moment with its time zone.", field="known_at")
    return moment


def _whole(receipt: Receipt, body: bytes, language: str | None) -> Response:
    """Receipt and answer, the answer's bytes untouched; in words too where a language is given."""
    content = payers.whole(receipt, body)
    if language is not None:
        chapters = [
            {"key": one.key, "heading": one.heading, "sentences": one.sentences}
            for one in payers.explain(body, language)
        ]
        content = content[:-1] + b',"explanation":' + orjson.dumps(chapters) + b"}"
    return Response(content, media_type=JSON)
