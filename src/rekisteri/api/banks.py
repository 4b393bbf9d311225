"""Banks: their files, messages that wait for a person, sender notices and how each bank stands to them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO
from uuid import UUID

from fastapi import Query, UploadFile
from starlette.responses import Response

from rekisteri import access
from rekisteri.access import Action
from rekisteri.api.bank_shapes import (
    BANKS_MOST,
    AffectedAnswer,
    AffectedPayer,
    BankAnswerLine,
    BankAnswersAnswer,
    CandidateAnswer,
    DecidedAnswer,
    DeliveriesAnswer,
    DraftedAnswer,
    FileAnswer,
    FileDecision,
    FileReportAnswer,
    FilesAnswer,
    HeldDetailAnswer,
    HeldListAnswer,
    IdentifierAnswer,
    MessageDecision,
    NoticeAnswer,
    NoticeDetailAnswer,
    NoticeDraft,
    NoticeEnding,
    NoticesAnswer,
    OrderMessageAnswer,
    OrderMessagesAnswer,
    OrderStateAnswer,
    PauseQuestion,
    ProposalQuestion,
    ProposedAnswer,
    at_bank_answer,
    file_answer,
    held_answer,
    held_because,
    report_answer,
)
from rekisteri.api.calling import Calling
from rekisteri.api.customer_shapes import Short
from rekisteri.api.desk import LIMIT_MAX, Desk, told
from rekisteri.sources import banks

desk = Desk("banks")

INCOMING = "incoming"
CHANNEL = "api"
FILE_BYTES_MAX = 1 << 30


@desk.post("/banks/files", Action.BANK_IMPORT, FileReportAnswer, body_bytes_max=FILE_BYTES_MAX)
def take_bank_file(file: UploadFile, caller: Calling) -> Response:
    """Take a bank's file: receiver infos and acknowledgements. It is taken whole, or quarantined whole.

    The same file again changes nothing.
    """
    register = caller.register
    with _set_down(register.settings.home, file.file) as path, caller.write(Action.BANK_IMPORT) as tx:
        delivery = banks.Delivery(path, file.filename or "", CHANNEL)
        report = banks.take(tx, register.vault, delivery, lambda _: None)
    return told(report_answer(report, caller.language))


@desk.get("/banks/files", Action.BANK_READ, FilesAnswer)
def bank_files(
    caller: Calling,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
    cursor: Annotated[UUID | None, Query(description="``cursor`` of the page before.")] = None,
) -> Response:
    """Files that came from banks, the newest first."""
    with caller.read(Action.BANK_READ) as tx:
        found = banks.bank_files(tx, before=cursor, limit=limit)
    lines = [file_answer(one, caller.language) for one in found]
    return told(FilesAnswer(files=lines, cursor=found[-1].id if len(found) == limit else None))


@desk.get("/banks/files/{file_id}", Action.BANK_READ, FileAnswer)
def bank_file(file_id: UUID, caller: Calling) -> Response:
    """One file."""
    with caller.read(Action.BANK_READ) as tx:
        found = banks.bank_file(tx, file_id)
    return told(file_answer(found, caller.language))


@desk.post("/banks/files/{file_id}/decision", Action.WORK_DECIDE, FileAnswer)
def decide_bank_file(file_id: UUID, question: FileDecision, caller: Calling) -> Response:
    """Read a quarantined file again as it came, or set it aside for good."""
    with caller.write(Action.WORK_DECIDE) as tx:
        if question.decision == "released":
            banks.release_file(tx, caller.register.vault, file_id, reason=question.reason)
        else:
            banks.reject_file(tx, file_id, reason=question.reason)
        found = banks.bank_file(tx, file_id)
    return told(file_answer(found, caller.language))


@desk.get("/banks/work", Action.WORK_READ, HeldListAnswer)
def bank_work(
    caller: Calling,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
    cursor: Annotated[UUID | None, Query(description="``cursor`` of the page before.")] = None,
) -> Response:
    """Messages that wait for a person, the oldest first."""
    with caller.read(Action.WORK_READ) as tx:
        found = banks.held_list(tx, limit=limit, cursor=cursor)
        count = banks.held_count(tx)
    codes = caller.codes(one.organisation_id for one in found)
    lines = [held_answer(one, codes, caller.language) for one in found]
    return told(HeldListAnswer(messages=lines, count=count, cursor=found[-1].id if len(found) == limit else None))


@desk.get("/banks/work/{message_id}", Action.WORK_READ, HeldDetailAnswer)
def bank_message(message_id: UUID, caller: Calling) -> Response:
    """One message that waits: what it says, and which customers it may be about."""
    with caller.read(Action.WORK_READ) as tx:
        found = banks.held(tx, caller.register.vault, message_id)
    codes = caller.codes([found.line.organisation_id])
    return told(
        HeldDetailAnswer(
            held=held_answer(found.line, codes, caller.language),
            outcome=found.outcome,
            identifiers=[IdentifierAnswer(type=kind, text=text) for kind, text in found.identifiers],
            name=found.name,
            address=found.address,
            due_day=found.due_day,
            candidates=[
                CandidateAnswer(
                    customer=one.party_id, name=one.name, speaks_for=list(one.fors), speaks_against=list(one.againsts)
                )
                for one in found.candidates
            ],
            decision=found.decision,
            decision_reason=found.decision_reason,
        )
    )


@desk.post("/banks/work/{message_id}/decision", Action.WORK_DECIDE, DecidedAnswer)
def decide_bank_message(message_id: UUID, question: MessageDecision, caller: Calling) -> Response:
    """Decide a message: whose order it is, that it is not acted on, or that its cause is mended.

    What the payer wishes can't be changed.
    """
    left = None
    vault = caller.register.vault
    with caller.write(Action.WORK_DECIDE) as tx:
        if question.decision == "released":
            left = banks.release(tx, vault, message_id, reason=question.reason)
        else:
            banks.decide(
                tx, vault, message_id, question.decision, reason=question.reason, party_id=question.customer
            )  # fmt: skip
    return told(DecidedAnswer(held_still=held_because(left, caller.language)))


@desk.get("/banks/notices", Action.BANK_NOTICES, NoticesAnswer)
def sender_notices(caller: Calling) -> Response:
    """Sender notices with the number of orders in force under each."""
    with caller.read(Action.BANK_NOTICES) as tx:
        found = banks.notices(tx)
    codes = caller.codes(one.organisation_id for one in found)
    return told(
        NoticesAnswer(
            notices=[
                NoticeAnswer(
                    notice=one.id,
                    organisation=codes[one.organisation_id],
                    payment_reason=one.payment_reason,
                    version=one.version,
                    action=one.action,
                    created_at=one.created_at,
                    issued_at=one.issued_at,
                    ended_at=one.ended_at,
                    orders=one.orders,
                )
                for one in found
            ]
        )
    )


@desk.get("/banks/notices/{notice_id}", Action.BANK_NOTICES, NoticeDetailAnswer)
def sender_notice(notice_id: UUID, caller: Calling) -> Response:
    """One notice: its newest version, and how each version stands at each bank."""
    with caller.read(Action.BANK_NOTICES) as tx:
        organisation_id = banks.notice_organisation(tx, notice_id)
        newest = banks.versions(tx, notice_id)[0]
        at_banks = banks.deliveries(tx, notice_id)
    return told(
        NoticeDetailAnswer(
            notice=notice_id,
            organisation=caller.codes([organisation_id])[organisation_id],
            version=newest.version,
            issued_at=newest.issued_at,
            content=banks.to_json(newest.notice),
            at_banks=[at_bank_answer(one) for one in at_banks],
        )
    )


@desk.post("/banks/notices", Action.BANK_ANNOUNCE, DraftedAnswer)
def draft_sender_notice(question: NoticeDraft, caller: Calling) -> Response:
    """Keep a notice as a draft, checked against the banks' rules; nothing is sent."""
    with caller.write(Action.BANK_ANNOUNCE) as tx:
        notice = banks.from_json(question.content)
        notice_id = banks.draft(tx, access.organisation(tx, question.organisation).id, notice)
    return told(DraftedAnswer(notice=notice_id))


