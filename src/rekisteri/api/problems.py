"""Problems: every error of the API in one shape, RFC 9457, in the caller's language.

``type`` is a name (``urn:rekisteri:problem:<slug>``) and not an address; ``instance`` carries
the request id. What was sent is never repeated: a body may hold an identity code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import orjson
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from rekisteri.access import DPOP_ALGORITHMS, Unbound
from rekisteri.catalogue import EXPLANATIONS, Fault, Reason, Text
from rekisteri.ground import ids
from rekisteri.ground.errors import Rejected, RekisteriError
from rekisteri.tongues import LANGUAGES, phrasebook

MEDIA_TYPE = "application/problem+json"
FAULTS_MAX = 100
CHALLENGE = 'Bearer realm="rekisteri"'
CHALLENGES = MappingProxyType(
    {"unproven": f'{CHALLENGE}, error="insufficient_user_authentication", error_description="prove who you are anew"'}
)
"""What a caller is asked to prove, where it is more than a token (RFC 9470)."""

TITLES: Mapping[str, Text] = {
    "rejected": Text("Syöte ei kelpaa", "Uppgifterna godkänns inte", "The input is not accepted"),
    "refused": Text("Ei oikeutta", "Ingen behörighet", "Not permitted"),
    "unidentified": Text("Kirjaudu sisään", "Logga in", "Sign in"),
    "unproven": Text("Vahvista henkilöllisyytesi", "Bekräfta vem du är", "Prove who you are"),
    "missing": Text("Ei löydy", "Finns inte", "Not found"),
    "conflict": Text("Ristiriita", "Konflikt", "Conflict"),
    "unavailable": Text("Ei tavoitettavissa", "Inte tillgänglig", "Unavailable"),
    "too-large": Text("Liian suuri", "För stor", "Too large"),
    "too-many": Text("Liikaa pyyntöjä", "För många anrop", "Too many calls"),
    "not-allowed": Text("Menetelmä ei käy", "Metoden tillåts inte", "Method not allowed"),
    "malformed": Text("Pyyntö on virheellinen", "Felaktig begäran", "Malformed request"),
    "changed": Text("Tieto on muuttunut", "Uppgiften har ändrats", "Changed meanwhile"),
    "error": Text("Rekisterin virhe", "Fel i registret", "The register failed"),
}

WRONG_FORM: Mapping[str, Text] = {
    "missing": Text("Tieto puuttuu", "Uppgiften saknas", "The value is missing"),
    "extra_forbidden": Text("Tuntematon kenttä", "Okänt fält", "Unknown field"),
    "json_invalid": Text("Ei ole JSONia", "Inte JSON", "Not JSON"),
    "string_too_long": Text("Liian pitkä", "För långt", "Too long"),
    "string_too_short": Text("Liian lyhyt", "För kort", "Too short"),
    "string_pattern_mismatch": Text("Muoto on väärä", "Fel form", "Wrong form"),
    "enum": Text("Arvo ei ole luettelossa", "Värdet finns inte i listan", "Not one of the listed values"),
    "literal_error": Text("Arvo ei ole luettelossa", "Värdet finns inte i listan", "Not one of the listed values"),
}
_WRONG_TYPE = Text("Väärän muotoinen arvo", "Värde av fel form", "A value of the wrong form")
_MEND_FORM = Text("Katso rajapinnan kuvaus: /openapi.json", "Se gränssnittets beskrivning: /openapi.json",
                  "See the description of the API: /openapi.json")  # fmt: skip


class FaultShape(BaseModel):
    """One thing that was wrong: where, why, and how to mend it."""

    field: str = Field(examples=["permanent_address.postcode"])
    reason: str = Field(examples=["postcode_invalid"])
    what: str = Field(examples=["Postinumero on väärin"])
    mend: str = Field(examples=["Anna viisi numeroa"])


class ProblemShape(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(examples=["urn:rekisteri:problem:rejected"])
    title: str = Field(examples=["Syöte ei kelpaa"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["Asiakasta ei ole; tarkista tunniste."])
    instance: str = Field(examples=["urn:uuid:0192f0c1-7b1a-7000-8000-000000000001"])
    field: str | None = Field(default=None, examples=["hetu"])
    faults: list[FaultShape] | None = None
    allowed: list[str] | None = Field(default=None, description="The values that would do, where there is a list.")


def language_of(accept: str | None) -> str:
    """``fi``, ``sv`` or ``en`` by an ``Accept-Language`` header (RFC 9110 § 12.5.4); Finnish for any other."""
    if not accept:
        return LANGUAGES[0]
    if accept in LANGUAGES:
        return accept
    best, weight = LANGUAGES[0], 0.0
    for choice in accept.split(",")[:16]:
        tag, _, rest = choice.strip().partition(";")
        language = tag.strip().lower()[:2]
        quality = _quality(rest)
        if language in LANGUAGES and quality > weight:
            best, weight = language, quality
    return best


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


def problem(
    scope: Scope,
    error: RekisteriError,
    *,
    status: int | None = None,
    slug: str | None = None,
    faults: Sequence[FaultShape] = (),
    allowed: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer to an error. ``status`` and ``slug`` stand in where HTTP has a finer word for it."""
    language = language_of(Request(scope).headers.get("accept-language"))
    slug = slug or error.slug
    status = status or error.status
    told = list(faults) or faults_told(_faults_of(error), language)
    said = phrasebook().tell(error, language, codes=True)
    body: dict[str, Any] = {
        "type": f"urn:rekisteri:problem:{slug}",
        "title": TITLES[slug].in_(language),
        "status": status,
        "detail": said.sentence,
        "instance": f"urn:uuid:{_request_id(scope)}",
    }
    if error.field is not None:
        body["field"] = error.field
    if told:
        body["faults"] = [fault.model_dump() for fault in told[:FAULTS_MAX]]
    if allowed:
        body["allowed"] = list(allowed)
    extra = dict(headers or {}) | {"Content-Language": ", ".join(dict.fromkeys((language, said.language)))}
    if status == 401:
        extra["WWW-Authenticate"] = _challenge(error, slug)
    return Response(orjson.dumps(body), status_code=status, media_type=MEDIA_TYPE, headers=extra)


