"""The access matrix over HTTP: every role, of one organisation and of the staff, on every route, and every field of
every kind of customer, is answered as the plain page of the policy says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from rekisteri import access
from rekisteri.access import Action, Method, Proof, Subject
from rekisteri.catalogue import ITEMS, Choice, PartyKind, Purpose, Role
from rekisteri.ground.ids import PartyId
from tests.access import plainly
from tests.access.plainly import page
from tests.api.bodies import body_of
from tests.api.everyone import LEFT_OUT, Someone, everyone, stated
from tests.api.world import HOME, OF_ORGANISATION, PASSWORD, World, a_world
from tests.builders import a_viewer

CELLS_LEAST = 5_000
NOBODYS = UUID(int=7)
"""An identifier nothing bears: who may ask is told that there is no such thing, who may not is refused."""


@dataclass(frozen=True, slots=True)
class Asker:
    """An account of one role: of the service centre's staff, or of one client organisation."""

    role: Role
    everywhere: bool
    token: str

    def headers(self, purpose: Purpose) -> dict[str, str]:
        """What a request of theirs bears."""
        return {"Authorization": f"Bearer {self.token}", "Rekisteri-Purpose": purpose.value}

    def reaches(self, someone: Someone) -> bool:
        """Whether the customer is one of theirs."""
        return self.everywhere or someone.whose != "theirs"


