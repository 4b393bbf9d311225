"""Restrictions of processing in words: their grounds, and the exceptions from them (GDPR art. 18)."""

from __future__ import annotations

from rekisteri.catalogue import Text

RESTRICTIONS = Text("Käsittelyn rajoitukset", "Begränsningar av behandlingen", "Restrictions of processing")
HOLD = Text(
    "Säilytetään oikeusvaateen vuoksi (17 artikla 3 e)",
    "Lagras på grund av ett rättsligt anspråk (artikel 17.3 e)",
    "Kept because of a legal claim (art. 17(3)(e))",
)
TOLD_OF_END = Text("Päättymisestä kerrottu", "Underrättad om upphörandet", "Told of the end")
RESTRICTION_GROUNDS = {
    "accuracy": Text(
        "Rekisteröity kiistää tietojen paikkansapitävyyden (18 artikla 1 a)",
        "Den registrerade bestrider uppgifternas korrekthet (artikel 18.1 a)",
        "The person contests that the data is right (art. 18(1)(a))",
    ),
    "unlawful": Text(
        "Käsittely on ollut lainvastaista, eikä rekisteröity halua tietoja poistettavan (18 artikla 1 b)",
        "Behandlingen har varit olaglig och den registrerade vill inte ha radering (artikel 18.1 b)",
        "The processing was unlawful and the person does not want erasure (art. 18(1)(b))",
    ),
    "claims": Text(
        "Rekisteröity tarvitsee tietoja oikeusvaateeseen (18 artikla 1 c)",
        "Den registrerade behöver uppgifterna för ett rättsligt anspråk (artikel 18.1 c)",
        "The person needs the data for a legal claim (art. 18(1)(c))",
    ),
    "objection": Text(
        "Vastustaminen odottaa ratkaisua (18 artikla 1 d)",
        "En invändning väntar på avgörande (artikel 18.1 d)",
        "An objection waits for its decision (art. 18(1)(d))",
    ),
    "upheld": Text(
        "Vastustaminen on hyväksytty, mutta laki velvoittaa säilyttämään tiedot (21 artikla 1)",
        "En invändning har godkänts, men lagen förpliktar till lagring (artikel 21.1)",
        "An objection was upheld, and the law binds to keep the data (art. 21(1))",
    ),
}
EXCUSES = {
    "consent": Text(
        "Poikkeus: rekisteröidyn suostumus (18 artikla 2)",
        "Undantag: den registrerades samtycke (artikel 18.2)",
        "Exception: the person's consent (art. 18(2))",
    ),
    "claims": Text(
        "Poikkeus: oikeusvaade (18 artikla 2)",
        "Undantag: rättsligt anspråk (artikel 18.2)",
        "Exception: a legal claim (art. 18(2))",
    ),
    "others": Text(
        "Poikkeus: toisen henkilön oikeuksien suojaaminen (18 artikla 2)",
        "Undantag: skydd av en annan persons rättigheter (artikel 18.2)",
        "Exception: the rights of another person (art. 18(2))",
    ),
    "public_interest": Text(
        "Poikkeus: tärkeä yleinen etu (18 artikla 2)",
        "Undantag: viktigt allmänintresse (artikel 18.2)",
        "Exception: important public interest (art. 18(2))",
    ),
}
