"""Signed notes, checkpoints, cosignatures: the public vectors, and what is refused."""

from __future__ import annotations

import base64

import pytest

from rekisteri.audit.notes import LOG_KEY, WITNESS_KEY, Checkpoint, Note, Signature, Signer, VerifierKey, signed
from rekisteri.ground.errors import Rejected

# The example of Go's golang.org/x/mod/sumdb/note, whose format c2sp.org/signed-note describes.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of c2sp.org/tlog-checkpoint.
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
LOG = Signer("rekisteri.example/log", LOG_KEY, bytes(range(32)))
WITNESS = Signer("kuusilahti.example/todistaja", WITNESS_KEY, bytes(range(1, 33)))


def test_the_public_example_verifies_and_a_changed_one_does_not() -> None:
    key = VerifierKey.parse(PETER)
    assert str(key) == PETER
    note = Note.parse(PETERS_NOTE)
    assert str(note) == PETERS_NOTE
    assert note.signed_by([key]) == {key: 0}
    assert str(signed(note.text, [Signer("PeterNeumann", LOG_KEY, PETERS_SEED)])) == PETERS_NOTE
    assert note.signed_by([LOG.key]) == {}
    with pytest.raises(Rejected):
        Note.parse(PETERS_NOTE.replace("answer", "Answer")).signed_by([key])


def test_a_checkpoint_reads_as_it_is_written() -> None:
    note = Note.parse(SOFA)
    checkpoint = Checkpoint.parse(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert checkpoint.text == note.text
    assert Checkpoint.parse(note.text + "an extension\n") == checkpoint


def test_a_cosignature_holds_for_its_moment_and_text_alone() -> None:
    text = Checkpoint("rekisteri.example/log", 7, bytes(32)).text
    note = signed(text, [LOG])
    line = WITNESS.cosign(text, 1_790_000_000)
    assert (len(line.value), line.key_id) == (72, WITNESS.key.key_id)
    whole = note.with_signatures([line]).with_signatures([Signature.parse(str(line))])
    assert Note.parse(str(whole)).signed_by([LOG.key, WITNESS.key]) == {LOG.key: 0, WITNESS.key: 1_790_000_000}
    moved = Signature(line.name, line.key_id, (1_790_000_001).to_bytes(8, "big") + line.value[8:])
    with pytest.raises(Rejected):
        note.with_signatures([moved]).signed_by([WITNESS.key])
    as_log = VerifierKey(WITNESS.key.name, LOG_KEY, WITNESS.key.public)
    assert as_log.key_id != WITNESS.key.key_id
    assert whole.signed_by([as_log]) == {}, "a witness's key is no log's"


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\nno dash\n",
        PETERS_NOTE.rstrip("\n"),
        PETERS_NOTE.replace("— Peter", "- Peter"),
        PETERS_NOTE.replace("nAM=", "nAM"),
        PETERS_NOTE.replace("nAM=", "nAN="),
        PETERS_NOTE.replace("know", "kn\tow"),
        PETERS_NOTE.replace("know", "kn\row"),
        "text\n\n" + "— a AAAAAAAA\n" * 65,
    ],
)
def test_what_is_no_note_is_refused(wrong: str) -> None:
    with pytest.raises(Rejected):
        Note.parse(wrong)


@pytest.mark.parametrize("wrong", ["a b\n", "o\n01\nAAAA\n", "o\n-1\nAAAA\n", "o\n1\nAAAA\n", f"\n1\n{'A' * 43}=\n"])
def test_what_is_no_checkpoint_is_refused(wrong: str) -> None:
    with pytest.raises(Rejected):
        Checkpoint.parse(wrong)


@pytest.mark.parametrize(
    "wrong", ["", "x", "a+b+c", PETER.replace("c74f", "c74e"), PETER.replace("+ARpc", "+AhpC"), f"a b{PETER}"]
)
def test_what_is_no_verifier_key_is_refused(wrong: str) -> None:
    with pytest.raises(Rejected):
        VerifierKey.parse(wrong)
    with pytest.raises(Rejected):
        Signer("with space", LOG_KEY, bytes(32))
