"""Whatever order a day's messages come in, and in however many files, the same orders stand at its end."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rekisteri import parties
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.sources import banks
from tests.builders import AAPO, BEA, a_person, only
from tests.sources.banks.billing import Billing, a_billing
from tests.sources.banks.writing import HOME, OTHER, Told, an_invoice_came_back

EXAMPLES = int(os.environ.get("BANKS_EXAMPLES", "12"))
"""Many more are worth their time after a change of the rules: BANKS_EXAMPLES=2000."""

WHO = (
    (AAPO, "KUVITTEELLINEN AAPO", None),
    (BEA, "MALLIKAS BEA", None),
    (AAPO, "JOKU TOINEN", None),
    (None, "KUVITTEELLINEN AAPO", None),
    (AAPO, "KUVITTEELLINEN AAPO", "2769790-1"),
)

messages = st.builds(
    lambda action, who, address, minute, second, ref, service: Told(
        action=action, hetu=who[0], name=who[1], buyer_id=who[2], address=address, bank="NDEAFIHH" if address == HOME else "OKOYFIHH",
        said=f"2026-03-02T06:{minute:02d}:00", framed=f"2026-03-02T07:{minute:02d}:{second:02d}+02:00",
        ref=None if ref is None else f"M{ref}", service=service,
    ),
    st.sampled_from(("ADD", "ADD", "CHANGE", "DELETE")), st.sampled_from(WHO), st.sampled_from((HOME, OTHER)),
    st.integers(0, 3), st.integers(0, 1), st.none() | st.integers(0, 6), st.sampled_from(("00", "01")),
)  # fmt: skip
returns = st.builds(
    lambda code, address, minute: (code, address, f"2026-03-02T06:{minute:02d}:00+02:00"),
    st.sampled_from(("2", "4")), st.sampled_from((HOME, OTHER)), st.integers(0, 4),
)  # fmt: skip
"""Invoices that a bank could not bring to an address: they pause its order."""
days = st.tuples(st.lists(messages, min_size=2, max_size=7), st.lists(returns, max_size=2)).map(
    lambda day: (
        [told.but(message_id=f"M{place}").text() for place, told in enumerate(day[0])]
        + [an_invoice_came_back(*one[:2], f"K{place}", one[2]) for place, one in enumerate(day[1])]
    )
)


def state_after(billing: Billing, payers: tuple[UUID, ...], files: list[list[str]]) -> object:
    """The orders in force, those paused too, and what became of each message, when the files have come one by one; then all is undone."""
    world = billing.world
    paths = [billing.file(*file) for file in files if file]
    with world.register.door.write(world.maintainer, Action.BANK_IMPORT, Purpose.UPKEEP) as tx, tx.rehearsal():
        for path in paths:
            report = banks.take(tx, world.register.vault, banks.Delivery(path, path.name, "upload"), lambda _: None)
            assert report.state == "taken", report
        today = world.clock.at.date()
        standing = [
            [
                (one.kind, one.address, one.operator, one.ordered_on, one.due_day)
                for one in parties.orders(tx, world.register.vault, payer, world.town.id, today)
            ]
            for payer in payers
        ]
        shown = [
            [one.order.value for one in parties.card(tx, world.register.vault, payer).at_banks if one.ended_on is None]
            for payer in payers
        ]
        became = tx.tuples(
            "select message_id, outcome, hold, rule, evidence from sources.bank_message order by message_id"
        )
    for path in paths:
        path.unlink()
    return standing, shown, became


def test_any_order_of_a_days_messages_gives_the_same_orders(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        town = billing.world.town
        aapo = only(billing.world.take(town, a_person("1")))
        bea = only(billing.world.take(town, a_person("2", BEA, surname="Mallikas", first_names="Bea")))

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        )
        @given(day=days, data=st.data())
        def check(day: list[str], data: st.DataObject) -> None:
            at_once = state_after(billing, (aapo, bea), [day])
            shuffled = data.draw(st.permutations(day))
            one_by_one = state_after(billing, (aapo, bea), [[one] for one in shuffled])
            assert one_by_one == at_once
            cut = data.draw(st.integers(0, len(day)))
            assert state_after(billing, (aapo, bea), [shuffled[cut:], shuffled[:cut]]) == at_once

        check()
