"""A client organisation's systems over two months: files go in over the API, and every face answers alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from rekisteri.catalogue import Role
from rekisteri.cli.commands import run
from rekisteri.cli.serve import together
from rekisteri.simulators import DemoDelivery, write_demo_files, write_next_month_files
from rekisteri.sources import organisations
from tests.api.world import HOME, OTHER, PASSWORD, World, a_world

SEED = 11
CUSTOMERS = 2_000
FAULTY_PERCENT = 2.0
CODES = (HOME, OTHER)


def send(world: World, faces: TestClient, delivery: DemoDelivery) -> dict[str, Any]:
    """A delivery sent by its organisation's own system; the report."""
    headers = world.headers(Role.INTEGRATION, handle=f"integration.{delivery.organisation_code}")
    answer = faces.post(
        "/api/v1/imports",
        files={"file": (delivery.path.name, delivery.path.read_bytes())},
        data={"organisation": delivery.organisation_code, "mode": "full" if delivery.full else "delta"},
        headers=headers,
    )
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


def ours(deliveries: list[DemoDelivery]) -> list[DemoDelivery]:
    return [delivery for delivery in deliveries if delivery.organisation_code in CODES]


def test_two_months_of_deliveries_end_where_they_should_and_every_face_tells_the_same(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = ours(write_demo_files(tmp_path / "files", SEED, CUSTOMERS, faulty_percent=FAULTY_PERCENT))
    second = ours(write_next_month_files(tmp_path / "files", SEED, CUSTOMERS))
    (tmp_path / "mappings").mkdir()
    for delivery in first:
        text = organisations.draft(delivery.path)
        (tmp_path / "mappings" / f"{delivery.organisation_code}.toml").write_text(text, "utf-8")
    with a_world(database_url, tmp_path) as world, TestClient(together(world.register), "http://localhost") as faces:
        for delivery in first:
            report = send(world, faces, delivery)
            assert report["rows"] == delivery.rows
            assert report["new"] + report["rejected"] + report["doubt"] == report["rows"]
            assert 0 < report["rejected"] < 3 * len(delivery.spoilt)
            again = send(world, faces, delivery)
            assert (again["unchanged"], again["new"], again["changed"]) == (report["new"], 0, 0)
        for delivery in second:
            report = send(world, faces, delivery)
            assert report["ended"] > 0 and report["new"] > 0 and report["changed"] > 0
            assert report["rejected"] == 0

        keeper = world.headers(Role.MAINTAINER)
        text = "virtanen"
        over_api = faces.post("/api/v1/customers/search", json={"text": text, "limit": 50}, headers=keeper).json()
        monkeypatch.setenv("REKISTERI_DATABASE_URL", database_url)
        monkeypatch.setenv("REKISTERI_ACCOUNT", "maintainer")
        monkeypatch.setenv("REKISTERI_PASSWORD", PASSWORD)
        capsys.readouterr()
        assert run(["--home", str(tmp_path), "search", text, "--limit", "50", "--json"]) == 0
        on_terminal = json.loads(capsys.readouterr().out)
        told = [(hit["id"], hit["name"], hit["address"], hit["turvakielto"]) for hit in over_api["hits"]]
        assert told
        assert told == [
            (hit["party_id"], hit["name"], hit["address"], hit["turvakielto"]) for hit in on_terminal["hits"]
        ]
