"""Merging, undoing and parting over the API."""

from __future__ import annotations

from pathlib import Path

from rekisteri.access import ACCOUNT_ROLES
from rekisteri.catalogue import Role
from tests.api.world import OTHER, World, a_world, row, with_codes


def two_customers(world: World) -> tuple[str, str]:
    """Two customers with codes of their own, of two organisations."""
    first, second = with_codes(2)
    world.bring([row(1, first)])
    world.bring([row(9, second)], organisation=OTHER)
    return world.customer(first.hetu), world.customer(second.hetu)


def test_a_merge_is_rehearsed_made_and_undone(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        kept, lost = two_customers(world)
        headers = world.headers(Role.MAINTAINER)
        question = {"other": lost, "reason": "Sama ihminen"}
        refused = world.client.post(f"/customers/{kept}/merge", json=question, headers=headers)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:rekisteri:problem:conflict")
        question["despite_codes"] = True  # type: ignore[assignment]
        tried = world.client.post(
            f"/customers/{kept}/merge", json=question | {"rehearse": True}, headers=headers
        ).json()
        assert len(tried["customerships"]) == 2
        assert world.client.get(f"/customers/{lost}", headers=headers).json()["id"] == lost
        assert world.client.post(f"/customers/{kept}/merge", json=question, headers=headers).status_code == 200
        assert world.client.get(f"/customers/{lost}", headers=headers).json()["id"] == kept
        told = world.client.get(f"/customers/{kept}/records", headers=headers).json()
        assert [one["former"] for one in told["merges"]] == [lost]
        assert {one["organisation"] for one in told["records"]} == {"kuusilahti", OTHER}
        undone = world.client.post(
            f"/customers/{kept}/unmerge", json={"former": lost, "reason": "Eri ihmiset"}, headers=headers
        )
        assert undone.json() == {"id": lost}
        assert world.client.get(f"/customers/{lost}", headers=headers).json()["id"] == lost


def test_records_part_to_a_new_customer_and_only_maintainers_judge(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        kept, lost = two_customers(world)
        headers = world.headers(Role.MAINTAINER)
        merged = {"other": lost, "reason": "Sama ihminen", "despite_codes": True}
        for role in set(ACCOUNT_ROLES) - {Role.MAINTAINER}:
            answer = world.client.post(f"/customers/{kept}/merge", json=merged, headers=world.headers(role))
            assert answer.status_code == 403, role
        world.client.post(f"/customers/{kept}/merge", json=merged, headers=headers)
        (record,) = (
            one["id"]
            for one in world.client.get(f"/customers/{kept}/records", headers=headers).json()["records"]
            if one["organisation"] == OTHER
        )
        parted = world.client.post(
            f"/customers/{kept}/split", json={"records": [record], "reason": "Kaima"}, headers=headers
        )
        assert parted.status_code == 201
        card = world.client.get(f"/customers/{parted.json()['id']}", headers=headers).json()
        assert [one["organisation"] for one in card["customerships"]] == [OTHER]
