"""Banks: files that came, messages that wait for a person, and why an order is as it is."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from starlette.datastructures import UploadFile
from starlette.responses import Response

from rekisteri import access
from rekisteri.access import Action
from rekisteri.catalogue import BY_NAME
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.sources import banks
from rekisteri.web.desk import Desk, Page, names_of

UPLOAD_MAX_BYTES = 64 << 20
"""A larger file goes by the command line or by the exchange: nobody waits for it at a page."""
INCOMING = "incoming"
LIST_MAX = 50
CHANNEL = "upload"


def files(desk: Desk) -> Response:
    """The form to bring a file in by, and what has come."""
    return _files(desk)


def _files(desk: Desk, *, mistake: str = "", status: int = 200) -> Response:
    before = _id_or_none(desk.query("ennen"))
    with desk.register.door.read(desk.viewer, Action.BANK_READ, desk.purpose, case=desk.case) as tx:
        found = banks.bank_files(tx, before=before, limit=LIST_MAX)
        answers = banks.bank_answers(tx, limit=LIST_MAX)
        names = bank_names(banks.intermediators(tx))
    return desk.show(
        "bank_files.html",
        status=status,
        files=found,
        answers=answers,
        bank_names=names,
        explanations=banks.EXPLANATIONS,
        codes=banks.CODES,
        mistake=mistake,
        most=UPLOAD_MAX_BYTES >> 20,
        next=found[-1].id if len(found) == LIST_MAX else None,
    )


def bring_in(desk: Desk) -> Response:
    """Take a file at once; its page tells what came of it."""
    upload = desk.upload("tiedosto")
    if upload is None:
        return _files(desk, mistake=desk.say("Valitse tiedosto."), status=422)
    with _set_down(desk.register.settings.home, upload) as path, desk.write() as tx:
        delivery = banks.Delivery(path, upload.filename or "", CHANNEL)
        report = banks.take(tx, desk.register.vault, delivery, lambda _: None)
    return desk.go(f"/pankit/aineistot/{report.file_id}", done="" if report.state == "taken" else report.state)


@contextmanager
def _set_down(home: Path, upload: UploadFile) -> Iterator[Path]:
    """The bytes as a file of the register's own, readable by it alone, removed at the end."""
    folder = home / INCOMING
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as sink:
            shutil.copyfileobj(upload.file, sink, 1 << 20)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def file(desk: Desk) -> Response:
    """One file: how its messages ended, or why it does not hold."""
    return _file(desk)


def _file(desk: Desk, *, error: Rejected | Conflict | None = None) -> Response:
    file_id = desk.path_id("file_id")
    with desk.register.door.read(desk.viewer, Action.BANK_READ, desk.purpose, case=desk.case) as tx:
        found = banks.bank_file(tx, file_id)
        counts = banks.outcomes(tx, file_id)
        of_mandates = banks.mandate_outcomes(tx, file_id)
    return desk.show(
        "bank_file.html",
        status=error.status if error else 200,
        file=found,
        counts=[*counts, *of_mandates],
        of_mandates=bool(of_mandates),
        outcomes=banks.OUTCOMES,
        explanations=banks.EXPLANATIONS,
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
        reason=desk.field("perustelu"),
    )


def decide_file(desk: Desk) -> Response:
    """Read a quarantined file again, or set it aside for good."""
    file_id = desk.path_id("file_id")
    try:
        with desk.write() as tx:
            if desk.field("ratkaisu") == "released":
                banks.release_file(tx, desk.register.vault, file_id, reason=desk.field("perustelu"))
            else:
                banks.reject_file(tx, file_id, reason=desk.field("perustelu"))
    except (Rejected, Conflict) as error:
        return _file(desk, error=error)
    return desk.go(f"/pankit/aineistot/{file_id}", done="ratkaistu")


def queue(desk: Desk) -> Response:
    """Messages that wait, the oldest first."""
    with desk.read() as tx:
        found = banks.held_list(tx, limit=LIST_MAX, cursor=_id_or_none(desk.query("jalkeen")))
        files_waiting = banks.quarantined_count(tx)
        count = banks.held_count(tx) - files_waiting
        names = names_of(access.organisations(tx))
        of_banks = bank_names(banks.intermediators(tx))
    return desk.show(
        "bank_work.html",
        items=found,
        count=count,
        files_waiting=files_waiting,
        names=names,
        bank_names=of_banks,
        explanations=banks.EXPLANATIONS,
        actions=banks.ACTIONS,
        next=found[-1].id if len(found) == LIST_MAX else None,
    )


def item(desk: Desk) -> Response:
    """One message and whom it may be about."""
    return _item(desk)


