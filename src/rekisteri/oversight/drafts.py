"""Drafts of what a controller is told of an incident: everything art. 33(3) asks for that the log can know.

What only people know (how it came about, what is done) is left as a line to fill in, and said to be so.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from rekisteri.catalogue import BY_NAME, Text
from rekisteri.ground import clock
from rekisteri.oversight.incident import Incident, Touched

AUTHORITY_HOURS = 72
"""From noticing to the supervisory authority (GDPR art. 33(1))."""

_TITLE = Text(
    "Ilmoitus tietoturvaloukkauksesta", "Meddelande om personuppgiftsincident", "Notice of a personal data breach"
)
_DRAFT = Text(
    "Luonnos. Täydennä kohdat, joissa lukee [täydennä].",
    "Utkast. Fyll i punkterna med [fyll i].",
    "Draft. Fill in where it says [fill in].",
)
_GAP = Text("[täydennä]", "[fyll i]", "[fill in]")
_TO = Text("Rekisterinpitäjä", "Personuppgiftsansvarig", "Controller")
_CENTRE = Text("Palvelukeskus", "Servicecentralen", "Service centre")
_NOTICED = Text("Havaittu", "Upptäckt", "Noticed")
_BY = Text("Valvontaviranomaiselle viimeistään", "Till tillsynsmyndigheten senast", "To the supervisory authority by")
_WHEN = Text("Tapahtumat", "Händelser", "Events")
_WHOSE = Text("Käyttäjätunnus", "Användarnamn", "Account")
_HOW_MANY = Text("Rekisteröityjä", "Registrerade", "Data subjects")
_WHAT = Text("Tietoryhmät, joita on voitu nähdä", "Uppgifter som kan ha setts", "Data that may have been seen")
_LIST = Text(
    "Luettelo rekisteröidyistä on liitteenä (rekisteritunnukset).",
    "En förteckning över de registrerade bifogas (registernummer).",
    "A list of the data subjects is enclosed (register ids).",
)
_CAUSE = Text("Kuvaus ja syy", "Beskrivning och orsak", "Nature and cause")
_RISKS = Text("Todennäköiset seuraukset", "Sannolika följder", "Likely consequences")
_MEASURES = Text("Toimenpiteet", "Åtgärder", "Measures taken")
_CONTACT = Text("Tietosuojavastaava", "Dataskyddsombud", "Data protection officer")


def draft(incident: Incident, touched: Touched, noticed_at: datetime, language: str) -> str:
    """The draft for one controller, as Markdown, in ``fi``, ``sv`` or ``en``."""
    gap = _GAP.in_(language)
    span = f"{_moment(incident.first)} – {_moment(incident.last)}" if incident.first else gap
    who = incident.scope.account or gap
    lines = [
        f"# {_TITLE.in_(language)}",
        "",
        f"*{_DRAFT.in_(language)}*",
        "",
        f"- {_TO.in_(language)}: {touched.name or _CENTRE.in_(language)}",
        f"- {_NOTICED.in_(language)}: {_moment(noticed_at)}",
        f"- {_BY.in_(language)}: {_moment(noticed_at + timedelta(hours=AUTHORITY_HOURS))}",
        f"- {_WHEN.in_(language)}: {span}",
        f"- {_WHOSE.in_(language)}: {who}",
        f"- {_HOW_MANY.in_(language)}: {len(touched.customers)}",
        "",
        f"## {_WHAT.in_(language)}",
        "",
        *(f"- {BY_NAME[name].label.in_(language)}" for name in touched.items),
        "",
        _LIST.in_(language),
        "",
    ]
    for heading in (_CAUSE, _RISKS, _MEASURES, _CONTACT):
        lines += [f"## {heading.in_(language)}", "", gap, ""]
    return "\n".join(lines)


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(clock.HELSINKI):%d.%m.%Y %H:%M}"
