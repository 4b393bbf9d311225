"""Legal holds: nothing of a customer leaves while one lasts, whatever the time of keeping (GDPR art. 17(3)(e))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Read, Write, restricted_customers
from rekisteri.ground import clock, ids
from rekisteri.ground.errors import Missing, Rejected

REASON_MAX = 500


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold: of whom, why, since when and by whom, until which day (None: until it is ended)."""

    id: UUID
    party_id: UUID
    reason: str
    since_at: datetime
    by: str
    until_on: date | None
    ended_at: datetime | None
    ended_by: str | None

    def lasts(self, today: date) -> bool:
        """Whether it is in force on a day."""
        return self.ended_at is None and (self.until_on is None or self.until_on >= today)


def hold(tx: Write, party_id: UUID, reason: str, until_on: date | None = None) -> Hold:
    """Hold everything of a customer. Raises ``Missing`` for no customer, ``Rejected`` for no reason or a day past."""
    standing = parties.standing(tx, party_id)
    if parties.kind_of(tx, standing) is None:
        raise Missing("There is no such customer among those you may see; check the identifier.")
    if not reason.strip() or len(reason) > REASON_MAX:
        raise Rejected(f"Say why it must be kept, in at most {REASON_MAX} characters.", field="reason")
    if until_on is not None and until_on < clock.day(tx.at):
        raise Rejected("The day has passed; give one that is to come.", field="until_on")
    made = Hold(ids.fresh(), standing, reason.strip(), tx.at, tx.act.viewer.handle, until_on, None, None)
    tx.run(
        """
        insert into rights.hold (id, party_id, reason, since_at, by, until_on)
        values (%(id)s, %(party_id)s, %(reason)s, %(at)s, %(by)s, %(until_on)s)
        """,
        id=made.id,
        party_id=standing,
        reason=made.reason,
        at=tx.at,
        by=made.by,
        until_on=until_on,
    )
    tx.saw(standing)
    return made


def release(tx: Write, hold_id: UUID) -> None:
    """End a hold: what has been kept its time leaves with the next run. Raises ``Missing``."""
    found = next((one for one in holds(tx) if one.id == hold_id and one.ended_at is None), None)
    if found is None:
        raise Missing("There is no such hold in force.")
    tx.run(
        "update rights.hold set ended_at = %(at)s, ended_by = %(by)s where id = %(id)s",
        at=tx.at,
        by=tx.act.viewer.handle,
        id=hold_id,
    )
    tx.saw(found.party_id)


def holds(tx: Read, party_id: UUID | None = None) -> list[Hold]:
    """Holds of a customer, or of all; the newest first."""
    return tx.all(
        Hold,
        """
        select id, party_id, reason, since_at, by, until_on, ended_at, ended_by from rights.hold
        where %(party_id)s::uuid is null or party_id = %(party_id)s order by since_at desc, id desc
        """,
        party_id=party_id,
    )


def held(tx: Read) -> list[UUID]:
    """The customers of whom nothing leaves today, held or restricted (GDPR art. 18(1)), and the ids they have gone by."""
    rows = tx.tuples(
        "select distinct party_id from rights.hold where ended_at is null and (until_on is null or until_on >= %(today)s)",
        today=clock.day(tx.at),
    )
    told = {party_id for (party_id,) in rows} | set(restricted_customers(tx))
    found = {parties.standing(tx, party_id) for party_id in told} | told
    return sorted(found | {guise.party_id for one in found for guise in parties.guises(tx, one)})
