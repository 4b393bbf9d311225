"""Gathering whenever there is something to gather: before a recipient is answered, and every few seconds in a runner."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from rekisteri.access import Action, Door, Viewer
from rekisteri.catalogue import Purpose, Recipient
from rekisteri.feeds.gather import Gathered, gather
from rekisteri.ground.database import Database


class Gatherer:
    """Gathers for the declared recipients, as an act of the register's own; where there is no news it is no act."""

    def __init__(self, pool: Database, door: Door, viewer: Viewer, recipients: Sequence[Recipient]) -> None:
        self._pool = pool
        self._door = door
        self._viewer = viewer
        self.recipients = tuple(recipients)
        self._begun = threading.Event()

    def gather(self) -> Gathered:
        """Gather all there is. At its first call whoever was declared since begins to be told."""
        news = events = 0
        while self.recipients and (not self._begun.is_set() or self._stirring()):
            with self._door.write(self._viewer, Action.FEED_GATHER, Purpose.ADMINISTRATION) as tx:
                done = gather(tx, self.recipients)
            news, events = news + done.news, events + done.events
            if not done.more:
                self._begun.set()
                break
        return Gathered(news, events)

    def _stirring(self) -> bool:
        with self._pool.statement() as connection:
            found = connection.execute("select feeds.stirring()").fetchone()
        return found is not None and bool(found[0])
