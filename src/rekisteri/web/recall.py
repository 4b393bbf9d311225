"""What was searched, kept in memory only, so that no search text ever stands in an address.

A search is sent by POST, remembered under a random ticket, and shown under the ticket's
address: the page can be reloaded and come back to, and the address tells nothing.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

from rekisteri.ground.errors import Missing

REMEMBERED_MAX = 5_000
PAGES_MAX = 100
TICKET_BYTES = 12


@dataclass(slots=True)
class Remembered:
    """One search: whose it is, what was typed, and where each page after the first begins."""

    account_id: UUID | None
    text: str
    cursors: list[str] = field(default_factory=list)


class Searches:
    """The last searches of this process; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Remembered] = OrderedDict()
        self._lock = Lock()

    def keep(self, account_id: UUID | None, text: str) -> str:
        """Remember a search; the ticket it is found by."""
        ticket = secrets.token_urlsafe(TICKET_BYTES)
        with self._lock:
            self._kept[ticket] = Remembered(account_id, text)
            while len(self._kept) > REMEMBERED_MAX:
                self._kept.popitem(last=False)
        return ticket

    def find(self, account_id: UUID | None, ticket: str) -> Remembered:
        """The search of a ticket. Raises ``Missing`` when it is forgotten or another's."""
        with self._lock:
            found = self._kept.get(ticket)
        if found is None or found.account_id != account_id:
            raise Missing("The search is no longer remembered; search again.")
        return found

    def forget(self, account_id: UUID | None) -> None:
        """Forget every search of an account, as at its sign-out."""
        with self._lock:
            for ticket in [ticket for ticket, one in self._kept.items() if one.account_id == account_id]:
                del self._kept[ticket]
