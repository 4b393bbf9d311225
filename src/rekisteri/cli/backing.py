"""backup: the whole register encrypted in a folder, its keys apart, and the proof that they bring it back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import DownloadColumn, Progress, SpinnerColumn, TextColumn, TransferSpeedColumn
from rich.table import Table

from rekisteri import wiring
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.cli.frame import Frame, aside, screen, told_json
from rekisteri.ground import backups, postgres
from rekisteri.ground.errors import Conflict, Missing, RekisteriError
from rekisteri.ground.keys import LotsInDatabase, forgetting
from rekisteri.ground.keys.forgetting import Mended
from rekisteri.wiring import Register

RECIPIENTS = "backup-recipients.txt"
"""In the home: to whom backups are encrypted where nobody is named, a recipient a line."""

backup = typer.Typer(
    no_args_is_help=True,
    help="""Back the register up, and prove that the backup brings it back.

    \b
      rekisteri backup key /media/safe/identity.txt            once: who may open backups
      rekisteri backup keys /media/safe/keys.age               once, and again whenever a key changes
      rekisteri backup make /srv/backups --keep 14             nightly
      rekisteri backup prove /srv/backups/rekisteri-… --identity /media/safe/identity.txt --keys /media/safe/keys.age

    Database and keys are kept apart: whoever has both reads everything, whoever lost the keys has lost what they seal.
    """,
)

To = Annotated[
    list[str] | None,
    typer.Option(
        "--to", help=f"Recipient (age1…) that may open it; more than once. Else those of {RECIPIENTS} in the home."
    ),
]
Identity = Annotated[Path, typer.Option(exists=True, dir_okay=False, help="File of the identity that opens it.")]
KeyFiles = Annotated[
    Path | None,
    typer.Option("--keys", exists=True, dir_okay=False, help="The file that `rekisteri backup keys` wrote."),
]


@backup.command()
def key(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="A new file, on another machine or medium.")]
) -> None:
    """Make an identity that opens backups, and encrypt this home's backups to it from now on.

    The register itself can then make backups and not read them. Lose the file, and they open no more.
    """
    frame: Frame = context.obj
    home = frame.settings.home
    recipient = backups.new_identity(file)
    home.mkdir(parents=True, exist_ok=True)
    with (home / RECIPIENTS).open("a", encoding="utf-8") as sink:
        sink.write(f"{recipient}\n")
    if frame.json:
        told_json({"recipient": recipient, "identity": file})
        return
    screen().print(f"Backups are encrypted to {recipient}.", markup=False)
    screen().print(f"Keep {file} away from this machine: it opens them, and nothing else does.", markup=False)


@backup.command()
def make(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Where backups are kept; each is a folder in it.")],
    to: To = None,
    keep: Annotated[
        int, typer.Option(min=0, help="Remove all but so many of the newest afterwards; 0 removes none.")
    ] = 0,
) -> None:
    """Back up the database and the settings of the home, while work goes on. The keys are not in it."""
    frame: Frame = context.obj
    recipients = _recipients(frame, to)
    with frame.register() as register, _watching("Copying the database") as told:
        done = back_up(register, folder, recipients, told)
    gone = backups.prune(folder, keep)
    if frame.json:
        told_json({"folder": done.folder, "bytes": done.size_bytes, "removed": gone})
        return
    screen().print(f"{done.folder}: {done.size_bytes / 1e6:,.1f} MB.", markup=False)
    if gone:
        screen().print(f"{len(gone)} older backups were removed.")


@backup.command("keys")
def keys_apart(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A new file, in a place where no backup of the database goes.")],
    to: To = None,
) -> None:
    """Back up the keys, apart from the database.

    Again after every `rekisteri keys rotate` and `rekisteri keys forget`. After `forget`, destroy all
    earlier copies: they are what would still open, in old backups, what has been erased.
    """
    frame: Frame = context.obj
    files = _key_files(frame.settings.home)
    backups.pack(files, frame.settings.home, file, _recipients(frame, to))
    names = [one.name for one in files]
    if frame.json:
        told_json({"file": file, "holds": names})
    else:
        screen().print(f"{file} holds {', '.join(names)}.", markup=False)


@backup.command("list")
def listed(context: typer.Context, folder: Annotated[Path, typer.Argument(exists=True, file_okay=False)]) -> None:
    """The backups of a folder, each proved to be as it was written."""
    frame: Frame = context.obj
    found = backups.backups(folder)
    states: list[tuple[backups.Backup | None, str]] = []
    for one in found:
        try:
            states.append((backups.look(one), "whole"))
        except RekisteriError as error:
            states.append((None, error.message))
    if frame.json:
        told_json([
            {"folder": one, "made": seen.made if seen else None, "version": seen.version if seen else None, "state": state}
            for one, (seen, state) in zip(found, states, strict=True)
        ])  # fmt: skip
        return
    table = Table("backup", "made", "version", "MB", "state")
    for one, (seen, state) in zip(found, states, strict=True):
        if seen is None:
            table.add_row(one.name, "", "", "", state)
        else:
            table.add_row(
                one.name, f"{seen.made:%Y-%m-%d %H:%M} UTC", seen.version, f"{seen.size_bytes / 1e6:,.1f}", state
            )
    screen().print(table)


@backup.command()
def restore(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="One backup.")],
    identity: Identity,
    keys: KeyFiles = None,
) -> None:
    """Bring a register back: into an empty home, or the empty database of REKISTERI_DATABASE_URL. All of it or nothing."""
    frame: Frame = context.obj
    _tell_restored(frame, folder, _restored(frame, folder, identity, keys), proved=False)


@backup.command()
def prove(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="One backup.")],
    identity: Identity,
    keys: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="The file that `rekisteri backup keys` wrote.")
    ],
) -> None:
    """Restore a backup beside everything, on a server of its own that is thrown away, and see that it is whole.

    A backup that nobody has restored is a hope: run this each month.
    """
    frame: Frame = context.obj
    with tempfile.TemporaryDirectory(prefix="rekisteri-proof-") as scratch:
        settings = frame.settings.model_copy(update={"home": Path(scratch), "database_url": None})
        aside_frame = Frame(settings, frame.json, frame.language, frame.purpose, frame.case)
        try:
            done = _restored(aside_frame, folder, identity, keys)
        finally:
            postgres.stop(Path(scratch) / wiring.CLUSTER)
    _tell_restored(frame, folder, done, proved=True)


def _key_files(home: Path) -> list[Path]:
    """The files of a home that are backed up apart. Raises ``Missing`` where there is no key file."""
    if not (home / wiring.KEYS).exists():
        raise Missing(f"There is no {wiring.KEYS} in {home}: no register has been made there.")
    return [home / name for name in wiring.KEY_FILES if (home / name).exists()]


def _settings_files(home: Path) -> list[Path]:
    """The files of a home that say how the register is set up: they hold no key and no customer."""
    return [
        *home.glob("*.toml"),
        *home.glob("*.txt"),
        *home.glob("demo.json"),
        *(home / wiring.MAPPINGS).glob("*.toml"),
    ]


def back_up(register: Register, into: Path, to: Sequence[str], told: backups.Told) -> backups.Backup:
    """Back up the database and the home's settings, as an act of its own that the backup holds. Raises ``Unavailable``."""
    with register.door.read(wiring.operator(), Action.REGISTER_BACKUP, Purpose.ADMINISTRATION) as tx:
        tx.note(recipients=len(to))
    home = register.settings.home
    return backups.make(register.url, _settings_files(home), home, into, to, register.now(), told)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restored register proved: lots of keys in all and shut, lots mended, events sealed, whether the log goes on."""

    lots: int
    shut: int
    mended: Mended
    sealed: int | None
    """Leaves of the log; None where this machine has signed more than the backup holds."""


def _prove(register: Register, backup: backups.Backup) -> Restored:
    """See that a restored register is whole: its keys open what it holds, and its log is the one that was signed."""
    mended = wiring.mend_keys(register)
    lots = register.vault.lots
    assert isinstance(lots, LotsInDatabase)
    number, closed = forgetting.shut(register.vault, lots)
    with register.door.read(wiring.operator(), Action.REGISTER_RESTORE, Purpose.ADMINISTRATION) as tx:
        tx.note(made=backup.made.isoformat(), lots=number, shut=closed)
    try:
        sealed = register.log.seal().size
    except Conflict:
        sealed = None
    return Restored(number, closed, mended, sealed)


def _restored(frame: Frame, folder: Path, identity: Path, keys: Path | None) -> Restored:
    settings = frame.settings
    home, cluster = settings.home, settings.home / wiring.CLUSTER
    found = backups.look(folder)
    if settings.database_url is None and cluster.exists():
        raise Conflict(f"There is a register in {home} already; name an empty folder with --home.")
    if keys is None and not (home / wiring.KEYS).exists():
        raise Missing(f"The keys are not in the backup: name their file with --keys, or put {wiring.KEYS} into {home}.")
    home.mkdir(parents=True, exist_ok=True)
    if keys is not None:
        backups.unpack(keys, identity, home)
    backups.unpack(folder / backups.HOME, identity, home)
    if settings.database_url is not None:
        with _watching("Restoring") as told:
            backups.restore(found, identity, settings.database_url, told)
    else:
        _into_new_cluster(cluster, found, identity)
    with frame.register() as register:
        return _prove(register, found)


def _into_new_cluster(cluster: Path, found: backups.Backup, identity: Path) -> None:
    """A server is made for it; where restoring fails it goes again, so that the next try finds the home as it was."""
    server = postgres.start(cluster)
    try:
        with _watching("Restoring") as told:
            backups.restore(found, identity, server.url, told)
    except BaseException:
        postgres.remove(cluster)
        raise
    server.stop()


def _tell_restored(frame: Frame, folder: Path, done: Restored, *, proved: bool) -> None:
    if frame.json:
        told_json({
            "backup": folder, "lots": done.lots, "shut": done.shut, "mended": done.mended.replaced,
            "lost": done.mended.lost, "leaves": done.sealed, "kept": not proved,
        })  # fmt: skip
    else:
        screen().print(
            f"{folder.name} {'was restored and thrown away again' if proved else 'is restored'}: its keys open "
            f"{done.lots - done.shut} of {done.lots} lots.",
            markup=False,
        )
        if done.mended.replaced:
            screen().print(f"What has been erased since stays erased: {done.mended.replaced} lots were mended.")
        if done.sealed is None:
            screen().print(
                "The log is shorter than what was signed since: docs/how-to/verify-the-log.md tells how to go on."
            )
        else:
            screen().print(f"The log goes on at {done.sealed} leaves.")
    if done.shut:
        raise Conflict(
            f"{done.shut} lots of keys do not open: the key file is not the one this backup was sealed with. "
            "Restore again with the right one."
        )


def _recipients(frame: Frame, to: list[str] | None) -> list[str]:
    if to:
        return to
    kept = frame.settings.home / RECIPIENTS
    return [line.strip() for line in kept.read_text("utf-8").splitlines() if line.strip()] if kept.exists() else []


@contextmanager
def _watching(label: str) -> Iterator[backups.Told]:
    columns = (SpinnerColumn(), TextColumn(label), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=aside(), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda count: bar.update(task, completed=count)
