"""The demo's population register: both interfaces of VTJ, with the demo's people, who live on when they are told to.

Its state in the home folder is the day it began and how many days have gone by: the people, and everything that has
befallen them, follow from these. The register's settings that reach it stand there too. Moving time is no part of VTJ; a request of the demo command does it.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from threading import Lock
from typing import Any, Final

from rekisteri.ground import clock
from rekisteri.ground.errors import Unavailable
from rekisteri.simulators.serving import Answered, Asked, Outsider, serving
from rekisteri.simulators.vtj_changes import JSON, PREFIX, ChangeService
from rekisteri.simulators.vtj_life import Nation
from rekisteri.simulators.vtj_people import Citizen, citizens
from rekisteri.simulators.vtj_query import CLIENT, SERVICE, TAILORED, QueryService

FILE: Final = "vtj.json"
LIVE: Final = "/simulaattori/paivat"
PERMISSION: Final = "1125/410/14"
USER: Final = "rekisteri"
ACTS_OF: Final = 500
"""Of so many people something befalls one in a day."""
ACTS_LEAST: Final = 5
DAYS_MOST: Final = 3660
ANSWER_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class Lived:
    """Time that went by: the day it now is there, and how many changes it brought."""

    today: date
    changes: int


@contextmanager
def population_register(home: Path, seed: int, customers: int) -> Iterator[str]:
    """Both interfaces answer until the end, and ``vtj.json`` in ``home`` tells how they are reached; where they answer."""
    home.mkdir(parents=True, exist_ok=True)
    office = _Office(home / FILE, seed, customers)
    outsider = Outsider(office.answer)
    with serving(outsider):
        office.declare(outsider.url)
        yield outsider.url


def _settings(url: str, password: str) -> dict[str, str | bool]:
    """The register's settings that reach the two services, by name."""
    return {
        "vtj_permission": PERMISSION, "vtj_client": CLIENT, "vtj_query_url": f"{url}/", "vtj_query_service": SERVICE,
        "vtj_query_user": USER, "vtj_query_password": password, "vtj_query_product": TAILORED,
        "vtj_changes_url": f"{url}{PREFIX}", "vtj_changes_user": USER, "vtj_changes_password": password,
        "vtj_orders_told": True,
    }  # fmt: skip


def let_live(home: Path, days: int) -> Lived:
    """Let days go by at the running demo's VTJ. Raises ``Unavailable`` where no demo is running."""
    path = home / FILE
    kept = json.loads(path.read_text("utf-8")) if path.exists() else {"url": "", "password": ""}
    connection = HTTPConnection(kept["url"].removeprefix("http://") or "localhost:9", timeout=ANSWER_S)
    try:
        connection.request("POST", LIVE, json.dumps({"days": days, "password": kept["password"]}))
        answer = connection.getresponse()
        told = json.loads(answer.read())
    except (OSError, ValueError):
        raise Unavailable(
            "No demo answers in this folder; start `rekisteri demo` in another terminal, then let time go by."
        ) from None
    finally:
        connection.close()
    return Lived(date.fromisoformat(told["today"]), int(told["changes"]))


@dataclass(slots=True)
class _Office:
    """The register's people, made when somebody first asks, and its two services."""

    path: Path
    seed: int
    customers: int
    _kept: dict[str, Any] = field(default_factory=dict)
    _services: tuple[Nation, QueryService, ChangeService] | None = None
    _lock: Lock = field(default_factory=Lock)

    def declare(self, url: str) -> None:
        """Keep where the services answer, beside what was kept before."""
        if self.path.exists():
            self._kept = json.loads(self.path.read_text("utf-8"))
        else:
            began = clock.day(clock.now()).isoformat()
            self._kept = {"began": began, "days": 0, "password": secrets.token_urlsafe(12)}
        self._kept |= {"url": url, "settings": _settings(url, self._kept["password"])}
        self._keep()

    def answer(self, asked: Asked) -> Answered:
        """Time moved on, or the answer of either interface."""
        with self._lock:
            nation, query, changes = self._opened()
            if asked.path == LIVE:
                return self._live(nation, asked)
            return changes.answer(asked) if asked.path.startswith(PREFIX) else query.answer(asked)

    def _live(self, nation: Nation, asked: Asked) -> Answered:
        told = json.loads(asked.body)
        if told.get("password") != self._kept["password"] or not 0 <= told.get("days", -1) <= DAYS_MOST:
            return Answered(403, JSON, b"{}")
        changes = nation.pass_days(told["days"], self._acts())
        self._kept["days"] += told["days"]
        self._keep()
        return Answered(200, JSON, json.dumps({"today": nation.today.isoformat(), "changes": changes}).encode())

    def _opened(self) -> tuple[Nation, QueryService, ChangeService]:
        if self._services is None:
            nation = Nation(self._people(), date.fromisoformat(self._kept["began"]), self.seed)
            nation.pass_days(self._kept["days"], self._acts())
            password: str = self._kept["password"]
            query = QueryService(nation.find, lambda: nation.today, USER, password)
            self._services = nation, query, ChangeService(nation, USER, password)
        return self._services

    def _people(self) -> Iterator[Citizen]:
        return citizens(self.seed, self.customers)

    def _acts(self) -> int:
        return max(ACTS_LEAST, self.customers // ACTS_OF)

    def _keep(self) -> None:
        fresh = self.path.with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as sink:
            json.dump(self._kept, sink)
        fresh.rename(self.path)
