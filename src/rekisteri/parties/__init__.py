"""Parties: statements in, parties out.

Lives here: source records, statements, the golden record, identity codes, judgements, the
work queue, changes, search and the customer card. Tables owned: all of schema ``parties``.
Public: what is named below. Called by ``matching`` and ``sources`` to write, by the faces to
read.
"""

from rekisteri.parties.lexicon import Lexicon
from rekisteri.parties.record import Origin, Placed, Said, record, silence
from rekisteri.parties.refresh import refresh
from rekisteri.parties.store import (
    KnownIdentity,
    KnownRecord,
    Source,
    has_records,
    known_identities,
    known_records,
    live_records,
    lock_identity,
    organisation_source,
    sole_source,
)

__all__ = [
    "KnownIdentity",
    "KnownRecord",
    "Lexicon",
    "Origin",
    "Placed",
    "Said",
    "Source",
    "has_records",
    "known_identities",
    "known_records",
    "live_records",
    "lock_identity",
    "organisation_source",
    "record",
    "silence",
    "refresh",
    "sole_source",
]
