"""Systems: registered with their public keys or certificates, for organisations, purposes and acts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field
from starlette.responses import Response

from rekisteri import access
from rekisteri.access import Action
from rekisteri.api.administration import Handle
from rekisteri.api.calling import Calling
from rekisteri.api.customer_shapes import Codes, Short
from rekisteri.api.desk import Answer, Desk, Question, told
from rekisteri.catalogue import Purpose

desk = Desk("administration")

PEM_MAX = 8192


class KeysQuestion(Question):
    """By what a system proves itself: public keys (a JWK set), certificates (PEM), or both."""

    keys: dict[str, Any] | None = Field(
        default=None, examples=[{"keys": [{"kty": "EC", "crv": "P-256", "x": "…", "y": "…"}]}]
    )
    certificates: list[str] = Field(default=[], max_length=5, description="PEM, each.")


class SystemQuestion(KeysQuestion):
    """A system to register."""

    handle: Short = Field(examples=["laskutus"])
    name: Short = Field(min_length=1, examples=["Kuusilahden laskutusjärjestelmä"])
    organisations: list[Short] = Field(min_length=1, max_length=100, examples=[["kuusilahti"]])
    purposes: list[Purpose] = Field(default=[], description="Left out, each that systems serve.")
    actions: list[Short] | None = Field(
        default=None,
        description="Acts its tokens may carry; left out, each that systems do.",
        examples=[["customer:read"]],
    )
    expires_on: date | None = None


class SystemAnswer(Answer):
    """A system."""

    handle: str
    name: str
    keys: list[str] = Field(description="Identifiers of its public keys.")
    certificates: list[str] = Field(description="SHA-256 of its certificates.")
    actions: list[str] | None
    organisations: list[str]
    purposes: list[Purpose]
    made_at: datetime
    expires_on: date | None
    disabled_at: datetime | None
    used_at: datetime | None


class SystemsAnswer(Answer):
    """Every system."""

    systems: list[SystemAnswer]


@desk.get("/systems", Action.ACCOUNT_MANAGE, SystemsAnswer)
def systems(caller: Calling) -> Response:
    """Every system."""
    with caller.read(Action.ACCOUNT_MANAGE) as tx:
        found = access.clients(tx)
    codes = caller.codes(number for one in found for number in one.organisations)
    return told(SystemsAnswer(systems=[_system(one, codes) for one in found]))


@desk.post("/systems", Action.ACCOUNT_MANAGE, SystemAnswer, status=201)
def add_system(question: SystemQuestion, caller: Calling) -> Response:
    """Register a system; its tokens are asked for at /oauth/token."""
    wish = access.Registration(
        handle=question.handle,
        name=question.name,
        organisation_codes=question.organisations,
        purposes=question.purposes,
        actions=question.actions,
        keys=question.keys,
        certificates=[one[:PEM_MAX].encode() for one in question.certificates],
        expires_on=question.expires_on,
    )
    with caller.write(Action.ACCOUNT_MANAGE) as tx:
        made = access.add_client(tx, caller.register.hasher, wish)
    return told(_system(made, caller.codes(made.organisations)), status=201)


@desk.post("/systems/{handle}/keys", Action.ACCOUNT_MANAGE, SystemAnswer)
def change_keys(handle: Handle, question: KeysQuestion, caller: Calling) -> Response:
    """Give a system other keys and certificates instead of those it has; every token of it ends."""
    certificates = [one[:PEM_MAX].encode() for one in question.certificates]
    with caller.write(Action.ACCOUNT_MANAGE) as tx:
        changed = access.change_keys(tx, handle, keys=question.keys, certificates=certificates)
    return told(_system(changed, caller.codes(changed.organisations)))


def _system(one: access.Client, codes: Codes) -> SystemAnswer:
    return SystemAnswer(
        handle=one.handle,
        name=one.name,
        keys=one.keys,
        certificates=one.certificates,
        actions=one.actions,
        organisations=[codes[number] for number in one.organisations],
        purposes=one.purposes,
        made_at=one.made_at,
        expires_on=one.expires_on,
        disabled_at=one.disabled_at,
        used_at=one.used_at,
    )
