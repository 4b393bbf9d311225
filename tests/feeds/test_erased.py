"""Whoever was told of a customer is told that it was erased, whole or in part (GDPR art. 19)."""

from __future__ import annotations

from pathlib import Path

from rekisteri.catalogue import Purpose
from tests.builders import AAPO, BEA, World, a_person, only
from tests.feeds.told import Follower, a_told_world, changes, declared
from tests.payers.asking import a_reason, answer
from tests.rights.test_erase import asked, erase

NAME = "kuusilahti-billing"


def last_events(world: World, count: int) -> list[dict[str, object]]:
    """The data of the last events of the recipient."""
    return [event["data"] for event in changes(world, NAME, world.town).events[-count:]]


def test_a_recipient_is_told_of_an_erasure_once_after_all_else_and_nothing_of_the_customer_with_it(
    database_url: str, tmp_path: Path
) -> None:
    with a_told_world(database_url, tmp_path, declared(NAME, "kuusilahti"), declared("vesi-billing", "vesi")) as world:
        aapo = only(world.take(world.town, a_person("1", AAPO, surname="Poistuva")))
        world.take(world.town, a_person("2", BEA))
        follower = Follower(world, NAME, world.town)
        assert follower.follow() == [("added", "1"), ("added", "2")]
        world.clock.pass_days(1)
        world.end(world.town, "1")
        world.clock.pass_days(1)
        assert erase(world, asked(world, aapo).id) is not None
        # The end had not been gathered when all of it went; the recipient learns of it all the same.
        assert follower.follow() == [("erased", "1")]
        assert last_events(world, 1) == [{"customer_number": "1", "ended": True, "erased": True, "items": []}]
        assert follower.held == follower.whole()
        assert follower.follow() == []
        ((told, whole),) = world.sql(
            "select count(*), bool_and(kind = 'erased') from feeds.event where party_id = %s", aapo
        )
        assert (told, whole) == (1, True)


def test_a_customer_nobody_was_told_of_is_erased_without_a_word(database_url: str, tmp_path: Path) -> None:
    with a_told_world(database_url, tmp_path, declared(NAME, "kuusilahti")) as world:
        aapo = only(world.take(world.water, a_person("1", AAPO)))
        world.clock.pass_days(1)
        world.end(world.water, "1")
        world.clock.pass_days(1)
        assert erase(world, asked(world, aapo).id) is not None
        assert changes(world, NAME, world.town).events == []


def test_of_whom_a_duty_binds_the_items_that_went_are_told(database_url: str, tmp_path: Path) -> None:
    with a_told_world(database_url, tmp_path, declared(NAME, "kuusilahti")) as world:
        a_reason(world)
        aapo = only(world.take(world.town, a_person("1", AAPO, email="poista@esimerkki.fi")))
        answer(world, "1", purpose=Purpose.INVOICING)
        follower = Follower(world, NAME, world.town)
        follower.follow()
        assert follower.held["1"]["values"]["email"] == "poista@esimerkki.fi"
        world.clock.pass_days(1)
        assert erase(world, asked(world, aapo).id) is not None
        assert ("erased", "1") in follower.follow()
        assert "email" not in follower.held["1"]["values"]
        assert follower.held == follower.whole()
        (told,) = (one for one in changes(world, NAME, world.town).events if one["type"].endswith(".erased"))
        assert "email" in told["data"]["items"]
        assert "ended" not in told["data"]
        assert "email" not in told["data"]["values"]
