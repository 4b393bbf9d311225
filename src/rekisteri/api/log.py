"""The log's proofs, for auditors and witnesses: as C2SP lays them out, telling nothing of anybody but where it is said."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import PlainTextResponse, Response

from rekisteri import audit
from rekisteri.access import Action
from rekisteri.api.calling import Calling
from rekisteri.api.desk import Answer, Desk, Question, told
from rekisteri.ground.errors import Missing

desk = Desk("log")

SIZE_MAX = 1 << 53
Size = Annotated[int, Query(ge=0, le=SIZE_MAX, description="Leaves the witness signed last; 0 if it never did.")]
NoteSize = Annotated[int, Field(ge=1, le=SIZE_MAX, examples=[20852163])]


class TileResponse(Response):
    """Hashes, or entries, in a row."""

    media_type = "application/octet-stream"


class CosignaturesQuestion(Question):
    """What a witness answered: its signature lines of the checkpoint of ``size`` leaves."""

    size: NoteSize
    lines: str = Field(max_length=16_384, examples=["— tietosuoja.example/log jWbPPwAAAABkGFDL…\n"])


class CosignaturesAnswer(Answer):
    """Whose signatures were kept."""

    witnesses: list[str]


class WitnessQuestion(Question):
    """The public key of a witness."""

    vkey: str = Field(max_length=400, examples=["tietosuoja.example/log+9f3c2a1b+BAAB…"])


class WitnessNameQuestion(Question):
    """The name of a witness, as its key has it."""

    name: str = Field(max_length=200, examples=["tietosuoja.example/log"])


class WitnessAnswer(Answer):
    """Somebody whose signatures are taken, and how far they have signed."""

    name: str
    vkey: str
    added_at: datetime
    ended_at: datetime | None
    size: int | None
    signed_at: datetime | None


class WitnessesAnswer(Answer):
    """Every witness, those that have ended too."""

    witnesses: list[WitnessAnswer]


@desk.get("/audit/log/checkpoint", Action.AUDIT_PROOF, response_class=PlainTextResponse)
def checkpoint(caller: Calling) -> Response:
    """The latest checkpoint: a signed note of the log's size and root, with its witnesses' signatures."""
    with caller.read(Action.AUDIT_PROOF) as tx:
        found = audit.published(tx)
    if found is None:
        raise Missing("The log has not begun: it is sealed within seconds of the first act.")
    return PlainTextResponse(str(found))


@desk.get("/audit/log/tile/{place:path}", Action.AUDIT_PROOF, response_class=TileResponse)
def tile(
    place: Annotated[str, Path(max_length=60, examples=["0/000.p/17", "entries/x001/234"])], caller: Calling
) -> Response:
    """A tile of hashes, or a bundle of entries: ``<level>/<number>[.p/<width>]`` (c2sp.org/tlog-tiles)."""
    with caller.read(Action.AUDIT_PROOF) as tx:
        content = audit.tile_content(tx, place)
    return TileResponse(content)


@desk.get("/audit/log/request", Action.AUDIT_PROOF, response_class=PlainTextResponse)
def witness_request(caller: Calling, old: Size = 0) -> Response:
    """What a witness is asked to sign: the latest checkpoint, and the proof that it continues what was signed last.

    The text is the body of ``add-checkpoint`` (c2sp.org/tlog-witness); any witness takes it.
    """
    with caller.read(Action.AUDIT_PROOF) as tx:
        asked = audit.request(tx, old)
    return PlainTextResponse(str(asked))


@desk.post("/audit/log/cosignatures", Action.AUDIT_PROOF, CosignaturesAnswer)
def cosignatures(question: CosignaturesQuestion, caller: Calling) -> Response:
    """Hand in a witness's signatures; those of witnesses the register knows are kept and published."""
    with caller.write(Action.AUDIT_PROOF) as tx:
        kept = audit.accept(tx, question.size, question.lines)
        tx.note(witnesses=kept)
    return told(CosignaturesAnswer(witnesses=kept))


@desk.get("/audit/events/{event_id}/proof", Action.AUDIT_SEARCH, response_class=PlainTextResponse)
def event_proof(event_id: UUID, caller: Calling) -> Response:
    """Proof of one event (c2sp.org/tlog-proof): it tells whom the event is about, and shows it was logged."""
    with caller.read(Action.AUDIT_SEARCH) as tx:
        proof = audit.prove(tx, event_id)
        tx.note(event=str(event_id))
    return PlainTextResponse(str(proof))


@desk.get("/audit/witnesses", Action.AUDIT_PROOF, WitnessesAnswer)
def witnesses(caller: Calling) -> Response:
    """Who co-signs the log."""
    with caller.read(Action.AUDIT_PROOF) as tx:
        found = audit.witnesses(tx)
    return told(WitnessesAnswer(witnesses=[_witness(one) for one in found]))


@desk.post("/audit/witnesses", Action.AUDIT_WITNESS, WitnessNameQuestion, status=201)
def add_witness(question: WitnessQuestion, caller: Calling) -> Response:
    """Take a witness's signatures from now on."""
    with caller.write(Action.AUDIT_WITNESS) as tx:
        key = audit.add_witness(tx, question.vkey)
        tx.note(witness=key.name)
    return told(WitnessNameQuestion(name=key.name), status=201)


@desk.post("/audit/witnesses/end", Action.AUDIT_WITNESS, status=204)
def end_witness(question: WitnessNameQuestion, caller: Calling) -> Response:
    """Take no more signatures of a witness; those it gave stay."""
    with caller.write(Action.AUDIT_WITNESS) as tx:
        audit.end_witness(tx, question.name)
        tx.note(witness=question.name)
    return Response(status_code=204)


def _witness(one: audit.Known) -> WitnessAnswer:
    return WitnessAnswer(
        name=one.name,
        vkey=one.vkey,
        added_at=one.added_at,
        ended_at=one.ended_at,
        size=one.size,
        signed_at=one.signed_at,
    )
