"""What was counted about an account before: reports, cases and strikes in 1 h, 24 h and 30 d.

Counted for the account of an event and, where somebody lower is named, for them too; the sum of both. Reports that
come in the same batch count from the earliest on, so that twenty at once are seen as twenty.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from assize.intake.models import Event
from assize.kernel.ids import SubjectId
from assize.platform.cel import FieldType
from assize.triage.ports import Reader, Reading, Scene, SignalSettings

SPANS: Mapping[str, timedelta] = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "30d": timedelta(days=30)}
_READ = [(f"account.{name}_{span}", name, span) for name in ("cases", "reports") for span in SPANS] + [
    ("account.strikes_30d", "strikes", "30d")
]


NIL = Reading(values=dict.fromkeys((field for field, _, _ in _READ), 0))


class _Reader:
    def read(self, scene: Scene) -> Sequence[Reading]:
        whom = [subjects(event) for event in scene.events]
        everybody = sorted({subject for some in whom for subject in some})
        counted = scene.memory.counted(everybody, spans=SPANS)
        known = {subject for subject, _, _ in counted}
        now: Counter[SubjectId] = Counter()
        readings = []
        for event, some in zip(scene.events, whom, strict=True):
            if not some:
                readings.append(Reading(absent="no-account"))
                continue
            if event.report is not None:
                now.update(some)
            if known.isdisjoint(some) and not now[some[0]]:
                readings.append(NIL)  # of most accounts nothing was ever counted
                continue
            values = {field: sum(counted.get((one, name, span), 0) for one in some) for field, name, span in _READ}
            for span in SPANS:
                values[f"account.reports_{span}"] += now[some[0]]
            readings.append(Reading(values=values))
        return readings


class Counters:
    """The signal."""

    name = "counters"
    fields: Mapping[str, FieldType] = dict.fromkeys((field for field, _, _ in _READ), FieldType.INT)

    def ready(self, settings: SignalSettings) -> Reader:
        """Return it ready; it needs no settings."""
        del settings
        return _Reader()


SIGNAL = Counters()


def subjects(event: Event) -> tuple[SubjectId, ...]:
    """Return for whom an event counts: its account, and the lower subject where there is one."""
    return tuple(dict.fromkeys(one for one in (event.account_id, event.subject_id) if one is not None))
