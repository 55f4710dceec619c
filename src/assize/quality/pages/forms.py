"""The form of a plan: strata as numbered rows, read back into a plan, and a plan written into it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from assize.kernel.ids import StratumId
from assize.policy.models import Severity
from assize.quality.errors import BadPlan
from assize.quality.models import Kind, Plan, Stratum, Wanted
from assize.review.models import Verdict

MAX_ROWS, MAX_FIELD, SPARE = 60, 2_000, 2
LISTS = ("queues", "clauses", "reviewers", "teams", "languages", "policy_versions")
VENDOR = {"": None, "ours": False, "vendors": True}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What was sent, field by field."""

    fields: tuple[tuple[str, str], ...]

    def one(self, name: str, otherwise: str = "") -> str:
        """Return the last value of a field."""
        return next((value.strip() for known, value in reversed(self.fields) if known == name), otherwise)

    def many(self, name: str) -> list[str]:
        """Return every value of a field."""
        return [value for known, value in self.fields if known == name and value]

    @property
    def rows(self) -> list[int]:
        """The numbers of the rows that were sent."""
        numbers = {name[1:].partition(".")[0] for name, _ in self.fields if name.startswith("s") and "." in name}
        return sorted(int(one) for one in numbers if one.isdigit() and int(one) < MAX_ROWS)


def sent(fields: Iterable[tuple[str, Any]]) -> Sent:
    """Read what was sent."""
    return Sent(fields=tuple((name, value[:MAX_FIELD]) for name, value in fields if isinstance(value, str)))


def wanted_from(given: Sent) -> Wanted:
    """Return the plan that was typed; rows without a name and a rate are left out. Raises BadPlan for what is no number."""
    filled = [row for row in given.rows if given.one(f"s{row}.name") or given.one(f"s{row}.rate")]
    places: list[dict[str, str]] = []
    strata = tuple(_stratum(given, row, number, places) for number, row in enumerate(filled))
    share = _number(given.one("repeat_share", "0") or "0", "/repeat_share", places) / 100
    days = _number(given.one("repeat_after_days", "28") or "28", "/repeat_after_days", places)
    if places:
        raise BadPlan(count=len(places), summary=places[0]["detail"], places=places)
    return Wanted(
        name=given.one("name"),
        note=given.one("note"),
        strata=strata,
        gravest_by_record=given.one("gravest_by_record") == "yes",
        repeat_share=share,
        repeat_after=timedelta(days=min(days, 3650)),
    )


def effort_of(given: Sent) -> int | None:
    """Return how many audits a week somebody has in mind; None where they said nothing that is a number."""
    text = given.one("effort")
    return min(int(text), 1_000_000) if text.isdigit() else None


def error_of(given: Sent, otherwise: float) -> float:
    """Return the error rate that is supposed."""
    places: list[dict[str, str]] = []
    found = _number(given.one("error") or str(100 * otherwise), "/error", places) / 100
    return found if not places and 0 < found < 1 else otherwise


def rows_of(given: Sent, *, more: int = 0) -> list[dict[str, Any]]:
    """Return the rows as they were typed, and some empty ones."""
    rows = [_as_typed(given, row) for row in given.rows if given.one(f"s{row}.name") or given.one(f"s{row}.rate")]
    return [*rows, *(_empty() for _ in range(SPARE + more))]


def written(plan: Plan | Wanted) -> Sent:
    """Return a plan as its form would be sent."""
    fields = [
        ("name", plan.name),
        ("note", plan.note),
        ("gravest_by_record", "yes" if plan.gravest_by_record else ""),
        ("repeat_share", f"{100 * plan.repeat_share:g}"),
        ("repeat_after_days", str(plan.repeat_after.days)),
    ]
    for number, one in enumerate(plan.strata):
        fields += [(f"s{number}.{name}", value) for name, value in _fields_of(one)]
    return Sent(fields=tuple(fields))


def starter(floor: float) -> Wanted:
    """Return a plan to begin with: a floor over everything, more of what is grave."""

    def stratum(name: str, kind: Kind, rate: float, **more: Any) -> Stratum:
        return Stratum(id=StratumId(""), name=name, kind=kind, rate=rate, floor=min(rate, floor), **more)

    return Wanted(
        name="routine",
        strata=(
            stratum("everything", Kind.RANDOM, 0.02),
            stratum("by severity", Kind.RISK, 0.02, weights={Severity.SEV1: 10.0, Severity.SEV2: 3.0}),
        ),
        repeat_share=0.05,
    )


