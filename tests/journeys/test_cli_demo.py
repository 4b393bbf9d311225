"""The first day of a newcomer: one command, a whole register; stopped, killed and opened again, the same one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2

from rekisteri.cli.demo import SEED
from rekisteri.cli.demo_reasons import REASONS
from rekisteri.ground import postgres
from rekisteri.simulators import people
from rekisteri.wiring import CLUSTER

CUSTOMERS = 300
DEADLINE_S = 120
COMMAND = [sys.executable, "-c", "from rekisteri.cli import main; main()"]


def surroundings() -> dict[str, str]:
    """An operator's environment: nothing of the tests' own server in it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("REKISTERI_")}


@contextmanager
def a_demo(home: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The demo running on a free port, and what it told. Killed at the end if it still runs."""
    arguments = ["demo", "--home", str(home), "--customers", str(CUSTOMERS), "--port", "0", "--json"]
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=surroundings()
    )
    try:
        assert process.stdout is not None
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line)
            if line == "}\n":
                break
        assert lines, process.communicate(timeout=DEADLINE_S)
        yield process, json.loads("".join(lines))
    finally:
        process.kill()
        process.communicate()


def sign_in(told: dict[str, Any], account: str) -> httpx2.Client:
    """A client of the API, signed in as an account of the demo."""
    password = next(one["password"] for one in told["accounts"] if one["account"] == account)
    client = httpx2.Client(base_url=f"{told['address']}/api/v1", timeout=DEADLINE_S)
    session = client.post("/session", json={"account": account, "password": password})
    assert session.status_code == 201, session.text
    client.headers.update({"Authorization": f"Bearer {session.json()['token']}", "Rekisteri-Purpose": "upkeep"})
    return client


def customers(told: dict[str, Any]) -> set[str]:
    """Ids of the customers who bear the surname of the first one there is."""
    surname = next(people(SEED, 1)).surname
    with closing(sign_in(told, "maintainer")) as client:
        found = client.post("/customers/search", json={"text": surname, "limit": 200})
        assert found.status_code == 200, found.text
        return {hit["id"] for hit in found.json()["hits"]}


def answers(told: dict[str, Any]) -> list[str]:
    """How the first bill goes of the first customer of each client organisation, for each of its payment reasons."""
    with closing(sign_in(told, "maintainer")) as client:
        found = []
        for organisation, reasons in REASONS.items():
            number = {"kuusilahti": "100001", "lansirannikko": "LR-200002", "granvikin-vesi": "300003"}[organisation]
            for code, _, _ in reasons:
                named = {"organisation": organisation, "payment_reason": code, "customer_number": number}
                answer = client.post("/payers/resolve", json=named)
                assert answer.status_code == 200, answer.text
                found.append(answer.json()["answer"]["deliveries"][0]["channel"]["code"])
        return found


def test_the_demo_opens_stops_survives_a_kill_and_opens_the_same_register_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    try:
        with a_demo(home) as (process, first):
            assert sum(one["rows"] for one in first["imports"]) == CUSTOMERS
            page = httpx2.get(f"{first['address']}/", follow_redirects=True)
            assert (page.status_code, "<html" in page.text) == (200, True)
            known = customers(first)
            assert known
            assert len(answers(first)) == len(REASONS)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=DEADLINE_S)
            assert (process.returncode, "Traceback" in err) == (130, False), err
        assert not postgres.stop(home / CLUSTER), "ctrl-C left the server running"
        assert (home / "demo.json").stat().st_mode & 0o777 == 0o600

        with a_demo(home) as (process, second):
            assert (second["imports"], second["accounts"]) == ([], first["accounts"])
            assert customers(second) == known
            process.kill()
            process.wait()
        added = subprocess.run(
            [*COMMAND, "admin", "organisation", "add", "oma", "--name", "Oma kunta", "--ytunnus", "1234513-7", "--home", str(home)],
            env=surroundings(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert added.returncode == 0, added.stderr
        with a_demo(home) as (process, third):
            assert customers(third) == known
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=DEADLINE_S)
            assert process.returncode == 130
    finally:
        postgres.stop(home / CLUSTER)


def test_a_register_in_earnest_is_never_made_a_demo(tmp_path: Path) -> None:
    home = tmp_path / "home"
    try:
        made = subprocess.run([*COMMAND, "migrate", "--home", str(home)], env=surroundings(), check=False)
        assert made.returncode == 0
        demo = subprocess.run(
            [*COMMAND, "demo", "--home", str(home), "--no-serve"],
            env=surroundings(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert demo.returncode == 5, demo.stderr
        assert "no demo" in demo.stderr
    finally:
        postgres.stop(home / CLUSTER)
