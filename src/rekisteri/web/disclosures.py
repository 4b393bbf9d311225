"""The register of single disclosures in the pages: the ledger, one line, the form; agree, give, strike; print."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from uuid import UUID

from starlette.responses import Response

from rekisteri import rights
from rekisteri.access import Action, Write
from rekisteri.catalogue import BY_NAME
from rekisteri.ground.errors import Conflict, Missing, Rejected, RekisteriError
from rekisteri.rights import disclosures
from rekisteri.web import forms
from rekisteri.web.desk import Desk, Page
from rekisteri.web.log import BOM, harmless

PLACE = "/tietosuoja/luovutukset"


def ledger(desk: Desk) -> Response:
    """The register of disclosures, the newest first."""
    with desk.read() as tx:
        found = disclosures.ledger(tx)
    return desk.show("disclosures.html", found=found)


def paper(desk: Desk) -> Response:
    """The register as a PDF to print."""
    with desk.read() as tx:
        document = disclosures.printed(disclosures.ledger(tx))
    house = desk.register.declared().house
    made = rights.pdf(document, desk.tongue.code, foot=house.controller.name)
    return _file(made, "application/pdf", "luovutusrekisteri.pdf")


def table(desk: Desk) -> Response:
    """The register as a table for a spreadsheet."""
    with desk.read() as tx:
        found = disclosures.ledger(tx)
    sink = io.StringIO()
    sink.write(BOM)
    writer = csv.writer(sink, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows([harmless(value) for value in _row(one)] for one in found)
    return _file(sink.getvalue().encode(), "text/csv; charset=utf-8", "luovutusrekisteri.csv")


HEADINGS = (
    "number", "state", "recipient", "country", "ground", "reference", "items", "customers", "form", "protected",
    "decided_at", "decided_by", "agreed_at", "agreed_by", "given_at", "given_by", "withdrawn_at", "withdrawn_because",
)  # fmt: skip


def _row(one: disclosures.Entry) -> list[object]:
    values = {name: getattr(one, name) for name in HEADINGS if name not in ("state", "items")}
    values |= {"state": one.state.value, "items": ", ".join(one.items)}
    return ["" if values[name] is None else values[name] for name in HEADINGS]


def form(desk: Desk) -> Response:
    """The form of a new line."""
    return _form(desk)


def _form(desk: Desk, error: RekisteriError | None = None) -> Response:
    said = desk.face.phrases.tell(error, desk.tongue.code) if error else None
    return desk.show(
        "disclosure_form.html",
        status=error.status if error else 200,
        said=said,
        field=error.field if error else None,
        items=[BY_NAME[name] for name in BY_NAME if name in disclosures.DISCLOSABLE],
        chosen=desk.fields("tieto"),
        customers=desk.field("asiakkaat") or desk.query("asiakas"),
        ways=list(disclosures.Form),
    )


def enter(desk: Desk) -> Response:
    """Write the line: nothing is given by it."""
    try:
        wanted = disclosures.Wanted(
            recipient=desk.field("saaja"),
            country=desk.field("maa").upper(),
            ground=desk.field("peruste"),
            reference=desk.field("viite"),
            items=tuple(desk.fields("tieto")),
            customers=_customers(desk.field("asiakkaat")),
            form=disclosures.Form.SEALED if desk.field("muoto") == disclosures.Form.SEALED else disclosures.Form.HANDED,
            key=(desk.field("avain") or None) if desk.field("muoto") == disclosures.Form.SEALED else None,
        )
        with desk.write() as tx:
            made = disclosures.enter(tx, wanted)
    except (Rejected, Missing) as error:
        return _form(desk, error)
    return desk.go(f"{PLACE}/{made.id}", done="luovutus_kirjattu")


def _customers(text: str) -> tuple[UUID, ...]:
    """Register ids with blanks, commas or line ends between. Raises ``Rejected`` for what is none."""
    found = [forms.identifier(piece) for piece in text.replace(",", " ").split()]
    if None in found:
        raise Rejected("Customers are named by their register ids, as the card shows.", field="customers")
    return tuple(one for one in found if one is not None)


def one(desk: Desk) -> Response:
    """One line: what is to be given, where it stands, what comes next."""
    return _one(desk)


def _one(desk: Desk, error: RekisteriError | None = None) -> Response:
    with desk.register.door.read(desk.viewer, Action.DISCLOSURE_READ, desk.purpose, case=desk.case) as tx:
        found = disclosures.entry(tx, _id(desk))
        whose = disclosures.disclosed_to(tx, found.id)
        tx.saw(*whose)
    return desk.show(
        "disclosure.html",
        status=error.status if error else 200,
        found=found,
        whose=whose,
        mine=found.decided_by == desk.viewer.handle,
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
    )


def agree(desk: Desk) -> Response:
    """Agree as the second person."""
    return _done(desk, "luovutus_hyvaksytty", lambda tx: disclosures.agree(tx, _id(desk)))


def strike(desk: Desk) -> Response:
    """Strike a line that was not given."""
    return _done(desk, "luovutus_peruttu", lambda tx: disclosures.withdraw(tx, _id(desk), desk.field("miksi")))


def give(desk: Desk) -> Response:
    """The file for the recipient, made once."""
    try:
        with desk.write() as tx:
            made = disclosures.give(tx, desk.register.vault, _id(desk))
            found = disclosures.entry(tx, _id(desk))
    except Conflict as error:
        return _one(desk, error)
    if found.form is disclosures.Form.SEALED:
        return _file(made, "application/octet-stream", f"luovutus-{found.number}.json.age")
    return _file(made, "application/json", f"luovutus-{found.number}.json")


def _done(desk: Desk, done: str, act: Callable[[Write], object]) -> Response:
    try:
        with desk.write() as tx:
            act(tx)
    except (Rejected, Conflict) as error:
        return _one(desk, error)
    return desk.go(f"{PLACE}/{_id(desk)}", done=done)


def _id(desk: Desk) -> UUID:
    return desk.path_id("disclosure_id")


def _file(body: bytes, media_type: str, name: str) -> Response:
    return Response(body, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})


PAGES = (
    Page(PLACE, ledger, Action.DISCLOSURE_READ),
    Page(f"{PLACE}/rekisteri.pdf", paper, Action.DISCLOSURE_READ),
    Page(f"{PLACE}/rekisteri.csv", table, Action.DISCLOSURE_READ),
    Page(f"{PLACE}/uusi", form, None, leads_to=Action.DISCLOSURE_ENTER),
    Page(f"{PLACE}/uusi", enter, Action.DISCLOSURE_ENTER, "POST"),
    Page(f"{PLACE}/{{disclosure_id}}", one, Action.DISCLOSURE_READ),
    Page(f"{PLACE}/{{disclosure_id}}/hyvaksynta", agree, Action.DISCLOSURE_AGREE, "POST"),
    Page(f"{PLACE}/{{disclosure_id}}/tiedosto", give, Action.DISCLOSURE_GIVE, "POST"),
    Page(f"{PLACE}/{{disclosure_id}}/peru", strike, Action.DISCLOSURE_ENTER, "POST"),
)
