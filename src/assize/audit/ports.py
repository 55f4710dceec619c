"""Where another way of signing attaches: a key in a vault, a hardware module, another algorithm."""

from typing import Protocol


class Signer(Protocol):
    """Signs checkpoints as C2SP signed notes do."""

    @property
    def name(self) -> str:
        """The key's name: no spaces, no plus sign."""
        ...

    @property
    def public_key(self) -> str:
        """The verifier's key, `name+id+base64` as in c2sp.org/signed-note."""
        ...

    def sign(self, text: str) -> str:
        """Return the signature line over a note's text, without its newline: `— name base64`."""
        ...
