"""login, logout, whoami: the session of this home, its token in a file that only its owner reads."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from rekisteri.catalogue import PURPOSES, ROLES
from rekisteri.cli.frame import Frame, asked, screen, told_json


def login(
    context: typer.Context,
    account: Annotated[str | None, typer.Argument(help="Sign-in name; asked for if left out.")] = None,
) -> None:
    """Sign in. The password is prompted for, or read from standard input."""
    frame: Frame = context.obj
    handle = account or frame.settings.account or asked("Account")
    secret = frame.settings.password
    password = secret.get_secret_value() if secret else asked("Password", hidden=True)
    with frame.register() as register:
        token, session = register.sign_in.open(handle, password, "cli", frame.language or "fi")
        descriptor = os.open(frame.session_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as sink:
            os.fchmod(descriptor, 0o600)
            sink.write(token)
    if frame.json:
        told_json({"account": session.viewer.handle, "expires_at": session.expires_at})
    else:
        screen().print(f"Signed in as {session.viewer.handle} until {session.expires_at:%d.%m.%Y %H:%M} UTC.")


def logout(context: typer.Context) -> None:
    """Sign out and forget the token."""
    frame: Frame = context.obj
    if frame.session_file.exists():
        with frame.register() as register:
            register.sign_in.close(frame.session_file.read_text().strip())
        frame.session_file.unlink()
    if frame.json:
        told_json({"account": None})
    else:
        screen().print("Signed out.")


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
    console.print("  " + ("every client organisation" if viewer.every_organisation else ", ".join(scope)))
