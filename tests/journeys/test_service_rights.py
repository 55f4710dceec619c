"""Whatever a slice offers at its front door asks for a right first, whoever calls it and from where."""

import importlib
import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from assize.kernel.actor import Scope
from assize.platform.db import Database, Tx
from assize.workforce.errors import NotAllowed
from assize.workforce.models import Principal, PrincipalKind

SLICES = ("workforce", "policy", "intake", "triage", "review", "enforcement", "escalation", "quality", "audit")
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NOBODY = Principal(
    id="rev_nobody", scope=Scope(), name="Nobody", kind=PrincipalKind.PERSON, roles=frozenset(), rights=frozenset()
)
# Steps of other slices' use cases, which check the right themselves. Row security holds in them all the same.
A_STEP = "a step of use cases that checked the right"
TOTALS = "totals for measures and progress; names nobody and nothing"
IN_FORCE = "what is in force binds everybody; the API asks for the right"
STEPS: Mapping[str, str] = {
    "workforce.lever_was_pulled": IN_FORCE,
    "workforce.levers_in_force": IN_FORCE,
    "workforce.surge_in_force": IN_FORCE,
    "workforce.names": A_STEP,
    "workforce.certificates": A_STEP,
    "workforce.certificate_notices": "one's own certificates",
    "workforce.certificate_steps": A_STEP,
    "workforce.move_certificate": A_STEP,
    "workforce.must_be_person": "a step of what is reserved for people",
    "workforce.next_trial": A_STEP,
    "workforce.open_certificate": A_STEP,
    "workforce.read_certificate_notice": "one's own certificates",
    "workforce.without_certificate": "a step of deciding",
    "workforce.machines": A_STEP,
    "workforce.machine": "a step of whatever drives a machine",
    "workforce.who_sees": A_STEP,
    "workforce.reviewer": A_STEP,
    "workforce.reviewers_with": A_STEP,
    "workforce.set_look": "one's own pages",
    "workforce.set_aside_until": "one's own breaks",
    "policy.current": IN_FORCE,
    "policy.published": IN_FORCE,
    "policy.version": IN_FORCE,
    "intake.counts": TOTALS,
    "intake.event_count": TOTALS,
    "intake.event": A_STEP,
    "intake.event_named": A_STEP,
    "intake.events": A_STEP,
    "intake.events_about": A_STEP,
    "intake.events_around": A_STEP,
    "intake.linked": A_STEP,
    "intake.reports_by": A_STEP,
    "intake.subjects_below": A_STEP,
    "intake.events_of_subject": A_STEP,
    "intake.receive_batches": "the hot route checked the right of every sender before it put their calls together",
    "intake.kept_from": A_STEP,
    "intake.record_report_outcomes": "a step of deciding",
    "intake.rest_report_outcomes": "a step of deciding",
    "intake.withdraw_report_outcomes": "a step of taking a decision back",
    "intake.report_of": A_STEP,
    "intake.reporter_of": A_STEP,
    "intake.restrict_step": "a step of restricting a case",
    "intake.subject": A_STEP,
    "intake.subject_named": A_STEP,
    "intake.subject_path": A_STEP,
    "intake.weight_of": "a step of scoring",
    "triage.bump": "a step of what is counted",
    "triage.decided": "a step of deciding",
    "triage.rest_bank_items": "a step of deciding",
    "triage.withdraw_bank_items": "a step of taking a decision back",
    "triage.install_rules": "a step of publishing a policy",
    "review.frozen": "a step of offering a task",
    "review.offer_first_looks": "a step of opening cases",
    "review.refreshed": "a step of a case that grew",
    "review.withdraw": "a step of closing a case",
    "enforcement.levels": TOTALS,
    "escalation.levels": TOTALS,
    "review.case_as_it_was": A_STEP,
    "review.calmer_only": "one's own exposure",
    "review.hardest_today": "a step of handing out work",
    "workforce.charge": "a step of opening content",
    "review.open_again": A_STEP,
    "review.weigh": A_STEP,
    "quality.own_certificates": "one's own certificates",
    "review.independence": IN_FORCE,
    "review.offer_ruling": "a step of an expert's word",
    "quality.decide_by_word": "a step of an expert's word",
    "quality.reviews_differ": "a step of reviews that differ",
    "quality.withdraw_differing": "a step of a decision that was taken back",
    "quality.tried": "a step of what was announced",
    "quality.weigh_decision": "a step of comparing",
    "triage.cases_holding": "a step of erasing",
    "quality.words_changed": "a step of publishing a policy",
    "quality.golden_words_changed": "a step of publishing a policy",
    "quality.courses_words_changed": "a step of publishing a policy",
    "quality.propose_adjudicated": "a step of an expert's word",
    "quality.stands": "a step of a decision that stands",
    "escalation.opened_by": "a step of opening content, which was checked; stamps only",
}


def front_doors() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every public function that is given a transaction, by slice and name."""
    for slice_ in SLICES:
        service = importlib.import_module(f"assize.{slice_}.service")
        for name in service.__all__:
            function = getattr(service, name)
            if inspect.isfunction(function) and next(iter(inspect.signature(function).parameters), "") == "tx":
                yield f"{slice_}.{name}", function


DOORS = dict(front_doors())


def dummy(annotation: Any) -> Any:
    """Return something of this type, or nothing in particular: nobody without a right gets to use it."""
    if hasattr(annotation, "__supertype__"):
        return dummy(annotation.__supertype__)
    origin = get_origin(annotation)
    if origin in {Union, types.UnionType}:
        return None if type(None) in get_args(annotation) else dummy(get_args(annotation)[0])
    if origin is not None:
        return {} if issubclass(origin, Mapping) else ()
    if annotation is datetime:
        return AT
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return next(iter(annotation))
    return annotation("1") if annotation in {str, int, float} else object()


def called(function: Callable[..., Any], tx: Tx) -> None:
    """Call a function with what it must be given."""
    hints = get_type_hints(function)
    needed = [one for one in list(inspect.signature(function).parameters.values())[1:] if one.default is one.empty]
    values = {
        one.name: dummy(hints[one.name]) for one in needed if one.kind not in {one.VAR_KEYWORD, one.VAR_POSITIONAL}
    }
    positional = [values.pop(one.name) for one in needed if one.kind is one.POSITIONAL_OR_KEYWORD]
    result = function(tx, *positional, **values)
    if inspect.isgenerator(result):
        next(result, None)


class TestFrontDoors:
    @pytest.mark.parametrize("name", [one for one in DOORS if one not in STEPS])
    def test_ask_for_a_right(self, database: Database, name: str):
        with pytest.raises(NotAllowed), database.transaction(NOBODY) as tx:
            called(DOORS[name], tx)

    @pytest.mark.parametrize("name", STEPS)
    def test_are_there_where_they_need_none(self, name: str):
        assert name in DOORS
