"""Passwords are taken exactly as typed, long ones too; tokens are random and new with each proof."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
import zxcvbn.frequency_lists

from rekisteri import access, wiring
from rekisteri.access import Action
from rekisteri.access.passwords import PASSWORD_MIN
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Rejected, Unidentified
from rekisteri.ground.settings import Settings
from tests.builders import WEAK_HASHER, World, a_world

PASSWORD = "  Kissa ja KOIRA, ääkkösin 猫 – " + "pitkästi " * 8
TOKEN_BYTES_LEAST = 16


def an_account(world: World) -> None:
    with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        access.add_account(
            tx, world.register.hasher, handle="maija", name="Maija", password=PASSWORD, roles=[Role.MAINTAINER],
            every_organisation=True,
        )  # fmt: skip


def test_a_password_is_taken_exactly_as_typed_and_may_be_longer_than_sixty_four_characters(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        an_account(world)
        assert len(PASSWORD) > 64
        for other in (PASSWORD.strip(), PASSWORD.lower(), PASSWORD[:-1], PASSWORD[:72]):
            with pytest.raises(Unidentified):
                world.register.sign_in.open("maija", other, "web")
        token, _ = world.register.sign_in.open("maija", PASSWORD, "web")
        assert world.register.sessions.resume(token).viewer.handle == "maija"


def test_tokens_are_random_new_at_each_sign_in_and_new_with_each_proof(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        an_account(world)
        tokens = [world.register.sign_in.open("maija", PASSWORD, "web")[0] for _ in range(20)]
        proved = world.register.sign_in.prove(tokens[0], PASSWORD)
        with pytest.raises(Unidentified):
            world.register.sessions.resume(tokens[0])
        assert world.register.sessions.resume(proved).viewer.handle == "maija"
        plain = [base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)) for token in [*tokens, proved]]
        assert len(set(plain)) == 21 and min(map(len, plain)) >= TOKEN_BYTES_LEAST
        # Where two agree in more than a few places, something other than chance made them.
        assert all(sum(a == b for a, b in zip(plain[0], other, strict=True)) < 4 for other in plain[1:])


@pytest.mark.parametrize(
    "guessed", ["password1234", "qwertyuiop123456", "salasana123456", "123456789012", "aaaaaaaaaaaa", "maija.invoicer1",
                "Kuusilahti2026!", "rekisteri-1234"],
)  # fmt: skip
def test_a_password_that_people_use_or_that_names_its_place_is_not_taken(guessed: str) -> None:
    with pytest.raises(Rejected, match="easily guessed"):
        access.check_password(guessed, "maija.invoicer", "Maija Meikäläinen", "kuusilahti")


@pytest.mark.parametrize("fair", ["right-horse-battery", "kolme veistä ja lampi", PASSWORD, "tuuli vie kengän ojaan"])
def test_whatever_is_not_guessed_is_taken_whichever_letters_it_has(fair: str) -> None:
    access.check_password(fair, "maija", "Maija")


def test_the_operator_names_the_words_of_the_place(database_url: str, tmp_path: Path) -> None:
    settings = Settings(database_url=database_url, home=tmp_path, pool_size=2, password_words="Kuusilahti, kuntarekka")
    with wiring.opened(settings, hasher=WEAK_HASHER) as register:
        for password, taken in (("kuntarekka-2026", False), ("kettu-ja-heinäsirkka", True)):
            with register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
                try:
                    access.add_account(
                        tx, register.hasher, handle="maija", name="Maija", password=password, roles=[Role.MAINTAINER],
                        every_organisation=True,
                    )  # fmt: skip
                except Rejected:
                    assert not taken
                else:
                    assert taken


def test_a_password_that_has_leaked_is_not_taken(database_url: str, tmp_path: Path) -> None:
    leaked = [f"kettu ja {number} heinäsirkkaa" for number in range(2000)]
    digests = sorted(hashlib.sha1(one.encode(), usedforsecurity=False).hexdigest().upper() for one in leaked)
    path = tmp_path / "leaked.txt"
    path.write_text("".join(f"{digest}:{number % 90 + 1}\r\n" for number, digest in enumerate(digests)))
    known = access.Leaked.of(path)
    assert all(one in known for one in leaked)
    assert not [one for one in range(2000, 4000) if f"kettu ja {one} heinäsirkkaa" in known]
    settings = Settings(database_url=database_url, home=tmp_path, pool_size=2, leaked_passwords=path)
    with wiring.opened(settings, hasher=WEAK_HASHER) as register:

        def account(password: str) -> None:
            with register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
                access.add_account(
                    tx, register.hasher, handle="maija", name="Maija", password=password, roles=[Role.MAINTAINER],
                    every_organisation=True,
                )  # fmt: skip

        with pytest.raises(Rejected, match="leaked"):
            account(leaked[7])
        account("kettu ja 7000 heinäsirkkaa")
        with (
            register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx,
            pytest.raises(Rejected, match="leaked"),
        ):
            access.reset_password(tx, register.hasher, "maija", leaked[8])


@pytest.mark.parametrize(
    "content", [None, "", "kissa\nkoira\n", "B" * 40 + ":1\n" + "A" * 40 + ":1\n", "A" * 32 + ":1\n"]
)
def test_a_list_that_is_none_is_told_of_at_the_start(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "leaked.txt"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Rejected, match="REKISTERI_LEAKED_PASSWORDS"):
        wiring.terms(Settings(home=tmp_path, leaked_passwords=path))


def test_the_commonest_leaked_passwords_are_known_without_a_list() -> None:
    commonest = zxcvbn.frequency_lists.FREQUENCY_LISTS["passwords"]
    assert len(commonest) > 20_000
    long = [one for one in commonest if len(one) >= PASSWORD_MIN]
    assert len(long) >= 20
    for one in long:
        with pytest.raises(Rejected, match="easily guessed"):
            access.check_password(one)


def test_passwords_that_we_make_are_random_and_long_enough() -> None:
    made = {access.invent_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(one.replace("-", "")) * 4 >= 64 for one in made)
    for one in list(made)[:20]:
        access.check_password(one)


def test_an_account_without_a_password_is_locked_by_nobody(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        for handle, password in (("ville", None), ("maija", PASSWORD)):
            with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
                access.add_account(
                    tx, world.register.hasher, handle=handle, name=handle, password=password, roles=[Role.MAINTAINER],
                    every_organisation=True,
                )  # fmt: skip
            for _ in range(6):
                with pytest.raises(Unidentified):
                    world.register.sign_in.open(handle, "guessed again and again", "web")
        assert world.sql("select handle, failures, locked_until is not null from access.account order by handle") == [
            ("maija", 6, True), ("ville", 0, False),
        ]  # fmt: skip
        assert world.sql("select count(*) from audit.event where outcome = 'refused'") == [(12,)], "each is evidence"