@desk.post("/banks/notices/{notice_id}/issue", Action.BANK_ANNOUNCE, DeliveriesAnswer)
def issue_sender_notice(notice_id: UUID, caller: Calling) -> Response:
    """Make the draft the notice's word: a message to each bank is ready to be sent."""
    with caller.write(Action.BANK_ANNOUNCE) as tx:
        at_banks = banks.issue(tx, notice_id)
    return told(DeliveriesAnswer(at_banks=[at_bank_answer(one) for one in at_banks]))


@desk.get("/banks/notices/{notice_id}/affected", Action.BANK_ANNOUNCE, AffectedAnswer)
def affected_payers(
    notice_id: UUID,
    caller: Calling,
    bank: Annotated[list[Short], Query(min_length=1, max_length=BANKS_MOST)],
) -> Response:
    """Whose orders would end if the notice ended at the banks."""
    with caller.read(Action.BANK_ANNOUNCE) as tx:
        found = banks.affected(tx, notice_id, bank)
    payers = [AffectedPayer(customer=one.party_id, name=one.name, bank=one.bank) for one in found]
    return told(AffectedAnswer(count=len(payers), payers=payers))


@desk.post("/banks/notices/{notice_id}/end", Action.BANK_ANNOUNCE, DeliveriesAnswer)
def end_sender_notice(notice_id: UUID, question: NoticeEnding, caller: Calling) -> Response:
    """End a notice at banks: every order there ends with it. Refused where ``confirmed`` is another number now."""
    with caller.write(Action.BANK_ANNOUNCE) as tx:
        at_banks = banks.end(tx, notice_id, question.banks, confirmed=question.confirmed)
    return told(DeliveriesAnswer(at_banks=[at_bank_answer(one) for one in at_banks]))


