"""Files by the clock: each day, from its time on, one file of all the recipient's customers.

A file is written beside its place under a name that nobody reads, made durable, and put in its place when the act that
wrote it is in the log: it is there whole or not at all, and nothing leaves without its event. A process that is killed
in between leaves a file that the next one puts in its place, or takes away where its act is not in the log.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from rekisteri.access import Action, Door, Viewer, Write
from rekisteri.catalogue import FileForm, Purpose, Recipient
from rekisteri.feeds import parties_xml, tables
from rekisteri.feeds.asking import FIRST, PAGE_MAX, hand_over, records_after
from rekisteri.feeds.gather import Told, told
from rekisteri.feeds.parties_xml import Unfit
from rekisteri.feeds.portrait import Portrait, portraits
from rekisteri.ground import clock
from rekisteri.ground.errors import Missing

READY = ".ready"
ENDINGS = {FileForm.CSV: "csv", FileForm.XLSX: "xlsx", FileForm.FINVOICE: "finvoice.xml", FileForm.UBL: "ubl.xml"}


@dataclass(frozen=True, slots=True)
class Made:
    """A file made: how many customers are in it, and those that are not, for their data does not fit its form."""

    recipient: str
    name: str
    customers: int
    unfit: list[Unfit] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Filer:
    """Makes files, as acts of the register's own."""

    door: Door
    viewer: Viewer
    now: clock.Clock

    def make(self, recipient: Recipient, *, whatever_the_time: bool = False) -> Made | None:
        """The day's file if it is due and not made yet; whatever the time, one more. None where there is none to make.

        Raises ``Missing`` where the recipient's organisation is not in the register.
        """
        assert recipient.folder is not None
        recipient.folder.mkdir(parents=True, exist_ok=True)
        self._settle(recipient)
        with self.door.write(self.viewer, Action.FEED_DELIVER, Purpose.ADMINISTRATION) as tx:
            found = told(tx, [recipient])
            if not found:
                raise Missing(f"The recipient {recipient.name} is of an organisation that is not in the register.")
            if not whatever_the_time and not due(tx, recipient):
                return None
            made, paths = _write(tx, found[0], recipient.folder)
        for path in paths:
            _place(path)
        return made

    def _settle(self, recipient: Recipient) -> None:
        """What a killed process left: put in its place if its act is in the log, else taken away."""
        assert recipient.folder is not None
        left = sorted(recipient.folder.glob(f".{recipient.name}-*{READY}"))
        if not left:
            return
        with self.door.read(self.viewer, Action.FEED_STATE, Purpose.ADMINISTRATION) as tx:
            logged = {
                name
                for (name,) in tx.tuples(
                    "select name from feeds.handover where recipient = %(name)s and way = 'file'", name=recipient.name
                )
            }
        for path in left:
            if any(path.name.startswith(f".{name}") for name in logged):
                _place(path)
            else:
                path.unlink()


def due(tx: Write, recipient: Recipient) -> bool:
    """Whether the time of the day's file has come, and it has not been made."""
    assert recipient.at is not None
    moment = datetime.combine(clock.day(tx.at), recipient.at, clock.HELSINKI)
    last: datetime | None = tx.value(
        "select max(at) from feeds.handover where recipient = %(name)s and way = 'file'", name=recipient.name
    )
    return tx.at >= moment and (last is None or last < moment)


def _write(tx: Write, asking: Told, folder: Path) -> tuple[Made, list[Path]]:
    recipient = asking.recipient
    assert recipient.form is not None
    moment = tx.at.astimezone(clock.HELSINKI).strftime("%Y%m%dT%H%M%S")
    name = f"{recipient.name}-{moment}.{ENDINGS[recipient.form]}"
    path = folder / f".{name}{READY}"
    shown: list[UUID] = []
    pages = _pages(tx, asking, shown)
    count, unfit = _in_form(path, recipient, pages, clock.day(tx.at))
    paths = [path]
    if unfit:
        paths.append(folder / f".{name}.unfit.csv{READY}")
        _write_unfit(paths[-1], unfit)
    for one in paths:
        _make_durable(one)
    hand_over(tx, asking, "file", shown, name=name, faults=len(unfit))
    tx.note(recipient=recipient.name, file=name, customers=count, unfit=len(unfit))
    return Made(recipient.name, name, count, unfit), paths


def _in_form(path: Path, recipient: Recipient, pages: Iterator[list[Portrait]], on: date) -> tuple[int, list[Unfit]]:
    match recipient.form:
        case FileForm.CSV:
            return tables.write_csv(path, recipient, pages), []
        case FileForm.XLSX:
            return tables.write_xlsx(path, recipient, pages), []
        case FileForm.FINVOICE:
            return parties_xml.write(path, pages, parties_xml.finvoice, on)
        case _:
            return parties_xml.write(path, pages, parties_xml.ubl, on)


def _pages(tx: Write, asking: Told, shown: list[UUID]) -> Iterator[list[Portrait]]:
    """All the recipient's customers, a thousand at a time; each is one of the act's subjects."""
    after = FIRST
    while ids := records_after(tx, asking, after, PAGE_MAX):
        found = portraits(tx, asking, ids)
        page = [found[record_id] for record_id in ids if record_id in found]
        tx.gather([str(one.party_id) for one in page])
        shown += [one.record_id for one in page]
        yield page
        after = ids[-1]


def _write_unfit(path: Path, unfit: list[Unfit]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as sink:
        writer = csv.writer(sink, delimiter=";", lineterminator="\r\n")
        writer.writerow(("asiakasnumero", "syy"))
        writer.writerows((one.number, one.reason) for one in unfit)


def _make_durable(path: Path) -> None:
    with path.open("rb") as written:
        os.fsync(written.fileno())


def _place(path: Path) -> None:
    """Under its own name, in its place."""
    path.rename(path.with_name(path.name.removeprefix(".").removesuffix(READY)))
