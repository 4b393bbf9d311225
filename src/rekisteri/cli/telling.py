"""How answers look on a terminal: values, cards and histories in the reader's language."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import babel
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text as Line

from rekisteri import parties
from rekisteri.catalogue import (
    BY_NAME,
    ITEMS,
    PARTY_KINDS,
    SOURCES,
    Disclosure,
    Item,
    Part,
    PartyKind,
    Scalar,
    Text,
    Value,
)
from rekisteri.ground import clock

ORDER = {item.name: place for place, item in enumerate(ITEMS)}
DISCLOSURE = {
    Disclosure.ON: Text("TURVAKIELTO", "SPÄRRMARKERING", "NON-DISCLOSURE ORDER"),
    Disclosure.OFF: Text("ei turvakieltoa", "ingen spärrmarkering", "no non-disclosure order"),
    Disclosure.UNKNOWN: Text("turvakielto ei tiedossa", "spärrmarkering okänd", "non-disclosure unknown"),
}
WITHHELD = {
    "turvakielto_on": Text("turvakielto", "spärrmarkering", "non-disclosure order"),
    "turvakielto_unknown": Text("turvakielto ei tiedossa", "spärrmarkering okänd", "non-disclosure unknown"),
    "purpose": Text("ei käyttötarkoituksessa", "inte för ändamålet", "not for this purpose"),
    "masked": Text("peitetty", "maskerad", "masked"),
    "restricted": Text("käsittelyä rajoitettu", "behandlingen begränsad", "processing restricted"),
}
HEADINGS = {
    "": Text("", "", ""),
    "id": Text("id", "id", "id"),
    "item": Text("Tieto", "Uppgift", "Item"),
    "value": Text("Arvo", "Värde", "Value"),
    "source": Text("Lähde", "Källa", "Source"),
    "since": Text("Alkaen", "Från", "Since"),
    "name": Text("Nimi", "Namn", "Name"),
    "born": Text("Syntynyt / Y-tunnus", "Född / FO-nummer", "Born / business ID"),
    "address": Text("Osoite", "Adress", "Address"),
    "numbers": Text("Asiakasnumerot", "Kundnummer", "Customer numbers"),
    "withheld": Text("Ei näytetä", "Visas inte", "Not shown"),
    "others": Text("muualla", "på annat håll", "elsewhere"),
    "corrected": Text("väärä, korjattu", "felaktig, rättad", "wrong, corrected"),
    "wrong": Text("väärä tieto, korjattu", "felaktig uppgift, rättad", "wrong value, corrected"),
    "customerships": Text("Asiakkuudet", "Kundförhållanden", "Customerships"),
    "at_banks": Text("Toimeksiannot pankeissa", "Uppdrag i banker", "Orders at banks"),
    "ended": Text("päättynyt", "avslutat", "ended"),
    "when": Text("Milloin", "När", "When"),
    "what": Text("Mitä", "Vad", "What"),
    "who": Text("Kuka", "Vem", "Who"),
    "reason": Text("Syy", "Orsak", "Reason"),
    "row": Text("Rivi", "Rad", "Row"),
    "field": Text("Kenttä", "Fält", "Field"),
    "paused": Text("keskeytetty", "avbrutet", "paused"),
    "mend": Text("Korjaus", "Åtgärd", "Mend"),
    "byte": Text("tavu", "byte", "byte"),
    "count": Text("Määrä", "Antal", "Count"),
    "file": Text("Tiedosto", "Fil", "File"),
    "state": Text("Tila", "Status", "State"),
    "messages": Text("Sanomia", "Meddelanden", "Messages"),
    "repeated": Text("Toistuvia", "Upprepade", "Repeated"),
    "matched": Text("Kohdistettu", "Riktade", "Matched"),
    "held": Text("Odottaa", "Väntar", "Held"),
    "waiting": Text("Ei tunneta", "Okända", "Not known"),
    "overtaken": Text("Ohitettu", "Förbigångna", "Overtaken"),
    "answers": Text("Kuittauksia", "Kvittenser", "Answers"),
    "order": Text("Toimeksianto", "Uppdrag", "Order"),
    "orders": Text("Toimeksiantoja", "Uppdrag", "Orders"),
    "bank": Text("Pankki", "Bank", "Bank"),
    "message": Text("Sanoma", "Meddelande", "Message"),
    "code": Text("Koodi", "Kod", "Code"),
    "organisation": Text("Organisaatio", "Organisation", "Organisation"),
    "payment_reason": Text("Laskutusaihe", "Faktureringsämne", "Payment reason"),
    "deadline": Text("Määräaika", "Tidsfrist", "Deadline"),
    "version": Text("Versio", "Version", "Version"),
    "for": Text("Puolesta", "För", "For"),
    "against": Text("Vastaan", "Emot", "Against"),
    "creditor": Text("Velkojatunnus", "Borgenärsidentifierare", "Creditor identifier"),
    "answered": Text("Pankki vahvistaa", "Banken bekräftar", "Bank accepts"),
    "way": Text("Yhteys", "Förbindelse", "Way"),
    "valid_to": Text("Varmenne voimassa", "Certifikat giltigt till", "Certificate until"),
    "recipient": Text("Vastaanottaja", "Mottagare", "Recipient"),
    "purpose": Text("Tarkoitus", "Ändamål", "Purpose"),
    "way_told": Text("Tapa", "Sätt", "Way"),
    "last": Text("Viimeksi", "Senast", "Last"),
    "queue": Text("Jonossa", "I kö", "Waiting"),
    "oldest": Text("Vanhin", "Äldst", "Oldest"),
    "failed": Text("Virheitä / luovuttu", "Fel / uppgivna", "Failing / given up"),
    "face": Text("Kanava", "Kanal", "Face"),
    "proved_by": Text("Tunnistustapa", "Identifiering", "Proved by"),
    "opened": Text("Avattu", "Öppnad", "Opened"),
    "used": Text("Käytetty", "Använd", "Used"),
    "channels": Text("Kanavat", "Kanaler", "Channels"),
    "last_resort": Text("Viimeinen keino", "Sista utväg", "Last resort"),
    "until": Text("Asti", "Till", "Until"),
    "account": Text("Tunnus", "Konto", "Account"),
    "password": Text("Salasana", "Lösenord", "Password"),
    "role": Text("Rooli", "Roll", "Role"),
    "roles": Text("Roolit", "Roller", "Roles"),
    "owner": Text("Vastuuhenkilö", "Ansvarig", "Owner"),
    "last_used": Text("Viimeksi käytetty", "Senast använd", "Last used"),
    "due": Text("Katselmus viimeistään", "Granskas senast", "Due"),
    "late": Text("Myöhässä", "Försenad", "Late"),
    "decision": Text("Päätös", "Beslut", "Decision"),
    "by": Text("Päättäjä", "Beslutad av", "By"),
    "outcome": Text("Tulos", "Utfall", "Outcome"),
    "customer": Text("Asiakas", "Kund", "Customer"),
    "customers": Text("Asiakkaita", "Kunder", "Customers"),
    "other_customers": Text("Muita asiakkaita", "Andra kunder", "Other customers"),
    "minutes": Text("Minuutteja", "Minuter", "Minutes"),
    "asked": Text("Pyydetty", "Begärd", "Asked"),
    "case": Text("Asia", "Ärende", "Case"),
    "detail": Text("Lisätieto", "Detalj", "Detail"),
    "kind": Text("Laji", "Slag", "Kind"),
    "day": Text("Päivä", "Dag", "Day"),
    "looks": Text("Katseluja", "Visningar", "Looks"),
    "verdict": Text("Arvio", "Bedömning", "Verdict"),
    "parameter": Text("Asetus", "Parameter", "Parameter"),
    "between": Text("Väli", "Mellan", "Between"),
    "controller": Text("Rekisterinpitäjä", "Personuppgiftsansvarig", "Controller"),
    "items": Text("Tiedot", "Uppgifter", "Items"),
    "system": Text("Järjestelmä", "System", "System"),
    "organisations": Text("Organisaatiot", "Organisationer", "Organisations"),
    "purposes": Text("Tarkoitukset", "Ändamål", "Purposes"),
    "acts": Text("Toiminnot", "Åtgärder", "Acts"),
    "task": Text("Tehtävä", "Uppgift", "Task"),
    "directory": Text("Luettelo", "Katalog", "Directory"),
    "taken": Text("Otettu", "Taget", "Taken"),
    "changed": Text("Muutoksia", "Ändringar", "Changed"),
    "quarantined": Text("Karanteenissa", "I karantän", "Quarantined"),
    "business_id": Text("Y-tunnus", "FO-nummer", "Business ID"),
    "column": Text("Sarake", "Kolumn", "Column"),
    "path": Text("Tietopolku", "Sökväg", "Path"),
    "every": Text("kaikki", "alla", "every"),
    "never": Text("ei koskaan", "aldrig", "never"),
    "this_one": Text("tämä", "denna", "this one"),
    "service_centre": Text("palvelukeskus", "servicecentralen", "service centre"),
    "the_customer": Text("asiakas itse", "kunden själv", "the customer"),
    "open": Text("avoin", "öppen", "open"),
    "closed": Text("suljettu", "stängd", "closed"),
    "yes": Text("kyllä", "ja", "yes"),
    "no": Text("ei", "nej", "no"),
}
TURNS = {
    parties.Turn.FIRST: Text("Tieto tuli rekisteriin", "Uppgiften kom in i registret", "The data came in"),
    parties.Turn.CHANGED: Text("Tieto muuttui", "Uppgiften ändrades", "The data changed"),
    parties.Turn.ENDED: Text("Asiakkuus päättyi", "Kundförhållandet upphörde", "The customership ended"),
    parties.Turn.CORRECTION: Text("Korjaus", "Rättelse", "Correction"),
    parties.Turn.WITHDRAWN: Text("Korjaus peruttiin", "Rättelsen återtogs", "Correction withdrawn"),
    parties.Turn.TAKEN_BACK: Text("Oma ilmoitus peruttiin", "Den egna anmälan togs tillbaka", "Own word taken back"),
    parties.Turn.PLACED: Text("Liitettiin asiakkaaseen", "Kopplades till kunden", "Linked to the customer"),
    parties.Turn.ORDERED: Text("Toimeksianto pankissa alkoi", "Uppdraget i banken började", "Order at a bank began"),
    parties.Turn.ORDER_CHANGED: Text(
        "Toimeksianto pankissa muuttui", "Uppdraget i banken ändrades", "Order at a bank changed"
    ),
    parties.Turn.ORDER_ENDED: Text(
        "Toimeksianto pankissa päättyi", "Uppdraget i banken upphörde", "Order at a bank ended"
    ),
}
Codes = Mapping[int, str]


def heading(name: str, language: str) -> str:
    """A word of the face."""
    return HEADINGS[name].in_(language)


def whose(organisation_id: int | None, codes: Codes, language: str) -> str:
    """A client organisation's code, or that it is every one."""
    return heading("every", language) if organisation_id is None else codes[organisation_id]


