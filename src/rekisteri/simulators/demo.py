"""Demo: three invented client organisations and the files they deliver on the first day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rekisteri.simulators.changes import Change, NextMonth
from rekisteri.simulators.customers import Clientele, whole_blocks
from rekisteri.simulators.faults import Spoiler, Spoilt
from rekisteri.simulators.files import FORMS, Form, Kind, rows, write_rows
from rekisteri.simulators.layouts import DAYCARE, HOSPITAL, STANDARD, WATERWORKS, Layout, Row

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
    spoilt: tuple[Spoilt, ...] = ()
    changes: tuple[Change, ...] = ()


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
    folder: Path, seed: int, customers: int, *, standard_layout: bool = False, faulty_percent: float = 0.0
) -> list[DemoDelivery]:
    """Write the three organisations' files, ``customers`` rows in all, into the folder (made if missing).

    Each in its own system's layout, or with ``standard_layout`` all in the register's own; with
    ``faulty_percent`` some rows are spoilt, and the delivery's ``spoilt`` is the answer key.
    """
    return list(demo_files(folder, seed, customers, standard_layout=standard_layout, faulty_percent=faulty_percent))


def demo_files(
    folder: Path, seed: int, customers: int, *, standard_layout: bool = False, faulty_percent: float = 0.0
) -> Iterator[DemoDelivery]:
    """The same one by one: each is told when its file is whole."""
    for organisation, clientele in zip(ORGANISATIONS, clienteles(seed, customers), strict=True):
        layout, form = _laid_out(organisation, standard_layout)
        spoiler = Spoiler(layout, seed, faulty_percent, nested=form.kind == "ndjson")
        cells = spoiler.spoil(rows(layout, clientele))
        delivered = _deliver(folder, organisation, layout, form, cells, full=True, suffix="")
        yield replace(delivered, spoilt=tuple(spoiler.key))


def write_next_month_files(
    folder: Path, seed: int, customers: int, *, standard_layout: bool = False
) -> list[DemoDelivery]:
    """Write the same organisations' files of the next month; each delivery's ``changes`` is the answer key.

    The organisation that sends NDJSON sends only what changed (``full`` is false), the others all they have.
    """
    deliveries = []
    for organisation, clientele in zip(ORGANISATIONS, clienteles(seed, customers), strict=True):
        layout, form = _laid_out(organisation, standard_layout)
        month = NextMonth(clientele)
        full = form.kind != "ndjson"
        cells = map(layout.cells, month.customers() if full else month.changed())
        delivered = _deliver(folder, organisation, layout, form, cells, full=full, suffix="-2")
        deliveries.append(replace(delivered, changes=tuple(month.key)))
    return deliveries


def _laid_out(organisation: Organisation, standard_layout: bool) -> tuple[Layout, Form]:
    form = FORMS[organisation.layout.name]
    return (STANDARD, Form(kind=form.kind)) if standard_layout else (organisation.layout, form)


def _deliver(
    folder: Path,
    organisation: Organisation,
    layout: Layout,
    form: Form,
    cells: Iterator[Row],
    *,
    full: bool,
    suffix: str,
) -> DemoDelivery:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{organisation.code}-asiakkaat{suffix}.{form.kind}"
    count = write_rows(path, layout.columns, cells, form)
    return DemoDelivery(
        organisation.code, organisation.name, organisation.ytunnus, form.kind, path, layout.name, full, count
    )
