"""Who used my data, in the form of the Estonian data tracker's findUsage: kinds, bulk, days, pages; nobody named."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from rekisteri import api
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from tests.builders import AAPO, BEA, a_person, a_world, only
from tests.web.browsing import HOUSE, HOUSE_FILE
from tests.web.subjects import a_token


def test_the_form_of_the_tracker_tells_a_persons_uses_and_no_names(database_url: str, tmp_path: Path) -> None:
    (tmp_path / HOUSE_FILE).write_text(HOUSE, "utf-8")
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        world.take(world.town, a_person("K1", phone="0401112222"), a_person("K2", BEA))
        world.card(party_id)
        with world.register.door.read(world.maintainer, Action.VTJ_CHECK, Purpose.UPKEEP) as tx:
            tx.saw(party_id)
        client = TestClient(api.application(world.register), base_url="http://rekisteri.test")
        head = {
            "authorization": f"Bearer {a_token(world, party_id)}",
            "accept-language": "en",
            "rekisteri-purpose": "data_protection",
        }
        answer = client.get("/own/findUsage", headers=head)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert told["totalUsages"] == told["returnedUsages"] == 3
        (asked,) = told["dataRequests"]
        assert asked["target"] == {"type": "NEE", "name": "Väestötietojärjestelmä"}
        assert asked["initiatorOrg"]["name"] == "Kuvitelma Oy"
        assert [one["purpose"].partition(":")[0] for one in told["internalProcessings"]] == ["customer", "import"]
        assert all(one["bulkProcessing"] is False and one["legalBasis"] for one in told["internalProcessings"])
        whole = client.get("/own/findUsage?includeBulkProcessing=true&limit=2&offset=1", headers=head).json()
        assert (whole["totalUsages"], whole["returnedUsages"]) == (5, 2), "the bulk run, and the look just made"
        own = whole["internalProcessings"][0] if whole["internalProcessings"][0]["initiatorPerson"] else None
        first = client.get("/own/findUsage?limit=1", headers=head).json()["internalProcessings"][0]
        assert (first["initiatorPerson"], first["initiatorOrg"]) == ({"name": "Data subject"}, None), own
        one_kind = client.get("/own/findUsage?processingType=DATA_REQUEST", headers=head).json()
        assert (one_kind["totalUsages"], one_kind["internalProcessings"]) == (1, [])
        early = client.get("/own/findUsage?periodEnd=2020-01-01T00:00:00Z", headers=head).json()
        assert early["totalUsages"] == 0
        assert "test-maintainer" not in answer.text
        assert AAPO not in answer.text
        for wrong in ("limit=0", "limit=10001", "processingType=OTHER", "periodStart=yesterday"):
            assert client.get(f"/own/findUsage?{wrong}", headers=head).status_code == 422, wrong
        assert client.get("/own/findUsage").status_code == 401
