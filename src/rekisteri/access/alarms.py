"""Alarms of rights: what somebody should have done by now and has not."""

from __future__ import annotations

from dataclasses import dataclass

from rekisteri.access.door import Read
from rekisteri.access.emergencies import State, recent_emergencies
from rekisteri.access.reviews import due


@dataclass(frozen=True, slots=True)
class Alarms:
    """How many of each kind there are now."""

    reviews_late: int
    """Grants whose quarterly review is overdue."""
    emergencies_waiting: int
    """Requests of a right for minutes that wait for a second person."""
    emergencies_open: int
    emergencies_unreviewed: int
    """Opened rights that are over and nobody has looked through."""
    emergencies_late: int
    """Those of them whose look through is late."""

    @property
    def any(self) -> bool:
        """Whether something is overdue: a review, or a look through."""
        return bool(self.reviews_late or self.emergencies_late)


def alarms(tx: Read) -> Alarms:
    """The alarms now, in an act that reviews grants."""
    late = due(tx, within_days=-1)
    states = [(one.state(tx.at), one.late(tx.act.today)) for one in recent_emergencies(tx)]
    return Alarms(
        reviews_late=len(late),
        emergencies_waiting=sum(state is State.WAITING for state, _ in states),
        emergencies_open=sum(state is State.OPEN for state, _ in states),
        emergencies_unreviewed=sum(state is State.OVER for state, _ in states),
        emergencies_late=sum(behind for _, behind in states),
    )
