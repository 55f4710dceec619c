"""Checkpoints as signed notes: what they say, how they are signed, how they are read.

Sources: c2sp.org/tlog-checkpoint (origin, size, root, extension lines), c2sp.org/signed-note (Ed25519, key ids).
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from assize.audit.errors import MalformedKey, MalformedNote
from assize.audit.logic.header import from_moment, moment
from assize.audit.logic.tree import HASH_BYTES
from assize.audit.models import Checkpoint, Handover, SignedCheckpoint

ED25519 = 0x01
KEY_ID_BYTES = 4
KEY_BYTES = 32
_DASH = "\u2014 "
_NOTE = re.compile(
    r"^[^\n]+\n\d+\n[A-Za-z0-9+/]+=*\nuntil [^\n]+\nhorizon [^\n]+\nsigned [^\n]+\n(?:handover [^\n]+\n)?\n(?:\u2014 [^\n]+\n)+(?=\n)",
    re.MULTILINE,
)


def key_id(name: str, algorithm: int, key: bytes) -> bytes:
    """Return the four bytes that tell keys of one name apart."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + key).digest()[:KEY_ID_BYTES]


@dataclass(frozen=True, kw_only=True)
class Ed25519Signer:
    """Signs with a private key held in this process."""

    name: str
    key: Ed25519PrivateKey

    @property
    def public_key(self) -> str:
        """The verifier's key, `name+id+base64`."""
        return PublicKey(name=self.name, key=self.key.public_key()).spelled

    def sign(self, text: str) -> str:
        """Return the signature line over a note's text, without its newline."""
        raw = self.key.public_key().public_bytes_raw()
        signature = key_id(self.name, ED25519, raw) + self.key.sign(text.encode())
        return f"{_DASH}{self.name} {base64.b64encode(signature).decode()}"


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """What a note's signature is checked against."""

    name: str
    key: Ed25519PublicKey

    @classmethod
    def parse(cls, text: str) -> "PublicKey":
        """Read `name+id+base64`. Raises MalformedKey."""
        try:
            name, spelled_id, spelled = text.strip().split("+", 2)
            material = base64.b64decode(spelled, validate=True)
        except (ValueError, binascii.Error) as error:
            raise MalformedKey(why="it has no three parts, or no base64 in the third") from error
        if len(material) != 1 + KEY_BYTES or material[0] != ED25519:
            raise MalformedKey(why="it is no Ed25519 key")
        if not name or key_id(name, ED25519, material[1:]).hex() != spelled_id:
            raise MalformedKey(why="its id does not belong to its name and key")
        return cls(name=name, key=Ed25519PublicKey.from_public_bytes(material[1:]))

    @property
    def spelled(self) -> str:
        """The key as it is handed over, `name+id+base64`."""
        raw = self.key.public_bytes_raw()
        material = base64.b64encode(bytes([ED25519]) + raw).decode()
        return f"{self.name}+{key_id(self.name, ED25519, raw).hex()}+{material}"

    def signed(self, note: str) -> bool:
        """Whether one of the note's signatures is by this key."""
        text, signatures = split(note)
        mine = key_id(self.name, ED25519, self.key.public_bytes_raw())
        return any(
            name == self.name and blob[:KEY_ID_BYTES] == mine and self._fits(blob[KEY_ID_BYTES:], text)
            for name, blob in signatures
        )

    def _fits(self, signature: bytes, text: str) -> bool:
        try:
            self.key.verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


def is_by(note: str, public_key: str) -> bool:
    """Whether a note carries a signature under this key's name and id; of any algorithm, and unchecked."""
    name, _, rest = public_key.partition("+")
    mine = rest.partition("+")[0]
    return any(signer == name and blob[:KEY_ID_BYTES].hex() == mine for signer, blob in split(note)[1])


def write(checkpoint: Checkpoint) -> str:
    """Return the text of a checkpoint's note, unsigned: origin, size, root, then our extension lines.

    The fourth stands only where the signing key changes.
    """
    handover = checkpoint.handover
    return (
        f"{checkpoint.origin}\n{checkpoint.size}\n{base64.b64encode(checkpoint.root).decode()}\n"
        f"until {moment(checkpoint.until)}\n"
        f"horizon {moment(checkpoint.horizon)}\n"
        f"signed {moment(checkpoint.signed_at)}\n"
        + ("" if handover is None else f"handover {handover.old} {handover.new}\n")
    )


def sealed(text: str, *lines: str) -> str:
    """Return the signed note: the text, an empty line, the signature lines."""
    return text + "\n" + "".join(f"{line}\n" for line in lines)


def split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return a note's text and its signatures as (key name, id and signature). Raises MalformedNote."""
    text, mark, tail = note.rpartition("\n\n")
    if not mark or not tail.endswith("\n"):
        raise MalformedNote(why="no empty line parts text and signatures")
    signatures = []
    for line in tail.splitlines():
        name, _, spelled = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or not name:
            raise MalformedNote(why="a signature line does not begin with a dash and a name")
        try:
            signatures.append((name, base64.b64decode(spelled, validate=True)))
        except binascii.Error as error:
            raise MalformedNote(why="a signature is not base64") from error
    return text + "\n", signatures


def read(note: str) -> Checkpoint:
    """Return what a note says, its signature unchecked. Raises MalformedNote."""
    lines = split(note)[0].split("\n")
    try:
        origin, size, root = lines[0], lines[1], base64.b64decode(lines[2], validate=True)
        extensions = dict(line.split(" ", 1) for line in lines[3:-1])
        read_back = Checkpoint(
            origin=origin,
            size=int(size),
            root=root,
            until=from_moment(extensions["until"]),
            horizon=from_moment(extensions["horizon"]),
            signed_at=from_moment(extensions["signed"]),
            handover=_handover(extensions.get("handover")),
        )
    except (IndexError, KeyError, ValueError, binascii.Error) as error:
        raise MalformedNote(why="it lacks origin, size, root, until, horizon or signed") from error
    if len(root) != HASH_BYTES or not origin or write(read_back) != "\n".join(lines):
        raise MalformedNote(why="it is not written as this ledger writes")
    return read_back


def _handover(spelled: str | None) -> Handover | None:
    if spelled is None:
        return None
    old, new = spelled.split(" ")
    return Handover(old=old, new=new)


def signed_checkpoint(note: str) -> SignedCheckpoint:
    """Return a note with what it says, its signature unchecked. Raises MalformedNote."""
    return SignedCheckpoint(checkpoint=read(note), note=note)


def filed(note: str, *, after: str) -> str:
    """Return what to put at the end of a file of checkpoints that ends with `after`: the note and an empty line.

    A note that a crash cut short gets a line of its own that no note has, so that it can't pass as one.
    """
    return ("" if after in {"", "\n\n"} else "\n(cut short)\n\n") + note + "\n"


def notes_of(text: str) -> tuple[list[str], bool]:
    """Return the notes of a file of checkpoints, and whether all its text was notes."""
    return _NOTE.findall(text), not _NOTE.sub("", text).strip()
