"""Webhooks: each event takes effect once and in order, however endpoint, network and deliverer fail."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rekisteri import feeds
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.feeds import Delivered
from rekisteri.ground.errors import Rejected
from rekisteri.simulators import Answered, InvoicingSystem, Misdeed, Outsider
from tests.builders import World, a_company, a_person, a_world, only
from tests.feeds.told import a_told_world, declared

BUSY = Answered(503, "text/plain", b"")
BROKEN = Answered(500, "text/html", b"<h1>no</h1>")
LONG_S = 30 * 86_400


@dataclass(slots=True)
class Line:
    """A register, the invoicing system it tells, and the wire between."""

    world: World
    system: InvoicingSystem
    wire: Outsider

    def deliver(self) -> Delivered:
        """One round."""
        self.world.register.gatherer.gather()
        return self.world.register.deliverer.deliver(self.world.register.recipients[0])

    def pass_seconds(self, seconds: float) -> None:
        """Time passes, for both."""
        self.world.clock.pass_days(seconds / 86_400)

    def state(self) -> list[tuple[object, ...]]:
        """What stands of each event."""
        return self.world.sql("select key, kind, state, tries, failure from feeds.event order by sequence")


@contextmanager
def a_line(database_url: str, home: Path) -> Iterator[Line]:
    system = InvoicingSystem()
    with system.open() as wire:
        told = declared(
            "town-hook",
            "kuusilahti",
            "webhook",
            url=f"http://localhost:{wire.port}/customers",
            fields=["surname", "organisation_name", "permanent_address", "email"],
        )
        with a_told_world(database_url, home, told) as world:
            system.secrets = world.register.deliverer.secrets.shown("town-hook")
            system.now = world.clock
            yield Line(world, system, wire)


def companies(*names: str) -> list[dict[str, str]]:
    return [a_company(f"T{place}", None, organisation_name=name) for place, name in enumerate(names)]


def test_events_arrive_signed_once_and_in_order(database_url: str, tmp_path: Path) -> None:
    with a_line(database_url, tmp_path) as line:
        aapo = only(line.world.take(line.world.town, a_person("T1", email="aapo@esimerkki.fi")))
        assert line.deliver().sent == 1
        line.pass_seconds(60)
        line.world.correct(aapo, "surname", value="Oikaistu")
        line.pass_seconds(60)
        line.world.take(line.world.water, a_person("W1", turvakielto="k"))
        assert line.deliver().sent == 2
        assert line.system.told == [("added", "T1"), ("corrected", "T1"), ("protected", "T1")]
        assert line.system.customers["T1"]["values"] == {"surname": "Oikaistu"}, "what is covered now was dropped"
        assert (line.system.again, line.system.forged, line.system.disorder) == (0, 0, [])
        assert {one.path for one in line.wire.asked} == {"/customers"}
        assert {one.headers["content-type"] for one in line.wire.asked} == {
            "application/cloudevents+json; charset=utf-8"
        }
        assert line.deliver().sent == 0
        acts = line.world.sql(
            "select subjects from audit.event where action = 'feed:deliver' and cardinality(subjects) > 0"
        )
        assert [subjects for (subjects,) in acts] == [[aapo], [aapo], [aapo]]
        assert [one.what.en for one in sent(line.world, aapo)] == ["New customer", "Correction", "Non-disclosure order"]


def until(true: Callable[[], bool]) -> None:
    for _ in range(200):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come true")


def sent(world: World, party_id: object) -> list[object]:
    with world.register.door.read(world.maintainer, Action.FEED_STATE, Purpose.UPKEEP) as tx:
        return list(world.register.sent(tx, party_id))  # type: ignore[arg-type]


def test_a_forged_or_altered_call_is_known_and_a_turned_key_goes_on(database_url: str, tmp_path: Path) -> None:
    with a_line(database_url, tmp_path) as line:
        line.world.take(line.world.town, a_person("T1"))
        line.system.secrets = [feeds.STEM + "AAAA"]
        assert line.deliver().failed == 1
        assert (line.system.forged, line.system.told) == (1, [])
        keys = line.world.register.deliverer.secrets.keys
        line.system.secrets = old = line.world.register.deliverer.secrets.shown("town-hook")
        keys.announce("webhook")
        keys.promote("webhook")
        line.pass_seconds(60)
        assert line.deliver().sent == 1, "while the key turns both secrets are good"
        keys.retire("webhook")
        assert line.world.register.deliverer.secrets.shown("town-hook")[0] not in old
        assert line.world.register.deliverer.secrets.shown("another") != old


def test_what_fails_goes_again_later_and_other_customers_do_not_wait(database_url: str, tmp_path: Path) -> None:
    with a_line(database_url, tmp_path) as line:
        line.world.take(line.world.town, *companies("Yksi Oy", "Kaksi Oy", "Kolme Oy"))
        line.pass_seconds(1)
        line.world.take(line.world.town, *companies("Yksi uusi Oy"))
        line.wire.misbehave(Misdeed(instead=BROKEN))
        done = line.deliver()
        assert (done.sent, done.failed) == (2, 1)
        assert [row for row in line.state() if row[0] == "T0"] == [
            ("T0", "added", "waiting", 1, "http_500"),
            ("T0", "changed", "waiting", 0, None),
        ], "a customer's later event waits for its earlier one"
        assert line.deliver().sent == 0, "not before its time"
        line.pass_seconds(10)
        assert line.deliver().sent == 2
        assert line.system.told[-2:] == [("added", "T0"), ("changed", "T0")]
        assert line.system.disorder == []
        assert line.system.customers["T0"]["values"]["organisation_name"] == "Yksi uusi Oy"


def test_an_answer_that_is_lost_makes_it_come_twice_and_take_effect_once(database_url: str, tmp_path: Path) -> None:
    with a_line(database_url, tmp_path) as line:
        line.world.take(line.world.town, *companies("Yksi Oy", "Kaksi Oy"))
        hasty = replace(line.world.register.deliverer, timeout_s=0.3)
        line.wire.misbehave(Misdeed(mend=lambda _: BROKEN), Misdeed(delay_s=1.0))
        line.world.register.gatherer.gather()
        done = hasty.deliver(line.world.register.recipients[0])
        assert (done.sent, done.failed) == (0, 2)
        assert {row[4] for row in line.state()} == {"http_500", "timeout"}
        until(lambda: len(line.system.met) == 2)
        line.pass_seconds(60)
        assert line.deliver().sent == 2
        assert (len(line.system.met), line.system.again) == (2, 2), "both had been met, and did nothing again"


def test_nobody_at_the_other_end_loses_nothing(database_url: str, tmp_path: Path) -> None:
    with a_line(database_url, tmp_path) as line:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        (there,) = line.world.register.recipients
        elsewhere = there.model_copy(update={"url": f"http://localhost:{port}/"})
        line.world.take(line.world.town, a_person("T1"))
        line.world.register.gatherer.gather()
        done = line.world.register.deliverer.deliver(elsewhere)
        assert (done.failed, done.resting) == (1, True)
        assert line.state() == [("T1", "added", "waiting", 1, "unreachable")]
        line.pass_seconds(60)
        assert line.deliver().sent == 1


def test_an_endpoint_that_is_down_is_left_in_peace_and_nothing_is_lost(database_url: str, tmp_path: Path) -> None:
    with a_line(database_url, tmp_path) as line:
        line.world.take(line.world.town, *companies(*(f"Yhtiö {n} Oy" for n in range(8))))
        line.wire.misbehave(*[Misdeed(instead=BUSY)] * 3)
        done = line.deliver()
        assert (done.sent, done.failed, done.resting) == (0, 3, True)
        asked = len(line.wire.asked)
        assert line.deliver().resting
        assert len(line.wire.asked) == asked, "nobody is called meanwhile"
        assert sum(row[3] for row in line.state()) == 3, "the others have lost no try"
        line.pass_seconds(60)
        assert line.deliver().sent == 8
        assert sorted(number for _, number in line.system.told) == [f"T{n}" for n in range(8)]


def test_after_so_many_tries_it_is_given_up_shown_and_sent_again_by_somebody(database_url: str, tmp_path: Path) -> None:
    with a_line(database_url, tmp_path) as line:
        line.world.take(line.world.town, a_person("T1"))
        for _ in range(10):
            line.wire.misbehave(Misdeed(instead=Answered(422, "text/plain", b"")))
            assert line.deliver().failed == 1
            line.pass_seconds(LONG_S)
        assert line.state() == [("T1", "added", "dead", 10, "http_422")]
        assert line.world.sql("select failures, rest_until from feeds.recipient") == [(0, None)], "the event's fault"
        assert line.deliver().sent == 0
        with line.world.register.door.read(line.world.maintainer, Action.FEED_STATE, Purpose.UPKEEP) as tx:
            (standing,) = feeds.standings(tx, line.world.register.recipients)
            assert (standing.dead, standing.failure, standing.waiting) == (1, "http_422", 0)
        line.pass_seconds(1)
        line.world.take(line.world.town, a_person("T1", surname="Muuttunut"))
        assert line.deliver().sent == 0, "what comes later waits for what was given up"
        with line.world.register.door.write(line.world.maintainer, Action.FEED_AGAIN, Purpose.UPKEEP) as tx:
            assert feeds.again(tx, line.world.register.recipients[0]) == 1
        assert line.deliver().sent == 2
        assert line.system.told == [("added", "T1"), ("changed", "T1")]


def test_two_deliverers_are_one_and_a_way_that_is_not_declared_is_none(database_url: str, tmp_path: Path) -> None:
    with a_line(database_url, tmp_path) as line:
        line.world.take(line.world.town, a_person("T1"))
        deliverer = line.world.register.deliverer
        with deliverer._alone(line.world.register.recipients[0]) as alone:
            assert alone
            assert line.deliver().busy
        assert line.deliver().sent == 1
    for told, fault in (
        (declared("far", "kuusilahti", "webhook", url="http://register.example/x"), "without TLS"),
        (declared("far", "kuusilahti", "webhook", url="https://u:p@register.example/x"), "password"),
        (declared("far", "kuusilahti", "webhook", url="https://register.example/x", ca="none.pem"), "not there"),
    ):
        (tmp_path / "recipients.toml").write_text(told)
        with pytest.raises(Rejected, match=fault), a_world(database_url, tmp_path):
            pass
