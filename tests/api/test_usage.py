"""Who used my data, in the form of the Estonian data tracker's findUsage: kinds, bulk, days, pages; nobody named."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from rekisteri import api, wiring
from rekisteri.access import Action, Client, Registration, Right, Viewer, add_client
from rekisteri.api import usage
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Missing, Refused, Rejected
from rekisteri.rights import HOUSE_FILE
from tests.builders import AAPO, BEA, CALLE, DIDRIK, a_person, a_viewer, a_world, only
from tests.web.browsing import HOUSE
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


def test_another_system_that_is_registered_for_it_asks_in_a_persons_name(database_url: str, tmp_path: Path) -> None:
    (tmp_path / HOUSE_FILE).write_text(HOUSE, "utf-8")
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        other = only(world.take(world.water, a_person("V1", BEA)))
        hidden = only(world.take(world.town, a_person("K3", CALLE, turvakielto="k")))
        world.card(party_id)
        world.card(other)
        asking = dataclasses.replace(
            a_viewer(Role.INTEGRATION, world.town, channel="api"), handle="seuranta",
            rights=(Right(Role.INTEGRATION, frozenset({Purpose.DATA_PROTECTION}), frozenset({world.town.id}), False),),
        )  # fmt: skip

        def told(viewer: Viewer, code: str, **more: object) -> dict[str, Any]:
            question = usage.FindUsageQuestion.model_validate({"personalCode": code, **more})
            answer = usage.answer_of(world.register, viewer, Purpose.DATA_PROTECTION, None, question, "fi")
            return dict(answer.model_dump(mode="json"))

        found = told(asking, AAPO)
        uses = [one["purpose"].partition(": ")[0] for one in found["internalProcessings"]]
        assert uses == ["subject:identify", "customer:read", "import:run"], "who is meant had to be found out too"
        assert "test-maintainer" not in str(found)
        again = told(asking, AAPO, processingType=["DATA_RESPONSE"])
        assert again["returnedUsages"] == 1, "that it was told is told"
        assert told(asking, BEA)["internalProcessings"], (
            "another organisation's customer too: it is the person who asks"
        )
        for code in (CALLE, DIDRIK):
            with pytest.raises(Missing):
                told(asking, code)
        for stranger in (
            a_viewer(Role.INTEGRATION, world.town),
            a_viewer(Role.OFFICER),
            a_viewer(Role.INVOICER, world.town),
        ):
            with pytest.raises(Refused):
                told(stranger, AAPO)
        assert world.sql(
            "select outcome, subjects from audit.event where action = 'audit:tell' and account = 'seuranta' order by at, id"
        ) == [("done", [party_id]), ("done", [party_id]), ("done", [other]), ("missing", []), ("missing", [])]
        assert world.sql(
            "select count(*) from audit.event where action = 'subject:identify' and %s = any (subjects)", hidden
        )


def test_a_system_tells_of_use_or_handles_bills_and_never_both(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        keys = {
            "keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]
        }

        def registered(handle: str, purposes: list[Purpose], actions: list[str] | None) -> Client:
            wish = Registration(handle, handle, [world.town.code], purposes, actions, keys)
            with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
                return add_client(tx, world.register.hasher, wish)

        both = [Purpose.INVOICING, Purpose.DATA_PROTECTION]
        for purposes, actions in (
            (both, ["audit:tell"]),
            ([Purpose.DATA_PROTECTION], None),
            ([Purpose.DATA_PROTECTION], ["audit:tell", "customer:read"]),
        ):
            with pytest.raises(Rejected, match="data protection"):
                registered("wrong", purposes, actions)
        made = registered("seuranta", [Purpose.DATA_PROTECTION], ["audit:tell"])
        assert (made.purposes, made.actions) == ([Purpose.DATA_PROTECTION], ["audit:tell"])
