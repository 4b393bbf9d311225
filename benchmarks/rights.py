"""The data subject's rights at full size: the access package of a customer of ten years, and the check of the notice.

The customer has been one of two client organisations for ten years: told anew every quarter by each, billed every month,
looked at by invoicers, corrected by hand, one of a hundred thousand in a run of every week. Beside the package stands the plain
SQL that reads the same rows; beside the check of the notice one count of every statement. What the register of a million is
given first: a second file in which a tenth has changed and a fiftieth is gone, and news handed over of every customer.
"""

from __future__ import annotations

import csv
import io
import json
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from benchmarks.delivery import take
from benchmarks.figures import Figure
from benchmarks.payers import REASON
from benchmarks.worlds import ACCOUNT, CODE, MAINTAINER
from rekisteri import feeds, parties, payers, rights, wiring
from rekisteri.access import Action, Viewer, add_organisation
from rekisteri.catalogue import RECIPIENTS_FILE, Purpose, Role, Text
from rekisteri.cli.demo import HOUSE
from rekisteri.ground.settings import Settings
from rekisteri.payers import Channel, LastResort, Policy, Usual
from rekisteri.rights import Identity, Kind
from rekisteri.simulators import STANDARD, Form, write_rows
from rekisteri.sources import organisations
from rekisteri.wiring import Register

PACKAGE_CEILING_S = 2.0
VERIFY_CEILING_S = 10.0
TIMES = 5
YEARS = 10
WEEK = timedelta(weeks=1)
RUN = 100_000
"""Customers of the run of a week."""
CODE_OF_CUSTOMER = "010150-908M"
NUMBER = "KYMMENEN-VUOTTA"
ITS_OWN = (("bench-2", "9999999-2"), ("bench-3", "1234567-1"))
"""The client organisations whose customer it is."""
GROWN = "rights-grown.json"
TOLD = "bench-told"
RECIPIENT = f"""
[{TOLD}]
title = {{ fi = "Mittaus", sv = "Mätning", en = "Benchmark" }}
ground = {{ fi = "Mittaus", sv = "Mätning", en = "Benchmark" }}
organisation = "{CODE}"
purpose = "invoicing"
country = "FI"
fields = ["email", "permanent_address"]
way = "feed"
system = "{ACCOUNT}"
"""
OFFICER = Viewer(
    account_id=None, handle="bench-officer", name="Benchmark", roles=frozenset({Role.OFFICER}), organisations=frozenset(),
    every_organisation=True, channel="cli",
)  # fmt: skip
FLOOR = """
select s.content::text, s.sealed, lower(s.recorded), upper(s.recorded) from parties.record r
join parties.statement s on s.record_id = r.id where r.party_id = %(id)s
union all
select e.action, null, e.at, null from audit.subject s join audit.event e on e.id = s.event_id where s.party_id = %(id)s
union all
select e.action, null, e.at, null from audit.subject_block b join audit.event e on e.id = b.event_id
where b.bucket = get_byte(uuid_send(%(id)s), 15) and %(id)s = any (b.party_ids)
"""


class _Wall:
    """A clock that is set, so that ten years pass in a minute."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def measure(home: Path, file: Path) -> list[Figure]:
    """Both figures, on the register of a home that holds the file's customers."""
    party_id = _grown(home, file)
    with _opened(home, _Wall(datetime.now(UTC))) as register:
        return [_package(register, party_id), _verify(register)]


