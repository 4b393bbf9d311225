"""VTJ's change interface (muutosrajapinta), as a server: basic data and changes in pages, strict about requests.

Written from the public descriptions and sharing nothing with the register's client. It can be told to be noisy
as networks and queues are: to send some changes again, and some out of order.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from rekisteri.simulators.draws import SPAN, thrower
from rekisteri.simulators.serving import Answered, Asked, Outsider
from rekisteri.simulators.vtj_groups import groups_of
from rekisteri.simulators.vtj_life import FIRST_KEY, Happening, Nation, as_hidden
from rekisteri.simulators.vtj_query import CLIENT

PREFIX: Final = "/r1/FI-TEST/GOV/0245437-2/VTJmutpa/VTJmutpa/api/v1"
BATCH_MAX: Final = 1000
NOISE_BLOCK: Final = 40
HELSINKI: Final = ZoneInfo("Europe/Helsinki")
JSON: Final = "application/json"


@dataclass(slots=True)
class ChangeService:
    """Who may ask, and how a nation's changes are told.

    ``hides``: the permit leaves the places of people under an order out. ``groups``: the permit's groups,
    every one if None. ``noise``: this share of changes is sent twice, and changes change places near each other.
    """

    nation: Nation
    user: str = "rekisteri"
    password: str = "mutpa-salasana"  # noqa: S105 - of an invented world
    hides: bool = False
    groups: frozenset[str] | None = None
    page: int = 500
    noise: float = 0.0
    seed: int = 1
    key_as_text: bool = False
    _sent: list[Happening] = field(default_factory=list)
    _places: dict[int, list[int]] = field(default_factory=dict)
    _arranged: int = 0

    def outsider(self) -> Outsider:
        """The service behind a socket."""
        return Outsider(self.answer)

    def answer(self, asked: Asked) -> Answered:
        """The answer to one request."""
        if asked.headers.get("x-road-client") != CLIENT:
            return _road_error("Client.BadRequest", "X-Road-Client is missing or not known")
        if not asked.path.startswith(f"{PREFIX}/"):
            return _road_error("Client.UnknownService", "No such service")
        given = asked.headers.get("authorization", "").removeprefix("Basic ")
        if base64.b64decode(given + "==").decode("utf-8", "replace") != f"{self.user}:{self.password}":
            return _error(401, "Tunnus tai salasana on virheellinen")
        topic, _, rest = asked.path.removeprefix(f"{PREFIX}/").partition("/")
        if topic == "kirjausavain" and asked.method == "GET":
            return self._day_key(rest)
        if asked.method != "POST" or asked.headers.get("content-type") != JSON:
            return _error(405 if asked.method != "POST" else 415, "Pyyntö ei ole oikean muotoinen")
        try:
            question = json.loads(asked.body)
        except ValueError:
            return _error(400, "Pyyntö ei ole JSON-muotoinen")
        if topic == "perustiedot":
            return self._basic(question)
        return self._changes(question) if topic == "muutokset" else _error(404, "Palvelua ei ole")

    def _day_key(self, text: str) -> Answered:
        try:
            key = self._key_of(date.fromisoformat(text))
        except ValueError:
            return _error(400, "Päivä on virheellinen")
        return self._told({"viimeisinKirjausavain": key})

    def _basic(self, question: Any) -> Answered:
        if not isinstance(question, dict) or not question.keys() <= {"hetulista", "tietoryhmat"}:
            return _error(400, "Pyynnössä on tuntematon kenttä")
        listed, wanted = question.get("hetulista"), question.get("tietoryhmat", [])
        if not _texts(listed) or not listed or not _texts(wanted) or ("tietoryhmat" in question and not wanted):
            return _error(400, "hetulista tai tietoryhmat on virheellinen")
        if len(listed) > BATCH_MAX:
            return _error(400, f"hetulistassa on yli {BATCH_MAX} henkilötunnusta")
        persons = [(hetu, self.nation.find(hetu)) for hetu in dict.fromkeys(listed)]
        told = [
            {"henkilotunnus": hetu, "tietoryhmat": self._permitted(groups_of(citizen, hides=self.hides), wanted)}
            for hetu, citizen in persons
            if citizen is not None
        ]
        return _json({"perustiedot": told, "ajanTasalla": True})

    def _changes(self, question: Any) -> Answered:
        if not isinstance(question, dict) or question.keys() != {"viimeisinKirjausavain", "hetulista"}:
            return _error(400, "Pyynnön kentät ovat virheelliset")
        key, listed = question["viimeisinKirjausavain"], question["hetulista"]
        if not isinstance(key, int) or key < 0 or not _texts(listed):
            return _error(400, "viimeisinKirjausavain tai hetulista on virheellinen")
        self._arrange()
        wanted = {id(one) for hetu in listed if (one := self.nation.find(hetu)) is not None}
        since = key - FIRST_KEY
        places = sorted(place for one in wanted for place in self._places.get(one, ()) if place >= since)
        page, done = places[: self.page], len(places) <= self.page
        told = [self._change(self._sent[place]) for place in page]
        last = len(self._sent) if done else page[-1] + 1
        return self._told({"viimeisinKirjausavain": FIRST_KEY + last, "muutokset": told, "ajanTasalla": done})

    def _change(self, one: Happening) -> dict[str, Any]:
        midnight = datetime.combine(one.on, time(), HELSINKI).astimezone(ZoneInfo("UTC"))
        told = as_hidden(one.groups) if self.hides and one.citizen.protected else list(one.groups)
        return {
            "henkilotunnus": one.hetu,
            "muutospv": midnight.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "tietoryhmat": self._permitted(told, []),
        }

    def _permitted(self, told: Iterable[dict[str, Any]], wanted: list[str]) -> list[dict[str, Any]]:
        return [
            one
            for one in told
            if (self.groups is None or one["tietoryhma"] in self.groups) and (not wanted or one["tietoryhma"] in wanted)
        ]

    def _told(self, answer: dict[str, Any]) -> Answered:
        if self.key_as_text:
            answer["viimeisinKirjausavain"] = str(answer["viimeisinKirjausavain"])
        return _json(answer)

    def _key_of(self, when: date) -> int:
        self._arrange()
        return FIRST_KEY + next((place for place, one in enumerate(self._sent) if one.on >= when), len(self._sent))

    def _arrange(self) -> None:
        """Lay what has happened out for sending; with noise some of it twice and out of order, days kept apart."""
        fresh = self.nation.stream[self._arranged :]
        self._arranged += len(fresh)
        throw = thrower(self.seed, "vtj-noise")
        for start in range(0, len(fresh), NOISE_BLOCK):
            block = fresh[start : start + NOISE_BLOCK]
            if self.noise:
                first = len(self._sent)
                block += [one for nth, one in enumerate(block) if throw(first + nth)[0] < self.noise * SPAN]
                block = [one for _, one in sorted(enumerate(block), key=lambda pair: throw(first + pair[0])[1])]
            for one in block:
                self._places.setdefault(id(one.citizen), []).append(len(self._sent))
                self._sent.append(one)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _json(answer: dict[str, Any]) -> Answered:
    return Answered(200, JSON, json.dumps(answer, ensure_ascii=False).encode())


def _error(status: int, message: str) -> Answered:
    return Answered(status, JSON, json.dumps({"message": message}, ensure_ascii=False).encode())


def _road_error(kind: str, message: str) -> Answered:
    body = json.dumps({"type": kind, "message": message, "detail": "0"}).encode()
    return Answered(400 if kind.startswith("Client") else 500, JSON, body, (("X-Road-Error", kind),))


def road_error() -> Answered:
    """What a security server answers that does not reach the service."""
    return _road_error("Server.ServerProxy.NetworkError", "Could not connect to the target host")
