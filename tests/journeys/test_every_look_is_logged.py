"""No customer is shown by any route without standing in the event of that very request.

Every customer's id that an answer bears is compared with the customers of the events the request left:
over the API's whole description, and over every page, so a route made tomorrow is held to it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from rekisteri.access import Action
from rekisteri.catalogue import Role
from rekisteri.web.application import PAGES
from tests.api.world import a_world as an_api
from tests.api.world import row, with_codes
from tests.web.browsing import an_office
from tests.web.town import a_town

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class Watch:
    """Compares what answers bear with what the log says of them."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        rows = self._connection.execute("select id from parties.party").fetchall()
        self.customers = {found for (found,) in rows}
        self.shown = 0

    def look(self, ask: Callable[[], Any]) -> Any:
        """Ask, and hold the answer to the events it left."""
        known = {found for (found,) in self._connection.execute("select id from audit.event").fetchall()}
        answer = ask()
        bore = {UUID(found) for found in ID.findall(answer.text)} & self.customers
        rows = self._connection.execute(
            """
            select e.id, e.subjects || coalesce((select array_agg(party) from audit.subject_block b,
                   unnest(b.party_ids) as party where b.event_id = e.id), '{}')
            from audit.event e where not e.id = any (%s)
            """,
            (list(known),),
        ).fetchall()
        logged = {party for _, parties in rows for party in parties}
        assert bore <= logged, (answer.request.method, answer.request.url.path, answer.status_code, bore - logged)
        self.shown += len(bore)
        return answer


def the_calls(description: dict[str, Any], fill: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Every route that looks, with each thing there is in the place of its identifier."""
    for path, methods in description["paths"].items():
        if "get" not in methods:
            continue
        names = re.findall(r"\{(\w+)[^}]*\}", path)
        if not names:
            yield path, path
        elif all(name in fill for name in names):
            for values in zip(*(fill[name] for name in names), strict=False):
                place = path
                for name, value in zip(names, values, strict=True):
                    place = re.sub(r"\{" + name + r"[^}]*\}", value, place)
                yield path, place


def test_the_api_shows_no_customer_that_its_event_does_not_name(database_url: str, tmp_path: Path) -> None:
    with an_api(database_url, tmp_path) as world:
        some = with_codes(6)
        world.bring([row(number, person) for number, person in enumerate(some)])
        world.bring([row(9, some[0]), row(1, some[1], sukunimi="Toisenlainen")], organisation="granvikin-vesi")
        watch = Watch(database_url)
        ids = [str(one) for one in sorted(watch.customers)]
        work = [str(one) for (one,) in watch._connection.execute("select id from parties.work").fetchall()]
        batches = [str(one) for (one,) in watch._connection.execute("select id from sources.batch").fetchall()]
        fill = {"party_id": ids, "work_id": work, "batch_id": batches, "organisation": ["kuusilahti"]}
        description = world.client.get("/openapi.json").json()
        asked = set()
        for role in (Role.MAINTAINER, Role.INVOICER, Role.OFFICER):
            headers = world.headers(role)
            for path, place in the_calls(description, fill):
                watch.look(lambda place=place, headers=headers: world.client.get(place, headers=headers))
                asked.add(path)
            for text in (some[0].surname, some[1].surname, some[2].hetu):
                watch.look(lambda text=text, headers=headers: world.client.post(
                    "/customers/search", json={"text": text}, headers=headers))  # fmt: skip
            watch.look(lambda headers=headers: world.client.post(
                "/customers/lookup", json={"hetu": some[3].hetu}, headers=headers))  # fmt: skip
        assert {"/customers/{party_id}", "/work", "/audit/customers/{party_id}"} <= asked
        assert watch.shown > 40, "the watch saw customers"


def test_the_pages_show_no_customer_that_their_event_does_not_name(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        watch = Watch(database_url)
        work = [str(one) for (one,) in watch._connection.execute("select id from parties.work").fetchall()]
        fill = {"party_id": [str(town.aapo), str(town.bea), str(town.company)], "work_id": work}
        looked = set()
        for handle in ("yllapitaja", "laskuttaja", "tietosuoja"):
            visitor = office.visitor(handle)
            for page in PAGES:
                names = re.findall(r"\{(\w+)[^}]*\}", page.path)
                if (
                    page.method != "GET"
                    or not all(name in fill for name in names)
                    or page.action is Action.SESSION_CLOSE
                ):
                    continue
                for value in fill[names[0]] if names else [""]:
                    place = re.sub(r"\{\w+[^}]*\}", value, page.path)
                    # Where nothing is shown the page may still repeat the address it was asked at.
                    if visitor.goto(place).status_code == 200:
                        watch.look(lambda place=place, visitor=visitor: visitor.goto(place))
                        looked.add(page.path)
            watch.look(lambda visitor=visitor: visitor.search("kuvitteellinen"))
        assert {"/asiakas/{party_id}", "/tyojono", "/loki/asiakas/{party_id}"} <= looked
        assert watch.shown > 30
