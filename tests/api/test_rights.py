"""The data subject's rights over the API: erasure, objection, refusal, disclosure, holds, conflicts with corrections."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rekisteri import rights, wiring
from rekisteri.catalogue import Role
from tests.api.world import World, a_world, row, with_codes
from tests.rights.test_erase import HOUSE

WAY = {
    "fi": "Voit tehdä valituksen valvontaviranomaiselle: Tietosuojavaltuutetun toimisto (Lintulahdenkuja 4, tietosuoja.fi)",
    "sv": "Du kan lämna in klagomål till tillsynsmyndigheten: Dataombudsmannens byrå (Lintulahdenkuja 4, tietosuoja.fi)",
    "en": "You can complain to the supervisory authority: Office of the Data Protection Ombudsman (Lintulahdenkuja 4,",
}


class Officer:
    """An officer at the API of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._headers = world.headers(Role.OFFICER)

    def asks(self, method: str, path: str, status: int, body: dict[str, Any] | None = None) -> Any:
        answer = self._world.client.request(method, path, json=body, headers=self._headers)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def opens(self, kind: str, customer: str, language: str = "fi") -> str:
        question = {"kind": kind, "channel": "in_person", "customer": customer, "language": language}
        request_id = str(self.asks("POST", "/requests", 201, question)["id"])
        self.asks("POST", f"/requests/{request_id}/identity", 204, {"by": "passport"})
        return request_id


def a_customer(world: World, count: int = 1) -> list[str]:
    found = with_codes(count)
    world.bring([row(number, person, sahkoposti="vaara@esimerkki.fi") for number, person in enumerate(found, 1)])
    (world.register.settings.home / rights.HOUSE_FILE).write_text(
        HOUSE + '[authority]\naddress = "Lintulahdenkuja 4"\n', "utf-8"
    )
    return [world.customer(person.hetu) for person in found]


def test_every_refusal_ends_in_the_way_to_complain_in_the_askers_language(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        (customer,) = a_customer(world)
        officer = Officer(world)
        for language, way in WAY.items():
            refused = officer.opens("rectification", customer, language)
            closing = {"outcome": "refused", "answer": "VTJ 2.3.2026."}
            officer.asks("POST", f"/requests/{refused}/closing", 204, closing)
            answer = officer.asks("GET", f"/requests/{refused}", 200)["request"]["answer"]
            assert answer.startswith(f"VTJ 2.3.2026. {way}")
            objected = officer.opens("objection", customer, language)
            verdict = {"verdict": "compelling", "purpose": "collection", "grounds": "Saatava on vireillä."}
            decided = officer.asks("POST", f"/requests/{objected}/objection", 200, verdict)
            assert decided["outcome"] == "refused"
            assert way in decided["answer"]
            bound = officer.opens("erasure", customer, language)
            looked = officer.asks("GET", f"/requests/{bound}/erasure", 200)
            assert [duty["klass"] for duty in looked["duties"]] == ["customership"]
            assert "email" in looked["items"] if language == "fi" else not looked["items"]
            assert way in officer.asks("POST", f"/requests/{bound}/erasure", 200)["answer"]


def test_whom_no_duty_binds_is_erased_with_a_certificate_that_holds(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        customer, _ = a_customer(world, 2)
        world.bring([row(2, with_codes(2)[1])], mode="full")
        officer = Officer(world)
        request_id = officer.opens("erasure", customer)
        officer.asks("POST", "/holds", 201, {"customer": customer, "reason": "Claim 1"})
        (held,) = officer.asks("GET", "/holds", 200)["holds"]
        assert [one["klass"] for one in officer.asks("GET", f"/requests/{request_id}/erasure", 200)["duties"]] == [
            "hold"
        ]
        officer.asks("POST", f"/holds/{held['id']}/ending", 204)
        assert officer.asks("GET", f"/requests/{request_id}/erasure", 200)["whole"]
        made = officer.asks("POST", f"/requests/{request_id}/erasure", 200)
        assert made["outcome"] == "fulfilled"
        certificate = officer.asks("GET", f"/certificates/{made['certificate']}", 200)
        assert certificate["holds"]
        assert customer not in certificate["body"]
        maintainer = world.headers(Role.MAINTAINER)
        assert world.client.get(f"/customers/{customer}", headers=maintainer).status_code == 404
        assert officer.asks("GET", "/retention", 200)["classes"]


def test_a_disclosure_is_written_given_once_or_struck(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        (customer,) = a_customer(world)
        officer = Officer(world)
        question = {"recipient": "Ulosottolaitos", "ground": "Ulosottokaari 705/2007 3 luku 64 §", "reference": "UL/1",
                    "items": ["permanent_address"], "customers": [customer]}  # fmt: skip
        line = officer.asks("POST", "/disclosures", 201, question)
        assert (line["state"], line["customers"]) == ("agreed", 1)
        given = officer.asks("POST", f"/disclosures/{line['id']}/file", 200)
        assert given["customers"][0]["data"]["permanent_address"]
        officer.asks("POST", f"/disclosures/{line['id']}/file", 409)
        struck = officer.asks("POST", "/disclosures", 201, question | {"reference": "UL/2"})
        officer.asks("POST", f"/disclosures/{struck['id']}/withdrawal", 200, {"because": "Erehdys"})
        states = [one["state"] for one in officer.asks("GET", "/disclosures", 200)["disclosures"]]
        assert sorted(states) == ["given", "withdrawn"]
        officer.asks("POST", "/disclosures", 422, question | {"country": "US"})
        for role in (Role.INVOICER, Role.INTEGRATION):
            answer = world.client.get("/disclosures", headers=world.headers(role))
            assert answer.status_code == 403


@pytest.mark.parametrize(("decision", "shown"), [("kept", "oikea@esimerkki.fi"), ("withdrawn", "taas@esimerkki.fi")])
def test_a_source_that_speaks_against_a_correction_waits_for_a_decision(
    decision: str, shown: str, database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        (customer,) = a_customer(world)
        maintainer = world.headers(Role.MAINTAINER)
        corrected = {"item": "email", "parts": {"": "oikea@esimerkki.fi"}, "reason": "Asiakas soitti"}
        answer = world.client.post(
            f"/customers/{customer}/corrections", json=corrected, headers=maintainer | {"If-Match": "*"}
        )
        assert answer.status_code < 300, answer.text
        lines = world.client.get(f"/customers/{customer}/history", headers=maintainer).json()["entries"]
        marked = [change["corrected"] for line in lines for change in line["changes"] if change["item"] == "email"]
        assert [one is not None for one in marked] == [False, True]
        card = world.client.get(f"/customers/{customer}", headers=maintainer).json()
        (value,) = [one for one in card["values"] if one["item"] == "email"]
        assert [one["corrected"] for one in value["others"]] == [True]
        world.bring([row(1, with_codes(1)[0], sahkoposti="taas@esimerkki.fi")])
        assert wiring.compare_corrections(world.register).opened == 1
        (line,) = world.client.get("/conflicts", headers=maintainer).json()["conflicts"]
        settle = {"decision": decision, "reason": "Kysytty asiakkaalta"}
        answer = world.client.post(f"/conflicts/{line['id']}/decision", json=settle, headers=maintainer)
        assert answer.status_code == 204, answer.text
        assert world.client.get("/conflicts", headers=maintainer).json()["conflicts"] == []
        card = world.client.get(f"/customers/{customer}", headers=maintainer).json()
        assert [one["value"] for one in card["values"] if one["item"] == "email"] == [shown]
