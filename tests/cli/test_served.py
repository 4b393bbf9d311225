"""Nothing is served but what a page of the house tells of: a route that names no act is one of the few written here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.routing import Mount, Route

from rekisteri import api, web
from rekisteri.cli.serve import together
from tests.api.world import a_world

OPEN = {
    "GET /api/v1/openapi.json", "GET /.well-known/oauth-authorization-server", "GET /.well-known/oauth-protected-resource",
    "GET /oauth/jwks", "POST /oauth/token", "POST /oauth/logout/{provider}",
}  # fmt: skip
"""What nobody needs to sign in for, beside what the description and the pages themselves say is open: how systems sign in, and how a provider that signs what it says
ends sessions."""
FILES = {"/static"}
"""Folders that are served as they are."""


def served(app: Any, place: str = "") -> Iterator[str]:
    """Every method and path an application answers, through whatever wraps it; a folder by its path alone."""
    while not hasattr(app, "routes"):
        inner = getattr(app, "app", None) or getattr(app, "_app", None)
        if inner is None:
            yield place
            return
        app = inner
    for route in app.routes:
        path = place + getattr(route, "path", "")
        if isinstance(route, Mount):
            yield from served(route.app, path)
        else:
            assert isinstance(route, Route), route
            path = path.replace(":path}", "}")
            yield from (f"{method} {path}" for method in (route.methods or set()) - {"HEAD"})


def test_every_route_that_is_served_is_described_or_a_page_or_told_here(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        described = world.client.get("/openapi.json").json()["paths"]
        found = list(served(together(world.register)))
    known = {f"{method.upper()} {api.PREFIX}{path}" for path, methods in described.items() for method in methods}
    known |= {f"{page.method} {page.path}".replace(":path}", "}") for page in web.PAGES}
    assert set(found) - known == OPEN | FILES
    assert known <= set(found)
    assert len(found) > 350
