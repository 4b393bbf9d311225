"""Payment reasons and channel policies: an organisation's data, with both times."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from rekisteri import payers
from rekisteri.access import Action, Viewer
from rekisteri.catalogue import BY_PATH, Role, Text
from rekisteri.ground.errors import Missing, Refused, Rejected
from rekisteri.payers import Channel, Households, LastResort, PaymentReason, Policy
from tests.builders import World, a_viewer, a_world

NAME = Text("Varhaiskasvatus", "Småbarnspedagogik", "Early childhood education")
ORDER = Policy((Channel.CONSUMER_EINVOICE, Channel.DIRECT_PAYMENT, Channel.LETTER), LastResort.BY_HAND)
PAPER = Policy((Channel.LETTER,), LastResort.LETTER, Households.CHILDS)


def put(world: World, code: str, policy: Policy, viewer: Viewer | None = None, **more: date) -> PaymentReason:
    who = viewer or world.maintainer
    with world.register.door.write(who, Action.REASON_MANAGE, who.purposes()[0]) as tx:
        made = payers.set_reason(tx, world.town.id, code, NAME, policy, **more)
    return made


def known(world: World, **asked: object) -> list[tuple[str, Policy]]:
    with world.register.door.read(world.maintainer, Action.REASON_READ, world.maintainer.purposes()[0]) as tx:
        found = payers.payment_reasons(tx, [world.town.id], **asked)  # type: ignore[arg-type]
    return [(one.code, one.policy) for one in found]


def test_a_policy_is_asked_as_of_any_day_and_moment(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        put(world, "PH", ORDER)
        before, first = world.clock.at, world.clock.at.date()
        world.clock.pass_days(10)
        put(world, "PH", PAPER)
        assert known(world) == [("PH", PAPER)]
        assert known(world, on=first + timedelta(days=9)) == [("PH", ORDER)]
        assert known(world, known_at=before) == [("PH", ORDER)]
        assert known(world, on=first - timedelta(days=1)) == []


def test_a_policy_with_an_end_gives_way_to_the_one_before_it(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        today = world.clock.at.date()
        put(world, "PH", ORDER)
        put(world, "PH", PAPER, valid_from=today + timedelta(days=5), valid_to=today + timedelta(days=8))
        assert [known(world, on=today + timedelta(days=days)) for days in (4, 5, 7, 8)] == [
            [("PH", ORDER)],
            [("PH", PAPER)],
            [("PH", PAPER)],
            [("PH", ORDER)],
        ]


def test_an_ended_reason_is_in_use_no_longer_and_may_be_set_again(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        put(world, "PH", ORDER)
        with world.register.door.write(world.maintainer, Action.REASON_MANAGE, world.maintainer.purposes()[0]) as tx:
            payers.end_reason(tx, world.town.id, "PH", from_on=world.clock.at.date() + timedelta(days=1))
        assert known(world) == [("PH", ORDER)]
        world.clock.pass_days(1)
        assert known(world) == []
        write = world.register.door.write(world.maintainer, Action.REASON_MANAGE, world.maintainer.purposes()[0])
        with pytest.raises(Missing), write as tx:
            payers.end_reason(tx, world.town.id, "PH")
        put(world, "PH", PAPER)
        assert known(world) == [("PH", PAPER)]


@pytest.mark.parametrize(
    ("code", "name", "policy", "field"),
    [
        ("", NAME, ORDER, "code"),
        ("x" * 36, NAME, ORDER, "code"),
        ("A/B", NAME, ORDER, "code"),
        ("PH", Text("Nimi", " ", "Name"), ORDER, "name_sv"),
        ("PH", Text("N" * 101, "Namn", "Name"), ORDER, "name_fi"),
        ("PH", NAME, Policy((), LastResort.LETTER), "channels"),
        ("PH", NAME, Policy((Channel.LETTER, Channel.LETTER), None), "channels"),
    ],
)
def test_what_does_not_hold_is_rejected_by_field(
    database_url: str, tmp_path: Path, code: str, name: Text, policy: Policy, field: str
) -> None:
    with a_world(database_url, tmp_path) as world:
        write = world.register.door.write(world.maintainer, Action.REASON_MANAGE, world.maintainer.purposes()[0])
        with pytest.raises(Rejected) as wrong, write as tx:
            payers.set_reason(tx, world.town.id, code, name, policy)
        assert wrong.value.field == field
        assert known(world) == []


def test_each_keeps_the_reasons_of_its_own_scope_alone(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        with pytest.raises(Refused):
            put(world, "PH", ORDER, a_viewer(Role.MAINTAINER, world.water))
        with pytest.raises(Refused):
            put(world, "PH", ORDER, a_viewer(Role.INVOICER, world.town))
        put(world, "PH", ORDER, a_viewer(Role.ADMINISTRATOR, world.water))
        assert known(world) == [("PH", ORDER)]


def test_channels_are_those_of_the_catalogue() -> None:
    assert set(Channel) == set(BY_PATH["invoice_channel"][1].kind.codes)
