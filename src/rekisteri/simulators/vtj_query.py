"""VTJ's query interface (VTJkysely), as a server: SOAP over X-Road, one person at a time, strict about requests.

Written from the public descriptions of the interface and sharing nothing with the register's client.
The X-Road header must name client and service as configured, in the order the service is bound with; the
request's children must stand in the order of the schema. Products differ in elements and in their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from rekisteri.simulators.codes import CHECK_CHARACTERS
from rekisteri.simulators.serving import Answered, Asked, Outsider
from rekisteri.simulators.vtj_people import Abroad, Citizen, Guardian, Residence

SOAP: Final = "{http://schemas.xmlsoap.org/soap/envelope/}"
XROAD: Final = "{http://x-road.eu/xsd/xroad.xsd}"
IDENTIFIERS: Final = "{http://x-road.eu/xsd/identifiers}"
WS: Final = "{http://xml.vrk.fi/ws/vtj/vtjkysely/1}"
HEADER_ORDER: Final = ("client", "id", "issue", "protocolVersion", "service", "userId")
REQUEST_ORDER: Final = (
    "SoSoNimi", "Kayttajatunnus", "Salasana", "Loppukayttaja", "Laskutustiedot", "Henkilotunnus", "SahkoinenAsiointitunnus",
    "VarmenteenMyontaja", "X509Certificate", "VarmenteenVoimassaolotarkistus", "VarmenteenSulkulistatarkistus",
    "Tunnistusportaali", "Vara1",
)  # fmt: skip
CLIENT: Final = "FI-TEST/GOV/9999999-2/asiakasrekisteri"
SERVICE: Final = "FI-TEST/GOV/0245437-2/VTJkysely/HenkilonTunnusKysely/v1"
XML: Final = "text/xml; charset=utf-8"
BASIC: Final = "PERUSSANOMA 1"
FULL: Final = "PERUSSANOMA 3"
TAILORED: Final = "ASIAKASREKISTERI 1"
"""A product of our own permit: what invoicing needs, custodians and guardians among it."""
_HETU = re.compile(r"\d{6}[-+A-FYXWVU]\d{3}[0-9A-Y]")
_SECOND_OF_SWEDISH: Final = {"fi": ("suomi", "finska"), "sv": ("ruotsi", "svenska"), "en": ("englanti", "engelska")}


@dataclass(slots=True)
class QueryService:
    """Who may ask, of whom, and what is answered. ``find`` gives the citizen of any code, old ones too."""

    find: Callable[[str], Citizen | None]
    today: Callable[[], date]
    user: str = "rekisteri"
    password: str = "vtj-salasana"  # noqa: S105 - of an invented world
    products: tuple[str, ...] = (BASIC, FULL, TAILORED)
    hides: bool = False
    """Whether the permit leaves the addresses of people under an order out."""
    tells_of_the_dead: bool = True
    returns: dict[str, str] = field(default_factory=dict)
    """Return code by identity code, in place of what would be answered."""

    def outsider(self) -> Outsider:
        """The service behind a socket."""
        return Outsider(self.answer)

    def answer(self, asked: Asked) -> Answered:
        """The answer to one request."""
        if asked.method != "POST":
            return Answered(405, "text/plain", b"POST")
        if not asked.headers.get("content-type", "").lower().startswith("text/xml"):
            return _fault("Client.BadRequest", "Content-Type is not text/xml", 500)
        if asked.headers.get("soapaction") not in ('""', ""):
            return _fault("Client.BadRequest", "SOAPAction is not empty", 500)
        try:
            root = fromstring(asked.body)
        except (ParseError, DefusedXmlException, ValueError):
            return _fault("Client.BadRequest", "The message is no well-formed XML", 500)
        head, body = root.find(f"{SOAP}Header"), root.find(f"{SOAP}Body")
        if root.tag != f"{SOAP}Envelope" or head is None or body is None or len(body) != 1:
            return _fault("Client.BadRequest", "Malformed SOAP message", 500)
        wrong = _wrong_header(head)
        if wrong:
            return _fault("Client.InvalidRequest", wrong, 500)
        if body[0].tag != f"{WS}HenkilonTunnusKysely":
            return _fault("Client.UnknownService", "The body's child is not the service code", 500)
        return self._respond(head, body[0])

    def _respond(self, head: Element, operation: Element) -> Answered:
        request = operation.find(f"{WS}request")
        if request is None or len(operation) != 1:
            return _fault("Server.Adapter", "The request is not valid against the schema", 500)
        names = [child.tag.removeprefix(WS) for child in request]
        places = [REQUEST_ORDER.index(name) if name in REQUEST_ORDER else -1 for name in names]
        if -1 in places or places != sorted(set(places)):
            return _fault("Server.Adapter", "The request is not valid against the schema", 500)
        said = {name: (child.text or "").strip() for name, child in zip(names, request, strict=True)}
        return Answered(200, XML, _envelope(head, request, self._response(said)).encode())

    def _response(self, said: dict[str, str]) -> str:
        hetu = said.get("Henkilotunnus", "")
        if said.get("Kayttajatunnus") != self.user or said.get("Salasana") != self.password:
            return _business_fault("-1500", "Käyttäjätunnus tai salasana on virheellinen")
        if not said.get("Loppukayttaja"):
            return _business_fault("-1904", "Loppukäyttäjä puuttuu")
        product = said.get("SoSoNimi", "").upper()
        if product not in self.products:
            return _business_fault("-1900", "Tuotetta ei löydy")
        if _HETU.fullmatch(hetu) is None or CHECK_CHARACTERS[int(hetu[:6] + hetu[7:10]) % 31] != hetu[10]:
            return _business_fault("-1902", "Hakuehdossa on virheellisiä merkkejä")
        if hetu in self.returns:
            code = self.returns[hetu]
            text = "Pyydettyä toimintoa ei voitu suorittaa"
            return _business_fault(code, text) if code.startswith("-") else _message(product, hetu, code, text, "4", "")
        citizen = self.find(hetu)
        if citizen is None:
            return _business_fault("0001", "Hakuehdolla ei löytynyt tietoja")
        if citizen.hetu != hetu:
            now = f'<Henkilo><Henkilotunnus voimassaolokoodi="1">{citizen.hetu}</Henkilotunnus></Henkilo>'
            return _message(product, hetu, "0002", "Hakuperusteena käytetty henkilötunnus on passivoitu", "2", now)
        if citizen.dead and not self.tells_of_the_dead:
            return _message(product, hetu, "0007", "Henkilö on kuollut, tietoja ei luovuteta", "1", "")
        young = self.today().year - citizen.born_on.year < 15
        code, text = ("0018", "Henkilö on alle 15-vuotias") if young else ("0000", "Haku onnistui")
        return _message(product, hetu, code, text, "1", _person(citizen, product, hides=self.hides))


def _wrong_header(head: Element) -> str:
    """What is wrong with an X-Road header; empty where nothing is."""
    names = [child.tag.removeprefix(XROAD) for child in head]
    if names != list(HEADER_ORDER):
        return f"The header's elements are {names}"
    told = dict(zip(names, head, strict=True))
    if (told["protocolVersion"].text or "") != "4.0":
        return "The protocol version is not 4.0"
    if not (told["id"].text or "").strip() or not (told["userId"].text or "").startswith("FI-"):
        return "The header lacks an id or a user of a country"
    for name, kind, wanted in (("client", "SUBSYSTEM", CLIENT), ("service", "SERVICE", SERVICE)):
        parts = "/".join(child.text or "" for child in told[name])
        if told[name].get(f"{IDENTIFIERS}objectType") != kind or parts != wanted:
            return f"The {name} is not known: {parts}"
    return ""


def _envelope(head: Element, request: Element, response: str) -> str:
    """An answer: the question's header and request repeated, a hash added by the security server."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:xrd="http://x-road.eu/xsd/xroad.xsd" xmlns:iden="http://x-road.eu/xsd/identifiers"><SOAP-ENV:Header>'
        + "".join(_repeated(child) for child in head)
        + '<xrd:requestHash algorithmId="http://www.w3.org/2001/04/xmlenc#sha512">c2ltdWxvaXR1</xrd:requestHash>'
        "</SOAP-ENV:Header><SOAP-ENV:Body>"
        '<HenkilonTunnusKyselyResponse xmlns="http://xml.vrk.fi/ws/vtj/vtjkysely/1"><request>'
        + "".join(
            _tag(child.tag.removeprefix(WS), "" if child.tag.endswith("Salasana") else child.text or "")
            for child in request
        )
        + f"</request><response>{response}</response></HenkilonTunnusKyselyResponse></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )


