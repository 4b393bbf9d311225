"""An independent oracle: what the answer to a life story ought to be, as a decision table over the story itself.

Written from the law and the trade, apart from the rules: it knows stories, not facts. A row of the table is a
condition and an outcome; the first row whose condition holds is the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from rekisteri.payers.reasons import Households, LastResort
from tests.payers.lives import HOMES, LONG, NOW, ON, ORDERED, SPANS, Dwelling, Kin, Life

MAIL = ("postal_address", "temporary_address", "permanent_address", "contact_address")
COUNTRIES = {"fi": "RUOTSI", "sv": "SVERIGE", "en": "SWEDEN"}
ESTATES = {"fi": "{} kuolinpesä", "sv": "{} dödsbo", "en": "Estate of {}"}
BANKRUPTCIES = {"fi": "{} konkurssipesä", "sv": "{} konkursbo", "en": "Bankruptcy estate of {}"}
CONTACTS = {"fi": "yhteyshenkilö {}", "sv": "kontaktperson {}", "en": "contact {}"}
GUARDIANS = {"fi": "edunvalvoja {}", "sv": "intressebevakare {}", "en": "guardian {}"}


@dataclass(frozen=True)
class Bill:
    """One bill as it ought to go."""

    role: str
    names: tuple[str, ...]
    lines: tuple[str, ...]
    language: str
    channel: str


@dataclass
class Outcome:
    """The whole outcome; ``problem`` where there is none."""

    problem: str | None = None
    liable: list[tuple[str, str]] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    stops: set[str] = field(default_factory=set)
    invoicing: bool = True
    collection: bool = True
    refund: bool = True
    unreached: bool = False
    childs_unknown: bool = False


@dataclass(frozen=True)
class Post:
    """Where mail can go: a place, or why nowhere."""

    where: dict[str, str] | None
    why: str = ""


@dataclass(frozen=True)
class Target:
    """A recipient before the channel."""

    role: str
    names: tuple[str, ...]
    attention: str
    post: Post
    language: str
    covered: bool
    electronic: bool
    orders: tuple[tuple[str, bool], ...]
    """(kind, refused), in the order they are looked at."""
    code: bool
    refusable: bool
    """Whether what was refused of the customer was refused of this recipient."""


def outcome(life: Life) -> Outcome:
    """The table, from the top."""
    found = Outcome()
    dead, minor, bankrupt = is_dead(life), is_minor(life), is_bankrupt(life)
    language = language_of(life)
    name = name_of(life)
    table = (
        (dead, lambda: [("estate", ESTATES[language].format(name))]),
        (bankrupt, lambda: [("bankruptcy_estate", BANKRUPTCIES[language].format(name))]),
        (minor, lambda: [("custodian", kin_name(one, n)) for one, n in named(life)]),
        (not life.company and life.own_ytunnus, lambda: [("trader", name)]),
        (True, lambda: [("self", name)]),
    )
    found.liable = next(told() for holds, told in table if holds)
    targets = recipients(life, found)
    for target in targets:
        bill = send(life, target)
        if bill is None:
            return Outcome(problem="no_last_resort")
        found.bills.append(bill)
    stop(life, found, targets)
    found.refund = bool(found.liable) and found.liable[0][0] not in ("estate", "bankruptcy_estate")
    reached = [bill.channel not in ("none", "by_hand") for bill in found.bills]
    found.unreached = any(reached) and not all(reached)
    return found


def is_dead(life: Life) -> bool:
    if life.company:
        return False
    return life.died <= 0 if life.died is not None else life.dead_without_date


def is_minor(life: Life) -> bool:
    if life.company or life.born is None:
        return False
    years = life.born if life.birthday <= 0 else life.born - 1
    return years < 18


def is_bankrupt(life: Life) -> bool:
    return life.bankrupt in NOW or ("bankruptcy" in {reason for reason, span in life.stopped if span in NOW})


def name_of(life: Life) -> str:
    if life.company:
        return "Keksitty Oy"
    return f"Etu {LONG if life.long_name else 'Suku'}"


def language_of(life: Life, *, of: str = "customer") -> str:
    told = dict(life.languages)
    for item in ("invoice_language", "contact_language", "language"):
        if told.get(item) in ("fi", "sv", "en"):
            return told[item]
    return "fi"


def named(life: Life) -> list[tuple[Kin, str]]:
    return list(zip(life.custodians, ("Yksi", "Kaksi"), strict=False))


def kin_name(one: Kin, name: str) -> str:
    return f"{name} Suku" if one.known else f"Suku {name}"


def recipients(life: Life, found: Outcome) -> list[Target]:
    """Who gets a bill."""
    role = found.liable[0][0] if found.liable else "nobody"
    guardian = life.guardian if not life.company and life.guardian and life.guardian.span in NOW else None
    covered = life.turvakielto == "on" and not life.company
    customer = {
        "post": mail(life), "covered": covered, "language": language_of(life), "orders": own_orders(life),
        "code": life.code, "refusable": True,
    }  # fmt: skip
    paper = customer | {"electronic": False, "orders": ()}
    match role:
        case "nobody":
            return []
        case "estate":
            return [of_estate(life, found, paper)]
        case "bankruptcy_estate":
            return [Target(role="bankruptcy_estate", names=(found.liable[0][1],), attention="", **paper)]
        case "custodian":
            return of_custodians(life, found)
    if guardian is not None and guardian.matters in (None, "Taloudelliset asiat"):
        return [of_guardian(life, found, guardian)]
    if life.company and life.unit is not None and life.unit != "Keksitty Oy":
        return [of_unit(life)]
    return [Target(role=role, names=(found.liable[0][1],), attention="", electronic=True, **customer)]


def of_estate(life: Life, found: Outcome, paper: dict) -> Target:
    target = Target(role="estate", names=(found.liable[0][1],), attention="", **paper)
    contact = life.contact
    if contact is None:
        return target
    attention = CONTACTS[language_of(life)].format(kin_name(contact, "Pesä"))
    if not contact.known:
        return Target(**{**vars(target), "attention": attention})
    covered = life.turvakielto == "on" or contact.turvakielto == "on"
    return Target(**{**vars(target), "attention": attention, "post": kin_mail(contact, covered), "covered": covered})


def of_custodians(life: Life, found: Outcome) -> list[Target]:
    """A bill to each household."""
    child_hidden = life.turvakielto == "on"
    targets: list[Target] = []
    for one, name in named(life):
        covered = child_hidden or (one.known and one.turvakielto == "on")
        targets.append(
            Target(
                role="custodian",
                names=(kin_name(one, name),),
                attention="",
                post=kin_mail(one, covered) if one.known else mail(life),
                language="fi" if one.known else language_of(life),
                covered=covered,
                electronic=True,
                orders=(("consumer_einvoice", False),) if one.known and one.order else (),
                code=one.known and one.code,
                refusable=False,
            )
        )
    homes: list[Target] = []
    for target in targets:
        there = next((n for n, home in enumerate(homes) if shares(home, target)), None)
        if there is None:
            homes.append(target)
        else:
            home = homes[there]
            homes[there] = Target(
                **{
                    **vars(home),
                    "names": home.names + tuple(n for n in target.names if n not in home.names),
                    "orders": home.orders + target.orders,
                    "code": home.code or target.code,
                }
            )
    if life.households is Households.CHILDS and len(homes) > 1:
        child = mail(life)
        its = [
            home
            for home in homes
            if not child_hidden
            and child.where
            and not home.covered
            and home.post.where
            and same(home.post.where, child.where)
        ]
        found.childs_unknown = not its and len(homes) > 1
        homes = its or homes
    if len(homes) == 1:
        homes = [Target(**{**vars(homes[0]), "orders": homes[0].orders + own_orders(life)})]
    return homes


def shares(one: Target, other: Target) -> bool:
    if one.covered or other.covered or not one.post.where or not other.post.where:
        return False
    return same(one.post.where, other.post.where)


def same(one: dict[str, str], other: dict[str, str]) -> bool:
    return all(one.get(part) == other.get(part) for part in ("street", "postcode", "town", "country"))


def of_guardian(life: Life, found: Outcome, guardian: Kin) -> Target:
    hidden = life.turvakielto == "on"
    covered = hidden or (guardian.known and guardian.turvakielto == "on")
    post = kin_mail(guardian, covered) if guardian.known else Post(None, "guardian")
    own = mail(life)
    if post.where is None and own.where is not None and "care_of" in own.where:
        post = own
    start = SPANS[guardian.span][0]
    later = start is None or ON + timedelta(days=start) <= ORDERED
    orders = (("consumer_einvoice", False),) if guardian.known and guardian.order else ()
    return Target(
        role="guardian",
        names=(found.liable[0][1],),
        attention=GUARDIANS["fi" if guardian.known else language_of(life)].format(kin_name(guardian, "Valvoja")),
        post=post,
        language="fi" if guardian.known else language_of(life),
        covered=covered,
        electronic=True,
        orders=orders + (own_orders(life) if later else ()),
        code=guardian.known and guardian.code,
        refusable=False,
    )


def of_unit(life: Life) -> Target:
    assert life.unit is not None
    own = {item: one for item, one in life.dwellings if one.by == "own"}
    if life.unit.endswith("*"):
        # A unit with a postal address of its own has no other.
        post = Post(HOMES["away"])
        if returned_from(life, HOMES["away"]):
            post = mail(life, only=own | {"postal_address": Dwelling("away", "own", "always", True)})
    else:
        post = mail(life, only=own)
    if post.where is None:
        post = mail(life)
    return Target(
        role="unit", names=("Keksitty Oy", life.unit.removesuffix("*")), attention="", post=post,
        language=language_of(life), covered=False, electronic=True, orders=(), code=life.code, refusable=True,
    )  # fmt: skip


def returned_from(life: Life, where: dict[str, str]) -> bool:
    return any(
        one.returned and same(HOMES[one.where], where)
        for item, one in life.dwellings
        if not (life.company and item in ("temporary_address", "contact_address"))
    )


def mail(life: Life, only: dict[str, Dwelling] | None = None) -> Post:
    """The customer's own mail."""
    state = "off" if life.company else life.turvakielto
    there = dict(life.dwellings) if only is None else only
    if life.unit == "Varasto*" and life.company and only is None:
        there = there | {"postal_address": Dwelling("away", "own", "always", False)}
        asserted = dict(life.dwellings).get("postal_address")
        if asserted is not None and asserted.by in ("vtj", "maintainer"):
            there = dict(life.dwellings)
    came_back = False
    for item in ("contact_address",) if state == "on" else MAIL:
        if life.company and item in ("temporary_address", "contact_address"):
            continue
        for one in _tellings(life, item, there, only):
            hidden = state == "unknown" and item != "contact_address" and one.by not in ("own", "maintainer")
            if hidden or one.span not in NOW:
                continue
            if not returned_from(life, HOMES[one.where]):
                return Post(HOMES[one.where])
            came_back = True
    if came_back:
        return Post(None, "returned")
    return Post(None, {"on": "protected", "unknown": "unknown", "off": "none"}[state])


