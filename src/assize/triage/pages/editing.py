"""The editor of rules: type errors at the place, a try on one event and on those that came before, and keeping."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from assize.intake.errors import EventNotFound
from assize.kernel import clock
from assize.kernel.errors import Invalid
from assize.kernel.ids import ClauseId, EventId, RuleId
from assize.kernel.measures import wilson
from assize.platform.cel import FieldType
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.policy import service as policy
from assize.triage import service

router = APIRouter()
LAST = 10_000  # events a trial runs on
Short = Annotated[str, Form(max_length=200, pattern=r"^[^\x00]*$")]
Text = Annotated[str, Form(max_length=8_000, pattern=r"^[^\x00]*$")]
_ABOUT: Mapping[str, str] = {
    "event": "what happened: its kind, language, region, length, and what the model did",
    "report": "who reported it and as what, and how often they were right",
    "account": "the account's kind and age, and what was counted of it",
    "subject": "what the platform knows of the person",
    "score": "scores of classifiers, 0.0 to 1.0",
    "terms": "names of term lists of the policy in which something was found",
    "patterns": "names of patterns of the policy that were found",
    "near_duplicates": "how many nearly equal texts came lately",
    "media": "banks in which a picture or film is known",
    "urls": "banks in which an address is listed",
}
_WRITTEN = {
    FieldType.STRING: "'text'",
    FieldType.INT: "7",
    FieldType.DOUBLE: "0.7",
    FieldType.BOOL: "true",
    FieldType.STRINGS: "'name' in …",
}


@router.get("/rules/new")
def new_page(request: Request, rule: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Show an empty editor, or one with a rule's newest form, to write its next version."""
    form: dict[str, Any] = {"id": "", "title": "", "clause_id": "", "score": "0.7", "expression": ""}
    with transaction(request) as tx:
        if rule:
            newest = service.rule_versions(tx, rule_id=RuleId(rule))[0]
            form = {name: getattr(newest, name) for name in form}
        view = _around(tx, form)
    return render(request, "triage/editor.html", **view)


@router.post("/rules/new")
def write(
    request: Request,
    expression: Text,
    id: Short = "",  # noqa: A002 - the name of the field
    title: Short = "",
    clause_id: Short = "",
    score: Short = "0.7",
    event_id: Short = "",
    values: Text = "",
    do: Short = "check",
) -> Response:
    """Check, try or keep what is written; only keeping changes a rule, and a trial is kept as one."""
    form = {"id": id, "title": title, "clause_id": clause_id, "score": score, "expression": expression}
    asked = {"event_id": event_id, "values": values}
    try:
        with transaction(request) as tx:
            if do == "keep":
                made = _kept(tx, form)
                return RedirectResponse(f"/rules/{made}", status_code=303)
            found = _done(tx, do, expression, event_id=event_id.strip(), values=values)
            view = _around(tx, form)
    except (Invalid, EventNotFound) as error:
        with transaction(request) as tx:
            view = _around(tx, form)
        found = {"error": str(error)}
        return render(request, "triage/editor.html", status=422, **{**view, **found, **asked})
    return render(request, "triage/editor.html", **{**view, **found, **asked})


@router.post("/rules/check")
def check(request: Request, expression: Text = "") -> Response:
    """Say what is wrong with a rule, for the page's script; changes nothing."""
    with transaction(request) as tx:
        problems = service.check_rule(tx, expression=expression)
    return render(request, "triage/problems.html", problems=problems, expression=expression)


@router.post("/rules/{rule_id}/try")
def try_kept(request: Request, rule_id: str) -> Response:
    """Try a rule as it stands on what came before, so that it may run; show what came out."""
    with transaction(request) as tx:
        newest = service.rule_versions(tx, rule_id=RuleId(rule_id))[0]
        form = {
            "id": newest.id,
            "title": newest.title,
            "clause_id": newest.clause_id,
            "score": newest.score,
            "expression": newest.expression,
        }
        found = _done(tx, "try", newest.expression, event_id="", values="")
        view = _around(tx, form)
    return render(request, "triage/editor.html", **{**view, **found})


def _kept(tx: Any, form: Mapping[str, Any]) -> str:
    made = service.add_rule(
        tx,
        rule_id=RuleId(str(form["id"]).strip()),
        title=str(form["title"]).strip(),
        expression=str(form["expression"]).replace("\r\n", "\n"),
        clause_id=ClauseId(str(form["clause_id"]).strip()),
        score=_score(str(form["score"])),
        at=clock.now(),
    )
    return made.id


def _score(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0  # no score: refused where it is kept


def _done(tx: Any, do: str, expression: str, *, event_id: str, values: str) -> dict[str, Any]:
    expression = expression.replace("\r\n", "\n")
    if do == "try":
        trial = service.try_rule(tx, expression=expression, last=LAST, at=clock.now())
        asked = trial.events - trial.not_applicable
        return {
            "trial": trial,
            "share": wilson(len(trial.hits), asked) if asked else None,
            "cases": {one: service.cases_of_events(tx, event_ids=[one])[:1] for one, _ in trial.sample}
            if "cases:read" in tx.actor.rights
            else {},
        }
    if do == "one":
        if values.strip():
            return {"one": service.try_on_values(tx, expression=expression, values=values)}
        tried = service.try_on_event(tx, expression=expression, event_id=EventId(event_id)) if event_id else None
        return {"one": tried, "one_missing": tried is None}
    return {"checked": True}


def _around(tx: Any, form: Mapping[str, Any]) -> dict[str, Any]:
    expression = str(form["expression"]).replace("\r\n", "\n")
    problems = service.check_rule(tx, expression=expression) if expression.strip() else []
    return {
        "form": form,
        "expression": expression,
        "problems": problems,
        "fits": bool(expression.strip()) and all(one.warning for one in problems),
        "kept": service.last_trial(tx, expression=expression) if expression.strip() else None,
        "needed": service.trial_needed(tx),
        "fields": _fields(),
        "clauses": policy.current(tx).clauses,
        "last": LAST,
        "now": clock.now(),
        "error": None,
        "trial": None,
        "share": None,
        "cases": {},
        "one": None,
        "one_missing": False,
        "checked": False,
        "event_id": "",
        "values": "",
    }


def _fields() -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """Return the declared fields by their first name: name, type, and how a value is written."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for name, kind in sorted(service.fields().items()):
        found.setdefault(name.partition(".")[0], []).append((name, kind.value, _WRITTEN[kind]))
    return [(first, _ABOUT.get(first, "from a signal"), listed) for first, listed in sorted(found.items())]