def _item(desk: Desk, *, error: Rejected | None = None, left: banks.Hold | None = None) -> Response:
    message_id = desk.path_id("message_id")
    with desk.register.door.read(desk.viewer, Action.WORK_READ, desk.purpose, case=desk.case) as tx:
        detail = banks.held(tx, desk.register.vault, message_id)
        names = names_of(access.organisations(tx))
        of_banks = bank_names(banks.intermediators(tx))
    return desk.show(
        "bank_item.html",
        status=error.status if error else 200,
        detail=detail,
        names=names,
        bank_names=of_banks,
        explanations=banks.EXPLANATIONS,
        evidence=banks.EVIDENCE,
        againsts=banks.AGAINSTS,
        actions=banks.ACTIONS,
        outcomes=banks.OUTCOMES,
        kinds=BY_NAME["bank_order"].part("kind").kind.codes,
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
        left=left,
        decision=desk.field("ratkaisu"),
        customer=desk.field("asiakas"),
        reason=desk.field("perustelu"),
    )


def decide(desk: Desk) -> Response:
    """Match, reject or release a message, and go on to the next; what is held still is told."""
    message_id = desk.path_id("message_id")
    decision, reason = desk.field("ratkaisu"), desk.field("perustelu")
    left = None
    try:
        with desk.write() as tx:
            if decision == "released":
                left = banks.release(tx, desk.register.vault, message_id, reason=reason)
            else:
                party_id = _id_or_none(desk.field("muu") or desk.field("asiakas"))
                banks.decide(tx, desk.register.vault, message_id, decision, reason=reason, party_id=party_id)
    except Rejected as error:
        return _item(desk, error=error)
    except Conflict:
        return desk.go("/pankit/tyot", done="ehditty")
    if left is not None:
        return _item(desk, left=left)
    with desk.register.door.read(desk.viewer, Action.WORK_READ, desk.purpose, case=desk.case) as tx:
        next_ = banks.held_list(tx, limit=1, cursor=message_id) or banks.held_list(tx, limit=1)
    return desk.go(f"/pankit/tyot/{next_[0].id}" if next_ else "/pankit/tyot", done="ratkaistu")


def order(desk: Desk) -> Response:
    """Why a payer's order is as it is: the messages it follows from, and by which rule each was found to be the payer's."""
    return _order(desk)


def _order(desk: Desk, *, error: Rejected | Conflict | None = None) -> Response:
    record_id = desk.path_id("record_id")
    with desk.register.door.read(desk.viewer, Action.BANK_READ, desk.purpose, case=desk.case) as tx:
        found = banks.order_messages(tx, record_id)
        standing = banks.order_standing(tx, record_id)
        pauses = banks.order_pauses(tx, record_id)
        of_banks = bank_names(banks.intermediators(tx))
    told = [(one, banks.told_rule(one.rule, one.evidence, desk.tongue.code)) for one in found]
    return desk.show(
        "bank_order.html",
        status=error.status if error else 200,
        record_id=record_id,
        standing=standing,
        pauses=pauses,
        codes=banks.CODES,
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
        reason=desk.field("perustelu"),
        messages=told,
        bank_names=of_banks,
        actions=banks.ACTIONS,
        kinds=BY_NAME["bank_order"].part("kind").kind.codes,
    )


def pause(desk: Desk) -> Response:
    """Pause a payer's order that invoices can't be brought to, or lift the pause."""
    record_id = desk.path_id("record_id")
    change = banks.resume if desk.field("tauko") == "pois" else banks.suspend
    try:
        with desk.write() as tx:
            change(tx, desk.register.vault, record_id, reason=desk.field("perustelu"))
    except (Rejected, Conflict) as error:
        return _order(desk, error=error)
    return desk.go(f"/pankit/toimeksianto/{record_id}", done="tauko")


def bank_names(known: list[banks.Intermediator]) -> dict[str, str]:
    """Names of banks and operators by code."""
    return {one.code: one.name for one in known}


def _id_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


PAGES = (
    Page("/pankit/aineistot", files, Action.BANK_READ),
    Page(
        "/pankit/aineistot",
        bring_in,
        Action.BANK_IMPORT,
        "POST",
        leads_to=Action.BANK_IMPORT,
        body_max=UPLOAD_MAX_BYTES,
    ),
    Page("/pankit/aineistot/{file_id}", file, Action.BANK_READ),
    Page("/pankit/aineistot/{file_id}", decide_file, Action.WORK_DECIDE, "POST"),
    Page("/pankit/tyot", queue, Action.WORK_READ),
    Page("/pankit/tyot/{message_id}", item, Action.WORK_READ),
    Page("/pankit/tyot/{message_id}", decide, Action.WORK_DECIDE, "POST"),
    Page("/pankit/toimeksianto/{record_id}", order, Action.BANK_READ),
    Page("/pankit/toimeksianto/{record_id}", pause, Action.WORK_DECIDE, "POST"),
)
