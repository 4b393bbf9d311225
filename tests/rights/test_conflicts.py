"""A correction by hand and what sources deliver after it: told once, with both sides, decided; and the import is not touched."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from rekisteri import rights, wiring
from rekisteri.access import Action
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.rights.conflicts import Clash, Decision, Sides, Verdict
from rekisteri.sources import organisations
from tests.builders import AAPO, World, a_person, a_viewer, a_world, only


def compared(world: World) -> rights.conflicts.Compared:
    return wiring.compare_corrections(world.register)


def waiting(world: World) -> list[Clash]:
    with world.register.door.read(world.maintainer, Action.WORK_READ, Purpose.UPKEEP) as tx:
        return rights.conflicts.clashes(tx)


def sides(world: World, clash: Clash) -> Sides:
    with world.register.door.read(world.maintainer, Action.WORK_READ, Purpose.UPKEEP) as tx:
        return rights.conflicts.clash(tx, world.register.vault, clash.id)


def settled(world: World, clash: Clash, decision: Decision, reason: str = "VTJ:stä tarkistettu") -> None:
    with world.register.door.write(world.maintainer, Action.WORK_DECIDE, Purpose.UPKEEP) as tx:
        rights.conflicts.settle(tx, world.register.vault, clash.id, decision, reason)


def corrected(world: World, **parts: str) -> UUID:
    party_id = only(world.take(world.town, a_person("K1", phone="0401111111", **parts)))
    world.clock.pass_days(1)
    world.correct(party_id, "phone", value="0402222222")
    world.clock.pass_days(1)
    return party_id


def test_a_delivery_neither_tramples_the_correction_nor_is_told_twice(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = corrected(world)
        assert compared(world).opened == 0, "nobody has spoken since"
        world.take(world.town, a_person("K1", phone="0403333333"))
        assert world.kept(party_id)["phone"] == "+358402222222"
        assert compared(world).opened == 1
        (clash,) = waiting(world)
        assert (clash.item, clash.verdict, clash.organisation_id) == ("phone", Verdict.DIFFERS, world.town.id)
        both = sides(world, clash)
        assert (both.corrected, both.said, both.why) == ("+358402222222", "+358403333333", "customer told")
        world.clock.pass_days(1)
        world.take(world.town, a_person("K1", phone="0403333333", email="a@esimerkki.example"))
        assert (compared(world).opened, len(waiting(world))) == (0, 1)
        settled(world, clash, Decision.KEPT)
        assert (compared(world).opened, waiting(world)) == (0, [])
        with pytest.raises(Conflict):
            settled(world, clash, Decision.KEPT)


def test_a_source_that_comes_round_is_told_and_the_older_line_lapses(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = corrected(world)
        world.take(world.town, a_person("K1", phone="0403333333"))
        compared(world)
        world.clock.pass_days(1)
        world.take(world.town, a_person("K1", phone="0402222222"))
        done = compared(world)
        assert (done.opened, done.lapsed) == (1, 1)
        (clash,) = waiting(world)
        assert clash.verdict is Verdict.AGREES
        settled(world, clash, Decision.WITHDRAWN)
        assert party_id not in {one.party_id for one in waiting(world)}
        assert world.card(party_id).corrected == []
        assert world.kept(party_id)["phone"] == "+358402222222"


def test_a_full_delivery_that_says_the_same_wrong_thing_again_is_told(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path / "home") as world:
        path = tmp_path / "asiakkaat.csv"
        path.write_text(
            f"asiakasnumero;henkilotunnus;sukunimi;etunimet;puhelin;turvakielto\nK1;{AAPO};Kuvitteellinen;Aapo;0401111111;e\n"
        )

        def deliver(full: bool) -> organisations.Report:
            request = organisations.Request(
                path=path, file_name=path.name, organisation_id=world.town.id, mapping=organisations.standard(),
                full=full, artificial_hetu=True, ordinary_hetu=False,
            )  # fmt: skip
            with world.register.door.write(world.maintainer, Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
                return organisations.run(tx, world.register.vault, request, lambda rows: None)

        deliver(True)
        (party_id,) = (row[0] for row in world.sql("select id from parties.party"))
        assert isinstance(party_id, UUID)
        world.clock.pass_days(1)
        world.correct(party_id, "phone", value="0402222222")
        world.clock.pass_days(1)
        assert deliver(False).unchanged == 1
        assert compared(world).opened == 0, "changes alone do not say what they leave out"
        assert deliver(True).unchanged == 1
        assert compared(world).opened == 1
        assert sides(world, waiting(world)[0]).said == "+358401111111"


def test_protected_values_are_compared_and_shown_to_nobody_who_may_not(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        corrected(world, turvakielto="k")
        world.take(world.town, a_person("K1", phone="0403333333", turvakielto="k"))
        assert compared(world).opened == 1
        both = sides(world, waiting(world)[0])
        assert (both.corrected, both.said) == (None, None)


def test_the_organisation_that_is_told_sees_it_and_no_other_does(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        corrected(world)
        world.take(world.town, a_person("K1", phone="0403333333"))
        compared(world)
        (clash,) = waiting(world)
        with pytest.raises(Rejected):
            settled(world, clash, Decision.TOLD, " ")
        settled(world, clash, Decision.TOLD, "Numero on väärän henkilön")
        for organisation, seen in ((world.town, 1), (world.water, 0)):
            viewer = a_viewer(Role.INVOICER, organisation)
            with world.register.door.read(viewer, Action.RIGHTS_ASK, Purpose.INVOICING) as tx:
                assert len(rights.conflicts.clashes(tx, told=True)) == seen


def test_a_correction_that_ends_takes_its_line_with_it(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = corrected(world)
        world.take(world.town, a_person("K1", phone="0403333333"))
        compared(world)
        world.correct(party_id, "phone", value="0404444444")
        done = compared(world)
        assert (done.lapsed, waiting(world)) == (1, [])
        world.clock.pass_days(1)
        world.take(world.town, a_person("K1", phone="0405555555"))
        assert compared(world).opened == 1
