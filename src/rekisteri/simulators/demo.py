"""Demo: three invented client organisations and the files they deliver on the first day."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rekisteri.simulators.customers import Clientele, whole_blocks
from rekisteri.simulators.files import FORMS, Form, Kind, write_file
from rekisteri.simulators.layouts import DAYCARE, HOSPITAL, STANDARD, WATERWORKS, Layout

SLANT_PERCENT: Final = 12.0
COMPANY_PERCENT: Final = 8.0
OVERLAP_PERCENT: Final = 25.0


@dataclass(frozen=True, slots=True)
class Organisation:
    """An invented client organisation: its code in the register, its names, and the share of the customers it has."""

    code: str
    name: str
    name_sv: str
    ytunnus: str
    layout: Layout
    number_pattern: str
    percent: float


@dataclass(frozen=True, slots=True)
class DemoDelivery:
    """A file an organisation delivered. ``full``: whoever is missing from it is no more its customer."""

    organisation_code: str
    organisation_name: str
    ytunnus: str
    kind: Kind
    path: Path
    layout: str
    full: bool
    rows: int


ORGANISATIONS: Final = (
    Organisation(
        "kuusilahti", "Kuusilahden kaupunki, varhaiskasvatus", "Granvik stad, småbarnspedagogik", "9900012-2",
        DAYCARE, "{:d}", 40,
    ),
    Organisation(
        "lansirannikko", "Länsirannikon hyvinvointialue", "Västkustens välfärdsområde", "9900020-2", HOSPITAL,
        "LR-{:d}", 35,
    ),
    Organisation(
        "granvikin-vesi", "Granvikin Vesi Oy", "Granviks Vatten Ab", "9900039-2", WATERWORKS, "{:d}", 25,
    ),
)  # fmt: skip
"""Of the municipal world, in the three kinds of files."""


def clienteles(seed: int, customers: int) -> tuple[Clientele, ...]:
    """The customers of each of ORGANISATIONS, ``customers`` in all; neighbours share a quarter of the smaller's."""
    made: list[Clientele] = []
    first_person = first_company = 0
    left = customers
    for nth, organisation in enumerate(ORGANISATIONS):
        last = nth == len(ORGANISATIONS) - 1
        size = left if last else round(customers * organisation.percent / 100)
        left -= size
        companies = round(size * COMPANY_PERCENT / 100)
        persons = size - companies
        made.append(
            Clientele(
                seed,
                organisation.code,
                persons,
                companies,
                whole_blocks(first_person),
                first_company,
                organisation.number_pattern,
                100_001 * (nth + 1),
                # The first holds its customers as they are: its file shows the population itself.
                SLANT_PERCENT if nth else 0.0,
            )
        )
        following = customers * ORGANISATIONS[min(nth + 1, len(ORGANISATIONS) - 1)].percent / 100
        shared = OVERLAP_PERCENT / 100 * min(size, following)
        first_person = max(0, made[-1].first_person + persons - round(shared * (1 - COMPANY_PERCENT / 100)))
        first_company = max(0, made[-1].first_company + companies - round(shared * COMPANY_PERCENT / 100))
    return tuple(made)


def write_demo_files(
    folder: Path, seed: int, customers: int, *, standard_layout: bool = False
) -> list[DemoDelivery]:
    """Write the three organisations' files, ``customers`` rows in all, into the folder (made if missing).

    Each in its own system's layout, or with ``standard_layout`` all in the register's own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    deliveries = []
    for organisation, clientele in zip(ORGANISATIONS, clienteles(seed, customers), strict=True):
        layout = STANDARD if standard_layout else organisation.layout
        form = Form(kind=FORMS[organisation.layout.name].kind) if standard_layout else FORMS[layout.name]
        path = folder / f"{organisation.code}-asiakkaat.{form.kind}"
        count = write_file(path, layout, clientele, form)
        deliveries.append(
            DemoDelivery(
                organisation.code,
                organisation.name,
                organisation.ytunnus,
                form.kind,
                path,
                layout.name,
                True,
                count,
            )
        )
    return deliveries
