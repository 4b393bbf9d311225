"""The server of the look-up benchmark: the register's API and, beside it, the same query bare.

The floor has connections of its own that no policy binds, as many as the register may have, and is an application of the same
framework at the same depth: what differs between the two is what the register does.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from psycopg_pool import ConnectionPool
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.routing import Mount

from rekisteri import api, wiring
from rekisteri.ground.keys import Vault
from rekisteri.ground.settings import Settings


class Question(BaseModel):
    """What is asked: an identity code."""

    hetu: str


def bare_application(pool: ConnectionPool, vault: Vault) -> FastAPI:
    """One route that asks the indexed query and tells what it found."""
    app = FastAPI(openapi_url=None)

    @app.post("/lookup")
    def lookup(question: Question) -> dict[str, object]:
        with pool.connection() as connection:
            row = connection.execute(
                """
                select p.id, p.kind, p.name, coalesce(p.content::json, s.content) from parties.identifier i
                join parties.party p on p.id = i.party_id
                left join parties.statement s on p.content is null and s.record_id = p.id and s.id = p.id
                where i.kind = 'hetu' and i.blind = %s
                """,
                (vault.blind("hetu", question.hetu),),
            ).fetchone()
        assert row is not None
        return {"id": str(row[0]), "kind": row[1], "name": row[2], "content": row[3]}

    return app


def main(home: Path) -> None:
    """Serve both on a free port, printed first."""
    # Calls are counted here as anywhere; one account makes them all, so the limit is out of its reach.
    settings = Settings(home=home, artificial_hetu=True, ordinary_hetu=False, calls_per_second=100_000)
    with (
        wiring.opened(settings) as register,
        ConnectionPool(register.url, min_size=1, max_size=settings.pool_size, open=True) as pool,
    ):
        app = Starlette(
            routes=[
                Mount("/bare", bare_application(pool, register.vault)),
                Mount(api.PREFIX, api.application(register)),
            ]
        )
        config = uvicorn.Config(app, host="127.0.0.1", port=0, access_log=False, log_level="warning")
        server = uvicorn.Server(config)
        socket = config.bind_socket()
        sys.stdout.write(f"{socket.getsockname()[1]}\n")
        sys.stdout.flush()
        server.run(sockets=[socket])


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main(Path(sys.argv[1]))