def _package(register: Register, party_id: UUID) -> Figure:
    """The package of a request whose asker is identified, with its paper and its file: the middle one of a few."""
    spent, floors, pages = [], [], ""
    for _ in range(TIMES):
        floors.append(_floor(register, FLOOR, party_id))
        with register.door.write(OFFICER, Action.RIGHTS_REQUEST, Purpose.DATA_PROTECTION) as tx:
            asked = rights.open_request(
                tx, register.vault, Kind.ACCESS, rights.Channel.IN_PERSON, party_id=party_id, language="fi"
            )
            rights.identify(tx, asked.id, Identity.PASSPORT)
        began, cpu = time.perf_counter(), time.process_time()
        with register.door.write(OFFICER, Action.RIGHTS_PACKAGE, Purpose.DATA_PROTECTION) as tx:
            files = rights.fulfil(tx, register.vault, asked.id, house="Mittaus", sent=register.sent)
        spent.append((time.perf_counter() - began, time.process_time() - cpu))
        told = files.package.counts
        pages = f"{told['statements']} words, {told['looks']:,} looks, {len(files.paper) / 1e6:.1f} MB of PDF"
    took, cpu = sorted(spent)[TIMES // 2]
    floor = sorted(floors)[TIMES // 2]
    return Figure(
        f"access package of a customer of {YEARS} years: {pages}", f"{took:.2f} s ({cpu:.2f} s of processor)",
        f"{floor * 1000:.0f} ms, plain SQL of the same rows", f"{took / floor:.0f} x", f"<= {PACKAGE_CEILING_S:.0f} s",
        took <= PACKAGE_CEILING_S,
    )  # fmt: skip


def _verify(register: Register) -> Figure:
    """The check of the notice: the middle one of a few; it must find nothing."""
    declared = register.declared()
    with register.door.write(OFFICER, Action.NOTICE_PUBLISH, Purpose.DATA_PROTECTION) as tx:
        newest = rights.current(tx)
        if newest is None or newest.mark != rights.mark(rights.contents(declared)):
            rights.publish(tx, declared)
    spent = []
    for _ in range(3):
        began = time.perf_counter()
        with register.door.read(OFFICER, Action.NOTICE_VERIFY, Purpose.DATA_PROTECTION) as tx:
            found = rights.differences(tx, declared, feeds.reached(tx))
        spent.append(time.perf_counter() - began)
        if found:
            raise RuntimeError(f"the notice is not true: {found}")
    took = sorted(spent)[1]
    floor = _floor(register, "select count(content) from parties.statement", None)
    return Figure(
        "the notice held to the running system", f"{took:.2f} s", f"{floor:.2f} s, every statement counted once",
        f"{took / floor:.1f} x", f"<= {VERIFY_CEILING_S:.0f} s", took <= VERIFY_CEILING_S,
    )  # fmt: skip


def _floor(register: Register, query: str, party_id: UUID | None) -> float:
    with register.database.connection() as connection:
        connection.execute("reset role")
        began = time.perf_counter()
        connection.execute(query.encode(), {"id": party_id}).fetchall()
        took = time.perf_counter() - began
        connection.execute("set role rekisteri_app")
    return took


# The register is given its ten years


def _grown(home: Path, file: Path) -> UUID:
    """The customer of ten years, made at the first run; the home is marked when all is there."""
    marked = home / GROWN
    if marked.exists():
        return UUID(json.loads(marked.read_text("utf-8"))["customer"])
    (home / rights.HOUSE_FILE).write_text(HOUSE, "utf-8")
    (home / RECIPIENTS_FILE).write_text(RECIPIENT, "utf-8")
    take(home, _second_file(file))
    clock = _Wall(datetime.now(UTC) - timedelta(days=365 * YEARS))
    with _opened(home, clock) as register:
        its_own = [_organisation(register, code, ytunnus) for code, ytunnus in ITS_OWN]
        for organisation in its_own:
            with register.door.write(MAINTAINER, Action.REASON_MANAGE, Purpose.UPKEEP) as tx:
                named = Text("Mittaus", "Mätning", "Measurement")
                policy = Policy((Channel.EINVOICE, Channel.LETTER), LastResort.LETTER)
                payers.set_reason(tx, organisation, REASON, named, policy)
        party_id = _live(register, clock, its_own, home)
        _hand_over_news(register)
        register.log.seal()
        parties.settle(register.database)
    marked.write_text(json.dumps({"customer": str(party_id)}), "utf-8")
    return party_id


def _second_file(file: Path) -> Path:
    """The same clientele a while later: a tenth has another e-mail, a fiftieth is gone."""
    later = file.with_name(file.stem + "-later.csv")
    if later.exists():
        return later
    with file.open(encoding="utf-8-sig", newline="") as source, later.open("w", encoding="utf-8", newline="") as sink:
        rows, written = csv.reader(source, delimiter=";"), csv.writer(sink, delimiter=";")
        head = next(rows)
        written.writerow(head)
        email = head.index("sahkoposti")
        for number, row in enumerate(rows):
            if number % 50 == 7:
                continue
            if number % 10 == 3:
                row[email] = f"uusi{number}@esimerkki.fi"
            written.writerow(row)
    return later


def _organisation(register: Register, code: str, ytunnus: str) -> int:
    with register.door.write(wiring.operator(), Action.ORGANISATION_MANAGE, Purpose.ADMINISTRATION) as tx:
        return add_organisation(tx, code=code, name=f"Benchmark {code}", ytunnus=ytunnus).id


def _live(register: Register, clock: _Wall, its_own: list[int], home: Path) -> UUID:
    """Ten years, week by week."""
    crowd = _crowd(register)
    party_id = _told(register, its_own[0], home, 0)
    until = datetime.now(UTC)
    for week in range(int((until - clock.at) / WEEK)):
        clock.at += WEEK
        for organisation in its_own:
            if week % 13 == 0:
                _told(register, organisation, home, week)
            if week % 4 == 2:
                _billed(register, organisation)
            if week % 2:
                _looked_at(register, party_id, organisation)
        with register.door.write(MAINTAINER, Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
            tx.gather([*random.Random(week).sample(crowd, min(RUN, len(crowd))), str(party_id)])
        if week % 26 == 5:
            _corrected(register, party_id, week)
    with register.door.write(OFFICER, Action.RIGHTS_HOLD, Purpose.DATA_PROTECTION) as tx:
        rights.hold(tx, party_id, "A claim for which all ten years are needed")
    return party_id


def _crowd(register: Register) -> list[str]:
    with register.database.connection() as connection:
        connection.execute("reset role")
        crowd = [str(one) for (one,) in connection.execute("select id from parties.party")]
        connection.execute("set role rekisteri_app")
    return crowd


def _told(register: Register, organisation: int, home: Path, week: int) -> UUID:
    """A file with the one customer, as it is that week; who that is."""
    said = {
        "asiakasnumero": NUMBER, "henkilotunnus": CODE_OF_CUSTOMER, "sukunimi": "Pitkäaikainen", "etunimet": "Aapo Testi",
        "sahkoposti": f"osoite{week}@esimerkki.fi", "osoite_katu": f"Esimerkkitie {week + 1}",
        "osoite_postinumero": "00999", "osoite_toimipaikka": "HELSINKI",
    }  # fmt: skip
    path = home / "one-customer.csv"
    write_rows(path, STANDARD.columns, [[said.get(name, "") for name in STANDARD.columns]], Form())
    request = organisations.Request(
        path=path, file_name=path.name, organisation_id=organisation, mapping=organisations.standard(), full=False,
        artificial_hetu=True, ordinary_hetu=False,
    )  # fmt: skip
    with register.door.write(MAINTAINER, Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
        report = organisations.run(tx, register.vault, request, lambda rows: None)
        if report.rejected:
            raise RuntimeError("the customer of ten years was not taken")
        known = parties.known_identities(tx, register.vault.blinds("hetu", CODE_OF_CUSTOMER))
    return known[0].party_id


def _billed(register: Register, organisation: int) -> None:
    line = io.BytesIO(b'{"customer_number":"%s"}\n' % NUMBER.encode())
    with (
        payers.spool(register.settings.home / "incoming") as out,
        register.door.write(MAINTAINER, Action.PAYER_RESOLVE, Purpose.INVOICING) as tx,
    ):
        done = payers.bulk(
            tx, register.office, line, Usual(organisation, REASON), out, language="fi", progress=lambda _: None
        )
        if done.problems:
            raise RuntimeError(f"the customer of ten years could not be billed: {b''.join(out.pieces())!r}")


def _looked_at(register: Register, party_id: UUID, organisation: int) -> None:
    viewer = Viewer(
        account_id=None, handle="bench-invoicer", name="Benchmark", roles=frozenset({Role.INVOICER}),
        organisations=frozenset({organisation}), every_organisation=False, channel="web",
    )  # fmt: skip
    with register.door.read(viewer, Action.CUSTOMER_READ, Purpose.INVOICING) as tx:
        parties.card(tx, register.vault, party_id)


def _corrected(register: Register, party_id: UUID, week: int) -> None:
    with register.door.write(MAINTAINER, Action.CUSTOMER_CORRECT, Purpose.UPKEEP) as tx:
        rules = register.rules(register.now().date())
        number = {"": f"+358 40 {week:07}"}
        parties.correct(tx, register.vault, party_id, "phone", number, rules=rules, reason="customer told")


def _hand_over_news(register: Register) -> None:
    """A recipient that has been told of everybody once: the check of the notice reads of whom and what."""
    with register.database.connection() as connection:
        connection.execute("reset role")
        connection.execute(
            """
            insert into feeds.recipient (name, organisation_id, begun_at)
            select %s, id, now() from access.organisation where code = %s
            """,
            (TOLD, CODE),
        )
        connection.execute(
            """
            insert into feeds.event (recipient, organisation_id, change_id, kind, record_id, key, party_id, items, at, state,
                                     due_at, handed_at, settled_at)
            select t.name, t.organisation_id, row_number() over (), 'changed', r.id, r.key, r.party_id,
                   array['email', 'permanent_address'], now(), 'sent', now(), now(), now()
            from feeds.recipient t join parties.source src on src.organisation_id = t.organisation_id
            join parties.record r on r.source_id = src.id
            """
        )
        connection.execute("set role rekisteri_app")


@contextmanager
def _opened(home: Path, now: _Wall) -> Iterator[Register]:
    settings = Settings(home=home, artificial_hetu=True, ordinary_hetu=False)
    with wiring.opened(settings, now=now) as register:
        yield register
