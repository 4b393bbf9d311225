"""Names of how recipients are told and of what fails: Finnish, translated by gettext."""

from __future__ import annotations

from rekisteri.catalogue import FileForm, Way

FEED_WAYS = {
    Way.FEED: "Kysyy muutoksia rajapinnasta",
    Way.WEBHOOK: "Muutokset lähetetään järjestelmään",
    Way.FILE: "Tiedosto joka päivä",
}
FEED_FORMS = {
    FileForm.CSV: "CSV-taulukko",
    FileForm.XLSX: "Excel-taulukko",
    FileForm.FINVOICE: "Finvoice 3.0:n ostajan tiedot",
    FileForm.UBL: "UBL-laskun (Peppol BIS 3) asiakkaan tiedot",
}
FEED_STATES = {"waiting": "Yritetään uudelleen", "dead": "Luovuttu"}
FEED_FAILURES = {
    "timeout": "Järjestelmä ei vastannut ajoissa",
    "unreachable": "Järjestelmään ei saatu yhteyttä",
    "refused": "Yhteyttä ei ole määritelty",
}
"""Why the last try failed; an answer of HTTP is told by its number."""
FEED_ANSWERED = "Järjestelmä vastasi virheellä %(code)s"
