"""The work queue: what needs a person, the two sides beside each other, decided with one key and a reason."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from starlette.responses import Response

from rekisteri import access, feeds, parties, payers, rights
from rekisteri.access import Action
from rekisteri.catalogue import EXPLANATIONS, ITEMS, Item, Value
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.ground.ids import WorkId
from rekisteri.parties import WorkDetail
from rekisteri.sources import organisations
from rekisteri.web import card as cards
from rekisteri.web.desk import Desk, Page, names_of

QUEUE_PAGE = 50


@dataclass(frozen=True, slots=True)
class Pair:
    """One item as the row says it and as the register knows it."""

    item: Item
    said: Value | None
    known: Value | None

    @property
    def differs(self) -> bool:
        """Whether both speak and say otherwise."""
        return self.said is not None and self.known is not None and not _same(self.said, self.known)


def queue(desk: Desk) -> Response:
    """What is open, the oldest first."""
    after = desk.query("jalkeen")
    with desk.read() as tx:
        items = parties.work_list(tx, limit=QUEUE_PAGE, cursor=UUID(after) if _is_id(after) else None)
        count = parties.work_count(tx)
        tasks = payers.tasks(tx, limit=QUEUE_PAGE)
        clashes = rights.conflicts.clashes(tx)
        given_up = feeds.given_up(tx, desk.register.recipients)
        names = names_of(access.organisations(tx))
    return desk.show(
        "work.html",
        given_up=given_up,
        tasks=tasks,
        clashes=clashes,
        items=items,
        count=count,
        names=names,
        explanations=EXPLANATIONS,
        next=items[-1].id if len(items) == QUEUE_PAGE else None,
    )


def item(desk: Desk) -> Response:
    """One item with its two sides."""
    return _item(desk)


def _item(desk: Desk, *, error: Rejected | None = None) -> Response:
    work_id = WorkId(desk.path_id("work_id"))
    with desk.register.door.read(desk.viewer, Action.WORK_READ, desk.purpose, case=desk.case) as tx:
        detail = parties.work_item(tx, desk.register.vault, work_id)
        names = names_of(access.organisations(tx))
    return desk.show(
        "work_item.html",
        status=error.status if error else 200,
        detail=detail,
        pairs=_pairs(detail),
        statuses=cards.statuses(desk.tongue, detail.known) if detail.known else [],
        names=names,
        explanation=EXPLANATIONS[detail.item.reason],
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
        error=error,
        decision=desk.field("ratkaisu"),
        reason=desk.field("perustelu"),
    )


def decide(desk: Desk) -> Response:
    """Decide, and go on to the next open item; the queue when none is left."""
    work_id = WorkId(desk.path_id("work_id"))
    try:
        with desk.write() as tx:
            organisations.decide_work(
                tx, desk.register.vault, work_id, desk.field("ratkaisu"), reason=desk.field("perustelu")
            )
    except Rejected as error:
        return _item(desk, error=error)
    except Conflict:
        return desk.go("/tyojono", done="ehditty")
    with desk.register.door.read(desk.viewer, Action.WORK_READ, desk.purpose, case=desk.case) as tx:
        left = parties.work_list(tx, limit=1, cursor=work_id) or parties.work_list(tx, limit=1)
    return desk.go(f"/tyojono/{left[0].id}" if left else "/tyojono", done="ratkaistu")


def clash(desk: Desk) -> Response:
    """A correction by hand and what a source has said since, beside each other."""
    return _clash(desk)


def _clash(desk: Desk, error: Rejected | None = None) -> Response:
    with desk.register.door.read(desk.viewer, Action.WORK_READ, desk.purpose, case=desk.case) as tx:
        sides = rights.conflicts.clash(tx, desk.register.vault, desk.path_id("clash_id"))
        names = names_of(access.organisations(tx))
    return desk.show(
        "clash.html",
        status=error.status if error else 200,
        sides=sides,
        names=names,
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
        chosen=desk.field("ratkaisu"),
        reason=desk.field("perustelu"),
    )


def settle(desk: Desk) -> Response:
    """Keep the correction, withdraw it, or tell the source."""
    try:
        decision = rights.conflicts.Decision(desk.field("ratkaisu"))
    except ValueError as error:
        raise Missing from error
    try:
        with desk.write() as tx:
            rights.conflicts.settle(
                tx, desk.register.vault, desk.path_id("clash_id"), decision, desk.field("perustelu")
            )
    except Rejected as error:
        return _clash(desk, error)
    except Conflict:
        return desk.go("/tyojono", done="ehditty")
    return desk.go("/tyojono", done="ristiriita")


def _pairs(detail: WorkDetail) -> list[Pair]:
    """Every item either side speaks of, in the order of the catalogue."""
    known = {one.item: one.value for one in detail.known.values} if detail.known else {}
    return [
        Pair(item, detail.said.get(item.name), known.get(item.name))
        for item in ITEMS
        if item.name in detail.said or item.name in known
    ]


def _same(said: Value, known: Value) -> bool:
    return said == known or (isinstance(known, list) and said in known)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


PAGES = (
    Page("/tyojono", queue, Action.WORK_READ),
    Page("/tyojono/{work_id}", item, Action.WORK_READ),
    Page("/tyojono/ristiriita/{clash_id}", clash, Action.WORK_READ),
    Page("/tyojono/ristiriita/{clash_id}", settle, Action.WORK_DECIDE, "POST"),
    Page("/tyojono/{work_id}", decide, Action.WORK_DECIDE, "POST"),
)