def plain(answer: Any, codes: Codes) -> Any:
    """A dataclass or a named tuple as JSON would have it, organisations by their codes."""
    if names := _names(answer):
        return {
            ("organisation" if name == "organisation_id" else name): plain(
                codes.get(value, value) if name == "organisation_id" else value, codes
            )
            for name in names
            for value in (getattr(answer, name),)
        }
    if isinstance(answer, list | tuple):
        return [plain(one, codes) for one in answer]
    return {key: plain(one, codes) for key, one in answer.items()} if isinstance(answer, dict) else answer


def _names(answer: Any) -> tuple[str, ...]:
    """The fields of a dataclass or a named tuple; none of anything else."""
    if dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        return tuple(field.name for field in dataclasses.fields(answer))
    return answer._fields if isinstance(answer, tuple) and hasattr(answer, "_fields") else ()


def day(when: date | datetime | None) -> str:
    """A day as Finns write it; an instant in Finnish time."""
    if when is None:
        return ""
    if isinstance(when, datetime):
        return when.astimezone(clock.HELSINKI).strftime("%-d.%-m.%Y %H:%M")
    return when.strftime("%-d.%-m.%Y")


def value_text(item_name: str, value: Value, language: str) -> str:
    """A value on one line."""
    item = BY_NAME[item_name]
    if isinstance(value, dict):
        return _object(item, value, language)
    if isinstance(value, list):
        return "; ".join(_object(item, one, language) if isinstance(one, dict) else str(one) for one in value)
    return _scalar(item.parts[0], value, language)


