"""Grants are reviewed quarterly: decided in a body with evidence; what nobody confirms is told of, and ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from rekisteri import access, wiring
from rekisteri.access import Action, Decision, Viewer, Wish
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected
from tests.builders import AAPO, World, a_world

ADMINISTRATION = Purpose.ADMINISTRATION


def administrator(handle: str = "hanna") -> Viewer:
    return replace(wiring.operator(), handle=handle)


def an_account(world: World, handle: str, role: Role) -> access.Account:
    with world.register.door.write(administrator(), Action.ACCOUNT_MANAGE, ADMINISTRATION) as tx:
        return access.add_account(
            tx, world.register.hasher, handle=handle, name=handle, password="right-horse-battery", roles=[role],
            organisation_codes=["kuusilahti"] if role is Role.INVOICER else [],
            every_organisation=role not in (Role.INVOICER, Role.ADMINISTRATOR),
        )  # fmt: skip


def due(world: World, **asked: object) -> list[access.Due]:
    with world.register.door.read(administrator(), Action.GRANT_REVIEW, ADMINISTRATION) as tx:
        return access.due(tx, **asked)  # type: ignore[arg-type]


def review(
    world: World, ids: list[UUID], decision: Decision, reason: str = "the task goes on", by: Viewer | None = None
) -> int:
    with world.register.door.write(by or administrator(), Action.GRANT_REVIEW, ADMINISTRATION) as tx:
        return access.review(tx, ids, decision, reason)


def lapse(world: World) -> int:
    with world.register.door.write(wiring.operator(), Action.GRANT_REVIEW, ADMINISTRATION) as tx:
        return access.lapse(tx)


def evidence(world: World, **asked: object) -> list[access.Reviewed]:
    with world.register.door.read(administrator(), Action.REVIEW_READ, ADMINISTRATION) as tx:
        return access.reviews(tx, **asked)  # type: ignore[arg-type]


def test_what_is_due_is_listed_by_owner_or_organisation_and_decided_in_a_body(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        for handle in ("iida", "ivar"):
            an_account(world, handle, Role.INVOICER)
        an_account(world, "kalle", Role.COLLECTOR)
        with world.register.door.write(administrator(), Action.ACCOUNT_MANAGE, ADMINISTRATION) as tx:
            access.grant(tx, "kalle", Wish(Role.MAINTAINER, owner="esihenkilo"))
        assert due(world) == [], "nothing is due on the day it was granted"
        world.clock.pass_days(62)
        assert [(one.account, one.owner) for one in due(world)] == [
            ("kalle", "esihenkilo"), ("iida", "hanna"), ("ivar", "hanna"), ("kalle", "hanna"),
        ]  # fmt: skip
        assert [one.account for one in due(world, owner="esihenkilo")] == ["kalle"]
        town = due(world, organisation_id=world.town.id)
        assert [one.account for one in town] == ["iida", "ivar"]
        assert review(world, [one.id for one in town], Decision.CONFIRMED) == 2
        (one,) = due(world, owner="esihenkilo")
        assert review(world, [one.id], Decision.ENDED, "another task") == 1
        assert [one.role for one in due(world)] == [Role.COLLECTOR]
        with world.register.door.read(administrator(), Action.ACCOUNT_MANAGE, ADMINISTRATION) as tx:
            assert access.account(tx, "kalle").roles == [Role.COLLECTOR], "an ended one gives nothing any more"
            (iida,) = access.grants(tx, "iida")
        assert iida.review_on == world.clock.at.date() + timedelta(days=92)
        told = [(one.account, one.decision, one.by_whom, one.reason) for one in evidence(world)]
        assert sorted(told) == [
            ("iida", "confirmed", "hanna", "the task goes on"),
            ("ivar", "confirmed", "hanna", "the task goes on"),
            ("kalle", "ended", "hanna", "another task"),
        ]
        assert [one.decision for one in evidence(world, account="kalle")] == ["ended"]


def test_a_review_that_does_not_hold_decides_nothing_at_all(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        own = an_account(world, "paula", Role.ADMINISTRATOR)
        an_account(world, "kalle", Role.COLLECTOR)
        world.clock.pass_days(80)
        ids = {one.account: one.id for one in due(world)}
        herself = replace(administrator("paula"), account_id=own.id)
        with world.register.door.read(herself, Action.GRANT_REVIEW, ADMINISTRATION) as tx:
            assert {one.account: one.own for one in access.due(tx)} == {"paula": True, "kalle": False}
        for chosen, decision, reason, by, refusal in (
            ([], Decision.CONFIRMED, "needed", None, Rejected),
            ([ids["kalle"]], Decision.CONFIRMED, "  ", None, Rejected),
            ([ids["kalle"]], Decision.CONFIRMED, f"asked {AAPO}", None, Rejected),
            ([ids["kalle"]], Decision.LAPSED, "late", None, Rejected),
            ([ids["kalle"], UUID(int=1)], Decision.ENDED, "needed", None, Missing),
            ([ids["kalle"], ids["paula"]], Decision.CONFIRMED, "needed", herself, Refused),
        ):
            with pytest.raises(refusal):
                review(world, chosen, decision, reason, by)
        assert evidence(world) == []
        review(world, [ids["kalle"]], Decision.ENDED)
        with pytest.raises(Conflict):
            review(world, [ids["kalle"], ids["paula"]], Decision.CONFIRMED)
        assert [one.account for one in evidence(world)] == ["kalle"]


def test_what_nobody_confirms_ends_after_the_days_of_grace_but_never_the_last_administrator(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        for handle, role in (
            ("paula", Role.ADMINISTRATOR), ("pekka", Role.ADMINISTRATOR), ("kalle", Role.COLLECTOR), ("olga", Role.OFFICER),
        ):  # fmt: skip
            an_account(world, handle, role)
        world.clock.pass_days(92 + 14)
        with world.register.door.read(administrator(), Action.GRANT_REVIEW, ADMINISTRATION) as tx:
            assert access.alarms(tx).reviews_late == 4
        review(world, [one.id for one in due(world) if one.account == "olga"], Decision.CONFIRMED)
        assert lapse(world) == 0, "the last day of grace is one of them"
        world.clock.pass_days(1)
        assert lapse(world) == 2
        assert lapse(world) == 0, "again it ends no more"
        assert {one.account for one in evidence(world) if one.decision is Decision.LAPSED} == {"kalle", "paula"}
        assert [one.account for one in due(world)] == ["pekka"], "one administrator is left, and told of as late"


def test_the_evidence_can_be_written_and_never_changed(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        assert world.sql(
            """
            select privilege_type from information_schema.role_table_grants
            where table_schema = 'access' and table_name = 'review' and grantee = 'rekisteri_app' order by 1
            """
        ) == [("DELETE",), ("INSERT",), ("SELECT",)], "deleted when its time is up, by a retention run alone"
