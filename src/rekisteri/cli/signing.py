"""login, logout, whoami, password, sessions: the session of this home, its token in a file that only its owner reads."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from rekisteri import access
from rekisteri.access import Action
from rekisteri.catalogue import PURPOSES, ROLES
from rekisteri.cli import telling
from rekisteri.cli.frame import Frame, as_id, asked, offered, say, screen, told_json, worded


def login(
    context: typer.Context,
    account: Annotated[str | None, typer.Argument(help="Sign-in name; asked for if left out.")] = None,
) -> None:
    """Sign in. The password is prompted for, or read from standard input; the second factor's code after it."""
    frame: Frame = context.obj
    handle = account or frame.settings.account or asked(worded("Account", frame.spoken))
    secret = frame.settings.password
    password = secret.get_secret_value() if secret else asked(worded("Password", frame.spoken), hidden=True)
    code = "" if secret else offered(worded("Code of your second factor (empty: you have none)", frame.spoken))
    with frame.register() as register:
        token, session = register.sign_in.open(handle, password, "cli", frame.language or "fi", code=code)
        _keep(frame, token, session.language)
    if frame.json:
        told_json({"account": session.viewer.handle, "expires_at": session.expires_at})
    else:
        say(f"Signed in as {session.viewer.handle} until {telling.day(session.expires_at)}.", frame.spoken)
        if session.viewer.scope == access.UNTIL_CHANGED:
            say("Somebody else made your password: change it now with `rekisteri password`.", frame.spoken)


def _keep(frame: Frame, token: str, language: str) -> None:
    """Keep the session's token and language in a file that only its owner reads."""
    descriptor = os.open(frame.session_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as sink:
        os.fchmod(descriptor, 0o600)
        sink.write(f"{token}\n{language}\n")


def logout(context: typer.Context) -> None:
    """Sign out and forget the token."""
    frame: Frame = context.obj
    spoken = frame.spoken
    if frame.session_file.exists():
        with frame.register() as register:
            register.sessions.close(frame.kept_token())
        frame.session_file.unlink()
    if frame.json:
        told_json({"account": None})
    else:
        say("Signed out.", spoken)


def whoami(context: typer.Context) -> None:
    """Who is signed in, with which roles, purposes and client organisations."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        codes = acting.organisation_codes()
    viewer = acting.viewer
    scope = ["*"] if viewer.every_organisation else [codes[number] for number in sorted(viewer.organisations)]
    if frame.json:
        told_json(
            {
                "account": viewer.handle,
                "name": viewer.name,
                "roles": sorted(viewer.roles),
                "purposes": list(viewer.purposes()),
                "organisations": scope,
            }
        )
        return
    console = screen()
    console.print(f"{viewer.handle} ({viewer.name})", markup=False)
    console.print("  " + ", ".join(f"{role}: {ROLES[role].in_(acting.language)}" for role in sorted(viewer.roles)))
    console.print(
        "  --purpose " + ", ".join(f"{one} ({PURPOSES[one].in_(acting.language)})" for one in viewer.purposes())
    )
    everywhere = worded("every client organisation", acting.language)
    console.print("  " + (everywhere if viewer.every_organisation else ", ".join(scope)))


def password(context: typer.Context) -> None:
    """Change your password: the one in use, the code of a second factor, and the new one are asked for.

    Your other sessions end.
    """
    frame: Frame = context.obj
    current = asked(worded("Password in use", frame.spoken), hidden=True)
    code = (
        offered(worded("Code of your second factor (empty: you have none)", frame.spoken)) if sys.stdin.isatty() else ""
    )
    fresh = asked(worded("New password", frame.spoken), hidden=True)
    with frame.register() as register:
        token = register.sign_in.prove(frame.kept_token(), current, code=code)
        _keep(frame, token, register.sessions.resume(token).language)
        with frame.acting_with(register, token) as acting, acting.write(Action.ACCOUNT_PROOF) as tx:
            assert acting.session is not None
            access.change_own_password(tx, register.hasher, fresh, acting.session.id)
    if frame.json:
        told_json({"changed": True})
    else:
        say("Your password is changed, and your other sessions have ended.", acting.language)


sessions = typer.Typer(no_args_is_help=True, help="Your own sessions, in every face.")


@sessions.command("list")
def list_sessions(context: typer.Context) -> None:
    """Your live sessions, the one used last first."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.ACCOUNT_OWN) as tx:
        found = access.own_sessions(tx)
    if frame.json:
        told_json(telling.plain(found, {}))
        return
    here = acting.session.id if acting.session else None
    table = telling.headed("id", "face", "proved_by", "opened", "used", "", language=acting.language)
    for one in found:
        table.add_row(
            str(one.id), one.channel, one.method, telling.day(one.opened_at), telling.day(one.used_at),
            telling.heading("this_one", acting.language) if one.id == here else "",
        )  # fmt: skip
    screen().print(table)


@sessions.command("end")
def end_session(
    context: typer.Context,
    session: Annotated[str, typer.Argument(metavar="ID", help="The session's id, from `sessions list`.")],
) -> None:
    """End one of your sessions, at once and everywhere."""
    frame: Frame = context.obj
    session_id = as_id(session)
    with frame.acting() as acting, acting.write(Action.ACCOUNT_OWN) as tx:
        access.end_own_session(tx, session_id)
    if frame.json:
        told_json({"ended": session_id})
    else:
        say("The session has ended.", acting.language)
