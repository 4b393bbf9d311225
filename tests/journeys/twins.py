"""Twin worlds: one story told twice, with other protected values; and everything whoever may not see them can get.

A story is a list of steps, the same in both worlds; a world's secrets are the covered values each step brings, be
they another address, the same one again or none at all. What is random in a register (identifiers, tickets) is counted
instead, so that only what the secrets do can make a difference.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from rekisteri import api, matching, rights, wiring
from rekisteri.access import Action, add_account
from rekisteri.access.actions import PURPOSES_OF_ROLE
from rekisteri.catalogue import COVERED, Purpose, Role, Text
from rekisteri.ground import ids
from rekisteri.payers import Channel, Households, LastResort, Policy, set_reason
from rekisteri.rights import Channel as AskedBy
from rekisteri.rights import Identity, Kind
from rekisteri.simulators.vtj_people import Citizen, Residence
from tests.builders import AAPO, BEA, CALLE, DIDRIK, EEVA, FILIP, WEAK_HASHER, World, a_person, a_viewer
from tests.sources.vtj.asking import a_citizen
from tests.sources.vtj.following import Bureau, a_bureau, follow
from tests.web.browsing import ACCOUNTS, BASE, PASSWORD, Office, an_office

REASON = "PH"
COUNTED = "{:08x}-0000-7000-8000-{:012x}"
PAGES_MOST = 45
OK = 200
HREF = re.compile(r'(?:href|src|hx-get)="(/[^"#]*)')
LEFT_OUT = re.compile(r"^/(static|kirjaudu|tunnistaudu|ohje|seloste|tietue)")
"""Pages that are the same for everybody, and the one way out."""


@dataclass(frozen=True, slots=True)
class Home:
    """An address that may be protected."""

    street: str
    postcode: str
    town: str

    def parts(self, item: str) -> dict[str, str]:
        """As parts of an item of a row."""
        return {f"{item}.street": self.street, f"{item}.postcode": self.postcode, f"{item}.town": self.town}

    def residence(self, since: date) -> Residence:
        """As VTJ has it."""
        name, _, number = self.street.rpartition(" ")
        return Residence(name, "", number, "", "", self.postcode, self.town, "", "091", since)


@dataclass(frozen=True, slots=True)
class Secret:
    """The covered values one step brings; any of them may be missing."""

    permanent: Home | None
    temporary: Home | None
    postal: Home | None
    phone: str | None
    email: str | None

    def parts(self) -> dict[str, str]:
        """As parts of a row."""
        found: dict[str, str] = {}
        for item in ("permanent", "temporary", "postal"):
            home: Home | None = getattr(self, item)
            found |= {} if home is None else home.parts(f"{item}_address")
        return found | {name: text for name in ("phone", "email") if (text := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a story, and its secrets in either world."""

    kind: str
    secrets: tuple[Secret, Secret]


@dataclass(slots=True)
class Twin:
    """One of two worlds."""

    office: Office
    bureau: Bureau
    parties: dict[str, UUID] = field(default_factory=dict)
    ordered: set[str] = field(default_factory=lambda: {"bea"})
    merged: UUID | None = None
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def world(self) -> World:
        """The register."""
        return self.office.world


ROWS = {"bea": ("100", BEA, "Piilonen", "Bea"), "aapo": ("101", AAPO, "Kuvitteellinen", "Aapo Testi"),
        "didrik": ("103", DIDRIK, "von Tänkt", "Didrik"), "eeva": ("104", EEVA, "Piilonen", "Eeva"),
        "filip": ("105", FILIP, "Kuvitteellinen", "Filip")}  # fmt: skip
OF_BEA = {"custodian__name": "Piilonen Bea", "custodian__hetu": BEA}
OF_FILIP = {"custodian__name": "Kuvitteellinen Filip", "custodian__hetu": FILIP}


def a_row(who: str, secret: Secret, **parts: str) -> dict[str, str]:
    """A row of somebody with secrets and no other address."""
    number, hetu, surname, first_names = ROWS[who]
    row = a_person(number, hetu, surname=surname, first_names=first_names, **parts)
    bare = {name: text for name, text in row.items() if not name.startswith("permanent_address.")}
    return bare | secret.parts()


