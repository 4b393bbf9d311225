"""Parties: statements in, parties out.

Lives here: source records, statements, the golden record, identity codes, judgements, the
work queue, changes, search and the customer card. Tables owned: all of schema ``parties``.
Public: what is named below. Called by ``matching`` and ``sources`` to write, by the faces to
read.
"""

from rekisteri.parties import words
from rekisteri.parties.card import Card, Customership, Saying, Shown, Withheld, card, opened, protected, unmask
from rekisteri.parties.correct import correct, withdraw
from rekisteri.parties.crowd import Crowd, Drawn, bear, draw, stage
from rekisteri.parties.history import HistoryEntry, ItemChange, Turn, history
from rekisteri.parties.lexicon import Lexicon
from rekisteri.parties.move import (
    PartyRecord,
    Placement,
    begin,
    codes_of,
    kind_of,
    move,
    not_same,
    open_again,
    placements,
    records_of,
    standing,
)
from rekisteri.parties.queue import (
    WORK_PLACE,
    WorkDetail,
    WorkItem,
    close_item,
    open_item,
    work_count,
    work_item,
    work_list,
    work_said,
)
from rekisteri.parties.record import Origin, Placed, Said, record, silence
from rekisteri.parties.refresh import refresh
from rekisteri.parties.relations import Relation, RelationKind, relations
from rekisteri.parties.search import Hit, SearchPage, lookup, search
from rekisteri.parties.store import (
    KnownIdentity,
    KnownRecord,
    PartyHead,
    Source,
    covered,
    has_records,
    heads,
    identity_kinds,
    known_digests,
    known_identities,
    known_records,
    live_records,
    lock_identity,
    organisation_source,
    sole_source,
)
from rekisteri.parties.upkeep import refresh_due, settle

__all__ = [
    "WORK_PLACE",
    "Card",
    "Crowd",
    "Customership",
    "Drawn",
    "HistoryEntry",
    "Hit",
    "ItemChange",
    "KnownIdentity",
    "KnownRecord",
    "Lexicon",
    "Origin",
    "PartyHead",
    "PartyRecord",
    "Placed",
    "Placement",
    "Relation",
    "RelationKind",
    "Said",
    "Saying",
    "SearchPage",
    "Shown",
    "Source",
    "Turn",
    "Withheld",
    "WorkDetail",
    "WorkItem",
    "bear",
    "begin",
    "card",
    "close_item",
    "codes_of",
    "correct",
    "covered",
    "draw",
    "has_records",
    "heads",
    "history",
    "identity_kinds",
    "kind_of",
    "known_digests",
    "known_identities",
    "known_records",
    "live_records",
    "lock_identity",
    "lookup",
    "move",
    "not_same",
    "open_again",
    "open_item",
    "opened",
    "organisation_source",
    "placements",
    "protected",
    "record",
    "records_of",
    "refresh",
    "refresh_due",
    "relations",
    "search",
    "settle",
    "silence",
    "sole_source",
    "stage",
    "standing",
    "unmask",
    "withdraw",
    "words",
    "work_count",
    "work_item",
    "work_list",
    "work_said",
]
