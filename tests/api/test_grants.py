"""Grants over the API: made, told, ended, each at once."""

from __future__ import annotations

from pathlib import Path

from rekisteri.catalogue import Role
from tests.api.world import HOME, OTHER, a_world


def test_a_grant_holds_from_the_next_act_on_and_its_end_too(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        admin, invoicer = world.headers(Role.ADMINISTRATOR), world.headers(Role.INVOICER)
        collection = invoicer | {"Rekisteri-Purpose": "collection"}
        search = {"text": "mallikas"}
        assert world.client.post("/customers/search", json=search, headers=collection).status_code == 403
        question = {"role": "collector", "organisation": OTHER, "purpose": "collection", "ends_on": None}
        made = world.client.post("/accounts/invoicer/grants", json=question, headers=admin)
        told = made.json()
        assert (made.status_code, told["organisation"], told["state"], told["owner"]) == (
            201, OTHER, "in_force", "administrator",
        )  # fmt: skip
        assert world.client.post("/customers/search", json=search, headers=collection).status_code == 200
        listed = world.client.get("/accounts/invoicer/grants", headers=admin).json()["grants"]
        assert [(one["role"], one["organisation"]) for one in listed] == [("collector", OTHER), ("invoicer", HOME)]
        ended = world.client.post(f"/grants/{told['id']}/end", headers=admin)
        assert ended.json()["state"] == "ended"
        assert world.client.post("/customers/search", json=search, headers=collection).status_code == 403
        assert world.client.post(f"/grants/{told['id']}/end", headers=admin).status_code == 409
        assert world.client.post(f"/grants/{told['id']}/approve", headers=admin).status_code == 403
        past = world.client.get("/accounts/invoicer/grants", params={"past": True}, headers=admin).json()["grants"]
        assert {one["state"] for one in past} == {"in_force", "ended"}


def test_grants_that_do_not_hold_are_told_as_problems(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        admin = world.headers(Role.ADMINISTRATOR)
        for question, status in (
            ({"role": "officer", "organisation": HOME}, 422),
            ({"role": "invoicer"}, 422),
            ({"role": "invoicer", "organisation": "nowhere"}, 404),
            ({"role": "invoicer", "organisation": HOME}, 409),
        ):
            answer = world.client.post("/accounts/invoicer/grants", json=question, headers=admin)
            assert answer.status_code == status, answer.text
        own = world.client.post("/accounts/administrator/grants", json={"role": "maintainer"}, headers=admin)
        assert own.status_code == 403
        assert world.client.get("/accounts/nobody/grants", headers=admin).status_code == 404
