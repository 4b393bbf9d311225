"""The query interface (VTJkysely): a question to bytes, bytes to an answer. Pure.

Message of the operation ``HenkilonTunnusKysely``; elements are looked up by name, since their
order differs from product to product, and an empty element means *no data*, not an error.
Answers are read leniently (a product has its own set of elements), what is read is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from lxml import etree

from rekisteri.ground import numbers
from rekisteri.sources.vtj import codes, wire_soap
from rekisteri.sources.vtj.codes import Meaning
from rekisteri.sources.vtj.facts import (
    HIDDEN,
    SILENT,
    Address,
    Both,
    Custody,
    Day,
    Death,
    Facts,
    FormerName,
    Guardianship,
    Hidden,
    Mandate,
    Order,
    Silent,
    Someone,
)
from rekisteri.sources.vtj.wire_soap import Header, NoAnswer, harmless

SERVICE = "http://xml.vrk.fi/ws/vtj/vtjkysely/1"
ANSWER = "http://xml.vrk.fi/schema/vtjkysely"
OPERATION = "HenkilonTunnusKysely"
T = TypeVar("T")
REPEATS_MAX = 50
"""More of one element than this are no person's."""
_HIDDEN_PLACES = (
    "VakinainenKotimainenLahiosoite", "VakinainenUlkomainenLahiosoite", "KotimainenPostiosoite", "Kotikunta",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: of whom, by whom, with which product. Passwords show in no printed form."""

    hetu: str
    product: str
    user: str
    password: str
    end_user: str
    billing: str = ""

    def __repr__(self) -> str:
        return f"Question(product={self.product!r}, end_user={self.end_user!r})"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the return code with its meaning and text, and the person where one is told."""

    code: str
    meaning: Meaning
    text: str
    facts: Facts | None = None
    renewed: str | None = None
    """The code in force, where the one asked by is not any more."""


def render(header: Header, question: Question) -> bytes:
    """The bytes of a question; the children stand in the order of the schema."""
    operation = etree.Element(f"{{{SERVICE}}}{OPERATION}", nsmap={None: SERVICE})  # type: ignore[dict-item]
    request = etree.SubElement(operation, f"{{{SERVICE}}}request")
    for name, text in (
        ("SoSoNimi", question.product),
        ("Kayttajatunnus", question.user),
        ("Salasana", question.password),
        ("Loppukayttaja", question.end_user),
        ("Laskutustiedot", question.billing),
        ("Henkilotunnus", question.hetu),
    ):
        if text:
            etree.SubElement(request, f"{{{SERVICE}}}{name}").text = text
    return wire_soap.envelope(header, operation)


def parse(content: bytes, sent: Header, question: Question, on: date) -> Answer:
    """The answer to a question, on a day. Raises ``NoAnswer``; for one about another person than asked too."""
    child = wire_soap.body(content, sent)
    if child.tag != f"{{{SERVICE}}}{OPERATION}Response":
        raise NoAnswer("An answer came of another operation than asked.")
    response = child.find(f"{{{SERVICE}}}response")
    if response is None:
        raise NoAnswer("An answer came without a response.")
    message = response.find(_answer("VTJHenkiloVastaussanoma"))
    if message is None:
        return _business_fault(response)
    status = message.find(_answer("Paluukoodi"))
    code = "" if status is None else (status.get("koodi") or "").strip()
    if status is None or not code:
        raise NoAnswer("An answer came without a return code.")
    meaning = codes.RETURN_CODES.get(code, Meaning.BUG)
    text = harmless(status.text)
    asked = _text(message, "Hakuperusteet/Henkilotunnus")
    if asked and asked != question.hetu:
        raise NoAnswer("An answer came about another person than asked.")
    person = message.find(_answer("Henkilo"))
    told = None if person is None else _text(person, "Henkilotunnus") or None
    if meaning is Meaning.PASSIVE:
        return Answer(
            code, meaning, text, renewed=told if told != question.hetu and told and numbers.hetu(told) else None
        )
    if meaning is not Meaning.FOUND:
        return Answer(code, meaning, text)
    if person is None or told is None:
        raise NoAnswer("An answer came that says a person was found and tells none.")
    if told != question.hetu:
        raise NoAnswer("An answer came about another person than asked.")
    return Answer(code, meaning, text, _Person(person, on).facts(told))


def _business_fault(response: etree._Element) -> Answer:
    code = (response.findtext(f"{{{SERVICE}}}faultCode") or "").strip()
    if not code:
        raise NoAnswer("An answer came with neither a person nor a fault code.")
    text = harmless(response.findtext(f"{{{SERVICE}}}faultString"))
    return Answer(code, codes.RETURN_CODES.get(code, Meaning.BUG), text)


def _answer(path: str) -> str:
    return "/".join(f"{{{ANSWER}}}{name}" for name in path.split("/"))


def _text(element: etree._Element, path: str) -> str:
    return (element.findtext(_answer(path)) or "").strip()


def day(text: str, name: str) -> Day | None:
    """A date of eight digits, months and days of nought not known; None for an empty one. Raises ``NoAnswer``."""
    if not text:
        return None
    wrong = NoAnswer(f"An answer came whose {name} is no date.")
    if len(text) != len("yyyymmdd") or not (text.isascii() and text.isdecimal()):
        raise wrong
    year, month, number = int(text[:4]), int(text[4:6]) or None, int(text[6:8]) or None
    found = Day(year, month, number if month else None)
    try:
        found.first()
        found.last()
    except ValueError:
        raise wrong from None
    return found


class _Person:
    """Reads one ``Henkilo``."""

    def __init__(self, element: etree._Element, on: date) -> None:
        self._element = element
        self._on = on
        order = self._one("Turvakielto", self._order)
        self._order_is_on = isinstance(order, Order) and order.on
        self._turvakielto = order

    def facts(self, hetu: str) -> Facts:
        return Facts(
            hetu=hetu,
            surname=self._name("NykyinenSukunimi/Sukunimi"),
            first_names=self._name("NykyisetEtunimet/Etunimet"),
            called_name=self._called_name(),
            former_surnames=self._several("EntinenNimi", self._former_surname),
            born=self._date_of("Syntymaaika"),
            permanent=self._address("VakinainenKotimainenLahiosoite", "VakinainenUlkomainenLahiosoite"),
            temporary=self._address("TilapainenKotimainenLahiosoite", "TilapainenUlkomainenLahiosoite"),
            postal=self._address("KotimainenPostiosoite", "UlkomainenPostiosoite"),
            contact=self._address("KotimainenYhteysosoite", "UlkomainenYhteysosoite", covered=False),
            email=self._email(),
            language=self._language("Aidinkieli"),
            contact_language=self._language("Asiointikieli"),
            death=self._death(),
            order=self._turvakielto,
            custodies=self._several("Huoltaja", self._custody),
            guardianships=self._guardianships(),
        )

    def _all(self, name: str) -> list[etree._Element]:
        """Every element of a name that says anything; an empty one is how the interface says *no data*."""
        found = self._element.findall(_answer(name))
        if len(found) > REPEATS_MAX:
            raise NoAnswer(f"An answer came with more than {REPEATS_MAX} elements {name}.")
        return [one for one in found if any((leaf.text or "").strip() for leaf in one.iter())]

    def _told(self, *names: str) -> bool:
        return any(self._element.find(_answer(name)) is not None for name in names)

    def _one(self, name: str, read: Callable[[etree._Element], T]) -> T | Silent:
        element = self._element.find(_answer(name))
        return SILENT if element is None else read(element)

    def _several(self, name: str, read: Callable[[etree._Element], T | None]) -> tuple[T, ...] | Silent:
        if not self._told(name):
            return SILENT
        return tuple(one for element in self._all(name) if (one := read(element)) is not None)

    def _name(self, path: str) -> str | Silent:
        return _text(self._element, path) or SILENT

    def _date_of(self, name: str) -> Day | Silent | None:
        element = self._element.find(_answer(name))
        return SILENT if element is None else day((element.text or "").strip(), name)

    def _order(self, element: etree._Element) -> Order:
        on = _text(element, "TurvakieltoTieto")
        if on not in ("", "0", "1"):
            raise NoAnswer("An answer came whose Turvakielto is neither on nor off.")
        until = day(_text(element, "TurvakieltoPaattymispvm"), "TurvakieltoPaattymispvm")
        return Order(on == "1", until if on == "1" else None)

    def _death(self) -> Death | Silent:
        element = self._element.find(_answer("Kuolintiedot"))
        declared = self._element.find(_answer("Kuolleeksijulistamistiedot"))
        if element is None and declared is None:
            plain = self._date_of("Kuolinpvm")
            return SILENT if plain is SILENT else Death(plain is not None, plain if isinstance(plain, Day) else None)
        on = None if element is None else day(_text(element, "Kuolinpvm"), "Kuolinpvm")
        if on is None and declared is not None:
            on = day(_text(declared, "Kuolleeksijulistamispvm"), "Kuolleeksijulistamispvm")
        flag = "" if element is None else _text(element, "Kuollut")
        return Death(flag == "1" or on is not None, on)

    def _called_name(self) -> str | Silent | None:
        plain = self._element.find(_answer("NykyinenKutsumanimi"))
        if plain is not None:
            return _text(plain, "Kutsumanimi") or (plain.text or "").strip() or None
        for element in self._all("EntinenNimi"):
            if _text(element, "Nimilajikoodi") == codes.CALLED_NAME and not _text(element, "Loppupvm"):
                return _text(element, "Nimi") or SILENT
        return SILENT

    @staticmethod
    def _former_surname(element: etree._Element) -> FormerName | None:
        if _text(element, "Nimilajikoodi") not in codes.FORMER_SURNAMES or not (name := _text(element, "Nimi")):
            return None
        return FormerName(name, *_span(element, "Alkupvm", "Loppupvm"))

    def _email(self) -> str | Silent | None:
        return _text(self._element, "Sahkopostiosoite") or (None if self._told("Sahkopostiosoite") else SILENT)

    def _language(self, name: str) -> str | Silent | None:
        def read(element: etree._Element) -> str | None:
            # A product of fewer fields has the code within an element of the same name.
            code = _text(element, "Kielikoodi") or _text(element, f"{name}Tietokoodi") or (element.text or "").strip()
            return codes.language(code, _text(element, "KieliSelvakielinen"))

        return self._one(name, read)

    def _address(self, at_home: str, abroad: str, *, covered: bool = True) -> Address | Hidden | Silent | None:
        """The address of a kind in force; hidden where an order is on and none is told."""
        if not self._told(at_home, abroad):
            return SILENT
        found = [_domestic(one) for one in self._all(at_home)] + [_foreign(one) for one in self._all(abroad)]
        best = in_force(found, self._on)
        if best is None and covered and (self._order_is_on or self._silently_hidden()):
            return HIDDEN
        return best

    def _silently_hidden(self) -> bool:
        """Whether a product without the order's element withholds every place: as it does of those under an order."""
        return (
            self._turvakielto is SILENT
            and self._told("Kotikunta")
            and not any(self._all(one) for one in _HIDDEN_PLACES)
        )

    @staticmethod
    def _custody(element: etree._Element) -> Custody | None:
        custodian = _someone(element)
        return None if custodian is None else Custody(custodian)

    def _guardianships(self) -> tuple[Guardianship, ...] | Silent:
        if not self._told("Edunvalvonta", "Edunvalvontavaltuutus"):
            return SILENT
        return (
            *(one for element in self._all("Edunvalvonta") for one in _order_of(element)),
            *(one for element in self._all("Edunvalvontavaltuutus") for one in _authorisation_of(element)),
        )


def in_force(addresses: Iterable[Address], on: date) -> Address | None:
    """Of several addresses of one kind the one in force on a day that began last; None for none."""
    current = [
        one
        for one in addresses
        if (one.valid_to is None or one.valid_to.last() >= on)
        and (one.valid_from is None or one.valid_from.first() <= on)
    ]
    return max(current, key=lambda one: one.valid_from.first() if one.valid_from else date.min, default=None)


def _span(element: etree._Element, begins: str, ends: str) -> tuple[Day | None, Day | None]:
    return day(_text(element, begins), begins), day(_text(element, ends), ends)


def _domestic(element: etree._Element) -> Address:
    """A street address or a postal address in Finland: the same but for the names of the elements."""
    stem = "Postiosoite" if element.find(_answer("PostiosoiteS")) is not None else "Lahiosoite"
    dates = "Postiosoite" if stem == "Postiosoite" else "Asuminen"
    return Address(
        Both(_text(element, f"{stem}S"), _text(element, f"{stem}R")),
        _text(element, "Postinumero"),
        Both(_text(element, "PostitoimipaikkaS"), _text(element, "PostitoimipaikkaR")),
        "FI",
        "",
        *_span(element, f"{dates}Alkupvm", f"{dates}Loppupvm"),
    )


def _foreign(element: etree._Element) -> Address:
    """An address abroad; a postal one names place and country apart, the others in one text."""
    plain = _text(element, "UlkomainenPaikkakuntaJaValtioSelvakielinen")
    place = _text(element, "UlkomainenPaikkakunta")
    name = _text(element, "ValtioSelvakielinen") or _text(element, "ValtioS")
    town = Both(
        place or _text(element, "UlkomainenPaikkakuntaJaValtioS") or plain,
        place or _text(element, "UlkomainenPaikkakuntaJaValtioR"),
    )
    postal = element.find(_answer("PostiosoiteAlkupvm")) is not None
    dates = "Postiosoite" if postal else "Asuminen"
    code = _text(element, "Valtiokoodi3")
    return Address(
        Both(_text(element, "UlkomainenLahiosoite")),
        "",
        town,
        codes.country(code, name),
        name if code == codes.NO_COUNTRY else "",
        *_span(element, f"{dates}Alkupvm", f"{dates}Loppupvm"),
    )


def _someone(element: etree._Element) -> Someone | None:
    """A person named beside another; one of whom nothing is told is none."""
    hetu = _text(element, "Henkilotunnus")
    if hetu and numbers.hetu(hetu) is None:
        raise NoAnswer("An answer came that names a person by a code that is none.")
    surname = _text(element, "NykyinenSukunimi/Sukunimi")
    first_names = _text(element, "NykyisetEtunimet/Etunimet")
    if not (hetu or surname or first_names):
        return None
    return Someone(surname, first_names, hetu or None, day(_text(element, "Syntymaaika"), "Syntymaaika"))


def _order_of(element: etree._Element) -> Iterable[Guardianship]:
    """Each guardian of an order: a person, an organisation or a legal aid office."""
    matters = Both(_text(element, "TehtavienjakoS"), _text(element, "TehtavienjakoR"))
    restriction = codes.RESTRICTIONS.get(_text(element, "Rajoituskoodi"))
    begins, ends = _span(element, "Alkupvm", "Paattymispvm")
    for name, read in _GUARDIANS:
        for one in element.findall(_answer(name)):
            guardian = read(one)
            if guardian is not None:
                since, until = _span(one, "TehtavaAlkupvm", "TehtavaLoppupvm")
                yield Guardianship(guardian, Mandate.ORDER, matters, restriction, since or begins, until or ends)


def _authorisation_of(element: etree._Element) -> Iterable[Guardianship]:
    """Each attorney of a continuing power of attorney."""
    begins, ends = _span(element, "Alkupvm", "Paattymispvm")
    for one in element.findall(_answer("HenkiloEdunvalvontavaltuutettu")):
        attorney = _someone(one)
        if attorney is not None:
            since, until = _span(one, "ValtuutusAlkupvm", "ValtuutusLoppupvm")
            yield Guardianship(attorney, Mandate.AUTHORISATION, Both(), None, since or begins, until or ends)


def _organisation(element: etree._Element) -> Someone | None:
    name = _text(element, "Nimi")
    return Someone(organisation=Both(name), ytunnus=_text(element, "Ytunnus") or None) if name else None


def _office(element: etree._Element) -> Someone | None:
    name = Both(_text(element, "ViranomainenS"), _text(element, "ViranomainenR"))
    return Someone(organisation=name) if name.in_("fi") else None


_GUARDIANS: tuple[tuple[str, Callable[[etree._Element], Someone | None]], ...] = (
    ("HenkiloEdunvalvoja", _someone),
    ("YritysJaYhteisoEdunvalvoja", _organisation),
    ("OikeusaputoimistoEdunvalvoja", _office),
)
