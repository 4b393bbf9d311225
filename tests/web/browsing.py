"""People at the register's pages: accounts, and a browser without scripts that fills in forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from rekisteri import access, web, wiring
from rekisteri.access import Action, Organisation
from rekisteri.catalogue import Purpose, Role
from rekisteri.rights import HOUSE_FILE
from tests.builders import WEAK_HASHER, World, a_world

PASSWORD = "sana-sana-sana-sana"
BASE = "http://rekisteri.test"


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes, and what it holds already."""

    action: str
    method: str
    fields: dict[str, list[str]]


class _Forms(HTMLParser):
    """Collects the forms of a page as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(at.get("action", ""), at.get("method", "get"), {}))
            return
        if not self.forms:
            return
        fields, name = self.forms[-1].fields, at.get("name", "")
        if tag == "input" and name and at.get("type") not in ("submit", "file"):
            ticked = at.get("type") not in ("radio", "checkbox") or "checked" in at
            if ticked:
                fields.setdefault(name, []).append(at.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select is not None:
            if "selected" in at or self._select not in fields:
                fields[self._select] = [at.get("value", "")]
        elif tag == "textarea":
            self._area = name
            fields[name] = [""]

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.forms[-1].fields[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None


def forms_of(page: Response) -> list[Form]:
    """Every form of a page."""
    parser = _Forms()
    parser.feed(page.text)
    return parser.forms


def form_to(page: Response, action: str) -> Form:
    """The form of a page that goes to an address."""
    found = [form for form in forms_of(page) if form.action == action]
    assert found, (action, [form.action for form in forms_of(page)])
    return found[0]


@dataclass(slots=True)
class Visitor:
    """A browser without scripts: follows links and sends the forms it was shown."""

    client: TestClient
    page: Response

    def goto(self, path: str) -> Response:
        """Open an address."""
        self.page = self.client.get(path)
        return self.page

    def send(
        self, action: str, filled: Mapping[str, str | Sequence[str]] | None = None, **files: tuple[str, bytes]
    ) -> Response:
        """Send the form of the page that goes to ``action``, with some of its fields filled in."""
        form = form_to(self.page, action)
        fields: dict[str, Any] = {**form.fields, **(filled or {})}
        sent = {name: value for name, value in fields.items() if value != []}
        self.page = self.client.post(action, data=sent, files=dict(files) or None)
        return self.page

    def sign_in(self, handle: str, language: str = "fi") -> Response:
        """Sign in by the form, in a language."""
        self.goto("/kirjaudu")
        self.send("/kieli", {"kieli": language})
        return self.send("/kirjaudu", {"tunnus": handle, "salasana": PASSWORD})

    def search(self, text: str) -> Response:
        """Search by the box of the page."""
        self.goto("/haku")
        return self.send("/haku", {"haku": text})


@dataclass(slots=True)
class Office:
    """A world with accounts, and its pages."""

    world: World
    client: TestClient

    def visitor(self, handle: str | None = None, language: str = "fi") -> Visitor:
        """Somebody with a browser of their own; signed in where a name is given."""
        client = TestClient(self.client.app, base_url=BASE, headers={"accept-language": "fi"})
        visitor = Visitor(client, client.get("/kirjaudu"))
        if handle is not None:
            page = visitor.sign_in(handle, language)
            assert page.status_code == 200, page.text
        return visitor


ACCOUNTS: dict[str, tuple[Role, bool]] = {
    "yllapitaja": (Role.MAINTAINER, True),
    "laskuttaja": (Role.INVOICER, False),
    "perija": (Role.COLLECTOR, True),
    "tietosuoja": (Role.OFFICER, True),
    "tarkastaja": (Role.AUDITOR, True),
    "paakayttaja": (Role.ADMINISTRATOR, False),
}
"""An account of each role; the invoicer is of the town alone."""


HOUSE = """
[controller]
name = "Kuvitelma Oy"
ytunnus = "9900012-2"
address = "Esimerkkikatu 1"
phone = "040 000 0000"
email = "rekisteri@kuvitelma.example"
[contact]
name = "Maija Mallikas"
email = "maija@kuvitelma.example"
[officer]
name = "Ossi Suojaava"
email = "tietosuoja@kuvitelma.example"
"""


@contextmanager
def an_office(database_url: str, home: Path, **changed: object) -> Iterator[Office]:
    """A register with an account of each role, served without a network; ``changed`` are settings of its own."""
    home.mkdir(parents=True, exist_ok=True)
    (home / HOUSE_FILE).write_text(HOUSE, "utf-8")
    with a_world(database_url, home, **changed) as world:
        open_accounts(world, world.town)
        client = TestClient(web.application(world.register), base_url=BASE)
        yield Office(world, client)


def open_accounts(world: World, organisation: Organisation) -> None:
    """An account of each role, all with the same password."""
    with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        for handle, (role, everywhere) in ACCOUNTS.items():
            scoped = not everywhere and role is not Role.ADMINISTRATOR
            access.add_account(
                tx,
                WEAK_HASHER,
                handle=handle,
                name=f"Testi {handle.capitalize()}",
                password=PASSWORD,
                roles=[role],
                organisation_codes=[organisation.code] if scoped else [],
                every_organisation=everywhere,
            )
