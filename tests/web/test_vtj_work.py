"""What following the population register leaves to people, in the pages and the API, and the commands that follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from rekisteri import api
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.simulators.codes import birth_of
from rekisteri.sources import vtj
from rekisteri.sources.vtj.follow import Following
from tests.api.world import row, with_codes
from tests.builders import AAPO, BEA, CALLE, World
from tests.cli.terminal import a_staffed_terminal
from tests.sources.vtj.asking import a_citizen, a_home
from tests.sources.vtj.following import Bureau, a_bureau, customers, follow
from tests.web.browsing import BASE, PASSWORD, an_office


def following(world: World, bureau: Bureau) -> Following:
    register = world.register
    return Following(
        register.database, register.door, register.vault, register.rules, bureau.setup(), world.maintainer,
        lambda _step, _done: None,
    )  # fmt: skip


def test_runs_tasks_and_held_changes_are_shown_done_and_released(database_url: str, tmp_path: Path) -> None:
    with a_bureau(a_citizen(protected=True, ever_protected=True), a_citizen(BEA)) as bureau, an_office(database_url, tmp_path, **bureau.settings()) as office:  # fmt: skip
        world = office.world
        party_ids = customers(world, [*bureau.nation.people, a_citizen(CALLE)])
        follow(world, bureau)
        visitor = office.visitor("yllapitaja")
        status = visitor.goto("/vtj").text
        assert "Seuranta" in status
        assert "Lupa" in status
        work = visitor.goto("/vtj/tyot").text
        assert "Turvakielto eikä yhteysosoitetta" in work
        assert "VTJ ei tunne asiakasta" in work
        assert AAPO not in work
        client = TestClient(api.application(world.register), base_url=BASE)
        token = client.post("/session", json={"account": "yllapitaja", "password": PASSWORD}).json()["token"]
        client.headers.update({"Authorization": f"Bearer {token}", "Rekisteri-Purpose": "upkeep"})
        told = client.get("/vtj/work").json()
        kinds = {one["kind"]: one for one in told["tasks"]}
        assert kinds.keys() == {"no_contact_address", "absent"}
        assert kinds["absent"]["customer"] == str(party_ids[CALLE])
        path = f"/vtj/tyot/{kinds['absent']['task']}"
        assert visitor.send(path, {"syy": ""}).status_code == 422
        assert "Työ on merkitty tehdyksi" in visitor.send(path, {"syy": "Kysytty asiakkaalta"}).text
        done = client.post(f"/vtj/work/{kinds['no_contact_address']['task']}/done", json={"reason": "Kirje toimistoon"})
        assert done.status_code == 204
        assert client.get("/vtj/work").json() == {"tasks": [], "held": []}
        with world.register.door.write(world.maintainer, Action.VTJ_FOLLOW, Purpose.UPKEEP) as tx:
            tx.run("update sources.vtj_subscription set state = 'held' where party_id = %(id)s", id=party_ids[BEA])
        assert client.post("/vtj/release", json={"customers": [str(party_ids[BEA])]}).json() == {"released": 1}
        state = client.get("/vtj").json()
        assert (state["followed"], state["runs"][0]["state"]) == ({"absent": 1, "doubt": 1, "live": 1}, "done")


def test_many_are_checked_by_basic_data_told_apart_and_taken_if_asked(database_url: str, tmp_path: Path) -> None:
    people = (a_citizen(permanent=a_home("Uusikatu")), a_citizen(BEA, surname="Keksitty"))
    with a_bureau(*people) as bureau, an_office(database_url, tmp_path, **bureau.settings()) as office:
        world = office.world
        party_ids = customers(world, [*bureau.nation.people, a_citizen(CALLE)])
        asking = replace(following(world, bureau), reason="Vuosittainen tarkistus", case="T-1")
        done, lines = many(world, asking, list(party_ids.values()), take=False)
        assert (done.chosen, done.waiting, done.outcomes["absent"]) == (3, 0, 1)
        found = {one.party_id: one for one in lines}
        assert found[party_ids[CALLE]].outcome == "absent"
        assert found[party_ids[AAPO]].items["permanent_address"] == "differs"
        assert world.card(party_ids[AAPO]).value("language") is None
        assert ("permanent_address", "differs", 1) in done.items
        taken, _ = many(world, asking, [party_ids[AAPO]], take=True)
        assert taken.run.counts["changed"] == 1
        assert world.card(party_ids[AAPO]).value("language") == "fi"
        said = world.sql(
            "select detail, case_reference from audit.event where action = 'vtj:follow' and detail ->> 'checked' is not null"
        )
        assert said
        for detail, case in said:
            assert isinstance(detail, dict)
            told = (detail["reason"], detail["permission"], detail["end_user"], case)
            assert told == ("Vuosittainen tarkistus", "1125/410/14", f"FI-{world.maintainer.handle}", "T-1")


def many(world: World, following: Following, party_ids: list[UUID], *, take: bool) -> tuple[vtj.Checked, list[vtj.CheckedLine]]:  # fmt: skip
    """A check of many, from its order to its report."""
    run_id = vtj.order_check(following, party_ids, take=take)
    vtj.carry_on(following, run_id)
    with world.register.door.read(world.maintainer, Action.VTJ_WORK, Purpose.UPKEEP) as tx:
        return vtj.checked(tx, run_id), vtj.checked_lines(tx, run_id, UUID(int=0), 100)


def test_the_commands_follow_tell_and_let_go_on(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (person,) = with_codes(1)
    assert person.hetu is not None
    citizen = a_citizen(
        person.hetu, born_on=birth_of(person.hetu), surname=person.surname, first_names=person.first_names, protected=True,
        ever_protected=True,
    )  # fmt: skip
    with a_bureau(citizen) as bureau:
        for name, value in bureau.settings().items():
            said = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            monkeypatch.setenv(f"REKISTERI_{name.upper()}", said)
        terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
        terminal.signs_in("maintainer")
        terminal.brings([row(1, person)])
        (hit,) = terminal.types("search", person.surname, person.first_names, "--json").json["hits"]
        report = terminal.types("vtj", "follow", "--json").json
        assert (report["counts"]["begun"], report["counts"]["read"], report["stopped"]) == (1, 1, None)
        bureau.nation.today += timedelta(days=1)
        assert "vtj" in terminal.types("show", hit["party_id"], "--json").out
        (task,) = terminal.types("vtj", "tasks", "--json").json["tasks"]
        assert task["kind"] == "no_contact_address"
        assert terminal.types("vtj", "done", task["id"], "--reason", "kirje", "--json").json["kind"] == task["kind"]
        status = terminal.types("vtj", "status", "--json").json
        assert (status["followed"], status["runs"][0]["kind"]) == ({"live": 1}, "follow")
        assert terminal.types("vtj", "release", "--json").json == {"released": 0}
        resync = terminal.types("vtj", "follow", "--resync", "--json").json
        assert resync["counts"]["read"] == 1
        told = terminal.types("vtj", "check-many", "--reason", "tarkistus", "--json", stdin=f"{hit['party_id']}\n").json
        assert (told["state"], told["chosen"], sum(told["outcomes"].values())) == ("done", 1, 1)
        again = terminal.types("vtj", "check-many", "--go-on", told["run"], "--json").json
        assert (again["state"], again["outcomes"]) == ("done", told["outcomes"])
        for flags, given in ((("--reason", "tarkistus"), "ei-tunnus"), ((), hit["party_id"])):
            assert terminal.types("vtj", "check-many", *flags, stdin=f"{given}\n").code == 2
