"""What `bank` says on a terminal, in the reader's language: sentences, counted things, and states in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rekisteri.catalogue import Text

_T = Text
SENTENCES: Mapping[str, Text] = MappingProxyType(
    {
        "no_file": _T("Yhtään tiedostoa ei ole tullut.", "Ingen fil har kommit.", "No file has come."),
        "rejected": _T("Hylätty.", "Avvisat.", "Rejected."),
        "matched": _T("Ratkaistu: kohdistettu.", "Avgjort: riktat.", "Decided: matched."),
        "no_answer": _T("Yksikään pankki ei ole vastannut.", "Ingen bank har svarat.", "No bank has answered."),
        "bank_is": _T(
            "{code} on tästä päivästä alkaen {name}.", "{code} är {name} från och med i dag.",
            "{code} is {name} from today on.",
        ),
        "no_way": _T(
            "Yhteyttä pankkiin ei ole; docs/how-to/exchange-with-banks.md kertoo, miten se tehdään.",
            "Ingen förbindelse till en bank är upplagd; docs/how-to/exchange-with-banks.md berättar hur.",
            "No way to a bank is set up; docs/how-to/exchange-with-banks.md tells how.",
        ),
        "nothing_waits": _T("Mikään ei odota.", "Ingenting väntar.", "Nothing waits."),
        "nobody": _T("Yksikään asiakas ei sovi.", "Ingen kund kommer i fråga.", "No customer comes to mind."),
        "gone_on": _T("Sanoma on edennyt.", "Meddelandet har gått vidare.", "It has gone on."),
        "held_still": _T("Odottaa yhä: {why}.", "Väntar fortfarande: {why}.", "Held still: {why}."),
        "no_notice": _T("Laskuttajailmoituksia ei ole.", "Det finns ingen faktureraranmälan.", "There is no notice."),
        "drafted": _T(
            "Tallennettu luonnokseksi; `bank notice issue {id}` tekee siitä lähetettävän.",
            "Sparad som utkast; `bank notice issue {id}` gör den färdig att sändas.",
            "Kept as a draft; `bank notice issue {id}` makes it ready to be sent.",
        ),
        "ready": _T("Valmiina lähetettäväksi:\n{told}", "Färdigt att sändas:\n{told}", "Ready to be sent:\n{told}"),
        "would_end": _T(
            "Tämä päättäisi {orders}. Päätä ne valitsimella --confirm {count}.",
            "Det skulle avsluta {orders}. Avsluta med --confirm {count}.",
            "It would end {orders}. Say --confirm {count} to end them.",
        ),
        "endings": _T(
            "Valmiina lähetettäväksi: {endings}.", "Färdigt att sändas: {endings}.", "Ready to be sent: {endings}."
        ),
        "address": _T("E-laskuosoite", "E-fakturaadress", "E-invoice address"),
        "proposed": _T(
            "Ehdotus on valmis lähetettäväksi.", "Förslaget är färdigt att sändas.", "The proposal is ready to be sent."
        ),
        "no_order": _T(
            "Yksikään pankki ei ole kertonut asiakkaan toimeksiannosta.", "Ingen bank har berättat om kundens uppdrag.",
            "No bank has told of an order of the customer.",
        ),
        "paused": _T("Toimeksianto on keskeytetty.", "Uppdraget är avbrutet.", "The order is paused."),
        "in_force": _T(
            "Toimeksianto on taas voimassa.", "Uppdraget gäller igen.", "The order is in force again."
        ),
        "forgotten": _T("Unohdettu: {told}.", "Glömt: {told}.", "Forgotten: {told}."),
        "no_creditor": _T(
            "Velkojatunnuksia ei ole; `bank creditor set` lisää sellaisen.",
            "Ingen borgenärsidentifierare är känd; `bank creditor set` lägger till en.",
            "No creditor identifier is known; `bank creditor set` adds one.",
        ),
        "creditor": _T(
            "Tunnus on organisaation {organisation}; käyty läpi {mandates}.",
            "Identifieraren hör till {organisation}; {mandates} har gåtts igenom.",
            "The identifier is {organisation}'s; {mandates} looked at.",
        ),
        "no_mandate": _T("Valtuutuksia ei ole.", "Det finns inga fullmakter.", "There are no mandates."),
        "mandate_is": _T("Valtuutus: {state}. {outcome}.", "Fullmakt: {state}. {outcome}.", "Mandate: {state}. {outcome}."),
    }
)  # fmt: skip
COUNTED: Mapping[str, tuple[Text, Text]] = MappingProxyType(
    {
        "files": (
            _T("otettu {n} tiedosto", "{n} fil har tagits in", "{n} file taken"),
            _T("otettu {n} tiedostoa", "{n} filer har tagits in", "{n} files taken"),
        ),
        "sent": (
            _T("lähetetty {n} sanoma", "{n} meddelande har sänts", "{n} message sent"),
            _T("lähetetty {n} sanomaa", "{n} meddelanden har sänts", "{n} messages sent"),
        ),
        "redeclared": (
            _T("{n} sanoma oli muulla merkistöllä kuin se ilmoittaa.",
               "{n} meddelande hade en annan teckenkodning än det uppger.",
               "{n} message was of another encoding than it declares."),
            _T("{n} sanomaa oli muulla merkistöllä kuin ne ilmoittavat.",
               "{n} meddelanden hade en annan teckenkodning än de uppger.",
               "{n} messages were of another encoding than they declare."),
        ),
        "orders": (
            _T("{n} toimeksiannon", "{n} uppdrag", "{n} order"), _T("{n} toimeksiantoa", "{n} uppdrag", "{n} orders"),
        ),
        "endings": (
            _T("{n} päättäminen", "{n} avslutning", "{n} ending"),
            _T("{n} päättämistä", "{n} avslutningar", "{n} endings"),
        ),
        "mandates": (
            _T("{n} valtuutus", "{n} fullmakt", "{n} mandate"), _T("{n} valtuutusta", "{n} fullmakter", "{n} mandates"),
        ),
        "messages": (
            _T("{n} sanoma", "{n} meddelande", "{n} message"), _T("{n} sanomaa", "{n} meddelanden", "{n} messages"),
        ),
        "proposals": (
            _T("{n} ehdotus", "{n} förslag", "{n} proposal"), _T("{n} ehdotusta", "{n} förslag", "{n} proposals"),
        ),
        "answers": (
            _T("{n} kuittaus", "{n} kvittens", "{n} answer"), _T("{n} kuittausta", "{n} kvittenser", "{n} answers"),
        ),
        "forgotten_files": (
            _T("{n} tiedosto", "{n} fil", "{n} file"), _T("{n} tiedostoa", "{n} filer", "{n} files"),
        ),
    }
)  # fmt: skip
"""Of each thing one, and any other number of it."""
STATES: Mapping[str, Text] = MappingProxyType(
    {
        "taken": _T("otettu", "mottagen", "taken"),
        "repeated": _T("tuli jo aiemmin", "kom redan tidigare", "repeated"),
        "quarantined": _T("karanteenissa", "i karantän", "quarantined"),
        "released": _T("vapautettu", "frisläppt", "released"),
        "rejected": _T("hylätty", "avvisad", "rejected"),
        "draft": _T("luonnos", "utkast", "draft"),
        "issued": _T("annettu", "utfärdad", "issued"),
        "ended": _T("päätetty", "avslutad", "ended"),
        "ready": _T("valmis lähetettäväksi", "färdig att sändas", "ready"),
        "sent": _T("lähetetty", "sänd", "sent"),
        "received": _T("vastaanotettu", "mottagen av banken", "received"),
        "refused": _T("pankki torjui", "avvisad av banken", "refused"),
        "bank": _T("pankki", "bank", "bank"),
        "operator": _T("operaattori", "operatör", "operator"),
        "unknown": _T("odottaa valtuutusta", "väntar på fullmakt", "unknown"),
        "requested": _T("odottaa pankin vahvistusta", "väntar på bankens bekräftelse", "requested"),
        "active": _T("voimassa", "i kraft", "active"),
        "cancelled": _T("peruttu", "återkallad", "cancelled"),
        "initiation": _T("valtuutus", "fullmakt", "initiation"),
        "amendment": _T("valtuutuksen muutos", "ändring av fullmakt", "amendment"),
        "cancellation": _T("valtuutuksen peruutus", "återkallelse av fullmakt", "cancellation"),
        "acceptance": _T("vastaus valtuutukseen", "svar på fullmakt", "acceptance"),
    }
)


def said(name: str, language: str, /, **parts: object) -> str:
    """A sentence, with what stands in it."""
    return SENTENCES[name].in_(language).format(**parts)


def counted(name: str, count: int, language: str) -> str:
    """So many of a thing."""
    one, others = COUNTED[name]
    return (one if count == 1 else others).in_(language).format(n=count)


def state(name: str, language: str) -> str:
    """A state or a kind in words."""
    return STATES[name].in_(language)
