"""The notice in the pages: open to whoever is in the network; its versions and truth, to the officer."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import JSONResponse, Response

from rekisteri import feeds, rights
from rekisteri.access import Action
from rekisteri.ground.errors import Conflict, Missing
from rekisteri.rights import Form
from rekisteri.web.desk import Desk, Page


def read(desk: Desk) -> Response:
    """The document, as a page."""
    form, declared = _form(desk), desk.register.declared()
    _told(desk)
    return desk.show(
        "notice.html",
        form=form,
        forms=list(Form),
        paper=rights.spoken(rights.document(form, declared), desk.tongue.code),
        mark=rights.mark(rights.contents(declared)),
    )


def printed(desk: Desk) -> Response:
    """The document as an accessible PDF."""
    form, declared = _form(desk), desk.register.declared()
    foot = f"{declared.house.controller.name} · {rights.mark(rights.contents(declared))}"
    data = rights.pdf(rights.document(form, declared), desk.tongue.code, foot=foot)
    name = f"{form.value}-{desk.tongue.code}.pdf"
    return Response(data, media_type="application/pdf", headers={"content-disposition": f'inline; filename="{name}"'})


def machine(desk: Desk) -> Response:
    """The document for machines."""
    return JSONResponse(rights.document(_form(desk), desk.register.declared()).plain())


def schema(desk: Desk) -> Response:
    """The JSON Schema of the access package, for whoever reads one by a machine."""
    return Response(rights.schema(), media_type="application/schema+json")


def versions(desk: Desk) -> Response:
    """Versions, what changed since the newest, and every promise that does not hold."""
    return _versions(desk)


def _versions(desk: Desk, error: Conflict | None = None) -> Response:
    declared = desk.register.declared()
    with desk.register.door.read(desk.viewer, Action.NOTICE_VERIFY, desk.purpose, case=desk.case) as tx:
        found = rights.versions(tx)
        before = rights.content_of(tx, found[0].number) if found else None
        differences = rights.differences(tx, declared, feeds.reached(tx))
        given = rights.disclosures.given_count(tx)
    return desk.show(
        "notice_versions.html",
        status=error.status if error else 200,
        versions=found,
        changes=[] if before is None else rights.changes(before, rights.contents(declared)),
        differences=[
            replace(one, told=desk.face.phrases.retell(one.told, desk.tongue.code).sentence) for one in differences
        ],
        given=given,
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
    )


def publish(desk: Desk) -> Response:
    """Publish what is declared now."""
    try:
        with desk.write() as tx:
            rights.publish(tx, desk.register.declared())
    except Conflict as error:
        return _versions(desk, error)
    return desk.go("/tietosuoja/seloste", done="julkaistu")


def _told(desk: Desk) -> None:
    """Write down which version a data subject who is signed in was shown; nobody else is known here."""
    if desk.session is None or desk.viewer.party_id is None:
        return
    with desk.register.door.write(desk.viewer, Action.SELF_READ, desk.purpose) as tx:
        whose = desk.viewer.party_id if desk.viewer.acts_for is None else desk.viewer.acts_for
        rights.shown(tx, rights.Channel.SELF_SERVICE, whose)
        tx.saw(whose)


def _form(desk: Desk) -> Form:
    wish = desk.query("muoto") or Form.NOTICE.value
    if wish not in set(Form):
        raise Missing
    return Form(wish)


PAGES = (
    Page("/seloste", read, None, open=True),
    Page("/seloste.pdf", printed, None, open=True),
    Page("/seloste.json", machine, None, open=True),
    Page("/tietopaketti-1.schema.json", schema, None, open=True),
    Page("/tietosuoja/seloste", versions, Action.NOTICE_VERIFY),
    Page("/tietosuoja/seloste", publish, Action.NOTICE_PUBLISH, "POST"),
)
