"""When a watch comes back, and how long a notice may be held."""

from datetime import datetime, timedelta

from assize.enforcement.models.instead import Watch, WatchTrigger

UNAPPROVED = timedelta(hours=24)  # one person alone keeps somebody uninformed for a day at most


def watch_is_due(watch: Watch, *, at: datetime, new_event: bool = False, new_case: bool = False) -> str | None:
    """Return why a watch comes back now, or None while it goes on."""
    if new_case and WatchTrigger.NEW_CASE in watch.triggers:
        return WatchTrigger.NEW_CASE.value
    if new_event and WatchTrigger.NEW_EVENT in watch.triggers:
        return WatchTrigger.NEW_EVENT.value
    return "date" if at >= watch.until else None


def hold_until(*, asked_until: datetime, approved: bool, at: datetime) -> datetime:
    """Return when a held notice goes out whatever happens: as asked once approved, within a day until then."""
    return asked_until if approved else min(asked_until, at + UNAPPROVED)
