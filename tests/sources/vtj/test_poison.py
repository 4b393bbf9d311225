"""Values that no register can hold stay with their person: the others of the page go on, and so does the next run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rekisteri.simulators.serving import Answered, Misdeed
from rekisteri.simulators.vtj_groups import changed
from tests.builders import AAPO, BEA, a_world
from tests.sources.vtj.asking import a_citizen
from tests.sources.vtj.following import a_bureau, customers, follow

NUL = "\x00"


def former(name: str) -> dict[str, Any]:
    """A former surname, as VTJ tells of one."""
    return {"tietoryhma": "NIMENMUUTOS", "nimilaji": "EDELLINEN_SUKUNIMI", "nimi": name, "nimiUTF8": name}


@pytest.mark.parametrize(
    ("group", "untaken"),
    [
        (former(f"Enti{NUL}nen"), 1), (former("Enti|nen"), 0), (former("x" * 5000), 1),
        ({"tietoryhma": "HENKILON_NIMI", "sukunimi": f"U{NUL}usi", "etunimi": "Aapo"}, 1),
        ({"tietoryhma": "SAHKOPOSTIOSOITE", "sahkopostiosoite": f"a{NUL}@esimerkki.invalid"}, 1),
        ({"tietoryhma": "VAKINAINEN_KOTIMAINEN_OSOITE", "katunimi": {"fi": f"Katu{NUL}"}, "postinumero": "00999"}, 1),
        ({"tietoryhma": "HUOLTAJA", "huoltaja": {"sukunimi": f"H{NUL}", "etunimet": "Outi"}}, 1),
        ({"tietoryhma": "EDUNVALVONTA", "nykyisetEdunvalvojat": [{"edunvalvoja": {"nimi": f"O{NUL}"}}]}, 1),
        ({"tietoryhma": "AIDINKIELI", "kielikoodi": "99", "nimi": NUL}, 0),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_kept_stops_nobody(
    database_url: str, tmp_path: Path, group: dict[str, Any], untaken: int
) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen(), a_citizen(BEA)) as bureau:
        party_ids = customers(world, bureau.nation.people)
        follow(world, bureau)
        world.clock.pass_days(1)
        bureau.nation.pass_days(1, 0)
        for one in bureau.nation.people:
            bureau.nation.rename(one, "Vaihtunut")

        def poisoned(answered: Answered) -> Answered:
            told = json.loads(answered.body)
            told["muutokset"][0]["tietoryhmat"] = [changed(group, "LISATTY")]
            return replace(answered, body=json.dumps(told).encode())

        bureau.server.misbehave(Misdeed(), Misdeed(mend=poisoned))
        report = follow(world, bureau)
        assert (report.stopped, report.tally.counts["untaken"]) == (None, untaken)
        assert world.card(party_ids[BEA]).value("surname") == "Vaihtunut"
        assert world.card(party_ids[AAPO]).value("surname") == "Kuvitteellinen"
        assert follow(world, bureau).stopped is None