# Steps


def sends(twin: Twin, secret: Secret) -> None:
    """The town sends the customer under an order again."""
    twin.world.take(twin.world.town, a_row("bea", secret, turvakielto="k"))


def is_silent(twin: Twin, secret: Secret) -> None:
    """The town sends the customer again and says nothing of the order."""
    twin.world.take(twin.world.town, a_row("bea", secret, turvakielto=""))


def shares(twin: Twin, secret: Secret) -> None:
    """Another organisation, which has heard of no order, has the customer too."""
    number, hetu, surname, first_names = ROWS["bea"]
    row = a_person(f"V{number}", hetu, surname=surname, first_names=first_names, turvakielto="e")
    bare = {name: text for name, text in row.items() if not name.startswith("permanent_address.")}
    twin.world.take(twin.world.water, bare | secret.parts())


def comes_under(twin: Twin, secret: Secret) -> None:
    """An order comes upon a child who had none, and with it another address: that of the custodian too."""
    twin.ordered.add("aapo")
    rows = [a_row("aapo", secret, turvakielto="k", **OF_FILIP), a_row("filip", secret)]
    twin.world.take(twin.world.town, *rows)


def lives_together(twin: Twin, secret: Secret) -> None:
    """The town sends the child of the customer under an order, who is under none and lives with her."""
    twin.world.take(twin.world.town, a_row("eeva", secret, **OF_BEA))


def shares_the_child(twin: Twin, secret: Secret) -> None:
    """Another organisation, which has not heard of the custodian, has the child too."""
    twin.world.take(twin.world.water, a_row("eeva", secret) | {"customer_number": "V104"})


def is_followed(twin: Twin, secret: Secret) -> None:
    """VTJ tells of everybody: of one an order nobody else has heard of."""
    _settle(twin, secret)
    twin.ordered.add("calle")
    follow(twin.world, twin.bureau)


def moves(twin: Twin, secret: Secret) -> None:
    """Days go by, the protected move, and VTJ tells of it."""
    twin.world.clock.pass_days(1)
    twin.bureau.nation.today = twin.world.clock.at.date()
    for one in twin.bureau.nation.people:
        if one.protected:
            home = secret.permanent or Home("Sama katu 1", "00100", "HELSINKI")
            twin.bureau.nation.move(one, home.residence(twin.bureau.nation.today))
    follow(twin.world, twin.bureau)


def is_corrected(twin: Twin, secret: Secret) -> None:
    """A maintainer puts the telephone right."""
    twin.world.correct(twin.parties["bea"], "phone", value=secret.phone or "+358401111111")


def is_merged(twin: Twin, secret: Secret) -> None:
    """The same customer without a code, merged."""
    if twin.merged is not None:
        return
    row = a_row("bea", secret, turvakielto="")
    del row["hetu"]
    taken = twin.world.take(twin.world.town, row | {"customer_number": "109", "turvakielto": "k"})
    twin.merged = UUID(taken.party_ids["109"])
    _merge(twin, lambda tx, vault: matching.merge(tx, vault, twin.parties["bea"], twin.merged, reason="sama"))


def is_parted(twin: Twin, _: Secret) -> None:
    """The merge is undone."""
    if twin.merged is not None:
        former, twin.merged = twin.merged, None
        _merge(twin, lambda tx, vault: matching.undo(tx, vault, twin.parties["bea"], former, reason="eri"))
        twin.parties["former"] = former


def is_looked_at(twin: Twin, _: Secret) -> None:
    """A maintainer opens what is covered: the log knows it."""
    with twin.world.register.door.read(twin.world.maintainer, Action.CUSTOMER_PROTECTED, Purpose.UPKEEP) as tx:
        tx.saw(twin.parties["bea"])


HOME = Home("Esimerkkitie 7 A 12", "00999", "HELSINKI")
STEPS: Mapping[str, Callable[[Twin, Secret], None]] = {
    one.__name__: one
    for one in (
        sends, is_silent, shares, comes_under, lives_together, shares_the_child, is_followed, moves, is_corrected, is_merged, is_parted, is_looked_at,
    )
}  # fmt: skip


