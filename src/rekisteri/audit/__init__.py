"""Audit: evidence of every act, in the transaction of the act. No event, no data.

Lives here: the event and its appending; the log, a Merkle tree of commitments to events with signed
checkpoints; its sequencer; the search. Tables owned: ``audit.event``, ``audit.subject``,
``audit.subject_block``, ``audit.leaf``, ``audit.tile``, ``audit.checkpoint``, ``audit.witness``,
``audit.cosignature``. Public: what is named below. Called by the door (which alone appends), by
wiring (which builds the sequencer) and, through the door, by the faces' log views.
"""

from rekisteri.audit.compare import Comparison
from rekisteri.audit.events import SINGLE_ROWS_MAX, Event, Gathered, append, append_last
from rekisteri.audit.export import Exported, export, tile_content, tile_path
from rekisteri.audit.forget import forget, kept_since
from rekisteri.audit.glances import BATCHED, SEARCHED, Act, Cased, Day, Glance, acts, cased, days, glances
from rekisteri.audit.looks import Look, looks
from rekisteri.audit.notes import LOG_KEY, WITNESS_KEY, Checkpoint, Note, Signature, Signer, VerifierKey
from rekisteri.audit.proofs import Proof, check_proof, prove
from rekisteri.audit.sequencer import LOG_KEY_NAMES, Memory, Sealed, Sequencer, log_signers
from rekisteri.audit.store import Found, Guise, Query, about, asked, extract, flat, lent, search
from rekisteri.audit.tree import Stamped, last_checkpoint, published
from rekisteri.audit.verify import Fault, Finding, Trust, Verdict, verify
from rekisteri.audit.witness import (
    WITNESS_KEY_NAMES,
    Known,
    Request,
    Witness,
    accept,
    add_witness,
    end_witness,
    request,
    witnesses,
)

__all__ = [
    "BATCHED",
    "LOG_KEY",
    "LOG_KEY_NAMES",
    "SEARCHED",
    "SINGLE_ROWS_MAX",
    "WITNESS_KEY",
    "WITNESS_KEY_NAMES",
    "Act",
    "Cased",
    "Checkpoint",
    "Comparison",
    "Day",
    "Event",
    "Exported",
    "Fault",
    "Finding",
    "Found",
    "Gathered",
    "Glance",
    "Guise",
    "Known",
    "Look",
    "Memory",
    "Note",
    "Proof",
    "Query",
    "Request",
    "Sealed",
    "Sequencer",
    "Signature",
    "Signer",
    "Stamped",
    "Trust",
    "Verdict",
    "VerifierKey",
    "Witness",
    "about",
    "accept",
    "acts",
    "add_witness",
    "append",
    "append_last",
    "asked",
    "cased",
    "check_proof",
    "days",
    "end_witness",
    "export",
    "extract",
    "flat",
    "forget",
    "glances",
    "kept_since",
    "last_checkpoint",
    "lent",
    "log_signers",
    "looks",
    "prove",
    "published",
    "request",
    "search",
    "tile_content",
    "tile_path",
    "verify",
    "witnesses",
]
