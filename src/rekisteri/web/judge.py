"""Judgements by hand: two customers side by side and as one, and what can be taken apart again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from starlette.responses import Response

from rekisteri import access, matching, parties
from rekisteri.access import Action
from rekisteri.catalogue import ITEMS, Item, Value
from rekisteri.ground.errors import Conflict, Missing, RekisteriError
from rekisteri.parties import Card
from rekisteri.web.desk import Desk, Page, names_of

CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class Side:
    """One item of the two customers, and of the one they would be."""

    item: Item
    kept: Value | None
    lost: Value | None
    merged: Value | None

    @property
    def differs(self) -> bool:
        """Whether both speak and say otherwise."""
        return self.kept is not None and self.lost is not None and self.kept != self.lost


def records(desk: Desk) -> Response:
    """What the customer is made of, what can be undone, and who might be the same."""
    return _records(desk)


def _records(desk: Desk, error: RekisteriError | None = None) -> Response:
    party_id = desk.party_id()
    with desk.register.door.read(desk.viewer, Action.CUSTOMER_MERGE, desk.purpose, case=desk.case) as tx:
        card = parties.card(tx, desk.register.vault, party_id)
        found = parties.records_of(tx, card.party_id)
        merges = matching.merges(tx, card.party_id)
        names = names_of(access.organisations(tx))
    with desk.register.door.read(desk.viewer, Action.CUSTOMER_SEARCH, desk.purpose, case=desk.case) as tx:
        page = parties.search(tx, desk.register.vault, _sought(desk, card), limit=CANDIDATES + 1)
    return desk.show(
        "records.html",
        status=error.status if error else 200,
        card=card,
        records=found,
        merges=merges,
        names=names,
        hits=[hit for hit in page.hits if hit.party_id != card.party_id and hit.kind is card.kind],
        sought=desk.field("haku"),
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
        chosen=set(desk.fields("tietue")),
        reason=desk.field("perustelu"),
    )


def _sought(desk: Desk, card: Card) -> str:
    """What is searched: what was typed, else the customer's name, which its double is likely to bear."""
    return desk.field("haku") or card.name.split(",")[0][:100]


def compare(desk: Desk) -> Response:
    """The two side by side, with the customer they would be."""
    return _compare(desk)


def _compare(desk: Desk, error: RekisteriError | None = None) -> Response:
    vault = desk.register.vault
    other_id = _id(desk.field("toinen"))
    with desk.register.door.write(desk.viewer, Action.CUSTOMER_MERGE, desk.purpose, case=desk.case) as tx:
        tx.note(dry_run=True)
        kept = parties.card(tx, vault, desk.party_id())
        lost = parties.card(tx, vault, other_id)
        differ = False
        with tx.rehearsal():
            try:
                matching.merge(tx, vault, kept.party_id, lost.party_id, reason="koe")
            except Conflict:
                differ = True
                matching.merge(tx, vault, kept.party_id, lost.party_id, reason="koe", despite_codes=True)
            merged = parties.card(tx, vault, kept.party_id)
        tx.saw(kept.party_id, lost.party_id)
        names = names_of(access.organisations(tx))
    return desk.show(
        "merge.html",
        status=error.status if error else 200,
        kept=kept,
        lost=lost,
        merged=merged,
        sides=_sides(kept, lost, merged),
        differ=differ,
        names=names,
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
        reason=desk.field("perustelu"),
    )


def merge(desk: Desk) -> Response:
    """Judge the two to be one."""
    try:
        with desk.write() as tx:
            kept = matching.merge(
                tx,
                desk.register.vault,
                desk.party_id(),
                _id(desk.field("toinen")),
                reason=desk.field("perustelu"),
                despite_codes=desk.field("tunnukset") == "k",
            )
    except Missing:
        raise
    except RekisteriError as error:
        return _compare(desk, error)
    return desk.go(f"/asiakas/{kept}", done="yhdistetty")


def undo(desk: Desk) -> Response:
    """Undo a merge."""
    try:
        with desk.write() as tx:
            former = matching.undo(
                tx, desk.register.vault, desk.party_id(), _id(desk.field("entinen")), reason=desk.field("perustelu")
            )
    except Missing:
        raise
    except RekisteriError as error:
        return _records(desk, error)
    return desk.go(f"/asiakas/{former}", done="erotettu")


def split(desk: Desk) -> Response:
    """Part some records to a customer of their own."""
    try:
        with desk.write() as tx:
            fresh = matching.split(
                tx,
                desk.register.vault,
                desk.party_id(),
                [_id(one) for one in desk.fields("tietue")],
                reason=desk.field("perustelu"),
            )
    except Missing:
        raise
    except RekisteriError as error:
        return _records(desk, error)
    return desk.go(f"/asiakas/{fresh}", done="erotettu")


def _sides(kept: Card, lost: Card, merged: Card) -> list[Side]:
    return [
        Side(item, kept.value(item.name), lost.value(item.name), merged.value(item.name))
        for item in ITEMS
        if any(card.value(item.name) is not None for card in (kept, lost, merged))
    ]


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Missing from error


PAGES = (
    Page("/asiakas/{party_id}/tietueet", records, Action.CUSTOMER_MERGE),
    Page("/asiakas/{party_id}/tietueet", records, Action.CUSTOMER_MERGE, "POST"),
    Page("/asiakas/{party_id}/yhdista", compare, Action.CUSTOMER_MERGE, "POST"),
    Page("/asiakas/{party_id}/yhdista/vie", merge, Action.CUSTOMER_MERGE, "POST"),
    Page("/asiakas/{party_id}/erota", undo, Action.CUSTOMER_MERGE, "POST"),
    Page("/asiakas/{party_id}/jaa", split, Action.CUSTOMER_MERGE, "POST"),
)
