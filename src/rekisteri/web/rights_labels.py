"""Names for people of what data subjects ask and of what becomes of it: Finnish, translated by gettext."""

from __future__ import annotations

from rekisteri.access import Excuse, Ground
from rekisteri.catalogue import Purpose
from rekisteri.rights import Channel, Clock, Identity, Kind, Outcome, Verdict

REQUEST_KINDS = {
    Kind.ACCESS: "Tietojen tarkastaminen",
    Kind.RECTIFICATION: "Tiedon korjaaminen (pyyntö)",
    Kind.RESTRICTION: "Käsittelyn rajoittaminen",
    Kind.OBJECTION: "Käsittelyn vastustaminen",
    Kind.ERASURE: "Tietojen poistaminen",
}
REQUEST_CHANNELS = {
    Channel.IN_PERSON: "Henkilökohtaisesti",
    Channel.IN_WRITING: "Kirjallisesti",
    Channel.SELF_SERVICE: "Omassa asioinnissa",
    Channel.INVOICER: "Laskuttajan pyyntö",
}
REQUEST_CLOCKS = {
    Clock.RUNNING: "Aikaa on",
    Clock.ALARM: "Määräaika lähestyy",
    Clock.BREACHED: "Määräaika on ylitetty",
    Clock.CLOSED: "Vastattu",
}
REQUEST_OUTCOMES = {
    Outcome.FULFILLED: "Toteutettu",
    Outcome.REFUSED: "Pyyntö evättiin",
    Outcome.WITHDRAWN: "Peruttu",
}
IDENTITIES = {
    Identity.PASSPORT: "Passi",
    Identity.IDENTITY_CARD: "Henkilökortti",
    Identity.DRIVING_LICENCE: "Ajokortti",
    Identity.STRONG_IDENTIFICATION: "Vahva tunnistautuminen",
    Identity.MANDATE: "Valtuutus nähty",
    Identity.LETTER: "Allekirjoitettu kirje, vastaus rekisterin osoitteeseen",
}
RESTRICTION_GROUNDS = {
    Ground.ACCURACY: "Tietojen paikkansapitävyys on kiistetty (18 artikla 1 a)",
    Ground.UNLAWFUL: "Käsittely on ollut lainvastaista, poistamista ei haluta (18 artikla 1 b)",
    Ground.CLAIMS: "Asiakas tarvitsee tietoja oikeusvaateeseen (18 artikla 1 c)",
    Ground.OBJECTION: "Vastustaminen odottaa ratkaisua (18 artikla 1 d)",
    Ground.UPHELD: "Vastustaminen on hyväksytty, laki velvoittaa säilyttämään (21 artikla 1)",
}
EXCUSES = {
    Excuse.CONSENT: "Asiakkaan suostumus",
    Excuse.CLAIMS: "Oikeusvaateen laatiminen, esittäminen tai puolustaminen",
    Excuse.OTHERS: "Toisen henkilön oikeuksien suojaaminen",
    Excuse.PUBLIC_INTEREST: "Tärkeä yleinen etu",
}
VERDICTS = {
    Verdict.UPHELD: "Hyväksytään: tietoja säilytetään, mutta niitä ei enää käytetä",
    Verdict.COMPELLING: "Hylätään: käsittelylle on huomattavan tärkeä ja perusteltu syy",
    Verdict.CLAIMS: "Hylätään: käsittely on tarpeen oikeusvaateen vuoksi",
    Verdict.OBLIGATION: "Hylätään: käsittely perustuu lakisääteiseen velvoitteeseen",
}
STEPS = {
    "erased": "Tietoja poistettiin",
    "objection": "Vastustaminen ratkaistiin",
    "restricted": "Käsittelyä rajoitettiin",
    "lift_told": "Asiakkaalle kerrottiin rajoituksen päättymisestä",
    "lifted": "Rajoitus poistettiin",
    "opened": "Pyyntö kirjattiin",
    "identified": "Henkilöllisyys tarkistettiin",
    "extended": "Määräaikaa jatkettiin",
    "corrected": "Korjattiin niin kuin pyydettiin",
    "packaged": "Tietopaketti tehtiin",
    "handed_over": "Luovutettiin",
    "closed": "Vastattiin",
}
STEP_CODES = {
    "identified": {one.value: text for one, text in IDENTITIES.items()},
    "restricted": {one.value: text for one, text in RESTRICTION_GROUNDS.items()},
    "closed": {one.value: text for one, text in REQUEST_OUTCOMES.items()},
    "handed_over": {one.value: text for one, text in REQUEST_CHANNELS.items()},
    "objection": {f"{use}: {one}": text for use in Purpose for one, text in VERDICTS.items()},
}
"""What is noted of a step by a code; other notes are somebody's own words."""
RIGHTS_DONE = {
    "poistettu_tiedot": "Tiedot on poistettu, ja siitä on annettu todistus.",
    "pidetaan": "Pito on kirjattu: asiakkaan tietoja ei poisteta.",
    "pito_paatetty": "Pito on päätetty.",
    "rajoitettu": "Käsittelyä on rajoitettu: tietoja säilytetään eikä käytetä.",
    "poikkeus": "Poikkeus on kirjattu.",
    "poikkeus_paatetty": "Poikkeus on päätetty: tietoja ei enää käytetä.",
    "kerrottu": "Kirjattu: asiakkaalle on kerrottu rajoituksen päättymisestä.",
    "rajoitus_poistettu": "Rajoitus on poistettu.",
}
"""What was accomplished, in words."""
