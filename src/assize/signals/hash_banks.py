"""Known media: hashes of banks, exact for MD5, within a distance for PDQ.

`media.known` holds the names of the banks in which something was found. The libraries are loaded only when a bank
isn't empty: they cost 40 MB and half a second.
"""

from collections.abc import Mapping, Sequence

from assize.intake.models import Event
from assize.platform.cel import FieldType
from assize.triage.ports import Reader, Reading, Scene, SignalSettings

PDQ_DISTANCE = 31  # of 256 bits: the confident threshold of the field (threatexchange)


class _Banks:
    def __init__(self, hashes: Mapping[str, Mapping[str, frozenset[str]]]) -> None:
        from threatexchange.signal_type.pdq.pdq_index2 import PDQIndex2  # noqa: PLC0415 - heavy, and seldom needed

        self._exact: dict[str, set[str]] = {}
        for name, values in hashes.get("md5", {}).items():
            for value in values:
                self._exact.setdefault(value, set()).add(name)
        entries = [(value, name) for name, values in hashes.get("pdq", {}).items() for value in values]
        self._near = PDQIndex2(entries=entries, threshold=PDQ_DISTANCE) if entries else None

    def read(self, scene: Scene) -> Sequence[Reading]:
        return [self._read(event) for event in scene.events]

    def _read(self, event: Event) -> Reading:
        known: set[str] = set()
        for media in event.media:
            known |= self._exact.get(media.hashes.get("md5", "").lower(), set())
            pdq = media.hashes.get("pdq")
            if pdq is not None and self._near is not None:
                known |= {match.metadata for match in self._near.query(pdq.lower())}
        return Reading(values={"media.known": sorted(known)})


class HashBanks:
    """The signal."""

    name = "hash_banks"
    fields: Mapping[str, FieldType] = {"media.known": FieldType.STRINGS}

    def ready(self, settings: SignalSettings) -> Reader | None:
        """Return it ready, or None where no bank holds anything: then nothing can be said about media."""
        filled = any(values for banks in settings.hashes.values() for values in banks.values())
        return _Banks(settings.hashes) if filled else None


SIGNAL = HashBanks()