def _repeated(element: Element) -> str:
    name = element.tag.removeprefix(XROAD)
    kind = element.get(f"{IDENTIFIERS}objectType")
    within = "".join(
        f"<iden:{c.tag.removeprefix(IDENTIFIERS)}>{escape(c.text or '')}</iden:{c.tag.removeprefix(IDENTIFIERS)}>"
        for c in element
    )
    return f"<xrd:{name}{f' iden:objectType={chr(34)}{kind}{chr(34)}' if kind else ''}>{within or escape(element.text or '')}</xrd:{name}>"


def _fault(code: str, text: str, status: int) -> Answered:
    body = (
        '<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body>'
        f"<SOAP-ENV:Fault><faultcode>{code}</faultcode><faultstring>{escape(text)}</faultstring></SOAP-ENV:Fault>"
        "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )
    return Answered(status, XML, body.encode())


def soap_fault(status: int, code: str = "Server.ServerProxy.NetworkError", text: str = "Could not connect") -> Answered:
    """A fault as a security server tells it; it may come with any status."""
    return _fault(code, text, status)


def _business_fault(code: str, text: str) -> str:
    return _tag("faultCode", code) + _tag("faultString", text)


def _message(product: str, hetu: str, code: str, text: str, found: str, person: str) -> str:
    said = {"1": ("Löytyi", "Hittades", "Found"), "2": ("Passiivinen", "Passiv", "Passive")}.get(found, ("", "", ""))
    texts = "".join(f' hakuperusteTeksti{letter}="{one}"' for letter, one in zip("SRE", said, strict=True))
    return (
        f'<VTJHenkiloVastaussanoma xmlns="http://xml.vrk.fi/schema/vtjkysely" sanomatunnus="{product}"'
        ' tietojenPoimintaaika="20260901120000" versio="1.0">'
        "<Asiakasinfo><InfoS>01.09.2026 12:00</InfoS><InfoR>01.09.2026 12:00</InfoR><InfoE>01.09.2026 12:00</InfoE></Asiakasinfo>"
        f'<Paluukoodi koodi="{code}">{text}</Paluukoodi>'
        f'<Hakuperusteet><Henkilotunnus hakuperustePaluukoodi="{found}"{texts}>{hetu}</Henkilotunnus></Hakuperusteet>'
        f"{person}</VTJHenkiloVastaussanoma>"
    )


def _person(citizen: Citizen, product: str, *, hides: bool) -> str:
    """``Henkilo`` of a product, each with elements and an order of its own."""
    closed = citizen.protected and (hides or product == BASIC)
    places = {
        "home": _home(citizen, closed=closed),
        "abroad": _home_abroad(citizen, closed=closed),
        "dwelling": _tag(
            "VakinainenAsuinpaikka", _tag("Asuinpaikantunnus", "" if closed else "90000000011A012 "), raw=True
        ),
    }
    pieces = [
        f'<Henkilotunnus voimassaolokoodi="1">{citizen.hetu}</Henkilotunnus>',
        _tag("NykyinenSukunimi", _tag("Sukunimi", citizen.surname), raw=True),
        _tag("NykyisetEtunimet", _tag("Etunimet", citizen.first_names), raw=True),
    ]
    if product == BASIC:
        pieces += [places["home"], places["dwelling"], places["abroad"]]
    else:
        pieces += [*_former_names(citizen), places["home"], places["abroad"], places["dwelling"]]
    pieces += _temporary(citizen, closed=closed)
    pieces += [_postal(citizen.postal if not closed else None), _empty_postal_abroad()]
    if product == TAILORED:
        pieces += [_contact(citizen)]
    pieces += [_municipality(citizen, closed=closed)]
    pieces += [
        _tag(
            "Kuolintiedot",
            _tag("Kuollut", "1" if citizen.dead else "") + _tag("Kuolinpvm", _day(citizen.died_on)),
            raw=True,
        )
    ]
    pieces += [_language("Aidinkieli", citizen.mother_tongue)]
    if product == TAILORED:
        pieces += [_language("Asiointikieli", citizen.contact_language)]
    if product != BASIC:
        until = _day(citizen.protected_until) if citizen.protected else ""
        on = "1" if citizen.protected else "0" if citizen.ever_protected else ""
        pieces += [_tag("Turvakielto", _tag("TurvakieltoTieto", on) + _tag("TurvakieltoPaattymispvm", until), raw=True)]
        pieces += [_guardianship(citizen)]
    if product == TAILORED:
        pieces += _custodians(citizen)
    if product == FULL:
        # Beyond our need: VTJ sends it, and it must go nowhere.
        pieces += [_tag("Ammatti", citizen.occupation), _tag("Siviilisaaty", _tag("Puoliso", citizen.spouse), raw=True)]
    return f"<Henkilo>{''.join(pieces)}</Henkilo>"


def _tag(name: str, content: str, *, raw: bool = False) -> str:
    return f"<{name}>{content if raw else escape(content)}</{name}>" if content else f"<{name}/>"


def _day(day: date | None) -> str:
    return "" if day is None else day.strftime("%Y%m%d")


def _former_names(citizen: Citizen) -> Iterator[str]:
    names = citizen.former_surnames or [("", None, None)]
    for name, since, until in names:
        yield _tag(
            "EntinenNimi",
            _tag("Nimi", name) + _tag("Nimilajikoodi", "05" if name else "") + _tag("Alkupvm", _day(since)) + _tag("Loppupvm", _day(until)),
            raw=True,
        )  # fmt: skip


def _street(stem: str, dates: str, home: Residence | None) -> str:
    if home is None:
        return "".join(_tag(one, "") for one in (f"{stem}S", f"{stem}R", "Postinumero", "PostitoimipaikkaS", "PostitoimipaikkaR", f"{dates}Alkupvm", f"{dates}Loppupvm"))  # fmt: skip
    return (
        _tag(f"{stem}S", home.line_fi) + _tag(f"{stem}R", home.line_sv) + _tag("Postinumero", home.postcode)
        + _tag("PostitoimipaikkaS", home.town_fi) + _tag("PostitoimipaikkaR", home.town_sv)
        + _tag(f"{dates}Alkupvm", _day(home.since)) + _tag(f"{dates}Loppupvm", _day(home.until))
    )  # fmt: skip


def _home(citizen: Citizen, *, closed: bool) -> str:
    home = citizen.permanent if isinstance(citizen.permanent, Residence) and not closed else None
    return _tag("VakinainenKotimainenLahiosoite", _street("Lahiosoite", "Asuminen", home), raw=True)


def _foreign(place: Abroad | None) -> str:
    if place is None:
        place = Abroad("", "", "", "")
    both = f"{place.place} {place.country.upper()}".strip()
    words = place.numeric == "998"
    return (
        _tag("UlkomainenLahiosoite", place.line)
        + _tag("UlkomainenPaikkakuntaJaValtioS", "" if words else both)
        + _tag("UlkomainenPaikkakuntaJaValtioR", "" if words else both)
        + _tag("UlkomainenPaikkakuntaJaValtioSelvakielinen", both if words else "")
        + _tag("Valtiokoodi3", place.numeric)
        + _tag("AsuminenAlkupvm", _day(place.since)) + _tag("AsuminenLoppupvm", _day(place.until))
    )  # fmt: skip


def _home_abroad(citizen: Citizen, *, closed: bool) -> str:
    abroad = citizen.permanent if isinstance(citizen.permanent, Abroad) and not closed else None
    return _tag("VakinainenUlkomainenLahiosoite", _foreign(abroad), raw=True)


def _temporary(citizen: Citizen, *, closed: bool) -> Iterator[str]:
    place = None if closed else citizen.temporary
    home = place if isinstance(place, Residence) else None
    yield _tag("TilapainenKotimainenLahiosoite", _street("Lahiosoite", "Asuminen", home), raw=True)
    yield _tag("TilapainenUlkomainenLahiosoite", _foreign(place if isinstance(place, Abroad) else None), raw=True)


def _postal(box: Residence | None) -> str:
    return _tag("KotimainenPostiosoite", _street("Postiosoite", "Postiosoite", box), raw=True)


def _contact(citizen: Citizen) -> str:
    return _tag("KotimainenYhteysosoite", _street("Postiosoite", "Postiosoite", citizen.contact), raw=True)


def _empty_postal_abroad() -> str:
    names = ("UlkomainenLahiosoite", "UlkomainenPaikkakunta", "Valtiokoodi3", "ValtioS", "ValtioR", "ValtioSelvakielinen", "PostiosoiteAlkupvm", "PostiosoiteLoppupvm")  # fmt: skip
    return _tag("UlkomainenPostiosoite", "".join(_tag(name, "") for name in names), raw=True)


def _municipality(citizen: Citizen, *, closed: bool) -> str:
    home = citizen.permanent
    if not isinstance(home, Residence) or closed:
        names = ("Kuntanumero", "KuntaS", "KuntaR", "KuntasuhdeAlkupvm")
        return _tag("Kotikunta", "".join(_tag(name, "") for name in names), raw=True)
    return _tag(
        "Kotikunta",
        _tag("Kuntanumero", home.municipality) + _tag("KuntaS", home.town_fi.title()) + _tag("KuntaR", home.town_sv.title())
        + _tag("KuntasuhdeAlkupvm", _day(home.since)),
        raw=True,
    )  # fmt: skip


def _language(name: str, code: str) -> str:
    fi, sv = _SECOND_OF_SWEDISH.get(code, ("", ""))
    return _tag(
        name,
        _tag("Kielikoodi", code) + _tag("KieliS", fi) + _tag("KieliR", sv) + _tag("KieliSelvakielinen", ""),
        raw=True,
    )


def _stub(hetu: str | None, surname: str, first_names: str, born_on: date | None) -> str:
    return (
        _tag("Henkilotunnus", hetu or "") + _tag("Syntymaaika", _day(born_on))
        + _tag("NykyinenSukunimi", _tag("Sukunimi", surname), raw=True)
        + _tag("NykyisetEtunimet", _tag("Etunimet", first_names), raw=True)
    )  # fmt: skip


def _custodians(citizen: Citizen) -> Iterator[str]:
    if not citizen.custodians:
        yield _tag("Huoltaja", _stub(None, "", "", None), raw=True)
    for one in citizen.custodians:
        yield _tag("Huoltaja", _stub(one.hetu, one.surname, one.first_names, one.born_on), raw=True)


def _guardianship(citizen: Citizen) -> str:
    ordered = [one for one in citizen.guardians if not one.authorised]
    first = ordered[0] if ordered else None
    span = _tag("Alkupvm", _day(first.since if first else None)) + _tag(
        "Paattymispvm", _day(first.until if first else None)
    )
    texts = ("taloudelliset asiat", "ekonomiska ärenden") if first else ("", "")
    within = (
        span + _tag("Rajoituskoodi", citizen.restriction if first else "") + _tag("RajoitustekstiS", "") + _tag("RajoitustekstiR", "")
        + _tag("Tehtavienjakokoodi", citizen.matters if first else "") + _tag("TehtavienjakoS", texts[0]) + _tag("TehtavienjakoR", texts[1])
        + "".join(_guardian(one) for one in ordered)
    )  # fmt: skip
    attorneys = "".join(
        _tag(
            "HenkiloEdunvalvontavaltuutettu",
            _stub(one.hetu, one.surname, one.first_names, None)
            + _tag("ValtuutusAlkupvm", _day(one.since))
            + _tag("ValtuutusLoppupvm", _day(one.until)),
            raw=True,
        )
        for one in citizen.guardians
        if one.authorised
    )
    return _tag("Edunvalvonta", within, raw=True) + _tag("Edunvalvontavaltuutus", _tag("Alkupvm", "") + _tag("Paattymispvm", "") + attorneys, raw=True)  # fmt: skip


def _guardian(one: Guardian) -> str:
    task = _tag("TehtavaAlkupvm", _day(one.since)) + _tag("TehtavaLoppupvm", _day(one.until))
    if one.ytunnus:
        return _tag(
            "YritysJaYhteisoEdunvalvoja", _tag("Ytunnus", one.ytunnus) + _tag("Nimi", one.surname) + task, raw=True
        )
    if one.office_fi:
        return _tag("OikeusaputoimistoEdunvalvoja", _tag("Viranomaisnumero", "1234") + _tag("ViranomainenS", one.office_fi) + _tag("ViranomainenR", one.office_sv) + task, raw=True)  # fmt: skip
    return _tag("HenkiloEdunvalvoja", _stub(one.hetu, one.surname, one.first_names, None) + task, raw=True)
