"""Audit: evidence of every act, in the transaction of the act. No event, no data.

Lives here: the event, its appending, its search. Tables owned: ``audit.event``,
``audit.subject``, ``audit.subject_block``. Public: ``Event``, ``append``, ``search``,
``Query``, ``Found``, ``about``. Called by the door (which alone appends) and, through
the door, by the faces' log views.
"""

from rekisteri.audit.events import Event, append
from rekisteri.audit.store import Found, Query, about, search

__all__ = ["Event", "Found", "Query", "about", "append", "search"]
