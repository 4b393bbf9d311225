"""Signing in and out over the API."""

from __future__ import annotations

from pathlib import Path

from rekisteri.catalogue import Role
from tests.api.world import PASSWORD, a_world


def test_a_session_tells_purposes_and_roles_and_its_token_opens_the_door(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        answer = world.client.post("/session", json={"account": "maintainer", "password": PASSWORD})
        told = answer.json()
        assert (answer.status_code, told["purposes"], told["roles"]) == (
            201, ["upkeep", "invoicing", "collection"], ["maintainer"],
        )  # fmt: skip
        organisations = world.client.get("/organisations", headers={"Authorization": f"Bearer {told['token']}"})
        assert [one["code"] for one in organisations.json()["organisations"]] == ["granvikin-vesi", "kuusilahti"]


def test_a_wrong_password_and_an_unknown_account_are_told_alike(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        wrong = [
            world.client.post("/session", json={"account": account, "password": "not-the-right-one"})
            for account in ("maintainer", "nobody-at-all")
        ]
        bodies = [{key: value for key, value in one.json().items() if key != "instance"} for one in wrong]
        assert [one.status_code for one in wrong] == [401, 401]
        assert bodies[0] == bodies[1]
        assert wrong[0].headers["WWW-Authenticate"].startswith("Bearer")


def test_a_closed_session_is_worth_nothing(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.MAINTAINER)
        assert world.client.delete("/session", headers=headers).status_code == 204
        assert world.client.delete("/session", headers=headers).status_code == 401
        assert world.client.get("/organisations", headers=headers).status_code == 401


def test_a_disabled_account_is_out_at_once(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.INVOICER)
        closed = world.client.post("/accounts/invoicer/disable", headers=world.headers(Role.ADMINISTRATOR))
        assert closed.json()["disabled_at"] is not None
        assert world.client.get("/catalogue", headers=headers).status_code == 401
