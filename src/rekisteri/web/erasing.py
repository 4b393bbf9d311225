"""Erasure and objection in the pages: what binds is seen before anything is done; the certificate as a paper."""

from __future__ import annotations

from starlette.responses import Response

from rekisteri import rights, wiring
from rekisteri.access import Action
from rekisteri.catalogue import RETENTIONS, Purpose
from rekisteri.ground.errors import Conflict
from rekisteri.web import requests
from rekisteri.web.desk import Desk, Page


def look(desk: Desk) -> Response:
    """Which duties bind, and what would go."""
    with desk.read() as tx:
        looked = rights.look_before(tx, desk.register.vault, desk.path_id("request_id"))
    return desk.show("erasure.html", looked=looked, request_id=desk.path_id("request_id"), classes=RETENTIONS)


def carry_out(desk: Desk) -> Response:
    """Decide by the duties, and erase."""
    request_id = desk.path_id("request_id")
    try:
        made = wiring.erase(desk.register, desk.viewer, request_id, case=desk.case)
    except Conflict as error:
        return requests.shown(desk, error)
    return desk.go(f"/tietosuoja/pyynnot/{request_id}", done="vastattu" if made is None else "poistettu_tiedot")


def paper(desk: Desk) -> Response:
    """The certificate as an accessible PDF."""
    with desk.read() as tx:
        made = rights.certificate(tx, desk.path_id("certificate_id"))
    data = rights.pdf(rights.paper_of(made), desk.tongue.code)
    name = f'attachment; filename="{made.id}-{desk.tongue.code}.pdf"'
    return Response(data, media_type="application/pdf", headers={"content-disposition": name})


def decide(desk: Desk) -> Response:
    """Decide an objection."""
    verdict = requests.one_of(rights.Verdict, desk.field("ratkaisu"))
    purpose = requests.one_of(Purpose, desk.field("kaytto"))
    return requests.done(
        desk,
        "vastattu",
        lambda tx: rights.object_to(
            tx,
            desk.path_id("request_id"),
            verdict,
            desk.field("perustelut"),
            purpose,
            authority=desk.register.authority,
        ),
    )


PAGES = (
    Page("/tietosuoja/pyynnot/{request_id}/poisto", look, Action.RIGHTS_ERASE),
    Page("/tietosuoja/pyynnot/{request_id}/poisto", carry_out, Action.RIGHTS_ERASE, "POST"),
    Page("/tietosuoja/todistukset/{certificate_id}", paper, Action.RIGHTS_REQUEST),
    Page("/tietosuoja/pyynnot/{request_id}/vastustus", decide, Action.RIGHTS_RESTRICT, "POST"),
)
