"""What lies beside the evidence of a case: a whole turn, before and after, another case, a translation."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from assize.console.pages.case import back_to, shown
from assize.console.pages.evidence import evidence_view, marks_of, translations_of
from assize.console.pages.evidence_turns import Room, behind, conversation, whole_turn
from assize.kernel import clock
from assize.kernel.errors import AssizeError, Conflict, Invalid, Refused, Unavailable
from assize.kernel.ids import CaseId, EventId
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.review import service as review
from assize.review.errors import NoSuchTurn
from assize.workforce.errors import NotAllowed

router = APIRouter()
STATUS: Mapping[type, int] = {Invalid: 422, Refused: 403, Conflict: 409, Unavailable: 503}
Event = Annotated[str, Query(max_length=100)]


@router.get("/cases/{case_id}/around")
def around(request: Request, case_id: str, event_id: Event) -> Response:
    """Show what lies before and after an event of the case, as the case is shown. Opens nothing."""
    at = clock.now()
    with transaction(request) as tx:
        case = review.case_view(tx, case_id=CaseId(case_id), at=at)
        near = review.around(tx, case_id=CaseId(case_id), event_id=EventId(event_id), at=at)
        here = next(one for one in case.events if one.id == event_id)
        beside = replace(case, events=near)
        ev = evidence_view(tx, beside, at=at)
    split = [(one, (one.occurred_at, one.id) < (here.occurred_at, here.id)) for one in ev.conversation]
    return render(
        request,
        "console/around.html",
        case=case,
        ev=ev,
        before=[one for one, earlier in split if earlier],
        after=[one for one, earlier in split if not earlier],
        here_at=here.occurred_at,
    )


@router.get("/cases/{case_id}/turns")
def turn(
    request: Request, case_id: str, event_id: Event, number: Annotated[int, Query(alias="turn", ge=0)] = 0
) -> Response:
    """Show one turn with all its text, as the case is shown. Opens nothing."""
    with transaction(request) as tx:
        case = review.case_view(tx, case_id=CaseId(case_id))
        event = next((one for one in case.events if one.id == event_id), None)
        if event is None or number >= len(event.turns):
            raise NoSuchTurn
        made = translations_of(tx, case).get((event.id, number), ())
        one = whole_turn(case.id, event, number, marks_of(tx, case).get(event.id), made)
    address = f"/cases/{case.id}/turns?event_id={event.id}&turn="
    return render(
        request,
        "console/turn.html",
        case=case,
        event_id=event.id,
        turn=one,
        turns=len(event.turns),
        withheld=event.withheld,
        folded=case.veil.over(event.handling),
        behind=behind(case.veil, event.handling),
        previous=f"{address}{number - 1}" if number else None,
        following=f"{address}{number + 1}" if number + 1 < len(event.turns) else None,
    )


@router.get("/cases/{case_id}/compare/{other}")
def compare(request: Request, case_id: str, other: str) -> Response:
    """Show two cases side by side, each as it is shown. Opens nothing."""
    at = clock.now()
    with transaction(request) as tx:
        sides = []
        for one in (case_id, other):
            case = review.case_view(tx, case_id=CaseId(one), at=at)
            ev = evidence_view(tx, case, at=at)
            room = Room(size=15_000, turns=20)
            few = conversation(case, marks_of(tx, case), translations_of(tx, case), room)
            sides.append(replace(ev, conversation=few))
    return render(request, "console/compare.html", left=sides[0], right=sides[1])


@router.post("/cases/{case_id}/translations")
def translate(
    request: Request,
    case_id: str,
    event_id: Annotated[str, Form(max_length=100)],
    turn: Annotated[int, Form(ge=0)] = 0,
    to: Annotated[str, Form(max_length=12)] = "en",
    back: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Send a turn to the translation endpoint and keep what comes back; what keeps it in the house is said."""
    try:
        with transaction(request) as tx:
            wanted = review.to_translate(
                tx, case_id=CaseId(case_id), event_id=EventId(event_id), turn=turn, to=to, at=clock.now()
            )
        made = review.translator(request.app.state.settings).translate(wanted.text, to=to)
        with transaction(request) as tx:
            review.keep_translation(tx, wanted=wanted, made=made, at=clock.now())
    except NotAllowed:
        raise
    except (Invalid, Refused, Conflict, Unavailable) as error:
        return shown(request, CaseId(case_id), problem=error.message, status=_status(error))
    return RedirectResponse(back_to(back, f"/cases/{case_id}") + f"#turn-{event_id}-{turn}", status_code=303)


def _status(error: AssizeError) -> int:
    return next(filter(None, (STATUS.get(kind) for kind in type(error).__mro__)), 409)
