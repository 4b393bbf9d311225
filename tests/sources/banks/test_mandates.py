"""SEPA mandates: read, followed, matched, stated; what bad documents get; and that their order makes no difference."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rekisteri import parties, payers
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.parties import Mandate
from rekisteri.sources import banks
from rekisteri.sources.banks import Hold
from tests.builders import AAPO, BEA, World, a_company, a_person, only
from tests.payers.asking import answer, ask
from tests.sources.banks.billing import Billing, a_billing
from tests.sources.banks.mandating import (
    ACCOUNT,
    CREDITOR,
    OTHER_CREDITOR,
    Mandating,
    acceptance,
    amendment,
    cancellation,
    initiation,
)

EXAMPLES = int(os.environ.get("BANKS_EXAMPLES", "12"))
AAPOS = Mandating(hetu=AAPO)
MOVED = Mandating(name=None, account="FI4950009420028730", bank="OKOYFIHH", signed=None)


def put_creditor(billing: Billing, *, answered: bool = False, creditor: str = CREDITOR) -> None:
    """The town collects by mandates to a creditor identifier."""
    world = billing.world
    with world.register.door.write(world.maintainer, Action.BANK_IMPORT, Purpose.UPKEEP) as tx:
        banks.set_creditor(tx, world.register.vault, world.town.id, creditor, "PH", answered=answered)


def take(billing: Billing, *documents: str) -> banks.FileReport:
    """Each document comes as a file of its own; the report of the last."""
    reports = [billing.take(one, encoding="utf-8") for one in documents]
    assert {report.state for report in reports} <= {"taken", "repeated"}, reports
    return reports[-1]


def in_force(billing: Billing, party_id: UUID, on: date | None = None) -> list[Mandate]:
    """The mandates of a payer that the town may collect by."""
    world = billing.world
    day = on or world.clock.at.date()
    with world.register.door.read(world.maintainer, Action.CUSTOMER_READ, Purpose.UPKEEP) as tx:
        return parties.mandates_of(tx, world.register.vault, [party_id], world.town.id, day).get(party_id, [])


def explained(world: World) -> list[payers.Chapter]:
    """Why the first customer's bill goes as it does, in Finnish."""
    return payers.explain(ask(world, "1").body, "fi")


def states(billing: Billing) -> list[tuple[object, ...]]:
    """Every mandate: its reference, state, and what became of it."""
    return billing.world.sql("select reference, state, changing, outcome, hold from sources.mandate order by reference")


