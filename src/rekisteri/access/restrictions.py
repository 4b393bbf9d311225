"""Restrictions of processing as they are kept: why, since when, the exceptions from them, and how they end.

A restriction ends in two steps: the person is told on which day it will be lifted, and on that day or later it
is lifted (GDPR art. 18(3)). Nothing of it is taken away: what was restricted when stays to be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from rekisteri.access.door import Read, Write
from rekisteri.access.restricting import USE
from rekisteri.catalogue import Purpose
from rekisteri.ground import clock, ids
from rekisteri.ground.errors import Conflict, Missing, Rejected

REASON_MAX = 500


class Ground(StrEnum):
    """Why processing is restricted."""

    ACCURACY = "accuracy"
    """The person contests that the data is right, until that is verified (art. 18(1)(a))."""
    UNLAWFUL = "unlawful"
    """The processing was unlawful and the person does not want erasure (art. 18(1)(b))."""
    CLAIMS = "claims"
    """The register needs the data no more, the person does for a legal claim (art. 18(1)(c))."""
    OBJECTION = "objection"
    """The person has objected, until that is decided (art. 18(1)(d))."""
    UPHELD = "upheld"
    """An objection was upheld and the law still binds the register to keep the data (art. 21(1))."""


class Excuse(StrEnum):
    """On which ground restricted data is used all the same (art. 18(2))."""

    CONSENT = "consent"
    CLAIMS = "claims"
    """Establishment, exercise or defence of legal claims."""
    OTHERS = "others"
    """Protection of the rights of another person."""
    PUBLIC_INTEREST = "public_interest"
    """Important public interest of the Union or of a member state."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """One restriction of one customer; ``lifted_at`` is None while it stands."""

    id: UUID
    party_id: UUID
    ground: Ground
    request_id: UUID | None
    since_at: datetime
    by: str
    told_at: datetime | None
    told_by: str | None
    told_how: str | None
    lifts_on: date | None
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_because: str | None


@dataclass(frozen=True, slots=True)
class Exemption:
    """Use that is allowed all the same: what for, of which client organisation (None: any), on which ground."""

    id: UUID
    restriction_id: UUID
    purpose: Purpose
    organisation_id: int | None
    ground: Excuse
    reason: str
    recorded_at: datetime
    recorded_by: str
    until_on: date | None
    ended_at: datetime | None
    ended_by: str | None


def restrict(tx: Write, party_id: UUID, ground: Ground, *, request_id: UUID | None) -> Restriction:
    """Restrict the processing of a customer's data from now on. Raises ``Conflict`` for the same ground twice."""
    standing = [one for one in restrictions(tx, party_id) if one.lifted_at is None and one.ground is ground]
    if standing:
        raise Conflict("The processing is restricted already on this ground.", field="ground")
    restriction_id = ids.fresh()
    tx.run(
        """
        insert into access.restriction (id, party_id, ground, request_id, since_at, by)
        values (%(id)s, %(party_id)s, %(ground)s, %(request_id)s, %(at)s, %(by)s)
        """,
        id=restriction_id,
        party_id=party_id,
        ground=ground,
        request_id=request_id,
        at=tx.at,
        by=tx.act.viewer.handle,
    )
    tx.saw(party_id)
    return restriction(tx, restriction_id)


def restriction(tx: Read, restriction_id: UUID) -> Restriction:
    """One restriction. Raises ``Missing``."""
    found = tx.find(
        Restriction,
        """
        select id, party_id, ground, request_id, since_at, by, told_at, told_by, told_how, lifts_on,
               lifted_at, lifted_by, lifted_because
        from access.restriction where id = %(id)s
        """,
        id=restriction_id,
    )
    if found is None:
        raise Missing("There is no such restriction.")
    return found


def restricted_customers(tx: Read) -> list[UUID]:
    """Every customer whose processing is restricted now, by the id it went by then: nothing of them is erased (GDPR art. 18(1))."""
    return [
        party_id
        for (party_id,) in tx.tuples("select distinct party_id from access.restriction where lifted_at is null")
    ]


def restrictions(tx: Read, party_id: UUID) -> list[Restriction]:
    """The restrictions a customer is or was under, the newest first."""
    return tx.all(
        Restriction,
        """
        select id, party_id, ground, request_id, since_at, by, told_at, told_by, told_how, lifts_on,
               lifted_at, lifted_by, lifted_because
        from access.restriction where party_id = %(party_id)s order by since_at desc, id desc
        """,
        party_id=party_id,
    )


