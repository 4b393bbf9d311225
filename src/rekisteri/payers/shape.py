"""An answer as the JSON that is signed, kept and sent: one shape, one writing, the same bytes ever after.

What is not there is left out; days are ISO 8601. A word is told by its rule, the kind of its source, whether it is
the organisation's own, since when it holds, when the register heard it and how many days ago that was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import orjson

from rekisteri.access import Limit
from rekisteri.payers.answer import Address, Answer, Blocks, Delivery, Liable, Stop, Why
from rekisteri.payers.facts import Facts
from rekisteri.payers.reasons import Channel

VERSION = 1
CODES = {channel: channel.value for channel in Channel}
EVERYTHING = {what.value: True for what in Blocks}
"""Where nothing stops anything."""
Mark = Callable[[Address], str]
"""The fingerprint of an address: what returned mail is reported by, and what tells the address to nobody."""


def body(answer: Answer, facts: Facts, organisation: str, made_at: datetime, mark: Mark) -> bytes:
    """The answer in its one writing: compact JSON in UTF-8."""
    today = facts.today
    customer: dict[str, Any] = {
        "party": answer.customer_id,
        "kind": facts.customer.kind,
        "name": facts.customer.name,
    }
    if facts.number is not None:
        customer["number"] = facts.number
    if facts.minor and facts.customer.limit is not Limit.WITHHELD:
        customer["age"] = facts.age
    told: dict[str, Any] = {
        "version": VERSION,
        "organisation": organisation,
        "payment_reason": facts.reason.code,
        "on": facts.on,
        "known_on": today,
        "made_at": made_at,
        "customer": customer,
        "may": {what.value: answer.may(what) for what in Blocks} if answer.stops else EVERYTHING,
    }
    told["liable"] = [_liable(one, today) for one in answer.liable]
    told["deliveries"] = [_delivery(one, today, mark) for one in answer.deliveries]
    if answer.refund is not None:
        told["refund"] = {"iban": answer.refund.iban, "why": _why(answer.refund.why, today)}
    told["stops"] = [_stop(one, today) for one in answer.stops]
    told["uncertain"] = [{"code": one.code, "about": one.about, "settle": one.settle} for one in answer.doubts]
    told["withheld"] = [{"item": one.item, "about": one.about, "rule": one.rule} for one in answer.withheld]
    return orjson.dumps(told, option=orjson.OPT_OMIT_MICROSECONDS | orjson.OPT_UTC_Z)


def _liable(one: Liable, today: date) -> dict[str, Any]:
    told: dict[str, Any] = {"as": one.role, "name": one.name}
    if one.party_id is not None:
        told["party"] = one.party_id
    if one.ytunnus is not None:
        told["ytunnus"] = one.ytunnus
    told["why"] = _why(one.why, today)
    return told


def _delivery(one: Delivery, today: date, mark: Mark) -> dict[str, Any]:
    told: dict[str, Any] = {"as": one.role, "parties": one.party_ids, "names": one.names}
    if one.attention is not None:
        told["attention"] = one.attention
    if one.lines:
        told["lines"] = one.lines
    if one.finvoice is not None:
        form = one.finvoice
        told["finvoice"] = (
            {
                "names": form.names,
                "streets": form.streets,
                "postcode": form.postcode,
                "town": form.town,
                "country": form.country,
            }
            if form.streets
            else {"names": form.names}
        )
    told["language"] = {"code": one.language, "why": _why(one.why_language, today)}
    channel: dict[str, Any] = {"code": one.channel or ("by_hand" if one.by_hand else "none")}
    if one.routing:
        channel["routing"] = one.routing
    if one.passed:
        channel["passed"] = {CODES[passed.channel]: passed.reason for passed in one.passed}
    channel["why"] = _why(one.why_channel, today)
    told["channel"] = channel
    if one.direct_debit is not None:
        debit = one.direct_debit
        told["direct_debit"] = {"mandate": debit.mandate, "creditor": debit.creditor}
        if debit.account is not None:
            told["direct_debit"]["account"] = debit.account
        told["direct_debit"] |= {"bank": debit.bank, "sequence": debit.sequence, "why": _why(debit.why, today)}
    if one.unfit:
        told["unfit"] = [
            {"form": bad.form, "field": bad.field, "length": bad.length, "least": bad.least, "most": bad.most}
            for bad in one.unfit
        ]
    why_address = one.why_address
    if why_address is not None and one.address_source is not None and one.address is not None:
        party, statement = one.address_source
        told["address"] = {
            "item": one.address_item,
            "party": party,
            "statement": statement,
            "mark": mark(one.address),
            "why": _why(why_address, today),
        }
    told["why"] = _why(one.why_recipient, today)
    return told


def _stop(one: Stop, today: date) -> dict[str, Any]:
    told: dict[str, Any] = {"code": one.code, "blocks": one.blocks}
    if one.since is not None:
        told["since"] = one.since
    if one.until is not None:
        told["until"] = one.until
    told["why"] = _why(one.why, today)
    return told


def _why(why: Why, today: date) -> Mapping[str, Any]:
    rule, told = why
    if told is None:
        return {"rule": rule}
    _, source, own, since, heard_on, _ = told
    said: dict[str, Any] = {"rule": rule, "source": source}
    if own:
        said["own"] = True
    if since is not None:
        said["since"] = since
    said["heard_on"] = heard_on
    said["age_days"] = (today - heard_on).days
    return said
