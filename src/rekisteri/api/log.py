"""The log's proofs, for auditors and witnesses: plain text as C2SP lays it out, which tells nothing of anybody."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from rekisteri import audit
from rekisteri.access import Action
from rekisteri.api.calling import Calling
from rekisteri.api.desk import Desk
from rekisteri.ground.errors import Missing

desk = Desk("log")


@desk.get("/audit/log/checkpoint", Action.AUDIT_PROOF, response_class=PlainTextResponse)
def checkpoint(caller: Calling) -> Response:
    """The latest checkpoint: a signed note of the log's size and root, with its witnesses' signatures."""
    with caller.read(Action.AUDIT_PROOF) as tx:
        found = audit.published(tx)
    if found is None:
        raise Missing("The log has not begun: it is sealed within seconds of the first act.")
    return PlainTextResponse(str(found))