def _stratum(given: Sent, row: int, number: int, places: list[dict[str, str]]) -> Stratum:
    def field(name: str) -> str:
        return given.one(f"s{row}.{name}")

    at = f"/strata/{number}"
    rate = _number(field("rate") or "0", f"{at}/rate", places) / 100
    floor = _number(field("floor"), f"{at}/floor", places) / 100 if field("floor") else rate
    # Ids as they were typed: what the policy doesn't have is told when the plan is checked.
    lists: dict[str, Any] = {name: _listed(field(name)) for name in LISTS}
    severities = [one for one in given.many(f"s{row}.severity") if one in set("01234")]
    verdicts = [one for one in given.many(f"s{row}.verdict") if one in set(Verdict)]
    return Stratum(
        id=StratumId(""),
        name=field("name"),
        kind=Kind(field("kind")) if field("kind") in set(Kind) else Kind.RANDOM,
        rate=rate,
        floor=floor,
        weights=dict(_weights(field("weights"), at, places)),
        severities=frozenset(Severity(int(one)) for one in severities) or None,
        verdicts=frozenset(map(Verdict, verdicts)) or None,
        vendor=VENDOR.get(field("vendor")),
        by=field("by") if field("by") in {"person", "machine"} else None,
        **lists,
    )


def _fields_of(one: Stratum) -> Iterator[tuple[str, str]]:
    yield from (
        ("name", one.name),
        ("kind", one.kind.value),
        ("rate", f"{100 * one.rate:g}"),
        ("floor", f"{100 * one.floor:g}"),
        ("weights", ", ".join(f"SEV{int(level)}={weight:g}" for level, weight in sorted(one.weights.items()))),
        ("vendor", next(word for word, value in VENDOR.items() if value is one.vendor)),
        ("by", one.by or ""),
    )
    yield from (("severity", str(int(level))) for level in sorted(one.severities or ()))
    yield from (("verdict", verdict.value) for verdict in sorted(one.verdicts or ()))
    yield from ((name, ", ".join(sorted(getattr(one, name) or ()))) for name in LISTS)


def _as_typed(given: Sent, row: int) -> dict[str, Any]:
    names = ("name", "kind", "rate", "floor", "weights", "vendor", "by", *LISTS)
    return {name: given.one(f"s{row}.{name}") for name in names} | {
        "severities": given.many(f"s{row}.severity"),
        "verdicts": given.many(f"s{row}.verdict"),
    }


def _empty() -> dict[str, Any]:
    names = ("name", "kind", "rate", "floor", "weights", "vendor", "by", *LISTS)
    return dict.fromkeys(names, "") | {"severities": [], "verdicts": []}


def _listed(text: str) -> frozenset[str] | None:
    return frozenset(one.strip() for one in text.split(",") if one.strip()) or None


def _weights(text: str, at: str, places: list[dict[str, str]]) -> Iterator[tuple[Severity, float]]:
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, value = part.partition("=")
        level = name.strip().upper().removeprefix("SEV")
        if level not in set("01234") or not level:
            places.append({"pointer": f"{at}/weights", "detail": "write weights as SEV1=5, SEV2=2"})
            return
        yield Severity(int(level)), _number(value, f"{at}/weights", places)


def _number(text: str, pointer: str, places: list[dict[str, str]]) -> float:
    try:
        found = float(text.strip().removesuffix("%"))
    except ValueError:
        found = float("nan")
    if not 0 <= found <= 1e6:  # noqa: PLR2004 - also turns away what is no number at all
        places.append({"pointer": pointer, "detail": "write a number, such as 2.5"})
        return 0.0
    return found


def problems_of(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what does not fit with where on the page it is."""
    found = []
    for one in facts.get("places", ()):
        parts = str(one["pointer"]).strip("/").split("/")
        anchor = f"s{parts[1]}-{parts[2]}" if parts[0] == "strata" and len(parts) > 2 else parts[0]  # noqa: PLR2004
        found.append((anchor, str(one["detail"])))
    return found