def _tellings(life: Life, item: str, there: dict[str, Dwelling], only: dict[str, Dwelling] | None) -> list[Dwelling]:
    """Every telling of an address, the most believed first; a unit's own postal address stands beside another's."""
    found = [there[item]] if item in there else []
    if item == "postal_address" and life.company and life.unit == "Varasto*" and only is None:
        unit = Dwelling("away", "own", "always", False)
        told = dict(life.dwellings).get(item)
        # Others are believed more, or have spoken later than the organisation itself.
        found = [unit] if told is None or told.by == "own" else [told, unit]
    return found


def kin_mail(one: Kin, covered: bool) -> Post:
    """The mail of somebody known: the register of population told the home."""
    table = (
        (covered, Post(None, "protected")),
        (one.turvakielto == "unknown", Post(None, "unknown")),
        (one.where is None, Post(None, "none")),
    )
    for holds, post in table:
        if holds:
            return post
    assert one.where is not None
    return Post(HOMES[one.where])


def own_orders(life: Life) -> tuple[tuple[str, bool], ...]:
    if life.order is None or life.company:
        return ()
    return ((life.order, life.order_refused is not None and life.order_refused >= 0),)


def send(life: Life, target: Target) -> Bill | None:
    """The channel."""
    letter = target.post.where is not None
    fits = not (life.long_name and any(LONG in name for name in target.names))
    fits_window = fits
    written = envelope(target) if letter and fits_window else ()
    can_letter = bool(written)
    ordered = {
        kind: [refused for what, refused in target.orders if what == kind]
        for kind in ("consumer_einvoice", "direct_payment")
    }
    usable = {
        "consumer_einvoice": target.electronic and fits and False in ordered["consumer_einvoice"],
        "direct_payment": target.electronic and fits and False in ordered["direct_payment"] and can_letter,
        "einvoice": life.company and target.role in ("self", "unit") and life.einvoice == "ok",
        "mailbox": target.electronic and target.code and not (life.mailbox_refused and target.refusable),
        "email": can_email(life, target),
        "letter": can_letter,
    }
    order = [channel.value for channel in life.channels]
    if life.wish in order and not target.orders:
        order = [life.wish, *(one for one in order if one != life.wish)]
    channel = next((one for one in order if usable[one]), None)
    if channel is None:
        match life.last_resort:
            case None:
                return None
            case LastResort.BY_HAND:
                channel = "by_hand"
            case _:
                channel = "letter" if can_letter else "none"
    return Bill(target.role, target.names, written, target.language, channel)


