"""Listed addresses: whole URLs, and registrable domains by the public suffix list.

`urls.listed` holds the names of the lists. `HTTP://Www.Example.co.uk:80/a/../b?x#y` is `example.co.uk/b?x` on a list
of URLs, and anything under `example.co.uk` is on a list that names this domain.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from posixpath import normpath
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from assize.intake.models import Event
from assize.platform.cel import FieldType
from assize.platform.plain import places
from assize.triage.models import Span
from assize.triage.ports import Reader, Reading, Scene, SignalSettings

_ADDRESS = re.compile(
    r"(?:h(?:tt|xx)ps?://|www\.)[^\s<>\"'`\\^{|}]+|\b(?:[\w-]+\.)+[a-z]{2,24}\b(?:/[^\s<>\"'`\\^{|}]*)?"
)
_SCHEME = re.compile(r"^h(?:tt|xx)ps?://")
_TRAILING = ".,;:!?)]"
SPANS = 50  # marked places of one event, like those of terms
ADDRESSES = 200  # of one event; beyond that it is a list of links, and known by its first


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


class _Lists:
    def __init__(self, settings: SignalSettings) -> None:
        self._urls: dict[str, set[str]] = {}
        self._domains: dict[str, set[str]] = {}
        for name, values in settings.urls.items():
            for value in values:
                self._urls.setdefault(normal_url(value), set()).add(name)
        for name, values in settings.domains.items():
            for value in values:
                self._domains.setdefault(value.lower().strip("."), set()).add(name)

    def read(self, scene: Scene) -> Sequence[Reading]:
        return [self._read(event, text) for event, text in zip(scene.events, scene.plain, strict=True)]

    def _read(self, event: Event, text: str) -> Reading:
        found: set[str] = set()
        if "." in text:
            for address in addresses(text):
                found |= self._lists_of(address)
        spans = tuple(self._spans(event))[:SPANS] if found else ()
        return Reading(values={"urls.listed": sorted(found)}, spans=spans)

    def _lists_of(self, address: str) -> set[str]:
        url = normal_url(address)
        found = set(self._urls.get(url, ()))
        host = url.partition("/")[0].partition("?")[0]
        for domain in _domains_of(host):
            found |= self._domains.get(domain, set())
        return found

    def _spans(self, event: Event) -> Iterator[Span]:
        # Addresses that were disarmed are of another length than what was found, and stay unmarked.
        for number, turn in enumerate(event.turns):
            text, origins = places(turn.text)
            for match in _ADDRESS.finditer(text):
                address = match.group().rstrip(_TRAILING)
                for name in sorted(self._lists_of(address)):
                    start = match.start()
                    yield Span(turn=number, start=origins[start], end=origins[start + len(address)], label=name)


class Urls:
    """The signal."""

    name = "urls"
    fields: Mapping[str, FieldType] = {"urls.listed": FieldType.STRINGS}

    def ready(self, settings: SignalSettings) -> Reader | None:
        """Return it ready, or None where no list holds anything."""
        filled = any(settings.urls.values()) or any(settings.domains.values())
        return _Lists(settings) if filled else None


SIGNAL = Urls()


def addresses(text: str) -> Iterator[str]:
    """Return the addresses in a plain text; `hxxp` and `[.]`, by which people disarm them, are undone."""
    for count, match in enumerate(_ADDRESS.finditer(text.replace("[.]", ".").replace("(dot)", "."))):
        if count >= ADDRESSES:
            return
        yield match.group().rstrip(_TRAILING)


def normal_url(address: str) -> str:
    """Return an address in one spelling: host without `www.` and port, cleaned path, query; no scheme, no fragment."""
    bare = _SCHEME.sub("", address.strip().lower())
    try:
        parts = urlsplit("//" + bare)
        host = (parts.hostname or "").removeprefix("www.").strip(".")
    except ValueError:
        return bare  # not an address after all; found on no list
    path = normpath(parts.path) if parts.path.strip("/") else ""
    return host + path.rstrip("/") + (f"?{parts.query}" if parts.query else "")


def _domains_of(host: str) -> Iterator[str]:
    """Return the registrable domain and every name between it and the host."""
    registrable = _suffixes().privatesuffix(host)
    if registrable is None:
        return
    name = host
    while True:
        yield name
        if name == registrable or "." not in name:
            return
        name = name.partition(".")[2]
