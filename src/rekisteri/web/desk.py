"""One request at the counter: who asks, for what purpose, in which language, with what in hand.

A page is a plain function from a ``Desk`` to a response. ``desk.read()`` and ``desk.write()``
go through the door for the action the page's route names; what a page shows besides goes through it for its own action.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from urllib.parse import quote, urlencode
from uuid import UUID

from jinja2 import Environment
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from rekisteri import access
from rekisteri.access import Action, Read, Session, Viewer, Write
from rekisteri.catalogue import Purpose
from rekisteri.ground import clock
from rekisteri.ground.errors import Missing, Refused, Unidentified
from rekisteri.ground.ids import PartyId
from rekisteri.tongues import Phrasebook, Tongue
from rekisteri.web import guard
from rekisteri.web.deliveries import Deliveries
from rekisteri.web.recall import Searches
from rekisteri.wiring import Register

FORM_MAX_BYTES = 256 * 1024
FIELDS_MAX = 200


@dataclass(frozen=True, slots=True)
class Face:
    """What every page of this process shares."""

    register: Register
    cookies: guard.Cookies
    tongues: Mapping[str, Tongue]
    phrases: Phrasebook
    looks: Mapping[str, Environment]
    searches: Searches
    deliveries: Deliveries


@dataclass(frozen=True, slots=True)
class Page:
    """A route: its path and method, the one action it does, and the function that answers.

    ``action`` is None only for what is open before sign-in or touches no transaction.
    ``leads_to`` is the act a form is for: who may not do it is not shown the form.
    """

    path: str
    handler: Callable[[Desk], Response]
    action: Action | None
    method: str = "GET"
    leads_to: Action | None = None
    open: bool = False
    body_max: int = FORM_MAX_BYTES
    hashes_passwords: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """One request at the counter."""

    face: Face
    page: Page
    request: Request
    form: FormData
    session: Session | None
    secret: str | None
    tongue: Tongue

    @property
    def register(self) -> Register:
        """The register behind the counter."""
        return self.face.register

    @property
    def viewer(self) -> Viewer:
        """Who asks. Raises ``Unidentified``."""
        return self._signed_in().viewer

    @property
    def purpose(self) -> Purpose:
        """For what."""
        return self._signed_in().purpose

    @property
    def case(self) -> str | None:
        """The case reference the viewer works on, if one was named."""
        return self.request.cookies.get(self.face.cookies.case, "")[: access.CASE_MAX] or None

    @property
    def form_token(self) -> str:
        """What a form of this page must carry."""
        return guard.form_token(self.register.vault, self.secret) if self.secret else ""

    @property
    def partial(self) -> bool:
        """Whether htmx asks for a part of the page only."""
        return self.request.headers.get("hx-request") == "true"

    def read(self) -> AbstractContextManager[Read]:
        """The door, for looking, as this page's action."""
        return self.register.door.read(self.viewer, self._action(), self.purpose, case=self.case)

    def write(self) -> AbstractContextManager[Write]:
        """The door, for changing, as this page's action."""
        return self.register.door.write(self.viewer, self._action(), self.purpose, case=self.case)

    def may(self, action: Action) -> bool:
        """Whether the viewer may do an action for one purpose or another."""
        return self.session is not None and any(self._carries(action, one) for one in self.viewer.purposes())

    def can(self, action: Action) -> bool:
        """Whether the viewer may do an action for the purpose now chosen."""
        return self.session is not None and self._carries(action, self.purpose)

    def purposes_for(self, action: Action) -> list[Purpose]:
        """The viewer's other purposes that would carry an action."""
        return [one for one in self.viewer.purposes() if one is not self.purpose and self._carries(action, one)]

    def field(self, name: str) -> str:
        """A text field of the form, trimmed; empty when it was not sent."""
        value = self.form.get(name)
        return value.strip() if isinstance(value, str) else ""

    def fields(self, name: str) -> list[str]:
        """Every value of a field that may be ticked more than once."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def upload(self, name: str) -> UploadFile | None:
        """A file of the form, if one was chosen."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def query(self, name: str) -> str:
        """A query parameter, trimmed; empty when there is none."""
        return self.request.query_params.get(name, "").strip()

    def path_id(self, name: str) -> UUID:
        """An identifier of the path. Raises ``Missing`` for what is none."""
        try:
            return UUID(self.request.path_params[name])
        except ValueError as error:
            raise Missing from error

    def party_id(self) -> PartyId:
        """The customer of the path. Raises ``Missing`` for what is no identifier."""
        return PartyId(self.path_id("party_id"))

    def show(self, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """A page, or a part of one, in the viewer's language."""
        look = self.face.looks[self.tongue.code]
        text = look.get_template(template).render(desk=self, tongue=self.tongue, **values)
        return HTMLResponse(text, status_code=status)

    def go(self, path: str, *, done: str = "") -> Response:
        """On to another page; ``done`` names what was accomplished."""
        target = f"{path}{'&' if '?' in path else '?'}{urlencode({'tehty': done})}" if done else path
        if self.partial:
            return Response(status_code=204, headers={"hx-redirect": target})
        return RedirectResponse(target, status_code=303)

    def say(self, message: str, **values: object) -> str:
        """A text of the face in the viewer's language."""
        return self.tongue.say(message, **values)

    @property
    def here(self) -> str:
        """The path to come back to: of this page if it can be asked for again, else of the page before it."""
        if self.request.method != "GET":
            return self.field("takaisin") or "/"
        query = urlencode([(key, value) for key, value in self.request.query_params.multi_items() if key != "tehty"])
        path = quote(self.request.url.path)
        return f"{path}?{query}" if query else path

    def lent(self) -> int:
        """How many lent rights wait for a look through, for whoever does that; 0 for everybody else."""
        if not self.may(Action.EMERGENCY_REVIEW):
            return 0
        return self.register.sessions.lent(self.viewer)

    def today_iso(self) -> str:
        """The Finnish calendar day, for the limits of date pickers."""
        return clock.day(clock.now()).isoformat()

    def _signed_in(self) -> Session:
        if self.session is None:
            raise Unidentified
        return self.session

    def _action(self) -> Action:
        action = self.page.action
        assert action is not None, f"{self.page.path} names no action, so it can open no door"
        return action

    def _carries(self, action: Action, purpose: Purpose) -> bool:
        try:
            access.decide(self.viewer, action, purpose)
        except Refused:
            return False
        return True


def names_of(organisations: Sequence[access.Organisation]) -> dict[int, str]:
    """Client organisations' names by id."""
    return {organisation.id: organisation.name for organisation in organisations}
