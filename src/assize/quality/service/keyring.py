"""Which secret key decides which draws."""

from dataclasses import dataclass, field

from assize.platform.settings import Settings
from assize.quality.errors import NoSamplingKey
from assize.quality.logic import key_id
from assize.quality.store import keys


@dataclass(frozen=True, kw_only=True)
class Keyring:
    """The keys of an installation: the first decides for plans that come into force, each for those it came with."""

    keys: tuple[bytes, ...] = field(repr=False)

    @property
    def key_id(self) -> str:
        """The id of the first."""
        return key_id(self.keys[0])

    def key(self, wanted: str) -> bytes:
        """Return a key by its id. Raises NoSamplingKey where it is not here."""
        found = next((one for one in self.keys if key_id(one) == wanted), None)
        if found is None:
            raise NoSamplingKey(
                why=f"key {wanted} is not here; bring keys/{keys.FILE} from where the plan was put in force"
            )
        return found


def keyring(settings: Settings) -> Keyring:
    """Return the keys; the first call makes one where there is none. Raises UnusableKey."""
    return Keyring(keys=keys.keys(settings))
