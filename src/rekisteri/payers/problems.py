"""Why there is no answer: each problem in words, in three languages, with its cure. Never a guess instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rekisteri.catalogue import Text
from rekisteri.ground.errors import Conflict, Missing, Rejected, RekisteriError
from rekisteri.payers.answer import Problem


@dataclass(frozen=True, slots=True)
class Explained:
    """What is wrong and what to do, and the branch of the family of errors it is."""

    kind: type[RekisteriError]
    what: Text
    cure: Text


PROBLEMS: Mapping[str, Explained] = MappingProxyType(
    {
        "unknown_customer": Explained(
            Missing,
            Text("Organisaatiolla ei ole tällaista asiakasta", "Organisationen har ingen sådan kund",
                 "The organisation has no such customer"),
            Text("Tarkista tunniste tai lisää asiakas", "Kontrollera beteckningen eller lägg till kunden",
                 "Check the identifier, or bring the customer in"),
        ),
        "two_candidates": Explained(
            Conflict,
            Text("Tunnisteella on useampi asiakas", "Flera kunder har samma beteckning",
                 "Several customers bear the identifier"),
            Text("Kysy asiakasnumerolla", "Fråga med kundnumret", "Ask by the customer number"),
        ),
        "identifier_missing": Explained(
            Rejected,
            Text("Rivillä on oltava täsmälleen yksi tunniste", "Raden ska ha exakt en beteckning",
                 "A question names its customer by exactly one identifier"),
            Text("Anna hetu, ytunnus, foreign_id, customer_number tai party",
                 "Ange hetu, ytunnus, foreign_id, customer_number eller party",
                 "Give one of hetu, ytunnus, foreign_id, customer_number, party"),
        ),
        "identifier_invalid": Explained(
            Rejected,
            Text("Tunniste ei ole oikea", "Beteckningen är inte giltig", "The identifier is not valid"),
            Text("Tarkista se asiakkaalta", "Kontrollera den med kunden", "Check it with the customer"),
        ),
        "line_unreadable": Explained(
            Rejected,
            Text("Riviä ei voi lukea", "Raden kan inte läsas", "The line can't be read"),
            Text("Lähetä rivi JSON-oliona tai sarakkeina kuvauksen mukaan",
                 "Sänd raden som ett JSON-objekt eller kolumner enligt beskrivningen",
                 "Send it as a JSON object, or as columns, as described"),
        ),
        "day_invalid": Explained(
            Rejected,
            Text("Päivä ei ole oikea", "Dagen är inte giltig", "The day is not valid"),
            Text("Anna se muodossa 2026-01-31", "Ange den i formen 2026-01-31", "Give it as 2026-01-31"),
        ),
        "before_register": Explained(
            Rejected,
            Text("Päivä on ennen kuin organisaation tiedot tulivat rekisteriin",
                 "Dagen ligger före organisationens uppgifter kom till registret",
                 "The day is before the organisation came to the register"),
            Text("Valitse myöhempi päivä", "Välj en senare dag", "Choose a later day"),
        ),
        "too_far_ahead": Explained(
            Rejected,
            Text("Päivä on yli vuoden päässä", "Dagen ligger mer än ett år framåt", "The day is more than a year ahead"),
            Text("Valitse aikaisempi päivä", "Välj en tidigare dag", "Choose an earlier day"),
        ),
        "not_known_then": Explained(
            Missing,
            Text("Asiakas ei ollut organisaation asiakas sinä päivänä", "Kunden var inte organisationens kund den dagen",
                 "The customer was not the organisation's on that day"),
            Text("Valitse toinen päivä", "Välj en annan dag", "Choose another day"),
        ),
        "reason_unknown": Explained(
            Rejected,
            Text("Organisaatiolla ei ole tätä laskutusaihetta sinä päivänä",
                 "Organisationen har inte detta faktureringsämne den dagen",
                 "The organisation has no such payment reason on that day"),
            Text("Katso laskutusaiheiden luettelo", "Se listan över faktureringsämnen",
                 "See the list of payment reasons"),
        ),
        "no_last_resort": Explained(
            Rejected,
            Text("Mikään kanava ei käy eikä laskutusaiheella ole viimesijaista keinoa",
                 "Ingen kanal duger och faktureringsämnet saknar sista utväg",
                 "No channel will do, and the payment reason has no last resort"),
            Text("Anna laskutusaiheelle viimesijainen keino", "Ge faktureringsämnet en sista utväg",
                 "Give the payment reason a last resort"),
        ),
    }
)  # fmt: skip


def error(problem: Problem) -> RekisteriError:
    """The problem as an error of the one family, for whoever asked a single question."""
    said = PROBLEMS[problem.code]
    return said.kind(f"{said.what.en}. {said.cure.en}.", field=problem.field)
