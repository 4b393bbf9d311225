"""A register with two invented identity providers: the staff's, and strong identification for data subjects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx2

from rekisteri import access, wiring
from rekisteri.access import Action, Arrival, Errand, Session
from rekisteri.catalogue import Purpose, Role
from rekisteri.simulators import IdentityProvider, ProviderCustomer, Somebody
from rekisteri.simulators.serving import Answered, Asked, Outsider, serving
from tests.builders import AAPO, World, a_world

BACK = "http://rekisteri.test/kirjaudu/palvelu/{}/paluu"
SECRET = "the-secret-of-the-register"
LEVEL = "http://eidas.europa.eu/LoA/substantial"
MAIJA = Somebody("maija-at-town", "Maija Mallikas", {"name": "Maija Mallikas", "preferred_username": "maija"})
ONNI = Somebody("onni-at-town", "Onni Esimerkki", {"name": "Onni Esimerkki"})
AAPO_HIMSELF = Somebody(
    "7f3a", "Aapo Kuvitteellinen", {"urn:oid:1.2.246.21": AAPO, "urn:oid:2.5.4.3": "Kuvitteellinen Aapo"}
)
NOBODY_HERE = Somebody("9b1c", "Bea Poissaoleva", {"urn:oid:1.2.246.21": "020290-9027", "name": "Bea Poissaoleva"})
FILE = """
[[provider]]
name = "kunta"
for = "staff"
issuer = "{staff}"
client_id = "rekisteri"
client_secret_file = "kunta.secret"
country = "FI"
label = {{ fi = "Kunnan tunnuksella", sv = "Med kommunens konto", en = "With the town's account" }}
{more}

[[provider]]
name = "vahva"
for = "subject"
issuer = "{subject}"
client_id = "rekisteri"
client_secret_file = "kunta.secret"
country = "FI"
label = {{ fi = "Vahva tunnistautuminen", sv = "Stark autentisering", en = "Strong identification" }}
"""


@dataclass(slots=True)
class ProviderWorld:
    """The world, its two providers, and the server they stand on."""

    world: World
    staff: IdentityProvider
    subject: IdentityProvider
    outsider: Outsider

    @property
    def arrivals(self) -> access.Arrivals:
        """What sends out and lets in."""
        return self.world.register.arrivals

    def out(self, provider: str = "kunta", session: Session | None = None, target: str = "/haku") -> Errand:
        """Somebody goes to a provider."""
        return self.arrivals.begin(provider, back=BACK.format(provider), target=target, language="fi", session=session)

    def chosen(self, errand: Errand, who: Somebody = MAIJA) -> dict[str, str]:
        """The browser's way through the provider: what comes back in the address."""
        asked = dict(parse_qsl(urlsplit(errand.address).query))
        with httpx2.Client() as browser:
            page = browser.get(errand.address)
            assert page.status_code == 200, page.text
            wished = {name: asked[name] for name in ("client_id", "redirect_uri", "state", "nonce", "code_challenge")}
            wished |= {name: asked[name] for name in ("prompt", "max_age") if name in asked}
            place = errand.address.partition("/authorize")[0] + "/chosen"
            back = browser.get(place, params=wished | {"who": who.subject})
        assert back.status_code == 302, back.text
        return dict(parse_qsl(urlsplit(back.headers["location"]).query))

    def back(
        self, errand: Errand, answer: dict[str, str], provider: str = "kunta", browser: str | None = None
    ) -> Arrival:
        """The browser comes back with an answer."""
        return self.arrivals.finish(
            provider, answer, browser=errand.browser if browser is None else browser, back=BACK.format(provider)
        )

    def arrives(self, who: Somebody = MAIJA, provider: str = "kunta", session: Session | None = None) -> Arrival:
        """There and back."""
        errand = self.out(provider, session)
        return self.back(errand, self.chosen(errand, who), provider)

    def refusals(self) -> list[object]:
        """The code words the log tells of why somebody was turned away."""
        rows = self.world.sql(
            "select detail->>'why' from audit.event where outcome = 'refused' and detail ? 'why' order by id"
        )
        return [why for (why,) in rows]


@contextmanager
def a_provider_world(database_url: str, home: Path, more: str = "", accounts: bool = True) -> Iterator[ProviderWorld]:
    """The register knows Maija by her provider's name for her, and Aapo as a customer."""
    outsider = Outsider(lambda asked: _dispatch(providers, asked))
    providers: dict[str, IdentityProvider] = {}
    with serving(outsider):
        customer = ProviderCustomer("rekisteri", (BACK.format("kunta"), BACK.format("vahva")), SECRET)
        staff = IdentityProvider(f"{outsider.url}/staff", (MAIJA, ONNI), (customer,))
        subject = IdentityProvider(f"{outsider.url}/subject", (AAPO_HIMSELF, NOBODY_HERE), (customer,), level=LEVEL)
        providers |= {"staff": staff, "subject": subject}
        home.mkdir(parents=True, exist_ok=True)
        (home / "kunta.secret").write_text(SECRET)
        (home / "kunta.secret").chmod(0o600)
        (home / "oidc.toml").write_text(FILE.format(staff=staff.issuer, subject=subject.issuer, more=more))
        with a_world(database_url, home) as world:
            staff.now = subject.now = world.clock
            if accounts:
                add(world, "maija")
            yield ProviderWorld(world, staff, subject, outsider)


def add(world: World, handle: str, subject: str = MAIJA.subject, role: Role = Role.MAINTAINER) -> None:
    """An account that comes in by the staff's provider alone."""
    with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        access.add_account(
            tx, world.register.hasher, handle=handle, name=handle.capitalize(), password=None, roles=[role],
            every_organisation=True,
        )  # fmt: skip
        access.link(tx, handle, "kunta", subject)


def _dispatch(providers: dict[str, IdentityProvider], asked: Asked) -> Answered:
    return providers[asked.path.split("/")[1].partition("?")[0]].answer(asked)