def _merge(twin: Twin, act: Callable[[Any, Any], UUID]) -> None:
    register = twin.world.register
    with register.door.write(twin.world.maintainer, Action.CUSTOMER_MERGE, Purpose.UPKEEP) as tx:
        act(tx, register.vault)


def _settle(twin: Twin, secret: Secret) -> None:
    """Where VTJ's people live, if they have not been asked of yet."""
    if "calle" in twin.ordered:
        return
    for one in twin.bureau.nation.people:
        if one.protected:
            one.permanent = None if secret.permanent is None else secret.permanent.residence(date(2019, 5, 1))
            one.email = secret.email or ""


# Worlds


@contextmanager
def a_twin(
    database_url: str, home: Path, story: Sequence[Step], side: int, born: Secret, unknown: Secret
) -> Iterator[Twin]:
    """A world in which the story has happened, with the secrets of one side.

    ``born`` are those of who is under an order from the beginning, ``unknown`` those of who may be.
    """
    citizens: list[Citizen] = [
        a_citizen(BEA, surname="Piilonen", first_names="Bea", protected=True, ever_protected=True),
        a_citizen(CALLE, surname="Öhberg", first_names="Calle", protected=True, ever_protected=True),
    ]
    with counted(), a_bureau(*citizens) as bureau, an_office(database_url, home, **bureau.settings()) as office:
        twin = Twin(office, bureau)
        _populate(twin, born, unknown)
        for step in story:
            STEPS[step.kind](twin, step.secrets[side])
            twin.world.clock.pass_days(1)
        yield twin


def _populate(twin: Twin, born: Secret, unknown: Secret) -> None:
    world = twin.world
    with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        add_account(
            tx, WEAK_HASHER, handle="vesilaskuttaja", name="Veera Vesi", password=PASSWORD, roles=[Role.INVOICER],
            organisation_codes=[world.water.code],
        )  # fmt: skip
    rows = [
        a_row("bea", born, turvakielto="k"),
        a_person("101", AAPO, **OF_FILIP),
        a_person("102", CALLE, surname="Öhberg", first_names="Calle", turvakielto=""),
        # What only the town has said, while nobody knows of an order.
        a_row("didrik", unknown, turvakielto=""),
        # The child lives with her custodian, whose order covers her address.
        a_row("eeva", born, **OF_BEA),
        a_row("filip", Secret(HOME, None, None, None, None)),
    ]
    taken = world.take(world.town, *rows)
    names = {"100": "bea", "101": "aapo", "102": "calle", "103": "didrik", "104": "eeva", "105": "filip"}
    twin.parties = {names[number]: UUID(party) for number, party in taken.party_ids.items()}
    bare = a_person("V1", DIDRIK, surname="von Tänkt", first_names="Didrik", turvakielto="")
    world.take(world.water, {name: text for name, text in bare.items() if not name.startswith("permanent_address.")})
    with world.register.door.write(world.maintainer, Action.REASON_MANAGE, Purpose.UPKEEP) as tx:
        for one in (world.town, world.water):
            policy = Policy((Channel.EMAIL, Channel.LETTER), LastResort.LETTER, Households.EVERY)
            set_reason(tx, one.id, REASON, Text("Varhaiskasvatus", "Småbarnspedagogik", "Early education"), policy)


@contextmanager
def counted() -> Iterator[None]:
    """Within, identifiers and tickets are counted, not drawn."""
    numbers, tickets, lock = count(1), count(1), threading.Lock()

    def batch(wanted: int) -> list[str]:
        with lock:
            return [COUNTED.format(number >> 20, number) for number, _ in zip(numbers, range(wanted), strict=False)]

    def ticket(_: int | None = None) -> str:
        return f"ticket-{next(tickets):08d}"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "batch", batch)
        patch.setattr(secrets, "token_urlsafe", ticket)
        yield


# What is seen


def everything(twin: Twin, handle: str, words: Sequence[str]) -> dict[str, str]:
    """Everything an account gets from its pages and the API; ``words`` are searched for."""
    return pages(twin, handle, words) | answers(twin, handle, words)