def _challenge(error: RekisteriError, slug: str) -> str:
    """How to come in: by a token, and where one is bound, by a proof (RFC 6750 § 3, RFC 9449 § 7.1)."""
    if isinstance(error, Unbound):
        return f'DPoP realm="rekisteri", algs="{DPOP_ALGORITHMS}", error="{error.code}"'
    return CHALLENGES.get(slug, f'{CHALLENGE}, DPoP realm="rekisteri", algs="{DPOP_ALGORITHMS}"')


def _faults_of(error: RekisteriError) -> Sequence[Fault]:
    if not isinstance(error, Rejected):
        return ()
    if error.faults or error.reason is None:
        return [fault for fault in error.faults if isinstance(fault, Fault)]
    return [Fault(Reason(error.reason), error.field or "")]


def faults_told(faults: Iterable[Fault], language: str) -> list[FaultShape]:
    """The catalogue's faults in a language."""
    return [
        FaultShape(
            field=fault.field,
            reason=fault.reason.value,
            what=EXPLANATIONS[fault.reason].what.in_(language),
            mend=EXPLANATIONS[fault.reason].mend.in_(language),
        )
        for fault in faults
    ]


def faults_of_form(errors: Iterable[Mapping[str, Any]], names: frozenset[str], language: str) -> list[FaultShape]:
    """What a validator found wrong, without a letter of what was sent.

    ``names`` are the declared fields: any other step of a place is the caller's own text.
    """
    told = []
    for error in errors:
        kind = str(error.get("type", ""))
        steps = [step if _known(step, names) else "…" for step in map(str, error.get("loc", ()))]
        told.append(
            FaultShape(
                field=".".join(steps),
                reason=kind,
                what=WRONG_FORM.get(kind, _WRONG_TYPE).in_(language),
                mend=_MEND_FORM.in_(language),
            )
        )
    return told


def _known(step: str, names: frozenset[str]) -> bool:
    return step in names or (step.isdigit() and len(step) <= 4)


def _request_id(scope: Scope) -> str:
    """The id the edge gave the request; one of its own where it never came to the edge."""
    return str(scope.setdefault("state", {}).setdefault("request_id", str(ids.fresh())))