def exempt(
    tx: Write,
    restriction_id: UUID,
    *,
    purpose: Purpose,
    ground: Excuse,
    reason: str,
    organisation_id: int | None = None,
    until_on: date | None = None,
) -> Exemption:
    """Record that restricted data may be used for a purpose all the same (GDPR art. 18(2)).

    Raises ``Rejected`` for a purpose that is no use, no reason, or a day that has passed; ``Conflict`` for a
    restriction that is lifted.
    """
    found = _standing(tx, restriction_id)
    if purpose not in USE:
        raise Rejected("An exception is of invoicing or of collection.", field="purpose")
    if not reason.strip() or len(reason) > REASON_MAX:
        raise Rejected(f"Say why the data must be used, in at most {REASON_MAX} characters.", field="reason")
    if until_on is not None and until_on < clock.day(tx.at):
        raise Rejected("The day has passed; give one that is to come.", field="until_on")
    exemption_id = ids.fresh()
    tx.run(
        """
        insert into access.exemption (id, restriction_id, purpose, organisation_id, ground, reason, recorded_at,
                                      recorded_by, until_on)
        values (%(id)s, %(restriction_id)s, %(purpose)s, %(organisation_id)s, %(ground)s, %(reason)s, %(at)s, %(by)s,
                %(until_on)s)
        """,
        id=exemption_id,
        restriction_id=restriction_id,
        purpose=purpose,
        organisation_id=organisation_id,
        ground=ground,
        reason=reason.strip(),
        at=tx.at,
        by=tx.act.viewer.handle,
        until_on=until_on,
    )
    tx.saw(found.party_id)
    return next(one for one in exemptions(tx, restriction_id) if one.id == exemption_id)


def exemptions(tx: Read, restriction_id: UUID) -> list[Exemption]:
    """The exceptions recorded from a restriction, the newest first."""
    return tx.all(
        Exemption,
        """
        select id, restriction_id, purpose, organisation_id, ground, reason, recorded_at, recorded_by, until_on,
               ended_at, ended_by
        from access.exemption where restriction_id = %(restriction_id)s order by recorded_at desc, id desc
        """,
        restriction_id=restriction_id,
    )


def end_exemption(tx: Write, exemption_id: UUID) -> None:
    """End an exception: from now on the data is used no more. Raises ``Missing`` for one that is not in force."""
    party_id = tx.value(
        """
        select (select r.party_id from access.exemption e join access.restriction r on r.id = e.restriction_id
                where e.id = %(id)s and e.ended_at is null)
        """,
        id=exemption_id,
    )
    if party_id is None:
        raise Missing("There is no such exception in force.")
    tx.run(
        "update access.exemption set ended_at = %(at)s, ended_by = %(by)s where id = %(id)s",
        at=tx.at,
        by=tx.act.viewer.handle,
        id=exemption_id,
    )
    tx.saw(party_id)


def foretell(tx: Write, restriction_id: UUID, *, lifts_on: date, how: str) -> None:
    """Write down that the person was told on which day the restriction will be lifted (GDPR art. 18(3)).

    Raises ``Rejected`` for a day that does not come after today, or where it is not said how.
    """
    found = _standing(tx, restriction_id)
    if lifts_on <= clock.day(tx.at):
        raise Rejected("The person is told before: give a day after today.", field="lifts_on")
    if not how.strip() or len(how) > REASON_MAX:
        raise Rejected("Say how the person was told: by letter, at the counter.", field="how")
    tx.run(
        """
        update access.restriction
        set told_at = %(at)s, told_by = %(by)s, told_how = %(how)s, lifts_on = %(lifts_on)s where id = %(id)s
        """,
        at=tx.at,
        by=tx.act.viewer.handle,
        how=how.strip(),
        lifts_on=lifts_on,
        id=restriction_id,
    )
    tx.saw(found.party_id)


def lift(tx: Write, restriction_id: UUID, because: str) -> Restriction:
    """Lift a restriction the person has been told of. Raises ``Conflict`` before that, or before the day told."""
    found = _standing(tx, restriction_id)
    if found.lifts_on is None:
        raise Conflict("Tell the person first on which day the restriction will be lifted.", field="told")
    if clock.day(tx.at) < found.lifts_on:
        raise Conflict(f"The person was told that it will be lifted on {found.lifts_on}; not before.", field="told")
    if not because.strip() or len(because) > REASON_MAX:
        raise Rejected("Say why the restriction is lifted: what was found, what was decided.", field="because")
    tx.run(
        """
        update access.restriction
        set lifted_at = %(at)s, lifted_by = %(by)s, lifted_because = %(because)s where id = %(id)s
        """,
        at=tx.at,
        by=tx.act.viewer.handle,
        because=because.strip(),
        id=restriction_id,
    )
    tx.saw(found.party_id)
    return restriction(tx, restriction_id)


def _standing(tx: Write, restriction_id: UUID) -> Restriction:
    tx.run("select from access.restriction where id = %(id)s for update", id=restriction_id)
    found = restriction(tx, restriction_id)
    if found.lifted_at is not None:
        raise Conflict("The restriction has been lifted already.", field="restriction")
    return found