@desk.post("/banks/notices/{notice_id}/proposals", Action.BANK_ANNOUNCE, ProposedAnswer)
def propose_to_bank(notice_id: UUID, question: ProposalQuestion, caller: Calling) -> Response:
    """Propose to a payer's bank that e-invoices be sent to an address the payer gave; it goes out with the next exchange."""
    with caller.write(Action.BANK_ANNOUNCE) as tx:
        made = banks.propose(
            tx, caller.register.vault, notice_id, question.customer, bank=question.bank, address=question.address,
            free_text=question.free_text,
        )  # fmt: skip
    return told(ProposedAnswer(proposal=made))


@desk.get("/banks/customers/{party_id}", Action.BANK_READ, OrderMessagesAnswer)
def customer_messages(party_id: UUID, caller: Calling) -> Response:
    """Why a customer's orders at banks are as they are: the messages they follow from, the newest first."""
    with caller.read(Action.BANK_READ) as tx:
        found = banks.customer_messages(tx, party_id)
    codes = caller.codes(one.organisation_id for one in found)
    return told(
        OrderMessagesAnswer(
            messages=[
                OrderMessageAnswer(
                    message=one.id,
                    order=one.record_id,
                    organisation=codes[one.organisation_id],
                    payment_reason=one.payment_reason,
                    said_at=one.said_at,
                    action=one.action,
                    kind=one.kind,
                    operator=one.operator,
                    why=banks.told_rule(one.rule, one.evidence, caller.language),
                    decision_reason=one.decision_reason,
                    file=one.file_id,
                    position=one.position,
                )
                for one in found
            ],
        )
    )


@desk.post("/banks/orders/{order_id}/pause", Action.WORK_DECIDE, OrderStateAnswer)
def pause_order(order_id: UUID, question: PauseQuestion, caller: Calling) -> Response:
    """Pause an order that invoices can't be brought to, or lift the pause. What the payer wishes can't be changed."""
    with caller.write(Action.WORK_DECIDE) as tx:
        change = banks.suspend if question.paused else banks.resume
        change(tx, caller.register.vault, order_id, reason=question.reason)
        found = banks.order_standing(tx, order_id)
    return told(OrderStateAnswer(order=order_id, in_force=found.in_force, paused=found.paused, since=found.since))


@desk.get("/banks/answers", Action.BANK_READ, BankAnswersAnswer)
def bank_answers(caller: Calling, limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50) -> Response:
    """What banks have answered to notices and proposals, the newest first."""
    with caller.read(Action.BANK_READ) as tx:
        found = banks.bank_answers(tx, limit=limit)
    return told(
        BankAnswersAnswer(
            answers=[
                BankAnswerLine(
                    bank=one.bank,
                    at=one.framed_at,
                    code=one.code,
                    what=banks.CODES[one.code].in_(caller.language) if one.code in banks.CODES else None,
                    text=one.answer,
                    message=one.original_id,
                    ours=one.delivery_id is not None or one.proposal_id is not None,
                )
                for one in found
            ]
        )
    )


@contextmanager
def _set_down(home: Path, source: BinaryIO) -> Iterator[Path]:
    """The bytes as a file of the register's own, readable by it alone, removed at the end."""
    folder = home / INCOMING
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
