"""Handing over: the package made in one act, its files, and the step that says it was given."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from uuid import UUID

import orjson

from rekisteri.access import Write
from rekisteri.ground.errors import Conflict
from rekisteri.ground.keys import Vault
from rekisteri.rights.holdings import SentTo
from rekisteri.rights.paper import LANGUAGES, pdf
from rekisteri.rights.report import Package, package
from rekisteri.rights.requests import Kind, Outcome, close, request, step
from rekisteri.rights.versions import shown
from rekisteri.rights.words import at

SCHEMA = "urn:rekisteri:access-package:1"
SCHEMA_FILE = "access-package-1.schema.json"


@dataclass(frozen=True, slots=True)
class Files:
    """What is handed over: the readable paper and the file for machines."""

    paper: bytes
    machine: bytes
    language: str
    package: Package


def fulfil(
    tx: Write,
    vault: Vault,
    request_id: UUID,
    *,
    house: str,
    sent: SentTo,
    language: str | None = None,
    withheld: frozenset[str] | None = None,
    without: frozenset[str] = frozenset(),
    asked_by: str | None = None,
) -> Files:
    """Make the package of an access request whose asker is identified, and write that down.

    ``house`` is the controller's name for the foot of each page; ``sent`` tells what recipients got; ``language`` is
    the request's unless another is wished for; the others are those of ``package``. Raises ``Conflict`` where the identity has not been checked or
    the request is of something else, ``Missing`` for no such request or customer.
    """
    found = request(tx, request_id)
    if found.kind is not Kind.ACCESS:
        raise Conflict("This request is not for access; answer what it asks.", field="kind")
    if found.identity_at is None or found.party_id is None:
        raise Conflict("Check the asker's identity first; the package is for the customer alone.", field="identity")
    made = package(
        tx, vault, found.party_id, sent=sent, withheld=withheld, without=without, asked_by=asked_by
    )  # fmt: skip
    spoken = language if language in LANGUAGES else found.language
    step(tx, request_id, "packaged", spoken)
    return Files(
        paper=pdf(made.document, spoken, lead=[at(made.made_at)], foot=f"{house} · {made.party_id}"),
        machine=machine(made),
        language=spoken,
        package=made,
    )


def hand_over(tx: Write, request_id: UUID, how: str, *, notice: bool = False) -> None:
    """Write down that the package was given, and how; the request is fulfilled by it. ``notice``: the notice was given too."""
    found = request(tx, request_id)
    if found.identity_at is None:
        raise Conflict("Check the asker's identity first; the package is for the customer alone.", field="identity")
    if notice and found.party_id is not None:
        shown(tx, found.channel, found.party_id)
    step(tx, request_id, "handed_over", how)
    close(tx, request_id, Outcome.FULFILLED, how)


def schema() -> bytes:
    """The published JSON Schema of the file for machines."""
    return (resources.files("rekisteri.rights") / SCHEMA_FILE).read_bytes()


def machine(made: Package) -> bytes:
    """The package as JSON of the published schema."""
    whole = {
        "schema": SCHEMA,
        "customer": str(made.party_id),
        "made_at": made.made_at.isoformat(),
        "counts": made.counts,
        "document": made.document.plain(),
    }
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2)
