"""What the demo does ahead: by another process and thread, which nobody can tell but by the clock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from rekisteri.cli import demo
from rekisteri.cli.demo_ahead import Ahead, Hashing
from rekisteri.ground.errors import Rejected

GONE_IN_S = 20.0
OWNER = """
import os, time
from rekisteri.cli.demo_ahead import Ahead

def make():
    yield os.getpid()
    time.sleep(600)

with Ahead(make, begin=True) as ahead:
    print(next(ahead.made()), flush=True)
    time.sleep(600)
"""


def three(fails_in: int | None = None) -> Iterator[tuple[int, int]]:
    """Three things, each with the process it was made by; one process can make but the first."""
    for number in range(3):
        if number and os.getpid() != fails_in and fails_in is not None:
            raise Rejected("The disk is full.")
        yield number, os.getpid()


def test_things_are_made_by_another_process_in_order() -> None:
    with Ahead(three, begin=True) as ahead:
        made = list(ahead.made())
        (by,) = {by for _, by in made}
        assert not Path(f"/proc/{by}").exists(), "it stays unburied as long as the demo serves"
    assert [number for number, _ in made] == [0, 1, 2]
    assert made[0][1] != os.getpid()


def test_what_the_other_process_could_not_make_is_made_here() -> None:
    with Ahead(partial(three, os.getpid()), begin=True) as ahead:
        (first, elsewhere), *others = ahead.made()
    assert (first, [number for number, _ in others]) == (0, [1, 2])
    assert elsewhere != os.getpid()
    assert {by for _, by in others} == {os.getpid()}


def test_what_cannot_be_made_at_all_fails_where_it_is_asked_for() -> None:
    with Ahead(partial(three, -1), begin=True) as ahead, pytest.raises(Rejected, match="disk is full"):
        list(ahead.made())


def test_where_nothing_is_begun_things_are_made_when_asked_for() -> None:
    with Ahead(three, begin=False) as ahead:
        assert list(ahead.made()) == [(number, os.getpid()) for number in range(3)]


def test_the_other_process_ends_with_whoever_began_it_even_by_kill() -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        other = int(owner.stdout.readline())
        assert is_alive(other)
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    until = time.monotonic() + GONE_IN_S
    while is_alive(other):
        assert time.monotonic() < until, "the other process lives on"
        time.sleep(0.02)


def test_the_files_of_the_demo_are_made_by_nothing_that_a_fork_breaks(tmp_path: Path) -> None:
    called: set[str] = set()
    sys.setprofile(lambda frame, event, _: called.add(frame.f_code.co_filename) if event == "call" else None)
    try:
        made = [one.organisation_code for one in demo._written(tmp_path, 300)]
    finally:
        sys.setprofile(None)
    assert made == list(demo.CODES)
    assert any("xlsxwriter" in name for name in called)
    assert not [name for name in called if "/polars/" in name or "/psycopg" in name]


def test_hashes_begun_ahead_hold_and_so_do_others() -> None:
    with Hashing(["ensimmäinen", "toinen"]) as hasher:
        hashes = {password: hasher.hash(password) for password in ("ensimmäinen", "toinen", "kolmas")}
    for password, made in hashes.items():
        assert PasswordHasher().verify(made, password)
    assert len(set(hashes.values())) == 3


def is_alive(process: int) -> bool:
    """Whether it runs: a zombie that nobody has buried does not."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text("ascii")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
