"""The harms of the simulation: which marker term stands for which clause, and what ought to follow.

The starter pack's rules know the same terms. This is a copy of its small table, since a platform can't import a policy.
"""

from dataclasses import dataclass

from assize_sim.truth import Remedy


@dataclass(frozen=True, kw_only=True)
class Harm:
    """One harm. weight: how often it comes among violations. remedy, action, level: what a perfect reviewer orders.

    reason: how a reporter names it. grave: its strong form is SEV0 or SEV1, and may page.
    """

    clause_id: str
    weight: float
    reason: str
    remedy: Remedy = Remedy.ENFORCE
    action: str | None = None
    level: str = "account"
    grave: bool = False

    @property
    def marker(self) -> str:
        """The term that stands for it in a text."""
        return f"sim-{self.clause_id.lower()}"

    @property
    def strong(self) -> str:
        """The term of its plain form: no doubt about it, and grave where the clause is."""
        return f"{self.marker}-strong"


def _enforced(clause_id: str, weight: float, reason: str, action: str, *, level: str = "account") -> Harm:
    return Harm(clause_id=clause_id, weight=weight, reason=reason, action=action, level=level)


def _grave(clause_id: str, reason: str, action: str) -> Harm:
    return Harm(clause_id=clause_id, weight=0.4, reason=reason, action=action, grave=True)


def _supported(clause_id: str, weight: float, reason: str, *, grave: bool = False) -> Harm:
    return Harm(clause_id=clause_id, weight=weight, reason=reason, remedy=Remedy.SUPPORT, grave=grave)


VIOLATIONS = (
    _enforced("FRD-1", 24, "fraud", "ban-account"),
    _enforced("FRD-2", 18, "fraud", "suspend-account"),
    _enforced("FRD-3", 6, "fraud", "ban-account"),
    _enforced("STK-4", 16, "harassment", "warn"),
    _enforced("STK-1", 4, "stalking", "suspend-account"),
    _enforced("STK-3", 4, "harassment", "suspend-account"),
    _enforced("IIA-4", 8, "harassment", "warn"),
    _enforced("IIA-2", 4, "intimate_abuse", "suspend-account"),
    _enforced("INF-1", 5, "influence", "ban-account"),
    _enforced("INF-2", 5, "influence", "suspend-account"),
    _enforced("CYB-4", 8, "cyber", "suspend-account"),
    _enforced("CYB-2", 4, "cyber", "suspend-account"),
    _enforced("VIO-5", 8, "violence", "warn"),
    _enforced("VIO-4", 2, "violence", "restrict-feature"),
    _enforced("TVE-4", 3, "terrorism", "warn"),
    _enforced("TVE-3", 1, "terrorism", "suspend-account"),
    _grave("CSE-2", "child_safety", "ban-account"),
    _grave("CBR-1", "cbrn", "suspend-account"),
    _grave("TRF-1", "trafficking", "ban-account"),
)
GRAVE = (
    _grave("VIO-1", "violence", "suspend-account"),
    _grave("CSE-3", "child_safety", "ban-account"),
    _grave("TVE-1", "terrorism", "suspend-account"),
    _grave("CBR-1", "cbrn", "suspend-account"),
    _supported("SUI-1", 1, "self_harm", grave=True),
)
SUPPORTED = (
    _supported("SUI-2", 10, "self_harm"),
    _supported("SUI-3", 5, "self_harm"),
    _supported("SUI-6", 3, "self_harm"),
    _supported("TRF-3", 1, "trafficking"),
    _supported("DEP-2", 2, "wellbeing"),
)
MINOR_AT_RISK = _supported("SUI-5", 1, "self_harm", grave=True)
CAMPAIGNS = (
    _enforced("FRD-1", 3, "fraud", "ban-account"),
    _enforced("INF-1", 1, "influence", "ban-account"),
)
DEFECTS = (
    Harm(clause_id="MOD-5", weight=3, reason="model_incident", remedy=Remedy.SAFEGUARD_DEFECT),
    Harm(clause_id="DEP-1", weight=1, reason="wellbeing", remedy=Remedy.SAFEGUARD_DEFECT),
)
KNOWN_MEDIA = _grave("CSE-1", "child_safety", "ban-account")
LISTED_URL = _enforced("FRD-1", 1, "fraud", "ban-account")
DECOMPOSED = (
    (_grave("CBR-1", "cbrn", "suspend-account"), "sim-piece-cbr"),
    (_enforced("CYB-3", 1, "cyber", "suspend-account"), "sim-piece-cyb"),
)  # with the term of a piece, which alone opens no case
# Where the same words have a good reason: the clause and the lanes in which an exception holds.
DUAL_USE = (
    ("VIO-5", "fiction", "in the short story I am writing"),
    ("TVE-4", "news", "in the newspaper article I am quoting"),
    ("CYB-4", "professional", "in the training for our security team"),
    ("FRD-2", "research", "in our published study about prevention"),
    ("STK-1", "survivor", "in what I went through years ago"),
    ("INF-2", "research", "in our lecture on media history"),
    ("IIA-4", "fiction", "in the novel for our book club"),
)

# Lists that an installation of the demo imports: hosts that are listed, and media that a bank knows.
LISTED_HOSTS = ("sim-listed-one.example", "sim-listed-two.example", "sim-listed-three.example")
KNOWN_MEDIA_NAMES = ("sim-known-1", "sim-known-2", "sim-known-3")
EMERGING_TERM = "blue lantern game"  # an invented name that no rule knows: it is found by reports, or not at all


def remedy_of(clause_id: str) -> tuple[Remedy, str | None]:
    """Return what usually follows a violation of a clause: for clauses the simulation doesn't use, a warning."""
    for group in (
        VIOLATIONS,
        GRAVE,
        SUPPORTED,
        DEFECTS,
        (MINOR_AT_RISK, KNOWN_MEDIA),
        tuple(one for one, _ in DECOMPOSED),
    ):
        for one in group:
            if one.clause_id == clause_id:
                return one.remedy, one.action
    return Remedy.ENFORCE, "warn"
