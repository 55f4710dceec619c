"""What is named before text of a case is shown, and whether the text is shut until somebody asks for it."""

from collections.abc import Sequence

from assize.policy.models import Clause, Severity
from assize.review.models import Veil
from assize.workforce.models import Exposure

# From here on content is shut: what describes or threatens harm to a person. Were it less, shutting would be the rule and
# nobody would read the label any more; that it helps is known of being prepared, not of shutting (see `Look.folded`).
HARD = Exposure.HIGH


def veil(likely: Sequence[Clause], *, severity: Severity, wanted: bool) -> Veil:
    """Return what is named before the text of a case: the likely clause whose content is hardest, and how grave it is.

    likely: gravest first; among equally hard ones the gravest is named. wanted: whether the reader wants hard text shut.
    """
    hardest = max(likely, key=lambda one: one.exposure_class.level, default=None)
    exposure = Exposure.NONE if hardest is None else Exposure(hardest.exposure_class.level)
    return Veil(
        clause_id=None if hardest is None else hardest.id,
        title="" if hardest is None else hardest.title,
        exposure=exposure,
        severity=severity,
        shut=wanted and exposure >= HARD,
    )
