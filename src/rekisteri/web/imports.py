"""Deliveries of client organisations: hand in, look through, take, see what to mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import FileResponse, Response

from rekisteri import access
from rekisteri.access import Action, Organisation, decide_organisation
from rekisteri.catalogue import EXPLANATIONS, Explanation, Reason
from rekisteri.ground.errors import Missing
from rekisteri.ground.ids import BatchId
from rekisteri.sources import organisations
from rekisteri.sources.organisations import FaultRow
from rekisteri.web.deliveries import Delivery, Handover, Stage
from rekisteri.web.desk import Desk, Page, names_of

UPLOAD_MAX_BYTES = 2**30
LIST_MAX = 50
FAULT_PAGE = 100
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows fell for one reason in one column."""

    column: str
    explanation: Explanation
    outcome: str
    count: int


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One fault of one row, in words."""

    row_no: int
    column: str
    explanation: Explanation
    outcome: str


def overview(desk: Desk) -> Response:
    """The form to hand a file in by, and what has come before."""
    return _overview(desk)


def _overview(desk: Desk, *, mistake: str = "", status: int = 200) -> Response:
    with desk.register.door.read(desk.viewer, Action.IMPORT_READ, desk.purpose, case=desk.case) as tx:
        found = organisations.batches(tx, limit=LIST_MAX)
        every = access.organisations(tx)
    own = [one for one in every if one.ended_at is None and desk.viewer.reaches(one.id)]
    return desk.show(
        "imports.html",
        status=status,
        batches=found,
        names=names_of(every),
        options=[(one.code, one.name) for one in own],
        organisation=desk.field("organisaatio") or (own[0].code if len(own) == 1 else ""),
        mode=desk.field("laajuus"),
        mistake=mistake,
        most=UPLOAD_MAX_BYTES // 2**20,
    )


def hand_in(desk: Desk) -> Response:
    """Set a file down and begin to look through it, or to take it at once where that was asked for."""
    upload = desk.upload("tiedosto")
    mode = desk.field("laajuus")
    if upload is None or mode not in {"full", "delta"} or not desk.field("organisaatio"):
        return _overview(desk, mistake=desk.say("Valitse organisaatio, aineiston laajuus ja tiedosto."), status=422)
    organisation = _organisation(desk, desk.field("organisaatio"))
    handover = Handover(desk.viewer, desk.purpose, desk.case, organisation, full=mode == "full")
    deliveries = desk.face.deliveries
    delivery = deliveries.receive(upload.file, upload.filename or "", handover)
    deliveries.start(delivery, dry=desk.field("heti") != "k")
    return desk.go(f"/tuonti/tila/{delivery.ticket}")


def state(desk: Desk) -> Response:
    """How far a file is, and its report when it has been looked through."""
    delivery = desk.face.deliveries.glance(desk.viewer.account_id, desk.request.path_params["ticket"])
    if delivery.stage is Stage.TAKEN and delivery.report is not None:
        return desk.go(f"/tuonti/{delivery.report.batch_id}")
    if desk.partial and delivery.running:
        return desk.show("part/progress.html", delivery=delivery)
    if desk.partial:
        return desk.go(f"/tuonti/tila/{delivery.ticket}")
    said = desk.face.phrases.tell(delivery.error, desk.tongue.code) if delivery.error else None
    page = _page_number(desk, len(delivery.faults))
    start = (page - 1) * FAULT_PAGE
    return desk.show(
        "delivery.html",
        delivery=delivery,
        report=delivery.report,
        said=said,
        counts=_counted(delivery.report.reasons) if delivery.report else [],
        lines=_lines(delivery.faults[start : start + FAULT_PAGE]),
        page=page,
        more=len(delivery.faults) > start + FAULT_PAGE,
    )


def take(desk: Desk) -> Response:
    """Take a file that was looked through, or look through it again with many endings allowed."""
    delivery = _delivery(desk)
    if delivery.may_allow_endings:
        desk.face.deliveries.start(delivery, dry=True, allow_endings=True)
    elif delivery.stage is Stage.CHECKED:
        desk.face.deliveries.start(delivery, dry=False)
    return desk.go(f"/tuonti/tila/{delivery.ticket}")


def discard(desk: Desk) -> Response:
    """Throw a file away."""
    desk.face.deliveries.discard(_delivery(desk))
    return desk.go("/tuonti", done="hylatty")


def dry_mend_file(desk: Desk) -> Response:
    """The rows to mend of a file that was only looked through."""
    delivery = _delivery(desk)
    if not delivery.mend_path.exists():
        raise Missing("There are no rows to mend.")
    return FileResponse(delivery.mend_path, media_type=CSV, filename="korjattavat.csv")


def batch(desk: Desk) -> Response:
    """A delivery that was taken: its counts, what was dropped, and its faults row by row."""
    batch_id = BatchId(desk.path_id("batch_id"))
    after = desk.query("alkaen")
    start = int(after) if after.isascii() and after.isdigit() else 0
    with desk.read() as tx:
        found = organisations.batch(tx, batch_id)
        counts = organisations.fault_counts(tx, batch_id)
        rows = organisations.fault_rows(tx, batch_id, after=start, limit=FAULT_PAGE + 1)
        every = access.organisations(tx)
    shown = _whole_rows(rows)
    return desk.show(
        "batch.html",
        batch=found,
        organisation=names_of(every)[found.organisation_id],
        counts=[Counted(one.field, EXPLANATIONS[Reason(one.reason)], one.outcome, one.count) for one in counts],
        lines=_lines(shown),
        start=start,
        next=shown[-1].row_no if len(rows) > FAULT_PAGE else None,
    )


def mend_file(desk: Desk) -> Response:
    """The rows to mend of a delivery, as a file that can be handed in again."""
    batch_id = BatchId(desk.path_id("batch_id"))
    with desk.read() as tx:
        text = organisations.mend_file(tx, desk.register.vault, batch_id, desk.tongue.code)
    headers = {"content-disposition": f'attachment; filename="korjattavat-{batch_id}.csv"'}
    return Response(text, media_type=CSV, headers=headers)


def _whole_rows(rows: Sequence[FaultRow]) -> Sequence[FaultRow]:
    """A page of faults that cuts no row in two, unless one row fills it."""
    if len(rows) <= FAULT_PAGE:
        return rows
    cut = rows[-1].row_no
    return [one for one in rows if one.row_no != cut] or rows[:FAULT_PAGE]


def _lines(rows: Sequence[FaultRow]) -> list[FaultLine]:
    return [FaultLine(one.row_no, one.field, EXPLANATIONS[Reason(one.reason)], one.outcome) for one in rows]


def _counted(reasons: Mapping[tuple[str, str], int]) -> list[Counted]:
    ranked = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Counted(column, EXPLANATIONS[Reason(reason)], "", count) for (reason, column), count in ranked]


def _page_number(desk: Desk, found: int) -> int:
    text = desk.query("sivu")
    number = int(text) if text.isascii() and text.isdigit() else 1
    return min(max(number, 1), max(1, -(-found // FAULT_PAGE)))


def _delivery(desk: Desk) -> Delivery:
    return desk.face.deliveries.find(desk.viewer.account_id, desk.request.path_params["ticket"])


def _organisation(desk: Desk, code: str) -> Organisation:
    """A client organisation within the viewer's scope. Raises ``Missing``, ``Refused``."""
    with desk.register.door.read(desk.viewer, Action.ORGANISATION_READ, desk.purpose, case=desk.case) as tx:
        found = access.organisation(tx, code)
    decide_organisation(desk.viewer, found.id)
    return found


PAGES = (
    Page("/tuonti", overview, Action.IMPORT_READ),
    Page("/tuonti", hand_in, Action.IMPORT_RUN, "POST", leads_to=Action.IMPORT_RUN, body_max=UPLOAD_MAX_BYTES),
    Page("/tuonti/tila/{ticket}", state, None, leads_to=Action.IMPORT_RUN),
    Page("/tuonti/tila/{ticket}/vie", take, Action.IMPORT_RUN, "POST", leads_to=Action.IMPORT_RUN),
    Page("/tuonti/tila/{ticket}/hylkaa", discard, None, "POST", leads_to=Action.IMPORT_RUN),
    Page("/tuonti/tila/{ticket}/korjattavat.csv", dry_mend_file, None, leads_to=Action.IMPORT_RUN),
    Page("/tuonti/{batch_id}", batch, Action.IMPORT_READ),
    Page("/tuonti/{batch_id}/korjattavat.csv", mend_file, Action.IMPORT_READ),
)
