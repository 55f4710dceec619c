"""Agreement: of decisions with blind labels, and of judgements made elsewhere with each other."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from assize.kernel import clock
from assize.kernel.measures import Interval
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.quality import service
from assize.quality.logic.estimators.estimate import Estimate, Undefined
from assize.quality.logic.pairing import Agreement
from assize.quality.pages import rates, views

router = APIRouter()
COEFFICIENTS = (
    ("raw_agreement", "Raw agreement"),
    ("krippendorff_alpha", "Krippendorff's alpha"),
    ("fleiss_kappa", "Fleiss' kappa"),
    ("weighted_kappa", "Weighted kappa"),
    ("gwet_ac1", "Gwet's AC1"),
    ("gwet_ac2", "Gwet's AC2"),
)
LEVELS = (
    ("binary", "A violation or not"),
    ("nominal", "The label, as a name"),
    ("ordinal", "The label, in its order"),
    ("interval", "The label, as a distance"),
)


@router.get("/quality/agreement")
def agreement_page(request: Request, days: Annotated[int, Query(ge=7, le=366)] = 90) -> Response:
    """Show how decisions agree with blind labels, by clause family and queue."""
    with transaction(request) as tx:
        found = service.agreements(tx, days=days, at=clock.now())
        sources = service.imported(tx)
    return render(
        request,
        "quality/agreement.html",
        days=days,
        spans=views.DAYS,
        overall=_agreement("Everything", found.overall),
        parts=[
            ("Clause family", _rows(found.by_family, "no clause")),
            ("Queue", _rows(found.by_queue, "no queue")),
        ],
        sources=sources,
    )


@router.get("/quality/agreement/{source}")
def independent_page(
    request: Request, source: Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
) -> Response:
    """Show how judgements that came from elsewhere agree with each other."""
    with transaction(request) as tx:
        report = service.independent_agreement(tx, source=source)
    binary = report["binary"]
    return render(
        request,
        "quality/independent.html",
        source=source,
        counts={name: f"{binary[name]:,}" for name in ("items", "raters", "ratings", "repeats")},
        levels=[(title, _coefficients(report[name])) for name, title in LEVELS if name in report],
        self_agreement=_with_themselves(report),
        raters=_raters(binary),
        priors=_priors(binary),
    )


def _rows(found: Mapping[str | None, Agreement], nothing: str) -> list[dict[str, Any]]:
    return [_agreement(name or nothing, one) for name, one in found.items()]


def _agreement(name: str, one: Agreement) -> dict[str, Any]:
    figures = (one.raw, one.kappa, one.alpha, one.ac1)
    return {"name": name, "n": one.n, "found": one.found, "figures": [rates.coefficient(figure) for figure in figures]}


def _coefficients(report: Mapping[str, Any]) -> list[tuple[str, rates.Rate]]:
    return [(title, rates.coefficient(_estimate(report[name]))) for name, title in COEFFICIENTS if name in report]


def _with_themselves(report: Mapping[str, Any]) -> list[tuple[str, rates.Rate]]:
    whole, binary = report.get("ordinal", report["binary"])["intra_rater"], report["binary"]["intra_rater"]
    told = [("The same label", whole["exact"]), ("Kappa of a violation or not", binary["cohen_kappa"])]
    if "ordinal" in report:
        told.append(("Weighted kappa of the label", whole["weighted_kappa"]))
    return [(title, rates.coefficient(_estimate(one))) for title, one in told]


def _estimate(found: Mapping[str, Any]) -> Estimate:
    if found["value"] is None:
        return Undefined(reason=found["reason"], n=found["n"])
    return Interval(value=found["value"], low=found["low"], high=found["high"], n=found["n"])


def _raters(binary: Mapping[str, Any]) -> list[dict[str, Any]]:
    known = binary["dawid_skene"]["raters"] or {}
    return [
        {
            "name": name,
            "n": f"{one['n']:,}",
            "accuracy": f"{one['accuracy']:.1%}",
            "hit": f"{one['confusion']['violation']['violation']:.1%}" if "violation" in one["confusion"] else "—",
            "pass": f"{one['confusion']['none']['none']:.1%}" if "none" in one["confusion"] else "—",
        }
        for name, one in known.items()
    ]


def _priors(binary: Mapping[str, Any]) -> str:
    priors = binary["dawid_skene"]["class_priors"] or {}
    return f"{priors['violation']:.1%}" if "violation" in priors else "—"
