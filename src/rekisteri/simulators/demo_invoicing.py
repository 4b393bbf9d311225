"""The demo's invoicing system: it is called with changes of its customers, and writes down each call for whoever watches.

``recipients.toml`` in the home declares it, and two more recipients: one that asks, one that gets a file every day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from rekisteri.simulators.invoicing import InvoicingSystem

DECLARATION: Final = "recipients.toml"
CALLED: Final = "kuusilahti-laskutus"
RECEIVED: Final = "received"
RECIPIENTS: Final = """\
# Written by `rekisteri demo` at each start: who is told of customers. Nobody else is.
[{called}]
title = {{ fi = "Kuusilahden laskutusjärjestelmä", sv = "Granviks faktureringssystem", en = "Kuusilahti's invoicing system" }}
organisation = "kuusilahti"
purpose = "invoicing"
ground = {{ fi = "Julkisen tehtävän hoitaminen", sv = "Skötsel av en offentlig uppgift", en = "Performance of a public task" }}
country = "FI"
fields = [
  "surname", "first_names", "organisation_name", "ytunnus", "permanent_address", "postal_address", "contact_address",
  "email", "phone", "invoice_language", "contact_language", "death_date", "collection_stop", "dispute",
]
way = "webhook"
url = "{url}/customers"

[granvikin-vesi-laskutus]
title = {{ fi = "Granvikin veden laskutus", sv = "Granviks vattens fakturering", en = "Granvik water's billing" }}
organisation = "granvikin-vesi"
purpose = "invoicing"
ground = {{ fi = "Julkisen tehtävän hoitaminen", sv = "Skötsel av en offentlig uppgift", en = "Performance of a public task" }}
country = "FI"
fields = ["surname", "first_names", "organisation_name", "permanent_address", "postal_address", "contact_address", "email"]
way = "feed"
system = "integration.granvikin-vesi"

[lansirannikko-finvoice]
title = {{ fi = "Länsirannikon laskuttaja", sv = "Västkustens fakturerare", en = "West coast's biller" }}
organisation = "lansirannikko"
purpose = "invoicing"
ground = {{ fi = "Julkisen tehtävän hoitaminen", sv = "Skötsel av en offentlig uppgift", en = "Performance of a public task" }}
country = "FI"
fields = [
  "surname", "first_names", "organisation_name", "ytunnus", "permanent_address", "postal_address", "contact_address",
  "email", "phone", "contact_language", "invoice_language", "einvoice_address", "contact_person",
]
way = "file"
form = "finvoice"
folder = "outgoing"
at = 06:00:00
"""


@contextmanager
def invoicing_system(home: Path) -> Iterator[InvoicingSystem]:
    """The system answers until the end, ``recipients.toml`` in ``home`` leads to it."""
    path = home / RECEIVED / f"{CALLED}.ndjson"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def written(event: Mapping[str, Any]) -> None:
        with path.open("a", encoding="utf-8") as sink:
            sink.write(json.dumps(event, ensure_ascii=False) + "\n")

    system = InvoicingSystem(watch=written)
    with system.open() as wire:
        (home / DECLARATION).write_text(RECIPIENTS.format(called=CALLED, url=wire.url), "utf-8")
        yield system
