"""A day of the banks: 100,000 receiver infos in one file, taken end to end, beside the bare parsing of the same bytes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from lxml import etree

from benchmarks import delivery
from benchmarks.figures import Figure
from benchmarks.worlds import MAINTAINER, bench_organisation, opened
from rekisteri import payers
from rekisteri.access import Action
from rekisteri.catalogue import Purpose, Text
from rekisteri.ground import clock
from rekisteri.payers import Channel, LastResort, Policy
from rekisteri.simulators import Bank, Payer, Person, clientele_of
from rekisteri.simulators import customers as customers_of
from rekisteri.simulators.bank import Announced
from rekisteri.simulators.codes import iban
from rekisteri.sources import banks
from rekisteri.sources.banks import Account, Asked, InvoiceType, Means, Notice

MESSAGES = 100_000
MEMORY_GOAL_MIB = 300
SPEED_GOAL = 2_000
BANK = "NDEAFIHH"
REASON = "BENCH"
SELLER = "0245437-2"
ADDRESS = "003702454372"
LABEL = Text("Henkilötunnus", "Personbeteckning", "Identity code")
BILL = Text("Lasku", "Faktura", "Bill")
ACCOUNT = Account("FI4950009420028730", "OKOYFIHH", "FI4950009420028730", "OKOYFIHH")
NOTICE = Notice(
    payment_reason=REASON, si_identifier="SI-BENCH", seller_id=SELLER, names=Text("Benchmark", "Benchmark", "Benchmark"),
    unit_number=ADDRESS, street="Mittatie 1", postcode="00999", town="HELSINKI", industry="", web_name="",
    web_address="", sender_address=ADDRESS, sender_operator="DABAFIHH", new_sender_address="", new_sender_operator="",
    accounts=(ACCOUNT,), free_text=None, invoice_types=(InvoiceType(BILL, (Asked("03", Means.HETU, LABEL),)),),
    service="01", due_day_accepted=True, times_accepted=False, reference_prefix=None, banks=(BANK,),
)  # fmt: skip
_PART = re.compile(rb"<SOAP-ENV:Envelope.*?</SOAP-ENV:Envelope>|<\?xml.*?</FinvoiceReceiverInfo>", re.DOTALL)


def measure(folder: Path) -> list[Figure]:
    """Customers are imported, the bank is told, its customers act, and their file is taken in a process of its own."""
    home, file = folder / "banks", folder / f"receiver-infos-{MESSAGES}.dat"
    shutil.rmtree(home, ignore_errors=True)
    delivery.take(home, delivery.standard_file(folder, MESSAGES))
    _announce(home)
    if not file.exists():
        _write(file)
    told = json.loads(
        subprocess.run(
            [sys.executable, "-m", "benchmarks.banking_run", str(home), str(file)],
            check=True, stdout=subprocess.PIPE, text=True,
        ).stdout
    )  # fmt: skip
    floor = _floor(file)
    messages, seconds, peak = told["messages"], told["seconds"], told["peak_mib"]
    return [
        Figure(
            f"{messages:,} receiver infos in one file ({told['matched']:,} matched, {told['orders']:,} orders) until committed",
            f"{seconds:.1f} s, {messages / seconds:,.0f}/s; {told['cpu_seconds']:.1f} s of this process's CPU",
            f"{floor:.1f} s bare parsing of the same bytes",
            f"{seconds / floor:.1f} ×",
            f"≥ {SPEED_GOAL:,}/s",
            messages / seconds >= SPEED_GOAL,
        ),
        Figure(
            "peak memory of the process that takes it", f"{peak:.0f} MiB", "", "", f"≤ {MEMORY_GOAL_MIB} MiB",
            peak <= MEMORY_GOAL_MIB,
        ),
    ]  # fmt: skip


def _announce(home: Path) -> None:
    with opened(home) as register:
        organisation = bench_organisation(register)
        with register.door.write(MAINTAINER, Action.REASON_MANAGE, Purpose.UPKEEP) as tx:
            policy = Policy((Channel.CONSUMER_EINVOICE, Channel.LETTER), LastResort.LETTER)
            payers.set_reason(tx, organisation, REASON, BILL, policy)
        with register.door.write(MAINTAINER, Action.BANK_ANNOUNCE, Purpose.UPKEEP) as tx:
            banks.issue(tx, banks.draft(tx, organisation, NOTICE))
        with register.door.write(MAINTAINER, Action.BANK_EXCHANGE, Purpose.UPKEEP) as tx:
            banks.sent(tx, register.vault, [one.id for one in banks.outgoing(tx, register.vault)])


def _write(file: Path) -> None:
    """The bank's file: every customer of the bank orders once, then some change their day and some their account."""
    ticking = _Ticking(clock.now() - timedelta(days=2))
    bank = Bank(BANK, ticking)
    notice = Announced("SI-BENCH", SELLER, ("Benchmark",), ADDRESS, "DABAFIHH", REASON, "01", ("03",))
    known = list(islice(_payers(), MESSAGES))
    for payer in known:
        bank.order(payer, notice, due_day=5)
    left = MESSAGES - len(known)
    for place, payer in zip(range(left), known, strict=False):
        if place % 3 == 2 and place < left - 1:
            bank.move(payer, iban(7, place), notice)
        else:
            bank.change(payer, notice, direct=place % 2 == 0, due_day=15)
    parcel = bank.close()
    assert parcel is not None, "payers have acted"
    file.write_bytes(parcel.content)


class _Ticking:
    """A clock that goes on by a little each time it is asked."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def __call__(self) -> datetime:
        self._at += timedelta(milliseconds=100)
        return self._at


def _payers() -> Iterator[Payer]:
    for one in customers_of(clientele_of(delivery.SEED, "bench", MESSAGES)):
        person = one.party
        if isinstance(person, Person) and person.hetu and person.died_on is None and person.turvakielto is False:
            name = f"{person.surname} {person.first_names}"
            yield Payer(name, iban(0, person.index), (("03", person.hetu),))


def _floor(file: Path) -> float:
    content = file.read_bytes()
    began = time.perf_counter()
    for part in _PART.finditer(content):
        etree.fromstring(part.group())
    return time.perf_counter() - began
