"""The work queue and the log over the API."""

from __future__ import annotations

from pathlib import Path

from rekisteri.access import ACCOUNT_ROLES
from rekisteri.catalogue import Role
from tests.api.world import OTHER, World, a_world, row, with_codes


def in_doubt(world: World) -> dict[str, object]:
    """A row whose code belongs to a customer of quite another name."""
    first, second = with_codes(2)
    world.bring([row(1, first)])
    stranger = row(9, first, sukunimi="Aivantoinen", etunimet="Nimi Vieras")
    report = world.bring([stranger], organisation=OTHER)
    assert report["doubt"] == 1, (report, second)
    return world.client.get("/work", headers=world.headers(Role.MAINTAINER)).json()["items"][0]


def test_a_row_in_doubt_shows_both_sides_and_its_decision_is_final(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        item = in_doubt(world)
        headers = world.headers(Role.MAINTAINER)
        detail = world.client.get(f"/work/{item['id']}", headers=headers).json()
        said = {one["item"]: one["value"] for one in detail["said"]}
        assert said["surname"] == "Aivantoinen"
        assert str(said["hetu"]).endswith("****")
        assert detail["known"]["id"] == item["customer"]
        decision = {"decision": "separate", "reason": "Eri henkilö"}
        assert world.client.post(f"/work/{item['id']}/decision", json=decision, headers=headers).status_code == 204
        again = world.client.post(f"/work/{item['id']}/decision", json=decision, headers=headers)
        assert (again.status_code, again.json()["type"]) == (409, "urn:rekisteri:problem:conflict")
        assert world.client.get("/work", headers=headers).json() == {"items": [], "cursor": None}


def test_only_maintainers_see_and_decide_the_queue(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        item = in_doubt(world)
        for role in set(ACCOUNT_ROLES) - {Role.MAINTAINER}:
            headers = world.headers(role)
            decision = {"decision": "linked", "reason": "Sama"}
            statuses = {
                world.client.get("/work", headers=headers).status_code,
                world.client.get(f"/work/{item['id']}", headers=headers).status_code,
                world.client.post(f"/work/{item['id']}/decision", json=decision, headers=headers).status_code,
            }
            assert statuses == {403}, role


def test_the_log_pages_backwards_filters_and_holds_refusals_too(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        invoicer, auditor = world.headers(Role.INVOICER), world.headers(Role.AUDITOR)
        for number in range(5):
            world.client.post("/customers/search", json={"text": f"mallikas {number}"}, headers=invoicer)
        assert world.client.get("/audit/events", headers=invoicer).status_code == 403
        seen, cursor = [], None
        while True:
            question = {"account": "invoicer", "action": "customer:search", "limit": 2, "cursor": cursor}
            page = world.client.get(
                "/audit/events", params={key: value for key, value in question.items() if value}, headers=auditor
            ).json()
            seen += page["events"]
            cursor = page["cursor"]
            if cursor is None:
                break
        assert len({event["id"] for event in seen}) == len(seen) == 5
        assert all("mallikas" not in str(event["detail"]) for event in seen)
        refused = world.client.get("/audit/events", params={"outcome": "refused"}, headers=auditor).json()["events"]
        assert [(event["account"], event["action"]) for event in refused] == [("invoicer", "audit:search")]
