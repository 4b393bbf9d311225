"""Names for people of what the pages of rights call by code names: one's own cases, disclosures, conflicts of corrections."""

from __future__ import annotations

from rekisteri.parties import RelationKind
from rekisteri.rights import GivenKind, Kind, conflicts, disclosures

OWN_REQUESTS = {
    Kind.ACCESS: "Haluan tarkastaa tietoni",
    Kind.RECTIFICATION: "Haluan korjata tiedon",
    Kind.RESTRICTION: "Haluan rajoittaa tietojeni käyttöä",
    Kind.OBJECTION: "Vastustan tietojeni käyttöä",
    Kind.ERASURE: "Haluan poistaa tietoni",
}

OWN_REQUESTS_TOLD = {
    Kind.ACCESS: "Saat heti tietopaketin, jossa on kaikki sinusta.",
    Kind.RECTIFICATION: "Kerro, mikä tieto on väärin ja miten sen pitäisi olla.",
    Kind.RESTRICTION: "Esimerkiksi siksi aikaa, kun kiistanalainen tieto selvitetään.",
    Kind.OBJECTION: "Kerro, mikä tilanteessasi on syynä.",
    Kind.ERASURE: "Tietoja, jotka laki käskee säilyttää, ei voi poistaa.",
}
"""What a data subject may ask for, and what comes of it, in plain words."""

REPRESENTATIONS = {RelationKind.CUSTODIAN: "Olet huoltaja", RelationKind.GUARDIAN: "Olet edunvalvoja"}

GIVEN = {
    GivenKind.ANSWER: "Kuka maksaa, mihin osoitteeseen ja miten lasku lähetetään",
    GivenKind.PROPOSAL: "Ehdotus e-laskusta tai suoramaksusta pankillesi",
    GivenKind.DISCLOSURE: "Lakiin perustuva luovutus",
}

DISCLOSURE_STATES = {
    disclosures.State.WAITING: "Odottaa toista henkilöä",
    disclosures.State.AGREED: "Voidaan luovuttaa",
    disclosures.State.GIVEN: "Luovutettu",
    disclosures.State.WITHDRAWN: "Peruttu",
}

DISCLOSURE_FORMS = {
    disclosures.Form.SEALED: "Tiedosto, jonka vain saaja voi avata",
    disclosures.Form.HANDED: "Tiedosto, joka annetaan suojattua reittiä tai käteen",
}

CONFLICT_VERDICTS = {
    conflicts.Verdict.DIFFERS: "Lähde sanoo yhä muuta",
    conflicts.Verdict.AGREES: "Lähde sanoo nyt samaa",
}

CONFLICT_DECISIONS = {
    conflicts.Decision.KEPT: "Korjaus pidetään",
    conflicts.Decision.WITHDRAWN: "Korjaus perutaan, lähde on oikeassa",
    conflicts.Decision.TOLD: "Lähdettä pyydetään korjaamaan",
}
