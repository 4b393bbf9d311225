"""Keys wrapped by a hardware token: SoftHSM stands for it. A token's library lives once in a process, so each part has its own."""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
import shutil
import subprocess
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rekisteri import wiring
from rekisteri.cli import commands
from rekisteri.ground.errors import Rejected, Unavailable
from rekisteri.ground.keys import KeyFile, Vault, forgetting
from rekisteri.ground.keys.token import Token
from tests.builders import BEA, a_person, a_world

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm.so", "/usr/lib64/pkcs11/libsofthsm2.so")
PIN = "913457"
SEALED = """
select 'parties.statement|sealed|' || s.id, s.sealed, r.key from parties.statement s join parties.record r on r.id = s.record_id
"""


def apart(part: Callable[[Path, str], None], folder: Path, url: str) -> None:
    """A part of the story in a process of its own."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([__name__])
    process = server.Process(target=_told, args=(part, folder, url))
    process.start()
    process.join()
    assert process.exitcode == 0, (folder / "went-wrong").read_text()


def _told(part: Callable[[Path, str], None], folder: Path, url: str) -> None:
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm.conf")
    try:
        part(folder, url)
    except BaseException:
        (folder / "went-wrong").write_text(traceback.format_exc())
        raise


def module() -> str:
    """SoftHSM's library; skips where there is none."""
    found = next((one for one in MODULES if Path(one).exists()), None)
    if found is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM is not installed: apt-get install softhsm2")
    return found


def a_token(folder: Path) -> Token:
    """The token of a test's folder."""
    return Token(Path(module()), "rekisteri", folder / "pin")


def file_of(folder: Path) -> dict[str, Any]:
    """The key file as it stands."""
    found: dict[str, Any] = json.loads((folder / "home" / "keys.json").read_text())
    return found


def values(world: Any) -> dict[str, bytes]:
    """Every sealed code, opened, by its customer number."""
    vault = world.register.vault
    return {key: vault.open(box, key="secret", place=place) for place, box, key in world.sql(SEALED)}


def turning_and_forgetting(folder: Path, url: str) -> None:
    """The token wraps; the keys go in the clear and back; they turn; something is erased."""
    home = folder / "home"
    os.environ |= {
        "REKISTERI_HOME": str(home), "REKISTERI_DATABASE_URL": url, "REKISTERI_KEY_TOKEN_MODULE": module(),
        "REKISTERI_KEY_TOKEN_PIN_FILE": str(folder / "pin"),
    }  # fmt: skip
    with a_world(url, home, key_token_module=Path(module()), key_token_pin_file=folder / "pin") as world:
        assert file_of(folder)["wrapped_by"] == "PKCS #11 token 'rekisteri'"
        world.take(world.town, a_person("1"), a_person("2", BEA, surname="Toinen"))
        whole = values(world)
        assert len(whole) == 2
    # In the clear and back, by commands: the same keys.
    assert commands.run(["keys", "unwrap"]) == 0
    clear = file_of(folder)
    assert "wrapped_by" not in clear
    keys = [base64.b64decode(text) for one in clear["keys"].values() for text in one["versions"].values()]
    assert {len(key) for key in keys} == {32}
    assert commands.run(["keys", "status"]) == 5
    assert commands.run(["keys", "wrap"]) == 0
    assert commands.run(["keys", "status"]) == 0
    on_disk = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert not any(key in on_disk or base64.b64encode(key) in on_disk for key in keys)
    (folder / "old-copy").touch(mode=0o600)
    (folder / "old-copy").write_bytes((home / "keys.json").read_bytes())
    with a_world(url, home, key_token_module=Path(module()), key_token_pin_file=folder / "pin") as world:
        assert values(world) == whole
        assert wiring.turn(world.register, "blind", lambda progress: None).retired
        assert world.find(BEA)
        ((box,),) = [(box,) for _, box, key in world.sql(SEALED) if key == "2"]
        with wiring._turning(world.register) as tx:
            forgetting.condemn(tx, "secret", [box])  # type: ignore[list-item]
        assert wiring.forget(world.register, lambda progress: None).leaves == 1
        place, kept = next((place, box) for place, box, key in world.sql(SEALED) if key == "1")
        assert world.register.vault.open(kept, key="secret", place=place) == whole["1"]  # type: ignore[arg-type]
    # The key that wrapped has been replaced in the token: no copy of before opens, with the PIN or without.
    with pytest.raises(Unavailable, match="old copy"):
        Vault(KeyFile(folder / "old-copy", a_token(folder)))


def strangers(folder: Path, url: str) -> None:
    """Whoever has not the token, its PIN, or the file's own token, opens nothing."""
    path = folder / "home" / "keys.json"
    with pytest.raises(Unavailable, match="REKISTERI_KEY_TOKEN_MODULE"):
        Vault(KeyFile(path))
    with pytest.raises(Unavailable, match="does not let us in"):
        Vault(KeyFile(path, Token(Path("/nowhere.so"), "rekisteri", folder / "pin")))
    with pytest.raises(Unavailable, match="does not let us in"):
        Vault(KeyFile(path, Token(Path(module()), "another", folder / "pin")))
    with pytest.raises(Unavailable, match="cannot be read"):
        Vault(KeyFile(path, Token(Path(module()), "rekisteri", folder / "nowhere")))
    (folder / "wrong").touch(mode=0o600)
    (folder / "wrong").write_text("000000")
    with pytest.raises(Unavailable, match="does not let us in") as refused:
        Vault(KeyFile(path, Token(Path(module()), "rekisteri", folder / "wrong")))
    assert "000000" not in str(refused.value)
    (folder / "wrong").chmod(0o644)
    with pytest.raises(Rejected, match="chmod 600"):
        Vault(KeyFile(path, Token(Path(module()), "rekisteri", folder / "wrong")))
    token = a_token(folder)
    assert Vault(KeyFile(path, token)).ring()["blind"].current == 2
    # A wrapped key is bound to its name and version.
    broken = json.loads(path.read_text())
    broken["keys"]["token"], broken["keys"]["digest"] = broken["keys"]["digest"], broken["keys"]["token"]
    path.write_text(json.dumps(broken))
    with pytest.raises(Unavailable, match="wrapped by another one, or is damaged"):
        Vault(KeyFile(path, token))


def test_a_token_wraps_the_keys_and_no_copy_of_the_file_opens_without_it_or_after_an_erasure(
    database_url: str, tmp_path: Path
) -> None:
    module()
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm.conf").write_text(f"directories.tokendir = {tmp_path}/tokens\nobjectstore.backend = file\n")
    (tmp_path / "pin").touch(mode=0o600)
    (tmp_path / "pin").write_text(PIN)
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "rekisteri", "--so-pin", "5739", "--pin", PIN],
        env=os.environ | {"SOFTHSM2_CONF": str(tmp_path / "softhsm.conf")}, check=True, capture_output=True,
    )  # fmt: skip
    apart(turning_and_forgetting, tmp_path, database_url)
    apart(strangers, tmp_path, database_url)
