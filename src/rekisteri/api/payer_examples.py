"""Examples of who pays, as the description of the API shows them. All of it is invented."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_OF = {"organisation": "kuusilahti", "payment_reason": "PAIVAHOITO"}
PARTY = "0192f0c1-7b1a-7000-8000-000000000001"
RECEIPT = "0192f0c1-7b1a-7000-8000-000000000002"

QUESTIONS: Mapping[str, Any] = MappingProxyType(
    {
        "by_number": {"summary": "By your own customer number", "value": {**_OF, "customer_number": "100001"}},
        "by_code": {
            "summary": "By identity code, in words too",
            "value": {**_OF, "hetu": "240360-909P", "explain": True},
        },
        "on_a_day": {
            "summary": "On a past day, as it was known then",
            "value": {**_OF, "customer_number": "100001", "on": "2026-11-01", "known_at": "2026-11-02T12:00:00+02:00"},
        },
    }
)
ANSWER: Mapping[str, Any] = MappingProxyType(
    {
        "receipt": {
            "id": RECEIPT, "key": "00f1a2b3c4d5e6f7", "made_at": "2026-11-26T08:00:00Z", "signature": "c2lnbmF0dXJl",
        },
        "answer": {
            "version": 1, "organisation": "kuusilahti", "payment_reason": "PAIVAHOITO", "on": "2026-11-26",
            "known_on": "2026-11-26", "made_at": "2026-11-26T10:00:00+02:00",
            "customer": {"party": PARTY, "kind": "person", "name": "Mallikas Eetu", "number": "100001", "age": 4},
            "may": {"invoicing": True, "collection": False},
            "liable": [
                {"as": "custodian", "name": "Mallikas Maija", "why": {
                    "rule": "liable.custodian", "source": "vtj", "since": "2022-03-02", "heard_on": "2026-11-20", "age_days": 6,
                }}
            ],
            "deliveries": [
                {
                    "as": "custodian", "parties": [], "names": ["Mallikas Maija"],
                    "lines": ["Mallikas Maija", "Esimerkkitie 7 A 12", "00999 HELSINKI"],
                    "language": {"code": "fi", "why": {"rule": "language.contact"}},
                    "channel": {"code": "letter", "passed": {"consumer_einvoice": "no_order"}, "why": {"rule": "channel.letter"}},
                    "why": {"rule": "recipient.custodian"},
                }
            ],
            "stops": [{"code": "minor", "blocks": ["collection"], "until": "2040-03-01", "why": {"rule": "stop.minor"}}],
            "uncertain": [],
            "withheld": [],
        },
    }
)  # fmt: skip
LINES = '{"customer_number": "100001"}\n{"ytunnus": "9900012-2", "on": "2026-12-01"}\n'
ANSWERED = (
    '{"line":1,"receipt":{...},"answer":{...}}\n'
    '{"line":2,"problem":{"code":"unknown_customer","field":"ytunnus","what":"The organisation has no such customer",'
    '"cure":"Check the identifier, or bring the customer in"}}\n'
)
REPORTS: Mapping[str, Any] = MappingProxyType(
    {
        "mail_returned": {
            "summary": "A letter came back",
            "value": {
                "organisation": "kuusilahti", "kind": "mail_returned", "on": "2026-11-26", "receipt": RECEIPT, "cause": "moved",
            },
        },
        "dispute_opened": {
            "summary": "A claim is disputed",
            "value": {
                "organisation": "kuusilahti", "kind": "dispute_opened", "on": "2026-11-26", "customer_number": "100001",
                "reference": "2026-117",
            },
        },
        "stop_set": {
            "summary": "A stop of collection, with its end",
            "value": {
                "organisation": "kuusilahti", "kind": "stop_set", "on": "2026-11-26", "until": "2026-12-31",
                "customer_number": "100001", "reference": "2026-118", "reason": "ban",
            },
        },
    }
)  # fmt: skip


def asked(media_type: str, examples: Mapping[str, Any]) -> dict[str, Any]:
    """What is added to an operation's description: examples of its body."""
    return {"requestBody": {"content": {media_type: {"examples": dict(examples)}}}}


def answered(status: int, media_type: str, example: object) -> dict[str, Any]:
    """What is added to an operation's description: an example of its answer."""
    return {"responses": {str(status): {"content": {media_type: {"example": example}}}}}
