"""Audit: evidence of every act, in the transaction of the act. No event, no data.

Lives here: the event and its appending; the log, a Merkle tree of commitments to events with signed
checkpoints; its sequencer; the search. Tables owned: ``audit.event``, ``audit.subject``,
``audit.subject_block``, ``audit.leaf``, ``audit.tile``, ``audit.checkpoint``, ``audit.witness``,
``audit.cosignature``. Public: what is named below. Called by the door (which alone appends), by
wiring (which builds the sequencer) and, through the door, by the faces' log views.
"""

from rekisteri.audit.events import SINGLE_ROWS_MAX, TOUCHED, Event, append, append_touched
from rekisteri.audit.sequencer import LOG_KEY_NAMES, Memory, Sealed, Sequencer, log_signers
from rekisteri.audit.store import Found, Query, about, search
from rekisteri.audit.tree import published

__all__ = [
    "LOG_KEY_NAMES",
    "SINGLE_ROWS_MAX",
    "TOUCHED",
    "Event",
    "Found",
    "Memory",
    "Query",
    "Sealed",
    "Sequencer",
    "about",
    "append",
    "append_touched",
    "log_signers",
    "published",
    "search",
]
