"""VTJ's query interface for tests: a small nation, its server, and how the register reaches it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from pydantic import SecretStr

from rekisteri.simulators.serving import Outsider, Tls, serving
from rekisteri.simulators.vtj_people import Citizen, Residence
from rekisteri.simulators.vtj_query import CLIENT, SERVICE, TAILORED, QueryService
from rekisteri.sources.vtj.client_query import Call, QuerySetup
from tests.builders import AAPO, AAPO_NEW, BEA, CALLE, EEVA

TODAY = date(2026, 3, 2)
CALL = Call("5b0f4c1e-0000-4000-8000-000000000001", "FI-kasittelija-17", "PERINTA-2026-17")


@dataclass(slots=True)
class Office:
    """The service, its server and its people by code."""

    service: QueryService
    server: Outsider
    people: dict[str, Citizen]

    def setup(self, **changed: object) -> QuerySetup:
        """How the register reaches it."""
        said: dict[str, object] = {
            "url": f"{self.server.url}/", "client": CLIENT, "service": SERVICE, "user": self.service.user,
            "password": SecretStr(self.service.password), "product": TAILORED, "permission": "1125/410/14",
            "timeout_s": 1.0, "wait_s": 0.01,
        }  # fmt: skip
        return QuerySetup(**(said | changed))  # type: ignore[arg-type]

    def settings(self) -> dict[str, object]:
        """The register's settings that reach it."""
        return {
            "vtj_permission": "1125/410/14", "vtj_client": CLIENT, "vtj_query_url": f"{self.server.url}/",
            "vtj_query_service": SERVICE, "vtj_query_user": self.service.user,
            "vtj_query_password": SecretStr(self.service.password), "vtj_query_product": TAILORED,
            "vtj_query_timeout_s": 5.0,
        }  # fmt: skip


def a_home(street: str = "Esimerkkitie", since: date = date(2019, 5, 1)) -> Residence:
    """A home in Helsinki."""
    return Residence(street, "Exempelvägen", "7", "A", "12", "00999", "HELSINKI", "HELSINGFORS", "091", since)


def a_citizen(hetu: str = AAPO, **changed: object) -> Citizen:
    """A citizen, living at home."""
    born = {AAPO: date(1960, 3, 24), BEA: date(1990, 2, 2), CALLE: date(1999, 12, 31), EEVA: date(2006, 6, 6)}
    said: dict[str, object] = {
        "hetu": hetu, "sex": "m", "born_on": born.get(hetu, date(1960, 3, 24)), "surname": "Kuvitteellinen",
        "first_names": "Aapo Testi", "called_name": "Aapo", "mother_tongue": "fi", "contact_language": "fi",
        "permanent": a_home(),
    }  # fmt: skip
    return Citizen(**(said | changed))  # type: ignore[arg-type]


@contextmanager
def an_office(*people: Citizen, tls: Tls | None = None) -> Iterator[Office]:
    """The query interface with these people, answering on this machine."""
    by_code = {code: one for one in people for code in (one.hetu, *one.former_hetus)}
    service = QueryService(by_code.get, lambda: TODAY)
    with serving(service.outsider(), tls=tls) as server:
        yield Office(service, server, by_code)


RENEWED = a_citizen(AAPO_NEW, former_hetus=[AAPO])
