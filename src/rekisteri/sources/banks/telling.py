"""Decisions in words: by which rule a message was found to be whose, and on what evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from rekisteri.catalogue import Text
from rekisteri.sources.banks.standing import Outcome, Rule

_T = Text
RULES: Mapping[Rule, Text] = MappingProxyType(
    {
        Rule.REFERENCE: _T("viittaa aiempaan sanomaan", "hänvisar till ett tidigare meddelande",
                           "refers to an earlier message"),
        Rule.SAME_ORDER: _T("sama osoite, laskutusaihe ja tunnisteet kuin aiemmassa toimeksiannossa",
                            "samma adress, faktureringsämne och identifierare som i ett tidigare uppdrag",
                            "same address, payment reason and identifiers as an earlier order"),
        Rule.IDENTITY_CODE: _T("henkilötunnus ja sitä tukeva tieto", "personbeteckning och en uppgift som stöder den",
                               "identity code, borne out by something else"),
        Rule.CUSTOMER_NUMBER: _T("asiakasnumero ja sitä tukeva tieto", "kundnummer och en uppgift som stöder det",
                                 "customer number, borne out by something else"),
        Rule.OFFICER: _T("virkailijan ratkaisu", "handläggarens avgörande", "an officer's decision"),
        Rule.BUSINESS_ID: _T("Y-tunnus ja sitä tukeva tieto", "FO-nummer och en uppgift som stöder det",
                             "business ID, borne out by something else"),
        Rule.ENDING: _T("päättäminen omin tunnistein", "avslutning med egna identifierare",
                        "an ending, by its own identifiers"),
    }
)  # fmt: skip
EVIDENCE: Mapping[str, Text] = MappingProxyType(
    {
        "01": _T("viitenumero (01)", "referensnummer (01)", "reference number (01)"),
        "02": _T("kansainvälinen viite (02)", "internationell referens (02)", "international reference (02)"),
        "03": _T("henkilötunnus (03)", "personbeteckning (03)", "identity code (03)"),
        "04": _T("Y-tunnus (04)", "FO-nummer (04)", "business ID (04)"),
        "07": _T("asiakasnumero (07)", "kundnummer (07)", "customer number (07)"),
        "08": _T("asiakasnumero (08)", "kundnummer (08)", "customer number (08)"),
        "09": _T("asiakasnumero (09)", "kundnummer (09)", "customer number (09)"),
        "99": _T("asiakasnumero (99)", "kundnummer (99)", "customer number (99)"),
        "epi": _T("laskun viite", "fakturans referens", "the invoice's reference"),
        "buyer": _T("pankin tuntema henkilötunnus", "personbeteckning som banken känner",
                    "the identity code the bank knows"),
        "phone": _T("puhelinnumero", "telefonnummer", "telephone number"),
        "name": _T("nimi", "namn", "name"),
        "alike": _T("nimi muistuttaa", "namnet liknar", "a similar name"),
    }
)  # fmt: skip
OUTCOMES: Mapping[Outcome, Text] = MappingProxyType(
    {
        Outcome.MATCHED: _T("Kohdistettu", "Riktat", "Matched"),
        Outcome.HELD: _T("Odottaa ratkaisua", "Väntar på avgörande", "Waits for a decision"),
        Outcome.WAITING: _T("Päätettävää toimeksiantoa ei tunneta", "Uppdraget som ska avslutas är okänt",
                            "The order it ends is not known"),
        Outcome.OVERTAKEN: _T("Uudempi sanoma ohitti", "Ett nyare meddelande kom före", "Overtaken by a later message"),
        Outcome.REJECTED: _T("Hylätty", "Avvisat", "Rejected"),
    }
)  # fmt: skip
AGAINSTS: Mapping[str, Text] = MappingProxyType(
    {
        "identifier": _T("tunniste ei johda häneen", "identifieraren leder inte till personen",
                         "no identifier leads there"),
        "name": _T("nimi ei täsmää", "namnet stämmer inte", "the name does not agree"),
        "not_customer": _T("ei organisaation asiakas", "inte organisationens kund", "no customer of the organisation"),
        "dead": _T("kuollut", "avliden", "dead"),
        "protected": _T("turvakielto", "spärrmarkering", "non-disclosure order"),
    }
)  # fmt: skip
"""What speaks against a candidate."""
ACTIONS: Mapping[str, Text] = MappingProxyType(
    {
        "add": _T("Uusi", "Nytt", "New"),
        "change": _T("Muutos", "Ändring", "Change"),
        "delete": _T("Päättäminen", "Avslutning", "Ending"),
    }
)
_RULE = _T("sääntö", "regel", "rule")


def told_rule(rule: int, evidence: Iterable[str], language: str) -> str:
    """``identity code (03) + name, rule 3``; for rules without evidence what the rule is."""
    found = [EVIDENCE[one].in_(language) for one in evidence if one in EVIDENCE]
    said = " + ".join(found) if found else RULES[Rule(rule)].in_(language)
    return f"{said}, {_RULE.in_(language)} {rule}"
