"""The lists a demo installs, as an organisation would import them: known media and hosts, all made up."""

from assize_sim.events import media
from assize_sim.harms import KNOWN_MEDIA_NAMES, LISTED_HOSTS

# name of the bank, kind of what it lists, its items
LISTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("known-cse", "md5", tuple(media(name)["hashes"]["md5"] for name in KNOWN_MEDIA_NAMES)),
    ("fraud-hosts", "domain", LISTED_HOSTS),
)
