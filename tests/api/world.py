"""A small world for the API's tests: a register, its accounts, customers who came in a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from rekisteri import access, api, wiring
from rekisteri.access import Action
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.settings import Settings
from rekisteri.simulators import Person, people
from rekisteri.wiring import Register

PASSWORD = "a-long-enough-password"
HOME = "kuusilahti"
OTHER = "granvikin-vesi"
ADMINISTRATION = Purpose.ADMINISTRATION
USUAL = {
    Role.MAINTAINER: Purpose.UPKEEP,
    Role.INVOICER: Purpose.INVOICING,
    Role.COLLECTOR: Purpose.COLLECTION,
    Role.OFFICER: Purpose.DATA_PROTECTION,
    Role.AUDITOR: Purpose.DATA_PROTECTION,
    Role.ADMINISTRATOR: Purpose.ADMINISTRATION,
    Role.INTEGRATION: Purpose.INVOICING,
}
OF_ORGANISATION = frozenset({Role.INVOICER, Role.INTEGRATION})


def with_codes(count: int, seed: int = 7) -> list[Person]:
    """Invented persons who have an identity code and nothing to hide."""
    found = (person for person in people(seed, 40 * count) if person.hetu and person.turvakielto is False)
    return [person for person, _ in zip(found, range(count), strict=False)]


def row(number: int, person: Person, **more: str) -> dict[str, str]:
    """A customer's row in the standard layout."""
    assert person.hetu is not None
    return {
        "asiakasnumero": str(number),
        "henkilotunnus": person.hetu,
        "sukunimi": person.surname,
        "etunimet": person.first_names,
        "osoite_katu": person.address.street,
        "osoite_postinumero": person.address.postcode,
        "osoite_toimipaikka": person.address.town,
        "turvakielto": "ei",
    } | more


@dataclass(frozen=True, slots=True)
class World:
    """A register with two client organisations and an account of each role (invoicer, integration: of the first)."""

    register: Register
    client: TestClient

    def headers(self, role: Role, *, handle: str | None = None, purpose: Purpose | None = None) -> dict[str, str]:
        """The headers of a signed-in caller."""
        answer = self.client.post("/session", json={"account": handle or role.value, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        return {
            "Authorization": f"Bearer {answer.json()['token']}",
            "Rekisteri-Purpose": (purpose or USUAL[role]).value,
        }

    def bring(self, rows: list[dict[str, str]], organisation: str = HOME, mode: str = "delta") -> dict[str, Any]:
        """Rows of an organisation, taken by its integration over the API; the report."""
        answer = self.client.post(
            "/imports",
            files={"file": ("asiakkaat.ndjson", b"\n".join(map(orjson.dumps, rows)))},
            data={"organisation": organisation, "mode": mode},
            headers=self.headers(Role.INTEGRATION, handle=f"integration.{organisation}"),
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def customer(self, hetu: str | None) -> str:
        """The id of the customer of a code."""
        answer = self.client.post("/customers/lookup", json={"hetu": hetu}, headers=self.headers(Role.MAINTAINER))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])


@contextmanager
def a_world(database_url: str, home: Path) -> Iterator[World]:
    """The world, whole. A failure of the API is answered, not raised: as a caller sees it."""
    settings = Settings(database_url=database_url, home=home, artificial_hetu=True, ordinary_hetu=False, pool_size=4)
    with wiring.opened(settings, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)) as register:
        _populate(register)
        with TestClient(api.application(register), raise_server_exceptions=False) as client:
            yield World(register, client)


def _populate(register: Register) -> None:
    viewer = wiring.operator()
    with register.door.write(viewer, Action.ORGANISATION_MANAGE, ADMINISTRATION) as tx:
        access.add_organisation(tx, code=HOME, name="Kuusilahden kaupunki", ytunnus="9900012-2")
        access.add_organisation(tx, code=OTHER, name="Granvikin Vesi Oy", ytunnus="9900039-2")
    accounts: Mapping[str, tuple[Role, list[str]]] = {
        role.value: (role, [HOME] if role in OF_ORGANISATION else []) for role in access.ACCOUNT_ROLES
    } | {f"integration.{code}": (Role.INTEGRATION, [code]) for code in (HOME, OTHER)}
    with register.door.write(viewer, Action.ACCOUNT_MANAGE, ADMINISTRATION) as tx:
        for handle, (role, codes) in accounts.items():
            access.add_account(
                tx,
                register.hasher,
                handle=handle,
                name=handle,
                password=PASSWORD,
                roles=[role],
                organisation_codes=codes,
                every_organisation=not codes and role is not Role.ADMINISTRATOR,
            )
