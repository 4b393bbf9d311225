"""What banks told is forgotten when its time is up, and not a day before; what it was sealed with is condemned."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from rekisteri.access import Action
from rekisteri.catalogue import RETENTIONS, Purpose
from rekisteri.sources import banks
from rekisteri.wiring import operator
from tests.builders import AAPO, BEA, a_person, only
from tests.sources.banks.billing import Billing, a_billing
from tests.sources.banks.mandating import Mandating, acceptance, cancellation, initiation
from tests.sources.banks.test_mandates import in_force, put_creditor
from tests.sources.banks.writing import OTHER, Told, an_ack


def forget(billing: Billing, on: date, *spared: object, limit: int = 100) -> tuple[int, ...]:
    """One batch as the nightly command does it: messages, proposals, mandates, answers, files."""
    with billing.world.register.door.write(operator(), Action.BANK_FORGET, Purpose.ADMINISTRATION) as tx:
        found = banks.forget(tx, on, spared=spared, limit=limit)  # type: ignore[arg-type]
    return found.messages, found.proposals, found.mandates, found.answers, found.files


def kept(billing: Billing) -> dict[str, int]:
    """How many rows stand of each thing that is sealed."""
    found = {}
    for table in ("bank_message", "bank_evidence", "bank_file_part", "mandate_message", "mandate", "bank_answer"):
        ((count,),) = billing.world.sql(f"select count(*) from sources.{table}")
        assert isinstance(count, int)
        found[table] = count
    return found


def test_messages_go_years_after_the_order_has_ended_and_their_keys_with_them(
    database_url: str, tmp_path: Path
) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        years = RETENTIONS["bank_message"].years
        aapo = only(world.take(world.town, a_person("1")))
        only(world.take(world.town, a_person("2", BEA, surname="Mallikas", first_names="Bea")))
        put_creditor(billing)
        billing.take(
            Told(), Told("A2", action="DELETE", said="2026-03-02T09:00:00"),
            Told("B1", hetu=BEA, name="MALLIKAS BEA", address=OTHER, bank="OKOYFIHH"),
            Told("X1", hetu="240360-9998", address="FI5810171000000122"),
        )  # fmt: skip
        billing.take(an_ack("SI-unknown", "7"))
        billing.take(Told().text().encode()[:-40])
        billing.take(initiation(Mandating(hetu=BEA, name="Mallikas Bea")), encoding="utf-8")
        billing.take(cancellation("M-1"), encoding="utf-8")
        before = kept(billing)
        assert before == {
            "bank_message": 4, "bank_evidence": 5, "bank_file_part": 3, "mandate_message": 2, "mandate": 1,
            "bank_answer": 1,
        }  # fmt: skip
        today = world.clock.at.date()
        last_day = today.replace(year=today.year + years)
        assert forget(billing, last_day) == (0, 0, 0, 0, 0), "nothing goes a day too early"
        gone = last_day.replace(month=last_day.month + 2)
        assert forget(billing, gone, aapo) == (0, 0, 1, 1, 2), "under a legal hold nothing of a customer goes"
        ((restriction,),) = world.sql(
            "insert into access.restriction (id, party_id, ground, since_at, by) "
            "values (gen_random_uuid(), %s, 'claims', now(), 'test') returning id", aapo,
        )  # fmt: skip
        assert forget(billing, gone) == (0, 0, 0, 0, 0), "nor while the processing of it is restricted"
        world.sql("delete from access.restriction where id = %s returning id", restriction)
        ((condemned,),) = world.sql("select count(*) from ground.condemned")
        assert forget(billing, gone, limit=1)[0] == 1
        assert forget(billing, gone, limit=1)[0] == 1
        assert forget(billing, gone) == (0, 0, 0, 0, 0)
        assert kept(billing) == {
            "bank_message": 2, "bank_evidence": 2, "bank_file_part": 1, "mandate_message": 0, "mandate": 0,
            "bank_answer": 0,
        }, "what is in force, what waits for a person and the file in quarantine stay"  # fmt: skip
        ((after,),) = world.sql("select count(*) from ground.condemned")
        assert isinstance(after, int) and isinstance(condemned, int)
        assert after == condemned + 4, "of each message the content and the evidence"
        assert billing.orders(aapo) == []
        assert billing.take(Told("A5", said="2026-03-05T00:00:00")).orders == 1, "a new order begins anew"


def test_the_answer_that_puts_a_mandate_in_force_stays_as_long_as_it_does(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        aapo = only(world.take(world.town, a_person("1")))
        put_creditor(billing, answered=True)
        for document in (initiation(Mandating(hetu=AAPO)), acceptance("I1")):
            billing.take(document, encoding="utf-8")
        today = world.clock.at.date()
        later = today.replace(year=today.year + RETENTIONS["bank_message"].years + 1)
        assert forget(billing, later) == (0, 0, 0, 0, 0)
        assert (kept(billing)["mandate_message"], len(in_force(billing, aapo))) == (2, 1)
        billing.take(cancellation("M-1"), encoding="utf-8")
        assert forget(billing, later) == (0, 0, 1, 0, 3)
        assert kept(billing)["mandate_message"] == 0


def test_a_rejected_file_goes_when_errors_need_no_settling_any_more(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        report = billing.take(Told().text().encode()[:-40])
        today = world.clock.at.date()
        later = today.replace(year=today.year + RETENTIONS["intake"].years + 1)
        assert forget(billing, later) == (0, 0, 0, 0, 0)
        with world.register.door.write(world.maintainer, Action.WORK_DECIDE, Purpose.UPKEEP) as tx:
            banks.reject_file(tx, report.file_id, reason="ehjä tuli")
        assert forget(billing, later) == (0, 0, 0, 0, 1)
        assert kept(billing)["bank_file_part"] == 0
