"""Worlds with declared recipients, and what reached them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rekisteri import feeds
from rekisteri.access import Action, Viewer
from rekisteri.access.accounts import Organisation
from rekisteri.catalogue import RECIPIENTS_FILE, Purpose, Role
from rekisteri.feeds import Changes, Snapshot
from tests.builders import World, a_viewer, a_world

FIELDS = ("surname", "first_names", "organisation_name", "permanent_address", "contact_address", "email", "language")


def declared(name: str, organisation: str, way: str = "feed", **more: object) -> str:
    """The declaration of one recipient, as the operator writes it."""
    lines = {
        "organisation": organisation,
        "purpose": "invoicing",
        "country": "FI",
        "fields": list(FIELDS),
        "way": way,
        "system": name if way == "feed" else None,
    } | more
    told = "\n".join(f"{key} = {value!r}" for key, value in lines.items() if value is not None)
    return f"""
[{name}]
title = {{ fi = "Laskutus", sv = "Fakturering", en = "Invoicing system" }}
ground = {{ fi = "Julkinen tehtävä", sv = "Offentlig uppgift", en = "Public task" }}
{told}
"""


@contextmanager
def a_told_world(database_url: str, home: Path, *declarations: str, **changed: object) -> Iterator[World]:
    """A world whose register has these recipients; they have begun to be told."""
    home.mkdir(parents=True, exist_ok=True)
    (home / RECIPIENTS_FILE).write_text("\n".join(declarations))
    with a_world(database_url, home, **changed) as world:
        world.register.gatherer.gather()
        yield world


def system(name: str, organisation: Organisation) -> Viewer:
    """The system of a recipient."""
    viewer = a_viewer(Role.INTEGRATION, organisation, channel="api")
    return Viewer(
        account_id=viewer.account_id, handle=name, name=name, roles=viewer.roles, organisations=viewer.organisations,
        every_organisation=False, channel="api",
    )  # fmt: skip


def changes(
    world: World, name: str, organisation: Organisation, cursor: str | None = None, limit: int = 1000
) -> Changes:
    """What the recipient meets when it asks."""
    world.register.gatherer.gather()
    with world.register.door.write(system(name, organisation), Action.FEED_READ, Purpose.INVOICING) as tx:
        asking = feeds.asker(tx, world.register.recipients, name)
        found = feeds.changes(tx, asking, cursor, limit=limit)
    return found


def snapshot(
    world: World, name: str, organisation: Organisation, cursor: str | None = None, limit: int = 1000
) -> Snapshot:
    """A page of all its customers."""
    world.register.gatherer.gather()
    with world.register.door.write(system(name, organisation), Action.FEED_READ, Purpose.INVOICING) as tx:
        asking = feeds.asker(tx, world.register.recipients, name)
        found = feeds.snapshot(tx, asking, cursor, limit=limit)
    return found


class Follower:
    """A recipient that keeps its cursor, and what it holds of its customers by what it was told alone."""

    def __init__(self, world: World, name: str, organisation: Organisation) -> None:
        self._world, self._name, self._organisation = world, name, organisation
        self.cursor: str | None = None
        self.held: dict[str, dict[str, Any]] = {}
        self.met: list[tuple[str, str]] = []

    def follow(self, limit: int = 1000) -> list[tuple[str, str]]:
        """Read on to the end; (kind, customer number) of each event that is new."""
        fresh = []
        while True:
            page = changes(self._world, self._name, self._organisation, self.cursor, limit)
            for event in page.events:
                fresh.append((event["type"].rpartition(".")[2], event["subject"]))
                apply(self.held, event["data"])
            self.cursor = page.cursor
            if not page.more:
                self.met += fresh
                return fresh

    def whole(self) -> dict[str, dict[str, Any]]:
        """What a snapshot of now would tell."""
        found: dict[str, dict[str, Any]] = {}
        cursor = None
        while True:
            page = snapshot(self._world, self._name, self._organisation, cursor, limit=2)
            for one in page.customers:
                apply(found, one)
            cursor = page.cursor
            if cursor is None:
                return found


def apply(held: dict[str, dict[str, Any]], data: dict[str, Any]) -> None:
    """What a recipient does with what it is told."""
    number = data["customer_number"]
    if data.get("ended"):
        held.pop(number, None)
    else:
        known = held.setdefault(number, {"values": {}, "withheld": []})
        told = data.get("items", FIELDS)
        for name in ("values", "withheld"):
            known[name] = (
                [one for one in known[name] if one not in told]
                if name == "withheld"
                else {one: value for one, value in known[name].items() if one not in told}
            )
        known["values"] |= data["values"]
        known["withheld"] = sorted({*known["withheld"], *data["withheld"]})
        known |= {name: data[name] for name in ("customer", "kind", "non_disclosure")}
