"""Audit: evidence of every act, in the transaction of the act. No event, no data.

Lives here: the event, its appending, its search. Tables owned: ``audit.event``,
``audit.subject``, ``audit.subject_block``. Public: ``Event``, ``append``, ``append_touched``,
``search``, ``Query``, ``Found``, ``about``. Called by the door (which alone appends) and, through
the door, by the faces' log views.
"""

from rekisteri.audit.events import SINGLE_ROWS_MAX, TOUCHED, Event, append, append_touched
from rekisteri.audit.store import Found, Query, about, search

__all__ = ["SINGLE_ROWS_MAX", "TOUCHED", "Event", "Found", "Query", "about", "append", "append_touched", "search"]
