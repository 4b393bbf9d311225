"""Oversight over the API: canaries, signals, parameters, incidents."""

from __future__ import annotations

from pathlib import Path

from rekisteri.catalogue import Role
from rekisteri.cli.overseeing import sweep_all
from tests.api.world import a_world, row, with_codes


def test_a_canary_raises_a_signal_that_is_closed_and_an_incident_is_assessed(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        (person,) = with_codes(1)
        world.bring([row(1, person)])
        customer = world.customer(person.hetu)
        officer, collector = world.headers(Role.OFFICER), world.headers(Role.COLLECTOR)
        marked = world.client.post(
            "/signals/canaries", json={"party_id": customer, "reason": "watched"}, headers=officer
        )
        assert marked.status_code == 204, marked.text
        (canary,) = world.client.get("/signals/canaries", headers=officer).json()["canaries"]
        assert (canary["party_id"], canary["reason"]) == (customer, "watched")
        assert world.client.get(f"/customers/{customer}", headers=collector).status_code == 200
        world.register.log.seal()
        assert sweep_all(world.register)[1] >= 1
        signals = world.client.get("/signals", headers=officer).json()["signals"]
        (signal,) = [one for one in signals if one["account"] == "collector"]
        assert (signal["kind"], signal["party_id"], signal["count"]) == ("canary", customer, 1)
        place = f"/signals/{signal['id']}"
        assert world.client.get(place, headers=officer).json() == signal
        for role in (Role.AUDITOR, Role.COLLECTOR):
            refused = world.client.post(
                f"{place}/close", json={"verdict": "justified", "reason": "x"}, headers=world.headers(role)
            )
            assert refused.status_code == 403
        closing = {"verdict": "unjustified", "reason": "asked"}
        assert world.client.post(f"{place}/close", json=closing, headers=officer).status_code == 204
        assert world.client.post(f"{place}/close", json=closing, headers=officer).status_code == 409
        assert signal["id"] not in world.client.get("/signals", headers=officer).text
        assert signal["id"] in world.client.get("/signals?open=false&kind=canary", headers=officer).text
        ended = world.client.post("/signals/canaries/end", json={"party_id": customer}, headers=officer)
        assert ended.status_code == 204
        scope = {"account": "collector", "since": "2020-01-01T00:00:00", "until": "2099-01-01T00:00:00"}
        told = world.client.post("/incidents", json=scope, headers={**officer, "Accept-Language": "sv"}).json()
        assert (told["customer_count"], told["actions"]) == (1, {"customer:read": 1})
        (controller,) = told["controllers"]
        assert (controller["code"], controller["customers"]) == ("kuusilahti", [customer])
        assert controller["draft"].startswith("# Meddelande om personuppgiftsincident")
        assert world.client.post("/incidents", json=scope, headers=world.headers(Role.AUDITOR)).status_code == 403


def test_parameters_are_the_officers_data(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        officer = world.headers(Role.OFFICER)
        before = world.client.get("/signals/parameters", headers=officer).json()["parameters"]
        assert before["spike_factor"] == 3
        changed = world.client.post("/signals/parameters", json={"name": "spike_factor", "value": 5}, headers=officer)
        assert changed.json()["parameters"] == before | {"spike_factor": 5}
        for wrong in ({"name": "spike_factor", "value": 1}, {"name": "nonesuch", "value": 5}):
            assert world.client.post("/signals/parameters", json=wrong, headers=officer).status_code == 422
        assert world.client.get("/signals/parameters", headers=world.headers(Role.MAINTAINER)).status_code == 403