def can_email(life: Life, target: Target) -> bool:
    if not target.electronic or life.wish != "email" or target.covered or not target.refusable:
        return False
    if life.email == "other":
        return life.company or life.turvakielto == "off"
    return life.email == "own"


def envelope(target: Target) -> tuple[str, ...]:
    assert target.post.where is not None
    where = target.post.where
    street = where["street"]
    if any(len(word) > 45 for word in street.split()):
        return ()
    lines = [*target.names]
    if target.attention:
        lines.append(target.attention)
    if "care_of" in where:
        lines.append(f"c/o {where['care_of']}")
    if where.get("country", "FI") == "SE":
        return (*lines, street, "111 22 Stockholm", COUNTRIES[target.language])
    return (*lines, street, f"{where['postcode']} {where['town'].upper()}")


NO_MAIL = {
    "protected": "no_route_protected", "returned": "mail_returned", "unknown": "turvakielto_unknown",
    "guardian": "guardian_unreachable", "none": "no_address",
}  # fmt: skip


def stop(life: Life, found: Outcome, targets: list[Target]) -> None:
    """What stops."""
    dead, minor = is_dead(life), is_minor(life)
    collection = {reason for reason, span in life.stopped if span in NOW}
    if life.bankrupt in NOW:
        collection.add("bankruptcy")
    if life.disputed in NOW:
        collection.add("dispute")
    if dead:
        collection.add("death")
    if minor and not dead:
        collection.add("minor")
    both = set()
    if life.company and life.dissolved is not None and life.dissolved <= 0:
        both.add("dissolved")
    if life.misdirected is not None and life.misdirected[0] == "own" and life.misdirected[1] in NOW:
        both.add("wrong_person")
    if not found.liable:
        both.add("no_custodian")
    invoicing = set()
    guardian = None if life.company else life.guardian
    if guardian is not None and guardian.span in NOW and guardian.matters == "Koirat" and not dead:
        invoicing.add("guardian_unclear")
    if found.bills and all(bill.channel in ("none", "by_hand") for bill in found.bills):
        for bill, target in zip(found.bills, targets, strict=True):
            if bill.channel == "by_hand":
                invoicing.add("by_hand")
            else:
                invoicing.add(NO_MAIL[target.post.why] if target.post.where is None else "unfit")
    found.stops = collection | both | invoicing
    found.invoicing = not (both | invoicing)
    found.collection = not (collection | both)