def pages(twin: Twin, handle: str, words: Sequence[str]) -> dict[str, str]:
    """Every page an account can reach by links, from its own pages, each customer's and what it searched for."""
    visitor = twin.office.visitor(handle)
    found: dict[str, str] = {}
    for word in words if visitor.goto("/haku").status_code == OK else ():
        page = visitor.search(word)
        found[f"search {word}"] = f"{page.status_code} {page.text}"
    begun = ["/", "/haku"]
    for party in twin.parties.values():
        begun += [f"/asiakas/{party}", f"/asiakas/{party}/historia", f"/loki/asiakas/{party}",
                  f"/loki/asiakas/{party}/rekisteroidylle", f"/asiakas/{party}/tietueet"]  # fmt: skip
    left, met = deque(begun), set(begun)
    while left and len(found) < PAGES_MOST:
        path = left.popleft()
        page = visitor.client.get(path)
        found[path] = f"{page.status_code} {sorted(page.headers.items())} {page.text}"
        for link in HREF.findall(page.text):
            link = link.replace("&amp;", "&")
            if link not in met and not LEFT_OUT.match(link):
                met.add(link)
                left.append(link)
    return found


def answers(twin: Twin, handle: str, words: Sequence[str]) -> dict[str, str]:
    """What the API answers an account of each customer, of everything listed, and to questions of each kind."""
    client = TestClient(api.application(twin.world.register), base_url=BASE, raise_server_exceptions=False)
    token = client.post("/session", json={"account": handle, "password": PASSWORD}).json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    found: dict[str, str] = {}

    def ask(method: str, path: str, **sent: Any) -> Any:
        answer = client.request(method, path, **sent)
        told = sorted((name, text) for name, text in answer.headers.items() if name != "date")
        found[f"{method} {path} {sent}"] = f"{answer.status_code} {told} {answer.text}"
        return answer

    for purpose in PURPOSES_OF_ROLE[_role(handle)]:
        client.headers["Rekisteri-Purpose"] = purpose.value
        for path, operations in client.get("/openapi.json").json()["paths"].items():
            path = path.removeprefix(api.PREFIX)
            if "get" in operations and path.count("{") == ("{party_id}" in path) and not path.startswith("/audit/log"):
                for party in twin.parties.values() if "{" in path else [UUID(int=0)]:
                    ask("GET", path.replace("{party_id}", str(party)))
        for party in twin.parties.values():
            ask("GET", f"/customers/{party}", params={"known_at": "2026-03-02T12:00:00Z"})
            ask("POST", f"/customers/{party}/protected")
        for word in words:
            ask("POST", "/customers/search", json={"text": word})
        for organisation in (twin.world.town.code, twin.world.water.code):
            for number in ("100", "101", "102", "103", "104", "105", "109", "V1", "V100", "V104"):
                asked = {"organisation": organisation, "customer_number": number, "payment_reason": REASON}
                receipt = ask("POST", "/payers/resolve", json=asked)
                if receipt.status_code == 200:
                    ask("GET", f"/receipts/{receipt.json()['receipt']['id']}")
    return found


def _role(handle: str) -> Role:
    return ACCOUNTS[handle][0] if handle in ACCOUNTS else Role.INVOICER


def household_package(twin: Twin) -> str:
    """The access package of a member of the household, as it is given out to whoever represents the member.

    The member's own package has the member's own address, which is nobody else's to withhold (GDPR art. 15).
    """
    register, officer = twin.world.register, a_viewer(Role.OFFICER)
    with register.door.write(officer, Action.RIGHTS_REQUEST, Purpose.DATA_PROTECTION) as tx:
        opened = rights.open_request(
            tx, register.vault, Kind.ACCESS, AskedBy.IN_PERSON, party_id=twin.parties["eeva"], language="fi",
            asked={"words": "Kaikki"},
        )  # fmt: skip
        rights.identify(tx, opened.id, Identity.PASSPORT)
    with register.door.write(officer, Action.RIGHTS_PACKAGE, Purpose.DATA_PROTECTION) as tx:
        files = rights.fulfil(
            tx, register.vault, opened.id, house="Kuvitelma Oy", sent=register.sent, language="fi", without=COVERED
        )
    return files.machine.decode()
