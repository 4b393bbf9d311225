"""Organisations, accounts and the catalogue over the API."""

from __future__ import annotations

from pathlib import Path

from rekisteri.access import ACCOUNT_ROLES
from rekisteri.catalogue import ITEMS, Role
from tests.api.world import HOME, PASSWORD, a_world


def test_an_administrator_adds_organisations_and_accounts_and_changes_roles(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.ADMINISTRATOR)
        organisation = {"code": "mallila", "name": "Mallilan kunta", "ytunnus": "9900020-2"}
        made = world.client.post("/organisations", json=organisation, headers=headers)
        assert (made.status_code, made.json()["code"]) == (201, "mallila")
        assert world.client.post("/organisations", json=organisation, headers=headers).status_code == 409
        account = {
            "handle": "maija", "name": "Maija", "password": PASSWORD, "roles": ["invoicer"], "organisations": ["mallila"],
        }  # fmt: skip
        assert world.client.post("/accounts", json=account, headers=headers).json()["organisations"] == ["mallila"]
        changed = world.client.post("/accounts/maija/roles", json={"roles": ["integration"]}, headers=headers)
        assert changed.json()["roles"] == ["integration"]
        names = [one["handle"] for one in world.client.get("/accounts", headers=headers).json()["accounts"]]
        assert "maija" in names
        assert PASSWORD not in world.client.get("/accounts", headers=headers).text


def test_whoever_grants_rights_sees_no_customer_and_whoever_uses_them_grants_none(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        administrator = world.headers(Role.ADMINISTRATOR)
        search = world.client.post("/customers/search", json={"text": "mallikas"}, headers=administrator)
        assert search.status_code == 403
        for role in set(ACCOUNT_ROLES) - {Role.ADMINISTRATOR}:
            assert world.client.get("/accounts", headers=world.headers(role)).status_code == 403


def test_a_bad_account_is_explained(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.ADMINISTRATOR)
        account = {"handle": "maija", "name": "Maija", "password": PASSWORD, "roles": ["invoicer"]}
        unbound = world.client.post("/accounts", json=account, headers=headers)
        assert (unbound.status_code, unbound.json()["field"]) == (422, "organisations")
        weak = account | {"organisations": [HOME], "password": "short"}
        answer = world.client.post("/accounts", json=weak, headers=headers)
        assert (answer.status_code, answer.json()["field"]) == (422, "password")
        assert "short" not in answer.text


def test_the_catalogue_declares_every_item_in_three_languages(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        told = world.client.get("/catalogue", headers=world.headers(Role.INTEGRATION)).json()
        assert [item["name"] for item in told["items"]] == [item.name for item in ITEMS]
        assert all(all(item["label"][language] for language in ("fi", "sv", "en")) for item in told["items"])
        assert (
            len(told["layout"])
            == len(set(told["layout"]))
            == sum(len(item["parts"]) for item in told["items"] if "organisation" in item["sources"])
        )
