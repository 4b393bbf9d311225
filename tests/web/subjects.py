"""Data subjects at their own pages: signed in as strong identification would, without a provider on the way."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from starlette.testclient import TestClient

from rekisteri import web
from rekisteri.access.standing import Method, Proof, Subject
from rekisteri.ground.ids import PartyId
from tests.builders import World
from tests.web.browsing import BASE, Visitor


def a_token(world: World, party_id: UUID, name: str = "Aapo Kuvitteellinen", at: datetime | None = None) -> str:
    """The token of a session that strong identification has opened for a customer."""
    with world.register.database.connection() as connection:
        token, _ = world.register.sessions.begin(
            connection, Subject(PartyId(party_id), name), Proof(Method.PROVIDER, at or world.clock.at, provider="vahva"),
            channel="web", language="fi", at=world.clock.at,
        )  # fmt: skip
    return token


def a_subject(world: World, party_id: UUID, name: str = "Aapo Kuvitteellinen", language: str = "fi") -> Visitor:
    """A data subject with a browser of their own, at their own page."""
    client = TestClient(web.application(world.register), base_url=BASE, headers={"accept-language": language})
    client.cookies.set("rekisteri", a_token(world, party_id, name), domain="rekisteri.test", path="/")
    visitor = Visitor(client, client.get("/omat"))
    if language != "fi":
        visitor.send("/kieli", {"kieli": language})
    return visitor
