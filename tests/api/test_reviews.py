"""Reviews and break-glass over the API: the same rules as everywhere, told as JSON and problems."""

from __future__ import annotations

from pathlib import Path

from rekisteri.catalogue import Role
from tests.api.world import HOME, OTHER, a_world

PLEA = {
    "role": "collector",
    "organisation": OTHER,
    "purpose": "collection",
    "reason": "the bailiff waits",
    "minutes": 5,
}


def test_grants_are_reviewed_and_the_evidence_told_to_who_watches(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        ask, admin = world.client, world.headers(Role.ADMINISTRATOR)
        due = ask.get("/grants/due", params={"within_days": 366, "organisation": HOME}, headers=admin).json()
        ids = {one["account"]: one["id"] for one in due["grants"]}
        assert sorted(ids) == ["integration", f"integration.{HOME}", "invoicer"]
        assert due["alarms"]["reviews_late"] == 0
        body = {"grants": list(ids.values()), "decision": "confirmed", "reason": "asked their superiors"}
        assert ask.post("/grants/review", json=body | {"reason": " "}, headers=admin).status_code == 422
        assert ask.post("/grants/review", json=body | {"decision": "lapsed"}, headers=admin).status_code == 422
        assert ask.post("/grants/review", json=body, headers=admin).json() == {"decided": 3}
        told = ask.get("/reviews", params={"limit": 2}, headers=world.headers(Role.AUDITOR)).json()
        more = ask.get("/reviews", params={"cursor": told["cursor"]}, headers=world.headers(Role.OFFICER)).json()
        reviews = told["reviews"] + more["reviews"]
        assert {one["account"] for one in reviews} == set(ids)
        assert {(one["decision"], one["organisation"], one["by_whom"]) for one in reviews} == {
            ("confirmed", HOME, "administrator")
        }
        assert ask.get("/grants/due", headers=world.headers(Role.OFFICER)).status_code == 403
        assert ask.get("/reviews", headers=world.headers(Role.COLLECTOR)).status_code == 403


def test_a_right_for_minutes_takes_two_persons_and_is_looked_through(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        ask = world.client
        clerk, keeper, officer = (world.headers(role) for role in (Role.INVOICER, Role.MAINTAINER, Role.OFFICER))
        assert ask.post("/emergencies", json=PLEA, headers=clerk).status_code == 422, "no case is named"
        clerk["Rekisteri-Case"] = "ULOS-2026/7"
        made = ask.post("/emergencies", json=PLEA, headers=clerk)
        assert (made.status_code, made.json()["state"]) == (201, "waiting")
        one = f"/emergencies/{made.json()['id']}"
        assert ask.post(f"{one}/decide", json={"opens": True}, headers=clerk).status_code == 403
        (waits,) = ask.get("/emergencies/waiting", headers=keeper).json()["emergencies"]
        assert waits["organisation"] == OTHER
        assert ask.post(f"{one}/decide", json={"opens": True}, headers=keeper).json()["state"] == "open"
        clerk["Rekisteri-Purpose"] = "collection"
        assert ask.post("/customers/search", json={"text": "Nimi"}, headers=clerk).status_code == 200
        assert (
            ask.post(f"{one}/review", json={"verdict": "justified", "finding": "x"}, headers=officer).status_code == 409
        )
        assert ask.post(f"{one}/stop", headers=officer).json()["ended_by"] == "officer"
        assert ask.post("/customers/search", json={"text": "Nimi"}, headers=clerk).status_code == 403
        used = ask.get(one, headers=officer).json()
        assert [(act["action"], act["outcome"]) for act in used["acts"]] == [("customer:search", "done")]
        found = ask.post(
            f"{one}/review", json={"verdict": "justified", "finding": "one search"}, headers=officer
        ).json()
        assert (found["state"], found["reviewed_by"]) == ("reviewed", "officer")
        assert [each["id"] for each in ask.get("/emergencies", headers=officer).json()["emergencies"]] == [used["id"]]
        clerk["Rekisteri-Purpose"] = "invoicing"
        assert [each["state"] for each in ask.get("/emergencies/own", headers=clerk).json()["emergencies"]] == [
            "reviewed"
        ]
        assert ask.post(f"{one}/end", headers=clerk).status_code == 409
