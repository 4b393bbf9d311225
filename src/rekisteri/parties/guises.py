"""The ids a customer has gone by: whom the log means by an id, before customers were judged one or taken apart.

An act is logged under the id the customer had then. A look at another id is a look at this customer
only while a record that is this customer's now was held to be the other's.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, pairwise
from uuid import UUID

from rekisteri.access import Read
from rekisteri.audit import Guise
from rekisteri.parties.move import Placement, placements


def guises(tx: Read, party_id: UUID) -> list[Guise]:
    """Other ids of the customer, each from when and until when; none for whoever was always known by one."""
    by_record = groupby(
        sorted(placements(tx, party_id), key=lambda one: (one.record_id, one.at)), lambda one: one.record_id
    )
    found = dict.fromkeys(guise for _, placed in by_record for guise in _of_record(list(placed)))
    return [one for one in found if one.party_id != party_id]


def _of_record(placed: list[Placement]) -> Iterable[Guise]:
    """Where one record has been: before its first judgement, and after each of them."""
    first = placed[0]
    if first.former_party_id is not None:
        yield Guise(first.former_party_id, None, first.at)
    for one, following in pairwise(placed):
        yield Guise(one.party_id, one.at, following.at)
    yield Guise(placed[-1].party_id, placed[-1].at, None)
