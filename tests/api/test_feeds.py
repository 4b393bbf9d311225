"""The feed over HTTP: a system brings itself up by a snapshot and follows; nobody else is told."""

from __future__ import annotations

from pathlib import Path

from rekisteri.catalogue import RECIPIENTS_FILE, Purpose, Role
from tests.api.world import HOME, OTHER, a_world, row, with_codes
from tests.feeds.told import declared


def test_a_system_takes_a_snapshot_follows_and_nobody_else_is_told(database_url: str, tmp_path: Path) -> None:
    mine = f"integration.{HOME}"
    (tmp_path / RECIPIENTS_FILE).write_text(
        declared("billing", HOME, system=mine) + declared("others", OTHER, system="somebody")
    )
    with a_world(database_url, tmp_path) as world:
        first, second, third = with_codes(3)
        world.bring([row(1, first), row(2, second)])
        headers = world.headers(Role.INTEGRATION, handle=mine)
        get = world.client.get
        page = get("/feeds/billing/snapshot", params={"limit": 1}, headers=headers)
        assert page.status_code == 200, page.text
        rest = get("/feeds/billing/snapshot", params={"cursor": page.json()["cursor"]}, headers=headers).json()
        numbers = [one["customer_number"] for one in page.json()["customers"] + rest["customers"]]
        assert (sorted(numbers), rest["cursor"]) == (["1", "2"], None)
        assert first.hetu not in page.text

        world.bring([row(1, first, sukunimi="Uusi"), row(3, third)])
        told = get("/feeds/billing/changes", params={"cursor": rest["changes_from"]}, headers=headers).json()
        by_number = {one["subject"]: one for one in told["events"]}
        assert {number: one["type"] for number, one in by_number.items()} == {
            "1": "rekisteri.customer.changed",
            "3": "rekisteri.customer.added",
        }
        assert by_number["1"]["data"]["values"] == {"surname": "Uusi"}
        assert by_number["1"]["data"]["items"] == ["surname"]
        again = get("/feeds/billing/changes", params={"cursor": told["cursor"]}, headers=headers).json()
        assert again == {"events": [], "cursor": told["cursor"], "more": False}

        for path, wanted in (
            ("/feeds/others/changes", 404),
            ("/feeds/nobody/changes", 404),
            ("/feeds/billing/changes?cursor=x", 422),
            ("/feeds/billing/changes?cursor=99999", 409),
            ("/feeds/billing/snapshot?cursor=1.x", 422),
            ("/feeds/billing/changes?limit=100000", 422),
        ):
            assert get(path, headers=headers).status_code == wanted, path
        for_collection = world.headers(Role.INTEGRATION, handle=mine, purpose=Purpose.COLLECTION)
        assert get("/feeds/billing/changes", headers=for_collection).status_code == 403
        assert get("/feeds/billing/changes", headers=world.headers(Role.MAINTAINER)).status_code == 403
        assert get("/feeds", headers=headers).status_code == 403

        stand = get("/feeds", headers=world.headers(Role.ADMINISTRATOR)).json()["recipients"]
        assert [(one["name"], one["waiting"], one["dead"]) for one in stand] == [("billing", 0, 0), ("others", 0, 0)]
        assert stand[0]["last_at"] is not None
        assert "surname" in stand[0]["fields"]
