"""The file of secret keys that decide draws: outside the database, the newest first."""

from assize.kernel.chance import random_bytes
from assize.platform import key_files
from assize.platform.settings import SAMPLING_KEY_BYTES, Settings

FILE = "sampling.key"


def keys(settings: Settings) -> tuple[bytes, ...]:
    """Return the keys; the first call makes one where the environment gives none. Raises UnusableKey."""
    if settings.sampling_keys:
        return settings.sampling_keys
    path = settings.keys / FILE
    text = key_files.kept(path, lambda: key_files.spelled([random_bytes(SAMPLING_KEY_BYTES)]))
    return key_files.parsed(path, text, size=SAMPLING_KEY_BYTES)
