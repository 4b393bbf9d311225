"""audit witness: co-sign the register's log from elsewhere, and say in the register whose signatures are taken."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from rekisteri import audit
from rekisteri.access import Action
from rekisteri.cli.frame import Frame, asked, screen, told_json, worded
from rekisteri.ground import clock, egress
from rekisteri.ground.egress import Client, Connection
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected, RekisteriError, Unavailable
from rekisteri.ground.keys import KeyFile

KEY_FILE = "witness-key.json"
NAME_FILE = "witness-name"
API = "api/v1"

HELP = """Co-sign the log from elsewhere: a client organisation, the data protection officer.

\b
Where the witness is (no register needed there):
  rekisteri audit witness key --folder witness --name kuusilahti.example/log     make a key, once
  rekisteri audit witness run https://register.example --folder witness --log-key VKEY --follow
  rekisteri audit witness cosign request.txt --folder witness --log-key VKEY     the same without a network
In the register:
  rekisteri audit witness add VKEY; rekisteri audit witness list
"""
witness = typer.Typer(no_args_is_help=True, help=HELP, rich_markup_mode=None)

Folder = Annotated[Path, typer.Option(help="The witness's own folder: its key, and what it signed last.")]
Keys = Annotated[list[str], typer.Option("--log-key", metavar="VKEY", help="The log's public key; again for more.")]


@witness.command()
def key(
    context: typer.Context,
    folder: Folder,
    name: Annotated[str | None, typer.Option(help="The witness's name, such as kuusilahti.example/log.")] = None,
) -> None:
    """Make the witness's key, once, and print its public half: hand that to the register and to whoever verifies."""
    frame: Frame = context.obj
    kept = folder / NAME_FILE
    if not kept.exists():
        if name is None:
            raise Rejected("Name the witness the first time: --name kuusilahti.example/log.", field="--name")
        made = KeyFile.ensure(folder / KEY_FILE, audit.WITNESS_KEY_NAMES)
        audit.Witness(name, made, folder, ())
        kept.write_text(name, "utf-8")
    vkey = str(_witness(folder, ()).key)
    if frame.json:
        told_json({"vkey": vkey})
    else:
        screen().print(vkey, markup=False, highlight=False, soft_wrap=True)


@witness.command()
def run(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The register's address, https://…")],
    folder: Folder,
    log_key: Keys,
    country: Annotated[str, typer.Option(help="Country the register is in; of the EU or EEA.")] = "FI",
    ca: Annotated[
        Path | None, typer.Option(exists=True, help="Authority (PEM) the register's certificate is of.")
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option(exists=True, help="A bearer token for the API; else REKISTERI_ACCOUNT signs in.")
    ] = None,
    purpose: Annotated[str, typer.Option(help="Purpose the account names.")] = "data_protection",
    follow: Annotated[bool, typer.Option("--follow", help="Go on until ctrl-C.")] = False,
    every: Annotated[float, typer.Option(min=1, metavar="SECONDS", help="How often.")] = 600.0,
) -> None:
    """Fetch the checkpoint and its consistency proof, sign it if it continues the last one, hand the signature in.

    A log that does not continue what this witness signed is never signed (exit code 5 or 2): keep the folder, and
    call the data protection officer.
    """
    frame: Frame = context.obj
    one = _witness(folder, log_key)
    connection = Connection("register", url.rstrip("/"), country, "co-signing the register's log", ca=ca)
    while True:
        with egress.client(connection) as client, _signed_in(frame, client, token_file, purpose) as headers:
            size = _turn(client, headers, one)
        if frame.json:
            told_json({"witness": one.key.name, "size": size})
        else:
            screen().print(f"{one.key.name} has signed the log of {size} leaves.", markup=False, highlight=False)
        if not follow:
            return
        time.sleep(every)


@witness.command()
def cosign(
    context: typer.Context,
    request: Annotated[Path, typer.Argument(exists=True, help="What `rekisteri audit witness request` printed.")],
    folder: Folder,
    log_key: Keys,
) -> None:
    """Sign a request that came as a file; prints the signature line. For a witness without a network."""
    frame: Frame = context.obj
    one = _witness(folder, log_key)
    line = str(one.cosign(audit.Request.parse(request.read_text("utf-8")), int(clock.now().timestamp())))
    if frame.json:
        told_json({"witness": one.key.name, "line": line})
    else:
        screen().print(line, end="", markup=False, highlight=False, soft_wrap=True)


@witness.command("request")
def ask(
    context: typer.Context,
    old: Annotated[int, typer.Option(min=0, help="Leaves the witness signed last; 0 if it never did.")] = 0,
) -> None:
    """Print what a witness is asked to sign (the body of add-checkpoint, c2sp.org/tlog-witness)."""
    frame: Frame = context.obj
    with frame.operating() as acting, acting.read(Action.AUDIT_PROOF) as tx:
        made = str(audit.request(tx, old))
    if frame.json:
        told_json({"request": made})
    else:
        screen().print(made, end="", markup=False, highlight=False, soft_wrap=True)