def test_a_mandate_is_given_changed_and_cancelled(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        aapo = only(world.take(world.town, a_person("1")))
        put_creditor(billing)
        report = take(billing, initiation(AAPOS))
        assert (report.messages, report.matched, report.held, report.orders) == (1, 1, 0, 1)
        (given,) = in_force(billing, aapo)
        assert (given.terms.reference, given.terms.creditor, given.terms.payment_reason) == ("M-1", CREDITOR, "PH")
        assert (given.terms.account, given.terms.bank, given.terms.sequence) == (ACCOUNT, "NDEAFIHH", "recurring")
        assert given.terms.given_on == date(2026, 2, 20)
        (shown,) = world.card(aapo).at_banks
        assert ACCOUNT not in str(shown), "the account is masked on the card"
        assert billing.orders(aapo) == [], "a mandate is no order"
        (way,) = answer(world, "1")["deliveries"]
        assert way["channel"]["code"] == "letter", "a mandate says how the bill is paid, not how it travels"
        assert (way["direct_debit"]["mandate"], way["direct_debit"]["account"]) == ("M-1", ACCOUNT)
        said = [one for chapter in explained(world) for one in chapter.sentences]
        assert "Lasku voidaan veloittaa tililtä valtuutuksella M-1, annettu 20.2.2026." in said

        assert take(billing, amendment(MOVED, "M-1")).orders == 1
        (changed,) = in_force(billing, aapo)
        assert (changed.terms.account, changed.terms.bank) == ("FI4950009420028730", "OKOYFIHH")
        assert changed.terms.given_on == date(2026, 2, 20), "what an amendment does not say stands"
        assert take(billing, cancellation("M-1")).orders == 1
        assert in_force(billing, aapo) == []
        assert "direct_debit" not in answer(world, "1")["deliveries"][0]
        assert states(billing) == [("M-1", "cancelled", False, "matched", None)]
        (ended,) = world.card(aapo).at_banks
        assert ended.ended_on is not None
        same = take(billing, initiation(AAPOS))
        assert (same.state, same.orders) == ("repeated", 0)
        kept = world.sql("select count(*) from sources.bank_file_part")
        assert kept == [(3,)], "each document is kept as it came, sealed"
        sealed = world.sql("select sealed from sources.bank_file_part")
        assert not any(AAPO.encode() in bytes(one) or ACCOUNT.encode() in bytes(one) for (one,) in sealed)


def test_where_the_bank_answers_nothing_is_in_force_before_it_does(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        aapo = only(world.take(world.town, a_person("1")))
        bea = only(world.take(world.town, a_person("2", BEA, surname="Mallikas", first_names="Bea")))
        put_creditor(billing, answered=True)
        beas = Mandating(reference="M-2", hetu=BEA, name="Mallikas Bea", last="2026-12-31")
        take(billing, initiation(AAPOS, beas))
        assert [row[:2] for row in states(billing)] == [("M-1", "requested"), ("M-2", "requested")]
        assert in_force(billing, aapo) == []
        take(billing, acceptance("I1"))
        assert len(in_force(billing, aapo)) == len(in_force(billing, bea)) == 1, "one answer to the whole message"
        assert in_force(billing, bea, date(2027, 1, 1)) == [], "its last day is over"
        take(billing, amendment(MOVED, "M-1"))
        assert states(billing)[0][2] is True
        assert in_force(billing, aapo)[0].terms.account == ACCOUNT, "a change waits for its answer"
        take(billing, acceptance("C1", reference="M-1", accepted=False, message_id="K2", at="2026-03-02T12:00:00"))
        assert states(billing)[0][2] is False
        assert in_force(billing, aapo)[0].terms.account == ACCOUNT
        take(billing, cancellation("M-1"))
        assert in_force(billing, aapo) == [], "an end counts at once"
        take(billing, acceptance("D1", reference="M-1", accepted=False, message_id="K3", at="2026-03-03T12:00:00"))
        assert len(in_force(billing, aapo)) == 1, "and counts for nothing where the bank refuses it"


def test_nothing_is_in_force_by_guess(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        vault = world.register.vault
        aapo = only(world.take(world.town, a_person("1")))
        firm = only(world.take(world.town, a_company("3")))
        report = take(billing, initiation(AAPOS))
        assert dict(report.holds) == {Hold.CREDITOR_UNKNOWN: 1}
        put_creditor(billing)
        assert len(in_force(billing, aapo)) == 1, "what waited for its creditor is taken as soon as it is known"

        doubtful = (
            Mandating(reference="M-2", hetu=AAPO, name="Aivan Toinen"),
            Mandating(reference="M-3", hetu=BEA),
            Mandating(reference="M-4"),
            Mandating(reference="M-5", hetu=AAPO, number="3"),
            Mandating(reference="M-6", hetu="010100-999X"),
        )
        report = take(billing, initiation(*doubtful, message_id="I2"))
        assert report.matched == 0
        assert dict(report.holds) == {
            Hold.NAME_CONTRADICTS: 1, Hold.IDENTIFIER_UNKNOWN: 1, Hold.IDENTIFIER_MISSING: 1,
            Hold.IDENTIFIERS_OF_TWO: 1, Hold.IDENTIFIER_INVALID: 1,
        }  # fmt: skip
        take(
            billing, initiation(Mandating(reference="M-7", ytunnus="2769790-1", name="KEKSITTY LAIVA"), message_id="I3")
        )
        assert [one.terms.reference for one in in_force(billing, firm)] == ["M-7"], "companies give mandates too"
        renamed = take(billing, amendment(MOVED.but(reference="M-9"), "M-1", message_id="C9"))
        assert dict(renamed.holds) == {Hold.MANDATE_RENAMED: 1}
        assert in_force(billing, aapo)[0].terms.account == ACCOUNT

        with world.register.door.read(world.maintainer, Action.WORK_READ, Purpose.UPKEEP) as tx:
            waiting = {one.reference: one for one in banks.mandates(tx, held=True)}
            (left,) = banks.aside(tx)
            detail = banks.mandate(tx, vault, waiting["M-2"].id)
        assert set(waiting) == {"M-2", "M-3", "M-4", "M-5", "M-6"}
        assert detail.candidates[0].party_id == aapo and "name" in detail.candidates[0].againsts
        assert AAPO not in str(detail), "codes are masked"

        def decide(reference: str, decision: str, party_id: UUID | None = None) -> None:
            with world.register.door.write(world.maintainer, Action.WORK_DECIDE, Purpose.UPKEEP) as tx:
                banks.decide_mandate(tx, vault, waiting[reference].id, decision, reason="Soitettu", party_id=party_id)

        decide("M-2", "matched", aapo)
        assert [one.terms.reference for one in in_force(billing, aapo)] == ["M-1", "M-2"]
        with pytest.raises(Conflict):
            decide("M-2", "rejected")
        decide("M-4", "rejected")
        only(world.take(world.town, a_person("2", BEA)))
        decide("M-3", "retried")
        assert {row[0]: row[3] for row in states(billing)} == {
            "M-1": "matched", "M-2": "matched", "M-3": "matched", "M-4": "rejected", "M-5": "held", "M-6": "held",
            "M-7": "matched",
        }  # fmt: skip
        take(billing, cancellation("M-2", message_id="D2"))
        assert [one.terms.reference for one in in_force(billing, aapo)] == ["M-1"], "what an officer matched ends too"
        with world.register.door.write(world.maintainer, Action.WORK_DECIDE, Purpose.UPKEEP) as tx:
            banks.reject_word(tx, left.id, reason="Uusi valtuutus pyydetty")
            assert banks.aside(tx) == []


BAD: dict[str, tuple[Callable[[], str], Hold]] = {
    "a doctype": (
        lambda: initiation(AAPOS).replace("<Document", '<!DOCTYPE x [<!ENTITY a "b">]><Document', 1), Hold.DOCTYPE
    ),
    "half a document": (lambda: initiation(AAPOS)[:-30], Hold.NOT_XML),
    "leftover bytes": (lambda: initiation(AAPOS) + "jäännös", Hold.NOT_XML),
    "an unknown version": (lambda: initiation(AAPOS, version="99"), Hold.VERSION_UNKNOWN),
    "what the schema does not allow": (
        lambda: initiation(AAPOS).replace("<TrckgInd>false</TrckgInd>", "<TrckgInd>ehkä</TrckgInd>"), Hold.SCHEMA
    ),
    "a code for a reference": (lambda: initiation(AAPOS.but(reference=AAPO)), Hold.FIELD_INVALID),
    "the same name with other words": (lambda: initiation(AAPOS.but(bank="OKOYFIHH")), Hold.MESSAGE_ID_REUSED),
}  # fmt: skip


def test_a_bad_document_is_quarantined_whole_and_nothing_of_it_is_taken(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        aapo = only(world.take(world.town, a_person("1")))
        put_creditor(billing)
        take(billing, initiation(AAPOS))
        before = states(billing)
        for what, (written, hold) in BAD.items():
            report = billing.take(written(), encoding="utf-8")
            assert (what, report.state, report.hold) == (what, "quarantined", hold)
            assert (report.messages, report.orders) == (0, 0)
            with (
                pytest.raises(Conflict),
                world.register.door.write(world.maintainer, Action.WORK_DECIDE, Purpose.UPKEEP) as tx,
            ):
                banks.release_file(tx, world.register.vault, report.file_id, reason="Yritys")
        assert states(billing) == before
        assert len(in_force(billing, aapo)) == 1
        for creditor, reason in (("FI47ZZZ20774740", "PH"), (CREDITOR, "OUTO")):
            with (
                pytest.raises(Rejected),
                world.register.door.write(world.maintainer, Action.BANK_IMPORT, Purpose.UPKEEP) as tx,
            ):
                banks.set_creditor(tx, world.register.vault, world.town.id, creditor, reason, answered=False)


REFERENCES = ("M-1", "M-2")
moments = st.integers(1, 9).map(lambda hour: f"2026-03-02T0{hour}:00:00")


def a_document(place: int, what: str, reference: str, at: str, target: int, *, accepted: bool) -> str:
    match what:
        case "initiation":
            return initiation(AAPOS.but(reference=reference), message_id=f"N{place}", at=at)
        case "amendment":
            return amendment(MOVED.but(reference=reference), reference, message_id=f"N{place}", at=at)
        case "cancellation":
            return cancellation(reference, message_id=f"N{place}", at=at)
        case _:
            return acceptance(
                f"N{target}",
                reference=reference if place % 2 else None,
                accepted=accepted,
                message_id=f"N{place}",
                at=at,
            )


word = st.tuples(
    st.sampled_from(("initiation", "initiation", "amendment", "cancellation", "acceptance", "acceptance")),
    st.sampled_from(REFERENCES), moments, st.integers(0, 4), st.booleans(),
)  # fmt: skip
weeks = st.lists(word, min_size=2, max_size=5).map(
    lambda found: [
        a_document(place, what, reference, at, target, accepted=yes)
        for place, (what, reference, at, target, yes) in enumerate(found)
    ]
)


def test_any_order_of_the_documents_gives_the_same_mandates(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        aapo = only(world.take(world.town, a_person("1")))
        put_creditor(billing, answered=True)
        put_creditor(billing, creditor=OTHER_CREDITOR)

        def after(documents: list[str]) -> object:
            paths = [billing.file(one, encoding="utf-8") for one in documents]
            with world.register.door.write(world.maintainer, Action.BANK_IMPORT, Purpose.UPKEEP) as tx, tx.rehearsal():
                for path in paths:
                    delivery = banks.Delivery(path, path.name, "upload")
                    assert banks.take(tx, world.register.vault, delivery, lambda _: None).state == "taken"
                mandates = tx.tuples(
                    "select reference, state, since_at, changing, outcome, hold from sources.mandate order by reference"
                )
                words = tx.tuples(
                    """
                    select message_id, hold, mandate_id is not null from sources.mandate_message
                    order by message_id, position
                    """
                )
                found = parties.mandates_of(tx, world.register.vault, [aapo], world.town.id, world.clock.at.date())
            for path in paths:
                path.unlink()
            terms = sorted((one.terms for one in found.get(aapo, [])), key=lambda one: one.reference)
            return mandates, words, terms

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck),
            derandomize=True,
        )  # fmt: skip
        @given(documents=weeks, data=st.data())
        def check(documents: list[str], data: st.DataObject) -> None:
            assert after(data.draw(st.permutations(documents))) == after(documents)

        check()
