"""A recipient brought up: all its customers by a snapshot, then what changed, broken off and gone on with."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from benchmarks.figures import Figure
from benchmarks.worlds import ACCOUNT, CODE, MAINTAINER, bench_organisation, opened
from rekisteri import feeds
from rekisteri.access import Action, Viewer
from rekisteri.catalogue import RECIPIENTS_FILE, Purpose, Role
from rekisteri.feeds import Told
from rekisteri.simulators import STANDARD, Form, clientele_of, rows, write_rows
from rekisteri.wiring import Register

CUSTOMERS = 30_000
SEED = 5
CHANGED_SHARE = 0.1
BREAKS_SHARE = 0.05
"""Of the pages whose answer is lost: the recipient asks again with the cursor it has."""
RATE_GOAL = 1_000
"""Customers a second: 300,000 in five minutes."""
NAME = "bench-feed"
FIELDS = (
    "surname",
    "first_names",
    "organisation_name",
    "ytunnus",
    "permanent_address",
    "postal_address",
    "email",
    "phone",
    "language",
)
DECLARATION = f"""
[{NAME}]
title = {{ fi = "Mittaus", sv = "Mätning", en = "Benchmark" }}
ground = {{ fi = "Mittaus", sv = "Mätning", en = "Benchmark" }}
organisation = "{CODE}"
purpose = "invoicing"
country = "FI"
fields = {list(FIELDS)}
way = "feed"
system = "{ACCOUNT}"
"""
FLOOR = """
select r.key, p.kind, p.turvakielto, p.version, coalesce(p.content, s.content::jsonb)
from parties.record r join parties.party p on p.id = r.party_id
left join parties.statement s on p.content is null and s.record_id = p.id and s.id = p.id order by r.id
"""


def measure(folder: Path, customers: int) -> list[Figure]:
    """The figures; a register of its own in ``folder``."""
    home = folder / f"feeds-{customers}"
    home.mkdir(parents=True, exist_ok=True)
    first, second = _files(folder, customers)
    _take(home, first)
    (home / RECIPIENTS_FILE).write_text(DECLARATION, "utf-8")
    with opened(home) as register:
        organisation = bench_organisation(register)
        register.gatherer.gather()
        floor_s, count = _floor(register)
        held: dict[str, Any] = {}
        began, cpu = time.perf_counter(), time.process_time()
        cursor, pages = _snapshot(register, organisation, held)
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
    _take(home, second)
    with opened(home) as register:
        began = time.perf_counter()
        events = _follow(register, organisation, cursor, held)
        followed = time.perf_counter() - began
        now: dict[str, Any] = {}
        _snapshot(register, organisation, now)
    same = held == now
    return [
        Figure(
            f"a recipient brought up: snapshot of {count:,} customers, {pages} pages, each an act in the log",
            f"{took:.1f} s, {count / took:,.0f}/s, {cpu:.1f} s of processor", f"{floor_s:.1f} s, the plain join of the same rows",
            f"{floor_s / took:.2f} ×", f"≥ {RATE_GOAL:,}/s", count / took >= RATE_GOAL,
        ),
        Figure(
            f"then what changed: {events:,} events gathered and read, one page in {1 / BREAKS_SHARE:.0f} lost and asked again",
            f"{followed:.1f} s, {events / max(followed, 0.001):,.0f}/s", "", "", f"≥ {RATE_GOAL:,}/s", events / max(followed, 0.001) >= RATE_GOAL,
        ),
        Figure("what it holds by then is what a new snapshot tells", "the same" if same else "NOT the same", "", "", "the same", same),
    ]  # fmt: skip


def _files(folder: Path, customers: int) -> tuple[Path, Path]:
    """A full file, and the next one: some changed, some gone, some new."""
    draw = random.Random(SEED)
    told = list(rows(STANDARD, clientele_of(SEED, "bench", customers + customers // 50)))
    first, second = folder / f"feeds-{customers}-1.csv", folder / f"feeds-{customers}-2.csv"
    columns = list(STANDARD.columns)
    email = columns.index("sahkoposti")
    later = [list(one) for one in told[customers // 50 :]]
    for one in draw.sample(later, int(len(later) * CHANGED_SHARE)):
        one[email] = f"uusi{draw.randrange(10**9)}@esimerkki.fi"
    write_rows(first, STANDARD.columns, told[:customers], Form())
    write_rows(second, STANDARD.columns, later, Form())
    return first, second


def _take(home: Path, delivery: Path) -> None:
    subprocess.run([sys.executable, "-m", "benchmarks.delivery_run", home, delivery], check=True, capture_output=True)


def _floor(register: Register) -> tuple[float, int]:
    with register.database.connection() as connection:
        connection.execute("reset role")
        began = time.perf_counter()
        count = len([orjson.dumps(row[4]) for row in connection.execute(FLOOR)])
        took = time.perf_counter() - began
        connection.execute("set role rekisteri_app")
    return took, count


def _snapshot(register: Register, organisation: int, held: dict[str, Any]) -> tuple[str, int]:
    cursor, start, pages = None, "0", 0
    while True:
        with _asking(register, organisation) as (tx, asking):
            page = feeds.snapshot(tx, asking, cursor)
        orjson.dumps(page.customers)
        held |= {one["customer_number"]: _kept(one) for one in page.customers}
        pages += 1
        cursor, start = page.cursor, page.changes_from
        if cursor is None:
            return start, pages


def _follow(register: Register, organisation: int, cursor: str, held: dict[str, Any]) -> int:
    draw = random.Random(SEED)
    count = 0
    register.gatherer.gather()
    while True:
        with _asking(register, organisation) as (tx, asking):
            page = feeds.changes(tx, asking, cursor)
        if draw.random() < BREAKS_SHARE:
            continue
        for event in page.events:
            data = event["data"]
            if data.get("ended"):
                held.pop(data["customer_number"], None)
                continue
            known = held.setdefault(data["customer_number"], {"values": {}})
            known["values"] = {name: value for name, value in known["values"].items() if name not in data["items"]}
            known["values"] |= data["values"]
            known["non_disclosure"] = data["non_disclosure"]
        count, cursor = count + len(page.events), page.cursor
        if not page.more:
            return count


def _kept(one: dict[str, Any]) -> dict[str, Any]:
    return {"values": one["values"], "non_disclosure": one["non_disclosure"]}


@contextmanager
def _asking(register: Register, organisation: int) -> Iterator[tuple[Any, Told]]:
    system = replace(
        MAINTAINER, handle=ACCOUNT, roles=frozenset({Role.INTEGRATION}), organisations=frozenset({organisation}),
        every_organisation=False, channel="api", rights=None,
    )  # fmt: skip
    assert isinstance(system, Viewer)
    with register.door.write(system, Action.FEED_READ, Purpose.INVOICING) as tx:
        yield tx, feeds.asker(tx, register.recipients, NAME)