@witness.command()
def accept(
    context: typer.Context,
    lines: Annotated[Path, typer.Argument(exists=True, help="What the witness answered.")],
    size: Annotated[int, typer.Option(min=1, help="Leaves of the checkpoint it signed.")],
) -> None:
    """Keep signatures that came as a file."""
    frame: Frame = context.obj
    with frame.operating() as acting, acting.write(Action.AUDIT_PROOF) as tx:
        kept = audit.accept(tx, size, lines.read_text("utf-8"))
        tx.note(witnesses=kept)
    if frame.json:
        told_json({"witnesses": kept})
    else:
        screen().print(f"Kept: {', '.join(kept)}.", markup=False, highlight=False)


@witness.command()
def add(context: typer.Context, vkey: Annotated[str, typer.Argument(help="The witness's public key.")]) -> None:
    """Take a witness's signatures from now on. Done by the data protection officer."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.AUDIT_WITNESS) as tx:
        name = audit.add_witness(tx, vkey).name
        tx.note(witness=name)
    _done(frame, name, "is a witness of the log.")


@witness.command()
def end(context: typer.Context, name: Annotated[str, typer.Argument(help="The witness's name.")]) -> None:
    """Take no more signatures of a witness; those it gave stay."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.AUDIT_WITNESS) as tx:
        audit.end_witness(tx, name)
        tx.note(witness=name)
    _done(frame, name, "is no witness any more.")


@witness.command("list")
def everyone(context: typer.Context) -> None:
    """Who co-signs the log, and how far each has signed."""
    frame: Frame = context.obj
    with frame.operating() as acting, acting.read(Action.AUDIT_PROOF) as tx:
        found = audit.witnesses(tx)
    if frame.json:
        told_json([{"name": one.name, "vkey": one.vkey, "ended_at": one.ended_at, "size": one.size} for one in found])
        return
    table = Table("witness", "signed leaves", "at", "ended", box=None, pad_edge=False)
    for one in found:
        at, ended = (f"{moment:%Y-%m-%d %H:%M}" if moment else "" for moment in (one.signed_at, one.ended_at))
        table.add_row(one.name, str(one.size or 0), at, ended)
    screen().print(table if found else "No witnesses.")


def _done(frame: Frame, name: str, what: str) -> None:
    if frame.json:
        told_json({"witness": name})
    else:
        screen().print(f"{name} {what}", markup=False, highlight=False)


def _witness(folder: Path, log_keys: list[str] | tuple[str, ...]) -> audit.Witness:
    """The witness of a folder. Raises ``Missing`` where none was made there."""
    kept = folder / NAME_FILE
    if not kept.exists():
        raise Missing(f"There is no witness in {folder}; make one with `rekisteri audit witness key`.")
    keys = [audit.VerifierKey.parse(one) for one in log_keys]
    return audit.Witness(kept.read_text("utf-8"), KeyFile(folder / KEY_FILE), folder, keys)


def _turn(client: Client, headers: dict[str, str], one: audit.Witness) -> int:
    """One round: how many leaves are signed after it."""
    note = audit.Note.parse(_text(client, "GET", f"{API}/audit/log/checkpoint", headers))
    old = one.signed(audit.Checkpoint.parse(note.text).origin)
    request = audit.Request.parse(_text(client, "GET", f"{API}/audit/log/request?old={old}", headers))
    size = audit.Checkpoint.parse(request.note.text).size
    line = one.cosign(request, int(clock.now().timestamp()))
    body = {"size": size, "lines": str(line)}
    _text(client, "POST", f"{API}/audit/log/cosignatures", headers, body)
    return size


@contextmanager
def _signed_in(frame: Frame, client: Client, token_file: Path | None, purpose: str) -> Iterator[dict[str, str]]:
    """The headers of a caller who is signed in, for the while."""
    headers = {"Rekisteri-Purpose": purpose}
    if token_file is not None:
        yield headers | {"Authorization": f"Bearer {token_file.read_text('utf-8').strip()}"}
        return
    if frame.settings.account is None:
        raise Rejected(
            "Set REKISTERI_ACCOUNT and REKISTERI_PASSWORD to an account of the register, or give --token-file."
        )
    secret = frame.settings.password
    password = secret.get_secret_value() if secret else asked(worded("Password", frame.spoken), hidden=True)
    question = {"account": frame.settings.account, "password": password}
    token = str(json.loads(_text(client, "POST", f"{API}/session", headers, question))["token"])
    signed = headers | {"Authorization": f"Bearer {token}"}
    try:
        yield signed
    finally:
        _text(client, "DELETE", f"{API}/session", signed)


def _text(client: Client, method: str, path: str, headers: dict[str, str], body: Any = None) -> str:
    """The register's answer. Raises of the family what its problem says, ``Unavailable`` where it does not answer."""
    try:
        answer = client.request(method, path, headers=headers, json=body)
    except RekisteriError:
        raise
    except Exception as error:
        raise Unavailable(f"The register does not answer ({type(error).__name__}).") from None
    if answer.is_success:
        return answer.text
    try:
        told = str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        told = f"The register answered {answer.status_code}."
    kinds: dict[int, type[RekisteriError]] = {401: Refused, 403: Refused, 404: Missing, 409: Conflict, 422: Rejected}
    refusal = kinds.get(answer.status_code, Unavailable)(told)
    raise refusal
