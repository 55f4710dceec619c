"""What stands around every page for whoever looks: their theme, and how hard content is shown to them."""

from starlette.requests import Request

from assize.kernel import clock
from assize.platform.errors import DatabaseUnavailable
from assize.platform.http import authenticated
from assize.platform.pages import Bar, Frame, moment
from assize.workforce import service as workforce
from assize.workforce.models import EVERYWHERE, Look, Principal, Pull, Theme


def framing(request: Request) -> Frame:
    """Return the frame of a page. What is set came with the sign-in; what is pulled is known for a few seconds."""
    actor = authenticated(request).actor
    look = actor.look if isinstance(actor, Principal) else Look()
    settings = {"grey": look.grey, "blur": look.blur, "folded": look.folded}
    return Frame(
        theme=None if look.theme is Theme.MACHINE else look.theme.value,
        marks={f"care-{name}": "on" for name, chosen in settings.items() if chosen},
        text_only=look.text_only,
        bars=_bars(request),
    )


def _bars(request: Request) -> list[Bar]:
    """Return one line that says which surge levers are pulled: everybody must know what goes otherwise than usual."""
    try:
        pulls = workforce.levers_now(request.app.state.database, at=clock.now())
    except DatabaseUnavailable:
        return []  # the page that says so needs no more than that
    if not pulls:
        return []
    if len(pulls) > 1:  # why and by whom stands on the page behind it: a bar must not push the work down
        text = "; ".join(f"{_named(one)} until {moment(one.until)}" for one in pulls)
        return [Bar(title=f"{len(pulls)} levers are pulled:", text=text, url="/surge", link="What this changes")]
    (pull,) = pulls
    return [
        Bar(
            title=f"{_named(pull)}:",
            text=f"pulled by {pull.by_name} until {moment(pull.until)}. {pull.reason}",
            url="/surge",
            link="What this changes",
        )
    ]


def _named(pull: Pull) -> str:
    lever = next((one for one in workforce.levers() if one.id == pull.lever), None)
    title = lever.title if lever else pull.lever
    return title if pull.reach == EVERYWHERE else f"{title} ({pull.reach})"