def _object(item: Item, value: Mapping[str, Scalar], language: str) -> str:
    address = ("care_of", "street", "postcode", "town", "country")
    pieces = []
    if "street" in value:
        tail = " ".join(str(value[name]) for name in ("postcode", "town") if name in value)
        pieces = [str(value[name]) for name in ("care_of", "street") if name in value] + [tail]
        pieces += [_named("country", str(value["country"]), language)] if value.get("country", "FI") != "FI" else []
    for part in item.parts:
        dated = part.name in ("valid_from", "valid_to")
        if part.name in value and not dated and not ("street" in value and part.name in address):
            pieces.append(_scalar(part, value[part.name], language))
    if "valid_from" in value or "valid_to" in value:
        ends = [_written(str(value.get(name, ""))) for name in ("valid_from", "valid_to")]
        pieces.append("–".join(ends))
    return ", ".join(piece for piece in pieces if piece)


def _scalar(part: Part, value: Scalar, language: str) -> str:
    if isinstance(value, bool):
        return heading("yes" if value else "no", language)
    if isinstance(value, list):
        return "; ".join(value)
    if value in part.kind.codes:
        return part.kind.codes[value].in_(language)
    if part.kind.name in ("language", "country"):
        return _named(part.kind.name, value, language)
    return _written(value) if part.kind.name == "date" else value


def _named(kind: str, code: str, language: str) -> str:
    """A language or a country by its name (CLDR), the code itself where it has none."""
    locale = babel.Locale(language)
    return str((locale.languages if kind == "language" else locale.territories).get(code, code))


def _written(iso: str) -> str:
    try:
        return day(date.fromisoformat(iso))
    except ValueError:
        return iso