def askers(world: World) -> list[Asker]:
    """Of each role one of the staff, where such there are, and one of an organisation."""
    bound = [role for role in access.ACCOUNT_ROLES if role not in OF_ORGANISATION | {Role.ADMINISTRATOR}]
    with world.register.door.write(a_viewer(Role.ADMINISTRATOR), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        for role in bound:
            access.add_account(
                tx, world.register.hasher, handle=f"{role}.home", name=role, password=PASSWORD, roles=[role],
                organisation_codes=[HOME],
            )  # fmt: skip
    staff = [(role, role.value, role not in OF_ORGANISATION | {Role.ADMINISTRATOR}) for role in access.ACCOUNT_ROLES]
    everybody = [*staff, *((role, f"{role}.home", False) for role in bound)]
    return [
        Asker(role, everywhere, world.headers(role, handle=handle)["Authorization"].removeprefix("Bearer "))
        for role, handle, everywhere in everybody
    ]


def a_subject(world: World, party_id: UUID) -> Asker:
    """A data subject whom strong identification has let in: no account, no organisation, one party."""
    at = world.register.now()
    proof = Proof(Method.PROVIDER, at, provider="tunnistus", level="substantial")
    with world.register.database.connection() as connection:
        token, _ = world.register.sessions.begin(
            connection, Subject(PartyId(party_id), "Data Subject"), proof, channel="web", language="fi", at=at
        )
    return Asker(Role.SUBJECT, everywhere=False, token=token)


def test_every_route_answers_every_role_as_the_page_says(database_url: str, tmp_path: Path) -> None:
    wrong: list[str] = []
    with a_world(database_url, tmp_path) as world:
        description = world.client.get("/openapi.json").json()
        asking = [*askers(world), a_subject(world, NOBODYS)]
        for path, method, operation in guarded(description):
            action = operation["x-action"]
            request = {"json": None, **body_of(operation, description)}
            for asker in asking:
                purposes = list(Purpose) if asker.role in page().actions[action].roles else usual(asker)
                for purpose in purposes:
                    answer = world.client.request(
                        method,
                        filled(path),
                        headers=asker.headers(purpose) | headers_of(operation) | request.get("headers", {}),
                        **{name: value for name, value in request.items() if name != "headers"},
                    )
                    expected = page().carries(asker.role, action, purpose)
                    if expected is (answer.status_code in (401, 403)) or answer.status_code >= 500:
                        wrong.append(
                            f"{method} {path} {asker.role} {purpose}: {answer.status_code} {answer.text[:200]}"
                        )
    assert not wrong, f"{len(wrong)} answers are not the page's:\n" + "\n".join(wrong[:20])


def test_every_act_that_opens_or_exports_asks_whoever_proved_themselves_long_ago_anew(
    database_url: str, tmp_path: Path
) -> None:
    fresh = {action.policy.name for action in Action if action.policy.fresh}
    asked, wrong = set(), []
    with a_world(database_url, tmp_path) as world:
        description = world.client.get("/openapi.json").json()
        asking = askers(world)
        with psycopg.connect(database_url, autocommit=True) as owner:
            owner.execute("update access.session set authenticated_at = authenticated_at - interval '16 minutes'")
        for path, method, operation in guarded(description):
            for asker in asking:
                action, purpose = operation["x-action"], usual(asker)[0]
                if action not in fresh or not page().carries(asker.role, action, purpose):
                    continue
                request = {"json": None, **body_of(operation, description)}
                headers = asker.headers(purpose) | headers_of(operation) | request.pop("headers", {})
                answer = world.client.request(method, filled(path), headers=headers, **request)
                asked.add(action)
                if answer.status_code != 401 or not answer.json()["type"].endswith("unproven"):
                    wrong.append(f"{method} {path} {asker.role}: {answer.status_code} {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)
    assert {
        "customer:unmask", "customer:protected", "payer:batch", "payer:receipt-covered", "audit:extract", "incident:assess",
        "rights:package", "rights:erase", "disclosure:give", "disclosure:agree", "emergency:ask", "emergency:decide",
    } <= asked  # fmt: skip


def guarded(description: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every operation somebody must have the right to; those on one's own sign-in change who asks, and stay away."""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            if operation.get("security") and not operation["x-action"].startswith(("session:", "account:proof")):
                yield path, method.upper(), operation


def usual(asker: Asker) -> list[Purpose]:
    """One purpose of the role's own: the role alone is what is in the way."""
    return [next(one for one in Purpose if one in page().roles[asker.role])]


def filled(path: str) -> str:
    """The path with names that nothing bears in its places."""
    for name, value in {"number": "999999", "handle": "nobody", "item": "phone", "place": "0/000"}.items():
        path = path.replace(f"{{{name}}}", value).replace(f"{{{name}:path}}", value)
    while "{" in path:
        path = path[: path.index("{")] + str(NOBODYS) + path[path.index("}") + 1 :]
    return path


def headers_of(operation: Mapping[str, Any]) -> dict[str, str]:
    """The headers the operation cannot do without, by their examples."""
    return {
        one["name"]: str(one["example"])
        for one in operation.get("parameters", ())
        if one["in"] == "header" and one.get("required") and "example" in one
    }


def test_every_field_of_every_customer_is_shown_to_every_role_as_the_page_says(
    database_url: str, tmp_path: Path
) -> None:
    count = 0
    with a_world(database_url, tmp_path) as world:
        organisations = {one: number for number, one in enumerate(("home", "other"), 1)}
        people = everyone(world.register, organisations["home"], organisations["other"])
        for asker in askers(world):
            for someone in people:
                for purpose in Purpose:
                    count += hold_to_page(world, asker, someone, purpose)
    assert count > CELLS_LEAST


def test_a_data_subject_meets_nobody_and_of_the_looks_at_customers_their_own_alone(
    database_url: str, tmp_path: Path
) -> None:
    cells = 0
    with a_world(database_url, tmp_path) as world:
        people = everyone(world.register, 1, 2)
        keeper = Asker(Role.MAINTAINER, True, world.headers(Role.MAINTAINER)["Authorization"].removeprefix("Bearer "))
        looked_at = people[::2]
        for someone in looked_at:
            got = world.client.get(f"/customers/{someone.id}", headers=keeper.headers(Purpose.COLLECTION))
            assert got.status_code == 200
        for someone in people:
            subject = a_subject(world, someone.id)
            headers = subject.headers(Purpose.DATA_PROTECTION)
            for other in people:
                for purpose in Purpose:
                    cells += hold_to_page(world, subject, other, purpose)
                about = world.client.get(f"/audit/customers/{other.id}/looks", headers=headers)
                assert about.status_code == 403, (someone, other, about.text)
            own = world.client.get("/own/looks", headers=headers)
            assert own.status_code == 200, own.text
            looks = [look for look in own.json()["looks"] if look["purpose"] == "collection"]
            assert len(looks) == (1 if someone in looked_at else 0), (someone, own.text)
            assert "maintainer" not in own.text, "who looked is withheld"
            assert not any(str(one.id) in own.text for one in people if one != someone), own.text
            cells += 1
    assert cells > len(people) ** 2 * 5


def hold_to_page(world: World, asker: Asker, someone: Someone, purpose: Purpose) -> int:
    """Ask for one customer in every way there is, and hold each answer to the page; how many cells that was."""
    where = (asker.role, asker.everywhere, purpose, someone.whose, someone.order)
    card = world.client.get(f"/customers/{someone.id}", headers=asker.headers(purpose))
    expected = status(asker, someone, "customer:read", purpose)
    assert card.status_code == expected, (where, card.text)
    cells = 1
    if expected == 200:
        cells += hold_fields(asker, someone, purpose, card.json(), where)
    for path, action in (
        ("history", "customer:history"),
        ("unmask", "customer:unmask"),
        ("protected", "customer:protected"),
    ):
        method = "GET" if path == "history" else "POST"
        answer = world.client.request(method, f"/customers/{someone.id}/{path}", headers=asker.headers(purpose))
        assert answer.status_code == status(asker, someone, action, purpose), (where, path, answer.text)
        if path != "protected":
            hold_secrets(asker, someone, purpose, answer.text, (*where, path))
        elif answer.status_code == 200:
            assert all(secret in answer.text.casefold() for secret in someone.secrets), (where, answer.text)
        if path != "unmask":
            assert someone.hetu not in answer.text, (where, path)
        cells += 1
    found = world.client.post("/customers/search", json={"text": someone.hetu}, headers=asker.headers(purpose))
    if page().carries(asker.role, "customer:search", purpose):
        hits = [hit["id"] for hit in found.json()["hits"]]
        assert hits == ([str(someone.id)] if asker.reaches(someone) else []), (where, found.text)
        hold_secrets(asker, someone, purpose, found.text, (*where, "search"))
    else:
        assert found.status_code == 403, (where, found.text)
    return cells + 1


def status(asker: Asker, someone: Someone, action: str, purpose: Purpose) -> int:
    """How the page would have a question about one customer answered: a customer out of reach is not there."""
    if not page().carries(asker.role, action, purpose):
        return 403
    return 200 if asker.reaches(someone) else 404


def hold_fields(asker: Asker, someone: Someone, purpose: Purpose, card: Mapping[str, Any], where: object) -> int:
    """Every item on the card, or by which rule it is not; how many there were."""
    shown = {one["item"] for one in card["values"]}
    own = {one["item"] for customership in card["customerships"] for one in customership["values"]}
    withheld = {one["item"]: one["rule"] for one in card["withheld"]}
    told = {item.name for item in stated(PartyKind.PERSON)} - LEFT_OUT
    mine = someone.whose in ("ours", "both") and not asker.everywhere
    cells = 0
    for item in ITEMS:
        if PartyKind.PERSON not in item.kinds or item.name in LEFT_OUT:
            continue
        cells += 1
        sight = plainly.shows(page(), item.name, asker.role, purpose, someone.order, everywhere=asker.everywhere)
        seen = sight == "shown" or (sight == "own_word" and mine)
        if item.choice is Choice.OWN:
            assert (item.name in own) is (seen and item.name in told), (where, item.name, sight)
            continue
        assert (item.name in shown) is (seen and item.name in told), (where, item.name, sight)
        if item.choice is not Choice.STRICTEST:
            rule = {"purpose": "purpose", "turvakielto_on": "turvakielto_on"}.get(sight)
            assert withheld.get(item.name) == rule or (sight == "own_word" and not mine), (where, item.name, sight)
    hold_secrets(asker, someone, purpose, str(card), where)
    assert someone.hetu not in str(card), where
    return cells


def hold_secrets(asker: Asker, someone: Someone, purpose: Purpose, text: str, where: object) -> None:
    """What non-disclosure covers stands nowhere in an answer, be it under a name nobody thought of."""
    open_ = someone.order == "off" or (
        someone.order == "unknown" and (asker.everywhere or someone.whose in ("ours", "both"))
    )
    if not open_ or not asker.reaches(someone):
        assert not any(secret in text.casefold() for secret in someone.secrets), (where, text)
