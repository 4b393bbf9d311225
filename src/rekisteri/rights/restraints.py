"""The section of the access package that tells of restrictions of processing: since when, why, who may use despite it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from rekisteri import access
from rekisteri.access import Exemption, Read, Restriction
from rekisteri.catalogue import PURPOSES, Text
from rekisteri.rights import legal_hold, words
from rekisteri.rights import phrases as p
from rekisteri.rights import restraint_phrases as r
from rekisteri.rights.document import Section, Table, joined, same
from rekisteri.rights.legal_hold import Hold


def section(tx: Read, party_id: UUID, names: Mapping[int, str]) -> Section:
    """Restrictions the customer is or was under, each exception from them, and when the customer was told of the end."""
    rows = tuple(row for one in access.restrictions(tx, party_id) for row in _rows(one, tx, names))
    rows += tuple(_held(one) for one in legal_hold.holds(tx, party_id))
    head = (p.SINCE, p.UNTIL, p.GROUNDS, p.REMARK)
    return Section("restrictions", r.RESTRICTIONS, tables=(Table(r.RESTRICTIONS, head, rows),) if rows else ())


def _held(one: Hold) -> tuple[Text, ...]:
    """A legal hold: that it is, and until when. Why stays with the officer while the claim it serves is open."""
    until = words.at(one.ended_at) if one.ended_at else words.on_day(one.until_on)
    return (same(words.at(one.since_at)), same(until), r.HOLD, same(""))


def _rows(one: Restriction, tx: Read, names: Mapping[int, str]) -> Iterable[tuple[Text, ...]]:
    told = "" if one.told_at is None else f"{words.at(one.told_at)}, {one.told_how}"
    yield (
        same(words.at(one.since_at)),
        same(words.at(one.lifted_at)),
        r.RESTRICTION_GROUNDS[one.ground.value],
        joined([text for text in (r.TOLD_OF_END if told else same(""), same(told)) if text.fi], ": "),
    )
    for use in access.exemptions(tx, one.id):
        yield _excepted(use, names)


def _excepted(use: Exemption, names: Mapping[int, str]) -> tuple[Text, ...]:
    whose = [] if use.organisation_id is None else [same(names.get(use.organisation_id, str(use.organisation_id)))]
    until = words.at(use.ended_at) if use.ended_at else words.on_day(use.until_on)
    return (
        same(words.at(use.recorded_at)),
        same(until),
        r.EXCUSES[use.ground.value],
        joined([PURPOSES[use.purpose], *whose, same(use.reason)]),
    )