def card(console: Console, shown: parties.Card, codes: Codes, language: str) -> None:
    """A customer's card with the provenance of each value."""
    state = DISCLOSURE[shown.turvakielto].in_(language) if shown.kind is PartyKind.PERSON else ""
    kind = PARTY_KINDS[shown.kind].in_(language).lower()
    console.print(Line(f"{shown.name}   {kind}   v{shown.version}   {state}", style="bold"))
    console.print(Line(f"{shown.party_id}", style="dim"))
    console.print(_values(shown.values, codes, language))
    for one in shown.customerships:
        ended = f", {heading('ended', language)} {day(one.ended_on)}" if one.ended_on else ""
        title = (
            f"{codes[one.organisation_id]} {one.key} ({heading('since', language).lower()} {day(one.since_on)}{ended})"
        )
        console.print(Line(f"{heading('customerships', language)}: {title}", style="bold"))
        if one.values:
            console.print(_values(one.values, codes, language))
    for order in shown.at_banks:
        ended = f", {heading('ended', language)} {day(order.ended_on)}" if order.ended_on else ""
        terms = dict(order.order.value) if isinstance(order.order.value, dict) else {}
        if (paused_on := terms.pop("paused_on", None)) is not None and not ended:
            ended = f", {heading('paused', language)} {_written(str(paused_on))}"
        title = f"{codes[order.organisation_id]} ({heading('since', language).lower()} {day(order.since_on)}{ended})"
        said = value_text(order.order.item, terms, language)
        console.print(Line(f"{heading('at_banks', language)}: {title}: {said}", style="bold"))
    if shown.withheld:
        told = ", ".join(f"{label(one.item, language)} ({WITHHELD[one.rule].in_(language)})" for one in shown.withheld)
        console.print(Line(f"{heading('withheld', language)}: {told}", style="yellow"))


def values(console: Console, shown: list[parties.Shown], codes: Codes, language: str) -> None:
    """Some values with their provenance."""
    console.print(_values(shown, codes, language))


def _values(shown: list[parties.Shown], codes: Codes, language: str) -> Table:
    table = headed("item", "value", "source", "since", language=language)
    for one in sorted(shown, key=lambda one: ORDER[one.item]):
        lines = [Line(value_text(one.item, one.value, language))]
        for other in one.others:
            if other.value != one.value:
                said = value_text(one.item, other.value, language)
                heard = heading("corrected" if one.corrects(other) else "others", language)
                lines.append(Line(f"{heard}: {said} ({_source(other, codes, language)})", style="dim"))
        table.add_row(
            label(one.item, language),
            Group(*lines),
            _source(one.saying, codes, language),
            day(one.saying.holds_from),
        )
    return table


def _source(saying: parties.Saying, codes: Codes, language: str) -> str:
    if saying.organisation_id is not None:
        return codes[saying.organisation_id]
    return SOURCES[saying.source].in_(language)


def hits(console: Console, page: parties.SearchPage, codes: Codes, language: str) -> None:
    """Customers found, one a line."""
    table = headed("name", "born", "address", "numbers", language=language)
    table.add_column("id", no_wrap=True, style="dim")
    for hit in page.hits:
        born = hit.ytunnus or _written(hit.birth_date or "")
        address = hit.address or (
            DISCLOSURE[hit.turvakielto].in_(language) if hit.turvakielto is not Disclosure.OFF else ""
        )
        numbers = ", ".join(f"{codes[number]} {key}" for number, key in hit.customerships)
        table.add_row(Line(hit.name), born, Line(address), Line(numbers), str(hit.party_id))
    console.print(table)


def history(console: Console, entries: list[parties.HistoryEntry], codes: Codes, language: str) -> None:
    """What happened, the newest first."""
    table = headed("when", "what", "who", "value", "reason", language=language)
    for entry in entries:
        who = codes[entry.organisation_id] if entry.organisation_id is not None else SOURCES[entry.source].in_(language)
        changes = [Line(f"{label(one.item, language)}: {_change(one, language)}") for one in entry.changes]
        table.add_row(
            day(entry.recorded_at),
            TURNS[entry.kind].in_(language),
            Line(f"{who} {entry.account or ''}".strip()),
            Group(*changes),
            Line(entry.reason or ""),
        )
    console.print(table)


def _change(change: parties.ItemChange, language: str) -> str:
    ends = ["" if one is None else value_text(change.item, one, language) for one in (change.before, change.after)]
    told = " → ".join(ends) if ends[0] else ends[1]
    return told if change.mark is None else f"{told} ({heading('wrong', language)} {day(change.mark.at)})"


def headed(*columns: str, language: str) -> Table:
    """A plain table under headings of the face."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(heading(column, language), overflow="fold")
    return table


def label(item_name: str, language: str) -> str:
    """An item's name."""
    return BY_NAME[item_name].label.in_(language)
