"""How often a signed-in caller may call: told as a problem with how long to wait, to that caller alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekisteri.api.pace import ACCOUNTS_MAX, BURST_S, Pace, TooMany
from rekisteri.catalogue import Role
from tests.api.world import a_world


class Watch:
    """A stopwatch that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_a_caller_who_calls_too_often_is_told_how_long_to_wait_and_others_go_on(
    database_url: str, tmp_path: Path
) -> None:
    watch = Watch()
    with a_world(database_url, tmp_path) as world:
        hasty, other = world.headers(Role.INTEGRATION), world.headers(Role.COLLECTOR)
        world.client.app.state.pace = Pace(1, watch)  # type: ignore[attr-defined]
        calls = [world.client.get("/organisations", headers=hasty).status_code for _ in range(BURST_S)]
        assert set(calls) == {200}
        events = world.client.get("/organisations", headers=hasty)
        assert (events.status_code, events.headers["retry-after"]) == (429, "1")
        assert events.headers["content-type"] == "application/problem+json"
        assert events.json()["type"] == "urn:rekisteri:problem:too-many"
        # Another session of the same account is the same caller.
        assert world.client.get("/organisations", headers=world.headers(Role.INTEGRATION)).status_code == 429
        assert world.client.get("/organisations", headers=other).status_code == 200
        watch.at += 1
        assert world.client.get("/organisations", headers=hasty).status_code == 200
        assert world.client.get("/organisations", headers=hasty).status_code == 429


@given(
    per_second=st.integers(1, 5), waits=st.lists(st.floats(0, 3, allow_nan=False), min_size=1, max_size=200)
)  # fmt: skip
def test_nobody_makes_more_calls_than_the_bucket_and_what_ran_into_it(per_second: int, waits: list[float]) -> None:
    watch = Watch()
    pace = Pace(per_second, watch)
    for taken, wait in enumerate(waits, 1):
        watch.at += wait
        try:
            pace.take("system")
        except TooMany as error:
            watch.at += error.wait_s
            pace.take("system")
        assert taken <= per_second * (BURST_S + watch.at - 100) + 1e-6


def test_no_limit_counts_nothing_and_accounts_are_forgotten_in_turn() -> None:
    free = Pace(0)
    for _ in range(10 * BURST_S):
        free.take("system")
    pace = Pace(1, Watch())
    for _ in range(BURST_S):
        pace.take("first")
    for number in range(ACCOUNTS_MAX - 1):
        pace.take(str(number))
    with pytest.raises(TooMany):
        pace.take("first")
    for number in range(ACCOUNTS_MAX):
        pace.take(f"later {number}")
    pace.take("first")
