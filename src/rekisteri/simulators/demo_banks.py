"""The demo's two banks: they answer as long as the demo runs, and each time they are asked their customers have acted.

The payers are customers of the demo's organisations who order, change, move and end; now and then one types
a code wrongly or another's name stands at the account, as happens. What a bank knows is kept between starts.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from rekisteri.ground import clock
from rekisteri.simulators import codes
from rekisteri.simulators.bank import Announced, Bank, Ordered, Payer
from rekisteri.simulators.bank_service import FileService, authority, certified
from rekisteri.simulators.customers import customers
from rekisteri.simulators.demo import ORGANISATIONS, clienteles
from rekisteri.simulators.population import REFERENCE_DAY, Person
from rekisteri.simulators.serving import serving

FOLDER: Final = "banks"
WAYS: Final = "banks.toml"
STATE: Final = "state.json"
BANKS: Final = {"NDEAFIHH": ("nordea", 0), "OKOYFIHH": ("op", 4)}
"""Code to the way's name and the bank's place among the codes that accounts are made with."""
FIRST_DAY: Final = 600
"""So many orders, at most, come when the banks are first asked; afterwards a handful a day."""
A_DAY: Final = 6
SHORTEST: Final = timedelta(seconds=5)
"""A bank's day is at least so long: what its customers do in two days bears two times."""
ADULT_BEFORE: Final = REFERENCE_DAY.replace(year=REFERENCE_DAY.year - 18)
ODD_PERCENT: Final = 3
WAY: Final = """
[{name}]
kind = "service"
banks = ["{code}"]
url = "{url}/{code}"
country = "FI"
customer = "1000000000"
receiver = "{code}"
in_types = ["RI", "ACK"]
out_type = "SI"
certificate = "banks/customer.pem"
key = "banks/customer.key"
bank_ca = "banks/ca.pem"
"""


@contextmanager
def answering_banks(home: Path, seed: int, count: int, now: Callable[[], datetime] = clock.now) -> Iterator[str]:
    """The banks answer until the end, ``banks.toml`` in ``home`` leads to them; where they answer."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    at = now()
    ca = authority("Keksittyjen pankkien varmentaja", at)
    own, customer = certified("Keksitty pankki", ca, at), certified("1000000000", ca, at)
    ca.write(folder / "ca.pem")
    customer.write(folder / "customer.pem", folder / "customer.key")
    banks = {code: Bank(code, now) for code in BANKS}
    town = DemoTown(seed, count)
    remember(folder / STATE, banks)

    def asked(bank: Bank) -> None:
        town.a_day(bank)
        keep(folder / STATE, banks)

    service = FileService(banks, own, customer.certificate, now, asked)
    with serving(service.outsider) as outsider:
        ways = "".join(WAY.format(name=name, code=code, url=outsider.url) for code, (name, _) in BANKS.items())
        (home / WAYS).write_text("# Written by `rekisteri demo` at each start: its invented banks.\n" + ways, "utf-8")
        try:
            yield outsider.url
        finally:
            keep(folder / STATE, banks)


class DemoTown:
    """The payers and what they do."""

    def __init__(self, seed: int, count: int) -> None:
        self._draw = random.Random(seed)  # noqa: S311 - an invented world, the same each time
        self._last: dict[str, datetime] = {}
        self._payers: dict[str, list[tuple[Person, str]]] = {}
        for organisation, clientele in zip(ORGANISATIONS, clienteles(seed, count), strict=True):
            self._payers[organisation.ytunnus] = [
                (one.party, one.number)
                for one, _ in zip(customers(clientele), range(4 * FIRST_DAY), strict=False)
                if isinstance(one.party, Person) and _may_order(one.party)
            ]

    def a_day(self, bank: Bank) -> None:
        """What the bank's customers have done since it was last asked; nothing while a file waits."""
        if not bank.notices or any(not one.fetched for one in bank.parcels):
            return
        now, first = bank.now(), not bank.orders
        if bank.bic in self._last and now - self._last[bank.bic] < SHORTEST:
            return
        self._last[bank.bic] = now
        for notice in bank.notices.values():
            payers = self._payers.get(notice.seller, [])
            for person, number in self._some(payers, first):
                self._acts(bank, notice, person, number)
        bank.close()

    def _some(self, payers: Sequence[tuple[Person, str]], first: bool) -> list[tuple[Person, str]]:
        most = min(len(payers) // 6, FIRST_DAY // (2 * len(ORGANISATIONS))) if first else A_DAY
        return self._draw.sample(payers, min(most, len(payers)))

    def _acts(self, bank: Bank, notice: Announced, person: Person, number: str) -> None:
        place = BANKS[bank.bic][1]
        payer = self._payer(person, number, notice, codes.iban(place, person.index))
        if (payer.account, notice.key) not in bank.orders:
            direct = notice.service == "01" and self._draw.random() < 0.2
            bank.order(payer, notice, direct=direct, due_day=self._draw.choice((None, 5, 15)))
            return
        match self._draw.randrange(3):
            case 0:
                bank.change(payer, notice, direct=False, due_day=self._draw.randrange(1, 29))
            case 1:
                bank.move(payer, codes.iban(place + 1, person.index), notice, new_first=self._draw.random() < 0.5)
            case _:
                bank.end(payer, notice)

    def _payer(self, person: Person, number: str, notice: Announced, account: str) -> Payer:
        given = {"03": person.hetu or "", "09": number}
        typed = tuple((type_, given[type_]) for type_ in notice.asked if type_ in given)[:1]
        name = f"{person.surname} {person.first_names}"
        if self._draw.randrange(100) < ODD_PERCENT:
            odd = self._draw.randrange(3)
            if odd == 0:
                typed = tuple((type_, value[:-1] + ("1" if value[-1] != "1" else "2")) for type_, value in typed)
            elif odd == 1:
                name = "Aivan Toinen"
            else:
                typed = ()
        return Payer(name, account, typed, person.address.street, person.address.postcode, person.address.town)


def _may_order(person: Person) -> bool:
    return bool(person.hetu) and person.died_on is None and person.born_on < ADULT_BEFORE


def keep(path: Path, banks: dict[str, Bank]) -> None:
    """Write down what the banks know, whole or not at all."""
    state = {
        code: {
            "notices": [asdict(one) for one in bank.notices.values()],
            "orders": [asdict(one) for one in bank.orders.values()],
        }
        for code, bank in banks.items()
    }
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(state), "utf-8")
    fresh.rename(path)


def remember(path: Path, banks: dict[str, Bank]) -> None:
    """The banks know again what was written down."""
    if not path.exists():
        return
    for code, kept in json.loads(path.read_text("utf-8")).items():
        bank = banks[code]
        bank.notices = {one.key: one for one in map(_notice, kept["notices"])}
        for order in kept["orders"]:
            payer = Payer(**order["payer"] | {"identifiers": tuple(map(tuple, order["payer"]["identifiers"]))})
            notice = _notice(order["notice"])
            bank.orders[payer.account, notice.key] = Ordered(payer, notice, order["direct"], order["message_id"])


def _notice(kept: dict[str, Any]) -> Announced:
    return Announced(**kept | {"names": tuple(kept["names"]), "asked": tuple(kept["asked"])})
