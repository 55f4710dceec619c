"""Signed notes against the example of the specification, and what no note may pass as."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assize.audit.errors import MalformedKey, MalformedNote
from assize.audit.logic.notes import Ed25519Signer, PublicKey, filed, notes_of, read, sealed, split, write
from assize.audit.models import Checkpoint

# Source: the example of golang.org/x/mod/sumdb/note, which C2SP signed-note describes.
SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = (
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)
AT = datetime(2026, 5, 3, 8, tzinfo=UTC)


def a_signer(name: str = "assize/log_1") -> Ed25519Signer:
    return Ed25519Signer(name=name, key=Ed25519PrivateKey.from_private_bytes(SEED))


def a_checkpoint(size: int = 7) -> Checkpoint:
    return Checkpoint(
        origin="assize/log_1",
        size=size,
        root=bytes(range(32)),
        until=AT,
        horizon=AT - timedelta(seconds=2),
        signed_at=AT + timedelta(microseconds=5),
    )


def a_note(size: int = 7) -> str:
    text = write(a_checkpoint(size))
    return sealed(text, a_signer().sign(text))


class TestASignedNote:
    def test_is_that_of_the_specification(self):
        signer = a_signer("PeterNeumann")

        assert signer.public_key == VERIFIER
        assert signer.sign(TEXT) == LINE
        assert PublicKey.parse(VERIFIER).signed(sealed(TEXT, LINE))

    def test_says_what_was_signed_in_the_form_of_a_checkpoint(self):
        assert write(a_checkpoint()) == (
            "assize/log_1\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
            "until 2026-05-03T08:00:00.000000Z\n"
            "horizon 2026-05-03T07:59:58.000000Z\n"
            "signed 2026-05-03T08:00:00.000005Z\n"
        )

    def test_reads_back_as_it_was_written(self):
        assert read(a_note()) == a_checkpoint()

    @pytest.mark.parametrize("at", range(0, len(write(a_checkpoint())), 3))
    def test_does_not_verify_with_any_character_changed(self, at: int):
        note = a_note()
        changed = note[:at] + ("x" if note[at] != "x" else "y") + note[at + 1 :]

        assert not PublicKey.parse(a_signer().public_key).signed(changed)

    def test_is_not_vouched_for_by_another_key_of_the_same_name(self):
        stranger = Ed25519Signer(name="assize/log_1", key=Ed25519PrivateKey.from_private_bytes(bytes(32)))

        assert not PublicKey.parse(stranger.public_key).signed(a_note())

    def test_may_carry_signatures_of_others_too(self):
        text = write(a_checkpoint())
        stranger = Ed25519Signer(name="witness", key=Ed25519PrivateKey.from_private_bytes(bytes(32)))
        note = sealed(text, stranger.sign(text), a_signer().sign(text))

        assert PublicKey.parse(a_signer().public_key).signed(note)
        assert [name for name, _ in split(note)[1]] == ["witness", "assize/log_1"]

    @pytest.mark.parametrize(
        "note",
        [
            "",
            "no signatures\n",
            "text\n\nno dash\n",
            "text\n\n\u2014 name not*base64\n",
            a_note().replace("\n7\n", "\n07\n"),
            a_note().replace("until", "till"),
            a_note().replace("000000Z", "000Z"),
        ],
    )
    def test_is_refused_where_it_is_malformed(self, note: str):
        with pytest.raises(MalformedNote):
            read(note)


class TestAPublicKey:
    @pytest.mark.parametrize(
        "spelled",
        ["", "name", "name+id", "name+c74f20a3+####", "n+c74f20a3+AQID", VERIFIER.replace("c7", "c8"), "+" + VERIFIER],
    )
    def test_is_refused_where_it_is_malformed(self, spelled: str):
        with pytest.raises(MalformedKey):
            PublicKey.parse(spelled)


class TestTheFileOfCheckpoints:
    def test_holds_notes_one_after_the_other(self):
        notes, whole = notes_of(filed(a_note(7), after="") + filed(a_note(9), after="\n\n"))

        assert [read(note).size for note in notes] == [7, 9]
        assert whole

    @pytest.mark.parametrize("kept", range(1, len(a_note()), 7))
    def test_outlives_a_note_that_a_crash_cut_short(self, kept: int):
        before = filed(a_note(7), after="") + a_note(8)[:kept]

        notes, whole = notes_of(before + filed(a_note(9), after=before[-2:]))

        assert [read(note).size for note in notes] == [7, 9]
        assert not whole
