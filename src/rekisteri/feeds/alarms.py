"""Alarms told on: how many there are of each kind, to the one place the operator has declared; never whose or whom.

The message is signed as recipients' webhooks are (Standard Webhooks 1.0), under a name no recipient can have. It is sent
when the picture has changed, once a day while anything is open, and once when all is clear again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import orjson

from rekisteri import access
from rekisteri.access import Action, Door, Viewer
from rekisteri.catalogue import Purpose
from rekisteri.feeds.signing import Secrets
from rekisteri.ground import clock, egress, ids
from rekisteri.ground.egress import Connection
from rekisteri.ground.errors import Rejected, Unavailable
from rekisteri.ground.settings import Settings

NAME = "@alarms"
"""Under which the secret is made: recipients' names have no such sign."""
CONTENT_TYPE = "application/json"
REMINDED = timedelta(days=1)
MEMORY = "alarms-told.json"
TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Picture:
    """What asks for somebody now: rights, and open signals of odd looks by kind."""

    rights: access.Alarms
    signals: Mapping[str, int]

    @property
    def counts(self) -> dict[str, int]:
        """Everything there is, by name; what there is none of is left out."""
        rights = {name: count for name, count in asdict(self.rights).items() if count}
        return rights | {f"signals_{kind}": count for kind, count in sorted(self.signals.items()) if count}


def connection(settings: Settings) -> Connection | None:
    """The way out to where alarms are told, if one is declared. Raises ``Rejected`` where its country is not said."""
    if settings.alarm_url is None:
        return None
    if settings.alarm_country is None:
        raise Rejected(
            "Alarms are told elsewhere: say in which country, REKISTERI_ALARM_COUNTRY=FI.", field="alarm_country"
        )
    told = "Alarms of rights and odd looks: how many, never whose"
    return Connection("alarms", settings.alarm_url, settings.alarm_country, told, settings.alarm_ca)


@dataclass(frozen=True, slots=True)
class Alarmer:
    """Tells alarms on, as acts of the register's own."""

    door: Door
    viewer: Viewer
    secrets: Secrets
    home: Path
    now: clock.Clock

    def tell(self, way: Connection, picture: Picture) -> bool:
        """Send the picture where it is news; whether it was sent. Raises ``Unavailable`` where nobody took it."""
        at, counts = self.now(), picture.counts
        if not self._news(counts, at):
            return False
        with self.door.read(self.viewer, Action.CONNECTION_OPEN, Purpose.ADMINISTRATION) as tx:
            tx.note(connection=way.name, **counts)
        body = orjson.dumps({"type": "fi.rekisteri.alarms", "timestamp": at.isoformat(), "data": counts})
        headers = self.secrets.headers(NAME, str(ids.fresh()), at, body) | {"content-type": CONTENT_TYPE}
        try:
            with (
                egress.client(way, timeout_s=TIMEOUT_S) as client,
                client.stream("POST", way.url, content=body, headers=headers) as answer,
            ):
                if not answer.is_success:
                    raise Unavailable(f"Alarms were not taken where they are told: HTTP {answer.status_code}.")
        except httpx2.HTTPError:
            raise Unavailable("Nobody answers where alarms are told; see `rekisteri connection try alarms`.") from None
        (self.home / MEMORY).write_bytes(orjson.dumps({"counts": counts, "at": at.isoformat()}))
        return True

    def _news(self, counts: Mapping[str, int], at: datetime) -> bool:
        """Whether they differ from what was told last, or were told too long ago; that all is clear is news once."""
        try:
            told = orjson.loads((self.home / MEMORY).read_bytes())
            last, before = datetime.fromisoformat(told["at"]), dict(told["counts"])
        except (OSError, ValueError, KeyError, TypeError):
            return bool(counts)
        return counts != before or (bool(counts) and at - last >= REMINDED)
